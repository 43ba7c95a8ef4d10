//! An answer: what a party says to one question, with as much detail as it chooses.
//!
//! The statuses are those of VEX, in the words of `OpenVEX`, and so are the reasons. An answer
//! names the digest of the question, so it answers that one and no other.

mod wire;

use jiff::Timestamp;
use mainstay_store::{SigningKey, VerifyingKey, new_id};
use mainstay_types::{SectorId, Tlp};
use mainstay_vex::{Claim, Reason};

use crate::envelope::{self, ANSWER_TYPE, MAX_ENVELOPE_BYTES, PayloadDigest};
use crate::keys::Keyring;
use crate::question::{SignedQuestion, document};
use crate::wording::{Name, Words};
use crate::{QuestionError, SeenClaim};
use wire::Wire;

/// The most components of an answer, and the most places or subjects of one entry.
pub(crate) const MOST_ENTRIES: usize = 1_000;
/// The most places of a component, and the most subjects of what is not known.
pub(crate) const MOST_PLACES: usize = 100;

/// What a party says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It has what is asked about.
    Affected,
    /// It has only repaired versions.
    Fixed {
        /// Since when, where the party tells.
        since: Option<Timestamp>,
    },
    /// It does no harm there.
    NotAffected(Reason),
    /// It does not know, or not yet.
    UnderInvestigation,
}

/// How much of what was seen leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// The status alone, and of what reasons it does not know more.
    Status,
    /// Also the versions of the packages, and counts.
    Versions,
    /// Also where they are: the names of assets and files.
    Components,
}

/// What was seen, as far as it leaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shown {
    /// Nothing of it.
    Status,
    /// The versions.
    Versions {
        /// The components; their `places` are empty.
        components: Vec<SeenComponent>,
        /// How much was looked at.
        looked_at: LookedAt,
    },
    /// The versions, and where they are.
    Components {
        /// The components.
        components: Vec<SeenComponent>,
        /// How much was looked at.
        looked_at: LookedAt,
    },
}

/// A version of a package that the question is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenComponent {
    /// Its package URL.
    pub package: Box<str>,
    /// What is said of it.
    pub claim: SeenClaim,
    /// Where it is.
    pub places: Vec<Box<str>>,
}

/// How much was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LookedAt {
    /// Files, trees and SBOMs that were read.
    pub sources: u64,
    /// Packages that they name.
    pub packages: u64,
}

/// Something that was not looked at, or could not be decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lacking {
    /// The code, as in reports of `mainstay scan`.
    pub code: Box<str>,
    /// How often; not told with the status alone.
    pub count: Option<u64>,
    /// What it is about; told with components only.
    pub subjects: Vec<Box<str>>,
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Its id, that no other answer has.
    pub id: Box<str>,
    /// The id of the question.
    pub question: Box<str>,
    /// The digest of the question's signed content.
    pub question_digest: PayloadDigest,
    /// Who answers, in its own words. The signature says whose key it is.
    pub answered_by: Name,
    /// The sectors that it says it belongs to.
    pub sectors: Vec<SectorId>,
    /// When it was answered.
    pub answered_at: Timestamp,
    /// How far it may be told.
    pub marking: Tlp,
    /// What it says.
    pub standing: Standing,
    /// What was seen.
    pub shown: Shown,
    /// What was not looked at, or could not be decided.
    pub not_known: Vec<Lacking>,
    /// Entries that did not find room.
    pub left_out: u64,
    /// Of a flaw: when the oldest of the advisory data that were asked were true. Nothing: no
    /// advisory data were asked, or nobody knows how old they are.
    pub knowledge_as_of: Option<Timestamp>,
    /// What else the party says.
    pub note: Option<Words>,
}

/// An answer whose signature holds, to the question that it was opened for.
#[derive(Clone, Debug)]
pub struct SignedAnswer {
    /// The answer.
    pub answer: Answer,
    /// Of the signed content.
    pub digest: PayloadDigest,
    /// The key of the party.
    pub key: VerifyingKey,
}

impl Standing {
    /// The same as a claim of VEX.
    pub fn claim(&self) -> Claim {
        match self {
            Self::Affected => Claim::Affected { action: None },
            Self::Fixed { .. } => Claim::Fixed,
            Self::NotAffected(reason) => Claim::NotAffected(reason.clone()),
            Self::UnderInvestigation => Claim::UnderInvestigation,
        }
    }

    /// The word, of `OpenVEX`.
    pub fn word(&self) -> &'static str {
        self.claim().word()
    }
}

impl Detail {
    /// Every level, the least first.
    pub const ALL: [Self; 3] = [Self::Status, Self::Versions, Self::Components];

    /// The word of `--detail` and of answers.
    pub fn word(self) -> &'static str {
        match self {
            Self::Status => "status",
            Self::Versions => "versions",
            Self::Components => "components",
        }
    }
}

impl Shown {
    /// The level.
    pub fn detail(&self) -> Detail {
        match self {
            Self::Status => Detail::Status,
            Self::Versions { .. } => Detail::Versions,
            Self::Components { .. } => Detail::Components,
        }
    }

    /// The components that are shown.
    pub fn components(&self) -> &[SeenComponent] {
        match self {
            Self::Status => &[],
            Self::Versions { components, .. } | Self::Components { components, .. } => components,
        }
    }

    /// How much was looked at, where that is shown.
    pub fn looked_at(&self) -> Option<LookedAt> {
        match self {
            Self::Status => None,
            Self::Versions { looked_at, .. } | Self::Components { looked_at, .. } => {
                Some(*looked_at)
            }
        }
    }
}

impl Answer {
    /// An id for a new answer.
    ///
    /// # Errors
    /// The system gives no random numbers.
    pub fn new_id(now: Timestamp) -> Result<Box<str>, QuestionError> {
        Ok(new_id("answer", now)?.into())
    }

    /// The document, as it is signed: JSON that a person can read. It is all that leaves.
    pub fn payload(&self) -> String {
        // A structure of texts and numbers is always written.
        format!("{}\n", serde_json::to_string_pretty(&Wire::of(self)).unwrap_or_default())
    }

    /// The answer in an envelope, signed.
    ///
    /// # Errors
    /// The envelope would be larger than any that is opened.
    pub fn seal(&self, key: &SigningKey) -> Result<String, QuestionError> {
        let envelope = envelope::seal(ANSWER_TYPE, &self.payload(), key);
        if envelope.len() > MAX_ENVELOPE_BYTES {
            let (bytes, most) = (envelope.len(), MAX_ENVELOPE_BYTES);
            return Err(QuestionError::TooMuchTold { bytes, most });
        }
        Ok(envelope)
    }

    /// Reads the document.
    ///
    /// # Errors
    /// It is no answer of this version, or a field holds what it may not.
    pub fn parse(payload: &str) -> Result<Self, QuestionError> {
        document::<Wire>(payload)?.parse()
    }
}

impl SignedAnswer {
    /// Opens an envelope, when one party of those that are trusted signed it, and it answers this
    /// question.
    ///
    /// # Errors
    /// No envelope, no trusted signature or several, no answer in it, or one to another question.
    pub fn open(
        bytes: &[u8],
        trusted: &Keyring,
        question: &SignedQuestion,
    ) -> Result<Self, QuestionError> {
        let opened = envelope::open(ANSWER_TYPE, bytes, trusted)?;
        let key = match opened.signers.as_slice() {
            [key] => key.clone(),
            several => {
                let names: Vec<&str> = several.iter().map(VerifyingKey::name).collect();
                return Err(QuestionError::SeveralParties(names.join(", ")));
            }
        };
        let answer = Answer::parse(&opened.payload)?;
        if answer.question_digest != question.digest || answer.question != question.question.id {
            return Err(QuestionError::OtherQuestion {
                found: answer.question_digest.to_string(),
                wanted: question.digest.to_string(),
            });
        }
        Ok(Self { answer, digest: opened.digest, key })
    }
}
