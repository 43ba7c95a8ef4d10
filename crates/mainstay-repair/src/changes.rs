//! What is gained and lost between two lockfiles.

use std::collections::BTreeMap;

use mainstay_reading::Inventory;
use similar::TextDiff;

use crate::flaws::Flaw;
use crate::model::{Change, Released, Rewrite};

/// The packages that differ, by name: versions that go are paired with versions that come.
pub(crate) fn changes(before: &Inventory, after: &Inventory, gone: &[Flaw]) -> Vec<Change> {
    let (old, new) = (versions(before), versions(after));
    let mut names: Vec<&String> = old.keys().chain(new.keys()).collect();
    names.sort_unstable();
    names.dedup();
    let mut changes = Vec::new();
    for name in names {
        let none = Vec::new();
        let (had, has) = (old.get(name).unwrap_or(&none), new.get(name).unwrap_or(&none));
        let mut lost = had.iter().filter(|version| !has.contains(version)).cloned();
        let mut gained = has.iter().filter(|version| !had.contains(version)).cloned();
        loop {
            let (from, to) = (lost.next(), gained.next());
            if from.is_none() && to.is_none() {
                break;
            }
            let removes = gone
                .iter()
                .filter(|flaw| {
                    flaw.package.to_string() == **name && from.as_ref() == Some(&flaw.version)
                })
                .map(|flaw| flaw.id.clone())
                .collect();
            let released = Released::Unknown;
            let name = name.clone();
            changes.push(Change { name, from, to, released, within_cooldown: None, removes });
        }
    }
    changes
}

fn versions(inventory: &Inventory) -> BTreeMap<String, Vec<String>> {
    let mut versions: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for entry in &inventory.packages {
        let Some(version) = entry.version.exact() else { continue };
        versions.entry(entry.name.to_string()).or_default().push(version.to_owned());
    }
    for list in versions.values_mut() {
        list.sort_unstable();
        list.dedup();
    }
    versions
}

impl Rewrite {
    /// Whether anything differs.
    pub fn is_change(&self) -> bool {
        self.before != self.after
    }

    /// The lines that differ, in the unified form that `patch` takes.
    pub fn diff(&self, path: &str) -> String {
        let before = String::from_utf8_lossy(&self.before);
        let after = String::from_utf8_lossy(&self.after);
        let path = path.replace('\\', "/");
        TextDiff::from_lines(&*before, &*after)
            .unified_diff()
            .context_radius(3)
            .header(&format!("a/{path}"), &format!("b/{path}"))
            .to_string()
    }
}
