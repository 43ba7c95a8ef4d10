//! Messages: what happened, and what to do now.

use maud::{Markup, Render, html};

/// What a message is. The word is always shown; the colour only repeats it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Worth knowing.
    Note,
    /// Something may go wrong, or already did in part.
    Warning,
    /// Something failed.
    Error,
    /// What was asked for is done.
    Success,
}

impl Tone {
    pub(crate) fn class(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
            Self::Success => "success",
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Note => "Note",
            Self::Warning => "Warning",
            Self::Error => "Error",
            Self::Success => "Done",
        }
    }

    /// ARIA: `alert` interrupts the reader, `status` waits for a pause.
    fn role(self) -> &'static str {
        match self {
            Self::Warning | Self::Error => "alert",
            Self::Note | Self::Success => "status",
        }
    }
}

/// A message in a box.
pub fn alert(tone: Tone, text: impl Render) -> Markup {
    html! {
        div class={ "alert " (tone.class()) } role=(tone.role()) {
            strong { (tone.word()) ": " } (text)
        }
    }
}

/// What stands where there is nothing yet: a sentence, and one next step.
#[derive(Clone, Debug)]
#[must_use]
pub struct Empty {
    sentence: String,
    next: Option<(String, String)>,
}

impl Empty {
    /// Nothing is here, and why.
    pub fn new(sentence: impl Into<String>) -> Self {
        Self { sentence: sentence.into(), next: None }
    }

    /// The one thing to do now, and where.
    pub fn next(mut self, label: impl Into<String>, href: impl Into<String>) -> Self {
        self.next = Some((label.into(), href.into()));
        self
    }
}

impl Render for Empty {
    fn render(&self) -> Markup {
        html! {
            div class="empty" {
                p { (self.sentence) }
                @if let Some((label, href)) = &self.next {
                    p { a class="button primary" href=(href) { (label) } }
                }
            }
        }
    }
}
