//! Statements (VEX): said about findings, brought by documents, given out; and the order of work.

use mainstay_accounts::Right;
use mainstay_inventory::{
    AssetContext, NewStatement, Reach, StatementDocument, VexOf, VexUpload, WithoutEffect, Work,
};
use mainstay_vex::{Claim, Justification, Reason, VexFormat};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::inventory::{FindingDocument, OfAsset, OfOrganisation, seen_asset};
use super::listed::{Listed, bounded, hundred};
use crate::asked::Asked;
use crate::problem::Problem;

/// Of whom a VEX document comes.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct VexPlace {
    /// The id of the organisation.
    pub(crate) organisation: String,
    /// The name of the only asset of which it is to speak; empty: of all.
    #[serde(default)]
    pub(crate) asset: String,
    /// The name of the file, for people.
    #[serde(default)]
    pub(crate) file: String,
}

/// What became of a VEX document.
#[derive(Serialize, JsonSchema)]
pub(crate) struct VexReceivedDocument {
    /// The id of the document.
    pub(crate) document: String,
    /// The very document was there already: nothing changed.
    pub(crate) known: bool,
    /// Statements that it makes, each about one flaw in one product.
    pub(crate) statements: usize,
    /// Findings that they silence.
    pub(crate) silenced: usize,
    /// Findings that only they tell.
    pub(crate) opened: usize,
    /// What of the document had no effect, and why.
    pub(crate) without_effect: Vec<WithoutEffectDocument>,
}

/// A part of a document that had no effect.
#[derive(Serialize, JsonSchema)]
pub(crate) struct WithoutEffectDocument {
    /// Stable, for programs: `flaw-not-found`.
    pub(crate) code: String,
    /// The line of the document.
    pub(crate) line: Option<u32>,
    /// What it is about.
    pub(crate) about: String,
    /// Why.
    pub(crate) why: String,
}

impl From<WithoutEffect> for WithoutEffectDocument {
    fn from(one: WithoutEffect) -> Self {
        Self { code: one.code, line: one.line, about: one.about, why: one.why }
    }
}

/// Takes a VEX document in. It answers findings, so it needs the right to say what they mean; the
/// right to send SBOMs is not enough.
pub(crate) fn receive(
    asked: &Asked,
    place: &VexPlace,
    bytes: &[u8],
) -> Result<VexReceivedDocument, Problem> {
    asked.needs(Right::Triage, &place.organisation)?;
    let upload = VexUpload {
        party: &place.organisation,
        asset: &place.asset,
        file_name: &place.file,
        bytes,
    };
    let received = asked.inventory().receive_vex(&upload, &asked.actor()?, asked.now)?;
    Ok(VexReceivedDocument {
        document: received.id,
        known: received.is_known,
        statements: received.statements,
        silenced: received.silenced,
        opened: received.opened,
        without_effect: received.without_effect.into_iter().map(Into::into).collect(),
    })
}

/// Which VEX document.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct OfDocument {
    /// The id of the document.
    pub(crate) document: String,
}

/// A VEX document that was received, or an SBOM that makes statements.
#[derive(Serialize, JsonSchema)]
pub(crate) struct VexDocument {
    /// Its id.
    document: String,
    /// The name of its file.
    file: String,
    /// `openvex`, `csaf`, `cyclonedx` or `spdx`.
    format: String,
    /// Who answers for it, as it says.
    author: Option<String>,
    /// The id of the only asset of which it is to speak.
    asset: Option<String>,
    /// The id of the SBOM that it is.
    sbom: Option<String>,
    /// When it came.
    received_at: String,
    /// What it says.
    statements: Vec<StatementDocument>,
    /// What of it has no effect now, and why.
    without_effect: Vec<WithoutEffectDocument>,
}

/// A VEX document, what it says, and what of that has no effect.
pub(crate) fn document(asked: &Asked, of: &OfDocument) -> Result<VexDocument, Problem> {
    asked.account()?;
    asked.sees(&asked.inventory().vex_party(&of.document)?)?;
    let (row, statements, without) = asked.inventory().vex_document(&of.document, asked.now)?;
    Ok(VexDocument {
        document: row.id,
        file: row.file_name,
        format: row.format,
        author: row.author,
        asset: row.asset,
        sbom: row.sbom,
        received_at: row.received_at.to_string(),
        statements: statements.iter().map(StatementDocument::from).collect(),
        without_effect: without.into_iter().map(Into::into).collect(),
    })
}

/// Which statements.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct Statements {
    /// The id of the organisation.
    organisation: String,
    /// Only those after this one: `next` of the part before.
    #[serde(default)]
    after: String,
    /// So many at most; 100 when nothing is said, 1000 at most.
    #[serde(default = "hundred")]
    count: usize,
}

/// A part of the statements.
#[derive(Serialize, JsonSchema)]
pub(crate) struct StatementsPart {
    /// The statements of this part.
    items: Vec<StatementDocument>,
    /// What to give as `after` for the next part; null: this is the last.
    next: Option<String>,
}

/// The statements that an organisation keeps.
pub(crate) fn statements(asked: &Asked, of: &Statements) -> Result<StatementsPart, Problem> {
    asked.sees(&of.organisation)?;
    let count = bounded(of.count);
    let mut rows = asked.inventory().statements(&of.organisation, (&of.after, count + 1))?;
    let is_more = rows.len() > count;
    rows.truncate(count);
    let next = rows.last().map(|row| row.id.clone()).filter(|_| is_more);
    Ok(StatementsPart { items: rows.iter().map(StatementDocument::from).collect(), next })
}

/// What is said about a finding.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SaidBody {
    /// The version of the asset.
    #[serde(default)]
    pub(crate) release: String,
    /// The package URL, as the finding has it; empty: the asset itself.
    #[serde(default)]
    pub(crate) package: String,
    /// The id of the flaw, as the finding has it.
    pub(crate) flaw: String,
    /// `not_affected`, `affected`, `fixed` or `under_investigation`.
    pub(crate) status: String,
    /// Of `not_affected`: one of the five words of the standards. This, or `impact`.
    #[serde(default)]
    pub(crate) justification: String,
    /// Of `not_affected`: why, in words.
    #[serde(default)]
    pub(crate) impact: String,
    /// Of `affected`: what to do about it.
    #[serde(default)]
    pub(crate) action: String,
    /// How it was found out: addresses, or words.
    #[serde(default)]
    pub(crate) evidence: Vec<String>,
    /// What else there is to say.
    #[serde(default)]
    pub(crate) notes: String,
    /// The last day on which it holds: 2026-12-31. Empty: until something newer is said.
    #[serde(default)]
    pub(crate) expires: String,
    /// `release`, `asset` or `organisation`: how far it reaches.
    #[serde(default)]
    pub(crate) reach: String,
}

/// Says something about a finding of an asset.
pub(crate) fn say(
    asked: &Asked,
    of: &OfAsset,
    body: &SaidBody,
) -> Result<StatementDocument, Problem> {
    let asset = seen_asset(asked, &of.asset)?;
    asked.needs(Right::Triage, &asset.party)?;
    let expires = match body.expires.trim() {
        "" => None,
        day => Some(
            day.parse()
                .map_err(|_| Problem::field("expires", "a day is asked for, such as 2026-12-31"))?,
        ),
    };
    let reach = match body.reach.trim() {
        "" => Reach::default(),
        word => Reach::from_word(word).ok_or_else(|| {
            Problem::field("reach", "one of release, asset and organisation is asked for")
        })?,
    };
    let evidence = body.evidence.iter().map(|text| text.trim().to_owned());
    let account = asked.account()?;
    let new = NewStatement {
        asset: &asset.id,
        release: &body.release,
        purl: &body.package,
        flaw: &body.flaw,
        reach,
        claim: claim(body)?,
        evidence: evidence.filter(|text| !text.is_empty()).collect(),
        notes: some(&body.notes).map(str::to_owned),
        expires,
        author: &format!("{}, {}", account.name, asset.party_name),
    };
    let row = asked.inventory().say(&new, &asked.actor()?, asked.now)?;
    Ok(StatementDocument::from(&row))
}

fn some(text: &str) -> Option<&str> {
    Some(text.trim()).filter(|text| !text.is_empty())
}

fn claim(body: &SaidBody) -> Result<Claim, Problem> {
    let unused = |field: &'static str, text: &str| match some(text) {
        Some(_) => {
            Err(Problem::field(field, format!("it says nothing with the status {}", body.status)))
        }
        None => Ok(()),
    };
    let status = body.status.trim();
    if status != "not_affected" {
        unused("justification", &body.justification)?;
        unused("impact", &body.impact)?;
    }
    if status != "affected" {
        unused("action", &body.action)?;
    }
    match status {
        "not_affected" => {
            let word = some(&body.justification);
            let justification = word
                .map(|word| {
                    Justification::from_word(word).ok_or_else(|| {
                        Problem::field("justification", "it is no word of the standards")
                    })
                })
                .transpose()?;
            let reason = Reason::of(justification, some(&body.impact).map(Into::into));
            reason.map(Claim::NotAffected).ok_or_else(|| {
                Problem::field("justification", "say why: choose a reason, or write it in words")
            })
        }
        "affected" => Ok(Claim::Affected { action: some(&body.action).map(Into::into) }),
        "fixed" => Ok(Claim::Fixed),
        "under_investigation" => Ok(Claim::UnderInvestigation),
        _ => Err(Problem::field(
            "status",
            "one of not_affected, affected, fixed and under_investigation is asked for",
        )),
    }
}

/// The VEX of an asset.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct VexOfAsset {
    /// The id of the asset.
    asset: String,
    /// `openvex`, `csaf` or `cyclonedx`.
    #[serde(default)]
    format: String,
    /// Only this version of the asset. CycloneDX asks for one.
    #[serde(default)]
    release: Option<String>,
}

/// The VEX of an organisation.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct VexOfOrganisation {
    /// The id of the organisation.
    organisation: String,
    /// `openvex` or `csaf`.
    #[serde(default)]
    format: String,
}

/// What counts of what is said about an asset, as a document.
pub(crate) fn vex_of_asset(asked: &Asked, of: &VexOfAsset) -> Result<serde_json::Value, Problem> {
    let asset = seen_asset(asked, &of.asset)?;
    written(asked, VexOf::Asset(&asset.id, of.release.as_deref()), &of.format)
}

/// What counts of what is said about all that an organisation uses, as a document.
pub(crate) fn vex_of_organisation(
    asked: &Asked,
    of: &VexOfOrganisation,
) -> Result<serde_json::Value, Problem> {
    asked.sees(&of.organisation)?;
    written(asked, VexOf::Party(&of.organisation), &of.format)
}

fn written(asked: &Asked, of: VexOf<'_>, format: &str) -> Result<serde_json::Value, Problem> {
    let text = vex_text(asked, of, format)?;
    serde_json::from_str(&text).map_err(|error| Problem::ours(error.to_string()))
}

/// The VEX as text.
pub(crate) fn vex_text(asked: &Asked, of: VexOf<'_>, format: &str) -> Result<String, Problem> {
    let format = match format.trim() {
        "" => VexFormat::OpenVex,
        word => VexFormat::from_word(word)
            .filter(|format| VexFormat::WRITTEN.contains(format))
            .ok_or_else(|| {
                Problem::field("format", "one of openvex, csaf and cyclonedx is asked for")
            })?,
    };
    let namespace = asked.serving.manner.origin.as_str();
    Ok(asked.inventory().vex(of, format, (namespace, asked.now))?)
}

/// What is to be worked at first.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct WorkQuery {
    /// The id of the organisation.
    organisation: String,
    /// So many at most; 100 when nothing is said, 1000 at most.
    #[serde(default = "hundred")]
    count: usize,
}

/// The open findings of an organisation, in the order of work.
pub(crate) fn work(asked: &Asked, of: &WorkQuery) -> Result<Vec<FindingDocument>, Problem> {
    asked.sees(&of.organisation)?;
    let parties = std::iter::once(of.organisation.clone()).collect();
    let rows = asked.inventory().work_first(&parties, bounded(of.count))?;
    Ok(rows.into_iter().map(|row| FindingDocument::of(row, asked.now)).collect())
}

/// What SSVC's table for deployers says of a finding.
#[derive(Serialize, JsonSchema)]
pub(crate) struct WorkDocument {
    /// The table.
    table: &'static str,
    /// Every outcome that is possible, mildest first: one, where what is unknown cannot change it.
    outcomes: Vec<String>,
    /// What the table asks, and what is known of that.
    questions: Vec<QuestionDocument>,
    /// Until when the KEV catalogue asks to act.
    due: Option<String>,
    /// Whether that day is over.
    overdue: bool,
}

/// A question of the table.
#[derive(Serialize, JsonSchema)]
pub(crate) struct QuestionDocument {
    /// Its name.
    question: String,
    /// The answers that are possible; several where nobody knows.
    possible: Vec<String>,
    /// Why, or what is missing.
    why: String,
}

impl WorkDocument {
    pub(crate) fn of(work: &Work, now: jiff::Timestamp) -> Self {
        Self {
            table: Work::table(),
            outcomes: work.outcomes().into_iter().map(str::to_owned).collect(),
            questions: work
                .why()
                .into_iter()
                .map(|one| QuestionDocument {
                    question: one.question,
                    possible: one.possible,
                    why: one.why,
                })
                .collect(),
            due: work.due().map(|day| day.to_string()),
            overdue: work.is_overdue(now),
        }
    }
}

/// What an organisation says of an asset, for the order of work.
#[derive(Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ContextBody {
    /// System Exposure: S small, C controlled, O open; null: nobody said it.
    #[serde(default)]
    pub(crate) exposure: Option<String>,
    /// Human Impact: L low, M medium, H high, VH very high; null: nobody said it.
    #[serde(default)]
    pub(crate) human_impact: Option<String>,
}

/// Says who reaches an asset, and what rests on it.
pub(crate) fn set_context(
    asked: &Asked,
    of: &OfAsset,
    body: &ContextBody,
) -> Result<ContextBody, Problem> {
    let asset = seen_asset(asked, &of.asset)?;
    asked.needs(Right::Triage, &asset.party)?;
    let context = AssetContext {
        exposure: body.exposure.clone().filter(|key| !key.is_empty()),
        human_impact: body.human_impact.clone().filter(|key| !key.is_empty()),
    };
    asked.inventory().set_asset_context(&asset.id, &context, &asked.actor()?, asked.now)?;
    Ok(ContextBody { exposure: context.exposure, human_impact: context.human_impact })
}

/// The VEX documents of an organisation.
pub(crate) fn documents(
    asked: &Asked,
    of: &OfOrganisation,
) -> Result<Listed<VexDocumentSummary>, Problem> {
    asked.sees(&of.organisation)?;
    let rows = asked.inventory().vex_documents(&of.organisation)?;
    let all = rows
        .into_iter()
        .map(|row| VexDocumentSummary {
            document: row.id,
            file: row.file_name,
            format: row.format,
            author: row.author,
            sbom: row.sbom,
            received_at: row.received_at.to_string(),
            statements: row.statements,
        })
        .collect();
    Listed::part(all, (&of.after, of.count), |one| one.document.clone())
}

/// A VEX document, in a list.
#[derive(Serialize, JsonSchema)]
pub(crate) struct VexDocumentSummary {
    /// Its id.
    document: String,
    /// The name of its file.
    file: String,
    /// Its format.
    format: String,
    /// Who answers for it.
    author: Option<String>,
    /// The id of the SBOM that it is.
    sbom: Option<String>,
    /// When it came.
    received_at: String,
    /// Statements that it makes.
    statements: i64,
}
