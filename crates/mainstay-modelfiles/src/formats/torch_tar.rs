//! What PyTorch 0.1 saved: a tar with the members `sys_info`, `pickle`, `storages` and `tensors`.
//!
//! Format: `legacy_load` of `torch/serialization.py`. Each member begins with a pickle, which is
//! read when the member is met. In `storages` and `tensors` pickles and numbers take turns, and
//! every one of the pickles is loaded, of whichever protocol it is. So the numbers are counted as
//! PyTorch counts them; where that fails, pickles are looked for, and there is a gap.

use memchr::memmem;

use crate::cursor::Cursor;
use crate::examination::Examination;
use crate::format::Likeness;
use crate::part::Part;
use crate::pickle;
use crate::wrappings::members::{Flavour, Members};

pub(crate) const FLAVOUR: Flavour = Flavour { id: "torch-tar", is_of, read };

/// The longest pickle that is looked for; honest ones have some hundred bytes.
const LONGEST: u64 = 1 << 20;

fn is_of(members: &dyn Members) -> bool {
    ["pickle", "storages", "tensors"]
        .iter()
        .all(|wanted| members.paths().iter().any(|path| &**path == *wanted))
}

fn read(part: &Part<'_>, members: &dyn Members, examination: &mut Examination<'_>) {
    let sorts: [(&str, Numbers); 2] = [("storages", of_storage), ("tensors", of_tensor)];
    for (path, numbers) in sorts {
        if let Some(content) = members.content(path, examination) {
            read_all(&part.inside(path, &content), numbers, examination);
        }
    }
}

/// How many bytes of numbers follow a pickle: of the pickle and what follows.
type Numbers = fn(&[u8], &[u8]) -> Option<u64>;

/// Reads every pickle but the first, which says how many there are.
fn read_all(member: &Part<'_>, numbers: Numbers, examination: &mut Examination<'_>) {
    let length = member.bytes.len() as u64;
    let Some(mut at) = pickle::end_of_one(member.bytes) else {
        return search(member, examination);
    };
    while at < length {
        let rest = member.from(at);
        let Some(end) = pickle::end_of_one(rest.bytes) else { return search(&rest, examination) };
        let one = member.run(at, end);
        pickle::read_here(&one, examination);
        let behind = member.from(at + end);
        if behind.bytes.is_empty() {
            return;
        }
        let next =
            numbers(one.bytes, behind.bytes).filter(|next| *next <= behind.bytes.len() as u64);
        let Some(next) = next else { return search(&behind, examination) };
        at += end + next;
    }
}

/// The length of a storage, and its elements. The pickle names the class, once and plainly.
fn of_storage(pickle: &[u8], behind: &[u8]) -> Option<u64> {
    const CLASS: &[u8] = b"Storage\n";
    let mut places = memmem::find_iter(pickle, &b"Storage"[..]);
    let (end, None) = (places.next()?, places.next()) else { return None };
    let before = pickle.get(..end)?;
    let mut lines = before.rsplit(|byte| *byte == b'\n');
    let (class, module) = (lines.next()?, lines.next()?);
    let is_global = pickle.get(end..)?.starts_with(CLASS)
        && (module.ends_with(b"ctorch") || module.ends_with(b"ctorch.cuda"));
    let class = str::from_utf8(class).ok().filter(|_| is_global)?;
    let elements = Cursor::new(behind).u64().ok()?;
    let bytes = pickle::bytes_of_storage(&format!("{class}Storage"), elements.try_into().ok()?)?;
    bytes.checked_add(8)
}

/// The number of dimensions in eight bytes, of which four count, each dimension, each stride, and
/// the offset.
fn of_tensor(_pickle: &[u8], behind: &[u8]) -> Option<u64> {
    let dimensions = Cursor::new(behind).u32().ok()?;
    u64::from(dimensions).checked_mul(16)?.checked_add(16)
}

/// Looks for pickles with a number of their protocol, where nobody knows how they lie.
fn search(rest: &Part<'_>, examination: &mut Examination<'_>) {
    // No pickle has an instruction that is zero.
    if rest.bytes.iter().all(|byte| *byte == 0) {
        return;
    }
    let reason = "pickles and numbers take turns in it, and from here on it is not known which \
                  are which";
    let advice = "save the model again with a PyTorch of today";
    examination.gap(rest.at(0), reason, advice);
    // Against numbers that are full of pickles which reach to the end.
    let mut left = (rest.bytes.len() as u64).saturating_mul(4).saturating_add(LONGEST);
    for at in memchr::memchr_iter(0x80, rest.bytes) {
        let run = rest.run(at as u64, LONGEST);
        let is_begun = matches!(run.bytes, [_, 0..=5, ..]);
        if !is_begun || (pickle::FORMAT.likeness)(&run.beginning()) != Likeness::Certain {
            continue;
        }
        let Some(rest_of_all) = left.checked_sub(run.bytes.len() as u64) else { return };
        left = rest_of_all;
        examination.enter_beginning(&run);
    }
}
