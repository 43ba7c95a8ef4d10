//! Whether a Cargo.lock goes to its end.
//!
//! Cargo sorts the packages by name and puts no mark behind the last one, so a file that was cut
//! off between two lines is read without an error. What Cargo never writes tells it all the same:
//! a need without its package (which the reading itself finds), a package that nothing needs, no
//! package of the project, a last entry that stops early. A cut that leaves none of these is not
//! seen.

use mainstay_reading::{Gap, Input, Inventory, Place, join};
use mainstay_types::{Ecosystem, PackageName};

use super::{Document, Package};
use crate::formats::cargo_toml;

const ADVICE: &str = "the file may be cut off: restore it, or run `cargo update --workspace`";

/// Manifests that are read to find one package of the project.
const MOST_MANIFESTS: usize = 200;

/// What shows that the file was cut off. `needed` tells for each package of the inventory whether
/// anything in the file needs it.
pub(super) fn gaps(
    document: &Document<'_>,
    inventory: &Inventory,
    needed: &[bool],
    input: &Input<'_>,
) -> Vec<Gap> {
    let mut reasons = Vec::new();
    if inventory.members.is_empty() && !inventory.packages.is_empty() {
        reasons.push((None, "the file has no package of the project itself".to_owned()));
    } else {
        reasons.extend(unneeded(inventory, needed));
    }
    let last = document.package.last().or(document.root.as_ref());
    reasons.extend(last.and_then(|last| stops_early(last, document, input)));
    let gap = |(line, reason)| Gap { place: Place::at(line), reason, advice: ADVICE.to_owned() };
    reasons.into_iter().map(gap).collect()
}

/// Cargo takes a package out once nothing needs it.
fn unneeded(inventory: &Inventory, needed: &[bool]) -> Option<(Option<u32>, String)> {
    let all = inventory.packages.iter().zip(needed).filter(|(_, needed)| !**needed);
    let mut names = all.map(|(entry, _)| entry);
    let first = names.next()?;
    let others = match names.count() {
        0 => String::new(),
        count => format!(" (and {count} more)"),
    };
    Some((first.place.line, format!("nothing in the file needs {}{others}", first.name)))
}

/// Whether the last entry lacks lines that Cargo would have written.
fn stops_early(
    last: &Package<'_>,
    document: &Document<'_>,
    input: &Input<'_>,
) -> Option<(Option<u32>, String)> {
    if !last.dependencies.is_empty() || !document.metadata.0.is_empty() {
        return None;
    }
    let name = &*last.name;
    match last.source() {
        None if !is_of_project(name, input) => {
            let reason = format!(
                "the last entry, {name}, has no source, and no Cargo.toml here says that it is \
                 the project's own"
            );
            Some((None, reason))
        }
        Some(source) if last.checksum.is_none() && is_registry(source) => {
            let others = document.package.iter().any(|package| package.checksum.is_some());
            let reason = || format!("the last entry, {name}, has no checksum, and others have one");
            others.then(|| (None, reason()))
        }
        Some(_) | None => None,
    }
}

fn is_registry(source: &str) -> bool {
    source.starts_with("registry+") || source.starts_with("sparse+")
}

/// Whether the Cargo.toml beside the file names this package, or one of its members or path
/// dependencies does.
fn is_of_project(name: &str, input: &Input<'_>) -> bool {
    let Ok(wanted) = PackageName::parse(Ecosystem::CratesIo, name) else { return false };
    let mut folders = vec![String::new()];
    let mut next = 0;
    while let Some(folder) = folders.get(next).cloned() {
        next += 1;
        let Some(manifest) = manifest_in(&folder, input) else { continue };
        if manifest.own_name.as_ref() == Some(&wanted) {
            return true;
        }
        for member in &manifest.members {
            if member.name.as_ref() == Some(&wanted) {
                return true;
            }
            let path = member.path.as_deref().unwrap_or_default();
            let found = join(&format!("{folder}/Cargo.toml"), &without_pattern(path, name));
            let new = found.ok().filter(|found| !folders.contains(found));
            folders.extend(new.filter(|_| folders.len() < MOST_MANIFESTS));
        }
    }
    false
}

fn manifest_in(folder: &str, input: &Input<'_>) -> Option<Inventory> {
    let path = join(&format!("{folder}/Cargo.toml"), "Cargo.toml").ok()?;
    let bytes = input.nearby.read(&path).ok()?;
    cargo_toml::read(&Input { bytes: &bytes, file_name: "Cargo.toml", nearby: input.nearby }).ok()
}

/// A member's path; a part that is a pattern (`crates/*`) is taken for the package's name, since
/// there is no door to list a folder.
fn without_pattern(path: &str, name: &str) -> String {
    let parts =
        path.split('/').map(|part| if part.contains(['*', '?', '[']) { name } else { part });
    parts.collect::<Vec<_>>().join("/")
}
