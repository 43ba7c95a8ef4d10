//! Writing a plan: all of it or nothing, and only over the file that it was made for.

use mainstay_repair::{Choice, Plan, RepairError, apply};

use crate::recorded::{Bench, Recorded, chain, flaw, moves_left, prints};

fn planned(bench: &Bench) -> Plan {
    bench.write("Cargo.lock", &chain(&[("left", "1.0.0")]));
    let tools = Recorded::new(vec![prints("cargo --version", "cargo 1.95.0"), moves_left("2.0.0")]);
    bench.plan("Cargo.lock", &Choice::default(), &tools).remove(0)
}

#[test]
fn an_applied_plan_is_in_the_file() {
    let bench = Bench::new(&[flaw("A-1", "left", "0", "2.0.0")]);
    let plan = planned(&bench);
    assert!(apply(&plan, &bench).unwrap());
    assert_eq!(bench.read("Cargo.lock"), chain(&[("left", "2.0.0")]));
}

#[test]
fn a_file_that_changed_since_is_left_alone() {
    let bench = Bench::new(&[flaw("A-1", "left", "0", "2.0.0")]);
    let plan = planned(&bench);
    let other = chain(&[("left", "1.0.1")]);
    bench.write("Cargo.lock", &other);
    assert!(matches!(apply(&plan, &bench), Err(RepairError::Moved(_))));
    assert_eq!(bench.read("Cargo.lock"), other);
}

#[test]
fn a_file_that_scans_differently_once_written_is_put_back() {
    let bench = Bench::new(&[flaw("A-1", "left", "0", "2.0.0")]);
    let plan = planned(&bench);
    // Somebody learned of another flaw between the plan and its application.
    let later = Bench::new(&[flaw("A-1", "left", "0", "3.0.0")]);
    assert!(matches!(apply(&plan, &later), Err(RepairError::NotAsPlanned { .. })));
    assert_eq!(bench.read("Cargo.lock"), chain(&[("left", "1.0.0")]));
}
