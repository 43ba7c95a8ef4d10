//! The version schemes, and which ecosystem uses which.

use std::cmp::Ordering;

use mainstay_types::Ecosystem;

mod alpine;
mod conan;
mod debian;
mod dotted;
mod maven;
mod nuget;
pub(crate) mod packagist;
mod pep440;
mod pypi_legacy;
mod rpm;
mod rubygems;
mod semver;

/// What is wrong with a text that is no version.
pub(crate) type Refusal = &'static str;

/// How much a scheme accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reading {
    /// What the ecosystem's own tools accept: fit to decide whether a package is affected.
    Strict,
    /// More than that: fit only to order versions.
    Tolerant,
}

/// A version of one scheme.
#[derive(Clone, Debug)]
pub(crate) enum Scheme {
    SemVer(semver::SemVer),
    NuGet(nuget::NuGet),
    Pep440(Box<pep440::Pep440>),
    PyPiLegacy(pypi_legacy::Legacy),
    Maven(maven::Maven),
    RubyGems(rubygems::Gem),
    Packagist(packagist::Composer),
    /// As it is written, for the order of PHP alone.
    PackagistText(packagist::Composer),
    Dotted(dotted::Dotted),
    Conan(Box<conan::Conan>),
    Debian(debian::Debian),
    Alpine(Box<alpine::Alpine>),
    Rpm(rpm::Rpm),
}

/// Compares two lists piece by piece. Where one ends, the next piece of the other is weighed
/// against the end, and the lists go on as long as that decides nothing.
fn compare_pieces<P>(
    left: &[P],
    right: &[P],
    compare: fn(&P, &P) -> Ordering,
    against_the_end: fn(&P) -> Ordering,
) -> Ordering {
    let (mut left, mut right) = (left.iter(), right.iter());
    loop {
        let order = match (left.next(), right.next()) {
            (None, None) => return Ordering::Equal,
            (Some(left), Some(right)) => compare(left, right),
            (Some(left), None) => against_the_end(left),
            (None, Some(right)) => against_the_end(right).reverse(),
        };
        if order != Ordering::Equal {
            return order;
        }
    }
}

impl Scheme {
    pub(crate) fn read(
        ecosystem: Ecosystem,
        text: &str,
        reading: Reading,
    ) -> Result<Self, Refusal> {
        match ecosystem {
            Ecosystem::CratesIo
            | Ecosystem::Npm
            | Ecosystem::Go
            | Ecosystem::Hex
            | Ecosystem::Pub
            | Ecosystem::SwiftUrl => {
                semver::SemVer::read(text, semver::grammar(ecosystem, reading)).map(Self::SemVer)
            }
            Ecosystem::PyPi => read_python(text),
            Ecosystem::Maven => maven::Maven::read(text, reading).map(Self::Maven),
            Ecosystem::RubyGems => rubygems::Gem::read(text, reading).map(Self::RubyGems),
            Ecosystem::Packagist => packagist::Composer::read(text, reading).map(Self::Packagist),
            Ecosystem::NuGet => nuget::NuGet::read(text, reading).map(Self::NuGet),
            Ecosystem::Hackage | Ecosystem::Ghc => {
                dotted::Dotted::read(text, &['.']).map(Self::Dotted)
            }
            Ecosystem::Cran | Ecosystem::Bioconductor => {
                dotted::Dotted::read(text, &['.', '-']).map(Self::Dotted)
            }
            Ecosystem::ConanCenter => {
                conan::Conan::read(text).map(|version| Self::Conan(Box::new(version)))
            }
            Ecosystem::Debian | Ecosystem::Ubuntu => debian::Debian::read(text).map(Self::Debian),
            Ecosystem::Alpine
            | Ecosystem::Wolfi
            | Ecosystem::Chainguard
            | Ecosystem::MinimOs
            | Ecosystem::Alpaquita => {
                alpine::Alpine::read(text, reading).map(|version| Self::Alpine(Box::new(version)))
            }
            Ecosystem::RedHat
            | Ecosystem::RockyLinux
            | Ecosystem::AlmaLinux
            | Ecosystem::Suse
            | Ecosystem::OpenSuse
            | Ecosystem::Mageia
            | Ecosystem::OpenEuler
            | Ecosystem::AzureLinux
            | Ecosystem::PhotonOs => rpm::Rpm::read(text).map(Self::Rpm),
        }
    }

    /// `None` when the two are of schemes that no ecosystem mixes.
    pub(crate) fn compare(&self, other: &Self) -> Option<Ordering> {
        Some(match (self, other) {
            (Self::SemVer(left), Self::SemVer(right)) => left.compare(right),
            (Self::NuGet(left), Self::NuGet(right)) => left.compare(right),
            (Self::Pep440(left), Self::Pep440(right)) => left.cmp(right),
            (Self::PyPiLegacy(left), Self::PyPiLegacy(right)) => left.cmp(right),
            (Self::PyPiLegacy(_), Self::Pep440(_)) => Ordering::Less,
            (Self::Pep440(_), Self::PyPiLegacy(_)) => Ordering::Greater,
            (Self::Maven(left), Self::Maven(right)) => left.compare(right),
            (Self::RubyGems(left), Self::RubyGems(right)) => left.compare(right),
            (Self::Packagist(left), Self::Packagist(right))
            | (Self::PackagistText(left), Self::PackagistText(right)) => left.compare(right),
            (Self::Dotted(left), Self::Dotted(right)) => left.cmp(right),
            (Self::Conan(left), Self::Conan(right)) => left.compare(right),
            (Self::Debian(left), Self::Debian(right)) => left.compare(right),
            (Self::Alpine(left), Self::Alpine(right)) => left.compare(right),
            (Self::Rpm(left), Self::Rpm(right)) => left.compare(right),
            _ => return None,
        })
    }
}

fn read_python(text: &str) -> Result<Scheme, Refusal> {
    match pep440::Pep440::read(text) {
        Some(version) => Ok(Scheme::Pep440(Box::new(version))),
        None => pypi_legacy::Legacy::read(text).map(Scheme::PyPiLegacy),
    }
}

/// What every scheme refuses that has no grammar of its own.
fn refuse_blank(text: &str) -> Result<(), Refusal> {
    if text.is_empty() {
        return Err("it is empty");
    }
    if text.chars().any(|letter| letter.is_whitespace() || letter.is_control()) {
        return Err("it contains white space or control characters");
    }
    Ok(())
}

#[cfg(test)]
mod testing {
    use super::*;
    use crate::Version;

    /// Each version is read strictly and comes before all that follow it.
    pub(super) fn assert_ascending(ecosystem: Ecosystem, versions: &[&str]) {
        let read = |text: &&str| Version::parse(ecosystem, text).unwrap();
        for (place, left) in versions.iter().enumerate() {
            for right in &versions[place + 1..] {
                let order = read(left).compare(&read(right));
                assert_eq!(order, Some(Ordering::Less), "{left} < {right}");
            }
        }
    }

    pub(super) fn assert_equal(ecosystem: Ecosystem, left: &str, right: &str) {
        let read = |text: &str| Version::parse(ecosystem, text).unwrap();
        assert_eq!(read(left).compare(&read(right)), Some(Ordering::Equal), "{left} = {right}");
    }

    pub(super) fn assert_refused(ecosystem: Ecosystem, text: &str) {
        assert!(Version::parse(ecosystem, text).is_err(), "{text}");
    }
}
