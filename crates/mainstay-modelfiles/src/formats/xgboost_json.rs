//! `XGBoost` as JSON: a learner with its parameters, attributes and trees.
//!
//! Specification: "Introduction to Model IO" in the documentation of `XGBoost`, and its
//! `model.schema`. Loading runs no code. Its reader is written in C++ and walks the trees by the
//! numbers in the file, so what is dangerous is a child that is no node, a tree that leads back
//! into itself, and counts that disagree; and names that a plot or a page shows as they are.

pub(super) mod model;
mod names;
mod tree;

use mainstay_reading::{Danger, DangerCode};

use crate::examination::Examination;
use crate::format::{Beginning, Format, Likeness, Role};
use crate::json_walk::{Broken, Event, Walk};
use crate::part::Part;
use model::{Model, Piece};

pub(crate) const FORMAT: Format = Format {
    id: "xgboost-json",
    title: "XGBoost (JSON)",
    role: Role::Model,
    endings: &[],
    likeness,
    read,
};

/// The first member is the learner, or the version and then the learner.
fn likeness(beginning: &Beginning<'_>) -> Likeness {
    let text = beginning.bytes.trim_ascii_start();
    let Some(rest) = text.strip_prefix(b"{") else { return Likeness::No };
    let rest = rest.trim_ascii_start();
    let has = |word: &[u8]| memchr::memmem::find(text, word).is_some();
    let is_learner = rest.starts_with(b"\"learner\"") || rest.starts_with(b"\"version\"");
    let words: [&[u8]; 4] = [
        b"\"gradient_booster\"",
        b"\"learner_model_param\"",
        b"\"feature_types\"",
        b"\"attributes\"",
    ];
    let is_so = is_learner && has(b"\"learner\"") && words.iter().any(|word| has(word));
    Likeness::certain_if(is_so)
}

fn read(part: &Part<'_>, examination: &mut Examination<'_>) {
    let text = match str::from_utf8(part.bytes) {
        Ok(text) => text,
        Err(error) => {
            let at = part.at(error.valid_up_to() as u64);
            let message = "the model is not UTF-8 text, so its reader fails";
            return examination.danger(Danger::new(DangerCode::Malformed, at, message));
        }
    };
    let mut walk = Walk::new(text);
    let mut model = Model::new(part, examination);
    if let Err(Broken { at, why }) = pieces(&mut walk, &mut model) {
        let message = format!("the model is not JSON, its reader fails: {why}");
        return examination.danger(Danger::new(DangerCode::Malformed, part.at(at), message));
    }
    model.finish();
    let rest = part.from(walk.at());
    if !rest.bytes.trim_ascii().is_empty() {
        let message = "bytes follow the JSON of the model, which other readers may see";
        examination.danger(Danger::new(DangerCode::OddContainer, rest.at(0), message));
    }
}

fn pieces(walk: &mut Walk<'_>, model: &mut Model<'_, '_, '_>) -> Result<(), Broken> {
    while let Some(event) = walk.next()? {
        let at = walk.at();
        match event {
            Event::Object => model.take(Piece::Object, at),
            Event::Array => model.take(Piece::Array, at),
            Event::End => model.take(Piece::End, at),
            Event::Key(key) => model.take(Piece::Key(key.value().as_bytes()), key.at),
            Event::String(text) => model.take(Piece::Text(text.value().as_bytes()), text.at),
            Event::Number(number) => model.take(Piece::Number(number.parse().ok()), at),
            Event::Bool | Event::Null => model.take(Piece::Other, at),
        }
    }
    Ok(())
}
