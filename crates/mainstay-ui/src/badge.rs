//! Short words with a shape: severity, marking, verdict, state. The word is always there, and
//! the shape differs, so that nobody needs to tell colours apart (WCAG 2.2, 1.4.1).

use mainstay_types::{Severity, Tlp};
use maud::{Markup, html};

use crate::alert::Tone;

/// The one-word answer. Clean is never shown where something is unknown; who has unknowns says
/// [`Verdict::Unknown`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Something is wrong.
    Findings,
    /// Nothing is wrong, and nothing is unknown.
    Clean,
    /// Nothing wrong was found, and not everything could be looked at.
    Unknown,
}

impl Verdict {
    /// The word of reports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Findings => "findings",
            Self::Clean => "clean",
            Self::Unknown => "unknown",
        }
    }
}

/// How bad something is.
pub fn severity(severity: Severity) -> Markup {
    let word = severity.word();
    html! {
        span class={ "badge sev-" (word) } { (shape(severity_shape(severity))) (word) }
    }
}

/// The one-word answer.
pub fn verdict(verdict: Verdict) -> Markup {
    let drawn = match verdict {
        Verdict::Findings => Shape::Triangle,
        Verdict::Clean => Shape::Tick,
        Verdict::Unknown => Shape::Question,
    };
    html! {
        span class={ "badge verdict-" (verdict.word()) } { (shape(drawn)) (verdict.word()) }
    }
}

/// A marking, in the colours that FIRST gives it: on black in both themes (TLP 2.0, "TLP
/// colour-coding").
pub fn tlp(marking: Tlp) -> Markup {
    html! { span class={ "tlp " (tlp_class(marking)) } { (marking.label()) } }
}

/// Where something stands, such as *open* or *answered*.
pub fn state(tone: Tone, word: &str) -> Markup {
    let drawn = match tone {
        Tone::Note => Shape::Ring,
        Tone::Warning => Shape::Diamond,
        Tone::Error => Shape::Triangle,
        Tone::Success => Shape::Tick,
    };
    html! { span class={ "badge state-" (tone.class()) } { (shape(drawn)) (word) } }
}

/// A word that sorts and does not judge, such as an ecosystem.
pub fn tag(word: &str) -> Markup {
    html! { span class="tag" { (word) } }
}

pub(crate) fn tlp_class(marking: Tlp) -> &'static str {
    match marking {
        Tlp::Clear => "tlp-clear",
        Tlp::Green => "tlp-green",
        Tlp::Amber => "tlp-amber",
        Tlp::AmberStrict => "tlp-amber-strict",
        Tlp::Red => "tlp-red",
    }
}

fn severity_shape(severity: Severity) -> Shape {
    match severity {
        Severity::Critical => Shape::Square,
        Severity::High => Shape::Triangle,
        Severity::Medium => Shape::Diamond,
        Severity::Low => Shape::Disc,
        Severity::None => Shape::Ring,
        Severity::Unknown => Shape::Question,
    }
}

#[derive(Clone, Copy)]
enum Shape {
    Square,
    Triangle,
    Diamond,
    Disc,
    Ring,
    Tick,
    Question,
}

/// A drawing of 12 by 12 units in the colour of its text. The word beside it says the same, so
/// it is hidden from screen readers.
fn shape(shape: Shape) -> Markup {
    let (filled, path) = match shape {
        Shape::Square => (true, "M1 1h10v10H1z"),
        Shape::Triangle => (true, "M6 .8 11.6 11H.4z"),
        Shape::Diamond => (true, "M6 .5 11.5 6 6 11.5.5 6z"),
        Shape::Disc => (true, "M6 2a4 4 0 1 0 0 8 4 4 0 1 0 0-8z"),
        Shape::Ring => (false, "M6 2a4 4 0 1 0 0 8 4 4 0 1 0 0-8z"),
        Shape::Tick => (false, "M1.5 6.5 4.7 9.7 10.5 2.5"),
        Shape::Question => (false, "M3.4 4.2a2.6 2.6 0 1 1 4 2.1C6.4 7 6 7.3 6 8.4M6 10.2v1"),
    };
    html! {
        svg class=(if filled { "shape" } else { "shape line" }) viewBox="0 0 12 12" width="12"
            height="12" aria-hidden="true" focusable="false" { path d=(path) {} }
    }
}
