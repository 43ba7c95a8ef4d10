//! The order of work.

use std::collections::BTreeSet;

use mainstay_inventory::{AssetContext, InventoryError, Work};
use mainstay_testkit::Record;

use crate::world::{World, ada, at, sbom, worlds};

const PACKAGES: [&str; 2] = ["pkg:npm/a@1.0.0", "pkg:npm/b@1.0.0"];

/// Two assets, with a flaw each.
fn filled(world: &World) -> [String; 2] {
    world.know(&[Record::new("GHSA-1", "npm", "a"), Record::new("GHSA-2", "npm", "b")]);
    world.organisation("org_a", &[]);
    world.inventory.rematch(&ada(), at(1)).unwrap();
    world.send(("org_a", "first", "1"), &sbom(&PACKAGES[..1]));
    world.send(("org_a", "second", "1"), &sbom(&PACKAGES[1..]));
    [world.asset("org_a", "first"), world.asset("org_a", "second")]
}

#[test]
fn where_nobody_knows_the_outcome_is_a_range_with_the_questions() {
    for world in worlds() {
        let [first, _] = filled(&world);
        let findings = world.inventory.findings(&first).unwrap();
        let work = Work::of(&findings[0]);
        assert!(work.outcomes().len() > 1, "{}", work.range());
        assert!(work.range().ends_with("to Immediate"), "{}", work.range());
        let open: Vec<_> = work.why().into_iter().filter(|one| one.possible.len() > 1).collect();
        assert_eq!(open.len(), 4, "no vector, no catalogue, no word of the organisation");
        assert!(open.iter().all(|one| !one.why.is_empty()));
    }
}

#[test]
fn what_the_organisation_says_of_an_asset_narrows_and_orders() {
    for world in worlds() {
        let [first, _] = filled(&world);
        let low =
            AssetContext { exposure: Some("S".to_owned()), human_impact: Some("L".to_owned()) };
        world.inventory.set_asset_context(&first, &low, &ada(), at(20)).unwrap();
        assert_eq!(world.inventory.asset_context(&first).unwrap(), low);
        let all = BTreeSet::from(["org_a".to_owned()]);
        let work = world.inventory.work_first(&all, 10).unwrap();
        let order: Vec<&str> = work.iter().map(|one| one.flaw.as_str()).collect();
        assert_eq!(order, ["GHSA-2", "GHSA-1"], "of the other asset nobody knows");
        assert!(!Work::of(&work[1]).outcomes().contains(&"Immediate"));
        assert_eq!(world.inventory.work_first(&all, 1).unwrap().len(), 1);
    }
}

#[test]
fn an_answer_that_ssvc_does_not_have_is_refused() {
    for world in worlds() {
        let [first, _] = filled(&world);
        let wrong = AssetContext { exposure: Some("X".to_owned()), human_impact: None };
        let refused = world.inventory.set_asset_context(&first, &wrong, &ada(), at(20));
        assert!(matches!(refused, Err(InventoryError::Field { field: "exposure", .. })));
    }
}
