//! The example world: made-up organisations of real sectors, with SBOMs of real shapes, and an
//! event like `Log4Shell`. Every name in it says or shows that it is made up.
//!
//! The package versions and the flaws in them are real: CVE-2021-44228 and others are in the
//! starter set of advisories that comes with the program, so the world has findings also where no
//! advisory data were fetched.

mod notices;

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use mainstay_inventory::{Inventory, InventoryError, NewParty, PartyKind, Upload, VexUpload};
use mainstay_notices::NoticesError;
use mainstay_store::{Actor, Database};
use serde_json::{Value, json};

/// The organisation with which all others share: the example world's ISAC.
const COORDINATOR: &str = "example-isac";
/// What the first account of the example world owns.
pub(crate) const OWNED: [&str; 2] = [COORDINATOR, "example-grid-alder"];
/// Organisations besides it.
const ORGANISATIONS: usize = 24;

/// Sectors and what their organisations run there.
const SECTORS: [(&str, &str, &str); 8] = [
    ("us-ci/energy", "Grid", "control-room"),
    ("us-ci/water-and-wastewater-systems", "Waterworks", "pump-station"),
    ("us-ci/healthcare-and-public-health", "Hospital", "patient-records"),
    ("us-ci/financial-services", "Bank", "payments"),
    ("us-ci/transportation-systems", "Railway", "timetable"),
    ("us-ci/communications", "Telecom", "subscriber-portal"),
    ("us-ci/information-technology", "Cloud", "billing"),
    ("us-ci/food-and-agriculture", "Dairy", "cold-chain"),
];

/// Names that nobody bears.
const NAMES: [&str; 6] = ["Alder", "Birch", "Cedar", "Dogwood", "Elm", "Fir"];

/// Fills an empty instance. Gives the id of the organisation that sees all inventories; nothing
/// when the instance has organisations already.
///
/// # Errors
/// When the database does not take it.
pub fn fill_demo(
    database: &Arc<Database>,
    inventory: &Arc<Inventory>,
    now: Timestamp,
) -> Result<Option<&'static str>, NoticesError> {
    if !inventory.parties(PartyKind::Organisation)?.is_empty() {
        return Ok(None);
    }
    let actor = Actor { id: "mainstay".to_owned(), origin: "example world".to_owned() };
    let isac = party(COORDINATOR, "Example ISAC (made up)", &[], false);
    inventory.put_party(&isac, &actor, now)?;
    for number in 0..ORGANISATIONS {
        fill_one(inventory, number, &actor, now)?;
    }
    inventory.fold(true)?;
    notices::fill(database, inventory, now)?;
    Ok(Some(COORDINATOR))
}

fn fill_one(
    inventory: &Inventory,
    number: usize,
    actor: &Actor,
    now: Timestamp,
) -> Result<(), InventoryError> {
    let (sector, kind, asset) = SECTORS.get(number % SECTORS.len()).copied().unwrap_or_default();
    let name = NAMES
        .get((number / SECTORS.len() + number % SECTORS.len()) % NAMES.len())
        .copied()
        .unwrap_or("Gum");
    let id = format!("example-{}-{}", kind.to_lowercase(), name.to_lowercase());
    let party = party(&id, &format!("Example {kind} {name}"), &[sector], number.is_multiple_of(5));
    inventory.put_party(&party, actor, now)?;
    let with = COORDINATOR.parse().into_iter().collect();
    let since = now.checked_sub(SignedDuration::from_hours(24 * 30)).unwrap_or(now);
    inventory.share(&id, &with, actor, since)?;
    // Every sixth is silent: it belongs here and sent nothing.
    if number % 6 == 5 {
        return Ok(());
    }
    for (asset, release, document) in assets(number, asset) {
        let bytes = document.to_string().into_bytes();
        let upload = Upload {
            party: &id,
            asset: &asset,
            release: &release,
            file_name: "bom.cdx.json",
            bytes: &bytes,
        };
        // Documents came over the last weeks, not all at once.
        let days = i64::try_from(number % 20).unwrap_or(0);
        let at = now.checked_sub(SignedDuration::from_hours(24 * days)).unwrap_or(now);
        inventory.receive(&upload, actor, at)?;
    }
    // One maker of software says what a flaw means in it, and of another flaw that he still looks.
    if number == 0 {
        let document = vex(now).to_string();
        let upload = VexUpload {
            party: &id,
            asset: "",
            file_name: "maker.openvex.json",
            bytes: document.as_bytes(),
        };
        inventory.receive_vex(&upload, actor, now)?;
    }
    Ok(())
}

/// What a made-up maker says.
fn vex(now: Timestamp) -> Value {
    let about = |flaw: &str, package: &str| {
        json!({ "vulnerability": { "name": flaw },
            "products": [{ "@id": format!("pkg:maven/{package}") }] })
    };
    let mut harmless = about("CVE-2022-42889", "org.apache.commons/commons-text");
    let mut open = about("CVE-2021-44228", "org.apache.logging.log4j/log4j-core");
    for (statement, fields) in [
        (
            &mut harmless,
            json!({ "status": "not_affected",
                "justification": "vulnerable_code_not_in_execute_path",
                "impact_statement": "The product never interpolates text from outside." }),
        ),
        (&mut open, json!({ "status": "under_investigation" })),
    ] {
        if let (Some(statement), Value::Object(fields)) = (statement.as_object_mut(), fields) {
            statement.extend(fields);
        }
    }
    json!({
        "@context": "https://openvex.dev/ns/v0.2.0", "@id": "urn:example:made-up:1",
        "author": "Example Maker (made up)", "version": 1, "timestamp": now.to_string(),
        "statements": [harmless, open],
    })
}

fn party(id: &str, name: &str, sectors: &[&str], is_important: bool) -> NewParty {
    NewParty {
        id: id.to_owned(),
        kind: PartyKind::Organisation,
        name: name.to_owned(),
        is_important,
        sectors: sectors.iter().filter_map(|sector| sector.parse().ok()).collect(),
    }
}

/// What an organisation runs: a Java service, and every second one a web front as well.
fn assets(number: usize, name: &str) -> Vec<(String, String, Value)> {
    // Some never updated, some half-way, some are well.
    let log4j = ["2.14.1", "2.17.1", "2.11.0", "2.15.0", "2.20.0"];
    let log4j = log4j.get(number % log4j.len()).copied().unwrap_or("2.14.1");
    let java = sbom(
        name,
        &[
            ("maven", "org.springframework/spring-web", "5.3.13"),
            ("maven", "org.springframework/spring-core", "5.3.13"),
            ("maven", "com.fasterxml.jackson.core/jackson-databind", "2.13.0"),
            ("maven", "org.apache.logging.log4j/log4j-api", log4j),
            ("maven", "org.apache.logging.log4j/log4j-core", log4j),
            (
                "maven",
                "org.apache.commons/commons-text",
                if number.is_multiple_of(3) { "1.9" } else { "1.10.0" },
            ),
            ("maven", "org.example.made-up/core", &format!("3.{number}.0")),
            ("conan", "zlib", if number.is_multiple_of(4) { "1.2.11" } else { "1.3.1" }),
        ],
    );
    let release = format!("{}.{}", 4 + number % 3, number % 10);
    let mut all = vec![(name.to_owned(), release, java)];
    if number.is_multiple_of(2) {
        let front = sbom(
            "web-front",
            &[
                ("npm", "express", "4.17.1"),
                ("npm", "lodash", if number.is_multiple_of(4) { "4.17.15" } else { "4.17.21" }),
                ("npm", "axios", "0.21.1"),
                ("npm", "made-up-example-widgets", "1.0.0"),
            ],
        );
        all.push(("web-front".to_owned(), "2026.10".to_owned(), front));
    }
    all
}

/// What the metadata of some packages say of their projects: address, kind, and a remark where the
/// kind does not say it.
const PROJECTS: &[(&str, &str, &str, &str)] = &[
    ("express", "other", "https://opencollective.com/express", "funding"),
    ("express", "vcs", "https://github.com/expressjs/express", ""),
    ("express", "website", "https://expressjs.com/", ""),
    ("lodash", "vcs", "https://github.com/lodash/lodash", ""),
    ("axios", "issue-tracker", "https://github.com/axios/axios/issues", ""),
    ("axios", "other", "https://github.com/axios/axios/blob/v1.x/CONTRIBUTING.md", "contributing"),
    ("org.apache.logging.log4j/log4j-core", "website", "https://logging.apache.org/log4j/2.x/", ""),
    ("org.apache.logging.log4j/log4j-core", "vcs", "https://github.com/apache/logging-log4j2", ""),
    ("org.apache.commons/commons-text", "website", "https://commons.apache.org/text/", ""),
    ("made-up-example-widgets", "other", "https://widgets.example.org/donate", "funding (made up)"),
    ("made-up-example-widgets", "vcs", "https://widgets.example.org/source", ""),
];

fn references(package: &str) -> Vec<Value> {
    let own = PROJECTS.iter().filter(|(name, ..)| *name == package);
    own.map(|(_, kind, url, comment)| json!({ "type": kind, "url": url, "comment": comment }))
        .collect()
}

/// Of the package that nobody made, one person is named.
fn authors(package: &str) -> Vec<Value> {
    let is_ours = package == "made-up-example-widgets";
    is_ours.then(|| json!({ "name": "Example Author (made up)" })).into_iter().collect()
}

/// A CycloneDX document in which each package needs the next, as far as such a chain is true to
/// life: the first three are asked for directly.
fn sbom(name: &str, packages: &[(&str, &str, &str)]) -> Value {
    let purl = |(kind, name, version): &(&str, &str, &str)| format!("pkg:{kind}/{name}@{version}");
    let components: Vec<Value> = packages
        .iter()
        .map(|package| {
            let (group, short) = package.1.rsplit_once('/').unwrap_or(("", package.1));
            json!({ "type": "library", "bom-ref": purl(package), "group": group, "name": short,
                "version": package.2, "purl": purl(package), "authors": authors(package.1),
                "externalReferences": references(package.1) })
        })
        .collect();
    let direct: Vec<String> = packages.iter().take(3).map(purl).collect();
    let mut dependencies = vec![json!({ "ref": "root", "dependsOn": direct })];
    for (at, package) in packages.iter().enumerate() {
        let next: Vec<String> = packages.get(at + 1).map(purl).into_iter().collect();
        let needs = if at >= 2 { next } else { Vec::new() };
        dependencies.push(json!({ "ref": purl(package), "dependsOn": needs }));
    }
    json!({
        "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
        "metadata": { "component": { "type": "application", "bom-ref": "root", "name": name } },
        "components": components,
        "dependencies": dependencies,
        "compositions": [{ "aggregate": "complete", "assemblies": ["root"] }],
    })
}
