//! The document as a whole: who made it, when, of what, and how much of it is known.

use mainstay_reading::Gap;

use super::component::{Component, ComponentId, Property};
use super::identifier::Hash;
use super::licence::{CustomLicence, Licence};
use super::party::Party;
use super::relationship::{End, ExternalId, Relationship};
use super::vulnerability::Vulnerability;
use crate::Text;
use crate::document_notes::note;

/// Everything one document says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sbom<'a> {
    /// Facts about the document itself.
    pub document: Document<'a>,
    /// What the document describes: CycloneDX's `metadata.component`, SPDX's described or root
    /// elements. In the order of the document; they are among the components.
    pub described: Vec<ComponentId>,
    /// All components, nested and described ones too, in the order of the document.
    pub components: Vec<Component<'a>>,
    /// The graph, in the order of the document.
    pub relationships: Vec<Relationship<'a>>,
    /// Elements of other documents that relationships lead to. See [`ExternalId`].
    pub external: Vec<Text<'a>>,
    /// Vulnerabilities that the document lists, with what it says about them.
    pub vulnerabilities: Vec<Vulnerability<'a>>,
    /// What the document says about how complete it is.
    pub completeness: Vec<Completeness>,
    /// Remarks of people and tools.
    pub annotations: Vec<Annotation<'a>>,
    /// Licences that the document spells out (SPDX's `LicenseRef-`).
    pub custom_licences: Vec<CustomLicence<'a>>,
    /// What the document should say and does not, or says and nobody can read. Not empty means:
    /// the document does not tell everything about the software.
    pub gaps: Vec<Gap>,
    /// Parts that the model does not hold, so that they would be lost in another document. They
    /// do not bear on which packages there are.
    pub left_out: Vec<LeftOut>,
}

/// Facts about the document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document<'a> {
    /// The standard and its version, as found.
    pub spec: Spec,
    /// The syntax in which it was written.
    pub encoding: Encoding,
    /// What identifies it: CycloneDX's serial number, SPDX's document namespace or IRI.
    pub identity: Option<Text<'a>>,
    /// The how-manieth edition it is, from 1 (CycloneDX's version).
    pub edition: Option<u64>,
    /// Its name (SPDX).
    pub name: Option<Text<'a>>,
    /// When it was made, as RFC 3339.
    pub created: Option<Text<'a>>,
    /// The people and organisations who made it.
    pub authors: Vec<Party<'a>>,
    /// The tools that made it.
    pub tools: Vec<Tool<'a>>,
    /// Who supplies what it describes.
    pub supplier: Option<Party<'a>>,
    /// Who made what it describes.
    pub manufacturer: Option<Party<'a>>,
    /// At which stage it was made: `build`, `post-build`; SPDX 3's SBOM types.
    pub lifecycles: Vec<Text<'a>>,
    /// The licence of the document itself.
    pub licences: Vec<Licence<'a>>,
    /// The version of SPDX's licence list that it uses.
    pub licence_list: Option<Text<'a>>,
    /// The profiles that it says it keeps to (SPDX 3).
    pub profiles: Vec<Text<'a>>,
    /// A remark.
    pub comment: Option<Text<'a>>,
    /// Other documents to which it refers.
    pub documents: Vec<ExternalDocument<'a>>,
    /// Name and value pairs.
    pub properties: Vec<Property<'a>>,
}

/// A standard in a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Spec {
    /// CycloneDX 1.2.
    CycloneDx1_2,
    /// CycloneDX 1.3.
    CycloneDx1_3,
    /// CycloneDX 1.4.
    CycloneDx1_4,
    /// CycloneDX 1.5.
    CycloneDx1_5,
    /// CycloneDX 1.6.
    CycloneDx1_6,
    /// CycloneDX 1.7.
    CycloneDx1_7,
    /// SPDX 2.2.
    Spdx2_2,
    /// SPDX 2.3.
    Spdx2_3,
    /// SPDX 3.0.
    Spdx3_0,
}

/// A syntax.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// JSON; for SPDX 3.0 in the form of JSON-LD.
    Json,
    /// XML.
    Xml,
    /// SPDX's tag-value.
    TagValue,
}

/// A tool that made the document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tool<'a> {
    /// Who makes the tool.
    pub vendor: Option<Text<'a>>,
    /// Its name.
    pub name: Text<'a>,
    /// Its version.
    pub version: Option<Text<'a>>,
    /// Checksums of it.
    pub hashes: Vec<Hash<'a>>,
}

/// Another document to which this one refers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExternalDocument<'a> {
    /// The short name by which this document calls it (`DocumentRef-x`). Empty when it has none.
    pub reference: Text<'a>,
    /// What identifies it: namespace, serial number as BOM-Link, or IRI.
    pub identity: Text<'a>,
    /// Its checksum.
    pub hash: Option<Hash<'a>>,
}

/// How complete the document says that something is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completeness {
    /// The claim.
    pub aggregate: Aggregate,
    /// The components whose parts it is about.
    pub assemblies: Vec<ComponentId>,
    /// The components whose dependencies it is about.
    pub dependencies: Vec<ComponentId>,
    /// Whether it is about the document as a whole, naming nothing.
    pub is_of_all: bool,
}

/// A claim of completeness (CycloneDX's aggregate, SPDX 3's relationship completeness).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Aggregate {
    /// Nothing is missing.
    Complete,
    /// Something is missing.
    Incomplete,
    /// Something is missing; what is there is the maker's own.
    IncompleteFirstPartyOnly,
    /// As before, and proprietary.
    IncompleteFirstPartyProprietaryOnly,
    /// As before, and open source.
    IncompleteFirstPartyOpensourceOnly,
    /// Something is missing; what is there is others'.
    IncompleteThirdPartyOnly,
    /// As before, and proprietary.
    IncompleteThirdPartyProprietaryOnly,
    /// As before, and open source.
    IncompleteThirdPartyOpensourceOnly,
    /// The maker does not know.
    Unknown,
    /// The maker does not say.
    NotSpecified,
}

/// How far a claim goes, whosever parts are there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// All is there.
    Whole,
    /// Something is missing.
    Part,
    /// The maker does not know.
    Unknown,
    /// Nothing is claimed.
    Unstated,
}

impl Aggregate {
    /// How far it goes.
    pub fn extent(self) -> Extent {
        match self {
            Self::Complete => Extent::Whole,
            Self::Incomplete
            | Self::IncompleteFirstPartyOnly
            | Self::IncompleteFirstPartyProprietaryOnly
            | Self::IncompleteFirstPartyOpensourceOnly
            | Self::IncompleteThirdPartyOnly
            | Self::IncompleteThirdPartyProprietaryOnly
            | Self::IncompleteThirdPartyOpensourceOnly => Extent::Part,
            Self::Unknown => Extent::Unknown,
            Self::NotSpecified => Extent::Unstated,
        }
    }
}

/// A remark on parts of the document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Annotation<'a> {
    /// What it is about.
    pub subjects: Vec<End>,
    /// Who makes it.
    pub annotator: Option<Party<'a>>,
    /// When, as RFC 3339.
    pub timestamp: Option<Text<'a>>,
    /// Its kind (SPDX: `REVIEW`, `OTHER`).
    pub kind: Option<Text<'a>>,
    /// The remark.
    pub text: Text<'a>,
}

/// A part of a document that the model does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// Where it stands, as a path of names: `components.evidence.callstack`.
    pub what: Box<str>,
    /// The first line on which it stands.
    pub line: Option<u32>,
    /// How often it stands there.
    pub times: u32,
}

impl Spec {
    /// The name of the standard.
    pub fn standard(self) -> &'static str {
        match self {
            Self::Spdx2_2 | Self::Spdx2_3 | Self::Spdx3_0 => "SPDX",
            Self::CycloneDx1_2
            | Self::CycloneDx1_3
            | Self::CycloneDx1_4
            | Self::CycloneDx1_5
            | Self::CycloneDx1_6
            | Self::CycloneDx1_7 => "CycloneDX",
        }
    }

    /// The version in the standard's own writing.
    pub fn version(self) -> &'static str {
        match self {
            Self::CycloneDx1_2 => "1.2",
            Self::CycloneDx1_3 => "1.3",
            Self::CycloneDx1_4 => "1.4",
            Self::CycloneDx1_5 => "1.5",
            Self::CycloneDx1_6 => "1.6",
            Self::CycloneDx1_7 => "1.7",
            Self::Spdx2_2 => "2.2",
            Self::Spdx2_3 => "2.3",
            Self::Spdx3_0 => "3.0",
        }
    }
}

impl<'a> Sbom<'a> {
    /// An SBOM that says nothing yet.
    pub fn new(spec: Spec, encoding: Encoding) -> Self {
        let document = Document {
            spec,
            encoding,
            identity: None,
            edition: None,
            name: None,
            created: None,
            authors: Vec::new(),
            tools: Vec::new(),
            supplier: None,
            manufacturer: None,
            lifecycles: Vec::new(),
            licences: Vec::new(),
            licence_list: None,
            profiles: Vec::new(),
            comment: None,
            documents: Vec::new(),
            properties: Vec::new(),
        };
        Self {
            document,
            described: Vec::new(),
            components: Vec::new(),
            relationships: Vec::new(),
            external: Vec::new(),
            vulnerabilities: Vec::new(),
            completeness: Vec::new(),
            annotations: Vec::new(),
            custom_licences: Vec::new(),
            gaps: Vec::new(),
            left_out: Vec::new(),
        }
    }

    /// Adds a component.
    pub fn add(&mut self, component: Component<'a>) -> ComponentId {
        let id = ComponentId::at(self.components.len());
        self.components.push(component);
        id
    }

    /// The component. `None` only for an id of another document.
    pub fn component(&self, id: ComponentId) -> Option<&Component<'a>> {
        self.components.get(id.position())
    }

    /// The components with their ids, in the order of the document.
    pub fn with_ids(&self) -> impl Iterator<Item = (ComponentId, &Component<'a>)> {
        self.components.iter().enumerate().map(|(at, component)| (ComponentId::at(at), component))
    }

    /// For each component, whether a relationship that fits begins at it.
    pub(crate) fn begin(&self, fits: impl Fn(&Relationship<'a>) -> bool) -> Vec<bool> {
        let mut begins = vec![false; self.components.len()];
        for one in self.relationships.iter().filter(|one| fits(one)) {
            if let End::Component(from) = one.from
                && let Some(begins) = begins.get_mut(from.position())
            {
                *begins = true;
            }
        }
        begins
    }

    /// The text of an element of another document.
    pub fn external(&self, id: ExternalId) -> Option<&str> {
        self.external.get(id.position()).map(|text| &**text)
    }

    /// Notes a part that the model does not hold. The same part is counted, not listed again.
    pub fn leave_out(&mut self, what: &str, line: Option<u32>) {
        note(&mut self.left_out, what, line);
    }
}
