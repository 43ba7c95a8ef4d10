//! Version 1: `dependencies`, nested as the folders are. The file does not say what the project
//! itself asks for; the package.json beside it does.

use mainstay_reading::{Input, Member, Origin, ReadError, json::Object};
use serde::Deserialize;

use super::{Found, Reading, scope};
use crate::formats::npm::loose::{Wishes, Word};
use crate::formats::npm::node_modules::{NodeModules, ROOT};
use crate::formats::npm::{self, address, specifier};
use crate::formats::package_json;

#[derive(Deserialize)]
pub(super) struct Nested<'t> {
    #[serde(borrow, default)]
    version: Word<'t>,
    #[serde(borrow, default)]
    resolved: Word<'t>,
    #[serde(borrow, default)]
    integrity: Word<'t>,
    #[serde(default)]
    bundled: bool,
    #[serde(default)]
    dev: bool,
    #[serde(default)]
    optional: bool,
    #[serde(borrow, default)]
    requires: Wishes<'t>,
    #[serde(borrow, default)]
    dependencies: Object<'t, Self>,
}

type Packages<'t> = Object<'t, Nested<'t>>;

/// A package that was added, and where it looks for others.
struct Added<'d, 't> {
    /// Its position in the inventory; `None` is one of the project's own.
    position: Option<u32>,
    key: &'d str,
    folder: u32,
    nested: &'d Nested<'t>,
}

pub(super) fn read(
    reading: &mut Reading<'_>,
    packages: &Packages<'_>,
    input: &Input<'_>,
) -> Result<(), ReadError> {
    let mut tree = NodeModules::with_capacity(packages.0.len());
    let mut added = Vec::with_capacity(packages.0.len());
    walk(reading, packages, ROOT, &mut tree, &mut added)?;
    for package in &added {
        for (name, _) in &package.nested.requires.0 {
            match tree.find(package.folder, name) {
                Some(slot) => {
                    let needed = added.get(slot as usize).and_then(|needed| needed.position);
                    reading.needs(package.position, needed);
                }
                // Optional packages of other platforms may be left out, and so may what comes
                // inside an archive.
                None if package.nested.optional || package.nested.bundled => {}
                None => reading.missing(package.key, name),
            }
        }
    }
    mark_direct(reading, input, |name| {
        let slot = tree.find(ROOT, name)?;
        added.get(slot as usize).and_then(|needed| needed.position)
    });
    Ok(())
}

/// Adds the packages of one folder, and those below. The JSON parser bounds the depth.
fn walk<'d, 't>(
    reading: &mut Reading<'_>,
    packages: &'d Packages<'t>,
    folder: u32,
    tree: &mut NodeModules<'d>,
    added: &mut Vec<Added<'d, 't>>,
) -> Result<(), ReadError> {
    for (key, nested) in &packages.0 {
        let slot = u32::try_from(added.len()).unwrap_or(u32::MAX);
        tree.place(folder, key, slot);
        let below = if nested.dependencies.0.is_empty() { folder } else { tree.folder(folder) };
        let position = add(reading, key, nested)?;
        added.push(Added { position, key, folder: below, nested });
        walk(reading, &nested.dependencies, below, tree, added)?;
    }
    Ok(())
}

/// Adds one package; a folder of the machine is one of the project's own.
fn add(
    reading: &mut Reading<'_>,
    key: &str,
    nested: &Nested<'_>,
) -> Result<Option<u32>, ReadError> {
    let locked = nested.version.text();
    let resolved = nested.resolved.text();
    if let Some(path) = locked.and_then(|locked| locked.strip_prefix("file:"))
        && !address::is_archive(path)
    {
        let name = npm::name(key, reading.lines.of(key))?;
        reading.inventory.members.push(Member { name: Some(name), path: Some(path.into()) });
        return Ok(None);
    }
    let alias = locked.and_then(specifier::alias);
    let (name, version) = alias.unwrap_or((key, locked));
    let by_address = version.filter(|version| address::is_address(version));
    let origin = match (by_address, resolved) {
        (Some(address), _) => address::origin(address, true),
        (None, Some(address)) => address::origin(address, false),
        (None, None) => Origin::registry(),
    };
    let version = match by_address {
        Some(address) => address::version_in_archive(name, address),
        None => version.or_else(|| address::version_in_archive(name, resolved?)),
    };
    let scope = scope(nested.dev, nested.optional, false);
    let integrity = &nested.integrity;
    reading.add(Found { key, name, version, scope, origin, integrity, licence: None }).map(Some)
}

/// Marks what the package.json beside the lockfile asks for. Without one, nothing is known.
fn mark_direct(reading: &mut Reading<'_>, input: &Input<'_>, find: impl Fn(&str) -> Option<u32>) {
    let wanted = package_json::nearby(input, "package.json", |manifest| {
        manifest.wishes().filter_map(|wish| find(wish.name)).collect::<Vec<u32>>()
    });
    let Some(wanted) = wanted else { return };
    reading.inventory.files_read.push("package.json".into());
    for entry in &mut reading.inventory.packages {
        entry.direct = Some(false);
    }
    for position in wanted {
        if let Some(entry) = reading.inventory.packages.get_mut(position as usize) {
            entry.direct = Some(true);
        }
    }
}

impl Reading<'_> {
    fn needs(&mut self, from: Option<u32>, needed: Option<u32>) {
        let (Some(from), Some(needed)) = (from, needed) else { return };
        if let Some(entry) = self.inventory.packages.get_mut(from as usize) {
            entry.needs.push(needed);
        }
    }
}
