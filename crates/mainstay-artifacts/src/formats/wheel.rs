//! Wheels of Python.
//!
//! Format: "Binary distribution format" of the `PyPA` specifications (PEP 427), RECORD as in
//! "Recording installed projects" (PEP 376, PEP 627).

mod record;

use mainstay_archives::{ArchiveError, Zip};
use mainstay_metadata::core_metadata;
use mainstay_reading::{AnomalyCode, Inventory};
use mainstay_types::Ecosystem::PyPi;

use super::jar;
use crate::file_name::{claims_another, stem};
use crate::format::Artifact;
use crate::formats::sdist;
use crate::shipment::{Shipment, Within};

pub(crate) fn read(artifact: &Artifact<'_>) -> Result<Inventory, ArchiveError> {
    let _depth = artifact.budget.enter()?;
    let mut zip = Zip::open(artifact.source, artifact.budget)?;
    let mut shipment = Shipment::of(artifact);
    let within = Within::default();
    shipment.notes(&within, zip.take_notes());
    for member in zip.members() {
        shipment.set_aside(&within, member.member.path.as_str());
        jar::pass_others(member, &within, &mut shipment);
    }
    let metadata = zip.members().iter().filter(|one| is_metadata(one.member.path.as_str()));
    let metadata: Vec<_> = metadata.collect();
    match metadata.as_slice() {
        [one] => {
            let path = one.member.path.as_str();
            match zip.read(one, artifact.budget) {
                Ok(held) => own(artifact, path, &held, &mut shipment),
                Err(error) => shipment.unread(within.place(path), &error),
            }
            let folder = path.trim_end_matches("METADATA");
            record::compare(&zip, folder, artifact.budget, &mut shipment);
        }
        found => {
            let reason = match found.len() {
                0 => {
                    "there is no METADATA in a .dist-info folder: which package it is is not known"
                }
                _ => "there are several .dist-info folders: which package it is is not known",
            };
            let advice = "build the wheel again; installers refuse it too";
            shipment.gap(within.own_place(), reason, advice);
        }
    }
    shipment.show_members(&zip, &within, artifact.budget);
    jar::read_nested(&zip, &within, &mut shipment, artifact.budget);
    Ok(shipment.finish())
}

/// `NAME-VERSION.dist-info/METADATA` at the top.
pub(crate) fn is_metadata(path: &str) -> bool {
    path.strip_suffix(".dist-info/METADATA").is_some_and(|folder| !folder.contains('/'))
}

fn own(artifact: &Artifact<'_>, path: &str, metadata: &[u8], shipment: &mut Shipment) {
    let within = Within::default();
    let identity = core_metadata::read(metadata);
    let position = match identity.entry(PyPi, within.place(path)) {
        Ok(entry) => shipment.push(entry),
        Err(error) => return shipment.misread(within.place(path), &error),
    };
    let (name, version) = (identity.name.unwrap_or_default(), identity.version.unwrap_or_default());
    let stem = stem(artifact.file_name, &[".whl"]);
    if claims_another(stem, &[format!("{name}-{version}")]) {
        let message = format!("the file is named \"{stem}\" and says inside: {name} {version}");
        shipment.anomaly(AnomalyCode::WrongName, Some(position), within.place(path), message);
    }
    shipment.needs_more(within.place(path), sdist::required(metadata));
}
