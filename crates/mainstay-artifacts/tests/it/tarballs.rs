//! npm tarballs, crates, gems and NuGet packages.

use mainstay_reading::AnomalyCode;
use mainstay_testkit::{TarPart, gzip, tar_of};

use crate::build::{anomalies, gaps, packages, read, try_read, zip};

fn npm(package_json: &str, more: &[TarPart]) -> Vec<u8> {
    let mut parts = vec![TarPart::file("package/package.json", package_json.as_bytes())];
    parts.extend_from_slice(more);
    gzip(&tar_of(&parts))
}

const NPM: &str = r#"{"name": "@s/a", "version": "1.0.0"}"#;

#[test]
fn an_npm_tarball_is_what_its_package_json_says() {
    for name in ["a-1.0.0.tgz", "s-a-1.0.0.tgz"] {
        let inventory = read(name, &npm(NPM, &[]));
        assert_eq!(packages(&inventory), ["@s/a 1.0.0 @ package/package.json"]);
        assert_eq!((anomalies(&inventory), gaps(&inventory)), (vec![], vec![]));
        assert_eq!(inventory.packages[0].checksums.len(), 1);
    }
    assert_eq!(anomalies(&read("b-1.0.0.tgz", &npm(NPM, &[]))), [AnomalyCode::WrongName]);
}

#[test]
fn bundled_packages_are_listed_and_others_are_a_gap() {
    let json = r#"{"name": "a", "version": "1.0.0", "dependencies": {"b": "^1", "c": "^1"}}"#;
    let bundled = TarPart::file(
        "package/node_modules/b/package.json",
        br#"{"name": "b", "version": "1.2.0"}"#,
    );
    let lock = TarPart::file("package/package-lock.json", b"{}");
    let inventory = read("a-1.0.0.tgz", &npm(json, &[bundled, lock]));
    assert_eq!(
        packages(&inventory),
        ["a 1.0.0 @ package/package.json", "b 1.2.0 @ package/node_modules/b/package.json"]
    );
    assert!(gaps(&inventory)[0].starts_with("it asks for one package"));
    assert_eq!(&*inventory.asides[0].member, "package/package-lock.json");
}

#[test]
fn of_two_files_that_say_who_it_is_the_last_one_counts_and_both_are_a_gap() {
    let other = TarPart::file("other/package.json", br#"{"name": "b", "version": "2.0.0"}"#);
    let inventory = read("a-1.0.0.tgz", &npm(NPM, &[other]));
    assert_eq!(packages(&inventory), ["b 2.0.0 @ other/package.json"]);
    assert!(gaps(&inventory)[0].starts_with("2 files could be"), "{:?}", gaps(&inventory));
}

#[test]
fn the_ending_says_whose_a_tarball_is_and_another_identity_is_a_gap() {
    let parts = [
        TarPart::file("package/package.json", br#"{"name": "a", "version": "1.0.0"}"#),
        TarPart::file("package/PKG-INFO", b"Metadata-Version: 2.2\nName: p\nVersion: 1.0.0\n"),
    ];
    let bytes = gzip(&tar_of(&parts));
    let of_npm = read("a-1.0.0.tgz", &bytes);
    assert_eq!(packages(&of_npm), ["a 1.0.0 @ package/package.json"]);
    assert_eq!(of_npm.gaps[0].place.member.as_deref(), Some("package/PKG-INFO"));
    let of_pypi = read("p-1.0.0.tar.gz", &bytes);
    assert_eq!(packages(&of_pypi), ["p 1.0.0 @ package/PKG-INFO"]);
    assert_eq!(of_pypi.gaps.last().unwrap().place.member.as_deref(), Some("package/package.json"));
}

#[test]
fn a_cargo_toml_does_not_make_a_crate_of_a_package_of_npm() {
    let manifest =
        TarPart::file("package/Cargo.toml", b"[package]\nname = \"a\"\nversion = \"1.0.0\"\n");
    let inventory = read("a-1.0.0.tgz", &npm(NPM, &[manifest]));
    assert_eq!(packages(&inventory), ["@s/a 1.0.0 @ package/package.json"]);
    assert_eq!(gaps(&inventory), Vec::<&str>::new());
}

#[test]
fn a_link_in_place_of_what_says_who_it_is_is_a_gap() {
    let path = "package/node_modules/b/package.json";
    for link in [TarPart::hard_link(path, "package/x.json"), TarPart::symlink(path, "x.json")] {
        let inventory = read("a-1.0.0.tgz", &npm(NPM, &[link]));
        assert_eq!(gaps(&inventory), ["it is a link; what it leads to was not read"]);
    }
}

#[test]
fn archives_inside_that_are_not_looked_into_are_a_gap() {
    let inside = TarPart::file("package/lib/a.jar", b"");
    let reason = "it is an archive inside another, and was not looked into";
    assert_eq!(gaps(&read("a-1.0.0.tgz", &npm(NPM, &[inside]))), [reason]);
    let nuspec = b"<package><metadata><id>A</id><version>1</version></metadata></package>";
    let bytes = zip(&[("A.nuspec", nuspec.as_slice()), ("lib/a.jar", b"")]);
    assert_eq!(gaps(&read("A.1.nupkg", &bytes)), [reason]);
}

#[test]
fn a_tarball_that_writes_elsewhere_is_a_finding() {
    let evil = [TarPart::file("package/../../x", b""), TarPart::symlink("package/l", "/etc")];
    let found = anomalies(&read("a-1.0.0.tgz", &npm(NPM, &evil)));
    assert!(found.contains(&AnomalyCode::PathLeadsOut), "{found:?}");
    assert!(found.contains(&AnomalyCode::LinkLeadsOut), "{found:?}");
}

#[test]
fn a_tarball_that_is_cut_off_is_no_whole_one() {
    let bytes = npm(NPM, &[TarPart::file("package/a.js", &[7; 3000])]);
    let cut = &bytes[..bytes.len() - 20];
    let is_whole = try_read("a-1.0.0.tgz", cut).is_ok_and(|read| read.gaps.is_empty());
    assert!(!is_whole);
}

#[test]
fn a_crate_is_what_its_manifest_says() {
    let manifest = b"[package]\nname = \"a\"\nversion = \"1.0.0\"\n[dependencies]\nb = \"1\"\n\
        [target.'cfg(unix)'.dependencies]\nc = \"1\"\n[dev-dependencies]\nd = \"1\"\n";
    let bytes = gzip(&tar_of(&[TarPart::file("a-1.0.0/Cargo.toml", manifest)]));
    let inventory = read("a-1.0.0.crate", &bytes);
    assert_eq!(packages(&inventory), ["a 1.0.0 @ a-1.0.0/Cargo.toml"]);
    assert!(gaps(&inventory)[0].starts_with("it asks for 2 packages"), "{:?}", gaps(&inventory));
    assert_eq!(anomalies(&inventory), []);
    assert_eq!(anomalies(&read("a-1.0.1.crate", &bytes)), [AnomalyCode::WrongName]);
}

#[test]
fn a_crate_in_the_folder_of_another_is_a_finding() {
    let manifest = b"[package]\nname = \"a\"\nversion = \"1.0.0\"\n";
    let bytes = gzip(&tar_of(&[TarPart::file("b-1.0.0/Cargo.toml", manifest)]));
    assert_eq!(anomalies(&read("a-1.0.0.crate", &bytes)), [AnomalyCode::WrongName]);
}

#[test]
fn a_crate_with_two_manifests_at_its_top_is_partial() {
    let manifest = b"[package]\nname = \"a\"\nversion = \"1.0.0\"\n";
    let bytes = gzip(&tar_of(&[
        TarPart::file("a-1.0.0/Cargo.toml", manifest),
        TarPart::file("b-1.0.0/Cargo.toml", manifest),
    ]));
    assert!(gaps(&read("a-1.0.0.crate", &bytes))[0].starts_with("2 files could be"));
}

const SPECIFICATION: &str = "--- !ruby/object:Gem::Specification\nname: a\n\
    version: !ruby/object:Gem::Version\n  version: 1.2.0\nplatform: ruby\ndependencies:\n\
    - !ruby/object:Gem::Dependency\n  name: b\n  requirement: !ruby/object:Gem::Requirement\n    \
    requirements:\n    - - \"~>\"\n      - !ruby/object:Gem::Version\n        version: '1'\n  \
    type: :runtime\n- !ruby/object:Gem::Dependency\n  name: c\n  type: :development\n";

fn gem_data() -> Vec<u8> {
    gzip(&tar_of(&[TarPart::file("lib/a.rb", b"1\n"), TarPart::file("Gemfile.lock", b"")]))
}

/// The checksums of the gem, as they are.
fn gem_sums() -> String {
    let sum = |bytes: &[u8]| {
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes);
        digest.as_ref().iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
    };
    let (metadata, data) = (sum(&gzip(SPECIFICATION.as_bytes())), sum(&gem_data()));
    format!("---\nSHA256:\n  metadata.gz: '{metadata}'\n  data.tar.gz: '{data}'\n")
}

fn gem(checksums: Option<&str>) -> Vec<u8> {
    let data = gem_data();
    let mut parts = vec![
        TarPart::file("metadata.gz", &gzip(SPECIFICATION.as_bytes())),
        TarPart::file("data.tar.gz", &data),
    ];
    parts.extend(checksums.map(|text| TarPart::file("checksums.yaml.gz", &gzip(text.as_bytes()))));
    tar_of(&parts)
}

#[test]
fn a_gem_is_what_its_specification_says() {
    let inventory = read("a-1.2.0.gem", &gem(Some(&gem_sums())));
    assert_eq!(packages(&inventory), ["a 1.2.0 @ metadata.gz"]);
    assert!(gaps(&inventory)[0].starts_with("it asks for one package"), "{:?}", gaps(&inventory));
    assert_eq!(anomalies(&inventory), []);
    assert_eq!(&*inventory.asides[0].member, "data.tar.gz!/Gemfile.lock");
    let other = read("a-1.3.0.gem", &gem(Some(&gem_sums())));
    assert_eq!(anomalies(&other), [AnomalyCode::WrongName]);
}

#[test]
fn a_gem_whose_checksums_do_not_fit_is_a_finding() {
    let sums = format!("---\nSHA256:\n  metadata.gz: {0}\n  data.tar.gz: '{0}'\n", "a".repeat(64));
    let found = anomalies(&read("a-1.2.0.gem", &gem(Some(&sums))));
    assert_eq!(found, [AnomalyCode::WrongContent, AnomalyCode::WrongContent]);
}

#[test]
fn a_gem_whose_checksums_are_about_nothing_is_partial() {
    for text in ["--- {}\n", "---\nSHA256: {}\n", "---\nMD5:\n  metadata.gz: x\n"] {
        let found = read("a-1.2.0.gem", &gem(Some(text)));
        let gaps = gaps(&found);
        let without = gaps.iter().filter(|gap| gap.contains("no checksum")).count();
        assert_eq!(without, 2, "{text}: {gaps:?}");
    }
}

#[test]
fn a_gem_without_its_files_is_partial() {
    let metadata = gzip(SPECIFICATION.as_bytes());
    let bytes = tar_of(&[TarPart::file("metadata.gz", &metadata)]);
    let found = read("a-1.2.0.gem", &bytes);
    assert!(gaps(&found).iter().any(|gap| gap.starts_with("there is no data.tar.gz")));
}

#[test]
fn a_gem_without_checksums_is_partial() {
    let found = read("a-1.2.0.gem", &gem(None));
    assert!(gaps(&found).iter().any(|gap| gap.starts_with("there is no checksums.yaml.gz")));
}

#[test]
fn a_nuget_package_is_what_its_nuspec_says() {
    let nuspec = b"<package><metadata><id>A.B</id><version>1.2.0</version><dependencies>\
        <group targetFramework=\"net6.0\"><dependency id=\"C\" version=\"1\"/></group>\
        <group targetFramework=\"net8.0\"><dependency id=\"C\" version=\"1\"/></group>\
        </dependencies></metadata></package>";
    let bytes = zip(&[("A.B.nuspec", nuspec.as_slice())]);
    let inventory = read("a.b.1.2.0.nupkg", &bytes);
    assert_eq!(packages(&inventory), ["A.B 1.2.0 @ A.B.nuspec"]);
    assert_eq!(anomalies(&inventory), []);
    assert!(gaps(&inventory)[0].starts_with("it asks for one package"));
    assert_eq!(anomalies(&read("A.B.2.0.0.nupkg", &bytes)), [AnomalyCode::WrongName]);
}

#[test]
fn of_two_nuspecs_one_is_read_and_both_are_a_gap() {
    let nuspec = |id: &str| {
        let text =
            format!("<package><metadata><id>{id}</id><version>1</version></metadata></package>");
        text.into_bytes()
    };
    let bytes = zip(&[("A.nuspec", &nuspec("A")), ("B.nuspec", &nuspec("B"))]);
    let inventory = read("A.1.nupkg", &bytes);
    assert_eq!(packages(&inventory), ["A 1 @ A.nuspec"]);
    assert!(gaps(&inventory)[0].starts_with("2 files could be"), "{:?}", gaps(&inventory));
}
