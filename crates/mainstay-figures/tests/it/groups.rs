use mainstay_figures::{Facts, FiguresError, HoldOutKey, MemberId, Members, Partition};
use mainstay_types::SectorId;

use crate::world::{counted, first, key, members, threshold};

fn names(partition: &Partition) -> Vec<String> {
    partition.groups().iter().map(|group| group.name().to_string()).collect()
}

#[test]
fn small_sectors_of_a_scheme_are_one_group_together() {
    let all = members(&[("us-ci/dams", 4), ("us-ci/energy", 15), ("us-ci/water", 14)]);
    let partition = Partition::of(&all, threshold(5), &key(0));

    assert_eq!(names(&partition), ["us-ci/energy", "other sectors of us-ci"]);
    assert_eq!(partition.groups()[1].members(), 18);
    assert_eq!(partition.unshown(), 0);
}

#[test]
fn nothing_is_said_about_sectors_that_are_too_small_even_together() {
    let all = members(&[("nis2/space", 14), ("us-ci/dams", 14), ("us-ci/energy", 15)]);
    let figures = first(&Partition::of(&all, threshold(5), &key(0)), &Facts::new());

    assert_eq!(figures.groups.len(), 1);
    assert_eq!(figures.unshown, 28);
}

#[test]
fn as_many_members_as_the_threshold_are_held_out_of_each_group() {
    let all = members(&[("us-ci/energy", 15), ("us-ci/water", 40)]);
    let sizes: Vec<_> = counted(&Partition::of(&all, threshold(5), &key(7)))
        .iter()
        .map(std::collections::BTreeSet::len)
        .collect();

    assert_eq!(sizes, [10, 35]);
}

#[test]
fn who_is_held_out_of_a_group_is_held_out_of_a_part_of_it_too() {
    let whole = counted(&Partition::of(&members(&[("us-ci/a", 40)]), threshold(5), &key(3)));
    let parts = [("us-ci/a", 20), ("us-ci/b", 20)];
    let parts = counted(&Partition::of(&members(&parts), threshold(5), &key(3)));

    assert!(parts.iter().all(|part| part.is_subset(&whole[0])));
}

#[test]
fn an_organisation_has_one_reporting_sector() {
    let mut all = Members::default();
    all.add(MemberId(1), SectorId::parse("us-ci/energy").unwrap()).unwrap();

    let second = all.add(MemberId(1), SectorId::parse("nis2/energy").unwrap());

    assert_eq!(second, Err(FiguresError::SecondSector(MemberId(1))));
    assert_eq!(all.count(), 1);
}

#[test]
fn a_key_is_32_bytes_and_does_not_show_itself() {
    assert_eq!(HoldOutKey::new(&[0; 16]).unwrap_err(), FiguresError::Key(16));
    assert_eq!(format!("{:?}", key(1)), "HoldOutKey(..)");
}
