//! Packages of one system while a database is read: each gets the system's ecosystem and release.

use std::collections::HashMap;

use mainstay_reading::{Entry, Gap, Input, Inventory, LockedVersion, Origin, Place, entry};
use mainstay_types::{BuiltFrom, Distributed, Ecosystem, Licence, Packaging, Release};

use crate::os_release::System;

/// The inventory of a system, under construction.
pub(crate) struct Installed {
    home: Option<Home>,
    inventory: Inventory,
    /// Packages that cannot be listed, because it is not known whose they are.
    homeless: u64,
    problem: String,
}

/// Whose packages they are.
struct Home {
    ecosystem: Ecosystem,
    release: Option<Release>,
}

/// One package, as its database describes it.
pub(crate) struct Described<'a> {
    pub(crate) name: &'a str,
    pub(crate) version: &'a str,
    pub(crate) architecture: Option<&'a str>,
    pub(crate) licence: Option<&'a str>,
    pub(crate) place: Place,
}

impl Installed {
    /// Of the system whose root lies so many folders above the database.
    pub(crate) fn of(input: &Input<'_>, depth: usize, packaging: Packaging) -> Self {
        let (home, problem) = match System::nearby(input.nearby, &"../".repeat(depth)) {
            Err(problem) => {
                (None, format!("of which distribution they are is not known: {problem}"))
            }
            Ok(System { ecosystem: Some(ecosystem), release, .. })
                if ecosystem.packaging() == Some(packaging) =>
            {
                (Some(Home { ecosystem, release }), String::new())
            }
            Ok(system) => {
                (None, format!("they are of \"{}\", for which OSV has no advisories", system.name))
            }
        };
        Self { home, inventory: Inventory::default(), homeless: 0, problem }
    }

    /// The ecosystem of the packages, if it is known.
    pub(crate) fn ecosystem(&self) -> Option<Ecosystem> {
        self.home.as_ref().map(|home| home.ecosystem)
    }

    /// Lists a package; gives its position. What cannot be a package is a gap.
    pub(crate) fn push(&mut self, described: &Described<'_>, built_from: BuiltFrom) -> Option<u32> {
        let Some(home) = &self.home else {
            self.homeless += 1;
            return None;
        };
        let version = LockedVersion::Exact(described.version.trim().into());
        let made = entry(home.ecosystem, described.name, version, described.place.clone());
        let made = match made {
            Ok(_) if described.version.trim().is_empty() => Err("it has no version".to_owned()),
            Ok(made) => Ok(made),
            Err(error) => Err(error.message),
        };
        let distributed = Distributed {
            release: home.release.clone(),
            architecture: described.architecture.and_then(plain).map(Into::into),
            built_from,
        };
        match made {
            Ok(made) => {
                let entry = Entry {
                    origin: Origin::Distribution(Box::new(distributed)),
                    licence: described.licence.and_then(Licence::stated),
                    ..made
                };
                let position = u32::try_from(self.inventory.packages.len()).ok()?;
                self.inventory.packages.push(entry);
                Some(position)
            }
            Err(problem) => {
                let reason = format!("a package cannot be listed: {problem}");
                self.gap(described.place.clone(), reason, "look at the database by hand");
                None
            }
        }
    }

    /// Notes what the database leaves open. A hostile file cannot make more than a few.
    pub(crate) fn gap(&mut self, place: Place, reason: impl Into<String>, advice: &str) {
        if self.inventory.gaps.len() < MOST_GAPS {
            let (reason, advice) = (reason.into(), advice.to_owned());
            self.inventory.gaps.push(Gap { place, reason, advice });
        }
    }

    /// Joins edges that were collected by name: from a position to any of some names. Names that
    /// nothing here has are dropped.
    pub(crate) fn link(&mut self, provided: &HashMap<&str, u32>, edges: &[(u32, Vec<&str>)]) {
        for (from, names) in edges {
            let to = names.iter().find_map(|name| provided.get(name));
            let at = usize::try_from(*from).ok();
            let entry = at.and_then(|at| self.inventory.packages.get_mut(at));
            if let (Some(to), Some(entry)) = (to.filter(|to| *to != from), entry) {
                entry.needs.push(*to);
            }
        }
        for entry in &mut self.inventory.packages {
            entry.needs.sort_unstable();
            entry.needs.dedup();
        }
    }

    /// The finished inventory.
    pub(crate) fn finish(mut self) -> Inventory {
        if self.homeless > 0 {
            let reason = match self.homeless {
                1 => format!("one package is not listed: {}", self.problem),
                count => format!("{count} packages are not listed: {}", self.problem),
            };
            self.gap(Place::default(), reason, "scan the root folder of the system, or its image");
        }
        self.inventory
    }
}

/// So many gaps of one database are told.
const MOST_GAPS: usize = 100;

/// A word that may stand in a package URL and on a terminal.
fn plain(text: &str) -> Option<&str> {
    let text = text.trim();
    let fits = !text.is_empty() && text.len() <= 64 && text.bytes().all(|b| b.is_ascii_graphic());
    fits.then_some(text)
}
