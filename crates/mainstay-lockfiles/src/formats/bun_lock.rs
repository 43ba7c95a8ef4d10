//! bun.lock, versions 0 and 1: the closure that Bun resolved for a workspace.
//!
//! Format: Bun's documentation, "Lockfile": JSON with comments and trailing commas. `packages`
//! maps a place (`a`, or `a/b` for the `b` that only `a` sees) to a list: what was resolved
//! (`name@1.0.0`, `name@git+https://...#commit`, `name@workspace:path`), and what it needs. The
//! older bun.lockb is binary and has no description; it is named, not read.

mod document;
mod jsonc;

use std::collections::HashMap;

use mainstay_reading::{
    Entry, Gap, Input, Inventory, Lines, LockedVersion, Member, Origin, Place, ReadError,
    ReadErrorKind,
    json::{self, Text},
};
use mainstay_types::{Digest, Scope};

use super::npm::node_modules::{Folders, NodeModules};
use super::npm::{self, address, integrity, specifier};
use super::scopes::Reasons;
use document::{Document, Package};

/// The newest version of the format that is understood.
const NEWEST: u64 = 1;

/// Reads a bun.lock.
pub(crate) fn read(input: &Input<'_>) -> Result<Inventory, ReadError> {
    let text = jsonc::to_json(&input.text()?)?;
    let document: Document<'_> = json::parse(&text)?;
    if document.lockfile_version > NEWEST {
        let version = document.lockfile_version;
        return Err(ReadError::new(
            ReadErrorKind::UnknownVersion,
            format!("version {version} of bun.lock is not known; the newest known is {NEWEST}"),
        ));
    }
    let mut inventory = Inventory::default();
    let lines = Lines::new(&text);
    members(&mut inventory, &lines, &document)?;
    let mut tree = NodeModules::with_capacity(document.packages.0.len());
    let parents = document.packages.0.iter().map(|(key, _)| split(key).0);
    let folders = Folders::new(parents, &mut tree)?;
    let mut targets = Vec::with_capacity(document.packages.0.len());
    for (slot, (key, package)) in (0_u32..).zip(&document.packages.0) {
        let (parent, name) = split(key);
        tree.place(folders.nearest(parent), name, slot);
        targets.push(add(&mut inventory, &lines, key, package)?);
    }
    Graph { lines, tree, folders, targets }.connect(&mut inventory, &document);
    Ok(inventory)
}

/// Names a bun.lockb as what cannot be read.
#[expect(clippy::unnecessary_wraps, reason = "every reader of the table may fail")]
pub(crate) fn read_binary(_: &Input<'_>) -> Result<Inventory, ReadError> {
    let gap = Gap {
        place: Place::default(),
        reason: "bun.lockb is binary, and Mainstay does not read it".to_owned(),
        advice: "run `bun install --save-text-lockfile --frozen-lockfile --lockfile-only` and \
                 scan the bun.lock that it writes"
            .to_owned(),
    };
    Ok(Inventory { gaps: vec![gap], ..Inventory::default() })
}

/// What a key leads to.
#[derive(Clone, Copy)]
enum Target {
    /// A package: its position in the inventory.
    Package(u32),
    /// One of the project's own.
    Member,
}

/// Divides `a/@s/b` into the place `a` and the name `@s/b`.
fn split(key: &str) -> (&str, &str) {
    let Some((before, last)) = key.rsplit_once('/') else { return ("", key) };
    match before.rsplit_once('/') {
        Some((parent, scope)) if scope.starts_with('@') => {
            (parent, key.get(parent.len() + 1..).unwrap_or(last))
        }
        None if before.starts_with('@') => ("", key),
        Some(_) | None => (before, last),
    }
}

fn members(
    inventory: &mut Inventory,
    lines: &Lines<'_>,
    document: &Document<'_>,
) -> Result<(), ReadError> {
    for (path, workspace) in &document.workspaces.0 {
        let name = match workspace.name.text() {
            Some(name) => Some(npm::name(name, lines.of(name))?),
            None => None,
        };
        if path.is_empty() {
            inventory.own_name.clone_from(&name);
        }
        let path = if path.is_empty() { "." } else { path };
        inventory.members.push(Member { name, path: Some(path.into()) });
    }
    Ok(())
}

fn add(
    inventory: &mut Inventory,
    lines: &Lines<'_>,
    key: &str,
    package: &Package<'_>,
) -> Result<Target, ReadError> {
    let place = Place::at(lines.of(key));
    let (name, reference) = specifier::divide(&package.resolved);
    let name = npm::name(name, place.line)?;
    let reference = reference.unwrap_or_default();
    if reference.starts_with("workspace:") || reference.starts_with("root:") {
        return Ok(Target::Member);
    }
    if let Some(path) = own_folder(reference) {
        inventory.members.push(Member { name: Some(name), path: Some(path.into()) });
        return Ok(Target::Member);
    }
    let position = u32::try_from(inventory.packages.len()).unwrap_or(u32::MAX);
    let (version, origin) = if address::is_address(reference) || address::is_archive(reference) {
        let local = !reference.contains(':');
        let origin =
            if local { Origin::Path(reference.into()) } else { address::origin(reference, true) };
        (LockedVersion::Unstated, origin)
    } else {
        let index = package.words.first().filter(|word| word.contains("://"));
        let index = index.map(|word| mainstay_types::SourceUrl::new(word));
        (LockedVersion::Exact(reference.into()), Origin::Registry { index, artifact: None })
    };
    let checksums = integrity::or_irregular(checksums(package), &name, &place, inventory);
    inventory.packages.push(Entry {
        name,
        version,
        place,
        scope: Scope::Runtime,
        direct: None,
        origin,
        checksums,
        licence: None,
        released: None,
        needs: Vec::new(),
    });
    Ok(Target::Package(position))
}

/// A linked folder, or one inside the project.
fn own_folder(reference: &str) -> Option<&str> {
    let path = address::local_path(reference).filter(|path| !address::is_archive(path))?;
    (reference.starts_with("link:") || !path.starts_with("..")).then_some(path)
}

/// The checksum is the last word of the list; repositories have the name of a folder there.
fn checksums(package: &Package<'_>) -> Result<Vec<Digest>, mainstay_types::DigestError> {
    let algorithms = ["sha1-", "sha256-", "sha384-", "sha512-"];
    let last = package.words.last().filter(|word| algorithms.iter().any(|a| word.starts_with(a)));
    integrity::digests(last.map_or("", |word| word))
}

struct Graph<'t> {
    lines: Lines<'t>,
    tree: NodeModules<'t>,
    folders: Folders<'t>,
    /// What each key leads to, in the order of the file.
    targets: Vec<Target>,
}

impl Graph<'_> {
    fn connect(&self, inventory: &mut Inventory, document: &Document<'_>) {
        let mut reasons = Reasons::default();
        for ((key, package), from) in document.packages.0.iter().zip(&self.targets) {
            let Target::Package(from) = *from else { continue };
            let details = &package.details;
            let firm = details.dependencies.0.iter().map(|(name, _)| (name, false));
            let loose = details.optional_dependencies.0.iter().map(|(name, _)| (name, true));
            let peers = details.peer_dependencies.0.iter();
            let peers = peers.map(|(name, _)| (name, details.optional_peers.contains(name)));
            let needs = firm.chain(loose).map(|(name, optional)| (name, optional, optional));
            for (name, optional, may_be_absent) in
                needs.chain(peers.map(|(name, optional)| (name, optional, true)))
            {
                match self.find(key, name) {
                    Some(Target::Package(to)) => {
                        if let Some(entry) = inventory.packages.get_mut(from as usize) {
                            entry.needs.push(to);
                        }
                        if optional {
                            reasons.optional.insert((from, to));
                        }
                    }
                    Some(Target::Member) => {}
                    None if may_be_absent => {}
                    None => inventory.gaps.push(self.missing(key, name)),
                }
            }
        }
        let mut asked: HashMap<u32, Scope> = HashMap::new();
        for (path, workspace) in &document.workspaces.0 {
            // A workspace's own copies stand under its name.
            let place =
                if path.is_empty() { "" } else { workspace.name.text().unwrap_or_default() };
            for (name, scope, may_be_absent) in workspace.wishes() {
                match self.find(place, name) {
                    Some(Target::Package(to)) => {
                        let known = asked.entry(to).or_insert(scope);
                        *known = scope.min(*known);
                    }
                    Some(Target::Member) => {}
                    None if may_be_absent => {}
                    None => inventory.gaps.push(self.missing(place, name)),
                }
            }
        }
        reasons.direct = asked.into_iter().collect();
        if !document.workspaces.0.is_empty() {
            reasons.spread(&mut inventory.packages);
        }
    }

    fn find(&self, from: &str, name: &str) -> Option<Target> {
        let slot = self.tree.find(self.folders.nearest(from), name)?;
        self.targets.get(slot as usize).copied()
    }

    fn missing(&self, of: &str, wanted: &Text<'_>) -> Gap {
        let of = if of.is_empty() { "the project" } else { of };
        Gap {
            place: Place::at(self.lines.of(wanted)),
            reason: format!("{of} needs {:?}, which the file does not have", &**wanted),
            advice: "the file may be cut short or merged by hand: run `bun install`".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests;
