//! The end records of a zip, and the directories that they point to.
//!
//! Format: PKWARE APPNOTE 6.3.10, sections 4.3.14 to 4.3.16. Readers look for the end record from
//! the back. miniz, which PyTorch reads with, takes the last one and believes its offset; Python
//! computes where the directory is from its size, so that bytes before the zip do no harm. Where
//! both find one and they differ, each reader sees other members: both count here.

use memchr::memmem;

use super::records::LISTED;
use crate::cursor::{Cursor, Leaves};

pub(super) const END: &[u8; 4] = b"PK\x05\x06";
const END_BYTES: usize = 22;
const LONG_END_BYTES: u64 = 56;
const LOCATOR_BYTES: u64 = 20;

/// A directory that an end record points to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Directory {
    /// Where it begins.
    pub(super) at: u64,
    /// How many bytes it has, as the end record says.
    pub(super) size: u64,
    /// How many members it lists, as the end record says.
    pub(super) members: u64,
    /// What is added to the offsets that it gives.
    pub(super) base: u64,
    /// Where the end records begin (the 64-bit one, where there is one) and end, with the comment.
    pub(super) end_at: u64,
    pub(super) end_to: u64,
    /// The comment, if there is one.
    pub(super) comment: (u64, u64),
}

/// The most directories; honest files have one.
const MOST: usize = 16;

/// The directories that the end records of a file point to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Ends {
    /// The one that most readers take first. There are more than one where readers differ.
    pub(super) directories: Vec<Directory>,
    /// Whether there are more than are looked at.
    pub(super) is_cut: bool,
}

/// The directories of all end records near the end. What only looks like an end record points to
/// none, and does not hide the others.
pub(super) fn directories(bytes: &[u8]) -> Ends {
    let tail_at = bytes.len().saturating_sub(END_BYTES + usize::from(u16::MAX));
    let tail = bytes.get(tail_at..).unwrap_or_default();
    let mut ends = Ends::default();
    let found = &mut ends.directories;
    for at in memmem::rfind_iter(tail, END) {
        for directory in read_end(bytes, tail_at.saturating_add(at)).unwrap_or_default() {
            if found.iter().any(|other| other.at == directory.at && other.base == directory.base) {
                continue;
            }
            if found.len() >= MOST {
                ends.is_cut = true;
                return ends;
            }
            found.push(directory);
        }
    }
    ends
}

/// What one end record points to, in both readings.
fn read_end(bytes: &[u8], at: usize) -> Result<Vec<Directory>, Leaves> {
    let mut cursor = Cursor::new(bytes);
    cursor.go_to(at as u64)?;
    cursor.take(10)?;
    let members = u64::from(cursor.u16()?);
    let (size, offset) = (u64::from(cursor.u32()?), u64::from(cursor.u32()?));
    let comment = u64::from(cursor.u16()?);
    let comment_at = cursor.at();
    let comment_to = comment_at.saturating_add(comment).min(bytes.len() as u64);
    let short = Directory {
        at: offset,
        size,
        members,
        base: 0,
        end_at: at as u64,
        end_to: comment_to,
        comment: (comment_at, comment_to.saturating_sub(comment_at)),
    };
    let stated = read_long_end(bytes, short).unwrap_or(short);
    Ok(placed(bytes, stated))
}

/// The 64-bit end record, where its locator stands before the short one.
fn read_long_end(bytes: &[u8], short: Directory) -> Option<Directory> {
    let locator_at = short.end_at.checked_sub(LOCATOR_BYTES)?;
    let mut cursor = Cursor::new(bytes);
    cursor.go_to(locator_at).ok()?;
    if cursor.array().ok()? != *b"PK\x06\x07" {
        return None;
    }
    cursor.take(4).ok()?;
    let stated = cursor.u64().ok()?;
    // Bytes before the zip move everything; the record then stands right before its locator.
    for at in [locator_at.checked_sub(LONG_END_BYTES)?, stated] {
        let mut cursor = Cursor::new(bytes);
        if cursor.go_to(at).is_err() || cursor.array() != Ok(*b"PK\x06\x06") {
            continue;
        }
        cursor.take(8 + 2 + 2 + 4 + 4 + 8).ok()?;
        let (members, size, offset) = (cursor.u64().ok()?, cursor.u64().ok()?, cursor.u64().ok()?);
        return Some(Directory { at: offset, size, members, end_at: at, ..short });
    }
    None
}

/// Where the directory is: before the end record (Python), and at its offset (miniz).
fn placed(bytes: &[u8], stated: Directory) -> Vec<Directory> {
    let mut found = Vec::new();
    let is_directory = |at: u64| {
        let start = usize::try_from(at).unwrap_or(usize::MAX);
        bytes.get(start..).is_some_and(|rest| rest.starts_with(LISTED))
    };
    let is_empty = stated.size == 0 && stated.members == 0;
    if let Some(before) = stated.end_at.checked_sub(stated.size)
        && (is_empty || is_directory(before))
    {
        // A directory before the place where it should be has nothing to be measured from.
        let base = before.saturating_sub(stated.at);
        found.push(Directory { at: before, base, ..stated });
    }
    let differs = found.iter().all(|other| other.at != stated.at);
    if differs && !is_empty && stated.at < stated.end_at && is_directory(stated.at) {
        found.push(stated);
    }
    found
}
