//! Addresses that people write into lockfiles and settings, shown without their secrets.
//!
//! An index URL often carries a user name and a token (`https://user:token@host/`, RFC 3986
//! section 3.2.1), and sometimes a token in the query. [`SourceUrl`] never shows either.

use std::borrow::Cow;
use std::fmt;

/// An address from a file or a setting. `Display` and `Debug` hide the user part and the query;
/// only [`SourceUrl::reveal`] gives the whole text, to the HTTP client alone.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct SourceUrl(Box<str>);

impl SourceUrl {
    /// Keeps the text as it is. Any text is an address to somebody; nothing is checked here.
    pub fn new(text: &str) -> Self {
        Self(text.into())
    }

    /// The whole text, secrets included. For the HTTP client; never for a report.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Whether nothing is known of the address.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The scheme in lower case: `https` of `https://host/`. `None` when there is none.
    pub fn scheme(&self) -> Option<Cow<'_, str>> {
        self.split_scheme().map(|(scheme, _)| lower(scheme))
    }

    /// The host in lower case, without user part and port. `None` when the address has no host
    /// (a path, or `git@host:path`, which is not a URL).
    pub fn host(&self) -> Option<Cow<'_, str>> {
        let (_, rest) = self.split_scheme()?;
        let authority = authority(rest);
        let (_, host) = user_and_host(authority);
        let host = if host.starts_with('[') {
            host.split_inclusive(']').next().unwrap_or(host)
        } else {
            before(b':', host)
        };
        (!host.is_empty()).then(|| lower(host))
    }

    /// Whether the host is this machine, by its names: what goes there crosses no network.
    pub fn is_this_machine(&self) -> bool {
        self.host().is_some_and(|host| matches!(&*host, "localhost" | "127.0.0.1" | "[::1]"))
    }

    /// The port, as it is written. `None` when there is none.
    pub fn port(&self) -> Option<&str> {
        let (_, rest) = self.split_scheme()?;
        let (_, host) = user_and_host(authority(rest));
        let after = host.rsplit_once(']').map_or(host, |(_, after)| after);
        after.rsplit_once(':').map(|(_, port)| port).filter(|port| !port.is_empty())
    }

    /// The path after the host, without query and fragment. Empty when there is none.
    pub fn path(&self) -> &str {
        let rest = self.split_scheme().map_or(&*self.0, |(_, rest)| {
            let after = authority(rest).len();
            rest.get(after..).unwrap_or("")
        });
        let end = memchr::memchr2(b'?', b'#', rest.as_bytes()).unwrap_or(rest.len());
        rest.get(..end).unwrap_or("")
    }

    /// The scheme, and what follows `://`. A scheme has no colon (RFC 3986 section 3.1), so the
    /// first one decides.
    fn split_scheme(&self) -> Option<(&str, &str)> {
        let at = memchr::memchr(b':', self.0.as_bytes())?;
        let (scheme, rest) = self.0.split_at_checked(at)?;
        Some((scheme, rest.strip_prefix("://")?))
    }
}

/// The authority at the start of what follows `://`.
fn authority(rest: &str) -> &str {
    let end = memchr::memchr3(b'/', b'?', b'#', rest.as_bytes()).unwrap_or(rest.len());
    before(b'\\', rest.get(..end).unwrap_or(""))
}

/// What stands before the first such byte, or all of it.
fn before(byte: u8, text: &str) -> &str {
    memchr::memchr(byte, text.as_bytes()).and_then(|at| text.get(..at)).unwrap_or(text)
}

/// The user part, if there is one, and the host of an authority.
fn user_and_host(authority: &str) -> (Option<&str>, &str) {
    let at = memchr::memrchr(b'@', authority.as_bytes());
    match at.and_then(|at| Some((authority.get(..at)?, authority.get(at + 1..)?))) {
        Some((user, host)) => (Some(user), host),
        None => (None, authority),
    }
}

fn lower(text: &str) -> Cow<'_, str> {
    if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Owned(text.to_ascii_lowercase())
    } else {
        Cow::Borrowed(text)
    }
}

impl fmt::Display for SourceUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some((scheme, rest)) = self.split_scheme() else {
            // `user:token@host` without a scheme: keep only what follows the last `@`, unless
            // the user part is a bare word (`git@host:path`), which is no secret.
            return match self.0.rsplit_once('@') {
                Some((user, host)) if user.contains(':') => write!(f, "***@{host}"),
                Some(_) | None => f.write_str(&self.0),
            };
        };
        let authority = authority(rest);
        let (user, host) = user_and_host(authority);
        let secret = user.map_or("", |_| "***@");
        let path = self.path();
        let rest = rest.get(authority.len() + path.len()..).unwrap_or("");
        let (query, fragment) = match rest.split_once('#') {
            Some((query, fragment)) => (query, Some(fragment)),
            None => (rest, None),
        };
        for part in [scheme, "://", secret, host, path] {
            f.write_str(part)?;
        }
        if !query.is_empty() {
            f.write_str("?***")?;
        }
        match fragment {
            Some(fragment) => write!(f, "#{fragment}"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for SourceUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SourceUrl({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_and_token_are_not_shown() {
        let url = SourceUrl::new("https://user:s3cret@pkgs.example/simple?token=s3cret#frag");
        assert_eq!(url.to_string(), "https://***@pkgs.example/simple?***#frag");
        assert!(!format!("{url:?}").contains("s3cret"));
    }

    #[test]
    fn a_token_without_a_scheme_is_not_shown() {
        assert_eq!(SourceUrl::new("user:s3cret@pkgs.example/x").to_string(), "***@pkgs.example/x");
    }

    #[test]
    fn the_host_is_lower_case_and_bare() {
        let url = SourceUrl::new("https://u:p@Pkgs.Example:8443/a");
        assert_eq!(url.host().as_deref(), Some("pkgs.example"));
        assert_eq!(url.path(), "/a");
        assert_eq!(url.port(), Some("8443"));
        assert_eq!(SourceUrl::new("http://[::1]/").port(), None);
        assert_eq!(SourceUrl::new("http://[::1]:80/").port(), Some("80"));
    }

    #[test]
    fn an_address_of_version_six_keeps_its_brackets() {
        assert_eq!(SourceUrl::new("http://[::1]:80/").host().as_deref(), Some("[::1]"));
    }

    #[test]
    fn a_path_has_no_host() {
        assert_eq!(SourceUrl::new("../local").host(), None);
    }

    #[test]
    fn an_at_sign_in_the_path_is_no_secret() {
        let url = SourceUrl::new("https://host.example/@scope/name");
        assert_eq!(url.to_string(), "https://host.example/@scope/name");
    }
}
