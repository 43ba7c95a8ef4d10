//! What a scanned SBOM says that it describes: software with a name, a version, a package URL, and
//! the SBOM's own serial number. Statements on parts of that software hold in this source.

use mainstay_reading::ReadError;
use mainstay_sboms::{Component, DocumentText};
use mainstay_types::Purl;
use mainstay_vex::{Document, of_sbom};

/// The software of one SBOM.
#[derive(Clone, Debug)]
pub(crate) struct Described {
    /// The position of the reading. `None` for software that was described in another scan: it is
    /// known, and nothing of it is here.
    pub(crate) reading: Option<usize>,
    /// `urn:uuid:...`.
    pub(crate) serial: Option<String>,
    /// The how-manieth edition the SBOM is.
    pub(crate) edition: u64,
    pub(crate) name: Option<String>,
    pub(crate) version: Option<String>,
    pub(crate) purl: Option<Purl>,
}

/// Reads a document in CycloneDX or SPDX 3 once more, for what its inventory does not hold.
pub(super) fn read(bytes: &[u8], reading: usize) -> Result<(Described, Document), ReadError> {
    let text = DocumentText::of(bytes)?;
    let sbom = text.sbom()?;
    let main = match sbom.described.as_slice() {
        [one] => sbom.component(*one),
        _ => None,
    };
    let name = |component: &Component<'_>| match component.group.as_deref() {
        Some(group) if !group.is_empty() => format!("{group}/{}", component.name),
        Some(_) | None => component.name.to_string(),
    };
    let described = Described {
        reading: Some(reading),
        serial: sbom.document.identity.as_deref().map(str::to_owned),
        edition: sbom.document.edition.unwrap_or(1),
        name: main.map(name),
        version: main.and_then(|main| main.version.as_deref()).map(str::to_owned),
        purl: main.and_then(Component::purl).cloned(),
    };
    let document = of_sbom(&sbom)?;
    Ok((described, document))
}
