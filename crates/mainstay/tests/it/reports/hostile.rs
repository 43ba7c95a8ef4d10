//! Text from outside never acts: not on the terminal, not on a page, not on a CI system.

use mainstay_testkit::Record;

use crate::sandbox::{Answer, Sandbox, cargo_lock};

/// An escape sequence, an eight-bit one, a bell, a mark that turns text around, a line break.
const ATTACK: &str = "\u{1b}[31m\u{9b}32m\u{7}\u{202e}\u{2028}\n::error::forged";
/// The same in a file's name, which cannot hold everything.
const ATTACK_IN_PATH: &str = "a\u{1b}[31m\u{9b}32m\u{202e}";

/// Whether a character does something other than stand there. A line break at the end of a line
/// of ours is the one exception.
fn acts(c: char) -> bool {
    (c.is_control() && c != '\n')
        || matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

#[track_caller]
fn assert_harmless(answer: &Answer) {
    for text in [&answer.stdout, &answer.stderr] {
        let acting: Vec<char> = text.chars().filter(|c| acts(*c)).collect();
        assert_eq!(acting, [' '; 0], "{text:?}");
    }
}

/// A JSON string, with everything but printable ASCII written as escapes.
fn quoted(text: &str) -> String {
    use std::fmt::Write as _;
    let mut quoted = String::from("\"");
    for unit in text.encode_utf16() {
        write!(quoted, "\\u{unit:04x}").unwrap();
    }
    quoted + "\""
}

/// A project that attacks in every place where it can write something.
fn hostile() -> Sandbox {
    let sandbox = Sandbox::new();
    let (name, version) = (quoted(&format!("left{ATTACK}")), quoted(&format!("1.0.0{ATTACK}")));
    sandbox.write("Cargo.lock", cargo_lock(&[("left", "1.0.0")]));
    sandbox.write(
        "npm/package-lock.json",
        format!(
            "{{\"lockfileVersion\": 3, \"packages\": {{\"\": {{\"dependencies\": {{{name}: \"1\"}}}}, \
             {path}: {{\"version\": {version}, \"resolved\": {url}}}, \
             \"node_modules/right\": {{\"version\": {version}}}}}}}",
            path = quoted(&format!("node_modules/left{ATTACK}")),
            url = quoted(&format!("https://registry.example/{ATTACK}")),
        ),
    );
    sandbox.write("rust/Cargo.lock", format!("version = 4\n[[package]]\n{name} = {version}\n"));
    sandbox.write("pip/requirements.txt", format!("left==1.0 # {ATTACK}\n-r {ATTACK}\n{ATTACK}\n"));
    sandbox.write(&format!("{ATTACK_IN_PATH}/Cargo.lock"), "broken");
    sandbox.write(&format!("{ATTACK_IN_PATH}/b/Cargo.lock"), cargo_lock(&[("left", "1.0.0")]));
    sandbox.write(
        "mainstay.toml",
        format!(
            "exclude = [{excluded}]\n[[exception]]\nid = {id}\nreason = {id}\nowner = {id}\n\
             expires = \"2026-12-31\"\n",
            excluded = quoted("gone\u{9b}\u{202e}"),
            id = quoted(ATTACK),
        ),
    );
    let mut record = Record::new("TEST-2024-0001", "crates.io", "left").summary(ATTACK);
    record.0["details"] = ATTACK.into();
    record.0["aliases"] = serde_json::json!([format!("CVE-{ATTACK}")]);
    record.0["references"] =
        serde_json::json!([{"type": "ADVISORY", "url": format!("https://flaws.example/{ATTACK}")}]);
    sandbox.import(&[record]);
    sandbox
}

#[test]
fn no_report_acts_on_the_terminal() {
    let sandbox = hostile();
    for format in ["text", "json", "jsonl", "sarif", "markdown", "github", "cyclonedx"] {
        let answer = sandbox.run(&["scan", "--format", format]);
        assert_eq!(answer.exit, 0, "{answer:?}");
        assert_harmless(&answer);
    }
}

#[test]
fn no_report_begins_a_line_that_comes_from_outside() {
    let sandbox = hostile();
    for format in ["text", "markdown", "github"] {
        let answer = sandbox.run(&["scan", "--format", format]);
        assert!(!answer.stdout.contains("\n::error::forged"), "{answer:?}");
    }
}

#[test]
fn a_report_with_colour_has_no_escapes_but_its_own() {
    let answer = hostile().run(&["scan", "--color", "always"]);
    assert!(!answer.stdout.contains("\u{1b}[31m\u{9b}"), "{answer:?}");
    assert!(!answer.stdout.contains('\u{9b}'), "{answer:?}");
    assert!(!answer.stdout.contains('\u{202e}'), "{answer:?}");
}

#[test]
fn json_keeps_the_hostile_text_as_escapes() {
    let answer = hostile().run(&["scan", "--format", "json"]);
    assert_eq!(answer.json()["findings"][0]["title"], ATTACK);
}

#[test]
fn the_page_of_a_hostile_advisory_does_not_act() {
    assert_harmless(&hostile().run(&["explain", "TEST-2024-0001"]));
}

#[test]
fn the_reasons_of_a_hostile_package_do_not_act() {
    assert_harmless(&hostile().run(&["why", "left"]));
}

#[test]
fn an_error_about_hostile_settings_does_not_act() {
    let sandbox = hostile();
    sandbox.write("mainstay.toml", format!("{} = 1\n", quoted(ATTACK)));
    let answer = sandbox.run(&["scan"]);
    assert_eq!(answer.exit, 2, "{answer:?}");
    assert_harmless(&answer);
}

#[test]
fn an_error_about_a_hostile_path_does_not_act() {
    let answer = hostile().run(&["scan", &format!("gone{ATTACK_IN_PATH}")]);
    assert_eq!(answer.exit, 2, "{answer:?}");
    assert_harmless(&answer);
}

#[test]
fn an_import_of_hostile_files_does_not_act() {
    let sandbox = Sandbox::new();
    let bad = Record::new(&format!("TEST-{ATTACK}"), &format!("Moon{ATTACK}"), "left");
    let entries = [
        (format!("{ATTACK_IN_PATH}.json"), bad.json()),
        (format!("x{ATTACK_IN_PATH}.json"), b"{\"id\": ".to_vec()),
        Record::new("TEST-1", "crates.io", &format!("left{ATTACK}")).entry(),
    ];
    let export = sandbox.beside("export.zip");
    std::fs::write(&export, mainstay_testkit::zip(entries)).unwrap();
    assert_harmless(&sandbox.run(&["db", "import", export.to_str().unwrap()]));
    assert_harmless(&sandbox.run(&["db", "status"]));
    assert_harmless(&sandbox.run(&["db", "status", "--json"]));
}

#[test]
fn markdown_cannot_be_formatted_from_outside() {
    let sandbox = Sandbox::flawed();
    let title = "[click](https://evil.example) <img src=x> | `x` @everyone **bold**";
    sandbox.import(&[Record::new("TEST-2024-0001", "crates.io", "left").summary(title)]);
    let answer = sandbox.run(&["scan", "--format", "markdown"]);
    let row = answer.stdout.lines().find(|line| line.contains("TEST-2024-0001")).unwrap();
    insta::assert_snapshot!(row.replace('\u{2060}', "(word joiner)"), @r#"| `left 1.0.0` | vulnerability | unknown | `TEST-2024-0001` \[click\](https:(word joiner)//evil.example) &lt;img src=x&gt; \| \`x\` @(word joiner)everyone \*\*bold\*\* | `2.0.0` | `Cargo.lock:11` |"#);
}

#[test]
fn an_annotation_cannot_be_forged_from_outside() {
    let sandbox = Sandbox::flawed();
    let title = "a%0A::error file=x::y\n::set-output name=x::y";
    sandbox.import(&[Record::new("TEST-2024-0001", "crates.io", "left").summary(title)]);
    let answer = sandbox.run(&["scan", "--format", "github"]);
    insta::assert_snapshot!(answer.stdout.lines().next().unwrap(), @r#"::warning file=Cargo.lock,line=11,title=TEST-2024-0001 (unknown)::left 1.0.0: a%250A::error file=x::y\n::set-output name=x::y; fixed in 2.0.0"#);
}
