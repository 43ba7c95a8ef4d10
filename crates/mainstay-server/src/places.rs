//! Places for uploads: so many documents are in memory at a time, and no more.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::problem::Problem;

/// Uploads that are taken in at once; each may be as large as the largest document.
const PLACES: usize = 4;
/// Uploads that wait for a place.
const WAITING: usize = 64;
/// How long one waits.
const PATIENCE: Duration = Duration::from_secs(30);

/// The places, and a queue before them that has an end.
#[derive(Debug)]
pub(crate) struct Places {
    free: Arc<Semaphore>,
    queue: Arc<Semaphore>,
}

impl Default for Places {
    fn default() -> Self {
        let queue = Arc::new(Semaphore::new(PLACES + WAITING));
        Self { free: Arc::new(Semaphore::new(PLACES)), queue }
    }
}

/// A place that was taken; it is free again when this is gone.
#[derive(Debug)]
pub(crate) struct Place {
    _place: OwnedSemaphorePermit,
    _queued: OwnedSemaphorePermit,
}

impl Places {
    /// Waits for a place.
    ///
    /// # Errors
    /// When too many wait already, or it takes too long: 429, with a time to come back.
    pub(crate) async fn take(&self) -> Result<Option<Place>, Problem> {
        let full = || Problem::too_many("too many uploads wait; none of this one was kept", 10);
        let queued = Arc::clone(&self.queue).try_acquire_owned().map_err(|_| full())?;
        let place = tokio::time::timeout(PATIENCE, Arc::clone(&self.free).acquire_owned()).await;
        let place = place.map_err(|_| full())?.map_err(|_| full())?;
        Ok(Some(Place { _place: place, _queued: queued }))
    }
}
