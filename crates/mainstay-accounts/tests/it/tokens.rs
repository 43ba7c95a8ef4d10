//! API tokens.

use mainstay_accounts::{AccountsError, NewToken, Right, Scope};
use mainstay_visibility::Role;

use crate::world::{ADA, World, at, home, operator, worlds};

fn token(world: &World, scopes: &[Scope], organisation: Option<&str>) -> String {
    let id = world.add("ada", ADA);
    world.accounts.put_member(&id, ("grid", Role::Owner), &operator(), at(0)).unwrap();
    world.accounts.put_member(&id, ("water", Role::Reader), &operator(), at(0)).unwrap();
    let session = world.sign_in("ada", ADA, at(0));
    let new = NewToken {
        name: "the build".to_owned(),
        organisation: organisation.map(|id| id.parse().unwrap()),
        scopes: scopes.to_vec(),
        days: 90,
    };
    let fresh = session.fresh(at(1)).unwrap();
    world.accounts.create_token(fresh, &new, &home(), at(1)).unwrap().reveal().to_owned()
}

#[test]
fn a_token_may_what_its_scope_and_its_owner_may_and_only_there() {
    for world in worlds() {
        let secret = token(&world, &[Scope::Submit], Some("grid"));
        let holder = world.accounts.token(&secret, at(2)).unwrap();
        assert!(holder.may(Right::Submit, "grid"));
        assert!(!holder.may(Right::SeeInventory, "grid"), "not in its scope");
        assert!(!holder.may(Right::Submit, "water"), "not there");
        assert!(!holder.may(Right::ManageMembers, "grid"), "people do that");
    }
}

#[test]
fn a_token_without_a_place_may_no_more_than_its_owner() {
    for world in worlds() {
        let secret = token(&world, &[Scope::Submit, Scope::Read], None);
        let holder = world.accounts.token(&secret, at(2)).unwrap();
        assert!(holder.may(Right::Submit, "grid") && holder.may(Right::SeeInventory, "water"));
        assert!(!holder.may(Right::Submit, "water"), "a reader there");
        assert!(!holder.may(Right::SeeInventory, "bank"), "no role there");
    }
}

#[test]
fn a_token_ends_by_time_and_by_hand() {
    for world in worlds() {
        let secret = token(&world, &[Scope::Read], None);
        let late = world.accounts.token(&secret, at(90 * 86_400 + 2));
        assert!(matches!(late, Err(AccountsError::Wrong)));
        let session = world.sign_in("ada", ADA, at(3));
        let rows = world.accounts.tokens(&session).unwrap();
        let row = rows.first().unwrap();
        assert_eq!((row.name.as_str(), row.scopes.as_slice()), ("the build", &[Scope::Read][..]));
        world.accounts.revoke_token(&session, &row.id, &home(), at(4)).unwrap();
        assert!(matches!(world.accounts.token(&secret, at(5)), Err(AccountsError::Wrong)));
        let again = world.accounts.revoke_token(&session, &row.id, &home(), at(6));
        assert!(matches!(again, Err(AccountsError::Absent(_))));
    }
}

#[test]
fn forged_tokens_are_refused_however_many_come_and_nobody_waits_for_them() {
    for world in worlds() {
        let secret = token(&world, &[Scope::Read], None);
        // The second has a right checksum, and is none of ours.
        let other = format!("mst_{}{}", "A".repeat(43), "0DofJ8");
        for forged in ["mst_forged", other.as_str()].repeat(40) {
            let refused = world.accounts.token(forged, at(2));
            assert!(matches!(refused, Err(AccountsError::Wrong)), "{refused:?}");
        }
        world.accounts.token(&secret, at(3)).unwrap();
    }
}

#[test]
fn a_hundred_tokens_are_valid_at_a_time_and_one_that_ended_makes_room() {
    for world in worlds() {
        world.add("ada", ADA);
        let session = world.sign_in("ada", ADA, at(0));
        let make = |days, now| {
            let new = NewToken {
                name: "x".to_owned(),
                organisation: None,
                scopes: vec![Scope::Read],
                days,
            };
            let fresh = session.fresh(at(1)).unwrap();
            world.accounts.create_token(fresh, &new, &home(), now)
        };
        make(1, at(1)).unwrap();
        for _ in 1..100 {
            make(2, at(1)).unwrap();
        }
        let full = make(2, at(2));
        assert!(matches!(full, Err(AccountsError::NotAllowed(_))), "{full:?}");
        make(2, at(24 * 3_600 + 2)).unwrap();
    }
}

#[test]
fn a_token_for_a_place_where_one_has_no_role_is_not_made() {
    for world in worlds() {
        world.add("ada", ADA);
        let session = world.sign_in("ada", ADA, at(0));
        let new = NewToken {
            name: "x".to_owned(),
            organisation: Some("bank".parse().unwrap()),
            scopes: vec![Scope::Read],
            days: 1,
        };
        let fresh = session.fresh(at(1)).unwrap();
        let outcome = world.accounts.create_token(fresh, &new, &home(), at(1));
        assert!(matches!(outcome, Err(AccountsError::Field { .. })), "{outcome:?}");
    }
}

#[test]
fn the_last_use_of_a_token_is_kept_to_the_minute() {
    for world in worlds() {
        let secret = token(&world, &[Scope::Read, Scope::Read], None);
        let seen = |now| {
            world.accounts.token(&secret, at(now)).unwrap();
            let session = world.sign_in("ada", ADA, at(now));
            world.accounts.tokens(&session).unwrap().remove(0).seen_at
        };
        assert_eq!(seen(100), Some(at(100)));
        assert_eq!(seen(160), Some(at(100)));
        assert_eq!(seen(161), Some(at(161)));
    }
}
