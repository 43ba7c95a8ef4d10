//! The client: asks, follows redirects, holds the limits.

use std::sync::Arc;
use std::time::{Duration, Instant};

use mainstay_types::SourceUrl;
use ureq::config::Config;
use ureq::tls::{RootCerts, TlsConfig};
use ureq::unversioned::transport::DefaultConnector;
use ureq::{Agent, Proxy};

use crate::error::{FetchError, FetchErrorKind, kind_of};
use crate::location::resolve;
use crate::public::PublicNames;
use crate::response::{Body, Outcome, Response};
use crate::{Conditions, Limits};

/// Whether a request may go through a proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proxies {
    /// As `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY` say.
    FromEnvironment,
    /// Never.
    None,
}

/// The HTTP client. Cheap to clone; connections are reused.
#[derive(Clone, Debug)]
pub struct Fetcher {
    agent: Agent,
    limits: Limits,
}

/// Which machines may be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Those with a public address: for addresses that others have given.
    Public,
    /// Those, and this machine: for an example world and for tests.
    PublicAndThisMachine,
}

impl Fetcher {
    /// A client that asks only machines within `reach`, whatever their name. It uses no proxy: a
    /// proxy would look the name up where nobody can see to what it leads.
    pub fn to(reach: Reach, limits: Limits, user_agent: &str) -> Self {
        let config = config(&limits, user_agent, None);
        let agent = Agent::with_parts(config, DefaultConnector::default(), PublicNames::of(reach));
        Self { agent, limits }
    }

    /// A client with these limits that calls itself `user_agent` (`mainstay/0.1.0`).
    pub fn new(limits: Limits, user_agent: &str, proxies: Proxies) -> Self {
        let proxy = match proxies {
            Proxies::FromEnvironment => Proxy::try_from_env(),
            Proxies::None => None,
        };
        let agent = config(&limits, user_agent, proxy).new_agent();
        Self { agent, limits }
    }

    /// The limits of every request.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    pub(crate) fn agent(&self) -> &Agent {
        &self.agent
    }

    /// Asks for an address.
    ///
    /// # Errors
    /// Any status but 200, 206 and 304 is an error, and so is a 206 that was not asked for.
    pub fn get(
        &self,
        url: &SourceUrl,
        conditions: &Conditions<'_>,
    ) -> Result<Response, FetchError> {
        let deadline = Instant::now() + self.limits.total;
        let mut target = url.clone();
        for _ in 0..=self.limits.redirects {
            let answer = self.ask(&target, conditions, deadline)?;
            match answer.status().as_u16() {
                301 | 302 | 303 | 307 | 308 => {
                    let location = header(&answer, "location").unwrap_or_default();
                    target = resolve(&target, &location)
                        .map_err(|kind| FetchError::new(&target, kind))?;
                }
                _ => return self.read_answer(target, answer, conditions),
            }
        }
        let why = format!("more than {}", self.limits.redirects);
        Err(FetchError::new(url, FetchErrorKind::Redirect(why)))
    }

    fn ask(
        &self,
        url: &SourceUrl,
        conditions: &Conditions<'_>,
        deadline: Instant,
    ) -> Result<Answer, FetchError> {
        if !matches!(url.scheme().as_deref(), Some("http" | "https")) {
            let why = "it does not begin with http:// or https://".to_owned();
            return Err(FetchError::new(url, FetchErrorKind::Address(why)));
        }
        let left = deadline.saturating_duration_since(Instant::now()).max(Duration::from_millis(1));
        let mut request = self.agent.get(url.reveal()).config().timeout_global(Some(left)).build();
        for (name, value) in conditions.headers() {
            request = request.header(name, value);
        }
        request.call().map_err(|error| FetchError::new(url, kind_of(error)))
    }

    fn read_answer(
        &self,
        url: SourceUrl,
        answer: Answer,
        conditions: &Conditions<'_>,
    ) -> Result<Response, FetchError> {
        let outcome = match answer.status().as_u16() {
            200 => Outcome::Whole,
            206 => rest_of(&answer, conditions)
                .ok_or_else(|| FetchError::new(&url, FetchErrorKind::Status(206)))?,
            304 => Outcome::NotModified,
            status => return Err(FetchError::new(&url, FetchErrorKind::Status(status))),
        };
        let length = header(&answer, "content-length").and_then(|text| text.parse().ok());
        if length.is_some_and(|length: u64| length > self.limits.bytes) {
            return Err(FetchError::new(&url, FetchErrorKind::TooLarge(self.limits.bytes)));
        }
        let announced = if outcome == Outcome::NotModified { None } else { length };
        let etag = header(&answer, "etag");
        let last_modified = header(&answer, "last-modified");
        let reader = Box::new(answer.into_body().into_with_config().limit(u64::MAX).reader());
        let body = Body { reader, url, limit: self.limits.bytes, taken: 0, announced };
        Ok(Response { outcome, etag, last_modified, length, body })
    }
}

fn config(limits: &Limits, user_agent: &str, proxy: Option<Proxy>) -> Config {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let tls = TlsConfig::builder()
        .root_certs(RootCerts::PlatformVerifier)
        .unversioned_rustls_crypto_provider(provider)
        .build();
    Agent::config_builder()
        .tls_config(tls)
        .proxy(proxy)
        .user_agent(user_agent)
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .timeout_resolve(Some(limits.connect * 2 / 3))
        .timeout_connect(Some(limits.connect))
        .timeout_recv_response(Some(limits.stall))
        .timeout_per_read(Some(limits.stall))
        .timeout_per_write(Some(limits.stall))
        .build()
}

pub(crate) type Answer = ureq::http::Response<ureq::Body>;

fn header(answer: &Answer, name: &str) -> Option<String> {
    answer.headers().get(name)?.to_str().ok().map(str::to_owned)
}

/// The offset of a partial body, when it is the one that was asked for.
fn rest_of(answer: &Answer, conditions: &Conditions<'_>) -> Option<Outcome> {
    let asked = conditions.resume?.offset;
    let range = header(answer, "content-range")?;
    let offset: u64 = range.strip_prefix("bytes ")?.split('-').next()?.trim().parse().ok()?;
    (offset == asked).then_some(Outcome::Rest { offset })
}
