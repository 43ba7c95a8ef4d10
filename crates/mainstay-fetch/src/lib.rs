//! What leaves the house: the one outbound HTTP client (HTTP/1.1, RFC 9110 and 9112), and letters.
//!
//! Nothing else opens a connection. Every request has a limit on its size and on its time, follows
//! few redirects, speaks only `http` and `https`, and never falls from `https` back to `http`.
//! Certificates are checked by the platform's own verifier; proxies come from the environment
//! (`HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY`, `NO_PROXY`).
//!
//! - [`Fetcher::get`] asks, with [`Conditions`] (`ETag`, `If-Modified-Since`, `Range`).
//! - [`Response`] tells what came; its [`Body`] is read as a stream and stops at the limit.
//! - [`Fetcher::send`] sends something with a token, to one server and no other.
//! - [`Fetcher::post`] calls a program at an address that others have given; with [`Fetcher::to`]
//!   it reaches public machines only.
//! - [`send_mail`] hands a letter to a mail server (SMTP, RFC 5321).
//! - [`FetchError`] says what failed, with a code and what to do. Secrets in addresses are hidden.

mod conditions;
mod error;
mod fetcher;
mod limits;
mod location;
mod public;
mod response;
mod send;
mod smtp;

pub use conditions::{Conditions, Resume};
pub use error::{FetchError, FetchErrorKind};
pub use fetcher::{Fetcher, Proxies, Reach};
pub use limits::Limits;
pub use public::is_public;
pub use response::{Body, Outcome, Response};
pub use send::Sent;
pub use smtp::{Envelope, MailServer, MailServerError, SmtpError, send_mail};
