//! What an answer does not know: the box that every answer has. Unknown is never clean.

use jiff::Timestamp;
use maud::{Markup, Render, html};

use crate::moment::moment_ago;

/// What was looked at, what was not, and how old the knowledge is. An answer that names no
/// knowledge says that its age is not known.
#[derive(Clone, Debug)]
#[must_use]
pub struct Unknowns {
    now: Timestamp,
    looked_at: Vec<String>,
    unknown: Vec<String>,
    knowledge: Vec<(String, Option<Timestamp>)>,
}

impl Unknowns {
    /// A box about an answer that is given now.
    pub fn new(now: Timestamp) -> Self {
        Self { now, looked_at: Vec::new(), unknown: Vec::new(), knowledge: Vec::new() }
    }

    /// A sentence about what was looked at.
    pub fn looked_at(mut self, sentence: impl Into<String>) -> Self {
        self.looked_at.push(sentence.into());
        self
    }

    /// A sentence about what was not looked at, could not be read, or could not be decided.
    pub fn unknown(mut self, sentence: impl Into<String>) -> Self {
        self.unknown.push(sentence.into());
        self
    }

    /// Sentences about what is unknown.
    pub fn unknowns(mut self, sentences: impl IntoIterator<Item = String>) -> Self {
        self.unknown.extend(sentences);
        self
    }

    /// Knowledge that the answer rests on, and as of when it is; `None` when nobody knows.
    pub fn as_of(mut self, knowledge: impl Into<String>, at: Option<Timestamp>) -> Self {
        self.knowledge.push((knowledge.into(), at));
        self
    }
}

impl Render for Unknowns {
    fn render(&self) -> Markup {
        let aged = !self.knowledge.is_empty() && self.knowledge.iter().all(|(_, at)| at.is_some());
        html! {
            section class="unknowns" aria-label="What we do not know" {
                h2 { "What we do not know" }
                @if self.unknown.is_empty() && aged {
                    p { "Of what this answer is about, nothing was left out." }
                } @else {
                    ul {
                        @for sentence in &self.unknown { li { (sentence) } }
                        @if self.knowledge.is_empty() {
                            li { "How old the knowledge behind this answer is, is not known." }
                        }
                        @for (knowledge, at) in &self.knowledge {
                            @if at.is_none() { li { (knowledge) ": how old this is, is not known." } }
                        }
                    }
                }
                @for sentence in &self.looked_at { p class="muted" { (sentence) } }
                @for (knowledge, at) in &self.knowledge {
                    @if let Some(at) = at {
                        p class="muted" { (knowledge) ", as of " (moment_ago(*at, self.now)) "." }
                    }
                }
            }
        }
    }
}
