//! Receiving SBOMs.

use mainstay_inventory::{FindingState, InventoryError, Upload};
use mainstay_store::log;
use mainstay_testkit::Record;

use crate::world::{ada, at, closed_at, sbom, worlds};

const LODASH: &str = "pkg:npm/lodash@4.17.20";
const LEFT_PAD: &str = "pkg:npm/left-pad@1.3.0";

#[test]
fn an_sbom_is_received_and_found_again_as_it_came() {
    for world in worlds() {
        world.organisation("org_a", &["us-ci/energy"]);
        let bytes = sbom(&[LODASH, LEFT_PAD]);
        let received = world.send(("org_a", "portal", "1.0"), &bytes);
        assert_eq!((received.packages, received.new_packages), (2, 2));
        assert!(!received.is_known);
        let rows = world.inventory.sboms(&world.asset("org_a", "portal")).unwrap();
        assert_eq!(rows.len(), 1);
        assert_eq!((rows[0].release.as_str(), rows[0].is_current), ("1.0", true));
        assert_eq!(world.inventory.document(&received.id).unwrap(), bytes);
    }
}

#[test]
fn without_advisory_data_nothing_is_checked_and_that_is_said() {
    for world in worlds() {
        world.organisation("org_a", &[]);
        let received = world.send(("org_a", "portal", "1.0"), &sbom(&[LODASH, LEFT_PAD]));
        assert_eq!(received.unchecked, 2);
    }
}

#[test]
fn with_advisory_data_what_matches_is_a_finding_at_once() {
    for world in worlds() {
        world.know(&[Record::new("GHSA-1", "npm", "left-pad")]);
        let inventory = world.another_process();
        world.organisation("org_a", &[]);
        let bytes = sbom(&[LODASH, LEFT_PAD]);
        let upload = portal("1.0", &bytes);
        let received = inventory.receive(&upload, &ada(), at(3)).unwrap();
        let asset = world.asset("org_a", "portal");
        assert_eq!(received.asset, asset);
        assert_eq!((received.opened, received.unchecked), (1, 0));
        let findings = inventory.findings(&asset).unwrap();
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].flaw, "GHSA-1");
        assert_eq!(findings[0].purl, LEFT_PAD);
        assert_eq!(findings[0].fixed_in.as_deref(), Some("2.0.0"));
        assert_eq!(findings[0].kind, Some(mainstay_types::FindingKind::Vulnerability));
        assert_eq!(findings[0].state, FindingState::Open);
    }
}

#[test]
fn the_same_document_again_changes_nothing() {
    for world in worlds() {
        world.organisation("org_a", &[]);
        let bytes = sbom(&[LODASH]);
        let first = world.send(("org_a", "portal", "1.0"), &bytes);
        let again = world.send(("org_a", "portal", "1.0"), &bytes);
        assert!(again.is_known);
        assert_eq!((again.id, again.packages, again.unchecked), (first.id, 1, 1));
        assert_eq!(world.inventory.sboms(&world.asset("org_a", "portal")).unwrap().len(), 1);
    }
}

#[test]
fn a_newer_sbom_takes_the_place_of_the_one_of_its_version_and_no_other() {
    for world in worlds() {
        world.organisation("org_a", &[]);
        world.send(("org_a", "portal", "1.0"), &sbom(&[LODASH]));
        world.send(("org_a", "portal", "2.0"), &sbom(&[LODASH]));
        world.send(("org_a", "portal", "1.0"), &sbom(&[LEFT_PAD]));
        let rows = world.inventory.sboms(&world.asset("org_a", "portal")).unwrap();
        let current: Vec<_> =
            rows.iter().map(|row| (row.release.as_str(), row.is_current)).collect();
        assert_eq!(current, [("1.0", true), ("2.0", true), ("1.0", false)]);
    }
}

#[test]
fn what_changed_is_told_by_package() {
    for world in worlds() {
        world.organisation("org_a", &[]);
        let one = world.send(("org_a", "portal", "1"), &sbom(&[LODASH, LEFT_PAD]));
        let newer = ["pkg:npm/lodash@4.17.21", "pkg:npm/express@4.0.0"];
        let two = world.send(("org_a", "portal", "1"), &sbom(&newer));
        let changes = world.inventory.changes(&one.id, &two.id).unwrap();
        let told: Vec<_> = changes
            .iter()
            .map(|change| {
                (change.package.as_str(), change.before.join(" "), change.after.join(" "))
            })
            .collect();
        let text = |text: &str| text.to_owned();
        assert_eq!(
            told,
            [
                ("npm express", text(""), text("4.0.0")),
                ("npm left-pad", text("1.3.0"), text("")),
                ("npm lodash", text("4.17.20"), text("4.17.21")),
            ]
        );
    }
}

#[test]
fn a_finding_closes_when_the_package_goes_and_opens_again_when_it_returns() {
    for world in worlds() {
        world.know(&[Record::new("GHSA-1", "npm", "left-pad")]);
        world.organisation("org_a", &[]);
        let inventory = world.another_process();
        for (packages, seconds) in
            [(&[LEFT_PAD][..], 10), (&[LODASH], 20), (&[LEFT_PAD, LODASH], 30)]
        {
            let bytes = sbom(packages);
            let received = inventory.receive(&portal("", &bytes), &ada(), at(seconds)).unwrap();
            let findings = inventory.findings(&received.asset).unwrap();
            assert_eq!(findings.len(), 1, "its history is one row");
            match seconds {
                10 => assert_eq!((findings[0].times, &findings[0].state), (1, &FindingState::Open)),
                20 => assert_eq!(closed_at(&findings[0]), Some(at(20))),
                _ => {
                    assert_eq!((findings[0].times, &findings[0].state), (2, &FindingState::Open));
                    assert_eq!(findings[0].opened_at, at(30));
                }
            }
        }
    }
}

#[test]
fn what_the_document_leaves_open_is_kept_and_told() {
    for world in worlds() {
        world.organisation("org_a", &[]);
        let text = r#"{"bomFormat":"CycloneDX","specVersion":"1.6","version":1,
            "components":[{"type":"library","name":"mystery","version":"1"}]}"#;
        let received = world.send(("org_a", "portal", "1"), text.as_bytes());
        assert!(received.gaps.iter().any(|gap| gap.contains("mystery")), "{:?}", received.gaps);
        let rows = world.inventory.sboms(&world.asset("org_a", "portal")).unwrap();
        assert_eq!(rows[0].gaps, received.gaps);
    }
}

#[test]
fn what_is_no_sbom_is_refused_and_leaves_no_trace() {
    for world in worlds() {
        world.organisation("org_a", &[]);
        for bytes in [&b"hello"[..], b"{}", b"", b"\xff\xfe\x00", b"<html></html>"] {
            let refused = world.inventory.receive(&portal("", bytes), &ada(), at(3)).unwrap_err();
            assert!(matches!(refused, InventoryError::Document(_)), "{refused}");
        }
        assert!(world.inventory.assets("org_a").unwrap().is_empty());
    }
}

#[test]
fn names_that_would_do_harm_are_refused() {
    for world in worlds() {
        world.organisation("org_a", &[]);
        for name in ["", "  ", "a\nb", "a\u{1b}[31m", &"x".repeat(300)] {
            let bytes = sbom(&[LODASH]);
            let upload = Upload { asset: name, ..portal("", &bytes) };
            let refused = world.inventory.receive(&upload, &ada(), at(1)).unwrap_err();
            assert!(matches!(refused, InventoryError::Field { .. }), "{name:?}: {refused}");
        }
    }
}

#[test]
fn nothing_is_received_for_a_party_that_is_not_there() {
    for world in worlds() {
        let bytes = sbom(&[LODASH]);
        let upload = Upload { party: "org_none", ..portal("", &bytes) };
        let refused = world.inventory.receive(&upload, &ada(), at(3)).unwrap_err();
        assert!(matches!(refused, InventoryError::Absent { what: "party", .. }), "{refused}");
    }
}

#[test]
fn every_intake_is_in_the_log() {
    for world in worlds() {
        world.organisation("org_a", &[]);
        let received = world.send(("org_a", "portal", "1"), &sbom(&[LODASH]));
        let database = world.database.open();
        log::verify(&database, None).unwrap();
        let entries =
            database.read(|transaction| log::entries_about(transaction, &received.id, 10)).unwrap();
        assert_eq!(entries.len(), 1);
        assert_eq!(
            (entries[0].action.as_str(), entries[0].actor.as_str()),
            ("sbom.add", "acc_ada")
        );
    }
}

#[test]
fn many_who_send_the_same_packages_at_once_share_them() {
    for world in worlds() {
        world.organisation("org_a", &[]);
        let purls: Vec<String> = (0..40).map(|n| format!("pkg:npm/package-{n}@1.0.0")).collect();
        let purls: Vec<&str> = purls.iter().map(String::as_str).collect();
        let processes = [world.another_process(), world.another_process()];
        std::thread::scope(|scope| {
            for (number, inventory) in processes.iter().enumerate() {
                let purls = &purls;
                scope.spawn(move || {
                    for turn in 0..5 {
                        let name = format!("asset-{number}-{turn}");
                        let bytes = sbom(purls);
                        let upload = Upload { asset: &name, ..portal("", &bytes) };
                        let received = inventory.receive(&upload, &ada(), at(3)).unwrap();
                        assert_eq!(received.packages, 40);
                    }
                });
            }
        });
        let database = world.database.open();
        let count = database
            .read(|transaction| {
                transaction.one("SELECT COUNT(*) FROM component", &[], |row| row.integer(0))
            })
            .unwrap();
        assert_eq!(count, 40);
        log::verify(&database, None).unwrap();
    }
}

#[test]
fn two_who_send_the_same_version_at_once_leave_one_current() {
    for world in worlds() {
        world.organisation("org_a", &[]);
        let processes = [world.another_process(), world.another_process()];
        std::thread::scope(|scope| {
            for (number, inventory) in processes.iter().enumerate() {
                scope.spawn(move || {
                    for turn in 0..5 {
                        let purl = format!("pkg:npm/package-{number}@{turn}.0.0");
                        let bytes = sbom(&[&purl]);
                        let upload = portal("1", &bytes);
                        inventory.receive(&upload, &ada(), at(3)).unwrap();
                    }
                });
            }
        });
        let rows = world.inventory.sboms(&world.asset("org_a", "portal")).unwrap();
        assert_eq!((rows.len(), rows.iter().filter(|row| row.is_current).count()), (10, 1));
    }
}

/// An SBOM of a version of the portal of `org_a`.
fn portal<'u>(release: &'u str, bytes: &'u [u8]) -> Upload<'u> {
    Upload { party: "org_a", asset: "portal", release, file_name: "b", bytes }
}
