//! An answer counts only when the lockfile, scanned again, has lost a finding and gained none.

use crate::recorded::{Bench, Recorded, chain, flaw, moves_left, prints, writes};

const CARGO: &str = "cargo --version";

#[test]
fn an_answer_that_brings_another_flaw_is_put_back() {
    let bench = Bench::new(&[flaw("A-1", "left", "0", "1.0.5"), flaw("B-1", "new", "0", "9.0.0")]);
    let lock = chain(&[("left", "1.0.0")]);
    bench.write("Cargo.lock", &lock);
    let tools = Recorded::new(vec![
        prints(CARGO, "cargo 1.95.0"),
        writes(
            "cargo update left@1.0.0 --precise 1.0.5",
            "Cargo.lock",
            chain(&[("left", "1.0.5"), ("new", "1.0.0")]),
        ),
        prints("cargo update left@1.0.0", ""),
    ]);
    let mended = bench.mended("Cargo.lock", &tools);
    assert_eq!(mended.left[0].why, "moving it would bring in B-1 in new 1.0.0");
    assert_eq!(mended.rewrite.after, lock.as_bytes());
}

#[test]
fn a_goal_with_a_flaw_of_its_own_is_raised_above_it() {
    let bench =
        Bench::new(&[flaw("A-1", "left", "0", "1.0.5"), flaw("A-2", "left", "1.0.4", "1.0.7")]);
    bench.write("Cargo.lock", &chain(&[("left", "1.0.0")]));
    let tools = Recorded::new(vec![
        prints(CARGO, "cargo 1.95.0"),
        moves_left("1.0.5"),
        moves_left("1.0.7"),
    ]);
    let mended = bench.mended("Cargo.lock", &tools);
    assert_eq!(mended.changes[0].to.as_deref(), Some("1.0.7"));
    assert_eq!(mended.findings, (1, 0));
}

#[test]
fn an_answer_that_cannot_be_read_is_put_back() {
    let bench = Bench::new(&[flaw("A-1", "left", "0", "1.0.5")]);
    let lock = chain(&[("left", "1.0.0")]);
    bench.write("Cargo.lock", &lock);
    let tools = Recorded::new(vec![
        prints(CARGO, "cargo 1.95.0"),
        writes("cargo update left@1.0.0 --precise 1.0.5", "Cargo.lock", "version = 99\n"),
        prints("cargo update left@1.0.0", ""),
    ]);
    let mended = bench.mended("Cargo.lock", &tools);
    assert_eq!((mended.gone.len(), mended.left.len()), (0, 1));
    assert_eq!(mended.rewrite.after, lock.as_bytes());
}

#[test]
fn an_answer_that_drops_the_package_is_told_as_such() {
    let bench = Bench::new(&[flaw("A-1", "left", "0", "1.0.5")]);
    bench.write("Cargo.lock", &chain(&[("right", "1.0.0"), ("left", "1.0.0")]));
    let tools = Recorded::new(vec![
        prints(CARGO, "cargo 1.95.0"),
        prints("cargo update left@1.0.0", ""),
        writes("cargo update right@1.0.0 left@1.0.0", "Cargo.lock", chain(&[("right", "1.1.0")])),
    ]);
    let mended = bench.mended("Cargo.lock", &tools);
    let left = mended.changes.iter().find(|change| change.name == "left").unwrap();
    assert_eq!((left.from.as_deref(), left.to.as_deref()), (Some("1.0.0"), None));
}

#[test]
fn what_becomes_unknown_is_said() {
    let bench = Bench::new(&[flaw("A-1", "left", "0", "1.0.5")]);
    bench.write("Cargo.lock", &chain(&[("left", "1.0.0")]));
    let from_git = chain(&[("left", "1.0.5"), ("other", "1.0.0")]).replacen(
        "name = \"other\"\nversion = \"1.0.0\"\nsource = \"registry+https://crates.example/index\"",
        "name = \"other\"\nversion = \"1.0.0\"\nsource = \"git+https://git.example/o#0123456789\"",
        1,
    );
    let tools = Recorded::new(vec![
        prints(CARGO, "cargo 1.95.0"),
        writes("cargo update left@1.0.0 --precise 1.0.5", "Cargo.lock", from_git),
    ]);
    let mended = bench.mended("Cargo.lock", &tools);
    assert_eq!(mended.newly_unknown.len(), 1, "{:?}", mended.newly_unknown);
}

fn not_affected(id: &str, product: &str) -> String {
    format!(
        r#"{{"@context": "https://openvex.dev/ns/v0.2.0", "@id": "x", "author": "A Team",
            "timestamp": "2026-01-01T00:00:00Z", "version": 1, "statements": [
            {{"vulnerability": {{"name": "{id}"}}, "products": ["{product}"],
              "status": "not_affected", "impact_statement": "never called"}}]}}"#
    )
}

#[test]
fn the_proof_hears_the_statements_of_the_plan() {
    let mut bench =
        Bench::new(&[flaw("A-1", "left", "0", "1.0.5"), flaw("B-1", "new", "0", "9.0.0")]);
    bench.hear(&not_affected("B-1", "pkg:cargo/new"));
    bench.write("Cargo.lock", &chain(&[("left", "1.0.0")]));
    let tools = Recorded::new(vec![
        prints(CARGO, "cargo 1.95.0"),
        writes(
            "cargo update left@1.0.0 --precise 1.0.5",
            "Cargo.lock",
            chain(&[("left", "1.0.5"), ("new", "1.0.0")]),
        ),
    ]);
    let mended = bench.mended("Cargo.lock", &tools);
    assert_eq!((mended.gone.len(), mended.findings), (1, (1, 0)));
}

#[test]
fn a_version_of_which_the_statement_says_nothing_brings_the_finding_in() {
    let mut bench =
        Bench::new(&[flaw("A-1", "left", "0", "1.0.5"), flaw("A-2", "left", "0", "1.0.7")]);
    bench.hear(&not_affected("A-2", "pkg:cargo/left@1.0.0"));
    bench.write("Cargo.lock", &chain(&[("left", "1.0.0")]));
    let tools = Recorded::new(vec![
        prints(CARGO, "cargo 1.95.0"),
        moves_left("1.0.5"),
        moves_left("1.0.7"),
    ]);
    let mended = bench.mended("Cargo.lock", &tools);
    assert_eq!(mended.changes[0].to.as_deref(), Some("1.0.7"));
}
