//! Pickles that do not begin where a file does: behind bytes of no format, or behind another pickle
//! and bytes that are none. `pickle.load` reads from wherever its file stands, so a loader that
//! skips a header, or goes on after one, finds them.
//!
//! Only a pickle that imports something and calls it, or comes to its end, is looked for: a few
//! bytes that read as a number are in every file.

use mainstay_reading::{Danger, DangerCode};

use super::{likeness, names, opcode as op, policy, stream};
use crate::examination::Examination;
use crate::format::ending_of;
use crate::front_door;
use crate::part::Part;

/// The most bytes that are read where a pickle might begin, over all such places.
const MOST_READ: usize = 4 << 20;
/// The longest line of protocol 0 that names a module.
const LONGEST_LINE: usize = 100;

/// Endings of files that people load as pickles, beside those that promise one.
const EXPECTED: [&str; 19] = [
    "bin", "ckp", "dat", "data", "mdl", "mod", "model", "obj", "p", "params", "pck", "pcl", "pic",
    "pk", "pkl4", "pkl5", "sav", "save", "weights",
];

/// What a search came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Search {
    Found(usize),
    Nothing,
    /// There were too many places that could be one.
    GivenUp(usize),
}

/// Whether a file that begins so, and is of no format, holds a pickle further on and has a name
/// under which pickles are kept.
pub(crate) fn is_behind(name: &str, first: &[u8]) -> bool {
    is_expected(name) && matches!(search(first), Search::Found(_))
}

/// Looks for a pickle in a file of no format. Whether there is one.
pub(crate) fn read_behind(part: &Part<'_>, examination: &mut Examination<'_>) -> bool {
    if !may_hold_pickle(&part.name) {
        return false;
    }
    match search(part.bytes) {
        Search::Found(at) => {
            let reason =
                format!("{at} bytes of no format that is known stand before a pickle in it");
            examination.gap(part.at(0), reason, "find out what reads the file, and from where");
            examination.is_of(super::FORMAT.id);
            examination.meets(&super::FORMAT);
            stream::read(&part.from(at as u64), examination);
            true
        }
        Search::Nothing => false,
        Search::GivenUp(at) => {
            give_up(part, at, examination);
            false
        }
    }
}

/// Looks for another pickle in what follows the pickles of a file and is none itself. It is told if
/// it does anything. A part without a name that says so is one in which pickles and numbers take
/// turns: its own reader knows where they are.
pub(super) fn read_after(part: &Part<'_>, end: usize, examination: &mut Examination<'_>) {
    if part.base > 0 || !may_hold_pickle(&part.name) {
        return;
    }
    let rest = part.bytes.get(end..).unwrap_or_default();
    let at = match search(rest) {
        Search::Found(at) => end.saturating_add(at),
        Search::Nothing => return,
        Search::GivenUp(at) => return give_up(part, end.saturating_add(at), examination),
    };
    let inner = part.from(at as u64);
    let mut apart = examination.apart();
    front_door::enter_certain(&inner, &mut apart);
    let found = apart.finish();
    if found.dangers.is_empty() {
        return;
    }
    let message = "another pickle stands behind bytes that are none: a loader that skips them runs \
                   it, and one that does not never sees it";
    examination.danger(Danger::new(DangerCode::OddContainer, inner.at(0), message));
    found.dangers.into_iter().for_each(|danger| examination.danger(danger));
    for gap in found.gaps {
        examination.gap(gap.place, gap.reason, gap.advice);
    }
}

fn give_up(part: &Part<'_>, at: usize, examination: &mut Examination<'_>) {
    let reason = "more places could begin a pickle than were looked at";
    examination.gap(part.at(at as u64), reason, "find out what reads the file, and from where");
}

fn may_hold_pickle(name: &str) -> bool {
    is_expected(name) || front_door::has_model_name(name)
}

fn is_expected(name: &str) -> bool {
    let ending = ending_of(name);
    super::FORMAT.endings.contains(&&*ending) || EXPECTED.contains(&&*ending)
}

/// The first pickle in bytes.
fn search(bytes: &[u8]) -> Search {
    let mut left = MOST_READ;
    for at in memchr::memchr2_iter(op::PROTO, b'\n', bytes) {
        let (start, rest) = match bytes.get(at) {
            Some(b'\n') => match line_start(bytes, at) {
                Some(start) => (start, bytes.get(start..).unwrap_or_default()),
                None => continue,
            },
            _ => (at, bytes.get(at..).unwrap_or_default()),
        };
        let may_begin = match rest {
            [op::PROTO, protocol, ..] => (2..=op::HIGHEST_PROTOCOL).contains(protocol),
            [op::GLOBAL, ..] => true,
            _ => false,
        };
        if !may_begin {
            continue;
        }
        let (does_something, read) = likeness::does_something(rest);
        if does_something {
            return Search::Found(start);
        }
        match left.checked_sub(read) {
            Some(rest) => left = rest,
            None => return Search::GivenUp(at),
        }
    }
    Search::Nothing
}

/// Where a GLOBAL begins whose first line ends at `end`. Each `c` before may be its instruction, and
/// the letters behind it a module: the one counts of which anything is known, else the last.
fn line_start(bytes: &[u8], end: usize) -> Option<usize> {
    let from = end.saturating_sub(LONGEST_LINE);
    let line = bytes.get(from..end)?;
    let line_from = memchr::memrchr(b'\n', line).map_or(0, |at| at + 1);
    let behind = bytes.get(end + 1..)?;
    let behind = behind.get(..behind.len().min(LONGEST_LINE))?;
    let name = names::without_return(behind.get(..memchr::memchr(b'\n', behind)?)?);
    if !names::is_plausible_path(name) {
        return None;
    }
    let mut last = None;
    for at in (line_from..line.len()).filter(|at| line.get(*at) == Some(&op::GLOBAL)) {
        let module = names::without_return(line.get(at + 1..)?);
        if !names::is_plausible_path(module) {
            continue;
        }
        last = Some(from + at);
        let (module, name) = (std::str::from_utf8(module).ok()?, std::str::from_utf8(name).ok()?);
        if policy::standing(module, name) != policy::Standing::Unknown {
            break;
        }
    }
    last
}
