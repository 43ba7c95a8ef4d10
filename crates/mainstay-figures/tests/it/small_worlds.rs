//! Every world of a few members, threshold 2: what an adversary with unlimited time can exclude.

use std::collections::BTreeMap;

use mainstay_figures::{Facts, MemberId, Partition, State, release};

use crate::world::{
    Notebook, STATES, counted, day, every_hold_out, facts, first, key, members, question, seen,
    sequences, threshold,
};

#[test]
fn one_question_excludes_no_state_of_any_member() {
    let layouts: [(&[(&str, u64)], usize); 3] = [
        (&[("us-ci/a", 6)], 15),
        (&[("us-ci/a", 2), ("us-ci/b", 2), ("us-ci/c", 2)], 15),
        (&[("us-ci/a", 6), ("us-ci/b", 1)], 15),
    ];
    for (layout, ways) in layouts {
        let all = members(layout);
        let mut notebook = Notebook::new();
        for partition in every_hold_out(&all, threshold(2), ways) {
            for states in sequences(&STATES, all.count()) {
                notebook.note(seen(&first(&partition, &facts(&states))), &states);
            }
        }
        assert!(notebook.views() > 1);
        assert_eq!(notebook.fewest(), STATES.len(), "{layout:?}");
    }
}

#[test]
fn who_has_the_key_still_learns_no_counted_state_from_one_question() {
    for size in 6..=8 {
        let all = members(&[("us-ci/a", size)]);
        let partition = Partition::of(&all, threshold(2), &key(0));
        let mut notebook = Notebook::new();
        for states in sequences(&STATES[..2], all.count()) {
            notebook.note(seen(&first(&partition, &facts(&states))), &states);
        }
        assert_eq!(notebook.fewest(), 2, "{size} members");
    }
}

#[test]
fn overlapping_ranges_exclude_no_version_of_any_member() {
    // Each member uses one of three versions, or nobody knows. The ranges are nested, overlap,
    // and are one another's differences.
    let ranges = [1..2, 1..3, 1..4, 2..3, 2..4];
    let mut notebook = Notebook::new();
    for partition in every_hold_out(&members(&[("us-ci/a", 6)]), threshold(2), 15) {
        for versions in sequences(&[0_u8, 1, 2, 3], 6) {
            let answers: Vec<_> = ranges
                .iter()
                .map(|range| {
                    let state = |version: &u8| match version {
                        0 => State::Unknown,
                        used if range.contains(used) => State::Affected,
                        _ => State::NotAffected,
                    };
                    let states: Vec<_> = versions.iter().map(state).collect();
                    let answer = first(&partition, &facts(&states)).groups;
                    (answer[0].affected, answer[0].unknown)
                })
                .collect();
            notebook.note(answers, &versions);
        }
    }
    assert!(notebook.views() > 10);
    assert_eq!(notebook.fewest(), 4);
}

#[test]
fn two_days_exclude_no_course_of_any_member() {
    let courses = sequences(&STATES[..2], 2);
    let courses: Vec<_> = courses.iter().map(|one| (one[0], one[1])).collect();
    let mut notebook = Notebook::new();
    for partition in every_hold_out(&members(&[("us-ci/a", 6)]), threshold(2), 15) {
        for world in sequences(&courses, 6) {
            let days: (Vec<_>, Vec<_>) = world.iter().copied().unzip();
            let before = release(&question(), &partition, &facts(&days.0), None, day(1)).unwrap();
            let after =
                release(&question(), &partition, &facts(&days.1), Some(&before), day(2)).unwrap();
            notebook.note((seen(&before.figures()), seen(&after.figures())), &world);
        }
    }
    assert!(notebook.views() > 4);
    assert_eq!(notebook.fewest(), 4);
}

#[test]
fn two_members_that_join_exclude_no_state_of_any_member() {
    let (six, eight) = (members(&[("us-ci/a", 6)]), members(&[("us-ci/a", 8)]));
    let mut keys = BTreeMap::new();
    for number in 0..5000 {
        let pair = [&six, &eight].map(|all| Partition::of(all, threshold(2), &key(number)));
        keys.entry([counted(&pair[0]), counted(&pair[1])]).or_insert(pair);
    }
    let mut notebook = Notebook::new();
    for [small, large] in keys.values() {
        for states in sequences(&STATES[..2], 8) {
            let all: Facts = facts(&states);
            let before = release(&question(), small, &all, None, day(1)).unwrap();
            let after = release(&question(), large, &all, Some(&before), day(2)).unwrap();
            assert!(!before.kept[0].basis.contains_key(&MemberId(7)));
            notebook.note((seen(&before.figures()), seen(&after.figures())), &states);
        }
    }
    assert!(notebook.views() > 2);
    assert_eq!(notebook.fewest(), 2);
}
