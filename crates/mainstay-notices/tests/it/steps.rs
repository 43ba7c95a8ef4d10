//! From a draft to the end, and no other way.

use mainstay_notices::{Circle, ContactRole, Content, NoticesError, Stage};
use mainstay_store::log;
use mainstay_types::Tlp;

use crate::world::{ada, at, content, flaw, of, worlds};

#[test]
fn only_what_was_reviewed_is_released_and_an_edit_undoes_the_review() {
    for world in worlds() {
        let id = world.notices.draft("isac", &content(), &ada(), at(20)).unwrap();
        let refused = world.notices.release((&id, 1), &ada(), at(21));
        assert!(matches!(refused, Err(NoticesError::Stage { is: "draft", .. })), "{refused:?}");
        world.notices.review((&id, 1), &ada(), at(22)).unwrap();
        let changed = Content { text: "Take 1.3.1.".parse().unwrap(), ..content() };
        world.notices.edit((&id, 2), &changed, &ada(), at(23)).unwrap();
        let refused = world.notices.release((&id, 3), &ada(), at(24));
        assert!(matches!(refused, Err(NoticesError::Stage { is: "draft", .. })), "{refused:?}");
        world.notices.review((&id, 3), &ada(), at(25)).unwrap();
        world.notices.release((&id, 4), &ada(), at(26)).unwrap();
        let notice = world.notice(&id);
        assert!(matches!(notice.stage, Stage::Released(_)));
        assert_eq!(notice.stage.review().map(|act| act.at), Some(at(25)));
        let refused = world.notices.edit((&id, 5), &content(), &ada(), at(27));
        assert!(matches!(refused, Err(NoticesError::Stage { is: "released", .. })), "{refused:?}");
        world.notices.close((&id, 5), &ada(), at(28)).unwrap();
        assert!(world.notices.release((&id, 6), &ada(), at(29)).is_err());
        log::verify(&world.database, None).unwrap();
    }
}

#[test]
fn who_acts_on_a_version_that_is_no_more_is_told() {
    for world in worlds() {
        let id = world.notices.draft("isac", &content(), &ada(), at(20)).unwrap();
        world.notices.edit((&id, 1), &content(), &ada(), at(21)).unwrap();
        let refused = world.notices.review((&id, 1), &ada(), at(22));
        assert!(matches!(refused, Err(NoticesError::Changed)), "{refused:?}");
    }
}

#[test]
fn who_is_affected_in_the_authors_sight_is_told_and_who_has_no_contact_is_named() {
    for world in worlds() {
        world.mailbox("grid", ContactRole::Security);
        world.mailbox("grid", ContactRole::Legal);
        world.mailbox("dairy", ContactRole::Security);
        let roles = [ContactRole::Security].into();
        let circle = Circle { affected: true, roles, ..Circle::default() };
        let content = Content { circle, ..content() };
        let reach = world.notices.reach("isac", &content, at(20)).unwrap();
        let reached: Vec<_> = reach.reached.iter().map(|one| one.party.as_str()).collect();
        assert_eq!(reached, ["grid"], "the dairy shares with nobody");
        assert_eq!(reach.reached.first().unwrap().contacts.len(), 1);
        let unreached: Vec<_> = reach.unreached.iter().map(|one| one.party.as_str()).collect();
        assert_eq!(unreached, ["water"]);
        assert!(reach.unknowns.iter().any(|one| one.code == "out-of-sight"));
        let id = world.released(&content);
        let board = world.notices.board_of(&id).unwrap().1;
        let untold: Vec<_> =
            board.recipients.iter().map(|one| (one.party.as_str(), one.untold.is_some())).collect();
        assert_eq!(untold, [("grid", false), ("water", true)]);
    }
}

#[test]
fn who_says_that_it_does_no_harm_is_not_told_and_is_counted() {
    for world in worlds() {
        world.know();
        world.says_harmless("grid");
        world.says_harmless("dairy");
        let content = Content { subject: flaw(), ..content() };
        let reach = world.notices.reach("isac", &content, at(20)).unwrap();
        let unreached: Vec<_> = reach.unreached.iter().map(|one| one.party.as_str()).collect();
        assert_eq!(unreached, ["water"]);
        let said = reach.unknowns.iter().find(|one| one.code == "said-harmless").unwrap();
        let known = "1 organisation has it, and says by a statement that it does no harm";
        assert!(said.message.starts_with(known), "{}", said.message);
        // Who is named is told all the same.
        let circle = Circle { named: ["grid".to_owned()].into(), ..content.circle.clone() };
        let reach = world.notices.reach("isac", &Content { circle, ..content }, at(20)).unwrap();
        assert!(reach.unknowns.iter().all(|one| one.code != "said-harmless"));
        assert_eq!(reach.unreached.len(), 2);
    }
}

#[test]
fn sectors_and_names_say_who_of_all_is_told() {
    for world in worlds() {
        let circle = Circle {
            affected: true,
            sectors: ["us-ci/energy".parse().unwrap()].into(),
            named: ["bank".to_owned(), "nobody".to_owned(), "isac".to_owned()].into(),
            ..Circle::default()
        };
        let reach = world.notices.reach("isac", &Content { circle, ..content() }, at(20)).unwrap();
        let parties: Vec<_> = reach.unreached.iter().map(|one| one.party.as_str()).collect();
        assert_eq!(parties, ["bank", "grid"]);
        let unknown = reach.unknowns.iter().find(|one| one.code == "unknown-organisation");
        assert!(unknown.unwrap().message.contains("nobody"));
    }
}

#[test]
fn a_contact_that_another_keeps_for_itself_is_used_by_nobody_else() {
    for world in worlds() {
        world.contact(("bank", "grid"), ContactRole::Security, ("mail", "secret@grid.example"));
        let reach = world.notices.reach("isac", &content(), at(20)).unwrap();
        assert!(reach.reached.is_empty());
        world.contact(("isac", "grid"), ContactRole::Security, ("mail", "duty@grid.example"));
        let reach = world.notices.reach("isac", &content(), at(20)).unwrap();
        let contacts = &reach.reached.first().unwrap().contacts;
        let addresses: Vec<_> = contacts.iter().map(|one| one.channel.address()).collect();
        assert_eq!(addresses, ["duty@grid.example"]);
    }
}

#[test]
fn a_draft_is_seen_by_its_own_people_and_a_release_by_those_it_tells() {
    for world in worlds() {
        let id = world.reviewed(&content());
        let sees = |party: &str, now| world.notices.notice(&id, &of(party), at(now)).is_ok();
        assert!(sees("isac", 21) && !sees("grid", 21));
        world.notices.release((&id, 2), &ada(), at(22)).unwrap();
        assert!(sees("grid", 22) && sees("water", 22));
        assert!(!sees("bank", 22) && !sees("dairy", 22));
        assert!(!sees("grid", 21), "a clock that goes back closes what it had opened");
        assert_eq!(world.notices.list(&of("grid"), at(22)).unwrap().len(), 1);
        assert!(world.notices.list(&of("bank"), at(22)).unwrap().is_empty());
    }
}

#[test]
fn red_is_not_told_and_nobody_is_told_nothing() {
    for world in worlds() {
        let red = Content { marking: Tlp::Red, ..content() };
        assert!(world.notices.draft("isac", &red, &ada(), at(20)).is_err());
        let purl = "nonsense".to_owned();
        let nonsense = mainstay_inventory::Subject::Package { purl, range: None };
        let nonsense = Content { subject: nonsense, ..content() };
        assert!(world.notices.draft("isac", &nonsense, &ada(), at(20)).is_err());
        let subject = mainstay_inventory::Subject::Package {
            purl: "pkg:npm/unheard-of".to_owned(),
            range: None,
        };
        let id = world.reviewed(&Content { subject, ..content() });
        assert!(world.notices.release((&id, 2), &ada(), at(22)).is_err());
        assert!(matches!(world.notice(&id).stage, Stage::Reviewed(_)));
    }
}

#[test]
fn who_becomes_affected_later_can_be_told_too_and_nobody_twice() {
    for world in worlds() {
        world.mailbox("grid", ContactRole::Security);
        world.mailbox("bank", ContactRole::Security);
        let id = world.released(&content());
        assert_eq!(world.notices.tell_more(&id, &ada(), at(30)).unwrap(), 0);
        world.send("bank", &["pkg:npm/left-pad@1.0.0"]);
        assert_eq!(world.notices.tell_more(&id, &ada(), at(31)).unwrap(), 1);
        assert_eq!(world.notices.tell_more(&id, &ada(), at(32)).unwrap(), 0);
        assert_eq!(world.send_all(at(33)), ["security@bank.example", "security@grid.example"]);
    }
}

#[test]
fn who_could_not_be_told_is_told_once_a_contact_is_found() {
    for world in worlds() {
        world.mailbox("grid", ContactRole::Security);
        let id = world.released(&content());
        assert_eq!(world.notices.tell_more(&id, &ada(), at(30)).unwrap(), 0);
        world.mailbox("water", ContactRole::Security);
        assert_eq!(world.notices.tell_more(&id, &ada(), at(31)).unwrap(), 1);
        assert_eq!(world.send_all(at(32)), ["security@grid.example", "security@water.example"]);
        let board = world.notices.board_of(&id).unwrap().1;
        assert!(board.recipients.iter().all(|one| one.untold.is_none()));
        assert_eq!(board.recipients.len(), 2);
    }
}
