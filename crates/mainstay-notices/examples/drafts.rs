//! How long it takes from a new advisory to complete drafts, in a made-up world:
//! `cargo run --release -p mainstay-notices --example drafts -- 1000`.
//!
//! So many organisations share one SBOM each with a coordinator, and every second one has the
//! package. The figure that is asked for: at most five seconds.

#![expect(clippy::unwrap_used, reason = "a measurement that cannot go on has failed")]

use std::io::Write as _;
use std::sync::Arc;
use std::time::Instant;

use jiff::Timestamp;
use mainstay_inventory::{Inventory, Limits, NewParty, PartyKind, Upload};
use mainstay_knowledge::{DataFolder, ImportOptions, Limits as DataLimits, Silent, import};
use mainstay_notices::{Channel, ContactRole, NewContact, Notices};
use mainstay_store::{Actor, Database, FolderBlobs, Location};
use mainstay_testkit::{Record, zip};
use mainstay_types::Severity;
use mainstay_visibility::{Reader, Role};
use serde_json::json;

fn main() {
    let count: usize = std::env::args().nth(1).map_or(1_000, |text| text.parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let database = Arc::new(Database::open(&Location::sqlite(&path("db.sqlite"))).unwrap());
    let blobs = Arc::new(FolderBlobs::open(&path("blobs")).unwrap());
    let data = DataFolder::open(&path("knowledge")).unwrap();
    let inventory =
        Arc::new(Inventory::open(Arc::clone(&database), blobs, data.clone(), Limits::default()));
    let notices = Notices::open(database, Arc::clone(&inventory));
    let (actor, now) = (operator(), Timestamp::from_second(1_790_000_000).unwrap());
    party(&inventory, "isac", now);
    for number in 0..count {
        member(&inventory, &notices, number, now);
    }
    inventory.fold(true).unwrap();
    notices.set_wish("isac", Some(Severity::High), &actor, now).unwrap();
    notices.draft_new(now).unwrap();
    let record = Record::new("GHSA-2026-0001", "npm", "left-pad");
    std::fs::write(path("all.zip"), zip([record.entry()])).unwrap();

    let began = Instant::now();
    let options = ImportOptions { as_of: Some(now), now, limits: DataLimits::default() };
    import(&data, &[path("all.zip")], &options, &Silent).unwrap();
    let imported = began.elapsed();
    let told = inventory.match_if_newer(&actor, now).unwrap().unwrap();
    let matched = began.elapsed();
    let made = notices.draft_new(now).unwrap();
    let drafted = began.elapsed();
    let somebody = "acc_eva".parse().unwrap();
    let role = [("isac".parse().unwrap(), Role::Analyst)];
    let reader = Reader::signed_in(somebody, role, [], []).unwrap();
    let drafts = notices.list(&reader, now).unwrap();
    let reach = notices.reach("isac", &drafts.first().unwrap().content, now).unwrap();
    let reached = began.elapsed();
    let mut out = std::io::stdout();
    writeln!(
        out,
        "{count} organisations, {} findings opened, {made} draft for {} organisations with \
         contacts\nimported after {imported:?}, matched after {matched:?}, drafted after \
         {drafted:?}, recipients computed after {reached:?}",
        told.opened,
        reach.reached.len(),
    )
    .unwrap();
}

fn operator() -> Actor {
    Actor { id: "operator".to_owned(), origin: "command line".to_owned() }
}

fn party(inventory: &Inventory, id: &str, now: Timestamp) {
    let party = NewParty {
        id: id.to_owned(),
        kind: PartyKind::Organisation,
        name: format!("The {id}"),
        is_important: false,
        sectors: vec!["us-ci/energy".parse().unwrap()],
    };
    inventory.put_party(&party, &operator(), now).unwrap();
}

fn member(inventory: &Inventory, notices: &Notices, number: usize, now: Timestamp) {
    let id = format!("member-{number}");
    party(inventory, &id, now);
    let with = ["isac".parse().unwrap()].into();
    inventory.share(&id, &with, &operator(), now).unwrap();
    let first = if number.is_multiple_of(2) { "left-pad" } else { "right-pad" };
    let components: Vec<_> = [first, "once", "wrappy", "express"]
        .iter()
        .map(|name| {
            let purl = format!("pkg:npm/{name}@1.0.0");
            json!({ "type": "library", "bom-ref": purl, "name": name, "version": "1.0.0",
                "purl": purl })
        })
        .collect();
    let bytes = json!({ "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
        "components": components })
    .to_string()
    .into_bytes();
    let upload =
        Upload { party: &id, asset: "web", release: "1", file_name: "b.json", bytes: &bytes };
    inventory.receive(&upload, &operator(), now).unwrap();
    let contact = NewContact {
        party: id.clone(),
        role: ContactRole::Security,
        channel: Channel::of("mail", &format!("csirt@{id}.example")).unwrap(),
        name: String::new(),
    };
    notices.add_contact(&id, &contact, &operator(), now).unwrap();
}
