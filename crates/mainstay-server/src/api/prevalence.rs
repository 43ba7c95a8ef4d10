//! What members rest on, and where help goes furthest.

use mainstay_inventory::{
    Prevalence, PrevalenceDocument, PrevalenceFilter, PrevalenceOrder, as_csv,
};
use mainstay_types::{Ecosystem, SectorId};
use schemars::JsonSchema;
use serde::Deserialize;

use super::listed::bounded;
use crate::asked::Asked;
use crate::problem::Problem;
use crate::reply::Reply;

/// Packages in one answer, where no number is given.
const SHOWN: usize = 100;
/// Packages in one file.
pub(crate) const MOST_IN_FILE: usize = 20_000;

/// What is asked: which part, and in which order.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
pub(crate) struct PrevalenceQuery {
    /// Only organisations of this sector, such as us-ci/energy.
    #[serde(default)]
    pub(crate) sector: String,
    /// Only packages of this ecosystem, as OSV names it: npm, Maven.
    #[serde(default)]
    pub(crate) ecosystem: String,
    /// What comes first: `help` (where it goes furthest) or `reach` (what is used most).
    #[serde(default)]
    pub(crate) order: String,
    /// How many packages to pass over.
    #[serde(default)]
    pub(crate) skip: usize,
    /// How many to give: 100, when it is not said; at most 1,000.
    #[serde(default)]
    pub(crate) most: Option<usize>,
}

impl PrevalenceQuery {
    /// The filter that is asked for, of at most so many packages.
    pub(crate) fn filter(&self, most: usize) -> Result<PrevalenceFilter, Problem> {
        let said = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let sector = said(&self.sector).map(|id| {
            SectorId::parse(&id).map_err(|_| Problem::field("sector", "choose one of the list"))
        });
        let ecosystem = said(&self.ecosystem).map(|name| {
            Ecosystem::from_osv_name(&name).ok_or_else(|| {
                Problem::field("ecosystem", "a name such as npm or Maven is asked for")
            })
        });
        let order = said(&self.order).map(|word| {
            PrevalenceOrder::from_word(&word)
                .ok_or_else(|| Problem::field("order", "help or reach is asked for"))
        });
        Ok(PrevalenceFilter {
            sector: sector.transpose()?,
            ecosystem: ecosystem.transpose()?,
            order: order.transpose()?.unwrap_or_default(),
            skip: self.skip,
            most,
        })
    }
}

/// The prevalence in the sight of whoever asks.
pub(crate) fn in_sight(asked: &Asked, filter: &PrevalenceFilter) -> Result<Prevalence, Problem> {
    Ok(asked.inventory().prevalence(&asked.sight()?, filter, asked.now)?)
}

/// What the organisations in sight rest on, and where help goes furthest.
pub(crate) fn prevalence(
    asked: &Asked,
    query: &PrevalenceQuery,
) -> Result<PrevalenceDocument, Problem> {
    asked.account()?;
    let filter = query.filter(bounded(query.most.unwrap_or(SHOWN)))?;
    Ok(PrevalenceDocument::from(&in_sight(asked, &filter)?))
}

/// The same as a table, for spreadsheets; for people and for programs.
pub(crate) fn table(asked: &Asked, query: &PrevalenceQuery) -> Result<Reply, Problem> {
    asked.account()?;
    let csv = as_csv(&in_sight(asked, &query.filter(MOST_IN_FILE)?)?);
    Ok(Reply::file("text/csv; charset=utf-8", "prevalence.csv", csv.into_bytes()))
}
