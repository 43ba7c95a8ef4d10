//! Every reader of trees, on broken files: an inventory that is consistent, no panic.

use mainstay_installed::{Folder, Item, ItemKind, tree};
use mainstay_reading::{Nearby, NearbyError};
use mainstay_testkit::mutation::{self, Seed};
use mainstay_types::Purl;

/// A tree of one package in which one file is broken.
struct One<'a> {
    path: &'a str,
    bytes: &'a [u8],
}

impl Nearby for One<'_> {
    fn read(&self, path: &str) -> Result<Vec<u8>, NearbyError> {
        if path == self.path { Ok(self.bytes.to_vec()) } else { Err(NearbyError::Absent) }
    }
}

impl Folder for One<'_> {
    fn list(&self, path: &str) -> Result<Vec<Item>, NearbyError> {
        let start = if path.is_empty() { String::new() } else { format!("{path}/") };
        let rest = self.path.strip_prefix(&start).ok_or(NearbyError::Absent)?;
        Ok(vec![match rest.split_once('/') {
            Some((folder, _)) => Item { name: folder.to_owned(), kind: ItemKind::Folder },
            None => Item { name: rest.to_owned(), kind: ItemKind::File },
        }])
    }

    fn is_scanned(&self, path: &str) -> bool {
        path.starts_with("/srv/")
    }

    fn leads_out(&self, link: &str) -> bool {
        link.len() % 2 == 1
    }
}

#[test]
fn a_broken_tree_is_a_consistent_inventory() {
    let seeds = [
        Seed::new(
            "node-modules a/package.json",
            r#"{"name": "a", "version": "1.0.0", "bundledDependencies": ["b"]}"#,
        ),
        Seed::new(
            "node-modules .package-lock.json",
            r#"{"packages": {"node_modules/a": {"version": "1.0.0", "dev": true}}}"#,
        ),
        Seed::new("site-packages a-1.dist-info/METADATA", "Name: a\nVersion: 1\n\n"),
        Seed::new("site-packages a-1.egg-info", "Name: a\nVersion: 1\n\n"),
        Seed::new(
            "go-vendor modules.txt",
            "# code.example/a v1.0.0 => ../b\n## explicit; go 1.20\ncode.example/a\n\
             # code.example/b => code.example/c v1.0.0\n",
        ),
        Seed::new("cargo-vendor a/.cargo-checksum.json", r#"{"files": {}, "package": null}"#),
        Seed::new(
            "composer-vendor composer/installed.json",
            r#"{"packages": [{"name": "a/b", "version": "v1.0.0"}], "dev-package-names": ["a/b"]}"#,
        ),
        Seed::new(
            "installed-gems specifications/a-1.gemspec",
            "# -*- encoding: utf-8 -*-\n# stub: a 1 ruby lib\n",
        ),
        Seed::new("r-library a/DESCRIPTION", "Package: a\nVersion: 1.0\n"),
    ];
    mutation::run("installed", &seeds, |seed, bytes| {
        let (id, path) = seed.name.split_once(' ').unwrap();
        let inventory = (tree(id).unwrap().read)(&One { path, bytes });
        let count = u32::try_from(inventory.packages.len()).unwrap();
        assert!(inventory.carried.iter().all(|at| *at < count));
        for entry in &inventory.packages {
            let _ = Purl::of_package(&entry.name, entry.version.exact());
        }
        count > 0
    });
}
