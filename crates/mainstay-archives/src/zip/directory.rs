//! The end record and the directory of a zip.

use std::collections::HashSet;

use mainstay_reading::AnomalyCode;

use super::extra::{self, Fields};
use super::{Data, ZipMember};
use crate::budget::Budget;
use crate::error::ArchiveError;
use crate::member::{Member, MemberKind, MemberPath, Slash, target_leads_out};
use crate::notes::Notes;
use crate::source::ReadAt;

/// What the end record says.
pub(super) struct End {
    /// Where the end record begins (the 64-bit one, where there is one).
    at: u64,
    members: u64,
    pub(super) size: u64,
    /// Where the directory begins, as it is written.
    offset: u64,
    /// Where the directory begins in the file.
    pub(super) directory_at: u64,
}

/// What looks like an end record, and was not taken for it.
pub(super) struct OtherEnd {
    pub(super) at: u64,
    /// Whether its comment would reach to the end of the file.
    pub(super) reaches_end: bool,
}

const END_BYTES: usize = 22;
const END_SIGNATURE: [u8; 4] = *b"PK\x05\x06";

/// Finds the end record: the last one whose comment reaches to the end of the file, else the last.
/// Also gives the others, of which most belong to zips that are stored as members.
pub(super) fn find_end(
    source: &dyn ReadAt,
    notes: &mut Notes,
) -> Result<(End, Vec<OtherEnd>), ArchiveError> {
    let length = source.length();
    let tail_length = length.min(END_BYTES as u64 + u64::from(u16::MAX));
    let tail_at = length - tail_length;
    let mut tail = vec![0; usize::try_from(tail_length).unwrap_or(0)];
    source.read_exact_at(&mut tail, tail_at)?;
    let ends: Vec<usize> = tail
        .windows(4)
        .enumerate()
        .filter(|(_, bytes)| *bytes == END_SIGNATURE)
        .map(|(at, _)| at)
        .filter(|at| at + END_BYTES <= tail.len())
        .collect();
    let comment_end = |at: &usize| {
        let comment = tail.get(at + 20..).and_then(|rest| Fields(rest).u16()).unwrap_or(0);
        at + END_BYTES + usize::from(comment)
    };
    let exact = ends.iter().rev().find(|at| comment_end(at) == tail.len());
    let at = *exact.or(ends.last()).ok_or_else(|| {
        ArchiveError::damaged("it has no end record: it is no zip, or it is cut off")
    })?;
    if exact.is_none() {
        let message = "bytes follow behind the end record of the zip";
        notes.add_whole(AnomalyCode::UnlistedBytes, message);
    }
    let others = ends.iter().filter(|one| **one != at).map(|one| OtherEnd {
        at: tail_at + *one as u64,
        reaches_end: comment_end(one) == tail.len(),
    });
    let others = others.collect();
    let record = tail.get(at..).unwrap_or_default();
    let short = parse_end(record).ok_or_else(|| ArchiveError::damaged("it is cut off"))?;
    let end = End { at: tail_at + at as u64, ..short };
    let end = long_end(source, end)?;
    Ok((place_directory(source, end)?, others))
}

fn parse_end(record: &[u8]) -> Option<End> {
    let mut fields = Fields(record.get(4..)?);
    let (_disk, _first, _here) = (fields.u16()?, fields.u16()?, fields.u16()?);
    let members = u64::from(fields.u16()?);
    let (size, offset) = (u64::from(fields.u32()?), u64::from(fields.u32()?));
    Some(End { at: 0, members, size, offset, directory_at: 0 })
}

/// The 64-bit end record, where its locator stands before the short one (APPNOTE 4.3.14 and 15).
fn long_end(source: &dyn ReadAt, end: End) -> Result<End, ArchiveError> {
    const LOCATOR: usize = 20;
    let Some(locator_at) = end.at.checked_sub(LOCATOR as u64) else { return Ok(end) };
    let mut locator = [0; LOCATOR];
    source.read_exact_at(&mut locator, locator_at)?;
    let Some(rest) = locator.strip_prefix(b"PK\x06\x07") else { return Ok(end) };
    let mut fields = Fields(rest);
    let stated = fields.u32().and_then(|_disk| fields.u64());
    // Bytes before the zip move everything; the record then stands right before its locator.
    let places = [stated, locator_at.checked_sub(56)];
    for at in places.into_iter().flatten() {
        let mut record = [0; 56];
        if source.read_exact_at(&mut record, at).is_err() {
            continue;
        }
        let Some(rest) = record.strip_prefix(b"PK\x06\x06") else { continue };
        let mut fields = Fields(rest);
        let parsed = (|| {
            fields.take(8 + 2 + 2 + 4 + 4 + 8)?;
            let members = fields.u64()?;
            let (size, offset) = (fields.u64()?, fields.u64()?);
            Some(End { at, members, size, offset, directory_at: 0 })
        })();
        return parsed.ok_or_else(|| ArchiveError::damaged("it is cut off"));
    }
    Err(ArchiveError::damaged("the 64-bit end record of the zip is not where it should be"))
}

/// The directory ends where the end record begins. Where bytes were put before the zip, that is
/// further on than it is written.
fn place_directory(source: &dyn ReadAt, mut end: End) -> Result<End, ArchiveError> {
    let outside = || ArchiveError::damaged("the directory of the zip lies outside of it");
    let before_end = end.at.checked_sub(end.size).ok_or_else(outside)?;
    let is_directory = |at: u64| {
        let mut signature = [0; 4];
        source.read_exact_at(&mut signature, at).is_ok() && signature == *b"PK\x01\x02"
    };
    let directory_at = if end.size == 0 || is_directory(before_end) {
        before_end
    } else if end.offset.checked_add(end.size).is_some_and(|to| to <= end.at)
        && is_directory(end.offset)
    {
        end.offset
    } else {
        return Err(ArchiveError::damaged("the directory of the zip is not where it should be"));
    };
    if directory_at < end.offset {
        return Err(outside());
    }
    end.directory_at = directory_at;
    Ok(end)
}

/// Reads the directory. Also gives how far everything was moved by bytes before the zip.
pub(super) fn read(
    source: &dyn ReadAt,
    end: &End,
    budget: &Budget,
    notes: &mut Notes,
) -> Result<(Vec<ZipMember>, u64), ArchiveError> {
    let mut base = end.directory_at - end.offset;
    let size = usize::try_from(end.size).map_err(|_| ArchiveError::spent("it is too large"))?;
    let mut bytes = vec![0; size];
    source.read_exact_at(&mut bytes, end.directory_at)?;
    let mut fields = Fields(&bytes);
    let mut members = Vec::new();
    while !fields.0.is_empty() {
        budget.member()?;
        let parsed = parse_member(&mut fields, notes)
            .ok_or_else(|| ArchiveError::damaged("the directory of the zip is damaged"))?;
        budget.name(parsed.member.path.as_str().len() as u64)?;
        members.push(parsed);
    }
    // Short end records count to 65535 and begin again.
    let counted = members.len() as u64;
    if counted != end.members && counted % 0x1_0000 != end.members {
        let message =
            format!("the end record counts {} members, the directory lists {counted}", end.members);
        notes.add_whole(AnomalyCode::HeadersDisagree, message);
    }
    // Some makers of self-extracting archives write offsets from the start of the file.
    if base > 0 && members.first().is_some_and(|first| is_local(source, first.header_at)) {
        base = 0;
    }
    Ok((members, base))
}

fn is_local(source: &dyn ReadAt, at: u64) -> bool {
    let mut signature = [0; 4];
    source.read_exact_at(&mut signature, at).is_ok() && signature == *b"PK\x03\x04"
}

fn parse_member(fields: &mut Fields<'_>, notes: &mut Notes) -> Option<ZipMember> {
    if fields.take(4)? != b"PK\x01\x02" {
        return None;
    }
    let made_by = fields.u16()?;
    let (_needed, flags, method) = (fields.u16()?, fields.u16()?, fields.u16()?);
    let (_time, crc) = (fields.u32()?, fields.u32()?);
    let (packed, plain) = (fields.u32()?, fields.u32()?);
    let (name_len, extra_len, comment_len) = (fields.u16()?, fields.u16()?, fields.u16()?);
    let (_disk, _internal) = (fields.u16()?, fields.u16()?);
    let (external, offset) = (fields.u32()?, fields.u32()?);
    let name = fields.take(usize::from(name_len))?;
    let extra = fields.take(usize::from(extra_len))?;
    fields.take(usize::from(comment_len))?;

    let mut zip64 = Fields(extra::find(extra, extra::ZIP64).unwrap_or_default());
    let size = extra::long(plain, &mut zip64)?;
    let packed = extra::long(packed, &mut zip64)?;
    let header_at = extra::long(offset, &mut zip64)?;

    let text = extra::name(name, flags & UTF8 != 0);
    compare_unicode_path(&text, extra, notes);
    let path = MemberPath::parse(&text, Slash::Both, notes);
    let mode = is_unix(made_by).then_some(external >> 16).filter(|mode| *mode != 0);
    let kind = kind_of(&text, mode, size);
    if is_disguised(&kind, mode, size) {
        let message = format!("the mode of {text:?} says that it is no file, and it has content");
        notes.add(AnomalyCode::HeadersDisagree, &text, message);
    }
    let member = Member { path, kind, size, mode: mode.map(|mode| mode & 0o7777) };
    let place = if flags & ENCRYPTED != 0 {
        let message = format!("{text:?} is encrypted");
        notes.add(AnomalyCode::Encrypted, &text, message);
        Data::Refused(ArchiveError::unsupported("it is encrypted"))
    } else {
        Data::At(0)
    };
    Some(ZipMember { member, method, crc, packed, header_at, place })
}

pub(super) const ENCRYPTED: u16 = 1 | 1 << 13;
pub(super) const UTF8: u16 = 1 << 11;

/// Unix and macOS keep the mode in the external attributes.
fn is_unix(made_by: u16) -> bool {
    matches!(made_by >> 8, 3 | 19)
}

/// What a member is. Java and Python go by the name alone and take whatever has content for a file,
/// so a mode that says otherwise of content must not hide it.
fn kind_of(name: &str, mode: Option<u32>, size: u64) -> MemberKind {
    let has_content = size > 0;
    match mode.unwrap_or(0) & 0o170_000 {
        0o120_000 if size <= LONGEST_TARGET => MemberKind::Symlink("".into()),
        0o020_000 | 0o060_000 | 0o010_000 | 0o140_000 if !has_content => MemberKind::Device,
        0o040_000 if !has_content => MemberKind::Folder,
        _ if name.ends_with('/') && !has_content => MemberKind::Folder,
        _ => MemberKind::File,
    }
}

/// Whether a mode says that a member with content is something other than a file.
fn is_disguised(kind: &MemberKind, mode: Option<u32>, size: u64) -> bool {
    let format = mode.unwrap_or(0) & 0o170_000;
    *kind == MemberKind::File && size > 0 && !matches!(format, 0 | 0o100_000)
}

/// The longest target of a link: `PATH_MAX` of Linux.
const LONGEST_TARGET: u64 = 4096;

/// The second name that Info-ZIP writes; some tools believe the one, some the other.
fn compare_unicode_path(name: &str, extra: &[u8], notes: &mut Notes) {
    let Some(value) = extra::find(extra, extra::UNICODE_PATH) else { return };
    let other = value.get(5..).map(String::from_utf8_lossy).unwrap_or_default();
    if name.is_ascii() && other != name {
        let message = format!("the directory names one member {name:?} and {other:?}");
        notes.add(AnomalyCode::HeadersDisagree, name, message);
    }
}

/// What can be told of the members once all are known.
pub(super) fn judge_members(members: &[ZipMember], notes: &mut Notes) {
    let mut seen = HashSet::new();
    for ZipMember { member, .. } in members {
        let path = &member.path;
        match &member.kind {
            MemberKind::Symlink(target) if target_leads_out(path, target) => {
                let message =
                    format!("the link \"{path}\" leads to {target:?}, out of the archive");
                notes.add(AnomalyCode::LinkLeadsOut, path.as_str(), message);
            }
            MemberKind::Device => {
                let message = format!("\"{path}\" is a device, a pipe or a socket");
                notes.add(AnomalyCode::Device, path.as_str(), message);
            }
            MemberKind::File
            | MemberKind::Folder
            | MemberKind::Symlink(_)
            | MemberKind::HardLink(_) => {}
        }
        if member.kind != MemberKind::Folder && !seen.insert(path.as_str()) {
            let message = format!("\"{path}\" is there twice");
            notes.add(AnomalyCode::DuplicateMember, path.as_str(), message);
        }
    }
}
