//! The record of cargo-auditable: every crate that was compiled in, and what needs what.
//!
//! Format: `PARSING.md` and the JSON schema of cargo-auditable. The section `.dep-v0` holds JSON,
//! packed by zlib (RFC 1950). A linker that joins a program and a library with a record each puts
//! one behind the other, so several are read. The standard library of Rust is not recorded.

use std::io::Read as _;

use flate2::bufread::ZlibDecoder;
use mainstay_archives::{ArchiveError, ReadAt};
use mainstay_reading::json::{self, Text};
use mainstay_reading::{
    Entry, Member, Origin, Place, ReadError, ReadErrorKind, decode, entry, exact,
};
use mainstay_types::{Ecosystem, PackageName, Scope, SourceUrl};
use serde::Deserialize;

use crate::program::{Span, bytes_at};
use crate::shipment::Shipment;

/// The most bytes of a section; real ones have some kilobytes.
const PACKED: u64 = 8 << 20;
/// The most bytes of the records of a section once they are unpacked: cargo-auditable's own limit.
const UNPACKED: u64 = 8 << 20;
/// The most records in one section.
const RECORDS: usize = 64;

/// Reads a section, still packed.
pub(crate) fn record(source: &dyn ReadAt, span: Span) -> Result<Vec<u8>, ArchiveError> {
    if span.size > PACKED {
        let message =
            format!("the record of cargo-auditable has {} bytes; limit {PACKED}", span.size);
        return Err(ArchiveError::spent(message));
    }
    if span.offset.checked_add(span.size).is_none_or(|end| end > source.length()) {
        let message = "the record of cargo-auditable leads out of the file";
        return Err(ArchiveError::damaged(message));
    }
    bytes_at(source, span.offset, span.size)
}

/// Puts the records of a section into an inventory, as far as they have no more bytes unpacked than
/// the limit. Gives how many they have.
pub(crate) fn tell(section: &[u8], limit: u64, shipment: &mut Shipment) -> u64 {
    let (mut rest, mut unpacked) = (section, 0);
    let limit = limit.min(UNPACKED);
    for number in 0..=RECORDS {
        // Linkers fill up with zeros; no stream begins with one.
        let start = rest.iter().position(|byte| *byte != 0);
        let Some(packed) = start.and_then(|start| rest.get(start..)) else {
            if number == 0 {
                let reason = "the record of cargo-auditable is empty";
                shipment.gap(Place::default(), reason, REBUILD);
            }
            return unpacked;
        };
        if number == RECORDS {
            let reason = format!("it has more than {RECORDS} records of cargo-auditable");
            shipment.gap(Place::default(), reason, REBUILD);
            return unpacked;
        }
        match unpack(packed, limit.saturating_sub(unpacked)) {
            Ok((text, behind)) => {
                rest = behind;
                unpacked += text.len() as u64;
                if let Err(error) = tell_one(&text, shipment) {
                    shipment.misread(Place::default(), &error);
                }
            }
            // Without its end, nobody knows where the next begins.
            Err(error) => {
                shipment.unread(Place::default(), &error);
                return unpacked;
            }
        }
    }
    unpacked
}

const REBUILD: &str = "build it with `cargo auditable build` again, or scan its Cargo.lock";

/// Unpacks one record; what lies behind it is left.
fn unpack(packed: &[u8], limit: u64) -> Result<(Vec<u8>, &[u8]), ArchiveError> {
    let mut decoder = ZlibDecoder::new(packed);
    let mut text = Vec::new();
    decoder.by_ref().take(limit.saturating_add(1)).read_to_end(&mut text)?;
    if text.len() as u64 > limit {
        let message = format!("the record has more than {limit} bytes unpacked");
        return Err(ArchiveError::spent(message));
    }
    Ok((text, decoder.into_inner()))
}

#[derive(Deserialize)]
struct Record<'t> {
    #[serde(borrow)]
    packages: Vec<Package<'t>>,
}

#[derive(Deserialize)]
struct Package<'t> {
    #[serde(borrow)]
    name: Text<'t>,
    #[serde(borrow)]
    version: Text<'t>,
    #[serde(borrow)]
    source: Text<'t>,
    #[serde(borrow, default)]
    kind: Option<Text<'t>>,
    /// Positions in the list of packages.
    #[serde(default)]
    dependencies: Vec<u64>,
    /// Whether it is the program itself.
    #[serde(default)]
    root: bool,
}

impl Package<'_> {
    /// Where its content comes from. `None` for the project's own.
    fn origin(&self) -> Option<Origin> {
        match &*self.source {
            "local" => None,
            "crates.io" => Some(Origin::registry()),
            // The record does not say which repository.
            "git" => Some(Origin::Git { url: SourceUrl::new(""), commit: None }),
            // Nor which `registry`: what crates.io has under that name may be something else.
            other => Some(Origin::Url(SourceUrl::new(other))),
        }
    }

    fn scope(&self) -> Scope {
        match self.kind.as_deref() {
            Some("build") => Scope::Build,
            Some(_) | None => Scope::Runtime,
        }
    }
}

fn tell_one(text: &[u8], shipment: &mut Shipment) -> Result<(), ReadError> {
    let text = decode(text)?;
    let record: Record<'_> = json::parse(&text)?;
    // Nothing is taken from a record of which a part is wrong.
    let read = record.packages.iter().map(read_one).collect::<Result<Vec<_>, _>>()?;
    let positions: Vec<Option<u32>> = read
        .into_iter()
        .map(|one| match one {
            One::Entry(entry) => Some(shipment.push(*entry)),
            One::Member(member) => {
                shipment.inventory.members.push(member);
                None
            }
        })
        .collect();
    let lost = link(&record, &positions, shipment);
    if lost > 0 {
        let reason = format!("{lost} needs in the record lead to no package of it");
        shipment.gap(Place::default(), reason, REBUILD);
    }
    let roots = record.packages.iter().filter(|package| package.root).count();
    if roots != 1 {
        let reason = format!(
            "the record says of {roots} packages that they are the program itself: what is \
             needed directly is not known"
        );
        shipment.gap(Place::default(), reason, REBUILD);
    }
    Ok(())
}

/// A package of the record, as an inventory holds it.
enum One {
    Entry(Box<Entry>),
    Member(Member),
}

fn read_one(package: &Package<'_>) -> Result<One, ReadError> {
    let Some(origin) = package.origin() else {
        let name = PackageName::parse(Ecosystem::CratesIo, &package.name)
            .map_err(|error| ReadError::new(ReadErrorKind::Shape, error.to_string()))?;
        return Ok(One::Member(Member { name: Some(name), path: None }));
    };
    let version = exact(&package.version);
    let entry = entry(Ecosystem::CratesIo, &package.name, version, Place::default())?;
    Ok(One::Entry(Box::new(Entry { origin, scope: package.scope(), ..entry })))
}

/// Joins the edges, and says what is needed directly: by the program, or by the project's other
/// members. Gives how many edges lead nowhere.
fn link(record: &Record<'_>, positions: &[Option<u32>], shipment: &mut Shipment) -> usize {
    let mut lost = 0;
    let tells_direct = record.packages.iter().any(|package| package.root);
    let packages = &mut shipment.inventory.packages;
    let mut at = |position: u32, change: &mut dyn FnMut(&mut Entry)| {
        let found = usize::try_from(position).ok().and_then(|at| packages.get_mut(at));
        found.into_iter().for_each(change);
    };
    for position in positions.iter().flatten().filter(|_| tells_direct) {
        at(*position, &mut |entry| entry.direct = Some(false));
    }
    for (package, from) in record.packages.iter().zip(positions) {
        if let Some(from) = from
            && package.root
        {
            at(*from, &mut |entry| entry.direct = Some(true));
        }
        for wanted in &package.dependencies {
            let target = usize::try_from(*wanted).ok().and_then(|wanted| positions.get(wanted));
            match (from, target) {
                (_, None) => lost += 1,
                (Some(from), Some(Some(target))) => {
                    at(*from, &mut |entry| entry.needs.push(*target));
                }
                (None, Some(Some(target))) if tells_direct => {
                    at(*target, &mut |entry| entry.direct = Some(true));
                }
                (_, Some(_)) => {}
            }
        }
    }
    lost
}
