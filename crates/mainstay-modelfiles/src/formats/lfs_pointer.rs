//! A pointer of Git LFS: the text that stands in a repository in place of a large file.
//!
//! Specification: `docs/spec.md` of the Git LFS project: lines of a key and a value, `version`
//! first, the others in order; at most 1024 bytes. The weights are not there, so nothing can be
//! said about them: that is a gap.

use crate::examination::Examination;
use crate::format::{Beginning, Format, Likeness, Role};
use crate::odd_text::readable;
use crate::part::Part;

pub(crate) const FORMAT: Format = Format {
    id: "lfs-pointer",
    title: "a Git LFS pointer",
    role: Role::Model,
    endings: &[],
    likeness,
    read,
};

/// How pointers begin, since 2013 and before.
const VERSIONS: [&[u8]; 3] = [
    b"version https://git-lfs.github.com/spec/",
    b"version http://git-media.io/v/",
    b"version https://hawser.github.com/spec/",
];
/// The longest pointer.
const LONGEST: u64 = 1024;

fn likeness(beginning: &Beginning<'_>) -> Likeness {
    let begins = VERSIONS.iter().any(|version| beginning.bytes.starts_with(version));
    Likeness::certain_if(begins && beginning.length <= LONGEST)
}

fn read(part: &Part<'_>, examination: &mut Examination<'_>) {
    let text = String::from_utf8_lossy(part.bytes);
    let value = |key: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(' '));
        line.map(|value| readable(value.as_bytes()))
    };
    for key in ["oid", "size"] {
        if let Some(value) = value(key) {
            examination.describe(|description| description.fact(&format!("lfs.{key}"), &value));
        }
    }
    let missing = match (value("oid"), value("size")) {
        (Some(oid), Some(size)) => format!("its {size} bytes ({oid}) are not here"),
        _ => "its content is not here".to_owned(),
    };
    let reason = format!("the file is a pointer of Git LFS: {missing}");
    let advice = "fetch the weights with `git lfs pull`, and scan again";
    examination.gap(part.whole(), reason, advice);
}
