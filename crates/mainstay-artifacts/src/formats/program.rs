//! Built programs: what Go's linker and cargo-auditable write into them.
//!
//! A program is told by its content, since its name says nothing. What it carries is a record of
//! the build: exactly what is inside, no more and no less. A program without a record does not say
//! what it was built from, and that is a gap. One program may have records of both, as one in Rust
//! that has a library in Go.

mod go;
mod rust;

use std::collections::HashSet;

use mainstay_archives::{ArchiveError, ReadAt};
use mainstay_reading::{Inventory, Place};

use crate::format::Artifact;
use crate::program::{Program, bytes_at, programs};
use crate::shipment::Shipment;

/// Whether a program has a record of what it was built from, or may have one behind a limit or what
/// the disk does not give: then reading it says so. A program that is damaged has none.
pub fn names_its_packages(source: &dyn ReadAt) -> bool {
    let has_record = || {
        for program in programs(source)? {
            if !program.rust.is_empty() || go::find(source, &program)?.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    };
    has_record().unwrap_or_else(|error: ArchiveError| {
        error.kind != mainstay_archives::ArchiveErrorKind::Damaged
    })
}

/// The most bytes of all records of a file together, as they lie there and unpacked. The programs of
/// a fat file have one each, and whoever wants to fill memory has as many sections as he likes.
const RECORDS: u64 = 16 << 20;
/// What a record counts at least, so that empty ones end too.
const RECORD: u64 = 4 << 10;

pub(crate) fn read(artifact: &Artifact<'_>) -> Result<Inventory, ArchiveError> {
    let mut records = Records::of(artifact.source);
    for program in programs(artifact.source)? {
        records.take(&program)?;
    }
    if records.is_silent {
        silent(artifact.source, &mut records.shipment)?;
    }
    Ok(records.shipment.finish())
}

/// The records of a file while they are read.
struct Records<'s> {
    source: &'s dyn ReadAt,
    shipment: Shipment,
    /// The programs of a fat file mostly say the same.
    seen: HashSet<Vec<u8>>,
    /// What is left of [`RECORDS`]. `None` once that was not enough.
    left: Option<u64>,
    /// Whether no record was met, not even one that cannot be read.
    is_silent: bool,
}

impl<'s> Records<'s> {
    fn of(source: &'s dyn ReadAt) -> Self {
        let (shipment, seen) = (Shipment::default(), HashSet::new());
        Self { source, shipment, seen, left: Some(RECORDS), is_silent: true }
    }

    /// Takes what one program says.
    fn take(&mut self, program: &Program) -> Result<(), ArchiveError> {
        if let Some(found) = go::find(self.source, program)? {
            self.is_silent = false;
            match go::record(self.source, program, found) {
                Ok(record) => {
                    let bytes = record.bytes();
                    if self.spend(bytes.len() as u64) && self.seen.insert(bytes) {
                        go::tell(&record, &mut self.shipment);
                    }
                }
                Err(error) => self.shipment.unread(Place::default(), &error),
            }
        }
        for span in &program.rust {
            self.is_silent = false;
            if !self.spend(span.size) {
                break;
            }
            match rust::record(self.source, *span) {
                Ok(record) => self.take_rust(record),
                Err(error) => self.shipment.unread(Place::default(), &error),
            }
        }
        Ok(())
    }

    fn take_rust(&mut self, record: Vec<u8>) {
        if self.seen.contains(&record) {
            return;
        }
        let unpacked = rust::tell(&record, self.left.unwrap_or(0), &mut self.shipment);
        self.seen.insert(record);
        self.spend(unpacked);
    }

    /// Whether that many bytes of records may still be read. Says it once when they may not.
    fn spend(&mut self, bytes: u64) -> bool {
        let Some(left) = self.left else { return false };
        self.left = left.checked_sub(bytes.max(RECORD));
        if self.left.is_none() {
            let message = format!("its records have more than {RECORDS} bytes together");
            self.shipment.unread(Place::default(), &ArchiveError::spent(message));
        }
        self.left.is_some()
    }
}

/// A program that says nothing.
fn silent(source: &dyn ReadAt, shipment: &mut Shipment) -> Result<(), ArchiveError> {
    // UPX marks the head of what it packs.
    let head = bytes_at(source, 0, 4096)?;
    let (reason, advice) = if memchr::memmem::find(&head, b"UPX!").is_some() {
        (
            "the program is packed by UPX, and what it says of itself is packed with it",
            "unpack a copy with `upx -d`, and scan that",
        )
    } else {
        (
            "the program does not say what it was built from",
            "scan its sources, its lockfile or its SBOM; a program in Rust says it when it is \
             built with `cargo auditable build`, one in Go when the go command builds it in \
             module mode",
        )
    };
    shipment.gap(Place::default(), reason, advice);
    Ok(())
}
