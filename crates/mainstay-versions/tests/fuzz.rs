//! Versions and ranges, broken at random: an order or an error, no panic, and an order that is
//! one.

use std::cmp::Ordering;

use mainstay_testkit::mutation::{self, Seed};
use mainstay_types::Ecosystem;
use mainstay_versions::{Event, Version, intervals};

/// Two or three versions, one a line.
const SEEDS: &[&str] = &[
    "1.0.0-alpha.1+build.5\n1.0.0\n1.0.0-alpha.beta",
    "1!2.0.post1.dev3+local.7\n2.0rc1\n2.0a1",
    "1.0-SNAPSHOT\n1.0-alpha-1\n1-ga.final",
    "v0.0.0-20200101000000-abcdef123456\nv1.2.3+incompatible\nv2.0.0",
    "1:2.30-1~deb12u1\n2.30-1+b1\n0:2.30",
    "1.2.3_pre1-r4\n1.2.3_p1\n1.2.3a",
    "2:1.1.1k-7.el8_6\n1.1.1~rc1^git1\n1.1.1",
    "dev-master\n1.0.x-dev\n1.0.0.0-patch2",
    "1.0.0.beta.2\n1.0.b1\n1.a.10",
    "1.0-1\n1.0.1\n00001.00",
    "18446744073709551616.0.0\n99999999999999999999999999.1\n0",
];

#[test]
fn broken_versions_are_errors_or_have_an_order() {
    let seeds: Vec<Seed> = SEEDS.iter().map(|text| Seed::new(text, text)).collect();
    mutation::run("versions", &seeds, |_, input| {
        let text = String::from_utf8_lossy(input);
        let lines: Vec<&str> = text.lines().take(3).collect();
        let mut read = false;
        for ecosystem in Ecosystem::all() {
            let versions: Vec<Version> =
                lines.iter().filter_map(|line| Version::parse(ecosystem, line).ok()).collect();
            read |= versions.len() > 1;
            for one in &versions {
                assert_eq!(one.compare(one), Some(Ordering::Equal), "{ecosystem}: {lines:?}");
                for other in &versions {
                    let forth = one.compare(other).unwrap();
                    let back = other.compare(one).unwrap();
                    assert_eq!(forth, back.reverse(), "{ecosystem}: {lines:?}");
                }
            }
        }
        read
    });
}

#[test]
fn broken_ranges_are_errors_or_hold_versions() {
    let seeds: Vec<Seed> = SEEDS.iter().map(|text| Seed::new(text, text)).collect();
    mutation::run("ranges", &seeds, |_, input| {
        let text = String::from_utf8_lossy(input);
        let mut lines = text.lines().chain(std::iter::repeat("0"));
        let mut next = || lines.next().unwrap_or("0");
        let (first, second, third) = (next(), next(), next());
        let events = [
            [Event::Introduced("0"), Event::Fixed(first), Event::Introduced(second)],
            [Event::Introduced(first), Event::LastAffected(second), Event::Limit(third)],
        ];
        let mut read = false;
        for ecosystem in Ecosystem::all() {
            let Ok(version) = Version::parse(ecosystem, third) else { continue };
            for events in &events {
                let Ok(intervals) = intervals(ecosystem, events) else { continue };
                read = true;
                for interval in intervals {
                    let _ = interval.contains(&version);
                }
            }
        }
        read
    });
}
