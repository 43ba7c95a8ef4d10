//! What goes out.

use jiff::Timestamp;
use mainstay_types::Tlp;
use mainstay_visibility::{Found, Marked, NotFound, Reader, Role, only_visible};

fn marked() -> Marked {
    Marked {
        object: "thing/1".parse().unwrap(),
        owner: "acme".parse().unwrap(),
        marking: Tlp::Red,
        releases: Vec::new(),
    }
}

fn of(role: Role) -> Reader {
    let membership = ("acme".parse().unwrap(), role);
    Reader::signed_in("ada".parse().unwrap(), [membership], [], []).unwrap()
}

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

#[test]
fn hidden_and_missing_give_the_same_answer() {
    let hidden = Found::new(marked(), "secret").for_reader(&of(Role::Reader), NOW);
    let missing = Found::<&str>::nothing().for_reader(&of(Role::Reader), NOW);
    assert_eq!((hidden, missing), (Err(NotFound), Err(NotFound)));
    assert_eq!(Found::new(marked(), "secret").for_reader(&of(Role::Analyst), NOW), Ok("secret"));
}

#[test]
fn what_has_no_marking_is_shown_to_nobody() {
    assert!(Found::of(None, Some("secret")).for_reader(&of(Role::Owner), NOW).is_err());
    assert!(Found::of(Some(marked()), Some("secret")).for_reader(&of(Role::Owner), NOW).is_ok());
}

#[test]
fn what_was_found_does_not_print() {
    assert_eq!(format!("{:?}", Found::new(marked(), "secret").map(str::len)), "Found");
}

#[test]
fn a_list_keeps_what_may_be_seen() {
    let list = || [Found::new(marked(), 1), Found::nothing(), Found::new(marked(), 2)];
    assert_eq!(only_visible(list(), &of(Role::Owner), NOW).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(only_visible(list(), &of(Role::Auditor), NOW).count(), 0);
}
