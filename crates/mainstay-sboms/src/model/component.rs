//! One thing that a document lists: a package, a file, a container, a model.

use mainstay_types::Purl;

use super::identifier::{Hash, Identifier};
use super::licence::Licence;
use super::model_card::ModelCard;
use super::party::Party;
use super::reference::Reference;
use crate::Text;

/// A component: its position in [`Sbom::components`](crate::Sbom::components).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ComponentId(u32);

impl ComponentId {
    /// The component at this position. Documents with more than 2^32 components do not exist.
    pub fn at(position: usize) -> Self {
        Self(u32::try_from(position).unwrap_or(u32::MAX))
    }

    /// The position.
    pub fn position(self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }
}

/// What a component is. CycloneDX calls it the type, SPDX 2.3 and 3.0 the primary purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ComponentKind {
    /// A program.
    Application,
    /// A framework.
    Framework,
    /// A library; also a package of which no more is said.
    Library,
    /// A container image.
    Container,
    /// A platform or runtime on which software runs.
    Platform,
    /// An operating system.
    OperatingSystem,
    /// A hardware device.
    Device,
    /// A driver of a device.
    DeviceDriver,
    /// Firmware.
    Firmware,
    /// A single file.
    File,
    /// A part of a file: SPDX's snippet.
    Snippet,
    /// A machine-learning model.
    Model,
    /// Data: a data set, configuration.
    Data,
    /// A cryptographic asset: algorithm, certificate, protocol, key.
    CryptographicAsset,
    /// A service that is called, not software that is installed.
    Service,
    /// Source code as such (SPDX's `SOURCE`).
    Source,
    /// An archive (SPDX's `ARCHIVE`).
    Archive,
    /// Something that installs software (SPDX's `INSTALL`).
    Installer,
    /// Something else, or a kind that the reader does not know; the word is in
    /// [`Details::kind_as_written`].
    Other,
}

/// Whether the main component needs it when it runs: CycloneDX's scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Need {
    /// It is needed.
    Required,
    /// It is used if it is there.
    Optional,
    /// It is only for development, test or documentation.
    Excluded,
}

/// One component.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Component<'a> {
    /// The name by which the document refers to it (CycloneDX's bom-ref, SPDX's SPDXID or IRI).
    /// Unique in the document; empty when it has none.
    pub reference: Text<'a>,
    /// What it is.
    pub kind: ComponentKind,
    /// Its name, without group.
    pub name: Text<'a>,
    /// Its group or namespace: `org.apache.commons`, `@babel`.
    pub group: Option<Text<'a>>,
    /// Its version.
    pub version: Option<Text<'a>>,
    /// What identifies it beyond its name, in the order of the document.
    pub identifiers: Vec<Identifier<'a>>,
    /// Checksums of its content.
    pub hashes: Vec<Hash<'a>>,
    /// What is said about its licence.
    pub licences: Vec<Licence<'a>>,
    /// Addresses about it: repository, download, home page.
    pub references: Vec<Reference<'a>>,
    /// Whether the main component needs it, where the document says.
    pub need: Option<Need>,
    /// The component inside which it is listed.
    pub parent: Option<ComponentId>,
    /// The line on which it begins, counted from 1.
    pub line: Option<u32>,
    /// What few components have. See [`Component::details`].
    pub more: Option<Box<Details<'a>>>,
}

/// What few components have, or few readers need.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Details<'a> {
    /// The word for its kind, where [`ComponentKind::Other`] is all that is known.
    pub kind_as_written: Option<Text<'a>>,
    /// Who supplies it.
    pub supplier: Option<Party<'a>>,
    /// Who made it (CycloneDX's manufacturer).
    pub manufacturer: Option<Party<'a>>,
    /// Where it came from first (SPDX's originator).
    pub originator: Option<Party<'a>>,
    /// Who wrote it.
    pub authors: Vec<Party<'a>>,
    /// Who published it (CycloneDX's publisher).
    pub publisher: Option<Text<'a>>,
    /// Its copyright notice.
    pub copyright: Option<Text<'a>>,
    /// What it is, in a line (SPDX's summary).
    pub summary: Option<Text<'a>>,
    /// What it is.
    pub description: Option<Text<'a>>,
    /// A remark of whoever made the document.
    pub comment: Option<Text<'a>>,
    /// The MIME type of its content.
    pub media_type: Option<Text<'a>>,
    /// The file name of the package (SPDX's packageFileName).
    pub file_name: Option<Text<'a>>,
    /// The kinds of a file as SPDX 2 lists them: `SOURCE`, `BINARY`.
    pub file_types: Vec<Text<'a>>,
    /// Whether the files inside were looked at (SPDX 2's filesAnalyzed).
    pub files_analyzed: Option<bool>,
    /// SPDX 2's package verification code.
    pub verification_code: Option<Text<'a>>,
    /// How the facts were found (SPDX's sourceInfo).
    pub source_info: Option<Text<'a>>,
    /// When it was released, as RFC 3339.
    pub released: Option<Text<'a>>,
    /// When it was built, as RFC 3339.
    pub built: Option<Text<'a>>,
    /// Until when it is supported, as RFC 3339.
    pub valid_until: Option<Text<'a>>,
    /// Whether what the document describes expects it to be there, and does not bring it
    /// (CycloneDX's isExternal, 1.7).
    pub is_external: Option<bool>,
    /// The versions that would do for an external one, in the notation of `vers`.
    pub version_range: Option<Text<'a>>,
    /// Whether it was changed from the original (CycloneDX's modified).
    pub is_modified: Option<bool>,
    /// Notices that must be shown (SPDX's attributionText).
    pub attributions: Vec<Text<'a>>,
    /// Where it was found (CycloneDX's evidence).
    pub occurrences: Vec<Occurrence<'a>>,
    /// Facts about a machine-learning model or a data set.
    pub model_card: Option<Box<ModelCard<'a>>>,
    /// Name and value pairs, in the order of the document.
    pub properties: Vec<Property<'a>>,
}

/// A place where a component was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Occurrence<'a> {
    /// The file.
    pub location: Text<'a>,
    /// The line, counted from 1.
    pub line: Option<u32>,
}

/// A name and a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Property<'a> {
    /// The name: `mainstay:scope`.
    pub name: Text<'a>,
    /// The value.
    pub value: Text<'a>,
}

/// The details of a component that has none.
static NO_DETAILS: Details<'static> = Details::EMPTY;

impl Details<'_> {
    const EMPTY: Self = Self {
        kind_as_written: None,
        supplier: None,
        manufacturer: None,
        originator: None,
        authors: Vec::new(),
        publisher: None,
        copyright: None,
        summary: None,
        description: None,
        comment: None,
        media_type: None,
        file_name: None,
        file_types: Vec::new(),
        files_analyzed: None,
        verification_code: None,
        source_info: None,
        released: None,
        built: None,
        valid_until: None,
        is_external: None,
        version_range: None,
        is_modified: None,
        attributions: Vec::new(),
        occurrences: Vec::new(),
        model_card: None,
        properties: Vec::new(),
    };
}

impl<'a> Component<'a> {
    /// A component of which nothing is known but what it is and its name.
    pub fn new(kind: ComponentKind, name: impl Into<Text<'a>>) -> Self {
        Self {
            reference: Text::Borrowed(""),
            kind,
            name: name.into(),
            group: None,
            version: None,
            identifiers: Vec::new(),
            hashes: Vec::new(),
            licences: Vec::new(),
            references: Vec::new(),
            need: None,
            parent: None,
            line: None,
            more: None,
        }
    }

    /// What few components have.
    pub fn details(&self) -> &Details<'a> {
        match &self.more {
            Some(details) => details,
            None => &NO_DETAILS,
        }
    }

    /// The same, to be filled.
    pub fn details_mut(&mut self) -> &mut Details<'a> {
        self.more.get_or_insert_default()
    }

    /// Its package URL: the first that can be read.
    pub fn purl(&self) -> Option<&Purl> {
        self.identifiers.iter().find_map(Identifier::as_purl)
    }

    /// Group and name: `@babel/core`.
    pub fn called(&self) -> String {
        match self.group.as_deref().filter(|group| !group.is_empty()) {
            Some(group) => format!("{group}/{}", self.name),
            None => self.name.to_string(),
        }
    }

    /// Group, name and version for a person: `@babel/core 7.0.0`.
    pub fn label(&self) -> String {
        let mut label = self.called();
        if let Some(version) = self.version.as_deref().filter(|version| !version.is_empty()) {
            label.push(' ');
            label.push_str(version);
        }
        label
    }
}
