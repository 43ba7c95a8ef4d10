//! Facts side by side: definition lists, tiles with one figure, steps of a task, sections.

use maud::{Markup, Render, html};

use crate::amount::Amount;

/// Names and what belongs to them.
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct Facts {
    facts: Vec<(String, Markup)>,
}

impl Facts {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// One more.
    pub fn fact(mut self, name: impl Into<String>, value: impl Render) -> Self {
        self.facts.push((name.into(), value.render()));
        self
    }
}

impl Render for Facts {
    fn render(&self) -> Markup {
        html! {
            dl class="facts" {
                @for (name, value) in &self.facts { div { dt { (name) } dd { (value) } } }
            }
        }
    }
}

/// One figure, large.
#[derive(Clone, Debug)]
#[must_use]
pub struct Tile {
    label: String,
    amount: Amount,
    note: Option<String>,
    href: Option<String>,
}

impl Tile {
    /// What was counted, and how many there are.
    pub fn new(label: impl Into<String>, amount: Amount) -> Self {
        Self { label: label.into(), amount, note: None, href: None }
    }

    /// A few words beneath.
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }

    /// Where they are listed.
    pub fn href(mut self, href: impl Into<String>) -> Self {
        self.href = Some(href.into());
        self
    }
}

/// Tiles beside one another.
pub fn tiles(tiles: &[Tile]) -> Markup {
    html! {
        ul class="tiles" {
            @for tile in tiles {
                li {
                    span class="label" {
                        @if let Some(href) = &tile.href { a href=(href) { (tile.label) } }
                        @else { (tile.label) }
                    }
                    strong class=[wordy(tile.amount)] { (tile.amount) }
                    @if let Some(note) = &tile.note { span class="muted" { (note) } }
                }
            }
        }
    }
}

fn wordy(amount: Amount) -> Option<&'static str> {
    match amount {
        Amount::Exactly(_) | Amount::Between(..) => None,
        Amount::FewerThan(_) | Amount::AtLeast(_) | Amount::NotShown | Amount::Unknown => {
            Some("word")
        }
    }
}

/// Where a step of a task stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Behind us.
    Done,
    /// Now.
    Current,
    /// Still to come.
    Ahead,
}

/// The steps of a task, in order.
#[derive(Clone, Debug)]
#[must_use]
pub struct Steps {
    label: String,
    steps: Vec<(String, Step)>,
}

impl Steps {
    /// No steps yet, with a name for screen readers.
    pub fn new(label: impl Into<String>) -> Self {
        Self { label: label.into(), steps: Vec::new() }
    }

    /// The next step.
    pub fn step(mut self, name: impl Into<String>, stands: Step) -> Self {
        self.steps.push((name.into(), stands));
        self
    }
}

impl Render for Steps {
    fn render(&self) -> Markup {
        html! {
            ol class="steps" aria-label=(self.label) {
                @for (name, stands) in &self.steps {
                    @match stands {
                        Step::Done => li class="done" { (name) span class="sr" { " (done)" } },
                        Step::Current => li aria-current="step" { (name) },
                        Step::Ahead => li class="ahead" { (name) },
                    }
                }
            }
        }
    }
}

/// A part of a page under a heading of the second level.
pub fn section(title: &str, content: impl Render) -> Markup {
    html! { section { h2 { (title) } (content) } }
}

/// Something to unfold.
pub fn fold(summary: &str, content: impl Render) -> Markup {
    html! { details { summary { (summary) } (content) } }
}
