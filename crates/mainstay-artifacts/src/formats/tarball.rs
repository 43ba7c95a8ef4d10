//! Tarballs of packages: opened once, read by what they hold.
//!
//! npm, PyPI and crates.io all ship a gzipped tar with one folder at its top. The file in that
//! folder says whose it is.

use mainstay_archives::{
    ArchiveError, Container, Held, Packing, SNIFFED, SourceReader, Tar, TarUse, unpack,
};
use mainstay_reading::Inventory;

use super::{crate_file, npm_tarball, sdist};
use crate::format::Artifact;
use crate::shipment::{Shipment, Within, collect};

/// A tarball after reading: the files that say something, in the order of the archive.
pub(crate) struct Tarball<'b> {
    pub(crate) files: Vec<(String, Held<'b>)>,
    pub(crate) shipment: Shipment,
}

impl Tarball<'_> {
    /// A file in the folder at the top: its whole path and its content.
    pub(crate) fn at_top(&self, name: &str) -> Option<(&str, &[u8])> {
        let file = self
            .files
            .iter()
            .find(|(path, _)| path.split_once('/').is_some_and(|(_, rest)| rest == name));
        file.map(|(path, held)| (path.as_str(), &**held))
    }
}

pub(crate) fn read(artifact: &Artifact<'_>) -> Result<Inventory, ArchiveError> {
    let mut tarball = open(artifact)?;
    if tarball.at_top("PKG-INFO").is_some() {
        sdist::tell(artifact, &mut tarball);
    } else if tarball.at_top("Cargo.toml").is_some() {
        crate_file::tell(artifact, &mut tarball)?;
    } else if tarball.at_top("package.json").is_some() {
        npm_tarball::tell(artifact, &mut tarball)?;
    } else {
        let reason = "it holds no package that is known (no PKG-INFO, Cargo.toml or package.json)";
        let advice = "leave it out with `exclude` in mainstay.toml if it is no package";
        tarball.shipment.gap(Within::default().own_place(), reason, advice);
    }
    Ok(tarball.shipment.inventory)
}

/// Opens a tarball and reads what may say something about packages.
pub(crate) fn open<'b>(artifact: &Artifact<'b>) -> Result<Tarball<'b>, ArchiveError> {
    let _depth = artifact.budget.enter()?;
    let mut reader =
        unpack(packing(artifact)?, SourceReader::new(artifact.source), artifact.budget);
    let mut shipment = Shipment::default();
    let within = Within::default();
    let mut tar = Tar::new(&mut reader, TarUse::Package, artifact.budget);
    let mut aside = Vec::new();
    let (files, ended) = collect(&mut tar, |path| {
        aside.push(path.to_owned());
        says_something(path)
    });
    let notes = tar.take_notes();
    shipment.notes(&within, notes);
    shipment.notes(&within, reader.notes());
    for path in aside {
        shipment.set_aside(&within, &path);
    }
    match ended {
        Err(error) if files.is_empty() => Err(error),
        ended => {
            if let Err(error) = ended {
                shipment.unread(within.own_place(), &error);
            }
            Ok(Tarball { files, shipment })
        }
    }
}

/// How the file is packed, by its first bytes.
fn packing(artifact: &Artifact<'_>) -> Result<Packing, ArchiveError> {
    let length = artifact.source.length().min(SNIFFED as u64);
    let mut first = vec![0; usize::try_from(length).unwrap_or(0)];
    artifact.source.read_exact_at(&mut first, 0)?;
    match Container::of_bytes(&first) {
        Some(Container::Packed(packing)) => Ok(packing),
        Some(Container::Tar) => Ok(Packing::Plain),
        Some(Container::NotRead(name)) => {
            Err(ArchiveError::unsupported(format!("it is packed with {name}, which is not read")))
        }
        Some(Container::Zip) => Err(ArchiveError::damaged("it is a zip and no tarball")),
        None => Err(ArchiveError::damaged("it is no tarball")),
    }
}

fn says_something(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let folders = path.matches('/').count();
    match name {
        "PKG-INFO" | "Cargo.toml" => folders == 1,
        "package.json" => folders == 1 || path.contains("/node_modules/"),
        _ => false,
    }
}
