//! What a scanned SBOM says that it describes: software with a name, a version, a package URL, and
//! the SBOM's own serial number. Statements on parts of that software hold in this source.

use mainstay_reading::ReadError;
use mainstay_sboms::{Component, DocumentText, Sbom};
use mainstay_types::Purl;
use mainstay_vex::{Document, of_sbom};

/// The software of one SBOM.
#[derive(Clone, Debug)]
pub(crate) struct Described {
    /// The position of the reading. `None` for software that was described in another scan: it is
    /// known, and nothing of it is here.
    pub(crate) reading: Option<usize>,
    /// What it says.
    pub(crate) software: Software,
}

/// What software is called.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Software {
    /// The serial number of its SBOM: `urn:uuid:...`.
    pub serial: Option<String>,
    /// The how-manieth edition the SBOM is.
    pub edition: u64,
    /// Its name, after its group where it has one.
    pub name: Option<String>,
    /// Its version.
    pub version: Option<String>,
    /// Its package URL.
    pub purl: Option<Purl>,
}

impl Software {
    /// What an SBOM says that it describes. Of several things none is *the* software.
    pub fn of(sbom: &Sbom<'_>) -> Self {
        let main = match sbom.described.as_slice() {
            [one] => sbom.component(*one),
            _ => None,
        };
        let name = |component: &Component<'_>| match component.group.as_deref() {
            Some(group) if !group.is_empty() => format!("{group}/{}", component.name),
            Some(_) | None => component.name.to_string(),
        };
        Self {
            serial: sbom.document.identity.as_deref().map(str::to_owned),
            edition: sbom.document.edition.unwrap_or(1),
            name: main.map(name),
            version: main.and_then(|main| main.version.as_deref()).map(str::to_owned),
            purl: main.and_then(Component::purl).cloned(),
        }
    }
}

/// Reads a document in CycloneDX or SPDX 3 once more, for what its inventory does not hold.
pub(super) fn read(bytes: &[u8], reading: usize) -> Result<(Described, Document), ReadError> {
    let text = DocumentText::of(bytes)?;
    let sbom = text.sbom()?;
    let described = Described { reading: Some(reading), software: Software::of(&sbom) };
    let document = of_sbom(&sbom)?;
    Ok((described, document))
}
