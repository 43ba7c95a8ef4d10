//! Sources that could not be read, or not whole, and packages that could not be checked.

use std::process::Command;

use mainstay_testkit::Record;
use serde_json::json;

use super::{assert_unknown, assert_unknown_with};
use crate::sandbox::{Sandbox, cargo_lock};

#[test]
fn a_lockfile_that_is_cut_off_is_unknown() {
    let sandbox = Sandbox::clean();
    let whole = cargo_lock(&[("left", "2.0.0"), ("right", "1.0.0")]);
    sandbox.write("Cargo.lock", &whole[..whole.len() - 30]);
    assert_unknown(&sandbox, &["broken-source"]);
}

#[test]
fn a_lockfile_of_an_unknown_version_is_unknown() {
    let sandbox = Sandbox::clean();
    sandbox.write("Cargo.lock", cargo_lock(&[("left", "2.0.0")]).replace("= 4", "= 99"));
    assert_unknown(&sandbox, &["broken-source"]);
}

#[test]
fn the_report_says_that_a_lockfile_has_an_unknown_version() {
    let sandbox = Sandbox::clean();
    sandbox.write("Cargo.lock", cargo_lock(&[("left", "2.0.0")]).replace("= 4", "= 99"));
    let source = &sandbox.scan(&[])["sources"][0];
    assert_eq!(source["status"], "failed");
    assert_eq!(source["problems"][0]["code"], "unknown-format-version");
}

#[test]
fn an_empty_lockfile_of_npm_is_unknown() {
    let sandbox = Sandbox::clean();
    sandbox.write("web/package-lock.json", "");
    assert_unknown(&sandbox, &["broken-source"]);
}

#[test]
fn a_lockfile_that_is_no_text_is_unknown() {
    let sandbox = Sandbox::clean();
    sandbox.write("Cargo.lock", b"version = 4\n\xff\xfe\x00".as_slice());
    assert_unknown(&sandbox, &["broken-source"]);
}

#[test]
fn one_bad_lockfile_among_good_ones_is_unknown() {
    let sandbox = Sandbox::clean();
    for name in ["a", "b", "c"] {
        sandbox.write(&format!("{name}/Cargo.lock"), cargo_lock(&[("left", "2.0.0")]));
    }
    sandbox.write("b/Cargo.lock", "<html>502 Bad Gateway</html>");
    assert_unknown(&sandbox, &["broken-source"]);
}

#[test]
fn the_good_lockfiles_beside_a_bad_one_are_read() {
    let sandbox = Sandbox::flawed();
    sandbox.write("b/Cargo.lock", "<html>502 Bad Gateway</html>");
    let report = sandbox.scan(&[]);
    assert_eq!(report["findings"][0]["advisory"]["id"], "TEST-2024-0001");
}

#[test]
fn a_package_from_another_folder_of_what_is_scanned_is_a_member() {
    let sandbox = Sandbox::new();
    sandbox.import(&[Record::new("TEST-1", "Go", "git.example/left")]);
    let module = |name: &str, rest: &str| format!("module git.example/{name}\n\ngo 1.22\n{rest}");
    let lib = "\nrequire git.example/lib v0.0.0\n\nreplace git.example/lib => ";
    sandbox.write("lib/go.mod", module("lib", ""));
    sandbox.write("app/go.mod", module("app", &format!("{lib}../lib\n")));
    let report = sandbox.scan(&[]);
    assert_eq!(
        (&report["verdict"], &report["packages"]),
        (&json!("clean"), &json!([])),
        "{report}"
    );
    sandbox.write("app/go.mod", module("app", &format!("{lib}../../elsewhere\n")));
    assert_unknown(&sandbox, &["unchecked-package"]);
}

#[test]
fn a_file_that_another_one_includes_is_told_once() {
    let sandbox = Sandbox::new();
    sandbox.import(&[Record::new("TEST-2024-0002", "PyPI", "left")]);
    sandbox.write("requirements/base.txt", "--extra-index-url https://pkgs.example/\nleft==1.0\n");
    sandbox.write("requirements/dev.txt", "-r base.txt\nright==1.0\n");
    let report = sandbox.scan(&[]);
    let locations = |value: &serde_json::Value| value["locations"].as_array().unwrap().len();
    let findings = report["findings"].as_array().unwrap();
    assert_eq!(findings.iter().map(locations).collect::<Vec<_>>(), [1, 1], "{findings:?}");
    assert!(report["packages"].as_array().unwrap().iter().all(|one| locations(one) == 1));
    let mut told: Vec<String> =
        report["unknowns"].as_array().unwrap().iter().map(ToString::to_string).collect();
    let all = told.len();
    told.sort();
    told.dedup();
    assert_eq!(told.len(), all);
}

#[test]
fn a_version_that_one_record_calls_fixed_and_another_one_affected_is_no_fix() {
    let sandbox = Sandbox::with_lock(&[("left", "1.0.0")]);
    let record = |id: &str, events: serde_json::Value| {
        let mut record = Record::new(id, "crates.io", "left");
        record.0["aliases"] = json!(["CVE-2024-0001"]);
        record.0["affected"][0]["ranges"][0]["events"] = events;
        record
    };
    let fixed = record("TEST-1", json!([{"introduced": "0"}, {"fixed": "5.0.0"}]));
    let twice = json!([{"introduced": "0"}, {"fixed": "2.0.0"},
        {"introduced": "4.0.0"}, {"fixed": "6.0.0"}]);
    sandbox.import(&[fixed.clone(), record("TEST-2", twice)]);
    let finding = &sandbox.scan(&[])["findings"][0];
    assert_eq!(finding["fixed_in"], "6.0.0", "{finding}");
    sandbox.import(&[fixed, record("TEST-2", json!([{"introduced": "0"}]))]);
    let finding = &sandbox.scan(&[])["findings"][0];
    assert_eq!(finding["fixed_in"], serde_json::Value::Null, "{finding}");
}

#[test]
fn a_package_of_swift_without_an_address_is_unchecked() {
    let sandbox = Sandbox::new();
    sandbox.import(&[Record::new("TEST-1", "SwiftURL", "https://git.example/o/left")]);
    sandbox.write(
        "Package.resolved",
        r#"{"pins": [{"identity": "acme.left", "kind": "registry", "state": {"version": "1.0.0"}}],
            "version": 3}"#,
    );
    let package = &sandbox.scan(&[])["packages"][0];
    assert_eq!(
        (&package["status"], &package["purl"]),
        (&json!("unchecked"), &json!("pkg:generic/acme.left@1.0.0"))
    );
}

#[test]
fn a_folder_without_any_source_is_unknown() {
    let sandbox = Sandbox::new();
    sandbox.write("main.c", "int main(void) { return 0; }\n");
    assert_unknown(&sandbox, &["nothing-to-read"]);
}

#[test]
fn an_empty_folder_is_unknown() {
    assert_unknown(&Sandbox::new(), &["nothing-to-read"]);
}

#[test]
fn a_folder_whose_sources_are_all_skipped_is_unknown() {
    let sandbox = Sandbox::new();
    sandbox.write("node_modules/a/package.json", "{}");
    assert_unknown(&sandbox, &["nothing-to-read"]);
}

#[test]
fn a_folder_whose_only_source_is_excluded_is_unknown() {
    assert_unknown_with(&Sandbox::clean(), &["--exclude", "Cargo.lock"], &["nothing-to-read"]);
}

#[test]
fn a_named_file_of_no_known_format_is_unknown() {
    let sandbox = Sandbox::clean();
    sandbox.write("notes.txt", "left 2.0.0\n");
    assert_unknown_with(&sandbox, &["Cargo.lock", "notes.txt"], &["unsupported-file"]);
}

#[test]
fn a_file_of_no_known_format_in_a_walk_is_only_counted() {
    let sandbox = Sandbox::clean();
    sandbox.write("notes.txt", "left 2.0.0\n");
    let answer = sandbox.check(&[]);
    assert_eq!(answer.exit, 0, "{answer:?}");
    assert_eq!(answer.json()["files_of_no_known_format"], 1);
}

#[test]
fn a_path_that_is_not_there_is_wrong_use() {
    let answer = Sandbox::clean().check(&["gone"]);
    assert_eq!(answer.exit, 2, "{answer:?}");
    insta::assert_snapshot!(answer.stderr, @"error: there is no gone; name a file or a folder that is there");
}

#[test]
fn a_manifest_without_a_lockfile_is_partial() {
    let sandbox = Sandbox::clean();
    sandbox.write("Cargo.lock", cargo_lock(&[]));
    sandbox.write("web/package.json", r#"{"name": "web", "dependencies": {"left": "^1.0.0"}}"#);
    assert_unknown(&sandbox, &["partial-source", "no-data", "unchecked-package"]);
}

#[test]
fn a_package_from_git_is_unchecked() {
    let sandbox = Sandbox::clean();
    let git = "git+https://code.example/left?rev=0a1b2c3#0a1b2c3d4e5f60718293a4b5c6d7e8f901234567";
    let lock = cargo_lock(&[("left", "2.0.0")])
        .replace("registry+https://registry.example/index", git)
        .replace(&format!("checksum = \"{:064}\"\n", 0), "");
    sandbox.write("Cargo.lock", lock);
    assert_unknown(&sandbox, &["unchecked-package"]);
}

/// Letting the missing data pass, by name, is not letting the package pass.
#[test]
fn a_package_from_git_is_told_of_also_where_there_is_no_data() {
    let sandbox = Sandbox::new();
    let git = "git+https://code.example/left?rev=0a1b2c3#0a1b2c3d4e5f60718293a4b5c6d7e8f901234567";
    let lock = cargo_lock(&[("left", "2.0.0")])
        .replace("registry+https://registry.example/index", git)
        .replace(&format!("checksum = \"{:064}\"\n", 0), "");
    sandbox.write("Cargo.lock", lock);
    assert_eq!(sandbox.check(&["--allow-unknown=no-data"]).exit, 3);
}

#[test]
fn a_version_that_cannot_be_read_is_unchecked() {
    let sandbox = Sandbox::clean();
    sandbox.write("Cargo.lock", cargo_lock(&[("left", "two.point.oh")]));
    assert_unknown(&sandbox, &["unchecked-package"]);
}

#[test]
fn a_bound_that_cannot_be_read_leaves_the_package_unchecked() {
    let sandbox = Sandbox::clean();
    let mut record = Record::new("TEST-2024-0002", "crates.io", "left");
    record.0["affected"][0]["ranges"] = json!([
        {"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "the next one"}]}
    ]);
    sandbox.import(&[record]);
    assert_unknown(&sandbox, &["unchecked-package"]);
}

#[test]
fn a_range_of_commits_leaves_a_released_version_unchecked() {
    let sandbox = Sandbox::clean();
    let mut record = Record::new("TEST-2024-0002", "crates.io", "left");
    record.0["affected"][0] = json!({
        "package": {"ecosystem": "crates.io", "name": "left"},
        "ranges": [{"type": "GIT", "repo": "https://code.example/left", "events": [
            {"introduced": "0"}, {"fixed": "0a1b2c3d4e5f60718293a4b5c6d7e8f901234567"}
        ]}]
    });
    sandbox.import(&[record]);
    assert_unknown(&sandbox, &["unchecked-package"]);
}

#[test]
fn a_file_past_the_limit_is_unknown() {
    assert_unknown_with(&Sandbox::clean(), &["--max-file-size", "10B"], &["file-too-large"]);
}

#[test]
fn a_file_nested_too_deep_is_unknown() {
    let sandbox = Sandbox::clean();
    let open = r#"{"version": "1.0.0", "dependencies": {"a": "#;
    let deep = format!("{}{{}}{}", open.repeat(100_000), "}}".repeat(100_000));
    sandbox.write("web/package-lock.json", deep);
    assert_unknown(&sandbox, &["broken-source"]);
}

#[cfg(unix)]
#[test]
fn a_link_that_leads_nowhere_is_unknown() {
    let sandbox = Sandbox::clean();
    sandbox.write("web/README", "");
    std::os::unix::fs::symlink("gone", sandbox.path("web/Cargo.lock")).unwrap();
    assert_unknown(&sandbox, &["unreadable-file"]);
}

#[cfg(unix)]
#[test]
fn a_link_that_leads_out_of_the_project_is_not_followed() {
    let sandbox = Sandbox::clean();
    std::fs::write(sandbox.beside("Cargo.lock"), cargo_lock(&[("left", "1.0.0")])).unwrap();
    sandbox.write("web/README", "");
    std::os::unix::fs::symlink("../../Cargo.lock", sandbox.path("web/Cargo.lock")).unwrap();
    assert_unknown(&sandbox, &["link-outside"]);
}

#[cfg(unix)]
#[test]
fn a_link_within_the_project_is_read() {
    let sandbox = Sandbox::clean();
    sandbox.write("web/README", "");
    std::os::unix::fs::symlink("../Cargo.lock", sandbox.path("web/Cargo.lock")).unwrap();
    assert_eq!(sandbox.check(&[]).exit, 0);
}

#[cfg(unix)]
#[test]
fn a_named_pipe_is_not_waited_for() {
    let sandbox = Sandbox::clean();
    sandbox.write("web/README", "");
    let made = Command::new("mkfifo").arg(sandbox.path("web/Cargo.lock")).status().unwrap();
    assert!(made.success());
    assert_unknown(&sandbox, &["unreadable-file"]);
}

#[cfg(unix)]
#[test]
#[expect(clippy::print_stderr, reason = "a test that leaves something out says so")]
fn a_file_without_the_right_to_read_it_is_unknown() {
    use std::os::unix::fs::PermissionsExt as _;
    let sandbox = Sandbox::clean();
    let nobodys = std::fs::Permissions::from_mode(0o000);
    std::fs::set_permissions(sandbox.path("Cargo.lock"), nobodys).unwrap();
    if std::fs::read(sandbox.path("Cargo.lock")).is_ok() {
        eprintln!("left out: a file without the right to read it: this user reads everything");
        return;
    }
    assert_unknown(&sandbox, &["unreadable-file"]);
}

#[cfg(unix)]
#[test]
fn a_dangling_link_named_on_the_command_line_is_unknown() {
    let sandbox = Sandbox::clean();
    std::fs::create_dir(sandbox.path("web")).unwrap();
    std::os::unix::fs::symlink("gone", sandbox.path("web/Cargo.lock")).unwrap();
    assert_unknown_with(&sandbox, &["Cargo.lock", "web/Cargo.lock"], &["unreadable-file"]);
}

#[test]
fn requirements_that_name_a_file_outside_of_the_project_are_partial() {
    let sandbox = Sandbox::clean();
    std::fs::write(sandbox.beside("outside.txt"), "left==1.0\n").unwrap();
    sandbox.write("Cargo.lock", cargo_lock(&[]));
    sandbox.write("requirements.txt", "-r ../outside.txt\n");
    let report = sandbox.scan(&[]);
    assert_eq!(report["verdict"], "unknown");
    assert_eq!(report["packages"], json!([]));
}
