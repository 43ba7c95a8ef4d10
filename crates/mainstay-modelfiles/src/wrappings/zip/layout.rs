//! How the parts of a zip lie in the file: what overlaps, and what no member has.
//!
//! A reader that goes by the directory and one that goes from header to header must see the same.
//! Bytes between the members, before the first one and behind the end may be another file, or
//! members that only some readers see. Zeros are padding.

use mainstay_reading::{Danger, DangerCode};

use super::archive::{Archive, Entry, Listing};
use crate::examination::Examination;
use crate::part::Part;

/// A run of bytes that some record or member has.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Run {
    start: u64,
    end: u64,
    is_member: bool,
}

/// Bytes that nobody has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Unlisted {
    pub(super) start: u64,
    pub(super) end: u64,
}

/// Finds the members that no directory lists, and what is left over then. Says what overlaps.
pub(super) fn judge(
    archive: &mut Archive<'_, '_>,
    part: &Part<'_>,
    examination: &mut Examination<'_>,
) -> Vec<Unlisted> {
    let (listed, overlap) = gaps(archive);
    if let Some(at) = overlap {
        let message = "members of the zip share bytes: readers unpack the same bytes as different \
                       files";
        examination.danger(Danger::new(DangerCode::OddContainer, part.at(at), message));
    }
    if let Err(error) = listed.iter().try_for_each(|run| archive.add_hidden(run.start, run.end)) {
        examination.unread(part.whole(), &error);
    }
    let (mut left, _) = gaps(archive);
    left.retain(|run| {
        let bytes = archive.data(run.start, run.end.saturating_sub(run.start));
        bytes.iter().any(|byte| *byte != 0)
    });
    left
}

/// The runs that nobody has, and the first place where members overlap.
fn gaps(archive: &Archive<'_, '_>) -> (Vec<Unlisted>, Option<u64>) {
    let mut runs: Vec<Run> = archive.entries.iter().filter_map(run_of).collect();
    for (directory, list_end) in archive.directories.iter().zip(&archive.list_ends) {
        runs.push(Run { start: directory.at, end: *list_end, is_member: false });
        runs.push(Run { start: directory.end_at, end: directory.end_to, is_member: false });
    }
    runs.sort_unstable();
    let (mut gaps, mut overlap) = (Vec::new(), None);
    // How far anything reaches, and how far members do.
    let (mut reached, mut members) = (0_u64, 0_u64);
    for run in runs {
        if run.start > reached {
            gaps.push(Unlisted { start: reached, end: run.start });
        }
        if run.start < members {
            overlap = overlap.or(Some(run.start));
        }
        reached = reached.max(run.end);
        if run.is_member {
            members = members.max(run.end);
        }
    }
    let length = archive.bytes.len() as u64;
    if reached < length {
        gaps.push(Unlisted { start: reached, end: length });
    }
    (gaps, overlap)
}

/// What a member takes. A listed one without a header in front takes nothing.
fn run_of(entry: &Entry<'_>) -> Option<Run> {
    let has_header = entry.local.is_some() || entry.listing == Listing::Hidden;
    has_header.then_some(Run { start: entry.start, end: entry.end, is_member: true })
}
