//! The socket that listens, and the word to stop: both stand before anybody learns the address.

use std::future::Future;
use std::io;
use std::net::TcpListener;

use tokio::runtime::{Builder, Runtime};

use crate::origin::Origin;
use crate::{ServeError, ServeOptions};

/// A socket that listens, and the address under which people reach it.
#[derive(Debug)]
pub struct Door {
    pub(crate) runtime: Runtime,
    pub(crate) listener: TcpListener,
    pub(crate) origin: Origin,
}

impl Door {
    /// Begins to listen. Whoever asks waits until [`serve`](crate::serve()) answers.
    ///
    /// # Errors
    /// When the address is taken, or other machines would be answered without a name of ours.
    pub fn open(options: &ServeOptions) -> Result<Self, ServeError> {
        let named: Option<Origin> = options.public_url.as_deref().map(str::parse).transpose()?;
        if named.is_none() && !options.listen.ip().is_loopback() {
            return Err(ServeError::NoPublicUrl(options.listen));
        }
        let failed = |error| ServeError::Listen(options.listen, error);
        let listener = TcpListener::bind(options.listen).map_err(failed)?;
        listener.set_nonblocking(true).map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let scheme = if options.tls.is_some() { "https" } else { "http" };
        let origin = named.unwrap_or_else(|| Origin::here(scheme, address));
        let runtime = Builder::new_multi_thread()
            .worker_threads(2)
            .max_blocking_threads(64)
            .enable_all()
            .build()
            .map_err(ServeError::Runtime)?;
        Ok(Self { runtime, listener, origin })
    }

    /// Ready when the process is asked to end: interrupt or termination. From this call on it is
    /// heard and no longer ends the process at once, so call it before anybody learns where we
    /// are.
    ///
    /// # Errors
    /// When the machine does not let us hear.
    pub fn interrupted(
        &self,
    ) -> Result<impl Future<Output = ()> + Send + 'static + use<>, ServeError> {
        let _here = self.runtime.enter();
        signals().map_err(ServeError::Runtime)
    }

    /// The address that people type.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }
}

#[cfg(unix)]
fn signals() -> io::Result<impl Future<Output = ()> + Send + 'static> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

#[cfg(windows)]
fn signals() -> io::Result<impl Future<Output = ()> + Send + 'static> {
    let mut interrupt = tokio::signal::windows::ctrl_c()?;
    Ok(async move {
        let _ = interrupt.recv().await;
    })
}
