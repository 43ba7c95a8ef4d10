//! The graph between the parts of a document.
//!
//! A relationship has one direction here: SPDX's `A DEV_DEPENDENCY_OF B` and CycloneDX's
//! `B dependsOn A` are both "B needs A".

use super::component::ComponentId;
use crate::Text;

/// One edge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relationship<'a> {
    /// Where it begins.
    pub from: End,
    /// What it says.
    pub kind: RelationshipKind<'a>,
    /// Where it leads.
    pub to: End,
}

/// One end of a relationship.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum End {
    /// The document itself.
    Document,
    /// A component of it.
    Component(ComponentId),
    /// An element of another document.
    External(ExternalId),
    /// Nothing, and the maker says so (SPDX's NONE).
    Nothing,
    /// The maker does not say (SPDX's NOASSERTION).
    NoAssertion,
}

/// An element of another document: its position in [`Sbom::external`](crate::Sbom::external),
/// where its text is (a BOM-Link, `DocumentRef-x:SPDXRef-y`, an IRI).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ExternalId(u32);

impl ExternalId {
    /// The element at this position.
    pub fn at(position: usize) -> Self {
        Self(u32::try_from(position).unwrap_or(u32::MAX))
    }

    /// The position.
    pub fn position(self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }
}

/// What a relationship says, read from its beginning to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RelationshipKind<'a> {
    /// Needs it when it runs, or the document does not tell when.
    DependsOn,
    /// Needs it when it runs.
    RuntimeDependency,
    /// Needs it to be developed.
    DevDependency,
    /// Needs it to be built.
    BuildDependency,
    /// Needs it to be tested.
    TestDependency,
    /// Uses it if it is there.
    OptionalDependency,
    /// Needs it, and somebody else brings it.
    ProvidedDependency,
    /// Needs it to be there before.
    Prerequisite,
    /// Is built with this tool, or made with it at a stage that the document does not tell.
    UsesTool,
    /// Is developed with this tool.
    UsesDevTool,
    /// Is tested with this tool.
    UsesTestTool,
    /// Has it inside.
    Contains,
    /// Is about it.
    Describes,
    /// Is what it was made from.
    Generates,
    /// Is linked with it when built.
    StaticLink,
    /// Is linked with it when it runs.
    DynamicLink,
    /// Is an earlier form of it.
    AncestorOf,
    /// Is another form of it.
    VariantOf,
    /// Is the same as it.
    CopyOf,
    /// Is packed as it.
    DistributedAs,
    /// Is documented by it.
    DocumentedBy,
    /// Implements it (CycloneDX's provides).
    Provides,
    /// Was trained on it.
    TrainedOn,
    /// Was tested on it.
    TestedOn,
    /// Any other, by the standard's word.
    Other(Text<'a>),
}
