//! Turning SBOMs around into postings, so that answers stay fast as SBOMs come.
//!
//! The newest SBOMs become a batch when there are [`FOLD_AT`] of them; neighbouring batches are
//! joined as long as the joined one is not too large for one transaction. Each step is one
//! transaction: whoever reads sees the state before or after it.

use super::Inventory;
use crate::InventoryError;
use crate::store::postings::{self, Batch};

/// So many SBOMs are left to be read one by one.
const FOLD_AT: i64 = 500;
/// So many batches are left alone.
const FEW_BATCHES: usize = 8;
/// Uses that a joined batch may have.
const MOST_USES: i64 = 2_000_000;

impl Inventory {
    /// Does what is due of this work. `all` folds whatever there is.
    ///
    /// # Errors
    /// When the database does not answer. What was done until then stays, and is right.
    pub fn fold(&self, all: bool) -> Result<(), InventoryError> {
        let mut waiting = self.read(|transaction| Ok(postings::count_unfolded(transaction)?))?;
        let mut is_done = false;
        while waiting >= FOLD_AT || (all && waiting > 0) {
            self.write(|transaction| postings::fold(transaction, FOLD_AT))?;
            waiting -= FOLD_AT;
            is_done = true;
        }
        while is_done && self.join_batches()? {}
        Ok(())
    }

    /// Joins the two neighbours that hold the fewest uses.
    fn join_batches(&self) -> Result<bool, InventoryError> {
        self.write(|transaction| {
            let batches = postings::batches(transaction)?;
            let smallest = batches
                .windows(2)
                .filter_map(|pair| <&[Batch; 2]>::try_from(pair).ok())
                .min_by_key(|[one, two]| one.uses + two.uses);
            match smallest {
                Some([one, two])
                    if batches.len() > FEW_BATCHES && one.uses + two.uses <= MOST_USES =>
                {
                    postings::join(transaction, (one, two))?;
                    Ok(true)
                }
                Some(_) | None => Ok(false),
            }
        })
    }
}
