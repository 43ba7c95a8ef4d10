//! Datasets: what they hold, where that lies, and what must be loaded to read it.
//!
//! Specification: HDF5 File Format Specification 3.0, IV.A.2.h (external data files), IV.A.2.i
//! (layout, versions 1 to 4), IV.A.2.l (filter pipeline), VI (virtual datasets). Keras refuses
//! external and virtual datasets since CVE-2026-1669, and shapes far beyond what is stored since
//! CVE-2026-0897.

use mainstay_reading::{Danger, DangerCode};

use crate::cursor::{Cursor, Leaves};
use crate::description::Tensor;
use crate::examination::Examination;
use crate::part::Part;

use super::attribute::in_global_heap;
use super::datatype::{Class, Datatype, dataspace, datatype, elements};
use super::file::{Fault, File, SIGNATURE};
use super::group::{local_heap, name_at};
use super::object::{Message, kind, resolved};

const OTHER_FILE: Option<&str> = Some("CVE-2026-1669");
/// Beyond this many bytes a shape is held against what is stored, and may be so many times that.
const LARGE: u128 = 4 << 30;
const TIMES: u128 = 1_000;
/// The most bytes of a text that is shown.
const SHOWN: usize = 200;

/// Where the values of a dataset are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Layout {
    /// In one run of the file. Nowhere yet where there is no place.
    Run { at: Option<u64>, length: Option<u64> },
    /// In chunks: how much they take is not added up.
    Chunks,
    /// In other datasets: where the list of them is.
    Virtual { heap: Option<u64>, index: u32 },
}

/// A dataset that is looked at.
pub(super) struct Dataset<'a, 'p> {
    pub(super) file: &'p File<'a>,
    pub(super) part: &'p Part<'a>,
    /// Its path in the file.
    pub(super) path: &'p str,
}

/// Looks at the dataset that has these messages. Whether it is one.
pub(super) fn look_at(
    dataset: &Dataset<'_, '_>,
    messages: &[Message<'_>],
    examination: &mut Examination<'_>,
) -> Result<bool, Fault> {
    let file = dataset.file;
    let find = |kind| messages.iter().find(|message| message.kind == kind).copied();
    let Some(layout_message) = find(kind::LAYOUT) else { return Ok(false) };
    let external = find(kind::EXTERNAL_FILES);
    if let Some(external) = external {
        external_files(dataset, external, examination)?;
    }
    if let Some(filters) = find(kind::FILTERS) {
        plugins(dataset, resolved(file, filters)?, examination)?;
    }
    let layout = layout(file, layout_message)?;
    if let Layout::Virtual { heap: Some(heap), index } = layout {
        let (_, list) = in_global_heap(file, heap, index)?;
        virtual_sources(dataset, list, layout_message.at, examination);
    }
    let (Some(kept_type), Some(kept_space)) = (find(kind::DATATYPE), find(kind::DATASPACE)) else {
        return Err(Fault::Odd(layout_message.at, "a type and dimensions beside the layout"));
    };
    let kept_type = resolved(file, kept_type)?;
    let datatype = datatype(kept_type.content, kept_type.at)?;
    let kept_space = resolved(file, kept_space)?;
    let shape = dataspace(file, kept_space.content, kept_space.at)?;
    let count = shape.as_ref().map_or(0, |shape| elements(shape));
    let declared = count.saturating_mul(u128::from(datatype.size));
    describe(dataset.path, &datatype, shape.unwrap_or_default(), declared, examination);
    if external.is_some() || matches!(layout, Layout::Virtual { .. }) {
        return Ok(true);
    }
    let stored = match layout {
        Layout::Run { at: Some(at), length } => {
            let length = length.unwrap_or_else(|| u64::try_from(declared).unwrap_or(u64::MAX));
            run(dataset, at, length, declared, &datatype, examination)?
        }
        Layout::Run { at: None, .. } | Layout::Virtual { .. } => 0,
        Layout::Chunks => {
            let is_unread = matches!(datatype.class, Class::Bytes | Class::Text);
            if is_unread && count > 0 {
                unread(dataset, layout_message.at, examination);
            }
            file.bytes.len() as u128
        }
    };
    bomb(dataset, declared, stored, layout_message.at, examination);
    Ok(true)
}

/// Bytes and texts may be another file, and those in chunks are not put together. Texts in a heap
/// are looked at there.
fn unread(dataset: &Dataset<'_, '_>, at: u64, examination: &mut Examination<'_>) {
    let reason = format!(
        "the dataset {} keeps bytes or texts in chunks, and they were not looked at",
        bounded(dataset.path)
    );
    let advice = "find out what reads it, and save it in one run to have it looked at";
    examination.gap(dataset.part.at(at), reason, advice);
}

fn describe(
    path: &str,
    datatype: &Datatype,
    shape: Vec<u64>,
    declared: u128,
    examination: &mut Examination<'_>,
) {
    examination.describe(|description| {
        description.tensor(Tensor {
            name: path.to_owned(),
            dtype: datatype.name.to_owned(),
            shape,
            bytes: u64::try_from(declared).ok(),
        });
    });
}

/// Values in one run of the file: how many bytes they are.
fn run(
    dataset: &Dataset<'_, '_>,
    at: u64,
    length: u64,
    declared: u128,
    datatype: &Datatype,
    examination: &mut Examination<'_>,
) -> Result<u128, Fault> {
    let what = "the values of a dataset";
    let run = dataset.file.at(at)?.take(length).map_err(|leaves| Fault::Leaves(what, leaves))?;
    if u128::from(length) < declared {
        let wanted = u64::try_from(declared).unwrap_or(u64::MAX);
        return Err(Fault::Leaves(what, Leaves { at, wanted, left: length }));
    }
    if matches!(datatype.class, Class::Bytes | Class::Text) {
        let content = dataset.part.inside(dataset.path, run);
        if run.starts_with(SIGNATURE) {
            examination.enter(&content);
        } else {
            examination.enter_numbers(&content);
        }
    }
    Ok(u128::from(length))
}

/// A shape far beyond what is stored.
fn bomb(
    dataset: &Dataset<'_, '_>,
    declared: u128,
    stored: u128,
    at: u64,
    examination: &mut Examination<'_>,
) {
    if declared > LARGE && declared > stored.saturating_mul(TIMES) {
        let message = format!(
            "the dataset {} declares {declared} bytes and has at most {stored}: loading it takes \
             all memory",
            bounded(dataset.path)
        );
        let danger = Danger::new(DangerCode::Malformed, dataset.part.at(at), message);
        examination.danger(danger.known_as(Some("CVE-2026-0897")));
    }
}

fn layout(file: &File<'_>, message: Message<'_>) -> Result<Layout, Fault> {
    let mut cursor = file.at(message.at)?;
    let version = cursor.u8()?;
    let odd = Err(Fault::Odd(message.at, "the layout of a dataset"));
    let inside =
        |cursor: &Cursor<'_>, length| Layout::Run { at: Some(cursor.at()), length: Some(length) };
    match version {
        1 | 2 => {
            let [rank, class] = cursor.array::<2>()?;
            cursor.take(5)?;
            let at = if class == 0 { None } else { file.address(&mut cursor)? };
            cursor.take(u64::from(rank) * 4)?;
            match class {
                0 => {
                    let length = u64::from(cursor.u32()?);
                    Ok(inside(&cursor, length))
                }
                1 => Ok(Layout::Run { at, length: None }),
                2 => Ok(Layout::Chunks),
                _ => odd,
            }
        }
        3..=5 => match cursor.u8()? {
            0 => {
                let length = u64::from(cursor.u16()?);
                Ok(inside(&cursor, length))
            }
            1 => {
                let at = file.address(&mut cursor)?;
                Ok(Layout::Run { at, length: Some(file.length(&mut cursor)?) })
            }
            2 => Ok(Layout::Chunks),
            3 => {
                let heap = file.address(&mut cursor)?;
                Ok(Layout::Virtual { heap, index: cursor.u32()? })
            }
            _ => odd,
        },
        _ => Err(Fault::Unread(message.at, "a layout is of an unknown version")),
    }
}

/// Values that lie in other files, as plain bytes: any file of the machine.
fn external_files(
    dataset: &Dataset<'_, '_>,
    message: Message<'_>,
    examination: &mut Examination<'_>,
) -> Result<(), Fault> {
    let Dataset { file, part, path } = dataset;
    let mut cursor = file.at(message.at)?;
    cursor.take(6)?;
    let used = cursor.u16()?;
    let heap = file.place(&mut cursor)?;
    let names = local_heap(file, heap).unwrap_or_default();
    let mut shown = Vec::new();
    for _ in 0..used.min(16) {
        let name = file.length(&mut cursor)?;
        file.length(&mut cursor)?;
        file.length(&mut cursor)?;
        shown.push(bounded(&name_at(names, name).unwrap_or_default()));
    }
    let message_text = format!(
        "the values of the dataset {} are read from another file of the machine, whatever that is",
        bounded(path)
    );
    let danger = Danger::new(DangerCode::TouchesFiles, part.at(message.at), message_text);
    examination.danger(danger.shown(shown.join(", ")).known_as(OTHER_FILE));
    Ok(())
}

/// Values that are taken from other datasets, which may lie in other files.
fn virtual_sources(
    dataset: &Dataset<'_, '_>,
    list: &[u8],
    at: u64,
    examination: &mut Examination<'_>,
) {
    let names = list.get(1 + usize::from(dataset.file.length_size())..).unwrap_or_default();
    let first = names.split(|byte| *byte == 0).next().unwrap_or_default();
    let message = format!(
        "the values of the dataset {} are taken from datasets of other files",
        bounded(dataset.path)
    );
    let danger = Danger::new(DangerCode::TouchesFiles, dataset.part.at(at), message);
    let shown = bounded(&String::from_utf8_lossy(first));
    examination.danger(danger.shown(shown).known_as(OTHER_FILE));
}

/// Filters that are no part of HDF5 are libraries that it looks for and loads.
fn plugins(
    dataset: &Dataset<'_, '_>,
    message: Message<'_>,
    examination: &mut Examination<'_>,
) -> Result<(), Fault> {
    let Dataset { part, path, .. } = dataset;
    let leaves = |leaves: Leaves| {
        let at = message.at.saturating_add(leaves.at);
        Fault::Leaves("the filters of a dataset", Leaves { at, ..leaves })
    };
    let mut cursor = Cursor::new(message.content);
    let [version, count] = cursor.array::<2>().map_err(leaves)?;
    cursor.take(if version == 1 { 6 } else { 0 }).map_err(leaves)?;
    for _ in 0..count {
        let id = cursor.u16().map_err(leaves)?;
        let has_name = version == 1 || id >= 256;
        let name_length = if has_name { u64::from(cursor.u16().map_err(leaves)?) } else { 0 };
        cursor.u16().map_err(leaves)?;
        let values = u64::from(cursor.u16().map_err(leaves)?);
        let filled = if version == 1 { name_length.next_multiple_of(8) } else { name_length };
        let name = cursor.take(filled).map_err(leaves)?;
        let padding = if version == 1 { (values % 2) * 4 } else { 0 };
        cursor.take(values * 4 + padding).map_err(leaves)?;
        if is_known_filter(id) {
            continue;
        }
        let name = String::from_utf8_lossy(name);
        let name = name.trim_end_matches('\0');
        let text = format!(
            "reading the dataset {} needs the filter {id} ({}): HDF5 looks for a library that has \
             it, and loads that",
            bounded(path),
            bounded(name)
        );
        examination.danger(Danger::new(DangerCode::UnknownCall, part.at(message.at), text));
    }
    Ok(())
}

/// Filters of HDF5 itself, and the packings that are registered with it and in wide use.
fn is_known_filter(id: u16) -> bool {
    matches!(id, 0..=6 | 257 | 305 | 307 | 32_000..=32_030)
}

pub(super) fn bounded(text: &str) -> String {
    let short: String = text.chars().take(SHOWN).collect();
    if short.len() < text.len() { format!("{short}…") } else { short }
}
