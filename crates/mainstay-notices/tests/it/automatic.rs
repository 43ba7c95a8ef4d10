//! Drafts that are made by themselves.

use mainstay_notices::{ContactRole, Stage};
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
