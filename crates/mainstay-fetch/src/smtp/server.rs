//! Which mail server, and how it is spoken to.

use std::fmt;

use mainstay_types::SourceUrl;

/// The address of a mail server is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MailServerError {
    /// The form is another.
    #[error("smtps://user@host:465 or smtp://user@host:587 is asked for, without a path")]
    Form,
    /// A password stands in the address, where other programs see it.
    #[error("leave the password out of the address: others on this machine can see it there")]
    Password,
    /// There is a user, and no password.
    #[error("the user of the mail server has no password: give it in a file or a variable")]
    NoPassword,
}

/// How it is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wire {
    /// TLS from the first byte.
    Tls,
    /// TLS before anything else is said.
    StartTls,
    /// In the clear, on this machine.
    Clear,
}

/// A mail server. Never shows its password.
#[derive(Clone, PartialEq, Eq)]
pub struct MailServer {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) wire: Wire,
    pub(super) user: Option<(String, String)>,
}

impl MailServer {
    /// Reads `smtps://user@host:port` (TLS from the first byte, port 465) or `smtp://` (STARTTLS,
    /// port 587; in the clear to this machine). What stands before the last `@` is the user.
    ///
    /// # Errors
    /// When it is none, when a password stands in it, or when a user has no password.
    pub fn parse(address: &str, password: Option<String>) -> Result<Self, MailServerError> {
        let (scheme, rest) = address.trim().split_once("://").ok_or(MailServerError::Form)?;
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        let (user, place) = match rest.rsplit_once('@') {
            Some((user, place)) => (Some(user), place),
            None => (None, rest),
        };
        if user.is_some_and(|user| user.contains(':')) {
            return Err(MailServerError::Password);
        }
        let url = SourceUrl::new(&format!("smtp://{place}/"));
        let host = url.host().ok_or(MailServerError::Form)?.into_owned();
        let plain = |one: char| one.is_ascii_alphanumeric() || "-.[]:".contains(one);
        if !host.chars().all(plain) || place.contains(['/', '?', '#']) {
            return Err(MailServerError::Form);
        }
        let (wire, usual) = match scheme.to_ascii_lowercase().as_str() {
            "smtps" => (Wire::Tls, 465),
            "smtp" if url.is_this_machine() => (Wire::Clear, 587),
            "smtp" => (Wire::StartTls, 587),
            _ => return Err(MailServerError::Form),
        };
        let port = url.port().map_or(Ok(usual), str::parse).map_err(|_| MailServerError::Form)?;
        let user = match (user.filter(|user| !user.is_empty()), password) {
            (Some(user), Some(password)) => Some((user.to_owned(), password)),
            (Some(_), None) => return Err(MailServerError::NoPassword),
            (None, _) => None,
        };
        Ok(Self { host, port, wire, user })
    }
}

impl fmt::Debug for MailServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MailServer({}:{})", self.host, self.port)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_machine_is_spoken_to_over_tls_and_no_password_stands_in_an_address() {
        let wire = |text| MailServer::parse(text, None).map(|one| (one.wire, one.port));
        assert_eq!(wire("smtps://mail.example.org"), Ok((Wire::Tls, 465)));
        assert_eq!(wire("smtp://mail.example.org"), Ok((Wire::StartTls, 587)));
        assert_eq!(wire("smtp://mail.example.org:2525"), Ok((Wire::StartTls, 2525)));
        assert_eq!(wire("smtp://127.0.0.1:25/"), Ok((Wire::Clear, 25)));
        assert_eq!(wire("smtp://localhost@mail.example.org"), Err(MailServerError::NoPassword));
        assert_eq!(wire("smtps://me:secret@mail.example.org"), Err(MailServerError::Password));
        for wrong in [
            "",
            "mail.example.org",
            "http://x",
            "smtp://",
            "smtp://a b",
            "smtp://h/x",
            "smtp://h:99999",
        ] {
            assert_eq!(wire(wrong), Err(MailServerError::Form), "{wrong}");
        }
        let with =
            MailServer::parse("smtps://me@example.org@mail.example.org", Some("secret".to_owned()));
        let with = with.unwrap();
        assert_eq!(with.user.as_ref().unwrap().0, "me@example.org");
        assert!(!format!("{with:?}").contains("secret"));
    }
}
