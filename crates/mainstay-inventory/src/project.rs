//! What SBOMs say of the projects behind packages: where their source is, and what they ask for.
//!
//! Standards: `externalReferences` and `authors` of CycloneDX (ECMA-424); `externalRef` of SPDX 3,
//! which has `funding`. CycloneDX has no word for funding: tools write it as `other` (or as the
//! website) with a comment that says so, or one sees it by the host.
//!
//! It is what the maker of the SBOM read in the package's own metadata, or claims to have: whoever
//! sends an SBOM could name a purse of their own. So it is told how many organisations say it.

use mainstay_sboms::{Component, PartyKind, Reference, ReferenceKind, Sbom};
use mainstay_types::{DistributedPurl, PackageName, Purl, WebAddress};

/// Notes on one package that are kept of a document, and of a document in all.
const MOST_OF_ONE: usize = 20;
const MOST_OF_ALL: usize = 200_000;

/// What a note is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum NoteKind {
    /// Where the project takes money.
    Funding,
    /// How it wants to be helped with patches.
    Contributing,
    /// Where its faults are told.
    Issues,
    /// Where faults of security are told.
    Security,
    /// Where its source is.
    Source,
    /// Its home page.
    Website,
    /// How many people its metadata name as authors.
    People,
}

impl NoteKind {
    /// Every kind, what is asked for first.
    pub const ALL: [Self; 7] = [
        Self::Funding,
        Self::Contributing,
        Self::Issues,
        Self::Security,
        Self::Source,
        Self::Website,
        Self::People,
    ];

    /// The word that the database and the API use.
    pub fn word(self) -> &'static str {
        match self {
            Self::Funding => "funding",
            Self::Contributing => "contributing",
            Self::Issues => "issues",
            Self::Security => "security",
            Self::Source => "source",
            Self::Website => "website",
            Self::People => "people",
        }
    }

    /// The kind of this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// A note on the project of a package.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct PackageNote {
    pub(crate) package: PackageName,
    pub(crate) kind: NoteKind,
    /// An address, or how many people.
    pub(crate) text: String,
}

/// The notes of a document, sorted, each once.
pub(crate) fn notes_of(sbom: &Sbom<'_>) -> Vec<PackageNote> {
    let mut notes = Vec::new();
    for component in &sbom.components {
        let Some(package) = component.purl().and_then(package_of) else { continue };
        let addresses = component.references.iter().filter_map(note_of).take(MOST_OF_ONE);
        let all = addresses.chain(people_of(component));
        notes.extend(all.map(|(kind, text)| PackageNote { package: package.clone(), kind, text }));
        if notes.len() >= MOST_OF_ALL {
            break;
        }
    }
    notes.sort_unstable();
    notes.dedup();
    notes
}

fn package_of(purl: &Purl) -> Option<PackageName> {
    match DistributedPurl::of(purl) {
        Some(found) => found.ok().map(|found| found.name),
        None => purl.package_name()?.ok(),
    }
}

fn note_of(reference: &Reference<'_>) -> Option<(NoteKind, String)> {
    let address = reference.url.trim();
    let address = WebAddress::parse(address.strip_prefix("git+").unwrap_or(address))?;
    let address = address.as_str();
    let said = if let ReferenceKind::Other(word) = &reference.kind { word.as_ref() } else { "" };
    let comment = reference.comment.as_deref().unwrap_or_default();
    let said = format!("{said} {comment}").to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| said.contains(word));
    let kind = if has(&["funding", "sponsor", "donat"]) || is_purse(address) {
        NoteKind::Funding
    } else if has(&["contribut"]) {
        NoteKind::Contributing
    } else {
        match &reference.kind {
            ReferenceKind::Vcs => NoteKind::Source,
            ReferenceKind::Website => NoteKind::Website,
            ReferenceKind::IssueTracker => NoteKind::Issues,
            ReferenceKind::SecurityContact => NoteKind::Security,
            ReferenceKind::Distribution
            | ReferenceKind::SourceDistribution
            | ReferenceKind::Advisories
            | ReferenceKind::Bom
            | ReferenceKind::Documentation
            | ReferenceKind::Licence
            | ReferenceKind::ReleaseNotes
            | ReferenceKind::ExploitabilityStatement
            | ReferenceKind::Other(_) => return None,
        }
    };
    Some((kind, address.to_owned()))
}

/// Hosts where projects take money and nothing else happens.
const PURSES: &[&str] = &[
    "opencollective.com",
    "patreon.com",
    "liberapay.com",
    "ko-fi.com",
    "buymeacoffee.com",
    "thanks.dev",
    "polar.sh",
    "issuehunt.io",
    "numfocus.org/donate",
    "github.com/sponsors",
    "tidelift.com/funding",
];

fn is_purse(address: &str) -> bool {
    let rest = address.split_once("://").map_or("", |(_, rest)| rest).to_ascii_lowercase();
    let rest = rest.strip_prefix("www.").unwrap_or(&rest);
    PURSES.iter().any(|purse| {
        rest.strip_prefix(purse).is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']))
    })
}

/// How many people the metadata name as authors. Not told, where an organisation is among them: of
/// its people nobody knows how many they are.
fn people_of(component: &Component<'_>) -> Option<(NoteKind, String)> {
    let authors = &component.details().authors;
    let are_people = authors
        .iter()
        .all(|author| author.kind == PartyKind::Person && !author.name.trim().is_empty());
    (!authors.is_empty() && are_people).then(|| (NoteKind::People, authors.len().to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_purse_is_seen_by_its_host_and_not_by_a_part_of_one() {
        for purse in ["https://www.opencollective.com/express", "https://github.com/sponsors/ada"] {
            assert!(is_purse(purse), "{purse}");
        }
        for other in [
            "https://opencollective.com.evil.example/express",
            "https://evil.example/opencollective.com",
            "https://github.com/sponsorship/x",
        ] {
            assert!(!is_purse(other), "{other}");
        }
    }
}
