//! The folder that `cargo vendor` fills: one folder for each crate, with its `Cargo.toml` and a
//! `.cargo-checksum.json`.
//!
//! Format: "cargo vendor" in the Cargo book and Cargo's directory sources. `package` of the
//! checksum file is the SHA-256 that the registry has for the crate; for a crate from git it is
//! `null`. The checksums of single files are not verified here; Cargo does so when it builds.

use mainstay_metadata::cargo_toml;
use mainstay_reading::{Inventory, NearbyError, Origin, decode, json};
use mainstay_types::{Digest, DigestAlgorithm, Ecosystem};
use serde::Deserialize;

use crate::copies::Copies;
use crate::folder::{Folder, Item, ItemKind, inside};

#[derive(Deserialize)]
struct Checksum {
    package: Option<String>,
}

/// Reads the tree.
pub(crate) fn read(folder: &dyn Folder) -> Inventory {
    let mut copies = Copies::new(Ecosystem::CratesIo);
    match folder.list("") {
        Ok(items) => {
            for Item { name, kind } in &items {
                match kind {
                    ItemKind::Folder => krate(folder, name, &mut copies),
                    // Cargo follows it.
                    ItemKind::Link => copies.link(name),
                    ItemKind::File => {}
                }
            }
        }
        Err(error) => copies.unopened("", &error),
    }
    copies.inventory
}

fn krate(folder: &dyn Folder, name: &str, copies: &mut Copies) {
    let proof = inside(name, ".cargo-checksum.json");
    let checksum = match folder.read(&proof) {
        Ok(bytes) => bytes,
        // Not a crate that Cargo vendored.
        Err(NearbyError::Absent) => return,
        Err(error) => return copies.unopened(&proof, &error),
    };
    let checksum = decode(&checksum).and_then(|text| json::parse::<Checksum>(&text));
    let file = inside(name, "Cargo.toml");
    let identity = match folder.read(&file) {
        Ok(bytes) => match cargo_toml::read(&bytes) {
            Ok(identity) => identity,
            Err(error) => return copies.unread(&file, &error),
        },
        Err(error) => return copies.unopened(&file, &error),
    };
    let checksum = match checksum {
        Ok(checksum) => checksum,
        Err(error) => {
            copies.unread(&proof, &error);
            Checksum { package: None }
        }
    };
    let Some(entry) = copies.add(&file, &identity) else { return };
    match checksum.package.map(|hex| Digest::from_hex(DigestAlgorithm::Sha256, &hex)) {
        Some(Ok(digest)) => entry.checksums.push(digest),
        Some(Err(error)) => copies.gap(&proof, format!("the checksum cannot be read: {error}")),
        None => entry.origin = Origin::Path(name.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::folder::made::Made;

    const HEX: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    #[test]
    fn a_crate_is_named_by_its_manifest_and_has_the_registrys_checksum() {
        let tree = Made::default()
            .file("a-1/Cargo.toml", "[package]\nname = \"a\"\nversion = \"1.0.0\"\n")
            .file("a-1/.cargo-checksum.json", &format!(r#"{{"files":{{}},"package":"{HEX}"}}"#))
            .file("own/Cargo.toml", "[package]\nname = \"own\"\nversion = \"1.0.0\"\n");
        let inventory = read(&tree);
        assert_eq!(inventory.packages.len(), 1);
        assert_eq!(inventory.packages[0].name.as_written(), "a");
        assert_eq!(inventory.packages[0].checksums.len(), 1);
    }

    #[test]
    fn a_crate_without_the_registrys_checksum_is_none_of_the_registry() {
        let tree = Made::default()
            .file("a/Cargo.toml", "[package]\nname = \"a\"\nversion = \"1.0.0\"\n")
            .file("a/.cargo-checksum.json", r#"{"files":{},"package":null}"#);
        assert_eq!(read(&tree).packages[0].origin, Origin::Path("a".into()));
    }

    #[test]
    fn a_crate_behind_a_link_is_a_gap() {
        assert_eq!(read(&Made::default().link("a")).gaps.len(), 1);
    }
}
