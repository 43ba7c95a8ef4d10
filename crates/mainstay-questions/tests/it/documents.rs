//! What a question and an answer may say.

use mainstay_questions::{
    Answer, Deadline, Detail, Name, Question, QuestionError, Standing, Subject, Words,
};
use mainstay_types::Tlp;
use serde_json::{Value, json};

use crate::world::{World, asked, drafting, key, now, question};

fn changed(change: impl FnOnce(&mut Value)) -> Result<Question, QuestionError> {
    let mut document: Value = serde_json::from_str(&question().payload()).unwrap();
    change(&mut document);
    Question::parse(&document.to_string())
}

fn answer(detail: Detail) -> Answer {
    let asked = asked(&question(), &key("cert"));
    let seen = World::new(&[("left", "1.0.0")]).examine(&asked.question.subject);
    seen.answer(drafting(&asked, detail, now())).unwrap()
}

fn changed_answer(
    detail: Detail,
    change: impl FnOnce(&mut Value),
) -> Result<Answer, QuestionError> {
    let mut document: Value = serde_json::from_str(&answer(detail).payload()).unwrap();
    change(&mut document);
    Answer::parse(&document.to_string())
}

#[test]
fn an_unknown_field_is_refused() {
    assert!(changed(|document| document["priority"] = json!("high")).is_err());
    assert!(changed(|document| document["subject"]["product"] = json!("x")).is_err());
    assert!(changed_answer(Detail::Status, |document| document["cc"] = json!("x")).is_err());
}

#[test]
fn another_version_is_refused() {
    assert!(changed(|document| document["version"] = json!(2)).is_err());
    assert!(changed(|document| document["schema"] = json!("mainstay.answer")).is_err());
}

#[test]
fn a_field_that_is_there_twice_is_refused() {
    let text = question().payload().replacen('{', "{\"marking\": \"TLP:CLEAR\",", 1);
    assert!(Question::parse(&text).is_err());
}

#[test]
fn a_deadline_without_an_offset_is_refused() {
    assert!(Deadline::parse("2026-03-03T17:00:00").is_err());
    assert!(Deadline::parse("2026-03-03").is_err());
    let deadline = Deadline::parse("2026-03-03T17:00:00+01:00").unwrap();
    assert_eq!(deadline.at(), "2026-03-03T16:00:00Z".parse().unwrap());
}

#[test]
fn a_subject_is_one_thing() {
    let both = json!({"advisory": "CVE-2021-44228", "package": "pkg:cargo/left", "range": null});
    assert!(changed(|document| document["subject"] = both).is_err());
    let none = json!({"advisory": null, "package": null, "range": "vers:cargo/*"});
    assert!(changed(|document| document["subject"] = none).is_err());
}

#[test]
fn a_package_has_no_version_and_a_range_of_its_own_ecosystem() {
    assert!(Subject::package("pkg:cargo/left@1.0.0", None).is_err());
    assert!(Subject::package("pkg:cargo/left?arch=x", None).is_err());
    assert!(Subject::package("pkg:cargo/left", Some("vers:npm/<2.0.0")).is_err());
    assert!(Subject::package("pkg:cargo/left", Some("<2.0.0")).is_err());
    assert!(Subject::package("pkg:cargo/left", Some("vers:cargo/<2.0.0")).is_ok());
}

#[test]
fn texts_have_bounds_and_no_letters_that_cannot_be_seen() {
    assert!(Name::parse("asked_by", "").is_err());
    assert!(Name::parse("asked_by", &"x".repeat(201)).is_err());
    assert!(Name::parse("asked_by", "CERT\u{1b}[2J").is_err());
    assert!(Name::parse("asked_by", "CERT\u{202e}").is_err());
    assert!(Words::parse("purpose", "two\nlines").is_ok());
    assert!(Words::parse("purpose", &"x".repeat(4_001)).is_err());
}

#[test]
fn an_answer_comes_back_as_it_was_given() {
    for detail in Detail::ALL {
        let answer = answer(detail);
        assert_eq!(Answer::parse(&answer.payload()).unwrap(), answer);
    }
}

#[test]
fn the_status_alone_tells_no_version_and_no_place() {
    let payload = answer(Detail::Status).payload();
    assert!(payload.contains("\"affected\""));
    assert!(!payload.contains("pkg:cargo"), "{payload}");
    assert!(!payload.contains("Cargo.lock"), "{payload}");
    let document: Value = serde_json::from_str(&payload).unwrap();
    assert!(document["looked_at"].is_null());
}

#[test]
fn versions_tell_no_place() {
    let payload = answer(Detail::Versions).payload();
    assert!(payload.contains("pkg:cargo/left@1.0.0"));
    assert!(!payload.contains("Cargo.lock"), "{payload}");
}

#[test]
fn components_tell_where_they_are() {
    assert!(answer(Detail::Components).payload().contains("Cargo.lock"));
}

#[test]
fn a_level_has_its_fields_and_no_other() {
    let places = json!(["a"]);
    let told = |document: &mut Value| document["components"][0]["places"] = places;
    assert!(changed_answer(Detail::Versions, told).is_err());
    let looked_at = json!({"sources": 1, "packages": 1});
    let told = |document: &mut Value| document["looked_at"] = looked_at;
    assert!(changed_answer(Detail::Status, told).is_err());
}

#[test]
fn a_status_stands_with_what_it_may_stand_with() {
    let set = |name: &'static str, value: Value| {
        changed_answer(Detail::Status, |document| document[name] = value)
    };
    assert!(set("status", json!("not_affected")).is_err());
    assert!(set("justification", json!("component_not_present")).is_err());
    assert!(set("fixed_since", json!("2026-01-01T00:00:00Z")).is_err());
    assert!(set("status", json!("clean")).is_err());
    let fixed = changed_answer(Detail::Status, |document| {
        document["status"] = json!("fixed");
        document["fixed_since"] = json!("2026-01-01T00:00:00Z");
    });
    assert!(matches!(fixed.unwrap().standing, Standing::Fixed { since: Some(_) }));
}

#[test]
fn an_answer_is_not_marked_wider_than_the_question() {
    let asked = asked(&question(), &key("cert"));
    let seen = World::new(&[]).examine(&asked.question.subject);
    let mut wide = drafting(&asked, Detail::Status, now());
    wide.marking = Some(Tlp::Green);
    assert!(seen.answer(wide).is_err());
    let mut narrow = drafting(&asked, Detail::Status, now());
    narrow.marking = Some(Tlp::Red);
    assert_eq!(seen.answer(narrow).unwrap().marking, Tlp::Red);
}

#[test]
fn a_time_of_repair_is_taken_only_with_repaired_versions() {
    let asked = asked(&question(), &key("cert"));
    let since = |version: &str| {
        let seen = World::new(&[("left", version)]).examine(&asked.question.subject);
        let mut draft = drafting(&asked, Detail::Status, now());
        draft.fixed_since = Some("2026-02-01T00:00:00Z".parse().unwrap());
        seen.answer(draft)
    };
    assert!(since("1.0.0").is_err());
    assert!(matches!(since("2.0.0").unwrap().standing, Standing::Fixed { since: Some(_) }));
}
