//! The id of a sector: the scheme, a slash, the sector's own id within it.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// Letters that each half of an id may have.
const LONGEST_HALF: usize = 64;

/// The id of a sector, such as `us-ci/energy`. Two halves of lower-case ASCII letters, digits
/// and inner hyphens, each of at most 64.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SectorId {
    text: Box<str>,
    slash: usize,
}

/// Why a text is no id of a sector.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error(
    "not the id of a sector: write scheme/sector, each of lower-case letters, digits and inner hyphens"
)]
pub struct SectorIdError;

impl SectorId {
    /// The id written in a text.
    pub fn parse(text: &str) -> Result<Self, SectorIdError> {
        let (scheme, sector) = text.split_once('/').ok_or(SectorIdError)?;
        if !is_half(scheme) || !is_half(sector) {
            return Err(SectorIdError);
        }
        Ok(Self { text: text.into(), slash: scheme.len() })
    }

    /// The whole id: `us-ci/energy`.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The scheme: `us-ci`.
    pub fn scheme(&self) -> &str {
        self.text.get(..self.slash).unwrap_or_default()
    }

    /// The sector within its scheme: `energy`.
    pub fn sector(&self) -> &str {
        self.text.get(self.slash + 1..).unwrap_or_default()
    }
}

impl fmt::Display for SectorId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl FromStr for SectorId {
    type Err = SectorIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

/// Whether a text can be the scheme or the sector of an id.
pub(super) fn is_half(text: &str) -> bool {
    text.len() <= LONGEST_HALF
        && !text.starts_with('-')
        && !text.ends_with('-')
        && !text.is_empty()
        && text.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
}
