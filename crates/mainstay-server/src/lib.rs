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
//! | listening, TLS, stopping | `serve.rs` |
//! | live pages, background work, letters, numbers | `live.rs`, `work.rs`, `mail.rs`, `metrics.rs` |
//! | the example world | `demo.rs` |
//!
//! Functions that answer are ordinary ones: they may block, and run on threads for that. Only
//! arrival and departure are asynchronous.

mod api;
mod asked;
mod clock;
mod demo;
mod form;
mod headers;
mod live;
mod mail;
mod metrics;
mod openapi;
mod pages;
mod places;
mod problem;
mod reply;
mod route;
mod routes;
mod serve;
mod serving;
mod work;

use std::future::Future;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::live::Live;
use crate::serving::{Manner, Serving};

pub use clock::Clock;
pub use demo::fill_demo;
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
    /// Where letters to people are put, for another program to send; without it they wait.
    pub mail_folder: Option<PathBuf>,
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

/// A socket that listens, and the address under which people reach it.
#[derive(Debug)]
pub struct Door {
    listener: std::net::TcpListener,
    origin: String,
}

impl Door {
    /// Begins to listen. Whoever asks waits until [`serve`] answers.
    ///
    /// # Errors
    /// When the address is taken, or other machines would be answered without a name of ours.
    pub fn open(options: &ServeOptions) -> Result<Self, ServeError> {
        let named = options.public_url.as_deref().map(origin).transpose()?;
        if named.is_none() && !options.listen.ip().is_loopback() {
            return Err(ServeError::NoPublicUrl(options.listen));
        }
        let failed = |error| ServeError::Listen(options.listen, error);
        let listener = std::net::TcpListener::bind(options.listen).map_err(failed)?;
        listener.set_nonblocking(true).map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let scheme = if options.tls.is_some() { "https" } else { "http" };
        Ok(Self { listener, origin: named.unwrap_or_else(|| here(scheme, address)) })
    }

    /// The address that people type: `https://mainstay.example`.
    pub fn origin(&self) -> &str {
        &self.origin
    }
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
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .max_blocking_threads(64)
        .enable_all()
        .build()
        .map_err(ServeError::Runtime)?;
    let done = runtime.block_on(run(door, instance, options, stop));
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

/// Ready when the process is asked to end: interrupt or termination.
pub async fn interrupted() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let Ok(mut terminate) = signal(SignalKind::terminate()) else {
            let _ = interrupt.await;
            return;
        };
        tokio::select! {
            _ = interrupt => {}
            _ = terminate.recv() => {}
        }
    }
    #[cfg(not(unix))]
    {
        let _ = interrupt.await;
    }
}

/// The description of the API, `OpenAPI` 3.1.
pub fn openapi() -> serde_json::Value {
    openapi::document(&routes::routes())
}

async fn run(
    door: Door,
    instance: Instance,
    options: &ServeOptions,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    let tls = options.tls.as_ref().map(TlsFiles::acceptor).transpose()?;
    let listener = TcpListener::from_std(door.listener).map_err(ServeError::Runtime)?;
    let manner = Manner {
        origin: door.origin,
        is_behind_proxy: options.is_behind_proxy,
        most_bytes: options.most_bytes,
        mail_folder: options.mail_folder.clone(),
        is_demo: options.is_demo,
    };
    let (say_stop, stopping) = watch::channel(false);
    let live = Live::new(stopping.clone());
    let serving = Arc::new(Serving::new(instance, manner, live.clone())?);
    let follow = tokio::spawn(live.follow(Arc::clone(&serving.instance.database)));
    let work = tokio::spawn(work::run(Arc::clone(&serving), stopping.clone()));
    let router = routes::router(&serving);
    tokio::spawn(async move {
        stop.await;
        // The receivers are there until the end.
        let _ = say_stop.send(true);
    });
    serve::run(listener, tls, router, stopping).await;
    let _ = follow.await;
    let _ = tokio::time::timeout(serve::LAST_ANSWERS, work).await;
    Ok(())
}

/// This machine by its name: passkeys belong to names, not to numbers.
fn here(scheme: &str, address: SocketAddr) -> String {
    if address.ip().is_loopback() {
        format!("{scheme}://localhost:{}", address.port())
    } else {
        format!("{scheme}://{address}")
    }
}

/// Scheme and host of an address, and nothing else.
fn origin(text: &str) -> Result<String, ServeError> {
    let wrong = || ServeError::PublicUrl(text.to_owned());
    let plain = text.strip_suffix('/').unwrap_or(text);
    let host = plain
        .strip_prefix("https://")
        .or_else(|| plain.strip_prefix("http://"))
        .ok_or_else(wrong)?;
    let letter = |letter: char| letter.is_ascii_alphanumeric() || ".-:[]".contains(letter);
    if host.is_empty() || !host.chars().all(letter) {
        return Err(wrong());
    }
    Ok(plain.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_scheme_and_a_host() {
        assert_eq!(origin("https://Mainstay.example/").unwrap(), "https://mainstay.example");
        assert_eq!(origin("http://127.0.0.1:8080").unwrap(), "http://127.0.0.1:8080");
        for wrong in ["mainstay.example", "https://", "https://a/b", "ftp://a", "https://a b"] {
            assert!(origin(wrong).is_err(), "{wrong}");
        }
    }
}
