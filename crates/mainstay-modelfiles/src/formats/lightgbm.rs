//! `LightGBM`: a model as text, lines of a key and its value.
//!
//! There is no specification: `GBDT::SaveModelToString` and `Tree::Tree` of the library are. A
//! header, trees whose sizes in bytes the header tells, then importances and parameters. Loading
//! runs no code; its reader is written in C++ and goes by the numbers in the file: sizes that
//! leave it, counts that disagree, a tree that leads outside or back into itself.

mod header;
mod tree;

use mainstay_reading::{Danger, DangerCode};

use crate::examination::Examination;
use crate::format::{Beginning, Format, Likeness, Role};
use crate::part::Part;
use header::Header;

pub(crate) const FORMAT: Format =
    Format { id: "lightgbm", title: "LightGBM", role: Role::Model, endings: &[], likeness, read };

fn likeness(beginning: &Beginning<'_>) -> Likeness {
    let begins = [&b"tree\nversion=v"[..], b"tree\r\nversion=v"];
    Likeness::certain_if(begins.iter().any(|begin| beginning.bytes.starts_with(begin)))
}

fn read(part: &Part<'_>, examination: &mut Examination<'_>) {
    let first = memchr::memmem::find(part.bytes, b"\nTree=0").map(|at| at + 1);
    let end = end_of_trees(part.bytes).unwrap_or(part.bytes.len());
    let header_end = first.unwrap_or(end).min(end);
    let text = String::from_utf8_lossy(part.bytes.get(..header_end).unwrap_or_default());
    let header = Header::read(&text, part, examination);
    let Some(first) = first else {
        if !header.tree_sizes.is_empty() {
            malformed(part, 0, "the header tells of trees, and there are none", examination);
        }
        return;
    };
    let trees = part.bytes.get(first..end).unwrap_or_default();
    sizes(part, first, trees, &header, examination);
    let mut at = 0;
    let mut count = 0_u64;
    while at < trees.len() {
        let rest = trees.get(at + 1..).unwrap_or_default();
        let next =
            memchr::memmem::find(rest, b"\nTree=").map_or(trees.len(), |found| at + found + 2);
        let block = trees.get(at..next).unwrap_or_default();
        if let Some(flaw) = tree::flaw(&String::from_utf8_lossy(block), header.last_feature) {
            malformed(part, first + at, flaw, examination);
        }
        count += 1;
        at = next;
    }
    if end == part.bytes.len() {
        malformed(part, end, "the trees have no end: the file is cut off", examination);
    }
    examination.describe(|description| description.fact("LightGBM.trees", &count.to_string()));
}

/// Where the trees end. Versions before 3 had no line for it.
fn end_of_trees(text: &[u8]) -> Option<usize> {
    let ends = ["\nend of trees", "\nfeature importances:", "\nfeature_importances:"];
    ends.iter().find_map(|end| memchr::memmem::find(text, end.as_bytes())).map(|at| at + 1)
}

/// The sizes must divide the trees: each begins where the one before ends.
fn sizes(
    part: &Part<'_>,
    first: usize,
    trees: &[u8],
    header: &Header,
    examination: &mut Examination<'_>,
) {
    let mut at = 0_u64;
    for size in &header.tree_sizes {
        let begins = usize::try_from(at).ok().and_then(|at| trees.get(at..));
        let is_tree = begins.is_some_and(|rest| rest.starts_with(b"Tree="));
        let end = size.and_then(|size| at.checked_add(size));
        let Some(end) = end.filter(|end| is_tree && *end <= trees.len() as u64) else {
            let message = "the sizes of the trees lead to where no tree is: a reader that trusts \
                           them reads outside of its memory";
            return malformed(part, first, message, examination);
        };
        at = end;
    }
}

fn malformed(part: &Part<'_>, at: usize, message: &str, examination: &mut Examination<'_>) {
    let danger = Danger::new(DangerCode::Malformed, part.at(at as u64), message);
    examination.danger(danger);
}
