//! GGML, GGMF, GGJT and GGLA: what came before GGUF, and what whisper.cpp still writes.
//!
//! There is no specification: the loaders of llama.cpp before GGUF, of whisper.cpp and of the
//! examples of ggml are. A magic, parameters whose number depends on the model, a vocabulary, and
//! tensors up to the end of the file. Nothing in the file says which model it is, so the known
//! layouts are tried; the one that reaches the end exactly is the right one. The loaders are
//! written in C++ and trust the file, so a length or a count that leaves it is what is dangerous.

mod layouts;
mod walk;

use mainstay_reading::{Danger, DangerCode};

use crate::examination::Examination;
use crate::format::{Beginning, Format, Likeness, Role};
use crate::part::Part;
use walk::{Failure, Outcome, Why};

pub(crate) const FORMAT: Format =
    Format { id: "ggml", title: "GGML", role: Role::Model, endings: &["ggml"], likeness, read };

/// The magics, as little-endian numbers write them: ggml, ggmf, ggjt, ggla and ggsn.
const MAGICS: [&[u8; 4]; 5] = [b"lmgg", b"fmgg", b"tjgg", b"algg", SESSION];
/// The saved state of a session, which is no model.
const SESSION: &[u8; 4] = b"nsgg";

fn likeness(beginning: &Beginning<'_>) -> Likeness {
    let Some(magic) = beginning.bytes.first_chunk::<4>() else { return Likeness::No };
    let number = beginning.bytes.get(4..).unwrap_or_default();
    let number = number.get(..4).unwrap_or(number);
    // Text has no such bytes.
    let is_number = number.len() < 4 || number.iter().any(|byte| *byte == 0 || *byte >= 0x80);
    Likeness::certain_if(MAGICS.contains(&magic) && is_number)
}

fn read(part: &Part<'_>, examination: &mut Examination<'_>) {
    if part.bytes.starts_with(SESSION) {
        let reason = "it is the saved state of a session of llama.cpp, which is not read further";
        let advice = "load it only if you saved it yourself: its reader trusts it";
        return examination.gap(part.whole(), reason, advice);
    }
    let magic = part.bytes.first_chunk::<4>().unwrap_or(SESSION);
    let mut furthest: Option<Failure> = None;
    for layout in layouts::of(*magic) {
        match walk::walk(part.bytes, layout) {
            Ok(outcome) => return tell(part, layout.model, outcome, examination),
            Err(failure) => {
                let is_further = |old: &Failure| failure.progress() > old.progress();
                if furthest.as_ref().is_none_or(is_further) {
                    furthest = Some(failure);
                }
            }
        }
    }
    match furthest {
        Some(failure) if is_telling(part.bytes, &failure) => fail(part, &failure, examination),
        _ => {
            let reason = "it is a GGML file of a model whose layout is not known";
            let advice = "get the model as GGUF, whose layout is told in the file";
            examination.gap(part.whole(), reason, advice);
        }
    }
}

/// Whether a file that is of no layout is surely broken. Each magic has one layout, and the oldest
/// has many, all of which begin with a small number.
fn is_telling(bytes: &[u8], failure: &Failure) -> bool {
    let first = bytes.get(4..).and_then(|rest| rest.first_chunk()).copied().map(u32::from_le_bytes);
    let is_oldest = bytes.starts_with(b"lmgg");
    !is_oldest || failure.is_among_tensors() || first.is_none_or(|first| first > 1 << 24)
}

fn tell(part: &Part<'_>, model: &str, outcome: Outcome, examination: &mut Examination<'_>) {
    if let Some((what, at)) = outcome.zero {
        let message =
            format!("{what} is zero, by which readers divide: loading the file brings them down");
        examination.danger(Danger::new(DangerCode::Malformed, part.at(at), message));
    }
    examination.describe(|description| {
        description.fact("GGML.model", model);
        for (name, value) in outcome.parameters {
            description.fact(&format!("GGML.{name}"), &value.to_string());
        }
        for tensor in outcome.tensors {
            description.tensor(tensor);
        }
    });
}

fn fail(part: &Part<'_>, failure: &Failure, examination: &mut Examination<'_>) {
    match failure.why {
        Why::Leaves(what, leaves) => examination.leaves(part, what, leaves),
        Why::Flaw(message) => {
            let place = part.at(failure.at);
            examination.danger(Danger::new(DangerCode::Malformed, place, message));
        }
    }
}
