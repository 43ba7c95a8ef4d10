//! Files of an image of which nobody says what they are: programs without a record and packed
//! archives that belong to no package of the distribution and to no installed one.

use std::collections::BTreeSet;

use mainstay_installed::Tree;
use mainstay_reading::{Entry, Gap, Inventory, Nearby, NearbyError, Place, join};

use super::trees::{above, joined};

/// Endings of archives and bundles that are not opened. What is known by its ending, such as a jar,
/// is a source.
const PACKED: [&str; 16] = [
    ".zip", ".tar", ".tgz", ".tar.gz", ".tar.bz2", ".tar.xz", ".tar.zst", ".tbz2", ".txz", ".7z",
    ".rar", ".pyz", ".phar", ".asar", ".deb", ".rpm",
];

/// Archives that a package manager keeps of what it installed: the scripts of apk, the cache of
/// Yarn, whose packages its lockfile names.
const KEPT: [&str; 3] = ["lib/apk/db/scripts.tar", "lib/apk/db/scripts.tar.gz", ".yarn/cache/"];

/// Whether a file is an archive by its name, of which it has to be known what it is.
pub(super) fn is_packed(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    PACKED.iter().any(|ending| name.len() > ending.len() && name.ends_with(ending))
        && !KEPT.iter().any(|kept| path.contains(kept))
}

/// So many bytes of the lists of Python are looked at in one image.
const MOST_LISTED: usize = 1 << 28;

/// What the installed packages of an image answer for.
#[derive(Default)]
pub(super) struct Installed {
    /// Folders of packages, and whole trees that do not list their files.
    folders: BTreeSet<String>,
    /// Folders that answer for what lies in them, and not below.
    beside: BTreeSet<String>,
    /// Files that lists of Python name.
    files: BTreeSet<String>,
    /// Folders of gems, by the last part of their name: what was compiled of them lies elsewhere.
    gems: BTreeSet<String>,
    /// Bytes of lists that were looked at.
    listed: usize,
}

impl Installed {
    /// Takes in the packages of a tree, which lies in this folder and may have it for itself. Of
    /// the lists of files only what is in `asked` is kept.
    pub(super) fn take(
        &mut self,
        (tree, folder, has_for_itself): (&Tree, &str, bool),
        nearby: &dyn Nearby,
        inventory: &Inventory,
        asked: &BTreeSet<&str>,
    ) {
        if asked.is_empty() {
            return;
        }
        for entry in &inventory.packages {
            let place = entry.place.file.as_deref().unwrap_or_default();
            let own = place.rsplit_once('/').map_or("", |(own, _)| own);
            match tree.id {
                // What is not looked at for its size answers for nothing.
                "site-packages" if self.listed > MOST_LISTED => {}
                "site-packages" => match nearby.read(&format!("{own}/RECORD")) {
                    Ok(record) if !own.is_empty() => self.listed(folder, &record, asked),
                    // setuptools and conda may list nothing.
                    Err(NearbyError::Absent) if has_for_itself => {
                        self.folders.insert(folder.to_owned());
                    }
                    Ok(_) | Err(_) => {}
                },
                "installed-gems" => self.gem(folder, place),
                "r-library" | "node-modules" | "carried-modules" if !own.is_empty() => {
                    self.folders.insert(joined(folder, own));
                }
                _ => self.vendored(folder, own, entry),
            }
        }
    }

    /// The lines of a `RECORD`: a path from the folder of the tree, and more behind a comma.
    fn listed(&mut self, folder: &str, record: &[u8], asked: &BTreeSet<&str>) {
        self.listed = self.listed.saturating_add(record.len());
        let record = String::from_utf8_lossy(record);
        for line in record.lines() {
            let path = match line.strip_prefix('"') {
                Some(quoted) => quoted.split('"').next().unwrap_or(quoted),
                None => line.split(',').next().unwrap_or(line),
            };
            // A path with a slash in front is from the root.
            let full = match path.strip_prefix('/') {
                Some(path) => Ok(path.to_owned()),
                None => join(&joined(folder, "RECORD"), path),
            };
            if let Ok(full) = full
                && asked.contains(&*full)
            {
                self.files.insert(full);
            }
        }
    }

    /// A gem has its own folder, and one in `extensions` for what was compiled of it. One from a
    /// repository has a folder and no specification among the others.
    fn gem(&mut self, folder: &str, place: &str) {
        let name = place.rsplit('/').next().unwrap_or(place);
        match name.strip_suffix(".gemspec") {
            Some(name) => {
                self.folders.insert(joined(folder, &format!("gems/{name}")));
                self.gems.insert(name.to_owned());
            }
            None if place.contains('/') => drop(self.folders.insert(joined(folder, place))),
            None => {}
        }
    }

    fn vendored(&mut self, folder: &str, own: &str, entry: &Entry) {
        if !own.is_empty() {
            self.folders.insert(joined(folder, own));
        }
        self.folders.insert(joined(folder, entry.name.as_written()));
    }

    /// Takes in a published .NET program, whose `*.deps.json` speaks for what lies beside it, and
    /// in `runtimes`.
    pub(super) fn published(&mut self, deps_json: &str) {
        let Some(folder) = above(deps_json).next().filter(|folder| !folder.is_empty()) else {
            return;
        };
        self.beside.insert(folder.to_owned());
        self.folders.insert(joined(folder, "runtimes"));
    }

    fn answers_for(&self, path: &str) -> bool {
        let is_compiled_gem = || {
            path.split_once("/extensions/")
                .is_some_and(|(_, rest)| rest.split('/').any(|part| self.gems.contains(part)))
        };
        self.files.contains(path)
            || above(path).next().is_some_and(|folder| self.beside.contains(folder))
            || above(path).any(|folder| self.folders.contains(folder))
            || is_compiled_gem()
    }
}

/// The gap of the files for which nobody answers, if there are any.
pub(super) fn gap<'p>(
    files: &BTreeSet<&'p str>,
    owned: &BTreeSet<String>,
    installed: &Installed,
) -> Option<Gap> {
    let is_stranger = |path: &&&'p str| !owned.contains(**path) && !installed.answers_for(path);
    let mut strangers = files.iter().filter(is_stranger);
    let first = strangers.next()?;
    let what = if is_packed(first) { "an archive that is not opened" } else { "a program" };
    let others = match strangers.count() {
        0 => String::new(),
        1 => "; one more such file is there".to_owned(),
        more => format!("; {more} more such files are there"),
    };
    let reason =
        format!("{what}, which belongs to no package and does not say what it was made of{others}");
    let advice = if is_packed(first) {
        "unpack it, and scan what is in it"
    } else {
        "scan what it was made of, or build it with a record (Go does, Rust with cargo-auditable)"
    };
    Some(Gap { place: Place::member(*first), reason, advice: advice.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_python_answers_for_what_it_names_and_nothing_else() {
        let mut installed = Installed::default();
        let asked = BTreeSet::from(["opt/venv/bin/tool", "opt/venv/lib/site/a/x.so", "srv/x"]);
        let record = b"a/x.so,sha256=00,1\n\"../../bin/tool\",,\n../../../../etc/passwd,,\n";
        installed.listed("opt/venv/lib/site", record, &asked);
        assert!(installed.answers_for("opt/venv/bin/tool"));
        assert!(installed.answers_for("opt/venv/lib/site/a/x.so"));
        assert!(!installed.answers_for("opt/venv/lib/site/a/y.so"));
    }

    #[test]
    fn a_gem_answers_for_its_folder_and_for_what_was_compiled_of_it() {
        let mut installed = Installed::default();
        installed.gem("usr/gems", "specifications/a-1.0.gemspec");
        installed.gem("usr/gems", "bundler/gems/b-0123");
        for path in ["gems/a-1.0/x.so", "extensions/x86_64/3.3/a-1.0/x.so", "bundler/gems/b-0123/y"]
        {
            assert!(installed.answers_for(&format!("usr/gems/{path}")), "{path}");
        }
        assert!(!installed.answers_for("usr/gems/extensions/x86_64/3.3/c-1.0/x.so"));
    }

    #[test]
    fn a_published_program_answers_for_what_lies_beside_it_and_not_for_a_whole_image() {
        let mut installed = Installed::default();
        installed.published("app/App.deps.json");
        installed.published("Root.deps.json");
        assert!(
            installed.answers_for("app/App.dll") && installed.answers_for("app/runtimes/x/y.so")
        );
        assert!(!installed.answers_for("app/tools/z") && !installed.answers_for("evil"));
    }

    #[test]
    fn what_a_package_manager_keeps_of_its_own_is_no_stranger() {
        assert!(!is_packed("lib/apk/db/scripts.tar") && !is_packed("app/.yarn/cache/a.zip"));
        assert!(is_packed("opt/app.tar.gz"));
    }

    #[test]
    fn strangers_are_counted_and_the_first_is_named() {
        let files = BTreeSet::from(["a", "b.zip", "c", "d"]);
        let owned = BTreeSet::from(["c".to_owned()]);
        let gap = gap(&files, &owned, &Installed::default()).unwrap();
        assert_eq!(gap.place, Place::member("a"));
        assert!(gap.reason.ends_with("; 2 more such files are there"), "{}", gap.reason);
    }
}
