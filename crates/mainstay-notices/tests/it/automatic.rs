//! Drafts that are made by themselves.

use mainstay_notices::{ContactRole, Stage};
use mainstay_store::Event;
use mainstay_testkit::Record;
use mainstay_types::Severity;

use crate::world::{FLAW, ada, at, flaw, of, worlds};

#[test]
fn an_advisory_that_opens_findings_is_drafted_once_for_who_wants_that() {
    for world in worlds() {
        world.mailbox("grid", ContactRole::Security);
        let wish = Some(Severity::High);
        world.notices.set_wish("isac", wish, &ada(), at(5)).unwrap();
        world.notices.set_wish("bank", wish, &ada(), at(5)).unwrap();
        assert_eq!(world.notices.draft_new(at(6)).unwrap(), 0);
        world.know();
        // Its severity is not known, so it may be the worst.
        assert_eq!(world.notices.draft_new(at(11)).unwrap(), 1);
        assert_eq!(world.notices.draft_new(at(12)).unwrap(), 0);
        let listed = world.notices.list(&of("isac"), at(12)).unwrap();
        let draft = listed.first().unwrap();
        assert!(draft.is_automatic && matches!(draft.stage, Stage::Draft(_)));
        assert_eq!(draft.content.subject, flaw());
        let text = draft.content.text.as_str();
        assert!(draft.content.title.as_str().starts_with(FLAW));
        assert!(text.contains("pkg:npm/left-pad: repaired in 2.0.0"), "{text}");
        assert!(text.contains("Known to be exploited: not known here"), "{text}");
        assert!(!text.contains("1.0.0") && !text.contains("grid"), "{text}");
        assert!(world.notices.list(&of("bank"), at(12)).unwrap().is_empty());
    }
}

#[test]
fn nothing_is_drafted_for_who_did_not_ask_and_nothing_of_before_the_first_look() {
    for world in worlds() {
        world.know();
        world.notices.set_wish("isac", Some(Severity::Low), &ada(), at(20)).unwrap();
        assert_eq!(world.notices.draft_new(at(21)).unwrap(), 0);
        assert_eq!(world.notices.draft_new(at(22)).unwrap(), 0);
        world.notices.set_wish("isac", None, &ada(), at(23)).unwrap();
        assert_eq!(world.notices.wish("isac").unwrap(), None);
    }
}

#[test]
fn an_advisory_that_cannot_be_drafted_is_counted_and_holds_up_no_other() {
    for world in worlds() {
        world.notices.set_wish("isac", Some(Severity::Low), &ada(), at(5)).unwrap();
        assert_eq!(world.notices.draft_new(at(6)).unwrap(), 0);
        world
            .database
            .write(|transaction| {
                transaction.emit(Event {
                    at: at(7),
                    kind: "finding.opened",
                    subject: "A flaw with a name of many words".to_owned(),
                    body: serde_json::json!({}),
                });
                Ok::<_, mainstay_store::StoreError>(())
            })
            .unwrap();
        world.know();
        assert_eq!(world.notices.draft_new(at(11)).unwrap(), 1);
        assert_eq!(world.notices.draft_new(at(12)).unwrap(), 0, "what was looked at is done");
        assert_eq!(world.notices.wish("isac").unwrap().unwrap().undrafted, 1);
        assert_eq!(world.notices.list(&of("isac"), at(12)).unwrap().len(), 1);
    }
}

#[test]
fn an_advisory_about_very_many_packages_names_some_and_says_how_many_more() {
    for world in worlds() {
        let name = |number: usize| format!("a-package-with-a-name-that-is-not-short-{number:04}");
        let record = (0..800).fold(Record::new(FLAW, "npm", "left-pad"), |record, number| {
            record.and("npm", &name(number))
        });
        let purls: Vec<String> =
            (0..800).map(|number| format!("pkg:npm/{}@1.0.0", name(number))).collect();
        world.send("grid", &purls.iter().map(String::as_str).collect::<Vec<_>>());
        world.know_of(&[record.summary(&"very long ".repeat(5_000))]);
        let content = world.notices.suggest("isac", &flaw(), at(20)).unwrap();
        let text = content.text.as_str();
        let named = text.lines().filter(|line| line.contains("repaired in 2.0.0")).count();
        assert!((100..800).contains(&named), "{named}");
        // Water has left-pad.
        assert!(text.contains(&format!("\n- and {} more\n", 801 - named)), "{text}");
        assert!(text.contains("Answer this notice"), "{text}");
    }
}
