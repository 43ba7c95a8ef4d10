//! What every report shows of statements.

use serde_json::Value;

use super::{PACKAGE, dated, document, flawed, statement};
use crate::sandbox::Sandbox;

const ID: &str = "TEST-2024-0001";

/// One finding silenced against an older word, one raised, and one statement without effect.
fn of_everything() -> Sandbox {
    let sandbox = flawed();
    let statements = [
        dated(statement(ID, PACKAGE, "affected"), "2026-01-01T00:00:00Z"),
        statement(ID, PACKAGE, "not_affected"),
        statement("CVE-2026-7", "pkg:cargo/right", "affected"),
        statement("CVE-2026-8", "pkg:cargo/nobody", "fixed"),
    ];
    sandbox.write("vex.json", document(&statements));
    sandbox
}

fn report(format: &str) -> String {
    of_everything().run(&["scan", "--format", format]).stdout
}

#[test]
fn the_text_names_who_silences_and_why() {
    let text = report("text");
    let from = text.find("Silenced by").unwrap();
    let to = text.find("Sources").unwrap();
    insta::assert_snapshot!(&text[from..to], @r#"
    Silenced by a VEX statement
      TEST-2024-0001 left 1.0.0: not affected: vulnerable_code_not_in_execute_path, "It is never called." (A Team, 2026-01-31, vex.json:29, found beside what is scanned)
        overruled: affected: "Take 2.0.0." (A Team, 2026-01-01, vex.json:16, found beside what is scanned)
    "#);
}

#[test]
fn the_text_lists_documents_and_what_had_no_effect() {
    let text = report("text");
    let from = text.find("\nVEX\n").unwrap();
    let to = text.find("Knowledge").unwrap();
    insta::assert_snapshot!(&text[from..to], @r"
    VEX
      vex.json  4 statements, A Team
      without effect:
        1 statement (product-not-scanned)
          vex.json:52: CVE-2026-8 in pkg:cargo/nobody fixed: pkg:cargo/nobody is not in the scan
        1 statement (statement-overruled)
          vex.json:16: TEST-2024-0001 in pkg:cargo/left@1.0.0 affected: another statement counts: not affected, says A Team (vex.json:29)
    ");
}

#[test]
fn the_text_shows_what_raised_a_finding() {
    let text = report("text");
    let to = text.find("Silenced by").unwrap();
    insta::assert_snapshot!(&text[..to], @r#"
    right 1.0.0 (crates.io)
      severity unknown  CVE-2026-7  A Team says that right 1.0.0 is affected
        VEX: affected: "Take 2.0.0." (A Team, 2026-01-31, vex.json:41, found beside what is scanned)
        to do: Take 2.0.0.
      at Cargo.lock:18
    "#);
}

#[test]
fn markdown_and_annotations_show_what_is_silenced() {
    for format in ["markdown", "github"] {
        let text = report(format);
        assert!(text.contains("It is never called."), "{text}");
        assert!(text.contains("A Team"), "{text}");
        assert!(text.to_lowercase().contains("without effect"), "{text}");
    }
}

#[test]
fn sarif_suppresses_what_is_silenced_with_the_words_of_the_statement() {
    let sarif: Value = serde_json::from_str(&report("sarif")).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    let silenced = results.iter().find(|one| one["ruleId"] == ID).unwrap();
    let words = silenced["suppressions"][0]["justification"].as_str().unwrap();
    assert!(words.contains("vulnerable_code_not_in_execute_path"), "{words}");
    let raised = results.iter().find(|one| one["ruleId"] == "CVE-2026-7").unwrap();
    assert_eq!(raised["suppressions"], Value::Array(Vec::new()));
}

#[test]
fn every_report_for_people_shows_the_word_that_raises_and_the_one_that_is_overruled() {
    for format in ["text", "markdown", "github", "html"] {
        let text = report(format);
        assert!(text.contains("affected: "), "{format}");
        assert!(text.contains("Take 2.0.0."), "{format}");
        assert!(text.contains("overruled: affected"), "{format}: {text}");
        // The statement about the finding that is shown, with its author and its date.
        let raised = text.lines().filter(|line| line.contains("vex.json:41")).count();
        assert!(raised > 0, "{format}: {text}");
    }
}

#[test]
fn the_results_of_a_run_are_marked_as_suppressed_or_not_all_or_none() {
    let results = |sandbox: &Sandbox, arguments: &[&str]| -> Vec<Value> {
        let answer = sandbox.run(&[&["check", "--format", "sarif"], arguments].concat());
        answer.json()["runs"][0]["results"].as_array().unwrap().clone()
    };
    let sandbox = of_everything();
    sandbox.write("mainstay-policy.toml", "[licences]\nallow = ['MIT']\n");
    let all = results(&sandbox, &[]);
    assert!(all.iter().any(|one| one["ruleId"] == "policy/licences"));
    assert!(all.iter().all(|one| one["suppressions"].is_array()), "{all:#?}");
    let suppressed = all.iter().filter(|one| !one["suppressions"].as_array().unwrap().is_empty());
    assert_eq!(suppressed.count(), 1);
    let none = results(&sandbox, &["--no-vex"]);
    assert!(none.iter().all(|one| one.get("suppressions").is_none()), "{none:#?}");
}

#[test]
fn a_finding_that_an_exception_to_a_rule_accepts_is_suppressed() {
    let sandbox = flawed();
    sandbox.write(
        "mainstay-policy.toml",
        "[[finding]]\nname = 'grave'\n[[exception]]\nid = 'grave'\nreason = 'r'\nowner = 'o'\n\
         expires = '2026-12-31'\n",
    );
    let answer = sandbox.run(&["check", "--format", "sarif"]);
    assert_eq!(answer.exit, 0, "{answer:?}");
    let result = &answer.json()["runs"][0]["results"][0];
    let why = result["suppressions"][0]["justification"].as_str().unwrap();
    assert!(why.starts_with("r (o, until 2026-12-31"), "{why}");
}
