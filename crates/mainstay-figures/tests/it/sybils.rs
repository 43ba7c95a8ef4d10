//! The adversary who brings members of its own, and sets their facts at will.

use mainstay_figures::State;

use crate::world::{
    Notebook, STATES, every_hold_out, facts, first, members, seen, sequences, threshold,
};

/// Six members, threshold 2, of which the first `own` are the adversary's. It sees the figures
/// for every way to set the facts of its own, which is more than it can do on the days that it
/// has. The fewest states that are left for any other member.
fn left_for_others(own: usize) -> usize {
    let mut notebook: Notebook<_, State> = Notebook::new();
    for partition in every_hold_out(&members(&[("us-ci/a", 6)]), threshold(2), 15) {
        for others in sequences(&STATES[..2], 6 - own) {
            let views: Vec<_> = sequences(&STATES[..2], own)
                .into_iter()
                .map(|mut states| {
                    states.extend(&others);
                    seen(&first(&partition, &facts(&states)))
                })
                .collect();
            notebook.note(views, &others);
        }
    }
    notebook.fewest()
}

#[test]
fn fewer_own_members_than_the_threshold_exclude_no_state_of_another() {
    assert_eq!(left_for_others(0), 2);
    assert_eq!(left_for_others(1), 2);
}

#[test]
fn one_own_member_more_than_the_threshold_can_single_out_another() {
    assert_eq!(left_for_others(3), 1);
}

#[test]
fn who_controls_all_but_one_can_single_out_the_last() {
    assert_eq!(left_for_others(5), 1);
}
