//! Signatures: what is forged, replayed or cut is not taken.

use mainstay_questions::{
    Detail, Keyring, MAX_ENVELOPE_BYTES, Party, QuestionError, Shown, SignedAnswer, SignedQuestion,
};
use serde_json::{Value, json};

use crate::world::{World, answered, asked, drafting, key, now, question, ring};

#[test]
fn a_question_comes_back_as_it_was_asked() {
    let cert = key("cert");
    let question = question();
    let opened = asked(&question, &cert);
    assert_eq!(opened.question.payload(), question.payload());
    assert_eq!(opened.signers, [cert.verifying()]);
}

#[test]
fn a_question_is_refused_when_no_key_is_given() {
    let refused =
        SignedQuestion::open(question().seal(&key("cert")).as_bytes(), &Keyring::default());
    assert!(matches!(refused, Err(QuestionError::NoKey)), "{refused:?}");
}

#[test]
fn a_question_of_another_key_of_the_same_name_is_refused() {
    let envelope = question().seal(&key("cert"));
    let refused = SignedQuestion::open(envelope.as_bytes(), &ring(&[&key("cert")]));
    assert!(matches!(refused, Err(QuestionError::Untrusted { .. })), "{refused:?}");
}

#[test]
fn a_key_id_alone_proves_nothing() {
    let (cert, other) = (key("cert"), key("other"));
    let mut envelope: Value = serde_json::from_str(&question().seal(&other)).unwrap();
    let own: Value = serde_json::from_str(&question().seal(&cert)).unwrap();
    envelope["signatures"][0]["keyid"] = own["signatures"][0]["keyid"].clone();
    let refused = SignedQuestion::open(envelope.to_string().as_bytes(), &ring(&[&cert]));
    assert!(matches!(refused, Err(QuestionError::Untrusted { .. })), "{refused:?}");
}

#[test]
fn a_signature_without_a_key_id_is_tried_with_every_key() {
    let (cert, other) = (key("cert"), key("other"));
    let mut envelope: Value = serde_json::from_str(&question().seal(&cert)).unwrap();
    envelope["signatures"][0].as_object_mut().unwrap().remove("keyid");
    let opened = SignedQuestion::open(envelope.to_string().as_bytes(), &ring(&[&other, &cert]));
    assert_eq!(opened.unwrap().signers, [cert.verifying()]);
}

#[test]
fn one_trusted_signature_among_several_is_enough() {
    let (cert, other, asking) = (key("cert"), key("other"), question());
    let mut envelope: Value = serde_json::from_str(&asking.seal(&other)).unwrap();
    let own: Value = serde_json::from_str(&asking.seal(&cert)).unwrap();
    envelope["signatures"].as_array_mut().unwrap().push(own["signatures"][0].clone());
    let opened = SignedQuestion::open(envelope.to_string().as_bytes(), &ring(&[&cert])).unwrap();
    assert_eq!(opened.signers, [cert.verifying()]);
}

#[test]
fn an_answer_is_no_question() {
    let cert = key("cert");
    let asked = asked(&question(), &cert);
    let seen = World::new(&[]).examine(&asked.question.subject);
    let answer = seen.answer(drafting(&asked, Detail::Status, now())).unwrap();
    let refused = SignedQuestion::open(answer.seal(&cert).unwrap().as_bytes(), &ring(&[&cert]));
    assert!(matches!(refused, Err(QuestionError::OtherType { .. })), "{refused:?}");
}

#[test]
fn the_type_is_signed_too() {
    let cert = key("cert");
    let text = question().seal(&cert).replace("question+json", "answer+json");
    let refused = SignedAnswer::open(text.as_bytes(), &ring(&[&cert]), &asked(&question(), &cert));
    assert!(matches!(refused, Err(QuestionError::Untrusted { .. })), "{refused:?}");
}

#[test]
fn an_answer_to_one_question_is_none_to_another() {
    let (cert, grid) = (key("cert"), key("grid"));
    let (one, other) = (asked(&question(), &cert), asked(&question(), &cert));
    let seen = World::new(&[("left", "1.0.0")]).examine(&one.question.subject);
    let answer = seen.answer(drafting(&one, Detail::Status, now())).unwrap();
    answered(&answer, &grid, &one);
    let refused =
        SignedAnswer::open(answer.seal(&grid).unwrap().as_bytes(), &ring(&[&grid]), &other);
    assert!(matches!(refused, Err(QuestionError::OtherQuestion { .. })), "{refused:?}");
}

#[test]
fn an_answer_that_names_the_question_with_another_digest_is_refused() {
    let (cert, grid, asking) = (key("cert"), key("grid"), question());
    let one = asked(&asking, &cert);
    let mut changed = asking.clone();
    changed.purpose = Some(mainstay_questions::Words::parse("purpose", "for fun").unwrap());
    let other = asked(&changed, &cert);
    assert_eq!(one.question.id, other.question.id);
    let seen = World::new(&[]).examine(&asking.subject);
    let answer = seen.answer(drafting(&one, Detail::Status, now())).unwrap();
    let refused =
        SignedAnswer::open(answer.seal(&grid).unwrap().as_bytes(), &ring(&[&grid]), &other);
    assert!(matches!(refused, Err(QuestionError::OtherQuestion { .. })), "{refused:?}");
}

#[test]
fn an_answer_of_two_parties_is_nobodys() {
    let (cert, grid, bank) = (key("cert"), key("grid"), key("bank"));
    let asked = asked(&question(), &cert);
    let seen = World::new(&[]).examine(&asked.question.subject);
    let answer = seen.answer(drafting(&asked, Detail::Status, now())).unwrap();
    let mut envelope: Value = serde_json::from_str(&answer.seal(&grid).unwrap()).unwrap();
    let second: Value = serde_json::from_str(&answer.seal(&bank).unwrap()).unwrap();
    envelope["signatures"].as_array_mut().unwrap().push(second["signatures"][0].clone());
    let refused =
        SignedAnswer::open(envelope.to_string().as_bytes(), &ring(&[&grid, &bank]), &asked);
    assert!(matches!(refused, Err(QuestionError::SeveralParties(_))), "{refused:?}");
}

#[test]
fn what_was_cut_off_is_refused() {
    let cert = key("cert");
    let envelope = question().seal(&cert);
    let whole = envelope.trim_end().len();
    for length in 0..whole {
        let cut = envelope.get(..length).unwrap();
        assert!(SignedQuestion::open(cut.as_bytes(), &ring(&[&cert])).is_err(), "{length}");
    }
}

#[test]
fn what_is_huge_is_refused_unread() {
    let refused = SignedQuestion::open(&vec![b' '; MAX_ENVELOPE_BYTES + 1], &ring(&[&key("cert")]));
    assert!(matches!(refused, Err(QuestionError::TooLarge { .. })), "{refused:?}");
}

#[test]
fn an_answer_that_nobody_would_open_is_not_signed_and_says_what_to_do() {
    let (cert, grid) = (key("cert"), key("grid"));
    let asked = asked(&question(), &cert);
    let seen = World::new(&[("left", "1.0.0")]).examine(&asked.question.subject);
    let mut answer = seen.answer(drafting(&asked, Detail::Components, now())).unwrap();
    if let Shown::Components { components, .. } = &mut answer.shown {
        let place: Box<str> = "p".repeat(4_000).into();
        components[0].places = vec![place; 2_000];
    }
    let refused = answer.seal(&grid).unwrap_err();
    assert!(matches!(refused, QuestionError::TooMuchTold { .. }), "{refused:?}");
    assert!(refused.to_string().contains("--detail status"), "{refused}");
}

#[test]
fn an_envelope_with_many_signatures_is_refused() {
    let cert = key("cert");
    let mut envelope: Value = serde_json::from_str(&question().seal(&cert)).unwrap();
    envelope["signatures"] = json!(vec![envelope["signatures"][0].clone(); 17]);
    let refused = SignedQuestion::open(envelope.to_string().as_bytes(), &ring(&[&cert]));
    assert!(matches!(refused, Err(QuestionError::Envelope(_))), "{refused:?}");
}

#[test]
fn a_file_of_keys_names_parties_and_their_sectors() {
    let (grid, bank) = (key("grid").verifying(), key("bank").verifying());
    let text = format!("# invited\n\n{grid} us-ci/energy us-ci/dams\n{bank}\n");
    let parties = Party::read_all(&text).unwrap();
    assert_eq!((parties.len(), &parties[0].key, parties[0].sectors.len()), (2, &grid, 2));
    assert!(Party::read_all(&format!("{grid}\n{grid}\n")).is_err());
    assert!(Party::read_all(&format!("{grid} energy\n")).is_err());
    assert!(Party::read_all("grid\n").is_err());
}
