//! Codes by time, and recovery codes.

use mainstay_accounts::{AccountsError, Session, SignIn, TotpSecret};

use crate::world::{ADA, World, at, home, is_wait, worlds};

/// Sets codes by time up for ada; gives the secret and the recovery codes.
fn with_codes(world: &World) -> (TotpSecret, Vec<String>) {
    world.add("ada", ADA);
    let session = world.sign_in("ada", ADA, at(0));
    let fresh = session.fresh(at(1)).unwrap();
    let secret = world.accounts.begin_totp(fresh).unwrap();
    let wrong = world.accounts.confirm_totp(fresh, "000000", &home(), at(1));
    assert!(matches!(wrong, Err(AccountsError::Wrong)));
    let codes = world.accounts.confirm_totp(fresh, &secret.code(at(1)), &home(), at(1)).unwrap();
    (secret, codes)
}

fn step(world: &World, now: i64) -> mainstay_accounts::Secret {
    match world.accounts.sign_in(("ada@example.org", ADA), &home(), at(now)).unwrap() {
        SignIn::Second(step) => step,
        SignIn::Done(_) => panic!("no second factor was asked for"),
    }
}

fn signed_in(world: &World, secret: &TotpSecret, now: i64) -> Session {
    let (step, code) = (step(world, now), secret.code(at(now)));
    let secret = world.accounts.second_step((step.reveal(), &code), &home(), at(now)).unwrap();
    world.session(&secret, at(now))
}

#[test]
fn of_codes_that_never_counted_nobody_is_told_when_they_go() {
    for world in worlds() {
        world.add("ada", ADA);
        let session = world.sign_in("ada", ADA, at(0));
        let fresh = session.fresh(at(1)).unwrap();
        world.accounts.begin_totp(fresh).unwrap();
        world.letters();
        let before = world.actions();
        world.accounts.remove_totp(fresh, &home(), at(2)).unwrap();
        assert_eq!(world.actions(), before);
        assert_eq!(world.letters(), []);
        let gone = world.accounts.waiting_totp(fresh);
        assert!(matches!(gone, Err(AccountsError::Absent(_))), "{gone:?}");
    }
}

#[test]
fn codes_that_count_are_not_replaced_by_beginning_again() {
    for world in worlds() {
        let (secret, _) = with_codes(&world);
        let session = signed_in(&world, &secret, 100);
        let again = world.accounts.begin_totp(session.fresh(at(101)).unwrap());
        assert!(matches!(again, Err(AccountsError::NotAllowed(_))), "{again:?}");
        signed_in(&world, &secret, 200);
    }
}

#[test]
fn signing_in_asks_for_a_code_and_takes_each_once() {
    for world in worlds() {
        let (secret, _) = with_codes(&world);
        let first = step(&world, 100);
        let code = secret.code(at(100));
        let session =
            world.accounts.second_step((first.reveal(), &code), &home(), at(100)).unwrap();
        world.session(&session, at(101));
        let again = step(&world, 102);
        let replayed = world.accounts.second_step((again.reveal(), &code), &home(), at(102));
        assert!(matches!(replayed, Err(AccountsError::Wrong)), "{replayed:?}");
        let used = world.accounts.second_step((first.reveal(), "000000"), &home(), at(103));
        assert!(matches!(used, Err(AccountsError::NoTicket)), "{used:?}");
    }
}

#[test]
fn the_second_step_ends_after_five_minutes() {
    for world in worlds() {
        let (secret, _) = with_codes(&world);
        let step = step(&world, 100);
        let code = secret.code(at(401));
        let late = world.accounts.second_step((step.reveal(), &code), &home(), at(401));
        assert!(matches!(late, Err(AccountsError::NoTicket)), "{late:?}");
    }
}

#[test]
fn wrong_codes_are_counted_as_wrong_passwords_are() {
    for world in worlds() {
        let (secret, _) = with_codes(&world);
        let step = step(&world, 100);
        for _ in 0..5 {
            let wrong = world.accounts.second_step((step.reveal(), "000000"), &home(), at(100));
            assert!(matches!(wrong, Err(AccountsError::Wrong)), "{wrong:?}");
        }
        let code = secret.code(at(101));
        let right = world.accounts.second_step((step.reveal(), &code), &home(), at(101));
        assert!(is_wait(&right), "{right:?}");
    }
}

#[test]
fn a_recovery_code_counts_once_however_it_is_typed() {
    for world in worlds() {
        let (_, codes) = with_codes(&world);
        assert_eq!(codes.len(), 10);
        let typed = codes.first().unwrap().to_lowercase().replace('-', " ");
        let one = step(&world, 100);
        let secret = world.accounts.second_step((one.reveal(), &typed), &home(), at(100)).unwrap();
        let session = world.session(&secret, at(101));
        let ways = world.accounts.ways_in(&session).unwrap();
        assert!(ways.codes_by_time && ways.recovery_codes == 9, "{ways:?}");
        let two = step(&world, 102);
        let again = world.accounts.second_step((two.reveal(), &typed), &home(), at(102));
        assert!(matches!(again, Err(AccountsError::Wrong)), "{again:?}");
        assert!(world.actions().contains(&"factor.use-recovery-code".to_owned()));
    }
}

#[test]
fn a_recovery_code_may_have_letters_for_the_digits_that_look_like_them() {
    for world in worlds() {
        let (_, codes) = with_codes(&world);
        let typed = codes.first().unwrap().replace('0', "o").replace('1', "l");
        let one = step(&world, 100);
        world.accounts.second_step((one.reveal(), &typed), &home(), at(100)).unwrap();
    }
}

#[test]
fn the_right_password_does_not_wash_away_wrong_codes() {
    for world in worlds() {
        let (secret, _) = with_codes(&world);
        for _ in 0..5 {
            let step = step(&world, 100);
            let wrong = world.accounts.second_step((step.reveal(), "000000"), &home(), at(100));
            assert!(matches!(wrong, Err(AccountsError::Wrong)), "{wrong:?}");
        }
        let step = step(&world, 100);
        let code = secret.code(at(101));
        let right = world.accounts.second_step((step.reveal(), &code), &home(), at(101));
        assert!(is_wait(&right), "{right:?}");
    }
}

#[test]
fn recovery_codes_go_with_the_last_factor() {
    for world in worlds() {
        let (secret, _) = with_codes(&world);
        let session = signed_in(&world, &secret, 40);
        let fresh = session.fresh(at(40)).unwrap();
        world.accounts.remove_totp(fresh, &home(), at(41)).unwrap();
        let ways = world.accounts.ways_in(&session).unwrap();
        assert!(!ways.has_second_factor() && ways.recovery_codes == 0, "{ways:?}");
        let again = world.accounts.remove_totp(fresh, &home(), at(42));
        assert!(matches!(again, Err(AccountsError::Absent(_))), "{again:?}");
        world.sign_in("ada", ADA, at(43));
    }
}
