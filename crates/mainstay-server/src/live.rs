//! Pages that change by themselves: Server-Sent Events (WHATWG HTML, "Server-sent events").
//!
//! An event says that something of a topic changed and nothing of what: the page then asks for
//! its part again, with the rights of its reader. What is about an organisation is told only to
//! those in whose sight it was when they began to listen.

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use futures_util::stream;
use mainstay_inventory::Sight;
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

/// Something that happened: its topic, and for whom it is.
type News = (Topic, For);

/// For whom something is.
#[derive(Clone, Debug)]
enum For {
    /// Whoever listens.
    All,
    /// In whose sight this organisation's inventory is.
    Sight(Arc<str>),
    /// Who has a role in this organisation.
    Members(Arc<str>),
}

/// Who listens: whose inventories they see, and where they have a role.
pub(crate) struct Listener {
    pub(crate) sight: Sight,
    pub(crate) own: BTreeSet<String>,
}

/// From the outbox in the database to the open pages of this process.
#[derive(Clone, Debug)]
pub(crate) struct Live {
    told: broadcast::Sender<News>,
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
    pub(crate) fn answer(&self, topics: Vec<String>, listener: Listener) -> Response {
        let state = (self.told.subscribe(), self.stop.clone(), (topics, listener));
        let heard = stream::unfold(state, |(mut told, mut stop, wanted)| async move {
            loop {
                let next = tokio::select! {
                    next = told.recv() => next,
                    _ = stop.wait_for(|stop| *stop) => return None,
                };
                let event = match next {
                    Ok((topic, about)) if is_for(&wanted, &topic, &about) => {
                        Event::default().data(&*topic)
                    }
                    Ok(_) => continue,
                    Err(broadcast::error::RecvError::Lagged(_)) => {
                        Event::default().data("everything")
                    }
                    Err(broadcast::error::RecvError::Closed) => return None,
                };
                return Some((Ok::<_, Infallible>(event), (told, stop, wanted)));
            }
        });
        Sse::new(heard).keep_alive(KeepAlive::new().interval(HEARTBEAT)).into_response()
    }
}

fn is_for((topics, listener): &(Vec<String>, Listener), topic: &str, about: &For) -> bool {
    topics.iter().any(|one| one == topic)
        && match about {
            For::All => true,
            For::Sight(party) => listener.sight.has(party),
            For::Members(party) => listener.own.contains(&**party),
        }
}

/// The number of the newest event, and what happened after `from`.
fn look(database: &Database, from: Option<i64>) -> Result<(i64, Vec<News>), StoreError> {
    database.read(|transaction| {
        let Some(from) = from else { return Ok((events::newest(transaction)?, Vec::new())) };
        let told = events::after(transaction, from, AT_ONCE)?;
        let newest = told.last().map_or(from, |last| last.sequence);
        Ok((newest, told.iter().map(news).collect()))
    })
}

fn news(told: &events::Told) -> News {
    let topic = Topic::from(told.kind.split('.').next().unwrap_or_default());
    let body: Option<serde_json::Value> = serde_json::from_str(&told.body).ok();
    let named = |key| body.as_ref().and_then(|body| body.get(key)?.as_str().map(Arc::from));
    let about = match (named("member"), named("party")) {
        (Some(party), _) => For::Members(party),
        (None, Some(party)) => For::Sight(party),
        (None, None) => For::All,
    };
    (topic, about)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(kind: &str, body: &str) -> events::Told {
        events::Told {
            sequence: 1,
            at: jiff::Timestamp::UNIX_EPOCH,
            kind: kind.to_owned(),
            subject: "ast_1".to_owned(),
            body: body.to_owned(),
        }
    }

    #[test]
    fn a_page_hears_of_its_topics_and_of_organisations_in_sight() {
        let listener = Listener {
            sight: Sight::Of(BTreeSet::from(["grid".to_owned()])),
            own: BTreeSet::from(["isac".to_owned()]),
        };
        let wanted = (vec!["sbom".to_owned()], listener);
        let hears = |kind, body| {
            let (topic, about) = news(&told(kind, body));
            is_for(&wanted, &topic, &about)
        };
        assert!(hears("sbom.added", r#"{"party": "grid"}"#));
        assert!(!hears("sbom.added", r#"{"party": "water"}"#));
        assert!(!hears("finding.opened", "{}"));
        assert!(hears("sbom.counted", "{}"));
        assert!(hears("sbom.told", r#"{"member": "isac"}"#));
        assert!(!hears("sbom.told", r#"{"member": "grid"}"#), "seeing is not belonging");
    }
}
