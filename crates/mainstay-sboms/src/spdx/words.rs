//! The vocabularies of SPDX 2, and what they mean in the model.
//!
//! Standard: SPDX specification 2.3, clauses 6.8 (creator), 7.4 and 7.5 (supplier), 7.21
//! (external references and annex F), 7.24 (primary purpose), 11.1 (relationships).

use std::borrow::Cow;
use std::ops::Range;

use crate::{
    ComponentKind, Identifier, Party, PartyKind, Reference, ReferenceKind, RelationshipKind, Swid,
    Text, Tool,
};

/// The word for "nobody says".
pub(crate) const NO_ASSERTION: &str = "NOASSERTION";
/// The word for "there is none".
pub(crate) const NONE: &str = "NONE";

/// A text that says something: not empty, and not `NOASSERTION`.
pub(crate) fn said(text: Option<Text<'_>>) -> Option<Text<'_>> {
    text.filter(|text| !matches!(text.trim(), "" | NO_ASSERTION))
}

/// A part of a text, borrowed where the text is, without white space around it.
fn part<'t>(text: &Text<'t>, range: Range<usize>) -> Text<'t> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.get(range).unwrap_or("").trim()),
        Cow::Owned(text) => Cow::Owned(text.get(range).unwrap_or("").trim().to_owned()),
    }
}

/// `Organization: Name (mail)`, `Person: Name`, `NOASSERTION`. A text without such a beginning is
/// a name of something unknown.
pub(crate) fn party<'t>(text: &Text<'t>) -> Party<'t> {
    if text.trim() == NO_ASSERTION {
        return Party { kind: PartyKind::NoAssertion, ..Party::default() };
    }
    let (kind, start) = kind_of_party(text);
    let end = text.trim_end().len();
    let Some(open) = text.get(start..end).and_then(|rest| {
        let inner = rest.strip_suffix(')')?;
        inner.rfind('(')
    }) else {
        return Party::named(kind, part(text, start..end));
    };
    let open = start + open;
    let mail = part(text, open + 1..end.saturating_sub(1));
    let mut party = Party::named(kind, part(text, start..open));
    if !mail.is_empty() {
        party.emails.push(mail);
    }
    party
}

fn kind_of_party(text: &str) -> (PartyKind, usize) {
    let Some(colon) = text.find(':') else { return (PartyKind::Unknown, 0) };
    match text.get(..colon).unwrap_or("").trim() {
        "Organization" => (PartyKind::Organisation, colon + 1),
        "Person" => (PartyKind::Person, colon + 1),
        "Tool" => (PartyKind::Tool, colon + 1),
        _ => (PartyKind::Unknown, 0),
    }
}

/// `name-version` of a creator's `Tool: name-version`. What follows the last hyphen is a version
/// when it begins with a digit, or with `v` and a digit.
pub(crate) fn tool<'t>(text: &Text<'t>) -> Tool<'t> {
    let end = text.trim_end().len();
    let is_version = |text: &str| {
        text.strip_prefix('v').unwrap_or(text).starts_with(|c: char| c.is_ascii_digit())
    };
    match text.rfind('-') {
        Some(hyphen) if hyphen > 0 && is_version(text.get(hyphen + 1..).unwrap_or("")) => Tool {
            name: part(text, 0..hyphen),
            version: Some(part(text, hyphen + 1..end)),
            ..Tool::default()
        },
        Some(_) | None => Tool { name: part(text, 0..end), ..Tool::default() },
    }
}

/// What a package is for. `None` for a word that the model has no kind for.
///
/// A package whose purpose is `FILE` stays a package: what SPDX calls a file is another element.
pub(crate) fn purpose(word: &str) -> Option<ComponentKind> {
    Some(match word.trim() {
        "APPLICATION" => ComponentKind::Application,
        "FRAMEWORK" => ComponentKind::Framework,
        "LIBRARY" => ComponentKind::Library,
        "CONTAINER" => ComponentKind::Container,
        "OPERATING-SYSTEM" | "OPERATING_SYSTEM" => ComponentKind::OperatingSystem,
        "DEVICE" => ComponentKind::Device,
        "FIRMWARE" => ComponentKind::Firmware,
        "SOURCE" => ComponentKind::Source,
        "ARCHIVE" => ComponentKind::Archive,
        "INSTALL" => ComponentKind::Installer,
        _ => return None,
    })
}

/// An external reference: an identity, or an address.
pub(crate) enum External<'t> {
    /// Says which software this is.
    Identifier(Identifier<'t>),
    /// Says where something about it is.
    Reference(Reference<'t>),
}

/// Reads an external reference by annex F. The type may be written as an address that ends in
/// its name.
pub(crate) fn external<'t>(
    category: &str,
    written_type: &Text<'t>,
    locator: Text<'t>,
    comment: Option<Text<'t>>,
) -> External<'t> {
    let name = written_type.rsplit('/').next().unwrap_or(written_type);
    let identifier = match name {
        "purl" => Some(Identifier::purl(locator.clone())),
        "cpe22Type" | "cpe23Type" => Some(Identifier::Cpe(locator.clone())),
        "swid" => {
            let tag_id = match locator.strip_prefix("swid:") {
                Some(_) => part(&locator, 5..locator.len()),
                None => locator.clone(),
            };
            Some(Identifier::Swid(Box::new(Swid { tag_id, ..Swid::default() })))
        }
        "swh" => Some(Identifier::Swhid(locator.clone())),
        "gitoid" => Some(Identifier::Gitoid(locator.clone())),
        _ => super::locator::purl(name, &locator).map(Identifier::Purl),
    };
    if let Some(identifier) = identifier {
        return External::Identifier(identifier);
    }
    let kind = match name {
        "advisory" => ReferenceKind::Advisories,
        // A word of CycloneDX's, which has more of them.
        word if category == "OTHER" && is_word(word) => {
            crate::cyclonedx::words::reference(Cow::Owned(word.to_owned()))
        }
        _ => ReferenceKind::Other(Cow::Owned(format!("{category} {written_type}"))),
    };
    External::Reference(Reference { kind, url: locator, comment, hashes: Vec::new() })
}

fn is_word(word: &str) -> bool {
    crate::cyclonedx::words::is_known(&crate::cyclonedx::words::reference(Cow::Borrowed(word)))
}

/// Which way a relationship is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// From the first element to the second.
    Forth,
    /// From the second to the first: `A DEPENDENCY_OF B` is "B needs A".
    Back,
}

/// The relationships of table 68 that the model has a kind for. The first row of a kind is how it
/// is written.
pub(crate) const RELATIONSHIPS: [(&str, RelationshipKind<'static>, Way); 28] = [
    ("DESCRIBES", RelationshipKind::Describes, Way::Forth),
    ("DESCRIBED_BY", RelationshipKind::Describes, Way::Back),
    ("CONTAINS", RelationshipKind::Contains, Way::Forth),
    ("CONTAINED_BY", RelationshipKind::Contains, Way::Back),
    ("PACKAGE_OF", RelationshipKind::Contains, Way::Back),
    ("DEPENDS_ON", RelationshipKind::DependsOn, Way::Forth),
    ("DEPENDENCY_OF", RelationshipKind::DependsOn, Way::Back),
    ("HAS_PREREQUISITE", RelationshipKind::Prerequisite, Way::Forth),
    ("PREREQUISITE_FOR", RelationshipKind::Prerequisite, Way::Back),
    ("RUNTIME_DEPENDENCY_OF", RelationshipKind::RuntimeDependency, Way::Back),
    ("DEV_DEPENDENCY_OF", RelationshipKind::DevDependency, Way::Back),
    ("BUILD_DEPENDENCY_OF", RelationshipKind::BuildDependency, Way::Back),
    ("TEST_DEPENDENCY_OF", RelationshipKind::TestDependency, Way::Back),
    ("OPTIONAL_DEPENDENCY_OF", RelationshipKind::OptionalDependency, Way::Back),
    ("PROVIDED_DEPENDENCY_OF", RelationshipKind::ProvidedDependency, Way::Back),
    ("BUILD_TOOL_OF", RelationshipKind::UsesTool, Way::Back),
    ("GENERATES", RelationshipKind::Generates, Way::Forth),
    ("GENERATED_FROM", RelationshipKind::Generates, Way::Back),
    ("STATIC_LINK", RelationshipKind::StaticLink, Way::Forth),
    ("DYNAMIC_LINK", RelationshipKind::DynamicLink, Way::Forth),
    ("ANCESTOR_OF", RelationshipKind::AncestorOf, Way::Forth),
    ("DESCENDANT_OF", RelationshipKind::AncestorOf, Way::Back),
    ("VARIANT_OF", RelationshipKind::VariantOf, Way::Forth),
    ("COPY_OF", RelationshipKind::CopyOf, Way::Forth),
    ("DISTRIBUTION_ARTIFACT", RelationshipKind::DistributedAs, Way::Forth),
    ("DOCUMENTATION_OF", RelationshipKind::DocumentedBy, Way::Back),
    ("DEV_TOOL_OF", RelationshipKind::UsesDevTool, Way::Back),
    ("TEST_TOOL_OF", RelationshipKind::UsesTestTool, Way::Back),
];

/// What a relationship says. A word that the model has no kind for is kept as it is.
pub(crate) fn relationship<'t>(word: &Text<'t>) -> (RelationshipKind<'t>, Way) {
    let known = RELATIONSHIPS.iter().find(|(name, _, _)| *name == word.trim());
    match known {
        Some((_, kind, way)) => (kind.clone(), *way),
        None => (RelationshipKind::Other(part(word, 0..word.len())), Way::Forth),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn party_of(text: &str) -> (PartyKind, String, Vec<String>) {
        let party = party(&Cow::Borrowed(text));
        let mails = party.emails.iter().map(ToString::to_string).collect();
        (party.kind, party.name.into_owned(), mails)
    }

    #[test]
    fn a_party_has_a_kind_a_name_and_a_mail_address() {
        assert_eq!(
            party_of("Organization: Example (Europe) (help@supplier.example)"),
            (
                PartyKind::Organisation,
                "Example (Europe)".to_owned(),
                vec!["help@supplier.example".to_owned()]
            )
        );
    }

    #[test]
    fn empty_parentheses_are_no_mail_address() {
        assert_eq!(party_of("Person: Jo Doe ()"), (PartyKind::Person, "Jo Doe".to_owned(), vec![]));
    }

    #[test]
    fn a_party_without_a_kind_is_a_name() {
        assert_eq!(party_of("Foo: Bar"), (PartyKind::Unknown, "Foo: Bar".to_owned(), vec![]));
    }

    #[test]
    fn the_version_of_a_tool_follows_its_last_hyphen() {
        let of = |text: &'static str| {
            let tool = tool(&Cow::Borrowed(text));
            (tool.name.into_owned(), tool.version.map(Cow::into_owned))
        };
        assert_eq!(of("a-tool-1.0"), ("a-tool".to_owned(), Some("1.0".to_owned())));
        assert_eq!(of("scan-v4"), ("scan".to_owned(), Some("v4".to_owned())));
        assert_eq!(of("spdx-builder"), ("spdx-builder".to_owned(), None));
    }

    #[test]
    fn a_reference_type_may_be_written_as_an_address() {
        let written = Cow::Borrowed("http://spdx.org/rdf/references/cpe23Type");
        let locator = Cow::Borrowed("cpe:2.3:a:example:thing:1:*:*:*:*:*:*:*");
        let read = external("SECURITY", &written, locator, None);
        assert!(matches!(read, External::Identifier(Identifier::Cpe(_))));
    }

    #[test]
    fn a_dependency_of_something_is_read_backwards() {
        let (kind, way) = relationship(&Cow::Borrowed("DEV_DEPENDENCY_OF"));
        assert_eq!((kind, way), (RelationshipKind::DevDependency, Way::Back));
    }
}
