//! The server: pages for people, an API for programs, live events; the faces of what the rooms
//! below do. No rule lives here: a handler looks who asks, calls a room, and writes the answer.
//!
//! Standards: HTTP (RFC 9110), problem details (RFC 9457), `OpenAPI` 3.1, Server-Sent Events.
//!
//! | to find | look in |
//! | --- | --- |
//! | every path, with what answers | `routes.rs` |
//! | what a route is, and how a request arrives | `route.rs`, `form.rs`, `places.rs` |
//! | who asks, and what may be asked | `asked.rs` |
//! | how answers and problems look | `reply.rs`, `problem.rs`, `headers.rs` |
//! | the API, by noun; its description | `api/`, `openapi.rs` |
//! | pages, by noun | `pages/` |
//! | listening, the word to stop | `door.rs` |
//! | connections, TLS, ending in good order | `serve.rs` |
//! | live pages, background work, numbers | `live.rs`, `work.rs`, `metrics.rs` |
//! | what leaves: letters and calls | `sending.rs`, `mail.rs` |
//! | the example world | `demo.rs` |
//!
//! Functions that answer are ordinary ones: they may block, and run on threads for that. Only
//! arrival and departure are asynchronous.

mod api;
mod asked;
mod clock;
mod demo;
mod door;
mod form;
mod headers;
mod live;
mod mail;
mod metrics;
mod openapi;
mod origin;
mod pages;
mod places;
mod problem;
mod reply;
mod route;
mod routes;
mod sending;
mod serve;
mod serving;
mod work;

use std::future::Future;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use mainstay_accounts::Mail;
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::live::Live;
use crate::serving::{Manner, Serving};

pub use clock::Clock;
pub use demo::fill_demo;
pub use door::Door;
pub use mail::Post;
pub use origin::Origin;
pub use serve::TlsFiles;
pub use serving::Instance;

/// How an instance is to be served.
#[derive(Clone, Debug)]
pub struct ServeOptions {
    /// Where to listen.
    pub listen: SocketAddr,
    /// The address that people type, such as `https://mainstay.example`; without one, what the
    /// socket is bound to.
    pub public_url: Option<String>,
    /// A certificate of one's own.
    pub tls: Option<TlsFiles>,
    /// A proxy stands before the server.
    pub is_behind_proxy: bool,
    /// Bytes that a document may have.
    pub most_bytes: usize,
    /// How letters to people leave; without it they wait.
    pub post: Option<Post>,
    /// From whom letters come; without it, from `mainstay` at the host that people type.
    pub mail_from: Option<Mail>,
    /// Webhooks may lead to this machine: for an example world and for tests.
    pub calls_this_machine: bool,
    /// What is shown is made up.
    pub is_demo: bool,
}

/// Why the server does not start.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address is taken, or not ours.
    #[error("cannot listen on {0}: {1}")]
    Listen(SocketAddr, std::io::Error),
    /// A certificate or key cannot be used.
    #[error("{0}: {1}")]
    Tls(PathBuf, String),
    /// The address that people type is none.
    #[error("\"{0}\" is no address such as https://mainstay.example: scheme and host, no path")]
    PublicUrl(String),
    /// Other machines would be answered without a name that we know as ours.
    #[error(
        "{0} can be reached from other machines: say with --public-url under which address, and \
         put TLS before it (--tls-certificate, or a proxy)"
    )]
    NoPublicUrl(SocketAddr),
    /// The database, or the machine.
    #[error(transparent)]
    Store(#[from] mainstay_store::StoreError),
    /// The runtime does not start.
    #[error("the server cannot start: {0}")]
    Runtime(std::io::Error),
}

/// Serves an instance until `stop` is ready.
///
/// # Errors
/// When it cannot start. Once it answers, it ends well.
pub fn serve(
    door: Door,
    instance: Instance,
    options: &ServeOptions,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    let Door { runtime, listener, origin } = door;
    let done = runtime.block_on(run((listener, origin), instance, options, stop));
    // Work that is broken off was not acknowledged, and is begun again by whoever comes next.
    runtime.shutdown_timeout(serve::LAST_ANSWERS);
    done
}

/// How the server writes down what it does, on standard error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogForm {
    /// For people at a terminal: only what is wrong.
    Troubles,
    /// For programs: a line of JSON for every request.
    Json,
}

/// Begins to write down what the server does. Once for a process; a second time changes nothing.
pub fn log_to_stderr(form: LogForm) {
    let lines = tracing_subscriber::fmt().with_writer(std::io::stderr).with_target(false);
    let _ = match form {
        LogForm::Troubles => lines.with_max_level(tracing::Level::WARN).with_ansi(false).try_init(),
        LogForm::Json => lines.json().flatten_event(true).try_init(),
    };
}

/// The description of the API, `OpenAPI` 3.1.
pub fn openapi() -> serde_json::Value {
    openapi::document(&routes::routes())
}

async fn run(
    (listener, origin): (std::net::TcpListener, Origin),
    instance: Instance,
    options: &ServeOptions,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    let tls = options.tls.as_ref().map(TlsFiles::acceptor).transpose()?;
    let listener = TcpListener::from_std(listener).map_err(ServeError::Runtime)?;
    let manner = Manner {
        origin,
        is_behind_proxy: options.is_behind_proxy,
        most_bytes: options.most_bytes,
        office: options
            .post
            .clone()
            .map(|post| mail::Office { post, from: options.mail_from.clone() }),
        calls_this_machine: options.calls_this_machine,
        is_demo: options.is_demo,
    };
    let (say_stop, stopping) = watch::channel(false);
    let live = Live::new(stopping.clone());
    let serving = Arc::new(Serving::new(instance, manner, live.clone())?);
    let follow = tokio::spawn(live.follow(Arc::clone(&serving.instance.database)));
    let work = tokio::spawn(work::run(Arc::clone(&serving), stopping.clone()));
    let sending = tokio::spawn(sending::run(Arc::clone(&serving), stopping.clone()));
    let router = routes::router(&serving);
    tokio::spawn(async move {
        stop.await;
        // The receivers are there until the end.
        let _ = say_stop.send(true);
    });
    serve::run(listener, tls, router, stopping).await;
    let _ = follow.await;
    let _ = tokio::time::timeout(serve::LAST_ANSWERS, work).await;
    // What is under way and is not waited for is sent again by whoever comes next.
    let _ = tokio::time::timeout(serve::LAST_ANSWERS, sending).await;
    Ok(())
}
