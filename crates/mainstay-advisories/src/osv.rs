//! OSV records: <https://ossf.github.io/osv-schema/>, version 1.7.
//!
//! The model borrows from the document, because an index is built from hundreds of thousands of
//! them. It is tolerant where a tolerant reading cannot change an answer (unknown fields, `null`
//! for an absent list, dates that are none) and strict where it could: a damaged range or a
//! missing id is an error, never an empty list.
//!
//! Left out: `credits` and `schema_version`, which no part of Mainstay uses.

mod text;

use std::borrow::Cow;

use jiff::Timestamp;
use mainstay_types::FindingKind;
use serde::Deserialize;
use serde_json::value::RawValue;
use thiserror::Error;

pub use text::Text;
use text::null_is_empty;

use crate::Rating;
use crate::rating;

/// One record: a vulnerability, a malicious package or a note about a package.
#[derive(Clone, Debug, Deserialize)]
pub struct Record<'a> {
    /// The id, never empty: `GHSA-...`, `PYSEC-...`, `MAL-...`.
    #[serde(borrow)]
    pub id: Text<'a>,
    /// When the record changed last, as written; see [`Record::modified`].
    #[serde(borrow, default)]
    modified: Option<Text<'a>>,
    #[serde(borrow, default)]
    published: Option<Text<'a>>,
    #[serde(borrow, default)]
    withdrawn: Option<Text<'a>>,
    /// Ids of the same flaw in other databases.
    #[serde(borrow, default, deserialize_with = "null_is_empty")]
    pub aliases: Vec<Text<'a>>,
    /// Ids of flaws that have to do with this one, but are others.
    #[serde(borrow, default, deserialize_with = "null_is_empty")]
    pub related: Vec<Text<'a>>,
    /// Ids of the flaws upstream that a distribution's record is about.
    #[serde(borrow, default, deserialize_with = "null_is_empty")]
    pub upstream: Vec<Text<'a>>,
    /// One line on what it is.
    #[serde(borrow, default)]
    pub summary: Option<Text<'a>>,
    #[serde(borrow, default)]
    details: Option<&'a RawValue>,
    /// Severity of the whole record.
    #[serde(borrow, default, deserialize_with = "null_is_empty")]
    pub severity: Vec<SeverityEntry<'a>>,
    /// What is affected.
    #[serde(borrow, default, deserialize_with = "null_is_empty")]
    pub affected: Vec<Affected<'a>>,
    /// Where more can be read.
    #[serde(borrow, default, deserialize_with = "null_is_empty")]
    pub references: Vec<Reference<'a>>,
    #[serde(borrow, default)]
    database_specific: Option<&'a RawValue>,
    /// A key that gives a document of another kind away, as in [`crate::sniff`].
    #[serde(
        default,
        rename = "type",
        alias = "spec_version",
        alias = "objects",
        alias = "specVersion",
        alias = "dataType",
        alias = "catalogVersion",
        deserialize_with = "text::is_present"
    )]
    is_foreign: bool,
}

/// A CVSS vector, or another scale's word.
#[derive(Clone, Debug, Deserialize)]
pub struct SeverityEntry<'a> {
    /// `CVSS_V2`, `CVSS_V3`, `CVSS_V4`, `Ubuntu` ...
    #[serde(borrow, rename = "type", default)]
    pub scale: Option<Text<'a>>,
    /// The vector or the word.
    #[serde(borrow, default)]
    pub score: Option<Text<'a>>,
}

/// One affected package, or one affected repository.
#[derive(Clone, Debug, Deserialize)]
pub struct Affected<'a> {
    /// The package. A record about a bare git repository names none.
    #[serde(borrow, default)]
    pub package: Option<Package<'a>>,
    /// Severity for this package; it takes the place of the record's.
    #[serde(borrow, default, deserialize_with = "null_is_empty")]
    pub severity: Vec<SeverityEntry<'a>>,
    /// Ranges of affected versions; the union counts.
    #[serde(borrow, default, deserialize_with = "null_is_empty")]
    pub ranges: Vec<Range<'a>>,
    /// Single affected versions, beside the ranges.
    #[serde(borrow, default, deserialize_with = "null_is_empty")]
    pub versions: Vec<Text<'a>>,
    #[serde(borrow, default)]
    database_specific: Option<&'a RawValue>,
    #[serde(borrow, default)]
    ecosystem_specific: Option<&'a RawValue>,
}

/// The name of a package in an OSV record.
#[derive(Clone, Debug, Deserialize)]
pub struct Package<'a> {
    /// OSV's name of the ecosystem, with a release after a colon where there is one.
    #[serde(borrow)]
    pub ecosystem: Text<'a>,
    /// The name as the ecosystem writes it.
    #[serde(borrow)]
    pub name: Text<'a>,
    /// The package URL.
    #[serde(borrow, default)]
    pub purl: Option<Text<'a>>,
}

/// A range: what its events compare by, and the events.
#[derive(Clone, Debug, Deserialize)]
pub struct Range<'a> {
    /// What the events compare by.
    #[serde(borrow, rename = "type")]
    pub kind: RangeKind<'a>,
    /// The repository, for GIT.
    #[serde(borrow, default)]
    pub repo: Option<Text<'a>>,
    /// The events, in the order of the document.
    #[serde(borrow)]
    pub events: Vec<Event<'a>>,
}

/// What the events of a range compare by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RangeKind<'a> {
    /// Semantic versions.
    Semver,
    /// The ecosystem's own order.
    Ecosystem,
    /// Commits of a repository.
    Git,
    /// A type that the schema did not have when this was written.
    Other(Text<'a>),
}

impl<'de: 'a, 'a> Deserialize<'de> for RangeKind<'a> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Text::deserialize(deserializer)?;
        Ok(match &*text {
            "SEMVER" => Self::Semver,
            "ECOSYSTEM" => Self::Ecosystem,
            "GIT" => Self::Git,
            _ => Self::Other(text),
        })
    }
}

/// One event of a range. The schema wants exactly one field; records with two in one event
/// exist and mean both.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Event<'a> {
    /// Affected from here on.
    #[serde(borrow, default)]
    pub introduced: Option<Text<'a>>,
    /// No longer affected from here on.
    #[serde(borrow, default)]
    pub fixed: Option<Text<'a>>,
    /// The last affected version.
    #[serde(borrow, default)]
    pub last_affected: Option<Text<'a>>,
    /// Nothing is said from here on.
    #[serde(borrow, default)]
    pub limit: Option<Text<'a>>,
}

/// A link.
#[derive(Clone, Debug, Deserialize)]
pub struct Reference<'a> {
    /// `ADVISORY`, `WEB`, `FIX` ...
    #[serde(borrow, rename = "type", default)]
    pub kind: Option<Text<'a>>,
    /// The address.
    #[serde(borrow, default)]
    pub url: Option<Text<'a>>,
}

/// Why bytes are no OSV record.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum RecordError {
    /// No JSON, or not in the shape of the schema.
    #[error("not an OSV record: {reason}")]
    Malformed {
        /// What is wrong, with line and column.
        reason: Box<str>,
    },
    /// The id is empty, too long, or contains white space or control characters.
    #[error("not an OSV record: the id {id:?} cannot be one")]
    BadId {
        /// The id.
        id: Box<str>,
    },
}

impl<'a> Record<'a> {
    /// The longest id taken, in bytes.
    pub const MAX_ID_BYTES: usize = 256;

    /// Reads one record.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, RecordError> {
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        // Checked once as a whole, the text is not checked again piece by piece. A document that
        // is not UTF-8 may still be so where it counts.
        let record: Result<Self, _> = match std::str::from_utf8(bytes) {
            Ok(text) => serde_json::from_str(text),
            Err(_) => serde_json::from_slice(bytes),
        };
        let record =
            record.map_err(|error| RecordError::Malformed { reason: error.to_string().into() })?;
        let id = &*record.id;
        let usable = !id.is_empty()
            && id.len() <= Self::MAX_ID_BYTES
            && !id.contains(|c: char| c.is_control() || c.is_whitespace());
        if usable { Ok(record) } else { Err(RecordError::BadId { id: id.into() }) }
    }

    /// Reads a document whose kind is not known yet, if it is a whole record for sure. Then
    /// [`crate::sniff`] would call it [`DocumentKind::Osv`](crate::DocumentKind::Osv), and
    /// reading it once was enough; else nothing is said.
    pub fn recognize(bytes: &'a [u8]) -> Option<Self> {
        let record = Self::parse(bytes).ok()?;
        (!record.is_foreign && record.modified.is_some()).then_some(record)
    }

    /// When the record changed last. `None` when it does not say so in RFC 3339.
    pub fn modified(&self) -> Option<Timestamp> {
        date(self.modified.as_ref())
    }

    /// When the record was published. `None` when it does not say so in RFC 3339.
    pub fn published(&self) -> Option<Timestamp> {
        date(self.published.as_ref())
    }

    /// Whether the record was taken back. Any text in `withdrawn` counts, a date or not.
    pub fn is_withdrawn(&self) -> bool {
        self.withdrawn.as_ref().is_some_and(|when| !when.trim().is_empty())
    }

    /// The long text, in Markdown.
    pub fn details(&self) -> Option<Cow<'a, str>> {
        let raw = self.details?;
        serde_json::from_str::<Text<'a>>(raw.get()).ok().map(|text| text.0)
    }

    /// What the record says about this package: malicious, a flaw, or a note.
    pub fn kind(&self, affected: &Affected<'_>) -> FindingKind {
        if self.id.starts_with("MAL-") {
            return FindingKind::Malicious;
        }
        match rating::informational(affected.database_specific).as_deref() {
            Some("unmaintained") => FindingKind::Unmaintained,
            Some("unsound") => FindingKind::Unsound,
            Some(_) => FindingKind::Notice,
            None => FindingKind::Vulnerability,
        }
    }

    /// How bad it is for this package.
    pub fn severity(&self, affected: &Affected<'_>) -> Rating {
        rating::rate(self, affected)
    }

    /// One line on what it is: the summary, else the first line of the details that says
    /// something, without its Markdown heading marks. Empty when there is neither.
    pub fn title(&self) -> Cow<'_, str> {
        if let Some(summary) = self.summary.as_ref().filter(|text| !text.trim().is_empty()) {
            return Cow::Borrowed(summary.trim());
        }
        let details = self.details().unwrap_or_default();
        let first = details
            .lines()
            .map(|line| line.trim_start_matches(['#', ' ', '\t']).trim())
            .find(|line| !line.is_empty());
        Cow::Owned(first.unwrap_or_default().to_owned())
    }

    pub(crate) fn specific(&self) -> Option<&'a RawValue> {
        self.database_specific
    }

    /// A public page about the record: its own advisory, else its page at OSV.
    pub fn url(&self) -> Cow<'_, str> {
        let advisory = self.references.iter().find_map(|reference| {
            let url = &**reference.url.as_ref()?;
            let is_advisory = reference.kind.as_deref() == Some("ADVISORY");
            (is_advisory && url.starts_with("https://")).then_some(url)
        });
        match advisory {
            Some(url) => Cow::Borrowed(url),
            None => Cow::Owned(format!("https://osv.dev/vulnerability/{}", self.id)),
        }
    }
}

impl<'a> Affected<'a> {
    /// The fields of the database and of the ecosystem.
    pub(crate) fn specific(&self) -> (Option<&'a RawValue>, Option<&'a RawValue>) {
        (self.database_specific, self.ecosystem_specific)
    }
}

impl Event<'_> {
    /// Whether the event has none of the fields that the schema knows: a range with such an
    /// event cannot be decided.
    pub fn is_unknown(&self) -> bool {
        [&self.introduced, &self.fixed, &self.last_affected, &self.limit]
            .into_iter()
            .all(Option::is_none)
    }
}

fn date(text: Option<&Text<'_>>) -> Option<Timestamp> {
    text?.trim().parse().ok()
}

#[cfg(test)]
mod tests;
