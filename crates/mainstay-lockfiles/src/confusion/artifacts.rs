//! Locked files whose address says another package or version than the entry.

use std::borrow::Cow;

use mainstay_reading::{Entry, Inventory, Origin};
use mainstay_types::{Ecosystem, SourceUrl};

use super::{Door, DoorCode};
use crate::formats::npm::{address, specifier};
use crate::formats::python::artifact;

/// Says what is wrong with the file of an entry.
type Judge = fn(&Entry, &str, &SourceUrl) -> Option<String>;

pub(super) fn doors(inventory: &Inventory, ecosystem: Ecosystem) -> Vec<Door> {
    const JUDGES: [(Ecosystem, Judge); 3] =
        [(Ecosystem::Npm, npm), (Ecosystem::PyPi, python), (Ecosystem::CratesIo, cargo)];
    let Some((_, judge)) = JUDGES.into_iter().find(|(of, _)| *of == ecosystem) else {
        return Vec::new();
    };
    let registry = (0_u32..).zip(&inventory.packages).filter_map(|(at, entry)| {
        let Origin::Registry { artifact: Some(artifact), .. } = &entry.origin else { return None };
        Some((at, entry, entry.version.exact()?, artifact))
    });
    registry
        .filter_map(|(at, entry, version, url)| {
            Some(Door {
                code: DoorCode::WrongArtifact,
                message: judge(entry, version, url)?,
                entry: Some(at),
                place: entry.place.clone(),
            })
        })
        .collect()
}

/// npm's tarballs lie at `<name>/-/<name without scope>-<version>.tgz`, at mirrors too. Other
/// layouts tell nothing.
fn npm(entry: &Entry, version: &str, url: &SourceUrl) -> Option<String> {
    if is_usual(entry.name.as_written(), version, url.path()) {
        return None;
    }
    // What stands in place of a version (a range, a tag) cannot disagree with a file.
    let version = specifier::exact_version(version)?;
    let path = decoded(url.path());
    let (package, file) = address::split_archive(&path)?;
    let name = entry.name.as_written();
    // Mirrors may put folders before the name, and some a scope before the file.
    let file = file.rsplit('/').next().unwrap_or(file);
    let package = package.trim_start_matches('/');
    // Some private registries leave the @ of the scope away.
    let plain = name.strip_prefix('@').unwrap_or(name);
    let of_package = package == name
        || package == plain
        || [name, plain].iter().any(|name| {
            package.strip_suffix(name).is_some_and(|folders| folders.ends_with(['/', '@']))
        });
    let bare = name.rsplit('/').next().unwrap_or(name);
    let scoped_elsewhere = !name.starts_with('@')
        && package.rsplit('/').nth(1).is_some_and(|folder| folder.starts_with('@'));
    if !of_package || scoped_elsewhere {
        return Some(format!("{name} is locked to the file of another package: {url}"));
    }
    let stem = file.strip_suffix(".tgz").or_else(|| file.strip_suffix(".tar.gz"))?;
    let said = stem.strip_prefix(bare).and_then(|rest| rest.strip_prefix('-'));
    match said {
        None => Some(format!("{name} is locked to the file of another package: {url}")),
        Some(said) if same_npm_version(said, version) => None,
        Some(_) => Some(format!("{name} {version} is locked to another version's file: {url}")),
    }
}

/// Whether a path is the one that the public registry itself gives this file. Most are.
fn is_usual(name: &str, version: &str, path: &str) -> bool {
    let bare = name.rsplit_once('/').map_or(name, |(_, bare)| bare);
    let rest = ["/", name, "/-/", bare, "-", version]
        .into_iter()
        .try_fold(path, |rest, part| rest.strip_prefix(part));
    rest == Some(".tgz")
}

/// The path with its slashes and its `@` written out. Most paths have none to write out.
fn decoded(path: &str) -> Cow<'_, str> {
    if path.contains('%') {
        Cow::Owned(path.replace("%2f", "/").replace("%2F", "/").replace("%40", "@"))
    } else {
        Cow::Borrowed(path)
    }
}

/// The registry drops the build label from file names (Semantic Versioning section 10).
fn same_npm_version(said: &str, locked: &str) -> bool {
    if said == locked {
        return true;
    }
    let public = |version: &str| {
        let version = version.replace("%2B", "+").replace("%2b", "+");
        let version = version.trim_start_matches(['v', '=']);
        version.split('+').next().unwrap_or(version).to_owned()
    };
    public(said) == public(locked)
}

fn python(entry: &Entry, version: &str, url: &SourceUrl) -> Option<String> {
    artifact::disagreement(&entry.name, version, url.path())
}

/// `<..>/<name>/<version>/download`, or `<..>/<name>-<version>.crate`.
fn cargo(entry: &Entry, version: &str, url: &SourceUrl) -> Option<String> {
    let (name, path) = (entry.name.as_written(), url.path());
    let agrees = if let Some(folder) = path.strip_suffix("/download") {
        folder.ends_with(&format!("/{name}/{version}"))
    } else if let Some(stem) = path.strip_suffix(".crate") {
        stem.rsplit('/').next() == Some(&format!("{name}-{version}"))
    } else {
        true
    };
    (!agrees).then(|| format!("{name} {version} is locked to another crate's file: {url}"))
}
