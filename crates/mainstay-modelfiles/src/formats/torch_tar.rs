//! What PyTorch 0.1 saved: a tar with the members `sys_info`, `pickle`, `storages` and `tensors`.
//!
//! Format: `legacy_load` of `torch/serialization.py`. Each member begins with a pickle, which is
//! read when the member is met. In `storages` and `tensors` pickles and numbers take turns, and
//! every one of the pickles is loaded: here they are looked for.

use memchr::memmem;

use crate::examination::Examination;
use crate::format::Likeness;
use crate::part::Part;
use crate::pickle;
use crate::wrappings::members::{Flavour, Members};

pub(crate) const FLAVOUR: Flavour = Flavour { id: "torch-tar", is_of, read };

/// How a pickle of protocol 2 begins, which is the one that PyTorch 0.1 wrote.
const PICKLE: &[u8] = b"\x80\x02";
/// The longest pickle that is looked for; honest ones have some hundred bytes.
const LONGEST: u64 = 1 << 20;

fn is_of(members: &dyn Members) -> bool {
    ["pickle", "storages", "tensors"]
        .iter()
        .all(|wanted| members.paths().iter().any(|path| &**path == *wanted))
}

fn read(part: &Part<'_>, members: &dyn Members, examination: &mut Examination<'_>) {
    for path in ["storages", "tensors"] {
        if let Some(content) = members.content(path, examination) {
            read_all(&part.inside(path, &content), examination);
        }
    }
}

/// Reads every pickle but the first.
fn read_all(member: &Part<'_>, examination: &mut Examination<'_>) {
    // Against numbers that are full of pickles which reach to the end.
    let mut left = (member.bytes.len() as u64).saturating_mul(4).saturating_add(LONGEST);
    for at in memmem::find_iter(member.bytes, PICKLE).filter(|at| *at > 0) {
        let run = member.run(at as u64, LONGEST);
        if (pickle::FORMAT.likeness)(&run.beginning()) != Likeness::Certain {
            continue;
        }
        let Some(rest) = left.checked_sub(run.bytes.len() as u64) else {
            let reason = "it holds so many pickles that not all are looked at";
            let advice = "save the model again with a PyTorch of today";
            return examination.gap(member.whole(), reason, advice);
        };
        left = rest;
        examination.enter_beginning(&run);
    }
}
