//! What a pnpm-lock.yaml says, version by version.

use mainstay_reading::{Entry, Input, Inventory, NothingNearby, Origin, ReadError, ReadErrorKind};
use mainstay_types::Scope;

use super::read;

fn try_read(text: &str) -> Result<Inventory, ReadError> {
    read(&Input { bytes: text.as_bytes(), file_name: "pnpm-lock.yaml", nearby: &NothingNearby })
}

fn entry<'i>(inventory: &'i Inventory, name: &str) -> &'i Entry {
    inventory.packages.iter().find(|entry| entry.name.as_written() == name).unwrap()
}

const VERSION_9: &str = "lockfileVersion: '9.0'

importers:

  .:
    dependencies:
      '@s/a':
        specifier: ^1.0.0
        version: 1.0.0(b@2.0.0)
      own:
        specifier: workspace:*
        version: link:packages/own
      short:
        specifier: npm:real@^1.0.0
        version: real@1.0.0

  packages/own:
    devDependencies:
      d:
        specifier: ^1.0.0
        version: 1.0.0
      g:
        specifier: https://git.example/g.git
        version: https://git.example/g.git#0123456789abcdef0123456789abcdef01234567

packages:

  '@s/a@1.0.0':
    resolution: {integrity: sha1-AAAAAAAAAAAAAAAAAAAAAAAAAAA=}
    peerDependencies:
      b: '*'

  b@2.0.0:
    resolution: {tarball: https://registry.example/b/-/b-2.0.0.tgz}

  d@1.0.0:
    resolution: {integrity: sha1-AAAAAAAAAAAAAAAAAAAAAAAAAAA=}

  g@https://git.example/g.git#0123456789abcdef0123456789abcdef01234567:
    resolution: {commit: 0123456789abcdef0123456789abcdef01234567, repo: https://git.example/g.git, type: git}
    version: 5.0.0

  real@1.0.0:
    resolution: {integrity: sha1-AAAAAAAAAAAAAAAAAAAAAAAAAAA=}

  u@https://files.example/u.tgz:
    resolution: {tarball: https://files.example/u.tgz}
    version: 3.0.0

snapshots:

  '@s/a@1.0.0(b@2.0.0)':
    dependencies:
      b: 2.0.0
    optionalDependencies:
      u: https://files.example/u.tgz

  b@2.0.0: {}

  d@1.0.0:
    dependencies:
      b: 2.0.0

  g@https://git.example/g.git#0123456789abcdef0123456789abcdef01234567: {}

  real@1.0.0: {}

  u@https://files.example/u.tgz: {}
";

#[test]
fn peers_are_no_part_of_a_version() {
    let inventory = try_read(VERSION_9).unwrap();
    let a = entry(&inventory, "@s/a");
    assert_eq!((a.version.exact(), a.place.line), (Some("1.0.0"), Some(28)));
    assert_eq!(a.needs, [1, 5]);
    assert!(inventory.gaps.is_empty(), "{:?}", inventory.gaps);
}

#[test]
fn scopes_come_from_the_importers() {
    let inventory = try_read(VERSION_9).unwrap();
    let told = |name| (entry(&inventory, name).scope, entry(&inventory, name).direct);
    assert_eq!(told("@s/a"), (Scope::Runtime, Some(true)));
    assert_eq!(told("b"), (Scope::Runtime, Some(false)));
    assert_eq!(told("real"), (Scope::Runtime, Some(true)));
    assert_eq!(told("d"), (Scope::Dev, Some(true)));
    assert_eq!(told("u"), (Scope::Optional, Some(false)));
}

#[test]
fn importers_are_members() {
    let inventory = try_read(VERSION_9).unwrap();
    let paths: Vec<_> = inventory.members.iter().map(|member| member.path.as_deref()).collect();
    assert_eq!(paths, [Some("."), Some("packages/own")]);
}

#[test]
fn git_and_address_are_no_registry() {
    let inventory = try_read(VERSION_9).unwrap();
    assert!(matches!(entry(&inventory, "g").origin, Origin::Git { commit: Some(_), .. }));
    assert!(matches!(entry(&inventory, "u").origin, Origin::Url(_)));
    assert!(matches!(entry(&inventory, "b").origin, Origin::Registry { artifact: Some(_), .. }));
}

#[test]
fn a_package_without_a_snapshot_leaves_a_gap() {
    let cut = VERSION_9.split("  u@https://files.example/u.tgz: {}").next().unwrap();
    assert_eq!(try_read(cut).unwrap().gaps.len(), 1);
}

const VERSION_6: &str = "lockfileVersion: '6.0'

dependencies:
  '@s/a':
    specifier: ^1.0.0
    version: 1.0.0(b@2.0.0)
  r:
    specifier: github:o/r
    version: github.com/o/r/0123456789abcdef0123456789abcdef01234567

packages:

  /@s/a@1.0.0(b@2.0.0):
    resolution: {integrity: sha1-AAAAAAAAAAAAAAAAAAAAAAAAAAA=}
    dependencies:
      b: 2.0.0
    dev: false

  /b@2.0.0:
    resolution: {integrity: sha1-AAAAAAAAAAAAAAAAAAAAAAAAAAA=}
    dev: true

  github.com/o/r/0123456789abcdef0123456789abcdef01234567:
    resolution: {tarball: https://codeload.github.com/o/r/tar.gz/0123456789abcdef0123456789abcdef01234567}
    name: r
    version: 1.0.0
    dev: false
";

#[test]
fn flags_of_older_versions_are_scopes() {
    let inventory = try_read(VERSION_6).unwrap();
    assert_eq!(entry(&inventory, "@s/a").scope, Scope::Runtime);
    assert_eq!(entry(&inventory, "b").scope, Scope::Dev);
    assert_eq!(entry(&inventory, "@s/a").needs, [1]);
}

#[test]
fn an_archive_of_a_code_host_is_a_repository() {
    let inventory = try_read(VERSION_6).unwrap();
    let r = entry(&inventory, "r");
    assert!(matches!(r.origin, Origin::Git { commit: Some(_), .. }));
    assert_eq!(r.direct, Some(true));
}

const VERSION_5: &str = "lockfileVersion: 5.4

importers:

  app:
    specifiers:
      '@s/a': ^1.0.0
    dependencies:
      '@s/a': 1.0.0_b@2.0.0

packages:

  /@s/a/1.0.0_b@2.0.0:
    resolution: {integrity: sha1-AAAAAAAAAAAAAAAAAAAAAAAAAAA=}
    peerDependencies:
      b: '*'
    dependencies:
      b: 2.0.0

  /b/2.0.0:
    resolution: {integrity: sha1-AAAAAAAAAAAAAAAAAAAAAAAAAAA=}
    optional: true
    dev: false
";

#[test]
fn version_5_divides_by_slashes() {
    let inventory = try_read(VERSION_5).unwrap();
    assert_eq!(entry(&inventory, "@s/a").version.exact(), Some("1.0.0"));
    assert_eq!(entry(&inventory, "@s/a").needs, [1]);
    assert_eq!(entry(&inventory, "b").scope, Scope::Optional);
}

#[test]
fn an_importer_whose_package_is_not_there_leaves_a_gap() {
    let text =
        "lockfileVersion: '6.0'\ndependencies:\n  a:\n    specifier: ^1\n    version: 1.0.0\n";
    assert_eq!(try_read(text).unwrap().gaps[0].place.line, Some(3));
}

#[test]
fn a_version_that_is_not_known_is_refused() {
    for text in ["lockfileVersion: '10.0'\n", "lockfileVersion: 4\n", "packages: {}\n", ""] {
        assert_eq!(try_read(text).unwrap_err().kind, ReadErrorKind::UnknownVersion, "{text}");
    }
}

#[test]
fn versions_between_6_and_9_have_the_keys_of_9() {
    let text = VERSION_9.replacen("'9.0'", "'7.0'", 1);
    assert_eq!(try_read(&text).unwrap(), try_read(VERSION_9).unwrap());
}

#[test]
fn a_second_document_is_read_with_its_lines() {
    let text =
        "---\nlockfileVersion: '9.0'\n---\nlockfileVersion: '9.0'\npackages:\n  a@1.0.0: {}\n";
    let inventory = try_read(text).unwrap();
    assert_eq!(inventory.packages[0].place.line, Some(6));
}

#[test]
fn a_document_cut_in_the_middle_names_its_line() {
    let error = try_read("lockfileVersion: '9.0'\npackages:\n  'a@1.0.0\n").unwrap_err();
    assert!(error.line.is_some(), "{error}");
}
