//! Pages that change by themselves: Server-Sent Events (WHATWG HTML, "Server-sent events").
//!
//! An event says that something of a topic changed and nothing of what: the page then asks for
//! its part again, with the rights of its reader. So no event can tell what its reader may not
//! know.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use futures_util::stream;
use mainstay_store::{Database, StoreError, events};
use tokio::sync::{broadcast, watch};

/// How often the outbox is looked at.
const LOOK: Duration = Duration::from_millis(300);
/// How often a quiet connection is kept open through proxies.
const HEARTBEAT: Duration = Duration::from_secs(20);
/// Events that a slow page may be behind; then it is told to ask for everything again.
const BEHIND: usize = 256;
/// Events that are read at once.
const AT_ONCE: i64 = 500;

/// What a page wants to hear of: the first word of events, `sbom` of `sbom.added`.
pub(crate) type Topic = Arc<str>;

/// From the outbox in the database to the open pages of this process.
#[derive(Clone, Debug)]
pub(crate) struct Live {
    told: broadcast::Sender<(i64, Topic)>,
    stop: watch::Receiver<bool>,
}

impl Live {
    pub(crate) fn new(stop: watch::Receiver<bool>) -> Self {
        Self { told: broadcast::Sender::new(BEHIND), stop }
    }

    /// Reads the outbox until the server stops. What happened before is not told.
    pub(crate) async fn follow(self, database: Arc<Database>) {
        let mut last = None;
        let mut stop = self.stop.clone();
        loop {
            let (database, from) = (Arc::clone(&database), last);
            let read = tokio::task::spawn_blocking(move || look(&database, from)).await;
            match read {
                Ok(Ok((newest, topics))) => {
                    last = Some(newest);
                    for told in topics {
                        // Nobody may be listening.
                        let _ = self.told.send(told);
                    }
                }
                Ok(Err(error)) => tracing::warn!(%error, "the outbox cannot be read"),
                Err(error) => tracing::error!(%error, "reading the outbox failed"),
            }
            tokio::select! {
                () = tokio::time::sleep(LOOK) => {}
                _ = stop.wait_for(|stop| *stop) => return,
            }
        }
    }

    /// What a page hears: a line each time when something of its topics changed.
    pub(crate) fn answer(&self, topics: Vec<String>) -> Response {
        let state = (self.told.subscribe(), self.stop.clone(), topics);
        let heard = stream::unfold(state, |(mut told, mut stop, topics)| async move {
            loop {
                let next = tokio::select! {
                    next = told.recv() => next,
                    _ = stop.wait_for(|stop| *stop) => return None,
                };
                let event = match next {
                    Ok((sequence, topic)) if topics.iter().any(|one| **one == *topic) => {
                        Event::default().id(sequence.to_string()).data(&*topic)
                    }
                    Ok(_) => continue,
                    Err(broadcast::error::RecvError::Lagged(_)) => {
                        Event::default().data("everything")
                    }
                    Err(broadcast::error::RecvError::Closed) => return None,
                };
                return Some((Ok::<_, Infallible>(event), (told, stop, topics)));
            }
        });
        Sse::new(heard).keep_alive(KeepAlive::new().interval(HEARTBEAT)).into_response()
    }
}

/// The number of the newest event, and what happened after `from`.
fn look(database: &Database, from: Option<i64>) -> Result<(i64, Vec<(i64, Topic)>), StoreError> {
    database.read(|transaction| {
        let Some(from) = from else { return Ok((events::newest(transaction)?, Vec::new())) };
        let told = events::after(transaction, from, AT_ONCE)?;
        let newest = told.last().map_or(from, |last| last.sequence);
        let topic = |kind: &str| Topic::from(kind.split('.').next().unwrap_or_default());
        Ok((newest, told.iter().map(|one| (one.sequence, topic(&one.kind))).collect()))
    })
}
