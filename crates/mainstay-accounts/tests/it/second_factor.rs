//! Codes by time, and recovery codes.

use mainstay_accounts::{AccountsError, SecondFactor, SignIn};

use crate::world::{ADA, World, at, home, is_wait, worlds};

/// Sets codes by time up for ada; gives the secret and the recovery codes.
fn with_codes(world: &World) -> (mainstay_accounts::TotpSecret, Vec<String>) {
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
        assert_eq!(
            world.accounts.second_factor(&session).unwrap(),
            SecondFactor::Codes { recovery_left: 9 }
        );
        let two = step(&world, 102);
        let again = world.accounts.second_step((two.reveal(), &typed), &home(), at(102));
        assert!(matches!(again, Err(AccountsError::Wrong)), "{again:?}");
        assert!(world.actions().contains(&"factor.use-recovery-code".to_owned()));
    }
}

#[test]
fn a_lost_password_does_not_take_the_second_factor_away() {
    for world in worlds() {
        with_codes(&world);
        world.accounts.ask_recovery("ada@example.org", &home(), at(50)).unwrap();
        world.accounts.ask_recovery("nobody@example.org", &home(), at(50)).unwrap();
        let forged = world.accounts.recover(("made up", ADA), &home(), at(51));
        assert!(matches!(forged, Err(AccountsError::NoTicket)));
        step(&world, 100);
    }
}
