//! Made-up inventories, and how long the engine takes with them.
//!
//! ```text
//! cargo run --release -p mainstay-inventory --example load -- DATABASE FOLDER \
//!     ORGANISATIONS PRODUCTS COMPONENTS NEW-PERCENT
//! ```
//!
//! Each product has one SBOM, a CycloneDX document of so many components. NEW-PERCENT of them
//! nobody else has; the others are drawn from a pool of 20,000 package versions, a few of which
//! are in nearly every product and most in few (the chance of the package at rank r goes with
//! 1/r). Products belong to organisations in turn, organisations to one or two of sixteen
//! sectors. The numbers are drawn by a fixed rule, so every run makes the same world.
//!
//! Printed: how long receiving took, then how long "who is affected, by sector" takes for hot,
//! warm and cold packages, first in a process that has just opened the database; and what the
//! organisations rest on most, first with the count that it needs.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a benchmark that a person runs and watches"
)]

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use mainstay_inventory::{
    Inventory, Limits, NewParty, PartyKind, PrevalenceFilter, Sight, Subject, Upload,
};
use mainstay_knowledge::DataFolder;
use mainstay_store::{Actor, Database, FolderBlobs, Location};

/// Package versions that products share.
const POOL: u64 = 20_000;
const SECTORS: u64 = 16;
/// How often each question is asked.
const ASKED: usize = 200;

/// Numbers that look drawn by lot: xorshift64*.
struct Lot(u64);

impl Lot {
    fn draw(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// A rank from 1 to `most`; the chance of r goes with 1/r.
    fn rank(&mut self, most: u64) -> u64 {
        let share = (self.draw() >> 11) as f64 / (1_u64 << 53) as f64;
        ((most as f64).powf(share)) as u64
    }
}

struct Plan {
    location: Location,
    folder: std::path::PathBuf,
    organisations: u64,
    products: u64,
    components: u64,
    new_percent: u64,
}

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize| words[at].parse::<u64>().unwrap();
    let plan = Plan {
        location: words[0].parse().unwrap(),
        folder: words[1].clone().into(),
        organisations: number(2),
        products: number(3),
        components: number(4),
        new_percent: number(5),
    };
    let inventory = open(&plan);
    let now = Timestamp::now();
    let actor = Actor { id: "load".to_owned(), origin: "command line".to_owned() };
    fill(&inventory, &plan, &actor, now);
    ask("warm", &inventory);
    ask_prevalence(&inventory, now);
    drop(inventory);
    ask("just opened", &open(&plan));
}

fn open(plan: &Plan) -> Inventory {
    let started = Instant::now();
    let database = Arc::new(Database::open(&plan.location).unwrap());
    let blobs = Arc::new(FolderBlobs::open(&plan.folder.join("blobs")).unwrap());
    let data = DataFolder::open(&plan.folder.join("knowledge")).unwrap();
    let inventory = Inventory::open(database, blobs, data, Limits::default());
    println!("opened in {:?}", started.elapsed());
    inventory
}

fn fill(inventory: &Inventory, plan: &Plan, actor: &Actor, now: Timestamp) {
    let known = inventory.parties(PartyKind::Organisation).unwrap().len() as u64;
    for number in known..plan.organisations {
        let sector = |number: u64| format!("made-up/{:02}", number % SECTORS).parse().unwrap();
        let mut sectors = vec![sector(number)];
        if number % 3 == 0 {
            sectors.push(sector(number / 3));
        }
        let party = NewParty {
            id: format!("org_{number}"),
            kind: PartyKind::Organisation,
            name: format!("Organisation {number}"),
            is_important: number % 50 == 0,
            sectors,
        };
        inventory.put_party(&party, actor, now).unwrap();
    }
    let mut lot = Lot(0x9e37_79b9_7f4a_7c15);
    let (mut spent, mut bytes) = (Duration::ZERO, 0);
    let started = Instant::now();
    for product in 0..plan.products {
        let document = sbom(&mut lot, product, plan);
        bytes += document.len();
        let begun = Instant::now();
        let party = format!("org_{}", product % plan.organisations);
        let upload = Upload {
            party: &party,
            asset: &format!("product {product}"),
            release: "1.0",
            file_name: "bom.json",
            bytes: document.as_bytes(),
        };
        inventory.receive(&upload, actor, now).unwrap();
        if product % 500 == 499 {
            inventory.fold(false).unwrap();
        }
        spent += begun.elapsed();
        if product % 10_000 == 9_999 {
            println!("{} SBOMs after {:?}", product + 1, started.elapsed());
        }
    }
    let begun = Instant::now();
    inventory.fold(true).unwrap();
    println!(
        "{} SBOMs of {} components ({} % new), {} MB: {:.1} a second, and {:?} to fold the rest",
        plan.products,
        plan.components,
        plan.new_percent,
        bytes / 1_000_000,
        plan.products as f64 / spent.as_secs_f64(),
        begun.elapsed()
    );
}

/// A document: every package is needed by the one before.
fn sbom(lot: &mut Lot, product: u64, plan: &Plan) -> String {
    let new = plan.components * plan.new_percent / 100;
    let mut purls = std::collections::BTreeSet::new();
    for number in 0..new {
        purls.insert(format!("pkg:npm/own-{product}-{number}@1.0.{number}"));
    }
    while (purls.len() as u64) < plan.components {
        let rank = lot.rank(POOL);
        purls.insert(format!("pkg:npm/shared-{}@{}.0.0", rank / 4, rank % 4));
    }
    let mut components = String::new();
    let mut dependencies = String::new();
    let mut before = "app".to_owned();
    for purl in &purls {
        let comma = if components.is_empty() { "" } else { "," };
        let (name, version) = purl.rsplit_once('@').unwrap();
        let name = name.trim_start_matches("pkg:npm/");
        write!(
            components,
            r#"{comma}{{"type":"library","bom-ref":"{purl}","name":"{name}","version":"{version}","purl":"{purl}"}}"#
        )
        .unwrap();
        write!(dependencies, r#"{comma}{{"ref":"{before}","dependsOn":["{purl}"]}}"#).unwrap();
        before.clone_from(purl);
    }
    format!(
        r#"{{"bomFormat":"CycloneDX","specVersion":"1.6","version":1,"metadata":{{"component":{{"type":"application","bom-ref":"app","name":"product {product}"}}}},"components":[{components}],"dependencies":[{dependencies},{{"ref":"{before}","dependsOn":[]}}]}}"#
    )
}

fn ask(when: &str, inventory: &Inventory) {
    let subject = |package: u64, range: Option<&str>| Subject::Package {
        purl: format!("pkg:npm/shared-{package}"),
        range: range.map(str::to_owned),
    };
    let questions = [
        ("hot", subject(0, None)),
        ("hot, with a range", subject(0, Some("vers:npm/<3.0.0"))),
        ("warm", subject(50, None)),
        ("cold", subject(4_000, None)),
        ("nobody's", subject(1_000_000, None)),
    ];
    for (name, question) in questions {
        timed(&format!("{when}, {name}"), "organisations", || {
            inventory.affected_sectors(&question).unwrap().0
        });
    }
}

/// What organisations rest on: counted, then asked by those who see all and by one who sees few.
fn ask_prevalence(inventory: &Inventory, now: Timestamp) {
    let begun = Instant::now();
    inventory.refresh_prevalence(now).unwrap();
    println!("what is used was counted in {:?}", begun.elapsed());
    let few = (0..5).map(|number| format!("org_{number}")).collect();
    let filter = PrevalenceFilter { most: 50, ..PrevalenceFilter::default() };
    for (name, sight) in [("everything", Sight::Everything), ("five inventories", Sight::Of(few))] {
        timed(&format!("prevalence of {name}"), "packages", || {
            inventory.prevalence(&sight, &filter, now).unwrap().found
        });
    }
}

/// Asks often, and prints what was found and how long it took.
fn timed(name: &str, what: &str, mut ask: impl FnMut() -> usize) {
    let mut times = Vec::new();
    let mut found = 0;
    for _ in 0..ASKED {
        let begun = Instant::now();
        found = ask();
        times.push(begun.elapsed());
    }
    let first = times[0];
    times.sort_unstable();
    println!(
        "{name}: {found} {what}; first {first:?}, median {:?}, p95 {:?}, p99 {:?}",
        times[ASKED / 2],
        times[ASKED * 95 / 100],
        times[ASKED * 99 / 100]
    );
}
