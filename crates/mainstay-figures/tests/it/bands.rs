use std::collections::BTreeSet;

use mainstay_figures::{Band, FiguresError, Partition, State, Threshold};

use crate::world::{facts, first, key, members, threshold};

/// The bands of affected members in one group of `size`, for every number of affected members.
fn bands(size: u64, t: u32) -> BTreeSet<Band> {
    let partition = Partition::of(&members(&[("us-ci/energy", size)]), threshold(t), &key(0));
    (0..=usize::try_from(size).unwrap())
        .map(|affected| {
            let mut states = vec![State::NotAffected; usize::try_from(size).unwrap()];
            states[..affected].fill(State::Affected);
            first(&partition, &facts(&states)).groups[0].affected
        })
        .collect()
}

#[test]
fn bands_are_written_as_ranges_of_counted_members() {
    let told = |size| bands(size, 5).iter().map(Band::to_string).collect::<Vec<_>>();

    assert_eq!(told(15), ["fewer than 5 of 10", "more than 4 of 10"]);
    assert_eq!(told(20), ["fewer than 5 of 15", "5 to 10 of 15", "more than 10 of 15"]);
    assert_eq!(
        told(65),
        [
            "fewer than 5 of 60",
            "5 to 9 of 60",
            "10 to 19 of 60",
            "20 to 49 of 60",
            "50 to 55 of 60",
            "more than 55 of 60"
        ]
    );
}

#[test]
fn every_band_has_as_many_counts_as_the_threshold_and_none_is_missing() {
    for t in [2, 3, 5, 10] {
        for size in u64::from(3 * t)..150 {
            let mut next = 0;
            for band in bands(size, t) {
                assert_eq!(band.least(), next, "{band}, threshold {t}");
                assert!(band.most() + 1 - band.least() >= threshold(t).count(), "{band}");
                next = band.most() + 1;
            }
            assert_eq!(next, usize::try_from(size).unwrap() - threshold(t).count() + 1);
        }
    }
}

#[test]
fn a_threshold_of_one_is_refused() {
    assert_eq!(Threshold::new(1), Err(FiguresError::Threshold(1)));
    assert_eq!(Threshold::new(1001), Err(FiguresError::Threshold(1001)));
    assert_eq!(Threshold::default(), threshold(5));
}
