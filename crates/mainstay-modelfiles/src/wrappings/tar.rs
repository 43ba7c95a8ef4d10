//! tar: POSIX ustar and pax, GNU long names, old tars. NeMo packs its models so, and PyTorch 0.1
//! did.
//!
//! The headers are read by `mainstay-archives` (see its `tar`); members are slices of the file, and
//! nothing is copied. Dangers: paths and links that lead out, a path that is there twice, headers
//! that disagree, devices, bytes behind the end mark (readers stop at different places), a tar that
//! is cut off. A sparse member is a gap.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use mainstay_archives::{
    ArchiveError, ArchiveErrorKind, Container, Held, MemberKind, Notes, Tar, TarUse,
};
use mainstay_reading::{Danger, DangerCode};

use super::members;
use super::paths::shown;
use super::sliced::Sliced;
use crate::examination::Examination;
use crate::format::{Beginning, Format, Likeness, Role};
use crate::formats::torch_zip;
use crate::part::Part;

pub(crate) const FORMAT: Format = Format {
    id: "tar",
    title: "a tar archive",
    role: Role::Wrapping,
    endings: &["tar", "nemo", "mar", "pt", "pth"],
    likeness,
    read,
};

/// How much memory one member of the list takes, about, without its path.
const MEMBER_BYTES: u64 = 100;

const BLOCK: u64 = 512;

fn likeness(beginning: &Beginning<'_>) -> Likeness {
    Likeness::certain_if(Container::of_bytes(beginning.bytes) == Some(Container::Tar))
}

fn read(part: &Part<'_>, examination: &mut Examination<'_>) {
    let mut held = Held::empty(examination.budget);
    let (at, passed_to) = (AtomicU64::new(0), AtomicU64::new(0));
    let blocks = Blocks { bytes: part.bytes, at: &at, passed_to: &passed_to };
    let mut tar = Tar::new(blocks, TarUse::Package, examination.budget);
    let mut members = Sliced::default();
    loop {
        let member = match tar.next_member() {
            Ok(Some(member)) => member,
            Ok(None) => break,
            Err(error) => {
                tell_end(&error, at.load(Ordering::Relaxed), part, examination);
                break;
            }
        };
        let start = at.load(Ordering::Relaxed);
        let end = start.saturating_add(member.size);
        passed_to.store(end.saturating_add(end.wrapping_neg() % BLOCK), Ordering::Relaxed);
        if member.kind != MemberKind::File {
            continue;
        }
        let path: Arc<str> = member.path.as_str().into();
        // What is read is nothing, or the reason why there is nothing to be read.
        if let Err(error) = tar.content().read(&mut []) {
            examination.unread(part.inside(&path, &[]).whole(), &error.into());
            continue;
        }
        if let Err(error) = held.take(MEMBER_BYTES.saturating_add(path.len() as u64)) {
            examination.unread(part.whole(), &error);
            break;
        }
        members.add(path, slice(part.bytes, start, member.size));
    }
    tell_notes(tar.take_notes(), part, examination);
    examine(&members, part, examination);
    examine_behind(passed_to.load(Ordering::Relaxed), part, examination);
}

fn tell_end(error: &ArchiveError, at: u64, part: &Part<'_>, examination: &mut Examination<'_>) {
    if error.kind != ArchiveErrorKind::Damaged {
        return examination.unread(part.at(at), error);
    }
    let message = format!("{}: readers stop here, and others go on", error.message);
    examination.danger(Danger::new(DangerCode::Malformed, part.at(at), message));
}

fn examine(members: &Sliced<'_>, part: &Part<'_>, examination: &mut Examination<'_>) {
    for (path, content) in members.iter() {
        let inner = part.inside(path, content);
        if torch_zip::holds_numbers(path) {
            examination.enter_numbers(&inner);
        } else {
            examination.enter(&inner);
        }
    }
    members::read_flavours(part, members, examination);
}

/// What lies behind the last member: the end mark, and perhaps something that no reader of tars
/// sees.
fn examine_behind(end: u64, part: &Part<'_>, examination: &mut Examination<'_>) {
    let rest = part.run(end, u64::MAX);
    let zeros = rest.bytes.iter().take_while(|byte| **byte == 0).count();
    examination.enter(&part.run(end.saturating_add(zeros as u64), u64::MAX));
}

fn slice(bytes: &[u8], start: u64, length: u64) -> &[u8] {
    let start = usize::try_from(start).unwrap_or(usize::MAX);
    let rest = bytes.get(start..).unwrap_or_default();
    let length = usize::try_from(length).unwrap_or(usize::MAX).min(rest.len());
    rest.get(..length).unwrap_or_default()
}

fn tell_notes(notes: Notes, part: &Part<'_>, examination: &mut Examination<'_>) {
    for note in notes.into_list() {
        let place = match &note.member {
            Some(path) => part.inside(&shown(path), &[]).whole(),
            None => part.whole(),
        };
        let message = format!("in the tar, {}", note.message);
        examination.danger(Danger::new(DangerCode::OddContainer, place, message));
    }
}

/// The bytes of a tar. What belongs to the present member is passed over without being copied.
struct Blocks<'a> {
    bytes: &'a [u8],
    at: &'a AtomicU64,
    passed_to: &'a AtomicU64,
}

impl Read for Blocks<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let at = self.at.load(Ordering::Relaxed);
        let content = slice(self.bytes, at, buffer.len() as u64);
        let read = content.len();
        let is_passed = at.saturating_add(read as u64) <= self.passed_to.load(Ordering::Relaxed);
        if let Some(room) = buffer.get_mut(..read)
            && !is_passed
        {
            room.copy_from_slice(content);
        }
        self.at.store(at.saturating_add(read as u64), Ordering::Relaxed);
        Ok(read)
    }
}
