//! What `torch.save` writes: a zip with a pickle `<name>/data.pkl` and storages `<name>/data/<n>`.
//!
//! Format: `torch/serialization.py` and `caffe2/serialize/inline_container.cc` of PyTorch. The
//! pickle is read by the pickle's reader, as any member is; here it is seen to that it is read even
//! if it does not look like one, and that there is only one.

use std::sync::Arc;

use mainstay_reading::{Danger, DangerCode};

use crate::examination::Examination;
use crate::format::Likeness;
use crate::part::Part;
use crate::pickle;
use crate::wrappings::members::{Flavour, Members};

pub(crate) const FLAVOUR: Flavour = Flavour { id: "torch-zip", is_of, read };

/// The name of the pickle that `torch.load` reads.
const PICKLE: &str = "data.pkl";

/// Whether a member of this path holds the numbers of tensors and nothing else: `data/<n>`,
/// `constants/<n>`, or what torch.package calls `<n>.storage`.
pub(crate) fn holds_numbers(path: &str) -> bool {
    let Some((folders, name)) = path.rsplit_once('/') else { return false };
    let folder = folders.rsplit('/').next().unwrap_or(folders);
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match folder {
        "data" | "constants" | "tensors" => is_number(name),
        ".data" => name.strip_suffix(".storage").is_some_and(is_number),
        _ => false,
    }
}

/// The most pickles that are read though they do not look like one.
const MOST: usize = 16;

/// The paths of the pickles that could be loaded: one folder deep, as PyTorch writes them. It
/// finds them in capitals too.
fn pickles(members: &dyn Members) -> impl Iterator<Item = &Arc<str>> {
    members.paths().iter().filter(|path| {
        let name = path.rsplit('/').next().unwrap_or_default();
        name.eq_ignore_ascii_case(PICKLE) && path.matches('/').count() <= 1
    })
}

fn is_of(members: &dyn Members) -> bool {
    pickles(members).next().is_some()
}

fn read(part: &Part<'_>, members: &dyn Members, examination: &mut Examination<'_>) {
    let mut paths: Vec<&Arc<str>> = pickles(members).collect();
    paths.dedup();
    if let [_, second, ..] = &*paths {
        let message = "the archive has more than one data.pkl: which of them PyTorch loads depends \
                       on the order of its members";
        let place = part.inside(second, &[]).whole();
        examination.danger(Danger::new(DangerCode::OddContainer, place, message));
    }
    // Each that looks like a pickle was read when it was met.
    if paths.len() > MOST {
        let reason = format!("of the members data.pkl only {MOST} are looked at more closely");
        examination.gap(part.whole(), reason, "save the model again with PyTorch");
    }
    for path in paths.into_iter().take(MOST) {
        let Some(content) = members.content(path, examination) else { continue };
        let inner = part.inside(path, &content);
        if (pickle::FORMAT.likeness)(&inner.beginning()) == Likeness::No {
            pickle::read_here(&inner, examination);
        }
    }
}
