//! What a found file is, and so which room reads it.
//!
//! One variant per room of readers. A room has a table of its own formats; here the tables meet.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use mainstay_archives::ArchiveError;
use mainstay_artifacts::{Artifact, Format as Archive};
use mainstay_distributions::{Database, database_of};
use mainstay_installed::Tree;
use mainstay_lockfiles::{Format, Role, format_of};
use mainstay_reading::{Input, Inventory, ReadError};
use mainstay_sboms::SbomFile;
use mainstay_types::Ecosystem;

use crate::statements::has_vex_name;

/// What a source is.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    /// A lockfile or manifest.
    Lockfile(&'static Format),
    /// An SBOM.
    Sbom(&'static SbomFile),
    /// A package archive, or a program.
    Artifact(&'static Archive),
    /// The package database of a distribution.
    Database(&'static Database),
    /// A container image.
    Image(ImageForm),
    /// A folder that a package manager filled.
    Tree(&'static Tree),
    /// A model file, or something that wraps one.
    Model,
}

/// The format of every model file in reports; which one it is says `mainstay model show`.
pub(crate) const MODEL: &str = "model";

/// Where an image lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ImageForm {
    /// In a tar, packed or not.
    Archive,
    /// In the folder of an `oci-layout`.
    Folder,
}

/// What reads a source.
#[derive(Clone, Copy)]
pub(crate) enum Reader {
    /// It is given the whole file.
    Whole(WholeFile),
    /// It reads the file where it lies.
    InPlace(fn(&Artifact<'_>) -> Result<Inventory, ArchiveError>),
    /// It is many sources.
    Image(ImageForm),
    /// It goes through a folder.
    Tree(&'static Tree),
    /// It is examined as a model, with what lies beside it.
    Model,
}

/// What reads a file that is given to it whole.
#[derive(Clone, Copy)]
pub(crate) enum WholeFile {
    Lockfile(&'static Format),
    Other(fn(&Input<'_>) -> Result<Inventory, ReadError>),
}

impl WholeFile {
    pub(crate) fn read(self, input: &Input<'_>) -> Result<Inventory, ReadError> {
        match self {
            Self::Lockfile(format) => format.read(input),
            Self::Other(read) => read(input),
        }
    }
}

impl Kind {
    /// A built program that has a record of what it was built from.
    pub(crate) const PROGRAM: Self = Self::Artifact(&mainstay_artifacts::PROGRAM);

    /// The kind that a path tells: relative to the scanned root, with `/`.
    pub(crate) fn of_path(path: &str) -> Option<Self> {
        if path.rsplit('/').next() == Some(mainstay_images::MARKER) {
            return Some(Self::Image(ImageForm::Folder));
        }
        // A VEX document in CycloneDX has the ending of an SBOM, and lists no packages.
        if has_vex_name(path.rsplit('/').next().unwrap_or(path)) {
            return None;
        }
        let lockfile = format_of(path).map(Self::Lockfile);
        lockfile
            .or_else(|| mainstay_sboms::file_of(path).map(Self::Sbom))
            .or_else(|| mainstay_artifacts::format_of(path).map(Self::Artifact))
            .or_else(|| database_of(path).map(Self::Database))
    }

    /// Whether a file is an image, by its content: its name may be that of any archive. For a file
    /// that the user named.
    pub(crate) fn of_image(path: &Path) -> Option<Self> {
        let file = path.is_file().then(|| File::open(path).ok())??;
        mainstay_images::begins_image(Box::new(file)).then_some(Self::Image(ImageForm::Archive))
    }

    /// The kind that the beginning of a file tells. For a file that the user named.
    pub(crate) fn of_beginning(path: &Path) -> Option<Self> {
        /// A document tells its standard near its beginning, if not in its first line.
        const ENOUGH: u64 = 1 << 20;
        // A named pipe would block its opener for ever, so the kind is asked first.
        if !path.is_file() {
            return None;
        }
        let mut beginning = Vec::new();
        File::open(path).ok()?.take(ENOUGH).read_to_end(&mut beginning).ok()?;
        let archive = mainstay_artifacts::format_of_content(&beginning).map(Self::Artifact);
        archive.or_else(|| mainstay_sboms::file_beginning(&beginning).map(Self::Sbom))
    }

    /// The stable name of its format in reports.
    pub(crate) fn format_id(self) -> &'static str {
        match self {
            Self::Lockfile(format) => format.id,
            Self::Sbom(file) => file.id,
            Self::Artifact(format) => format.id,
            Self::Database(database) => database.id,
            Self::Image(_) => mainstay_images::FORMAT,
            Self::Tree(tree) => tree.id,
            Self::Model => MODEL,
        }
    }

    /// What reads a file of this kind.
    pub(crate) fn reader(self) -> Reader {
        match self {
            Self::Lockfile(format) => Reader::Whole(WholeFile::Lockfile(format)),
            Self::Sbom(_) => Reader::Whole(WholeFile::Other(mainstay_sboms::read)),
            Self::Artifact(format) => Reader::InPlace(format.read),
            Self::Database(database) => Reader::Whole(WholeFile::Other(database.read)),
            Self::Image(form) => Reader::Image(form),
            Self::Tree(tree) => Reader::Tree(tree),
            Self::Model => Reader::Model,
        }
    }

    /// For a manifest, the names of the lockfiles that would answer for it.
    pub(crate) fn locked_by(self) -> Option<&'static [&'static str]> {
        match self {
            Self::Lockfile(format) => match format.role {
                Role::Manifest { locked_by } => Some(locked_by),
                Role::Lockfile => None,
            },
            Self::Sbom(_)
            | Self::Artifact(_)
            | Self::Database(_)
            | Self::Image(_)
            | Self::Tree(_)
            | Self::Model => None,
        }
    }

    /// Whether its checksums are those of the published file, as in what package managers record of
    /// what they installed. An SBOM locks nothing: its checksum may be of another artifact.
    pub(crate) fn is_about_published_file(self) -> bool {
        match self {
            Self::Lockfile(_) | Self::Artifact(_) | Self::Tree(_) => true,
            Self::Sbom(_) | Self::Database(_) | Self::Image(_) | Self::Model => false,
        }
    }

    /// The ecosystem whose installer reads this file: its rules say what is a door for dependency
    /// confusion. `None` when no installer does.
    pub(crate) fn installed_by(self) -> Option<Ecosystem> {
        match self {
            Self::Lockfile(format) => Some(format.ecosystem),
            Self::Sbom(_)
            | Self::Artifact(_)
            | Self::Database(_)
            | Self::Image(_)
            | Self::Tree(_)
            | Self::Model => None,
        }
    }
}
