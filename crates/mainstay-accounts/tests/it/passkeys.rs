//! Passkeys of people who have a password too: to add one, to sign in, to prove again, to remove.

use mainstay_accounts::{
    AccountsError, Notice, PasskeyName, PasskeyRequest, Session, SignIn, Standing,
};
use mainstay_webauthn::authenticator::{Counts, Misbehaviour, SoftAuthenticator};
use mainstay_webauthn::{Algorithm, Backup, Refused};

use crate::world::{ADA, BEN, PAGE, World, at, from, home, operator, worlds};

pub(crate) fn authenticator() -> SoftAuthenticator {
    SoftAuthenticator::new(Algorithm::Es256)
}

pub(crate) fn named(name: &str) -> PasskeyName {
    name.parse().unwrap()
}

/// What the browser says to a request for a new passkey.
pub(crate) fn made(key: &mut SoftAuthenticator, request: &PasskeyRequest) -> String {
    key.create(&request.options, PAGE).unwrap().to_string()
}

/// What the browser says to a request for a passkey.
pub(crate) fn shown(key: &mut SoftAuthenticator, request: &PasskeyRequest) -> String {
    key.get(&request.options, PAGE).unwrap().to_string()
}

/// Adds a passkey; gives the recovery codes.
pub(crate) fn add(
    world: &World,
    (session, now): (&Session, i64),
    key: &mut SoftAuthenticator,
    name: &str,
) -> Result<Vec<String>, AccountsError> {
    let fresh = session.fresh(at(now)).unwrap();
    let request = world.accounts.begin_passkey(fresh, &home(), at(now))?;
    let answer = made(key, &request);
    let about = (request.secret.reveal(), answer.as_str(), &named(name));
    world.accounts.add_passkey(fresh, about, &home(), at(now))
}

/// Signs in with a passkey.
pub(crate) fn sign_in(
    world: &World,
    key: &mut SoftAuthenticator,
    now: i64,
) -> Result<Session, AccountsError> {
    let request = world.accounts.begin_passkey_sign_in(&home(), at(now))?;
    let answer = shown(key, &request);
    let about = (request.secret.reveal(), answer.as_str());
    let secret = world.accounts.sign_in_by_passkey(about, &home(), at(now))?;
    Ok(world.session(&secret, at(now)))
}

/// Ada with a password and a passkey.
pub(crate) fn ada(world: &World) -> (Session, SoftAuthenticator, Vec<String>) {
    world.add("ada", ADA);
    let session = world.sign_in("ada", ADA, at(0));
    let mut key = authenticator();
    let codes = add(world, (&session, 0), &mut key, "phone").unwrap();
    (session, key, codes)
}

#[test]
fn a_passkey_signs_in_without_a_name_and_without_a_password() {
    for algorithm in [Algorithm::Es256, Algorithm::EdDsa, Algorithm::Rs256] {
        for world in worlds() {
            world.add("ada", ADA);
            let session = world.sign_in("ada", ADA, at(0));
            let mut key = SoftAuthenticator::new(algorithm).with_backup(Backup::Done);
            add(&world, (&session, 1), &mut key, "phone").unwrap();
            let by_passkey = sign_in(&world, &mut key, 2).unwrap();
            assert_eq!(by_passkey.account.id, session.account.id);
            assert!(by_passkey.fresh(at(3)).is_ok());
            let row = world.accounts.passkeys(&session).unwrap().remove(0);
            assert_eq!((row.name.as_str(), row.backup), ("phone", Backup::Done));
            assert_eq!((row.made_at, row.seen_at), (at(1), Some(at(2))));
        }
    }
}

#[test]
fn who_has_a_passkey_is_not_signed_in_by_the_password_alone() {
    for world in worlds() {
        let (_, _, codes) = ada(&world);
        assert_eq!(codes.len(), 10);
        let step = match world.accounts.sign_in(("ada@example.org", ADA), &home(), at(5)).unwrap() {
            SignIn::Second(step) => step,
            SignIn::Done(_) => panic!("the password alone was enough"),
        };
        let code = codes.first().unwrap();
        world.accounts.second_step((step.reveal(), code), &home(), at(6)).unwrap();
    }
}

#[test]
fn an_answer_counts_once_and_for_five_minutes() {
    for world in worlds() {
        let (_, mut key, _) = ada(&world);
        let request = world.accounts.begin_passkey_sign_in(&home(), at(10)).unwrap();
        let answer = shown(&mut key, &request);
        let about = (request.secret.reveal(), answer.as_str());
        world.accounts.sign_in_by_passkey(about, &home(), at(11)).unwrap();
        let again = world.accounts.sign_in_by_passkey(about, &home(), at(12));
        assert!(matches!(again, Err(AccountsError::NoTicket)), "{again:?}");
        let late = world.accounts.begin_passkey_sign_in(&home(), at(10)).unwrap();
        let answer = shown(&mut key, &late);
        let about = (late.secret.reveal(), answer.as_str());
        let outcome = world.accounts.sign_in_by_passkey(about, &home(), at(310));
        assert!(matches!(outcome, Err(AccountsError::NoTicket)), "{outcome:?}");
    }
}

#[test]
fn a_challenge_is_used_up_by_a_wrong_answer_too() {
    for world in worlds() {
        let (_, mut key, _) = ada(&world);
        let request = world.accounts.begin_passkey_sign_in(&home(), at(10)).unwrap();
        let about = (request.secret.reveal(), "{}");
        let wrong = world.accounts.sign_in_by_passkey(about, &home(), at(11));
        assert!(matches!(wrong, Err(AccountsError::Passkey(Refused::Answer(_)))), "{wrong:?}");
        let answer = shown(&mut key, &request);
        let about = (request.secret.reveal(), answer.as_str());
        let right = world.accounts.sign_in_by_passkey(about, &home(), at(12));
        assert!(matches!(right, Err(AccountsError::NoTicket)), "{right:?}");
    }
}

#[test]
fn an_answer_belongs_to_the_browser_that_asked() {
    for world in worlds() {
        let (_, mut key, _) = ada(&world);
        let one = world.accounts.begin_passkey_sign_in(&home(), at(10)).unwrap();
        let other = world.accounts.begin_passkey_sign_in(&home(), at(10)).unwrap();
        let answer = shown(&mut key, &one);
        let about = (other.secret.reveal(), answer.as_str());
        let outcome = world.accounts.sign_in_by_passkey(about, &home(), at(11));
        assert!(matches!(outcome, Err(AccountsError::Passkey(Refused::Challenge))), "{outcome:?}");
    }
}

#[test]
fn an_answer_for_one_purpose_or_session_is_none_for_another() {
    for world in worlds() {
        let (session, mut key, _) = ada(&world);
        let other = sign_in(&world, &mut key, 5).unwrap();
        let request = world.accounts.begin_passkey_proof(&session, &home(), at(10)).unwrap();
        let answer = shown(&mut key, &request);
        let about = (request.secret.reveal(), answer.as_str());
        let signed_in = world.accounts.sign_in_by_passkey(about, &home(), at(11));
        assert!(matches!(signed_in, Err(AccountsError::NoTicket)), "{signed_in:?}");
        let elsewhere = world.accounts.prove_by_passkey(&other, about, &home(), at(12));
        assert!(matches!(elsewhere, Err(AccountsError::NoTicket)), "{elsewhere:?}");
        world.accounts.prove_by_passkey(&session, about, &home(), at(13)).unwrap();
    }
}

#[test]
fn a_passkey_proves_again_who_one_is_and_only_its_owner() {
    for world in worlds() {
        let (session, mut key, _) = ada(&world);
        world.add("ben", BEN);
        let ben = world.sign_in("ben", BEN, at(0));
        let none = world.accounts.begin_passkey_proof(&ben, &home(), at(1));
        assert!(matches!(none, Err(AccountsError::NotAllowed(_))), "{none:?}");
        let mut other = authenticator();
        add(&world, (&ben, 2), &mut other, "laptop").unwrap();
        assert!(session.fresh(at(1_000)).is_err());
        let request = world.accounts.begin_passkey_proof(&session, &home(), at(1_000)).unwrap();
        // A browser would not offer ben's: this one is told to.
        let mut options = request.options.clone();
        options["allowCredentials"] = serde_json::json!([]);
        let forged = other.get(&options, PAGE).unwrap().to_string();
        let about = (request.secret.reveal(), forged.as_str());
        let outcome = world.accounts.prove_by_passkey(&session, about, &home(), at(1_001));
        assert!(matches!(outcome, Err(AccountsError::UnknownPasskey)), "{outcome:?}");
        let request = world.accounts.begin_passkey_proof(&session, &home(), at(1_002)).unwrap();
        let answer = shown(&mut key, &request);
        let about = (request.secret.reveal(), answer.as_str());
        world.accounts.prove_by_passkey(&session, about, &home(), at(1_003)).unwrap();
    }
}

#[test]
fn answers_that_a_browser_or_authenticator_gets_wrong_do_not_sign_in() {
    for world in worlds() {
        let (_, mut key, _) = ada(&world);
        for fault in [
            Misbehaviour::Origin("https://mainstay.example.net".to_owned()),
            Misbehaviour::NoUserVerification,
            Misbehaviour::Signature,
            Misbehaviour::NoUserHandle,
            Misbehaviour::CrossOrigin,
        ] {
            key.misbehave(fault.clone());
            let outcome = sign_in(&world, &mut key, 10).map(|_| ());
            assert!(matches!(outcome, Err(AccountsError::Passkey(_))), "{fault:?}: {outcome:?}");
        }
        sign_in(&world, &mut key, 11).unwrap();
    }
}

#[test]
fn a_copy_of_a_passkey_is_refused_and_told() {
    for world in worlds() {
        let (_, mut key, _) = ada(&world);
        let mut copy = key.clone();
        sign_in(&world, &mut key, 10).unwrap();
        world.letters();
        let outcome = sign_in(&world, &mut copy, 11);
        assert!(matches!(outcome, Err(AccountsError::CopiedPasskey)), "{outcome:?}");
        let told = Notice::PasskeyMayBeCopied { name: "phone".to_owned() };
        assert!(world.letters().iter().any(|letter| letter.about == told));
        assert!(world.actions().contains(&"passkey.refuse-copy".to_owned()));
        sign_in(&world, &mut key, 12).unwrap();
    }
}

#[test]
fn a_passkey_that_does_not_count_signs_in_again_and_again() {
    for world in worlds() {
        world.add("ada", ADA);
        let session = world.sign_in("ada", ADA, at(0));
        let mut key = authenticator().with_counts(Counts::Nothing).with_backup(Backup::Done);
        add(&world, (&session, 1), &mut key, "phone").unwrap();
        for now in 2..5 {
            sign_in(&world, &mut key, now).unwrap();
        }
    }
}

#[test]
fn a_passkey_that_was_removed_is_not_known_any_more() {
    for world in worlds() {
        let (session, mut key, _) = ada(&world);
        let id = world.accounts.passkeys(&session).unwrap().remove(0).id;
        let fresh = session.fresh(at(5)).unwrap();
        world.accounts.remove_passkey(fresh, &id, &home(), at(5)).unwrap();
        let outcome = sign_in(&world, &mut key, 6);
        assert!(matches!(outcome, Err(AccountsError::UnknownPasskey)), "{outcome:?}");
        let again = world.accounts.remove_passkey(fresh, &id, &home(), at(7));
        assert!(matches!(again, Err(AccountsError::Absent(_))), "{again:?}");
        // With the last factor the recovery codes went, and the password is enough again.
        assert_eq!(world.accounts.ways_in(&session).unwrap().recovery_codes, 0);
        world.sign_in("ada", ADA, at(8));
    }
}

#[test]
fn one_authenticator_makes_one_passkey_for_an_account() {
    for world in worlds() {
        let (session, mut key, _) = ada(&world);
        let fresh = session.fresh(at(1)).unwrap();
        let request = world.accounts.begin_passkey(fresh, &home(), at(1)).unwrap();
        assert!(key.create(&request.options, PAGE).is_err());
        let mut second = authenticator();
        let codes = add(&world, (&session, 2), &mut second, "laptop").unwrap();
        assert_eq!(codes, Vec::<String>::new(), "those of the first passkey still count");
    }
}

#[test]
fn a_passkey_of_one_account_is_not_taken_for_another() {
    for world in worlds() {
        let (session, mut key, _) = ada(&world);
        world.add("ben", BEN);
        let ben = world.sign_in("ben", BEN, at(0));
        let fresh = ben.fresh(at(1)).unwrap();
        let request = world.accounts.begin_passkey(fresh, &home(), at(1)).unwrap();
        // The same credential, made anew for ben's challenge, as a hostile authenticator would.
        let mine = key.credential_ids().next().unwrap().to_base64url();
        let mut hostile = authenticator();
        let mut answer = hostile.create(&request.options, PAGE).unwrap();
        answer["id"] = mine.clone().into();
        answer["rawId"] = mine.into();
        let answer = answer.to_string();
        let about = (request.secret.reveal(), answer.as_str(), &named("stolen"));
        let outcome = world.accounts.add_passkey(fresh, about, &home(), at(2));
        assert!(outcome.is_err(), "{outcome:?}");
        assert_eq!(sign_in(&world, &mut key, 3).unwrap().account.id, session.account.id);
    }
}

#[test]
fn a_passkey_is_named_by_its_owner_and_by_nobody_else() {
    for world in worlds() {
        let (session, ..) = ada(&world);
        world.add("ben", BEN);
        let ben = world.sign_in("ben", BEN, at(0));
        let id = world.accounts.passkeys(&session).unwrap().remove(0).id;
        let about = (id.as_str(), &named("mine now"));
        let foreign = world.accounts.name_passkey(&ben, about, &home(), at(2));
        assert!(matches!(foreign, Err(AccountsError::Absent(_))), "{foreign:?}");
        let fresh = ben.fresh(at(2)).unwrap();
        let removed = world.accounts.remove_passkey(fresh, &id, &home(), at(2));
        assert!(matches!(removed, Err(AccountsError::Absent(_))), "{removed:?}");
        let about = (id.as_str(), &named("new phone"));
        world.accounts.name_passkey(&session, about, &home(), at(3)).unwrap();
        assert_eq!(world.accounts.passkeys(&session).unwrap().remove(0).name, "new phone");
    }
}

#[test]
fn one_place_does_not_have_the_table_of_challenges_filled() {
    for world in worlds() {
        for _ in 0..500 {
            world.accounts.begin_passkey_sign_in(&home(), at(1)).unwrap();
        }
        let outcome = world.accounts.begin_passkey_sign_in(&home(), at(2));
        let Err(AccountsError::Wait { until, seconds }) = outcome else { panic!("{outcome:?}") };
        assert_eq!((until, seconds), (at(301), 299));
        world.accounts.begin_passkey_sign_in(&from("198.51.100.7"), at(2)).unwrap();
        world.accounts.begin_passkey_sign_in(&home(), until).unwrap();
    }
}

#[test]
fn the_longest_name_of_a_person_can_have_a_passkey() {
    for world in worlds() {
        let name = "\u{1f98a}".repeat(100).parse().unwrap();
        let person = (&name, &"fox@example.org".parse().unwrap(), ADA);
        world.accounts.create(person, Standing::Person, &operator(), at(0)).unwrap();
        let session = world.sign_in("fox", ADA, at(0));
        add(&world, (&session, 1), &mut authenticator(), "phone").unwrap();
    }
}

#[test]
fn who_has_a_passkey_proves_again_by_it_and_not_by_the_password_alone() {
    for world in worlds() {
        let (session, _, codes) = ada(&world);
        let alone = world.accounts.prove_again(&session, (ADA, ""), &home(), at(700));
        assert!(matches!(alone, Err(AccountsError::Wrong)), "{alone:?}");
        let both = (ADA, codes.first().unwrap().as_str());
        world.accounts.prove_again(&session, both, &home(), at(701)).unwrap();
        let used = world.accounts.prove_again(&session, both, &home(), at(702));
        assert!(matches!(used, Err(AccountsError::Wrong)), "{used:?}");
    }
}
