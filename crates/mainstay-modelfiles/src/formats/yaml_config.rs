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
use crate::format::{Beginning, Format, Likeness, Role};
use crate::part::Part;

pub(crate) const FORMAT: Format = Format {
    id: "yaml-settings",
    title: "YAML settings of a model",
    role: Role::Model,
    endings: &[],
    likeness,
    read,
};

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
        return Likeness::Certain;
    }
    let is_named = NAMES.contains(&stem) && (stem == "model_config" || !beginning.is_whole());
    // What is looked at may be nothing but blanks and comments.
    let is_late = !beginning.is_whole() && lines(&text).all(|line| line.text.trim().is_empty());
    if is_named
        || is_late
        || text.contains(CLASS_PATH)
        || names_target(&text)
        || has_escaped_key(&text)
    {
        Likeness::Possible
    } else {
        Likeness::No
    }
}

const TARGET: &str = "_target_";
/// What jsonargparse and Lightning's command line import, beside `init_args`.
const CLASS_PATH: &str = "class_path";
/// What latent diffusion imports, beside [`PARAMS`].
const PLAIN_TARGET: &str = "target";
const PARAMS: &str = "params";

/// Whether a `target` is named with its dots, beside `params`, as latent diffusion does, or without
/// them and does harm.
fn names_target(text: &str) -> bool {
    let has_params = text.contains(PARAMS);
    lines(text).any(|line| {
        named_in(&line, PLAIN_TARGET)
            .any(|(_, name)| is_dotted(&name) && (has_params || does_harm(&name)))
    })
}

/// What a key of a line names: where the key stands, and the name.
fn named_in<'l>(line: &'l Line<'_>, key: &'l str) -> impl Iterator<Item = (usize, String)> + 'l {
    line.text.match_indices(key).filter_map(move |(at, _)| {
        let before = line.text.get(..at).unwrap_or_default().chars().next_back();
        let is_begun = before.is_none_or(|c| !c.is_alphanumeric() && !matches!(c, '_' | '.' | '-'));
        let name = value_of(line.text.get(at + key.len()..).unwrap_or_default())?;
        (is_begun && !name.is_empty()).then_some((line.at + at, name))
    })
}

/// Whether a name is one of Python within a module.
fn is_dotted(name: &str) -> bool {
    let mut steps = name.split('.');
    name.contains('.')
        && steps.all(|step| {
            step.starts_with(|c: char| c.is_alphabetic() || c == '_')
                && step.chars().all(|c| c.is_alphanumeric() || c == '_')
        })
}

/// Whether a key is written with escapes, which hide what it is: `"_target\x5f": `.
fn has_escaped_key(text: &str) -> bool {
    lines(text).any(|line| {
        line.text.match_indices("\":").any(|(at, _)| {
            let before = line.text.get(..at).unwrap_or_default();
            let key = before.rsplit('"').next().unwrap_or_default();
            ["\\x", "\\u", "\\U"].iter().any(|escape| key.contains(escape))
        })
    })
}

fn read(part: &Part<'_>, examination: &mut Examination<'_>) {
    if part.bytes.len() > LONGEST {
        let reason = format!("settings of more than {LONGEST} bytes are not read");
        return examination.gap(part.whole(), reason, "look at the file by hand");
    }
    let text = String::from_utf8_lossy(part.bytes);
    let mut settings = Settings { part, text: &text, told: 0 };
    for tag in tags(&text) {
        if let Some(name) = tag.name() {
            let shown = format!("{}: {name}", tag.kind());
            settings.tell(&name, Found::At(tag.at), Some(shown), examination);
        }
    }
    match yaml::parse::<Value>(&text) {
        Ok(root) => settings.judge_all(&root, examination),
        Err(_) => settings.judge_lines(examination),
    }
}

/// Settings under reading.
struct Settings<'s> {
    part: &'s Part<'s>,
    text: &'s str,
    /// How many names were told.
    told: u32,
}

/// Where a name stands.
#[derive(Clone, Copy)]
enum Found<'n> {
    At(usize),
    /// Where this is found in the text.
    Text(&'n str),
}

/// So many names have their places looked for; to look for each in a long text would take long.
const PLACED: u32 = 100;
/// The longest name, in characters, and the longest tag, in bytes.
const LONGEST_NAME: usize = 200;

impl Settings<'_> {
    /// Judges every mapping that names what is built from it.
    fn judge_all(&mut self, root: &Value, examination: &mut Examination<'_>) {
        let mut waiting = vec![(root, true)];
        while let Some((value, is_top)) = waiting.pop() {
            match value {
                Value::Array(values) => {
                    waiting.extend(values.iter().rev().map(|value| (value, false)));
                }
                Value::Object(fields) => {
                    waiting.extend(fields.values().rev().map(|value| (value, false)));
                    if let Some(target) = target_of(fields, is_top) {
                        let shown = call(target, fields);
                        self.tell(target, Found::Text(target), Some(shown), examination);
                    }
                }
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
            }
        }
    }

    /// What is not quite YAML, or has tags: each line that names a target.
    fn judge_lines(&mut self, examination: &mut Examination<'_>) {
        for line in lines(self.text) {
            for key in [TARGET, CLASS_PATH, PLAIN_TARGET] {
                for (at, name) in named_in(&line, key) {
                    if key == TARGET || is_dotted(&name) {
                        self.tell(&name, Found::At(at), None, examination);
                    }
                }
            }
        }
        // What only the readers with tags of their own understand was judged by its tags.
        let names = [TARGET, CLASS_PATH, PLAIN_TARGET].iter().any(|key| self.text.contains(key));
        if names || tags(self.text).next().is_none() {
            let reason = "the settings are not YAML that can be read, so what they build is not \
                          known";
            let advice = "look at every name of a class or function in it by hand";
            examination.gap(self.part.whole(), reason, advice);
        }
    }

    /// Tells of a name that is imported and called.
    fn tell(
        &mut self,
        name: &str,
        found: Found<'_>,
        shown: Option<String>,
        examination: &mut Examination<'_>,
    ) {
        let (code, what) = match names::judge(name) {
            Verdict::Known => return,
            Verdict::Runs => (DangerCode::RunsCode, "which runs code or programs"),
            Verdict::Hides => {
                (DangerCode::HidesCall, "which reaches through one module into another")
            }
            Verdict::Unknown => {
                (DangerCode::UnknownCall, "of which nobody knows whether it is harmless")
            }
        };
        let short: String = name.chars().take(100).collect();
        let message =
            format!("who builds a model from these settings imports and calls {short}, {what}");
        self.told = self.told.saturating_add(1);
        let at = match found {
            Found::At(at) => Some(at),
            Found::Text(text) if self.told <= PLACED => self.text.find(text),
            Found::Text(_) => None,
        };
        let place = at.map_or_else(|| self.part.whole(), |at| self.part.at(at as u64));
        let advisory = (code != DangerCode::UnknownCall).then_some(ADVISORY);
        let mut danger = Danger::new(code, place, message).known_as(advisory);
        if let Some(shown) = shown {
            danger = danger.shown(shown);
        }
        examination.danger(danger);
    }
}

/// The name that a mapping is built by.
fn target_of(fields: &Map<String, Value>, is_top: bool) -> Option<&str> {
    let text = |key: &str| fields.get(key).and_then(Value::as_str);
    if let Some(target) = text(TARGET) {
        return Some(target);
    }
    if let Some(target) = text("class_path").filter(|name| name.contains('.')) {
        return Some(target);
    }
    // A word alone is some other target, and so is most of what has no parameters beside it. Latent
    // diffusion builds it all the same.
    text("target").filter(|name| {
        name.contains('.') && (is_top || fields.contains_key("params") || does_harm(name))
    })
}

/// Whether a name is one that runs code, or hides what it reaches.
fn does_harm(name: &str) -> bool {
    matches!(names::judge(name), Verdict::Runs | Verdict::Hides)
}

/// The call, as it would be made.
fn call(target: &str, fields: &Map<String, Value>) -> String {
    let arguments =
        fields.iter().filter(|(key, _)| !matches!(&***key, "_target_" | "target" | "class_path"));
    let mut shown = String::new();
    for (key, value) in arguments.take(8) {
        let value: String = value.to_string().chars().take(60).collect();
        shown.push_str(if shown.is_empty() { "" } else { ", " });
        let _ = write!(shown, "{key}={value}");
    }
    format!("{target}({shown})").chars().take(300).collect()
}

/// The name behind the colon of a key.
fn value_of(rest: &str) -> Option<String> {
    let value = rest.trim_start_matches(['"', '\'']).trim_start().strip_prefix(':')?;
    let value = value.trim_start().trim_start_matches(['"', '\'']);
    let ends = |c: &char| !" \t\r\n,}]\"'#".contains(*c);
    Some(value.chars().take(LONGEST_NAME).take_while(ends).collect())
}

/// A line that is no comment, and where it begins.
struct Line<'t> {
    at: usize,
    text: &'t str,
}

fn lines(text: &str) -> impl Iterator<Item = Line<'_>> {
    let mut at = 0;
    let lines = text.split_inclusive('\n').map(move |text| {
        let line = Line { at, text };
        at += text.len();
        line
    });
    lines.filter(|line| !line.text.trim_start().starts_with('#'))
}

/// A tag that builds something, and where it stands.
struct Tag {
    text: String,
    at: usize,
}

impl Tag {
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
fn tags(text: &str) -> impl Iterator<Item = Tag> {
    lines(text).flat_map(|line| {
        // One of several exclamation marks in a row begins the tag.
        let marks = line
            .text
            .match_indices('!')
            .filter(move |(at, _)| !line.text.get(at + 1..).unwrap_or_default().starts_with('!'));
        marks.filter_map(move |(at, _)| {
            let tag = tag_text(line.text.get(at + 1..).unwrap_or_default());
            let tag = Tag { text: tag, at: line.at + at };
            tag.name().is_some().then_some(tag)
        })
    })
}

/// The tag that begins behind a mark, without the address of YAML's own tags.
fn tag_text(tag: &str) -> String {
    let end = tag.floor_char_boundary(LONGEST_NAME);
    let tag = tag.get(..end).unwrap_or_default();
    let (tag, ends): (&str, &[char]) = match tag.strip_prefix('<') {
        Some(verbatim) => (verbatim, &['>', '\n']),
        None => (tag, &[' ', '\t', '\r', '\n', ',', '}', ']', '"', '\'']),
    };
    let plain = unescaped(tag.get(..tag.find(ends).unwrap_or(tag.len())).unwrap_or_default());
    let plain = plain.strip_prefix("tag:yaml.org,2002:").unwrap_or(&plain);
    // A handle of a `%TAG` may stand for any part of the address.
    match plain.strip_prefix("object") {
        Some(_) => format!("python/{plain}"),
        None => plain.to_owned(),
    }
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
