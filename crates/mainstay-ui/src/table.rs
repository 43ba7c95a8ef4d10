//! Tables: a caption, columns, rows. Real `<table>`s, in a region that scrolls sideways by
//! itself and can be reached with the keyboard (WCAG 2.2, 1.4.10 and 2.1.1).

use maud::{Markup, Render, html};

/// A table. Numbers stand at the right, in digits of one width.
///
/// ```
/// use mainstay_ui::{Table, html, Render};
/// let table = Table::new("Open findings")
///     .text("Package")
///     .number("Findings")
///     .empty("No package has a finding.")
///     .row([html! { "left-pad" }, html! { "3" }]);
/// assert!(table.render().into_string().contains("<caption>Open findings</caption>"));
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Table {
    caption: String,
    columns: Vec<(String, Align)>,
    rows: Vec<Vec<Markup>>,
    empty: String,
    id: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Align {
    Text,
    Number,
}

impl Table {
    /// A table with what it is about.
    pub fn new(caption: impl Into<String>) -> Self {
        Self {
            caption: caption.into(),
            columns: Vec::new(),
            rows: Vec::new(),
            empty: "Nothing to list.".to_owned(),
            id: None,
        }
    }

    /// The `id` of the region around the table, for swaps and live updates.
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// Another column, of words.
    pub fn text(mut self, heading: impl Into<String>) -> Self {
        self.columns.push((heading.into(), Align::Text));
        self
    }

    /// Another column, of numbers.
    pub fn number(mut self, heading: impl Into<String>) -> Self {
        self.columns.push((heading.into(), Align::Number));
        self
    }

    /// Another row, one cell a column. Missing cells stay empty, and cells beyond the columns are
    /// shown all the same. The first link of a row is where Enter leads.
    pub fn row(mut self, cells: impl IntoIterator<Item = Markup>) -> Self {
        self.rows.push(cells.into_iter().collect());
        self
    }

    /// Other rows.
    pub fn rows(mut self, rows: impl IntoIterator<Item = Vec<Markup>>) -> Self {
        self.rows.extend(rows);
        self
    }

    /// What stands in a table without rows.
    pub fn empty(mut self, sentence: impl Into<String>) -> Self {
        self.empty = sentence.into();
        self
    }
}

impl Render for Table {
    fn render(&self) -> Markup {
        html! {
            div class="scroll" id=[self.id.as_deref()] role="region" tabindex="0"
                aria-label=(self.caption) {
                table {
                    caption { (self.caption) }
                    thead {
                        tr {
                            @for (heading, align) in &self.columns {
                                th scope="col" class=[class(*align)] { (heading) }
                            }
                        }
                    }
                    tbody {
                        @for row in &self.rows { (self.cells(row)) }
                        @if self.rows.is_empty() {
                            tr { td class="muted" colspan=(self.columns.len().max(1)) { (self.empty) } }
                        }
                    }
                }
            }
        }
    }
}

impl Table {
    fn cells(&self, row: &[Markup]) -> Markup {
        let missing = self.columns.len().saturating_sub(row.len());
        let aligns =
            self.columns.iter().map(|(_, align)| *align).chain(std::iter::repeat(Align::Text));
        html! {
            tr {
                @for (cell, align) in row.iter().zip(aligns) { td class=[class(align)] { (cell) } }
                @for _ in 0..missing { td {} }
            }
        }
    }
}

fn class(align: Align) -> Option<&'static str> {
    match align {
        Align::Text => None,
        Align::Number => Some("number"),
    }
}
