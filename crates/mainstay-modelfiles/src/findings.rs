//! Telling what a walk through one part finds, and each thing once.
//!
//! A graph calls the same unknown operator a thousand times; one finding says all. What is kept
//! to tell things apart is bounded, whatever the file holds.

use std::collections::HashSet;

use mainstay_reading::{Danger, DangerCode, Place};

use crate::examination::Examination;
use crate::named_path::{Reach, reach};
use crate::part::Part;
use crate::protobuf::Fault;

/// The most things that are told apart. More than an examination tells of one sort.
const MOST: usize = 10_000;

/// What is found in a part, on its way into the examination.
pub(crate) struct Findings<'p, 'e, 'b> {
    pub(crate) part: &'e Part<'p>,
    pub(crate) examination: &'e mut Examination<'b>,
    told: HashSet<String>,
}

impl<'p, 'e, 'b> Findings<'p, 'e, 'b> {
    pub(crate) fn new(part: &'e Part<'p>, examination: &'e mut Examination<'b>) -> Self {
        Self { part, examination, told: HashSet::new() }
    }

    /// Whether this is new, and is told now.
    pub(crate) fn is_new(&mut self, key: &str) -> bool {
        if self.told.contains(key) {
            return false;
        }
        if self.told.len() >= MOST {
            let reason = format!("more than {MOST} different things were found, and not all told");
            let advice = "do not load the file before the listed ones are understood";
            self.examination.gap(self.part.whole(), reason, advice);
            return false;
        }
        self.told.insert(key.to_owned())
    }

    /// A byte of the part as a place.
    pub(crate) fn at(&self, offset: u64) -> Place {
        self.part.at(offset)
    }

    pub(crate) fn danger(&mut self, danger: Danger) {
        self.examination.danger(danger);
    }

    /// Tells of a number that cannot be.
    pub(crate) fn malformed(&mut self, at: u64, message: impl Into<String>) {
        let danger = Danger::new(DangerCode::Malformed, self.part.at(at), message);
        self.examination.danger(danger);
    }

    /// Tells that a message of Protocol Buffers cannot be read on: `what` as "the graph".
    pub(crate) fn fault(&mut self, what: &str, fault: Fault) {
        fault.tell(what, self.part, self.examination);
    }

    /// Judges a path that the model names: `what` is read or written there, as "the weights".
    /// `advisories` published this for paths that climb and for absolute ones.
    pub(crate) fn path(
        &mut self,
        at: u64,
        what: &str,
        path: &str,
        advisories: (Option<&'static str>, Option<&'static str>),
    ) {
        let reach = reach(path);
        let (code, advisory) = match reach {
            Reach::Beside => return,
            Reach::Above => (DangerCode::TouchesFiles, advisories.0),
            Reach::Machine => (DangerCode::TouchesFiles, advisories.1),
            Reach::Network => (DangerCode::UsesNetwork, None),
            Reach::Odd => (DangerCode::TouchesFiles, None),
        };
        let shown: String = path.chars().take(500).flat_map(char::escape_debug).collect();
        if self.is_new(&shown) {
            let message = format!("{what} lie in a file whose path leads {}", reach.phrase());
            let danger = Danger::new(code, self.at(at), message).shown(shown).known_as(advisory);
            self.examination.danger(danger);
        }
    }
}
