//! Places for uploads: so many documents are in memory at a time, and no more; and no account
//! takes them all.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::problem::Problem;

/// Uploads that are taken in at once; each may be as large as the largest document.
const PLACES: usize = 4;
/// Uploads that are taken in or wait.
const WAITING: usize = 64;
/// Of them, how many of one account.
const OF_ONE: usize = 8;
/// How long one waits.
const PATIENCE: Duration = Duration::from_secs(30);

/// The places, and a queue before them that has an end.
#[derive(Debug)]
pub(crate) struct Places {
    free: Arc<Semaphore>,
    queue: Arc<Queue>,
}

type Queue = Mutex<HashMap<String, usize>>;

impl Default for Places {
    fn default() -> Self {
        Self { free: Arc::new(Semaphore::new(PLACES)), queue: Arc::default() }
    }
}

/// A place that was taken; it is free again when this is gone.
#[derive(Debug)]
pub(crate) struct Place {
    _place: OwnedSemaphorePermit,
    _queued: Queued,
}

/// Somebody in the queue.
#[derive(Debug)]
struct Queued {
    queue: Arc<Queue>,
    account: String,
}

impl Places {
    /// Waits for a place.
    ///
    /// # Errors
    /// When too many wait already, or it takes too long: 429, with a time to come back.
    pub(crate) async fn take(&self, account: &str) -> Result<Place, Problem> {
        let full = || Problem::too_many("too many uploads wait; none of this one was kept", 10);
        let queued = Queued::stand(&self.queue, account).ok_or_else(full)?;
        let place = tokio::time::timeout(PATIENCE, Arc::clone(&self.free).acquire_owned()).await;
        let place = place.map_err(|_| full())?.map_err(|_| full())?;
        Ok(Place { _place: place, _queued: queued })
    }
}

impl Queued {
    fn stand(queue: &Arc<Queue>, account: &str) -> Option<Self> {
        let mut waiting = queue.lock().unwrap_or_else(PoisonError::into_inner);
        let all: usize = waiting.values().sum();
        let mine = waiting.get(account).copied().unwrap_or(0);
        if all >= WAITING || mine >= OF_ONE {
            return None;
        }
        waiting.insert(account.to_owned(), mine + 1);
        Some(Self { queue: Arc::clone(queue), account: account.to_owned() })
    }
}

impl Drop for Queued {
    fn drop(&mut self) {
        let mut waiting = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        let left = waiting.get(&self.account).copied().unwrap_or(0).saturating_sub(1);
        if left == 0 {
            waiting.remove(&self.account);
        } else {
            waiting.insert(self.account.clone(), left);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_account_cannot_fill_the_queue() {
        let queue = Arc::default();
        let mine: Vec<_> = (0..20).filter_map(|_| Queued::stand(&queue, "ada")).collect();
        assert_eq!(mine.len(), OF_ONE);
        assert!(Queued::stand(&queue, "ben").is_some());
        drop(mine);
        assert!(Queued::stand(&queue, "ada").is_some());
    }
}
