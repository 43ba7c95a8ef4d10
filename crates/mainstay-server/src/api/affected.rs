//! Who is affected.

use mainstay_inventory::{AffectedDocument, FlawName, Subject};
use schemars::JsonSchema;
use serde::Deserialize;

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
