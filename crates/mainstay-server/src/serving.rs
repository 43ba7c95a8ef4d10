//! What every request needs: the instance behind the server, and the server's own small things.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::http::request::Parts;
use mainstay_accounts::Accounts;
use mainstay_inventory::Inventory;
use mainstay_notices::{Caller, Notices, WebhookKey};
use mainstay_questions::Questions;
use mainstay_store::Database;

use crate::asked::{Asked, Wanted};
use crate::clock::Clock;
use crate::live::Live;
use crate::mail::Office;
use crate::metrics::Metrics;
use crate::origin::Origin;
use crate::places::Places;
use crate::serve::Peer;

/// What is served: one instance, opened.
#[derive(Debug)]
pub struct Instance {
    /// The rows.
    pub database: Arc<Database>,
    /// Who uses what.
    pub inventory: Arc<Inventory>,
    /// Who asked what, and who answered.
    pub questions: Arc<Questions>,
    /// Who may sign in.
    pub accounts: Arc<Accounts>,
    /// What calls to programs are signed with.
    pub webhook_key: WebhookKey,
    /// What time it is.
    pub clock: Clock,
}

/// How it is served.
#[derive(Clone, Debug)]
pub(crate) struct Manner {
    /// The address that people type.
    pub(crate) origin: Origin,
    /// A proxy stands before the server, and says for whom it asks.
    pub(crate) is_behind_proxy: bool,
    /// Bytes that a document may have.
    pub(crate) most_bytes: usize,
    /// How letters to people leave.
    pub(crate) office: Option<Office>,
    /// Programs on this machine are called.
    pub(crate) calls_this_machine: bool,
    /// What is shown is made up.
    pub(crate) is_demo: bool,
}

/// The instance while it is served.
#[derive(Debug)]
pub(crate) struct Serving {
    pub(crate) instance: Instance,
    pub(crate) manner: Manner,
    pub(crate) metrics: Metrics,
    pub(crate) places: Places,
    pub(crate) live: Live,
    pub(crate) notices: Notices,
    pub(crate) caller: Caller,
    requests: AtomicU64,
    /// Tells the requests of this run from those of others.
    run: String,
}

impl Serving {
    pub(crate) fn new(
        instance: Instance,
        manner: Manner,
        live: Live,
    ) -> Result<Self, mainstay_store::StoreError> {
        let run = mainstay_store::new_id("run", instance.clock.now())?;
        let notices =
            Notices::open(Arc::clone(&instance.database), Arc::clone(&instance.inventory));
        let agent = concat!("mainstay/", env!("CARGO_PKG_VERSION"));
        let caller = Caller::new(agent, manner.calls_this_machine);
        Ok(Self {
            notices,
            caller,
            instance,
            manner,
            metrics: Metrics::default(),
            places: Places::default(),
            live,
            requests: AtomicU64::new(0),
            run,
        })
    }

    pub(crate) fn most_bytes(&self) -> usize {
        self.manner.most_bytes
    }

    /// The name of this run: no other process has it.
    pub(crate) fn run(&self) -> &str {
        &self.run
    }

    /// A request that has begun.
    pub(crate) fn request(self: &Arc<Self>, parts: &Parts, wanted: Wanted) -> Asked {
        let number = self.requests.fetch_add(1, Ordering::Relaxed);
        let id = format!("{}-{number}", self.run);
        Asked::new(Arc::clone(self), parts, wanted, id, self.address_of(parts))
    }

    /// From where somebody asks. Behind a proxy that is the last address it added: those before
    /// it are what the asker claims.
    fn address_of(&self, parts: &Parts) -> Option<IpAddr> {
        let peer = parts.extensions.get::<Peer>().map(|peer| peer.0.ip());
        if !self.manner.is_behind_proxy {
            return peer;
        }
        let named = parts.headers.get_all("x-forwarded-for").iter().next_back();
        let last = named.and_then(|value| value.to_str().ok()?.rsplit(',').next());
        let last = last.unwrap_or_default().trim();
        let with_port = || last.parse::<SocketAddr>().ok().map(|address| address.ip());
        last.parse().ok().or_else(with_port).or(peer)
    }
}
