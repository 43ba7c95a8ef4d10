//! Addresses as rules on sources compare them: host and path, without scheme, user, query, `.git`
//! and a slash at the end; with the port where it is not the scheme's own.
//!
//! What a list names must be what is fetched, so paths are compared as RFC 3986 section 6.2.2
//! makes them: percent-encoding is taken away and dot segments are resolved. Where programs do not
//! agree on what a path means (an encoded slash, a backslash, an empty segment that `..` would take
//! away), nobody knows what is fetched, and no list names it.

use mainstay_types::SourceUrl;

/// Where an address leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A host and a path on it.
    Host {
        /// `git.example/acme/web`, `git.example:8443/acme/web`.
        address: String,
        /// Whether it reads as it is written: no other port, no dot segment.
        is_plain: bool,
    },
    /// A folder or file of the machine.
    Local(String),
    /// Nobody knows.
    Unclear(String),
}

impl Place {
    /// Where an address leads.
    pub fn of(url: &SourceUrl) -> Self {
        if let Some(host) = url.host() {
            let port = url.port().filter(|port| Some(*port) != own_port(url));
            return on_host(&host, port, url.path(), url);
        }
        if url.scheme().is_some() {
            // `file:///folder`; a scheme without a host leads nowhere else.
            return Self::Local(url.to_string());
        }
        let text = url.path();
        if is_local(text) {
            return Self::Local(url.to_string());
        }
        // `git@host:owner/repository` is how secure shell writes it, and a bare `host/path` is how
        // some documents write an index.
        // A user stands before the first colon or slash; what looks like one behind it is part of a
        // path, or of a secret.
        let end = text.find([':', '/']).unwrap_or(text.len());
        let (head, tail) = text.split_at_checked(end).unwrap_or((text, ""));
        let is_secret = tail.starts_with(':') && tail.split('/').next().unwrap_or("").contains('@');
        if is_secret {
            return Self::Unclear(url.to_string());
        }
        let bare = head.rfind('@').and_then(|at| text.get(at + 1..)).unwrap_or(text);
        let colon = bare.find(':').filter(|colon| !bare.get(..*colon).unwrap_or("").contains('/'));
        let (host, path) = match (colon, bare.find('/')) {
            (Some(at), _) => (bare.get(..at), bare.get(at + 1..)),
            (None, Some(at)) => (bare.get(..at), bare.get(at..)),
            (None, None) => (Some(bare), Some("")),
        };
        let (host, path) = (host.unwrap_or(""), path.unwrap_or("").trim_start_matches('/'));
        on_host(&host.to_ascii_lowercase(), None, &format!("/{path}"), url)
    }
}

fn on_host(host: &str, port: Option<&str>, path: &str, url: &SourceUrl) -> Place {
    let Some((segments, is_plain)) = segments(path) else { return Place::Unclear(url.to_string()) };
    let mut path = segments.join("/");
    if let Some(bare) = path.strip_suffix(".git") {
        path.truncate(bare.len());
    }
    let slash = if path.is_empty() { "" } else { "/" };
    let port_text = port.map(|port| format!(":{port}")).unwrap_or_default();
    let is_plain = is_plain && port.is_none();
    Place::Host { address: format!("{host}{port_text}{slash}{path}"), is_plain }
}

/// The segments of a path, decoded and resolved, and whether none was a dot segment. `None` where
/// nobody can say which they are.
fn segments(path: &str) -> Option<(Vec<String>, bool)> {
    let path = path.strip_prefix('/').unwrap_or(path).trim_end_matches('/');
    let (mut segments, mut is_plain, mut has_empty) = (Vec::new(), true, false);
    if path.is_empty() {
        return Some((segments, true));
    }
    for segment in path.split('/') {
        let segment = decoded(segment)?;
        match &*segment {
            "." => is_plain = false,
            ".." => {
                is_plain = false;
                segments.pop();
            }
            "" => {
                has_empty = true;
                segments.push(segment);
            }
            _ => segments.push(segment),
        }
    }
    (is_plain || !has_empty).then_some((segments, is_plain))
}

/// A segment without its encoding. `None` where what it hides would divide it, or is encoded once
/// more.
fn decoded(segment: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(segment.len());
    let mut rest = segment.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        if *byte != b'%' {
            bytes.push(*byte);
            continue;
        }
        let (digits, after) = rest.split_at_checked(2)?;
        let digits = std::str::from_utf8(digits).ok().filter(|text| !text.starts_with('+'))?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        rest = after;
    }
    let text = String::from_utf8(bytes).ok()?;
    let is_clear = |c: char| !c.is_control() && !matches!(c, '/' | '\\' | '%');
    text.chars().all(is_clear).then_some(text)
}

/// Whether a text without a scheme is a path of the machine.
fn is_local(text: &str) -> bool {
    let drive = text
        .as_bytes()
        .get(..2)
        .is_some_and(|two| matches!(two, [letter, b':'] if letter.is_ascii_alphabetic()));
    text.starts_with(['/', '.', '~', '\\']) || drive || text.is_empty()
}

/// The port of a scheme. What stands before `+` only says what is fetched from there.
fn own_port(url: &SourceUrl) -> Option<&'static str> {
    let scheme = url.scheme()?;
    match scheme.rsplit('+').next().unwrap_or(&scheme) {
        "https" => Some("443"),
        "http" => Some("80"),
        "ssh" => Some("22"),
        "git" => Some("9418"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> String {
        match Place::of(&SourceUrl::new(text)) {
            Place::Host { address, .. } => address,
            Place::Local(path) => format!("local {path}"),
            Place::Unclear(text) => format!("unclear {text}"),
        }
    }

    #[test]
    fn dot_segments_lead_where_they_lead() {
        assert_eq!(address("https://git.example/acme/../evil/repo"), "git.example/evil/repo");
        assert_eq!(address("https://git.example/acme/%2e%2E/evil"), "git.example/evil");
        assert_eq!(address("https://git.example/acme/./web.git"), "git.example/acme/web");
        assert_eq!(address("https://git.example/../../evil"), "git.example/evil");
        assert_eq!(address("git@git.example:acme/../evil.git"), "git.example/evil");
    }

    #[test]
    fn what_programs_read_in_two_ways_is_unclear() {
        for path in ["a%2f..%2fevil", "a\\..\\evil", "a/%252e%252e/evil", "a//../evil", "a/%zz"] {
            let text = format!("https://git.example/{path}");
            assert_eq!(address(&text), format!("unclear {text}"));
        }
    }

    #[test]
    fn a_port_that_is_not_the_schemes_own_is_kept() {
        assert_eq!(address("https://git.example:8443/a"), "git.example:8443/a");
        assert_eq!(address("https://git.example:443/a"), "git.example/a");
        assert_eq!(address("ssh://git@git.example:22/a"), "git.example/a");
    }

    #[test]
    fn a_file_is_of_the_machine() {
        assert_eq!(address("file:///srv/evil/index"), "local file:///srv/evil/index");
        assert_eq!(address("/srv/evil/simple"), "local /srv/evil/simple");
        assert_eq!(address("../mirror"), "local ../mirror");
        assert_eq!(address("C:\\mirror"), "local C:\\mirror");
    }

    #[test]
    fn a_host_may_stand_without_a_scheme() {
        assert_eq!(address("Packages.example/npm/"), "packages.example/npm");
    }

    #[test]
    fn an_at_sign_behind_the_host_names_no_other_host() {
        assert_eq!(address("evil.example/x@git.example/acme"), "evil.example/x@git.example/acme");
        assert_eq!(address("git.example/@acme/web"), "git.example/@acme/web");
        let both = "evil.example:x@git.example/acme";
        assert_eq!(address(both), "unclear ***@git.example/acme");
    }
}
