//! Where an organisation is told things: a mailbox or a program, and what for.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use mainstay_accounts::Mail;
use mainstay_types::SourceUrl;

use crate::NoticesError;

/// What somebody does for an organisation, as far as telling goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ContactRole {
    /// Security incidents and flaws: a CSIRT, a PSIRT.
    Security,
    /// Those who run the systems.
    Operations,
    /// Those who decide.
    Management,
    /// Law and data protection.
    Legal,
    /// The press office.
    Communications,
}

impl ContactRole {
    /// Every role.
    pub const ALL: [Self; 5] =
        [Self::Security, Self::Operations, Self::Management, Self::Legal, Self::Communications];

    /// The word for it, in the database, the API and on pages.
    pub fn word(self) -> &'static str {
        match self {
            Self::Security => "security",
            Self::Operations => "operations",
            Self::Management => "management",
            Self::Legal => "legal",
            Self::Communications => "communications",
        }
    }

    /// The role of a word.
    ///
    /// # Errors
    /// When there is none.
    pub fn of_word(word: &str) -> Result<Self, NoticesError> {
        Self::ALL.into_iter().find(|role| role.word() == word).ok_or_else(|| {
            let known = "security, operations, management, legal or communications is asked for";
            NoticesError::field("role", known)
        })
    }
}

/// The way to a contact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Channel {
    /// A letter.
    Mail(Mail),
    /// A call to a program.
    Webhook(WebhookAddress),
}

impl Channel {
    /// Reads kind and address, as a row or a form has them.
    ///
    /// # Errors
    /// When the kind is none, or the address cannot be used.
    pub fn of(kind: &str, address: &str) -> Result<Self, NoticesError> {
        match kind {
            "mail" => Ok(Self::Mail(address.parse()?)),
            "webhook" => address.parse().map(Self::Webhook),
            _ => Err(NoticesError::field("channel", "mail or webhook is asked for")),
        }
    }

    /// `mail` or `webhook`.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Mail(_) => "mail",
            Self::Webhook(_) => "webhook",
        }
    }

    /// The address.
    pub fn address(&self) -> &str {
        match self {
            Self::Mail(address) => address.as_str(),
            Self::Webhook(address) => &address.0,
        }
    }

    /// What others than its keeper, and the log, see of the address: of a webhook only the origin,
    /// since the rest of it is often a secret.
    pub fn shown(&self) -> String {
        match self {
            Self::Mail(address) => address.as_str().to_owned(),
            Self::Webhook(address) => address.origin(),
        }
    }
}

/// Where a program listens: `https`, without a name or a password in the address. Whether it may
/// be called is asked again each time, when the name has become a number.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookAddress(String);

impl fmt::Debug for WebhookAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.origin())
    }
}

impl WebhookAddress {
    /// Scheme, host and port: `https://hooks.example.org`.
    pub fn origin(&self) -> String {
        let (scheme, rest) = self.0.split_once("://").unwrap_or_default();
        let host = rest.split(['/', '?']).next().unwrap_or_default();
        format!("{scheme}://{host}")
    }

    /// Words about a call, without what is secret of the address.
    pub(crate) fn hidden_in(&self, words: &str) -> String {
        words.replace(&self.0, &self.origin())
    }

    /// As an address to call.
    pub fn url(&self) -> SourceUrl {
        SourceUrl::new(&self.0)
    }

    /// Whether it is on this machine, which only an example world calls.
    pub fn is_this_machine(&self) -> bool {
        self.url().is_this_machine()
    }
}

impl FromStr for WebhookAddress {
    type Err = NoticesError;

    fn from_str(text: &str) -> Result<Self, NoticesError> {
        let text = text.trim();
        let wrong = |problem: &str| Err(NoticesError::field("address", problem));
        if text.len() > 500 || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return wrong("an address of at most 500 visible ASCII characters is asked for");
        }
        let url = SourceUrl::new(text);
        let authority = text.split_once("://").map_or("", |(_, rest)| rest);
        let authority = authority.split(['/', '?', '#']).next().unwrap_or_default();
        if authority.contains('@') || text.contains(['#', '\\', '"', '<', '>']) {
            return wrong("a name, a password or a fragment in the address is not taken");
        }
        let is_right = match url.scheme().as_deref() {
            Some("https") => url.host().is_some_and(|host| !host.is_empty()),
            Some("http") => url.is_this_machine(),
            _ => false,
        };
        if is_right { Ok(Self(text.to_owned())) } else { wrong("it has to begin with https://") }
    }
}

/// A contact to be written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewContact {
    /// The organisation that is reached.
    pub party: String,
    /// What for.
    pub role: ContactRole,
    /// The way.
    pub channel: Channel,
    /// A name, for people.
    pub name: String,
}

/// A contact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    /// Its id.
    pub id: String,
    /// Who wrote it down: the organisation itself, or another for its own use.
    pub kept_by: String,
    /// The organisation that is reached.
    pub party: String,
    /// What for.
    pub role: ContactRole,
    /// The way.
    pub channel: Channel,
    /// A name, for people.
    pub name: String,
    /// Since when.
    pub created_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_webhook_is_https_without_secrets_in_its_address() {
        for wrong in [
            "",
            "http://example.org/x",
            "ftp://example.org/",
            "https://",
            "https://me:secret@example.org/",
            "https://example.org/#x",
            "https://example.org/\r\nX: y",
            "file:///etc/passwd",
        ] {
            assert!(wrong.parse::<WebhookAddress>().is_err(), "{wrong:?}");
        }
        for right in ["https://example.org/hooks?x=1", "http://127.0.0.1:8080/x"] {
            assert!(right.parse::<WebhookAddress>().is_ok(), "{right}");
        }
    }

    #[test]
    fn others_see_of_a_webhook_only_where_it_is() {
        for (whole, shown) in [
            ("https://hooks.example.org/s/secret?key=x", "https://hooks.example.org"),
            ("https://hooks.example.org:8443?key=x", "https://hooks.example.org:8443"),
            ("https://[2001:db8::1]/x", "https://[2001:db8::1]"),
        ] {
            let channel = Channel::of("webhook", whole).unwrap();
            assert_eq!(channel.shown(), shown);
            assert!(!format!("{channel:?}").contains("secret"), "{channel:?}");
        }
        assert_eq!(Channel::of("mail", "a@b.example").unwrap().shown(), "a@b.example");
    }
}
