//! Bars from left to right, one beneath the other, each under its label.

use maud::{Markup, Render, html};

use super::{Beneath, Drawing, Heading, Ink, cell, framed, legend, scale::Share, shortened};
use crate::{
    amount::{Amount, Reach},
    table::Table,
};

/// One bar a label.
#[derive(Clone, Debug)]
#[must_use]
pub struct Bars {
    heading: Heading,
    what: String,
    counted: String,
    rows: Vec<(String, Amount, Ink)>,
}

impl Bars {
    /// A drawing with its title, and what it shows in a sentence.
    pub fn new(title: impl Into<String>, description: impl Into<String>) -> Self {
        Self {
            heading: Heading::new(title, description),
            what: "What".to_owned(),
            counted: "Count".to_owned(),
            rows: Vec::new(),
        }
    }

    /// What the labels and the figures are, for the headings of the table.
    pub fn columns(mut self, what: impl Into<String>, counted: impl Into<String>) -> Self {
        (self.what, self.counted) = (what.into(), counted.into());
        self
    }

    /// One more bar.
    pub fn bar(self, label: impl Into<String>, amount: Amount) -> Self {
        self.inked(label, amount, Ink::Accent)
    }

    /// One more bar, in a colour that says something.
    pub fn inked(mut self, label: impl Into<String>, amount: Amount, ink: Ink) -> Self {
        self.rows.push((label.into(), amount, ink));
        self
    }
}

impl Render for Bars {
    fn render(&self) -> Markup {
        let whole = greatest(self.rows.iter().map(|(_, amount, _)| *amount));
        let rows = self.rows.iter().map(|(label, amount, ink)| {
            (label.as_str(), *amount, vec![Part { amount: *amount, ink: *ink, name: "" }])
        });
        let (height, marks) = drawn(rows, whole);
        let table = Table::new(self.heading.title.as_str())
            .text(self.what.as_str())
            .number(self.counted.as_str())
            .rows(self.rows.iter().map(|(label, amount, _)| vec![label.render(), cell(*amount)]));
        let drawing = Drawing { height, marks, axis: None, legend: None };
        framed(&self.heading, &drawing, &table, Beneath::Figures)
    }
}

/// One bar a label, made of `N` parts.
#[derive(Clone, Debug)]
#[must_use]
pub struct Stacked<const N: usize> {
    heading: Heading,
    what: String,
    parts: [(String, Ink); N],
    bars: Vec<(String, [Amount; N])>,
}

impl<const N: usize> Stacked<N> {
    /// A drawing with its title, what it shows in a sentence, and the parts of a bar from left
    /// to right.
    pub fn new(
        title: impl Into<String>,
        description: impl Into<String>,
        parts: [(&str, Ink); N],
    ) -> Self {
        Self {
            heading: Heading::new(title, description),
            what: "What".to_owned(),
            parts: parts.map(|(name, ink)| (name.to_owned(), ink)),
            bars: Vec::new(),
        }
    }

    /// What the labels are, for the heading of the table.
    pub fn column(mut self, what: impl Into<String>) -> Self {
        self.what = what.into();
        self
    }

    /// One more bar, with an amount for each part.
    pub fn bar(mut self, label: impl Into<String>, amounts: [Amount; N]) -> Self {
        self.bars.push((label.into(), amounts));
        self
    }
}

impl<const N: usize> Render for Stacked<N> {
    fn render(&self) -> Markup {
        let summed = |(label, amounts): &'_ (String, [Amount; N])| {
            (label.clone(), *amounts, Amount::sum(amounts))
        };
        let bars: Vec<(String, [Amount; N], Amount)> = self.bars.iter().map(summed).collect();
        let whole = greatest(bars.iter().map(|(_, _, sum)| *sum));
        let rows = bars.iter().map(|(label, amounts, sum)| {
            let parts = self.parts.iter().zip(amounts);
            let parts =
                parts.map(|((name, ink), amount)| Part { amount: *amount, ink: *ink, name });
            (label.as_str(), *sum, parts.collect())
        });
        let (height, marks) = drawn(rows, whole);
        let mut table = Table::new(self.heading.title.as_str()).text(self.what.as_str());
        for (name, _) in &self.parts {
            table = table.number(name.as_str());
        }
        let table = table.number("Together").rows(bars.iter().map(|(label, amounts, sum)| {
            let figures = amounts.iter().chain([sum]).map(|amount| cell(*amount));
            std::iter::once(label.render()).chain(figures).collect()
        }));
        let names = legend(self.parts.iter().map(|(name, ink)| (name.as_str(), ink.to_string())));
        let drawing = Drawing { height, marks, axis: None, legend: Some(names) };
        framed(&self.heading, &drawing, &table, Beneath::Figures)
    }
}

struct Part<'n> {
    amount: Amount,
    ink: Ink,
    /// Empty where a bar has one part only.
    name: &'n str,
}

/// All rows: the label, the figure in words at the right, and the bar beneath both.
fn drawn<'n>(
    rows: impl ExactSizeIterator<Item = (&'n str, Amount, Vec<Part<'n>>)>,
    whole: u64,
) -> (u32, Markup) {
    let count = u32::try_from(rows.len()).unwrap_or(u32::MAX);
    let tops = (0..).step_by(ROW as usize);
    let drawing = html! {
        @for ((label, amount, parts), top) in rows.zip(tops) {
            g {
                title { (label) ": " (amount) }
                text x="0" y=(top + TEXT) { (shortened(label)) }
                text class="figure" x="100%" y=(top + TEXT) text-anchor="end" { (amount) }
                (bar(&parts, whole, top + BAR_FROM))
            }
        }
    };
    (count.saturating_mul(ROW), drawing)
}

fn bar(parts: &[Part<'_>], whole: u64, y: u32) -> Markup {
    let untold = parts.iter().all(|part| part.amount.reach().is_none());
    html! {
        rect class=(if untold { "track untold" } else { "track" })
            x="0" y=(y) width="100%" height=(BAR) {}
        @for piece in pieces(parts, whole) {
            @let (start, end) = (Share::of(piece.from, whole), Share::of(piece.to, whole));
            rect class={ (piece.class) " " (piece.part.ink) } x=(start) y=(y)
                width=(start.to(end)) height=(BAR) {
                @if !piece.part.name.is_empty() {
                    title { (piece.part.name) ": " (piece.part.amount) }
                }
            }
        }
    }
}

struct Piece<'p> {
    class: &'static str,
    part: &'p Part<'p>,
    from: u64,
    to: u64,
}

/// The parts of one bar, one after the other. What is certain of a part comes first, then what
/// is possible. A part without an upper end reaches to the end of the drawing, and leaves room
/// for those after it.
fn pieces<'p>(parts: &'p [Part<'p>], whole: u64) -> Vec<Piece<'p>> {
    let mut pieces = Vec::new();
    let mut from: u64 = 0;
    for part in parts {
        let Some(Reach { low, high }) = part.amount.reach() else { continue };
        let certain = from.saturating_add(low);
        let (class, possible) = match high {
            Some(high) => ("band", from.saturating_add(high)),
            None => ("band open", whole.max(certain)),
        };
        pieces.push(Piece { class: "solid", part, from, to: certain });
        pieces.push(Piece { class, part, from: certain, to: possible });
        from = if high.is_some() { possible } else { certain };
    }
    pieces.retain(|piece| piece.to > piece.from);
    pieces
}

/// What the longest bar stands for. With a figure that has no upper end there is room beyond it.
fn greatest(amounts: impl Iterator<Item = Amount>) -> u64 {
    let ends = amounts.filter_map(Amount::reach).map(|reach| {
        reach.high.unwrap_or_else(|| reach.low.saturating_add((reach.low / 4).max(1)))
    });
    ends.max().unwrap_or(0)
}

/// In pixels: the line of the label, where a bar begins, how thick it is, and the whole row.
const TEXT: u32 = 14;
const BAR_FROM: u32 = 20;
const BAR: u32 = 8;
const ROW: u32 = 40;
