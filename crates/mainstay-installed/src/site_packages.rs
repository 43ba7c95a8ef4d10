//! `site-packages` and `dist-packages`: the distributions that pip, uv, conda or a distribution of
//! Linux installed for a Python.
//!
//! Formats: the `PyPA` specifications "Recording installed projects" (`*.dist-info` with
//! `METADATA`) and "Recording the Direct URL Origin" (`direct_url.json`, PEP 610), and
//! setuptools' own older ones (`*.egg-info` as folder or file, `*.egg`, `*.egg-link`). The
//! checksums of `RECORD` are not verified.

use mainstay_lockfiles::percent_decoded;
use mainstay_metadata::{Identity, core_metadata};
use mainstay_reading::{Inventory, NearbyError, Origin, decode, json};
use mainstay_types::{Ecosystem, SourceUrl};
use serde::Deserialize;

use crate::copies::Copies;
use crate::folder::{Folder, Item, ItemKind, inside};

/// Reads the tree.
pub(crate) fn read(folder: &dyn Folder) -> Inventory {
    let mut copies = Copies::new(Ecosystem::PyPi);
    match folder.list("") {
        Ok(items) => {
            for item in &items {
                distribution(folder, item, &mut copies);
            }
        }
        Err(error) => copies.unopened("", &error),
    }
    copies.inventory
}

fn distribution(folder: &dyn Folder, item: &Item, copies: &mut Copies) {
    let name = &*item.name;
    let Some((stem, ending)) = name.rsplit_once('.') else { return };
    // pip renames what it takes away; Python does not look there any more.
    if stem.starts_with('~') {
        return copies.gap(name, "what an interrupted uninstallation left behind");
    }
    match (ending, item.kind) {
        ("dist-info", ItemKind::Folder) => {
            if let Some(found) = identity(folder, name, "METADATA", stem, copies) {
                add(folder, name, "METADATA", &found, copies);
            }
        }
        ("egg-info", ItemKind::Folder) => {
            if let Some(found) = identity(folder, name, "PKG-INFO", stem, copies) {
                copies.add(&inside(name, "PKG-INFO"), &found);
            }
        }
        ("egg-info", ItemKind::File) => match folder.read(name) {
            Ok(bytes) => {
                copies.add(name, &core_metadata::read(&bytes));
            }
            Err(error) => copies.unopened(name, &error),
        },
        ("egg", ItemKind::Folder) => {
            let metadata = "EGG-INFO/PKG-INFO";
            if let Some(found) = identity(folder, name, metadata, stem, copies) {
                copies.add(&inside(name, metadata), &found);
            }
        }
        ("egg", ItemKind::File) => copies.gap(name, "an egg that is packed is not looked into"),
        ("egg-link", ItemKind::File) => egg_link(folder, name, stem, copies),
        (_, ItemKind::Link) if matches!(ending, "dist-info" | "egg-info" | "egg") => {
            copies.gap(name, "a link to a folder; links are not followed");
        }
        _ => {}
    }
}

/// The link that `setup.py develop` leaves: its first line is the folder of the sources.
fn egg_link(folder: &dyn Folder, file: &str, name: &str, copies: &mut Copies) {
    let bytes = match folder.read(file) {
        Ok(bytes) => bytes,
        Err(error) => return copies.unopened(file, &error),
    };
    let text = String::from_utf8_lossy(&bytes);
    let path = text.lines().next().unwrap_or_default().trim();
    if folder.is_scanned(path) {
        return copies.member(name);
    }
    let found = Identity { name: Some(name.into()), ..Identity::default() };
    if let Some(entry) = copies.add(file, &found) {
        entry.origin = Origin::Path(path.into());
    }
}

/// Who a distribution is, by its metadata; where that file is missing, by the name of its folder
/// (`NAME-VERSION`).
fn identity(
    folder: &dyn Folder,
    path: &str,
    file: &str,
    stem: &str,
    copies: &mut Copies,
) -> Option<Identity> {
    let file = inside(path, file);
    match folder.read(&file) {
        Ok(bytes) => Some(core_metadata::read(&bytes)),
        Err(NearbyError::Absent) => {
            let Some((name, version)) = stem.split_once('-') else {
                copies.unopened(&file, &NearbyError::Absent);
                return None;
            };
            let version = version.split('-').next().unwrap_or(version);
            let (name, version) = (Some(name.into()), Some(version.into()));
            Some(Identity { name, version, ..Identity::default() })
        }
        Err(error) => {
            copies.unopened(&file, &error);
            None
        }
    }
}

/// Adds a distribution; `direct_url.json` says where it came from, unless from an index.
fn add(folder: &dyn Folder, path: &str, file: &str, found: &Identity, copies: &mut Copies) {
    let record = inside(path, "direct_url.json");
    let direct = match folder.read(&record) {
        Err(NearbyError::Absent) => None,
        Err(error) => return copies.unopened(&record, &error),
        Ok(bytes) => {
            let read = decode(&bytes).and_then(|text| json::parse::<DirectUrl>(&text));
            match read {
                Ok(direct) => Some(direct),
                Err(error) => return copies.unread(&record, &error),
            }
        }
    };
    let own = direct.as_ref().and_then(DirectUrl::editable_path);
    if own.is_some_and(|path| folder.is_scanned(&path)) {
        return copies.member(found.name.as_deref().unwrap_or_default());
    }
    let Some(entry) = copies.add(&inside(path, file), found) else { return };
    if let Some(direct) = direct {
        entry.origin = direct.origin();
    }
}

/// `direct_url.json`, as far as it says where the content comes from.
#[derive(Deserialize)]
struct DirectUrl {
    url: String,
    vcs_info: Option<VcsInfo>,
    dir_info: Option<DirInfo>,
}

#[derive(Deserialize)]
struct VcsInfo {
    vcs: String,
    commit_id: Option<String>,
}

#[derive(Deserialize)]
struct DirInfo {
    #[serde(default)]
    editable: bool,
}

impl DirectUrl {
    /// The folder that an editable distribution is in.
    fn editable_path(&self) -> Option<String> {
        self.dir_info.as_ref().filter(|dir| dir.editable)?;
        self.url.strip_prefix("file://").map(percent_decoded)
    }

    fn origin(&self) -> Origin {
        let local = self.url.strip_prefix("file://");
        match (&self.vcs_info, local) {
            (Some(vcs), _) if vcs.vcs == "git" => Origin::Git {
                url: SourceUrl::new(&self.url),
                commit: vcs.commit_id.as_deref().map(Into::into),
            },
            (None, Some(path)) => Origin::Path(path.into()),
            _ => Origin::Url(SourceUrl::new(&self.url)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::folder::made::Made;

    const A: &str = "Metadata-Version: 2.1\nName: A.b\nVersion: 1.0\n\n";

    fn one(tree: &Made) -> mainstay_reading::Entry {
        let inventory = read(tree);
        assert_eq!(inventory.packages.len(), 1, "{inventory:?}");
        assert!(inventory.gaps.is_empty(), "{inventory:?}");
        inventory.packages[0].clone()
    }

    #[test]
    fn every_way_to_record_a_distribution_is_read() {
        for path in [
            "a_b-1.0.dist-info/METADATA",
            "A.b-1.0.egg-info/PKG-INFO",
            "A.b-1.0-py3.11.egg-info",
            "a-1.0-py3.egg/EGG-INFO/PKG-INFO",
        ] {
            let entry = one(&Made::default().file(path, A));
            assert_eq!(entry.name.as_written(), "A.b", "{path}");
            assert_eq!(entry.version.exact(), Some("1.0"), "{path}");
        }
    }

    #[test]
    fn without_metadata_the_folder_says_who_it_is() {
        let entry = one(&Made::default().file("a_b-1.0.dist-info/RECORD", ""));
        assert_eq!((entry.name.as_written(), entry.version.exact()), ("a_b", Some("1.0")));
    }

    #[test]
    fn what_came_from_git_did_not_come_from_the_index() {
        let direct = r#"{"url": "https://code.example/a", "vcs_info": {"vcs": "git",
            "requested_revision": "main", "commit_id": "0123"}}"#;
        let entry = one(&Made::default()
            .file("a-1.0.dist-info/METADATA", A)
            .file("a-1.0.dist-info/direct_url.json", direct));
        assert!(matches!(entry.origin, Origin::Git { commit: Some(_), .. }));
    }

    #[test]
    fn a_folder_that_says_neither_name_nor_version_is_a_gap() {
        for path in ["foo.dist-info/RECORD", "foo.egg-info/top_level.txt"] {
            let inventory = read(&Made::default().file(path, ""));
            assert_eq!((inventory.packages.len(), inventory.gaps.len()), (0, 1), "{path}");
        }
    }

    #[test]
    fn what_is_editable_and_lies_elsewhere_is_listed_with_its_path() {
        let direct = r#"{"url": "file:///elsewhere/a", "dir_info": {"editable": true}}"#;
        let inventory = read(
            &Made::default()
                .file("a-1.0.dist-info/METADATA", A)
                .file("a-1.0.dist-info/direct_url.json", direct)
                .file("b.egg-link", "/elsewhere/b\n../"),
        );
        assert!(inventory.members.is_empty());
        assert_eq!(inventory.packages.len(), 2);
        assert!(inventory.packages.iter().all(|one| matches!(one.origin, Origin::Path(_))));
    }

    #[test]
    fn what_is_editable_is_the_projects_own() {
        let direct = r#"{"url": "file:///srv/%61", "dir_info": {"editable": true}}"#;
        let inventory = read(
            &Made::default()
                .file("a-1.0.dist-info/METADATA", A)
                .file("a-1.0.dist-info/direct_url.json", direct)
                .file("b.egg-link", "/srv/b\n../"),
        );
        assert!(inventory.packages.is_empty());
        assert_eq!(inventory.members.len(), 2);
    }

    #[test]
    fn a_distribution_of_which_nobody_knows_the_origin_is_a_gap() {
        let inventory = read(
            &Made::default()
                .file("a-1.0.dist-info/METADATA", A)
                .file("a-1.0.dist-info/direct_url.json", "{"),
        );
        assert_eq!((inventory.packages.len(), inventory.gaps.len()), (0, 1));
    }

    #[test]
    fn what_pip_left_behind_is_said() {
        let inventory = read(&Made::default().file("~ip-1.0.dist-info/METADATA", A));
        assert_eq!((inventory.packages.len(), inventory.gaps.len()), (0, 1));
    }
}
