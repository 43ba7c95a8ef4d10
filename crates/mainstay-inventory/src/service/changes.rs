//! SBOMs over time: which there are, what one holds, and what changed between two.

use std::collections::BTreeMap;

use super::Inventory;
use super::parties::asset as asset_of;
use crate::InventoryError;
use crate::model::{SbomChange, SbomRow};
use crate::store::{components, sboms};
use crate::uses::read_numbers;

impl Inventory {
    /// The SBOMs of an asset, newest first.
    ///
    /// # Errors
    /// When there is no such asset.
    pub fn sboms(&self, asset: &str) -> Result<Vec<SbomRow>, InventoryError> {
        self.read(|transaction| {
            let asset = asset_of(transaction, asset)?;
            let mut rows = Vec::new();
            for (mut row, content) in sboms::of_asset(transaction, asset.number)? {
                let components = read_numbers(&content, &row.id)?;
                row.unchecked = components::unchecked(transaction, &components)?;
                rows.push(row);
            }
            Ok(rows)
        })
    }

    /// An SBOM, and the id of the party whose it is.
    ///
    /// # Errors
    /// When there is no such SBOM.
    pub fn sbom(&self, id: &str) -> Result<(SbomRow, String), InventoryError> {
        self.read(|transaction| {
            let absent = || InventoryError::absent("SBOM", id);
            let party = sboms::party_of(transaction, id)?.ok_or_else(absent)?;
            let (row, _) = sboms::of_id(transaction, id)?.ok_or_else(absent)?;
            Ok((row, party))
        })
    }

    /// The document as it came.
    ///
    /// # Errors
    /// When there is no such SBOM, or its blob is not what it was.
    pub fn document(&self, sbom: &str) -> Result<Vec<u8>, InventoryError> {
        let row = self.read(|transaction| Ok(sboms::of_id(transaction, sbom)?))?;
        let (row, _) = row.ok_or_else(|| InventoryError::absent("SBOM", sbom))?;
        Ok(self.blobs.get(row.blob.parse()?)?)
    }

    /// What changed from one SBOM to another, by package.
    ///
    /// # Errors
    /// When one of them is not there.
    pub fn changes(&self, before: &str, after: &str) -> Result<Vec<SbomChange>, InventoryError> {
        self.read(|transaction| {
            let mut content = |id: &str| -> Result<Vec<i64>, InventoryError> {
                let found = sboms::of_id(transaction, id)?;
                let (row, content) = found.ok_or_else(|| InventoryError::absent("SBOM", id))?;
                read_numbers(&content, &row.id)
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
