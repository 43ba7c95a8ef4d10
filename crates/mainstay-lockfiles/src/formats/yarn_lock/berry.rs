//! Yarn 2 and later: YAML, with `__metadata` first. Each block has a `resolution`, which says by
//! its protocol where the package comes from (`npm:`, `workspace:`, `patch:`, a repository ...).
//!
//! Protocols: yarn's documentation, "Protocols". The blocks of workspaces list what they want,
//! without saying what is for development only; their package.json does.

use std::collections::{HashMap, HashSet};

use mainstay_reading::{
    Entry, Input, Inventory, LockedVersion, Member, Origin, Place, ReadError, ReadErrorKind, join,
    yaml,
};
use mainstay_types::{Digest, DigestAlgorithm, PackageName, Scope};
use serde::Deserialize;

use crate::ending;

use super::{Descriptors, Found, Target, missing};
use crate::formats::npm::listing::{Key, Listing};
use crate::formats::npm::{self, address, specifier};
use crate::formats::package_json;
use crate::formats::scopes::Reasons;

/// The newest `__metadata.version` that is understood.
const NEWEST: u32 = 9;

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Block {
    version: Option<String>,
    resolution: Option<String>,
    dependencies: Listing<String>,
    dependencies_meta: Listing<Meta>,
    optional_dependencies: Listing<String>,
    checksum: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Meta {
    optional: bool,
}

impl Block {
    fn wishes(&self) -> impl Iterator<Item = (&Key, &str)> {
        let all = self.dependencies.0.iter().chain(&self.optional_dependencies.0);
        all.map(|(key, range)| (key, &**range))
    }

    /// The names that an installer may leave out.
    fn optional(&self) -> HashSet<&str> {
        let listed = self.optional_dependencies.0.iter().map(|(key, _)| &*key.text);
        let meta = self.dependencies_meta.0.iter();
        let marked = meta.filter(|(_, meta)| meta.optional).map(|(key, _)| &*key.text);
        listed.chain(marked).collect()
    }
}

pub(super) fn read(text: &str, input: &Input<'_>) -> Result<Inventory, ReadError> {
    let file: Listing<Block> = yaml::parse(text)?;
    check_version(&file)?;
    let blocks: Vec<&(Key, Block)> =
        file.0.iter().filter(|(key, _)| key.text != "__metadata").collect();
    let mut inventory = Inventory::default();
    let mut descriptors = Descriptors::default();
    let mut targets = Vec::with_capacity(blocks.len());
    for (key, block) in blocks.iter().copied() {
        let target = add(&mut inventory, key, block)?;
        targets.push(target);
        for descriptor in key.text.split(", ") {
            let (name, range) = specifier::divide(descriptor);
            if !descriptors.add(name, range.unwrap_or_default(), target) {
                let message = format!("{descriptor:?} is there twice");
                return Err(ReadError { kind: ReadErrorKind::Shape, line: key.line, message });
            }
        }
    }
    let mut reasons = Reasons::default();
    for ((key, block), target) in blocks.iter().copied().zip(&targets) {
        connect(&mut inventory, (key, block, *target), &descriptors, &mut reasons, input);
    }
    if targets.contains(&Target::Member) {
        reasons.spread(&mut inventory.packages);
    }
    inventory.gaps.extend(ending::nothing_named(&inventory, "run `yarn install`"));
    inventory.gaps.extend(ending::open_last_key(text));
    Ok(inventory)
}

fn check_version(file: &Listing<Block>) -> Result<(), ReadError> {
    let metadata = file.0.iter().find(|(key, _)| key.text == "__metadata");
    let (line, version) = match metadata {
        Some((key, block)) => (key.line, block.version.as_deref().unwrap_or_default()),
        None => (None, ""),
    };
    match version.parse::<u32>() {
        Ok(1..=NEWEST) => Ok(()),
        Ok(_) | Err(_) => Err(ReadError {
            kind: ReadErrorKind::UnknownVersion,
            line,
            message: format!(
                "version {version:?} of yarn.lock is not known; the newest known is {NEWEST}"
            ),
        }),
    }
}

/// Where a package comes from, by the protocol of its resolution.
enum Source<'a> {
    Package(Origin),
    /// One of the project's own, in this folder.
    Own(&'a str),
}

fn add(inventory: &mut Inventory, key: &Key, block: &Block) -> Result<Target, ReadError> {
    let Some(resolution) = &block.resolution else {
        let message = "the package has no resolution; the file may be cut short".to_owned();
        return Err(ReadError { kind: ReadErrorKind::Shape, line: key.line, message });
    };
    let (name, reference) = specifier::divide(resolution);
    let name = npm::name(name, key.line)?;
    let reference = reference.unwrap_or_default();
    let origin = match source(reference) {
        Source::Package(origin) => origin,
        Source::Own(path) => {
            own(inventory, name, path);
            return Ok(Target::Member);
        }
    };
    let in_reference = reference.strip_prefix("npm:").map(|rest| before(rest, "::"));
    let version = block.version.as_deref().or(in_reference);
    let position = u32::try_from(inventory.packages.len()).unwrap_or(u32::MAX);
    inventory.packages.push(Entry {
        name,
        version: version.map_or(LockedVersion::Unstated, |v| LockedVersion::Exact(v.into())),
        place: Place::at(key.line),
        scope: Scope::Runtime,
        direct: None,
        origin,
        checksums: block.checksum.as_deref().and_then(checksum).into_iter().collect(),
        licence: None,
        released: None,
        needs: Vec::with_capacity(block.dependencies.0.len()),
    });
    Ok(Target::Package(position))
}

fn own(inventory: &mut Inventory, name: PackageName, path: &str) {
    if path == "." {
        inventory.own_name = Some(name.clone());
    }
    inventory.members.push(Member { name: Some(name), path: Some(path.into()) });
}

fn source(reference: &str) -> Source<'_> {
    // `virtual:<hash>#npm:1.0.0` is the same package in another place of the graph.
    let reference = match reference.strip_prefix("virtual:") {
        Some(rest) => rest.split_once('#').map_or(rest, |(_, inner)| inner),
        None => reference,
    };
    let Some((protocol, rest)) = reference.split_once(':') else {
        return Source::Package(address::origin(reference, true));
    };
    let path = before(before(rest, "::"), "#");
    match protocol {
        "npm" | "patch" => Source::Package(Origin::registry()),
        "workspace" | "link" | "portal" => Source::Own(path),
        "file" if !address::is_archive(path) && !path.starts_with("..") => Source::Own(path),
        "file" | "exec" => Source::Package(Origin::Path(path.into())),
        _ => Source::Package(address::origin(before(reference, "::"), true)),
    }
}

fn before<'a>(text: &'a str, mark: &str) -> &'a str {
    text.split_once(mark).map_or(text, |(before, _)| before)
}

/// SHA-512 of the archive that yarn keeps in its cache, behind the key of the cache since
/// version 8 (`10c0/<hex>`).
fn checksum(text: &str) -> Option<Digest> {
    let hex = text.rsplit_once('/').map_or(text, |(_, hex)| hex);
    Digest::from_hex(DigestAlgorithm::YarnArchive, hex).ok()
}

fn connect(
    inventory: &mut Inventory,
    (key, block, target): (&Key, &Block, Target),
    descriptors: &Descriptors<'_>,
    reasons: &mut Reasons,
    input: &Input<'_>,
) {
    let optional = block.optional();
    let scopes = match target {
        Target::Member => wanted_for(block, input),
        Target::Package(_) => HashMap::new(),
    };
    for (wish, range) in block.wishes() {
        let may_be_absent = optional.contains(&*wish.text);
        match (descriptors.find(&wish.text, range), target) {
            (Found::Target(Target::Package(to)), Target::Package(from)) => {
                if let Some(entry) = inventory.packages.get_mut(from as usize) {
                    entry.needs.push(to);
                }
                if may_be_absent {
                    reasons.optional.insert((from, to));
                }
            }
            (Found::Target(Target::Package(to)), Target::Member) => {
                let otherwise = if may_be_absent { Scope::Optional } else { Scope::Runtime };
                let scope = scopes.get(&*wish.text).copied().unwrap_or(otherwise);
                reasons.direct.push((to, scope));
            }
            (Found::Target(Target::Member) | Found::Undecided, _) => {}
            (Found::Nothing, _) if may_be_absent => {}
            (Found::Nothing, _) => inventory.gaps.push(missing(&key.text, &wish.text, wish.line)),
        }
    }
}

/// Why a workspace wants packages, by its package.json. Empty when that cannot be read.
fn wanted_for(block: &Block, input: &Input<'_>) -> HashMap<String, Scope> {
    let path = block.resolution.as_deref().and_then(|resolution| {
        let (_, reference) = specifier::divide(resolution);
        reference?.strip_prefix("workspace:")
    });
    let Some(path) = path.and_then(|path| join("yarn.lock", &format!("{path}/package.json")).ok())
    else {
        return HashMap::new();
    };
    let mut scopes: HashMap<String, Scope> = HashMap::new();
    package_json::nearby(input, &path, |manifest| {
        for wish in manifest.wishes() {
            let scope = scopes.entry(wish.name.to_owned()).or_insert(wish.scope);
            *scope = wish.scope.min(*scope);
        }
    });
    scopes
}
