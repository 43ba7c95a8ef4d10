//! Tarballs of packages: opened once, read by what they hold.
//!
//! npm, PyPI and crates.io all ship a gzipped tar with one folder at its top. The file in that
//! folder says whose it is.

use std::io::Read;

use mainstay_archives::{
    ArchiveError, Container, Held, MemberKind, Packing, SNIFFED, SourceReader, Tar, TarUse, unpack,
};
use mainstay_reading::Inventory;

use super::{crate_file, npm_tarball, sdist};
use crate::format::Artifact;
use crate::shipment::{Shipment, Within};

/// A tarball after reading: the files that say something, in the order of the archive.
pub(crate) struct Tarball<'b> {
    pub(crate) files: Vec<(String, Held<'b>)>,
    pub(crate) shipment: Shipment,
    /// The room that the paths take.
    room: Held<'b>,
}

/// How much memory a file takes beside its path and its content, about.
const FILE_BYTES: u64 = 100;

impl Tarball<'_> {
    /// A file in the folder at the top: its whole path and its content. Of several the last one
    /// counts, as it does for npm, which takes the folder at the top away and writes one file over
    /// the other.
    pub(crate) fn at_top(&self, name: &str) -> Option<(&str, &[u8])> {
        let mut files = self.files.iter().rev();
        let file = files.find(|(path, _)| is_at_top(path, name));
        file.map(|(path, held)| (path.as_str(), &**held))
    }

    /// Notes when several files could say who the package is: not all tools take the same one.
    pub(crate) fn judge_top(&mut self, name: &str) {
        let count = self.files.iter().filter(|(path, _)| is_at_top(path, name)).count();
        if count > 1 {
            let place = self.at_top(name).map(|(path, _)| Within::default().place(path));
            let reason = format!(
                "{count} files could be the {name} of the package; this one was taken, and tools \
                 may take another"
            );
            self.shipment.gap(place.unwrap_or_default(), reason, LOOK);
        }
    }

    /// Notes an identity that the package has for another package manager.
    fn other_identity(&mut self, name: &str, taken_as: &str) {
        if let Some((path, _)) = self.at_top(name) {
            let place = Within::default().place(path);
            let reason = format!(
                "it was read as {taken_as}; who it is for whoever installs it by this file was \
                 not looked at"
            );
            self.shipment.gap(place, reason, LOOK);
        }
    }
}

const LOOK: &str = "look at the archive by hand, or get the package from its registry again";

fn is_at_top(path: &str, name: &str) -> bool {
    path.split_once('/').is_some_and(|(_, rest)| rest == name)
}

/// The ending says whose a tarball is: npm writes `.tgz`, and PEP 625 wants `.tar.gz`. Where it says
/// something that the content does not fit, the content counts. Cargo takes a crate by neither name,
/// so `Cargo.toml` counts where nothing else does: sources of both others may have one.
pub(crate) fn read(artifact: &Artifact<'_>) -> Result<Inventory, ArchiveError> {
    let mut tarball = open(artifact)?;
    let has = |name: &str| tarball.at_top(name).is_some();
    let (is_python, is_npm) = (has("PKG-INFO"), has("package.json"));
    let is_tgz = artifact.file_name.to_ascii_lowercase().ends_with(".tgz");
    if is_npm && (is_tgz || !is_python) {
        npm_tarball::tell(artifact, &mut tarball)?;
        tarball.judge_top("package.json");
        tarball.other_identity("PKG-INFO", "npm's package");
    } else if is_python {
        sdist::tell(artifact, &mut tarball);
        tarball.judge_top("PKG-INFO");
        tarball.other_identity("package.json", "a source distribution of PyPI");
    } else if has("Cargo.toml") {
        crate_file::tell(artifact, &mut tarball)?;
    } else {
        let reason = "it holds no package that is known (no PKG-INFO, Cargo.toml or package.json)";
        let advice = "leave it out with `exclude` in mainstay.toml if it is no package";
        tarball.shipment.gap(Within::default().own_place(), reason, advice);
    }
    Ok(tarball.shipment.finish())
}

/// Opens a tarball and reads what may say something about packages.
pub(crate) fn open<'b>(artifact: &Artifact<'b>) -> Result<Tarball<'b>, ArchiveError> {
    let _depth = artifact.budget.enter()?;
    let mut reader =
        unpack(packing(artifact)?, SourceReader::new(artifact.source), artifact.budget);
    let mut tarball = Tarball {
        files: Vec::new(),
        shipment: Shipment::of(artifact),
        room: Held::empty(artifact.budget),
    };
    let within = Within::default();
    let mut tar = Tar::new(&mut reader, TarUse::Package, artifact.budget);
    let ended = tarball.collect(&mut tar, &within);
    let notes = tar.take_notes();
    tarball.shipment.notes(&within, notes);
    tarball.shipment.notes(&within, reader.notes());
    match ended {
        Err(error) if tarball.files.is_empty() => Err(error),
        ended => {
            if let Err(error) = ended {
                tarball.shipment.unread(within.own_place(), &error);
            }
            Ok(tarball)
        }
    }
}

impl<'b> Tarball<'b> {
    fn collect(
        &mut self,
        tar: &mut Tar<'b, impl Read>,
        within: &Within,
    ) -> Result<(), ArchiveError> {
        while let Some(member) = tar.next_member()? {
            let path = member.path.as_str();
            match member.kind {
                MemberKind::File => {
                    self.shipment.set_aside(within, path);
                    self.shipment.pass(within, path);
                    if says_something(path) {
                        self.room.take(FILE_BYTES + path.len() as u64)?;
                        self.files.push((path.to_owned(), tar.read_content()?));
                    } else if self.shipment.shows(path) {
                        self.shipment.show(within, path, &tar.read_content()?);
                    }
                }
                // npm leaves links out, others follow them.
                MemberKind::Symlink(_) | MemberKind::HardLink(_) => {
                    self.shipment.pass(within, path);
                    if says_something(path) {
                        let reason = "it is a link; what it leads to was not read";
                        self.shipment.gap(within.place(path), reason, LOOK);
                    }
                }
                MemberKind::Folder | MemberKind::Device => {}
            }
        }
        Ok(())
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
