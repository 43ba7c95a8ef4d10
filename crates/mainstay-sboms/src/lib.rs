//! SBOMs (software bills of materials): one model, and the formats in which it comes and goes.
//!
//! Standards: CycloneDX (ECMA-424) 1.2 to 1.7, SPDX (ISO/IEC 5962) 2.2, 2.3 and 3.0.
//!
//! A reader takes the bytes of a document and gives an [`Sbom`]; a writer takes an [`Sbom`] and
//! gives text. The model says what both standards say, in types: a reference between parts of a
//! document is a [`ComponentId`], never a text, once the document is read.
//!
//! Loss is visible. What the document itself leaves open is a
//! [`Gap`](mainstay_reading::Gap) in [`Sbom::gaps`]; a part of the document that the model does not
//! hold is named in [`Sbom::left_out`].
//!
//! Texts are borrowed from the document where they can be ([`Text`]), so that a model costs less
//! memory than its document.

pub mod cyclonedx;
mod difference;
mod document_notes;
mod document_text;
mod file_names;
mod identity_key;
mod inventory;
mod line_cursor;
mod merge;
mod minimum;
mod model;
pub mod properties;
pub mod spdx;
mod written;

pub use difference::{Change, Checksums, Difference, Named, Pair, difference};
pub use document_text::{DocumentFormat, DocumentText};
pub use file_names::{SBOM_FILES, SbomFile, file_beginning, file_of};
pub use inventory::{hand_on, inventory, open_questions};
pub use merge::{FROM, merge};
pub use minimum::{Baseline, Completed, Element, Missing, minimum};
pub use model::component::{
    Component, ComponentId, ComponentKind, Details, Need, Occurrence, Property,
};
pub use model::document::{
    Aggregate, Annotation, Completeness, Document, Encoding, Extent, ExternalDocument, LeftOut,
    Sbom, Spec, Tool,
};
pub use model::identifier::{Hash, HashAlgorithm, Identifier, Swid};
pub use model::licence::{Acknowledgement, CustomLicence, Licence, LicenceText};
pub use model::model_card::{Metric, ModelCard};
pub use model::party::{Party, PartyKind};
pub use model::reference::{Reference, ReferenceKind};
pub use model::relationship::{End, ExternalId, Relationship, RelationshipKind};
pub use model::vulnerability::{
    Affected, AffectedStatus, AffectedVersion, Analysis, AnalysisState, Justification, Rating,
    Response, Versions, Vulnerability, VulnerabilitySource,
};
pub use written::{UnwrittenError, WrittenForm};

/// A text of a document: borrowed from it where it stands there without escapes.
pub type Text<'a> = std::borrow::Cow<'a, str>;

/// Reads a document for the packages that it names.
///
/// # Errors
///
/// The bytes are no SBOM in a standard and version that is read.
pub fn read(
    input: &mainstay_reading::Input<'_>,
) -> Result<mainstay_reading::Inventory, mainstay_reading::ReadError> {
    let text = DocumentText::of(input.bytes)?;
    Ok(inventory(text.packages()?))
}
