//! Container images: what is in each layer, and what nobody looked at.

use mainstay_testkit::{ImageParts, Record, TarPart, gzip, tar_of, unpack_tar};

use super::programs::{module, with_left};
use crate::sandbox::{Sandbox, cargo_lock};

pub(super) fn status(packages: &[(&str, &str)]) -> String {
    let stanza = |(name, version): &(&str, &str)| {
        format!("Package: {name}\nStatus: install ok installed\nVersion: {version}\n\n")
    };
    packages.iter().map(stanza).collect()
}

pub(super) fn file(path: &str, content: &str) -> TarPart {
    TarPart::file(path, content.as_bytes())
}

/// Two layers: Debian 12 with `left`, then `right` and the lockfile of an application.
fn layers() -> [Vec<u8>; 2] {
    let base = [
        file("etc/os-release", "ID=debian\nVERSION_ID=\"12\"\n"),
        file("var/lib/dpkg/status", &status(&[("left", "1.0-1")])),
        file("app/requirements.txt", "gone==1.0\n"),
    ];
    let upper = [
        file("var/lib/dpkg/status", &status(&[("left", "1.0-1"), ("right", "1.0-1")])),
        file("app/Cargo.lock", &cargo_lock(&[("left", "2.0.0")])),
        file("app/.wh.requirements.txt", ""),
    ];
    [tar_of(&base), tar_of(&upper)]
}

fn packed() -> ImageParts {
    let [base, upper] = layers();
    ImageParts::new("app:1.0", &[(&base, &gzip(&base)), (&upper, &upper)])
}

pub(super) fn with_data() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.import(&[
        Record::new("DEBIAN-CVE-2024-0001", "Debian:12", "left"),
        Record::new("TEST-2024-0001", "crates.io", "left"),
    ]);
    sandbox
}

#[test]
fn packages_of_an_image_are_looked_up_with_the_layer_that_brought_them() {
    let sandbox = with_data();
    sandbox.write("app.tar", packed().archive());
    let report = sandbox.scan(&["app.tar"]);
    assert_eq!(report["verdict"], "findings", "{report}");
    let place = &report["findings"][0]["locations"][0];
    assert_eq!(
        (&place["path"], &place["member"]),
        (&"app.tar".into(), &"var/lib/dpkg/status".into())
    );
    assert_eq!(place["layer"]["created_by"], "step 0", "{place}");
    let packages = report["packages"].as_array().unwrap();
    let layer = |name: &str| {
        let found = packages.iter().find(|one| one["name"] == name && one["ecosystem"] == "Debian");
        found.unwrap()["locations"][0]["layer"]["created_by"].clone()
    };
    assert_eq!((layer("left"), layer("right")), ("step 0".into(), "step 1".into()));
}

#[test]
fn the_text_report_names_the_step_that_brought_a_flaw() {
    let sandbox = with_data();
    sandbox.write("app.tar", packed().archive());
    let text = sandbox.run(&["scan", "--offline", "app.tar"]).stdout;
    let line = text.lines().find(|line| line.trim_start().starts_with("from layer sha256:"));
    assert!(line.unwrap().ends_with(" (step 0)"), "{text}");
}

#[test]
fn a_file_that_a_layer_took_away_is_not_a_source() {
    let sandbox = with_data();
    sandbox.write("app.tar", packed().archive());
    let report = sandbox.scan(&["app.tar"]);
    let paths: Vec<_> =
        report["sources"].as_array().unwrap().iter().map(|one| &one["path"]).collect();
    assert_eq!(
        paths,
        ["app.tar", "app.tar!/app/Cargo.lock", "app.tar!/var/lib/dpkg/status"],
        "{report}"
    );
}

#[test]
fn an_image_in_a_folder_is_read_like_its_archive() {
    let sandbox = with_data();
    for (path, content) in unpack_tar(&packed().archive()) {
        sandbox.write(&format!("images/{path}"), content);
    }
    let report = sandbox.scan(&["."]);
    assert_eq!(report["packages"].as_array().unwrap().len(), 3, "{report}");
    assert_eq!(report["findings"][0]["locations"][0]["path"], "images/oci-layout");
}

/// What pip leaves of a package.
pub(super) fn installed(folder: &str, name: &str, version: &str) -> Vec<TarPart> {
    let info = format!("{folder}/{name}-{version}.dist-info");
    let metadata = format!("Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n");
    vec![file(&format!("{info}/METADATA"), &metadata), file(&format!("{folder}/{name}.py"), "")]
}

pub(super) const SITE: &str = "usr/local/lib/python3.12/site-packages";

fn names(report: &serde_json::Value) -> Vec<&str> {
    let packages = report["packages"].as_array().unwrap().iter();
    packages.map(|one| one["name"].as_str().unwrap()).collect()
}

#[test]
fn a_package_cannot_make_another_kind_of_tree_of_the_one_it_lies_in() {
    let mut parts = installed(SITE, "left", "1.0.0");
    parts.push(file(&format!("{SITE}/sly/DESCRIPTION"), "Package: sly\nVersion: 1.0\n"));
    parts.push(file(&format!("{SITE}/sly/Meta/package.rds"), ""));
    assert!(names(&scanned(&parts)).contains(&"left"));
}

#[test]
fn no_folder_of_an_image_is_closed_to_the_search_for_installed_packages() {
    for (mark, folder) in [(".hex", "app/site-packages"), ("x", "target/lib/site-packages")] {
        let mut parts = installed(folder, "left", "1.0.0");
        parts.push(file(mark, ""));
        assert_eq!(names(&scanned(&parts)), ["left"], "{mark} {folder}");
    }
}

#[test]
fn what_a_package_of_another_maker_brings_along_is_read() {
    let tar = "usr/lib/node_modules/npm/node_modules/tar/package.json";
    let report = scanned(&[
        file("etc/os-release", BOOKWORM),
        file("var/lib/dpkg/status", &status(&[("nodejs", "18.0.0-1nodesource1")])),
        file("var/lib/dpkg/info/nodejs.list", &format!("/.\n/{tar}\n")),
        file(tar, r#"{"name": "tar", "version": "4.0.0"}"#),
    ]);
    assert!(names(&report).contains(&"tar"), "{report}");
}

#[test]
fn a_list_of_files_cannot_claim_what_pip_installed() {
    let mut parts = installed(SITE, "left", "1.0.0");
    let list = format!("/.\n/{SITE}/left-1.0.0.dist-info/METADATA\n");
    parts.push(file("etc/os-release", BOOKWORM));
    parts.push(file("var/lib/dpkg/status", &status(&[("right", "1.0-1")])));
    parts.push(file("var/lib/dpkg/info/right.list", &list));
    assert!(names(&scanned(&parts)).contains(&"left"));
}

#[test]
fn a_link_to_installed_packages_that_nobody_reads_is_a_gap() {
    let module = file("opt/nm/left/package.json", r#"{"name": "left", "version": "1.0.0"}"#);
    let report = scanned(&[TarPart::symlink("app/node_modules", "/opt/nm"), module]);
    let problems = report["sources"][0]["problems"].as_array().unwrap();
    assert!(problems.iter().any(|one| one["member"] == "app/node_modules"), "{report}");
}

#[test]
fn what_pip_installed_is_read_with_the_layer_that_brought_it() {
    let layers = [
        tar_of(&[file("bin/sh", "")]),
        tar_of(&installed(SITE, "left", "1.0.0")),
        tar_of(&[file("app/main.py", "import left")]),
    ];
    let sandbox = with_data();
    sandbox.import(&[Record::new("PYSEC-2024-1", "PyPI", "left")]);
    sandbox.write("app.tar", ImageParts::plain("app", &layers).archive());
    let report = sandbox.scan(&["app.tar"]);
    assert_eq!(report["findings"][0]["advisory"]["id"], "PYSEC-2024-1", "{report}");
    let place = &report["packages"][0]["locations"][0];
    assert_eq!(place["member"], format!("{SITE}/left-1.0.0.dist-info/METADATA"));
    assert_eq!(place["layer"]["created_by"], "step 1", "{place}");
}

#[test]
fn what_npm_installed_in_an_image_is_compared_with_its_lockfile() {
    let lock = r#"{"name": "a", "version": "1.0.0", "lockfileVersion": 3, "packages": {
        "": {"name": "a", "version": "1.0.0", "dependencies": {"left": "1.0.0"}},
        "node_modules/left": {"version": "1.0.0"}}}"#;
    let report = scanned(&[
        file("app/package-lock.json", lock),
        file("app/node_modules/left/package.json", r#"{"name": "left", "version": "1.0.1"}"#),
    ]);
    let findings = report["findings"].as_array().unwrap();
    let kinds: Vec<_> = findings.iter().map(|one| &one["kind"]).collect();
    assert!(kinds.contains(&&"drift".into()), "{report}");
}

const DIST: &str = "usr/lib/python3/dist-packages";

/// A system below a folder: `left` comes from a package of the distribution, `right` from pip.
fn with_python(system: &str, release: &str) -> Vec<TarPart> {
    let info = format!("/{DIST}/left-1.0.0.dist-info");
    let list = format!("/.\n{info}\n{info}/METADATA\n/{DIST}/left.py\n");
    let mut parts = vec![
        file(&format!("{system}etc/os-release"), release),
        file(&format!("{system}var/lib/dpkg/status"), &status(&[("python3-left", "1.0.0-3")])),
        file(&format!("{system}var/lib/dpkg/info/python3-left.list"), &list),
    ];
    parts.extend(installed(&format!("{system}{DIST}"), "left", "1.0.0"));
    parts.extend(installed(&format!("{system}{DIST}"), "right", "2.0.0"));
    parts
}

fn python_packages(report: &serde_json::Value) -> Vec<&str> {
    let packages = report["packages"].as_array().unwrap().iter();
    packages
        .filter(|one| one["ecosystem"] == "PyPI")
        .map(|one| one["name"].as_str().unwrap())
        .collect()
}

pub(super) const BOOKWORM: &str = "ID=debian\nVERSION_ID=\"12\"\n";

#[test]
fn a_python_package_of_the_distribution_is_left_to_its_advisories() {
    for system in ["", "srv/rootfs/"] {
        let report = scanned(&with_python(system, BOOKWORM));
        assert_eq!(python_packages(&report), ["right"], "{report}");
        let packages = report["packages"].as_array().unwrap();
        assert!(packages.iter().any(|one| one["name"] == "python3-left"), "{report}");
        let left = sources(&report).into_iter().find(|one| one.1 == "skipped");
        assert_eq!(left.unwrap().0, format!("app.tar!/{system}{DIST}"), "{report}");
    }
}

#[test]
fn where_nobody_speaks_for_the_distribution_its_python_packages_are_looked_up() {
    let report = scanned(&with_python("", "ID=unheard-of\n"));
    assert_eq!(python_packages(&report), ["left", "right"], "{report}");
}

#[test]
fn a_list_of_files_that_is_not_there_is_a_gap() {
    let mut parts = with_python("", BOOKWORM);
    parts.remove(2);
    let report = scanned(&parts);
    assert_eq!(sources(&report)[0].1, "partial", "{report}");
    assert_eq!(python_packages(&report), ["left", "right"], "{report}");
}

#[test]
fn a_package_that_a_later_layer_took_away_is_not_installed() {
    let gone = file(&format!("{SITE}/.wh.left-1.0.0.dist-info"), "");
    let layers = [tar_of(&installed(SITE, "left", "1.0.0")), tar_of(&[gone])];
    let sandbox = with_data();
    sandbox.write("app.tar", ImageParts::plain("app", &layers).archive());
    let report = sandbox.scan(&["app.tar"]);
    assert_eq!(report["packages"].as_array().unwrap().len(), 0, "{report}");
}

#[test]
fn a_layer_that_is_not_what_its_digest_says_is_a_finding() {
    let mut image = packed();
    image.replace_layer(0, tar_of(&[file("a", "another content")]));
    let sandbox = with_data();
    sandbox.write("app.tar", image.archive());
    let report = sandbox.scan(&["app.tar"]);
    let codes: Vec<_> =
        report["findings"].as_array().unwrap().iter().map(|one| &one["code"]).collect();
    assert!(codes.contains(&&"wrong-package-content".into()), "{codes:?}");
}

/// The sources of a scan: path and status.
pub(super) fn sources(report: &serde_json::Value) -> Vec<(String, String)> {
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let sources = report["sources"].as_array().unwrap();
    sources.iter().map(|one| (text(&one["path"]), text(&one["status"]))).collect()
}

fn scanned(parts: &[TarPart]) -> serde_json::Value {
    let sandbox = with_data();
    sandbox.write("app.tar", ImageParts::plain("app", &[tar_of(parts)]).archive());
    sandbox.scan(&["app.tar"])
}

#[test]
fn a_database_that_is_a_link_or_behind_one_is_read() {
    let links = [
        TarPart::hard_link("var/lib/dpkg/status", "opt/x/status"),
        TarPart::symlink("var/lib/dpkg/status", "/opt/x/status"),
        TarPart::symlink("var/lib/dpkg", "../../opt/x"),
    ];
    for link in links {
        let report = scanned(&[
            file("etc/os-release", "ID=debian\nVERSION_ID=\"12\"\n"),
            file("opt/x/status", &status(&[("left", "1.0-1")])),
            link,
        ]);
        assert_eq!(report["packages"][0]["name"], "left", "{report}");
        assert_eq!(report["packages"][0]["locations"][0]["member"], "var/lib/dpkg/status");
    }
}

#[test]
fn what_a_source_of_an_image_includes_is_read_too() {
    for name in ["base.in", "base.list"] {
        let report = scanned(&[
            file("app/requirements.txt", &format!("-r {name}\n")),
            file(&format!("app/{name}"), "left==2.0.0\n"),
        ]);
        assert_eq!(report["packages"][0]["name"], "left", "{report}");
    }
}

#[test]
fn an_empty_lockfile_in_an_image_is_partial_as_on_the_disk() {
    let report = scanned(&[file("app/package-lock.json", "")]);
    assert_ne!(sources(&report)[1].1, "read", "{report}");
}

#[test]
fn what_an_installed_package_brings_along_is_no_source_of_an_image() {
    let lock = cargo_lock(&[("left", "1.0.0")]);
    let report = scanned(&[
        file("usr/lib/node_modules/npm/package.json", r#"{"dependencies": {"tar": "^6"}}"#),
        file("usr/lib/node_modules/npm/Cargo.lock", &lock),
    ]);
    let found = sources(&report);
    let of_package: Vec<_> = found.iter().filter(|one| one.0.contains("/npm/")).collect();
    assert_eq!(of_package.len(), 1, "{found:?}");
    assert_eq!(of_package[0].1, "skipped");
    let packages = report["packages"].as_array().unwrap();
    assert!(packages.iter().all(|one| one["name"] != "left"), "{packages:?}");
}

#[test]
fn a_file_in_an_image_that_is_too_large_is_told_as_on_the_disk() {
    let sandbox = with_data();
    let parts = [file("app/Cargo.lock", &cargo_lock(&[("left", "1.0.0")]))];
    sandbox.write("app.tar", ImageParts::plain("app", &[tar_of(&parts)]).archive());
    let report = sandbox.scan(&["--max-file-size", "20", "app.tar"]);
    assert_eq!(report["sources"][1]["problems"][0]["code"], "file-too-large", "{report}");
}

#[test]
fn a_lockfile_of_one_image_does_not_answer_for_another() {
    let manifest = r#"{"name": "a", "version": "1.0.0", "dependencies": {"left": "^4"}}"#;
    let lock = r#"{"name": "b", "version": "1.0.0", "lockfileVersion": 3, "packages": {"": {}}}"#;
    let layers = [
        tar_of(&[file("app/package.json", manifest)]),
        tar_of(&[file("app/package-lock.json", lock)]),
    ];
    let list = r#"[{"Config": "c", "Layers": ["l0"]}, {"Config": "c", "Layers": ["l1"]}]"#;
    let archive = tar_of(&[
        file("manifest.json", list),
        TarPart::file("l0", &layers[0]),
        TarPart::file("l1", &layers[1]),
    ]);
    let sandbox = with_data();
    sandbox.write("app.tar", archive);
    let report = sandbox.scan(&["app.tar"]);
    assert_eq!(report["manifests_covered_by_a_lockfile"], 0, "{report}");
    let paths: Vec<String> = sources(&report).into_iter().map(|one| one.0).collect();
    assert!(paths.contains(&"app.tar!/image 1!/app/package.json".to_owned()), "{paths:?}");
}

#[test]
fn a_program_in_an_image_is_a_source_with_the_layer_that_brought_each_crate() {
    let program = |path: &str, version: &str| TarPart::file(path, &with_left(version));
    let layers = [
        tar_of(&[program("usr/bin/app", "1.0.0"), program("usr/bin/gone", "3.0.0")]),
        tar_of(&[program("usr/bin/app", "1.0.0"), file("usr/bin/.wh.gone", "")]),
    ];
    let sandbox = with_data();
    sandbox.write("app.tar", ImageParts::plain("app", &layers).archive());
    let report = sandbox.scan(&["app.tar"]);
    let packages = report["packages"].as_array().unwrap();
    assert_eq!(packages.len(), 1, "{report}");
    let place = &packages[0]["locations"][0];
    assert_eq!((&place["path"], &place["member"]), (&"app.tar".into(), &"usr/bin/app".into()));
    assert_eq!(place["layer"]["created_by"], "step 0", "{place}");
    assert_eq!(report["sources"][1]["format"], "program");
    assert_eq!(report["findings"].as_array().unwrap().len(), 1, "{report}");
}

#[test]
fn a_program_in_an_image_that_says_nothing_is_counted() {
    let silent = TarPart::file("usr/bin/app", &module("name", &[0; 64]));
    let sandbox = with_data();
    sandbox.write("app.tar", ImageParts::plain("app", &[tar_of(&[silent])]).archive());
    let report = sandbox.scan(&["app.tar"]);
    assert_eq!(report["sources"].as_array().unwrap().len(), 1, "{report}");
    assert_eq!(report["files_of_no_known_format"], 1);
}

#[test]
fn a_program_in_an_image_with_a_damaged_record_is_unknown() {
    let damaged = TarPart::file("usr/bin/app", &module(".dep-v0", &[7; 64]));
    let sandbox = with_data();
    sandbox.write("app.tar", ImageParts::plain("app", &[tar_of(&[damaged])]).archive());
    let report = sandbox.scan(&["app.tar"]);
    assert_eq!(report["sources"][1]["status"], "partial", "{report}");
}
