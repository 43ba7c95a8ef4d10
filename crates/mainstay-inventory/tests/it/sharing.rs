//! Who sees whose inventory, and what an answer tells of the others: nothing.

use std::collections::BTreeSet;

use mainstay_inventory::{InventoryError, SharingChoice, Sight, Subject};
use mainstay_visibility::{Reader, Role};

use crate::world::{World, ada, at, sbom, worlds};

const PACKAGE: &str = "pkg:npm/left-pad";

fn subject() -> Subject {
    Subject::Package { purl: PACKAGE.to_owned(), range: Some("vers:npm/<2.0.0".to_owned()) }
}

/// Two organisations that are affected, one of which has an SBOM with a version that cannot be
/// compared; and an ISAC, which has nothing.
fn fill(world: &World) {
    for id in ["grid", "water", "isac"] {
        world.organisation(id, &["us-ci/energy"]);
    }
    world.send(("grid", "control", "1"), &sbom(&["pkg:npm/left-pad@1.0.0"]));
    let water = ["pkg:npm/left-pad@1.1.0", "pkg:npm/left-pad@no-version", "pkg:oddity/x@1"];
    world.send(("water", "pumps", "1"), &sbom(&water));
}

fn reader(account: &str, organisation: &str) -> Reader {
    let memberships = [(organisation.parse().unwrap(), Role::Reader)];
    Reader::signed_in(account.parse().unwrap(), memberships, [], []).unwrap()
}

#[test]
fn an_organisation_sees_its_own_inventory_and_no_other() {
    for world in worlds() {
        fill(&world);
        let sight = world.inventory.sight(&reader("ada", "grid"), at(10)).unwrap();
        assert_eq!(sight, Sight::Of(BTreeSet::from(["grid".to_owned()])));
        let nobody = world.inventory.sight(&Reader::anonymous(), at(10)).unwrap();
        assert_eq!(nobody, Sight::Of(BTreeSet::new()));
    }
}

#[test]
fn an_answer_says_nothing_of_what_is_not_in_sight() {
    for world in worlds() {
        fill(&world);
        let all = world.inventory.affected(&subject()).unwrap();
        assert_eq!((all.organisations, all.silent, all.undecided.len()), (2, 1, 1));
        assert!(all.partial > 0, "the odd package type");
        let sight = world.inventory.sight(&reader("ada", "grid"), at(10)).unwrap();
        let seen = world.inventory.affected_in(&subject(), &sight).unwrap();
        assert_eq!((seen.organisations, seen.releases.len()), (1, 1));
        assert_eq!(seen.components, ["pkg:npm/left-pad@1.0.0"]);
        assert_eq!((seen.silent, seen.partial, seen.undecided.len()), (0, 0, 0));
        let sector = seen.sectors.first().unwrap();
        assert_eq!((seen.sectors.len(), sector.members, sector.affected), (1, 1, 1));
    }
}

#[test]
fn what_is_shared_is_seen_until_it_is_no_longer_shared() {
    for world in worlds() {
        fill(&world);
        let isac: BTreeSet<_> = BTreeSet::from(["isac".parse().unwrap()]);
        world.inventory.share("water", &isac, &ada(), at(20)).unwrap();
        let reader = reader("eva", "isac");
        let seen = |now| world.inventory.sight(&reader, at(now)).unwrap().has("water");
        assert!(!seen(19) && seen(20));
        assert_eq!(
            world.inventory.shared_with("water").unwrap(),
            [("isac".parse().unwrap(), at(20))]
        );
        world.inventory.share("water", &BTreeSet::new(), &ada(), at(30)).unwrap();
        assert!(!seen(31));
    }
}

#[test]
fn changing_an_organisation_keeps_with_whom_it_shares() {
    for world in worlds() {
        fill(&world);
        let isac: BTreeSet<_> = BTreeSet::from(["isac".parse().unwrap()]);
        world.inventory.share("water", &isac, &ada(), at(20)).unwrap();
        world.organisation("water", &["us-ci/water"]);
        assert_eq!(world.inventory.shared_with("water").unwrap().len(), 1);
    }
}

#[test]
fn sharing_with_who_is_not_there_is_refused() {
    for world in worlds() {
        fill(&world);
        let unknown: BTreeSet<_> = BTreeSet::from(["nobody".parse().unwrap()]);
        assert!(world.inventory.share("water", &unknown, &ada(), at(20)).is_err());
        assert!(world.inventory.share("nobody", &BTreeSet::new(), &ada(), at(20)).is_err());
    }
}

#[test]
fn what_was_decided_on_an_old_list_is_refused_and_others_stay_as_they_are() {
    for world in worlds() {
        fill(&world);
        let ids = |ids: &[&str]| ids.iter().map(|id| id.parse().unwrap()).collect();
        let choose = |among: &[&str], seen: &[&str], with: &[&str]| {
            let choice = SharingChoice { among: ids(among), seen: ids(seen), with: ids(with) };
            world.inventory.choose_sharing("water", &choice, &ada(), at(20))
        };
        let shared = || {
            let all = world.inventory.shared_with("water").unwrap();
            all.into_iter().map(|(id, _)| id.to_string()).collect::<Vec<_>>()
        };
        choose(&["isac", "grid"], &[], &["isac"]).unwrap();
        choose(&["grid"], &[], &["grid", "isac"]).unwrap();
        assert_eq!(shared(), ["grid", "isac"]);
        choose(&["isac"], &["isac"], &[]).unwrap();
        let old = choose(&["isac", "grid"], &["isac", "grid"], &["isac", "grid"]);
        assert!(matches!(old, Err(InventoryError::Outdated(_))), "{old:?}");
        assert_eq!(shared(), ["grid"]);
    }
}
