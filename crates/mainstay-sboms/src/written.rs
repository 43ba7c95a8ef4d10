//! The formats in which a document is written, over both standards.

use thiserror::Error;

use crate::cyclonedx::{OutputVersion, write_json};
use crate::{Sbom, spdx};

/// A format in which a document is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WrittenForm {
    /// CycloneDX 1.6, JSON.
    CycloneDx1_6,
    /// CycloneDX 1.7, JSON.
    CycloneDx1_7,
    /// SPDX 2.3, JSON.
    Spdx2_3,
    /// SPDX 3.0.1, JSON-LD.
    Spdx3_0,
}

/// A document that could not be written. This does not happen for any model.
#[derive(Debug, Error)]
#[error("the SBOM cannot be written as JSON: {0}")]
pub struct UnwrittenError(String);

impl WrittenForm {
    /// Every format.
    pub const ALL: [Self; 4] =
        [Self::CycloneDx1_6, Self::CycloneDx1_7, Self::Spdx2_3, Self::Spdx3_0];

    /// The word of `--format`. A standard's name alone is the version that most tools read.
    pub fn word(self) -> &'static str {
        match self {
            Self::CycloneDx1_6 => "cyclonedx",
            Self::CycloneDx1_7 => "cyclonedx-1.7",
            Self::Spdx2_3 => "spdx",
            Self::Spdx3_0 => "spdx-3.0",
        }
    }

    /// The format with this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|form| form.word() == word)
    }

    /// Writes a document: the same bytes for the same model.
    ///
    /// # Errors
    ///
    /// None in practice: every model can be written.
    pub fn write(self, sbom: &Sbom<'_>) -> Result<String, UnwrittenError> {
        let unwritten = |error: &dyn std::fmt::Display| UnwrittenError(error.to_string());
        match self {
            Self::CycloneDx1_6 => {
                write_json(sbom, OutputVersion::V1_6).map_err(|error| unwritten(&error))
            }
            Self::CycloneDx1_7 => {
                write_json(sbom, OutputVersion::V1_7).map_err(|error| unwritten(&error))
            }
            Self::Spdx2_3 => spdx::write_v2_json(sbom).map_err(|error| unwritten(&error)),
            Self::Spdx3_0 => spdx::write_v3(sbom).map_err(|error| unwritten(&error)),
        }
    }
}
