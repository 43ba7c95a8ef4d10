//! What a pickle carries as plain values and somebody may use later: bytes that are another pickle,
//! and texts that are a template which reaches for the insides of Python.
//!
//! Unpickling runs neither. A class of the pickle may: it renders its template, or unpickles its
//! bytes, when it is used. What a call of the stream itself loads is judged by
//! [`machine`](super::machine) as what it is; the rest is looked at here, and told as something that waits.

use std::collections::BTreeMap;

use mainstay_reading::{Danger, DangerCode};
use mainstay_types::Severity;

use super::likeness;
use super::opcode as op;
use crate::examination::Examination;
use crate::format::{Beginning, Likeness};
use crate::part::Part;
use crate::{front_door, jinja};

/// A pickle that does anything, and a template that reaches anywhere, have so many bytes.
pub(super) const SHORTEST: usize = 12;
/// The most values that are looked at.
const MOST: usize = 1_000;

/// Values that are looked at when the reading of a part is over, by where they begin.
#[derive(Debug, Default)]
pub(super) struct Carried {
    values: BTreeMap<usize, Carry>,
    bytes: usize,
    /// Where the first one stands for which there was no room.
    left_out_at: Option<usize>,
}

#[derive(Debug)]
enum Carry {
    /// So many bytes of the file.
    Run(usize),
    /// Bytes that a text stands for, or that do not stand in one run.
    Decoded(Vec<u8>),
    Template(String),
}

/// A literal of a pickle as the machine read it.
pub(super) struct Operand<'a> {
    pub(super) instruction: u8,
    /// Its bytes as they stand in the file.
    pub(super) raw: &'a [u8],
    /// Where they begin; where they do not stand in one run, where their instruction does.
    pub(super) at: usize,
    /// Whether they stand in one run there.
    pub(super) is_in_place: bool,
}

impl Carried {
    /// Looks at a literal; `room` is how many bytes may be kept.
    pub(super) fn see(&mut self, operand: &Operand<'_>, room: usize) {
        if self.values.contains_key(&operand.at) {
            return;
        }
        let Some(carry) = carry_of(operand) else { return };
        let size = match &carry {
            Carry::Run(length) => *length,
            Carry::Decoded(bytes) => bytes.len(),
            Carry::Template(text) => text.len(),
        };
        if self.values.len() >= MOST || self.bytes.saturating_add(size) > room {
            self.left_out_at.get_or_insert(operand.at);
            return;
        }
        self.bytes = self.bytes.saturating_add(size);
        self.values.insert(operand.at, carry);
    }

    /// Examines everything but the runs of bytes that were examined as `loaded`.
    pub(super) fn examine(
        self,
        loaded: &[(usize, usize)],
        part: &Part<'_>,
        examination: &mut Examination<'_>,
    ) {
        for (at, carry) in self.values {
            let inner = part.from(at as u64);
            match carry {
                Carry::Run(length) if loaded.contains(&(at, length)) => {}
                Carry::Run(length) => {
                    let bytes = inner.bytes.get(..length).unwrap_or_default();
                    examine_pickle(&Part { bytes, ..inner }, examination);
                }
                Carry::Decoded(bytes) => {
                    examine_pickle(&Part { bytes: &bytes, ..inner }, examination);
                }
                Carry::Template(text) => {
                    jinja::look_for_escape(&text, &inner.at(0), examination);
                }
            }
        }
        if let Some(at) = self.left_out_at {
            let reason = "the pickle carries more pickles and templates in its values than there \
                          is room for, and not all were looked at";
            examination.gap(part.at(at as u64), reason, ADVICE);
        }
    }
}

const ADVICE: &str = "find out what the values of the pickle are for before you use it";

/// What a literal carries, if anything.
fn carry_of(operand: &Operand<'_>) -> Option<Carry> {
    let raw = operand.raw;
    if begins_pickle(raw) {
        let is_run = operand.is_in_place;
        return is_pickle(raw)
            .then(|| if is_run { Carry::Run(raw.len()) } else { Carry::Decoded(raw.to_vec()) });
    }
    if matches!(
        operand.instruction,
        op::SHORT_BINBYTES | op::BINBYTES | op::BINBYTES8 | op::BYTEARRAY8
    ) {
        return None;
    }
    // Bytes of protocol 2 are a text that `_codecs.encode` makes into bytes.
    let may_be_bytes = raw.starts_with(b"\xc2\x80");
    if !may_be_bytes && !is_escaped(operand) && !jinja::has_tag(raw) {
        return None;
    }
    let literal = super::literal::decoded(operand.instruction, raw)?;
    let text = literal.as_text()?;
    if may_be_bytes || is_escaped(operand) {
        let bytes: Option<Vec<u8>> = text.chars().map(|each| u8::try_from(each).ok()).collect();
        let bytes = bytes.filter(|bytes| begins_pickle(bytes) && is_pickle(bytes));
        if let Some(bytes) = bytes {
            return Some(Carry::Decoded(bytes));
        }
    }
    let is_template = jinja::has_tag(text.as_bytes()) && jinja::reaches(text.as_bytes());
    is_template.then(|| Carry::Template(text.to_owned()))
}

/// Whether a text is written with escapes.
fn is_escaped(operand: &Operand<'_>) -> bool {
    matches!(operand.instruction, op::STRING | op::UNICODE) && operand.raw.contains(&b'\\')
}

/// Whether bytes could begin a pickle: with a protocol, or with an import of protocol 0 or 1.
fn begins_pickle(bytes: &[u8]) -> bool {
    match bytes {
        [op::PROTO, protocol, ..] => *protocol <= op::HIGHEST_PROTOCOL,
        [op::GLOBAL | op::MARK, ..] => memchr::memchr(b'\n', bytes).is_some(),
        _ => false,
    }
}

fn is_pickle(bytes: &[u8]) -> bool {
    let beginning = Beginning { bytes, length: bytes.len() as u64, name: "", is_inside: true };
    likeness::likeness(&beginning) == Likeness::Certain
}

/// Examines bytes that nothing in the stream loads, and tells the worst of what loading them would
/// do.
fn examine_pickle(inner: &Part<'_>, examination: &mut Examination<'_>) {
    let mut apart = examination.apart();
    front_door::enter_certain(inner, &mut apart);
    let dangers = examination.take_in(apart);
    // A text that reads as a pickle by chance calls nothing that is known to do harm.
    let states_protocol = inner.bytes.first() == Some(&op::PROTO);
    let least = if states_protocol { Severity::Medium } else { Severity::High };
    let does = |danger: &&Danger| {
        !matches!(danger.code, DangerCode::Malformed | DangerCode::OddContainer)
            && danger.severity >= least
    };
    let mut worst: Option<&Danger> = None;
    for danger in dangers.iter().filter(does) {
        if worst.is_none_or(|worst| danger.severity > worst.severity) {
            worst = Some(danger);
        }
    }
    let Some(worst) = worst else { return };
    let message = format!(
        "the pickle carries another one as a value, and whoever unpickles that one runs it: {}",
        worst.message
    );
    let mut danger = Danger::new(DangerCode::CarriesCode, inner.at(0), message);
    if let Some(shown) = &worst.shown {
        danger = danger.shown(shown.clone());
    }
    examination.danger(danger);
}
