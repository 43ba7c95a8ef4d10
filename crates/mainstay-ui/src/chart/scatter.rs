//! Dots by two figures, of which the one upwards may be a range.

use maud::{Markup, Render, html};

use super::{Beneath, Drawing, Heading, Ink, cell, framed, legend, scale::Share};
use crate::{
    amount::{Amount, Reach},
    table::Table,
};

/// Things by two figures. What is certain of the one upwards is a dot; what is possible, a line
/// up from it. Dots have numbers, which the table beneath explains.
#[derive(Clone, Debug)]
#[must_use]
pub struct Scatter {
    heading: Heading,
    what: String,
    across: (String, u64),
    up: (String, u64),
    dots: Vec<Dot>,
}

#[derive(Clone, Debug)]
struct Dot {
    label: String,
    across: u64,
    up: Amount,
    ink: Ink,
}

impl Scatter {
    /// A drawing with its title, what it shows in a sentence, what its dots are, and the figures
    /// along and upwards, each with the most that it can be.
    pub fn new(
        title: impl Into<String>,
        description: impl Into<String>,
        what: impl Into<String>,
        (across, up): ((&str, u64), (&str, u64)),
    ) -> Self {
        Self {
            heading: Heading::new(title, description),
            what: what.into(),
            across: (across.0.to_owned(), across.1),
            up: (up.0.to_owned(), up.1),
            dots: Vec::new(),
        }
    }

    /// One more dot.
    pub fn dot(mut self, label: impl Into<String>, across: u64, up: Amount, ink: Ink) -> Self {
        self.dots.push(Dot { label: label.into(), across, up, ink });
        self
    }

    fn table(&self) -> Table {
        let rows = self.dots.iter().enumerate().map(|(at, dot)| {
            vec![html! { (at + 1) }, dot.label.render(), html! { (dot.across) }, cell(dot.up)]
        });
        Table::new(self.heading.title.as_str())
            .number("Number")
            .text(self.what.as_str())
            .number(self.across.0.as_str())
            .number(self.up.0.as_str())
            .rows(rows)
    }

    fn drawn(&self, at: usize, dot: &Dot) -> Markup {
        let (x, number) = (Share::of(dot.across, self.across.1), at + 1);
        html! {
            @if let Some(Reach { low, high }) = dot.up.reach() {
                @let (low, high) = (down(low, self.up.1), down(high.unwrap_or(self.up.1), self.up.1));
                g class=(dot.ink) {
                    title { (number) ": " (dot.label) ": " (dot.across) ", " (dot.up) }
                    @if high < low {
                        line class="stroke" stroke-opacity="0.35" x1=(x) x2=(x) y1=(high) y2=(low) {}
                    }
                    circle class="solid" cx=(x) cy=(low) r="4" {}
                    @if number <= NUMBERED {
                        text class="figure" x=(x) y=(low - 7) text-anchor="middle" { (number) }
                    }
                }
            }
        }
    }
}

impl Render for Scatter {
    fn render(&self) -> Markup {
        let ((across, most), (up, top)) = (&self.across, &self.up);
        let marks = html! {
            @for y in [TOP, TOP + HEIGHT / 2, TOP + HEIGHT] {
                line class="grid" x1="0" x2="100%" y1=(y) y2=(y) {}
            }
            @for (at, dot) in self.dots.iter().enumerate() { (self.drawn(at, dot)) }
            @let foot = TOP + HEIGHT + BOTTOM - 4;
            text class="figure" x="0" y=(foot) { "0" }
            text class="figure" x="50%" y=(foot) text-anchor="middle" { (across) }
            text class="figure" x="100%" y=(foot) text-anchor="end" { (most) }
            @if self.dots.is_empty() {
                text class="figure" x="50%" y=(TOP + HEIGHT / 2) text-anchor="middle" { "no figures yet" }
            }
        };
        let digits = u32::try_from(top.to_string().len()).unwrap_or(u32::MAX);
        let width = digits.saturating_mul(DIGIT) + 8;
        let axis = html! {
            @for (value, y) in [(*top, TOP), (0, TOP + HEIGHT)] {
                text class="figure" x=(width - 8) y=(y + 4) text-anchor="end" { (value) }
            }
        };
        let names = [(up.as_str(), Ink::Accent.to_string())];
        let drawing = Drawing {
            height: TOP + HEIGHT + BOTTOM,
            marks,
            axis: Some((width, axis)),
            legend: Some(legend(names.into_iter())),
        };
        framed(&self.heading, &drawing, &self.table(), Beneath::Figures)
    }
}

/// Pixels from the top of the drawing.
fn down(value: u64, top: u64) -> u32 {
    let up = u64::from(Share::of(value, top).units()) * u64::from(HEIGHT);
    TOP + HEIGHT - u32::try_from(up / u64::from(Share::WHOLE)).unwrap_or(HEIGHT)
}

/// In pixels.
const TOP: u32 = 16;
const HEIGHT: u32 = 240;
const BOTTOM: u32 = 24;
const DIGIT: u32 = 8;
/// More numbers would lie on one another.
const NUMBERED: usize = 15;
