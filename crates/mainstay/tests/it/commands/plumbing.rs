//! `mainstay plumbing`: exactly one answer a line, whatever the line holds.

use std::io::Write as _;
use std::process::Stdio;

use crate::sandbox::{Answer, Sandbox};

fn with_input(arguments: &[&str], input: &[u8]) -> Answer {
    let sandbox = Sandbox::new();
    let path = sandbox.beside("input");
    std::fs::write(&path, input).unwrap();
    let input = std::fs::File::open(path).unwrap();
    sandbox.answer(sandbox.command(arguments).stdin(input))
}

fn versions(ecosystem: &str, input: &str) -> String {
    let arguments = ["plumbing", "versions", "--ecosystem", ecosystem];
    let answer = with_input(&arguments, input.as_bytes());
    assert_eq!((answer.exit, &*answer.stderr), (0, ""), "{answer:?}");
    answer.stdout
}

fn purl(input: &str) -> String {
    let answer = with_input(&["plumbing", "purl"], input.as_bytes());
    assert_eq!((answer.exit, &*answer.stderr), (0, ""), "{answer:?}");
    answer.stdout
}

#[test]
fn two_versions_are_compared() {
    let input = "1.0.0 1.0.1\n1.0.0 1.0.0\n1.0.1 1.0.0\n";
    let answers = "1.0.0 < 1.0.1\n1.0.0 = 1.0.0\n1.0.1 > 1.0.0\n";
    assert_eq!(versions("npm", input), answers);
}

#[test]
fn the_order_is_that_of_the_ecosystem() {
    assert_eq!(versions("Maven", "1.0-alpha 1.0\n"), "1.0-alpha < 1.0\n");
    assert_eq!(versions("PyPI", "1.0.post1 1.0\n"), "1.0.post1 > 1.0\n");
    assert_eq!(versions("Debian:12", "1.0~rc1 1.0\n"), "1.0~rc1 < 1.0\n");
}

#[test]
fn versions_that_cannot_be_read_are_not_compared() {
    assert_eq!(versions("crates.io", "1.0.0 one\n"), "1.0.0 ? one\n");
}

#[test]
fn an_answer_may_be_asked_again() {
    assert_eq!(versions("npm", "1.0.0 < 1.0.1\n"), "1.0.0 < 1.0.1\n");
}

#[test]
fn lines_of_windows_are_lines() {
    assert_eq!(versions("npm", "1.0.0 1.0.1\r\n2.0.0 1.0.0\r\n"), "1.0.0 < 1.0.1\n2.0.0 > 1.0.0\n");
}

#[test]
fn an_empty_line_gets_an_answer_too() {
    assert_eq!(versions("npm", "\n1.0.0 1.0.1\n\n").lines().count(), 3);
}

#[test]
fn no_input_gets_no_answer() {
    assert_eq!(versions("npm", ""), "");
}

#[test]
fn a_last_line_without_an_end_gets_an_answer() {
    assert_eq!(versions("npm", "1.0.0 1.0.1"), "1.0.0 < 1.0.1\n");
}

#[test]
fn a_line_of_megabytes_gets_one_answer() {
    let long = format!("1.0.0 {}\n1.0.0 1.0.1\n", "9".repeat(3 << 20));
    let answers = versions("npm", &long);
    assert_eq!(answers.lines().count(), 2);
    assert_eq!(answers.lines().last(), Some("1.0.0 < 1.0.1"));
}

#[test]
fn a_line_that_is_no_text_is_not_compared() {
    let arguments = ["plumbing", "versions", "--ecosystem", "Maven"];
    let answer = with_input(&arguments, b"\xff\xfe\x00 1.0.0\n1.0.0 1.0.0\n");
    let lines: Vec<&str> = answer.stdout.lines().collect();
    assert_eq!((answer.exit, lines.len()), (0, 2));
    assert!(lines[0].ends_with("? 1.0.0"), "{lines:?}");
    assert_eq!(lines[1], "1.0.0 = 1.0.0");
}

#[test]
fn a_line_that_is_no_text_is_no_purl() {
    let answer = with_input(&["plumbing", "purl"], b"pkg:npm/\xff@1\npkg:npm/a@1\n");
    assert_eq!(answer.stdout, "error: the bytes are not UTF-8 text\npkg:npm/a@1\n");
}

#[test]
fn control_characters_come_back_harmless() {
    assert!(!versions("npm", "1.0.0\u{1b}[31m 1.0.1\n").contains('\u{1b}'));
}

#[test]
fn an_ecosystem_that_nobody_knows_is_wrong_use() {
    let answer = with_input(&["plumbing", "versions", "--ecosystem", "Moon"], b"");
    assert_eq!(answer.exit, 2, "{answer:?}");
    insta::assert_snapshot!(answer.stderr, @r#"error: "Moon" is no ecosystem; choose one of crates.io, npm, PyPI, Go, Maven, RubyGems, Packagist, NuGet, Hex, Pub, Hackage, GHC, CRAN, Bioconductor, ConanCenter, SwiftURL, Debian, Ubuntu, Alpine, Red Hat, Rocky Linux, AlmaLinux, SUSE, openSUSE, Mageia, openEuler, Azure Linux, Photon OS, Wolfi, Chainguard, MinimOS, Alpaquita"#);
}

#[test]
fn a_purl_is_made_canonical() {
    let input = "PKG:PyPI/Django_Rest@1.0\npkg:npm/%40yours/left@1.0.0?b=2&a=1\n";
    assert_eq!(purl(input), "pkg:pypi/django-rest@1.0\npkg:npm/%40yours/left@1.0.0?a=1&b=2\n");
}

#[test]
fn what_is_no_purl_is_an_error_in_its_line() {
    let answers = purl("left\npkg:cargo/left\n\n");
    let lines: Vec<&str> = answers.lines().collect();
    assert_eq!(lines.len(), 3, "{answers}");
    assert!(lines[0].starts_with("error: "), "{answers}");
    assert_eq!(lines[1], "pkg:cargo/left");
    assert!(lines[2].starts_with("error: "), "{answers}");
}

#[test]
fn a_caller_who_stops_reading_is_no_error() {
    let sandbox = Sandbox::new();
    let mut child = sandbox
        .command(&["plumbing", "purl"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let mut input = child.stdin.take().unwrap();
    // The other side may have gone already; then there is nothing left to write.
    let _ = input.write_all(b"pkg:cargo/left\n");
    drop(input);
    assert_eq!(child.wait().unwrap().code(), Some(0));
}
