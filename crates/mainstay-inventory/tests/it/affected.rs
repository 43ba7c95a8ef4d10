//! Who is affected.

use mainstay_inventory::{Need, Subject};
use mainstay_testkit::Record;
use mainstay_types::FlawName;

use crate::world::{World, ada, at, sbom, worlds};

const LOG4J: &str = "pkg:maven/org.apache.logging.log4j/log4j-core";

fn package(range: Option<&str>) -> Subject {
    Subject::Package { purl: LOG4J.to_owned(), range: range.map(str::to_owned) }
}

fn log4j(version: &str) -> String {
    format!("{LOG4J}@{version}")
}

/// Four organisations: two with an affected version, one with a later one, one without an SBOM.
fn fill(world: &World) {
    world.organisation("org_power-important", &["us-ci/energy"]);
    world.organisation("org_bank", &["us-ci/financial", "us-ci/energy"]);
    world.organisation("org_shop", &["us-ci/commercial"]);
    world.organisation("org_quiet", &["us-ci/energy"]);
    let (old, new) = (log4j("2.14.1"), log4j("2.17.1"));
    world.send(("org_power-important", "grid", "7"), &sbom(&[&old]));
    world.send(("org_bank", "ledger", "1"), &sbom(&["pkg:maven/a/b@1.0", &old]));
    world.send(("org_shop", "till", "3"), &sbom(&[&new]));
}

#[test]
fn a_package_and_a_range_tell_who_is_affected_before_any_advisory_exists() {
    for world in worlds() {
        fill(&world);
        let range = "vers:maven/>=2.0|<2.15.0";
        let affected = world.inventory.affected(&package(Some(range))).unwrap();
        let found: Vec<_> = affected
            .releases
            .iter()
            .map(|one| {
                (one.party_name.as_str(), one.asset_name.as_str(), one.release.as_str(), one.need)
            })
            .collect();
        assert_eq!(
            found,
            [
                ("The org_bank", "ledger", "1", Need::Deep),
                ("The org_power-important", "grid", "7", Need::Direct)
            ]
        );
        assert_eq!(affected.components, [log4j("2.14.1")]);
    }
}

#[test]
fn sectors_are_counted_by_organisation_and_silence_is_counted_as_silence() {
    for world in worlds() {
        fill(&world);
        let affected = world.inventory.affected(&package(Some("vers:maven/<2.15.0"))).unwrap();
        assert_eq!((affected.organisations, affected.silent), (2, 1));
        let energy = affected.sectors.iter().find(|one| one.sector == "us-ci/energy").unwrap();
        assert_eq!((energy.affected, energy.with_inventory, energy.members), (2, 2, 3));
        assert_eq!(energy.important, 1);
        let (organisations, sectors) =
            world.inventory.affected_sectors(&package(Some("vers:maven/<2.15.0"))).unwrap();
        assert_eq!((organisations, sectors), (2, affected.sectors));
    }
}

#[test]
fn a_flaw_is_found_by_any_of_its_ids_in_any_case() {
    for world in worlds() {
        let mut record = Record::new("GHSA-jfh8", "Maven", "org.apache.logging.log4j:log4j-core");
        record.0["aliases"] = serde_json::json!(["CVE-2021-44228"]);
        record.0["affected"][0]["ranges"][0]["events"] =
            serde_json::json!([{ "introduced": "2.0" }, { "fixed": "2.15.0" }]);
        world.know(&[record]);
        fill(&world);
        world.inventory.rematch(&ada(), at(9)).unwrap();
        for name in ["CVE-2021-44228", "cve-2021-44228", "GHSA-jfh8", "ghsa-JFH8"] {
            let subject = Subject::Flaw(FlawName::parse(name).unwrap());
            assert_eq!(world.inventory.affected(&subject).unwrap().organisations, 2, "{name}");
        }
        let other = Subject::Flaw(FlawName::parse("CVE-2000-1").unwrap());
        assert_eq!(world.inventory.affected(&other).unwrap().organisations, 0);
    }
}

#[test]
fn a_version_that_cannot_be_compared_is_told_and_not_passed_over() {
    for world in worlds() {
        world.organisation("org_a", &[]);
        world.send(("org_a", "app", "1"), &sbom(&["pkg:npm/express@not-a-version"]));
        let subject = Subject::Package {
            purl: "pkg:npm/express".to_owned(),
            range: Some("vers:npm/<5.0.0".to_owned()),
        };
        let affected = world.inventory.affected(&subject).unwrap();
        assert_eq!(affected.organisations, 0);
        assert_eq!(affected.undecided, ["pkg:npm/express@not-a-version"]);
    }
}

#[test]
fn what_is_no_package_url_or_range_is_refused_by_field() {
    for world in worlds() {
        for (purl, range) in [("log4j", None), (LOG4J, Some("<2.15")), ("pkg:unheard-of/x", None)] {
            let subject =
                Subject::Package { purl: purl.to_owned(), range: range.map(str::to_owned) };
            assert!(world.inventory.affected(&subject).is_err(), "{purl} {range:?}");
        }
    }
}

#[test]
fn a_retired_sbom_does_not_count_in_another_process_either() {
    for world in worlds() {
        world.organisation("org_a", &[]);
        let old = log4j("2.14.1");
        world.send(("org_a", "app", "1"), &sbom(&[&old]));
        let other = world.another_process();
        assert_eq!(other.affected(&package(None)).unwrap().organisations, 1);
        world.inventory.fold(true).unwrap();
        world.send(("org_a", "app", "1"), &sbom(&["pkg:maven/a/b@1.0"]));
        assert_eq!(other.affected(&package(None)).unwrap().organisations, 0);
    }
}

#[test]
fn joined_batches_hold_what_the_single_ones_held() {
    for world in worlds() {
        let old = log4j("2.14.1");
        for number in 0..15 {
            let id = format!("org_{number:02}");
            world.organisation(&id, &["us-ci/energy"]);
            let own = format!("pkg:npm/own-{number}@1.0.0");
            world.send((&id, "app", "1"), &sbom(&[&own, &old]));
            world.inventory.fold(true).unwrap();
        }
        let affected = world.inventory.affected(&package(None)).unwrap();
        assert_eq!(affected.organisations, 15);
        let one = Subject::Package { purl: "pkg:npm/own-3".to_owned(), range: None };
        let affected = world.inventory.affected(&one).unwrap();
        assert_eq!(affected.releases.len(), 1);
        assert_eq!(affected.releases[0].need, Need::Direct);
        assert_eq!(affected.releases[0].party, "org_03");
    }
}

#[test]
fn an_sbom_that_does_not_tell_what_is_direct_is_not_read_as_deep() {
    for world in worlds() {
        world.organisation("org_a", &[]);
        let text = r#"{"bomFormat":"CycloneDX","specVersion":"1.6","version":1,
            "components":[{"type":"library","name":"left","version":"1.0.0",
            "purl":"pkg:npm/left@1.0.0"}]}"#;
        world.send(("org_a", "app", "1"), text.as_bytes());
        let subject = Subject::Package { purl: "pkg:npm/left".to_owned(), range: None };
        let affected = world.inventory.affected(&subject).unwrap();
        assert_eq!(affected.releases[0].need, Need::Untold);
        assert_eq!(affected.releases[0].received_at, at(3));
    }
}

#[test]
fn an_answer_says_when_newer_advisory_data_were_not_matched_yet() {
    for world in worlds() {
        world.know(&[Record::new("GHSA-1", "npm", "right")]);
        world.organisation("org_a", &[]);
        world.send(("org_a", "app", "1"), &sbom(&["pkg:npm/left@1.0.0"]));
        let flaw = Subject::Flaw(FlawName::parse("GHSA-2").unwrap());
        assert!(world.inventory.affected(&flaw).unwrap().is_matched);
        world.know(&[Record::new("GHSA-2", "npm", "left")]);
        let later = world.another_process();
        let answer = later.affected(&flaw).unwrap();
        assert_eq!((answer.organisations, answer.is_matched), (0, false));
        later.rematch(&ada(), at(9)).unwrap();
        let answer = later.affected(&flaw).unwrap();
        assert_eq!((answer.organisations, answer.is_matched), (1, true));
        assert_eq!(answer.ecosystems, [mainstay_types::Ecosystem::Npm]);
    }
}

#[test]
fn many_who_fold_at_once_lose_nothing() {
    for world in worlds() {
        let old = log4j("2.14.1");
        for number in 0..12 {
            let id = format!("org_{number:02}");
            world.organisation(&id, &[]);
            world.send((&id, "app", "1"), &sbom(&[&old]));
        }
        let processes = [world.another_process(), world.another_process()];
        std::thread::scope(|scope| {
            for inventory in &processes {
                scope.spawn(|| inventory.fold(true).unwrap());
            }
        });
        assert_eq!(processes[0].affected(&package(None)).unwrap().organisations, 12);
    }
}
