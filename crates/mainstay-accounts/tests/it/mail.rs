//! Whether mail arrives, and what depends on that.

use mainstay_accounts::{AccountsError, NewToken, Notice, Scope, Settings, UnprovedMail};
use mainstay_visibility::Role;

use crate::world::{ADA, BEN, World, at, from, home, is_wait, operator, settings, worlds};

fn recovery_letters(world: &World) -> usize {
    let letters = world.letters();
    letters.iter().filter(|one| matches!(one.about, Notice::Recovery { .. })).count()
}

#[test]
fn an_address_is_proved_by_the_link_that_was_sent_to_it_once() {
    for world in worlds() {
        world.add("ada", ADA);
        let link = world.mail_proof();
        let session = world.sign_in("ada", ADA, at(1));
        assert_eq!(session.account.mail_proved_at, None);
        world.accounts.prove_mail(link.reveal(), &home(), at(2)).unwrap();
        let account = world.accounts.account(session.account.id.as_str()).unwrap();
        assert_eq!(account.mail_proved_at, Some(at(2)));
        let again = world.accounts.prove_mail(link.reveal(), &home(), at(3));
        assert!(matches!(again, Err(AccountsError::NoTicket)), "{again:?}");
        assert!(world.actions().contains(&"mail.prove".to_owned()));
    }
}

#[test]
fn a_link_ends_after_a_day_and_when_a_newer_one_is_sent() {
    for world in worlds() {
        world.add("ada", ADA);
        let old = world.mail_proof();
        let late = world.accounts.prove_mail(old.reveal(), &home(), at(86_400));
        assert!(matches!(late, Err(AccountsError::NoTicket)), "{late:?}");
        let session = world.sign_in("ada", ADA, at(1));
        world.accounts.ask_mail_proof(&session, &home(), at(2)).unwrap();
        let outcome = world.accounts.prove_mail(old.reveal(), &home(), at(3));
        assert!(matches!(outcome, Err(AccountsError::NoTicket)), "{outcome:?}");
        world.accounts.prove_mail(world.mail_proof().reveal(), &home(), at(4)).unwrap();
    }
}

#[test]
fn a_lost_password_is_replaced_only_through_an_address_that_was_proved() {
    for world in worlds() {
        world.add("ada", ADA);
        let link = world.mail_proof();
        world.accounts.ask_recovery("ada@example.org", &home(), at(1)).unwrap();
        world.accounts.ask_recovery("nobody@example.org", &home(), at(1)).unwrap();
        world.accounts.ask_recovery("no address", &home(), at(1)).unwrap();
        assert_eq!(recovery_letters(&world), 0);
        world.accounts.prove_mail(link.reveal(), &home(), at(2)).unwrap();
        world.accounts.ask_recovery("ADA@example.org", &home(), at(3)).unwrap();
        assert_eq!(recovery_letters(&world), 1);
    }
}

#[test]
fn a_recovery_link_counts_once_and_for_half_an_hour_and_ends_every_session() {
    for world in worlds() {
        world.add("ada", ADA);
        world.accounts.prove_mail(world.mail_proof().reveal(), &home(), at(1)).unwrap();
        let session = world.sign_in("ada", ADA, at(2));
        world.accounts.ask_recovery("ada@example.org", &home(), at(3)).unwrap();
        let Some(Notice::Recovery { secret }) = world.letters().pop().map(|one| one.about) else {
            panic!("no letter was sent")
        };
        let recover = |now| world.accounts.recover((secret.reveal(), BEN), &home(), at(now));
        assert!(matches!(recover(3 + 1_800), Err(AccountsError::NoTicket)));
        recover(4).unwrap();
        assert!(matches!(recover(5), Err(AccountsError::NoTicket)));
        assert_eq!(world.accounts.sessions(&session).unwrap(), vec![]);
        world.sign_in("ada", BEN, at(6));
    }
}

#[test]
fn nobodys_mailbox_is_filled() {
    for world in worlds() {
        world.add("ada", ADA);
        world.accounts.prove_mail(world.mail_proof().reveal(), &home(), at(1)).unwrap();
        for number in 0..70 {
            let caller = from(&format!("198.51.100.{number}"));
            let _ = world.accounts.ask_recovery("ada@example.org", &caller, at(2));
        }
        assert_eq!(recovery_letters(&world), 60);
        let outcome = world.accounts.ask_recovery("ada@example.org", &home(), at(3));
        assert!(is_wait(&outcome), "{outcome:?}");
    }
}

#[test]
fn another_address_counts_when_it_is_proved_and_the_old_one_is_told() {
    for world in worlds() {
        let id = world.add("ada", ADA);
        let session = world.sign_in("ada", ADA, at(1));
        world.letters();
        let fresh = session.fresh(at(2)).unwrap();
        let mail = "ada@example.net".parse().unwrap();
        world.accounts.change_mail(fresh, &mail, &home(), at(2)).unwrap();
        assert_eq!(world.accounts.account(&id).unwrap().mail, "ada@example.org");
        let letters = world.letters();
        let to = |address: &str| letters.iter().find(|one| one.to == address).unwrap();
        assert_eq!(to("ada@example.org").about, Notice::MailChangeAsked);
        let Notice::MailProof { secret } = &to("ada@example.net").about else {
            panic!("no link was sent")
        };
        let proved = world.accounts.prove_mail(secret.reveal(), &home(), at(3)).unwrap();
        assert_eq!(proved, mail);
        let account = world.accounts.account(&id).unwrap();
        assert_eq!(
            (account.mail.as_str(), account.mail_proved_at),
            ("ada@example.net", Some(at(3)))
        );
        let told = world.letters();
        assert_eq!(told.first().map(|one| one.to.as_str()), Some("ada@example.org"));
        world.accounts.sign_in(("ada@example.net", ADA), &home(), at(4)).unwrap();
    }
}

#[test]
fn an_address_of_somebody_else_is_not_taken_over_and_nothing_is_said() {
    for world in worlds() {
        world.add("ada", ADA);
        world.add("ben", BEN);
        let session = world.sign_in("ada", ADA, at(1));
        world.letters();
        let fresh = session.fresh(at(2)).unwrap();
        let theirs = "BEN@example.org".parse().unwrap();
        world.accounts.change_mail(fresh, &theirs, &home(), at(2)).unwrap();
        assert!(world.letters().iter().all(|one| one.to == "ada@example.org"));
        // And when somebody takes it between the question and the proof.
        let free = "eva@example.org".parse().unwrap();
        world.accounts.change_mail(fresh, &free, &home(), at(3)).unwrap();
        let link = world.mail_proof();
        world.add("eva", "a lamp under the stairs");
        let outcome = world.accounts.prove_mail(link.reveal(), &home(), at(4));
        assert!(matches!(outcome, Err(AccountsError::Field { .. })), "{outcome:?}");
    }
}

#[test]
fn a_new_password_ends_a_change_of_address_that_waits() {
    for world in worlds() {
        world.add("ada", ADA);
        let session = world.sign_in("ada", ADA, at(1));
        let fresh = session.fresh(at(2)).unwrap();
        let mail = "thief@example.net".parse().unwrap();
        world.accounts.change_mail(fresh, &mail, &home(), at(2)).unwrap();
        let link = world.mail_proof();
        world.accounts.change_password(fresh, BEN, &home(), at(3)).unwrap();
        let outcome = world.accounts.prove_mail(link.reveal(), &home(), at(4));
        assert!(matches!(outcome, Err(AccountsError::NoTicket)), "{outcome:?}");
    }
}

#[test]
fn where_that_is_asked_tokens_are_made_only_by_who_proved_the_address() {
    for world in worlds() {
        world.add("ada", ADA);
        let link = world.mail_proof();
        let settings = Settings { unproved_mail: UnprovedMail::MayMakeNoTokens, ..settings() };
        let accounts = world.with(settings);
        let session = world.sign_in("ada", ADA, at(1));
        let fresh = session.fresh(at(2)).unwrap();
        let (name, scopes) = ("the build".to_owned(), vec![Scope::Read]);
        let new = NewToken { name, organisation: None, scopes, days: 90 };
        let refused = accounts.create_token(fresh, &new, &home(), at(2));
        assert!(matches!(refused, Err(AccountsError::NotAllowed(_))), "{refused:?}");
        accounts.prove_mail(link.reveal(), &home(), at(3)).unwrap();
        accounts.create_token(fresh, &new, &home(), at(4)).unwrap();
        let told = Notice::TokenCreated { name: "the build".to_owned() };
        assert!(world.letters().iter().any(|letter| letter.about == told));
    }
}

#[test]
fn the_log_has_no_address_and_no_secret() {
    for world in worlds() {
        let id = world.add("ada", ADA);
        world.accounts.put_member(&id, ("grid", Role::Owner), &operator(), at(0)).unwrap();
        let proof = world.mail_proof();
        world.accounts.prove_mail(proof.reveal(), &home(), at(1)).unwrap();
        let session = world.sign_in("ada", ADA, at(1));
        let fresh = session.fresh(at(2)).unwrap();
        let mail = "eva@example.org".parse().unwrap();
        let about = ("grid", &mail, Role::Reader);
        let invited = world.accounts.invite(fresh, about, &home(), at(2)).unwrap();
        world.accounts.change_mail(fresh, &mail, &home(), at(3)).unwrap();
        world.accounts.ask_recovery("ada@example.org", &home(), at(4)).unwrap();
        let reset = world.accounts.reset(&"ada@example.org".parse().unwrap(), &operator(), at(5));
        let reset = reset.unwrap();
        let log = world.log();
        assert_eq!(log.len(), 8, "{log:?}");
        for entry in log {
            let text = format!("{entry:?}");
            assert!(!text.contains("example.org"), "{text}");
            for secret in [&proof, &invited, &reset] {
                assert!(!text.contains(secret.reveal()), "{text}");
            }
        }
    }
}
