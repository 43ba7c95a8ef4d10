//! `mainstay question` and `mainstay affected`: asked, examined, answered and counted by files.

use jsonschema::Validator;
use mainstay_testkit::Record;
use serde_json::Value;

use crate::sandbox::{Answer, Sandbox, cargo_lock};

const PACKAGE: [&str; 4] = ["--package", "pkg:cargo/left", "--range", "vers:cargo/<2.0.0"];

fn done(sandbox: &Sandbox, arguments: &[&str]) -> Answer {
    let answer = sandbox.run(arguments);
    assert_eq!((answer.exit, answer.stderr.as_str()), (0, ""), "{arguments:?}: {answer:?}");
    answer
}

fn refused(sandbox: &Sandbox, arguments: &[&str], why: &str) {
    let answer = sandbox.run(arguments);
    assert_eq!(answer.exit, 2, "{answer:?}");
    assert!(answer.stderr.contains(why), "{answer:?}");
}

fn assert_fits(schema: &str, document: &Value) {
    let validator: Validator =
        jsonschema::validator_for(&serde_json::from_str(schema).unwrap()).unwrap();
    let errors: Vec<String> =
        validator.iter_errors(document).map(|error| error.to_string()).collect();
    assert_eq!(errors, Vec::<String>::new());
}

/// A question about `left` below 2.0.0 in `question.json`, and the asker's key in `cert.pub`.
fn asked(sandbox: &Sandbox) {
    ask(sandbox, &PACKAGE);
}

fn ask(sandbox: &Sandbox, subject: &[&str]) {
    let rest = [
        "--marking",
        "TLP:AMBER",
        "--deadline",
        "2026-03-03T17:00:00+01:00",
        "--from",
        "CERT",
        "--text",
        "It phones home.",
        "--key-file",
        "../cert.key",
        "--output",
        "question.json",
    ];
    done(sandbox, &[&["question", "new"], subject, &rest[..]].concat());
    let key = done(sandbox, &["question", "key", "--key-file", "../cert.key"]).stdout;
    sandbox.write("cert.pub", key);
}

/// The commands of a member that answers.
fn answer<'a>(rest: &[&'a str]) -> Vec<&'a str> {
    [&["affected", "--question", "question.json", "--key", "cert.pub", "Cargo.lock"], rest].concat()
}

#[test]
fn what_is_here_is_examined_without_a_question() {
    let sandbox = Sandbox::new();
    sandbox.write("Cargo.lock", cargo_lock(&[("left", "1.0.0")]));
    let text = done(&sandbox, &[&["affected"], &PACKAGE[..]].concat()).stdout;
    assert!(text.contains("Status: affected"), "{text}");
    assert!(text.contains("pkg:cargo/left@1.0.0"), "{text}");
    let json = done(&sandbox, &[&["affected", "--format", "json"], &PACKAGE[..]].concat()).json();
    assert_fits(include_str!("../../../../../docs/schemas/examination.schema.json"), &json);
    assert_eq!(json["status"], "affected");
}

#[test]
fn a_flaw_is_examined_with_the_data_that_are_here() {
    for (version, status) in [("1.0.0", "affected"), ("2.0.0", "fixed")] {
        let sandbox = Sandbox::with_lock(&[("left", version)]);
        let json =
            done(&sandbox, &["affected", "--advisory", "TEST-2024-0001", "--format", "json"])
                .json();
        assert_eq!(json["status"], status);
        assert_eq!(json["knowledge_as_of"], "2026-02-28T00:00:00Z");
    }
}

#[test]
fn what_an_exclusion_hides_is_not_called_unaffected() {
    let sandbox = Sandbox::new();
    sandbox.write("Cargo.lock", cargo_lock(&[("right", "1.0.0")]));
    sandbox.write("old/Cargo.lock", cargo_lock(&[("left", "1.0.0")]));
    let exclude = ["affected", "--exclude", "old/", "--format", "json"];
    let json = done(&sandbox, &[&exclude[..], &PACKAGE[..]].concat()).json();
    assert_eq!(json["status"], "under_investigation");
    assert_eq!(json["unknowns"][0]["code"], "excluded");
}

#[test]
fn an_own_vex_statement_is_the_reason_of_the_answer() {
    let sandbox = Sandbox::flawed();
    sandbox.import(&[Record::new("TEST-2024-0001", "crates.io", "left")]);
    done(
        &sandbox,
        &[
            "vex",
            "add",
            "TEST-2024-0001",
            "--product",
            "pkg:cargo/left@1.0.0",
            "--status",
            "not_affected",
            "--justification",
            "vulnerable_code_not_in_execute_path",
            "--author",
            "The grid",
        ],
    );
    let json =
        done(&sandbox, &["affected", "--advisory", "TEST-2024-0001", "--format", "json"]).json();
    assert_eq!(json["status"], "not_affected");
    assert_eq!(json["justification"], "vulnerable_code_not_in_execute_path");
}

#[test]
fn a_question_without_a_key_is_refused_and_says_what_to_do() {
    let sandbox = Sandbox::new();
    asked(&sandbox);
    refused(&sandbox, &["question", "show", "question.json"], "--key");
    let other = done(&sandbox, &["question", "key", "--key-file", "../other.key"]).stdout;
    refused(
        &sandbox,
        &["question", "show", "question.json", "--key", other.trim()],
        "somebody else signed it",
    );
}

#[test]
fn a_question_is_shown_with_who_asks_and_until_when() {
    let sandbox = Sandbox::new();
    asked(&sandbox);
    let show = ["question", "show", "question.json", "--key", "cert.pub"];
    let text = done(&sandbox, &show).stdout;
    for part in ["pkg:cargo/left", "TLP:AMBER", "CERT", "2026-03-03T17:00:00+01:00", "phones"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let json = done(&sandbox, &[&show[..], &["--format", "json"]].concat()).json();
    assert_fits(include_str!("../../../../../docs/schemas/question.schema.json"), &json);
}

#[test]
fn without_an_output_nothing_is_written_and_what_would_leave_is_shown() {
    let sandbox = Sandbox::new();
    asked(&sandbox);
    sandbox.write("Cargo.lock", cargo_lock(&[("left", "1.0.0")]));
    let text = done(&sandbox, &answer(&[])).stdout;
    assert!(text.contains("What would leave"), "{text}");
    let leaves = text.split("it stays here").nth(1).unwrap();
    assert!(leaves.contains("\"affected\"") && !leaves.contains("pkg:cargo/left"), "{leaves}");
    assert!(!sandbox.data().join("instance").exists());
    done(&sandbox, &answer(&["--dry-run", "--output", "answer.json"]));
    assert!(!sandbox.path("answer.json").exists());
}

#[test]
fn what_is_shown_is_what_is_signed_and_fits_its_schema() {
    let sandbox = Sandbox::new();
    asked(&sandbox);
    sandbox.write("Cargo.lock", cargo_lock(&[("left", "1.0.0"), ("right", "1.0.0")]));
    for detail in ["status", "versions", "components"] {
        let rest = ["--detail", detail, "--format", "json", "--output", "answer.json", "--as", "G"];
        let shown = done(&sandbox, &answer(&rest)).json();
        assert_fits(include_str!("../../../../../docs/schemas/answer.schema.json"), &shown);
        let envelope: Value =
            serde_json::from_slice(&std::fs::read(sandbox.path("answer.json")).unwrap()).unwrap();
        assert_eq!(envelope["payloadType"], "application/vnd.mainstay.answer+json");
        let key = done(&sandbox, &["question", "key"]).stdout;
        let count = ["question", "tally", "question.json", "answer.json", "--format", "json"];
        let keys = ["--key", "cert.pub", "--key", key.trim()];
        let tally = done(&sandbox, &[&count[..], &keys].concat()).json();
        assert_eq!(tally["parties"][0]["answers"][0], shown);
    }
}

#[test]
fn an_answer_is_not_marked_wider_than_its_question() {
    let sandbox = Sandbox::new();
    asked(&sandbox);
    sandbox.write("Cargo.lock", cargo_lock(&[]));
    refused(&sandbox, &answer(&["--marking", "TLP:CLEAR"]), "more widely");
}

#[test]
fn answers_are_counted_and_who_is_silent_is_named() {
    let sandbox = Sandbox::new();
    asked(&sandbox);
    let mut invited = String::new();
    for (party, sector, version) in
        [("grid", "us-ci/energy", "1.0.0"), ("bank", "us-ci/financial-services", "2.0.0")]
    {
        sandbox.write("Cargo.lock", cargo_lock(&[("left", version)]));
        let (key, file) = (format!("../{party}.key"), format!("{party}.json"));
        let rest = ["--as", party, "--key-file", &key, "--output", &file];
        done(&sandbox, &answer(&rest));
        let key = done(&sandbox, &["question", "key", "--key-file", &key]).stdout;
        invited.extend([key.trim(), " ", sector, "\n"]);
    }
    let silent = done(&sandbox, &["question", "key", "--key-file", "../dam.key", "--as", "dam"]);
    invited.extend([silent.stdout.trim(), " us-ci/dams\n"]);
    sandbox.write("invited.keys", invited);
    sandbox.write("forged.json", "{}");
    let count = [
        "question",
        "tally",
        "question.json",
        "grid.json",
        "bank.json",
        "forged.json",
        "--key",
        "cert.pub",
        "--invited",
        "invited.keys",
    ];
    let json = done(&sandbox, &[&count[..], &["--format", "json"]].concat()).json();
    assert_fits(include_str!("../../../../../docs/schemas/tally.schema.json"), &json);
    let counts = &json["counts"];
    assert_eq!((&counts["affected"], &counts["fixed"]), (&1.into(), &1.into()));
    assert_eq!((&counts["silent"], &counts["not_affected"]), (&1.into(), &0.into()));
    assert_eq!(json["refused"][0]["file"], "forged.json");
    let text = done(&sandbox, &count).stdout;
    assert!(text.contains("silent  dam+") && text.contains("not counted: forged.json"), "{text}");
    assert!(text.contains("Of 3 parties, 1 file not counted"), "{text}");
}

#[test]
fn an_answer_to_another_question_is_not_counted() {
    let sandbox = Sandbox::new();
    asked(&sandbox);
    sandbox.write("Cargo.lock", cargo_lock(&[("left", "1.0.0")]));
    done(&sandbox, &answer(&["--output", "answer.json", "--key-file", "../grid.key"]));
    let key = done(&sandbox, &["question", "key", "--key-file", "../grid.key"]).stdout;
    asked(&sandbox);
    let count = ["question", "tally", "question.json", "answer.json", "--format", "json"];
    let keys = ["--key", "cert.pub", "--key", key.trim()];
    let json = done(&sandbox, &[&count[..], &keys].concat()).json();
    assert_eq!(json["counts"]["parties"], 0);
    assert!(json["refused"][0]["problem"].as_str().unwrap().contains("another question"));
}

#[test]
fn a_question_is_fetched_over_https_only_and_never_offline() {
    let sandbox = Sandbox::new();
    asked(&sandbox);
    let at = |url: &str| sandbox.run(&["affected", "--question", url, "--key", "cert.pub"]).stderr;
    assert!(at("http://cert.example/question.json").contains("https"));
    assert!(at("https://cert.example/question.json").contains("MAINSTAY_OFFLINE"));
}

#[test]
fn a_question_without_an_offset_in_its_deadline_is_refused() {
    let sandbox = Sandbox::new();
    let rest = ["--marking", "TLP:RED", "--deadline", "2026-03-03T17:00:00", "--from", "CERT"];
    refused(&sandbox, &[&["question", "new"], &PACKAGE[..], &rest].concat(), "offset from UTC");
}

#[test]
fn a_deadline_that_is_over_is_told() {
    let mut sandbox = Sandbox::new();
    asked(&sandbox);
    sandbox.write("Cargo.lock", cargo_lock(&[("left", "1.0.0")]));
    sandbox.set("MAINSTAY_NOW", "2026-03-04T00:00:00Z");
    let late = sandbox.run(&answer(&[]));
    assert_eq!(late.exit, 0, "{late:?}");
    assert!(late.stderr.contains("will be late"), "{late:?}");
}
