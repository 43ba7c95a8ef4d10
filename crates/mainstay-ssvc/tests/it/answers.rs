//! What is known gives an outcome, what is not gives a range.

use mainstay_ssvc::{AssessError, Facts, Input, Inputs, Reason, Tables, ValueSet};
use proptest::prelude::*;

use crate::{assess, inputs, moment, outcomes, table};

const LOG4SHELL: [(&str, &str); 4] =
    [("ssvc:E:1.1.0", "A"), ("ssvc:A:2.0.0", "Y"), ("ssvc:TI:1.0.0", "T"), ("ssvc:MWI:1.0.0", "H")];

#[test]
fn the_worst_of_everything_is_act() {
    let assessment = assess("CISA Coordinator", &inputs(&LOG4SHELL));
    assert_eq!(assessment.outcome().unwrap().name, "Act");
}

#[test]
fn a_deployer_with_an_open_system_under_attack_acts_at_once() {
    let said = [
        ("ssvc:E:1.1.0", "A"),
        ("ssvc:EXP:1.0.1", "O"),
        ("ssvc:A:2.0.0", "Y"),
        ("ssvc:HI:2.0.2", "H"),
    ];
    assert_eq!(assess("deployer", &inputs(&said)).outcome().unwrap().name, "Immediate");
}

#[test]
fn nothing_known_leaves_every_outcome_possible() {
    let assessment = assess("CISA Coordinator", &Inputs::default());
    assert_eq!(outcomes(&assessment), ["T", "T*", "AT", "AC"]);
    assert_eq!(assessment.outcome(), None);
    assert_eq!(assessment.open().count(), 4);
}

#[test]
fn one_unknown_input_gives_the_mildest_and_the_gravest_outcome_that_are_left() {
    let assessment = assess("CISA Coordinator", &inputs(&LOG4SHELL[..3]));
    assert_eq!(assessment.outcome(), None);
    assert_eq!(assessment.best().unwrap().name, "Attend");
    assert_eq!(assessment.worst().unwrap().name, "Act");
}

#[test]
fn an_unknown_input_that_changes_nothing_leaves_one_outcome() {
    let said = [("ssvc:E:1.1.0", "N"), ("ssvc:A:2.0.0", "N"), ("ssvc:MWI:1.0.0", "L")];
    let assessment = assess("CISA Coordinator", &inputs(&said));
    assert_eq!(assessment.outcome().unwrap().key, "T");
    assert_eq!(assessment.open().count(), 1);
}

#[test]
fn outcomes_between_the_ends_that_no_row_gives_are_not_told() {
    let said = [
        ("ssvc:E:1.1.0", "N"),
        ("ssvc:A:2.0.0", "Y"),
        ("ssvc:TI:1.0.0", "T"),
        ("ssvc:MWI:1.0.0", "L|H"),
    ];
    assert_eq!(outcomes(&assess("CISA Coordinator", &inputs(&said))), ["T", "AT"]);
}

#[test]
fn an_open_input_that_can_change_the_outcome_is_worth_knowing_and_another_is_not() {
    let known = inputs(&[("ssvc:E:1.1.0", "N"), ("ssvc:A:2.0.0", "N"), ("ssvc:TI:1.0.0", "P")]);
    assert!(table("CISA Coordinator").worth_knowing(&known).unwrap().is_empty());
    let known = inputs(&LOG4SHELL[..3]);
    let worth = table("CISA Coordinator").worth_knowing(&known).unwrap();
    assert_eq!(worth.iter().map(|point| point.id.as_str()).collect::<Vec<_>>(), ["ssvc:MWI:1.0.0"]);
}

#[test]
fn a_value_that_the_point_does_not_have_is_refused() {
    let error = table("deployer").assess(&inputs(&[("ssvc:E:1.1.0", "X")]), &[], moment());
    assert!(matches!(error, Err(AssessError::NoSuchValue { key, .. }) if key == "X"));
}

#[test]
fn an_answer_to_another_version_of_the_question_is_refused() {
    let error = table("deployer").assess(&inputs(&[("ssvc:E:1.0.0", "A")]), &[], moment());
    assert!(matches!(error, Err(AssessError::OtherVersion { .. })));
}

#[test]
fn one_of_no_values_is_refused() {
    let mut none = Inputs::default();
    none.set("ssvc:E:1.1.0".parse().unwrap(), Input::Among(vec![], Reason::stated("nobody")));
    let error = table("deployer").assess(&none, &[], moment());
    assert!(matches!(error, Err(AssessError::NothingPossible { .. })));
}

#[test]
fn an_answer_for_which_the_table_does_not_ask_is_told() {
    let assessment = assess("Deployer", &inputs(&[("ssvc:TI:1.0.0", "T")]));
    assert_eq!(assessment.unused(), ["ssvc:TI:1.0.0".parse().unwrap()]);
}

#[test]
fn utility_is_concluded_from_automatable_and_value_density() {
    let mut known = inputs(&[("ssvc:A:2.0.0", "Y"), ("ssvc:VD:1.0.0", "C")]);
    table("Utility").combine(&mut known).unwrap();
    let assessment = assess("Supplier", &known);
    let utility = &assessment.inputs()[1];
    assert!(matches!(&utility.input, Input::Known(key, _) if key == "S"));
    assert!(assessment.rests_on_rules());
}

#[test]
fn half_of_what_utility_needs_rules_one_value_out() {
    let mut known = inputs(&[("ssvc:VD:1.0.0", "D")]);
    table("Utility").combine(&mut known).unwrap();
    let utility = "ssvc:U:1.0.1".parse().unwrap();
    assert!(matches!(known.of(&utility), Some(Input::Among(keys, _)) if *keys == ["L", "E"]));
}

#[test]
fn what_somebody_stated_is_not_replaced_by_a_conclusion() {
    let said = [("ssvc:A:2.0.0", "Y"), ("ssvc:VD:1.0.0", "C"), ("ssvc:U:1.0.1", "L")];
    let mut known = inputs(&said);
    table("Utility").combine(&mut known).unwrap();
    assert_eq!(known, inputs(&said));
}

#[test]
fn facts_of_which_none_is_known_say_nothing() {
    let assessment = assess("CISA BOD 26-04", &Facts::UNKNOWN.inputs());
    assert_eq!(assessment.open().count(), 4);
}

proptest! {
    /// The outcomes that are possible are those of the rows that fit, no more and no fewer.
    #[test]
    fn what_is_possible_is_what_the_fitting_rows_say(
        which in 0..8_usize,
        masks in prop::collection::vec(0..u16::MAX, 0..8),
    ) {
        let table = &Tables::shipped().all()[which];
        let given: Vec<ValueSet> =
            masks.iter().map(|mask| (0..16).filter(|at| mask & (1 << at) != 0).collect()).collect();
        let fits = |values: &[usize]| values.iter().zip(&given).all(|(at, set)| set.has(*at));
        let naive: ValueSet =
            table.rows().filter(|(values, _)| fits(values)).map(|(_, outcome)| outcome).collect();
        prop_assert_eq!(table.possible(&given), naive);
    }

    /// Nothing is worth knowing exactly when one outcome is left.
    #[test]
    fn something_is_worth_knowing_until_one_outcome_is_left(
        which in 0..8_usize,
        masks in prop::collection::vec(1..u16::MAX, 7),
    ) {
        let table = &Tables::shipped().all()[which];
        let mut known = Inputs::default();
        for (point, mask) in table.inputs().iter().zip(&masks) {
            let values = point.values.iter().enumerate();
            let keys: Vec<_> = values
                .filter(|(at, _)| mask & (1 << at) != 0)
                .map(|(_, value)| value.key.clone())
                .collect();
            known.set(point.id.clone(), Input::of_keys(keys, Reason::stated("an analyst")));
        }
        let settled = table.assess(&known, &[], moment()).unwrap().outcome().is_some();
        prop_assert_eq!(table.worth_knowing(&known).unwrap().is_empty(), settled);
    }

    /// More knowledge never adds an outcome: what was possible shrinks.
    #[test]
    fn knowing_more_only_rules_outcomes_out(
        which in 0..8_usize,
        masks in prop::collection::vec((1..u16::MAX, 0..u16::MAX), 7),
    ) {
        let table = &Tables::shipped().all()[which];
        let set = |mask: u16| (0..16).filter(|at| mask & (1 << at) != 0).collect::<ValueSet>();
        let wide: Vec<_> = masks.iter().map(|(mask, _)| set(*mask)).collect();
        let narrow: Vec<_> = masks.iter().map(|(mask, also)| set(mask & also)).collect();
        let (wide, narrow) = (table.possible(&wide), table.possible(&narrow));
        prop_assert_eq!(wide.with(narrow), wide);
    }
}
