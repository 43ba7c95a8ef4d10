//! Cargo.lock, versions 1 to 4: the closure that Cargo resolved for a workspace.
//!
//! Format: <https://doc.rust-lang.org/cargo/guide/cargo-toml-vs-cargo-lock.html>; the encoding is
//! described by Cargo's own `resolver::encode`. Version 1 keeps checksums in `[metadata]`, and
//! the oldest files keep the project itself in `[root]`; versions 1 and 2 carry no number. An
//! entry without a source is a package of the project itself (or lies on its disk).

mod plain;

use std::cell::LazyCell;
use std::cmp::Ordering;
use std::collections::HashMap;

use mainstay_reading::{
    Entry, Gap, Input, Inventory, Irregularity, Lines, LockedVersion, Member, Origin, Place,
    ReadError, ReadErrorKind, decode,
    json::{Object, Text},
    toml_file,
};
use mainstay_types::{Digest, DigestAlgorithm, Ecosystem, PackageName, Scope, SourceUrl};
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::ending;
use crate::formats::cargo_toml;
use crate::formats::scopes::Reasons;

/// The newest version of the format that is understood.
const NEWEST: i64 = 4;

/// Reads a Cargo.lock.
pub(crate) fn read(input: &Input<'_>) -> Result<Inventory, ReadError> {
    let text = input.text()?;
    let document = match plain::read(&text) {
        Some(document) => document,
        None => toml_file::parse(&text)?,
    };
    if let Some(version) = document.version.filter(|version| !(1..=NEWEST).contains(version)) {
        return Err(ReadError::new(
            ReadErrorKind::UnknownVersion,
            format!("version {version} of Cargo.lock is not known; the newest known is {NEWEST}"),
        ));
    }
    Ok(Reading::new(&text, &document)?.finish(input))
}

#[derive(Debug, Default, PartialEq, Deserialize)]
struct Document<'t> {
    version: Option<i64>,
    #[serde(borrow, default)]
    package: Vec<Package<'t>>,
    #[serde(borrow)]
    root: Option<Package<'t>>,
    #[serde(borrow, default)]
    metadata: Object<'t, Text<'t>>,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Package<'t> {
    #[serde(borrow)]
    name: Text<'t>,
    #[serde(borrow)]
    version: Text<'t>,
    #[serde(borrow)]
    source: Option<Text<'t>>,
    #[serde(borrow)]
    checksum: Option<Text<'t>>,
    #[serde(borrow, default)]
    dependencies: Vec<Text<'t>>,
}

impl Package<'_> {
    fn source(&self) -> Option<&str> {
        self.source.as_deref()
    }
}

/// Name, version and source: what makes a package one of its kind.
type Key<'d> = (&'d str, &'d str, Option<&'d str>);

/// One reading: the packages as the file has them, and what is known about their names.
struct Reading<'d, 't> {
    lines: Lines<'t>,
    /// The root of an old file first, then the packages.
    packages: Vec<&'d Package<'t>>,
    /// For each package, its position among the entries; `None` is a member.
    positions: Vec<Option<u32>>,
    /// The packages sorted by name, version and source, for look-ups without a scan.
    sorted: Vec<(Key<'d>, usize)>,
    /// Version 1: checksums by `name version (source)`.
    checksums: HashMap<&'d str, &'d str>,
    inventory: Inventory,
}

impl<'d, 't> Reading<'d, 't> {
    fn new(text: &'t str, document: &'d Document<'t>) -> Result<Self, ReadError> {
        let packages: Vec<&Package<'_>> = document.root.iter().chain(&document.package).collect();
        let mut sorted: Vec<(Key<'_>, usize)> = packages
            .iter()
            .enumerate()
            .map(|(position, package)| {
                ((&*package.name, &*package.version, package.source()), position)
            })
            .collect();
        sorted.sort_unstable();
        let checksums = document.metadata.0.iter();
        let mut reading = Self {
            lines: Lines::new(text),
            positions: Vec::with_capacity(packages.len()),
            sorted,
            packages,
            checksums: checksums
                .filter_map(|(key, value)| Some((key.strip_prefix("checksum ")?, &**value)))
                .collect(),
            inventory: Inventory::default(),
        };
        reading.refuse_repeated()?;
        for position in 0..reading.packages.len() {
            reading.add(position)?;
        }
        Ok(reading)
    }

    /// Cargo refuses a file that names the same package of the same source twice.
    fn refuse_repeated(&self) -> Result<(), ReadError> {
        let repeated = self.sorted.windows(2).find_map(|pair| match pair {
            [(one, _), (two, _)] if one == two => Some(*one),
            _ => None,
        });
        match repeated {
            // `[root]` of an old file may repeat the project's own package.
            None | Some((_, _, None)) => Ok(()),
            Some((name, version, _)) => {
                let line = self.lines.of(name);
                let message = format!("the package {name:?} {version:?} is there twice");
                Err(ReadError { kind: ReadErrorKind::Shape, line, message })
            }
        }
    }

    fn add(&mut self, position: usize) -> Result<(), ReadError> {
        let Some(package) = self.packages.get(position).copied() else { return Ok(()) };
        let line = self.lines.of(&package.name);
        let name = PackageName::parse(Ecosystem::CratesIo, &package.name).map_err(|error| {
            ReadError { kind: ReadErrorKind::Shape, line, message: error.to_string() }
        })?;
        let Some(source) = package.source() else {
            self.positions.push(None);
            self.inventory.members.push(Member { name: Some(name), path: None });
            return Ok(());
        };
        let entry = u32::try_from(self.inventory.packages.len()).unwrap_or(u32::MAX);
        self.positions.push(Some(entry));
        let place = Place::at(line);
        let checksums = self.checksum(package, source, entry, &place);
        self.inventory.packages.push(Entry {
            name,
            version: LockedVersion::Exact((*package.version).into()),
            place,
            scope: Scope::Runtime,
            direct: None,
            origin: origin(source),
            checksums,
            licence: None,
            released: None,
            needs: Vec::with_capacity(package.dependencies.len()),
        });
        Ok(())
    }

    /// The SHA-256 of the crate file: inline since version 2, in `[metadata]` before.
    fn checksum(
        &mut self,
        package: &Package<'_>,
        source: &str,
        entry: u32,
        place: &Place,
    ) -> Vec<Digest> {
        let hex = match &package.checksum {
            Some(inline) => Some(&**inline),
            None if self.checksums.is_empty() => None,
            None => {
                let key = format!("{} {} ({source})", &*package.name, &*package.version);
                self.checksums.get(&*key).copied()
            }
        };
        match hex.map(|hex| Digest::from_hex(DigestAlgorithm::Sha256, hex)) {
            Some(Ok(digest)) => vec![digest],
            Some(Err(error)) if hex != Some("<none>") => {
                self.inventory.irregularities.push(Irregularity {
                    entry: Some(entry),
                    place: place.clone(),
                    message: format!("the checksum of {} is no SHA-256: {error}", &*package.name),
                });
                Vec::new()
            }
            Some(Err(_)) | None => Vec::new(),
        }
    }

    fn finish(mut self, input: &Input<'_>) -> Inventory {
        self.connect(input);
        self.inventory
            .gaps
            .extend(ending::nothing_named(&self.inventory, "run `cargo generate-lockfile`"));
        if let [only] = &*self.inventory.members {
            self.inventory.own_name.clone_from(&only.name);
            self.scopes(input);
        }
        self.inventory
    }

    /// Tells why the packages of a project of one package are there, by the manifest beside the
    /// file. Those of a workspace have manifests that nobody can list from here.
    fn scopes(&mut self, input: &Input<'_>) {
        let Some(manifest) = cargo_toml::nearby(input) else { return };
        let Some(own) = &manifest.own_name else { return };
        if Some(own) != self.inventory.own_name.as_ref() {
            self.inventory.gaps.push(Gap {
                place: Place::default(),
                reason: format!(
                    "the Cargo.toml beside it is of {own}, which the file does not have"
                ),
                advice: "the file may be cut off: run `cargo update --workspace`".to_owned(),
            });
            return;
        }
        let mut wanted: HashMap<&PackageName, Scope> = HashMap::new();
        for wish in &manifest.packages {
            let scope = wanted.entry(&wish.name).or_insert(wish.scope);
            *scope = wish.scope.min(*scope);
        }
        let asked = (0_u32..).zip(&self.inventory.packages);
        let asked = asked.filter(|(_, entry)| entry.direct == Some(true));
        let reason = |(position, entry): (u32, &Entry)| {
            (position, wanted.get(&entry.name).copied().unwrap_or(Scope::Runtime))
        };
        let direct = asked.map(reason).collect();
        Reasons { direct, ..Reasons::default() }.spread(&mut self.inventory.packages);
        self.inventory.files_read.push(cargo_toml::FILE_NAME.into());
    }

    /// Draws the edges.
    fn connect(&mut self, input: &Input<'_>) {
        let has_members = !self.inventory.members.is_empty();
        for entry in &mut self.inventory.packages {
            entry.direct = has_members.then_some(false);
        }
        let is_patched = LazyCell::new(|| has_patches(input));
        for (position, package) in self.packages.iter().enumerate() {
            let from = self.positions.get(position).copied().flatten();
            for wanted in &package.dependencies {
                let Some(target) = self.resolve(wanted) else {
                    self.inventory.gaps.push(missing(package, wanted, self.lines.of(wanted)));
                    continue;
                };
                let Some(needed) = self.positions.get(target).copied().flatten() else {
                    if from.is_some() && self.stops_early(target) && !*is_patched {
                        self.inventory.gaps.push(without_source(package, wanted));
                    }
                    continue;
                };
                match from {
                    Some(from) => {
                        if let Some(entry) = self.inventory.packages.get_mut(from as usize) {
                            entry.needs.push(needed);
                        }
                    }
                    None => {
                        if let Some(entry) = self.inventory.packages.get_mut(needed as usize) {
                            entry.direct = Some(true);
                        }
                    }
                }
            }
        }
    }

    /// Whether a package is the last entry, and no more than a name and a version.
    fn stops_early(&self, position: usize) -> bool {
        position + 1 == self.packages.len()
            && self.packages.last().is_some_and(|last| last.dependencies.is_empty())
    }

    /// The package that `name`, `name version` or `name version (source)` stands for. Cargo
    /// leaves out what is not needed to tell packages apart.
    fn resolve(&self, wanted: &str) -> Option<usize> {
        let mut words = wanted.splitn(3, ' ');
        let (name, version) = (words.next()?, words.next());
        let named = range_of(&self.sorted, |key| key.0.cmp(name));
        let Some(version) = version else {
            // A bare name stands for the only package of that name.
            return match named {
                [(_, only)] => Some(*only),
                _ => None,
            };
        };
        let locked = range_of(named, |key| key.1.cmp(version));
        let Some(source) = words.next() else {
            return locked.first().map(|(_, position)| *position);
        };
        let source = source.strip_prefix('(')?.strip_suffix(')')?;
        // A need names a git source without the commit that the package itself carries.
        let with_commit = format!("{source}#");
        [source, &with_commit].into_iter().find_map(|wanted| {
            let start = locked.partition_point(|(key, _)| key.2 < Some(wanted));
            let ((_, _, own), position) = locked.get(start)?;
            let same = *own == Some(source) || own.is_some_and(|own| own.starts_with(&with_commit));
            same.then_some(*position)
        })
    }
}

/// The part of a sorted list whose keys compare as equal.
fn range_of<'s, 'd>(
    sorted: &'s [(Key<'d>, usize)],
    order: impl Fn(&Key<'d>) -> Ordering,
) -> &'s [(Key<'d>, usize)] {
    let start = sorted.partition_point(|(key, _)| order(key) == Ordering::Less);
    let rest = sorted.get(start..).unwrap_or_default();
    let length = rest.partition_point(|(key, _)| order(key) == Ordering::Equal);
    rest.get(..length).unwrap_or_default()
}

/// Reads a source as Cargo writes it: a kind, `+`, an address.
fn origin(source: &str) -> Origin {
    let Some((kind, address)) = source.split_once('+') else {
        return Origin::Url(SourceUrl::new(source));
    };
    match kind {
        "registry" | "sparse" => {
            Origin::Registry { index: Some(SourceUrl::new(address)), artifact: None }
        }
        "git" => {
            let (repository, commit) = match address.split_once('#') {
                Some((repository, commit)) => (repository, Some(commit.into())),
                None => (address, None),
            };
            let repository = repository.split('?').next().unwrap_or(repository);
            Origin::Git { url: SourceUrl::new(repository), commit }
        }
        "path" | "directory" | "local-registry" => Origin::Path(address.into()),
        _ => Origin::Url(SourceUrl::new(source)),
    }
}

fn missing(package: &Package<'_>, wanted: &str, line: Option<u32>) -> Gap {
    Gap {
        place: Place::at(line),
        reason: format!("{} needs {wanted:?}, which the file does not have", &*package.name),
        advice: "the file may be cut short or merged by hand: run `cargo update --workspace`"
            .to_owned(),
    }
}

/// Whether the manifest beside the file puts packages from elsewhere in the place of published ones
/// (`[patch]`, `[replace]`): one from a folder has no source.
fn has_patches(input: &Input<'_>) -> bool {
    #[derive(Deserialize)]
    struct Manifest {
        patch: Option<IgnoredAny>,
        replace: Option<IgnoredAny>,
    }
    let Ok(bytes) = input.nearby.read(cargo_toml::FILE_NAME) else { return false };
    let Ok(text) = decode(&bytes) else { return false };
    toml_file::parse(&text)
        .is_ok_and(|manifest: Manifest| manifest.patch.is_some() || manifest.replace.is_some())
}

/// A package of a registry that needs one of the project, the last of the file: more likely its
/// source was cut off.
fn without_source(package: &Package<'_>, wanted: &str) -> Gap {
    Gap {
        place: Place::default(),
        reason: format!("{} needs {wanted:?}, the last entry, which has no source", &*package.name),
        advice: "the file may be cut off: restore it, or run `cargo update --workspace`".to_owned(),
    }
}

#[cfg(test)]
mod tests;
