//! Installed trees beside the lockfiles that say what should be in them.

use serde_json::Value;

use crate::sandbox::Sandbox;

/// A project that locks `left` 1.0.0 for development and `right` 2.0.0.
fn locked() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write(
        "package-lock.json",
        r#"{"name": "app", "lockfileVersion": 3, "packages": {
            "": {"name": "app", "dependencies": {"right": "2"}, "devDependencies": {"left": "1"}},
            "node_modules/left": {"version": "1.0.0", "dev": true,
                "resolved": "https://npm.example/left/-/left-1.0.0.tgz"},
            "node_modules/right": {"version": "2.0.0",
                "resolved": "https://npm.example/right/-/right-2.0.0.tgz"}}}"#,
    );
    sandbox
}

fn install(sandbox: &Sandbox, name: &str, version: &str) {
    let content = format!(r#"{{"name": "{name}", "version": "{version}"}}"#);
    sandbox.write(&format!("node_modules/{name}/package.json"), content);
}

#[test]
fn where_a_project_takes_money_is_in_the_sbom_of_what_is_installed() {
    let sandbox = Sandbox::new();
    let content = r#"{"name": "left", "version": "1.0.0", "funding": "https://left.example/give"}"#;
    sandbox.write("node_modules/left/package.json", content);
    let command = ["scan", "--installed", ".", "--format", "cyclonedx"];
    let sbom: Value = serde_json::from_str(&sandbox.run(&command).stdout).unwrap();
    let references = &sbom["components"][0]["externalReferences"];
    let expected = serde_json::json!([
        { "type": "other", "url": "https://left.example/give", "comment": "funding" },
    ]);
    assert_eq!(*references, expected, "{sbom}");
}

/// The codes and titles of the findings.
fn findings(report: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let findings = report["findings"].as_array().unwrap();
    findings.iter().map(|one| (text(&one["code"]), text(&one["title"]))).collect()
}

#[test]
fn a_package_that_is_locked_and_installed_is_one_package_in_two_places() {
    let sandbox = locked();
    install(&sandbox, "left", "1.0.0");
    install(&sandbox, "right", "2.0.0");
    let report = sandbox.scan(&["--installed", "."]);
    let packages = report["packages"].as_array().unwrap();
    assert_eq!(packages.len(), 2, "{packages:?}");
    assert_eq!(packages[0]["locations"].as_array().unwrap().len(), 2, "{packages:?}");
    let left = packages.iter().find(|one| one["name"] == "left").unwrap();
    assert_eq!(left["scope"], "dev");
    assert_eq!(findings(&report), []);
}

#[test]
fn a_tree_is_skipped_and_said_unless_it_is_asked_for() {
    let sandbox = locked();
    install(&sandbox, "left", "1.1.0");
    let report = sandbox.scan(&["."]);
    assert_eq!(findings(&report), []);
    let sources = report["sources"].as_array().unwrap();
    let skipped = sources.iter().find(|one| one["path"] == "node_modules").unwrap();
    assert_eq!(skipped["status"], "skipped");
    assert!(skipped["problems"][0]["advice"].as_str().unwrap().contains("--installed"));
    sandbox.write("mainstay.toml", "installed = true\n");
    assert_ne!(findings(&sandbox.scan(&["."])), []);
}

#[test]
fn what_differs_between_lock_and_tree_is_a_finding() {
    let sandbox = locked();
    install(&sandbox, "left", "1.1.0");
    install(&sandbox, "extra", "3.0.0");
    let found = findings(&sandbox.scan(&["--installed", "."]));
    let expected = [
        (
            "installed-not-locked",
            "extra 3.0.0 is installed, and package-lock.json does not name it",
        ),
        ("installed-other-version", "left 1.1.0 is installed, and 1.0.0 is locked"),
        (
            "locked-not-installed",
            "package-lock.json locks packages that are not installed: right 2.0.0",
        ),
    ];
    let expected = expected.map(|(code, title)| (code.to_owned(), title.to_owned()));
    let mut found = found;
    found.sort();
    assert_eq!(found, expected);
}

#[test]
fn what_is_optional_or_for_development_may_be_left_out() {
    let sandbox = locked();
    install(&sandbox, "right", "2.0.0");
    assert_eq!(findings(&sandbox.scan(&["--installed", "."])), []);
}

#[test]
fn drift_can_be_refused_by_its_kind() {
    let sandbox = locked();
    install(&sandbox, "left", "1.1.0");
    let answer = sandbox.check(&["--installed", "--fail-on", "drift", "."]);
    assert_eq!(answer.exit, 1, "{answer:?}");
}

#[test]
fn a_name_that_is_locked_in_many_versions_does_not_make_a_long_title() {
    let sandbox = Sandbox::new();
    let versions: Vec<String> = (0..300)
        .map(|at| format!(r#""node_modules/p{at}/node_modules/a": {{"version": "1.0.{at}"}}"#))
        .collect();
    let packages = versions.join(",");
    let lock = format!(r#"{{"name": "app", "lockfileVersion": 3, "packages": {{{packages}}}}}"#);
    sandbox.write("package-lock.json", lock);
    install(&sandbox, "a", "2.0.0");
    let found = findings(&sandbox.scan(&["--installed", "."]));
    assert!(found[0].1.ends_with("or one of 280 more is locked"), "{found:?}");
    assert!(found[0].1.len() < 500, "{found:?}");
}

/// A project that locks `left` 1.0.0 of crates.io, and a vendored copy with this checksum file.
fn vendored(checksum: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    let lock = format!(
        "version = 4\n\n[[package]]\nname = \"app\"\nversion = \"0.1.0\"\n\
         dependencies = [\"left\"]\n\n[[package]]\nname = \"left\"\nversion = \"1.0.0\"\n\
         source = \"registry+https://github.com/rust-lang/crates.io-index\"\n\
         checksum = \"{}\"\n",
        "a".repeat(64)
    );
    sandbox.write("Cargo.lock", lock);
    let manifest = "[package]\nname = \"left\"\nversion = \"1.0.0\"\n";
    sandbox.write("vendor/left/Cargo.toml", manifest);
    sandbox.write("vendor/left/.cargo-checksum.json", checksum);
    sandbox
}

#[test]
fn a_vendored_crate_with_another_checksum_than_is_locked_is_a_finding() {
    let same = format!(r#"{{"files": {{}}, "package": "{}"}}"#, "a".repeat(64));
    assert_eq!(findings(&vendored(&same).scan(&["--installed", "."])), []);
    let other = format!(r#"{{"files": {{}}, "package": "{}"}}"#, "b".repeat(64));
    let found = findings(&vendored(&other).scan(&["--installed", "."]));
    assert_eq!(found[0].0, "checksums-differ");
}

#[test]
fn a_copy_that_did_not_come_from_the_registry_is_not_the_locked_package() {
    let sandbox = vendored(r#"{"files": {}, "package": null}"#);
    let report = sandbox.scan(&["--installed", "."]);
    let packages = report["packages"].as_array().unwrap();
    assert_eq!(packages.len(), 2, "{packages:?}");
    assert!(packages.iter().all(|one| one["name"] == "left"), "{packages:?}");
}

#[test]
fn a_lockfile_that_is_not_whole_does_not_say_what_is_extra() {
    let sandbox = Sandbox::new();
    sandbox.write("requirements.txt", "left==1.0.0\n");
    let site = "venv/lib/python3.11/site-packages";
    for (name, version) in [("left", "1.1"), ("pulled_in", "1.0"), ("pip", "23.0")] {
        let metadata = format!("Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n");
        sandbox.write(&format!("{site}/{name}-{version}.dist-info/METADATA"), metadata);
    }
    let found = findings(&sandbox.scan(&[".", "venv"]));
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].0, "installed-other-version");
}

#[test]
fn versions_that_are_written_otherwise_are_the_same() {
    let sandbox = Sandbox::new();
    sandbox.write("requirements.txt", "left==1.0.0\n");
    let metadata = "Metadata-Version: 2.1\nName: Left\nVersion: 1.0\n";
    sandbox.write("site-packages/Left-1.0.dist-info/METADATA", metadata);
    assert_eq!(findings(&sandbox.scan(&["--installed", "."])), []);
}

#[test]
fn a_copy_that_nobody_can_identify_is_not_known() {
    let sandbox = locked();
    sandbox.write("node_modules/left/package.json", "{");
    let report = sandbox.scan(&["node_modules"]);
    assert_eq!(report["verdict"], "unknown");
    assert_eq!(report["sources"][0]["problems"][0]["file"], "node_modules/left/package.json");
}
