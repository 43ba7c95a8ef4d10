//! What a bun.lock says.

use mainstay_reading::{Entry, Input, Inventory, NothingNearby, Origin, ReadError, ReadErrorKind};
use mainstay_types::Scope;

use super::{read, read_binary};

fn try_read(text: &str) -> Result<Inventory, ReadError> {
    read(&Input { bytes: text.as_bytes(), file_name: "bun.lock", nearby: &NothingNearby })
}

fn entry<'i>(inventory: &'i Inventory, name: &str) -> &'i Entry {
    inventory.packages.iter().find(|entry| entry.name.as_written() == name).unwrap()
}

const VERSION_1: &str = r#"{
  "lockfileVersion": 1, // the first text format was 0
  "workspaces": {
    "": {
      "name": "app",
      "dependencies": { "@s/a": "^1.0.0", "own": "workspace:*", "short": "npm:real@^1.0.0", },
      "devDependencies": { "d": "^1.0.0", "g": "github:o/g", "u": "https://files.example/u.tgz" },
    },
    "packages/own": { "name": "own", "dependencies": { "b": "^1.0.0" } },
  },
  "packages": {
    "@s/a": ["@s/a@1.0.0", "https://registry.example/", { "dependencies": { "b": "^2.0.0" }, "optionalDependencies": { "o": "*", "elsewhere": "*" } }, "sha1-AAAAAAAAAAAAAAAAAAAAAAAAAAA="],

    "b": ["b@2.0.0", "", {}, "sha1-AAAAAAAAAAAAAAAAAAAAAAAAAAA="],

    "d": ["d@1.0.0", "", { "peerDependencies": { "b": "*" } }, "sha1-AAAAAAAAAAAAAAAAAAAAAAAAAAA="],

    "g": ["g@github:o/g#0123456", {}, "o-g-0123456"],

    "l": ["l@link:../l", {}],

    "o": ["o@1.0.0", "", { "os": "linux" }, "sha1-AAAAAAAAAAAAAAAAAAAAAAAAAAA="],

    "own": ["own@workspace:packages/own"],

    "short": ["real@1.0.0", "", {}, "sha1-AAAAAAAAAAAAAAAAAAAAAAAAAAA="],

    "u": ["u@https://files.example/u.tgz", {}, "sha1-AAAAAAAAAAAAAAAAAAAAAAAAAAA="],

    "own/b": ["b@1.0.0", "", {}, "sha1-AAAAAAAAAAAAAAAAAAAAAAAAAAA="],
  }
}
"#;

#[test]
fn a_workspace_sees_its_own_copy_first() {
    let inventory = try_read(VERSION_1).unwrap();
    let b: Vec<_> = inventory
        .packages
        .iter()
        .filter(|entry| entry.name.as_written() == "b")
        .map(|entry| (entry.version.exact(), entry.direct))
        .collect();
    assert_eq!(b, [(Some("2.0.0"), Some(false)), (Some("1.0.0"), Some(true))]);
}

#[test]
fn scopes_come_from_the_workspaces() {
    let inventory = try_read(VERSION_1).unwrap();
    assert_eq!(entry(&inventory, "@s/a").scope, Scope::Runtime);
    assert_eq!(entry(&inventory, "d").scope, Scope::Dev);
    assert_eq!(entry(&inventory, "o").scope, Scope::Optional);
    assert!(inventory.gaps.is_empty(), "{:?}", inventory.gaps);
}

#[test]
fn every_kind_of_package_says_where_it_comes_from() {
    let inventory = try_read(VERSION_1).unwrap();
    let Origin::Registry { index, .. } = &entry(&inventory, "@s/a").origin else { panic!() };
    assert_eq!(index.as_ref().unwrap().reveal(), "https://registry.example/");
    assert!(matches!(entry(&inventory, "g").origin, Origin::Git { .. }));
    assert!(matches!(entry(&inventory, "u").origin, Origin::Url(_)));
    assert_eq!(entry(&inventory, "real").version.exact(), Some("1.0.0"));
    assert_eq!(entry(&inventory, "b").checksums.len(), 1);
}

#[test]
fn workspaces_and_links_are_members() {
    let inventory = try_read(VERSION_1).unwrap();
    let paths: Vec<_> = inventory.members.iter().map(|member| member.path.as_deref()).collect();
    assert_eq!(paths, [Some("."), Some("packages/own"), Some("../l")]);
}

#[test]
fn a_peer_is_installed_unless_it_is_optional() {
    let text = r#"{"lockfileVersion": 1,
        "workspaces": {"": {"name": "app", "dependencies": {"a": "1"}, "peerDependencies": {"p": "1"}}},
        "packages": {
            "a": ["a@1.0.0", "", {"peerDependencies": {"b": "1", "c": "1", "gone": "1"}, "optionalPeers": ["c"]}, ""],
            "b": ["b@1.0.0", "", {}, ""],
            "c": ["c@1.0.0", "", {}, ""],
            "p": ["p@1.0.0", "", {}, ""]}}"#;
    let inventory = try_read(text).unwrap();
    let scopes = ["b", "c", "p"].map(|name| entry(&inventory, name).scope);
    assert_eq!(scopes, [Scope::Runtime, Scope::Optional, Scope::Runtime]);
    assert_eq!(inventory.gaps, []);
}

#[test]
fn comments_do_not_move_lines() {
    assert_eq!(entry(&try_read(VERSION_1).unwrap(), "@s/a").place.line, Some(12));
}

#[test]
fn a_version_from_the_future_is_refused() {
    let error = try_read(r#"{"lockfileVersion": 2}"#).unwrap_err();
    assert_eq!(error.kind, ReadErrorKind::UnknownVersion);
}

#[test]
fn what_is_no_json_is_an_error_on_its_line() {
    assert_eq!(try_read("# no lockfile\n[\n").unwrap_err().line, Some(1));
}

#[test]
fn the_binary_format_leaves_a_gap() {
    let input = Input { bytes: b"\0\xFF", file_name: "bun.lockb", nearby: &NothingNearby };
    assert_eq!(read_binary(&input).unwrap().gaps.len(), 1);
}
