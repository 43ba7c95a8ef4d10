//! Envelopes, questions, answers and files of keys, broken at random: refused, or read again the
//! same; no panic.

use mainstay_questions::{Answer, Keyring, Party, Question, SignedQuestion};
use mainstay_store::SigningKey;
use mainstay_testkit::mutation::{Seed, run};

const QUESTION: &str = r#"{
  "schema": "mainstay.question", "version": 1, "id": "question_01",
  "subject": {"advisory": null, "package": "pkg:cargo/left",
    "range": "vers:cargo/>=1.0.0|<2.0.0|!=1.5.0"},
  "asked_by": "CERT", "purpose": "It phones home.\nLook.", "reply_to": "a@cert.example",
  "marking": "TLP:AMBER+STRICT", "asked_at": "2026-03-01T12:00:00Z",
  "deadline": "2026-03-03T17:00:00+01:00"
}"#;

const ANSWER: &str = r#"{
  "schema": "mainstay.answer", "version": 1, "id": "answer_01",
  "question": {"id": "question_01",
    "digest": "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
  "answered_by": "Grid", "sectors": ["us-ci/energy"], "answered_at": "2026-03-01T13:00:00Z",
  "marking": "TLP:RED", "status": "not_affected", "justification": "component_not_present",
  "impact": "It is not there.", "fixed_since": null, "detail": "components",
  "components": [{"package": "pkg:cargo/left@0.9.0", "status": "not_affected",
    "justification": "vulnerable_code_not_present", "impact": null, "places": ["Cargo.lock:7"]}],
  "looked_at": {"sources": 2, "packages": 17},
  "not_known": [{"code": "set-aside", "count": 1, "subjects": ["target"]}],
  "left_out": 0, "knowledge_as_of": "2026-02-28T00:00:00Z", "note": null
}"#;

#[test]
fn a_broken_document_is_refused_or_read_again_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let key = SigningKey::open_or_create(&folder.path().join("key"), "cert").unwrap();
    let question = Question::parse(QUESTION).unwrap();
    let trusted = Keyring::new([key.verifying()]);
    let keys = format!("# invited\n{} us-ci/energy nis2/banking\n", key.verifying());
    let seeds = [
        Seed::new("question", QUESTION),
        Seed::new("answer", ANSWER),
        Seed::new("envelope", &question.seal(&key)),
        Seed::new("keys", &keys),
    ];
    assert!(Answer::parse(ANSWER).is_ok());
    run("questions", &seeds, |seed, input| {
        if seed.name == "envelope" {
            let opened = SignedQuestion::open(input, &trusted);
            return opened.is_ok_and(|opened| {
                assert_eq!(opened.question.payload(), question.payload());
                true
            });
        }
        let Ok(text) = std::str::from_utf8(input) else { return false };
        match seed.name.as_str() {
            "question" => Question::parse(text).is_ok_and(|read| {
                assert!(Question::parse(&read.payload()).is_ok(), "{text}");
                true
            }),
            "answer" => Answer::parse(text).is_ok_and(|read| {
                assert_eq!(Answer::parse(&read.payload()).unwrap(), read);
                true
            }),
            _ => Party::read_all(text).is_ok(),
        }
    });
}
