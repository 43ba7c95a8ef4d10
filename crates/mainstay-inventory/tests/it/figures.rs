//! What those learn who see no inventory.

use mainstay_inventory::{NewStatement, Reach, Subject};
use mainstay_testkit::Record;
use mainstay_types::FlawName;
use mainstay_vex::Claim;

use crate::world::{World, ada, at, sbom, worlds};

const DAY: i64 = 86_400;

fn package(range: Option<&str>) -> Subject {
    Subject::Package { purl: "pkg:npm/left-pad".to_owned(), range: range.map(str::to_owned) }
}

/// Twenty organisations of one sector, the first `affected` of which use the package; the others
/// have an SBOM without it.
fn fill(world: &World, affected: usize) {
    for number in 0..20 {
        let id = format!("org-{number}");
        world.organisation(&id, &["us-ci/energy"]);
        let purl = if number < affected { "pkg:npm/left-pad@1.0.0" } else { "pkg:npm/once@1.0.0" };
        world.send((&id, "control", "1"), &sbom(&[purl]));
    }
}

#[test]
fn a_sector_is_told_as_a_band_of_those_who_are_counted() {
    for world in worlds() {
        fill(&world, 20);
        let figures = world.inventory.figures(&package(None), at(100)).unwrap().unwrap();
        let [energy] = figures.groups.as_slice() else { panic!("{figures:?}") };
        assert_eq!((energy.members, energy.affected.of()), (20, 15));
        assert!(energy.affected.least() > 0 && energy.affected.most() == 15, "{energy:?}");
    }
}

#[test]
fn a_snapshot_stands_for_the_day_and_longer_when_few_facts_changed() {
    for world in worlds() {
        fill(&world, 20);
        let figures = |now| world.inventory.figures(&package(None), at(now)).unwrap().unwrap();
        let first = figures(100);
        let gone = sbom(&["pkg:npm/once@1.0.0"]);
        for number in 0..20 {
            world.send((&format!("org-{number}"), "control", "1"), &gone);
            if number == 3 {
                assert_eq!(figures(DAY + 100).groups, first.groups, "four of twenty changed");
            }
        }
        let same_day = figures(DAY + 200);
        assert_eq!(same_day.groups, first.groups);
        let next = figures(2 * DAY + 100);
        assert_eq!(next.groups.first().unwrap().affected.least(), 0, "{next:?}");
    }
}

#[test]
fn few_members_are_not_told_about() {
    for world in worlds() {
        for number in 0..3 {
            world.organisation(&format!("org-{number}"), &["us-ci/energy"]);
        }
        let figures = world.inventory.figures(&package(None), at(100)).unwrap().unwrap();
        assert_eq!((figures.groups.len(), figures.unshown), (0, 3));
    }
}

#[test]
fn a_range_of_versions_has_no_figures() {
    for world in worlds() {
        fill(&world, 20);
        let range = package(Some("vers:npm/<2.0.0"));
        assert_eq!(world.inventory.figures(&range, at(100)).unwrap(), None);
    }
}

#[test]
fn who_is_not_known_is_counted_as_unknown_and_never_as_not_affected() {
    for world in worlds() {
        for number in 0..20 {
            world.organisation(&format!("org-{number}"), &["us-ci/energy"]);
        }
        let flaw = Subject::Flaw(FlawName::parse("CVE-2021-44228").unwrap());
        let figures = world.inventory.figures(&flaw, at(100)).unwrap().unwrap();
        let energy = figures.groups.first().unwrap();
        assert_eq!((energy.affected.least(), energy.unknown.most()), (0, 15));
        assert!(energy.unknown.least() > 0);
    }
}

#[test]
fn of_an_advisory_that_the_data_do_not_know_nobody_is_told_to_be_unaffected() {
    for world in worlds() {
        world.know(&[Record::new("GHSA-1", "npm", "other")]);
        fill(&world, 0);
        let inventory = world.another_process();
        let band = |id: &str| {
            let flaw = Subject::Flaw(FlawName::parse(id).unwrap());
            let figures = inventory.figures(&flaw, at(100)).unwrap().unwrap();
            figures.groups.first().unwrap().unknown
        };
        assert!(band("GHSA-NONE").least() > 0, "all of them are unknown");
    }
}

#[test]
fn whom_a_statement_that_ran_out_calls_unaffected_is_unknown() {
    for world in worlds() {
        world.know(&[Record::new("GHSA-1", "npm", "left-pad")]);
        fill(&world, 20);
        world.inventory.rematch(&ada(), at(40)).unwrap();
        let flaw = Subject::Flaw(FlawName::parse("GHSA-1").unwrap());
        let today = at(50).to_zoned(jiff::tz::TimeZone::UTC).date();
        for number in 0..20 {
            let asset = world.asset(&format!("org-{number}"), "control");
            let fixed = NewStatement {
                asset: &asset,
                release: "1",
                purl: "pkg:npm/left-pad@1.0.0",
                flaw: "GHSA-1",
                reach: Reach::Release,
                claim: Claim::Fixed,
                evidence: Vec::new(),
                notes: None,
                expires: Some(today),
                author: "Ada",
            };
            world.inventory.say(&fixed, &ada(), at(50)).unwrap();
        }
        let later = at(50 + 2 * DAY);
        let figures = world.inventory.figures(&flaw, later).unwrap().unwrap();
        let energy = figures.groups.first().unwrap();
        assert!(energy.unknown.least() > 0, "{energy:?}");
    }
}
