//! The words of statements (VEX) in an inventory: what is said here, what came in documents, what
//! of it had an effect.

use jiff::Timestamp;
use jiff::civil::Date;
use mainstay_types::Purl;
use mainstay_vex::{Claim, Statement};
use serde::{Deserialize, Serialize};

/// A statement that somebody makes about a finding.
#[derive(Clone, Debug)]
pub struct NewStatement<'n> {
    /// The id of the asset.
    pub asset: &'n str,
    /// The version of the asset.
    pub release: &'n str,
    /// The package URL of the finding; empty, when it is about the asset itself.
    pub purl: &'n str,
    /// The id of the flaw, as the finding names it.
    pub flaw: &'n str,
    /// How far it reaches.
    pub reach: Reach,
    /// What is said.
    pub claim: Claim,
    /// How it was found out: addresses, or words.
    pub evidence: Vec<String>,
    /// What else there is to say.
    pub notes: Option<String>,
    /// The last day on which it holds.
    pub expires: Option<Date>,
    /// The name of who says it, for people.
    pub author: &'n str,
}

/// How far a statement about a finding reaches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reach {
    /// The version of the asset that has the finding.
    #[default]
    Release,
    /// Every version of the asset.
    Asset,
    /// The very version of the package, wherever the organisation uses it.
    Organisation,
}

impl Reach {
    /// Every reach, the shortest first.
    pub const ALL: [Self; 3] = [Self::Release, Self::Asset, Self::Organisation];

    /// Why a statement about a finding cannot reach so far: where no version is named, "this
    /// version" would be all of them. The version is that of the asset; the package URL is empty
    /// when the finding is about the asset itself.
    pub fn refusal(self, release: &str, purl: &str) -> Option<&'static str> {
        let has_version = || Purl::parse(purl).is_ok_and(|purl| purl.version().is_some());
        match self {
            Self::Asset => None,
            Self::Organisation if !purl.is_empty() => (!has_version()).then_some(
                "the package has no version, and so it would speak of all of them: choose the \
                 asset, or send a VEX document",
            ),
            Self::Release | Self::Organisation => release.is_empty().then_some(
                "the version of the asset has no name, and so it would speak of all of them: \
                 choose the asset, or send its SBOM with a version",
            ),
        }
    }

    /// The word of the API.
    pub fn word(self) -> &'static str {
        match self {
            Self::Release => "release",
            Self::Asset => "asset",
            Self::Organisation => "organisation",
        }
    }

    /// The reach of this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reach| reach.word() == word)
    }
}

/// A VEX document that comes in.
#[derive(Clone, Copy, Debug)]
pub struct VexUpload<'u> {
    /// The id of the party.
    pub party: &'u str,
    /// The name of the only asset of which it is to speak; it is added when it is not there.
    /// Empty: of all of the party's.
    pub asset: &'u str,
    /// The name of the file, for people.
    pub file_name: &'u str,
    /// The document.
    pub bytes: &'u [u8],
}

/// What became of a VEX document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VexReceived {
    /// The id of the document.
    pub id: String,
    /// The very document was there already: nothing changed.
    pub is_known: bool,
    /// Statements that it makes, each about one flaw in one product.
    pub statements: usize,
    /// Findings that it silenced.
    pub silenced: usize,
    /// Findings that it opened: again, or because only it tells them.
    pub opened: usize,
    /// What of it had no effect.
    pub without_effect: Vec<WithoutEffect>,
}

/// A part of a document that had no effect.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WithoutEffect {
    /// Stable, for programs: `flaw-not-found`.
    pub code: String,
    /// The line of the document, counted from 1.
    pub line: Option<u32>,
    /// What it is about: a flaw, and a product.
    pub about: String,
    /// Why, as a sentence without a full stop.
    pub why: String,
}

/// A VEX document, as it is kept; or an SBOM that makes statements.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VexDocumentRow {
    /// Its id.
    pub id: String,
    /// The id of the party.
    pub party: String,
    /// The id of the only asset of which it is to speak.
    pub asset: Option<String>,
    /// The id of the SBOM that it is.
    pub sbom: Option<String>,
    /// The name of its blob.
    pub blob: String,
    /// The name of the file.
    pub file_name: String,
    /// `openvex`, `csaf`, `cyclonedx` or `spdx`.
    pub format: String,
    /// Who answers for it, as it says.
    pub author: Option<String>,
    /// When it came.
    pub received_at: Timestamp,
    /// Statements that it makes.
    pub statements: i64,
    /// Parts that say nothing.
    pub remarks: Vec<WithoutEffect>,
}

/// A statement, as it is kept.
#[derive(Clone, Debug)]
pub struct StatementRow {
    /// Its id.
    pub id: String,
    /// The account that said it, or that sent its document.
    pub account: String,
    /// What is said, and who says so.
    pub statement: Statement,
    /// The id of its document; nothing: it was said here.
    pub document: Option<String>,
    /// The name of that document's file.
    pub file_name: String,
    /// When it came.
    pub received_at: Timestamp,
}

impl StatementRow {
    /// Who says it, for a person.
    pub fn author(&self) -> &str {
        self.statement.said_by.author.as_deref().unwrap_or("an author who is not named")
    }

    /// Where it is said, for a person: a file, or here.
    pub fn source(&self) -> String {
        match &self.document {
            None => "said here".to_owned(),
            Some(id) if self.file_name.is_empty() => id.clone(),
            Some(_) => self.file_name.clone(),
        }
    }

    /// What it says, in one line: status, reason, author, source.
    pub fn line(&self) -> String {
        let claim = &self.statement.claim;
        let reason = claim.reason();
        let justification = reason.and_then(mainstay_vex::Reason::justification);
        let words = [
            justification.map(|one| one.word().replace('_', " ")),
            reason.and_then(mainstay_vex::Reason::impact).map(str::to_owned),
        ];
        let why: Vec<String> = words.into_iter().flatten().collect();
        let why = if why.is_empty() { String::new() } else { format!(" ({})", why.join("; ")) };
        format!(
            "{}{why}, says {} ({})",
            claim.word().replace('_', " "),
            self.author(),
            self.source()
        )
    }
}
