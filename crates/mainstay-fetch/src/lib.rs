//! The one outbound HTTP client of the house (HTTP/1.1, RFC 9110 and 9112).
//!
//! Nothing else opens a connection. Every request has a limit on its size and on its time, follows
//! few redirects, speaks only `http` and `https`, and never falls from `https` back to `http`.
//! Certificates are checked by the platform's own verifier; proxies come from the environment
//! (`HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY`, `NO_PROXY`).
//!
//! - [`Fetcher::get`] asks, with [`Conditions`] (`ETag`, `If-Modified-Since`, `Range`).
//! - [`Response`] tells what came; its [`Body`] is read as a stream and stops at the limit.
//! - [`Fetcher::send`] sends something with a token, to one server and no other.
//! - [`FetchError`] says what failed, with a code and what to do. Secrets in addresses are hidden.

mod conditions;
mod error;
mod fetcher;
mod limits;
mod location;
mod response;
mod send;

pub use conditions::{Conditions, Resume};
pub use error::{FetchError, FetchErrorKind};
pub use fetcher::{Fetcher, Proxies};
pub use limits::Limits;
pub use response::{Body, Outcome, Response};
pub use send::Sent;
