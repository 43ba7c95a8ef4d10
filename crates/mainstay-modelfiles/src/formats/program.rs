//! A program in place of a model: the name promises weights, and the bytes are started, not loaded.
//!
//! Specification: the magic numbers of ELF (System V ABI), PE (Microsoft, "PE Format"), Mach-O
//! (`mach-o/loader.h`, `fat.h`), WebAssembly, and the first line of scripts (`execve(2)`). Danger:
//! whoever starts or preloads the file runs it; no library writes a model so. A program of any
//! other name is no business of this crate.

use mainstay_reading::{Danger, DangerCode};
use mainstay_types::Severity;

use crate::cursor::Cursor;
use crate::examination::Examination;
use crate::format::{Beginning, Format, Likeness, Role};
use crate::front_door::has_model_name;
use crate::part::Part;

pub(crate) const FORMAT: Format = Format {
    id: "program-as-model",
    title: "a program",
    role: Role::Model,
    endings: &[],
    likeness,
    read,
};

/// Words in the names of weights that end in `.bin`, an ending that many other files have.
const WEIGHTS: &[&str] =
    &["adapter", "checkpoint", "diffusion", "encoder", "lora", "model", "optimizer", "weight"];

fn likeness(beginning: &Beginning<'_>) -> Likeness {
    Likeness::certain_if(kind(beginning.bytes).is_some() && is_named_like_model(beginning))
}

fn is_named_like_model(beginning: &Beginning<'_>) -> bool {
    match &*beginning.ending() {
        // Archives that unpack themselves are programs.
        "zip" | "7z" => false,
        "bin" => {
            let name = beginning.name.to_ascii_lowercase();
            WEIGHTS.iter().any(|word| name.contains(word))
        }
        _ => has_model_name(beginning.name),
    }
}

/// What sort of program begins so.
pub(crate) fn kind(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0x7F, b'E', b'L', b'F', 1 | 2, 1 | 2, 1, ..] => Some("a program of Linux"),
        [b'M', b'Z', ..] if is_windows(bytes) => Some("a program of Windows"),
        [0xCE | 0xCF, 0xFA, 0xED, 0xFE, ..] | [0xFE, 0xED, 0xFA, 0xCE | 0xCF, ..] => {
            Some("a program of macOS")
        }
        [0xCA, 0xFE, 0xBA, 0xBE, 0, 0, ..] => Some("a program of macOS or Java"),
        [0, b'a', b's', b'm', 1 | 0xD, 0, ..] => Some("a WebAssembly program"),
        [b'#', b'!', rest @ ..] if rest.trim_ascii_start().starts_with(b"/") => Some("a script"),
        _ => None,
    }
}

/// The header of DOS names the place of the real one.
fn is_windows(bytes: &[u8]) -> bool {
    let mut cursor = Cursor::new(bytes);
    let place = cursor.go_to(0x3C).and_then(|()| cursor.u32());
    let magic = place.and_then(|place| cursor.go_to(u64::from(place))).and_then(|()| cursor.u32());
    magic.is_ok_and(|magic| magic.to_le_bytes() == *b"PE\0\0")
}

fn read(part: &Part<'_>, examination: &mut Examination<'_>) {
    let kind = kind(part.bytes).unwrap_or(FORMAT.title);
    let message = format!(
        "the name promises a model, and the file is {kind}: it does what it likes when it is \
         started or loaded as a library, and it holds no weights"
    );
    let danger = Danger::new(DangerCode::CarriesCode, part.at(0), message);
    examination.danger(danger.graded(Severity::High));
}
