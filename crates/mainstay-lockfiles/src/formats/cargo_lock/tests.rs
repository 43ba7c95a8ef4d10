//! What a Cargo.lock says, version by version.

use mainstay_reading::{
    Entry, Input, Inventory, Nearby, NearbyError, NothingNearby, Origin, ReadError, ReadErrorKind,
};
use mainstay_types::{DigestAlgorithm, Scope};

use super::read;

const HEX: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

fn try_read(text: &str) -> Result<Inventory, ReadError> {
    read(&Input { bytes: text.as_bytes(), file_name: "Cargo.lock", nearby: &NothingNearby })
}

fn entry<'i>(inventory: &'i Inventory, name: &str) -> &'i Entry {
    inventory.packages.iter().find(|entry| entry.name.as_written() == name).unwrap()
}

fn workspace() -> Inventory {
    try_read(&format!(
        r#"version = 4

[[package]]
name = "app"
version = "0.1.0"
dependencies = ["alpha", "beta 2.0.0", "tool"]

[[package]]
name = "alpha"
version = "1.2.3"
source = "sparse+https://index.example/"
checksum = "{HEX}"
dependencies = ["beta 1.0.0"]

[[package]]
name = "beta"
version = "1.0.0"
source = "registry+https://index.example/crates"

[[package]]
name = "beta"
version = "2.0.0"
source = "registry+https://index.example/crates"

[[package]]
name = "tool"
version = "0.3.0"
source = "git+https://git.example/tool?branch=main#0123456789abcdef0123456789abcdef01234567"

[[patch.unused]]
name = "left-over"
version = "9.9.9"
"#
    ))
    .unwrap()
}

#[test]
fn a_package_without_a_source_is_a_member() {
    let inventory = workspace();
    assert_eq!(inventory.members.len(), 1);
    assert_eq!(inventory.own_name.unwrap().as_written(), "app");
    assert_eq!(inventory.packages.len(), 4);
}

#[test]
fn an_unused_patch_is_no_package() {
    assert!(!workspace().packages.iter().any(|entry| entry.name.as_written() == "left-over"));
}

#[test]
fn a_version_tells_packages_of_one_name_apart() {
    let inventory = workspace();
    assert_eq!(entry(&inventory, "alpha").needs, [1]);
    assert_eq!(inventory.packages[1].direct, Some(false));
    assert_eq!(inventory.packages[2].direct, Some(true));
}

#[test]
fn a_git_package_is_not_a_registry_package() {
    let inventory = workspace();
    let Origin::Git { url, commit } = &entry(&inventory, "tool").origin else { panic!() };
    assert_eq!(url.reveal(), "https://git.example/tool");
    assert_eq!(commit.as_deref(), Some("0123456789abcdef0123456789abcdef01234567"));
}

#[test]
fn a_mirror_is_a_registry_and_is_recorded() {
    let inventory = workspace();
    let Origin::Registry { index, .. } = &entry(&inventory, "alpha").origin else { panic!() };
    assert_eq!(index.as_ref().unwrap().reveal(), "https://index.example/");
}

#[test]
fn a_package_stands_on_the_line_of_its_name() {
    assert_eq!(entry(&workspace(), "alpha").place.line, Some(9));
}

#[test]
fn checksums_of_version_1_come_from_its_metadata() {
    let source = "registry+https://index.example/crates";
    let inventory = try_read(&format!(
        r#"
[root]
name = "app"
version = "0.1.0"
dependencies = ["alpha 1.0.0 ({source})"]

[[package]]
name = "alpha"
version = "1.0.0"
source = "{source}"

[metadata]
"checksum alpha 1.0.0 ({source})" = "{HEX}"
"#
    ))
    .unwrap();
    let alpha = entry(&inventory, "alpha");
    assert_eq!(alpha.checksums[0].algorithm(), DigestAlgorithm::Sha256);
    assert_eq!(alpha.direct, Some(true));
}

#[test]
fn a_need_without_its_package_leaves_a_gap() {
    let text = "[[package]]\nname = \"app\"\nversion = \"1.0.0\"\ndependencies = [\"gone\"]\n";
    let inventory = try_read(text).unwrap();
    assert_eq!(inventory.gaps[0].place.line, Some(4));
}

/// The Cargo.toml beside the file.
struct Beside(&'static str);

impl Nearby for Beside {
    fn read(&self, path: &str) -> Result<Vec<u8>, NearbyError> {
        (path == "Cargo.toml").then(|| self.0.into()).ok_or(NearbyError::Absent)
    }
}

#[test]
fn the_manifest_of_a_single_package_tells_why_packages_are_there() {
    let entry_of = |name: &str, needs: &str| {
        format!(
            "[[package]]\nname = \"{name}\"\nversion = \"1.0.0\"\n\
             source = \"registry+https://index.example/\"\ndependencies = [{needs}]\n"
        )
    };
    let text = format!(
        "[[package]]\nname = \"app\"\nversion = \"0.1.0\"\n\
         dependencies = [\"cc\", \"log\", \"quick\"]\n{}{}{}{}",
        entry_of("cc", "\"jobs\""),
        entry_of("jobs", ""),
        entry_of("log", ""),
        entry_of("quick", "\"log\""),
    );
    let manifest = "[package]\nname = \"app\"\n[dependencies]\nlog = \"1\"\n\
                    [build-dependencies]\ncc = \"1\"\n[dev-dependencies]\nquick = \"1\"\n";
    let scopes = |manifest| {
        let nearby = Beside(manifest);
        let input = Input { bytes: text.as_bytes(), file_name: "Cargo.lock", nearby: &nearby };
        let inventory = read(&input).unwrap();
        inventory.packages.iter().map(|entry| entry.scope).collect::<Vec<_>>()
    };
    let (runtime, build, dev) = (Scope::Runtime, Scope::Build, Scope::Dev);
    assert_eq!(scopes(manifest), [build, build, runtime, dev]);
    assert_eq!(scopes("[package]\nname = \"other\"\n"), [runtime; 4]);
}

#[test]
fn an_empty_file_leaves_a_gap() {
    assert_eq!(try_read("version = 4\n").unwrap().gaps.len(), 1);
}

#[test]
fn a_version_from_the_future_is_refused() {
    assert_eq!(try_read("version = 5\n").unwrap_err().kind, ReadErrorKind::UnknownVersion);
}

#[test]
fn a_package_that_is_there_twice_is_refused() {
    let one = "[[package]]\nname = \"a\"\nversion = \"1.0.0\"\nsource = \"registry+x\"\n";
    let error = try_read(&format!("{one}\n{one}")).unwrap_err();
    assert_eq!((error.kind, error.line), (ReadErrorKind::Shape, Some(2)));
}

#[test]
fn a_name_with_a_terminal_escape_is_refused() {
    let text = "[[package]]\nname = \"a\\u001b[2J\"\nversion = \"1.0.0\"\n";
    assert_eq!(try_read(text).unwrap_err().kind, ReadErrorKind::Shape);
}

#[test]
fn a_file_cut_in_the_middle_of_a_package_names_its_line() {
    let error = try_read("version = 4\n\n[[package]]\nname = \"a\"\n").unwrap_err();
    assert_eq!(error.line, Some(3));
}
