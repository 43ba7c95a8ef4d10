//! The definition, cell by cell, as the documentation has it.

use jiff::Timestamp;
use mainstay_types::Tlp;
use mainstay_visibility::{
    Audience, AudienceKind, Marked, RULES, Reader, Release, Role, seen_as, visible,
};

fn release(audience: Audience, marking: Tlp) -> Release {
    Release { audience, not_before: Timestamp::UNIX_EPOCH, marking }
}

fn thing(releases: Vec<Release>) -> Marked {
    Marked {
        object: "thing/1".parse().unwrap(),
        owner: "x/owner".parse().unwrap(),
        marking: Tlp::Red,
        releases,
    }
}

fn reader(organisation: &str, role: Role, community: &str, sector: &str) -> Reader {
    Reader::signed_in(
        "ada".parse().unwrap(),
        [(organisation.parse().unwrap(), role)],
        [community.parse().unwrap()],
        [sector.parse().unwrap()],
    )
    .unwrap()
}

fn without_roles(account: &str) -> Reader {
    Reader::signed_in(account.parse().unwrap(), [], [], []).unwrap()
}

/// Under which markings the reader sees what is told to this audience.
fn sees(reader: &Reader, audience: &Audience) -> Vec<Tlp> {
    Tlp::ALL
        .into_iter()
        .filter(|marking| {
            let object = thing(vec![release(audience.clone(), *marking)]);
            visible(reader, &object, Timestamp::UNIX_EPOCH)
        })
        .collect()
}

#[test]
fn the_public_is_told_what_is_clear() {
    for who in [Reader::anonymous(), without_roles("eve"), reader("o", Role::Owner, "x/c", "x/s")] {
        assert_eq!(sees(&who, &Audience::Public), [Tlp::Clear]);
    }
}

#[test]
fn who_signed_in_is_told_green_things_only_with_a_role_somewhere() {
    assert!(sees(&Reader::anonymous(), &Audience::SignedIn).is_empty());
    assert_eq!(sees(&without_roles("eve"), &Audience::SignedIn), [Tlp::Clear]);
    let member = reader("o", Role::Reader, "x/c", "x/s");
    assert_eq!(sees(&member, &Audience::SignedIn), [Tlp::Clear, Tlp::Green]);
}

#[test]
fn communities_and_sectors_are_told_up_to_green_and_never_one_for_the_other() {
    let member = reader("o", Role::Reader, "x/c", "x/s");
    let told = [Tlp::Clear, Tlp::Green];
    assert_eq!(sees(&member, &Audience::Community("x/c".parse().unwrap())), told);
    assert_eq!(sees(&member, &Audience::Sector("x/s".parse().unwrap())), told);
    assert!(sees(&member, &Audience::Community("x/s".parse().unwrap())).is_empty());
    assert!(sees(&member, &Audience::Sector("x/c".parse().unwrap())).is_empty());
    assert!(sees(&without_roles("x/c"), &Audience::Community("x/c".parse().unwrap())).is_empty());
}

#[test]
fn an_organisation_is_told_all_but_red_whatever_the_role() {
    for role in Role::ALL {
        let member = reader("o", role, "x/c", "x/s");
        let told = sees(&member, &Audience::Organisation("o".parse().unwrap()));
        assert_eq!(told, [Tlp::Clear, Tlp::Green, Tlp::Amber, Tlp::AmberStrict]);
        assert!(sees(&member, &Audience::Organisation("other".parse().unwrap())).is_empty());
    }
}

#[test]
fn a_person_is_told_what_is_for_that_person() {
    let ada = Audience::Person("ada".parse().unwrap());
    assert_eq!(sees(&without_roles("ada"), &ada), Tlp::ALL);
    assert!(sees(&without_roles("eve"), &ada).is_empty());
    assert!(sees(&Reader::anonymous(), &ada).is_empty());
}

#[test]
fn the_owner_sees_its_own_before_any_release_and_red_only_who_writes() {
    for role in Role::ALL {
        let member = reader("x/owner", role, "x/c", "x/s");
        for marking in Tlp::ALL {
            let object = Marked { marking, ..thing(Vec::new()) };
            let right = marking != Tlp::Red || Role::WRITERS.contains(&role);
            assert_eq!(visible(&member, &object, Timestamp::MIN), right, "{role:?} {marking}");
            assert!(!visible(&reader("o", role, "x/owner", "x/owner"), &object, Timestamp::MAX));
        }
    }
}

#[test]
fn nothing_is_told_before_its_time_and_a_clock_that_jumps_back_closes_it_again() {
    let opening = Timestamp::from_nanosecond(1_000_000_000_000_500).unwrap();
    let mut object = thing(vec![release(Audience::Public, Tlp::Clear)]);
    object.releases[0].not_before = opening;
    let seen = |nanos: i128| {
        let now = Timestamp::from_nanosecond(opening.as_nanosecond() + nanos).unwrap();
        visible(&Reader::anonymous(), &object, now)
    };
    assert!(!seen(-1_000_000) && !seen(-1) && seen(1_000) && seen(1_000_000) && !seen(-1));
}

#[test]
fn of_several_ways_in_the_widest_label_counts() {
    let object = thing(vec![
        release(Audience::Person("ada".parse().unwrap()), Tlp::Red),
        release(Audience::Community("x/c".parse().unwrap()), Tlp::Green),
    ]);
    let seen = |reader: &Reader| seen_as(reader, &object, Timestamp::UNIX_EPOCH);
    assert_eq!(seen(&reader("o", Role::Reader, "x/c", "x/s")), Some(Tlp::Green));
    assert_eq!(seen(&without_roles("ada")), Some(Tlp::Red));
    assert_eq!(seen(&without_roles("eve")), None);
}

#[test]
fn each_cell_of_the_table_has_one_rule_at_most() {
    for kind in AudienceKind::ALL {
        for marking in Tlp::ALL {
            let rules = RULES
                .iter()
                .filter(|rule| rule.kind == kind && rule.markings.contains(&marking))
                .count();
            assert!(rules <= 1, "{kind:?} {marking}");
        }
    }
}

#[test]
fn a_release_that_nobody_could_see_is_refused_with_a_reason() {
    let refused = release(Audience::Public, Tlp::Amber).check().unwrap_err().to_string();
    assert!(refused.contains("nobody can be told TLP:AMBER as public"), "{refused}");
    release(Audience::Public, Tlp::Clear).check().unwrap();
}

#[test]
fn a_reader_with_endless_roles_is_refused() {
    let many = (0..1_001).map(|number| (format!("o{number}").parse().unwrap(), Role::Reader));
    assert!(Reader::signed_in("ada".parse().unwrap(), many, [], []).is_err());
}
