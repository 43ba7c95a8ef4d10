//! The person for whom a passkey is made, as a browser shows them.
//!
//! Standard: section 5.4.3, "User Account Parameters for Credential Generation".

use crate::{UserHandle, ValueError};

/// Bytes that a name may have. Authenticators may cut it at 64 bytes.
pub(crate) const LONGEST_NAME: usize = 320;

/// Who a passkey is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    handle: UserHandle,
    name: Box<str>,
    display: Box<str>,
}

impl User {
    /// A user: the handle that the server keeps for them, the name that tells accounts apart
    /// (a mail address), and the name that people say.
    ///
    /// # Errors
    /// [`ValueError::Name`] when a name is empty, longer than 320 bytes or has control
    /// characters.
    pub fn new(handle: UserHandle, name: &str, display: &str) -> Result<Self, ValueError> {
        Ok(Self {
            handle,
            name: shown(name, "name of the user")?,
            display: shown(display, "display name of the user")?,
        })
    }

    /// What the server calls them.
    pub fn handle(&self) -> &UserHandle {
        &self.handle
    }

    /// What tells accounts apart.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What people say.
    pub fn display(&self) -> &str {
        &self.display
    }
}

/// A text that a browser shows.
pub(crate) fn shown(text: &str, what: &'static str) -> Result<Box<str>, ValueError> {
    let right = (1..=LONGEST_NAME).contains(&text.len()) && !text.chars().any(char::is_control);
    if right { Ok(text.into()) } else { Err(ValueError::Name(what)) }
}
