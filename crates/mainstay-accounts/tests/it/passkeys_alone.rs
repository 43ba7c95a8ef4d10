//! Accounts that have no password: from the first run, from an invitation, to the lost device.

use mainstay_accounts::{AccountsError, Entered, Notice, SignIn};
use mainstay_visibility::Role;
use mainstay_webauthn::authenticator::SoftAuthenticator;

use crate::passkeys::{ada, add, authenticator, made, named, shown, sign_in};
use crate::world::{ADA, BEN, World, at, home, operator, settings, worlds};

/// The first account, by a passkey.
fn first(world: &World, key: &mut SoftAuthenticator) -> Result<Entered, AccountsError> {
    let secret = world.accounts.first_run(at(0)).unwrap().unwrap();
    let person = (&"Ada".parse().unwrap(), &"ada@example.org".parse().unwrap());
    let link = secret.reveal();
    let request = world.accounts.begin_first_by_passkey(link, person, &home(), at(1))?;
    let answer = made(key, &request);
    let about = (request.secret.reveal(), answer.as_str(), &named("phone"));
    world.accounts.create_first_by_passkey(link, about, &home(), at(2))
}

#[test]
fn the_first_account_can_begin_with_a_passkey_and_no_password() {
    for world in worlds() {
        let mut key = authenticator();
        let entered = first(&world, &mut key).unwrap();
        assert_eq!(entered.recovery_codes.len(), 10);
        let session = world.session(&entered.session, at(3));
        assert!(session.account.is_administrator);
        let ways = world.accounts.ways_in(&session).unwrap();
        assert!(!ways.password && ways.passkeys == 1, "{ways:?}");
        let again = sign_in(&world, &mut key, 4).unwrap();
        assert_eq!(again.account.id, session.account.id);
        assert_eq!(world.accounts.first_run(at(5)).unwrap(), None);
    }
}

#[test]
fn a_passkey_makes_no_first_account_without_the_link_of_the_first_run() {
    for world in worlds() {
        let person = (&"Eve".parse().unwrap(), &"eve@example.org".parse().unwrap());
        let forged = world.accounts.begin_first_by_passkey("made up", person, &home(), at(1));
        assert!(matches!(forged, Err(AccountsError::NoTicket)), "{forged:?}");
        let mut key = authenticator();
        first(&world, &mut key).unwrap();
        let late = world.accounts.begin_first_by_passkey("made up", person, &home(), at(3));
        assert!(matches!(late, Err(AccountsError::NoTicket)), "{late:?}");
    }
}

#[test]
fn an_invitation_is_taken_once_with_a_passkey() {
    for world in worlds() {
        let owner = world.add("ada", ADA);
        world.accounts.put_member(&owner, ("grid", Role::Owner), &operator(), at(0)).unwrap();
        let session = world.sign_in("ada", ADA, at(0));
        let mail = "eva@example.org".parse().unwrap();
        let about = ("grid", &mail, Role::Analyst);
        let fresh = session.fresh(at(1)).unwrap();
        let link = world.accounts.invite(fresh, about, &home(), at(1)).unwrap();
        let link = link.reveal();
        let name = "Eva".parse().unwrap();
        let request = world.accounts.begin_join_by_passkey(link, &name, &home(), at(2)).unwrap();
        let other = world.accounts.begin_join_by_passkey(link, &name, &home(), at(2)).unwrap();
        let mut key = authenticator();
        let answer = made(&mut key, &request);
        let about = (request.secret.reveal(), answer.as_str(), &named("phone"));
        let (entered, invitation) =
            world.accounts.join_by_passkey(link, about, &home(), at(3)).unwrap();
        assert_eq!((invitation.organisation.as_str(), invitation.role), ("grid", Role::Analyst));
        let eva = world.session(&entered.session, at(4)).account;
        assert_eq!((eva.name.as_str(), eva.mail.as_str()), ("Eva", "eva@example.org"));
        assert_eq!(eva.memberships.first().unwrap().role, Role::Analyst);
        let answer = made(&mut authenticator(), &other);
        let about = (other.secret.reveal(), answer.as_str(), &named("laptop"));
        let again = world.accounts.join_by_passkey(link, about, &home(), at(5));
        assert!(matches!(again, Err(AccountsError::NoTicket)), "{again:?}");
    }
}

#[test]
fn the_last_way_in_cannot_be_removed() {
    for world in worlds() {
        let mut key = authenticator();
        let entered = first(&world, &mut key).unwrap();
        let session = world.session(&entered.session, at(3));
        let fresh = session.fresh(at(3)).unwrap();
        let id = world.accounts.passkeys(&session).unwrap().remove(0).id;
        let last = world.accounts.remove_passkey(fresh, &id, &home(), at(3));
        assert!(matches!(last, Err(AccountsError::NotAllowed(_))), "{last:?}");
        add(&world, (&session, 4), &mut authenticator(), "laptop").unwrap();
        world.accounts.remove_passkey(fresh, &id, &home(), at(5)).unwrap();
        world.accounts.change_password(fresh, BEN, &home(), at(6)).unwrap();
        let id = world.accounts.passkeys(&session).unwrap().remove(0).id;
        world.accounts.remove_passkey(fresh, &id, &home(), at(7)).unwrap();
        let last = world.accounts.remove_password(fresh, &home(), at(8));
        assert!(matches!(last, Err(AccountsError::NotAllowed(_))), "{last:?}");
        world.sign_in("ada", BEN, at(9));
    }
}

#[test]
fn who_has_a_passkey_can_give_up_the_password() {
    for world in worlds() {
        let (session, mut key, _) = ada(&world);
        let fresh = session.fresh(at(1)).unwrap();
        world.letters();
        world.accounts.remove_password(fresh, &home(), at(1)).unwrap();
        assert!(world.letters().iter().any(|one| one.about == Notice::PasswordRemoved));
        let old = world.accounts.sign_in(("ada@example.org", ADA), &home(), at(2));
        assert!(matches!(old, Err(AccountsError::Wrong)), "{old:?}");
        sign_in(&world, &mut key, 3).unwrap();
        let again = world.accounts.remove_password(fresh, &home(), at(4));
        assert!(matches!(again, Err(AccountsError::Absent(_))), "{again:?}");
    }
}

#[test]
fn a_lost_device_is_answered_with_mail_and_a_recovery_code_and_not_with_mail_alone() {
    for world in worlds() {
        let mut key = authenticator();
        let entered = first(&world, &mut key).unwrap();
        world.accounts.prove_mail(world.mail_proof().reveal(), &home(), at(3)).unwrap();
        world.accounts.ask_recovery("ada@example.org", &home(), at(4)).unwrap();
        let Some(Notice::Recovery { secret }) = world.letters().pop().map(|one| one.about) else {
            panic!("no letter was sent")
        };
        world.accounts.recover((secret.reveal(), BEN), &home(), at(5)).unwrap();
        assert!(world.accounts.session(entered.session.reveal(), at(6)).unwrap().is_none());
        let outcome = world.accounts.sign_in(("ada@example.org", BEN), &home(), at(6)).unwrap();
        let SignIn::Second(step) = outcome else { panic!("mail alone was enough") };
        let code = entered.recovery_codes.first().unwrap();
        world.accounts.second_step((step.reveal(), code), &home(), at(7)).unwrap();
    }
}

#[test]
fn when_everything_is_lost_the_operator_hands_out_a_link() {
    for world in worlds() {
        let (session, mut key, codes) = ada(&world);
        let mail = "ada@example.org".parse().unwrap();
        let link = world.accounts.reset(&mail, &operator(), at(5)).unwrap();
        assert_eq!(world.accounts.sessions(&session).unwrap(), vec![]);
        let outcome = sign_in(&world, &mut key, 6);
        assert!(matches!(outcome, Err(AccountsError::UnknownPasskey)), "{outcome:?}");
        world.accounts.recover((link.reveal(), BEN), &home(), at(7)).unwrap();
        let session = world.sign_in("ada", BEN, at(8));
        assert_eq!(world.accounts.ways_in(&session).unwrap().recovery_codes, 0, "{codes:?}");
        let nobody = "nobody@example.org".parse().unwrap();
        let absent = world.accounts.reset(&nobody, &operator(), at(9));
        assert!(matches!(absent, Err(AccountsError::Absent(_))), "{absent:?}");
    }
}

#[test]
fn a_server_without_a_domain_says_that_it_has_no_passkeys() {
    for world in worlds() {
        let accounts = world.with(mainstay_accounts::Settings { passkeys: None, ..settings() });
        assert!(world.accounts.offers_passkeys() && !accounts.offers_passkeys());
        let outcome = accounts.begin_passkey_sign_in(&home(), at(1));
        assert!(matches!(outcome, Err(AccountsError::NotAllowed(_))), "{outcome:?}");
    }
}

#[test]
fn a_passkey_lets_in_while_strangers_guess_at_the_password() {
    for world in worlds() {
        let (_, mut key, _) = ada(&world);
        for _ in 0..6 {
            let _ = world.accounts.sign_in(("ada@example.org", BEN), &home(), at(5));
        }
        let request = world.accounts.begin_passkey_sign_in(&home(), at(6)).unwrap();
        let answer = shown(&mut key, &request);
        let about = (request.secret.reveal(), answer.as_str());
        world.accounts.sign_in_by_passkey(about, &home(), at(6)).unwrap();
    }
}
