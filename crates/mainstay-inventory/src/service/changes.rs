//! SBOMs over time: which there are, what one holds, and what changed between two.

use std::collections::BTreeMap;

use super::Inventory;
use crate::InventoryError;
use crate::model::{SbomChange, SbomRow};
use crate::store::postings::halves;
use crate::store::{components, parties, sboms};

impl Inventory {
    /// The SBOMs of an asset, newest first.
    ///
    /// # Errors
    /// When there is no such asset.
    pub fn sboms(&self, asset: &str) -> Result<Vec<SbomRow>, InventoryError> {
        self.read(|transaction| {
            let asset =
                parties::asset(transaction, asset)?.ok_or(InventoryError::Absent("asset"))?;
            Ok(sboms::of_asset(transaction, asset.number)?)
        })
    }

    /// The document as it came.
    ///
    /// # Errors
    /// When there is no such SBOM, or its blob is not what it was.
    pub fn document(&self, sbom: &str) -> Result<Vec<u8>, InventoryError> {
        let row = self.read(|transaction| Ok(sboms::of_id(transaction, sbom)?))?;
        let (row, ..) = row.ok_or(InventoryError::Absent("SBOM"))?;
        Ok(self.blobs.get(row.blob.parse()?)?)
    }

    /// What changed from one SBOM to another, by package.
    ///
    /// # Errors
    /// When one of them is not there.
    pub fn changes(&self, before: &str, after: &str) -> Result<Vec<SbomChange>, InventoryError> {
        self.read(|transaction| {
            let mut content = |id: &str| -> Result<Vec<i64>, InventoryError> {
                let (row, _, content) =
                    sboms::of_id(transaction, id)?.ok_or(InventoryError::Absent("SBOM"))?;
                let content = halves(&content, &row.id)?;
                Ok(content.into_iter().map(|(number, _)| number).collect())
            };
            let (before, after) = (content(before)?, content(after)?);
            let only = |mine: &[i64], other: &[i64]| -> Vec<i64> {
                let gone = mine.iter().filter(|number| other.binary_search(number).is_err());
                gone.copied().collect()
            };
            let (gone, new) = (only(&before, &after), only(&after, &before));
            let mut changes: BTreeMap<String, SbomChange> = BTreeMap::new();
            for (numbers, is_before) in [(gone, true), (new, false)] {
                for named in components::named(transaction, &numbers)?.into_values() {
                    let change = changes.entry(named.package.clone()).or_insert_with(|| {
                        SbomChange { package: named.package, before: Vec::new(), after: Vec::new() }
                    });
                    let side = if is_before { &mut change.before } else { &mut change.after };
                    side.push(named.version);
                }
            }
            for change in changes.values_mut() {
                change.before.sort_unstable();
                change.after.sort_unstable();
            }
            Ok(changes.into_values().collect())
        })
    }
}
