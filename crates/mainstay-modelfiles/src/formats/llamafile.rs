//! llamafile: a program that carries its model.
//!
//! Specification: "Actually Portable Executable" of Cosmopolitan Libc: `MZqFpD` (or `jartsr`)
//! begins a file that is a program for DOS, a shell script and more at once, with a zip archive at
//! its end. Starting it runs it, which is what it is for; nothing in it was looked at by whoever
//! hosts models. The archive holds the weights, and the arguments it is started with.

use mainstay_reading::{Danger, DangerCode};
use mainstay_types::Severity;

use crate::examination::Examination;
use crate::format::{Beginning, Format, Likeness, Role};
use crate::part::Part;
use crate::wrappings::zip;

pub(crate) const FORMAT: Format = Format {
    id: "llamafile",
    title: "a llamafile",
    role: Role::Model,
    endings: &["llamafile"],
    likeness,
    read,
};

fn likeness(beginning: &Beginning<'_>) -> Likeness {
    let is_portable =
        [&b"MZqFpD='"[..], b"jartsr='"].iter().any(|magic| beginning.bytes.starts_with(magic));
    Likeness::certain_if(is_portable)
}

fn read(part: &Part<'_>, examination: &mut Examination<'_>) {
    let message = "the file is a program for every system, with the model inside: it is started, \
                   not loaded, and can do all that you can do";
    let danger = Danger::new(DangerCode::CarriesCode, part.at(0), message);
    examination.danger(danger.graded(Severity::High));
    if zip::read_at_end(part, examination) {
        return;
    }
    let reason = "the archive with the weights was not found at the end of the program";
    examination.gap(part.whole(), reason, "get the file again, and compare its checksum");
}
