//! Larger worlds, threshold 5, and an adversary who puts all intervals together.

use std::collections::BTreeSet;
use std::ops::Range;

use mainstay_figures::{Band, Facts, MemberId, Partition, State, release};
use proptest::prelude::*;

use crate::world::{counted, day, first, key, members, question, seen, threshold};

/// The facts of the question who uses a version in this range. Version 0 is: nobody knows.
fn using(versions: &[u8], range: &Range<u8>) -> Facts {
    let state = |version: &u8| match version {
        0 => State::Unknown,
        used if range.contains(used) => State::Affected,
        _ => State::NotAffected,
    };
    (0..).map(MemberId).zip(versions.iter().map(state)).collect()
}

fn partition(versions: &[u8], number: u16) -> Partition {
    let size = u64::try_from(versions.len()).unwrap();
    Partition::of(&members(&[("us-ci/energy", size)]), threshold(5), &key(number))
}

/// What follows from bands of counts of which each is at most the next one.
fn propagate(bands: &[Band]) -> Vec<(usize, usize)> {
    let mut known: Vec<_> = bands.iter().map(|band| (band.least(), band.most())).collect();
    for at in 1..known.len() {
        known[at].0 = known[at].0.max(known[at - 1].0);
    }
    for at in (1..known.len()).rev() {
        known[at - 1].1 = known[at - 1].1.min(known[at].1);
    }
    known
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_range_on_two_days_depends_on_who_is_held_out(
        monday in prop::collection::vec(0_u8..7, 15..60),
        shift in 0_u8..7,
        others in prop::collection::vec(0_u8..7, 60),
        number in any::<u16>(),
    ) {
        let partition = partition(&monday, number);
        let tuesday: Vec<_> = monday.iter().map(|version| (version + shift) % 7).collect();
        let counted: BTreeSet<MemberId> = counted(&partition).into_iter().flatten().collect();
        let swapped = |versions: &[u8]| -> Vec<u8> {
            let keep = |(at, (own, other)): (u64, (&u8, &u8))| {
                if counted.contains(&MemberId(at)) { *own } else { *other }
            };
            (0..).zip(versions.iter().zip(&others)).map(keep).collect()
        };
        for range in (1..7).flat_map(|from| (from + 1..8).map(move |to| from..to)) {
            let published = |first: &[u8], second: &[u8]| {
                let first = using(first, &range);
                let before = release(&question(), &partition, &first, None, day(1)).unwrap();
                let second = using(second, &range);
                let after = release(&question(), &partition, &second, Some(&before), day(2)).unwrap();
                (seen(&before.figures()), seen(&after.figures()))
            };
            prop_assert_eq!(
                published(&monday, &tuesday),
                published(&swapped(&monday), &swapped(&tuesday))
            );
        }
    }

    #[test]
    fn a_chain_of_growing_ranges_leaves_as_many_counts_as_the_threshold(
        versions in prop::collection::vec(0_u8..13, 15..120),
        number in any::<u16>(),
    ) {
        let partition = partition(&versions, number);
        let counted: BTreeSet<MemberId> = counted(&partition).into_iter().flatten().collect();
        let chain: Vec<_> = (2..14).map(|to| using(&versions, &(1..to))).collect();
        let bands: Vec<_> =
            chain.iter().map(|facts| first(&partition, facts).groups[0].affected).collect();
        for (facts, (least, most)) in chain.iter().zip(propagate(&bands)) {
            let truth = facts
                .iter()
                .filter(|(member, state)| counted.contains(member) && **state == State::Affected)
                .count();
            prop_assert!((least..=most).contains(&truth));
            prop_assert!(most + 1 - least >= 5);
        }
    }
}
