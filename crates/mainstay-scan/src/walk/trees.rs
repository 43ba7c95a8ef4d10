//! What a walk does with folders that are set aside: skip them, or look at the trees in them.

use std::ffi::{OsStr, OsString};
use std::fs::FileType;
use std::path::Path;

use mainstay_installed::{reads_inner_gems, reads_inner_modules, tree};

use super::set_aside::{self, Aside, Holds};
use super::{ASK_FOR_TREES, Folder, Found, NAME_IT, Root, Skipped, Walked, Within, shown};
use crate::kind::Kind;

impl Root<'_> {
    /// Decides about a folder by what lies in it, and about the one that was named also by its
    /// name. `None` when the walk does not go in.
    pub(super) fn judge(
        &self,
        here: &mut Walked,
        folder: &Folder,
        entries: &[(OsString, Option<FileType>)],
    ) -> Option<Within> {
        let is_root = folder.below.is_empty();
        let path = if is_root { &self.ground.place } else { &folder.path };
        let names: Vec<&OsStr> = entries.iter().map(|(name, _)| name.as_os_str()).collect();
        let by_name = || {
            let above = path.parent().and_then(Path::file_name);
            path.file_name().and_then(|name| set_aside::by_name(name, above))
        };
        let marked = set_aside::by_mark(path.file_name(), &names);
        let Some(aside) = marked.or_else(|| by_name().filter(|_| is_root)) else {
            return Some(folder.within);
        };
        if !is_root {
            return self.take_aside(here, folder, aside);
        }
        // Who names a tree wants it looked at; who names one package, the package.
        match aside.holds {
            Holds::Nothing | Holds::Part(_) => Some(folder.within),
            Holds::Tree(_) | Holds::Trees => {
                self.take_aside(here, &folder.as_of(Within::Tree), aside)
            }
            Holds::TreeAmongOthers(_) => {
                let within = Within::ProjectWithTrees;
                self.take_aside(here, &folder.as_of(within), aside)
            }
        }
    }

    /// Whether the reader of the tree around a folder looks into it itself.
    fn is_read_already(&self, folder: &Folder) -> bool {
        folder.within == Within::Tree && !folder.below.is_empty() && {
            let path = self.ground.place.join(self.below(&folder.path));
            is_inner_modules(&path) || is_inner_gems(&path)
        }
    }

    /// Skips a folder that is set aside, or takes the tree that it is. `None` when the walk does
    /// not go in.
    pub(super) fn take_aside(
        &self,
        here: &mut Walked,
        folder: &Folder,
        aside: Aside,
    ) -> Option<Within> {
        let is_part = matches!(aside.holds, Holds::Part(_));
        let path = match folder.path.parent() {
            Some(above) if is_part => above,
            _ => &folder.path,
        };
        if aside.holds == Holds::Nothing {
            here.skip(shown(path), aside.reason, NAME_IT);
            return None;
        }
        if folder.within == Within::Project {
            if is_part {
                let (shown_path, reason) = (shown(&folder.path), aside.reason.to_owned());
                let skipped = Skipped { shown: shown_path, reason, advice: ASK_FOR_TREES };
                here.parts.push((shown(path), skipped));
                return None;
            }
            here.skip(shown(path), aside.reason, ASK_FOR_TREES);
            let among_others = matches!(aside.holds, Holds::TreeAmongOthers(_));
            return among_others.then_some(Within::Project);
        }
        if let Holds::Tree(id) | Holds::Part(id) | Holds::TreeAmongOthers(id) = aside.holds
            && !self.is_read_already(folder)
            && let Some(tree) = tree(if is_carried(folder, id) { "carried-modules" } else { id })
        {
            here.found.push(Found {
                shown: shown(path).into(),
                path: path.to_owned(),
                place: self.ground.place.join(self.below(path)),
                target: self.position,
                named: folder.below.is_empty(),
                kind: Kind::Tree(tree),
            });
        }
        match aside.holds {
            Holds::TreeAmongOthers(_) => Some(folder.within),
            Holds::Nothing | Holds::Tree(_) | Holds::Trees | Holds::Part(_) => Some(Within::Tree),
        }
    }
}

/// Whether a `node_modules` lies among the files of an installed package.
fn is_carried(folder: &Folder, id: &str) -> bool {
    folder.within == Within::Tree && !folder.below.is_empty() && id == "node-modules"
}

/// Whether a path is a `node_modules` that the reader of one around it looks into itself.
pub(crate) fn is_inner_modules(path: &Path) -> bool {
    let names: Vec<_> =
        path.iter().rev().map(OsStr::to_string_lossy).take(MOST_BETWEEN + 2).collect();
    let Some((own, above)) = names.split_first() else { return false };
    let outer = above.iter().position(|name| name == "node_modules");
    own == "node_modules"
        && outer.and_then(|outer| above.get(..outer)).is_some_and(|between| {
            let between: Vec<&str> = between.iter().rev().map(|name| &**name).collect();
            reads_inner_modules(&between)
        })
}

/// Whether a path lies where the reader of Bundler's `vendor/bundle` looks into itself.
fn is_inner_gems(path: &Path) -> bool {
    let names: Vec<_> = path.iter().rev().map(OsStr::to_string_lossy).take(4).collect();
    let names: Vec<&str> = names.iter().rev().map(|name| &**name).collect();
    matches!(&*names, ["vendor", "bundle", below @ ..] if reads_inner_gems(below))
}

/// So many folders lie between two such folders at most.
const MOST_BETWEEN: usize = 3;

#[cfg(test)]
mod tests {
    use super::*;

    fn inner(path: &str) -> bool {
        is_inner_modules(Path::new(path))
    }

    #[test]
    fn the_gems_below_vendor_bundle_are_no_tree_of_their_own() {
        let inner = |path: &str| is_inner_gems(Path::new(path));
        assert!(inner("app/vendor/bundle/ruby/3.2.0"));
        assert!(!inner("app/vendor/bundle"));
        assert!(!inner("app/vendor/bundle/gems/3.2.0"));
        assert!(!inner("app/other/bundle/ruby/3.2.0"));
    }

    #[test]
    fn the_modules_of_a_package_in_modules_are_no_tree_of_their_own() {
        assert!(inner("node_modules/a/node_modules"));
        assert!(inner("app/node_modules/@s/a/node_modules"));
        assert!(inner("node_modules/.pnpm/a@1/node_modules"));
        assert!(!inner("node_modules"));
        assert!(!inner("packages/a/node_modules"));
        assert!(!inner("node_modules/a/test/node_modules"));
        assert!(!inner("node_modules/.cache/a/node_modules"));
        assert!(!inner("node_modules/.hidden/node_modules"));
    }
}
