//! Packages of NuGet.
//!
//! Format: the ".nuspec reference" of NuGet: a zip with `ID.nuspec` at its top.

use mainstay_archives::{ArchiveError, MemberKind, Zip};
use mainstay_reading::xml::{self, Element};
use mainstay_reading::{AnomalyCode, Inventory, ReadError, ReadErrorKind, entry, exact};
use mainstay_types::Ecosystem::NuGet;

use crate::file_name::{claims_another, stem};
use crate::format::Artifact;
use crate::shipment::{Shipment, Within};

pub(crate) fn read(artifact: &Artifact<'_>) -> Result<Inventory, ArchiveError> {
    let _depth = artifact.budget.enter()?;
    let mut zip = Zip::open(artifact.source, artifact.budget)?;
    let mut shipment = Shipment::of(artifact);
    let within = Within::default();
    shipment.notes(&within, zip.take_notes());
    for member in zip.members() {
        shipment.set_aside(&within, member.member.path.as_str());
        if member.member.kind != MemberKind::Folder {
            shipment.pass(&within, member.member.path.as_str());
        }
    }
    shipment.show_members(&zip, &within, artifact.budget);
    let Some(nuspec) = zip.members().iter().find(|one| is_nuspec(one.member.path.as_str())) else {
        let reason = "there is no .nuspec at its top: which package it is is not known";
        shipment.gap(within.own_place(), reason, "get the package from its registry again");
        return Ok(shipment.finish());
    };
    let count = zip.members().iter().filter(|one| is_nuspec(one.member.path.as_str())).count();
    let path = nuspec.member.path.as_str();
    if count > 1 {
        let reason = format!(
            "{count} files could be the .nuspec of the package; this one was taken, and tools may \
             take another"
        );
        shipment.gap(within.place(path), reason, "get the package from its registry again");
    }
    match zip.read(nuspec, artifact.budget) {
        Ok(held) => {
            if let Err(error) = own(artifact, path, &held, &mut shipment) {
                shipment.misread(within.place(path), &error);
            }
        }
        Err(error) => shipment.unread(within.place(path), &error),
    }
    Ok(shipment.finish())
}

pub(crate) fn is_nuspec(path: &str) -> bool {
    !path.contains('/') && path.to_ascii_lowercase().ends_with(".nuspec")
}

fn own(
    artifact: &Artifact<'_>,
    path: &str,
    nuspec: &[u8],
    shipment: &mut Shipment,
) -> Result<(), ReadError> {
    let within = Within::default();
    let package = xml::parse(nuspec, "package")?;
    let metadata = package
        .child("metadata")
        .ok_or_else(|| ReadError::new(ReadErrorKind::Shape, "the .nuspec has no <metadata>"))?;
    let text = |name: &str| metadata.child_text(name).unwrap_or_default();
    let (id, version) = (text("id"), text("version"));
    let place = within.place(path);
    let position = shipment.push(entry(NuGet, id, exact(version), place.clone())?);
    let stem = stem(artifact.file_name, &[".nupkg"]);
    // `.` divides both the parts of a name and the name from its version.
    let expected = format!("{id}-{version}");
    if stem.contains(|c: char| c.is_ascii_digit())
        && claims_another(&stem.replace('.', "-"), &[expected])
    {
        let message = format!("the file is named \"{stem}\" and says inside: {id} {version}");
        shipment.anomaly(AnomalyCode::WrongName, Some(position), place.clone(), message);
    }
    shipment.needs_more(place, needs(metadata));
    Ok(())
}

/// How many packages it asks for, each once over all frameworks.
fn needs(metadata: &Element) -> usize {
    let Some(dependencies) = metadata.child("dependencies") else { return 0 };
    let in_groups = dependencies.all("group").flat_map(|group| group.all("dependency"));
    let mut ids: Vec<&str> = dependencies
        .all("dependency")
        .chain(in_groups)
        .filter_map(|one| one.attribute("id"))
        .collect();
    ids.sort_unstable();
    ids.dedup();
    ids.len()
}
