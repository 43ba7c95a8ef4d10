//! All pickles of a file, one after the other, in every reading that a loader could have.
//!
//! `pickle.load` stops at the first STOP, and a loader may call it again: the legacy form of
//! `torch.save` is five pickles (a magic number, a protocol number, facts of the system, the
//! object, the keys of its storages) and then raw storages. What follows a pickle is read as
//! another one, and dropped if it is none.

use mainstay_reading::DangerCode;

use super::fault::Fault;
use super::hidden;
use super::literal::Literal;
use super::machine::{Arrays, Machine, Reading, Shared, Trust};
use super::source::Frames;
use super::storages::Storages;
use super::value::Value;
use crate::examination::Examination;
use crate::format::{Beginning, Likeness};
use crate::part::Part;

/// The first pickle of the legacy form of `torch.save`, 0x1950a86a20f9469cfc6c, as LONG1 and LONG
/// hold it.
const TORCH_MAGIC: [&[u8]; 3] = [
    b"\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19",
    b"119547037146038801333356L",
    b"119547037146038801333356",
];
/// The second one.
const TORCH_PROTOCOL: i64 = 1001;
/// How many pickles it has.
const TORCH_PICKLES: u64 = 5;

/// So many pickles may follow the first before the rest is taken for pickles without a look.
const LOOKED_AT: u64 = 64;

/// The end of a zip archive, and how far before the end of the file it may stand.
const ZIP_END: &[u8] = b"PK\x05\x06";
const ZIP_COMMENT: usize = 66_000;

/// Reads all pickles from the start of a part on. How many bytes they have.
pub(super) fn read(part: &Part<'_>, examination: &mut Examination<'_>) -> u64 {
    let trace = examination.describes().then(Vec::new);
    let mut shared = Shared { trace, ..Shared::default() };
    let plain = Reading { frames: Frames::Ignored, arrays: Arrays::Raw, trust: Trust::Declared };
    let first = Pass::run(part, plain, &mut shared);
    let trace = shared.trace.take();
    if let Some(fault) = first.fault {
        tell_fault(part, fault, &first, examination);
    }
    if let Some(leaves) = first.short_frame {
        examination.leaves(part, "a frame of the pickle", leaves);
    }
    if first.has_straddled {
        let message = "an instruction crosses the end of a frame of the pickle: Python's own \
                       loaders read different things there";
        shared.findings.note(first.start_of_trouble, DangerCode::OddContainer, message, None);
    }
    read_otherwise(part, &first, plain, &mut shared);
    shared.findings.note_imports(&shared.globals);
    tell_what_follows(part, &first, &mut shared);
    let is_followed = first.fault.is_none() && !first.is_legacy_torch;
    if is_followed && first.end < part.bytes.len() {
        hidden::read_after(part, first.end, examination);
    }
    describe(part, &first, trace, examination);
    finish(part, shared, examination);
    first.end as u64
}

/// Reads a part as the loaders do that read it in another way than the first reading.
fn read_otherwise(part: &Part<'_>, first: &Pass, plain: Reading, shared: &mut Shared) {
    let buffered = Reading { frames: Frames::Buffered, ..plain };
    let mut has_arrays = first.has_arrays;
    let mut has_straddled = first.has_straddled;
    if has_straddled {
        has_arrays |= Pass::run(part, buffered, shared).has_arrays;
    }
    if has_arrays {
        // The bytes of an ordinary array are no instructions.
        let other = Reading { arrays: Arrays::None, trust: Trust::Supposed, ..plain };
        has_straddled |= Pass::run(part, other, shared).has_straddled;
        if has_straddled {
            Pass::run(part, Reading { frames: Frames::Buffered, ..other }, shared);
        }
    }
}

/// One reading of a part.
#[derive(Clone, Copy, Debug, Default)]
struct Pass {
    /// The end of the last pickle.
    end: usize,
    /// The pickles that were read to their end.
    count: u64,
    protocol: u8,
    is_legacy_torch: bool,
    has_straddled: bool,
    has_arrays: bool,
    start_of_trouble: usize,
    fault: Option<Fault>,
    short_frame: Option<crate::cursor::Leaves>,
}

impl Pass {
    fn run(part: &Part<'_>, reading: Reading, shared: &mut Shared) -> Self {
        let mut pass = Self::default();
        let mut machine = Machine::new(part.bytes, 0, reading, shared);
        let mut has_computed_start = false;
        loop {
            let begun = (machine.shared.globals.len(), machine.shared.findings.count());
            let is_first = pass.count == 0;
            if !is_first {
                let trust = pass.trust_in_next(part, reading.trust, has_computed_start);
                machine.begin_another(trust);
            }
            let ended = machine.run();
            pass.note(&machine);
            if let Err(Fault::Budget(reason)) = ended {
                // Whatever it is, nobody knows how it goes on.
                machine.tell_gap(machine.source.at(), reason);
            }
            match ended {
                Err(fault) if pass.is_pickle_broken(&machine, begun) => {
                    pass.fault = Some(fault);
                    pass.end = machine.source.at();
                    return pass;
                }
                // No pickle after all.
                Err(_) => break,
                Ok(()) => {}
            }
            pass.end = machine.source.at();
            pass.count += 1;
            if is_first {
                pass.protocol = machine.protocol;
                pass.is_legacy_torch = is_torch_magic(&machine);
                machine.shared.storages = pass.is_legacy_torch.then(Storages::default);
                has_computed_start = is_computed(machine.result);
            } else if pass.count == 2 && has_computed_start && is_torch_protocol(&machine) {
                tell_computed_magic(&mut machine);
            }
            if pass.end >= part.bytes.len() || (pass.is_legacy_torch && pass.count == TORCH_PICKLES)
            {
                break;
            }
        }
        pass
    }

    fn note(&mut self, machine: &Machine<'_, '_>) {
        if machine.source.has_straddled && !self.has_straddled {
            self.start_of_trouble = machine.source.at().saturating_sub(1);
        }
        self.has_straddled |= machine.source.has_straddled;
        self.has_arrays |= machine.has_arrays;
        self.short_frame = machine.source.short_frame;
    }

    /// Whether a loader has reason to take what follows for a pickle.
    fn trust_in_next(&self, part: &Part<'_>, trust: Trust, has_computed_start: bool) -> Trust {
        if self.count > LOOKED_AT {
            return trust;
        }
        let rest = part.bytes.get(self.end..).unwrap_or_default();
        let beginning =
            Beginning { bytes: rest, length: rest.len() as u64, name: "", is_inside: true };
        let is_pickle = super::likeness::likeness(&beginning) == Likeness::Certain;
        if trust == Trust::Declared && (self.is_legacy_torch || has_computed_start || is_pickle) {
            Trust::Declared
        } else {
            Trust::Supposed
        }
    }

    /// Whether what broke off was a pickle: the first, one that is due, or one that did something.
    fn is_pickle_broken(
        &self,
        machine: &Machine<'_, '_>,
        (globals, findings): (usize, u64),
    ) -> bool {
        let is_due = self.is_legacy_torch && self.count < TORCH_PICKLES;
        let did_something =
            machine.shared.globals.len() > globals || machine.shared.findings.count() > findings;
        self.count == 0 || is_due || did_something
    }
}

fn is_torch_magic(machine: &Machine<'_, '_>) -> bool {
    let Some(Value::Literal(at)) = machine.result else { return false };
    matches!(machine.literal(at), Some(Literal::Long(bytes)) if TORCH_MAGIC.contains(&bytes))
}

fn is_torch_protocol(machine: &Machine<'_, '_>) -> bool {
    let Some(Value::Literal(at)) = machine.result else { return false };
    machine.literal(at) == Some(Literal::Int(TORCH_PROTOCOL))
}

fn is_computed(result: Option<Value>) -> bool {
    matches!(result, Some(Value::Made(_) | Value::Kept(_) | Value::Result(_) | Value::Reached(_)))
}

fn tell_computed_magic(machine: &mut Machine<'_, '_>) {
    let message = "the magic number with which a file of torch begins is made by a call, so that \
                   scanners do not know the file and torch does";
    machine.shared.findings.note_known(
        0,
        DangerCode::HidesCall,
        message,
        None,
        "GHSA-97f8-7cmv-76j2",
    );
}

/// A pickle that cannot be read to its end runs what it has up to there.
fn tell_fault(part: &Part<'_>, fault: Fault, pass: &Pass, examination: &mut Examination<'_>) {
    let at = part.at(pass.end as u64);
    match fault {
        // That is a gap.
        Fault::Budget(_) => {}
        Fault::Cut(leaves) => examination.leaves(part, "an instruction of the pickle", leaves),
        Fault::NoInstruction(_)
        | Fault::NoProtocol(_)
        | Fault::EmptyStack
        | Fault::NoMark
        | Fault::NoMemo(_)
        | Fault::BadOperand(_)
        | Fault::WrongType(_) => {
            let reason = fault.reason();
            let message = format!(
                "the pickle cannot be read to its end ({reason}): a loader fails there, after it \
                 has run all that comes before"
            );
            examination.danger(mainstay_reading::Danger::new(DangerCode::Malformed, at, message));
        }
    }
}

/// A zip archive behind a pickle: some loaders look for one at the end of a file first.
fn tell_what_follows(part: &Part<'_>, pass: &Pass, shared: &mut Shared) {
    tell_behind_storages(part, pass, shared);
    let rest = part.bytes.get(pass.end..).unwrap_or_default();
    let tail = rest.get(rest.len().saturating_sub(ZIP_COMMENT)..).unwrap_or_default();
    if pass.fault.is_none() && memchr::memmem::find(tail, ZIP_END).is_some() {
        let message = "a zip archive follows the pickle: loaders that look for one at the end of \
                       the file see another model";
        shared.findings.note(pass.end, DangerCode::OddContainer, message, None);
    }
}

/// No loader reads what stands behind the storages of the legacy form of torch.
fn tell_behind_storages(part: &Part<'_>, pass: &Pass, shared: &mut Shared) {
    if pass.fault.is_some() || pass.count < TORCH_PICKLES {
        return;
    }
    let bytes = shared.storages.as_ref().and_then(Storages::total);
    let bytes = bytes.and_then(|bytes| usize::try_from(bytes).ok());
    let Some(end) = bytes.and_then(|bytes| pass.end.checked_add(bytes)) else { return };
    let rest = part.bytes.get(end..).unwrap_or_default();
    let beginning = Beginning { bytes: rest, length: rest.len() as u64, name: "", is_inside: true };
    if !rest.is_empty() && super::likeness::likeness(&beginning) == Likeness::Certain {
        let message = "another pickle stands behind the storages, where no loader of torch reads: it \
                       is hidden there";
        shared.findings.note(end, DangerCode::OddContainer, message, None);
        shared.nested.push((end, rest.len()));
    }
}

fn describe(
    part: &Part<'_>,
    pass: &Pass,
    trace: Option<Vec<(usize, String)>>,
    examination: &mut Examination<'_>,
) {
    examination.describe(|description| {
        description.fact("pickle protocol", &pass.protocol.to_string());
        if pass.count > 1 {
            description.fact("pickles", &pass.count.to_string());
        }
        for (at, line) in trace.unwrap_or_default() {
            description.trace(part.at(at as u64), &line);
        }
    });
}

fn finish(part: &Part<'_>, shared: Shared, examination: &mut Examination<'_>) {
    let Shared { globals, findings, mut nested, decoded, gaps, carried, .. } = shared;
    nested.sort_unstable();
    nested.dedup();
    findings.tell(part, examination);
    let advice = "load it only where it can do no harm, or get the model in a form that holds no \
                  code";
    for (at, reason) in gaps {
        examination.gap(part.at(at as u64), reason, advice);
    }
    if globals.is_over_budget {
        let reason = "the pickle imports more names than there is room for";
        examination.gap(part.whole(), reason, advice);
    }
    carried.examine(&nested, part, examination);
    for (start, length) in nested {
        let inner = part.from(start as u64);
        let bytes = inner.bytes.get(..length).unwrap_or_default();
        enter_nested(&Part { bytes, ..inner }, examination);
    }
    for (start, bytes) in decoded {
        let inner = part.from(start as u64);
        enter_nested(&Part { bytes: &bytes, ..inner }, examination);
    }
}

/// Goes into bytes that are loaded as a model.
fn enter_nested(inner: &Part<'_>, examination: &mut Examination<'_>) {
    if !crate::front_door::enter(inner, examination) {
        let reason =
            "bytes in the pickle are loaded as a model, and are of no format that is known";
        let advice = "load it only where it can do no harm, or get the model in a form that holds \
                      no code";
        examination.gap(inner.at(0), reason, advice);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_magic_number_of_torch_is_one_in_all_its_forms() {
        let number =
            TORCH_MAGIC[0].iter().rev().fold(0_u128, |sum, byte| sum << 8 | u128::from(*byte));
        assert_eq!(number.to_string().as_bytes(), TORCH_MAGIC[2]);
    }
}
