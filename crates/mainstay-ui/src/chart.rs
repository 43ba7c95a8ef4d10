//! Drawings of figures, as SVG within the page: bars, stacked bars, lines over time, a line of
//! the size of a word, dots by two figures, a timeline.
//!
//! Each has a title and a description for those who do not see it, and the figures as a table
//! beneath, so that nothing is told by the drawing alone (WCAG 2.2, 1.1.1 and 1.4.1). There are
//! no scripts and no inline styles; it prints as it is shown.
//!
//! An [`Amount`] that is a range is drawn as a range: what is certain is solid, what is possible
//! is a lighter band. What is not told is not drawn, and is said in words. Sizes along the page
//! are shares of its width, so that text keeps its size on a small screen.

mod bars;
mod lines;
mod scale;
mod scatter;
mod timeline;

use std::fmt;

use maud::{Markup, Render, html};

pub use bars::{Bars, Stacked};
pub use lines::{Lines, sparkline};
pub use scatter::Scatter;
pub use timeline::Timeline;

use crate::{amount::Amount, table::Table};

/// A colour with a meaning. The legend always names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ink {
    /// What the drawing is about.
    Accent,
    /// A second and a third thing beside it.
    Second,
    /// See [`Ink::Second`].
    Third,
    /// As the severity.
    Critical,
    /// As the severity.
    High,
    /// As the severity.
    Medium,
    /// As the severity.
    Low,
    /// What is unknown, or of less weight.
    Muted,
}

/// As the class of the stylesheet.
impl fmt::Display for Ink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Accent => "ink-accent",
            Self::Second => "ink-second",
            Self::Third => "ink-third",
            Self::Critical => "ink-critical",
            Self::High => "ink-high",
            Self::Medium => "ink-medium",
            Self::Low => "ink-low",
            Self::Muted => "ink-muted",
        })
    }
}

/// What every drawing says of itself.
#[derive(Clone, Debug)]
struct Heading {
    title: String,
    description: String,
}

impl Heading {
    fn new(title: impl Into<String>, description: impl Into<String>) -> Self {
        Self { title: title.into(), description: description.into() }
    }
}

/// What is drawn.
struct Drawing {
    /// In pixels; the width is that of the page.
    height: u32,
    marks: Markup,
    /// Figures at the left of it, with their width in pixels.
    axis: Option<(u32, Markup)>,
    legend: Option<Markup>,
}

/// How the figures beneath are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Beneath {
    /// Numbers: folded, for who wants them exactly.
    Figures,
    /// Events: the list says more than the drawing, so it is open.
    Events,
}

/// A drawing of the page's width with its title above and what it shows beneath.
fn framed(heading: &Heading, drawing: &Drawing, table: &Table, beneath: Beneath) -> Markup {
    let (word, open) = match beneath {
        Beneath::Figures => ("The figures", false),
        Beneath::Events => ("The events", true),
    };
    html! {
        figure class="chart" {
            figcaption { (heading.title) }
            @if let Some(legend) = &drawing.legend { (legend) }
            div class="plot" {
                @if let Some((width, figures)) = &drawing.axis {
                    svg width=(width) height=(drawing.height) aria-hidden="true" focusable="false" {
                        (figures)
                    }
                }
                svg role="img" width="100%" height=(drawing.height) {
                    title { (heading.title) }
                    desc { (heading.description) }
                    (drawing.marks)
                }
            }
            details open[open] {
                summary { (word) }
                (table)
            }
        }
    }
}

/// Names of the inks, in the order of the drawing.
fn legend<'n>(entries: impl Iterator<Item = (&'n str, String)>) -> Markup {
    html! {
        ul class="legend" {
            @for (name, class) in entries {
                li {
                    svg class=(class) width="16" height="10" aria-hidden="true" focusable="false" {
                        rect class="solid" width="16" height="10" {}
                        line class="stroke" x1="0" y1="5" x2="16" y2="5" {}
                    }
                    (name)
                }
            }
        }
    }
}

fn cell(amount: Amount) -> Markup {
    amount.to_string().render()
}

/// As much of a label as has room on the smallest screen; the table has the whole.
fn shortened(label: &str) -> String {
    if label.chars().count() <= LABEL {
        return label.to_owned();
    }
    label.chars().take(LABEL - 1).chain(['\u{2026}']).collect()
}

const LABEL: usize = 32;
