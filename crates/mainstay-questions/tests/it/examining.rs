//! From a small project to what can be said of it.

use mainstay_questions::{Examination, SeenClaim, Standing, Subject, Weight};
use mainstay_testkit::Record;
use mainstay_vex::{Justification, Reason};

use crate::world::World;

fn left() -> Subject {
    Subject::package("pkg:cargo/left", Some("vers:cargo/>=1.0.0|<2.0.0")).unwrap()
}

fn flaw() -> Subject {
    Subject::flaw("test-2024-0001").unwrap()
}

fn record() -> Record {
    Record::new("TEST-2024-0001", "crates.io", "left")
}

fn not_affected(justification: Justification) -> Standing {
    Standing::NotAffected(Reason::Justified(justification, None))
}

fn bears(examination: &Examination) -> Vec<&str> {
    let bearing = examination.not_known.iter().filter(|one| one.weight == Weight::Bears);
    bearing.map(|one| one.code).collect()
}

#[test]
fn a_version_in_the_range_is_affected() {
    let seen = World::new(&[("left", "1.4.0"), ("right", "1.0.0")]).examine(&left());
    assert_eq!(seen.standing, Standing::Affected);
    assert_eq!(seen.seen.len(), 1);
    assert_eq!(seen.seen[0].purl, "pkg:cargo/left@1.4.0");
    assert!(seen.seen[0].places[0].contains("Cargo.lock"), "{:?}", seen.seen[0].places);
}

#[test]
fn without_a_range_every_version_is_affected() {
    let subject = Subject::package("pkg:cargo/left", None).unwrap();
    let seen = World::new(&[("left", "9.0.0")]).examine(&subject);
    assert_eq!(seen.standing, Standing::Affected);
}

#[test]
fn one_affected_version_among_repaired_ones_is_affected() {
    let seen = World::new(&[("left", "1.4.0"), ("left", "2.0.0")]).examine(&left());
    assert_eq!(seen.standing, Standing::Affected);
    let claims: Vec<&SeenClaim> = seen.seen.iter().map(|one| &one.claim).collect();
    assert_eq!(claims, [&SeenClaim::Affected, &SeenClaim::Fixed]);
}

#[test]
fn a_version_behind_the_range_is_fixed() {
    let seen = World::new(&[("left", "2.0.0")]).examine(&left());
    assert_eq!(seen.standing, Standing::Fixed { since: None });
}

#[test]
fn a_version_before_the_range_is_not_affected_and_not_fixed() {
    let seen = World::new(&[("left", "0.9.0")]).examine(&left());
    assert_eq!(seen.standing, not_affected(Justification::VulnerableCodeNotPresent));
}

#[test]
fn a_version_behind_a_single_bad_one_is_not_called_fixed() {
    let subject = Subject::package("pkg:cargo/left", Some("vers:cargo/1.5.0")).unwrap();
    let seen = World::new(&[("left", "1.6.0")]).examine(&subject);
    assert_eq!(seen.standing, not_affected(Justification::VulnerableCodeNotPresent));
}

#[test]
fn a_package_that_is_not_there_is_not_present() {
    let seen = World::new(&[("right", "1.0.0")]).examine(&left());
    assert_eq!(seen.standing, not_affected(Justification::ComponentNotPresent));
    assert_eq!(seen.looked_at.sources, 1);
}

#[test]
fn a_file_that_cannot_be_read_makes_it_unknown() {
    let world = World::new(&[("right", "1.0.0")]);
    world.write("package-lock.json", "{ broken");
    let seen = world.examine(&left());
    assert_eq!(seen.standing, Standing::UnderInvestigation);
    assert_eq!(bears(&seen), ["broken-source"]);
}

#[test]
fn nothing_to_read_is_unknown() {
    let world = World::new(&[]);
    world.write("Cargo.lock", "");
    let seen = world.examine(&left());
    assert_eq!(seen.standing, Standing::UnderInvestigation);
}

#[test]
fn what_was_left_out_makes_it_unknown() {
    let seen = World::new(&[]).examine_without(&left(), &["legacy/".to_owned()]);
    assert_eq!(seen.standing, Standing::UnderInvestigation);
    assert_eq!(bears(&seen), ["excluded"]);
}

#[test]
fn what_was_not_read_does_not_hide_what_was_found() {
    let world = World::new(&[("left", "1.0.0")]);
    world.write("package-lock.json", "{ broken");
    assert_eq!(world.examine(&left()).standing, Standing::Affected);
}

#[test]
fn a_copy_from_git_is_undecided() {
    let world = World::new(&[]);
    world.write(
        "Cargo.lock",
        "version = 4\n\n[[package]]\nname = \"left\"\nversion = \"1.0.0\"\n\
         source = \"git+https://git.example/left#0123456789abcdef0123456789abcdef01234567\"\n",
    );
    let seen = world.examine(&left());
    assert_eq!(seen.standing, Standing::UnderInvestigation);
    assert_eq!(bears(&seen), ["undecided-version"]);
}

#[test]
fn advisory_data_do_not_bear_on_a_package() {
    let seen = World::new(&[("right", "1.0.0")]).examine(&left());
    assert_eq!(bears(&seen), Vec::<&str>::new());
    assert_eq!(seen.knowledge_as_of, None);
}

#[test]
fn a_finding_of_the_flaw_is_affected() {
    let world = World::new(&[("left", "1.0.0")]);
    let seen = world.know(&[record()]).examine(&flaw());
    assert_eq!(seen.standing, Standing::Affected);
    assert_eq!(seen.knowledge_as_of, Some(crate::world::now()));
}

#[test]
fn a_flaw_is_found_by_its_alias() {
    let mut record = record();
    record.0["aliases"] = serde_json::json!(["CVE-2024-1234"]);
    let world = World::new(&[("left", "1.0.0")]);
    let seen = world.know(&[record]).examine(&Subject::flaw("cve-2024-1234").unwrap());
    assert_eq!(seen.standing, Standing::Affected);
}

#[test]
fn a_repaired_version_of_the_flawed_package_is_fixed() {
    let world = World::new(&[("left", "2.0.0")]);
    let seen = world.know(&[record()]).examine(&flaw());
    assert_eq!(seen.standing, Standing::Fixed { since: None });
}

#[test]
fn a_flaw_in_packages_that_are_not_there_does_no_harm() {
    let world = World::new(&[("right", "1.0.0")]);
    let seen = world.know(&[record()]).examine(&flaw());
    assert_eq!(seen.standing, not_affected(Justification::ComponentNotPresent));
}

#[test]
fn a_flaw_that_nobody_here_knows_is_unknown() {
    let world = World::new(&[("left", "1.0.0")]);
    let seen = world.know(&[record()]).examine(&Subject::flaw("CVE-2099-0001").unwrap());
    assert_eq!(seen.standing, Standing::UnderInvestigation);
    assert_eq!(bears(&seen), ["unknown-advisory"]);
}

#[test]
fn without_advisory_data_a_flaw_is_unknown() {
    let seen = World::new(&[("left", "1.0.0")]).examine(&flaw());
    assert_eq!(seen.standing, Standing::UnderInvestigation);
    assert!(bears(&seen).contains(&"no-data"), "{:?}", seen.not_known);
}

#[test]
fn an_advisory_that_was_taken_back_is_no_all_clear() {
    let world = World::new(&[("left", "1.0.0")]);
    let seen = world.know(&[record().withdrawn("2025-02-01T00:00:00Z")]).examine(&flaw());
    assert_eq!(seen.standing, Standing::UnderInvestigation);
    assert!(bears(&seen).contains(&"withdrawn-advisory"), "{:?}", seen.not_known);
}
