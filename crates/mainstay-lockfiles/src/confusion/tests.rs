//! Which files have an open door, and which only look like it.

use mainstay_reading::{DeclaredIndex, Entry, IndexRole, Irregularity, LockedVersion, Origin};
use mainstay_types::{Digest, PackageName, Scope, SourceUrl};

use super::*;

/// The public npm registry, put together so that its address stands nowhere.
fn npm_file(path: &str) -> String {
    format!("https://registry.{}/{path}", ["npmjs", "org"].join("."))
}

fn entry(ecosystem: Ecosystem, name: &str, version: &str, artifact: &str) -> Entry {
    Entry {
        name: PackageName::parse(ecosystem, name).unwrap(),
        version: LockedVersion::Exact(version.into()),
        place: Place::line(1),
        scope: Scope::Runtime,
        direct: None,
        origin: Origin::Registry { index: None, artifact: Some(SourceUrl::new(artifact)) },
        checksums: Vec::new(),
        licence: None,
        released: None,
        needs: Vec::new(),
    }
}

fn npm(name: &str, artifact: &str) -> Entry {
    entry(Ecosystem::Npm, name, "1.0.0", artifact)
}

fn codes(packages: Vec<Entry>, ecosystem: Ecosystem) -> Vec<&'static str> {
    let inventory = Inventory { packages, ..Inventory::default() };
    doors(&inventory, ecosystem).iter().map(|door| door.code.code()).collect()
}

fn index_codes(roles: &[(&str, IndexRole)]) -> Vec<&'static str> {
    let indexes = roles.iter().map(|(url, role)| DeclaredIndex {
        url: SourceUrl::new(url),
        place: Place::line(3),
        role: *role,
    });
    let inventory = Inventory { indexes: indexes.collect(), ..Inventory::default() };
    doors(&inventory, Ecosystem::PyPi).iter().map(|door| door.code.code()).collect()
}

#[test]
fn an_index_beside_the_public_one_is_a_door() {
    assert_eq!(
        index_codes(&[("https://pkgs.example/simple", IndexRole::Beside)]),
        ["second-index"]
    );
}

#[test]
fn an_index_in_place_of_the_public_one_is_no_door() {
    assert!(index_codes(&[("https://pkgs.example/simple", IndexRole::Replaces)]).is_empty());
}

#[test]
fn an_index_for_named_packages_is_no_door() {
    assert!(index_codes(&[("https://pkgs.example/simple", IndexRole::Named)]).is_empty());
}

#[test]
fn the_same_index_twice_is_no_door() {
    let twice = [
        ("https://pkgs.example/simple", IndexRole::Replaces),
        ("https://pkgs.example/simple/", IndexRole::Beside),
    ];
    assert!(index_codes(&twice).is_empty());
}

#[test]
fn the_public_index_named_once_more_is_no_door() {
    let public = format!("https://{}/simple", ["pypi", "org"].join("."));
    assert!(index_codes(&[(&public, IndexRole::Beside)]).is_empty());
}

#[test]
fn an_index_shows_no_token() {
    let index = DeclaredIndex {
        url: SourceUrl::new("https://me:secret@pkgs.example/simple"),
        place: Place::line(1),
        role: IndexRole::Beside,
    };
    let inventory = Inventory { indexes: vec![index], ..Inventory::default() };
    assert!(!doors(&inventory, Ecosystem::PyPi)[0].message.contains("secret"));
}

#[test]
fn an_unscoped_name_from_a_private_registry_among_public_ones_is_a_door() {
    let packages = vec![
        npm("a", &npm_file("a/-/a-1.0.0.tgz")),
        npm("b", &npm_file("b/-/b-1.0.0.tgz")),
        npm("internal", "https://pkgs.example/npm/internal/-/internal-1.0.0.tgz"),
    ];
    assert_eq!(codes(packages, Ecosystem::Npm), ["unscoped-private-name"]);
}

#[test]
fn a_scoped_name_from_a_private_registry_is_no_door() {
    let packages = vec![
        npm("a", &npm_file("a/-/a-1.0.0.tgz")),
        npm("b", &npm_file("b/-/b-1.0.0.tgz")),
        npm("@we/lib", "https://pkgs.example/npm/@we/lib/-/lib-1.0.0.tgz"),
    ];
    assert!(codes(packages, Ecosystem::Npm).is_empty());
}

#[test]
fn a_whole_file_from_one_mirror_is_no_door() {
    let packages = vec![
        npm("a", "https://mirror.example/api/npm/all/a/-/a-1.0.0.tgz"),
        npm("@s/b", "https://mirror.example/api/npm/all/@s%2fb/-/b-1.0.0.tgz"),
    ];
    assert!(codes(packages, Ecosystem::Npm).is_empty());
}

#[test]
fn the_file_of_another_package_is_a_door() {
    for file in ["b/-/b-1.0.0.tgz", "a/-/b-1.0.0.tgz", "@evil/a/-/a-1.0.0.tgz", "a/-/a-2.0.0.tgz"] {
        assert_eq!(codes(vec![npm("a", &npm_file(file))], Ecosystem::Npm), ["wrong-artifact"]);
    }
}

#[test]
fn a_build_label_that_the_registry_drops_is_no_door() {
    let package = entry(Ecosystem::Npm, "a", "1.0.0+7", &npm_file("a/-/a-1.0.0.tgz"));
    assert!(codes(vec![package], Ecosystem::Npm).is_empty());
}

#[test]
fn an_address_without_the_usual_layout_tells_nothing() {
    let file = npm("a", "https://pkgs.example/download/a/1.0.0/0123abcd");
    assert!(codes(vec![file], Ecosystem::Npm).is_empty());
}

#[test]
fn a_wheel_of_another_package_is_a_door() {
    let file = "https://files.example/reqeusts-2.0-py3-none-any.whl";
    let package = entry(Ecosystem::PyPi, "requests", "2.0", file);
    assert_eq!(codes(vec![package], Ecosystem::PyPi), ["wrong-artifact"]);
}

#[test]
fn two_checksums_of_one_version_are_a_door() {
    let digest = |digit: &str| Digest::from_prefixed_hex(&format!("sha256:{}", digit.repeat(64)));
    let with = |digit: &str| {
        let mut package = npm("a", &npm_file("a/-/a-1.0.0.tgz"));
        package.checksums.push(digest(digit).unwrap());
        package
    };
    assert_eq!(codes(vec![with("1"), with("2")], Ecosystem::Npm), ["two-checksums"]);
    assert!(codes(vec![with("1"), with("1")], Ecosystem::Npm).is_empty());
}

#[test]
fn plain_http_is_a_door_unless_a_checksum_guards_it() {
    let mut package = npm("a", "http://pkgs.example/a/-/a-1.0.0.tgz");
    assert_eq!(codes(vec![package.clone()], Ecosystem::Npm), ["unprotected-place"]);
    let checksum = format!("sha512:{}", "1".repeat(128));
    package.checksums.push(Digest::from_prefixed_hex(&checksum).unwrap());
    assert!(codes(vec![package], Ecosystem::Npm).is_empty());
}

#[test]
fn a_public_machine_named_by_its_number_is_a_door() {
    let at = |host: &str| npm("a", &format!("https://{host}/a/-/a-1.0.0.tgz"));
    assert_eq!(codes(vec![at("203.0.113.7")], Ecosystem::Npm), ["unprotected-place"]);
    assert!(codes(vec![at("10.1.2.3")], Ecosystem::Npm).is_empty());
}

#[test]
fn an_address_that_another_package_asks_for_is_a_door() {
    let mut package = npm("a", "");
    package.origin = Origin::Url(SourceUrl::new("https://files.example/a.tgz"));
    package.direct = Some(true);
    assert!(codes(vec![package.clone()], Ecosystem::Npm).is_empty());
    package.direct = Some(false);
    assert_eq!(codes(vec![package], Ecosystem::Npm), ["unexpected-place"]);
}

#[test]
fn what_a_reader_found_irregular_is_passed_on() {
    let irregularity =
        Irregularity { entry: None, place: Place::line(9), message: "odd".to_owned() };
    let inventory = Inventory { irregularities: vec![irregularity], ..Inventory::default() };
    let found = doors(&inventory, Ecosystem::Go);
    assert_eq!(found[0].code.code(), "lock-irregularity");
    assert_eq!(found[0].place, Place::line(9));
}

#[test]
fn every_code_is_a_word_of_its_own() {
    let mut words: Vec<_> = DoorCode::ALL.iter().map(|code| code.code()).collect();
    words.sort_unstable();
    words.dedup();
    assert_eq!(words.len(), DoorCode::ALL.len());
}

#[test]
fn a_range_in_place_of_a_version_disagrees_with_no_file() {
    let range = entry(Ecosystem::Npm, "a", ">=1.8.2", &npm_file("a/-/a-1.8.1.tgz"));
    assert!(codes(vec![range], Ecosystem::Npm).is_empty());
}
