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

/// So many pickles are read of one file.
const MOST_FOUND: usize = 64;

/// What a search came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hit {
    Pickle(usize),
    Nothing,
    /// There were too many places that could be one.
    GivenUp(usize),
}

/// Whether a file that begins so, and is of no format, holds a pickle further on and has a name
/// under which pickles are kept.
pub(crate) fn is_behind(name: &str, first: &[u8]) -> bool {
    is_expected(name) && matches!(Search::new(first, 0).next(), Hit::Pickle(_))
}

/// Looks for a pickle in a file of no format. Whether there is one.
pub(crate) fn read_behind(part: &Part<'_>, examination: &mut Examination<'_>) -> bool {
    if !may_hold_pickle(&part.name) {
        return false;
    }
    let mut search = Search::new(part.bytes, 0);
    let mut is_one = false;
    loop {
        let at = match search.next() {
            Hit::Pickle(at) => at,
            Hit::Nothing => return is_one,
            Hit::GivenUp(at) => {
                give_up(part, at, examination);
                return is_one;
            }
        };
        if !is_one {
            let reason =
                format!("{at} bytes of no format that is known stand before a pickle in it");
            examination.gap(part.at(0), reason, "find out what reads the file, and from where");
            examination.is_of(super::FORMAT.id);
            examination.meets(&super::FORMAT);
            is_one = true;
        }
        let length = stream::read(&part.from(at as u64), examination);
        search.go_on_behind(at, length);
    }
}

/// Looks for more pickles in what follows the pickles of a file and is none itself. They are told
/// if they do anything. A part without a name that says so is one in which pickles and numbers take
/// turns: its own reader knows where they are.
pub(super) fn read_after(part: &Part<'_>, end: usize, examination: &mut Examination<'_>) {
    if part.base > 0 || !may_hold_pickle(&part.name) {
        return;
    }
    let mut search = Search::new(part.bytes, end);
    let mut is_told = false;
    loop {
        let at = match search.next() {
            Hit::Pickle(at) => at,
            Hit::Nothing => return,
            Hit::GivenUp(at) => return give_up(part, at, examination),
        };
        let inner = part.from(at as u64);
        let mut apart = examination.apart();
        let length = stream::read(&inner, &mut apart);
        search.go_on_behind(at, length);
        let dangers = examination.take_in(apart);
        if !dangers.is_empty() && !is_told {
            let message = "another pickle stands behind bytes that are none: a loader that skips \
                           them runs it, and one that does not never sees it";
            examination.danger(Danger::new(DangerCode::OddContainer, inner.at(0), message));
            is_told = true;
        }
        for danger in dangers {
            examination.danger(danger);
        }
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

/// A search for pickles in bytes, one after the other.
struct Search<'b> {
    bytes: &'b [u8],
    /// Where it goes on.
    from: usize,
    /// How many bytes may still be read where a pickle might begin.
    left: usize,
    found: usize,
}

impl<'b> Search<'b> {
    fn new(bytes: &'b [u8], from: usize) -> Self {
        Self { bytes, from, left: MOST_READ, found: 0 }
    }

    /// Goes on behind a pickle that was found there; a harmless one may stand before another.
    fn go_on_behind(&mut self, at: usize, length: u64) {
        let length = usize::try_from(length).unwrap_or(usize::MAX).max(1);
        self.from = at.saturating_add(length);
    }

    fn next(&mut self) -> Hit {
        let bytes = self.bytes.get(self.from..).unwrap_or_default();
        for at in memchr::memchr2_iter(op::PROTO, b'\n', bytes) {
            let start = match bytes.get(at) {
                Some(b'\n') => match line_start(bytes, at) {
                    Some(start) => start,
                    None => continue,
                },
                _ => at,
            };
            let rest = bytes.get(start..).unwrap_or_default();
            let may_begin = match rest {
                [op::PROTO, protocol, ..] => (2..=op::HIGHEST_PROTOCOL).contains(protocol),
                [op::GLOBAL, ..] => true,
                _ => false,
            };
            if !may_begin {
                continue;
            }
            let (does_something, read) = likeness::does_something(rest);
            let is_over = self.found >= MOST_FOUND && does_something;
            let (Some(left), false) = (self.left.checked_sub(read), is_over) else {
                return Hit::GivenUp(self.from.saturating_add(at));
            };
            self.left = left;
            if does_something {
                self.found += 1;
                return Hit::Pickle(self.from.saturating_add(start));
            }
        }
        Hit::Nothing
    }
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
