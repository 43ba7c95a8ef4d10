//! Why a request failed, and what to do about it.

use std::fmt;
use std::io;

use mainstay_types::SourceUrl;

/// A request that failed. `Display` hides secrets in the address.
#[derive(Debug)]
pub struct FetchError {
    url: SourceUrl,
    kind: FetchErrorKind,
}

/// The ways in which a request fails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FetchErrorKind {
    /// The address is no `http` or `https` address.
    Address(String),
    /// The host has no address: no network, no such name, or no name service.
    NoHost,
    /// No connection: refused, unreachable, or not within the time.
    NoConnection(String),
    /// The certificate or the encryption was not accepted.
    Tls(String),
    /// The proxy of the environment failed, or its address cannot be read.
    Proxy(String),
    /// Silence for too long, or the whole took too long.
    Timeout,
    /// The server's answer is an error or unexpected.
    Status(u16),
    /// More redirects than allowed, or one that leads away from `https`.
    Redirect(String),
    /// The body is longer than the limit, in bytes.
    TooLarge(u64),
    /// The connection ended before the body was whole.
    Broken(String),
    /// The answer is no HTTP.
    Protocol(String),
}

impl FetchError {
    pub(crate) fn new(url: &SourceUrl, kind: FetchErrorKind) -> Self {
        Self { url: url.clone(), kind }
    }

    /// What kind of failure it is.
    pub fn kind(&self) -> &FetchErrorKind {
        &self.kind
    }

    /// The address asked for.
    pub fn url(&self) -> &SourceUrl {
        &self.url
    }

    /// A short stable name of the failure, in kebab case.
    pub fn code(&self) -> &'static str {
        match self.kind {
            FetchErrorKind::Address(_) => "fetch-address",
            FetchErrorKind::NoHost => "fetch-no-host",
            FetchErrorKind::NoConnection(_) => "fetch-no-connection",
            FetchErrorKind::Tls(_) => "fetch-tls",
            FetchErrorKind::Proxy(_) => "fetch-proxy",
            FetchErrorKind::Timeout => "fetch-timeout",
            FetchErrorKind::Status(_) => "fetch-status",
            FetchErrorKind::Redirect(_) => "fetch-redirect",
            FetchErrorKind::TooLarge(_) => "fetch-too-large",
            FetchErrorKind::Broken(_) => "fetch-broken",
            FetchErrorKind::Protocol(_) => "fetch-protocol",
        }
    }

    /// What to do about it.
    pub fn advice(&self) -> &'static str {
        match self.kind {
            FetchErrorKind::Address(_) => "correct the address in the settings",
            FetchErrorKind::NoHost | FetchErrorKind::NoConnection(_) => {
                "check the network and the proxy settings, or import a file with `mainstay db import`"
            }
            FetchErrorKind::Tls(_) => {
                "check the clock, and whether a proxy's certificate is known to this machine"
            }
            FetchErrorKind::Proxy(_) => "check HTTPS_PROXY, HTTP_PROXY and NO_PROXY",
            FetchErrorKind::Timeout | FetchErrorKind::Broken(_) => {
                "try again; what was fetched so far is kept and the rest is asked for"
            }
            FetchErrorKind::Status(404 | 410) => "check that the address is right",
            FetchErrorKind::Status(_) | FetchErrorKind::Protocol(_) => {
                "try again later, or check the address"
            }
            FetchErrorKind::Redirect(_) => "put the final address into the settings",
            FetchErrorKind::TooLarge(_) => "check the address; no advisory data are that large",
        }
    }

    /// Whether nothing answered at all: the next request to anywhere will hardly fare better.
    pub fn is_no_network(&self) -> bool {
        match self.kind {
            FetchErrorKind::NoHost | FetchErrorKind::NoConnection(_) | FetchErrorKind::Proxy(_) => {
                true
            }
            FetchErrorKind::Address(_)
            | FetchErrorKind::Tls(_)
            | FetchErrorKind::Timeout
            | FetchErrorKind::Status(_)
            | FetchErrorKind::Redirect(_)
            | FetchErrorKind::TooLarge(_)
            | FetchErrorKind::Broken(_)
            | FetchErrorKind::Protocol(_) => false,
        }
    }
}

impl fmt::Display for FetchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.url)?;
        match &self.kind {
            FetchErrorKind::Address(why) => write!(f, "no address that can be asked: {why}"),
            FetchErrorKind::NoHost => f.write_str("the host was not found"),
            FetchErrorKind::NoConnection(why) => write!(f, "no connection: {why}"),
            FetchErrorKind::Tls(why) => write!(f, "no trusted connection: {why}"),
            FetchErrorKind::Proxy(why) => write!(f, "the proxy failed: {why}"),
            FetchErrorKind::Timeout => f.write_str("no answer in time"),
            FetchErrorKind::Status(status) => write!(f, "the server answered {status}"),
            FetchErrorKind::Redirect(why) => write!(f, "redirect not followed: {why}"),
            FetchErrorKind::TooLarge(limit) => {
                write!(f, "the answer is longer than {limit} bytes")
            }
            FetchErrorKind::Broken(why) => write!(f, "the download broke off: {why}"),
            FetchErrorKind::Protocol(why) => write!(f, "the answer is not HTTP: {why}"),
        }?;
        write!(f, "; {}", self.advice())
    }
}

impl std::error::Error for FetchError {}

impl From<FetchError> for io::Error {
    fn from(error: FetchError) -> Self {
        Self::other(error)
    }
}

/// The kind of failure behind an error of the client library.
#[expect(clippy::wildcard_enum_match_arm, reason = "the enum is open: its owner may add variants")]
pub(crate) fn kind_of(error: ureq::Error) -> FetchErrorKind {
    match error {
        ureq::Error::StatusCode(status) => FetchErrorKind::Status(status),
        ureq::Error::HostNotFound => FetchErrorKind::NoHost,
        ureq::Error::ConnectionFailed => FetchErrorKind::NoConnection("refused".to_owned()),
        ureq::Error::Timeout(ureq::Timeout::Connect | ureq::Timeout::Resolve) => {
            FetchErrorKind::NoConnection("not within the time".to_owned())
        }
        ureq::Error::Timeout(_) => FetchErrorKind::Timeout,
        ureq::Error::InvalidProxyUrl => FetchErrorKind::Proxy("unreadable address".to_owned()),
        ureq::Error::ConnectProxyFailed(why) => FetchErrorKind::Proxy(why),
        ureq::Error::Tls(why) => FetchErrorKind::Tls(why.to_owned()),
        ureq::Error::Rustls(why) => FetchErrorKind::Tls(why.to_string()),
        ureq::Error::BadUri(why) => FetchErrorKind::Address(why),
        ureq::Error::Http(why) => FetchErrorKind::Address(why.to_string()),
        ureq::Error::Io(why) => kind_of_io(&why),
        other => FetchErrorKind::Protocol(other.to_string()),
    }
}

/// Whether the system's resolver failed. Rust gives that failure no kind of its own, only these
/// words before the system's message.
fn is_failed_lookup(message: &str) -> bool {
    message.contains("failed to lookup address information")
}

/// The kind of failure behind an error of the socket.
#[expect(clippy::wildcard_enum_match_arm, reason = "the enum is open: its owner may add variants")]
pub(crate) fn kind_of_io(error: &io::Error) -> FetchErrorKind {
    // The TLS library's refusals arrive wrapped.
    if let Some(tls) = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        return FetchErrorKind::Tls(tls.to_string());
    }
    if let Some(inner) = error.get_ref().and_then(|inner| inner.downcast_ref::<ureq::Error>()) {
        return match inner {
            ureq::Error::Timeout(_) => FetchErrorKind::Timeout,
            other => FetchErrorKind::Broken(other.to_string()),
        };
    }
    match error.kind() {
        io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => FetchErrorKind::Timeout,
        io::ErrorKind::ConnectionRefused
        | io::ErrorKind::HostUnreachable
        | io::ErrorKind::NetworkUnreachable
        | io::ErrorKind::NetworkDown
        | io::ErrorKind::AddrNotAvailable => FetchErrorKind::NoConnection(error.to_string()),
        _ if is_failed_lookup(&error.to_string()) => FetchErrorKind::NoHost,
        _ => FetchErrorKind::Broken(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_nobody_knows_is_no_network() {
        let message = "failed to lookup address information: Name or service not known";
        assert!(matches!(kind_of_io(&io::Error::other(message)), FetchErrorKind::NoHost));
    }

    #[test]
    fn a_connection_that_ends_is_a_broken_download() {
        let error = io::Error::from(io::ErrorKind::ConnectionReset);
        assert!(matches!(kind_of_io(&error), FetchErrorKind::Broken(_)));
    }
}
