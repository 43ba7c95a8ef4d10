//! zip, as PyTorch reads it and as Python does: directory and local headers, both readings.
//!
//! Format: PKWARE APPNOTE 6.3.10 (<https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT>).
//! `torch.save`, `np.savez`, Keras 3, skops, TorchServe and torch.package write it. Nothing that a
//! reader may overlook hides a member: flags, checksums, names that differ, members that no
//! directory lists, bytes before, between and behind are told, and everything is examined whatever
//! its name is (CVE-2025-1889). Only checksums of what is at most 4 MiB, or packed, are computed:
//! weights have gigabytes, and PyTorch does not look at them either.

mod archive;
mod content;
mod ends;
mod layout;
mod odd;
mod records;

use std::collections::HashSet;
use std::sync::Arc;

use flate2::Crc;
use mainstay_archives::ArchiveErrorKind;
use mainstay_reading::{Danger, DangerCode};

use self::archive::{Archive, Entry, Listing, Opened};
use self::content::Outcome;
use self::layout::Unlisted;
use self::records::{ENCRYPTED, Header};
use super::members;
use crate::cursor::Leaves;
use crate::examination::Examination;
use crate::format::{Beginning, Format, Likeness, Role, ending_of};
use crate::formats::{torch_zip, torchscript};
use crate::front_door;
use crate::part::Part;

pub(crate) const FORMAT: Format = Format {
    id: "zip",
    title: "a zip archive",
    // `.tar` is what examples of PyTorch call a checkpoint (`model.pth.tar`), and `.pkl` what
    // fastai calls one.
    role: Role::Wrapping,
    endings: &[
        "zip",
        "npz",
        "keras",
        "pt",
        "pth",
        "ckpt",
        "mar",
        "skops",
        "pkl",
        "pickle",
        "tar",
        "pte",
        "mlmodel",
        "mlpackage",
    ],
    likeness,
    read,
};

/// Stored members up to this size have their checksum computed.
const SUMMED: u64 = 4 << 20;

fn likeness(beginning: &Beginning<'_>) -> Likeness {
    let bytes = beginning.bytes;
    let has_magic =
        [records::LOCAL, ends::END, b"PK\x06\x06"].iter().any(|magic| bytes.starts_with(*magic));
    if has_magic || bytes.starts_with(b"PK00PK\x03\x04") {
        Likeness::Certain
    } else if beginning.is_whole() && ends_file(beginning) {
        Likeness::Possible
    } else {
        Likeness::No
    }
}

/// Whether a zip is what the file is, behind bytes of no format: its end record is the last of the
/// file, or the name promises a zip or a model, whose readers look for the end record further up
/// too.
fn ends_file(beginning: &Beginning<'_>) -> bool {
    let is_promised = || beginning.ending() == "zip" || front_door::has_model_name(beginning.name);
    is_at_end(beginning.bytes) && (is_exact(beginning.bytes) || is_promised())
}

/// Whether nothing follows the end record.
fn is_exact(bytes: &[u8]) -> bool {
    ends::directories(bytes)
        .directories
        .first()
        .is_some_and(|first| first.end_to == bytes.len() as u64)
}

/// Whether a zip with members ends the bytes, whatever they begin with.
fn is_at_end(bytes: &[u8]) -> bool {
    ends::directories(bytes).directories.iter().any(|directory| {
        let start = usize::try_from(directory.at).unwrap_or(usize::MAX);
        bytes.get(start..).is_some_and(|rest| rest.starts_with(records::LISTED))
    })
}

fn read(part: &Part<'_>, examination: &mut Examination<'_>) {
    read_archive(part, Before::New, examination);
}

/// Looks for a zip at the end of a file of another format: readers of zips go by the end, so it is
/// both. Archives and packed streams may hold one there as their content.
pub(crate) fn read_behind(format: &Format, part: &Part<'_>, examination: &mut Examination<'_>) {
    let holds_others = [
        "zip",
        "tar",
        "gzip",
        "bzip2",
        "xz",
        "lzma",
        "zstd",
        "lz4",
        "7z",
        "zlib",
        "joblib-zf",
        "llamafile",
    ];
    if holds_others.contains(&format.id) || !is_at_end(part.bytes) {
        return;
    }
    if is_exact(part.bytes) {
        let message = format!(
            "the file is {} and a zip archive at once: which of them is loaded is up to the reader",
            format.title
        );
        examination.danger(Danger::new(DangerCode::OddContainer, part.whole(), message));
    }
    read_archive(part, Before::Examined, examination);
}

/// Reads the zip at the end of a program that carries one. Whether there is one.
pub(crate) fn read_at_end(part: &Part<'_>, examination: &mut Examination<'_>) -> bool {
    let is_there = is_at_end(part.bytes);
    if is_there {
        read_archive(part, Before::Examined, examination);
    }
    is_there
}

/// What stands before the first member.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    /// Nobody looked at it.
    New,
    /// It is of another format, which was examined.
    Examined,
}

fn read_archive(part: &Part<'_>, before: Before, examination: &mut Examination<'_>) {
    let Opened { mut archive, error } = Archive::open(part, examination.budget);
    let unlisted = if let Some(error) = error {
        // What was not listed any more is no danger of the zip.
        examination.unread(part.whole(), &error);
        Vec::new()
    } else {
        judge_directories(&archive, part, examination);
        layout::judge(&mut archive, part, examination)
    };
    let mut walk = Walk {
        archive: &archive,
        part,
        left: allowance(part),
        paths: HashSet::new(),
        runs: HashSet::new(),
        is_torchscript: torchscript::is_of(&archive),
    };
    for entry in &archive.entries {
        walk.examine(entry, examination);
    }
    for run in unlisted {
        if before == Before::New || run.start > 0 {
            examine_unlisted(run, &archive, part, examination);
        }
    }
    members::read_flavours(part, &archive, examination);
}

/// How many packed bytes are looked at: as many as the file has, and some more for members that
/// overlap. Else a small file could list its own bytes a million times.
fn allowance(part: &Part<'_>) -> u64 {
    (part.bytes.len() as u64).saturating_mul(4).saturating_add(1 << 20)
}

fn judge_directories(
    archive: &Archive<'_, '_>,
    part: &Part<'_>,
    examination: &mut Examination<'_>,
) {
    let Some(first) = archive.directories.first() else {
        let message = "the zip has no directory at its end: it is cut off, or made so that only \
                       some readers see its members";
        let danger = Danger::new(DangerCode::Malformed, part.whole(), message);
        return examination.danger(danger);
    };
    if archive.has_more_ends {
        let reason = "the zip has more directories than are looked at";
        examination.gap(part.at(first.at), reason, "do not use it: no tool writes such a zip");
    }
    if let Some(leaves) = archive.broken {
        examination.leaves(part, "the directory of the zip", leaves);
    }
    let mut say = |at: u64, message: String| {
        examination.danger(Danger::new(DangerCode::OddContainer, part.at(at), message));
    };
    if let Some(second) = archive.directories.get(1) {
        let message = "the zip has more than one directory: which members there are is up to the \
                       reader";
        say(second.at, message.to_owned());
    }
    let is_listed = |entry: &&Entry<'_>| entry.listing != Listing::Hidden;
    let listed = archive.entries.iter().filter(is_listed).count() as u64;
    let is_counted = first.members == listed || first.members == listed % 0x1_0000;
    if archive.directories.len() == 1 && archive.broken.is_none() && !is_counted {
        let message = format!(
            "the end of the zip counts {} members, and its directory lists {listed}",
            first.members
        );
        say(first.end_at, message);
    }
    let (at, length) = first.comment;
    let comment = part.run(at, length);
    if !comment.bytes.is_empty() {
        examination.enter_numbers(&comment);
    }
}

/// Bytes that no member has.
fn examine_unlisted(
    run: Unlisted,
    archive: &Archive<'_, '_>,
    part: &Part<'_>,
    examination: &mut Examination<'_>,
) {
    let bytes = part.run(run.start, run.end.saturating_sub(run.start));
    let is_behind = run.end == part.bytes.len() as u64;
    let is_program = [b"#!".as_slice(), b"MZ", b"\x7FELF", b"jartsr"]
        .iter()
        .any(|magic| bytes.bytes.starts_with(magic));
    // Without a directory there is nothing that could list them.
    if !(archive.directories.is_empty() || (run.start == 0 && is_program)) {
        let place = match (run.start, is_behind) {
            (0, _) => "stand before the zip",
            (_, true) => "follow behind the end of the zip",
            (_, false) => "lie between the members of the zip",
        };
        let message =
            format!("{} bytes {place}, and only some readers see them", bytes.bytes.len());
        examination.danger(Danger::new(DangerCode::OddContainer, bytes.at(0), message));
    }
    examination.enter(&bytes);
}

/// A walk over the members.
struct Walk<'w, 'a, 'b> {
    archive: &'w Archive<'a, 'b>,
    part: &'w Part<'a>,
    /// How many packed bytes may still be looked at.
    left: u64,
    paths: HashSet<Arc<str>>,
    /// Where the data begin, how long they are, their method, and the ending of the name: the same
    /// bytes are looked at once.
    runs: HashSet<(u64, u64, u16, String)>,
    /// Whether what looks like Python in `code` is TorchScript.
    is_torchscript: bool,
}

impl<'a> Walk<'_, 'a, '_> {
    fn examine(&mut self, entry: &Entry<'a>, examination: &mut Examination<'_>) {
        // Without a directory every member is one that no directory lists.
        let is_plain = entry.listing == Listing::Hidden && self.archive.directories.is_empty();
        if !is_plain {
            odd::judge(entry, self.part, examination);
        }
        if entry.listing != Listing::Hidden && !self.paths.insert(Arc::clone(&entry.path)) {
            let what = "is there twice: which of both is read is up to the reader";
            odd::tell(entry, what, None, self.part, examination);
        }
        self.reading(entry, &entry.header, examination);
        if let Some(local) = &entry.local {
            let own = &local.header;
            let is_stated = !own.has_later_sizes() || own.packed > 0;
            let differs = own.method != entry.header.method || own.packed != entry.header.packed;
            if is_stated && differs && entry.listing != Listing::Hidden {
                self.reading(entry, own, examination);
            } else if own.raw_name != entry.header.raw_name {
                let named = Entry { path: own.name().into(), ..*entry };
                self.reading(&named, &entry.header, examination);
            }
        }
    }

    /// Looks at the content of a member, as one of its headers describes it.
    fn reading(
        &mut self,
        entry: &Entry<'a>,
        header: &Header<'_>,
        examination: &mut Examination<'_>,
    ) {
        let data = self.archive.data(entry.data_at, header.packed);
        if (data.len() as u64) < header.packed && entry.local.is_some() {
            let left = data.len() as u64;
            let leaves = Leaves { at: entry.data_at, wanted: header.packed, left };
            let what = format!("the member {:?}", super::paths::shown(&entry.path));
            examination.leaves(self.part, &what, leaves);
        }
        let ending = ending_of(&entry.path).into_owned();
        if !self.runs.insert((entry.data_at, header.packed, header.method, ending)) {
            return;
        }
        let Some(left) = self.left.checked_sub(data.len() as u64) else {
            let reason = "the members of the zip share so many bytes that not all are looked at";
            let advice = ArchiveErrorKind::Spent.advice();
            return examination.gap(self.part.whole(), reason, advice);
        };
        self.left = left;
        let outcome = content::unpack(header.method, data, header.plain, examination.budget);
        self.check(entry, header, data, &outcome, examination);
        self.enter(entry, header, data, &outcome, examination);
    }

    /// Compares what was unpacked with what the header says.
    fn check(
        &self,
        entry: &Entry<'_>,
        header: &Header<'_>,
        data: &[u8],
        outcome: &Outcome<'_, '_>,
        examination: &mut Examination<'_>,
    ) {
        // What a member without its own header and size is, nobody says.
        let is_stated = entry.local.is_some() && !self.archive.directories.is_empty();
        if outcome.error.is_some() || !is_stated {
            return;
        }
        let mut say = |what: &str, advisory| {
            odd::tell(entry, what, advisory, self.part, examination);
        };
        let length = outcome.content.len() as u64;
        let has_sizes = entry.listing != Listing::Hidden || !header.has_later_sizes();
        if length != header.plain && has_sizes {
            say(&format!("has {length} bytes where {} are due", header.plain), None);
        }
        if outcome.taken < data.len() as u64 {
            say("has bytes behind its packed data", None);
        }
        let is_summed = header.method != content::STORED || length <= SUMMED;
        if is_summed && has_sizes && checksum(&outcome.content) != header.crc {
            let what = "does not fit its checksum: readers that check it refuse the member, and \
                        PyTorch loads it";
            say(what, Some(odd::CHECKSUM_LIES));
        }
        if let Listing::Listed { mode, .. } = entry.listing
            && mode & 0o170_000 == 0o120_000
            && let Some(what) = super::paths::oddity(&String::from_utf8_lossy(&outcome.content))
        {
            say(&format!("is a link to a path that {what}"), None);
        }
    }

    /// Gives what was unpacked to the front door.
    fn enter(
        &self,
        entry: &Entry<'_>,
        header: &Header<'_>,
        data: &[u8],
        outcome: &Outcome<'_, '_>,
        examination: &mut Examination<'_>,
    ) {
        let inner = self.part.inside(&entry.path, &outcome.content);
        let is_encrypted = header.flags & ENCRYPTED != 0;
        match &outcome.error {
            None if torch_zip::holds_numbers(&entry.path) => examination.enter_numbers(&inner),
            None if self.is_torchscript && torchscript::is_code(&entry.path) => {
                examination.enter_certain(&inner);
            }
            None if is_encrypted => {
                if !front_door::enter(&inner, examination) && !inner.bytes.is_empty() {
                    examination.gap(inner.whole(), "it is encrypted", UNPACK);
                }
            }
            None => {
                examination.enter(&inner);
                let behind = self.part.inside(&entry.path, data).from(outcome.taken);
                examination.enter_numbers(&behind);
            }
            Some(_) if is_encrypted => examination.gap(inner.whole(), "it is encrypted", UNPACK),
            Some(error) => {
                if error.kind == ArchiveErrorKind::Damaged {
                    let message = format!(
                        "the member cannot be unpacked to its end ({}): a loader runs what came \
                         before it notices",
                        error.message
                    );
                    examination.danger(Danger::new(DangerCode::Malformed, inner.whole(), message));
                } else {
                    examination.unread(inner.whole(), error);
                }
                examination.enter_beginning(&inner);
                // The method may lie: as they are, the bytes may be a file too.
                examination.enter_numbers(&self.part.inside(&entry.path, data));
            }
        }
    }
}

const UNPACK: &str = "unpack it by hand and scan the result";

fn checksum(bytes: &[u8]) -> u32 {
    let mut crc = Crc::new();
    crc.update(bytes);
    crc.sum()
}
