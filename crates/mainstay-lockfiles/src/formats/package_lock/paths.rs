//! Versions 2 and 3: `packages`, keyed by folder (`node_modules/a/node_modules/@s/b`).

use std::collections::HashMap;

use mainstay_reading::{
    Member, Origin, ReadError,
    json::{Object, Text},
};
use mainstay_types::{Licence, Licences};
use serde::Deserialize;

use super::{Found, Reading, scope};
use crate::formats::npm::loose::{Wishes, Word};
use crate::formats::npm::node_modules::{Folders, NodeModules, ROOT};
use crate::formats::npm::{self, address};

/// One folder that npm filled or links.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "the flags are the format's")]
pub(super) struct Located<'t> {
    #[serde(borrow, default)]
    name: Word<'t>,
    #[serde(borrow, default)]
    version: Word<'t>,
    #[serde(borrow, default)]
    resolved: Word<'t>,
    #[serde(borrow, default)]
    integrity: Word<'t>,
    /// As the package's own package.json has it.
    #[serde(borrow, default)]
    license: Word<'t>,
    #[serde(default)]
    link: bool,
    #[serde(default)]
    dev: bool,
    #[serde(default)]
    optional: bool,
    #[serde(default)]
    dev_optional: bool,
    #[serde(borrow, default)]
    dependencies: Wishes<'t>,
    #[serde(borrow, default)]
    dev_dependencies: Wishes<'t>,
    #[serde(borrow, default)]
    optional_dependencies: Wishes<'t>,
    #[serde(borrow, default)]
    peer_dependencies: Wishes<'t>,
}

impl<'t> Located<'t> {
    /// What it wants, and whether an installer may leave that out. The wishes for development
    /// are followed for the project's own packages only.
    fn wishes(&self, own: bool) -> impl Iterator<Item = (&(Text<'t>, Word<'t>), bool)> {
        let dev = if own { &*self.dev_dependencies.0 } else { &[] };
        let firm = self.dependencies.0.iter().chain(dev).map(|wish| (wish, false));
        let loose = self.optional_dependencies.0.iter().chain(&self.peer_dependencies.0);
        firm.chain(loose.map(|wish| (wish, true)))
    }
}

/// What a folder holds.
#[derive(Clone, Copy)]
enum Holds<'t> {
    /// A package: its position in the inventory.
    Package(u32),
    /// The project itself or one of its own packages.
    Member,
    /// A link to another folder.
    Link(&'t str),
}

pub(super) fn read<'d>(
    reading: &mut Reading<'_>,
    packages: &'d Object<'_, Located<'_>>,
) -> Result<(), ReadError> {
    let mut tree = NodeModules::with_capacity(packages.0.len());
    let parents = packages.0.iter().filter_map(|(key, _)| Some(split(key)?.0));
    let folders = Folders::new(parents, &mut tree)?;
    let mut holds: Vec<Holds<'d>> = Vec::with_capacity(packages.0.len());
    let mut licences = Licences::default();
    reading.inventory.packages.reserve_exact(packages.0.len());
    let mut last = ("", ROOT);
    for (slot, (key, located)) in (0_u32..).zip(&packages.0) {
        let inside = split(key);
        if let Some((parent, name)) = inside {
            // Most packages stand in the folder of the one before.
            if parent != last.0 {
                last = (parent, folders.nearest(parent));
            }
            tree.place(last.1, name, slot);
        }
        holds.push(match inside {
            Some(_) if located.link => Holds::Link(located.resolved.text().unwrap_or_default()),
            Some((_, name)) => {
                let licence = located.license.text().and_then(|text| licences.stated(text));
                Holds::Package(add(reading, key, name, located, licence)?)
            }
            None => own(reading, key, located)?,
        });
    }
    let has_links = holds.iter().any(|holds| matches!(holds, Holds::Link(_)));
    let slots = if has_links {
        packages.0.iter().map(|(key, _)| &**key).zip(0_u32..).collect()
    } else {
        HashMap::new()
    };
    let graph = Graph { tree, folders, holds, slots };
    graph.connect(reading, packages);
    Ok(())
}

/// Divides `a/node_modules/b` into the folder `a` and the name `b`. `None` for a folder that is
/// in no `node_modules`: the project's own.
fn split(key: &str) -> Option<(&str, &str)> {
    match memchr::memmem::rfind(key.as_bytes(), b"/node_modules/") {
        Some(at) => Some((key.get(..at)?, key.get(at + "/node_modules/".len()..)?)),
        None => key.strip_prefix("node_modules/").map(|name| ("", name)),
    }
}

fn add(
    reading: &mut Reading<'_>,
    key: &str,
    name: &str,
    located: &Located<'_>,
    licence: Option<Licence>,
) -> Result<u32, ReadError> {
    let name = located.name.text().unwrap_or(name);
    let resolved = located.resolved.text();
    let version = located.version.text();
    reading.add(Found {
        key,
        name,
        version: version.or_else(|| address::version_in_archive(name, resolved?)),
        scope: scope(located.dev, located.optional, located.dev_optional),
        origin: resolved.map_or_else(Origin::registry, |address| address::origin(address, false)),
        integrity: &located.integrity,
        licence,
    })
}

/// The root, a workspace, or a folder that is linked.
fn own<'d>(
    reading: &mut Reading<'_>,
    key: &str,
    located: &Located<'_>,
) -> Result<Holds<'d>, ReadError> {
    let name = match located.name.text() {
        Some(text) => Some(npm::name(text, reading.lines.of(text))?),
        None => None,
    };
    if !key.is_empty() {
        reading.inventory.members.push(Member { name, path: Some(key.into()) });
    } else if reading.inventory.members.is_empty() {
        reading.inventory.own_name.clone_from(&name);
        reading.inventory.members.push(Member { name, path: Some(".".into()) });
    }
    Ok(Holds::Member)
}

struct Graph<'d> {
    tree: NodeModules<'d>,
    folders: Folders<'d>,
    holds: Vec<Holds<'d>>,
    /// Slots by key, where there are links to follow.
    slots: HashMap<&'d str, u32>,
}

impl Graph<'_> {
    /// Says who needs whom, and who is asked for by the project itself.
    fn connect(&self, reading: &mut Reading<'_>, packages: &Object<'_, Located<'_>>) {
        let knows_own = self.holds.iter().any(|holds| matches!(holds, Holds::Member));
        for entry in &mut reading.inventory.packages {
            entry.direct = knows_own.then_some(false);
        }
        for ((key, located), holds) in packages.0.iter().zip(&self.holds) {
            let from = match holds {
                Holds::Package(position) => Some(*position),
                Holds::Member => None,
                Holds::Link(_) => continue,
            };
            let folder = self.folders.nearest(key);
            for ((name, asked), may_be_absent) in located.wishes(from.is_none()) {
                match self.find(folder, name) {
                    Some(Holds::Package(needed)) => reading.need(from, needed, asked),
                    Some(Holds::Member | Holds::Link(_)) => {}
                    None if may_be_absent => {}
                    None => reading.missing(key, name),
                }
            }
        }
    }

    fn find(&self, folder: u32, name: &str) -> Option<Holds<'_>> {
        let holds = self.holds.get(self.tree.find(folder, name)? as usize).copied()?;
        let Holds::Link(target) = holds else { return Some(holds) };
        // A link to a folder that the file does not describe leads to one of the project's own.
        let linked = self.slots.get(target).and_then(|slot| self.holds.get(*slot as usize));
        Some(linked.copied().unwrap_or(Holds::Member))
    }
}

impl Reading<'_> {
    fn need(&mut self, from: Option<u32>, needed: u32, asked: &Word<'_>) {
        if let Some(entry) = self.inventory.packages.get_mut(needed as usize) {
            if from.is_none() {
                entry.direct = Some(true);
            }
            // An archive that is asked for by its address need not be what the registry has.
            if let (Origin::Registry { artifact: Some(url), .. }, Some(asked)) =
                (&entry.origin, asked.text())
                && address::is_address(asked)
            {
                entry.origin = address::origin(url.reveal(), true);
            }
        }
        if let Some(from) = from
            && let Some(entry) = self.inventory.packages.get_mut(from as usize)
        {
            entry.needs.push(needed);
        }
    }
}
