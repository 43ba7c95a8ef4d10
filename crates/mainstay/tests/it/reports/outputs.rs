//! Where a report goes: standard output, a file, a pipe that closes early; and its colours.

use std::io::Read as _;
use std::process::Stdio;

use super::of_everything;
use crate::sandbox::Sandbox;

#[test]
fn a_report_into_a_pipe_has_no_colour() {
    let answer = of_everything().run(&["scan"]);
    assert!(!answer.stdout.contains('\u{1b}'), "{answer:?}");
}

#[test]
fn colour_can_be_asked_for() {
    let answer = of_everything().run(&["scan", "--color", "always"]);
    assert!(answer.stdout.contains('\u{1b}'), "{answer:?}");
}

#[test]
fn no_color_is_respected_where_nothing_else_is_said() {
    let mut sandbox = of_everything();
    sandbox.set("NO_COLOR", "1");
    let answer = sandbox.run(&["scan", "--color", "auto"]);
    assert!(!answer.stdout.contains('\u{1b}'), "{answer:?}");
}

#[test]
fn standard_error_has_no_colour_in_a_pipe() {
    let answer = of_everything().run(&["scan", "gone"]);
    assert!(!answer.stderr.contains('\u{1b}'), "{answer:?}");
}

#[test]
fn a_report_can_go_into_a_file() {
    let sandbox = Sandbox::clean();
    let answer = sandbox.run(&["scan", "--format", "json", "--output", "report.json"]);
    assert_eq!((answer.exit, &*answer.stdout), (0, ""), "{answer:?}");
    let report: serde_json::Value =
        serde_json::from_slice(&std::fs::read(sandbox.path("report.json")).unwrap()).unwrap();
    assert_eq!(report["verdict"], "clean");
}

#[test]
fn a_report_replaces_the_one_before() {
    let sandbox = Sandbox::clean();
    sandbox.write("report.txt", "x".repeat(100_000));
    sandbox.run(&["scan", "--output", "report.txt"]);
    assert!(std::fs::read_to_string(sandbox.path("report.txt")).unwrap().len() < 10_000);
}

#[test]
fn a_report_into_a_file_leaves_nothing_else_behind() {
    let sandbox = Sandbox::clean();
    sandbox.run(&["scan", "--output", "report.txt"]);
    let names: Vec<_> = std::fs::read_dir(sandbox.path(""))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(names.len(), 2, "{names:?}");
}

#[test]
fn a_folder_that_is_not_there_takes_no_report() {
    let answer = Sandbox::clean().check(&["--output", "gone/report.json"]);
    assert_eq!(answer.exit, 2, "{answer:?}");
    insta::assert_snapshot!(answer.stderr, @"
    error: cannot write the report to gone/report.json
      because: No such file or directory (os error 2)
    ");
}

#[test]
fn a_gate_with_its_report_in_a_file_still_judges() {
    assert_eq!(Sandbox::flawed().check(&["--output", "report.json"]).exit, 1);
}

/// Runs a command whose reader has gone before the first byte.
fn without_reader(sandbox: &Sandbox, arguments: &[&str]) -> (Option<i32>, String) {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut child =
        sandbox.command(arguments).stdout(writer).stderr(Stdio::piped()).spawn().unwrap();
    let mut stderr = String::new();
    child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
    (child.wait().unwrap().code(), stderr)
}

#[test]
fn a_reader_who_leaves_early_is_no_error() {
    let sandbox = of_everything();
    for format in ["text", "json", "jsonl", "sarif", "markdown", "github", "cyclonedx"] {
        let ended = without_reader(&sandbox, &["scan", "--format", format]);
        assert_eq!(ended, (Some(0), String::new()), "{format}");
    }
}

#[test]
fn a_gate_whose_reader_leaves_early_still_judges() {
    let ended = without_reader(&Sandbox::flawed(), &["check"]);
    assert_eq!(ended, (Some(1), String::new()));
}

#[test]
fn nobody_need_read_the_other_commands_to_their_end() {
    let sandbox = Sandbox::clean();
    for arguments in
        [&["formats"][..], &["--help"], &["completions", "bash"], &["man"], &["db", "status"]]
    {
        let ended = without_reader(&sandbox, arguments);
        assert_eq!(ended, (Some(0), String::new()), "{arguments:?}");
    }
}

#[cfg(unix)]
#[test]
fn a_report_that_is_written_to_a_link_goes_to_what_it_leads_to() {
    let sandbox = Sandbox::clean();
    sandbox.write("old.txt", "old");
    std::os::unix::fs::symlink("old.txt", sandbox.path("link.txt")).unwrap();
    sandbox.run(&["scan", "--output", "link.txt"]);
    assert!(sandbox.path("link.txt").is_symlink());
    assert!(std::fs::read_to_string(sandbox.path("old.txt")).unwrap().contains("Verdict"));
}

#[cfg(unix)]
#[test]
fn a_report_that_takes_the_place_of_another_can_be_read_by_the_same_users() {
    use std::os::unix::fs::PermissionsExt as _;
    let sandbox = Sandbox::clean();
    sandbox.write("report.txt", "old");
    let private = std::fs::Permissions::from_mode(0o600);
    std::fs::set_permissions(sandbox.path("report.txt"), private).unwrap();
    sandbox.run(&["scan", "--output", "report.txt"]);
    let mode = std::fs::metadata(sandbox.path("report.txt")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}
