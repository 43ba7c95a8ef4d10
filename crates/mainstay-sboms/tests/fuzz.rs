//! Every reader, on broken documents: a model whose references hold, or an error; no panic.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panic")]

use std::path::Path;

use mainstay_reading::{Input, Inventory, NothingNearby};
use mainstay_sboms::{DocumentText, End, Sbom, WrittenForm, file_of, hand_on, inventory, read};
use mainstay_testkit::mutation::{self, seeds_in};

#[test]
fn a_broken_document_is_an_error_or_a_consistent_model() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let mut seeds = seeds_in(&folder).unwrap();
    seeds.retain(|seed| file_of(&seed.name).is_some());
    mutation::run("sboms", &seeds, |_, input| {
        let Ok(text) = DocumentText::of(input) else { return false };
        let Ok(sbom) = text.sbom() else { return false };
        consistent(&sbom);
        let inventory = inventory(sbom.clone());
        consistent_inventory(&inventory);
        // What is kept for an inventory alone is enough for it.
        let input = Input { bytes: input, file_name: "sbom", nearby: &NothingNearby };
        assert_eq!(read(&input).unwrap(), inventory);
        written(sbom);
        true
    });
}

fn consistent(sbom: &Sbom<'_>) {
    let holds = |end: End| match end {
        End::Component(id) => sbom.component(id).is_some(),
        End::External(id) => sbom.external(id).is_some(),
        End::Document | End::Nothing | End::NoAssertion => true,
    };
    for one in &sbom.relationships {
        assert!(holds(one.from) && holds(one.to), "an edge leads nowhere: {one:?}");
    }
    for (at, component) in sbom.components.iter().enumerate() {
        assert!(component.parent.is_none_or(|parent| parent.position() < at), "{component:?}");
    }
    let affected = sbom.vulnerabilities.iter().flat_map(|one| &one.affects);
    assert!(affected.into_iter().all(|one| holds(one.target)));
    assert!(sbom.described.iter().all(|id| sbom.component(*id).is_some()));
}

fn consistent_inventory(inventory: &Inventory) {
    let count = u32::try_from(inventory.packages.len()).unwrap_or(u32::MAX);
    for entry in &inventory.packages {
        assert!(entry.needs.iter().all(|need| *need < count), "an edge leads nowhere: {entry:?}");
    }
}

/// Whatever was read can be written, and what was written is read whole, and leaves open what was.
fn written(mut sbom: Sbom<'_>) {
    let components = sbom.components.len();
    let is_whole = inventory(sbom.clone()).gaps.is_empty();
    hand_on(&mut sbom);
    for form in WrittenForm::ALL {
        let document = form.write(&sbom).unwrap();
        let text = DocumentText::of(document.as_bytes()).unwrap();
        let again = text.sbom().unwrap_or_else(|error| panic!("{error}: {document}"));
        assert!(again.components.len() >= components, "{document}");
        assert!(is_whole || !inventory(again).gaps.is_empty(), "{document}");
    }
}
