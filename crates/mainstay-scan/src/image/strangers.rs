//! Files of an image of which nobody says what they are: programs without a record and packed
//! archives that belong to no package of the distribution and to no installed one.

use std::collections::BTreeSet;

use mainstay_installed::Tree;
use mainstay_reading::{Entry, Gap, Inventory, Nearby, Place, join};

use super::trees::{above, joined};

/// Endings of archives and bundles that are not opened. What is known by its ending, such as a jar,
/// is a source.
const PACKED: [&str; 16] = [
    ".zip", ".tar", ".tgz", ".tar.gz", ".tar.bz2", ".tar.xz", ".tar.zst", ".tbz2", ".txz", ".7z",
    ".rar", ".pyz", ".phar", ".asar", ".deb", ".rpm",
];

/// Whether a file is an archive by its name.
pub(super) fn is_packed(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    PACKED.iter().any(|ending| name.len() > ending.len() && name.ends_with(ending))
}

/// What the installed packages of an image answer for.
#[derive(Default)]
pub(super) struct Installed {
    /// Folders of packages, and whole trees that do not list their files.
    folders: BTreeSet<String>,
    /// Files that lists of Python name.
    files: BTreeSet<String>,
}

impl Installed {
    /// Takes in the packages of a tree, which lies in this folder. Of the lists of files only what
    /// is in `asked` is kept.
    pub(super) fn take(
        &mut self,
        tree: &Tree,
        folder: &str,
        nearby: &dyn Nearby,
        inventory: &Inventory,
        asked: &BTreeSet<&str>,
    ) {
        for entry in &inventory.packages {
            let place = entry.place.file.as_deref().unwrap_or_default();
            let own = place.rsplit_once('/').map_or("", |(own, _)| own);
            match tree.id {
                "site-packages" => match nearby.read(&format!("{own}/RECORD")) {
                    Ok(record) if !own.is_empty() => self.listed(folder, &record, asked),
                    // setuptools and conda may list nothing.
                    Ok(_) | Err(_) => drop(self.folders.insert(folder.to_owned())),
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

    /// A gem has its own folder, and one for what was compiled of it.
    fn gem(&mut self, folder: &str, specification: &str) {
        let name = specification.rsplit('/').next().unwrap_or(specification);
        if let Some(name) = name.strip_suffix(".gemspec") {
            self.folders.insert(joined(folder, &format!("gems/{name}")));
            self.folders.insert(joined(folder, "extensions"));
        }
    }

    fn vendored(&mut self, folder: &str, own: &str, entry: &Entry) {
        if !own.is_empty() {
            self.folders.insert(joined(folder, own));
        }
        self.folders.insert(joined(folder, entry.name.as_written()));
    }

    /// Takes in a published .NET program, whose `*.deps.json` lists what lies beside it.
    pub(super) fn published(&mut self, deps_json: &str) {
        self.folders.insert(above(deps_json).next().unwrap_or_default().to_owned());
    }

    fn answers_for(&self, path: &str) -> bool {
        self.files.contains(path) || above(path).any(|folder| self.folders.contains(folder))
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
    let advice = "scan what it was made of, or build it with a record (Go does, Rust with \
                  cargo-auditable)";
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
    fn strangers_are_counted_and_the_first_is_named() {
        let files = BTreeSet::from(["a", "b.zip", "c", "d"]);
        let owned = BTreeSet::from(["c".to_owned()]);
        let gap = gap(&files, &owned, &Installed::default()).unwrap();
        assert_eq!(gap.place, Place::member("a"));
        assert!(gap.reason.ends_with("; 2 more such files are there"), "{}", gap.reason);
    }
}
