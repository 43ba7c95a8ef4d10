//! The coordinator's count.

use jiff::{SignedDuration, Timestamp};
use mainstay_questions::{Counts, Detail, Party, Said, SignedAnswer, SignedQuestion, Tally};
use mainstay_store::SigningKey;
use mainstay_types::Tlp;

use crate::world::{World, answered, asked, drafting, key, now, question};

fn said(
    question: &SignedQuestion,
    by: &SigningKey,
    packages: &[(&str, &str)],
    at: Timestamp,
) -> SignedAnswer {
    let seen = World::new(packages).examine(&question.question.subject);
    let answer = seen.answer(drafting(question, Detail::Status, at)).unwrap();
    answered(&answer, by, question)
}

fn party(key: &SigningKey, sectors: &[&str]) -> Party {
    let sectors = sectors.iter().map(|sector| sector.parse().unwrap()).collect();
    Party { key: key.verifying(), sectors }
}

fn later(hours: i64) -> Timestamp {
    now() + SignedDuration::from_hours(hours)
}

#[test]
fn who_did_not_answer_is_silent_and_not_unaffected() {
    let (grid, bank) = (key("grid"), key("bank"));
    let question = asked(&question(), &key("cert"));
    let invited = [party(&grid, &["us-ci/energy"]), party(&bank, &["us-ci/energy"])];
    let answers = vec![said(&question, &grid, &[("right", "1.0.0")], now())];
    let tally = Tally::of(&question, &invited, answers);
    let counts = Counts { parties: 2, not_affected: 1, silent: 1, ..Counts::default() };
    assert_eq!(tally.counts, counts);
    assert_eq!(tally.sectors.len(), 1);
    assert_eq!(tally.sectors[0].counts, counts);
}

#[test]
fn each_status_is_counted_by_sector() {
    let (grid, bank, dam) = (key("grid"), key("bank"), key("dam"));
    let question = asked(&question(), &key("cert"));
    let invited = [
        party(&grid, &["us-ci/energy"]),
        party(&bank, &["us-ci/financial-services"]),
        party(&dam, &["us-ci/dams", "us-ci/energy"]),
    ];
    let answers = vec![
        said(&question, &grid, &[("left", "1.0.0")], now()),
        said(&question, &bank, &[("left", "2.0.0")], now()),
        said(&question, &dam, &[("left", "1.0.0")], now()),
    ];
    let tally = Tally::of(&question, &invited, answers);
    assert_eq!((tally.counts.affected, tally.counts.fixed, tally.counts.silent), (2, 1, 0));
    let affected: Vec<(&str, usize)> =
        tally.sectors.iter().map(|one| (one.sector.as_str(), one.counts.affected)).collect();
    assert_eq!(affected, [("us-ci/dams", 1), ("us-ci/energy", 2), ("us-ci/financial-services", 0)]);
}

#[test]
fn the_later_answer_of_a_party_counts() {
    let grid = key("grid");
    let question = asked(&question(), &key("cert"));
    let answers = vec![
        said(&question, &grid, &[("left", "2.0.0")], later(2)),
        said(&question, &grid, &[("left", "1.0.0")], later(1)),
    ];
    let tally = Tally::of(&question, &[party(&grid, &[])], answers);
    assert_eq!((tally.counts.fixed, tally.counts.affected), (1, 0));
    assert_eq!(tally.parties[0].replaced, 1);
}

#[test]
fn two_answers_of_the_same_moment_are_a_conflict() {
    let grid = key("grid");
    let question = asked(&question(), &key("cert"));
    let answers = vec![
        said(&question, &grid, &[("left", "2.0.0")], now()),
        said(&question, &grid, &[("left", "1.0.0")], now()),
    ];
    let tally = Tally::of(&question, &[party(&grid, &[])], answers);
    assert_eq!(tally.counts, Counts { parties: 1, conflict: 1, ..Counts::default() });
    assert!(matches!(&tally.parties[0].said, Said::Conflict(answers) if answers.len() == 2));
}

#[test]
fn the_same_answer_twice_is_one() {
    let grid = key("grid");
    let question = asked(&question(), &key("cert"));
    let answer = said(&question, &grid, &[("left", "1.0.0")], now());
    let tally = Tally::of(&question, &[party(&grid, &[])], vec![answer.clone(), answer]);
    assert_eq!((tally.counts.affected, tally.counts.conflict), (1, 0));
    assert_eq!(tally.parties[0].replaced, 0);
}

#[test]
fn an_answer_after_the_deadline_counts_and_is_late() {
    let grid = key("grid");
    let question = asked(&question(), &key("cert"));
    let answers = vec![said(&question, &grid, &[("left", "1.0.0")], later(72))];
    let tally = Tally::of(&question, &[party(&grid, &[])], answers);
    assert_eq!((tally.counts.affected, tally.counts.late), (1, 1));
}

#[test]
fn keys_of_one_name_are_two_parties() {
    let (one, other) = (key("mainstay"), key("mainstay"));
    let question = asked(&question(), &key("cert"));
    let answers = vec![
        said(&question, &one, &[("left", "1.0.0")], now()),
        said(&question, &other, &[("left", "2.0.0")], now()),
    ];
    let tally = Tally::of(&question, &[], answers);
    assert_eq!((tally.counts.parties, tally.counts.conflict), (2, 0));
    assert!(tally.parties.iter().all(|party| !party.is_invited));
}

#[test]
fn the_sectors_of_the_list_come_before_those_of_the_answer() {
    let (grid, other) = (key("grid"), key("other"));
    let question = asked(&question(), &key("cert"));
    let answers = vec![
        said(&question, &grid, &[("left", "1.0.0")], now()),
        said(&question, &other, &[("left", "1.0.0")], now()),
    ];
    let tally = Tally::of(&question, &[party(&grid, &["us-ci/dams"])], answers);
    let sectors: Vec<&str> = tally.sectors.iter().map(|one| one.sector.as_str()).collect();
    assert_eq!(sectors, ["us-ci/dams", "us-ci/energy"]);
}

#[test]
fn the_count_is_marked_as_its_narrowest_part() {
    let grid = key("grid");
    let question = asked(&question(), &key("cert"));
    let seen = World::new(&[]).examine(&question.question.subject);
    let mut draft = drafting(&question, Detail::Status, now());
    draft.marking = Some(Tlp::Red);
    let answer = answered(&seen.answer(draft).unwrap(), &grid, &question);
    assert_eq!(Tally::of(&question, &[], vec![answer]).marking, Tlp::Red);
    assert_eq!(Tally::of(&question, &[party(&grid, &[])], Vec::new()).marking, Tlp::Amber);
}
