//! Crates, as `cargo package` writes them.
//!
//! Format: the Cargo book, "cargo package": a gzipped tar with the folder `NAME-VERSION`, in it a
//! normalised `Cargo.toml`.

use mainstay_archives::ArchiveError;
use mainstay_metadata::cargo_toml;
use mainstay_reading::{AnomalyCode, Inventory, ReadError, decode, toml_file};
use mainstay_types::DigestAlgorithm;
use mainstay_types::Ecosystem::CratesIo;
use serde::Deserialize;

use super::tarball::{self, Tarball};
use crate::digests;
use crate::file_name::{claims_another, stem};
use crate::format::Artifact;
use crate::shipment::Within;

pub(crate) fn read(artifact: &Artifact<'_>) -> Result<Inventory, ArchiveError> {
    let mut tarball = tarball::open(artifact)?;
    tell(artifact, &mut tarball)?;
    Ok(tarball.shipment.finish())
}

pub(crate) fn tell(artifact: &Artifact<'_>, tarball: &mut Tarball<'_>) -> Result<(), ArchiveError> {
    let within = Within::default();
    let Some((path, manifest)) = tarball.at_top("Cargo.toml") else {
        let reason = "there is no Cargo.toml: which package it is is not known";
        tarball.shipment.gap(within.own_place(), reason, "let Cargo package it again");
        return Ok(());
    };
    let place = within.place(path);
    let folder = path.split('/').next().unwrap_or_default().to_owned();
    let identity = cargo_toml::read(manifest);
    let needs = needs(manifest);
    let read = identity
        .and_then(|identity| Ok((identity.entry(CratesIo, place.clone())?, identity, needs?)));
    let (mut entry, identity, needs) = match read {
        Ok(read) => read,
        Err(error) => {
            tarball.shipment.misread(place, &error);
            return Ok(());
        }
    };
    entry.checksums.extend(digests::of_file(artifact, DigestAlgorithm::Sha256)?);
    let position = tarball.shipment.push(entry);
    let (name, version) = (identity.name.unwrap_or_default(), identity.version.unwrap_or_default());
    let expected = [format!("{name}-{version}")];
    for stem in [stem(artifact.file_name, &[".crate", ".tar.gz", ".tgz"]), &folder] {
        if claims_another(stem, &expected) {
            let message = format!("it is named \"{stem}\" and says inside: {name} {version}");
            let code = AnomalyCode::WrongName;
            tarball.shipment.anomaly(code, Some(position), place.clone(), message);
            break;
        }
    }
    tarball.shipment.needs_more(place, needs);
    tarball.judge_top("Cargo.toml");
    Ok(())
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
struct Needs {
    dependencies: toml::Table,
    build_dependencies: toml::Table,
    target: toml::Table,
}

/// How many packages a build asks for: features and platforms are not weighed.
fn needs(manifest: &[u8]) -> Result<usize, ReadError> {
    let needs: Needs = toml_file::parse(&decode(manifest)?)?;
    let of_targets = needs.target.values().flat_map(|target| {
        ["dependencies", "build-dependencies"]
            .into_iter()
            .filter_map(|key| target.get(key)?.as_table().map(toml::Table::len))
    });
    Ok(needs.dependencies.len() + needs.build_dependencies.len() + of_targets.sum::<usize>())
}
