//! The evaluation of ranges against the pseudo-code of the OSV schema, written out plainly.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::cmp::Ordering;

use mainstay_types::Ecosystem;
use mainstay_versions::{Bound, Event, Interval, Version, intervals};
use proptest::prelude::*;

const NPM: Ecosystem = Ecosystem::Npm;

fn compare(left: &str, right: &str) -> Ordering {
    let read = |text: &str| Version::parse(NPM, text).unwrap();
    read(left).compare(&read(right)).unwrap()
}

/// `IncludedInRanges` of the schema for one range; the events are in order already.
fn included(version: &str, events: &[Event<'_>]) -> bool {
    let mut vulnerable = false;
    for event in events {
        match *event {
            Event::Introduced("0") => vulnerable = true,
            Event::Introduced(at) if compare(version, at).is_ge() => vulnerable = true,
            Event::Fixed(at) if compare(version, at).is_ge() => vulnerable = false,
            Event::LastAffected(at) if compare(version, at).is_gt() => vulnerable = false,
            Event::Introduced(_) | Event::Fixed(_) | Event::LastAffected(_) | Event::Limit(_) => {}
        }
    }
    vulnerable && before_limits(version, events)
}

fn before_limits(version: &str, events: &[Event<'_>]) -> bool {
    let mut limits = events.iter().filter_map(|event| match *event {
        Event::Limit(limit) => Some(limit),
        Event::Introduced(_) | Event::Fixed(_) | Event::LastAffected(_) => None,
    });
    let mut any = false;
    limits.any(|limit| {
        any = true;
        limit == "*" || compare(version, limit).is_lt()
    }) || !any
}

fn affected(version: &str, events: &[Event<'_>]) -> bool {
    let version = Version::parse(NPM, version).unwrap();
    intervals(NPM, events).unwrap().iter().any(|interval| interval.contains(&version).unwrap())
}

/// Texts of distinct versions, lowest first.
fn texts(places: &[u8]) -> Vec<String> {
    let mut places = places.to_vec();
    places.sort_unstable();
    places.dedup();
    places.iter().map(|place| format!("{}.{}.0", place / 10, place % 10)).collect()
}

fn event(kind: u8, version: &str) -> Event<'_> {
    match kind {
        0 => Event::Introduced(version),
        1 => Event::Fixed(version),
        2 => Event::LastAffected(version),
        _ => Event::Limit(version),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn intervals_agree_with_the_schemas_pseudo_code(
        places in prop::collection::vec(0u8..60, 0..8),
        kinds in prop::collection::vec(0u8..4, 8),
        from_the_beginning: bool,
        unlimited in prop::bool::weighted(0.1),
        rotation in 0usize..8,
        version in 0u8..60,
    ) {
        let texts = texts(&places);
        let mut events: Vec<Event<'_>> =
            texts.iter().zip(&kinds).map(|(text, kind)| event(*kind, text)).collect();
        if from_the_beginning {
            events.insert(0, Event::Introduced("0"));
        }
        if unlimited {
            events.push(Event::Limit("*"));
        }
        let version = format!("{}.{}.0", version / 10, version % 10);
        let expected = included(&version, &events);
        if !events.is_empty() {
            let places = events.len();
            events.rotate_left(rotation % places);
        }
        prop_assert_eq!(affected(&version, &events), expected, "{} in {:?}", version, events);
    }

    #[test]
    fn events_in_pairs_on_one_version_agree_with_the_order_of_the_record(
        places in prop::collection::vec(0u8..12, 2..8),
        twice in prop::collection::vec(any::<bool>(), 8),
        version in 0u8..12,
    ) {
        let mut places = places;
        places.sort_unstable();
        places.dedup();
        let places: Vec<u8> = places.iter().zip(&twice).flat_map(|(place, twice)| {
            std::iter::repeat_n(*place, 1 + usize::from(*twice))
        }).collect();
        let texts: Vec<String> = places.iter().map(|place| format!("0.{place}.0")).collect();
        let events: Vec<Event<'_>> =
            texts.iter().enumerate().map(|(at, text)| event(u8::from(at % 2 == 1), text)).collect();
        let version = format!("0.{version}.0");
        prop_assert_eq!(affected(&version, &events), included(&version, &events), "{:?}", events);
    }
}

#[test]
fn a_range_without_a_fix_is_open() {
    let found = intervals(NPM, &[Event::Introduced("0")]).unwrap();
    assert_eq!(found, [Interval { from: None, to: Bound::Open }]);
}

#[test]
fn several_pairs_are_several_intervals() {
    let events = [
        Event::Introduced("2.0.0"),
        Event::Fixed("1.1.0"),
        Event::Introduced("0"),
        Event::Fixed("2.3.0"),
    ];
    let found = intervals(NPM, &events).unwrap();
    let expected = [
        Interval { from: None, to: Bound::Fixed("1.1.0") },
        Interval { from: Some("2.0.0"), to: Bound::Fixed("2.3.0") },
    ];
    assert_eq!(found, expected);
}

#[test]
fn the_last_affected_version_is_affected() {
    let events = [Event::Introduced("1.0.0"), Event::LastAffected("1.0.0")];
    assert!(affected("1.0.0", &events));
    assert!(!affected("1.0.1", &events));
}

#[test]
fn a_version_introduced_and_fixed_at_once_is_not_affected() {
    let events = [Event::Introduced("1.0.0"), Event::Fixed("1.0.0")];
    assert_eq!(intervals(NPM, &events).unwrap(), []);
}

#[test]
fn a_flaw_that_returns_where_it_was_fixed_goes_on() {
    let events = [
        Event::Introduced("0"),
        Event::Fixed("1.0.0"),
        Event::Introduced("1.0.0"),
        Event::Fixed("2.0.0"),
    ];
    assert!(affected("1.5.0", &events));
}

#[test]
fn the_highest_of_several_limits_counts() {
    let events = [Event::Limit("1.0.0"), Event::Introduced("0"), Event::Limit("2.0.0")];
    let found = intervals(NPM, &events).unwrap();
    assert_eq!(found, [Interval { from: None, to: Bound::Limit("2.0.0") }]);
}

#[test]
fn an_event_that_cannot_be_read_makes_the_range_undecidable() {
    let error = intervals(NPM, &[Event::Introduced("0"), Event::Fixed("1.0.0.beta.3")]);
    assert_eq!(&*error.unwrap_err().text, "1.0.0.beta.3");
}

#[test]
fn only_a_fixed_version_is_a_fix() {
    let of = |to| Interval { from: None, to }.fix();
    assert_eq!(of(Bound::Fixed("1.0.0")), Some("1.0.0"));
    assert_eq!(of(Bound::LastAffected("1.0.0")), None);
    assert_eq!(of(Bound::Limit("1.0.0")), None);
}

#[test]
fn a_fix_of_go_without_v_holds_for_a_version_with_v() {
    let events = [Event::Introduced("0"), Event::Fixed("1.2.3")];
    let found = intervals(Ecosystem::Go, &events).unwrap();
    let read = |text: &str| Version::parse(Ecosystem::Go, text).unwrap();
    assert!(found[0].contains(&read("v1.2.2")).unwrap());
    assert!(!found[0].contains(&read("v1.2.3")).unwrap());
}

#[test]
fn events_in_an_order_that_is_none_are_still_walked() {
    // In Maven's order 1.0.RC1 < 1.0 < 1.0-1 < 1.0.RC1.
    let versions = ["1.0-1", "1.0.RC1", "1.0"];
    let events: Vec<Event<'_>> =
        versions.iter().cycle().take(300).map(|version| Event::Introduced(version)).collect();
    assert_eq!(intervals(Ecosystem::Maven, &events).unwrap().len(), 1);
}
