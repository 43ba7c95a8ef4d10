//! A zip with its members found: those that its directories list, and those that they do not.

use std::collections::HashMap;
use std::sync::Arc;

use mainstay_archives::{ArchiveError, Budget, Held};
use memchr::memmem;

use super::content::{self, Content};
use super::ends::{self, Directory};
use super::records::{self, DESCRIPTOR, Header, LISTED, LOCAL, Local};
use crate::cursor::{Cursor, Leaves};
use crate::examination::Examination;
use crate::part::Part;
use crate::wrappings::members::{self, Members};

/// A member, as its directory and its own header describe it.
pub(super) struct Entry<'a> {
    pub(super) path: Arc<str>,
    /// What counts: the directory, or of a hidden member its own header.
    pub(super) header: Header<'a>,
    /// The header in front of it.
    pub(super) local: Option<Local<'a>>,
    /// Where it begins and ends, with its header and its descriptor.
    pub(super) start: u64,
    pub(super) end: u64,
    /// Where its data begin.
    pub(super) data_at: u64,
    pub(super) listing: Listing,
}

/// Where a member is named.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Listing {
    /// In a directory, with its disk and its mode of Unix.
    Listed { disk: u16, mode: u32 },
    /// In no directory.
    Hidden,
}

pub(super) struct Archive<'a, 'b> {
    pub(super) bytes: &'a [u8],
    pub(super) directories: Vec<Directory>,
    /// Whether there are more directories than these.
    pub(super) has_more_ends: bool,
    pub(super) entries: Vec<Entry<'a>>,
    /// Where the lists of the directories end.
    pub(super) list_ends: Vec<u64>,
    /// A directory whose entries leave it.
    pub(super) broken: Option<Leaves>,
    paths: Vec<Arc<str>>,
    /// The first member of each path.
    first: HashMap<Arc<str>, usize>,
    part: Part<'a>,
    budget: &'b Budget,
    /// The room that the list of members takes.
    held: Held<'b>,
}

/// How much memory one member takes, about, without its path.
const ENTRY_BYTES: u64 = 300;

impl<'a, 'b> Archive<'a, 'b> {
    /// Reads the directories.
    pub(super) fn open(part: &Part<'a>, budget: &'b Budget) -> Opened<'a, 'b> {
        let mut archive = Self {
            bytes: part.bytes,
            directories: Vec::new(),
            has_more_ends: false,
            entries: Vec::new(),
            list_ends: Vec::new(),
            broken: None,
            paths: Vec::new(),
            first: HashMap::new(),
            part: part.clone(),
            budget,
            held: Held::empty(budget),
        };
        let mut error = None;
        let ends = ends::directories(part.bytes);
        archive.has_more_ends = ends.is_cut;
        for directory in ends.directories {
            // The end record of a zip that is stored as a member is found too.
            let is_of_member =
                |entry: &Entry<'_>| entry.data_at <= directory.at && directory.end_at < entry.end;
            if archive.entries.iter().any(is_of_member) {
                continue;
            }
            error = archive.list(&directory).err();
            archive.directories.push(directory);
            if error.is_some() {
                break;
            }
        }
        Opened { archive, error }
    }

    fn list(&mut self, directory: &Directory) -> Result<(), ArchiveError> {
        let mut cursor = Cursor::new(self.bytes);
        if cursor.go_to(directory.at).is_err() {
            return Ok(());
        }
        loop {
            let listed = match records::listed(&mut cursor) {
                Ok(Some(listed)) => listed,
                Ok(None) => break,
                Err(leaves) => {
                    self.broken = Some(leaves);
                    break;
                }
            };
            self.budget.member()?;
            let moved = listed.offset.saturating_add(directory.base);
            // Some makers of self-extracting zips write offsets from the start of the file.
            let found =
                records::local(self.bytes, moved).map(|local| (moved, local)).or_else(|| {
                    records::local(self.bytes, listed.offset).map(|local| (listed.offset, local))
                });
            let (start, local) = match found {
                Some((start, local)) => (start, Some(local)),
                None => (moved, None),
            };
            let listing = Listing::Listed { disk: listed.disk, mode: listed.mode };
            self.add(listed.header, local, start, listing)?;
        }
        self.list_ends.push(cursor.at());
        Ok(())
    }

    fn add(
        &mut self,
        header: Header<'a>,
        local: Option<Local<'a>>,
        start: u64,
        listing: Listing,
    ) -> Result<(), ArchiveError> {
        self.budget.name(header.raw_name.len() as u64)?;
        self.held.take(ENTRY_BYTES.saturating_add(header.raw_name.len() as u64))?;
        let path: Arc<str> = header.name().into();
        let data_at = local.map_or(start, |local| local.data_at);
        // Where the two headers differ, the shorter reading counts: what it leaves over is looked
        // at as hidden bytes.
        let packed = match local {
            Some(local) if !local.header.has_later_sizes() => {
                header.packed.min(local.header.packed)
            }
            Some(_) | None => header.packed,
        };
        let data_end = data_at.saturating_add(packed).min(self.bytes.len() as u64);
        let descriptor = match local {
            Some(local) if local.header.has_later_sizes() => {
                records::descriptor_length(self.bytes, data_end, &header)
            }
            Some(_) | None => 0,
        };
        let end = data_end.saturating_add(descriptor);
        self.first.entry(Arc::clone(&path)).or_insert(self.paths.len());
        self.paths.push(Arc::clone(&path));
        self.entries.push(Entry { path, header, local, start, end, data_at, listing });
        Ok(())
    }

    /// Adds the members whose headers lie in a run of bytes that no listed member has.
    pub(super) fn add_hidden(&mut self, from: u64, to: u64) -> Result<(), ArchiveError> {
        let end = usize::try_from(to).unwrap_or(usize::MAX).min(self.bytes.len());
        let within = self.bytes.get(..end).unwrap_or_default();
        let finder = memmem::Finder::new(LOCAL);
        let mut at = usize::try_from(from).unwrap_or(usize::MAX);
        while let Some(found) = within.get(at..).and_then(|rest| finder.find(rest)) {
            let start = at.saturating_add(found);
            at = start.saturating_add(LOCAL.len());
            let Some(local) = records::local(within, start as u64) else { continue };
            self.budget.member()?;
            let mut header = local.header;
            if header.has_later_sizes() && header.packed == 0 {
                header.packed = length_to_next(within, local.data_at);
            }
            self.add(header, Some(local), start as u64, Listing::Hidden)?;
            let reached = self.entries.last().map_or(0, |entry| entry.end);
            at = at.max(usize::try_from(reached).unwrap_or(usize::MAX));
        }
        Ok(())
    }

    /// The packed bytes from a place on, as many as are there.
    pub(super) fn data(&self, at: u64, length: u64) -> &'a [u8] {
        let start = usize::try_from(at).unwrap_or(usize::MAX);
        let rest = self.bytes.get(start..).unwrap_or_default();
        let length = usize::try_from(length).unwrap_or(usize::MAX).min(rest.len());
        rest.get(..length).unwrap_or_default()
    }
}

/// What opening came to: the members so far, and the limit that ended it.
pub(super) struct Opened<'a, 'b> {
    pub(super) archive: Archive<'a, 'b>,
    pub(super) error: Option<ArchiveError>,
}

/// How many bytes there are before the next record.
fn length_to_next(bytes: &[u8], at: u64) -> u64 {
    let start = usize::try_from(at).unwrap_or(usize::MAX);
    let rest = bytes.get(start..).unwrap_or_default();
    let is_record = |found: &usize| {
        let record = rest.get(*found..).unwrap_or_default();
        [LOCAL, LISTED, DESCRIPTOR].iter().any(|magic| record.starts_with(*magic))
    };
    memmem::find_iter(rest, b"PK").find(is_record).unwrap_or(rest.len()) as u64
}

impl Members for Archive<'_, '_> {
    fn paths(&self) -> &[Arc<str>] {
        &self.paths
    }

    fn content(
        &self,
        path: &str,
        examination: &mut Examination<'_>,
    ) -> Option<members::Content<'_>> {
        let entry = self.entries.get(*self.first.get(path)?)?;
        let Header { method, packed, plain, .. } = entry.header;
        let data = self.data(entry.data_at, packed);
        let outcome = content::unpack(method, data, plain, self.budget);
        if let Some(error) = outcome.error {
            examination.unread(self.part.inside(path, &[]).whole(), &error);
            return None;
        }
        Some(match outcome.content {
            Content::Stored(bytes) => members::Content::Stored(bytes),
            Content::Unpacked(held) => members::Content::Unpacked(held),
        })
    }
}
