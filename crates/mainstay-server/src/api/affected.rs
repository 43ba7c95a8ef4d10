//! Who is affected.

use mainstay_figures::Band;
use mainstay_inventory::{AffectedDocument, Subject};
use mainstay_types::FlawName;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::asked::Asked;
use crate::problem::Problem;

/// What is asked: an advisory, or a package.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
pub(crate) struct AffectedQuery {
    /// A flaw by any of its ids, such as CVE-2021-44228.
    #[serde(default)]
    pub(crate) advisory: String,
    /// A package URL without a version.
    #[serde(default)]
    pub(crate) package: String,
    /// Only these versions, as `vers` writes them: `vers:maven/>=2.0|<2.15.0`.
    #[serde(default)]
    pub(crate) range: String,
}

impl AffectedQuery {
    /// The subject; nothing when nothing is asked yet.
    pub(crate) fn subject(&self) -> Result<Option<Subject>, Problem> {
        let (advisory, package) = (self.advisory.trim(), self.package.trim());
        let range = Some(self.range.trim().to_owned()).filter(|range| !range.is_empty());
        match (advisory.is_empty(), package.is_empty()) {
            (true, true) if range.is_some() => {
                Err(Problem::field("package", "a range needs a package"))
            }
            (true, true) => Ok(None),
            (false, false) => {
                Err(Problem::field("package", "ask about an advisory or about a package"))
            }
            (false, true) if range.is_some() => {
                Err(Problem::field("range", "an advisory has its own range"))
            }
            (false, true) => Ok(Some(Subject::Flaw(FlawName::parse(advisory)?))),
            (true, false) => Ok(Some(Subject::Package { purl: package.to_owned(), range })),
        }
    }
}

/// Who is affected, of those whose inventory whoever asks may see.
pub(crate) fn affected(asked: &Asked, query: &AffectedQuery) -> Result<AffectedDocument, Problem> {
    asked.account()?;
    let subject = query.subject()?;
    let subject =
        subject.ok_or_else(|| Problem::field("advisory", "say an advisory, or a package"))?;
    let answer = asked.inventory().answer(&subject, &asked.sight()?, asked.now)?;
    Ok(AffectedDocument::from(&answer))
}

/// Figures about sectors that single out nobody.
#[derive(Serialize, JsonSchema)]
pub(crate) struct FiguresDocument {
    /// The day of the snapshot.
    day: String,
    /// Sectors, or several small ones together.
    groups: Vec<GroupDocument>,
    /// Members of sectors that are too small to say anything about.
    unshown: usize,
}

/// A sector, or several small ones together.
#[derive(Serialize, JsonSchema)]
pub(crate) struct GroupDocument {
    /// The id of the sector, or words.
    group: String,
    /// Organisations that belong to it.
    members: usize,
    /// How many of the counted ones are affected.
    affected: BandDocument,
    /// Of how many of the counted ones nobody knows.
    unknown: BandDocument,
    /// The day of the facts.
    as_of: String,
}

/// A count, as a range.
#[derive(Serialize, JsonSchema)]
pub(crate) struct BandDocument {
    /// At least so many.
    least: usize,
    /// At most so many.
    most: usize,
    /// Of so many that were counted; as many as the threshold are never counted.
    of: usize,
}

/// The figures of today's snapshot, for whoever has an account.
pub(crate) fn figures(asked: &Asked, query: &AffectedQuery) -> Result<FiguresDocument, Problem> {
    asked.account()?;
    let subject = query.subject()?;
    let subject =
        subject.ok_or_else(|| Problem::field("advisory", "say an advisory, or a package"))?;
    let figures = asked.inventory().figures(&subject, asked.now)?;
    let figures = figures.ok_or_else(|| {
        Problem::field("range", "figures are about advisories and whole packages only")
    })?;
    let band = |band: Band| BandDocument { least: band.least(), most: band.most(), of: band.of() };
    Ok(FiguresDocument {
        day: figures.day.to_string(),
        groups: figures
            .groups
            .into_iter()
            .map(|one| GroupDocument {
                group: one.group.to_string(),
                members: one.members,
                affected: band(one.affected),
                unknown: band(one.unknown),
                as_of: one.as_of.to_string(),
            })
            .collect(),
        unshown: figures.unshown,
    })
}
