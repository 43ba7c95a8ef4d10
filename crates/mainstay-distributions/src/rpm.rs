//! RPM: the database of installed packages, in the forms that RPM has had.
//!
//! | form | since | here |
//! | --- | --- | --- |
//! | `rpmdb.sqlite` | RPM 4.16 (Fedora 33, Red Hat 9) | `sqlite` |
//! | `Packages.db` (NDB) | SUSE Linux Enterprise 15 SP3 | `ndb` |
//! | `Packages` (Berkeley DB) | before | recognised, and not read |
//!
//! Each is a way to store one header per package; `header` reads that, and `files` what it says of
//! files. The form is told by the content.

mod files;
mod header;
mod ndb;
mod sqlite;

use std::borrow::Cow;

use mainstay_reading::{Input, Inventory, NearbyError, Place, ReadError, ReadErrorKind};
use mainstay_types::{BuiltFrom, Ecosystem, Packaging, SourcePackage};

use crate::installed::{Described, Installed};
use crate::owned::Gathering;
use header::Header;

/// Reads a database that lies so many folders below the root of its system.
pub(crate) fn read<const DEPTH: usize>(input: &Input<'_>) -> Result<Inventory, ReadError> {
    let mut installed = Installed::of(input, DEPTH, Packaging::Rpm);
    if sqlite::is_one(input.bytes) {
        note_unwritten(&mut installed, input);
    }
    let blobs = headers(input.bytes)?;
    for (blob, number) in blobs.iter().zip(1_u64..) {
        match Header::read(blob) {
            Ok(header) => package(&mut installed, &header),
            Err(Damage(problem)) => {
                let reason = format!("the header of package number {number} is damaged: {problem}");
                installed.gap(Place::default(), reason, REBUILD);
            }
        }
    }
    Ok(installed.finish())
}

/// The files of the packages that the reader lists. Each header that does not tell is one of which
/// they are not known.
pub(crate) fn owned(input: &Input<'_>, gathering: &mut Gathering<'_>) -> Result<(), ReadError> {
    for (blob, number) in headers(input.bytes)?.iter().zip(1_u64..) {
        let told = Header::read(blob).and_then(|header| {
            if header.version.is_empty() { Ok(()) } else { files::gather(blob, gathering) }
        });
        if let Err(Damage(problem)) = told {
            let problem = format!("its header is damaged: {problem}");
            gathering.unknown(&format!("package number {number}"), &problem, REBUILD);
        }
    }
    Ok(())
}

/// The headers of a database, each of one package.
fn headers(bytes: &[u8]) -> Result<Vec<Cow<'_, [u8]>>, ReadError> {
    let blobs = if sqlite::is_one(bytes) {
        sqlite::packages(bytes)
    } else if ndb::is_one(bytes) {
        ndb::packages(bytes).map(|blobs| blobs.into_iter().map(Cow::Borrowed).collect())
    } else if is_berkeley(bytes) {
        return Err(ReadError::new(
            ReadErrorKind::UnknownVersion,
            "this is a Berkeley DB, the form of RPM databases before 4.16, which is not read",
        ));
    } else {
        return Err(shape("this is no RPM database of a known form"));
    };
    blobs.map_err(|Damage(problem)| shape(problem))
}

const REBUILD: &str = "let RPM write the database again: `rpmdb --rebuilddb`";

/// What is wrong with a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Damage(&'static str);

fn shape(problem: &str) -> ReadError {
    ReadError::new(ReadErrorKind::Shape, problem)
}

/// `SQLite` keeps changes in a second file until it writes them into the first.
fn note_unwritten(installed: &mut Installed, input: &Input<'_>) {
    let beside = format!("{}-wal", input.file_name);
    let has_any = match input.nearby.read(&beside) {
        Ok(bytes) => !bytes.is_empty(),
        Err(NearbyError::Absent) => false,
        // It is there, and what it holds nobody knows.
        Err(_) => true,
    };
    if has_any {
        let reason = format!("changes that are only in {beside} were not read");
        installed.gap(Place::default(), reason, REBUILD);
    }
}

fn package(installed: &mut Installed, header: &Header<'_>) {
    // Keys that packages are signed with stand among the packages.
    if header.name == "gpg-pubkey" {
        return;
    }
    let version = match header.epoch.filter(|epoch| *epoch > 0) {
        Some(epoch) => format!("{epoch}:{}-{}", header.version, header.release),
        None => format!("{}-{}", header.version, header.release),
    };
    let described = Described {
        name: &header.name,
        version: if header.version.is_empty() { "" } else { &version },
        architecture: Some(&header.architecture),
        licence: Some(&header.licence),
        place: Place::default(),
    };
    let built_from = installed.ecosystem().map(|ecosystem| built_from(ecosystem, header));
    installed.push(&described, built_from.unwrap_or(BuiltFrom::Unknown));
}

fn built_from(ecosystem: Ecosystem, header: &Header<'_>) -> BuiltFrom {
    let epoch = header.epoch.filter(|epoch| *epoch > 0).map(|epoch| epoch.to_string());
    SourcePackage::of_source_rpm(ecosystem, &header.source_rpm, epoch.as_deref())
        .map_or(BuiltFrom::Unknown, BuiltFrom::Source)
}

/// The magic number of a hash or a B-tree of Berkeley DB, in either order of bytes.
fn is_berkeley(bytes: &[u8]) -> bool {
    const MAGIC: [u32; 2] = [0x0006_1561, 0x0005_3162];
    let number = bytes.get(12..16).and_then(|four| four.try_into().ok());
    number.is_some_and(|four: [u8; 4]| {
        MAGIC.contains(&u32::from_le_bytes(four)) || MAGIC.contains(&u32::from_be_bytes(four))
    })
}

/// A big-endian number of four bytes.
fn big(bytes: &[u8], at: usize) -> Option<u32> {
    let four = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_be_bytes(four.try_into().ok()?))
}

/// A little-endian number of four bytes.
fn little(bytes: &[u8], at: usize) -> Option<u32> {
    big(bytes, at).map(u32::swap_bytes)
}

#[cfg(test)]
mod tests;
