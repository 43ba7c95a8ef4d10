//! Relationships, which are elements themselves.

use super::fields::{own_word, text, word};
use super::reading::{Claim, Reading};
use crate::cyclonedx::value::Fields;
use crate::inventory::{is_need, wholeness};
use crate::spdx::elements::Element;
use crate::spdx::words::Way;
use crate::{Acknowledgement, Aggregate, End, Relationship, RelationshipKind, Text};

impl<'t> Reading<'t> {
    /// Takes in a relationship from one element to several.
    pub(super) fn relationship(&mut self, id: Text<'t>, mut fields: Fields<'t>) {
        let line = self.place.of(&id);
        if !id.is_empty() {
            self.elements.define(id, Element::LeftOut);
        }
        let from = self.name(&mut fields, "from");
        let to = self.names(&mut fields, "to");
        let written = text(&mut fields, "relationshipType").map(word);
        let (Some(from), Some(written)) = (from, written) else {
            self.gap(line, "a relationship lacks its beginning or its type".to_owned());
            return;
        };
        match &*written {
            "hasDeclaredLicense" => {
                self.licences.of(from, to, Acknowledgement::Declared);
                return;
            }
            "hasConcludedLicense" => {
                self.licences.of(from, to, Acknowledgement::Concluded);
                return;
            }
            "hasAssociatedVulnerability" => {
                self.associated(&from, to, line);
                return;
            }
            _ => {}
        }
        let scope = text(&mut fields, "scope").map(word);
        let (kind, way) = kind(&written, scope.as_deref());
        let from = self.end(from, line);
        let completeness = text(&mut fields, "completeness").map(word);
        self.claim(from, &kind, completeness.as_deref());
        for name in to {
            let to = self.end(name, line);
            let (from, to) = match way {
                Way::Forth => (from, to),
                Way::Back => (to, from),
            };
            self.sbom.relationships.push(Relationship { from, kind: kind.clone(), to });
        }
    }

    /// The end that a name stands for.
    pub(super) fn end(&mut self, name: Text<'t>, line: Option<u32>) -> End {
        match name.rsplit('/').next() {
            Some("NoneElement") => End::Nothing,
            Some("NoAssertionElement") => End::NoAssertion,
            _ => self.elements.end(name, line),
        }
    }

    fn claim(&mut self, from: End, kind: &RelationshipKind<'t>, completeness: Option<&str>) {
        let is_parts = matches!(kind, RelationshipKind::Contains | RelationshipKind::Describes);
        let about = if is_parts {
            Claim::Parts
        } else if is_need(kind) {
            Claim::Needs
        } else {
            return;
        };
        match completeness {
            // That all is listed with which something is built does not say that of what it needs.
            Some("complete") if about == Claim::Parts || wholeness::tells(kind) => {
                self.claims.push((from, Aggregate::Complete, about));
            }
            Some("incomplete") => self.claims.push((from, Aggregate::Incomplete, about)),
            _ => {}
        }
    }
}

/// What a relationship of this type and scope says.
fn kind<'t>(written: &Text<'t>, scope: Option<&str>) -> (RelationshipKind<'t>, Way) {
    let kind = match &**written {
        "dependsOn" => match scope {
            Some("runtime") => RelationshipKind::RuntimeDependency,
            Some("development") => RelationshipKind::DevDependency,
            Some("build") => RelationshipKind::BuildDependency,
            Some("test") => RelationshipKind::TestDependency,
            _ => RelationshipKind::DependsOn,
        },
        "usesTool" => match scope {
            Some("development") => RelationshipKind::UsesDevTool,
            Some("test") => RelationshipKind::UsesTestTool,
            _ => RelationshipKind::UsesTool,
        },
        "descendantOf" => return (RelationshipKind::AncestorOf, Way::Back),
        "copiedTo" => return (RelationshipKind::CopyOf, Way::Back),
        other => match KINDS.iter().find(|(name, _)| *name == other) {
            Some((_, kind)) => kind.clone(),
            None => RelationshipKind::Other(own_word(written)),
        },
    };
    (kind, Way::Forth)
}

/// The types that say nothing more by a scope.
pub(super) const KINDS: [(&str, RelationshipKind<'static>); 15] = [
    ("describes", RelationshipKind::Describes),
    ("contains", RelationshipKind::Contains),
    ("generates", RelationshipKind::Generates),
    ("ancestorOf", RelationshipKind::AncestorOf),
    ("hasVariant", RelationshipKind::VariantOf),
    ("hasOptionalDependency", RelationshipKind::OptionalDependency),
    ("hasProvidedDependency", RelationshipKind::ProvidedDependency),
    ("hasPrerequisite", RelationshipKind::Prerequisite),
    ("hasStaticLink", RelationshipKind::StaticLink),
    ("hasDynamicLink", RelationshipKind::DynamicLink),
    ("hasDistributionArtifact", RelationshipKind::DistributedAs),
    ("hasDocumentation", RelationshipKind::DocumentedBy),
    ("trainedOn", RelationshipKind::TrainedOn),
    ("testedOn", RelationshipKind::TestedOn),
    ("usesTool", RelationshipKind::UsesTool),
];
