//! `XGBoost` as UBJSON: the model of its JSON form, in binary.
//!
//! Specification: UBJSON (draft 12) as `XGBoost` writes it, numbers big-endian, arrays with a type
//! and a count; "Introduction to Model IO" in the documentation of `XGBoost`. The dangers are those
//! of the JSON form, and counts that leave the file.

mod walk;

use mainstay_reading::{Danger, DangerCode};

use crate::cursor::Cursor;
use crate::examination::Examination;
use crate::format::{Beginning, Format, Likeness, Role};
use crate::formats::xgboost_json::model::Model;
use crate::part::Part;
use walk::Fault;

pub(crate) const FORMAT: Format = Format {
    id: "xgboost-ubj",
    title: "XGBoost (UBJSON)",
    role: Role::Model,
    endings: &["ubj"],
    likeness,
    read,
};

/// An object whose first key is `learner` or `version`.
fn likeness(beginning: &Beginning<'_>) -> Likeness {
    let Some(rest) = beginning.bytes.strip_prefix(b"{") else { return Likeness::No };
    let mut cursor = Cursor::new(rest);
    let Ok(marker) = cursor.u8() else { return Likeness::No };
    let Ok(Some(length)) = walk::integer(&mut cursor, marker) else { return Likeness::No };
    let is_key = length == 7
        && [&b"learner"[..], b"version"].iter().any(|key| cursor.rest().starts_with(key));
    Likeness::certain_if(is_key)
}

fn read(part: &Part<'_>, examination: &mut Examination<'_>) {
    let mut cursor = Cursor::new(part.bytes);
    let mut model = Model::new(part, examination);
    match walk::walk(&mut cursor, &mut model) {
        Ok(()) => model.finish(),
        Err(Fault::Leaves(leaves)) => return examination.leaves(part, "a value", leaves),
        Err(Fault::Broken(at, why)) => {
            let message = format!("the model is not UBJSON, its reader fails: {why}");
            return examination.danger(Danger::new(DangerCode::Malformed, part.at(at), message));
        }
    }
    let rest = part.from(cursor.at());
    if !rest.bytes.is_empty() {
        examination.enter(&rest);
        let message = "bytes follow the model, which other readers may see";
        examination.danger(Danger::new(DangerCode::OddContainer, rest.at(0), message));
    }
}
