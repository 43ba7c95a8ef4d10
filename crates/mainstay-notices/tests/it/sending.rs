//! Letters and calls: once, not before their time, not to whom they are not for.

use mainstay_notices::{
    ContactRole, Content, DeliveryState, NoticesError, Outcome, Reminders, SignedCall, WebhookKey,
};
use mainstay_store::SigningKey;

use crate::world::{World, ada, at, content, of, worlds};

/// The only delivery of a notice to an organisation, as it stands.
fn state(world: &World, id: &str, party: &str) -> DeliveryState {
    let board = world.notices.board_of(id).unwrap().1;
    let one = board.recipients.iter().find(|one| one.party == party).unwrap();
    one.deliveries.first().unwrap().state.clone()
}

fn grid() -> impl Iterator<Item = World> {
    worlds().into_iter().inspect(|world| world.mailbox("grid", ContactRole::Security))
}

#[test]
fn nothing_leaves_before_its_time_also_when_the_clock_goes_back() {
    for world in grid() {
        let content = Content { not_before: Some(at(100)), ..content() };
        let id = world.released(&content);
        assert!(world.send_all(at(99)).is_empty());
        // The job is taken in time, and then the clock goes back.
        let job = world.job(at(100)).unwrap();
        assert!(world.notices.prepare(&job, at(50)).unwrap().is_none());
        assert_eq!(state(&world, &id, "grid"), DeliveryState::Waiting(at(100), None));
        assert!(world.send_all(at(99)).is_empty());
        assert_eq!(world.send_all(at(100)), ["security@grid.example"]);
        assert!(world.send_all(at(1_000_000)).is_empty());
    }
}

#[test]
fn a_process_that_dies_leaves_the_letter_to_the_next_under_the_same_name() {
    for world in grid() {
        let id = world.released(&content());
        let first = world.parcel(at(30)).unwrap();
        assert!(world.parcel(at(31)).is_none(), "it is leased");
        let second = world.parcel(at(30 + 301)).unwrap();
        assert_eq!(first.delivery, second.delivery);
        world.notices.settle(&second, &Outcome::Taken, at(400)).unwrap();
        // The first was not dead after all: it changes nothing any more.
        world.notices.settle(&first, &Outcome::Later("x".to_owned()), at(401)).unwrap();
        assert_eq!(state(&world, &id, "grid"), DeliveryState::Sent(at(400)));
        assert!(world.send_all(at(1_000_000)).is_empty());
        // Both letters may have arrived, and the link of each is good.
        for parcel in [first, second] {
            let secret = parcel.link.unwrap();
            assert!(world.notices.linked(secret.reveal(), at(500)).is_ok());
        }
    }
}

#[test]
fn a_letter_that_is_not_taken_is_tried_with_growing_pauses_and_given_up_with_the_reason() {
    for world in grid() {
        let id = world.released(&content());
        let mut now = 30;
        let mut pauses = Vec::new();
        while let Some(parcel) = world.parcel(at(now)) {
            let why = Outcome::Later("451 full\r\nX: y".to_owned());
            world.notices.settle(&parcel, &why, at(now)).unwrap();
            let DeliveryState::Waiting(next, Some(why)) = state(&world, &id, "grid") else { break };
            assert_eq!(why, "451 full  X: y");
            assert!(world.parcel(next - jiff::SignedDuration::from_secs(1)).is_none());
            let pause = next.as_second() - at(now).as_second();
            pauses.push(pause);
            now += pause;
        }
        assert_eq!(pauses, [5, 300, 1_800, 7_200, 18_000, 36_000]);
        let DeliveryState::Failed(_, why) = state(&world, &id, "grid") else {
            unreachable!("it is given up")
        };
        assert_eq!(why, "given up after 7 attempts: 451 full  X: y");
    }
}

#[test]
fn what_is_refused_for_good_is_not_tried_again() {
    for world in grid() {
        let id = world.released(&content());
        let parcel = world.parcel(at(30)).unwrap();
        let why = Outcome::Never("550 no such mailbox".to_owned());
        world.notices.settle(&parcel, &why, at(30)).unwrap();
        let failed = DeliveryState::Failed(at(30), "550 no such mailbox".to_owned());
        assert_eq!(state(&world, &id, "grid"), failed);
        assert!(world.send_all(at(1_000_000)).is_empty());
    }
}

#[test]
fn what_is_closed_before_its_time_does_not_leave() {
    for world in grid() {
        let content = Content { not_before: Some(at(100)), ..content() };
        let id = world.released(&content);
        world.notices.close((&id, 3), &ada(), at(50)).unwrap();
        assert!(world.send_all(at(200)).is_empty());
        assert!(matches!(state(&world, &id, "grid"), DeliveryState::Failed(..)));
        for now in [51, 100, 200] {
            let told = world.notices.told_to(&id, "grid", at(now));
            assert!(matches!(told, Err(NoticesError::Absent(_))), "{told:?}");
            assert!(world.notices.list(&of("grid"), at(now)).unwrap().is_empty());
        }
        assert!(world.notices.notice(&id, &of("isac"), at(200)).is_ok());
    }
}

#[test]
fn who_was_told_in_time_sees_it_also_when_it_is_closed() {
    for world in grid() {
        let id = world.released(&content());
        world.notices.close((&id, 3), &ada(), at(50)).unwrap();
        assert!(world.notices.told_to(&id, "grid", at(60)).is_ok());
        assert_eq!(world.notices.list(&of("grid"), at(60)).unwrap().len(), 1);
    }
}

#[test]
fn who_is_silent_is_reminded_by_the_rule_and_who_answered_is_not() {
    for world in grid() {
        world.mailbox("water", ContactRole::Security);
        let reminders = Reminders::new(1, 2).unwrap();
        let id = world.released(&Content { reminders, ..content() });
        assert_eq!(world.send_all(at(22)).len(), 2);
        let claim = mainstay_notices::Notices::claim("fixed", "", "").unwrap();
        world.notices.answer((&id, "water"), (&claim, ""), &ada(), at(60)).unwrap();
        assert_eq!(world.notices.remind_due(at(22 + 3_599)).unwrap(), 0);
        assert_eq!(world.notices.remind_due(at(22 + 3_600)).unwrap(), 1);
        assert_eq!(world.notices.remind_due(at(22 + 3_600)).unwrap(), 0);
        assert_eq!(world.send_all(at(22 + 3_600)), ["security@grid.example"]);
        assert_eq!(world.notices.remind_due(at(22 + 7_200)).unwrap(), 1);
        assert_eq!(world.notices.remind_due(at(22 + 100_000)).unwrap(), 0, "at most twice");
        // A person may, as often as they like.
        assert_eq!(world.notices.remind(&id, &ada(), at(100_100)).unwrap(), 1);
    }
}

#[test]
fn nobody_is_reminded_of_what_was_not_told_yet() {
    for world in grid() {
        let reminders = Reminders::new(1, 2).unwrap();
        let content = Content { reminders, not_before: Some(at(100_000)), ..content() };
        let id = world.released(&content);
        assert!(world.notices.remind(&id, &ada(), at(30)).is_err());
        assert_eq!(world.notices.remind_due(at(50_000)).unwrap(), 0);
    }
}

#[test]
fn a_call_is_signed_after_standard_webhooks_over_what_is_sent() {
    for world in worlds() {
        let to = ("webhook", "https://hooks.grid.example/notices");
        world.contact(("grid", "grid"), ContactRole::Operations, to);
        let id = world.released(&content());
        let parcel = world.parcel(at(30)).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let key = SigningKey::open_or_create(&folder.path().join("key"), "test").unwrap();
        let verifying = key.verifying();
        let key = WebhookKey::new(key);
        let call = SignedCall::of(&parcel, &key, "https://mainstay.example", at(30)).unwrap();
        assert!(key.public().starts_with("whpk_"));
        let body: serde_json::Value = serde_json::from_str(&call.body).unwrap();
        assert_eq!(body["type"], "notice.told");
        assert_eq!(body["data"]["marking"], "TLP:AMBER");
        assert_eq!(body["data"]["page"], format!("https://mainstay.example/notices/{id}"));
        let signed = format!("{}.{}.{}", call.id, call.timestamp, call.body);
        let signature = call.signature.strip_prefix("v1a,").unwrap();
        let signature =
            base64::Engine::decode(&base64::engine::general_purpose::STANDARD, signature);
        assert!(verifying.verifies(signed.as_bytes(), &signature.unwrap()));
        assert!(parcel.link.is_none(), "a program needs no link");
    }
}

#[test]
fn a_contact_that_was_removed_gets_no_letter_no_reminder_and_its_links_end() {
    for world in grid() {
        world.contact(("isac", "grid"), ContactRole::Security, ("mail", "duty@grid.example"));
        let reminders = Reminders::new(1, 2).unwrap();
        let id = world.released(&Content { reminders, ..content() });
        let mut links = Vec::new();
        for _ in 0..2 {
            let parcel = world.parcel(at(30)).unwrap();
            world.notices.settle(&parcel, &Outcome::Taken, at(30)).unwrap();
            links.push((parcel.channel.address().to_owned(), parcel.link.unwrap()));
        }
        world.remove_contact("grid", "security@grid.example", at(40));
        for (address, link) in &links {
            let is_open = world.notices.linked(link.reveal(), at(41)).is_ok();
            assert_eq!(is_open, address == "duty@grid.example", "{address}");
        }
        assert_eq!(world.notices.remind(&id, &ada(), at(50)).unwrap(), 1);
        // It is removed after the reminder was asked for, and before it leaves.
        world.remove_contact("isac", "duty@grid.example", at(51));
        assert!(world.send_all(at(60)).is_empty());
        let board = world.notices.board_of(&id).unwrap().1;
        let grid = board.recipients.iter().find(|one| one.party == "grid").unwrap();
        let reminders: Vec<_> = grid.deliveries.iter().filter(|one| one.turn == 1).collect();
        assert_eq!(reminders.len(), 1);
        let failed = DeliveryState::Failed(at(60), "the contact was removed".to_owned());
        assert_eq!(reminders.first().unwrap().state, failed);
        assert_eq!(world.notices.remind(&id, &ada(), at(70)).unwrap(), 0);
    }
}

#[test]
fn who_removes_their_own_note_of_an_address_ends_no_links_of_others() {
    for world in grid() {
        world.contact(("bank", "grid"), ContactRole::Security, ("mail", "security@grid.example"));
        world.released(&content());
        let link = world.parcel(at(30)).unwrap().link.unwrap();
        world.remove_contact("bank", "security@grid.example", at(31));
        assert!(world.notices.linked(link.reveal(), at(32)).is_ok());
    }
}

#[test]
fn open_pages_learn_of_a_notice_at_its_time_and_of_one_that_was_closed_never() {
    for world in grid() {
        world.released(&content());
        assert_eq!(world.live(), ["grid", "water"], "at once");
        let ahead = Content { not_before: Some(at(100)), ..content() };
        world.released(&ahead);
        let closed = world.released(&ahead);
        world.notices.close((&closed, 3), &ada(), at(50)).unwrap();
        world.send_all(at(99));
        assert_eq!(world.live().len(), 2);
        world.send_all(at(100));
        assert_eq!(world.live(), ["grid", "water", "grid", "water"]);
    }
}
