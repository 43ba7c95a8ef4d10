//! Packages: what the sources name, joined over all sources.
//!
//! The same package may stand in several files, and several times in one. In a scan it is one
//! package with several locations. Two packages are the same when name, version and kind of
//! origin agree: a copy from git is not the registry's copy.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use jiff::Timestamp;
use mainstay_images::ImageLayer;
use mainstay_reading::{Entry, LockedVersion, Offset, Origin, Place};
use mainstay_types::{
    BuiltFrom, Digest, Distributed, Licence, PackageName, Purl, Scope, WebAddress,
};

/// Addresses that are kept of one package, over all its copies.
const MOST_FUNDING: usize = 16;

use crate::source::Reading;

/// A package, over all sources.
#[derive(Clone, Debug)]
pub struct Package {
    /// Its name.
    pub name: PackageName,
    /// Its version, or what is asked for.
    pub version: LockedVersion,
    /// Where its content comes from.
    pub origin: Origin,
    /// The strongest reason why it is needed.
    pub scope: Scope,
    /// Whether the project asks for it itself. `None` when no source tells.
    pub direct: Option<bool>,
    /// What is known about it.
    pub status: PackageStatus,
    /// Where it is written.
    pub locations: Vec<Location>,
    /// The checksums that the sources give, without repetition.
    pub checksums: Vec<Digest>,
    /// What the sources say about its licence, without repetition. Empty: nobody says.
    pub licences: Vec<Licence>,
    /// When this version was published: the latest date that a source tells.
    pub released: Option<Timestamp>,
    /// Where its project takes money, by the metadata of installed copies.
    pub funding: Vec<WebAddress>,
}

impl Package {
    /// Its package URL.
    pub fn purl(&self) -> Purl {
        match &self.origin {
            Origin::Distribution(built) => {
                Purl::of_distributed(&self.name, self.version.exact(), built)
            }
            Origin::Registry { .. } | Origin::Git { .. } | Origin::Path(_) | Origin::Url(_) => {
                Purl::of_package(&self.name, self.version.exact())
            }
        }
    }

    /// What it belongs to, for a person: `npm`, or of a distribution `Debian 12, built from
    /// openssl 3.0.11-1`.
    pub fn home(&self) -> String {
        let Origin::Distribution(built) = &self.origin else {
            return self.name.ecosystem().to_string();
        };
        let release = match &built.release {
            Some(release) => release.to_string(),
            None => self.name.ecosystem().to_string(),
        };
        match &built.built_from {
            BuiltFrom::Source(source) if source.name != self.name => {
                format!("{release}, built from {} {}", source.name, source.version)
            }
            BuiltFrom::Source(_) | BuiltFrom::Namesake | BuiltFrom::Unknown => release,
        }
    }

    /// Name and version for a person: `lodash 4.17.20`.
    pub fn label(&self) -> String {
        match &self.version {
            LockedVersion::Exact(version) => format!("{} {version}", self.name),
            LockedVersion::Asked(range) => format!("{} {range}", self.name),
            LockedVersion::Unstated => self.name.to_string(),
        }
    }
}

/// Whether a package was looked up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PackageStatus {
    /// It was looked up in the advisory data of its ecosystem.
    Checked,
    /// It was not, or the answer is not certain.
    Unchecked {
        /// Why, as a sentence without a full stop.
        problem: Cow<'static, str>,
        /// Where the reason lies.
        reason: UncheckedReason,
    },
}

/// Where the reason lies that a package is not checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UncheckedReason {
    /// In the package: nobody could check it, whatever the data.
    Package,
    /// In the advisory data of its ecosystem, for which one unknown speaks for all packages.
    Ecosystem,
    /// In the advisory data, which have nothing on the release of its distribution. One unknown
    /// speaks for all packages of the release.
    Release,
    /// In a damaged part of data that are otherwise there.
    DamagedData,
}

/// Where a package is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location {
    /// The file, as reports show it.
    pub path: Arc<str>,
    /// The path inside the file, when the file is an archive.
    pub member: Option<Arc<str>>,
    /// The line, counted from 1.
    pub line: Option<u32>,
    /// The offset in the file or member, in bytes, where no line tells the place.
    pub offset: Option<Offset>,
    /// The layer of an image that brought it.
    pub layer: Option<Arc<ImageLayer>>,
    /// Position of the source in the list of readings.
    pub(crate) reading: usize,
    /// Position of the entry in that source.
    pub(crate) entry: u32,
}

impl Location {
    /// The place of an entry of a reading; both by their positions too.
    pub(crate) fn of(place: &Place, reading: &Reading, position: usize, entry: u32) -> Self {
        let shown = reading.shown_place(place.file.as_deref());
        let (path, member) = reading.divided(shown, place.member.as_ref());
        let at = usize::try_from(entry).ok();
        let layer = at.and_then(|at| reading.layers.get(at)).cloned();
        let Place { line, offset, .. } = *place;
        Self { path, member, line, offset, layer, reading: position, entry }
    }
}

impl fmt::Display for Location {
    /// `path:line`, `path!/member:line`, or `path (byte 17)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&place_text(&self.path, self.member.as_deref(), self.line))?;
        match self.offset {
            Some(offset) => write!(f, " (byte {})", offset.bytes()),
            None => Ok(()),
        }
    }
}

/// `path:line`, or `path!/member:line` for a place inside an archive.
pub(crate) fn place_text(path: &str, member: Option<&str>, line: Option<u32>) -> String {
    let member = member.map(|member| format!("!/{member}")).unwrap_or_default();
    let line = line.map(|line| format!(":{line}")).unwrap_or_default();
    format!("{path}{member}{line}")
}

/// Joins the packages of all readings, in the order in which they were met.
pub(crate) fn join(readings: &[Reading]) -> Vec<Package> {
    let entries = readings.iter().filter_map(|reading| reading.outcome.as_ref().ok());
    let entries = entries.map(|inventory| inventory.packages.len()).sum();
    let mut packages: Vec<Package> = Vec::with_capacity(entries);
    let mut known: HashMap<Identity<'_>, usize> = HashMap::with_capacity(entries);
    let mut told: HashMap<usize, Told<'_>> = HashMap::new();
    for (position, reading) in readings.iter().enumerate() {
        let Ok(inventory) = &reading.outcome else { continue };
        for (entry, number) in inventory.packages.iter().zip(0_u32..) {
            let next = packages.len();
            let at = *known.entry(Identity::of(entry)).or_insert(next);
            if at == next {
                packages.push(Package::of(entry));
            }
            let Some(package) = packages.get_mut(at) else { continue };
            package.meet(entry);
            let location = || Location::of(&entry.place, reading, position, number);
            // Most packages are met once, with one checksum: there nothing can repeat.
            if at == next && entry.checksums.len() <= 1 {
                // A list that is pushed to, or extended, has room for four.
                package.locations = vec![location()];
                package.checksums.clone_from(&entry.checksums);
                package.licences = entry.licence.iter().cloned().collect();
                continue;
            }
            let told = told.entry(at).or_insert_with(|| Told::of(readings, package));
            // A file may name a package twice at one place (two platforms of one gem).
            if told.places.insert((position, &entry.place)) {
                package.locations.push(location());
            }
            let new = entry.checksums.iter().filter(|one| told.checksums.insert(*one));
            package.checksums.extend(new.cloned());
            let new = entry.licence.iter().filter(|one| told.licences.insert(*one));
            package.licences.extend(new.cloned());
        }
    }
    fund(readings, &mut packages);
    packages
}

/// Adds where projects take money, each address once.
fn fund(readings: &[Reading], packages: &mut [Package]) {
    let told = |reading: &Reading| reading.outcome.as_ref().is_ok_and(|it| !it.funding.is_empty());
    if !readings.iter().any(told) {
        return;
    }
    let places = by_place(packages);
    for (position, reading) in readings.iter().enumerate() {
        let funding = reading.outcome.as_ref().map(|it| &*it.funding).unwrap_or_default();
        for (entry, address) in funding {
            let at = places.get(&(position, *entry));
            let Some(package) = at.and_then(|at| packages.get_mut(*at)) else { continue };
            if package.funding.len() < MOST_FUNDING && !package.funding.contains(address) {
                package.funding.push(address.clone());
            }
        }
    }
}

/// For each reading, the package of each of its entries: positions in what [`join`] gives.
pub(crate) fn positions(readings: &[Reading]) -> Vec<Vec<usize>> {
    let mut known: HashMap<Identity<'_>, usize> = HashMap::new();
    let mut all = Vec::with_capacity(readings.len());
    for reading in readings {
        let entries = reading.outcome.as_ref().map(|it| &*it.packages).unwrap_or_default();
        let position = |entry| {
            let next = known.len();
            *known.entry(Identity::of(entry)).or_insert(next)
        };
        all.push(entries.iter().map(position).collect());
    }
    all
}

/// The package at each place: by the positions of the reading and of the entry in it.
pub(crate) fn by_place(packages: &[Package]) -> HashMap<(usize, u32), usize> {
    packages
        .iter()
        .enumerate()
        .flat_map(|(at, package)| {
            package.locations.iter().map(move |place| ((place.reading, place.entry), at))
        })
        .collect()
}

/// What was already told of a package that is met again. A hostile file may name one package a
/// hundred thousand times, so repetition is found without looking through what is there.
struct Told<'r> {
    places: HashSet<(usize, &'r Place)>,
    checksums: HashSet<&'r Digest>,
    licences: HashSet<&'r Licence>,
}

impl<'r> Told<'r> {
    /// What the package's first entry told; nothing if it was not met yet.
    fn of(readings: &'r [Reading], package: &Package) -> Self {
        let (places, checksums, licences) = (HashSet::new(), HashSet::new(), HashSet::new());
        let mut told = Self { places, checksums, licences };
        for place in &package.locations {
            let inventory = readings.get(place.reading).and_then(|it| it.outcome.as_ref().ok());
            let entries = inventory.map(|inventory| &*inventory.packages).unwrap_or_default();
            let entry = usize::try_from(place.entry).ok().and_then(|at| entries.get(at));
            if let Some(entry) = entry {
                told.places.insert((place.reading, &entry.place));
                told.checksums.extend(&entry.checksums);
                told.licences.extend(&entry.licence);
            }
        }
        told
    }
}

impl Package {
    /// The package as an entry names it, written nowhere yet.
    fn of(entry: &Entry) -> Self {
        Self {
            name: entry.name.clone(),
            version: entry.version.clone(),
            origin: entry.origin.clone(),
            scope: entry.scope,
            direct: entry.direct,
            status: PackageStatus::Unchecked {
                problem: Cow::Borrowed("it was not looked up"),
                reason: UncheckedReason::Package,
            },
            locations: Vec::new(),
            checksums: Vec::new(),
            licences: Vec::new(),
            released: None,
            funding: Vec::new(),
        }
    }

    /// Takes in why another entry needs it.
    fn meet(&mut self, entry: &Entry) {
        self.scope = self.scope.min(entry.scope);
        self.direct = match (self.direct, entry.direct) {
            (Some(true), _) | (_, Some(true)) => Some(true),
            (one, other) => one.or(other),
        };
        self.released = self.released.max(entry.released);
    }
}

/// What makes two entries the same package. An entry stands for what is in it: a document may
/// have some hundred thousand, and each of its keys would weigh more than the place of the entry.
#[derive(Clone, Copy)]
struct Identity<'a>(&'a Entry);

/// The part of an origin that makes a package another one.
#[derive(PartialEq, Eq)]
enum OriginKey<'a> {
    Registry,
    Git(&'a str, Option<&'a str>),
    Path(&'a str),
    Url(&'a str),
    Distribution(&'a Distributed),
}

impl PartialEq for Identity<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.0.name == other.0.name
            && self.0.version == other.0.version
            && self.origin() == other.origin()
    }
}

impl Eq for Identity<'_> {}

/// Of the texts that tell most packages apart; what is left out decides between few.
impl Hash for Identity<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.name.key().hash(state);
        match &self.0.version {
            LockedVersion::Exact(text) | LockedVersion::Asked(text) => Some(text).hash(state),
            LockedVersion::Unstated => None::<&str>.hash(state),
        }
        match self.origin() {
            OriginKey::Registry => {}
            OriginKey::Git(url, commit) => (url, commit).hash(state),
            OriginKey::Path(text) | OriginKey::Url(text) => text.hash(state),
            OriginKey::Distribution(built) => built.hash(state),
        }
    }
}

impl<'a> Identity<'a> {
    fn of(entry: &'a Entry) -> Self {
        Self(entry)
    }

    fn origin(self) -> OriginKey<'a> {
        match &self.0.origin {
            Origin::Registry { .. } => OriginKey::Registry,
            Origin::Git { url, commit } => OriginKey::Git(url.reveal(), commit.as_deref()),
            Origin::Path(path) => OriginKey::Path(path),
            Origin::Url(url) => OriginKey::Url(url.reveal()),
            Origin::Distribution(built) => OriginKey::Distribution(built),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::place_text;

    #[test]
    fn a_place_inside_an_archive_names_the_archive_first() {
        let text = place_text("lib/app.jar", Some("inner.jar!/META-INF/MANIFEST.MF"), Some(3));
        assert_eq!(text, "lib/app.jar!/inner.jar!/META-INF/MANIFEST.MF:3");
    }
}
