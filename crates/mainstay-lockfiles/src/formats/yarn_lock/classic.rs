//! Yarn 1: blocks of lines.
//!
//! ```text
//! a@^1.0.0, a@^1.2.0:
//!   version "1.2.3"
//!   resolved "https://registry.example/a/-/a-1.2.3.tgz#<sha1>"
//!   dependencies:
//!     b "^2.0.0"
//! ```
//!
//! The file does not say what the project itself asks for; the package.json beside it does.

mod blocks;

use std::collections::HashMap;

use mainstay_reading::{
    Entry, Input, Inventory, LockedVersion, Member, Origin, Place, ReadError, ReadErrorKind,
};
use mainstay_types::{Digest, Scope};

use crate::ending;

use super::{Descriptors, Found, Target, missing};
use crate::formats::npm::{self, address, integrity, specifier};
use crate::formats::package_json::{self, Manifest};
use crate::formats::scopes::Reasons;
use blocks::Block;

pub(super) fn read(text: &str, input: &Input<'_>) -> Result<Inventory, ReadError> {
    let blocks = blocks::parse(text)?;
    let mut inventory = Inventory::default();
    let mut descriptors = Descriptors::default();
    let mut targets = Vec::with_capacity(blocks.len());
    for block in &blocks {
        let target = add(&mut inventory, block)?;
        targets.push(target);
        for descriptor in &block.descriptors {
            let (name, range) = specifier::divide(descriptor);
            if !descriptors.add(name, range.unwrap_or_default(), target) {
                let message = format!("{descriptor:?} is there twice");
                return Err(ReadError::at(ReadErrorKind::Shape, block.line, message));
            }
        }
    }
    let mut reasons = Reasons::default();
    connect(&mut inventory, &blocks, &targets, &descriptors, &mut reasons);
    let manifest = package_json::nearby(input, "package.json", |manifest| {
        ask_manifest(&mut inventory, manifest, &descriptors, reasons)
    })
    .transpose()?;
    // A manifest tells by itself what is missing.
    if manifest.is_none() {
        inventory.gaps.extend(ending::nothing_named(&inventory, "run `yarn install`"));
    }
    Ok(inventory)
}

fn add(inventory: &mut Inventory, block: &Block<'_>) -> Result<Target, ReadError> {
    let place = Place::line(block.line);
    let asked = block.descriptors.iter().map(|descriptor| specifier::divide(descriptor));
    let ranges: Vec<(&str, &str)> =
        asked.map(|(name, range)| (name, range.unwrap_or_default())).collect();
    let alias = ranges.iter().find_map(|(_, range)| specifier::alias(range));
    let own_name = ranges.first().map_or("", |(name, _)| *name);
    let name = npm::name(alias.map_or(own_name, |(name, _)| name), place.line)?;
    let by_address = ranges.iter().map(|(_, range)| *range).find(|r| address::is_address(r));
    let from = block.resolved.as_deref().or(by_address);
    if let Some(path) = own_folder(from) {
        inventory.members.push(Member { name: Some(name), path: Some(path.into()) });
        return Ok(Target::Member);
    }
    let position = u32::try_from(inventory.packages.len()).unwrap_or(u32::MAX);
    let checksums = integrity::or_irregular(checksums(block), &name, &place, inventory);
    let stated = block.version.as_deref().filter(|version| !version.is_empty());
    let stated = stated
        .or_else(|| address::version_in_archive(name.as_written(), block.resolved.as_deref()?));
    let version =
        stated.map_or(LockedVersion::Unstated, |version| LockedVersion::Exact(version.into()));
    inventory.packages.push(Entry {
        name,
        version,
        place,
        scope: Scope::Runtime,
        direct: None,
        origin: from
            .map_or_else(Origin::registry, |from| address::origin(from, by_address.is_some())),
        checksums,
        licence: None,
        released: None,
        needs: Vec::with_capacity(block.needs.len()),
    });
    Ok(Target::Package(position))
}

/// A folder inside the project, or a link, is one of the project's own.
fn own_folder(address: Option<&str>) -> Option<&str> {
    let address = address?;
    let path = address::local_path(address).filter(|path| !address::is_archive(path))?;
    let inside = !path.starts_with("..") && !path.starts_with(['/', '~']);
    (inside || address.starts_with("link:")).then_some(path)
}

fn checksums(block: &Block<'_>) -> Result<Vec<Digest>, mainstay_types::DigestError> {
    match (&block.integrity, &block.resolved) {
        (Some(integrity), _) => integrity::digests(integrity),
        (None, Some(resolved)) => Ok(integrity::in_fragment(resolved).into_iter().collect()),
        (None, None) => Ok(Vec::new()),
    }
}

fn connect(
    inventory: &mut Inventory,
    blocks: &[Block<'_>],
    targets: &[Target],
    descriptors: &Descriptors<'_>,
    reasons: &mut Reasons,
) {
    for (block, target) in blocks.iter().zip(targets) {
        let Target::Package(from) = *target else { continue };
        for need in &block.needs {
            match descriptors.find(&need.name, &need.range) {
                Found::Target(Target::Package(to)) => {
                    if let Some(entry) = inventory.packages.get_mut(from as usize) {
                        entry.needs.push(to);
                    }
                    if need.optional {
                        reasons.optional.insert((from, to));
                    }
                }
                Found::Target(Target::Member) | Found::Undecided => {}
                Found::Nothing if need.optional => {}
                Found::Nothing => {
                    let of = block.descriptors.first().map_or("", |descriptor| &**descriptor);
                    inventory.gaps.push(missing(of, &need.name, Some(need.line)));
                }
            }
        }
    }
}

/// What the manifest beside the file adds: names, members, and what is asked for directly.
fn ask_manifest(
    inventory: &mut Inventory,
    manifest: &Manifest<'_>,
    descriptors: &Descriptors<'_>,
    mut reasons: Reasons,
) -> Result<(), ReadError> {
    inventory.files_read.push("package.json".into());
    if let Some(name) = manifest.name.text() {
        let name = npm::name(name, None)?;
        inventory.own_name = Some(name.clone());
        inventory.members.push(Member { name: Some(name), path: Some(".".into()) });
    }
    for glob in &manifest.workspaces.0 {
        inventory.members.push(Member { name: None, path: Some((**glob).into()) });
    }
    // The workspaces' own manifests ask for packages too; which folders they are in is not
    // known here, so what is not asked for by the root is left open.
    let alone = manifest.workspaces.0.is_empty();
    let mut seen: HashMap<u32, Scope> = HashMap::new();
    for wish in manifest.wishes() {
        match descriptors.find(wish.name, wish.asked) {
            Found::Target(Target::Package(position)) => {
                let scope = seen.entry(position).or_insert(wish.scope);
                *scope = wish.scope.min(*scope);
            }
            Found::Target(Target::Member) | Found::Undecided => {}
            Found::Nothing => {
                let is_own = !alone || own_folder(Some(wish.asked)).is_some();
                if !is_own && wish.scope != Scope::Optional {
                    inventory.gaps.push(missing("package.json", wish.name, None));
                }
            }
        }
    }
    reasons.direct = seen.into_iter().collect();
    if alone {
        reasons.spread(&mut inventory.packages);
    } else {
        for (position, _) in reasons.direct {
            if let Some(entry) = inventory.packages.get_mut(position as usize) {
                entry.direct = Some(true);
            }
        }
    }
    Ok(())
}
