//! Which manifests need no reading of their own, because a lockfile answers for them.
//!
//! A manifest is covered by a lockfile that was found in its own folder, or in a folder above
//! that lists it as a member, by path or by name; or in any folder above, where the manifest
//! itself says that it is locked there. A covered manifest is no source: what it asks
//! for, the lockfile has resolved. Whether the lockfile could be read is the lockfile's affair.

use std::collections::HashMap;
use std::path::Path;

use mainstay_reading::{Inventory, Member};

use crate::pattern::Pattern;
use crate::source::Reading;

/// Takes the covered manifests out of the readings; gives back how many they were.
pub(crate) fn take_out_covered(readings: Vec<Reading>) -> (Vec<Reading>, usize) {
    let mut by_folder: HashMap<&Path, Vec<&Reading>> = HashMap::new();
    for reading in &readings {
        by_folder.entry(reading.home()).or_default().push(reading);
    }
    let covered: Vec<bool> =
        readings.iter().map(|reading| is_covered(reading, &by_folder)).collect();
    let before = readings.len();
    let kept: Vec<Reading> = readings
        .into_iter()
        .zip(covered)
        .filter_map(|(reading, covered)| (!covered).then_some(reading))
        .collect();
    let taken = before - kept.len();
    (kept, taken)
}

fn is_covered(manifest: &Reading, by_folder: &HashMap<&Path, Vec<&Reading>>) -> bool {
    let Some(locked_by) = manifest.locked_by() else { return false };
    if manifest.found.named {
        return false;
    }
    let own_folder = manifest.home();
    own_folder.ancestors().any(|folder| {
        let here = by_folder.get(folder).into_iter().flatten();
        let mut locks = here.filter(|reading| locked_by.contains(&reading.file_name()));
        if folder == own_folder || manifest.is_locked_above() {
            return locks.next().is_some();
        }
        let below = || own_folder.strip_prefix(folder).map(with_slashes).unwrap_or_default();
        locks.any(|lock| lists(lock, &below(), manifest))
    })
}

/// Whether a lockfile lists a manifest as a member: by the path of its folder, or by its name.
fn lists(lock: &Reading, below: &str, manifest: &Reading) -> bool {
    let Ok(locked) = &lock.outcome else {
        // A broken lockfile cannot tell. It is unknown itself, which says enough.
        return false;
    };
    let own = manifest.outcome.as_ref().ok().and_then(|read: &Inventory| read.own_name.as_ref());
    locked.members.iter().any(|member: &Member| {
        let by_name = own.is_some() && member.name.as_ref() == own;
        by_name || member.path.as_deref().is_some_and(|path| is_path(path, below))
    })
}

fn is_path(pattern: &str, below: &str) -> bool {
    let bare = pattern.strip_prefix("./").unwrap_or(pattern).trim_end_matches('/');
    bare == below || bare.contains('*') && Pattern::parse(bare).is_ok_and(|p| p.names(below))
}

/// A relative path as lockfiles write it.
fn with_slashes(path: &Path) -> String {
    let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
    parts.join("/")
}

impl Reading {
    /// The folder that it lies in.
    pub(crate) fn home(&self) -> &Path {
        self.found.place.parent().unwrap_or(&self.found.place)
    }

    pub(crate) fn file_name(&self) -> &str {
        self.found.shown.get(self.folder().len()..).unwrap_or("")
    }

    /// Whether the manifest itself says that a lockfile above holds what it asks for.
    fn is_locked_above(&self) -> bool {
        self.outcome.as_ref().is_ok_and(|read| read.is_locked_above)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_is_listed_by_path_or_by_pattern() {
        assert!(is_path("./packages/a", "packages/a"));
        assert!(is_path("packages/*", "packages/a"));
        assert!(!is_path("packages/*", "packages/a/b"));
    }
}
