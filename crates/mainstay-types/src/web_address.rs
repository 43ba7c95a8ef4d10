//! Addresses of the web that somebody else wrote, and that people may follow.

use std::fmt;

/// Bytes that an address may have.
const LONGEST: usize = 500;

/// An address of the web: `https` or `http`, a host without the name of a user before it (which
/// would show as another host), no blanks and no characters of control. Whether anything is there
/// nobody knows.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WebAddress(Box<str>);

impl WebAddress {
    /// The address in this text, without blanks around it. `None` when it is none.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?;
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let is_right = text.len() <= LONGEST
            && !host.is_empty()
            && !host.contains(['@', '\\'])
            && !text.chars().any(|one| one.is_whitespace() || one.is_control());
        is_right.then(|| Self(text.into()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for WebAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_the_web_without_a_user_are_taken() {
        for wrong in [
            "javascript:alert(1)",
            "git@github.com:a/b.git",
            "https://user@host.example/x",
            "https://host.example\\@evil.example",
            "https:///x",
            "https://a b.example",
        ] {
            assert_eq!(WebAddress::parse(wrong), None, "{wrong}");
        }
        let right = " https://host.example/a?b=c@d ";
        assert_eq!(WebAddress::parse(right).unwrap().as_str(), right.trim());
    }
}
