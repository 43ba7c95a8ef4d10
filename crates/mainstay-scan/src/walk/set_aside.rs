//! Folders that a walk sets aside: they hold what was installed, fetched or built, and not what
//! the project asks for. The lockfile says what should be in them; what is in them are other
//! people's projects, whose own lockfiles say nothing about this one.
//!
//! Only names that one tool gives and hardly anyone else does are in the table. A name that many
//! use (`vendor`, `deps`) is not enough: there, a file that the tool leaves tells.

use std::ffi::OsStr;

/// Folders that are set aside wherever they stand.
const BY_NAME: &[(&str, &str)] = &[
    (".git", "version control"),
    (".hg", "version control"),
    (".svn", "version control"),
    ("target", "build output"),
    ("node_modules", "installed packages; the lockfile says what they should be"),
    ("bower_components", "installed packages"),
    (".venv", "a virtual environment"),
    ("venv", "a virtual environment"),
    (".tox", "virtual environments"),
    (".nox", "virtual environments"),
    ("site-packages", "installed packages"),
    ("__pycache__", "build output"),
    (".gradle", "build output"),
    (".build", "what SwiftPM fetched and built; Package.resolved says what it should be"),
    ("DerivedData", "what Xcode fetched and built"),
    ("Pods", "installed packages"),
    ("Carthage", "what Carthage fetched and built"),
    (".dart_tool", "build output"),
    (".stack-work", "build output"),
    ("dist-newstyle", "build output"),
    (".terraform", "modules that Terraform fetched"),
];

/// Files that give a folder away, the name that the folder must have with it (empty: any), and
/// what it is.
const BY_MARK: &[(&str, &str, &str)] = &[
    // PEP 405.
    ("pyvenv.cfg", "", "a virtual environment"),
    // `cargo vendor` writes it into every crate.
    (".cargo-checksum.json", "", "a crate that Cargo vendored; Cargo.lock says which"),
    // Mix writes it into every package.
    (".hex", "", "a package that Mix fetched; mix.lock says which"),
    ("modules.txt", "vendor", "modules that Go vendored; go.mod says which"),
    ("autoload.php", "vendor", "packages that Composer installed; composer.lock says which"),
];

/// Why a folder is set aside by its name, if it is.
pub(super) fn by_name(name: &OsStr, above: Option<&OsStr>) -> Option<&'static str> {
    if name == "bundle" && above.is_some_and(|above| above == "vendor") {
        return Some("gems that Bundler installed; Gemfile.lock says which");
    }
    BY_NAME.iter().find(|(known, _)| *known == name).map(|(_, reason)| *reason)
}

/// Why a folder is set aside by the files in it, if it is.
pub(super) fn by_mark<'n>(
    folder: Option<&OsStr>,
    mut names: impl Iterator<Item = &'n OsStr>,
) -> Option<&'static str> {
    names.find_map(|name| {
        let mark = BY_MARK.iter().find(|(mark, of, _)| {
            *mark == name && (of.is_empty() || folder.is_some_and(|folder| folder == *of))
        });
        mark.map(|(.., reason)| *reason)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(folder: &str, name: &str) -> bool {
        by_mark(Some(OsStr::new(folder)), [OsStr::new(name)].into_iter()).is_some()
    }

    #[test]
    fn a_folder_called_vendor_is_set_aside_only_where_a_tool_filled_it() {
        assert!(by_name(OsStr::new("vendor"), None).is_none());
        assert!(marked("vendor", "autoload.php"));
        assert!(!marked("src", "autoload.php"));
        assert!(!marked("vendor", "package.json"));
    }

    #[test]
    fn gems_that_were_installed_into_the_project_are_set_aside() {
        let bundle = OsStr::new("bundle");
        assert!(by_name(bundle, Some(OsStr::new("vendor"))).is_some());
        assert!(by_name(bundle, Some(OsStr::new("app"))).is_none());
    }
}
