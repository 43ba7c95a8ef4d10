//! Where the targets lie, so that targets that overlap are looked at once.
//!
//! A folder that is named beside a folder around it is walked as a target of its own, with its
//! own settings, and the outer walk leaves it to that. The same folder or file named twice counts
//! once. What a source may read beside it is bounded by the outermost folder that was named.

use std::path::{Path, PathBuf};

use crate::target::Target;

/// Where one target lies.
#[derive(Debug)]
pub(crate) struct Ground {
    /// The target itself, absolute. Links are followed, but for a file that is one.
    pub(crate) place: PathBuf,
    pub(crate) is_folder: bool,
    /// The folder that bounds what may be read: absolute, without links.
    pub(crate) root: PathBuf,
    /// Whether an earlier target lies at the same place.
    pub(crate) is_repeated: bool,
    /// Folders within this one that are targets themselves, relative to it.
    pub(crate) inner: Vec<PathBuf>,
}

/// Looks where each target lies; the answer has the order of the targets.
pub(crate) fn survey(targets: &[Target]) -> Vec<Ground> {
    let mut grounds: Vec<Ground> = targets.iter().map(|target| ground(&target.path)).collect();
    let folders: Vec<PathBuf> = grounds
        .iter()
        .filter(|ground| ground.is_folder)
        .map(|ground| ground.place.clone())
        .collect();
    let mut known = std::collections::HashSet::new();
    for ground in &mut grounds {
        ground.is_repeated = !known.insert(ground.place.clone());
        let around = folders.iter().filter(|folder| ground.root.starts_with(folder));
        if let Some(outermost) = around.min_by_key(|folder| folder.components().count()) {
            ground.root.clone_from(outermost);
        }
        if ground.is_folder {
            let inner = folders.iter().filter_map(|one| one.strip_prefix(&ground.place).ok());
            ground.inner =
                inner.filter(|one| !one.as_os_str().is_empty()).map(Path::to_owned).collect();
        }
    }
    grounds
}

fn ground(path: &Path) -> Ground {
    let is_folder = path.is_dir();
    let above = || path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let folder = if is_folder { path } else { above() };
    let root = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    let place = match path.file_name() {
        Some(name) if !is_folder => root.join(name),
        _ => root.clone(),
    };
    Ground { place, is_folder, root, is_repeated: false, inner: Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_within_another_target_keeps_the_outer_bound() {
        let outer = tempfile::tempdir().unwrap();
        let inner = outer.path().join("a");
        std::fs::create_dir(&inner).unwrap();
        let grounds = survey(&[Target::new(outer.path()), Target::new(&inner)]);
        assert_eq!(grounds[0].inner, [Path::new("a")]);
        assert_eq!(grounds[1].root, grounds[0].place);
    }

    #[test]
    fn the_same_folder_by_another_path_is_repeated() {
        let folder = tempfile::tempdir().unwrap();
        let again = folder.path().join("a").join("..");
        std::fs::create_dir(folder.path().join("a")).unwrap();
        let grounds = survey(&[Target::new(folder.path()), Target::new(again)]);
        assert!(!grounds[0].is_repeated && grounds[1].is_repeated);
    }

    #[test]
    fn a_named_file_does_not_widen_the_bound_of_another() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("a");
        std::fs::create_dir(&inner).unwrap();
        let files = [Target::new(folder.path().join("x")), Target::new(inner.join("y"))];
        let grounds = survey(&files);
        assert_eq!(grounds[1].root, inner.canonicalize().unwrap());
    }
}
