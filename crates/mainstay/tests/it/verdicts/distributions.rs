//! Packages of a distribution: looked up by release and by source package.

use mainstay_testkit::Record;
use serde_json::Value;

use super::assert_unknown;
use crate::sandbox::Sandbox;

/// A root folder with one installed package, and Debian 12's record of a flaw in its source that
/// 2.0 repairs, in the shape of `DEBIAN-CVE-...` (made up).
fn debian(release: &str, version: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("etc/os-release", format!("ID=debian\nVERSION_ID=\"{release}\"\n"));
    let status = format!(
        "Package: libleft1\nStatus: install ok installed\nSource: left\nArchitecture: amd64\n\
         Version: {version}\n"
    );
    sandbox.write("var/lib/dpkg/status", status);
    sandbox.import(&[Record::new("DEBIAN-CVE-2024-0001", "Debian:12", "left")]);
    sandbox
}

#[test]
fn a_binary_package_is_found_by_its_source_and_told_by_its_own_name() {
    let report = debian("12", "1.0-1").scan(&[]);
    assert_eq!(report["verdict"], "findings", "{report}");
    let finding = &report["findings"][0];
    assert_eq!(finding["advisory"]["id"], "DEBIAN-CVE-2024-0001");
    let purl = "pkg:deb/debian/libleft1@1.0-1?arch=amd64&distro=debian-12&upstream=left";
    assert_eq!(finding["package"]["purl"], purl);
    let origin = &report["packages"][0]["origin"];
    assert_eq!(
        (&origin["kind"], &origin["release"]),
        (&"distribution".into(), &"debian-12".into())
    );
    assert_eq!(origin["source"]["name"], "left");
}

#[test]
fn a_package_that_the_release_has_repaired_is_clean() {
    let report = debian("12", "2.0.0-1").scan(&[]);
    assert_eq!(report["verdict"], "clean", "{report}");
}

#[test]
fn a_release_on_which_the_data_have_nothing_is_no_data() {
    let sandbox = debian("13", "1.0-1");
    assert_unknown(&sandbox, &["no-data"]);
    let unknown: Value = sandbox.scan(&[])["unknowns"][0].clone();
    assert_eq!(unknown["subject"], "Debian 13");
}

#[test]
fn a_system_that_does_not_say_what_it_is_is_partial() {
    let sandbox = debian("12", "2.0.0-1");
    std::fs::remove_file(sandbox.path("etc/os-release")).unwrap();
    assert_unknown(&sandbox, &["partial-source"]);
}

#[test]
fn the_text_report_names_release_and_source() {
    let answer = debian("12", "1.0-1").run(&["scan"]);
    let heading = "libleft1 1.0-1 (Debian 12, built from left 1.0-1)";
    assert!(answer.stdout.contains(heading), "{answer:?}");
}
