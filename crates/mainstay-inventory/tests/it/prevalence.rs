//! What members rest on, what of that is weak, and what its projects ask for.

use std::collections::BTreeSet;

use mainstay_inventory::{
    Known, NoteKind, Prevalence, PrevalenceFilter, PrevalenceOrder, PrevalentPackage, Sight, as_csv,
};
use mainstay_testkit::Record;
use mainstay_types::Ecosystem;
use serde_json::{Value, json};

use crate::world::{World, ada, at, sbom, worlds};

const ENERGY: &str = "us-ci/energy";
const WATER: &str = "us-ci/water-and-wastewater-systems";

fn all() -> PrevalenceFilter {
    PrevalenceFilter { most: 100, ..PrevalenceFilter::default() }
}

fn asked(world: &World, sight: &Sight, filter: &PrevalenceFilter) -> Prevalence {
    world.inventory.prevalence(sight, filter, at(100)).unwrap()
}

fn of<'p>(prevalence: &'p Prevalence, name: &str) -> &'p PrevalentPackage {
    prevalence.packages.iter().find(|one| one.name == name).unwrap()
}

fn names(prevalence: &Prevalence) -> Vec<&str> {
    prevalence.packages.iter().map(|one| one.name.as_str()).collect()
}

fn only(party: &str) -> Sight {
    Sight::Of(BTreeSet::from([party.to_owned()]))
}

/// An SBOM of one package, with what is said of its project.
fn noted(purl: &str, references: &Value, authors: &[&str]) -> Vec<u8> {
    let authors: Vec<Value> = authors.iter().map(|name| json!({ "name": name })).collect();
    json!({
        "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
        "components": [{
            "type": "library", "name": "x", "version": "1.0.0", "purl": purl,
            "externalReferences": references, "authors": authors,
        }],
    })
    .to_string()
    .into_bytes()
}

#[test]
fn a_package_is_counted_by_those_who_use_it() {
    for world in worlds() {
        world.organisation("grid-important", &[ENERGY]);
        world.organisation("well", &[WATER]);
        world.organisation("silent", &[WATER]);
        let both = ["pkg:npm/lodash@1.0.0", "pkg:npm/left-pad@1.0.0"];
        world.send(("grid-important", "portal", "1"), &sbom(&both));
        world.send(("grid-important", "portal", "2"), &sbom(&["pkg:npm/left-pad@1.1.0"]));
        world.send(("well", "pump", "1"), &sbom(&["pkg:npm/left-pad@1.0.0"]));
        let prevalence = asked(&world, &Sight::Everything, &all());
        let totals = prevalence.totals;
        assert_eq!((totals.organisations, totals.with_inventory, totals.assets), (3, 2, 2));
        let one = of(&prevalence, "left-pad");
        assert_eq!(one.purl, "pkg:npm/left-pad");
        assert_eq!((one.organisations, one.important, one.sectors), (2, 1, 2));
        // Two versions of the portal are one asset, which asks for it itself in one of them.
        assert_eq!((one.direct, one.deep, one.untold, one.versions), (2, 0, 0, 2));
        assert_eq!(one.reach.tenths(), 1_000);
        let other = of(&prevalence, "lodash");
        assert_eq!((other.organisations, other.direct), (1, 1));
        assert!(other.reach < one.reach);
        assert!(prevalence.unknowns.iter().any(|one| one.code == "no-inventory"));
    }
}

#[test]
fn only_what_is_in_sight_is_counted_and_the_answer_says_so() {
    for world in worlds() {
        world.organisation("grid", &[ENERGY]);
        world.organisation("well", &[WATER]);
        world.send(("grid", "portal", "1"), &sbom(&["pkg:npm/left-pad@1.0.0"]));
        let secret = ["pkg:npm/left-pad@1.0.0", "pkg:npm/secret@1.0.0"];
        world.send(("well", "pump", "1"), &sbom(&secret));
        let seen = asked(&world, &only("grid"), &all());
        assert_eq!((names(&seen), seen.found), (vec!["left-pad"], 1));
        assert_eq!((of(&seen, "left-pad").organisations, seen.totals.organisations), (1, 1));
        assert!(seen.unknowns.iter().any(|one| one.code == "out-of-sight"));
        let nothing = asked(&world, &Sight::Of(BTreeSet::new()), &all());
        assert_eq!((nothing.found, nothing.totals.organisations), (0, 0));
    }
}

#[test]
fn what_is_known_to_be_weak_comes_first_and_what_is_not_known_is_a_range() {
    for world in worlds() {
        let mut unmaintained = Record::new("RUSTSEC-1", "npm", "left-pad");
        unmaintained.0["affected"][0]["database_specific"] =
            json!({"informational": "unmaintained"});
        let flaw = Record::new("GHSA-1", "npm", "lodash");
        world.know(&[unmaintained, flaw]);
        world.organisation("grid", &[ENERGY]);
        world.organisation("well", &[WATER]);
        let all_three =
            ["pkg:npm/well-kept@1.0.0", "pkg:npm/lodash@1.0.0", "pkg:npm/left-pad@1.0.0"];
        world.send(("grid", "portal", "1"), &sbom(&all_three));
        world.send(("well", "pump", "1"), &sbom(&["pkg:npm/well-kept@1.0.0"]));
        let prevalence = asked(&world, &Sight::Everything, &all());
        assert_eq!(names(&prevalence), ["left-pad", "lodash", "well-kept"]);
        let left_pad = of(&prevalence, "left-pad");
        assert_eq!((left_pad.weakness.unmaintained, left_pad.weakness.flaws), (Known::Yes, 0));
        assert_eq!(left_pad.weak.least.tenths(), 400);
        assert_eq!(of(&prevalence, "lodash").weakness.flaws, 1);
        let well_kept = of(&prevalence, "well-kept");
        assert_eq!(well_kept.weakness.unmaintained, Known::Unknown);
        assert_eq!((well_kept.weak.least.tenths(), well_kept.weak.most.tenths()), (0, 700));
        let by_reach = PrevalenceFilter { order: PrevalenceOrder::Reach, ..all() };
        assert_eq!(names(&asked(&world, &Sight::Everything, &by_reach))[0], "well-kept");
    }
}

#[test]
fn what_was_made_to_do_harm_is_not_helped() {
    for world in worlds() {
        world.know(&[Record::new("MAL-2026-1", "npm", "left-pad")]);
        world.organisation("grid", &[]);
        let both = ["pkg:npm/left-pad@1.0.0", "pkg:npm/lodash@1.0.0"];
        world.send(("grid", "portal", "1"), &sbom(&both));
        let prevalence = asked(&world, &Sight::Everything, &all());
        assert_eq!(names(&prevalence), ["lodash", "left-pad"]);
        let bad = of(&prevalence, "left-pad");
        assert!(bad.weakness.is_malicious && bad.help.is_none());
    }
}

#[test]
fn what_projects_ask_for_is_read_from_sboms_with_how_many_say_it() {
    for world in worlds() {
        for id in ["grid", "well", "rogue"] {
            world.organisation(id, &[]);
        }
        let purl = "pkg:npm/x@1.0.0";
        let honest = json!([
            { "type": "other", "url": "https://give.example/x", "comment": "Project-URL: Funding" },
            { "type": "vcs", "url": "git+https://code.example/x.git" },
            { "type": "website", "url": "javascript:alert(1)" },
        ]);
        let purse = json!([{ "type": "website", "url": "https://opencollective.com/rogue" }]);
        world.send(("grid", "a", "1"), &noted(purl, &honest, &["Ada"]));
        world.send(("well", "a", "1"), &noted(purl, &honest, &["Ada", "Ben"]));
        world.send(("rogue", "a", "1"), &noted(purl, &purse, &[]));
        let prevalence = asked(&world, &Sight::Everything, &all());
        let asks = &of(&prevalence, "x").asks;
        let told: Vec<_> =
            asks.iter().map(|one| (one.kind, one.address.as_str(), one.organisations)).collect();
        assert_eq!(
            told,
            [
                (NoteKind::Funding, "https://give.example/x", 2),
                (NoteKind::Funding, "https://opencollective.com/rogue", 1),
                (NoteKind::Source, "https://code.example/x.git", 2),
            ]
        );
        // Whoever names more people knows more.
        assert_eq!(of(&prevalence, "x").weakness.one_person, Known::No);
        let seen = asked(&world, &only("grid"), &all());
        assert_eq!(of(&seen, "x").asks.len(), 2);
        assert_eq!(of(&seen, "x").weakness.one_person, Known::Yes);
    }
}

#[test]
fn sectors_and_ecosystems_can_be_looked_at_alone_and_lists_in_parts() {
    for world in worlds() {
        world.organisation("grid", &[ENERGY]);
        world.organisation("well", &[WATER]);
        let both = ["pkg:npm/left-pad@1.0.0", "pkg:pypi/flask@1.0.0"];
        world.send(("grid", "portal", "1"), &sbom(&both));
        world.send(("well", "pump", "1"), &sbom(&["pkg:npm/lodash@1.0.0"]));
        let sector = PrevalenceFilter { sector: Some(WATER.parse().unwrap()), ..all() };
        let water = asked(&world, &Sight::Everything, &sector);
        assert_eq!((names(&water), water.totals.organisations), (vec!["lodash"], 1));
        let pypi = PrevalenceFilter { ecosystem: Some(Ecosystem::PyPi), ..all() };
        assert_eq!(names(&asked(&world, &Sight::Everything, &pypi)), ["flask"]);
        let second = PrevalenceFilter { skip: 2, most: 1, ..PrevalenceFilter::default() };
        let part = asked(&world, &Sight::Everything, &second);
        assert_eq!((part.packages.len(), part.found), (1, 3));
    }
}

#[test]
fn the_count_follows_what_is_current() {
    for world in worlds() {
        world.organisation("grid", &[]);
        world.send(("grid", "portal", "1"), &sbom(&["pkg:npm/left-pad@1.0.0"]));
        assert_eq!(names(&asked(&world, &Sight::Everything, &all())), ["left-pad"]);
        world.send(("grid", "portal", "1"), &sbom(&["pkg:npm/lodash@1.0.0"]));
        assert_eq!(names(&asked(&world, &Sight::Everything, &all())), ["lodash"]);
    }
}

#[test]
fn a_hostile_name_is_no_formula_in_the_table() {
    for world in worlds() {
        world.organisation("grid", &[]);
        let bytes = noted(
            "pkg:npm/x@1.0.0",
            &json!([
                { "type": "vcs", "url": "https://opencollective.com/x?a=\",=1+1" },
            ]),
            &[],
        );
        world.send(("grid", "a", "1"), &bytes);
        let csv = as_csv(&asked(&world, &Sight::Everything, &all()));
        let lines: Vec<&str> = csv.lines().collect();
        assert!(lines[0].starts_with("package,ecosystem,organisations,"));
        assert!(lines[1].starts_with("pkg:npm/x,npm,1,0,0,1,0,0,1,1,unknown,0,,"), "{csv}");
        assert!(lines[1].ends_with("\"https://opencollective.com/x?a=\"\",=1+1\""), "{csv}");
    }
}

#[test]
fn flaws_of_older_advisory_data_are_said_to_be_that() {
    for world in worlds() {
        world.know(&[Record::new("GHSA-1", "npm", "right")]);
        world.organisation("org_a", &[]);
        world.send(("org_a", "app", "1"), &sbom(&["pkg:npm/left@1.0.0"]));
        let says = |inventory: &mainstay_inventory::Inventory| {
            let found = inventory.prevalence(&Sight::Everything, &all(), at(8));
            found.unwrap().unknowns.iter().any(|one| one.code == "unmatched-data")
        };
        assert!(!says(&world.inventory));
        world.know(&[Record::new("GHSA-2", "npm", "left")]);
        let later = world.another_process();
        assert!(says(&later));
        later.rematch(&ada(), at(9)).unwrap();
        assert!(!says(&later));
    }
}
