//! pnpm-lock.yaml, versions 5 to 9: the closure that pnpm resolved for a workspace.
//!
//! Format: pnpm's "lockfile" specification (`pnpm/spec`, `lockfile/*.md`). What differs between
//! versions is how a package is named ([`package_key`]), and that version 9 keeps what packages
//! need in `snapshots`, once for each set of peers.

mod document;
mod package_key;

use std::collections::{HashMap, HashSet};

use mainstay_reading::{
    Entry, Gap, Input, Inventory, LockedVersion, Member, Origin, Place, ReadError,
};
use mainstay_types::{Digest, Scope};

use crate::ending;

use super::npm::listing::{Key, Listing};
use super::npm::{self, address, integrity};
use super::package_json;
use super::scopes::Reasons;
use document::{Document, Importer, Package};
use package_key::PackageKey;

/// Reads a pnpm-lock.yaml.
pub(crate) fn read(input: &Input<'_>) -> Result<Inventory, ReadError> {
    let text = input.text()?;
    let document = Document::parse(&text)?;
    let mut inventory = Inventory::default();
    let own_folders: HashSet<&str> =
        document.importers.0.iter().map(|(key, _)| &*key.text).collect();
    let mut graph = Graph { major: document.major, by_key: HashMap::new() };
    for (key, package) in &document.packages.0 {
        let target = add(&mut inventory, key, package, (document.major, &own_folders))?;
        graph.by_key.entry(&key.text).or_insert(target);
    }
    let mut reasons = Reasons::default();
    graph.connect(&mut inventory, &document, &mut reasons);
    for (key, importer) in &document.importers.0 {
        inventory.members.push(Member { name: None, path: Some((*key.text).into()) });
        graph.ask_importer(&mut inventory, key, importer, &mut reasons);
    }
    if !document.importers.0.is_empty() {
        reasons.spread(&mut inventory.packages);
    }
    for (key, package) in &document.packages.0 {
        // Versions before 9 flag what is for development only.
        if let (Some(dev), Some(Target::Package(position))) =
            (package.dev, graph.by_key.get(&*key.text))
            && let Some(entry) = inventory.packages.get_mut(*position as usize)
        {
            entry.scope = match (dev, package.optional) {
                (true, _) => Scope::Dev,
                (false, true) => Scope::Optional,
                (false, false) => Scope::Runtime,
            };
        }
    }
    // Until version 8 pnpm writes no importer for a project that asks for nothing.
    let asks_for_nothing =
        package_json::nearby(input, "package.json", |manifest| manifest.wishes().next().is_none());
    if asks_for_nothing != Some(true) {
        inventory.gaps.extend(ending::nothing_named(&inventory, "run `pnpm install`"));
    }
    inventory.gaps.extend(ending::open_last_key(&text));
    Ok(inventory)
}

#[derive(Clone, Copy)]
enum Target {
    /// A package: its position in the inventory.
    Package(u32),
    /// One of the project's own.
    Member,
}

fn add(
    inventory: &mut Inventory,
    key: &Key,
    package: &Package,
    (major, own_folders): (u32, &HashSet<&str>),
) -> Result<Target, ReadError> {
    let parsed = PackageKey::parse(&key.text, major);
    let name = npm::name(package.name.as_deref().unwrap_or(parsed.name), key.line)?;
    let place = Place::at(key.line);
    if package.resolution.directory.as_deref().is_some_and(|folder| own_folders.contains(folder)) {
        // A workspace that is copied into place of being linked.
        return Ok(Target::Member);
    }
    if parsed.address.is_some() && major < 9 && package.name.is_none() {
        inventory.gaps.push(Gap {
            place: place.clone(),
            reason: format!("{} has no name: the file may be cut off", key.text.escape_debug()),
            advice: ADVICE.to_owned(),
        });
    }
    let version = package.version.as_deref().or(parsed.version);
    let position = u32::try_from(inventory.packages.len()).unwrap_or(u32::MAX);
    let checksums = integrity::or_irregular(checksums(package), &name, &place, inventory);
    inventory.packages.push(Entry {
        name,
        version: version.map_or(LockedVersion::Unstated, |v| LockedVersion::Exact(v.into())),
        place,
        scope: Scope::Runtime,
        direct: None,
        origin: origin(package, &parsed),
        checksums,
        licence: None,
        released: None,
        needs: Vec::new(),
    });
    Ok(Target::Package(position))
}

fn origin(package: &Package, key: &PackageKey<'_>) -> Origin {
    let resolution = &package.resolution;
    if let Some(repository) = &resolution.repo {
        let url = repository.strip_prefix("git+").unwrap_or(repository);
        let commit = resolution.commit.as_deref().map(Into::into);
        return Origin::Git { url: mainstay_types::SourceUrl::new(url), commit };
    }
    if let Some(folder) = &resolution.directory {
        return Origin::Path(folder.as_str().into());
    }
    match (resolution.tarball.as_deref(), key.address) {
        (Some(tarball), asked) => address::origin(tarball, asked.is_some()),
        (None, Some(address)) => address::origin(address, true),
        (None, None) => Origin::registry(),
    }
}

fn checksums(package: &Package) -> Result<Vec<Digest>, mainstay_types::DigestError> {
    integrity::digests(package.resolution.integrity.as_deref().unwrap_or_default())
}

/// Packages by their keys.
struct Graph<'d> {
    major: u32,
    by_key: HashMap<&'d str, Target>,
}

impl<'d> Graph<'d> {
    fn connect(&self, inventory: &mut Inventory, document: &'d Document, reasons: &mut Reasons) {
        for (key, package) in &document.packages.0 {
            let Some(Target::Package(from)) = self.by_key.get(&*key.text) else { continue };
            self.need(inventory, *from, key, (&package.dependencies, false), reasons);
            self.need(inventory, *from, key, (&package.optional_dependencies, true), reasons);
        }
        let mut described = vec![false; inventory.packages.len()];
        for (key, snapshot) in &document.snapshots.0 {
            match self.by_key.get(package_key::without_peers(&key.text)) {
                Some(Target::Package(from)) => {
                    if let Some(seen) = described.get_mut(*from as usize) {
                        *seen = true;
                    }
                    self.need(inventory, *from, key, (&snapshot.dependencies, false), reasons);
                    let optional = (&snapshot.optional_dependencies, true);
                    self.need(inventory, *from, key, optional, reasons);
                }
                Some(Target::Member) => {}
                None => inventory.gaps.push(missing("snapshots", key)),
            }
        }
        if self.major >= 9 && described.contains(&false) {
            inventory.gaps.push(Gap {
                place: Place::default(),
                reason: "some packages have no snapshot, so what they need is not known".to_owned(),
                advice: ADVICE.to_owned(),
            });
        }
        for entry in &mut inventory.packages {
            // Several snapshots of one package repeat what they have in common.
            entry.needs.sort_unstable();
            entry.needs.dedup();
        }
    }

    fn need(
        &self,
        inventory: &mut Inventory,
        from: u32,
        key: &Key,
        (wanted, optional): (&Listing<String>, bool),
        reasons: &mut Reasons,
    ) {
        for (name, reference) in &wanted.0 {
            match self.find(&name.text, reference) {
                Some(Target::Package(to)) => {
                    if let Some(entry) = inventory.packages.get_mut(from as usize) {
                        entry.needs.push(to);
                    }
                    if optional {
                        reasons.optional.insert((from, to));
                    }
                }
                Some(Target::Member) => {}
                None if optional => {}
                None => inventory.gaps.push(missing(&key.text, name)),
            }
        }
    }

    fn ask_importer(
        &self,
        inventory: &mut Inventory,
        key: &Key,
        importer: &Importer,
        reasons: &mut Reasons,
    ) {
        let locked = [
            &importer.dependencies.0,
            &importer.optional_dependencies.0,
            &importer.dev_dependencies.0,
        ];
        let locked: HashSet<&str> =
            locked.into_iter().flatten().map(|(name, _)| &*name.text).collect();
        for (name, _) in &importer.specifiers.0 {
            if !locked.contains(&*name.text) {
                inventory.gaps.push(missing(&format!("importer {:?}", key.text), name));
            }
        }
        let tables = [
            (&importer.dependencies, Scope::Runtime),
            (&importer.optional_dependencies, Scope::Optional),
            (&importer.dev_dependencies, Scope::Dev),
        ];
        for (table, scope) in tables {
            for (name, locked) in &table.0 {
                match self.find(&name.text, &locked.0) {
                    Some(Target::Package(position)) => reasons.direct.push((position, scope)),
                    Some(Target::Member) => {}
                    None if scope == Scope::Optional => {}
                    None => inventory.gaps.push(missing(&format!("importer {:?}", key.text), name)),
                }
            }
        }
    }

    /// What a reference (`1.0.0`, `1.0.0(peer@2.0.0)`, another package's key) leads to.
    fn find(&self, name: &str, reference: &str) -> Option<Target> {
        if reference.starts_with("link:") || reference.starts_with("workspace:") {
            return Some(Target::Member);
        }
        let divider = if self.major < 6 { '/' } else { '@' };
        [
            reference.to_owned(),
            format!("/{name}{divider}{reference}"),
            format!("/{name}@{reference}"),
            format!("{name}@{reference}"),
        ]
        .iter()
        .find_map(|key| {
            let bare = package_key::without_peers(key);
            self.by_key.get(&**key).or_else(|| self.by_key.get(bare)).copied()
        })
    }
}

const ADVICE: &str = "the file may be cut short or merged by hand: run `pnpm install`";

fn missing(of: &str, wanted: &Key) -> Gap {
    Gap {
        place: Place::at(wanted.line),
        reason: format!("{of} needs {:?}, which the file does not have", wanted.text),
        advice: ADVICE.to_owned(),
    }
}

#[cfg(test)]
mod tests;
