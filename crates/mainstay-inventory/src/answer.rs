//! Who is affected, as it is told: what the answer rests on, how old that is, and what nobody
//! knows. The same words for the command line, the API and pages.

use jiff::Timestamp;
use mainstay_knowledge::Knowledge;
use mainstay_scan::{KnowledgeUsed, Limits, Unknown, data_unknowns, knowledge_used};
use mainstay_types::Ecosystem;
use mainstay_vex::{Justification, Reason};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    Affected, AffectedRelease, Inventory, InventoryError, Need, Sight, StatementRow, Subject,
};

/// An answer with everything that belongs to it.
#[derive(Clone, Debug)]
pub struct Answer {
    /// What was asked.
    pub subject: Subject,
    /// Who is affected.
    pub affected: Affected,
    /// The data that it rests on, and their age.
    pub knowledge: Vec<KnowledgeUsed>,
    /// What it does not know.
    pub unknowns: Vec<NotKnown>,
}

/// Something that an answer does not know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct NotKnown {
    /// Stable, for programs: `no-inventory`.
    pub code: &'static str,
    /// What is not known, and what to do about it.
    pub message: String,
}

impl Inventory {
    /// Who is affected, of those whose inventory is seen, and what that answer does not know.
    ///
    /// # Errors
    /// A package URL or a range that cannot be read.
    pub fn answer(
        &self,
        subject: &Subject,
        sight: &Sight,
        now: Timestamp,
    ) -> Result<Answer, InventoryError> {
        let affected = self.affected_in(subject, sight)?;
        let knowledge = self.knowledge();
        let used = knowledge_used(&knowledge, &affected.ecosystems, now);
        let mut unknowns = of_inventory(&knowledge, subject, &affected);
        if self.is_unspoken(now)? {
            unknowns.push(unspoken());
        }
        if let Sight::Of(parties) = sight {
            unknowns.push(out_of_sight(parties.len()));
        }
        let unknown = data_unknowns(&knowledge, &affected.ecosystems, &used, Limits::default());
        unknowns.extend(of_data(unknown));
        Ok(Answer { subject: subject.clone(), affected, knowledge: used, unknowns })
    }
}

/// What is not known of the advisory data.
pub(crate) fn of_data(unknowns: Vec<Unknown>) -> impl Iterator<Item = NotKnown> {
    unknowns.into_iter().map(|one| NotKnown {
        code: one.code.word(),
        message: format!("{}: {}; {}", one.subject, one.message, one.advice),
    })
}

pub(crate) fn unmatched() -> NotKnown {
    NotKnown {
        code: "unmatched-data",
        message: "the advisory data changed since all packages were asked about: \
                  `mainstay inventory match`"
            .to_owned(),
    }
}

pub(crate) fn out_of_sight(seen: usize) -> NotKnown {
    NotKnown {
        code: "out-of-sight",
        message: format!(
            "only inventories that are yours or shared with you were looked at: {seen}. Of all \
             others this says nothing"
        ),
    }
}

fn unspoken() -> NotKnown {
    NotKnown {
        code: "unheard-statements",
        message: "statements began to hold or ran out since findings were brought in line with \
                  them: a server does that by itself, else `mainstay inventory match`"
            .to_owned(),
    }
}

fn of_inventory(knowledge: &Knowledge, subject: &Subject, answer: &Affected) -> Vec<NotKnown> {
    let mut unknowns = Vec::new();
    let mut push = |code, message: String| unknowns.push(NotKnown { code, message });
    match subject {
        Subject::Flaw(_)
            if !(answer.components.is_empty()
                && answer.releases.is_empty()
                && answer.answered.is_empty()) => {}
        Subject::Flaw(name) => match knowledge.advisory(name.as_str()) {
            Ok(Some(_)) => {}
            Ok(None) => push(
                "unknown-advisory",
                format!(
                    "the advisory data here do not know {}: that nobody is found says nothing. \
                     `mainstay db update`, then `mainstay inventory match`",
                    name.as_str()
                ),
            ),
            Err(error) => push("damaged-data", error.to_string()),
        },
        Subject::Package { .. } if answer.components.is_empty() && answer.undecided.is_empty() => {
            push("not-in-inventory", "no SBOM here names the package in such a version".to_owned());
        }
        Subject::Package { .. } => {}
    }
    if !answer.is_matched {
        let NotKnown { code, message } = unmatched();
        push(code, message);
    }
    if answer.silent > 0 {
        push(
            "no-inventory",
            format!("organisations without a current SBOM here: {}. Ask them", answer.silent),
        );
    }
    if answer.partial > 0 {
        push(
            "partial-sbom",
            format!(
                "current SBOMs that leave something open: {}. What they do not name is not seen",
                answer.partial
            ),
        );
    }
    if answer.unchecked > 0 {
        push(
            "unchecked-package",
            format!(
                "package versions that are not checked: {}. Nobody can say whether they have the flaw",
                answer.unchecked
            ),
        );
    }
    for purl in &answer.undecided {
        push("undecided-version", format!("{purl} cannot be compared with the range"));
    }
    unknowns
}

/// `mainstay.affected`, version 1, as the command line and the API write it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct AffectedDocument {
    /// `mainstay.affected`
    pub schema: &'static str,
    /// 1
    pub version: u32,
    /// What was asked.
    pub subject: SubjectDocument,
    /// How many organisations are affected, of those that are seen.
    pub organisations: usize,
    /// The versions of what they use.
    pub releases: Vec<ReleaseDocument>,
    /// Versions that have an affected package, of which somebody says that it does no harm there.
    /// They are not counted as affected.
    pub answered: Vec<AnsweredDocument>,
    /// By sector.
    pub sectors: Vec<SectorDocument>,
    /// Package URLs of what was meant.
    pub packages: Vec<String>,
    /// The data that the answer rests on.
    pub knowledge: Vec<KnowledgeDocument>,
    /// What is not known.
    pub unknowns: Vec<NotKnown>,
}

/// What was asked: one of advisory and package.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct SubjectDocument {
    /// An id such as `CVE-2021-44228`.
    pub advisory: Option<String>,
    /// A package URL without a version.
    pub package: Option<String>,
    /// A version range as `vers` writes it.
    pub range: Option<String>,
}

/// A version of an asset that has an affected package.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ReleaseDocument {
    /// The id of the organisation.
    pub organisation: String,
    /// Its name.
    pub organisation_name: String,
    /// The id of the asset.
    pub asset: String,
    /// Its name.
    pub asset_name: String,
    /// The version of the asset.
    pub release: String,
    /// The id of the SBOM that says so.
    pub sbom: String,
    /// Package URLs.
    pub packages: Vec<String>,
    /// Whether the asset asks for it itself; null: its SBOM does not tell.
    pub direct: Option<bool>,
    /// When the SBOM came.
    pub received_at: String,
}

/// A version of an asset that has an affected package, and who says that it does no harm there.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct AnsweredDocument {
    /// What has it.
    pub release: ReleaseDocument,
    /// Who says what.
    pub statements: Vec<StatementDocument>,
}

/// What somebody says about one flaw in one product (VEX).
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct StatementDocument {
    /// Its id.
    pub id: String,
    /// The id of the flaw.
    pub flaw: String,
    /// What it is about, as it was written.
    pub product: String,
    /// `not_affected`, `affected`, `fixed` or `under_investigation`.
    pub status: &'static str,
    /// Why it is not affected, in a word of the standards.
    pub justification: Option<&'static str>,
    /// Why it is not affected, in words.
    pub impact: Option<String>,
    /// What to do about it.
    pub action: Option<String>,
    /// How it was found out.
    pub evidence: Vec<String>,
    /// What else was said.
    pub notes: Option<String>,
    /// Who says so; null: the document does not say.
    pub author: Option<String>,
    /// The id of the document that says it; null: it was said here.
    pub document: Option<String>,
    /// When it was last said.
    pub said_at: Option<String>,
    /// The last day on which it holds.
    pub expires: Option<String>,
}

impl From<&StatementRow> for StatementDocument {
    fn from(row: &StatementRow) -> Self {
        let said = &row.statement;
        let reason = said.claim.reason();
        Self {
            id: row.id.clone(),
            flaw: said.flaw.id.clone(),
            product: said.product.written.to_string(),
            status: said.claim.word(),
            justification: reason.and_then(Reason::justification).map(Justification::word),
            impact: reason.and_then(Reason::impact).map(str::to_owned),
            action: said.claim.action().map(str::to_owned),
            evidence: said.evidence.to_vec(),
            notes: said.notes.as_deref().map(str::to_owned),
            author: said.said_by.author.clone(),
            document: row.document.clone(),
            said_at: said.time().map(|at| at.to_string()),
            expires: said.expires.map(|day| day.to_string()),
        }
    }
}

impl From<&AffectedRelease> for ReleaseDocument {
    fn from(one: &AffectedRelease) -> Self {
        Self {
            organisation: one.party.clone(),
            organisation_name: one.party_name.clone(),
            asset: one.asset.clone(),
            asset_name: one.asset_name.clone(),
            release: one.release.clone(),
            sbom: one.sbom.clone(),
            packages: one.purls.clone(),
            direct: match one.need {
                Need::Direct => Some(true),
                Need::Deep => Some(false),
                Need::Untold => None,
            },
            received_at: one.received_at.to_string(),
        }
    }
}

/// A sector.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct SectorDocument {
    /// Its id, such as `us-ci/energy`.
    pub sector: String,
    /// Organisations that are affected.
    pub affected: usize,
    /// All of its organisations.
    pub members: usize,
    /// Those of which an SBOM is here.
    pub with_inventory: usize,
    /// Affected ones that are systemically important.
    pub important: usize,
}

/// Data that an answer rests on.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct KnowledgeDocument {
    /// `osv`, `starter`, `kev` or `epss`.
    pub source: &'static str,
    /// Whose packages they are about.
    pub ecosystem: Option<&'static str>,
    /// How many records.
    pub records: u64,
    /// When they were true.
    pub as_of: Option<String>,
    /// Whole days since then.
    pub age_days: Option<i64>,
}

impl From<&KnowledgeUsed> for KnowledgeDocument {
    fn from(one: &KnowledgeUsed) -> Self {
        Self {
            source: one.source,
            ecosystem: one.ecosystem.map(Ecosystem::osv_name),
            records: one.records,
            as_of: one.as_of.map(|at| at.to_string()),
            age_days: one.age_days(),
        }
    }
}

impl From<&Answer> for AffectedDocument {
    fn from(answer: &Answer) -> Self {
        let affected = &answer.affected;
        Self {
            schema: "mainstay.affected",
            version: 1,
            subject: (&answer.subject).into(),
            organisations: affected.organisations,
            releases: affected.releases.iter().map(ReleaseDocument::from).collect(),
            answered: affected
                .answered
                .iter()
                .map(|one| AnsweredDocument {
                    release: (&one.release).into(),
                    statements: one.statements().into_iter().map(StatementDocument::from).collect(),
                })
                .collect(),
            sectors: affected
                .sectors
                .iter()
                .map(|count| SectorDocument {
                    sector: count.sector.clone(),
                    affected: count.affected,
                    members: count.members,
                    with_inventory: count.with_inventory,
                    important: count.important,
                })
                .collect(),
            packages: affected.components.clone(),
            knowledge: answer.knowledge.iter().map(KnowledgeDocument::from).collect(),
            unknowns: answer.unknowns.clone(),
        }
    }
}

impl From<&Subject> for SubjectDocument {
    fn from(subject: &Subject) -> Self {
        match subject {
            Subject::Flaw(name) => {
                Self { advisory: Some(name.as_str().to_owned()), package: None, range: None }
            }
            Subject::Package { purl, range } => {
                Self { advisory: None, package: Some(purl.clone()), range: range.clone() }
            }
        }
    }
}
