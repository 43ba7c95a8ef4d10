//! Addresses about a component.

use super::identifier::Hash;
use crate::Text;

/// An address, and what is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference<'a> {
    /// What is there.
    pub kind: ReferenceKind<'a>,
    /// The address.
    pub url: Text<'a>,
    /// A remark.
    pub comment: Option<Text<'a>>,
    /// Checksums of what is there.
    pub hashes: Vec<Hash<'a>>,
}

impl Reference<'_> {
    /// Whether the component is downloaded from there.
    pub(crate) fn is_download(&self) -> bool {
        self.kind == ReferenceKind::Distribution
    }

    /// Whether what the component is made of is in another document.
    pub(crate) fn leads_to_a_bom(&self) -> bool {
        self.kind == ReferenceKind::Bom && is_bom_link(&self.url)
    }
}

/// Whether an address is a BOM-Link: it means another document, or something in one
/// (<https://cyclonedx.org/capabilities/bomlink/>).
pub(crate) fn is_bom_link(address: &str) -> bool {
    address.starts_with("urn:cdx:")
}

/// What is at an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReferenceKind<'a> {
    /// The repository of the source.
    Vcs,
    /// Where the component is downloaded.
    Distribution,
    /// Where its source is downloaded.
    SourceDistribution,
    /// Its home page.
    Website,
    /// Where faults are told.
    IssueTracker,
    /// Its advisories.
    Advisories,
    /// An SBOM of it.
    Bom,
    /// Documentation.
    Documentation,
    /// Its licence.
    Licence,
    /// What is new in it.
    ReleaseNotes,
    /// Statements on its vulnerabilities.
    ExploitabilityStatement,
    /// Where faults of security are told.
    SecurityContact,
    /// Anything else, by the standard's word; SPDX 2's as `CATEGORY type`.
    Other(Text<'a>),
}
