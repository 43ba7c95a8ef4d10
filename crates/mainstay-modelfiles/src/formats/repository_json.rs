//! The settings of a model repository: `config.json`, `tokenizer_config.json`,
//! `generation_config.json`, `adapter_config.json`, `model_index.json`, `modules.json`, the index
//! of sharded weights, and their like.
//!
//! Specification: the library transformers ("Customizing models": `auto_map`; "Chat templates"),
//! diffusers (`model_index.json`), sentence-transformers (`modules.json`), PEFT
//! (`adapter_config.json`), Hydra (`_target_`, "Instantiating objects"). The dangers:
//!
//! * code that is run when the model is loaded: of this repository, or of another one whose owner
//!   can change it;
//! * chat templates (see [`crate::jinja`]);
//! * functions that are called by their name (`_target_`, the reduce of jsonpickle);
//! * names of files that lead out of the repository.
//!
//! A file is told by its keys. Its name decides only between files whose keys are common ones.

mod code;
mod events;
mod judge;
mod kinds;
mod targets;

use crate::examination::Examination;
use crate::format::{Beginning, Format, Likeness, Role};
use crate::part::Part;

pub(crate) const FORMAT: Format = Format {
    id: "model-settings",
    title: "settings of a model repository",
    role: Role::Model,
    endings: &[],
    likeness,
    read,
};

/// The longest file that is read. The largest tokenizers have 40 MB.
const LONGEST: usize = 512 << 20;

fn likeness(beginning: &Beginning<'_>) -> Likeness {
    kinds::likeness(beginning)
}

fn read(part: &Part<'_>, examination: &mut Examination<'_>) {
    if part.bytes.len() > LONGEST {
        let reason = format!("settings of more than {LONGEST} bytes were not read");
        examination.gap(part.whole(), reason, "look at the file by hand: no real one is so long");
        return;
    }
    let mut judge = judge::Judge::new(part, examination);
    let result = events::visit(part.bytes, |path, value, at| judge.met(path, value, at));
    judge.finish();
    if let Err(broken) = result {
        let reason = if broken.is_too_deep {
            "the settings are nested deeper than any real ones, and were read up to there"
        } else {
            "the settings are no whole JSON from here on, and were read up to there"
        };
        let advice = "get the file again: the library that loads the model refuses it";
        examination.gap(part.at(broken.at as u64), reason, advice);
    }
}
