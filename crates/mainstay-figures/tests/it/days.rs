use mainstay_figures::{
    Facts, FiguresError, MemberId, Partition, Question, Released, State, release,
};

use crate::world::{counted, day, first, key, members, question, threshold};

/// Twenty members, threshold 5, and the numbers of the counted ones.
fn twenty() -> (Partition, Vec<MemberId>) {
    let partition = Partition::of(&members(&[("us-ci/energy", 20)]), threshold(5), &key(1));
    let counted = counted(&partition)[0].iter().copied().collect();
    (partition, counted)
}

fn affected(members: &[MemberId]) -> Facts {
    let mut facts: Facts = (0..20).map(|one| (MemberId(one), State::NotAffected)).collect();
    facts.extend(members.iter().map(|one| (*one, State::Affected)));
    facts
}

fn on(partition: &Partition, facts: &Facts, previous: &Released, number: i8) -> Released {
    release(&question(), partition, facts, Some(previous), day(number)).unwrap()
}

fn told(released: &Released) -> (String, i8) {
    let figures = released.figures();
    (figures.groups[0].affected.to_string(), figures.groups[0].as_of.day())
}

#[test]
fn a_figure_stands_until_as_many_members_as_the_threshold_have_changed() {
    let (partition, counted) = twenty();
    let monday = release(&question(), &partition, &affected(&counted[..4]), None, day(1)).unwrap();

    let tuesday = on(&partition, &affected(&counted[..8]), &monday, 2);
    let wednesday = on(&partition, &affected(&counted[..9]), &tuesday, 3);

    assert_eq!(told(&monday), ("fewer than 5 of 15".into(), 1));
    assert_eq!(told(&tuesday), ("fewer than 5 of 15".into(), 1));
    assert_eq!(told(&wednesday), ("5 to 10 of 15".into(), 3));
}

#[test]
fn a_figure_changes_once_a_day_at_most() {
    let (partition, counted) = twenty();
    let morning = release(&question(), &partition, &affected(&[]), None, day(2)).unwrap();

    assert_eq!(on(&partition, &affected(&counted), &morning, 2), morning);
    assert_eq!(on(&partition, &affected(&counted), &morning, 1), morning);
}

#[test]
fn a_group_that_comes_back_is_compared_with_what_was_last_said_about_it() {
    let (partition, counted) = twenty();
    let monday = release(&question(), &partition, &affected(&counted[..4]), None, day(1)).unwrap();
    let none = Partition::of(&members(&[]), threshold(5), &key(1));

    let tuesday = on(&none, &Facts::new(), &monday, 2);
    let wednesday = on(&partition, &affected(&counted[..8]), &tuesday, 3);

    assert_eq!(tuesday.figures().groups, []);
    assert_eq!(told(&wednesday), ("fewer than 5 of 15".into(), 1));
}

#[test]
fn a_lower_threshold_does_not_let_a_small_change_through() {
    let (partition, counted) = twenty();
    let monday = release(&question(), &partition, &affected(&[]), None, day(1)).unwrap();
    let lower = Partition::of(&members(&[("us-ci/energy", 20)]), threshold(4), &key(1));

    // One member more is counted now, and three have changed.
    assert_eq!(told(&on(&lower, &affected(&counted[..3]), &monday, 2)).1, 1);
}

#[test]
fn a_member_of_whom_no_fact_is_known_counts_as_unknown() {
    let (partition, _) = twenty();
    let figures = first(&partition, &Facts::new());

    assert_eq!(figures.groups[0].unknown.to_string(), "more than 10 of 15");
    assert_eq!(figures.groups[0].affected.to_string(), "fewer than 5 of 15");
}

#[test]
fn a_release_of_another_question_is_refused() {
    let (partition, _) = twenty();
    let other = Question::Advisory("GHSA-xxxx-yyyy-zzzz".into());
    let monday = release(&other, &partition, &Facts::new(), None, day(1)).unwrap();

    let mixed = release(&question(), &partition, &Facts::new(), Some(&monday), day(2));

    assert_eq!(mixed, Err(FiguresError::OtherQuestion));
}
