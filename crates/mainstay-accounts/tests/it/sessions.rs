//! Being signed in.

use mainstay_accounts::{AccountsError, Secret, SignIn};

use crate::world::{ADA, BEN, at, home, worlds};

const DAY: i64 = 24 * 3_600;

#[test]
fn a_session_ends_by_time_without_use_and_after_a_month_with_it() {
    for world in worlds() {
        world.add("ada", ADA);
        let secret = match world.accounts.sign_in(("ada@example.org", ADA), &home(), at(0)).unwrap()
        {
            SignIn::Done(secret) => secret,
            other @ SignIn::Second(_) => panic!("{other:?}"),
        };
        let is_there = |now| world.accounts.session(secret.reveal(), at(now)).unwrap().is_some();
        for day in (0..=30).step_by(3) {
            assert!(is_there(day * DAY), "day {day}");
        }
        assert!(!is_there(30 * DAY + 1), "after a month");
        assert!(world.accounts.session("made up", at(1)).unwrap().is_none());
    }
}

#[test]
fn a_session_ends_after_a_week_without_use() {
    for world in worlds() {
        world.add("ada", ADA);
        let sign_in = || world.accounts.sign_in(("ada@example.org", ADA), &home(), at(0)).unwrap();
        let (SignIn::Done(one), SignIn::Done(other)) = (sign_in(), sign_in()) else {
            panic!("a second factor was asked for")
        };
        let is_there = |secret: &Secret, now| {
            world.accounts.session(secret.reveal(), at(now)).unwrap().is_some()
        };
        assert!(is_there(&one, 7 * DAY) && !is_there(&other, 7 * DAY + 1));
        assert!(is_there(&one, 14 * DAY), "it was used");
    }
}

#[test]
fn what_ended_by_time_is_forgotten_and_nothing_else() {
    for world in worlds() {
        world.add("ada", ADA);
        world.sign_in("ada", ADA, at(0));
        let _ = world.accounts.sign_in(("nobody@example.org", ADA), &home(), at(0));
        world.accounts.begin_passkey_sign_in(&home(), at(0)).unwrap();
        assert_eq!(world.accounts.forget_ended(at(1)).unwrap(), 0);
        // The challenge, the link that proves the address, and four counts of guesses: of the
        // network, of either account, and of nobody's from here.
        assert_eq!(world.accounts.forget_ended(at(DAY + 1)).unwrap(), 6);
        assert_eq!(world.accounts.forget_ended(at(8 * DAY)).unwrap(), 1, "the session");
        assert_eq!(world.accounts.forget_ended(at(91 * DAY)).unwrap(), 1, "the place");
        assert_eq!(world.accounts.forget_ended(at(99 * DAY)).unwrap(), 0);
        world.sign_in("ada", ADA, at(100 * DAY));
    }
}

#[test]
fn a_session_can_end_others_of_its_account_and_of_no_other() {
    for world in worlds() {
        world.add("ada", ADA);
        world.add("ben", BEN);
        let ada = world.sign_in("ada", ADA, at(0));
        let ben = world.sign_in("ben", BEN, at(0));
        let outcome = world.accounts.end_session(&ada, &ben.id, &home(), at(1));
        assert!(matches!(outcome, Err(AccountsError::Absent(_))), "{outcome:?}");
        world.sign_in("ada", ADA, at(1));
        assert_eq!(world.accounts.end_other_sessions(&ada, &home(), at(2)).unwrap(), 1);
        world.accounts.end_session(&ben, &ben.id, &home(), at(2)).unwrap();
        assert!(world.accounts.sessions(&ben).unwrap().is_empty());
    }
}

#[test]
fn what_is_dangerous_asks_for_a_proof_of_the_last_ten_minutes() {
    for world in worlds() {
        world.add("ada", ADA);
        let session = world.sign_in("ada", ADA, at(0));
        assert!(session.fresh(at(600)).is_ok());
        assert!(matches!(session.fresh(at(601)), Err(AccountsError::ProveAgain)));
        let wrong = world.accounts.prove_again(&session, (BEN, ""), &home(), at(700));
        assert!(matches!(wrong, Err(AccountsError::Wrong)));
        world.accounts.prove_again(&session, (ADA, ""), &home(), at(701)).unwrap();
        let proved = world.accounts.sessions(&session).unwrap();
        assert_eq!(proved.len(), 1);
    }
}

#[test]
fn a_form_belongs_to_one_session() {
    for world in worlds() {
        world.add("ada", ADA);
        let one = world.sign_in("ada", ADA, at(0));
        let two = world.sign_in("ada", ADA, at(0));
        assert!(one.is_own_form(&one.form_token()));
        assert!(!one.is_own_form(&two.form_token()) && !one.is_own_form(""));
    }
}
