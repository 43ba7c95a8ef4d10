//! Statements: said here, or brought by documents; and what they do to findings.

use jiff::civil::date;
use mainstay_inventory::{
    FindingRow, FindingState, InventoryError, NewStatement, Reach, Sight, Subject, VexReceived,
    VexUpload,
};
use mainstay_store::{StoreError, events, log};
use mainstay_testkit::Record;
use mainstay_types::FlawName;
use mainstay_vex::{Claim, Justification, Reason};
use serde_json::json;

use crate::world::{World, ada, at, sbom, worlds};

pub(crate) const LEFT_PAD: &str = "pkg:npm/left-pad@1.3.0";
const DAY: i64 = 86_400;

/// An OpenVEX document: status of a flaw in a product, said so many seconds after the beginning.
pub(crate) fn openvex(flaw: &str, product: &str, status: &str, seconds: i64) -> Vec<u8> {
    let mut statement = json!({
        "vulnerability": { "name": flaw }, "products": [{ "@id": product }], "status": status,
        "timestamp": at(seconds).to_string(),
    });
    match status {
        "not_affected" => statement["justification"] = "vulnerable_code_not_present".into(),
        "affected" => statement["action_statement"] = "update".into(),
        _ => {}
    }
    json!({
        "@context": "https://openvex.dev/ns/v0.2.0", "@id": format!("urn:x:{flaw}:{seconds}"),
        "author": "Supplier", "version": 1, "timestamp": at(seconds).to_string(),
        "statements": [statement],
    })
    .to_string()
    .into_bytes()
}

/// An SBOM that says of itself that a flaw does no harm in left-pad.
fn sbom_with_vex(flaw: &str) -> Vec<u8> {
    let mut document: serde_json::Value = serde_json::from_slice(&sbom(&[LEFT_PAD])).unwrap();
    document["metadata"]["timestamp"] = at(1).to_string().into();
    document["vulnerabilities"] = json!([{
        "id": flaw, "affects": [{ "ref": LEFT_PAD }],
        "analysis": { "state": "not_affected", "justification": "code_not_reachable" },
    }]);
    document.to_string().into_bytes()
}

pub(crate) fn send_vex(world: &World, bytes: &[u8], seconds: i64) -> VexReceived {
    let upload = VexUpload { party: "org_a", asset: "", file_name: "vex.json", bytes };
    world.inventory.receive_vex(&upload, &ada(), at(seconds)).unwrap()
}

/// A world with a flaw in left-pad, and an organisation.
pub(crate) fn world_with_flaw(world: &World) {
    world.know(&[Record::new("GHSA-1", "npm", "left-pad")]);
    world.organisation("org_a", &["us-ci/energy"]);
    world.inventory.rematch(&ada(), at(1)).unwrap();
}

fn only(world: &World) -> FindingRow {
    let mut findings = world.inventory.findings(&world.asset("org_a", "portal")).unwrap();
    assert_eq!(findings.len(), 1, "{findings:?}");
    findings.pop().unwrap()
}

fn not_affected() -> Claim {
    Claim::NotAffected(Reason::Justified(Justification::VulnerableCodeNotPresent, None))
}

fn said(asset: &str, claim: Claim) -> NewStatement<'_> {
    NewStatement {
        asset,
        release: "1",
        purl: LEFT_PAD,
        flaw: "GHSA-1",
        reach: Reach::Release,
        claim,
        evidence: vec!["https://example.org/graph".to_owned()],
        notes: None,
        expires: None,
        author: "Ada",
    }
}

#[test]
fn what_is_said_of_a_finding_silences_it_and_it_stays_listed() {
    for world in worlds() {
        world_with_flaw(&world);
        world.send(("org_a", "portal", "1"), &sbom(&[LEFT_PAD]));
        let asset = world.asset("org_a", "portal");
        world.inventory.say(&said(&asset, not_affected()), &ada(), at(20)).unwrap();
        let finding = only(&world);
        assert_eq!(finding.state, FindingState::Silenced(at(20)));
        let by = finding.statement.unwrap();
        assert_eq!((by.author(), by.account.as_str()), ("Ada", "acc_ada"));
        assert_eq!(&*by.statement.evidence, ["https://example.org/graph"]);
        let (open, silenced) = world.inventory.open_findings("org_a").unwrap();
        assert_eq!((open.len(), silenced), (0, 1));
        assert!(world.inventory.open_by_party(&Sight::Everything).unwrap().is_empty());
    }
}

#[test]
fn a_statement_that_ran_out_opens_its_finding_again_with_its_history() {
    for world in worlds() {
        world_with_flaw(&world);
        world.send(("org_a", "portal", "1"), &sbom(&[LEFT_PAD]));
        let asset = world.asset("org_a", "portal");
        let last = at(DAY).to_zoned(jiff::tz::TimeZone::UTC).date();
        let new = NewStatement { expires: Some(last), ..said(&asset, not_affected()) };
        world.inventory.say(&new, &ada(), at(20)).unwrap();
        assert_eq!(world.inventory.speak(at(DAY)).unwrap().opened, 0, "its last day");
        assert_eq!(world.inventory.speak(at(3 * DAY)).unwrap().opened, 1);
        assert_eq!(world.inventory.speak(at(4 * DAY)).unwrap().releases, 0, "once");
        let (finding, past) = world.inventory.finding((&asset, "1"), (LEFT_PAD, "GHSA-1")).unwrap();
        assert_eq!((finding.state, finding.times), (FindingState::Open, 2));
        let states: Vec<&str> = past.iter().map(|one| one.state.as_str()).collect();
        assert_eq!(states, ["open", "silenced"]);
        assert!(past[0].why.contains("not affected"), "{past:?}");
    }
}

#[test]
fn what_becomes_of_findings_by_itself_is_told_and_logged() {
    for world in worlds() {
        world_with_flaw(&world);
        world.send(("org_a", "portal", "1"), &sbom(&[LEFT_PAD]));
        for seconds in [DAY, DAY + 1] {
            let flaw = if seconds == DAY { "GHSA-1" } else { "CVE-2026-1" };
            let status = if seconds == DAY { "not_affected" } else { "affected" };
            send_vex(&world, &openvex(flaw, "pkg:npm/left-pad", status, seconds), 10);
        }
        let spoken = world.inventory.speak(at(2 * DAY)).unwrap();
        assert_eq!((spoken.releases, spoken.silenced, spoken.opened), (1, 1, 1));
        assert_eq!(world.inventory.speak(at(3 * DAY)).unwrap().releases, 0);
        let database = world.database.open();
        let (told, logged) = database
            .read::<_, StoreError>(|transaction| {
                let told = events::after(transaction, 0, 100)?;
                Ok((told, log::entries_about(transaction, "statements", 10)?))
            })
            .unwrap();
        let told: Vec<_> = told.iter().filter(|one| one.kind == "finding.changed").collect();
        assert_eq!((told.len(), told[0].subject.as_str(), logged.len()), (1, "org_a", 1));
        assert!(told[0].body.contains("org_a"), "{}", told[0].body);
    }
}

#[test]
fn a_document_that_comes_before_the_sbom_is_heard_when_that_comes() {
    for world in worlds() {
        world_with_flaw(&world);
        let bytes = openvex("GHSA-1", "pkg:npm/left-pad", "not_affected", 2);
        let received = send_vex(&world, &bytes, 2);
        assert_eq!((received.statements, received.silenced), (1, 0));
        assert_eq!(received.without_effect[0].code, "product-not-scanned");
        let sent = world.send(("org_a", "portal", "1"), &sbom(&[LEFT_PAD]));
        assert_eq!((sent.opened, sent.silenced), (0, 1));
        let (_, _, idle) = world.inventory.vex_document(&received.id, at(20)).unwrap();
        assert_eq!(idle, [], "now it has an effect");
    }
}

#[test]
fn a_document_that_comes_after_the_sbom_silences_what_is_open() {
    for world in worlds() {
        world_with_flaw(&world);
        world.send(("org_a", "portal", "1"), &sbom(&[LEFT_PAD]));
        let bytes = openvex("GHSA-1", "pkg:npm/left-pad@1.3.0", "fixed", 5);
        let received = send_vex(&world, &bytes, 10);
        assert_eq!((received.silenced, received.without_effect.len()), (1, 0));
        assert!(send_vex(&world, &bytes, 11).is_known);
        assert_eq!(only(&world).state, FindingState::Silenced(at(10)));
    }
}

#[test]
fn what_an_sbom_says_itself_holds_in_it_and_ends_with_it() {
    for world in worlds() {
        world_with_flaw(&world);
        let sent = world.send(("org_a", "portal", "1"), &sbom_with_vex("GHSA-1"));
        assert_eq!((sent.statements, sent.silenced, sent.opened), (1, 1, 0));
        let other = world.send(("org_a", "shop", "1"), &sbom(&[LEFT_PAD]));
        assert_eq!(other.opened, 1, "another SBOM is not what it speaks of");
        let newer = world.send(("org_a", "portal", "1"), &sbom(&[LEFT_PAD, "pkg:npm/x@1.0.0"]));
        assert_eq!(newer.opened, 1);
    }
}

#[test]
fn a_newer_careful_word_counts() {
    for world in worlds() {
        world_with_flaw(&world);
        world.send(("org_a", "portal", "1"), &sbom(&[LEFT_PAD]));
        send_vex(&world, &openvex("GHSA-1", "pkg:npm/left-pad", "not_affected", 5), 10);
        assert!(matches!(only(&world).state, FindingState::Silenced(_)));
        send_vex(&world, &openvex("GHSA-1", "pkg:npm/left-pad", "affected", 6), 11);
        let finding = only(&world);
        assert_eq!(finding.state, FindingState::Open);
        assert_eq!(finding.statement.unwrap().statement.claim.word(), "affected");
    }
}

#[test]
fn who_began_before_a_statement_came_hears_it() {
    for world in worlds() {
        world_with_flaw(&world);
        world.send(("org_a", "portal", "1"), &sbom(&[LEFT_PAD]));
        send_vex(&world, &openvex("GHSA-1", "pkg:npm/left-pad", "not_affected", 5), 10);
        send_vex(&world, &openvex("GHSA-1", "pkg:npm/left-pad", "affected", 100), 100);
        world.know(&[
            Record::new("GHSA-1", "npm", "left-pad"),
            Record::new("GHSA-2", "npm", "left-pad"),
        ]);
        assert_eq!(world.inventory.rematch(&ada(), at(50)).unwrap().opened, 1);
        let findings = world.inventory.findings(&world.asset("org_a", "portal")).unwrap();
        let is_open = |one: &FindingRow| one.state == FindingState::Open;
        assert!(findings.len() == 2 && findings.iter().all(is_open), "{findings:?}");
    }
}

#[test]
fn what_has_no_effect_is_told_with_the_reason() {
    for world in worlds() {
        world_with_flaw(&world);
        world.send(("org_a", "portal", "1"), &sbom(&[LEFT_PAD]));
        let told = |flaw: &str, product: &str, seconds| {
            let received = send_vex(&world, &openvex(flaw, product, "fixed", seconds), 100);
            received.without_effect.into_iter().map(|one| one.code).collect::<Vec<_>>()
        };
        assert_eq!(told("CVE-2020-1", "pkg:npm/left-pad", 1), ["flaw-not-found"]);
        assert_eq!(told("GHSA-1", "pkg:npm/right-pad", 2), ["product-not-scanned"]);
        assert_eq!(told("GHSA-1", "pkg:npm/left-pad@2.0.0", 3), ["product-not-scanned"]);
        assert_eq!(told("GHSA-1", "pkg:npm/left-pad", 200), ["statement-not-yet"]);
        let nothing = br#"{"@context": "https://openvex.dev/ns/v0.2.0", "@id": "u", "author": "A",
            "version": 1, "timestamp": "2026-01-01T00:00:00Z", "statements": [{"vulnerability":
            {"name": "GHSA-1"}, "products": [{"@id": "pkg:npm/left-pad"}],
            "status": "not_affected"}]}"#;
        let received = send_vex(&world, nothing, 100);
        assert_eq!(received.without_effect[0].code, "statement-says-nothing");
        assert_eq!(only(&world).state, FindingState::Open);
    }
}

#[test]
fn who_is_affected_tells_of_whom_somebody_says_that_it_does_no_harm() {
    for world in worlds() {
        world_with_flaw(&world);
        world.organisation("org_b", &["us-ci/energy"]);
        world.send(("org_a", "portal", "1"), &sbom(&[LEFT_PAD]));
        world.send(("org_b", "shop", "1"), &sbom(&[LEFT_PAD]));
        send_vex(&world, &openvex("GHSA-1", "pkg:npm/left-pad", "not_affected", 5), 10);
        let flaw = Subject::Flaw(FlawName::parse("GHSA-1").unwrap());
        let answer = world.inventory.affected(&flaw).unwrap();
        assert_eq!((answer.organisations, answer.releases.len()), (1, 1), "org_b says nothing");
        assert_eq!(answer.answered.len(), 1);
        assert_eq!(answer.answered[0].release.party, "org_a");
        assert_eq!(answer.answered[0].by_purl[LEFT_PAD][0].author(), "Supplier");
        assert_eq!(answer.answered[0].statements().len(), 1);
        assert_eq!(world.inventory.affected_sectors(&flaw).unwrap().0, 1);
    }
}

#[test]
fn who_says_that_it_is_affected_is_affected_also_without_an_advisory() {
    for world in worlds() {
        world_with_flaw(&world);
        world.send(("org_a", "portal", "1"), &sbom(&["pkg:npm/right-pad@1.0.0"]));
        let vex = openvex("CVE-2026-1", "pkg:npm/right-pad", "affected", 5);
        assert_eq!(send_vex(&world, &vex, 10).opened, 1);
        let finding = only(&world);
        assert!(finding.is_raised && finding.state == FindingState::Open);
        let flaw = Subject::Flaw(FlawName::parse("cve-2026-1").unwrap());
        let answer = world.inventory.affected(&flaw).unwrap();
        assert_eq!(answer.components, ["pkg:npm/right-pad@1.0.0"]);
        assert_eq!(world.inventory.open_findings("org_a").unwrap().0.len(), 1);
        let newer = openvex("CVE-2026-1", "pkg:npm/right-pad", "fixed", 6);
        send_vex(&world, &newer, 11);
        let FindingState::Closed(_, why) = only(&world).state else { panic!("it stays") };
        assert!(why.contains("fixed, says Supplier"), "{why}");
    }
}

#[test]
fn who_is_affected_itself_is_found_and_nothing_else_is_said_beside() {
    for world in worlds() {
        world_with_flaw(&world);
        let mut portal: serde_json::Value = serde_json::from_slice(&sbom(&[LEFT_PAD])).unwrap();
        portal["metadata"]["component"]["purl"] = "pkg:npm/portal@7.1".into();
        world.send(("org_a", "portal", "1"), portal.to_string().as_bytes());
        send_vex(&world, &openvex("CVE-2026-1", "pkg:npm/portal@7.1", "affected", 5), 10);
        let flaw = Subject::Flaw(FlawName::parse("CVE-2026-1").unwrap());
        let answer = world.inventory.answer(&flaw, &Sight::Everything, at(20)).unwrap();
        assert_eq!(answer.affected.releases.len(), 1);
        let codes: Vec<&str> = answer.unknowns.iter().map(|one| one.code).collect();
        assert!(!codes.contains(&"unknown-advisory"), "{codes:?}");
    }
}

#[test]
fn no_statement_silences_a_malicious_release() {
    for world in worlds() {
        world.know(&[Record::new("MAL-2026-1", "npm", "left-pad")]);
        world.organisation("org_a", &[]);
        world.inventory.rematch(&ada(), at(1)).unwrap();
        world.send(("org_a", "portal", "1"), &sbom(&[LEFT_PAD]));
        let vex = openvex("MAL-2026-1", "pkg:npm/left-pad", "not_affected", 5);
        let received = send_vex(&world, &vex, 10);
        assert_eq!(received.without_effect[0].code, "statement-on-malicious");
        assert_eq!(only(&world).state, FindingState::Open);
    }
}

#[test]
fn what_is_said_of_one_version_says_nothing_of_another() {
    for world in worlds() {
        world_with_flaw(&world);
        world.send(("org_a", "portal", "1"), &sbom(&[LEFT_PAD]));
        world.send(("org_a", "portal", "2"), &sbom(&[LEFT_PAD]));
        let asset = world.asset("org_a", "portal");
        world.inventory.say(&said(&asset, Claim::Fixed), &ada(), at(20)).unwrap();
        let silenced = |world: &World| {
            let rows = world.inventory.findings(&asset).unwrap();
            rows.iter().filter(|row| matches!(row.state, FindingState::Silenced(_))).count()
        };
        assert_eq!(silenced(&world), 1);
        let wide = NewStatement { reach: Reach::Asset, ..said(&asset, Claim::Fixed) };
        world.inventory.say(&wide, &ada(), at(21)).unwrap();
        assert_eq!(silenced(&world), 2);
    }
}

#[test]
fn this_version_is_refused_where_no_version_is_named() {
    for world in worlds() {
        world_with_flaw(&world);
        for release in ["", "2"] {
            world.send(("org_a", "portal", release), &sbom(&[LEFT_PAD]));
        }
        let asset = world.asset("org_a", "portal");
        let unnamed = NewStatement { release: "", ..said(&asset, Claim::Fixed) };
        let refused = world.inventory.say(&unnamed, &ada(), at(20)).unwrap_err();
        assert!(matches!(refused, InventoryError::Field { field: "reach", .. }), "{refused}");
        let package = NewStatement { reach: Reach::Organisation, ..unnamed.clone() };
        world.inventory.say(&package, &ada(), at(21)).unwrap();
        let bare = NewStatement { purl: "pkg:npm/left-pad", ..package };
        let refused = world.inventory.say(&bare, &ada(), at(22)).unwrap_err();
        assert!(matches!(refused, InventoryError::Field { field: "reach", .. }), "{refused}");
    }
}

#[test]
fn a_document_about_what_an_sbom_describes_holds_in_that_sbom() {
    for world in worlds() {
        world_with_flaw(&world);
        let mut portal: serde_json::Value = serde_json::from_slice(&sbom(&[LEFT_PAD])).unwrap();
        portal["metadata"]["component"]["purl"] = "pkg:npm/portal@7.1".into();
        let portal = portal.to_string().into_bytes();
        let vex = openvex("GHSA-1", "pkg:npm/portal@7.1", "not_affected", 5);
        world.send(("org_a", "portal", "1"), &portal);
        world.send(("org_a", "shop", "1"), &sbom(&[LEFT_PAD]));
        let received = send_vex(&world, &vex, 10);
        assert_eq!((received.silenced, &*received.without_effect), (1, &[][..]));
        assert_eq!(only(&world).state, FindingState::Silenced(at(10)));
        assert_eq!(world.send(("org_a", "portal", "2"), &portal).silenced, 1, "in any order");
        let other = openvex("GHSA-1", "pkg:npm/portal@7.2", "affected", 6);
        assert_eq!(send_vex(&world, &other, 11).without_effect[0].code, "product-not-scanned");
    }
}

#[test]
fn a_statement_about_a_finding_that_is_not_there_is_refused() {
    for world in worlds() {
        world_with_flaw(&world);
        world.send(("org_a", "portal", "1"), &sbom(&[LEFT_PAD]));
        let asset = world.asset("org_a", "portal");
        let absent = NewStatement { flaw: "GHSA-2", ..said(&asset, Claim::Fixed) };
        let refused = world.inventory.say(&absent, &ada(), at(20)).unwrap_err();
        assert!(matches!(refused, InventoryError::Absent { .. }), "{refused}");
        let over = NewStatement { expires: Some(date(2020, 1, 1)), ..said(&asset, Claim::Fixed) };
        let refused = world.inventory.say(&over, &ada(), at(20)).unwrap_err();
        assert!(matches!(refused, InventoryError::Field { field: "expires", .. }), "{refused}");
    }
}

#[test]
fn what_is_no_vex_document_is_refused_and_leaves_no_trace() {
    for world in worlds() {
        world_with_flaw(&world);
        for bytes in [&b"hello"[..], b"{}", b"", b"[1]"] {
            let upload = VexUpload { party: "org_a", asset: "", file_name: "v", bytes };
            assert!(world.inventory.receive_vex(&upload, &ada(), at(3)).is_err());
        }
        assert!(world.inventory.vex_documents("org_a").unwrap().is_empty());
    }
}
