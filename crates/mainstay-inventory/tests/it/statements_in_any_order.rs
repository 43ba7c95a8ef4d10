//! The same documents in any order leave the same findings open.

use mainstay_inventory::{FindingState, Inventory, Upload, VexUpload};
use mainstay_testkit::Record;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::json;

use crate::statements::openvex;
use crate::world::{World, ada, at, sbom, worlds};

const PACKAGES: [&str; 3] = ["pkg:npm/a@1.0.0", "pkg:npm/b@1.0.0", "pkg:npm/c@1.0.0"];
const STATUSES: [&str; 4] = ["not_affected", "affected", "fixed", "under_investigation"];

/// A document, and whether it is an SBOM of some asset.
#[derive(Clone, Debug)]
enum Document {
    Sbom(String, Vec<u8>),
    Vex(Vec<u8>),
}

/// Two SBOMs, one of which speaks for itself, and statements.
fn documents(said: &[(usize, usize, i64)]) -> Vec<Document> {
    let mut speaking: serde_json::Value = serde_json::from_slice(&sbom(&PACKAGES)).unwrap();
    speaking["vulnerabilities"] = json!([{
        "id": "GHSA-1", "affects": [{ "ref": PACKAGES[0] }],
        "analysis": { "state": "not_affected", "justification": "code_not_reachable",
                      "firstIssued": at(2).to_string() },
    }]);
    let mut all = vec![
        Document::Sbom("one".to_owned(), sbom(&PACKAGES[..2])),
        Document::Sbom("two".to_owned(), speaking.to_string().into_bytes()),
    ];
    for (number, (package, status, seconds)) in said.iter().enumerate() {
        let (package, status) = (PACKAGES[package % 3], STATUSES[status % 4]);
        // Several at one moment, and some with a version and some without.
        let product = if number % 2 == 0 { package } else { &package[..package.len() - 6] };
        let flaw = if number % 3 == 2 { "CVE-2026-9" } else { "GHSA-1" };
        all.push(Document::Vex(openvex(flaw, product, status, 1 + seconds)));
    }
    all
}

/// Every finding and whether it is open, when the documents came in this order.
fn after(
    world: &World,
    party: &str,
    documents: &[Document],
) -> Vec<(String, String, String, bool)> {
    world.organisation(party, &[]);
    for document in documents {
        match document {
            Document::Sbom(asset, bytes) => {
                let upload = Upload { party, asset, release: "1", file_name: "b", bytes };
                world.inventory.receive(&upload, &ada(), at(50)).unwrap();
            }
            Document::Vex(bytes) => {
                let upload = VexUpload { party, asset: "", file_name: "v", bytes };
                world.inventory.receive_vex(&upload, &ada(), at(50)).unwrap();
            }
        }
    }
    let mut all = Vec::new();
    for asset in world.inventory.assets(party).unwrap() {
        for one in world.inventory.findings(&asset.id).unwrap() {
            if !matches!(one.state, FindingState::Closed(..)) {
                let is_open = one.state == FindingState::Open;
                all.push((one.asset_name, one.purl, one.flaw, is_open));
            }
        }
    }
    all.sort();
    all
}

#[test]
fn any_order_of_the_same_documents_leaves_the_same_findings_open() {
    let names = ["a", "b", "c"];
    let record = names
        .iter()
        .skip(1)
        .fold(Record::new("GHSA-1", "npm", "a"), |record, name| record.and("npm", name));
    for world in worlds() {
        world.know(std::slice::from_ref(&record));
        world.inventory.rematch(&ada(), at(1)).unwrap();
        let mut runner =
            TestRunner::new(Config { cases: 12, failure_persistence: None, ..Config::default() });
        let said = prop::collection::vec((0_usize..3, 0_usize..4, 0_i64..3), 0..6);
        let given = said.prop_map(|said| documents(&said));
        let given = given.prop_flat_map(|all| (Just(all.clone()), Just(all).prop_shuffle()));
        let count = std::cell::Cell::new(0);
        runner
            .run(&given, |(first, second)| {
                count.set(count.get() + 1);
                let one = after(&world, &format!("one-{}", count.get()), &first);
                let two = after(&world, &format!("two-{}", count.get()), &second);
                prop_assert_eq!(one, two);
                Ok(())
            })
            .unwrap();
    }
}

#[test]
fn statements_that_come_at_the_same_moment_are_all_heard() {
    let flaw = |process: usize, turn: usize| format!("GHSA-{process}-{turn}");
    let of_process = |process| (0..6).map(move |turn| flaw(process, turn));
    let records: Vec<Record> =
        (0..4).flat_map(of_process).map(|id| Record::new(&id, "npm", "a")).collect();
    for world in worlds() {
        world.know(&records);
        world.organisation("org_a", &[]);
        world.inventory.rematch(&ada(), at(1)).unwrap();
        world.send(("org_a", "portal", "1"), &sbom(&PACKAGES));
        let processes: Vec<Inventory> = (0..4).map(|_| world.another_process()).collect();
        std::thread::scope(|scope| {
            for (process, inventory) in processes.iter().enumerate() {
                scope.spawn(move || {
                    for id in of_process(process) {
                        let bytes = openvex(&id, PACKAGES[0], "not_affected", 5);
                        let upload =
                            VexUpload { party: "org_a", asset: "", file_name: "v", bytes: &bytes };
                        inventory.receive_vex(&upload, &ada(), at(50)).unwrap();
                    }
                });
            }
        });
        let findings = world.inventory.findings(&world.asset("org_a", "portal")).unwrap();
        let open: Vec<&str> = findings
            .iter()
            .filter(|one| one.state == FindingState::Open)
            .map(|one| one.flaw.as_str())
            .collect();
        assert_eq!((findings.len(), open.as_slice()), (24, &[][..]));
    }
}
