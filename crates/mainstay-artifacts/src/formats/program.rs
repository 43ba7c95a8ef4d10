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
use crate::program::{bytes_at, programs};
use crate::shipment::Shipment;

/// Whether a program has a record of what it was built from, or may have one behind a limit: then
/// reading it says so. A program that is damaged has none.
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
        error.kind == mainstay_archives::ArchiveErrorKind::Spent
    })
}

pub(crate) fn read(artifact: &Artifact<'_>) -> Result<Inventory, ArchiveError> {
    let mut shipment = Shipment::default();
    // The programs of a fat file mostly say the same.
    let mut seen = HashSet::new();
    let mut is_silent = true;
    for program in programs(artifact.source)? {
        if let Some(found) = go::find(artifact.source, &program)? {
            is_silent = false;
            match go::record(artifact.source, &program, found) {
                Ok(record) if !seen.insert(record.bytes()) => {}
                Ok(record) => go::tell(&record, &mut shipment),
                Err(error) => shipment.unread(Place::default(), &error),
            }
        }
        for span in &program.rust {
            is_silent = false;
            match rust::record(artifact.source, *span) {
                Ok(record) if !seen.insert(record.clone()) => {}
                Ok(record) => rust::tell(&record, &mut shipment),
                Err(error) => shipment.unread(Place::default(), &error),
            }
        }
    }
    if is_silent {
        silent(artifact.source, &mut shipment)?;
    }
    Ok(shipment.inventory)
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
