//! A version of one ecosystem, parsed.

use std::cmp::Ordering;

use mainstay_types::Ecosystem;
use thiserror::Error;

use crate::schemes::packagist::Composer;
use crate::schemes::{Reading, Scheme};

/// A version, parsed by the rules of its ecosystem.
#[derive(Clone, Debug)]
pub struct Version {
    ecosystem: Ecosystem,
    scheme: Scheme,
}

/// A text that is no version of its ecosystem.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("\"{text}\" is no version of {ecosystem}: {reason}")]
pub struct VersionError {
    /// The ecosystem whose rules were used.
    pub ecosystem: Ecosystem,
    /// The text.
    pub text: Box<str>,
    /// What is wrong with it.
    pub reason: &'static str,
}

impl Version {
    /// Reads a version by the rules of the ecosystem, as its own tools accept it. Two versions
    /// read like this stand in a total order.
    pub fn parse(ecosystem: Ecosystem, text: &str) -> Result<Self, VersionError> {
        Self::read(ecosystem, text, Reading::Strict)
    }

    /// Reads a version only to compare it with another one. Reads whatever [`Self::parse`]
    /// reads, and more: what the ecosystem refuses but the OSV project's own comparisons give a
    /// place (`1.1.3.4.5` of npm, `dev-main` of Packagist, `1-ruff` of Alpine). Such a place is
    /// a convention: it must not decide whether a package is affected, and it need not be
    /// transitive.
    pub fn parse_for_order(ecosystem: Ecosystem, text: &str) -> Result<Self, VersionError> {
        Self::read(ecosystem, text, Reading::Strict)
            .or_else(|_| Self::read(ecosystem, text, Reading::Tolerant))
    }

    /// Reads a version to compare texts as the OSV project's own comparisons do. That is
    /// [`Self::parse_for_order`], but for Packagist, where the text is taken as it is written:
    /// `1.0` comes before `1.0.0`, which are one release to Composer and to [`Self::parse`]. There
    /// the two kinds of version cannot be compared with one another.
    pub fn parse_as_written(ecosystem: Ecosystem, text: &str) -> Result<Self, VersionError> {
        if ecosystem != Ecosystem::Packagist {
            return Self::parse_for_order(ecosystem, text);
        }
        match Composer::as_written(text) {
            Ok(version) => Ok(Self { ecosystem, scheme: Scheme::PackagistText(version) }),
            Err(reason) => Err(VersionError { ecosystem, text: text.into(), reason }),
        }
    }

    /// The ecosystem whose rules were used.
    pub fn ecosystem(&self) -> Ecosystem {
        self.ecosystem
    }

    /// Whether the version is legacy: it has its place in the order, but the ecosystem no longer
    /// accepts such a version (PyPI before PEP 440).
    pub fn is_legacy(&self) -> bool {
        matches!(self.scheme, Scheme::PyPiLegacy(_))
    }

    /// The order of two versions. `None` when they belong to two ecosystems, or when of two versions
    /// of Packagist one was [read as it is written](Self::parse_as_written).
    pub fn compare(&self, other: &Self) -> Option<Ordering> {
        if self.ecosystem != other.ecosystem {
            return None;
        }
        self.scheme.compare(&other.scheme)
    }

    fn read(ecosystem: Ecosystem, text: &str, reading: Reading) -> Result<Self, VersionError> {
        match Scheme::read(ecosystem, text, reading) {
            Ok(scheme) => Ok(Self { ecosystem, scheme }),
            Err(reason) => Err(VersionError { ecosystem, text: text.into(), reason }),
        }
    }
}
