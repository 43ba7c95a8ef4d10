//! 7z: packed streams, and a header at the end that says which files they hold.
//!
//! Format: `7zFormat.txt` of the LZMA SDK. Hubs have served models so, under the names of other
//! formats, because scanners did not open them (nullifAI, February 2025). Dangers: a header that
//! cannot be read, streams that are cut off, paths that lead out, bytes behind the end. Coders that
//! are not read are gaps with their name.

mod coders;
mod header;

use std::sync::Arc;

use flate2::Crc;
use mainstay_archives::{ArchiveError, ArchiveErrorKind, Held};
use mainstay_reading::{Danger, DangerCode};

use self::header::{Broken, File, Folder, Streams};
use super::members;
use super::paths::{oddity, shown};
use super::sliced::Sliced;
use super::unpacking::Sink;
use crate::cursor::Cursor;
use crate::examination::Examination;
use crate::format::{Beginning, Format, Likeness, Role};
use crate::part::Part;

pub(crate) const FORMAT: Format = Format {
    id: "7z",
    title: "a 7z archive",
    role: Role::Wrapping,
    endings: &["7z"],
    likeness,
    read,
};

const MAGIC: &[u8] = b"7z\xBC\xAF\x27\x1C";
/// The bytes before the first packed stream.
const START: u64 = 32;
const HEADER: u8 = 1;
const ENCODED_HEADER: u8 = 0x17;
/// How often a header may be packed in itself. Packers do it once.
const ENCODINGS: usize = 4;
/// How much memory one file of the list takes, about, without its path.
const FILE_BYTES: u64 = 100;

fn likeness(beginning: &Beginning<'_>) -> Likeness {
    Likeness::certain_if(beginning.bytes.starts_with(MAGIC))
}

fn read(part: &Part<'_>, examination: &mut Examination<'_>) {
    match read_archive(part, examination) {
        Ok(()) => {}
        Err(Stop::Broken(at, what)) => {
            let message = format!("the 7z archive cannot be read: {what}");
            examination.danger(Danger::new(DangerCode::Malformed, part.at(at), message));
        }
        Err(Stop::Unread(error)) => examination.unread(part.whole(), &error),
    }
}

/// Why reading ended.
enum Stop {
    Broken(u64, String),
    Unread(ArchiveError),
}

impl Stop {
    fn of_header(at: u64, broken: &Broken) -> Self {
        match broken {
            Broken::Says(what) => Self::Broken(at, (*what).to_owned()),
            Broken::Leaves(leaves) => Self::Broken(
                at,
                format!("its header should go on for {} bytes more", leaves.wanted),
            ),
        }
    }

    fn of_stream(at: u64, error: ArchiveError) -> Self {
        match error.kind {
            ArchiveErrorKind::Damaged => Self::Broken(at, format!("its header: {}", error.message)),
            ArchiveErrorKind::Unsupported | ArchiveErrorKind::Spent | ArchiveErrorKind::Disk => {
                Self::Unread(error)
            }
        }
    }
}

fn read_archive(part: &Part<'_>, examination: &mut Examination<'_>) -> Result<(), Stop> {
    let bytes = part.bytes;
    let broken = |what: &str| Stop::Broken(0, what.to_owned());
    let mut cursor = Cursor::new(bytes);
    let cut = |_| broken("it is cut off");
    cursor.take(12).map_err(cut)?;
    let (offset, size) = (cursor.u64().map_err(cut)?, cursor.u64().map_err(cut)?);
    let crc = cursor.u32().map_err(cut)?;
    let at = START.saturating_add(offset);
    let stated = slice(bytes, at, size);
    if (stated.len() as u64) < size {
        return Err(broken("its header lies outside of it, so it is cut off"));
    }
    examine_behind(at.saturating_add(size), part, examination);
    if stated.is_empty() {
        return Ok(());
    }
    if checksum(stated) != crc {
        let message = "the header of the 7z archive does not fit its checksum";
        examination.danger(Danger::new(DangerCode::Malformed, part.at(at), message));
    }
    let unpacked;
    let mut header = stated;
    if stated.first() == Some(&ENCODED_HEADER) {
        unpacked = decode_header(stated, at, part, examination)?;
        header = &unpacked;
    }
    let mut cursor = Cursor::new(header);
    if cursor.u8() != Ok(HEADER) {
        return Err(Stop::Broken(at, "its header does not begin as one".to_owned()));
    }
    let read = header::read(&mut cursor);
    let (streams, files) = read.map_err(|reason| Stop::of_header(at, &reason))?;
    examine_folders(&streams, files, part, examination)
}

/// Unpacks a header that is packed itself.
fn decode_header<'b>(
    stated: &[u8],
    at: u64,
    part: &Part<'_>,
    examination: &Examination<'b>,
) -> Result<Held<'b>, Stop> {
    let mut header = Held::empty(examination.budget);
    header.extend(stated).map_err(Stop::Unread)?;
    for _ in 0..ENCODINGS {
        if header.first() != Some(&ENCODED_HEADER) {
            return Ok(header);
        }
        let mut cursor = Cursor::new(header.get(1..).unwrap_or_default());
        let streams = header::read_streams(&mut cursor);
        let streams = streams.map_err(|reason| Stop::of_header(at, &reason))?;
        let mut sink = Sink::new(examination.budget);
        let Some(folder) = streams.folders.first() else {
            return Err(Stop::Broken(at, "its header is packed in nothing".to_owned()));
        };
        let packed = packed_run(&streams, 0, part.bytes);
        coders::unpack(folder, packed, &mut sink).map_err(|error| Stop::of_stream(at, error))?;
        header = sink.into_held();
    }
    Err(Stop::Broken(at, "its header is packed in itself too often".to_owned()))
}

/// Unpacks folder after folder.
fn examine_folders(
    streams: &Streams,
    files: Vec<File>,
    part: &Part<'_>,
    examination: &mut Examination<'_>,
) -> Result<(), Stop> {
    let mut held = Held::empty(examination.budget);
    let mut names = Vec::new();
    for file in files {
        examination.budget.member().map_err(Stop::Unread)?;
        held.take(FILE_BYTES.saturating_add(file.path.len() as u64)).map_err(Stop::Unread)?;
        if let Some(what) = oddity(&file.path) {
            let message = format!("the member {:?} of the 7z {what}", shown(&file.path));
            examination.danger(Danger::new(DangerCode::OddContainer, part.whole(), message));
        }
        if file.has_content {
            names.push(Arc::<str>::from(file.path));
        }
    }
    let mut names = names.into_iter();
    // Against folders that share their packed bytes.
    let mut stream = 0_u64;
    for folder in &streams.folders {
        let packed = packed_run(streams, stream, part.bytes);
        stream = stream.saturating_add(folder.packed_streams);
        examine_folder(folder, packed, &mut names, part, examination);
    }
    Ok(())
}

fn examine_folder(
    folder: &Folder,
    packed: &[u8],
    names: &mut impl Iterator<Item = Arc<str>>,
    part: &Part<'_>,
    examination: &mut Examination<'_>,
) {
    let mut sink = Sink::new(examination.budget);
    let outcome = coders::unpack(folder, packed, &mut sink);
    let content = sink.into_held();
    let mut members = Sliced::default();
    let mut at = 0_u64;
    let mut cut = None;
    for size in &folder.files {
        let name = names.next().unwrap_or_else(|| "unnamed".into());
        let bytes = slice(&content, at, *size);
        at = at.saturating_add(*size);
        if (bytes.len() as u64) < *size {
            cut = cut.or_else(|| Some(part.inside(&name, &[]).whole()));
            examination.enter_beginning(&part.inside(&name, bytes));
        } else {
            examination.enter(&part.inside(&name, bytes));
            members.add(name, bytes);
        }
    }
    if let Err(error) = outcome {
        let place = cut.unwrap_or_else(|| part.whole());
        if error.kind == ArchiveErrorKind::Damaged {
            let message = format!("the packed data of the 7z archive end early: {}", error.message);
            examination.danger(Danger::new(DangerCode::Malformed, place, message));
        } else {
            examination.unread(place, &error);
        }
    }
    members::read_flavours(part, &members, examination);
}

/// The packed bytes of a stream.
fn packed_run<'a>(streams: &Streams, stream: u64, bytes: &'a [u8]) -> &'a [u8] {
    let before = streams.packed_sizes.iter().take(usize::try_from(stream).unwrap_or(usize::MAX));
    let start =
        before.fold(START.saturating_add(streams.packed_at), |at, size| at.saturating_add(*size));
    let size = streams.packed_sizes.get(usize::try_from(stream).unwrap_or(usize::MAX));
    slice(bytes, start, size.copied().unwrap_or(0))
}

fn examine_behind(end: u64, part: &Part<'_>, examination: &mut Examination<'_>) {
    let behind = part.run(end, u64::MAX);
    if behind.bytes.iter().all(|byte| *byte == 0) {
        return;
    }
    let message = format!("{} bytes follow behind the end of the 7z archive", behind.bytes.len());
    examination.danger(Danger::new(DangerCode::OddContainer, behind.at(0), message));
    examination.enter(&behind);
}

fn slice(bytes: &[u8], start: u64, length: u64) -> &[u8] {
    let start = usize::try_from(start).unwrap_or(usize::MAX);
    let rest = bytes.get(start..).unwrap_or_default();
    let length = usize::try_from(length).unwrap_or(usize::MAX).min(rest.len());
    rest.get(..length).unwrap_or_default()
}

fn checksum(bytes: &[u8]) -> u32 {
    let mut crc = Crc::new();
    crc.update(bytes);
    crc.sum()
}
