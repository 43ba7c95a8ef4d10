//! What several people, or several servers, do at the same moment.

use std::sync::Barrier;

use mainstay_accounts::{AccountsError, SignIn};
use mainstay_visibility::Role;

use crate::passkeys::{ada, add, authenticator, shown};
use crate::world::{ADA, BEN, at, from, home, is_wait, operator, worlds};

/// Does something in several threads, all of which begin together.
fn together<T: Send>(count: usize, act: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let start = Barrier::new(count);
    std::thread::scope(|scope| {
        let run = |number| {
            let (start, act) = (&start, &act);
            scope.spawn(move || {
                start.wait();
                act(number)
            })
        };
        let threads: Vec<_> = (0..count).map(run).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

#[test]
fn of_many_guesses_at_once_each_counts() {
    for world in worlds() {
        world.add("ada", ADA);
        let outcomes =
            together(8, |_| world.accounts.sign_in(("ada@example.org", BEN), &home(), at(1)));
        let looked_at =
            outcomes.iter().filter(|one| matches!(one, Err(AccountsError::Wrong))).count();
        assert_eq!(looked_at, 5, "{outcomes:?}");
        assert!(is_wait(&world.accounts.sign_in(("ada@example.org", ADA), &home(), at(2))));
    }
}

#[test]
fn of_two_owners_who_go_at_once_one_stays() {
    for world in worlds() {
        let people = [("ada", ADA), ("ben", BEN)].map(|(name, password)| {
            let id = world.add(name, password);
            world.accounts.put_member(&id, ("grid", Role::Owner), &operator(), at(0)).unwrap();
            world.sign_in(name, password, at(0))
        });
        let outcomes =
            together(2, |number| world.accounts.leave(&people[number], "grid", &home(), at(1)));
        assert_eq!(outcomes.iter().filter(|one| one.is_ok()).count(), 1, "{outcomes:?}");
    }
}

#[test]
fn of_two_passkeys_that_are_removed_at_once_the_last_way_in_stays() {
    for world in worlds() {
        let (session, ..) = ada(&world);
        add(&world, (&session, 1), &mut authenticator(), "laptop").unwrap();
        let fresh = session.fresh(at(2)).unwrap();
        world.accounts.remove_password(fresh, &home(), at(2)).unwrap();
        let rows = world.accounts.passkeys(&session).unwrap();
        let outcomes = together(2, |number| {
            let fresh = session.fresh(at(3)).unwrap();
            world.accounts.remove_passkey(fresh, &rows[number].id, &home(), at(3))
        });
        assert_eq!(outcomes.iter().filter(|one| one.is_ok()).count(), 1, "{outcomes:?}");
        assert_eq!(world.accounts.passkeys(&session).unwrap().len(), 1);
    }
}

#[test]
fn of_two_first_accounts_at_once_one_is_made() {
    for world in worlds() {
        let secret = world.accounts.first_run(at(0)).unwrap().unwrap();
        let outcomes = together(3, |number| {
            let name = format!("person{number}");
            let mail = format!("{name}@example.org").parse().unwrap();
            let person = (&name.parse().unwrap(), &mail, ADA);
            world.accounts.create_first(secret.reveal(), person, &home(), at(1))
        });
        assert_eq!(outcomes.iter().filter(|one| one.is_ok()).count(), 1, "{outcomes:?}");
    }
}

#[test]
fn of_servers_that_begin_at_once_one_link_counts() {
    for world in worlds() {
        let links = together(3, |_| world.accounts.first_run(at(0)).unwrap().unwrap());
        let valid = links
            .iter()
            .filter(|link| world.accounts.check_first_run(link.reveal(), at(1)).is_ok());
        assert_eq!(valid.count(), 1);
    }
}

#[test]
fn an_invitation_that_two_take_at_once_is_taken_once() {
    for world in worlds() {
        let id = world.add("ada", ADA);
        world.accounts.put_member(&id, ("grid", Role::Owner), &operator(), at(0)).unwrap();
        let session = world.sign_in("ada", ADA, at(0));
        let mail = "eva@example.org".parse().unwrap();
        let fresh = session.fresh(at(1)).unwrap();
        let about = ("grid", &mail, Role::Reader);
        let link = world.accounts.invite(fresh, about, &home(), at(1)).unwrap();
        let outcomes = together(3, |_| {
            let person = (&"Eva".parse().unwrap(), BEN);
            world.accounts.join_as_new(link.reveal(), person, &home(), at(2))
        });
        assert_eq!(outcomes.iter().filter(|one| one.is_ok()).count(), 1, "{outcomes:?}");
    }
}

#[test]
fn one_answer_of_a_passkey_that_comes_twice_at_once_signs_in_once() {
    for world in worlds() {
        let (_, mut key, _) = ada(&world);
        let request = world.accounts.begin_passkey_sign_in(&home(), at(1)).unwrap();
        let answer = shown(&mut key, &request);
        let outcomes = together(3, |_| {
            let about = (request.secret.reveal(), answer.as_str());
            world.accounts.sign_in_by_passkey(about, &home(), at(2))
        });
        assert_eq!(outcomes.iter().filter(|one| one.is_ok()).count(), 1, "{outcomes:?}");
    }
}

#[test]
fn a_code_that_is_given_twice_at_once_counts_once() {
    for world in worlds() {
        world.add("ada", ADA);
        let session = world.sign_in("ada", ADA, at(0));
        let fresh = session.fresh(at(0)).unwrap();
        let secret = world.accounts.begin_totp(fresh).unwrap();
        let code = secret.code(at(0));
        world.accounts.confirm_totp(fresh, &code, &home(), at(0)).unwrap();
        let steps: Vec<_> = (0..2)
            .map(|_| world.accounts.sign_in(("ada@example.org", ADA), &home(), at(60)).unwrap())
            .map(|outcome| match outcome {
                SignIn::Second(step) => step,
                SignIn::Done(_) => panic!("no second factor was asked for"),
            })
            .collect();
        let code = secret.code(at(60));
        let outcomes = together(2, |number| {
            let caller = from(&format!("192.0.2.{number}"));
            world.accounts.second_step((steps[number].reveal(), &code), &caller, at(60))
        });
        assert_eq!(outcomes.iter().filter(|one| one.is_ok()).count(), 1, "{outcomes:?}");
    }
}
