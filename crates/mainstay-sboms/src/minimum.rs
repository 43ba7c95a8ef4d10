//! What an SBOM must say at least, by those who ask for them.
//!
//! | short name | document |
//! | --- | --- |
//! | `ntia` | NTIA, "The Minimum Elements For a Software Bill of Materials", July 2021: the data fields |
//! | `cisa-2024` | CISA, "Framing Software Component Transparency", third edition, October 2024: the baseline attributes, minimum expected |
//! | `cisa-2025` | CISA, "2025 Minimum Elements for a Software Bill of Materials", draft for comment, August 2025: the data fields |
//!
//! A field that is there and says "nobody says" (`NOASSERTION`) is missing here, but for
//! dependencies: of those, NTIA asks that known unknowns be told, and a document that does so has
//! the element.

use crate::{Acknowledgement, Component, ComponentKind, End, LicenceText, Party, PartyKind, Sbom};

/// A document that asks for elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Baseline {
    /// NTIA's of 2021.
    Ntia,
    /// CISA's framing of 2024.
    Cisa2024,
    /// CISA's draft of 2025.
    Cisa2025,
}

impl Baseline {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Ntia, Self::Cisa2024, Self::Cisa2025];

    /// The short name.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ntia => "ntia",
            Self::Cisa2024 => "cisa-2024",
            Self::Cisa2025 => "cisa-2025",
        }
    }

    /// The baseline with this short name.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.word() == word)
    }
}

/// An element that may be missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Element {
    /// Who made the document.
    Author,
    /// When it was made.
    Timestamp,
    /// With which tool.
    Tool,
    /// At which stage of the software's life.
    Context,
    /// What it is about.
    Primary,
    /// A component's name.
    Name,
    /// Its version.
    Version,
    /// Who supplies or produces it.
    Supplier,
    /// What identifies it beyond its name.
    Identifier,
    /// What it needs, or what needs it.
    Dependency,
    /// A checksum of it.
    Hash,
    /// Its licence.
    Licence,
    /// Who holds its copyright.
    Copyright,
}

use Baseline::{Cisa2024, Cisa2025, Ntia};

impl Element {
    /// Every element; those of the document first.
    pub const ALL: [Self; 13] = [
        Self::Author,
        Self::Timestamp,
        Self::Tool,
        Self::Context,
        Self::Primary,
        Self::Name,
        Self::Version,
        Self::Supplier,
        Self::Identifier,
        Self::Dependency,
        Self::Hash,
        Self::Licence,
        Self::Copyright,
    ];

    /// The stable code of a finding that says it is missing.
    pub fn code(self) -> &'static str {
        self.row().0
    }

    /// What is missing, for a person.
    pub fn title(self) -> &'static str {
        self.row().1
    }

    /// Who asks for it.
    pub fn asked_by(self) -> &'static [Baseline] {
        self.row().2
    }

    fn row(self) -> (&'static str, &'static str, &'static [Baseline]) {
        match self {
            Self::Author => ("sbom-no-author", "an author", &[Ntia, Cisa2024, Cisa2025]),
            Self::Timestamp => {
                ("sbom-no-timestamp", "the time at which it was made", &[Ntia, Cisa2024, Cisa2025])
            }
            Self::Tool => ("sbom-no-tool", "the tool that made it", &[Cisa2025]),
            Self::Context => ("sbom-no-context", "the stage at which it was made", &[Cisa2025]),
            Self::Primary => ("sbom-no-primary", "a subject: what it describes", &[Cisa2024]),
            Self::Name => ("component-no-name", "a name", &[Ntia, Cisa2024, Cisa2025]),
            Self::Version => ("component-no-version", "a version", &[Ntia, Cisa2024, Cisa2025]),
            Self::Supplier => {
                ("component-no-supplier", "a supplier or producer", &[Ntia, Cisa2024, Cisa2025])
            }
            Self::Identifier => (
                "component-no-identifier",
                "an identifier beside its name",
                &[Ntia, Cisa2024, Cisa2025],
            ),
            Self::Dependency => (
                "component-no-dependency",
                "a relationship, or a word that there is none",
                &[Ntia, Cisa2024, Cisa2025],
            ),
            Self::Hash => ("component-no-hash", "a checksum", &[Cisa2024, Cisa2025]),
            Self::Licence => ("component-no-licence", "a licence", &[Cisa2024, Cisa2025]),
            Self::Copyright => ("component-no-copyright", "a copyright holder", &[Cisa2024]),
        }
    }
}

/// An element that is missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// Which.
    pub element: Element,
    /// Whose: a component, or the document itself.
    pub component: Option<usize>,
}

/// How much of what is asked for a document has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completed {
    /// What is missing: of the document first, then by component in the order of the document.
    pub missing: Vec<Missing>,
    /// Components that were looked at. Files and services are not: the elements are those of
    /// software that is delivered.
    pub components: usize,
}

/// Looks for what these baselines ask for.
pub fn minimum(sbom: &Sbom<'_>, baselines: &[Baseline]) -> Completed {
    let asked: Vec<Element> = Element::ALL
        .into_iter()
        .filter(|element| element.asked_by().iter().any(|by| baselines.contains(by)))
        .collect();
    let mut missing: Vec<Missing> = asked
        .iter()
        .filter(|element| !of_document(sbom, **element))
        .map(|element| Missing { element: *element, component: None })
        .collect();
    let is_joined = joined(sbom);
    let mut components = 0;
    for (at, component) in sbom.components.iter().enumerate() {
        if !is_software(component) {
            continue;
        }
        components += 1;
        let joined = is_joined.get(at).copied().unwrap_or(false);
        for element in &asked {
            if !of_component(component, *element, joined) {
                missing.push(Missing { element: *element, component: Some(at) });
            }
        }
    }
    Completed { missing, components }
}

fn is_software(component: &Component<'_>) -> bool {
    !matches!(
        component.kind,
        ComponentKind::File
            | ComponentKind::Snippet
            | ComponentKind::Service
            | ComponentKind::CryptographicAsset
    )
}

/// Whether the document has an element; true for elements of components.
fn of_document(sbom: &Sbom<'_>, element: Element) -> bool {
    let document = &sbom.document;
    match element {
        Element::Author => {
            document.authors.iter().any(is_somebody)
                || document.manufacturer.as_ref().is_some_and(is_somebody)
                || document.supplier.as_ref().is_some_and(is_somebody)
        }
        Element::Timestamp => says(document.created.as_deref()),
        Element::Tool => document.tools.iter().any(|tool| says(Some(&tool.name))),
        Element::Context => !document.lifecycles.is_empty(),
        Element::Primary => !sbom.described.is_empty(),
        Element::Name
        | Element::Version
        | Element::Supplier
        | Element::Identifier
        | Element::Dependency
        | Element::Hash
        | Element::Licence
        | Element::Copyright => true,
    }
}

/// Whether a component has an element; true for elements of the document.
fn of_component(component: &Component<'_>, element: Element, is_joined: bool) -> bool {
    let details = component.details();
    match element {
        Element::Name => says(Some(&component.name)),
        Element::Version => says(component.version.as_deref()),
        Element::Supplier => {
            [&details.supplier, &details.manufacturer, &details.originator]
                .into_iter()
                .flatten()
                .chain(&details.authors)
                .any(is_somebody)
                || says(details.publisher.as_deref())
        }
        Element::Identifier => component
            .identifiers
            .iter()
            .any(|identifier| !matches!(identifier, crate::Identifier::BadPurl(..))),
        Element::Dependency => is_joined,
        Element::Hash => component.hashes.iter().any(|hash| !hash.value.is_empty()),
        Element::Licence => component.licences.iter().any(|licence| {
            licence.acknowledgement != Acknowledgement::FoundInFiles
                && licence.text != LicenceText::NoAssertion
        }),
        Element::Copyright => says(details.copyright.as_deref()),
        Element::Author
        | Element::Timestamp
        | Element::Tool
        | Element::Context
        | Element::Primary => true,
    }
}

fn says(text: Option<&str>) -> bool {
    text.is_some_and(|text| !matches!(text.trim(), "" | "NOASSERTION"))
}

fn is_somebody(party: &Party<'_>) -> bool {
    party.kind != PartyKind::NoAssertion
        && (says(Some(&party.name)) || !party.emails.is_empty() || !party.urls.is_empty())
}

/// Which components a relationship or a claim of completeness is about.
fn joined(sbom: &Sbom<'_>) -> Vec<bool> {
    let mut joined = vec![false; sbom.components.len()];
    let mut mark = |end: End| {
        if let End::Component(id) = end
            && let Some(one) = joined.get_mut(id.position())
        {
            *one = true;
        }
    };
    for one in &sbom.relationships {
        mark(one.from);
        mark(one.to);
    }
    for claim in &sbom.completeness {
        for id in claim.dependencies.iter().chain(&claim.assemblies) {
            mark(End::Component(*id));
        }
    }
    for (at, component) in sbom.components.iter().enumerate() {
        if let Some(parent) = component.parent {
            mark(End::Component(parent));
            mark(End::Component(crate::ComponentId::at(at)));
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spdx;

    fn codes(document: &str, baselines: &[Baseline]) -> Vec<&'static str> {
        let sbom = spdx::read_v2_json(document).unwrap();
        let completed = minimum(&sbom, baselines);
        completed.missing.iter().map(|one| one.element.code()).collect()
    }

    const BARE: &str =
        r#"{"spdxVersion": "SPDX-2.3", "packages": [{"SPDXID": "SPDXRef-a", "name": "a"}]}"#;

    const FULL: &str = r#"{"spdxVersion": "SPDX-2.3",
        "creationInfo": {"created": "2026-01-01T00:00:00Z", "creators": ["Person: Jo"]},
        "packages": [{"SPDXID": "SPDXRef-a", "name": "a", "versionInfo": "1", "supplier": "Person: Jo",
        "externalRefs": [{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": "pkg:npm/a@1"}]}],
        "relationships": [{"spdxElementId": "SPDXRef-a", "relationshipType": "DEPENDS_ON", "relatedSpdxElement": "NOASSERTION"}]}"#;

    #[test]
    fn a_bare_document_lacks_every_element_but_the_name() {
        assert_eq!(
            codes(BARE, &[Ntia]),
            [
                "sbom-no-author",
                "sbom-no-timestamp",
                "component-no-version",
                "component-no-supplier",
                "component-no-identifier",
                "component-no-dependency",
            ]
        );
    }

    #[test]
    fn a_document_with_the_seven_elements_of_ntia_lacks_none_of_them() {
        assert_eq!(codes(FULL, &[Ntia]), Vec::<&str>::new());
    }

    #[test]
    fn cisa_asks_for_more() {
        assert_eq!(
            codes(FULL, &[Cisa2025]),
            ["sbom-no-tool", "sbom-no-context", "component-no-hash", "component-no-licence",]
        );
        assert_eq!(
            codes(FULL, &[Cisa2024]),
            [
                "sbom-no-primary",
                "component-no-hash",
                "component-no-licence",
                "component-no-copyright",
            ]
        );
    }

    #[test]
    fn a_supplier_of_whom_nobody_says_who_is_none() {
        let text = FULL.replace("\"supplier\": \"Person: Jo\"", "\"supplier\": \"NOASSERTION\"");
        assert_eq!(codes(&text, &[Ntia]), ["component-no-supplier"]);
    }
}
