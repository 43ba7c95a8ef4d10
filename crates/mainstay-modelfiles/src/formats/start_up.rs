//! What Python runs by itself at every start: path files (`.pth`) in `site-packages`, and
//! `sitecustomize.py` and `usercustomize.py`.
//!
//! Specification: the module `site` of Python's standard library. Each line of a path file is a
//! folder; a line that begins with `import` and a blank is run as code, whatever else stands on it.
//! The danger is what these lines do. The tools that packaging needs have well-known ones.
//!
//! `PyTorch` files end in `.pth` too: those are archives or pickles, never lines of text.

mod well_known;

use std::borrow::Cow;

use mainstay_reading::{Danger, DangerCode, Place};
use mainstay_types::Severity;

use crate::examination::Examination;
use crate::format::{Beginning, Format, Likeness, Role};
use crate::part::Part;
use crate::python_source::{self, Act, Deed, What};

pub(crate) const FORMAT: Format = Format {
    id: "python-start-up",
    title: "a start-up file of Python",
    role: Role::Model,
    endings: &["pth"],
    likeness,
    read,
};

/// How many first bytes are looked at.
const LOOKED_AT: usize = 4096;
/// The longest line that is read.
const LONGEST: usize = 64 << 10;
/// The most characters of a line that are shown.
const SHOWN: usize = 300;

fn likeness(beginning: &Beginning<'_>) -> Likeness {
    let begins = beginning.bytes.get(..LOOKED_AT).unwrap_or(beginning.bytes);
    if is_customize(beginning.name) && !begins.contains(&0) {
        return Likeness::Certain;
    }
    let is_text = !begins.is_empty() && begins.iter().all(|byte| is_of_text(*byte));
    if &*beginning.ending() == "pth" && is_text { Likeness::Possible } else { Likeness::No }
}

fn is_customize(name: &str) -> bool {
    matches!(name, "sitecustomize.py" | "usercustomize.py")
}

/// Bytes above ASCII are letters of some encoding.
fn is_of_text(byte: u8) -> bool {
    byte >= 0x80 || byte.is_ascii_graphic() || matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | 0xC)
}

fn read(part: &Part<'_>, examination: &mut Examination<'_>) {
    if is_customize(&part.name) {
        let when = "at every start of Python";
        python_source::look_at_file(part.bytes, &part.whole(), when, examination);
        return;
    }
    let bytes = part.bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(part.bytes);
    let text = String::from_utf8_lossy(bytes);
    // Python ends lines here as it does in source: also at a lone carriage return.
    let text: Cow<'_, str> = if text.contains('\r') {
        text.replace("\r\n", "\n").replace('\r', "\n").into()
    } else {
        text
    };
    for (line, number) in text.lines().zip(1..) {
        let is_code = line.strip_prefix("import").is_some_and(|rest| rest.starts_with([' ', '\t']));
        if is_code {
            judge(line, &Place { line: Some(number), ..part.whole() }, examination);
        }
    }
}

/// Judges a line that is run.
fn judge(line: &str, place: &Place, examination: &mut Examination<'_>) {
    let shown: String = line.chars().take(SHOWN).collect();
    if line.len() > LONGEST {
        let reason = format!("a line of more than {LONGEST} bytes that is run was not read");
        examination.gap(place.clone(), reason, "remove the file before you start Python again");
        return;
    }
    let reading = python_source::read(line);
    if let Some(act) = worst(&reading.acts) {
        let (code, does) = match act.what {
            What::Deed(deed) => {
                (at_start(deed), format!("calls `{}`, which {}", act.name, deed.does()))
            }
            What::RunsHidden => {
                (DangerCode::RunsCode, "runs code that is hidden by an encoding".into())
            }
            What::Computed | What::Handed | What::Insides | What::LookAlike => {
                (DangerCode::HidesCall, format!("hides what it calls (`{}`)", act.name))
            }
            What::OpensOutside => {
                (DangerCode::TouchesFiles, format!("opens a file: `{}`", act.name))
            }
        };
        let message = format!("at every start of Python, whatever is run, this line {does}");
        examination.danger(Danger::new(code, place.clone(), message).shown(shown));
        return;
    }
    if well_known::runs_text(line, &reading) {
        let message = "at every start of Python, whatever is run, this line runs a text as code";
        let danger = Danger::new(DangerCode::RunsCode, place.clone(), message);
        examination.danger(danger.shown(shown));
        return;
    }
    if let Some(module) = well_known::stranger(line, &reading) {
        let message = format!(
            "at every start of Python, whatever is run, this line imports and runs `{module}`"
        );
        let danger = Danger::new(DangerCode::UnknownCall, place.clone(), message);
        examination.danger(danger.graded(Severity::Medium).shown(shown));
    }
}

/// At the start of every program a connection and a program that is started are one danger: code
/// that its user did not ask for.
fn at_start(deed: Deed) -> DangerCode {
    match deed {
        Deed::Names => DangerCode::UnknownCall,
        Deed::Files => DangerCode::TouchesFiles,
        Deed::Runs
        | Deed::Evaluates
        | Deed::Native
        | Deed::Unpickles
        | Deed::Network
        | Deed::Decodes => DangerCode::RunsCode,
    }
}

fn worst(acts: &[Act]) -> Option<&Act> {
    let rank = |act: &&Act| match act.what {
        What::RunsHidden => 0,
        What::Deed(Deed::Runs | Deed::Evaluates | Deed::Native | Deed::Unpickles) => 1,
        What::Deed(Deed::Network) => 2,
        What::Computed | What::Handed | What::Insides | What::LookAlike => 3,
        What::OpensOutside | What::Deed(Deed::Files) => 4,
        What::Deed(Deed::Names | Deed::Decodes) => 5,
    };
    acts.iter().min_by_key(rank)
}
