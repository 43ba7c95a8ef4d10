//! Matching again when the advisory data change.

use mainstay_testkit::Record;

use crate::world::{ada, at, sbom, worlds};

const LEFT_PAD: &str = "pkg:npm/left-pad@1.3.0";

#[test]
fn a_new_advisory_opens_findings_in_what_was_stored_before() {
    for world in worlds() {
        world.organisation("org_a", &[]);
        world.organisation("org_b", &[]);
        world.send(("org_a", "portal", "1"), &sbom(&["pkg:npm/lodash@1.0.0", LEFT_PAD]));
        world.send(("org_b", "shop", "1"), &sbom(&[LEFT_PAD]));
        world.know(&[Record::new("GHSA-1", "npm", "left-pad")]);
        let told = world.inventory.rematch(&ada(), at(50)).unwrap();
        assert_eq!((told.components, told.changed, told.opened), (2, 2, 2));
        let findings = world.inventory.findings(&world.asset("org_b", "shop")).unwrap();
        assert_eq!(findings[0].opened_at, at(50));
        let again = world.inventory.rematch(&ada(), at(60)).unwrap();
        assert_eq!((again.changed, again.opened, again.closed), (0, 0, 0));
    }
}

#[test]
fn an_advisory_that_is_taken_back_closes_its_findings() {
    for world in worlds() {
        world.know(&[Record::new("GHSA-1", "npm", "left-pad")]);
        world.organisation("org_a", &[]);
        world.send(("org_a", "portal", "1"), &sbom(&[LEFT_PAD]));
        world.inventory.rematch(&ada(), at(40)).unwrap();
        let record = Record::new("GHSA-1", "npm", "left-pad").withdrawn("2026-01-01T00:00:00Z");
        world.know(&[record.modified("2026-01-01T00:00:00Z")]);
        let told = world.inventory.rematch(&ada(), at(50)).unwrap();
        assert_eq!(told.closed, 1);
        let findings = world.inventory.findings(&world.asset("org_a", "portal")).unwrap();
        assert_eq!(findings[0].closed.as_ref().unwrap().0, at(50));
    }
}

#[test]
fn sboms_of_the_past_get_no_findings() {
    for world in worlds() {
        world.organisation("org_a", &[]);
        world.send(("org_a", "portal", "1"), &sbom(&[LEFT_PAD]));
        world.send(("org_a", "portal", "1"), &sbom(&["pkg:npm/lodash@1.0.0"]));
        world.know(&[Record::new("GHSA-1", "npm", "left-pad")]);
        assert_eq!(world.inventory.rematch(&ada(), at(50)).unwrap().opened, 0);
    }
}

#[test]
fn postings_change_nothing_about_who_is_found() {
    for world in worlds() {
        for number in 0..12 {
            let id = format!("org_{number}");
            world.organisation(&id, &[]);
            world.send((&id, "portal", "1"), &sbom(&[LEFT_PAD]));
            if number % 2 == 0 {
                world.inventory.fold(true).unwrap();
            }
        }
        world.know(&[Record::new("GHSA-1", "npm", "left-pad")]);
        assert_eq!(world.inventory.rematch(&ada(), at(50)).unwrap().opened, 12);
    }
}
