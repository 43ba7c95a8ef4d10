//! Organisations, what they use, and what is wrong with that.

use mainstay_accounts::Right;
use mainstay_inventory::{
    Asset, FindingRow, FindingState, PartyKind, StatementDocument, Upload, Work,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::listed::{Listed, Part, hundred};
use super::statements::{WithoutEffectDocument, WorkDocument};
use crate::asked::Asked;
use crate::problem::Problem;

/// An organisation.
#[derive(Serialize, JsonSchema)]
pub(crate) struct OrganisationDocument {
    /// Its id.
    id: String,
    /// Its name.
    name: String,
    /// Whether it is systemically important.
    important: bool,
    /// The sectors that it belongs to.
    sectors: Vec<String>,
}

/// The organisations whose inventory whoever asks may see.
pub(crate) fn organisations(
    asked: &Asked,
    part: &Part,
) -> Result<Listed<OrganisationDocument>, Problem> {
    asked.account()?;
    let sight = asked.sight()?;
    let parties = asked.inventory().parties(PartyKind::Organisation)?;
    let seen = parties.into_iter().filter(|party| sight.has(&party.id));
    let all = seen
        .map(|party| OrganisationDocument {
            id: party.id,
            name: party.name,
            important: party.is_important,
            sectors: party.sectors,
        })
        .collect();
    Listed::part(all, (&part.after, part.count), |one| one.id.clone())
}

/// Which organisation.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct OfOrganisation {
    /// The id of the organisation.
    pub(crate) organisation: String,
    /// Only what comes after this: `next` of the part before.
    #[serde(default)]
    pub(crate) after: String,
    /// So many at most; 100 when nothing is said, 1000 at most.
    #[serde(default = "hundred")]
    pub(crate) count: usize,
}

/// Something that an organisation deploys or ships.
#[derive(Serialize, JsonSchema)]
pub(crate) struct AssetDocument {
    /// Its id.
    id: String,
    /// Its name.
    name: String,
    /// When it was added.
    created_at: String,
}

/// What an organisation deploys or ships.
pub(crate) fn assets(asked: &Asked, of: &OfOrganisation) -> Result<Listed<AssetDocument>, Problem> {
    asked.sees(&of.organisation)?;
    let assets = asked.inventory().assets(&of.organisation)?;
    let all = assets
        .into_iter()
        .map(|asset| AssetDocument {
            id: asset.id,
            name: asset.name,
            created_at: asset.created_at.to_string(),
        })
        .collect();
    Listed::part(all, (&of.after, of.count), |one| one.id.clone())
}

/// Of what an SBOM comes.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct Place {
    /// The id of the organisation.
    pub(crate) organisation: String,
    /// The name of the asset; it is added when it is not there.
    pub(crate) asset: String,
    /// The version of the asset.
    #[serde(default)]
    pub(crate) release: String,
    /// The name of the file, for people.
    #[serde(default)]
    pub(crate) file: String,
}

/// What became of an SBOM.
#[derive(Serialize, JsonSchema)]
pub(crate) struct ReceivedDocument {
    /// The id of the SBOM.
    pub(crate) sbom: String,
    /// The id of the asset.
    pub(crate) asset: String,
    /// The very document was there already: nothing changed.
    pub(crate) known: bool,
    /// Packages that it names.
    pub(crate) packages: usize,
    /// Of those, how many are not checked: nobody can say that they are without flaws.
    pub(crate) unchecked: usize,
    /// Findings that it opened.
    pub(crate) opened: usize,
    /// Findings that it closed.
    pub(crate) closed: usize,
    /// What the document leaves open.
    pub(crate) gaps: Vec<String>,
    /// Findings that statements silence, of those that it brings.
    pub(crate) silenced: usize,
    /// Statements that the document itself makes (VEX).
    pub(crate) statements: usize,
    /// What of them had no effect, and why.
    pub(crate) without_effect: Vec<WithoutEffectDocument>,
}

/// Takes an SBOM in.
pub(crate) fn receive(
    asked: &Asked,
    place: &Place,
    bytes: &[u8],
) -> Result<ReceivedDocument, Problem> {
    asked.needs(Right::Submit, &place.organisation)?;
    let (actor, inventory) = (asked.actor()?, asked.inventory());
    let upload = Upload {
        party: &place.organisation,
        asset: &place.asset,
        release: &place.release,
        file_name: &place.file,
        bytes,
    };
    let received = inventory.receive(&upload, &actor, asked.now)?;
    Ok(ReceivedDocument {
        sbom: received.id,
        asset: received.asset,
        known: received.is_known,
        packages: received.packages,
        unchecked: received.unchecked,
        opened: received.opened,
        closed: received.closed,
        gaps: received.gaps,
        silenced: received.silenced,
        statements: received.statements,
        without_effect: received.without_effect.into_iter().map(Into::into).collect(),
    })
}

/// Which asset, and which part of its list.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct PartOfAsset {
    /// The id of the asset.
    pub(crate) asset: String,
    /// Only what comes after this: `next` of the part before.
    #[serde(default)]
    pub(crate) after: String,
    /// So many at most; 100 when nothing is said, 1000 at most.
    #[serde(default = "hundred")]
    pub(crate) count: usize,
}

/// Which asset.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct OfAsset {
    /// The id of the asset.
    pub(crate) asset: String,
}

/// An SBOM that was received.
#[derive(Serialize, JsonSchema)]
pub(crate) struct SbomDocument {
    /// Its id.
    id: String,
    /// The version of the asset.
    release: String,
    /// The format.
    format: String,
    /// When it came.
    received_at: String,
    /// Packages that it names.
    packages: i64,
    /// Of those, how many are not checked.
    unchecked: usize,
    /// What it leaves open.
    gaps: Vec<String>,
    /// Whether it is the newest of its version.
    current: bool,
}

/// The SBOMs of an asset, newest first.
pub(crate) fn sboms(asked: &Asked, of: &PartOfAsset) -> Result<Listed<SbomDocument>, Problem> {
    seen_asset(asked, &of.asset)?;
    let sboms = asked.inventory().sboms(&of.asset)?;
    let all = sboms
        .into_iter()
        .map(|sbom| SbomDocument {
            id: sbom.id,
            release: sbom.release,
            format: sbom.format,
            received_at: sbom.received_at.to_string(),
            packages: sbom.packages,
            unchecked: sbom.unchecked,
            gaps: sbom.gaps,
            current: sbom.is_current,
        })
        .collect();
    Listed::part(all, (&of.after, of.count), |one| one.id.clone())
}

/// A flaw in a version of an asset.
#[derive(Serialize, JsonSchema)]
pub(crate) struct FindingDocument {
    /// The id of the asset.
    asset: String,
    /// The version of the asset.
    release: String,
    /// The package URL; empty: it is about the asset itself.
    package: String,
    /// The id of the flaw.
    flaw: String,
    /// How bad it is.
    severity: &'static str,
    /// One line on what it is.
    title: String,
    /// The version that repairs it.
    fixed_in: Option<String>,
    /// Whether it is known to be exploited; null: nobody here knows.
    exploited: Option<bool>,
    /// The chance of exploitation within 30 days (EPSS), 0 to 1; null: nobody here knows.
    probability: Option<f64>,
    /// `open`; `silenced`, when a statement answers it; `closed`, when it is not there any more.
    state: &'static str,
    /// When it was opened last.
    opened_at: String,
    /// Since when a statement answers it.
    silenced_at: Option<String>,
    /// When it was closed.
    closed_at: Option<String>,
    /// Why it was closed.
    closed_by: Option<String>,
    /// How often it was opened.
    times: i64,
    /// No advisory tells it, only the statement.
    stated_only: bool,
    /// The statement that silences it, or that is told with it.
    statement: Option<StatementDocument>,
    /// How urgent the work is.
    work: WorkDocument,
}

impl FindingDocument {
    pub(crate) fn of(one: FindingRow, now: jiff::Timestamp) -> Self {
        let work = WorkDocument::of(&Work::of(&one), now);
        let chance = one.probability.and_then(|chance| u32::try_from(chance).ok());
        let (silenced_at, closed) = match &one.state {
            FindingState::Open => (None, None),
            FindingState::Silenced(at) => (Some(at.to_string()), None),
            FindingState::Closed(at, why) => (None, Some((at.to_string(), why.clone()))),
        };
        let (closed_at, closed_by) = closed.unzip();
        Self {
            asset: one.asset,
            release: one.release,
            package: one.purl,
            flaw: one.flaw,
            severity: one.severity.word(),
            title: one.title,
            fixed_in: one.fixed_in,
            exploited: one.exploited,
            probability: chance.map(|millionths| f64::from(millionths) / 1e6),
            state: one.state.word(),
            opened_at: one.opened_at.to_string(),
            silenced_at,
            closed_at,
            closed_by,
            times: one.times,
            stated_only: one.is_raised,
            statement: one.statement.as_ref().map(StatementDocument::from),
            work,
        }
    }

    /// What tells it from others of its asset.
    fn key(&self) -> String {
        format!("{} {} {}", self.flaw, self.package, self.release)
    }
}

/// What is wrong with an asset, and what was: open findings first, in the order of work.
pub(crate) fn findings(
    asked: &Asked,
    of: &PartOfAsset,
) -> Result<Listed<FindingDocument>, Problem> {
    seen_asset(asked, &of.asset)?;
    let findings = asked.inventory().findings(&of.asset)?.into_iter();
    let all = findings.map(|one| FindingDocument::of(one, asked.now)).collect();
    Listed::part(all, (&of.after, of.count), FindingDocument::key)
}

/// Which two SBOMs.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct Two {
    /// The id of the asset.
    pub(crate) asset: String,
    /// The id of the former SBOM.
    pub(crate) before: String,
    /// The id of the latter.
    pub(crate) after: String,
}

/// What differs, of one package.
#[derive(Serialize, JsonSchema)]
pub(crate) struct ChangeDocument {
    /// The package, with its ecosystem.
    package: String,
    /// Versions that only the former has.
    before: Vec<String>,
    /// Versions that only the latter has.
    after: Vec<String>,
}

/// What differs between two SBOMs of an asset.
pub(crate) fn changes(asked: &Asked, two: &Two) -> Result<Vec<ChangeDocument>, Problem> {
    seen_asset(asked, &two.asset)?;
    let ids: Vec<String> =
        asked.inventory().sboms(&two.asset)?.into_iter().map(|sbom| sbom.id).collect();
    if !ids.contains(&two.before) || !ids.contains(&two.after) {
        return Err(Problem::absent());
    }
    let changes = asked.inventory().changes(&two.before, &two.after)?;
    Ok(changes
        .into_iter()
        .map(|one| ChangeDocument { package: one.package, before: one.before, after: one.after })
        .collect())
}

/// The asset, if its organisation's inventory is seen.
pub(crate) fn seen_asset(asked: &Asked, id: &str) -> Result<Asset, Problem> {
    asked.account()?;
    let asset = asked.inventory().asset(id)?;
    asked.sees(&asset.party)?;
    Ok(asset)
}
