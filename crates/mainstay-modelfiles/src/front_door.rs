//! The front door: which format bytes are, and what follows when their name says another.

use std::fmt::Write as _;

use mainstay_archives::Budget;
use mainstay_reading::{Danger, DangerCode, Nearby};

use crate::examination::{Detail, Examination, Examined};
use crate::format::{Beginning, FORMATS, Format, Likeness, Role, ending_of};
use crate::formats;
use crate::neighbours;
use crate::part::Part;
use crate::pickle;
use crate::wrappings;

/// How many first bytes tell whether a file may be a model.
pub const SNIFFED: usize = 4096;

/// A file to examine.
#[derive(Clone, Copy)]
pub struct ModelFile<'a> {
    /// Its own name, without folders.
    pub name: &'a str,
    /// All of its bytes; most often mapped.
    pub bytes: &'a [u8],
    /// The files beside it.
    pub nearby: &'a dyn Nearby,
    /// Whether a path inside is that of a file that others read: a package, a lockfile, an SBOM.
    pub is_for_others: fn(&str) -> bool,
    /// What unpacking and nesting may cost.
    pub budget: &'a Budget,
}

/// Examines a file. A file of no known format has no dangers; it has a gap if its name promises a
/// model.
pub fn examine(file: &ModelFile<'_>) -> Examined {
    examine_as(file, Detail::Judged)
}

/// Examines a file in the wanted detail.
pub fn examine_as(file: &ModelFile<'_>, detail: Detail) -> Examined {
    let mut examination = Examination::new(file.budget, file.nearby, detail);
    examination.is_for_others = file.is_for_others;
    let part = Part::file(file.name, file.bytes);
    let is_read = neighbours::read(&part, &mut examination)
        || enter(&part, &mut examination)
        || pickle::read_behind(&part, &mut examination);
    if !is_read && has_model_name(file.name) {
        let reason = "the name promises a model, and the bytes are of no format that is known";
        examination.gap(part.whole(), reason, "find out what the file is before you load it");
    }
    examination.finish()
}

/// What a file that begins so may be: `first` are its first [`SNIFFED`] bytes, or all of them.
/// `None`: its bytes are of no format, and no one format is promised by its name.
pub fn role_of(name: &str, first: &[u8], length: u64) -> Option<Role> {
    let beginning = Beginning { bytes: first, length, name, is_inside: false };
    let format = format_of(&beginning).map(|(format, _)| format).or_else(|| promised(name));
    let role = format.map(|format| format.role);
    role.or_else(|| pickle::is_behind(name, first).then_some(Role::Model))
}

/// Whether a name promises a model: by its ending, or as a whole.
pub fn has_model_name(name: &str) -> bool {
    let ending = ending_of(name);
    let promises =
        |format: &Format| format.role == Role::Model && format.endings.contains(&&*ending);
    // Much that is no model has these endings too.
    let is_common = matches!(&*ending, "" | "tar" | "pb" | "params");
    let by_ending = || FORMATS.iter().any(promises) || MODEL_ARCHIVES.contains(&&*ending);
    promised(name).is_some() || !is_common && by_ending()
}

/// Endings of archives that are models.
const MODEL_ARCHIVES: [&str; 5] = ["npz", "keras", "mar", "skops", "nemo"];

/// Goes into bytes. Whether they are of a known format.
pub(crate) fn enter(part: &Part<'_>, examination: &mut Examination<'_>) -> bool {
    examination.leaves_to_others(part);
    if let Some((format, _)) = format_of(&part.beginning()) {
        read_as(format, part, examination);
        return true;
    }
    // What follows a header has the name of the whole, and is no file of its own.
    let wanted = promised(&part.name).filter(|_| part.base == 0);
    let Some(format) = wanted else { return false };
    let before = examination.count_of_dangers();
    read_as(format, part, examination);
    examination.count_of_dangers() > before
}

/// The format that a name promises, where there is only one whose reader can say what is broken:
/// a program goes by the name, and hands it bytes that are of no format at all.
fn promised(name: &str) -> Option<&'static Format> {
    let wanted = match &*ending_of(name) {
        "safetensors" => formats::safetensors::FORMAT,
        "gguf" => formats::gguf::FORMAT,
        "onnx" => formats::onnx::FORMAT,
        _ if name == formats::saved_model::SAVED_MODEL => formats::saved_model::FORMAT,
        _ => return None,
    };
    FORMATS.iter().find(|format| format.id == wanted.id)
}

/// Goes into bytes that are most likely numbers: only if they are certainly of a format, or text
/// of a possible one. Numbers look like anything now and then.
pub(crate) fn enter_numbers(part: &Part<'_>, examination: &mut Examination<'_>) {
    if wrappings::begins_as_text(part.bytes) {
        enter(part, examination);
    } else if !repeats(part.bytes) {
        enter_certain(part, examination);
    }
}

/// Whether bytes begin with the same few over and over, as an array of equal numbers does. Such
/// a number may read as the same instruction of a pickle again and again.
fn repeats(bytes: &[u8]) -> bool {
    [2, 4, 8].iter().any(|width| {
        let mut numbers = bytes.chunks_exact(*width);
        let first = numbers.next();
        bytes.len() >= 16 * width && numbers.take(15).all(|number| Some(number) == first)
    })
}

/// Goes into bytes if they are certainly of a format.
pub(crate) fn enter_certain(part: &Part<'_>, examination: &mut Examination<'_>) {
    if let Some((format, Likeness::Certain)) = format_of(&part.beginning()) {
        read_as(format, part, examination);
    }
}

/// The format that bytes certainly are of.
pub(crate) fn certainly(part: &Part<'_>) -> Option<&'static Format> {
    match format_of(&part.beginning()) {
        Some((format, Likeness::Certain)) => Some(format),
        Some((_, Likeness::Possible | Likeness::No)) | None => None,
    }
}

/// Whether bytes that are gone into are read as a format.
pub(crate) fn reads_as(format: &Format, part: &Part<'_>) -> bool {
    format_of(&part.beginning()).is_some_and(|(found, _)| found.id == format.id)
}

fn read_as(format: &'static Format, part: &Part<'_>, examination: &mut Examination<'_>) {
    let _depth = match examination.budget.enter() {
        Ok(depth) => depth,
        Err(error) => return examination.unread(part.whole(), &error),
    };
    if part.member.is_none() {
        examination.is_of(format.id);
    }
    examination.meets(format);
    examination.describe(|description| description.format(part.whole(), format.id));
    disguise(part, format, examination);
    (format.read)(part, examination);
    wrappings::zip::read_behind(format, part, examination);
}

/// The likeliest format; of equally likely ones the first in the table.
fn format_of(beginning: &Beginning<'_>) -> Option<(&'static Format, Likeness)> {
    let mut best = None;
    for format in FORMATS {
        match (format.likeness)(beginning) {
            Likeness::Certain => return Some((format, Likeness::Certain)),
            Likeness::Possible => best = best.or(Some((format, Likeness::Possible))),
            Likeness::No => {}
        }
    }
    best
}

/// An ending that promises other formats only is a danger: readers choose by it.
fn disguise(part: &Part<'_>, format: &Format, examination: &mut Examination<'_>) {
    // A pointer stands in place of a file of any name.
    if format.id == formats::lfs_pointer::FORMAT.id {
        return;
    }
    let ending = ending_of(&part.name);
    if format.endings.contains(&&*ending) {
        return;
    }
    let promised: Vec<&str> = FORMATS
        .iter()
        .filter(|other| other.endings.contains(&&*ending))
        .map(|other| other.title)
        .collect();
    if let [first, others @ ..] = &*promised {
        let mut message = format!("the name ends in .{ending}, which promises {first}");
        for other in others {
            let _ = write!(message, " or {other}");
        }
        let _ = write!(message, ", and the bytes are {}", format.title);
        examination.danger(Danger::new(DangerCode::Disguised, part.whole(), message));
    }
}
