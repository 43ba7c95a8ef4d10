//! What an organisation says of an asset, for the order of work: who reaches it, and what rests on
//! it. The questions are those of SSVC.

use jiff::Timestamp;
use mainstay_store::Actor;
use serde_json::json;

use super::Inventory;
use super::parties::asset as asset_of;
use super::statements::tell;
use crate::InventoryError;
use crate::store::parties;
use crate::work::{EXPOSURE, HUMAN_IMPACT, answers};

/// What an organisation says of an asset, for the order of work: keys of SSVC's questions. Nothing
/// where it has not said it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AssetContext {
    /// System Exposure: who reaches it.
    pub exposure: Option<String>,
    /// Human Impact: what rests on it.
    pub human_impact: Option<String>,
}

impl AssetContext {
    /// The answers to System Exposure, key and name.
    pub fn exposures() -> Vec<(String, String)> {
        answers(EXPOSURE)
    }

    /// The answers to Human Impact, key and name.
    pub fn human_impacts() -> Vec<(String, String)> {
        answers(HUMAN_IMPACT)
    }
}

impl Inventory {
    /// What a party says of an asset, for the order of work.
    ///
    /// # Errors
    /// When there is no such asset.
    pub fn asset_context(&self, asset: &str) -> Result<AssetContext, InventoryError> {
        self.read(|transaction| {
            let asset = asset_of(transaction, asset)?;
            let (exposure, human_impact) = parties::context(transaction, asset.number)?;
            Ok(AssetContext { exposure, human_impact })
        })
    }

    /// Says of an asset what the order of work needs.
    ///
    /// # Errors
    /// When there is no such asset, or no such answer.
    pub fn set_asset_context(
        &self,
        asset: &str,
        context: &AssetContext,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<(), InventoryError> {
        let known = |field, key: &Option<String>, all: Vec<(String, String)>| match key {
            Some(key) if !all.iter().any(|(known, _)| known == key) => {
                let keys: Vec<String> = all.into_iter().map(|(key, _)| key).collect();
                let problem = format!("\"{key}\" is none of {}", keys.join(", "));
                Err(InventoryError::field(field, problem))
            }
            Some(_) | None => Ok(()),
        };
        known("exposure", &context.exposure, AssetContext::exposures())?;
        known("human-impact", &context.human_impact, AssetContext::human_impacts())?;
        self.write(|transaction| {
            let asset = asset_of(transaction, asset)?;
            let said = (context.exposure.as_deref(), context.human_impact.as_deref());
            parties::set_context(transaction, asset.number, said)?;
            let detail = json!({
                "party": asset.party, "exposure": context.exposure,
                "human_impact": context.human_impact,
            });
            transaction.append(actor.does("asset.context", &asset.id, detail.clone(), now));
            tell(transaction, "finding.ordered", (&asset.id, detail), now);
            Ok(())
        })
    }
}
