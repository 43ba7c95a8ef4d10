//! Sending something to a server that we have a token for.

use mainstay_types::SourceUrl;

use crate::error::{FetchError, FetchErrorKind, kind_of};
use crate::fetcher::{Answer, Fetcher};

/// Bytes of an answer that are read.
const LONGEST_ANSWER: u64 = 16 << 20;

/// What a server answered to what was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// The status (RFC 9110, section 15).
    pub status: u16,
    /// The answer.
    pub body: Vec<u8>,
}

impl Sent {
    /// Whether the server did what was asked.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

impl Fetcher {
    /// Asks with a token (`Authorization: Bearer`), under the rules of [`Fetcher::send`].
    ///
    /// # Errors
    /// As [`Fetcher::send`].
    pub fn get_with_token(&self, url: &SourceUrl, token: &str) -> Result<Sent, FetchError> {
        check_secrets(url)?;
        let request = self
            .agent()
            .get(url.reveal())
            .config()
            .timeout_global(Some(self.limits().total))
            .build()
            .header("authorization", format!("Bearer {token}"));
        sent(url, request.call())
    }

    /// Sends bytes with a token (`Authorization: Bearer`). No redirect is followed: a token goes
    /// to the server that was named and to no other. Over `http` it goes to this machine only.
    ///
    /// # Errors
    /// When there is no answer, or the token would cross a network in the clear. A status that
    /// says no is an answer.
    pub fn send(&self, url: &SourceUrl, token: &str, bytes: &[u8]) -> Result<Sent, FetchError> {
        check_secrets(url)?;
        let request = self
            .agent()
            .post(url.reveal())
            .config()
            .timeout_global(Some(self.limits().total))
            .build()
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", "application/octet-stream");
        sent(url, request.send(bytes))
    }

    /// Calls a program: sends bytes with these header lines, and gives the status of the answer.
    /// No redirect is followed, and nothing else of the answer is read.
    ///
    /// # Errors
    /// When there is no answer, when the address is not to be reached, or when what is sent would
    /// cross a network in the clear. A status that says no is an answer.
    pub fn post(
        &self,
        url: &SourceUrl,
        headers: &[(&str, &str)],
        bytes: &[u8],
    ) -> Result<u16, FetchError> {
        check_secrets(url)?;
        let total = Some(self.limits().total);
        let mut request = self.agent().post(url.reveal()).config().timeout_global(total).build();
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = request.send(bytes).map_err(|error| FetchError::new(url, kind_of(error)))?;
        Ok(answer.status().as_u16())
    }
}

fn sent(url: &SourceUrl, answer: Result<Answer, ureq::Error>) -> Result<Sent, FetchError> {
    let failed = |error| FetchError::new(url, kind_of(error));
    let mut answer = answer.map_err(failed)?;
    let status = answer.status().as_u16();
    let body = answer.body_mut().with_config().limit(LONGEST_ANSWER).read_to_vec();
    Ok(Sent { status, body: body.map_err(failed)? })
}

fn check_secrets(url: &SourceUrl) -> Result<(), FetchError> {
    if may_carry_secrets(url) {
        return Ok(());
    }
    let why = "a secret is sent over https only, or to this machine".to_owned();
    Err(FetchError::new(url, FetchErrorKind::Address(why)))
}

/// Whether what is sent there crosses no network in the clear.
fn may_carry_secrets(url: &SourceUrl) -> bool {
    match url.scheme().as_deref() {
        Some("https") => true,
        Some("http") => url.is_this_machine(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_crosses_no_network_in_the_clear() {
        for right in [
            "https://a.example/x",
            "http://127.0.0.1:8450/x",
            "http://localhost/x",
            "http://[::1]:80/",
        ] {
            assert!(may_carry_secrets(&SourceUrl::new(right)), "{right}");
        }
        for wrong in [
            "http://a.example/",
            "http://localhost.example/",
            "http://127.0.0.1@a.example/",
            "http://localhost:80@a.example/",
            "http://localhost:@a.example/",
            "ftp://localhost/",
        ] {
            assert!(!may_carry_secrets(&SourceUrl::new(wrong)), "{wrong}");
        }
    }
}
