//! Handing a letter to a mail server. Standards: SMTP (RFC 5321), submission over TLS (RFC 8314),
//! STARTTLS (RFC 3207), AUTH (RFC 4954), 8BITMIME (RFC 6152), SMTPUTF8 (RFC 6531).
//!
//! Only what a submission needs: one letter to one address for each connection. To another machine
//! it speaks TLS or not at all; nothing falls back to the clear.

mod reply;
mod server;
mod session;

use std::fmt;

pub use server::{MailServer, MailServerError};

use self::session::Session;

/// From where, and to whom.
#[derive(Clone, Copy, Debug)]
pub struct Envelope<'e> {
    /// The address of this server, to which complaints go.
    pub from: &'e str,
    /// The address of the one who is written to.
    pub to: &'e str,
}

impl Envelope<'_> {
    /// Refuses what could end a command of SMTP early.
    fn check(&self) -> Result<(), SmtpError> {
        let is_plain = |text: &str| {
            text.len() <= 254
                && text.contains('@')
                && text
                    .chars()
                    .all(|one| !one.is_control() && !one.is_whitespace() && !"<>\"\\".contains(one))
        };
        if is_plain(self.from) && is_plain(self.to) {
            return Ok(());
        }
        Err(SmtpError::never("the address cannot stand in an envelope"))
    }

    fn is_ascii(&self) -> bool {
        self.from.is_ascii() && self.to.is_ascii()
    }
}

/// Why a letter was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SmtpError {
    /// It would not be taken another time either.
    pub is_final: bool,
    /// What happened.
    pub why: String,
}

impl SmtpError {
    fn never(why: impl Into<String>) -> Self {
        Self { is_final: true, why: why.into() }
    }

    fn later(why: impl Into<String>) -> Self {
        Self { is_final: false, why: why.into() }
    }
}

impl fmt::Display for SmtpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.why)
    }
}

impl std::error::Error for SmtpError {}

/// Hands a letter, head and text, to a mail server. `hello` is the name of this machine. When this
/// returns well the server has taken it.
///
/// # Errors
/// When the server does not answer, does not speak TLS, or does not take the letter.
pub fn send_mail(
    server: &MailServer,
    hello: &str,
    envelope: &Envelope<'_>,
    letter: &str,
) -> Result<(), SmtpError> {
    envelope.check()?;
    let mut session = Session::open(server, hello)?;
    session.sign_in(server)?;
    session.deliver(envelope, letter)
}
