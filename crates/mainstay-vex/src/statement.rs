//! A statement: who says what about one flaw in one product.
//!
//! This is one of the facts that every part of Mainstay shares. A statement is about exactly one
//! flaw and one product; a document that names three flaws and five products makes fifteen of
//! them. What they have in common is shared, not copied.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::justification::Justification;
use crate::product::Product;

/// What somebody says about one flaw in one product.
#[derive(Clone, Debug)]
pub struct Statement {
    /// Who says it, and in which document.
    pub said_by: Arc<SaidBy>,
    /// About which flaw.
    pub flaw: Arc<Flaw>,
    /// About which product.
    pub product: Product,
    /// What is said.
    pub claim: Claim,
    /// How it was found out: addresses, or words.
    pub evidence: Arc<[String]>,
    /// What else the author wrote.
    pub notes: Option<Arc<str>>,
    /// When it was first said.
    pub issued: Option<Timestamp>,
    /// When it was last looked at again.
    pub updated: Option<Timestamp>,
    /// The last day on which it holds.
    pub expires: Option<Date>,
    /// The line of the document, counted from 1.
    pub line: Option<u32>,
}

/// A document and who answers for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SaidBy {
    /// The author, the publisher, the supplier. `None` when the document does not say.
    pub author: Option<String>,
    /// The document's own id. Empty when it has none.
    pub document: String,
    /// The document's version, as it writes it.
    pub version: Option<String>,
    /// The standard in which it is written.
    pub format: VexFormat,
}

/// The standards.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum VexFormat {
    /// OpenVEX 0.0.x and 0.2.0.
    OpenVex,
    /// CycloneDX 1.4 and later.
    CycloneDx,
    /// CSAF 2.0 and 2.1.
    Csaf,
    /// SPDX 3.0 and 3.0.1, profile Security. It is written as a part of an SBOM only.
    Spdx,
}

/// A flaw, by its names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    /// The id under which the document speaks of it.
    pub id: String,
    /// Other ids of the same flaw.
    pub aliases: Vec<String>,
}

/// What is said. What would need a reason and has none cannot be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claim {
    /// The flaw does no harm there.
    NotAffected(Reason),
    /// The flaw is there.
    Affected {
        /// What to do about it.
        action: Option<Arc<str>>,
    },
    /// The product holds the repair.
    Fixed,
    /// Nobody knows yet.
    UnderInvestigation,
}

/// Why a product is not affected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// One of the reasons that the standards know, and perhaps words beside it.
    Justified(Justification, Option<Arc<str>>),
    /// In words alone.
    Impact(Arc<str>),
}

impl Statement {
    /// The moment that decides which of two statements is newer: the last time that it was said.
    pub fn time(&self) -> Option<Timestamp> {
        self.updated.max(self.issued)
    }

    /// Whether it is dated after this moment.
    pub fn is_early(&self, now: Timestamp) -> bool {
        self.time().is_some_and(|time| time > now)
    }

    /// Whether it holds at this moment: it was said, and its last day is not over.
    pub fn holds_at(&self, now: Timestamp) -> bool {
        !self.is_early(now) && !self.is_expired(now)
    }

    /// Whether it no longer holds at this moment. It holds through its last day, in UTC.
    pub fn is_expired(&self, now: Timestamp) -> bool {
        let today = now.to_zoned(TimeZone::UTC).date();
        self.expires.is_some_and(|last| last < today)
    }
}

impl Flaw {
    /// The id and every alias.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&*self.id).chain(self.aliases.iter().map(|alias| &**alias))
    }
}

/// Whether an id is of the list that gives each flaw one id, however well it is written: what tells
/// one flaw from another. Statements and advisories are compared by it.
pub fn is_cve(id: &str) -> bool {
    id.get(..4).is_some_and(|head| head.eq_ignore_ascii_case("CVE-"))
}

impl Claim {
    /// The word of `OpenVEX`.
    pub fn word(&self) -> &'static str {
        match self {
            Self::NotAffected(_) => "not_affected",
            Self::Affected { .. } => "affected",
            Self::Fixed => "fixed",
            Self::UnderInvestigation => "under_investigation",
        }
    }

    /// How careful it is: of two statements that nothing else sets apart, the one that leaves
    /// more to worry about counts.
    pub fn caution(&self) -> u8 {
        match self {
            Self::Affected { .. } => 3,
            Self::UnderInvestigation => 2,
            Self::Fixed => 1,
            Self::NotAffected(_) => 0,
        }
    }

    /// The reason, where there is one.
    pub fn reason(&self) -> Option<&Reason> {
        match self {
            Self::NotAffected(reason) => Some(reason),
            Self::Affected { .. } | Self::Fixed | Self::UnderInvestigation => None,
        }
    }

    /// What to do, where it says so.
    pub fn action(&self) -> Option<&str> {
        match self {
            Self::Affected { action } => action.as_deref(),
            Self::NotAffected(_) | Self::Fixed | Self::UnderInvestigation => None,
        }
    }
}

impl Reason {
    /// The reason that a document gives. `None` when it gives none.
    pub fn of(justification: Option<Justification>, impact: Option<Arc<str>>) -> Option<Self> {
        match (justification, impact) {
            (Some(justification), impact) => Some(Self::Justified(justification, impact)),
            (None, impact) => impact.map(Self::Impact),
        }
    }

    /// As documents write it: the word of the justification, and the words beside it or alone.
    pub fn texts(&self) -> (Option<&'static str>, Option<&str>) {
        (self.justification().map(Justification::word), self.impact())
    }

    /// The justification, where there is one.
    pub fn justification(&self) -> Option<Justification> {
        match self {
            Self::Justified(justification, _) => Some(*justification),
            Self::Impact(_) => None,
        }
    }

    /// The words, where there are any.
    pub fn impact(&self) -> Option<&str> {
        match self {
            Self::Justified(_, impact) => impact.as_deref(),
            Self::Impact(impact) => Some(impact),
        }
    }
}

impl VexFormat {
    /// Every format that is read.
    pub const ALL: [Self; 4] = [Self::OpenVex, Self::CycloneDx, Self::Csaf, Self::Spdx];

    /// Every format in which statements alone are written.
    pub const WRITTEN: [Self; 3] = [Self::OpenVex, Self::CycloneDx, Self::Csaf];

    /// The word of `--format` and of reports.
    pub fn word(self) -> &'static str {
        match self {
            Self::OpenVex => "openvex",
            Self::CycloneDx => "cyclonedx",
            Self::Csaf => "csaf",
            Self::Spdx => "spdx",
        }
    }

    /// The format with this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.word() == word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_needs_a_justification_or_words() {
        assert_eq!(Reason::of(None, None), None);
        assert!(Reason::of(Some(Justification::ComponentNotPresent), None).is_some());
        assert!(Reason::of(None, Some("it is never called".into())).is_some());
    }

    #[test]
    fn of_equal_statements_the_careful_one_counts() {
        let affected = Claim::Affected { action: None };
        assert!(affected.caution() > Claim::UnderInvestigation.caution());
        assert!(Claim::UnderInvestigation.caution() > Claim::Fixed.caution());
    }
}
