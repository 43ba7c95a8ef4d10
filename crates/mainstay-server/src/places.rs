//! Places for uploads: so many documents are in memory at a time, and no more; and no account and
//! no organisation takes them all.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::problem::Problem;

/// Uploads that are taken in at once; each may be as large as the largest document.
const PLACES: usize = 4;
/// Of them, how many one account has: whoever sends slowly holds a place for long.
const HELD_BY_ACCOUNT: usize = 2;
/// Uploads that are taken in or wait.
const WAITING: usize = 64;
/// Of them, how many of one account, and how many to one organisation.
const OF_ACCOUNT: usize = 8;
const TO_ORGANISATION: usize = 16;
/// Seconds after which one may come back.
const COME_BACK: u32 = 10;
/// How long one waits.
const PATIENCE: Duration = Duration::from_secs(30);

/// The places, and a queue before them that has an end.
#[derive(Debug)]
pub(crate) struct Places {
    free: Arc<Semaphore>,
    queue: Arc<Queue>,
}

type Queue = Mutex<Waiting>;

/// Who is in the queue.
#[derive(Debug, Default)]
struct Waiting {
    all: usize,
    /// By account and by organisation.
    of: HashMap<Subject, usize>,
    /// The places that each account in the queue may hold.
    turns: HashMap<Subject, Arc<Semaphore>>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Subject {
    Account(String),
    Organisation(String),
}

impl Subject {
    fn most(&self) -> usize {
        match self {
            Self::Account(_) => OF_ACCOUNT,
            Self::Organisation(_) => TO_ORGANISATION,
        }
    }
}

/// Why somebody does not get into the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Full {
    Everywhere,
    Account,
    Organisation,
}

impl From<Full> for Problem {
    fn from(full: Full) -> Self {
        let why = match full {
            Full::Everywhere => "too many uploads wait here",
            Full::Account => "too many uploads of your account wait (8 are possible)",
            Full::Organisation => "too many uploads to this organisation wait (16 are possible)",
        };
        Self::too_many(format!("{why}; nothing of this one was kept"), COME_BACK)
    }
}

impl Default for Places {
    fn default() -> Self {
        Self { free: Arc::new(Semaphore::new(PLACES)), queue: Arc::default() }
    }
}

/// A place that was taken; it is free again when this is gone.
#[derive(Debug)]
pub(crate) struct Place {
    _taken: OwnedSemaphorePermit,
    _turn: OwnedSemaphorePermit,
    _queued: Queued,
}

/// Somebody in the queue.
#[derive(Debug)]
struct Queued {
    queue: Arc<Queue>,
    subjects: Vec<Subject>,
}

impl Places {
    /// Waits for a place for what an account sends, mostly to an organisation.
    ///
    /// # Errors
    /// When too many wait already, or it takes too long: 429, with a time to come back.
    pub(crate) async fn take(
        &self,
        account: &str,
        organisation: Option<&str>,
    ) -> Result<Place, Problem> {
        let queued = Queued::stand(&self.queue, account, organisation)?;
        let soon = tokio::time::Instant::now() + PATIENCE;
        let turn = tokio::time::timeout_at(soon, queued.turn(account).acquire_owned()).await;
        let turn = turn.map_err(|_| Full::Account)?.map_err(|_| Full::Account)?;
        let place = tokio::time::timeout_at(soon, Arc::clone(&self.free).acquire_owned()).await;
        let place = place.map_err(|_| Full::Everywhere)?.map_err(|_| Full::Everywhere)?;
        Ok(Place { _taken: place, _turn: turn, _queued: queued })
    }
}

impl Queued {
    fn stand(queue: &Arc<Queue>, account: &str, organisation: Option<&str>) -> Result<Self, Full> {
        let mut waiting = queue.lock().unwrap_or_else(PoisonError::into_inner);
        let mut subjects = vec![Subject::Account(account.to_owned())];
        subjects.extend(organisation.map(|id| Subject::Organisation(id.to_owned())));
        if waiting.all >= WAITING {
            return Err(Full::Everywhere);
        }
        for subject in &subjects {
            if waiting.of.get(subject).is_some_and(|waiting| *waiting >= subject.most()) {
                return Err(match subject {
                    Subject::Account(_) => Full::Account,
                    Subject::Organisation(_) => Full::Organisation,
                });
            }
        }
        waiting.all += 1;
        for subject in &subjects {
            *waiting.of.entry(subject.clone()).or_default() += 1;
        }
        Ok(Self { queue: Arc::clone(queue), subjects })
    }

    /// The places that an account may hold.
    fn turn(&self, account: &str) -> Arc<Semaphore> {
        let mut waiting = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        let turns = waiting.turns.entry(Subject::Account(account.to_owned()));
        Arc::clone(turns.or_insert_with(|| Arc::new(Semaphore::new(HELD_BY_ACCOUNT))))
    }
}

impl Drop for Queued {
    fn drop(&mut self) {
        let mut waiting = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.all = waiting.all.saturating_sub(1);
        for subject in &self.subjects {
            let left = waiting.of.get(subject).copied().unwrap_or(0).saturating_sub(1);
            if left == 0 {
                waiting.of.remove(subject);
                waiting.turns.remove(subject);
            } else {
                waiting.of.insert(subject.clone(), left);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_account_cannot_fill_the_queue() {
        let queue = Arc::default();
        let stand = |number: usize| Queued::stand(&queue, "ada", Some(&format!("org-{number}")));
        let mine: Vec<_> = (0..OF_ACCOUNT).map(|number| stand(number).unwrap()).collect();
        assert_eq!(stand(99).unwrap_err(), Full::Account);
        assert!(Queued::stand(&queue, "ben", Some("org-1")).is_ok());
        drop(mine);
        assert!(stand(99).is_ok());
    }

    #[test]
    fn one_account_leaves_places_to_others() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let places = Places::default();
            let mut held = Vec::new();
            for _ in 0..HELD_BY_ACCOUNT {
                held.push(places.take("ada", Some("grid")).await.unwrap());
            }
            let mut next = Box::pin(places.take("ada", Some("grid")));
            assert!(futures_util::FutureExt::now_or_never(&mut next).is_none());
            assert!(places.take("ben", Some("grid")).await.is_ok());
            held.pop();
            assert!(next.await.is_ok());
        });
    }

    #[test]
    fn one_organisation_cannot_fill_the_queue_however_many_accounts_it_has() {
        let queue = Arc::default();
        let stand =
            |number: usize| Queued::stand(&queue, &format!("person-{number}"), Some("grid"));
        let mine: Vec<_> = (0..TO_ORGANISATION).map(|number| stand(number).unwrap()).collect();
        let full = stand(99).unwrap_err();
        assert_eq!(full, Full::Organisation);
        assert_eq!(Problem::from(full).retry_after, Some(COME_BACK));
        assert!(Queued::stand(&queue, "ada", Some("water")).is_ok());
        drop(mine);
        assert!(stand(99).is_ok());
    }
}
