//! The metadata: a key, a type and a value each.

mod arrays;
mod meaning;

use mainstay_reading::{Danger, DangerCode};
use mainstay_types::Severity;

use super::scalar::Kind;
use super::source::{Source, overflows};
use crate::cursor::Leaves;
use crate::examination::Examination;
use crate::odd_text::{odd_in_name, readable};
use crate::part::Part;
use crate::repeats::Repeats;

/// The longest key of the specification.
const LONGEST_KEY: usize = 65_535;
/// The most repeated keys that are told one by one.
const TOLD: usize = 5;

/// What the metadata say about the rest of the file.
pub(super) struct Metadata {
    /// To what the offsets of tensors are aligned.
    pub(super) alignment: u64,
    /// How many tokens there are, with how many scores and types.
    tokens: Option<u64>,
    scores: Option<u64>,
    types: Option<u64>,
}

/// What goes through the metadata.
struct Reading<'r, 'a, 'b> {
    part: &'r Part<'a>,
    source: &'r mut Source<'a>,
    metadata: Metadata,
    examination: &'r mut Examination<'b>,
}

/// Why the metadata cannot be read on.
enum Stop {
    Leaves(&'static str, Leaves),
    /// It was said.
    Told,
}

impl Metadata {
    /// Reads so many entries. `None` when what follows cannot be found.
    pub(super) fn read<'a>(
        part: &Part<'a>,
        source: &mut Source<'a>,
        entries: u64,
        examination: &mut Examination<'_>,
    ) -> Option<Self> {
        let metadata = Self { alignment: 32, tokens: None, scores: None, types: None };
        let mut keys = Repeats::default();
        let mut reading = Reading { part, source, metadata, examination };
        let mut outcome = Ok(());
        for _ in 0..entries {
            outcome = reading.entry(&mut keys);
            if outcome.is_err() {
                break;
            }
        }
        reading.repeated(keys);
        reading.tokens_fit();
        if let Err(Stop::Leaves(what, leaves)) = outcome {
            reading.leaves(what, leaves);
        }
        outcome.is_ok().then_some(reading.metadata)
    }
}

impl<'a> Reading<'_, 'a, '_> {
    fn entry(&mut self, keys: &mut Repeats) -> Result<(), Stop> {
        let at = self.source.at();
        let key = self.source.string().map_err(|leaves| Stop::Leaves("a key", leaves))?;
        keys.note(key, at);
        self.key(key, at);
        let kind = self.kind("the type of an entry")?;
        self.value(key, kind)
    }

    fn kind(&mut self, what: &'static str) -> Result<Kind, Stop> {
        let at = self.source.at();
        let number = self.source.u32().map_err(|leaves| Stop::Leaves(what, leaves))?;
        let Some(kind) = Kind::of(number) else {
            let message = format!(
                "{what} is {number}, which GGUF does not know: a careless reader would look up \
                 its size outside of its table"
            );
            self.malformed(at, message);
            return Err(Stop::Told);
        };
        Ok(kind)
    }

    fn value(&mut self, key: &'a [u8], kind: Kind) -> Result<(), Stop> {
        let at = self.source.at();
        match kind {
            Kind::Scalar(scalar) => {
                let value = scalar.read(self.source);
                let value = value.map_err(|leaves| Stop::Leaves("a value", leaves))?;
                self.number(key, value, at);
            }
            Kind::String => {
                let text = self.source.string();
                let text = text.map_err(|leaves| Stop::Leaves("a text", leaves))?;
                self.text(key, text, at + self.source.width.bytes());
            }
            Kind::Array => self.array(key)?,
        }
        Ok(())
    }

    fn key(&mut self, key: &[u8], at: u64) {
        let flaw = match str::from_utf8(key) {
            Err(_) => Some("is not text".to_owned()),
            Ok(text) => odd_in_name(text).map(|odd| format!("has the character {odd}")),
        };
        let flaw = if key.len() > LONGEST_KEY { Some("is too long".to_owned()) } else { flaw };
        if let Some(flaw) = flaw {
            let message = format!("a key of the metadata {flaw}, so readers show it differently");
            let danger = Danger::new(DangerCode::OddContainer, self.part.at(at), message);
            self.examination.danger(danger.graded(Severity::Medium).shown(readable(key)));
        }
    }

    fn repeated(&mut self, mut keys: Repeats) {
        for at in keys.places(TOLD) {
            let message = "a key stands twice in the metadata: some readers take the first, \
                           others the last, so they load different models";
            let place = self.part.at(at);
            self.examination.danger(Danger::new(DangerCode::OddContainer, place, message));
        }
        if keys.is_full() {
            let reason = "there are so many keys that repeated ones could not all be found";
            let advice = "find out why the file needs so much metadata before you load it";
            self.examination.gap(self.part.whole(), reason, advice);
        }
    }

    /// Readers take scores and types by the number of a token.
    fn tokens_fit(&mut self) {
        let Some(tokens) = self.metadata.tokens else { return };
        let pairs = [("scores", self.metadata.scores), ("types", self.metadata.types)];
        for (what, count) in pairs {
            if let Some(count) = count.filter(|count| *count < tokens) {
                let message = format!(
                    "there are {tokens} tokens and {count} {what} of tokens: a reader that takes \
                     one for each reads outside of its memory"
                );
                let place = self.part.whole();
                self.examination.danger(Danger::new(DangerCode::Malformed, place, message));
            }
        }
    }

    fn malformed(&mut self, at: u64, message: impl Into<String>) {
        self.examination.danger(Danger::new(DangerCode::Malformed, self.part.at(at), message));
    }

    fn leaves(&mut self, what: &str, leaves: Leaves) {
        if !overflows(leaves.wanted) {
            return self.examination.leaves(self.part, what, leaves);
        }
        let message = format!(
            "{what} claims {} bytes: a reader that adds to the number takes too little memory and \
             writes behind it",
            leaves.wanted
        );
        let danger = Danger::new(DangerCode::Malformed, self.part.at(leaves.at), message);
        self.examination.danger(danger.known_as(Some("CVE-2024-23496")));
    }
}
