//! Settings files: the project's and the user's, and what is stronger than what.

use super::{CRITICAL, MEDIUM, rated, with_record};
use crate::sandbox::{Answer, Sandbox};

/// Checks a project with this `mainstay.toml`.
fn check_with(record: &str, text: &str, arguments: &[&str]) -> Answer {
    let sandbox = with_record(rated(record));
    sandbox.write("mainstay.toml", text);
    sandbox.check(arguments)
}

#[test]
fn an_unknown_key_is_refused_with_its_line_and_a_suggestion() {
    let answer = check_with(MEDIUM, "\nexclud = [\"a\"]\n", &[]);
    assert_eq!(answer.exit, 2, "{answer:?}");
    insta::assert_snapshot!(answer.stderr, @r#"error: mainstay.toml:2: unknown field `exclud`, expected one of `exclude`, `installed`, `max-data-age`, `max-file-size`, `fail-on`, `allow-unknown`, `exception`; did you mean "exclude"?"#);
}

#[test]
fn a_file_that_is_no_toml_is_refused_with_its_line() {
    let answer = check_with(MEDIUM, "exclude = [\"a\"\nfail-on = 1\n", &[]);
    assert_eq!(answer.exit, 2, "{answer:?}");
    insta::assert_snapshot!(answer.stderr, @"error: mainstay.toml:2: missing comma between array elements, expected `,`");
}

#[test]
fn a_project_cannot_say_where_advisories_come_from() {
    let answer = check_with(MEDIUM, "[addresses]\nosv = \"https://osv.example\"\n", &[]);
    assert_eq!(answer.exit, 2, "{answer:?}");
    insta::assert_snapshot!(answer.stderr, @r#"error: mainstay.toml: "addresses" belongs into your own settings file, a flag or a variable: a project's file travels with the software and may be hostile"#);
}

#[test]
fn a_project_cannot_say_where_advisories_lie() {
    let answer = check_with(MEDIUM, "data-dir = \"data\"\n", &[]);
    assert_eq!(answer.exit, 2, "{answer:?}");
}

#[test]
fn wrong_settings_are_not_even_read_when_they_are_left_out() {
    let answer = check_with(MEDIUM, "nonsense\n", &["--no-project-settings"]);
    assert_eq!(answer.exit, 1, "{answer:?}");
}

#[test]
fn a_project_may_say_what_its_gate_refuses() {
    assert_eq!(check_with(MEDIUM, "fail-on = [\"high\"]\n", &[]).exit, 0);
    assert_eq!(check_with(CRITICAL, "fail-on = [\"high\"]\n", &[]).exit, 1);
}

#[test]
fn a_flag_is_stronger_than_the_project() {
    let answer = check_with(MEDIUM, "fail-on = [\"high\"]\n", &["--fail-on", "low"]);
    assert_eq!(answer.exit, 1, "{answer:?}");
}

#[test]
fn the_report_names_the_settings_file_that_was_used() {
    let answer = check_with(MEDIUM, "fail-on = [\"high\"]\n", &[]);
    assert_eq!(answer.json()["settings"][0], "mainstay.toml");
}

#[test]
fn settings_are_found_in_a_folder_above_the_scanned_one() {
    let sandbox = with_record(rated(MEDIUM));
    sandbox.write("mainstay.toml", "fail-on = [\"high\"]\n");
    sandbox.write("deep/er/Cargo.lock", crate::sandbox::cargo_lock(&[("left", "1.0.0")]));
    assert_eq!(sandbox.check(&["deep/er"]).exit, 0);
}

#[test]
fn a_project_may_leave_out_its_hostile_fixtures() {
    let sandbox = Sandbox::clean();
    sandbox.write("tests/fixtures/Cargo.lock", "broken on purpose");
    sandbox.write("mainstay.toml", "exclude = [\"tests/fixtures\"]\n");
    let answer = sandbox.check(&[]);
    assert_eq!(answer.exit, 0, "{answer:?}");
}

#[test]
fn what_is_left_out_is_listed_as_skipped() {
    let sandbox = Sandbox::clean();
    sandbox.write("tests/fixtures/Cargo.lock", "broken on purpose");
    sandbox.write("mainstay.toml", "exclude = [\"tests/fixtures\"]\n");
    let report = sandbox.scan(&[]);
    let skipped = &report["sources"][1];
    assert_eq!(skipped["status"], "skipped");
    assert_eq!(skipped["path"], "tests/fixtures");
}

#[test]
fn a_variable_is_stronger_than_the_project() {
    let mut sandbox = Sandbox::clean();
    sandbox.write("mainstay.toml", "max-data-age = \"4w\"\n");
    sandbox.set("MAINSTAY_MAX_DATA_AGE", "12h");
    assert_eq!(sandbox.check(&[]).exit, 3);
}

#[test]
fn a_flag_is_stronger_than_a_variable() {
    let mut sandbox = Sandbox::clean();
    sandbox.set("MAINSTAY_MAX_DATA_AGE", "12h");
    assert_eq!(sandbox.check(&["--max-data-age", "4w"]).exit, 0);
}

#[test]
fn the_project_is_stronger_than_the_user() {
    let sandbox = Sandbox::clean();
    let folder = sandbox.beside("home/config/mainstay");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("mainstay.toml"), "max-data-age = \"12h\"\n").unwrap();
    assert_eq!(sandbox.check(&[]).exit, 3);
    sandbox.write("mainstay.toml", "max-data-age = \"4w\"\n");
    assert_eq!(sandbox.check(&[]).exit, 0);
}

#[test]
fn an_unknown_key_of_the_user_is_refused() {
    let sandbox = Sandbox::clean();
    let folder = sandbox.beside("home/config/mainstay");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("mainstay.toml"), "ofline = true\n").unwrap();
    let answer = sandbox.check(&[]);
    assert_eq!(answer.exit, 2, "{answer:?}");
    insta::assert_snapshot!(answer.stderr, @r#"error: SANDBOX/home/config/mainstay/mainstay.toml:1: unknown field `ofline`, expected one of `data-dir`, `offline`, `max-data-age`, `max-file-size`, `policy`, `addresses`; did you mean "offline"?"#);
}

#[test]
fn an_age_that_cannot_be_read_is_wrong_use() {
    let answer = Sandbox::clean().check(&["--max-data-age", "soon"]);
    assert_eq!(answer.exit, 2, "{answer:?}");
    insta::assert_snapshot!(answer.stderr, @r#"error: "soon" is no age; write a number and m, h, d or w, such as 7d"#);
}

/// Two flawed projects; only the first has settings.
fn two_projects(settings: &str) -> Sandbox {
    let sandbox = with_record(rated(MEDIUM));
    for name in ["theirs", "ours"] {
        let lock = crate::sandbox::cargo_lock(&[("left", "1.0.0")]);
        sandbox.write(&format!("{name}/Cargo.lock"), lock);
    }
    sandbox.write("theirs/mainstay.toml", settings);
    sandbox
}

#[test]
fn one_project_cannot_lower_the_gate_of_another() {
    let answer = two_projects("fail-on = [\"malicious\"]\n").check(&["theirs", "ours"]);
    assert_eq!(answer.exit, 2, "{answer:?}");
    insta::assert_snapshot!(answer.stderr, @"error: the settings of the named paths do not agree on fail-on; give it as a flag, or take the paths one by one");
}

#[test]
fn one_project_cannot_allow_the_unknown_of_another() {
    let sandbox = two_projects("allow-unknown = [\"all\"]\n");
    assert_eq!(sandbox.check(&["ours", "theirs"]).exit, 2);
}

#[test]
fn one_project_cannot_make_data_fresh_for_another() {
    let sandbox = two_projects("max-data-age = \"52w\"\n");
    assert_eq!(sandbox.check(&["ours", "theirs"]).exit, 2);
}

#[test]
fn a_flag_settles_what_projects_do_not_agree_on() {
    let sandbox = two_projects("fail-on = [\"malicious\"]\nmax-data-age = \"52w\"\n");
    let flags = ["theirs", "ours", "--fail-on", "low", "--max-data-age", "7d"];
    assert_eq!(sandbox.check(&flags).exit, 1);
}

#[test]
fn a_scan_that_judges_nothing_needs_no_agreement_on_its_gate() {
    let sandbox = two_projects("fail-on = [\"malicious\"]\n");
    assert_eq!(sandbox.scan(&["theirs", "ours"])["verdict"], "findings");
}

#[test]
fn a_word_that_nobody_knows_is_told_with_its_file() {
    let answer = check_with(MEDIUM, "fail-on = [\"hgih\"]\n", &[]);
    assert_eq!(answer.exit, 2, "{answer:?}");
    assert!(answer.stderr.starts_with("error: fail-on in mainstay.toml \"hgih\""), "{answer:?}");
    let answer = check_with(MEDIUM, "allow-unknown = [\"evrything\"]\n", &[]);
    assert_eq!(answer.exit, 2, "{answer:?}");
    let begins = "error: allow-unknown in mainstay.toml \"evrything\"";
    assert!(answer.stderr.starts_with(begins), "{answer:?}");
}
