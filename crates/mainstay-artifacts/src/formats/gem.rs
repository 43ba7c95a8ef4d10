//! Gems of Ruby.
//!
//! Format: RubyGems, `Gem::Package`: a tar with `metadata.gz` (the specification as YAML),
//! `data.tar.gz` (the files) and `checksums.yaml.gz` (checksums of the other two).

use std::collections::BTreeMap;
use std::io::Read;

use mainstay_archives::{
    ArchiveError, Budget, Held, MemberKind, Packing, SourceReader, Tar, TarUse, unpack,
};
use mainstay_reading::{AnomalyCode, Inventory, ReadError, decode, entry, exact, yaml};
use mainstay_types::DigestAlgorithm;
use mainstay_types::Ecosystem::RubyGems;
use serde::Deserialize;

use crate::digests::{self, Hashing};
use crate::file_name::{claims_another, stem};
use crate::format::Artifact;
use crate::shipment::{Shipment, Within};

const ALGORITHMS: &[DigestAlgorithm] =
    &[DigestAlgorithm::Sha1, DigestAlgorithm::Sha256, DigestAlgorithm::Sha512];

/// The most bytes of a file that is read to learn about the gem.
const FACTS_BYTES: u64 = 16 << 20;

/// Checksums by file: as they are, and as `checksums.yaml` states them.
type Sums = BTreeMap<String, Vec<(DigestAlgorithm, Vec<u8>)>>;

pub(crate) fn read(artifact: &Artifact<'_>) -> Result<Inventory, ArchiveError> {
    let _depth = artifact.budget.enter()?;
    let within = Within::default();
    let mut shipment = Shipment::of(artifact);
    let mut tar = Tar::new(SourceReader::new(artifact.source), TarUse::Package, artifact.budget);
    let mut sums = Sums::new();
    let (mut metadata, mut stated) = (None, None);
    while let Some(member) = tar.next_member()? {
        let path = member.path.as_str();
        if matches!(path, "metadata.gz" | "data.tar.gz" | "metadata") {
            let mut hashing = Hashing::new(tar.content(), ALGORITHMS);
            if path == "data.tar.gz" {
                read_data(&mut hashing, &within.enter(path), artifact.budget, &mut shipment);
            } else {
                let packing = if path == "metadata" { Packing::Plain } else { Packing::Gzip };
                metadata = Some((path.to_owned(), whole(packing, &mut hashing, artifact.budget)?));
            }
            sums.insert(path.to_owned(), hashing.finish()?);
        } else if path == "checksums.yaml.gz" {
            stated = Some(whole(Packing::Gzip, &mut tar.content(), artifact.budget)?);
        }
    }
    shipment.notes(&within, tar.take_notes());
    if let Some((path, held)) = metadata {
        own(artifact, &path, &held, &mut shipment)?;
    } else {
        let reason = "there is no metadata.gz: which package it is is not known";
        shipment.gap(within.own_place(), reason, "get the gem from its registry again");
    }
    if !sums.contains_key("data.tar.gz") {
        let reason = "there is no data.tar.gz: what the gem installs is not known";
        shipment.gap(within.own_place(), reason, "get the gem from its registry again");
    }
    compare(&sums, stated.as_deref(), &within, &mut shipment);
    Ok(shipment.finish())
}

/// Reads a small file to its end.
fn whole<'b>(
    packing: Packing,
    reader: &mut (impl Read + Send),
    budget: &'b Budget,
) -> Result<Held<'b>, ArchiveError> {
    let mut bytes = Vec::new();
    let mut limited = unpack(packing, reader, budget).take(FACTS_BYTES + 1);
    limited.read_to_end(&mut bytes)?;
    if bytes.len() as u64 > FACTS_BYTES {
        let message = format!("it has more than {FACTS_BYTES} bytes unpacked");
        return Err(ArchiveError::spent(message));
    }
    budget.hold(bytes)
}

/// The files of the gem: only their paths count.
fn read_data(
    reader: &mut (impl Read + Send),
    within: &Within,
    budget: &Budget,
    shipment: &mut Shipment,
) {
    let mut stream = unpack(Packing::Gzip, reader, budget);
    let mut tar = Tar::new(&mut stream, TarUse::Package, budget);
    let read = (|| {
        while let Some(member) = tar.next_member()? {
            let path = member.path.as_str();
            shipment.set_aside(within, path);
            if member.kind != MemberKind::Folder {
                shipment.pass(within, path);
            }
            if member.kind == MemberKind::File && shipment.shows(path) {
                shipment.show(within, path, &tar.read_content()?);
            }
        }
        Ok::<(), ArchiveError>(())
    })();
    let notes = tar.take_notes();
    shipment.notes(within, notes);
    shipment.notes(within, stream.notes());
    if let Err(error) = read {
        shipment.unread(within.own_place(), &error);
    }
}

/// The specification, as Psych writes it: its tags say nothing that its shape does not.
#[derive(Deserialize)]
struct Specification {
    name: String,
    version: Version,
    #[serde(default)]
    platform: Option<String>,
    #[serde(default)]
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Version {
    version: String,
}

#[derive(Deserialize)]
struct Dependency {
    #[serde(rename = "type", default)]
    kind: Option<String>,
}

fn own(
    artifact: &Artifact<'_>,
    path: &str,
    metadata: &[u8],
    shipment: &mut Shipment,
) -> Result<(), ArchiveError> {
    let within = Within::default();
    let place = within.place(path);
    let read = decode(metadata).and_then(|text| yaml::parse::<Specification>(&text)).and_then(
        |specification| {
            let version = exact(&specification.version.version);
            let entry = entry(RubyGems, &specification.name, version, place.clone())?;
            Ok((entry, specification))
        },
    );
    let (mut entry, specification) = match read {
        Ok(read) => read,
        Err(error) => {
            shipment.misread(place, &error);
            return Ok(());
        }
    };
    entry.checksums.extend(digests::of_file(artifact, DigestAlgorithm::Sha256)?);
    let position = shipment.push(entry);
    let Specification { name, version: Version { version }, platform, dependencies } =
        specification;
    let stem = stem(artifact.file_name, &[".gem"]);
    let mut expected = vec![format!("{name}-{version}")];
    expected.extend(platform.map(|platform| format!("{name}-{version}-{platform}")));
    if claims_another(stem, &expected) {
        let message = format!("the file is named \"{stem}\" and says inside: {name} {version}");
        shipment.anomaly(AnomalyCode::WrongName, Some(position), place.clone(), message);
    }
    let is_needed =
        |one: &&Dependency| !one.kind.as_deref().is_some_and(|kind| kind.ends_with("development"));
    shipment.needs_more(place, dependencies.iter().filter(is_needed).count());
    Ok(())
}

fn compare(sums: &Sums, stated: Option<&[u8]>, within: &Within, shipment: &mut Shipment) {
    let Some(stated) = stated else {
        let reason = "there is no checksums.yaml.gz: whether the content is what was built is not \
                      known";
        return shipment.gap(within.own_place(), reason, "get the gem from its registry again");
    };
    let place = within.place("checksums.yaml.gz");
    match differences(sums, stated) {
        Ok(Compared { differences, without }) => {
            for (path, name) in differences {
                let message = format!("{path} does not fit its {name} in checksums.yaml.gz");
                shipment.anomaly(AnomalyCode::WrongContent, None, within.place(&path), message);
            }
            for path in without {
                let reason = format!("it gives {path} no checksum that could be compared");
                shipment.gap(place.clone(), reason, "get the gem from its registry again");
            }
        }
        Err(error) => shipment.misread(place, &error),
    }
}

/// What comparing came to.
#[derive(Default)]
struct Compared {
    /// Files that do not fit, and by which algorithm.
    differences: Vec<(String, &'static str)>,
    /// Files for which there is nothing to compare.
    without: Vec<String>,
}

fn differences(sums: &Sums, stated: &[u8]) -> Result<Compared, ReadError> {
    let text = decode(stated)?;
    let stated: BTreeMap<String, BTreeMap<String, String>> = yaml::parse(&text)?;
    let mut compared = Compared::default();
    for (path, own) in sums {
        let mut has_any = false;
        for (algorithm, bytes) in own {
            let by_name = stated
                .iter()
                .find(|(name, _)| DigestAlgorithm::from_name(name) == Some(*algorithm));
            let Some(hex) = by_name.and_then(|(_, files)| files.get(path)) else { continue };
            has_any = true;
            let fits = mainstay_types::Digest::from_hex(*algorithm, hex.trim())
                .is_ok_and(|digest| digest.bytes() == bytes.as_slice());
            if !fits {
                compared.differences.push((path.clone(), algorithm.name()));
            }
        }
        if !has_any {
            compared.without.push(path.clone());
        }
    }
    Ok(compared)
}
