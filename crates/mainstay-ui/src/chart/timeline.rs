//! What happened when.

use jiff::Timestamp;
use maud::{Markup, Render, html};

use super::{Beneath, Drawing, Heading, Ink, framed, scale::Span};
use crate::{moment::moment_ago, table::Table};

/// Events along a line, and as a list.
#[derive(Clone, Debug)]
#[must_use]
pub struct Timeline {
    heading: Heading,
    now: Timestamp,
    events: Vec<(Timestamp, Ink, Markup)>,
}

impl Timeline {
    /// A drawing with its title, and what it shows in a sentence. It reaches to `now`, or beyond
    /// when something is still to come.
    pub fn new(title: impl Into<String>, description: impl Into<String>, now: Timestamp) -> Self {
        Self { heading: Heading::new(title, description), now, events: Vec::new() }
    }

    /// Something that happened, or will.
    pub fn event(mut self, at: Timestamp, ink: Ink, what: impl Render) -> Self {
        self.events.push((at, ink, what.render()));
        self
    }
}

impl Render for Timeline {
    fn render(&self) -> Markup {
        let mut events: Vec<_> = self.events.iter().collect();
        events.sort_by_key(|(at, _, _)| *at);
        let moments = events.iter().map(|(at, _, _)| *at).chain([self.now]);
        let span = Span::around(moments).unwrap_or(Span { first: self.now, last: self.now });
        let marks = html! {
            line class="grid" x1="0" x2="100%" y1=(LINE) y2=(LINE) {}
            @let now = span.place(self.now);
            line class="now" x1=(now) x2=(now) y1="2" y2=(LINE + 8) {}
            @for (at, ink, _) in &events {
                circle class={ "solid " (ink) } cx=(span.place(*at)) cy=(LINE) r="5" {}
            }
            @for (at, x, anchor) in [(span.first, "0", "start"), (span.last, "100%", "end")] {
                text class="figure" x=(x) y=(HEIGHT - 4) text-anchor=(anchor) { (at.strftime("%Y-%m-%d")) }
            }
        };
        let table = Table::new(self.heading.title.as_str())
            .text("When")
            .text("What")
            .rows(events.iter().map(|(at, _, what)| vec![moment_ago(*at, self.now), what.clone()]));
        let drawing = Drawing { height: HEIGHT, marks, axis: None, legend: None };
        framed(&self.heading, &drawing, &table, Beneath::Events)
    }
}

/// In pixels.
const LINE: u32 = 14;
const HEIGHT: u32 = 44;
