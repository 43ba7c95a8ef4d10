//! Matching again when the advisory data change.

use mainstay_inventory::Upload;
use mainstay_testkit::Record;

use crate::world::{ada, at, closed_at, sbom, worlds};

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
        assert_eq!(closed_at(&findings[0]), Some(at(50)));
    }
}

#[test]
fn after_a_restore_all_is_matched_again_whatever_the_edition_of_the_data() {
    for world in worlds() {
        world.know(&[Record::new("GHSA-1", "npm", "left-pad")]);
        world.organisation("org_a", &[]);
        world.send(("org_a", "portal", "1"), &sbom(&[LEFT_PAD]));
        world.inventory.rematch(&ada(), at(40)).unwrap();
        assert!(world.inventory.match_if_newer(&ada(), at(50)).unwrap().is_none());
        world.inventory.was_restored().unwrap();
        let told = world.inventory.match_if_newer(&ada(), at(60)).unwrap();
        assert_eq!(told.map(|told| told.components), Some(1));
        assert!(world.inventory.match_if_newer(&ada(), at(70)).unwrap().is_none());
    }
}

#[test]
fn advisory_data_that_are_gone_or_damaged_close_nothing() {
    for world in worlds() {
        world.know(&[Record::new("GHSA-1", "npm", "left-pad")]);
        world.organisation("org_a", &[]);
        world.inventory.rematch(&ada(), at(30)).unwrap();
        world.send(("org_a", "portal", "1"), &sbom(&[LEFT_PAD]));
        let asset = world.asset("org_a", "portal");
        let knowledge = world.folder.path().join("knowledge");
        for damage in [true, false] {
            for file in std::fs::read_dir(&knowledge).unwrap() {
                let path = file.unwrap().path();
                match (damage, path.is_dir()) {
                    (false, true) => std::fs::remove_dir_all(path).unwrap(),
                    (false, false) => std::fs::remove_file(path).unwrap(),
                    (true, true) => {}
                    (true, false) => std::fs::write(path, "{").unwrap(),
                }
            }
            let told = world.inventory.rematch(&ada(), at(50)).unwrap();
            assert_eq!(told.closed, 0, "damaged: {damage}");
            assert_eq!(closed_at(&world.inventory.findings(&asset).unwrap()[0]), None);
            assert_eq!(world.inventory.sboms(&asset).unwrap()[0].unchecked, 1);
            assert_eq!(world.inventory.rematch(&ada(), at(51)).unwrap().changed, 0);
        }
        world.know(&[Record::new("GHSA-2", "npm", "lodash")]);
        let told = world.inventory.rematch(&ada(), at(60)).unwrap();
        assert_eq!(told.closed, 1, "now somebody could say that it is gone");
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

#[test]
fn findings_of_a_match_that_was_cut_off_are_opened_by_the_next() {
    for world in worlds() {
        world.organisation("org_a", &[]);
        world.send(("org_a", "portal", "1"), &sbom(&[LEFT_PAD]));
        world.know(&[Record::new("GHSA-1", "npm", "left-pad")]);
        world.inventory.rematch(&ada(), at(50)).unwrap();
        // As if the process had ended between writing the flaws and the findings.
        world
            .database
            .open()
            .write::<_, mainstay_store::StoreError>(|transaction| {
                transaction.execute("DELETE FROM finding", &[])?;
                transaction.execute("UPDATE component SET unsettled = 1", &[])
            })
            .unwrap();
        let told = world.inventory.rematch(&ada(), at(60)).unwrap();
        assert_eq!((told.changed, told.opened), (0, 1));
        assert_eq!(world.inventory.rematch(&ada(), at(70)).unwrap().opened, 0);
    }
}

#[test]
fn how_many_packages_are_not_checked_is_said_as_things_are_known_now() {
    for world in worlds() {
        world.organisation("org_a", &[]);
        world.send(("org_a", "portal", "1"), &sbom(&[LEFT_PAD]));
        let asset = world.asset("org_a", "portal");
        assert_eq!(world.inventory.sboms(&asset).unwrap()[0].unchecked, 1);
        world.know(&[Record::new("GHSA-1", "npm", "lodash")]);
        world.inventory.rematch(&ada(), at(50)).unwrap();
        assert_eq!(world.inventory.sboms(&asset).unwrap()[0].unchecked, 0);
    }
}

#[test]
fn an_sbom_that_comes_while_the_data_change_has_the_findings_of_the_newer_ones() {
    for world in worlds() {
        world.organisation("org_a", &[]);
        let purls: Vec<String> = (0..60).map(|n| format!("pkg:npm/package-{n}@1.0.0")).collect();
        let purls: Vec<&str> = purls.iter().map(String::as_str).collect();
        world.send(("org_a", "first", "1"), &sbom(&purls));
        let records: Vec<Record> = (0..60)
            .map(|n| Record::new(&format!("GHSA-{n}"), "npm", &format!("package-{n}")))
            .collect();
        world.know(&records);
        let (matching, receiving) = (world.another_process(), world.another_process());
        std::thread::scope(|scope| {
            scope.spawn(|| matching.rematch(&ada(), at(50)).unwrap());
            scope.spawn(|| {
                for turn in 0..6 {
                    let bytes = sbom(&purls);
                    let upload = Upload {
                        party: "org_a",
                        asset: &format!("asset-{turn}"),
                        release: "1",
                        file_name: "b",
                        bytes: &bytes,
                    };
                    receiving.receive(&upload, &ada(), at(51)).unwrap();
                }
            });
        });
        for turn in 0..6 {
            let asset = world.asset("org_a", &format!("asset-{turn}"));
            assert_eq!(world.inventory.findings(&asset).unwrap().len(), 60, "asset {turn}");
        }
    }
}
