//! Folders that a walk sets aside: they hold what was installed, fetched or built, and not what
//! the project asks for. The lockfile says what should be in them; what is in them are other
//! people's projects, whose own lockfiles say nothing about this one.
//!
//! Where trees are looked at, those that a reader knows are read as what they are, and what lies
//! in them belongs to installed packages. The rest stays aside.
//!
//! Only names that one tool gives and hardly anyone else does are in the table. A name that many
//! use (`vendor`, `deps`) is not enough: there, a file that the tool leaves tells.

use std::ffi::OsStr;

/// A folder that is set aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Aside {
    /// What it is.
    pub(crate) reason: &'static str,
    /// What can be read in it.
    pub(crate) holds: Holds,
}

/// What can be read in a folder that is set aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Holds {
    /// Nothing that any reader knows.
    Nothing,
    /// It is an installed tree, of the kind with this id.
    Tree(&'static str),
    /// Installed trees lie somewhere in it.
    Trees,
    /// It is one package; the folder above is the tree.
    Part(&'static str),
    /// It is an installed tree and may be the project's own folder all the same, so that the walk
    /// goes on in it.
    TreeAmongOthers(&'static str),
}

/// Folders that are set aside wherever they stand.
const BY_NAME: &[(&str, &str, Holds)] = &[
    (".git", "version control", Holds::Nothing),
    (".hg", "version control", Holds::Nothing),
    (".svn", "version control", Holds::Nothing),
    ("target", "build output", Holds::Nothing),
    (
        "node_modules",
        "installed packages; the lockfile says what they should be",
        Holds::Tree("node-modules"),
    ),
    ("bower_components", "installed packages", Holds::Nothing),
    (".venv", "a virtual environment", Holds::Trees),
    ("venv", "a virtual environment", Holds::Trees),
    (".tox", "virtual environments", Holds::Trees),
    (".nox", "virtual environments", Holds::Trees),
    ("site-packages", "installed packages", Holds::Tree("site-packages")),
    ("dist-packages", "installed packages", Holds::Tree("site-packages")),
    ("__pycache__", "build output", Holds::Nothing),
    (".gradle", "build output", Holds::Nothing),
    (
        ".build",
        "what SwiftPM fetched and built; Package.resolved says what it should be",
        Holds::Nothing,
    ),
    ("DerivedData", "what Xcode fetched and built", Holds::Nothing),
    ("Pods", "installed packages", Holds::Nothing),
    ("Carthage", "what Carthage fetched and built", Holds::Nothing),
    (".dart_tool", "build output", Holds::Nothing),
    (".stack-work", "build output", Holds::Nothing),
    ("dist-newstyle", "build output", Holds::Nothing),
    (".terraform", "modules that Terraform fetched", Holds::Nothing),
];

/// Names that together give a folder away, the name that the folder must have with them (empty:
/// any), what it is, and what can be read in it.
const BY_MARK: &[(&[&str], &str, &str, Holds)] = &[
    // PEP 405.
    (&["pyvenv.cfg"], "", "a virtual environment", Holds::Trees),
    // `cargo vendor` writes the one into every crate, beside the other.
    (
        &[".cargo-checksum.json", "Cargo.toml"],
        "",
        "crates that Cargo vendored; Cargo.lock says which",
        Holds::Part("cargo-vendor"),
    ),
    // Mix writes it into every package.
    (&[".hex"], "", "a package that Mix fetched; mix.lock says which", Holds::Nothing),
    (
        &["modules.txt"],
        "vendor",
        "modules that Go vendored; go.mod says which",
        Holds::Tree("go-vendor"),
    ),
    (
        &["autoload.php"],
        "vendor",
        "packages that Composer installed; composer.lock says which",
        Holds::Tree("composer-vendor"),
    ),
    (
        &["specifications", "gems"],
        "",
        "gems that RubyGems installed; Gemfile.lock says which",
        Holds::Tree("installed-gems"),
    ),
    // R writes both for every package that it installs.
    (&["DESCRIPTION", "Meta"], "", "packages that R installed", Holds::Part("r-library")),
];

/// What a folder is by its name, if it is set aside.
pub(super) fn by_name(name: &OsStr, above: Option<&OsStr>) -> Option<Aside> {
    if name == "bundle" && above.is_some_and(|above| above == "vendor") {
        return Some(Aside {
            reason: "gems that Bundler installed; Gemfile.lock says which",
            holds: Holds::Tree("installed-gems"),
        });
    }
    let (_, reason, holds) = BY_NAME.iter().find(|(known, ..)| *known == name)?;
    Some(Aside { reason, holds: *holds })
}

/// What a folder is by the names in it, if it is set aside.
pub(super) fn by_mark(folder: Option<&OsStr>, names: &[&OsStr]) -> Option<Aside> {
    let is_called = |of: &str| of.is_empty() || folder.is_some_and(|folder| folder == of);
    let has = |mark: &&str| names.iter().any(|name| name == mark);
    let marked = BY_MARK.iter().find(|(marks, of, ..)| is_called(of) && marks.iter().all(has));
    if let Some((_, _, reason, holds)) = marked {
        return Some(Aside { reason, holds: *holds });
    }
    // `pip install --target` fills any folder, the project's own with it.
    let is_record = |name: &&OsStr| name.as_encoded_bytes().ends_with(b".dist-info");
    names.iter().any(is_record).then_some(Aside {
        reason: "distributions of Python that were installed among its files",
        holds: Holds::TreeAmongOthers("site-packages"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(folder: &str, names: &[&str]) -> bool {
        let names: Vec<&OsStr> = names.iter().map(OsStr::new).collect();
        by_mark(Some(OsStr::new(folder)), &names).is_some()
    }

    #[test]
    fn a_folder_called_vendor_is_set_aside_only_where_a_tool_filled_it() {
        assert!(by_name(OsStr::new("vendor"), None).is_none());
        assert!(marked("vendor", &["autoload.php"]));
        assert!(!marked("src", &["autoload.php"]));
        assert!(!marked("vendor", &["package.json"]));
    }

    #[test]
    fn gems_that_were_installed_into_the_project_are_set_aside() {
        let bundle = OsStr::new("bundle");
        assert!(by_name(bundle, Some(OsStr::new("vendor"))).is_some());
        assert!(by_name(bundle, Some(OsStr::new("app"))).is_none());
    }

    #[test]
    fn a_source_package_of_r_is_no_installed_one() {
        assert!(marked("jsonlite", &["DESCRIPTION", "Meta", "R"]));
        assert!(!marked("jsonlite", &["DESCRIPTION", "R", "man"]));
    }

    #[test]
    fn every_tree_of_the_tables_has_a_reader() {
        let by_name = BY_NAME.iter().map(|(.., holds)| *holds);
        for holds in by_name.chain(BY_MARK.iter().map(|(.., holds)| *holds)) {
            if let Holds::Tree(id) | Holds::Part(id) | Holds::TreeAmongOthers(id) = holds {
                assert!(mainstay_installed::tree(id).is_some(), "{id}");
            }
        }
    }
}
