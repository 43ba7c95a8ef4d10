//! Python source that comes with a model, read and never run: what it does on import, when the
//! model is loaded, and what it could do when it is called.
//!
//! Specification: the Python Language Reference (3.14), as far as telling names, blocks and strings
//! apart needs it; PEP 263 (the encoding of a source), PEP 3131 (names outside of ASCII), PEP 701
//! (format strings). The dangers:
//!
//! * a call, as the module is imported or a class is used, that starts a program, runs text or
//!   decoded bytes as code, loads native code, connects to somewhere, or writes files outside;
//! * a function that is reached by a name that is put together, or through Python's insides;
//! * an encoding or letters that make the source read otherwise than it looks.
//!
//! What waits in functions is listed in one finding. Aliases, assignments, `getattr` and imports by
//! a string are followed; values that move through containers or other files are not.

mod beside;
mod bindings;
mod chains;
mod names;
mod reach;
mod reading;
mod scopes;
mod sinks;
mod tokens;

use std::borrow::Cow;

use mainstay_reading::{Danger, DangerCode, Place};
use mainstay_types::Severity;

use crate::examination::Examination;
use crate::part::Part;

pub(crate) use beside::{READ, look_at_files, look_at_script, look_at_script_beside};
pub(crate) use reading::{Act, Reading, Time, What, read};
pub(crate) use sinks::{Deed, deed_of};

/// The longest source that is read, in bytes.
const LONGEST: usize = 4 << 20;
/// The most that one message lists.
const LISTED: usize = 12;
/// The most characters of a line that are shown.
const SHOWN: usize = 200;

/// A function or class that settings name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Callable {
    /// A class or function of a library of models that only computes.
    Ordinary,
    /// One that does more.
    Sink(Deed),
    /// Nobody knows.
    Unknown,
}

impl Deed {
    /// The sort of danger, where it is done as something is loaded.
    pub(crate) fn code(self) -> DangerCode {
        match self {
            Self::Runs | Self::Evaluates | Self::Native | Self::Unpickles => DangerCode::RunsCode,
            Self::Names | Self::Decodes => DangerCode::HidesCall,
            Self::Network => DangerCode::UsesNetwork,
            Self::Files => DangerCode::TouchesFiles,
        }
    }
}

/// Looks at a callable by its path.
pub(crate) fn callable(path: &str) -> Callable {
    let is_walk = path.split('.').any(|step| step.starts_with("__") || step.is_empty());
    if let Some(deed) = deed_of(path) {
        return Callable::Sink(deed);
    }
    // `torch.os.system`: a module within a module.
    let steps: Vec<&str> = path.split('.').collect();
    let inner = (1..steps.len().saturating_sub(1)).find_map(|from| {
        let rest = steps.get(from..)?;
        let is_module = rest.first().is_some_and(|first| sinks::is_powerful(first));
        is_module.then(|| deed_of(&rest.join("."))).flatten()
    });
    match inner {
        Some(deed) => Callable::Sink(deed),
        None if let Some(deed) = deed_in_pickles(path) => Callable::Sink(deed),
        None if is_walk => Callable::Unknown,
        None if is_of_models(&steps) => Callable::Ordinary,
        None => Callable::Unknown,
    }
}

/// What a function does of which only pickles tell.
fn deed_in_pickles(path: &str) -> Option<Deed> {
    let (module, name) = path.rsplit_once('.')?;
    let code = crate::pickle::harm_of(module, name)?;
    // What hides a call or changes a library calls or keeps what it is given.
    let deeds = [Deed::Evaluates, Deed::Network, Deed::Files];
    Some(deeds.into_iter().find(|deed| deed.code() == code).unwrap_or(Deed::Names))
}

/// Whether a path is a class of a library of models, or a function of one that only computes.
fn is_of_models(steps: &[&str]) -> bool {
    let [library, .., last] = steps else { return false };
    let is_library = matches!(
        *library,
        "torch"
            | "torchvision"
            | "torchaudio"
            | "transformers"
            | "diffusers"
            | "nemo"
            | "lightning"
            | "pytorch_lightning"
            | "timm"
            | "peft"
            | "sentence_transformers"
            | "sklearn"
            | "monai"
            | "torchmetrics"
            | "omegaconf"
            | "datasets"
            | "tokenizers"
            | "keras"
            | "speechbrain"
            | "fairseq"
            | "accelerate"
            | "megatron"
            | "xgboost"
            | "lightgbm"
            | "einops"
            | "kornia"
    );
    let is_class = last.starts_with(|c: char| c.is_ascii_uppercase());
    let computes = matches!(steps, ["torch", "nn" | "optim" | "functional" | "special", ..])
        || matches!(steps, ["torch", last] if last.starts_with("float") || last.starts_with("int"))
        || matches!(*last, "bfloat16" | "float16" | "float32" | "from_config" | "tensor" | "zeros");
    is_library && (is_class || computes)
}

/// Looks at Python source that runs when a model is loaded or used; `when` completes "this code
/// runs ..." ("when the model is loaded with `trust_remote_code`").
pub(crate) fn look_at(
    source: &str,
    part: &Part<'_>,
    when: &str,
    examination: &mut Examination<'_>,
) {
    look_at_file(source.as_bytes(), &part.whole(), when, examination);
}

/// What a source imports that may lie beside it.
#[derive(Debug, Default)]
pub(crate) struct Imported {
    /// Files that it imports from its own package: `x.py`, without folder.
    pub(crate) beside: Vec<String>,
    /// Modules that it imports by their whole names.
    pub(crate) named: Vec<String>,
}

/// The same for a file that has a place of its own. What it imports.
pub(crate) fn look_at_file(
    bytes: &[u8],
    place: &Place,
    when: &str,
    examination: &mut Examination<'_>,
) -> Imported {
    if bytes.len() > LONGEST {
        let reason = format!("source code of more than {LONGEST} bytes was not read");
        examination.gap(place.clone(), reason, "read it by hand: no real one is so long");
        return Imported::default();
    }
    let source = decode(bytes);
    if let Some(encoding) = odd_encoding(&source) {
        let message = format!(
            "the code declares the encoding `{encoding}`, so Python reads something else than a \
             person sees; it runs {when}"
        );
        let danger = Danger::new(DangerCode::HidesCall, place.clone(), message);
        examination.danger(danger.shown(format!("# coding: {encoding}")));
    }
    let reading = read(&source);
    tell(&reading, &source, place, when, examination);
    let named = reading.imports.into_iter().map(|(module, _)| module).collect();
    Imported { beside: reading.beside, named }
}

/// The source as Python sees it: every sort of line end is one.
fn decode(bytes: &[u8]) -> Cow<'_, str> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let text = String::from_utf8_lossy(bytes);
    if memchr::memchr(b'\r', bytes).is_none() {
        return text;
    }
    Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
}

/// The encoding that one of the first two lines declares, when it changes what ASCII means.
fn odd_encoding(source: &str) -> Option<&str> {
    source.lines().take(2).find_map(|line| {
        let comment = line.trim_start().strip_prefix('#')?;
        let declared = comment.get(comment.find("coding")? + "coding".len()..)?;
        let name = declared.strip_prefix([':', '='])?.trim_start();
        let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        let end = name.find(|c| !is_part(c)).unwrap_or(name.len());
        let name = name.get(..end)?;
        let folded = name.to_ascii_lowercase().replace('_', "-");
        let is_plain = [
            "utf-8",
            "utf8",
            "ascii",
            "us-ascii",
            "latin",
            "iso-8859",
            "iso8859",
            "cp12",
            "windows-12",
            "koi8",
            "gbk",
            "gb2312",
            "gb18030",
            "euc-",
            "shift-jis",
            "big5",
        ];
        let is_odd = !name.is_empty() && !is_plain.iter().any(|plain| folded.starts_with(plain));
        is_odd.then_some(name)
    })
}

/// Tells what a source does.
fn tell(
    reading: &Reading,
    source: &str,
    place: &Place,
    when: &str,
    examination: &mut Examination<'_>,
) {
    let lines: Vec<&str> = source.lines().collect();
    let mut could: Vec<String> = Vec::new();
    let mut could_at = None;
    for act in &reading.acts {
        let there = Place { line: Some(act.line), ..place.clone() };
        examination.describe(|description| description.trace(there.clone(), &act.name));
        if let Some(danger) = at_once(act, &there, when) {
            let number = usize::try_from(act.line).unwrap_or(usize::MAX).saturating_sub(1);
            let line = lines.get(number).map_or("", |line| line.trim());
            let shown: String = line.chars().take(SHOWN).collect();
            examination.danger(danger.shown(shown));
        } else if let Some(what) = later(act).filter(|what| !could.contains(what)) {
            could_at.get_or_insert(there);
            could.push(what);
        }
    }
    if let Some(there) = could_at {
        let more = could.len().saturating_sub(LISTED);
        could.truncate(LISTED);
        let list = could.join(", ");
        let more = if more > 0 { format!(", and {more} more") } else { String::new() };
        let message = format!("this code runs {when}, and its functions can do more: {list}{more}");
        examination.danger(Danger::new(DangerCode::CarriesCode, there, message));
    }
    if reading.is_cut {
        let reason = "the source code is too long or does too much, and was read in part";
        examination.gap(place.clone(), reason, "read it by hand: no real one is so long");
    }
}

/// The danger of what is done without being asked for.
fn at_once(act: &Act, place: &Place, when: &str) -> Option<Danger> {
    let name: String = act.name.chars().take(SHOWN).collect();
    let at_once = match act.time {
        Time::Import => "at once",
        Time::Load | Time::Call => "in its methods",
    };
    let is_import = act.time == Time::Import;
    let (code, severity, does) = match act.what {
        What::RunsHidden => (
            DangerCode::HidesCall,
            Severity::Critical,
            "runs code that is hidden by an encoding".to_owned(),
        ),
        What::LookAlike => (
            DangerCode::HidesCall,
            Severity::Critical,
            format!("uses the name `{name}`, whose letters only look like those that Python reads"),
        ),
        What::Computed if act.time < Time::Call => (
            DangerCode::HidesCall,
            Severity::Critical,
            format!("takes something from `{name}` by a name that is put together"),
        ),
        What::Handed if is_import => (
            DangerCode::HidesCall,
            Severity::High,
            format!(
                "hands the module `{name}` on as a value, so that nobody sees which of its \
                 functions is called"
            ),
        ),
        What::Insides if is_import => (
            DangerCode::HidesCall,
            Severity::Critical,
            format!("reaches for the insides of Python (`{name}`)"),
        ),
        What::OpensOutside if is_import => (
            DangerCode::TouchesFiles,
            Severity::High,
            format!("opens a file outside of its folder: `{name}`"),
        ),
        What::Deed(Deed::Names) if is_import => (
            DangerCode::UnknownCall,
            Severity::Medium,
            format!("imports by a name that is put together (`{name}`)"),
        ),
        What::Deed(deed) if is_import => {
            let severity = match deed {
                Deed::Native | Deed::Unpickles => Severity::High,
                Deed::Runs
                | Deed::Evaluates
                | Deed::Names
                | Deed::Network
                | Deed::Files
                | Deed::Decodes => deed.code().severity(),
            };
            (deed.code(), severity, format!("calls `{name}`, which {}", deed.does()))
        }
        What::Deed(Deed::Runs) if act.time == Time::Load => {
            let does = format!("calls `{name}`, which {}", Deed::Runs.does());
            (DangerCode::RunsCode, Severity::High, does)
        }
        What::Deed(_) | What::Computed | What::Handed | What::Insides | What::OpensOutside => {
            return None;
        }
    };
    let message = format!("this code runs {when}, and {at_once} {does}");
    Some(Danger::new(code, place.clone(), message).graded(severity))
}

/// What a function could do, for the list.
fn later(act: &Act) -> Option<String> {
    let name: String = act.name.chars().take(SHOWN).collect();
    match act.what {
        What::Deed(deed) => Some(format!("`{name}` {}", deed.does())),
        What::Computed => Some(format!("something of `{name}` is taken by an unknown name")),
        What::Handed => Some(format!("the module `{name}` is handed on as a value")),
        What::OpensOutside => Some(format!("`{name}` opens a file outside of its folder")),
        What::Insides if act.name != "__globals__" => {
            Some(format!("`{name}` reaches for the insides of Python"))
        }
        // Copying a function takes its globals, and the others are told for themselves.
        What::Insides | What::RunsHidden | What::LookAlike => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sink_that_only_pickles_list_is_one_by_its_path() {
        for path in ["keras.models.load_model", "tensorflow.py_function"] {
            assert_eq!(callable(path), Callable::Sink(Deed::Evaluates), "{path}");
        }
        assert_eq!(callable("torch.nn.Linear"), Callable::Ordinary);
    }
}
