//! The architecture of a Keras model as YAML: `model.to_yaml()` of Keras 1 and 2.
//!
//! Specification: YAML 1.1 as `PyYAML` reads it, the keys of [`keras`]. Keras read such files with
//! a loader that builds any Python object that a tag names (CVE-2021-37678), and a `Lambda` layer
//! is code here as elsewhere. Tags for plain values (`!!python/tuple`) are what Keras itself
//! wrote.

use mainstay_reading::{Danger, DangerCode, yaml};

use crate::examination::Examination;
use crate::format::{Beginning, Format, Likeness, Role};
use crate::formats::keras::{self, Kept};
use crate::part::Part;

pub(crate) const FORMAT: Format = Format {
    id: "keras-yaml",
    title: "a Keras architecture in YAML",
    role: Role::Model,
    endings: &[],
    likeness,
    read,
};

/// How much of the beginning is looked at.
const LOOKED_AT: usize = 64 * 1024;
/// The most bytes that are read as YAML.
const MOST_READ: usize = 8 * 1024 * 1024;
/// The most characters of a tag that are shown.
const SHOWN: usize = 200;

fn likeness(beginning: &Beginning<'_>) -> Likeness {
    let bytes = beginning.bytes.get(..LOOKED_AT).unwrap_or(beginning.bytes);
    // The keys stand at the start of a line, and are sorted.
    let has = |key: &[u8]| {
        bytes.starts_with(key)
            || memchr::memmem::find_iter(bytes, key)
                .any(|at| at.checked_sub(1).and_then(|at| bytes.get(at)) == Some(&b'\n'))
    };
    let anywhere = |key: &[u8]| memchr::memmem::find(bytes, key).is_some();
    let is_keras = (has(b"class_name:") && has(b"config:"))
        || (has(b"backend:")
            && (has(b"class_name:") || has(b"config:"))
            && anywhere(b"class_name:"));
    Likeness::certain_if(is_keras)
}

fn read(part: &Part<'_>, examination: &mut Examination<'_>) {
    tags(part, examination);
    if part.bytes.len() > MOST_READ {
        let reason = format!("of the Keras architecture only {MOST_READ} bytes were read");
        examination.gap(part.whole(), reason, "look at the file by hand: no real one is so long");
    }
    let text = String::from_utf8_lossy(part.bytes.get(..MOST_READ).unwrap_or(part.bytes));
    match yaml::parse::<serde_json::Value>(&text) {
        Ok(value) => {
            let json = value.to_string();
            let part = Part { bytes: json.as_bytes(), ..part.clone() };
            keras::judge(&part, Kept::Yaml, examination);
        }
        Err(error) => {
            let reason = format!("the Keras architecture was not read as YAML: {error}");
            examination.gap(part.whole(), reason, "save the model again in the format .keras");
        }
    }
}

/// Looks at every tag: a word that begins with `!`, written in any of the three ways.
pub(crate) fn tags(part: &Part<'_>, examination: &mut Examination<'_>) {
    let bytes = part.bytes;
    let mut hidden = false;
    for at in memchr::memmem::find_iter(bytes, b"%TAG") {
        let starts_line = at.checked_sub(1).is_none_or(|before| bytes.get(before) == Some(&b'\n'));
        if starts_line && !hidden {
            hidden = true;
            let message = "a directive gives YAML tags other names, which hides what Python \
                           objects they build";
            examination.danger(Danger::new(DangerCode::HidesCall, part.at(at as u64), message));
        }
    }
    let mut after = 0;
    for at in memchr::memchr_iter(b'!', bytes) {
        let before = at.checked_sub(1).and_then(|before| bytes.get(before));
        let begins =
            before.is_none_or(|byte| byte.is_ascii_whitespace() || b"[{,-:?".contains(byte));
        if at < after || !begins {
            continue;
        }
        let rest = bytes.get(at..).unwrap_or_default();
        // A tag in angle brackets may hold commas.
        let ends: &[u8] = if rest.starts_with(b"!<") { b">\n" } else { b",[]{} \t\r\n" };
        let is_end = |byte: &u8| ends.contains(byte);
        let length = rest.iter().position(is_end).unwrap_or(rest.len());
        after = at + length;
        let tag = decoded(rest.get(..length.min(4 * SHOWN)).unwrap_or_default());
        tag_of(&tag, part, at as u64, examination);
    }
}

fn tag_of(tag: &str, part: &Part<'_>, at: u64, examination: &mut Examination<'_>) {
    let Some((_, kind)) = tag.split_once("python/") else { return };
    let (kind, name) = kind.split_once(':').unwrap_or((kind, ""));
    let is_plain = matches!(
        kind,
        "tuple"
            | "none"
            | "bool"
            | "str"
            | "unicode"
            | "bytes"
            | "int"
            | "long"
            | "float"
            | "complex"
            | "list"
            | "dict"
    );
    if is_plain {
        return;
    }
    let name: String = name.chars().take(SHOWN).collect();
    let (message, shown) = match kind {
        "object/apply" | "object/new" => {
            (format!("loading the YAML calls {name}, and can run any code"), format!("{name}(...)"))
        }
        "name" | "module" => (
            format!("loading the YAML imports {name}, and can run its code"),
            format!("import {name}"),
        ),
        _ => (format!("loading the YAML builds a Python object of {name}"), format!("{name}()")),
    };
    let danger = Danger::new(DangerCode::RunsCode, part.at(at), message);
    examination.danger(danger.shown(shown).known_as(Some("CVE-2021-37678")));
}

/// A tag without its percent escapes.
fn decoded(tag: &[u8]) -> String {
    let mut out = Vec::new();
    let mut rest = tag;
    while let Some((first, after)) = rest.split_first() {
        let escaped = after.get(..2).filter(|_| *first == b'%');
        let digits = escaped.and_then(|digits| std::str::from_utf8(digits).ok());
        if let Some(byte) = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            out.push(byte);
            rest = after.get(2..).unwrap_or_default();
        } else {
            out.push(*first);
            rest = after;
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}
