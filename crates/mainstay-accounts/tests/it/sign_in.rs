//! Passwords, and guessing at them.

use mainstay_accounts::{AccountsError, Cost, Settings, SignIn};

use crate::world::{ADA, BEN, at, from, home, is_wait, settings, worlds};

#[test]
fn the_first_account_is_made_once_with_the_secret_of_the_first_run() {
    for world in worlds() {
        let old = world.accounts.first_run(at(0)).unwrap().unwrap();
        let secret = world.accounts.first_run(at(1)).unwrap().unwrap();
        let person = (&"Ada".parse().unwrap(), &"ada@example.org".parse().unwrap(), ADA);
        let make = |secret: &str| world.accounts.create_first(secret, person, &home(), at(2));
        assert!(matches!(make(old.reveal()), Err(AccountsError::NoTicket)));
        let session = make(secret.reveal()).unwrap();
        assert!(world.session(&session, at(3)).account.is_administrator);
        assert!(matches!(make(secret.reveal()), Err(AccountsError::NoTicket)));
        assert_eq!(world.accounts.first_run(at(4)).unwrap(), None);
    }
}

#[test]
fn a_wrong_password_and_an_account_that_is_not_there_get_the_same_answer() {
    for world in worlds() {
        world.add("ada", ADA);
        for (mail, password) in
            [("ada@example.org", BEN), ("nobody@example.org", ADA), ("no address", ADA)]
        {
            let outcome = world.accounts.sign_in((mail, password), &home(), at(1));
            assert!(matches!(outcome, Err(AccountsError::Wrong)), "{mail}: {outcome:?}");
        }
        let outcome = world.accounts.sign_in(("ADA@example.org ", ADA), &home(), at(2));
        assert!(matches!(outcome, Ok(SignIn::Done(_))));
    }
}

#[test]
fn after_five_wrong_passwords_even_the_right_one_waits_there() {
    for world in worlds() {
        world.add("ada", ADA);
        for _ in 0..5 {
            let _ = world.accounts.sign_in(("ada@example.org", BEN), &home(), at(1));
        }
        let outcome = world.accounts.sign_in(("ada@example.org", ADA), &home(), at(2));
        assert!(is_wait(&outcome), "{outcome:?}");
        world.accounts.sign_in(("ada@example.org", ADA), &home(), at(17)).unwrap();
    }
}

#[test]
fn a_count_begins_anew_a_day_after_its_first_guess_however_often_one_guesses() {
    for world in worlds() {
        world.add("ada", ADA);
        // One wrong guess every six hours: never five within a day.
        for number in 0..12 {
            let now = at(number * 6 * 3_600);
            let outcome = world.accounts.sign_in(("ada@example.org", BEN), &home(), now);
            assert!(matches!(outcome, Err(AccountsError::Wrong)), "{number}: {outcome:?}");
        }
        world.sign_in("ada", ADA, at(11 * 6 * 3_600 + 1));
    }
}

#[test]
fn a_count_that_keeps_somebody_waiting_is_not_forgotten() {
    for world in worlds() {
        world.add("ada", ADA);
        let day = 24 * 3_600;
        let _ = world.accounts.sign_in(("ada@example.org", BEN), &home(), at(0));
        for number in 0..4 {
            let now = at(day - 10 + number);
            let _ = world.accounts.sign_in(("ada@example.org", BEN), &home(), now);
        }
        world.accounts.forget_ended(at(day + 1)).unwrap();
        let outcome = world.accounts.sign_in(("ada@example.org", ADA), &home(), at(day + 1));
        assert!(is_wait(&outcome), "{outcome:?}");
    }
}

#[test]
fn strangers_cannot_lock_somebody_out_where_the_account_is_used() {
    for world in worlds() {
        world.add("ada", ADA);
        world.sign_in("ada", ADA, at(0));
        for number in 0..80 {
            let stranger = from(&format!("198.51.100.{number}"));
            let _ = world.accounts.sign_in(("ada@example.org", BEN), &stranger, at(1));
        }
        let elsewhere = from("203.0.113.9");
        let outcome = world.accounts.sign_in(("ada@example.org", ADA), &elsewhere, at(2));
        assert!(is_wait(&outcome), "{outcome:?}");
        world.sign_in("ada", ADA, at(2));
    }
}

#[test]
fn signing_out_does_not_make_a_place_strange_and_one_network_is_one_place() {
    for world in worlds() {
        world.add("ada", ADA);
        let first = from("2001:db8:1:2::aaaa");
        let SignIn::Done(secret) =
            world.accounts.sign_in(("ada@example.org", ADA), &first, at(0)).unwrap()
        else {
            panic!("a second factor was asked for")
        };
        let session = world.session(&secret, at(0));
        world.accounts.end_session(&session, &session.id, &first, at(1)).unwrap();
        for number in 0..61 {
            let stranger = from(&format!("198.51.100.{number}"));
            let _ = world.accounts.sign_in(("ada@example.org", BEN), &stranger, at(2));
        }
        let strange = world.accounts.sign_in(("ada@example.org", ADA), &home(), at(3));
        assert!(is_wait(&strange), "{strange:?}");
        let tomorrow = from("2001:db8:1:2::bbbb");
        world.accounts.sign_in(("ada@example.org", ADA), &tomorrow, at(3)).unwrap();
    }
}

#[test]
fn who_signs_in_rightly_does_not_end_the_wait_of_the_address_for_others() {
    for world in worlds() {
        world.add("ada", ADA);
        for number in 0..29 {
            let mail = format!("person{number}@example.org");
            let _ = world.accounts.sign_in((&mail, BEN), &home(), at(1));
        }
        // Of this guess and the next the address waits; between them somebody is right.
        world.sign_in("ada", ADA, at(1));
        let _ = world.accounts.sign_in(("person29@example.org", BEN), &home(), at(1));
        let outcome = world.accounts.sign_in(("ada@example.org", ADA), &home(), at(2));
        assert!(is_wait(&outcome), "{outcome:?}");
    }
}

#[test]
fn a_password_is_kept_anew_when_guessing_is_to_cost_more() {
    for world in worlds() {
        world.add("ada", ADA);
        let kept = || {
            let look = |transaction: &mut mainstay_store::Transaction<'_>| {
                transaction.one("SELECT phc FROM password", &[], |row| row.text(0))
            };
            world.database.read::<_, mainstay_store::StoreError>(look).unwrap()
        };
        assert!(kept().contains("m=8,t=1"), "{}", kept());
        let dearer = world.with(Settings { cost: Cost { memory: 16, passes: 2 }, ..settings() });
        dearer.sign_in(("ada@example.org", ADA), &home(), at(1)).unwrap();
        assert!(kept().contains("m=16,t=2"), "{}", kept());
        world.sign_in("ada", ADA, at(2));
    }
}

#[test]
fn an_address_that_guesses_at_many_accounts_has_to_wait() {
    for world in worlds() {
        world.add("ada", ADA);
        for number in 0..30 {
            let mail = format!("person{number}@example.org");
            let _ = world.accounts.sign_in((&mail, BEN), &home(), at(1));
        }
        let outcome = world.accounts.sign_in(("ada@example.org", ADA), &home(), at(2));
        assert!(is_wait(&outcome), "{outcome:?}");
    }
}

#[test]
fn signing_in_rightly_is_not_counted_against_an_address() {
    for world in worlds() {
        world.add("ada", ADA);
        for second in 0..70 {
            world.sign_in("ada", ADA, at(second));
        }
    }
}

#[test]
fn another_password_ends_the_other_sessions_and_is_told_by_mail() {
    for world in worlds() {
        world.add("ada", ADA);
        let other = world.sign_in("ada", ADA, at(0));
        let session = world.sign_in("ada", ADA, at(1));
        let fresh = session.fresh(at(2)).unwrap();
        world.accounts.change_password(fresh, BEN, &home(), at(2)).unwrap();
        let ids: Vec<String> =
            world.accounts.sessions(&session).unwrap().into_iter().map(|row| row.id).collect();
        assert!(ids.contains(&session.id) && !ids.contains(&other.id));
        world.sign_in("ada", BEN, at(3));
        let old = world.accounts.sign_in(("ada@example.org", ADA), &home(), at(3));
        assert!(matches!(old, Err(AccountsError::Wrong)));
        assert!(world.actions().contains(&"password.set".to_owned()));
    }
}
