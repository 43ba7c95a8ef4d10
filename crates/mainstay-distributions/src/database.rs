//! The table of package databases: which path is which, and who reads it.

use mainstay_reading::{Input, Inventory, ReadError};
use mainstay_types::Packaging;

use crate::owned::Gathering;
use crate::{apk, dpkg, rpm};

/// One kind of package database.
#[derive(Clone, Copy)]
pub struct Database {
    /// The stable name in reports: `dpkg-status`.
    pub id: &'static str,
    /// What its users call it.
    pub title: &'static str,
    /// How its packages are built.
    pub packaging: Packaging,
    /// Where it lies below the root of a system, with `/`. A path that ends with `/` is a folder
    /// of which every file is one.
    pub paths: &'static [&'static str],
    /// Reads one file, and the system's os-release beside it: so many folders above.
    pub read: fn(&Input<'_>) -> Result<Inventory, ReadError>,
    /// Gathers the files that its packages own: [`owned`](crate::owned()).
    pub(crate) owned: fn(&Input<'_>, &mut Gathering<'_>) -> Result<(), ReadError>,
}

impl Database {
    /// The root of the system that a database at this path describes: what stands before the path
    /// below a root, with `/` at its end or empty.
    pub fn root_of<'p>(&self, path: &'p str) -> &'p str {
        let before = |own: &&str| match own.strip_suffix('/') {
            None => path.strip_suffix(own),
            Some(folder) => path.rsplit_once('/').and_then(|(above, _)| above.strip_suffix(folder)),
        };
        self.paths.iter().filter_map(before).min_by_key(|before| before.len()).unwrap_or_default()
    }
}

/// Every kind of database.
pub static DATABASES: &[Database] = &[
    Database {
        id: "dpkg-status",
        title: "dpkg status",
        packaging: Packaging::Deb,
        paths: &["var/lib/dpkg/status"],
        read: dpkg::read::<3>,
        owned: dpkg::owned,
    },
    Database {
        id: "dpkg-status-d",
        title: "dpkg status.d",
        packaging: Packaging::Deb,
        paths: &["var/lib/dpkg/status.d/"],
        read: dpkg::read::<4>,
        owned: dpkg::owned_by_checksums,
    },
    Database {
        id: "apk-installed",
        title: "apk installed",
        packaging: Packaging::Apk,
        paths: &["lib/apk/db/installed"],
        read: apk::read::<3>,
        owned: apk::owned,
    },
    Database {
        id: "apk-installed-usr",
        title: "apk installed, in usr",
        packaging: Packaging::Apk,
        paths: &["usr/lib/apk/db/installed"],
        read: apk::read::<4>,
        owned: apk::owned,
    },
    Database {
        id: "rpm-db",
        title: "RPM database",
        packaging: Packaging::Rpm,
        paths: &["var/lib/rpm/rpmdb.sqlite", "var/lib/rpm/Packages.db", "var/lib/rpm/Packages"],
        read: rpm::read::<3>,
        owned: rpm::owned,
    },
    Database {
        id: "rpm-db-sysimage",
        title: "RPM database, in sysimage",
        packaging: Packaging::Rpm,
        paths: &[
            "usr/lib/sysimage/rpm/rpmdb.sqlite",
            "usr/lib/sysimage/rpm/Packages.db",
            "usr/lib/sysimage/rpm/Packages",
        ],
        read: rpm::read::<4>,
        owned: rpm::owned,
    },
];

/// The database at a path, relative to the scanned root, with `/`. The path of the longest match
/// counts: `usr/lib/apk/db/installed` is not `lib/apk/db/installed` of a root `usr`.
pub fn database_of(path: &str) -> Option<&'static Database> {
    let fits = |wanted: &str| match wanted.strip_suffix('/') {
        None => ends_with(path, wanted),
        Some(folder) => path.rsplit_once('/').is_some_and(|(above, name)| {
            ends_with(above, folder) && !name.ends_with(".md5sums") && !name.starts_with('.')
        }),
    };
    DATABASES
        .iter()
        .filter_map(|one| {
            let longest = one.paths.iter().filter(|path| fits(path)).map(|path| path.len()).max();
            longest.map(|longest| (longest, one))
        })
        .max_by_key(|(longest, _)| *longest)
        .map(|(_, one)| one)
}

/// Whether a path ends with another, by whole names.
fn ends_with(path: &str, end: &str) -> bool {
    path.strip_suffix(end).is_some_and(|before| before.is_empty() || before.ends_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(path: &str) -> Option<&'static str> {
        database_of(path).map(|one| one.id)
    }

    #[test]
    fn a_database_is_told_by_its_path() {
        assert_eq!(id("var/lib/dpkg/status"), Some("dpkg-status"));
        assert_eq!(id("rootfs/var/lib/dpkg/status"), Some("dpkg-status"));
        assert_eq!(id("rootfs/usr/lib/sysimage/rpm/Packages.db"), Some("rpm-db-sysimage"));
        assert_eq!(id("dpkg/status"), None);
        assert_eq!(id("myvar/lib/dpkg/status"), None);
    }

    #[test]
    fn a_database_tells_where_its_system_begins() {
        let root = |path: &str| database_of(path).map(|one| one.root_of(path).to_owned());
        assert_eq!(root("var/lib/dpkg/status").as_deref(), Some(""));
        assert_eq!(root("a/rootfs/var/lib/dpkg/status").as_deref(), Some("a/rootfs/"));
        assert_eq!(root("a/var/lib/dpkg/status.d/libc6").as_deref(), Some("a/"));
    }

    #[test]
    fn the_longer_path_counts() {
        assert_eq!(id("usr/lib/apk/db/installed"), Some("apk-installed-usr"));
        assert_eq!(id("lib/apk/db/installed"), Some("apk-installed"));
    }

    #[test]
    fn every_file_of_status_d_is_one_but_for_checksums() {
        assert_eq!(id("var/lib/dpkg/status.d/libc6"), Some("dpkg-status-d"));
        assert_eq!(id("var/lib/dpkg/status.d/libc6.md5sums"), None);
    }
}
