//! Turning SBOMs around into postings, in the background.
//!
//! The newest SBOMs become a batch when there are [`FOLD_AT`] of them; neighbouring batches are
//! joined when there are more than [`MOST_BATCHES`]. A batch counts only when it is whole, so a
//! process that dies leaves nothing wrong, only something to sweep away.

use std::collections::BTreeMap;

use super::Inventory;
use crate::InventoryError;
use crate::store::postings::{self, Batch, Stretch, doubled, halves};

/// So many SBOMs are left to be read one by one.
pub(crate) const FOLD_AT: i64 = 500;
/// So many batches an answer looks into.
const MOST_BATCHES: usize = 8;
/// Components that are written, or joined, in one transaction.
const AT_ONCE: usize = 20_000;

impl Inventory {
    /// Does what is due of this work: folds when enough SBOMs came, joins when there are too many
    /// batches. `all` folds whatever there is.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn fold(&self, all: bool) -> Result<(), InventoryError> {
        loop {
            let waiting = self.read(|transaction| Ok(postings::unfolded(transaction, FOLD_AT)?))?;
            let count = i64::try_from(waiting.len()).unwrap_or(i64::MAX);
            if count == 0 || (count < FOLD_AT && !all) {
                break;
            }
            self.fold_these(&waiting)?;
        }
        while self.join_batches()? {}
        Ok(())
    }

    fn fold_these(&self, sboms: &[(i64, Vec<u8>)]) -> Result<(), InventoryError> {
        let (Some((first, _)), Some((last, _))) = (sboms.first(), sboms.last()) else {
            return Ok(());
        };
        let mut uses: BTreeMap<i64, Vec<(i64, bool)>> = BTreeMap::new();
        let mut count = 0_i64;
        for (number, content) in sboms {
            for (component, is_direct) in halves(content, &format!("SBOM {number}"))? {
                uses.entry(component).or_default().push((*number, is_direct));
                count += 1;
            }
        }
        let lists: BTreeMap<i64, Vec<u8>> =
            uses.into_iter().map(|(component, uses)| (component, doubled(uses))).collect();
        self.write_batch((*first, *last, count), &[], |_| Ok((lists.clone(), None)))
    }

    /// Joins the two neighbours that hold the fewest uses, when there are too many batches.
    fn join_batches(&self) -> Result<bool, InventoryError> {
        let batches = self.read(|transaction| Ok(postings::batches(transaction)?))?;
        if batches.len() <= MOST_BATCHES {
            return Ok(false);
        }
        let smallest =
            batches.windows(2).min_by_key(|pair| pair.iter().map(|batch| batch.uses).sum::<i64>());
        let Some([one, two]) = smallest else { return Ok(false) };
        let old = [*one, *two];
        let whole = (one.first_sbom, two.last_sbom, one.uses + two.uses);
        let at_once = i64::try_from(AT_ONCE).unwrap_or(i64::MAX);
        self.write_batch(whole, &old, |first| {
            self.read(|transaction| postings::joined_lists(transaction, &old, first, at_once))
        })?;
        Ok(true)
    }

    /// Writes a batch in pieces, lets it count in place of the old ones, and sweeps.
    fn write_batch(
        &self,
        whole: (i64, i64, i64),
        old: &[Batch],
        mut piece: impl FnMut(i64) -> Result<Stretch, InventoryError>,
    ) -> Result<(), InventoryError> {
        let batch = self.write(|transaction| {
            postings::sweep(transaction, None)?;
            Ok(postings::add_batch(transaction, whole)?)
        })?;
        let mut from = Some(0);
        while let Some(first) = from {
            let (lists, next) = piece(first)?;
            self.write(|transaction| Ok(postings::add_lists(transaction, batch, lists.clone())?))?;
            from = next;
        }
        self.write(|transaction| Ok(postings::activate(transaction, batch, old)?))?;
        self.write(|transaction| Ok(postings::sweep(transaction, None)?))
    }
}
