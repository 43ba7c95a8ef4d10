//! YAML settings that name what is built from them: Hydra, NeMo, latent diffusion, SpeechBrain,
//! and YAML with tags of Python.
//!
//! Specification: Hydra, "Instantiating objects" (`_target_` is imported and called; NeMo's
//! `model_config.yaml` goes through it, CVE-2025-23304); latent diffusion's
//! `instantiate_from_config` (`target` beside `params`, or at the top); PyYAML, "YAML tags and
//! Python types" (`!!python/object/apply:` and its like, which only the unsafe loaders follow);
//! HyperPyYAML of SpeechBrain (`!new:`, `!apply:`, `!name:`, `!module:`). Danger: a name that runs
//! code, and a name that nobody knows.

mod names;

use std::fmt::Write as _;

use mainstay_reading::{Danger, DangerCode, yaml};
use serde_json::{Map, Value};

use self::names::Verdict;
use crate::examination::Examination;
use crate::format::{Beginning, Format, Likeness};
use crate::part::Part;

pub(crate) const FORMAT: Format =
    Format { id: "yaml-settings", title: "YAML settings of a model", endings: &[], likeness, read };

const ADVISORY: &str = "CVE-2025-23304";
/// Larger files are not read; honest ones have some kilobytes.
const LONGEST: usize = 8 << 20;
/// Names under which settings lie that may be longer than their beginning shows.
const NAMES: &[&str] = &["model_config", "hparams", "hyperparams", "config"];

fn likeness(beginning: &Beginning<'_>) -> Likeness {
    if !matches!(&*beginning.ending(), "yaml" | "yml") || beginning.bytes.contains(&0) {
        return Likeness::No;
    }
    let text = String::from_utf8_lossy(beginning.bytes);
    let stem = beginning.name.rsplit_once('.').map_or("", |(stem, _)| stem);
    if text.contains(TARGET) || tags(&text).next().is_some() {
        Likeness::Certain
    } else if NAMES.contains(&stem) && (stem == "model_config" || !beginning.is_whole()) {
        Likeness::Possible
    } else {
        Likeness::No
    }
}

const TARGET: &str = "_target_";

fn read(part: &Part<'_>, examination: &mut Examination<'_>) {
    if part.bytes.len() > LONGEST {
        let reason = format!("settings of more than {LONGEST} bytes are not read");
        return examination.gap(part.whole(), reason, "look at the file by hand");
    }
    let text = String::from_utf8_lossy(part.bytes);
    for tag in tags(&text) {
        if let Some(name) = tag.name() {
            let shown = format!("{}: {name}", tag.kind());
            tell(&name, tag.line_text, Some(shown), part, &text, examination);
        }
    }
    match yaml::parse::<Value>(&text) {
        Ok(root) => judge_all(&root, part, &text, examination),
        Err(_) => judge_lines(&text, part, examination),
    }
}

/// Judges every mapping that names what is built from it.
fn judge_all(root: &Value, part: &Part<'_>, text: &str, examination: &mut Examination<'_>) {
    let mut waiting = vec![(root, true)];
    while let Some((value, is_top)) = waiting.pop() {
        match value {
            Value::Array(values) => waiting.extend(values.iter().map(|value| (value, false))),
            Value::Object(fields) => {
                waiting.extend(fields.values().map(|value| (value, false)));
                if let Some(target) = target_of(fields, is_top) {
                    let shown = call(target, fields);
                    tell(target, target, Some(shown), part, text, examination);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
}

/// The name that a mapping is built by.
fn target_of(fields: &Map<String, Value>, is_top: bool) -> Option<&str> {
    let text = |key: &str| fields.get(key).and_then(Value::as_str);
    if let Some(target) = text(TARGET) {
        return Some(target);
    }
    // A word alone is some other target.
    text("target").filter(|name| name.contains('.') && (is_top || fields.contains_key("params")))
}

/// The call, as it would be made.
fn call(target: &str, fields: &Map<String, Value>) -> String {
    let arguments = fields.iter().filter(|(key, _)| !matches!(&***key, "_target_" | "target"));
    let mut shown = String::new();
    for (key, value) in arguments.take(8) {
        let value: String = value.to_string().chars().take(60).collect();
        shown.push_str(if shown.is_empty() { "" } else { ", " });
        let _ = write!(shown, "{key}={value}");
    }
    format!("{target}({shown})").chars().take(300).collect()
}

/// What is not quite YAML, or has tags: each line that names a target.
fn judge_lines(text: &str, part: &Part<'_>, examination: &mut Examination<'_>) {
    for line in text.lines().filter(|line| !line.trim_start().starts_with('#')) {
        for (at, _) in line.match_indices(TARGET) {
            let rest = line.get(at + TARGET.len()..).unwrap_or_default();
            let value = rest.trim_start_matches(['"', '\'']).trim_start();
            let Some(value) = value.strip_prefix(':') else { continue };
            let value = value.trim_start().trim_start_matches(['"', '\'']);
            let name: String = value.chars().take_while(|c| !" \t,}]\"'#".contains(*c)).collect();
            tell(&name, line, None, part, text, examination);
        }
    }
    if text.contains(TARGET) {
        let reason = "the settings are not YAML that can be read, and they name what to build";
        examination.gap(part.whole(), reason, "look at every _target_ by hand");
    }
}

/// Tells of a name that is imported and called. `found` is what stands in the text for it.
fn tell(
    name: &str,
    found: &str,
    shown: Option<String>,
    part: &Part<'_>,
    text: &str,
    examination: &mut Examination<'_>,
) {
    let (code, what) = match names::judge(name) {
        Verdict::Known => return,
        Verdict::Runs => (DangerCode::RunsCode, "which runs code or programs"),
        Verdict::Hides => (DangerCode::HidesCall, "which reaches through one module into another"),
        Verdict::Unknown => {
            (DangerCode::UnknownCall, "of which nobody knows whether it is harmless")
        }
    };
    let short: String = name.chars().take(100).collect();
    let message =
        format!("who builds a model from these settings imports and calls {short}, {what}");
    let place = part.at(text.find(found).unwrap_or(0) as u64);
    let mut danger = Danger::new(code, place, message).known_as(Some(ADVISORY));
    if let Some(shown) = shown {
        danger = danger.shown(shown);
    }
    examination.danger(danger);
}

/// A tag that builds something, and the line that it stands in.
struct Tag<'t> {
    text: String,
    line_text: &'t str,
}

impl Tag<'_> {
    /// What sort of tag.
    fn kind(&self) -> &str {
        self.text.split(':').next().unwrap_or_default()
    }

    /// The name that it builds by; `None` for types that are harmless.
    fn name(&self) -> Option<String> {
        let (kind, name) = self.text.split_once(':')?;
        let builds = ["python/object", "python/name", "python/module"]
            .iter()
            .any(|known| kind.starts_with(known));
        (builds || matches!(kind, "new" | "apply" | "name" | "module"))
            .then(|| name.trim().to_owned())
            .filter(|name| !name.is_empty())
    }
}

/// The tags of a text that name something of Python. What a whole line says as a comment is none.
fn tags(text: &str) -> impl Iterator<Item = Tag<'_>> {
    let lines = text.lines().filter(|line| !line.trim_start().starts_with('#'));
    lines.flat_map(|line| {
        line.match_indices('!').filter_map(move |(at, _)| {
            let tag = line.get(at..).unwrap_or_default().trim_start_matches('!');
            let (tag, ends): (&str, &[char]) = match tag.strip_prefix('<') {
                Some(verbatim) => (verbatim, &['>']),
                None => (tag, &[' ', '\t', ',', '}', ']', '"', '\'']),
            };
            let end = tag.find(ends).unwrap_or(tag.len());
            let plain = unescaped(tag.get(..end).unwrap_or_default());
            let plain = plain.strip_prefix("tag:yaml.org,2002:").unwrap_or(&plain);
            // A handle of a `%TAG` may stand for any part of it.
            let text = plain.rsplit_once('!').map_or(plain, |(_, tag)| tag).to_owned();
            let text = match text.split_once(':') {
                Some((kind, _)) if kind.starts_with("object") => format!("python/{text}"),
                Some(_) | None => text,
            };
            let tag = Tag { text, line_text: line };
            tag.name().is_some().then_some(tag)
        })
    })
}

/// Tags are addresses, in which `%41` is a letter.
fn unescaped(tag: &str) -> String {
    let mut bytes = Vec::with_capacity(tag.len());
    let mut rest = tag.as_bytes();
    while let [first, behind @ ..] = rest {
        let escaped = behind.first_chunk::<2>().filter(|_| *first == b'%');
        let byte = escaped
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { behind.get(2..).unwrap_or_default() } else { behind };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
