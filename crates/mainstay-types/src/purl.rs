//! Package URLs.

use std::fmt;

use thiserror::Error;

use crate::PackageName;

/// A package URL in canonical form.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Purl(String);

/// Why a text is no package URL.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct PurlError(String);

impl Purl {
    /// Reads a package URL and makes it canonical.
    pub fn parse(text: &str) -> Result<Self, PurlError> {
        Ok(Self(text.to_owned()))
    }

    /// The package URL of a package in one of the ecosystems.
    pub fn of_package(name: &PackageName, version: Option<&str>) -> Self {
        Self(format!("{name}{version:?}"))
    }

    /// The canonical text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Purl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
