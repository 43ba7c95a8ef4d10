//! What a yarn.lock says, in both of its formats.

use mainstay_reading::{
    Entry, Input, Inventory, Nearby, NearbyError, NothingNearby, Origin, ReadError, ReadErrorKind,
};
use mainstay_types::Scope;

use super::read;

/// The manifests beside the lockfile, by path.
struct Beside<'a>(&'a [(&'a str, &'a str)]);

impl Nearby for Beside<'_> {
    fn read(&self, path: &str) -> Result<Vec<u8>, NearbyError> {
        let found = self.0.iter().find(|(name, _)| *name == path);
        found.map(|(_, text)| text.as_bytes().to_vec()).ok_or(NearbyError::Absent)
    }
}

fn read_beside(text: &str, nearby: &dyn Nearby) -> Result<Inventory, ReadError> {
    read(&Input { bytes: text.as_bytes(), file_name: "yarn.lock", nearby })
}

fn entry<'i>(inventory: &'i Inventory, name: &str) -> &'i Entry {
    inventory.packages.iter().find(|entry| entry.name.as_written() == name).unwrap()
}

const CLASSIC: &str = r#"# yarn lockfile v1


"@s/a@^1.0.0", "@s/a@^1.2.0":
  version "1.2.3"
  resolved "https://registry.example/@s/a/-/a-1.2.3.tgz#0123456789abcdef0123456789abcdef01234567"
  dependencies:
    b "^2.0.0"
  optionalDependencies:
    c "*"

b@^2.0.0:
  "version" "2.0.0"
  "resolved" "https://registry.example/b/-/b-2.0.0.tgz"
  integrity sha1-AAAAAAAAAAAAAAAAAAAAAAAAAAA=

c@*:
  version "3.0.0"

d@^1:
  version "1.0.0"
  peerDependencies:
    b "*"

"g@https://git.example/g.git":
  version "5.0.0"
  resolved "https://git.example/g.git#0123456789abcdef0123456789abcdef01234567"

"mine@file:./mine":
  version "0.0.0"

"short@npm:real@^1.0.0":
  version "1.0.0"

"u@https://files.example/u.tgz":
  version "1.0.0"
  resolved "https://files.example/u.tgz"
"#;

fn classic() -> Inventory {
    let manifest = r#"{"dependencies": {"@s/a": "^1.0.0"}, "devDependencies": {"d": "^1"}}"#;
    read_beside(CLASSIC, &Beside(&[("package.json", manifest)])).unwrap()
}

#[test]
fn several_wishes_lead_to_one_package() {
    let inventory = classic();
    assert_eq!(inventory.packages.len(), 7);
    assert_eq!(entry(&inventory, "@s/a").version.exact(), Some("1.2.3"));
    assert_eq!(entry(&inventory, "@s/a").place.line, Some(4));
}

#[test]
fn keys_in_quotes_are_keys() {
    let inventory = classic();
    assert_eq!(entry(&inventory, "b").version.exact(), Some("2.0.0"));
}

#[test]
fn the_manifest_beside_yarn_1_says_what_is_direct_and_why() {
    let inventory = classic();
    let told = |name| (entry(&inventory, name).scope, entry(&inventory, name).direct);
    assert_eq!(told("@s/a"), (Scope::Runtime, Some(true)));
    assert_eq!(told("b"), (Scope::Runtime, Some(false)));
    assert_eq!(told("c"), (Scope::Optional, Some(false)));
    assert_eq!(told("d"), (Scope::Dev, Some(true)));
}

#[test]
fn an_alias_of_yarn_1_is_the_package_behind_it() {
    assert_eq!(entry(&classic(), "real").version.exact(), Some("1.0.0"));
}

#[test]
fn git_and_address_are_no_registry() {
    let inventory = classic();
    assert!(matches!(entry(&inventory, "g").origin, Origin::Git { commit: Some(_), .. }));
    assert!(matches!(entry(&inventory, "u").origin, Origin::Url(_)));
}

#[test]
fn a_folder_of_the_project_is_a_member() {
    assert!(classic().members.iter().any(|member| member.path.as_deref() == Some("./mine")));
}

#[test]
fn a_sha_1_may_hang_on_the_address() {
    assert_eq!(entry(&classic(), "@s/a").checksums.len(), 1);
}

#[test]
fn a_need_without_its_package_leaves_a_gap() {
    let text = "a@^1:\n  version \"1.0.0\"\n  dependencies:\n    gone \"^1\"\n";
    let inventory = read_beside(text, &NothingNearby).unwrap();
    assert_eq!(inventory.gaps[0].place.line, Some(4));
    assert_eq!(inventory.packages[0].direct, None);
}

#[test]
fn broken_lines_of_yarn_1_are_errors_on_their_line() {
    for (text, line) in [
        ("a@^1.0.0\n  version \"1.0.0\"\n", 1),
        ("\"a@^1.0.0:\"\n  version \"1.0.0\"\n", 1),
        ("a ^1.0.0:\n  version \"1.0.0\"\n", 1),
        ("a@1:\n  version \"1.0.0\n", 2),
        ("a@1:\n   version \"1.0.0\"\n", 2),
        ("  version \"1.0.0\"\n", 1),
        ("a@1:\n  version \"1\"\n  version \"2\"\n", 3),
        ("a@1:\n  version \"1\"\n<<<<<<< HEAD\n", 3),
        ("a@1:\n  version \"1\"\n  dependencies:\n", 1),
        ("a@1:\n", 1),
    ] {
        let error = read_beside(text, &NothingNearby).unwrap_err();
        assert_eq!(error.line, Some(line), "{text}");
    }
}

#[test]
fn a_wish_that_is_there_twice_is_refused() {
    let text = "a@1:\n  version \"1.0.0\"\n\na@1:\n  version \"1.0.1\"\n";
    let error = read_beside(text, &NothingNearby).unwrap_err();
    assert_eq!((error.kind, error.line), (ReadErrorKind::Shape, Some(4)));
}

#[test]
fn a_file_without_a_package_leaves_a_gap_unless_the_project_asks_for_none() {
    for text in ["", "# yarn lockfile v1\n"] {
        assert_eq!(read_beside(text, &NothingNearby).unwrap().gaps.len(), 1);
    }
    let beside = Beside(&[("package.json", r#"{"private": true}"#)]);
    assert_eq!(read_beside("# yarn lockfile v1\n", &beside).unwrap().gaps, []);
}

const BERRY: &str = r#"__metadata:
  version: 8
  cacheKey: 10c0

"a@npm:^1.0.0, a@npm:^1.1.0":
  version: 1.1.0
  resolution: "a@npm:1.1.0"
  dependencies:
    b: "npm:^2.0.0"
    c: "npm:*"
  dependenciesMeta:
    c:
      optional: true
  checksum: 10c0/cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e
  languageName: node
  linkType: hard

"app@workspace:.":
  version: 0.0.0-use.local
  resolution: "app@workspace:."
  dependencies:
    a: "npm:^1.0.0"
    d: "npm:real@^1.0.0"
    g: "https://git.example/g.git"
    own: "workspace:*"
  languageName: unknown
  linkType: soft

"b@npm:^2.0.0":
  version: 2.0.0
  resolution: "b@npm:2.0.0::__archiveUrl=https%3A%2F%2Fregistry.example%2Fb.tgz"

"b@patch:b@npm%3A^2.0.0#~/b.patch":
  version: 2.0.0
  resolution: "b@patch:b@npm%3A2.0.0#~/b.patch::version=2.0.0&hash=0123"

"c@npm:*":
  version: 3.0.0
  resolution: "c@npm:3.0.0"
  conditions: os=linux

"d@npm:real@^1.0.0":
  version: 1.0.0
  resolution: "real@npm:1.0.0"

"g@https://git.example/g.git":
  version: 5.0.0
  resolution: "g@https://git.example/g.git#commit=0123456789abcdef0123456789abcdef01234567"

"own@workspace:*, own@workspace:packages/own":
  version: 0.0.0-use.local
  resolution: "own@workspace:packages/own"
"#;

fn berry() -> Inventory {
    let manifest = r#"{"dependencies": {"a": "^1.0.0"}, "devDependencies": {"d": "npm:real@^1"}}"#;
    read_beside(BERRY, &Beside(&[("package.json", manifest)])).unwrap()
}

#[test]
fn the_resolution_says_where_a_package_comes_from() {
    let inventory = berry();
    assert!(matches!(entry(&inventory, "a").origin, Origin::Registry { .. }));
    let Origin::Git { commit, .. } = &entry(&inventory, "g").origin else { panic!() };
    assert_eq!(commit.as_deref(), Some("0123456789abcdef0123456789abcdef01234567"));
    assert_eq!(entry(&inventory, "real").version.exact(), Some("1.0.0"));
    assert_eq!(entry(&inventory, "a").checksums.len(), 1);
    assert_eq!(entry(&inventory, "a").place.line, Some(5));
}

#[test]
fn workspaces_of_yarn_2_are_members() {
    let inventory = berry();
    let paths: Vec<_> = inventory.members.iter().map(|member| member.path.as_deref()).collect();
    assert_eq!(paths, [Some("."), Some("packages/own")]);
    assert_eq!(inventory.own_name.unwrap().as_written(), "app");
}

#[test]
fn scopes_of_yarn_2_follow_the_manifest_of_the_workspace() {
    let inventory = berry();
    let told = |name| (entry(&inventory, name).scope, entry(&inventory, name).direct);
    assert_eq!(told("a"), (Scope::Runtime, Some(true)));
    assert_eq!(told("b"), (Scope::Runtime, Some(false)));
    assert_eq!(told("c"), (Scope::Optional, Some(false)));
    assert_eq!(told("real"), (Scope::Dev, Some(true)));
}

#[test]
fn a_version_of_yarn_from_the_future_is_refused() {
    let text = BERRY.replace("version: 8", "version: 99");
    let error = read_beside(&text, &NothingNearby).unwrap_err();
    assert_eq!((error.kind, error.line), (ReadErrorKind::UnknownVersion, Some(1)));
}

#[test]
fn a_block_without_resolution_is_an_error_on_its_line() {
    let text = "__metadata:\n  version: 6\n\n\"a@npm:1\":\n  version: 1.0.0\n";
    let error = read_beside(text, &NothingNearby).unwrap_err();
    assert_eq!((error.kind, error.line), (ReadErrorKind::Shape, Some(4)));
}

#[test]
fn a_colon_inside_a_bare_word_is_of_the_word() {
    let text = "a@npm:real@^2.0.0:\n  version \"2.0.1\"\n";
    let inventory = read_beside(text, &NothingNearby).unwrap();
    assert_eq!(inventory.packages[0].name.as_written(), "real");
}
