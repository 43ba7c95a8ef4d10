//! The address under which people reach the server: scheme, host and port (RFC 6454).

use std::fmt;
use std::net::SocketAddr;
use std::str::FromStr;

use mainstay_types::SourceUrl;

use crate::ServeError;

/// `https://mainstay.example`, in small letters and without a slash at its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin(String);

impl Origin {
    /// This machine by its name where it listens for itself alone: passkeys belong to names, not
    /// to numbers.
    pub(crate) fn here(scheme: &str, address: SocketAddr) -> Self {
        if address.ip().is_loopback() {
            Self(format!("{scheme}://localhost:{}", address.port()))
        } else {
            Self(format!("{scheme}://{address}"))
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether people reach it over TLS.
    pub fn is_secure(&self) -> bool {
        self.0.starts_with("https:")
    }

    /// Host and port, as browsers name them in `Host`.
    pub fn host(&self) -> &str {
        self.0.split_once("://").map_or("", |(_, host)| host)
    }

    /// The host alone: what passkeys and mail addresses belong to.
    pub fn name(&self) -> String {
        SourceUrl::new(&self.0).host().unwrap_or_default().into_owned()
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Origin {
    type Err = ServeError;

    fn from_str(text: &str) -> Result<Self, ServeError> {
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
        Ok(Self(plain.to_ascii_lowercase()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_a_scheme_and_a_host() {
        let origin: Origin = "https://Mainstay.example/".parse().unwrap();
        assert_eq!(origin.as_str(), "https://mainstay.example");
        let origin: Origin = "http://127.0.0.1:8080".parse().unwrap();
        assert_eq!((origin.host(), origin.name().as_str()), ("127.0.0.1:8080", "127.0.0.1"));
        for wrong in ["mainstay.example", "https://", "https://a/b", "ftp://a", "https://a b"] {
            assert!(wrong.parse::<Origin>().is_err(), "{wrong}");
        }
    }
}
