//! What a package-lock.json says, version by version.

use mainstay_reading::{
    Entry, Input, Inventory, Nearby, NearbyError, NothingNearby, Origin, ReadError, ReadErrorKind,
};
use mainstay_types::Scope;

use super::read;

/// A package.json beside the lockfile.
struct Beside(&'static str);

impl Nearby for Beside {
    fn read(&self, path: &str) -> Result<Vec<u8>, NearbyError> {
        if path == "package.json" {
            Ok(self.0.as_bytes().to_vec())
        } else {
            Err(NearbyError::Absent)
        }
    }
}

fn read_beside(text: &str, nearby: &dyn Nearby) -> Result<Inventory, ReadError> {
    read(&Input { bytes: text.as_bytes(), file_name: "package-lock.json", nearby })
}

fn read_text(text: &str) -> Inventory {
    read_beside(text, &NothingNearby).unwrap()
}

fn entry<'i>(inventory: &'i Inventory, name: &str) -> &'i Entry {
    inventory.packages.iter().find(|entry| entry.name.as_written() == name).unwrap()
}

const PATHS: &str = r#"{
  "name": "app",
  "lockfileVersion": 3,
  "packages": {
    "": {
      "name": "app",
      "workspaces": ["packages/*"],
      "dependencies": { "a": "^1.0.0", "short": "npm:@s/real@1.0.0", "u": "https://files.example/u.tgz" },
      "devDependencies": { "own": "*" }
    },
    "node_modules/a": {
      "version": "1.0.0",
      "resolved": "https://registry.example/a/-/a-1.0.0.tgz",
      "dependencies": { "b": "^2.0.0" },
      "optionalDependencies": { "elsewhere": "*" }
    },
    "node_modules/a/node_modules/b": { "version": "2.0.0", "devOptional": true },
    "node_modules/b": { "version": "1.0.0", "dev": true },
    "node_modules/g": { "version": "3.0.0", "resolved": "git+ssh://git@git.example/g.git#0123456789abcdef0123456789abcdef01234567" },
    "node_modules/own": { "resolved": "packages/own", "link": true },
    "node_modules/short": { "name": "@s/real", "version": "1.0.0", "optional": true },
    "node_modules/u": { "version": "1.0.0", "resolved": "https://files.example/u.tgz" },
    "packages/own": { "name": "own", "dependencies": { "b": "^1.0.0" } }
  }
}"#;

#[test]
fn a_need_is_found_as_node_finds_it() {
    let inventory = read_text(PATHS);
    let needed = entry(&inventory, "a").needs[0] as usize;
    assert_eq!(inventory.packages[needed].version.exact(), Some("2.0.0"));
}

#[test]
fn what_a_workspace_asks_for_is_direct() {
    let inventory = read_text(PATHS);
    let direct = |version: &str| {
        let wanted = |entry: &&Entry| {
            entry.name.as_written() == "b" && entry.version.exact() == Some(version)
        };
        inventory.packages.iter().find(wanted).unwrap().direct
    };
    assert_eq!((direct("1.0.0"), direct("2.0.0")), (Some(true), Some(false)));
}

#[test]
fn a_linked_workspace_is_a_member() {
    let inventory = read_text(PATHS);
    let paths: Vec<_> = inventory.members.iter().map(|member| member.path.as_deref()).collect();
    assert_eq!(paths, [Some("."), Some("packages/own")]);
    assert!(!inventory.packages.iter().any(|entry| entry.name.as_written() == "own"));
}

#[test]
fn an_alias_is_the_package_behind_it() {
    let inventory = read_text(PATHS);
    assert_eq!(entry(&inventory, "@s/real").scope, Scope::Optional);
}

#[test]
fn flags_become_scopes() {
    let inventory = read_text(PATHS);
    assert_eq!(entry(&inventory, "a").scope, Scope::Runtime);
    assert_eq!(inventory.packages[1].scope, Scope::Optional);
    assert_eq!(inventory.packages[2].scope, Scope::Dev);
}

#[test]
fn git_and_address_are_no_registry() {
    let inventory = read_text(PATHS);
    assert!(matches!(entry(&inventory, "g").origin, Origin::Git { commit: Some(_), .. }));
    assert!(matches!(entry(&inventory, "u").origin, Origin::Url(_)));
    assert!(matches!(entry(&inventory, "a").origin, Origin::Registry { artifact: Some(_), .. }));
}

#[test]
fn a_package_stands_on_the_line_of_its_key() {
    assert_eq!(entry(&read_text(PATHS), "a").place.line, Some(11));
}

#[test]
fn a_need_without_its_package_leaves_a_gap_unless_it_is_optional() {
    assert!(read_text(PATHS).gaps.is_empty());
    let text = r#"{"lockfileVersion": 3, "packages": {"node_modules/a":
        {"version": "1.0.0", "dependencies": {"gone": "1"}}}}"#;
    assert_eq!(read_text(text).gaps[0].place.line, Some(2));
}

const NESTED: &str = r#"{
  "name": "app",
  "lockfileVersion": 1,
  "requires": true,
  "dependencies": {
    "a": {
      "version": "1.0.0",
      "integrity": "sha1-AAAAAAAAAAAAAAAAAAAAAAAAAAA= sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
      "requires": { "b": "^2.0.0" },
      "dependencies": { "b": { "version": "2.0.0" } }
    },
    "b": { "version": "npm:real@1.0.0", "dev": true },
    "folder": { "version": "file:../folder" },
    "g": { "version": "github:o/r#0123456789abcdef0123456789abcdef01234567" },
    "t": { "version": "https://registry.example/t/-/t-4.5.6.tgz" },
    "x": { "version": "file:./x-1.0.0.tgz" }
  }
}"#;

#[test]
fn nested_packages_are_found_before_those_above() {
    let inventory = read_text(NESTED);
    let needed = entry(&inventory, "a").needs[0] as usize;
    assert_eq!(inventory.packages[needed].version.exact(), Some("2.0.0"));
    assert_eq!(entry(&inventory, "real").scope, Scope::Dev);
}

#[test]
fn a_package_can_have_several_checksums() {
    assert_eq!(entry(&read_text(NESTED), "a").checksums.len(), 2);
}

#[test]
fn a_version_that_is_an_address_says_where_it_comes_from() {
    let inventory = read_text(NESTED);
    assert!(matches!(entry(&inventory, "g").origin, Origin::Git { .. }));
    assert_eq!(entry(&inventory, "x").origin, Origin::Path("./x-1.0.0.tgz".into()));
    assert_eq!(entry(&inventory, "t").version.exact(), Some("4.5.6"));
    assert_eq!(inventory.members[1].path.as_deref(), Some("../folder"));
}

#[test]
fn the_manifest_beside_version_1_says_what_is_direct() {
    assert_eq!(entry(&read_text(NESTED), "a").direct, None);
    let beside = Beside(r#"{"dependencies": {"a": "^1.0.0"}}"#);
    let inventory = read_beside(NESTED, &beside).unwrap();
    assert_eq!(entry(&inventory, "a").direct, Some(true));
    assert_eq!(entry(&inventory, "real").direct, Some(false));
}

#[test]
fn an_empty_lockfile_is_fine() {
    assert_eq!(read_text(r#"{"lockfileVersion": 1}"#), Inventory::default());
}

#[test]
fn a_version_from_the_future_is_refused() {
    for version in ["4", "\">= 1\"", "-1", "1.5"] {
        let text = format!("{{\"lockfileVersion\": {version}}}");
        let error = read_beside(&text, &NothingNearby).unwrap_err();
        assert_eq!(error.kind, ReadErrorKind::UnknownVersion, "{version}");
    }
}

#[test]
fn an_error_deep_in_version_1_names_its_line() {
    let text = "{\"lockfileVersion\": 1,\n\"dependencies\": {\n\"a\": {\"dev\": \"no\"}}}";
    assert_eq!(read_beside(text, &NothingNearby).unwrap_err().line, Some(3));
}

#[test]
fn a_checksum_that_cannot_be_read_is_told() {
    let text = r#"{"lockfileVersion": 3, "packages": {"node_modules/a":
        {"version": "1.0.0", "integrity": "sha512-AAAA"}}}"#;
    assert_eq!(read_text(text).irregularities[0].entry, Some(0));
}

#[test]
fn a_file_that_lists_nothing_leaves_a_gap() {
    assert_eq!(read_text("{}").gaps.len(), 1);
    assert_eq!(read_text(r#"{"name": "app", "lockfileVersion": 3}"#).gaps.len(), 1);
}

#[test]
fn version_1_of_a_project_without_dependencies_is_whole() {
    assert!(read_text(r#"{"name": "app", "lockfileVersion": 1}"#).gaps.is_empty());
}

#[test]
fn a_licence_is_what_the_package_says_of_itself() {
    let inventory = read_text(
        r#"{ "lockfileVersion": 3, "packages": { "": {},
            "node_modules/a": { "version": "1.0.0", "license": "(MIT OR Apache-2.0)" },
            "node_modules/b": { "version": "1.0.0", "license": { "type": "MIT" } } } }"#,
    );
    let licence = entry(&inventory, "a").licence.as_ref().unwrap();
    assert_eq!(licence.canonical().as_deref(), Some("MIT OR Apache-2.0"));
    assert_eq!(entry(&inventory, "b").licence, None);
}
