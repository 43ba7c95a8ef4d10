//! A version of one ecosystem, parsed.

use std::cmp::Ordering;

use mainstay_types::Ecosystem;
use thiserror::Error;

/// A version, parsed by the rules of its ecosystem.
#[derive(Clone, Debug)]
pub struct Version {
    ecosystem: Ecosystem,
    text: Box<str>,
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
    /// Reads a version by the rules of the ecosystem.
    pub fn parse(ecosystem: Ecosystem, text: &str) -> Result<Self, VersionError> {
        Ok(Self { ecosystem, text: text.into() })
    }

    /// Whether the version is legacy: it has its place in the order, but the ecosystem no longer
    /// accepts such a version (PyPI before PEP 440).
    pub fn is_legacy(&self) -> bool {
        false
    }

    /// The order of two versions. `None` when they belong to two ecosystems.
    pub fn compare(&self, other: &Self) -> Option<Ordering> {
        (self.ecosystem == other.ecosystem).then(|| self.text.cmp(&other.text))
    }
}
