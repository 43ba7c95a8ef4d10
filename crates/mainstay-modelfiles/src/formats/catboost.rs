//! `CatBoost`: `CBM1`, a length, and a table of `FlatBuffers`.
//!
//! Specification: `model.fbs` of the `CatBoost` library, and "`FlatBuffers` Internals". Loading runs
//! no code. Its reader is written in C++: what is dangerous is a length that leaves the file, and
//! an offset in the table that leaves it.

mod table;

use mainstay_reading::{Danger, DangerCode};
use mainstay_types::Severity;

use crate::cursor::Cursor;
use crate::examination::Examination;
use crate::format::{Beginning, Format, Likeness, Role};
use crate::part::Part;
use table::{Outside, Table};

pub(crate) const FORMAT: Format = Format {
    id: "catboost",
    title: "CatBoost",
    role: Role::Model,
    endings: &["cbm"],
    likeness,
    read,
};

const MAGIC: &[u8; 4] = b"CBM1";
/// What the core calls itself; the misspelling is the format's.
const VERSION: &[u8] = b"FlabuffersModel_v1";
/// The most bytes of a text that are shown.
const SHOWN: usize = 2000;
/// The fields of the core.
const FORMAT_VERSION: u16 = 0;
const TREES: u16 = 1;
const INFO: u16 = 2;
const PARTS: u16 = 3;

/// The magic; text has no byte like those of a length.
fn likeness(beginning: &Beginning<'_>) -> Likeness {
    let length = beginning.bytes.get(4..8).unwrap_or_default();
    let is_number = length.is_empty() || length.iter().any(|byte| *byte == 0 || *byte >= 0x80);
    Likeness::certain_if(beginning.bytes.starts_with(MAGIC) && is_number)
}

fn read(part: &Part<'_>, examination: &mut Examination<'_>) {
    let mut cursor = Cursor::new(part.bytes);
    let length = cursor.take(4).and_then(|_| cursor.u32());
    let core = length.and_then(|length| cursor.take(u64::from(length)));
    let core = match core {
        Ok(core) => core,
        Err(leaves) => return examination.leaves(part, "the core of the model", leaves),
    };
    match has_parts(part, core, examination) {
        Ok(has_parts) => behind(part, cursor.at(), has_parts, examination),
        Err(Outside { at }) => {
            let message = "an offset in the model leads outside of it: its reader reads outside \
                           of its memory";
            let place = part.at(8 + at);
            examination.danger(Danger::new(DangerCode::Malformed, place, message));
        }
    }
}

/// Reads the core. Whether more parts follow it.
fn has_parts(
    part: &Part<'_>,
    core: &[u8],
    examination: &mut Examination<'_>,
) -> Result<bool, Outside> {
    let root = Table::root(core)?;
    let version = root.text(FORMAT_VERSION)?.unwrap_or_default();
    if version != VERSION {
        let reason = "the model is of a version of CatBoost that is not known";
        let advice = "convert it with the version of CatBoost that wrote it";
        examination.gap(part.whole(), reason, advice);
    }
    if let Some(trees) = root.table(TREES)? {
        trees.check()?;
    }
    for entry in root.tables(INFO)? {
        let entry = entry?;
        let (key, value) = (entry.text(0)?.unwrap_or_default(), entry.text(1)?.unwrap_or_default());
        // Many entries may share one long text.
        let shown =
            |text: &[u8]| String::from_utf8_lossy(text.get(..SHOWN).unwrap_or(text)).into_owned();
        examination.describe(|description| description.fact(&shown(key), &shown(value)));
    }
    Ok(root.vector_length(PARTS)? > 0)
}

/// Bytes behind the core.
fn behind(part: &Part<'_>, at: u64, has_parts: bool, examination: &mut Examination<'_>) {
    let rest = part.from(at);
    if has_parts || rest.bytes.is_empty() {
        return;
    }
    examination.enter(&rest);
    let message = "bytes follow the model that belong to no part of it";
    let danger = Danger::new(DangerCode::OddContainer, rest.at(0), message);
    examination.danger(danger.graded(Severity::Medium));
}
