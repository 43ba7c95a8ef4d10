//! Roles in organisations, and invitations.

use mainstay_accounts::AccountsError;
use mainstay_visibility::Role;

use crate::world::{ADA, BEN, World, at, home, operator, worlds};

/// Ada owns `grid`, ben maintains it.
fn founded(world: &World) -> (String, String) {
    let (ada, ben) = (world.add("ada", ADA), world.add("ben", BEN));
    world.accounts.put_member(&ada, ("grid", Role::Owner), &operator(), at(0)).unwrap();
    world.accounts.put_member(&ben, ("grid", Role::Maintainer), &operator(), at(0)).unwrap();
    (ada, ben)
}

#[test]
fn an_invitation_is_taken_once_by_a_new_account() {
    for world in worlds() {
        founded(&world);
        let ben = world.sign_in("ben", BEN, at(0));
        let fresh = ben.fresh(at(1)).unwrap();
        let mail = "eva@example.org".parse().unwrap();
        let about = ("grid", &mail, Role::Analyst);
        let secret = world.accounts.invite(fresh, about, &home(), at(1)).unwrap();
        let person = (&"Eva".parse().unwrap(), "a lamp under the stairs");
        let join = || world.accounts.join_as_new(secret.reveal(), person, &home(), at(2));
        let (session, invitation) = join().unwrap();
        assert_eq!((invitation.organisation.as_str(), invitation.role), ("grid", Role::Analyst));
        let eva = world.session(&session, at(3));
        assert_eq!(eva.account.mail, "eva@example.org");
        assert_eq!(eva.account.memberships.first().unwrap().role, Role::Analyst);
        assert!(matches!(join(), Err(AccountsError::NoTicket)));
        let joined = world.log().into_iter().find(|entry| entry.action == "member.join").unwrap();
        assert!(joined.detail.contains(&invitation.id), "{}", joined.detail);
    }
}

#[test]
fn an_invitation_ends_after_a_week_and_can_be_withdrawn() {
    for world in worlds() {
        founded(&world);
        let ada = world.sign_in("ada", ADA, at(0));
        let mail = "eva@example.org".parse().unwrap();
        let fresh = ada.fresh(at(1)).unwrap();
        let about = ("grid", &mail, Role::Reader);
        let old = world.accounts.invite(fresh, about, &home(), at(1)).unwrap();
        let late = world.accounts.invitation(old.reveal(), at(7 * 86_400 + 1));
        assert!(matches!(late, Err(AccountsError::NoTicket)));
        let waiting = world.accounts.invitations(&ada, "grid", at(2)).unwrap();
        let id = &waiting.first().unwrap().id;
        world.accounts.withdraw_invitation(&ada, ("grid", id), &home(), at(3)).unwrap();
        let gone = world.accounts.invitation(old.reveal(), at(4));
        assert!(matches!(gone, Err(AccountsError::NoTicket)));
    }
}

#[test]
fn only_an_owner_makes_or_unmakes_owners_and_one_always_stays() {
    for world in worlds() {
        let (ada_id, ben_id) = founded(&world);
        let ben = world.sign_in("ben", BEN, at(0));
        let fresh = ben.fresh(at(1)).unwrap();
        let change = |account: &str, role| {
            world.accounts.change_member(fresh, ("grid", account, role), &home(), at(1))
        };
        for (account, role) in [(&ben_id, Some(Role::Owner)), (&ada_id, Some(Role::Reader))] {
            let outcome = change(account, role);
            assert!(matches!(outcome, Err(AccountsError::NotAllowed(_))), "{outcome:?}");
        }
        let ada = world.sign_in("ada", ADA, at(0));
        let fresh = ada.fresh(at(1)).unwrap();
        let last = world.accounts.change_member(fresh, ("grid", &ada_id, None), &home(), at(1));
        assert!(matches!(last, Err(AccountsError::NotAllowed(_))), "{last:?}");
        let about = ("grid", ben_id.as_str(), Some(Role::Owner));
        world.accounts.change_member(fresh, about, &home(), at(1)).unwrap();
        world.accounts.change_member(fresh, ("grid", &ada_id, None), &home(), at(2)).unwrap();
        let members = world.accounts.members(&ben, "grid").unwrap();
        assert_eq!(members.len(), 1);
    }
}

#[test]
fn who_has_no_role_somewhere_learns_nothing_of_its_members() {
    for world in worlds() {
        founded(&world);
        world.add("eva", "a lamp under the stairs");
        let eva = world.sign_in("eva", "a lamp under the stairs", at(0));
        let fresh = eva.fresh(at(1)).unwrap();
        let mail = "x@example.org".parse().unwrap();
        let members = world.accounts.members(&eva, "grid").map(|_| ());
        let about = ("grid", &mail, Role::Reader);
        let invited = world.accounts.invite(fresh, about, &home(), at(1)).map(|_| ());
        for outcome in [members, invited] {
            assert!(matches!(outcome, Err(AccountsError::Absent(_))), "{outcome:?}");
        }
    }
}

#[test]
fn an_invitation_counts_as_long_as_who_made_it_may_give_that_role() {
    for world in worlds() {
        let (_, ben_id) = founded(&world);
        let ben = world.sign_in("ben", BEN, at(0));
        let mail = "eva@example.org".parse().unwrap();
        let about = ("grid", &mail, Role::Maintainer);
        let link = world.accounts.invite(ben.fresh(at(1)).unwrap(), about, &home(), at(1)).unwrap();
        world.accounts.invitation(link.reveal(), at(2)).unwrap();
        let ada = world.sign_in("ada", ADA, at(2));
        let about = ("grid", ben_id.as_str(), None);
        world.accounts.change_member(ada.fresh(at(3)).unwrap(), about, &home(), at(3)).unwrap();
        let shown = world.accounts.invitation(link.reveal(), at(4));
        assert!(matches!(shown, Err(AccountsError::NoTicket)), "{shown:?}");
        let person = (&"Eva".parse().unwrap(), "a lamp under the stairs");
        let outcome = world.accounts.join_as_new(link.reveal(), person, &home(), at(5));
        assert!(matches!(outcome, Err(AccountsError::NoTicket)), "{outcome:?}");
    }
}

#[test]
fn rights_count_as_they_are_and_not_as_they_were_when_the_page_was_shown() {
    for world in worlds() {
        let (_, ben_id) = founded(&world);
        let ben = world.sign_in("ben", BEN, at(0));
        let ada = world.sign_in("ada", ADA, at(0));
        let about = ("grid", ben_id.as_str(), Some(Role::Reader));
        world.accounts.change_member(ada.fresh(at(1)).unwrap(), about, &home(), at(1)).unwrap();
        let mail = "eva@example.org".parse().unwrap();
        let about = ("grid", &mail, Role::Reader);
        let outcome = world.accounts.invite(ben.fresh(at(2)).unwrap(), about, &home(), at(2));
        assert!(matches!(outcome, Err(AccountsError::NotAllowed(_))), "{outcome:?}");
    }
}

#[test]
fn an_invitation_does_not_change_a_role_that_one_has() {
    for world in worlds() {
        founded(&world);
        let ada = world.sign_in("ada", ADA, at(0));
        let ben = world.sign_in("ben", BEN, at(0));
        let mail = "anybody@example.org".parse().unwrap();
        let about = ("grid", &mail, Role::Reader);
        let link = world.accounts.invite(ben.fresh(at(1)).unwrap(), about, &home(), at(1)).unwrap();
        let outcome = world.accounts.join(&ada, link.reveal(), &home(), at(2));
        assert!(matches!(outcome, Err(AccountsError::NotAllowed(_))), "{outcome:?}");
        world.add("eva", "a lamp under the stairs");
        let eva = world.sign_in("eva", "a lamp under the stairs", at(3));
        world.accounts.join(&eva, link.reveal(), &home(), at(4)).unwrap();
        let roles: Vec<Role> =
            world.accounts.members(&ada, "grid").unwrap().iter().map(|one| one.role).collect();
        assert_eq!(roles, [Role::Owner, Role::Maintainer, Role::Reader]);
    }
}

#[test]
fn everybody_can_leave_but_the_last_owner() {
    for world in worlds() {
        let (ada_id, _) = founded(&world);
        let ada = world.sign_in("ada", ADA, at(0));
        let ben = world.sign_in("ben", BEN, at(0));
        world.accounts.leave(&ben, "grid", &home(), at(1)).unwrap();
        let again = world.accounts.leave(&ben, "grid", &home(), at(2));
        assert!(matches!(again, Err(AccountsError::Absent(_))), "{again:?}");
        let last = world.accounts.leave(&ada, "grid", &home(), at(3));
        assert!(matches!(last, Err(AccountsError::NotAllowed(_))), "{last:?}");
        let lower = ("grid", Role::Reader);
        let lowered = world.accounts.put_member(&ada_id, lower, &operator(), at(4));
        assert!(matches!(lowered, Err(AccountsError::NotAllowed(_))), "{lowered:?}");
    }
}
