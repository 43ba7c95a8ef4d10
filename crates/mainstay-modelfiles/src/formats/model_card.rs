//! The card of a model: `README.md` with metadata before its text.
//!
//! Specification: "Model Cards" in the documentation of the Hugging Face hub: a block of YAML
//! between two lines of `---` with `license`, `library_name`, `base_model` and others. A card is
//! read by people and runs nothing: it has no dangers, only facts and a licence.

use crate::examination::Examination;
use crate::format::{Beginning, Format, Likeness, Role};
use crate::licence;
use crate::part::Part;

pub(crate) const FORMAT: Format = Format {
    id: "model-card",
    title: "a model card",
    role: Role::Beside,
    endings: &[],
    likeness,
    read,
};

/// How many first bytes are looked at.
const LOOKED_AT: usize = 4096;
/// The most licences that are told, and the most values of each other key.
const LICENCES: usize = 20;
/// The longest block of metadata.
const LONGEST: usize = 1 << 20;

/// Keys that cards of models have and other pages have not.
const OWN: &[&str] = &[
    "base_model",
    "base_model_relation",
    "co2_eq_emissions",
    "inference",
    "library_name",
    "license_link",
    "license_name",
    "model-index",
    "model_name",
    "pipeline_tag",
    "widget",
];
/// Keys that cards have beside `license`.
const BESIDE: &[&str] = &["datasets", "language", "metrics", "tags", "thumbnail"];
/// Keys whose values are facts.
const FACTS: &[&str] =
    &["base_model", "datasets", "language", "library_name", "model_name", "pipeline_tag"];

fn likeness(beginning: &Beginning<'_>) -> Likeness {
    if &*beginning.ending() != "md" {
        return Likeness::No;
    }
    let begins = beginning.bytes.get(..LOOKED_AT).unwrap_or(beginning.bytes);
    let Some(block) = block(begins) else { return Likeness::No };
    let keys: Vec<&str> = entries(&block).map(|(key, _)| key).collect();
    let has = |wanted: &[&str]| keys.iter().any(|key| wanted.contains(key));
    let is_card = has(OWN) || has(&["license"]) && has(BESIDE);
    if is_card { Likeness::Possible } else { Likeness::No }
}

fn read(part: &Part<'_>, examination: &mut Examination<'_>) {
    let begins = part.bytes.get(..LONGEST).unwrap_or(part.bytes);
    let Some(block) = block(begins) else { return };
    for (key, values) in entries(&block) {
        let is_licence = matches!(key, "license" | "license_name");
        for (count, value) in values.enumerate() {
            if is_licence && count >= LICENCES {
                let reason = format!("the card states more than {LICENCES} licences");
                examination.gap(part.whole(), reason, "read the card by hand");
                break;
            }
            if is_licence {
                licence::stated(value, examination);
            } else if count >= LICENCES {
                break;
            } else if FACTS.contains(&key) || key == "license_link" {
                examination.describe(|description| description.fact(key, value));
            }
        }
    }
}

/// The block of metadata, as far as it is there.
fn block(bytes: &[u8]) -> Option<String> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let text = String::from_utf8_lossy(bytes);
    let mut lines = text.lines();
    if lines.next()?.trim_end() != "---" {
        return None;
    }
    let block: Vec<&str> = lines.take_while(|line| line.trim_end() != "---").collect();
    Some(block.join("\n"))
}

/// The outermost keys, each with its value, or the values of its list. What is nested deeper
/// states nothing that is asked for.
fn entries(block: &str) -> impl Iterator<Item = (&str, impl Iterator<Item = &str>)> {
    let mut lines = block.lines().peekable();
    std::iter::from_fn(move || {
        loop {
            let line = lines.next()?;
            let Some((key, first)) = line.split_once(':') else { continue };
            let is_key = !key.is_empty()
                && key.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'));
            if !is_key {
                continue;
            }
            let mut values = vec![first];
            while let Some(line) = lines.next_if(|line| line.trim_start().starts_with("- ")) {
                values.push(line.trim_start().trim_start_matches("- "));
            }
            return Some((key, values.into_iter().flat_map(scalars)));
        }
    })
}

/// The texts of a scalar, or of a list in brackets.
fn scalars(value: &str) -> impl Iterator<Item = &str> {
    let value = value.split(" #").next().unwrap_or(value).trim();
    let value = value.strip_prefix('[').and_then(|list| list.strip_suffix(']')).unwrap_or(value);
    let texts = value.split(',').map(|text| text.trim().trim_matches(['"', '\'']));
    texts.filter(|text| !text.is_empty())
}
