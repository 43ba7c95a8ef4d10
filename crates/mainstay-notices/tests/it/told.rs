//! Those who are told: see, answer, with an account or with the link of a letter.

use mainstay_notices::{ContactRole, ExportDocument, Notices, NoticesError, Outcome, csv};
use mainstay_store::log;
use mainstay_vex::Claim;

use crate::world::{ada, at, content, worlds};

#[test]
fn the_newest_answer_counts_and_the_others_stay() {
    for world in worlds() {
        let id = world.released(&content());
        for (seconds, word) in [(30, "under_investigation"), (31, "affected"), (32, "fixed")] {
            let claim = Notices::claim(word, "", "in 1.3.0").unwrap();
            let answer = (&claim, "in 1.3.0");
            world.notices.answer((&id, "grid"), answer, &ada(), at(seconds)).unwrap();
        }
        let (notice, board) = world.notices.board_of(&id).unwrap();
        let grid = board.recipients.iter().find(|one| one.party == "grid").unwrap();
        let words: Vec<_> = grid.answers.iter().map(|one| one.claim.word()).collect();
        assert_eq!(words, ["fixed", "affected", "under_investigation"]);
        let silent: Vec<_> = board.silent().map(|one| one.party.as_str()).collect();
        assert_eq!(silent, ["water"]);
        let export = serde_json::to_value(ExportDocument::of(&notice, &board)).unwrap();
        assert_eq!(export["recipients"][0]["answers"][0]["status"], "fixed");
        assert!(csv(&notice, &board).contains("\"fixed\""));
    }
}

#[test]
fn not_affected_needs_a_reason_in_the_words_of_vex() {
    assert!(Notices::claim("not_affected", "", "").is_err());
    assert!(Notices::claim("not_affected", "because", "").is_err());
    assert!(Notices::claim("perhaps", "", "").is_err());
    assert!(Notices::claim("fixed", "", "a\u{0}b").is_err());
    let claim = Notices::claim("not_affected", "component_not_present", "").unwrap();
    assert!(matches!(claim, Claim::NotAffected(_)));
}

#[test]
fn who_was_not_told_answers_nothing() {
    for world in worlds() {
        let id = world.released(&content());
        let claim = Notices::claim("fixed", "", "").unwrap();
        for party in ["bank", "dairy", "isac", "nobody"] {
            let refused = world.notices.answer((&id, party), (&claim, ""), &ada(), at(30));
            assert!(matches!(refused, Err(NoticesError::Absent(_))), "{party}: {refused:?}");
        }
    }
}

#[test]
fn a_link_shows_nothing_until_it_is_opened_and_looking_is_not_seeing() {
    for world in worlds() {
        world.mailbox("grid", ContactRole::Security);
        let id = world.released(&content());
        let parcel = world.parcel(at(30)).unwrap();
        let secret = parcel.link.as_ref().unwrap().reveal();
        let linked = world.notices.linked(secret, at(31)).unwrap();
        assert!(linked.opened.is_none());
        assert_eq!((linked.owner.as_str(), linked.party_name.as_str()), ("isac", "The grid"));
        let seen = || world.notices.board_of(&id).unwrap().1.recipients[0].seen.len();
        assert_eq!(seen(), 0);
        world.notices.open_link(secret, "192.0.2.1", at(32)).unwrap();
        world.notices.open_link(secret, "192.0.2.1", at(33)).unwrap();
        assert_eq!(seen(), 1);
        let (notice, own) = world.notices.linked(secret, at(34)).unwrap().opened.unwrap();
        assert_eq!((notice.id, own.party.as_str()), (id.clone(), "grid"));
        let claim = Notices::claim("affected", "", "we update tonight").unwrap();
        let answer = (&claim, "we update tonight");
        world.notices.answer_by_link(secret, answer, "192.0.2.1", at(35)).unwrap();
        let board = world.notices.board_of(&id).unwrap().1;
        let answer = board.recipients[0].answer().unwrap();
        assert_eq!(answer.who, "security@grid.example");
    }
}

#[test]
fn a_link_that_is_wrong_old_or_ahead_of_its_time_is_none() {
    for world in worlds() {
        world.mailbox("grid", ContactRole::Security);
        world.released(&content());
        let parcel = world.parcel(at(30)).unwrap();
        let secret = parcel.link.as_ref().unwrap().reveal();
        let days = |days: i64| at(30 + days * 86_400);
        assert!(world.notices.linked(secret, days(59)).is_ok());
        for (secret, now) in [(secret, days(60)), (secret, at(21)), ("", at(31)), ("x", at(31))] {
            let refused = world.notices.linked(secret, now);
            assert!(matches!(refused, Err(NoticesError::NoLink)), "{refused:?}");
        }
        assert_eq!(world.notices.forget_ended(days(60)).unwrap(), 1);
    }
}

#[test]
fn what_is_closed_takes_no_answers() {
    for world in worlds() {
        let id = world.released(&content());
        world.notices.close((&id, 3), &ada(), at(30)).unwrap();
        let claim = Notices::claim("fixed", "", "").unwrap();
        let refused = world.notices.answer((&id, "grid"), (&claim, ""), &ada(), at(31));
        assert!(matches!(refused, Err(NoticesError::Stage { is: "closed", .. })), "{refused:?}");
    }
}

#[test]
fn neither_the_log_nor_an_export_has_more_of_a_webhook_than_its_origin() {
    for world in worlds() {
        let to = ("webhook", "https://hooks.grid.example/s/sesame?key=sesame");
        world.contact(("grid", "grid"), ContactRole::Security, to);
        let id = world.released(&content());
        let parcel = world.parcel(at(30)).unwrap();
        world.notices.settle(&parcel, &Outcome::Taken, at(31)).unwrap();
        let (notice, board) = world.notices.board_of(&id).unwrap();
        let export = serde_json::to_string(&ExportDocument::of(&notice, &board)).unwrap();
        let entries =
            world.database.read(|transaction| log::entries(transaction, 0, 1_000)).unwrap();
        let logged = format!("{entries:?}");
        for text in [export, logged] {
            assert!(text.contains("https://hooks.grid.example"), "{text}");
            assert!(!text.contains("sesame"), "{text}");
        }
        assert!(!csv(&notice, &board).contains("sesame"));
    }
}
