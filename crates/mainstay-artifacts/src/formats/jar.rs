//! Java archives: jar, war, ear, aar and their like, with everything nested in them.
//!
//! Formats: the "JAR File Specification" of Java SE; what Maven puts in is described under "Maven
//! Archiver" (`META-INF/maven/GROUP/ARTIFACT/pom.properties`). A shaded jar carries one
//! pom.properties for each project that was merged into it; Spring Boot, war and ear carry whole
//! jars.
//!
//! What is certain, in this order: Maven's own coordinates; else the group from
//! `Implementation-Vendor-Id`, where the file's name and `Implementation-Version` agree; else only
//! the name of the file is known, and a package of that name in no group cannot be looked up: it is
//! listed and stays unchecked.

mod class_file;
mod coordinates;
mod log4j;
mod manifest;
mod own;
mod properties;

use mainstay_archives::{ArchiveError, Budget, Held, MemberKind, ReadAt, Zip, ZipMember};
use mainstay_reading::Inventory;

use crate::format::Artifact;
use crate::shipment::{Shipment, Within};
use coordinates::Coordinates;
use manifest::Manifest;

/// The endings of Java archives. `rar`, `har`, `kar` and `nar` are left out: most files of these
/// names are of another kind.
pub(crate) const ENDINGS: &[&str] =
    &[".jar", ".war", ".ear", ".aar", ".hpi", ".jpi", ".par", ".sar"];

pub(crate) fn read(artifact: &Artifact<'_>) -> Result<Inventory, ArchiveError> {
    let mut shipment = Shipment::of(artifact);
    let within = Within::default();
    read_archive(artifact.source, &within, artifact.file_name, &mut shipment, artifact.budget)?;
    Ok(shipment.finish())
}

/// Whether a member is a Java archive, by its name.
pub(crate) fn is_nested(member: &ZipMember) -> bool {
    let path = member.member.path.as_str();
    member.member.kind != MemberKind::Folder
        && path.rsplit_once('.').is_some_and(|(before, ending)| {
            !before.is_empty()
                && ENDINGS
                    .iter()
                    .any(|one| one.trim_start_matches('.').eq_ignore_ascii_case(ending))
        })
}

/// Takes note of a member that is an archive, and none of Java's.
pub(crate) fn pass_others(member: &ZipMember, within: &Within, shipment: &mut Shipment) {
    if member.member.kind != MemberKind::Folder && !is_nested(member) {
        shipment.pass(within, member.member.path.as_str());
    }
}

/// Reads the Java archives that are members of another archive.
pub(crate) fn read_nested(
    zip: &Zip<'_>,
    within: &Within,
    shipment: &mut Shipment,
    budget: &Budget,
) {
    for member in zip.members().iter().filter(|member| is_nested(member)) {
        let path = member.member.path.as_str();
        let inner = within.enter(path);
        let name = member.member.path.file_name();
        let read = zip
            .read(member, budget)
            .and_then(|held| read_archive(&held, &inner, name, shipment, budget));
        if let Err(error) = read {
            shipment.unread(within.place(path), &error);
        }
    }
}

/// How deep archives are nested is bounded by the budget.
fn read_archive(
    source: &dyn ReadAt,
    within: &Within,
    name: &str,
    shipment: &mut Shipment,
    budget: &Budget,
) -> Result<(), ArchiveError> {
    let _depth = budget.enter()?;
    let mut zip = Zip::open(source, budget)?;
    shipment.notes(within, zip.take_notes());
    let inside = Inside::of(&zip, within, shipment, budget);
    own::identify(&inside, within, name, shipment);
    log4j::look(&zip, &inside, within, shipment, budget);
    shipment.show_members(&zip, within, budget);
    read_nested(&zip, within, shipment, budget);
    Ok(())
}

/// What one archive says of itself.
#[derive(Default)]
struct Inside {
    coordinates: Vec<Coordinates>,
    manifest: Manifest,
    /// Whether there are archives in it: it brings along what it needs.
    has_archives: bool,
    has_classes: bool,
    /// Whether it has a folder that only whole applications have: `WEB-INF` of the Jakarta Servlet
    /// specification, or `BOOT-INF` of Spring Boot.
    is_application: bool,
}

/// The most bytes of a file that is read to learn about the archive.
const FACTS_BYTES: u64 = 4 << 20;

impl Inside {
    fn of(zip: &Zip<'_>, within: &Within, shipment: &mut Shipment, budget: &Budget) -> Self {
        let mut inside = Self::default();
        for member in zip.members() {
            let path = member.member.path.as_str();
            inside.has_archives |= is_nested(member);
            inside.has_classes |= path.rsplit_once('.').is_some_and(|(_, end)| end == "class");
            inside.is_application |= path.starts_with("WEB-INF/") || path.starts_with("BOOT-INF/");
            shipment.set_aside(within, path);
            pass_others(member, within, shipment);
            if path == "META-INF/MANIFEST.MF" {
                if let Some(held) = facts(zip, member, within, shipment, budget) {
                    inside.manifest = Manifest::parse(&held);
                }
            } else if coordinates::is_file(path)
                && let Some(held) = facts(zip, member, within, shipment, budget)
            {
                match Coordinates::read(path, &held) {
                    Ok(found) => inside.coordinates.extend(found),
                    Err(error) => shipment.misread(within.place(path), &error),
                }
            }
        }
        inside.coordinates = coordinates::joined(std::mem::take(&mut inside.coordinates));
        inside
    }
}

/// A small file of the archive; that it could not be read is noted.
fn facts<'b>(
    zip: &Zip<'_>,
    member: &ZipMember,
    within: &Within,
    shipment: &mut Shipment,
    budget: &'b Budget,
) -> Option<Held<'b>> {
    let place = within.place(member.member.path.as_str());
    if member.member.size > FACTS_BYTES {
        let reason = format!("it has {} bytes; the limit is {FACTS_BYTES}", member.member.size);
        shipment.gap(place, reason, "look at the file by hand");
        return None;
    }
    match zip.read(member, budget) {
        Ok(held) => Some(held),
        Err(error) => {
            shipment.unread(place, &error);
            None
        }
    }
}
