//! Reading and comparing versions, as the matcher does it for each package and bound.

use divan::{Bencher, black_box};
use mainstay_types::Ecosystem;
use mainstay_versions::{Event, Version, intervals};

fn main() {
    divan::main();
}

/// Two versions of each ecosystem, as they stand in lockfiles and advisories.
const PAIRS: [(Ecosystem, &str, &str); 14] = [
    (Ecosystem::CratesIo, "1.12.3", "1.12.10"),
    (Ecosystem::Npm, "4.17.21", "4.17.21-rc.1"),
    (Ecosystem::Go, "v0.0.0-20220314234659-1baeb1ce4c0b", "0.0.0-20220315160706-3147a52a75dd"),
    (Ecosystem::PyPi, "2.31.0", "2.32.0rc1"),
    (Ecosystem::Maven, "2.17.1", "2.3.1.RELEASE"),
    (Ecosystem::RubyGems, "7.0.4.3", "7.1.0.rc1"),
    (Ecosystem::Packagist, "v5.4.21", "6.0.0-beta1"),
    (Ecosystem::NuGet, "13.0.1", "13.0.1-beta2"),
    (Ecosystem::Pub, "1.2.3+1", "1.2.3+2"),
    (Ecosystem::Hackage, "2.1.0.0", "2.1.1"),
    (Ecosystem::Debian, "1:9.3.4-2etch3", "1:9.3.4-2etch4"),
    (Ecosystem::Alpine, "1.36.1-r2", "1.36.1-r15"),
    (Ecosystem::RedHat, "0:3.10.0-229.el7", "0:3.10.0-229.1.2.el7"),
    (Ecosystem::ConanCenter, "1.1.1t", "1.1.1u"),
];

#[divan::bench(args = PAIRS)]
fn read_and_compare(bencher: Bencher<'_, '_>, pair: (Ecosystem, &str, &str)) {
    let (ecosystem, left, right) = pair;
    let left = Version::parse(ecosystem, left);
    bencher.bench(|| {
        let right = Version::parse(ecosystem, black_box(right));
        left.as_ref().ok().zip(right.as_ref().ok()).and_then(|(left, right)| left.compare(right))
    });
}

#[divan::bench]
fn evaluate_a_range(bencher: Bencher<'_, '_>) {
    let version = Version::parse(Ecosystem::Npm, "4.17.20");
    let events = [Event::Introduced("0"), Event::Fixed("4.17.21")];
    bencher.bench(|| {
        let intervals = intervals(Ecosystem::Npm, black_box(&events))?;
        intervals.iter().try_fold(false, |found, interval| {
            Ok::<_, mainstay_versions::VersionError>(
                found
                    || version.as_ref().is_ok_and(|version| interval.contains(version) == Ok(true)),
            )
        })
    });
}
