//! Archives in a project: packages, findings of their own, and what nobody knows.

use mainstay_testkit::{TarPart, ZipPart, gzip, tar_of, zip_of};

use super::assert_unknown;
use crate::sandbox::Sandbox;

/// A crate with its manifest and one more member.
fn crate_of(name: &str, version: &str, more: TarPart) -> Vec<u8> {
    let folder = format!("{name}-{version}");
    let manifest = format!("[package]\nname = \"{name}\"\nversion = \"{version}\"\n");
    let manifest = TarPart::file(&format!("{folder}/Cargo.toml"), manifest.as_bytes());
    gzip(&tar_of(&[manifest, more]))
}

fn readme() -> TarPart {
    TarPart::file("README.md", b"read me")
}

#[test]
fn a_whole_crate_without_a_flaw_is_clean() {
    let sandbox = Sandbox::clean();
    sandbox.write("dist/right-1.0.0.crate", crate_of("right", "1.0.0", readme()));
    let answer = sandbox.check(&[]);
    assert_eq!(answer.exit, 0, "{answer:?}");
    assert_eq!(answer.json()["packages"].as_array().unwrap().len(), 2);
}

#[test]
fn a_flawed_crate_is_a_finding_at_its_member() {
    let sandbox = Sandbox::clean();
    sandbox.write("left-1.0.0.crate", crate_of("left", "1.0.0", readme()));
    let report = sandbox.scan(&[]);
    let place = &report["findings"][0]["locations"][0];
    assert_eq!(place["path"].as_str().unwrap().rsplit('/').next(), Some("left-1.0.0.crate"));
    assert_eq!(place["member"], "left-1.0.0/Cargo.toml");
}

#[test]
fn an_archive_that_writes_elsewhere_is_refused() {
    let sandbox = Sandbox::clean();
    let evil = TarPart::file("../../evil", b"");
    sandbox.write("right-1.0.0.crate", crate_of("right", "1.0.0", evil));
    let answer = sandbox.check(&[]);
    assert_eq!(answer.exit, 1, "{answer:?}");
    let finding = &answer.json()["findings"][0];
    assert_eq!((&finding["code"], &finding["kind"]), (&"path-leads-out".into(), &"archive".into()));
    assert_eq!(finding["severity"], "high");
}

#[test]
fn an_archive_that_is_cut_off_is_unknown() {
    let sandbox = Sandbox::clean();
    let whole = crate_of("right", "1.0.0", readme());
    sandbox.write("right-1.0.0.crate", &whole[..40]);
    assert_unknown(&sandbox, &["broken-source"]);
}

#[test]
fn a_jar_whose_dependencies_are_not_in_it_is_unknown() {
    let sandbox = Sandbox::clean();
    sandbox.write("a.jar", zip_of(&[ZipPart::stored("x/X.class", b"")]));
    assert_unknown(&sandbox, &["partial-source"]);
}

#[test]
fn a_file_that_is_named_is_told_by_its_content() {
    let sandbox = Sandbox::clean();
    sandbox.write("download", crate_of("left", "1.0.0", readme()));
    let path = sandbox.path("download");
    let answer = sandbox.check(&[path.to_str().unwrap()]);
    assert_eq!(answer.exit, 1, "{answer:?}");
}

#[test]
fn a_lockfile_within_a_package_is_listed_and_not_looked_up() {
    let sandbox = Sandbox::clean();
    let lock = TarPart::file("right-1.0.0/Cargo.lock", b"version = 4\n");
    sandbox.write("right-1.0.0.crate", crate_of("right", "1.0.0", lock));
    let report = sandbox.scan(&[]);
    assert_eq!(report["verdict"], "clean", "{report}");
    let sources = report["sources"].as_array().unwrap();
    let skipped = sources.iter().find(|source| source["status"] == "skipped").unwrap();
    let path = skipped["path"].as_str().unwrap();
    assert!(path.ends_with("right-1.0.0.crate!/right-1.0.0/Cargo.lock"), "{path}");
}

#[test]
fn a_lockfile_and_an_archive_of_other_content_disagree() {
    let sandbox = Sandbox::clean();
    let lock = format!(
        "version = 4\n\n[[package]]\nname = \"app\"\nversion = \"0.1.0\"\n\
         dependencies = [\"right\"]\n\n[[package]]\nname = \"right\"\nversion = \"1.0.0\"\n\
         source = \"registry+https://github.com/rust-lang/crates.io-index\"\n\
         checksum = \"{}\"\n",
        "a".repeat(64)
    );
    sandbox.write("Cargo.lock", lock);
    sandbox.write("right-1.0.0.crate", crate_of("right", "1.0.0", readme()));
    assert_eq!(sandbox.scan(&[])["findings"][0]["code"], "checksums-differ");
}
