//! `mainstay check --since`: what was there at a revision does not count. Without `git` on the
//! machine these tests are left out, and say so.

use std::path::Path;
use std::process::Command;

use super::{CRITICAL, rated};
use crate::sandbox::{Answer, Sandbox, cargo_lock};
use mainstay_testkit::Record;

fn git(folder: &Path, arguments: &[&str]) {
    let done = Command::new("git")
        .current_dir(folder)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .args(["-c", "user.name=T", "-c", "user.email=t@project.example"])
        .args(["-c", "commit.gpgsign=false"])
        .args(arguments)
        .output()
        .unwrap();
    assert!(done.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
}

pub(super) fn commit(sandbox: &Sandbox) {
    let project = sandbox.beside("project");
    git(&project, &["add", "-A"]);
    git(&project, &["commit", "-q", "-m", "x"]);
}

/// A repository whose first commit has a flawed package, with a variable so that git is found.
pub(super) fn in_debt() -> Option<Sandbox> {
    if Command::new("git").arg("--version").output().is_err() {
        #[expect(clippy::print_stderr, reason = "tells what is left out")]
        {
            eprintln!("left out: git is not installed");
        }
        return None;
    }
    let mut sandbox = Sandbox::new();
    sandbox.set("PATH", std::env::var("PATH").unwrap());
    sandbox.import(&[rated(CRITICAL), Record::new("TEST-2024-0002", "crates.io", "right")]);
    sandbox.write("Cargo.lock", cargo_lock(&[("left", "1.0.0")]));
    git(&sandbox.beside("project"), &["init", "-q", "-b", "main"]);
    commit(&sandbox);
    Some(sandbox)
}

fn since(sandbox: &Sandbox, arguments: &[&str]) -> Answer {
    sandbox.check(&[&["--since", "HEAD"], arguments].concat())
}

#[test]
fn an_old_debt_does_not_fail_but_is_shown() {
    let Some(sandbox) = in_debt() else { return };
    assert_eq!(sandbox.check(&[]).exit, 1);
    let answer = since(&sandbox, &[]);
    assert_eq!(answer.exit, 0, "{answer:?}");
    let report = answer.json();
    assert_eq!(report["verdict"], "findings");
    assert_eq!(report["gate"]["since"]["old_findings"][0], 0);
    assert_eq!(report["gate"]["decisions"][0]["standing"], "old");
}

#[test]
fn a_new_flaw_fails() {
    let Some(sandbox) = in_debt() else { return };
    sandbox.write("Cargo.lock", cargo_lock(&[("left", "1.0.0"), ("right", "1.0.0")]));
    let answer = since(&sandbox, &[]);
    assert_eq!(answer.exit, 1, "{answer:?}");
    let old = answer.json()["gate"]["since"]["old_findings"].as_array().unwrap().len();
    assert_eq!(old, 1);
}

#[test]
fn an_untracked_file_with_a_flaw_fails() {
    let Some(sandbox) = in_debt() else { return };
    sandbox.write("new/Cargo.lock", cargo_lock(&[("right", "1.0.0")]));
    assert_eq!(since(&sandbox, &[]).exit, 1);
}

#[test]
fn a_package_that_moved_to_another_file_is_not_new() {
    let Some(sandbox) = in_debt() else { return };
    std::fs::remove_file(sandbox.path("Cargo.lock")).unwrap();
    sandbox.write("moved/Cargo.lock", cargo_lock(&[("left", "1.1.0")]));
    let answer = since(&sandbox, &[]);
    assert_eq!(answer.exit, 0, "{answer:?}");
}

#[test]
fn a_subfolder_is_compared_with_itself() {
    let Some(sandbox) = in_debt() else { return };
    sandbox.write("app/Cargo.lock", cargo_lock(&[("left", "1.0.0")]));
    // The same debt elsewhere in the repository is not in this folder.
    assert_eq!(since(&sandbox, &["app"]).exit, 1);
    commit(&sandbox);
    assert_eq!(since(&sandbox, &["app"]).exit, 0);
    assert_eq!(since(&sandbox, &["app/Cargo.lock"]).exit, 0);
}

#[test]
fn the_same_unknown_is_old_and_another_one_is_not() {
    let Some(sandbox) = in_debt() else { return };
    sandbox.write("b/Cargo.lock", "broken");
    commit(&sandbox);
    let answer = since(&sandbox, &[]);
    assert_eq!(answer.exit, 0, "{answer:?}");
    sandbox.write("c/Cargo.lock", "broken");
    assert_eq!(since(&sandbox, &[]).exit, 3);
}

#[test]
fn an_unknown_about_a_file_that_changed_is_new() {
    let Some(sandbox) = in_debt() else { return };
    sandbox.write("b/Cargo.lock", "broken");
    sandbox.write("c/bun.lockb", "one");
    commit(&sandbox);
    assert_eq!(since(&sandbox, &[]).exit, 0);
    sandbox.write("b/Cargo.lock", "broken\n# anything may be in here");
    assert_eq!(since(&sandbox, &[]).exit, 3);
    sandbox.write("b/Cargo.lock", "broken");
    sandbox.write("c/bun.lockb", "two");
    assert_eq!(since(&sandbox, &[]).exit, 3);
}

#[test]
fn data_that_are_not_there_are_unknown_whatever_was() {
    let Some(sandbox) = in_debt() else { return };
    sandbox.write("web/composer.lock", r#"{"packages": [{"name": "a/b", "version": "1.0"}]}"#);
    commit(&sandbox);
    let answer = since(&sandbox, &[]);
    assert_eq!(answer.exit, 3, "{answer:?}");
}

#[test]
fn a_decision_about_an_old_package_is_old() {
    let Some(sandbox) = in_debt() else { return };
    sandbox.write("mainstay-policy.toml", "[[ban]]\npackage = 'pkg:cargo/*'\nreason = 'no'\n");
    assert_eq!(sandbox.check(&[]).exit, 1);
    let answer = since(&sandbox, &[]);
    assert_eq!(answer.exit, 0, "{answer:?}");
    sandbox.write("Cargo.lock", cargo_lock(&[("left", "1.0.0"), ("other", "1.0.0")]));
    assert_eq!(since(&sandbox, &[]).exit, 1);
}

#[test]
fn a_revision_that_is_not_there_is_wrong_use() {
    let Some(sandbox) = in_debt() else { return };
    let answer = sandbox.check(&["--since", "nowhere"]);
    assert_eq!(answer.exit, 2, "{answer:?}");
    insta::assert_snapshot!(answer.stderr, @r#"error: there is no revision "nowhere" in this repository; name a branch, a tag or a commit that `git log` shows"#);
}

#[test]
fn a_path_outside_of_the_repository_is_wrong_use() {
    let Some(sandbox) = in_debt() else { return };
    let outside = sandbox.beside("home");
    let answer = since(&sandbox, &[".", outside.to_str().unwrap()]);
    assert_eq!(answer.exit, 2, "{answer:?}");
    assert!(answer.stderr.contains("outside of the repository"), "{answer:?}");
}

#[test]
fn without_git_the_answer_says_so() {
    let Some(mut sandbox) = in_debt() else { return };
    sandbox.set("PATH", "");
    let answer = since(&sandbox, &[]);
    assert_eq!(answer.exit, 2, "{answer:?}");
    assert!(answer.stderr.contains("git is not installed"), "{answer:?}");
}

#[test]
fn the_text_report_tells_old_from_new() {
    let Some(sandbox) = in_debt() else { return };
    let answer = sandbox.run(&["check", "--since", "HEAD"]);
    assert!(answer.stdout.contains("Would be refused, but was there before"), "{answer:?}");
    let last = answer.stdout.lines().last().unwrap();
    assert!(last.starts_with("Gate: passed - 1 finding there already at HEAD ("), "{last}");
}

/// A document that says of the flawed package that it does no harm here.
fn never_called(package: &str) -> String {
    let document = serde_json::json!({
        "@context": "https://openvex.dev/ns/v0.2.0", "@id": "https://a.example/vex/1",
        "author": "A Team", "timestamp": "2026-01-31T00:00:00Z", "version": 1,
        "statements": [{
            "vulnerability": {"name": "TEST-2024-0001"}, "products": [package],
            "status": "not_affected", "impact_statement": "It is never called.",
        }],
    });
    document.to_string()
}

const LEFT: &str = "pkg:cargo/left@1.0.0";

#[test]
fn a_finding_whose_statement_was_taken_away_is_new() {
    let Some(sandbox) = in_debt() else { return };
    sandbox.write("vex.json", never_called(LEFT));
    commit(&sandbox);
    assert_eq!(since(&sandbox, &[]).exit, 0);
    std::fs::remove_file(sandbox.path("vex.json")).unwrap();
    let answer = since(&sandbox, &[]);
    assert_eq!(answer.exit, 1, "{answer:?}");
    let told = &answer.json()["gate"]["since"]["no_longer_silenced"][0];
    assert_eq!(told["finding"], 0);
    let was = "not affected: \"It is never called.\" (A Team, 2026-01-31, vex.json:1, found beside \
               what is scanned)";
    assert_eq!(told["was"], was);
    let text = sandbox.run(&["check", "--since", "HEAD"]).stdout;
    assert!(text.contains("Silenced at HEAD, and not any more"), "{text}");
}

#[test]
fn an_upgrade_that_leaves_its_statement_behind_is_new() {
    let Some(sandbox) = in_debt() else { return };
    sandbox.write(".vex/left.vex", never_called(LEFT));
    commit(&sandbox);
    sandbox.write("Cargo.lock", cargo_lock(&[("left", "1.1.0")]));
    assert_eq!(since(&sandbox, &[]).exit, 1);
}

#[test]
fn a_large_document_of_the_revision_is_heard_too() {
    let Some(sandbox) = in_debt() else { return };
    let padded = never_called(LEFT) + &" ".repeat(300 << 10);
    sandbox.write("left.openvex.json", padded);
    commit(&sandbox);
    std::fs::remove_file(sandbox.path("left.openvex.json")).unwrap();
    assert_eq!(since(&sandbox, &[]).exit, 1);
}

#[test]
fn a_document_that_is_named_speaks_on_both_sides() {
    let Some(sandbox) = in_debt() else { return };
    let said = never_called("pkg:cargo/other");
    let said = said.replace("not_affected", "affected").replace("impact", "action");
    sandbox.write("Cargo.lock", cargo_lock(&[("other", "1.0.0")]));
    commit(&sandbox);
    sandbox.write("said/one.json", said);
    let answer = since(&sandbox, &["--vex", "said"]);
    assert_eq!(answer.exit, 0, "{answer:?}");
    assert_eq!(answer.json()["gate"]["since"]["old_findings"][0], 0);
    // Beside the target it is new.
    sandbox.write("vex.json", std::fs::read(sandbox.path("said/one.json")).unwrap());
    assert_eq!(since(&sandbox, &[]).exit, 1);
}

#[test]
fn statements_beside_a_revision_are_not_heard_where_nobody_wants_them() {
    let Some(sandbox) = in_debt() else { return };
    sandbox.write("vex.json", never_called(LEFT));
    commit(&sandbox);
    std::fs::remove_file(sandbox.path("vex.json")).unwrap();
    let answer = since(&sandbox, &["--no-vex"]);
    assert_eq!(answer.exit, 0, "{answer:?}");
}

#[test]
fn a_document_that_nobody_could_read_then_either_is_old_while_it_is_the_same() {
    let Some(sandbox) = in_debt() else { return };
    sandbox.write("vex.json", "{");
    commit(&sandbox);
    let answer = since(&sandbox, &[]);
    assert_eq!(answer.exit, 0, "{answer:?}");
    sandbox.write("vex.json", "{ ");
    assert_eq!(since(&sandbox, &[]).exit, 3);
}

#[test]
fn a_document_that_is_named_and_cannot_be_read_is_never_old() {
    let Some(sandbox) = in_debt() else { return };
    sandbox.write("said/one.json", "{");
    commit(&sandbox);
    assert_eq!(since(&sandbox, &["--vex", "said"]).exit, 3);
}

/// A Cargo.lock of version 4 with one package of this source.
fn locked_from(source: &str) -> String {
    format!(
        "version = 4\n\n[[package]]\nname = \"app\"\nversion = \"0.1.0\"\ndependencies = [\"aa\"]\n\n\
         [[package]]\nname = \"aa\"\nversion = \"1.0.0\"\nsource = \"{source}\"\n"
    )
}

/// The answer about a committed file and what it became.
fn changed(file: &str, before: &str, after: &str, arguments: &[&str]) -> Option<Answer> {
    let sandbox = in_debt()?;
    sandbox.write(file, before);
    commit(&sandbox);
    let same = since(&sandbox, arguments);
    assert_eq!(same.exit, 0, "unchanged: {same:?}");
    sandbox.write(file, after);
    Some(since(&sandbox, arguments))
}

#[test]
fn a_package_from_another_repository_is_another_unknown() {
    let commit = "0123456789abcdef0123456789abcdef01234567";
    let from = |place: &str| locked_from(&format!("git+https://{place}#{commit}"));
    let (good, evil) = (from("git.example/acme/aa"), from("evil.example/aa"));
    let Some(answer) = changed("Cargo.lock", &good, &evil, &[]) else { return };
    assert_eq!(answer.exit, 3, "{answer:?}");
    let other = good.replace("0123456", "fffffff");
    let Some(answer) = changed("Cargo.lock", &good, &other, &[]) else { return };
    assert_eq!(answer.exit, 3, "{answer:?}");
}

#[test]
fn a_package_with_another_content_at_its_address_is_another_unknown() {
    let lock = |host: &str, digest: &str| {
        let node = format!(
            "{{\"version\": \"1.0.0\", \"resolved\": \"https://{host}/aa.tgz\", \
             \"integrity\": \"sha512-{digest}==\"}}"
        );
        format!(
            "{{\"lockfileVersion\": 3, \"packages\": {{\"\": {{\"dependencies\": {{\"aa\": \
             \"https://{host}/aa.tgz\"}}}}, \"node_modules/aa\": {node}}}}}"
        )
    };
    let allowed = &["--allow-unknown=no-data"];
    let good = lock("good.example", &"A".repeat(86));
    for evil in [
        lock("evil.example", &"A".repeat(86)),
        lock("good.example", &format!("{}g", "B".repeat(85))),
    ] {
        let Some(answer) = changed("package-lock.json", &good, &evil, allowed) else { return };
        assert_eq!(answer.exit, 3, "{answer:?}");
    }
}

/// A composer.lock with one package.
fn composer(version: &str, time: &str, licence: &str) -> String {
    let time = if time.is_empty() { String::new() } else { format!(", \"time\": \"{time}\"") };
    format!(
        "{{\"packages\": [{{\"name\": \"acme/x\", \"version\": \"{version}\", \"license\": \
         [\"{licence}\"]{time}}}], \"packages-dev\": []}}"
    )
}

/// The answer of a policy about a committed composer.lock and what it became.
fn under_policy(policy: &str, before: &str, after: &str) -> Option<Answer> {
    let sandbox = in_debt()?;
    sandbox.write("mainstay-policy.toml", policy);
    sandbox.write("composer.lock", before);
    commit(&sandbox);
    let arguments = &["--allow-unknown=no-data"];
    let same = since(&sandbox, arguments);
    assert_eq!(same.exit, 0, "unchanged: {same:?}");
    sandbox.write("composer.lock", after);
    Some(since(&sandbox, arguments))
}

#[test]
fn a_younger_release_is_not_the_one_that_was_there() {
    let before = composer("1.0.0", "2026-02-28T12:00:00Z", "MIT");
    let after = composer("1.0.1", "2026-03-01T04:00:00Z", "MIT");
    let Some(answer) = under_policy("[releases]\ncooldown = '7d'\n", &before, &after) else {
        return;
    };
    assert_eq!(answer.exit, 1, "{answer:?}");
}

#[test]
fn a_release_date_that_nobody_tells_is_unknown_for_each_version() {
    let (before, after) = (composer("1.0.0", "", "MIT"), composer("1.0.1", "", "MIT"));
    let Some(answer) = under_policy("[releases]\ncooldown = '7d'\n", &before, &after) else {
        return;
    };
    assert_eq!(answer.exit, 3, "{answer:?}");
}

#[test]
fn another_denied_licence_is_new() {
    let policy = "[licences]\ndeny = ['GPL-*', 'AGPL-*']\n";
    let before = composer("1.0.0", "", "GPL-2.0-only");
    let after = composer("1.0.1", "", "AGPL-3.0-only");
    let Some(answer) = under_policy(policy, &before, &after) else { return };
    assert_eq!(answer.exit, 1, "{answer:?}");
    // The same licence of a later version is the same debt.
    let after = composer("1.0.1", "", "GPL-2.0-only");
    let Some(answer) = under_policy(policy, &before, &after) else { return };
    assert_eq!(answer.exit, 0, "{answer:?}");
}

#[test]
fn another_address_that_no_list_names_is_new() {
    let from = |host: &str| locked_from(&format!("git+https://{host}/aa#{}", "0".repeat(40)));
    let Some(sandbox) = in_debt() else { return };
    sandbox.write("mainstay-policy.toml", "[sources]\ngit = []\n");
    sandbox.write("Cargo.lock", from("git.example/acme"));
    commit(&sandbox);
    assert_eq!(since(&sandbox, &[]).exit, 0);
    sandbox.write("Cargo.lock", from("evil.example"));
    let answer = since(&sandbox, &["--allow-unknown=unchecked-package"]);
    assert_eq!(answer.exit, 1, "{answer:?}");
}

#[test]
fn an_old_flaw_that_now_ships_is_refused_by_the_rule_on_what_ships() {
    let lock = |section: &str| {
        let entry = "{\"version\": \"==1.0.0\", \"index\": \"pypi\"}";
        let other = if section == "default" { "develop" } else { "default" };
        format!(
            "{{\"_meta\": {{\"pipfile-spec\": 6, \"sources\": []}}, \"{section}\": {{\"left\": \
             {entry}}}, \"{other}\": {{}}}}"
        )
    };
    let Some(sandbox) = in_debt() else { return };
    sandbox.import(&[Record::new("TEST-2024-0003", "PyPI", "left")]);
    sandbox.write("mainstay-policy.toml", "[[finding]]\nscope = ['runtime']\n");
    std::fs::remove_file(sandbox.path("Cargo.lock")).unwrap();
    sandbox.write("Pipfile.lock", lock("develop"));
    commit(&sandbox);
    assert_eq!(sandbox.check(&[]).exit, 0);
    sandbox.write("Pipfile.lock", lock("default"));
    let answer = since(&sandbox, &[]);
    assert_eq!(answer.exit, 1, "{answer:?}");
}

#[test]
fn more_lines_that_cannot_be_read_are_new() {
    let allowed = &["--allow-unknown=no-data"];
    let before = "left==1.0\n===??? ;;\n";
    let after = "left==1.0\n===??? ;;\n@@@!!!\n%%%%evil\n";
    let Some(answer) = changed("requirements.txt", before, after, allowed) else { return };
    assert_eq!(answer.exit, 3, "{answer:?}");
}

#[test]
fn another_line_that_cannot_be_read_is_new() {
    let allowed = &["--allow-unknown=no-data"];
    let before = "left==1.0\n===??? ;;\n";
    let Some(answer) = changed("requirements.txt", before, "left==1.0\n@@@!!!\n", allowed) else {
        return;
    };
    assert_eq!(answer.exit, 3, "{answer:?}");
    // A line that only moved is not.
    let after = "# a word\nleft==1.0\n\n===??? ;;\n";
    let Some(answer) = changed("requirements.txt", before, after, allowed) else { return };
    assert_eq!(answer.exit, 0, "{answer:?}");
}

#[test]
fn every_report_for_people_marks_what_was_there() {
    let Some(sandbox) = in_debt() else { return };
    sandbox.write("mainstay-policy.toml", "[[finding]]\n[licences]\nallow = ['MIT']\n");
    sandbox.write("b/Cargo.lock", "broken");
    commit(&sandbox);
    let told = |format: &str| {
        let answer = sandbox.run(&["check", "--since", "HEAD", "--format", format]);
        assert_eq!(answer.exit, 0, "{answer:?}");
        answer.stdout
    };
    let text = told("text");
    assert_eq!(text.matches("    was there before").count(), 2, "{text}");
    assert!(text.contains("Could not be told before either"), "{text}");
    let github = told("github");
    assert!(!github.contains("::error"), "{github}");
    assert!(github.contains("title=old%3A TEST-2024-0001"), "{github}");
    assert!(github.contains("title=old%3A Not known"), "{github}");
    let markdown = told("markdown");
    assert!(markdown.contains("| `left 1.0.0` (old) |"), "{markdown}");
    assert!(markdown.contains("- and 2 old ones, which the JSON report lists"), "{markdown}");
    assert!(markdown.contains("- `b/Cargo.lock:1` (old): "), "{markdown}");
}

#[test]
fn code_beside_weights_that_was_there_is_old() {
    let Some(sandbox) = in_debt() else { return };
    sandbox.write("pytorch_model-00001-of-00002.bin", b"cos\nsystem\n(S'echo inert'\ntR.");
    sandbox.write("handler.py", "import os\nos.system('echo inert')\n");
    commit(&sandbox);
    let report = since(&sandbox, &[]).json();
    let old = report["gate"]["since"]["old_findings"].as_array().unwrap().len();
    assert_eq!(old, report["findings"].as_array().unwrap().len(), "{report}");
    assert!(old >= 3, "{report}");
}

#[cfg(unix)]
#[test]
fn what_of_the_revision_was_not_read_is_a_warning() {
    let Some(sandbox) = in_debt() else { return };
    sandbox.write("real/here.txt", "x");
    std::os::unix::fs::symlink("../Cargo.lock", sandbox.path("real/Cargo.lock")).unwrap();
    commit(&sandbox);
    let warnings = since(&sandbox, &[]).json()["warnings"].clone();
    let first = warnings[0].as_str().unwrap();
    assert!(first.starts_with("not read at HEAD: real/Cargo.lock; "), "{warnings}");
}
