//! A question: what is asked, by whom, what for, until when, and how far it may be told.

use jiff::Timestamp;
use mainstay_store::{SigningKey, VerifyingKey, new_id};
use mainstay_types::Tlp;
use serde::{Deserialize, Serialize};

use crate::QuestionError;
use crate::envelope::{self, PayloadDigest, QUESTION_TYPE};
use crate::keys::Keyring;
use crate::subject::{Subject, SubjectWire};
use crate::wording::{Name, Words};

/// The name of the contract, `docs/schemas/question.schema.json`.
const SCHEMA: &str = "mainstay.question";
/// Its version.
const VERSION: u32 = 1;

/// A question.
#[derive(Clone, Debug)]
pub struct Question {
    /// Its id, that no other question has.
    pub id: Box<str>,
    /// What is asked about.
    pub subject: Subject,
    /// Who asks.
    pub asked_by: Name,
    /// What for.
    pub purpose: Option<Words>,
    /// Where an answer goes: an address for mail, a page.
    pub reply_to: Option<Words>,
    /// How far it may be told.
    pub marking: Tlp,
    /// When it was asked.
    pub asked_at: Timestamp,
    /// Until when an answer is of use.
    pub deadline: Deadline,
}

/// A moment, with the offset from UTC in which it was said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deadline {
    text: Box<str>,
    at: Timestamp,
}

/// A question whose signature holds.
#[derive(Clone, Debug)]
pub struct SignedQuestion {
    /// The question.
    pub question: Question,
    /// Of the signed content: an answer names it.
    pub digest: PayloadDigest,
    /// The trusted keys that signed it: at least one.
    pub signers: Vec<VerifyingKey>,
}

impl Question {
    /// An id for a new question.
    ///
    /// # Errors
    /// The system gives no random numbers.
    pub fn new_id(now: Timestamp) -> Result<Box<str>, QuestionError> {
        Ok(new_id("question", now)?.into())
    }

    /// The document, as it is signed: JSON that a person can read.
    pub fn payload(&self) -> String {
        let wire = Wire {
            schema: SCHEMA.to_owned(),
            version: VERSION,
            id: self.id.to_string(),
            subject: self.subject.wire(),
            asked_by: self.asked_by.to_string(),
            purpose: self.purpose.as_ref().map(ToString::to_string),
            reply_to: self.reply_to.as_ref().map(ToString::to_string),
            marking: self.marking.label().to_owned(),
            asked_at: self.asked_at.to_string(),
            deadline: self.deadline.text.to_string(),
        };
        // A structure of texts and numbers is always written.
        format!("{}\n", serde_json::to_string_pretty(&wire).unwrap_or_default())
    }

    /// The question in an envelope, signed.
    pub fn seal(&self, key: &SigningKey) -> String {
        envelope::seal(QUESTION_TYPE, &self.payload(), key)
    }

    /// Reads the document.
    ///
    /// # Errors
    /// It is no question of this version, or a field holds what it may not.
    pub fn parse(payload: &str) -> Result<Self, QuestionError> {
        let wire: Wire = document(payload)?;
        check_contract((&wire.schema, wire.version), (SCHEMA, VERSION))?;
        Ok(Self {
            id: id("id", &wire.id)?,
            subject: wire.subject.parse()?,
            asked_by: Name::parse("asked_by", &wire.asked_by)?,
            purpose: wire.purpose.map(|text| Words::parse("purpose", &text)).transpose()?,
            reply_to: wire.reply_to.map(|text| Words::parse("reply_to", &text)).transpose()?,
            marking: marking(&wire.marking)?,
            asked_at: moment("asked_at", &wire.asked_at)?,
            deadline: Deadline::parse(&wire.deadline)?,
        })
    }
}

impl SignedQuestion {
    /// Opens an envelope, when a trusted key signed it.
    ///
    /// # Errors
    /// No envelope, no trusted signature, or no question in it.
    pub fn open(bytes: &[u8], trusted: &Keyring) -> Result<Self, QuestionError> {
        let opened = envelope::open(QUESTION_TYPE, bytes, trusted)?;
        let question = Question::parse(&opened.payload)?;
        Ok(Self { question, digest: opened.digest, signers: opened.signers })
    }
}

impl Deadline {
    /// Reads a moment of RFC 3339 with an offset: `2026-12-01T17:00:00+01:00`. Without one nobody
    /// would know when it is.
    ///
    /// # Errors
    /// It is none, or has no offset.
    pub fn parse(text: &str) -> Result<Self, QuestionError> {
        let at = moment("deadline", text)?;
        Ok(Self { text: text.into(), at })
    }

    /// The moment.
    pub fn at(&self) -> Timestamp {
        self.at
    }

    /// As it was said.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

/// Reads a document, which is an object.
pub(crate) fn document<'p, T: Deserialize<'p>>(payload: &'p str) -> Result<T, QuestionError> {
    mainstay_reading::json::parse(payload)
        .map_err(|error| QuestionError::Document(error.to_string()))
}

/// What another contract, or a later version of this one, says is not guessed.
pub(crate) fn check_contract(
    found: (&str, u32),
    wanted: (&'static str, u32),
) -> Result<(), QuestionError> {
    if found == wanted {
        return Ok(());
    }
    let (name, version) = wanted;
    let problem = format!(
        "it says \"{}\" version {}, and {name} version {version} is read: a newer Mainstay may \
         read it",
        found.0.chars().take(60).collect::<String>(),
        found.1
    );
    Err(QuestionError::field("schema", problem))
}

pub(crate) fn id(field: &'static str, text: &str) -> Result<Box<str>, QuestionError> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    if text.is_empty() || text.len() > 64 || !text.bytes().all(plain) {
        return Err(QuestionError::field(field, "at most 64 letters, digits, `-` and `_`"));
    }
    Ok(text.into())
}

pub(crate) fn marking(text: &str) -> Result<Tlp, QuestionError> {
    text.parse().map_err(|error: mainstay_types::TlpError| {
        QuestionError::field("marking", error.to_string())
    })
}

pub(crate) fn moment(field: &'static str, text: &str) -> Result<Timestamp, QuestionError> {
    let plain = |byte: u8| byte.is_ascii_digit() || b"-:.+TZ".contains(&byte);
    let problem = "a time with its offset from UTC is asked for, such as \
                   2026-12-01T17:00:00+01:00 or 2026-12-01T16:00:00Z";
    if text.len() > 40 || !text.bytes().all(plain) {
        return Err(QuestionError::field(field, problem));
    }
    text.parse().map_err(|_| QuestionError::field(field, problem))
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    schema: String,
    version: u32,
    id: String,
    subject: SubjectWire,
    asked_by: String,
    purpose: Option<String>,
    reply_to: Option<String>,
    marking: String,
    asked_at: String,
    deadline: String,
}
