//! Names that people type: of themselves, of their passkeys, of where mail reaches them.

use std::fmt;
use std::str::FromStr;

use crate::AccountsError;

/// A name that people read: 1 to 100 characters, none of which changes how others are shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountName(String);

impl AccountName {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for AccountName {
    type Err = AccountsError;

    fn from_str(text: &str) -> Result<Self, AccountsError> {
        label("name", text).map(Self)
    }
}

/// What its owner calls a passkey: `work laptop`. As an [`AccountName`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasskeyName(String);

impl PasskeyName {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for PasskeyName {
    type Err = AccountsError;

    fn from_str(text: &str) -> Result<Self, AccountsError> {
        label("passkey", text).map(Self)
    }
}

/// A text for people: 1 to 100 characters without blanks around. Characters of control are
/// refused, and those that turn the direction of writing (Unicode Standard Annex 9): with them a
/// name could show as another one.
pub(crate) fn label(field: &'static str, text: &str) -> Result<String, AccountsError> {
    let text = text.trim();
    let is_right = (1..=100).contains(&text.chars().count()) && !text.chars().any(is_unseen);
    if is_right {
        Ok(text.to_owned())
    } else {
        Err(AccountsError::field(field, "1 to 100 characters that can be seen are asked for"))
    }
}

/// Whether a character is one of control, or turns the direction of writing.
pub fn is_unseen(letter: char) -> bool {
    let turns = matches!(letter, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    letter.is_control() || turns
}

/// A mail address: something, `@`, and a domain. Whether mail arrives there only a mail can tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail(String);

impl Mail {
    /// As it was typed.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As addresses are compared here: in small letters. RFC 5321 lets the part before the `@`
    /// differ by case; no provider that we know of does, and two accounts that differ in nothing
    /// else would be a trap.
    pub(crate) fn key(&self) -> String {
        self.0.to_lowercase()
    }
}

impl FromStr for Mail {
    type Err = AccountsError;

    fn from_str(text: &str) -> Result<Self, AccountsError> {
        let text = text.trim();
        let is_right = text.len() <= 254
            && text.rsplit_once('@').is_some_and(|(who, place)| is_box(who) && is_domain(place));
        if is_right {
            Ok(Self(text.to_owned()))
        } else {
            Err(AccountsError::field("mail", "a mail address such as me@example.org is asked for"))
        }
    }
}

impl fmt::Display for Mail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Nothing that means something in a header, in a list of addresses, or to a program that is
/// called with it. RFC 5321 allows more, in quotes; nobody has such an address.
fn is_box(who: &str) -> bool {
    let plain = |letter: char| {
        !letter.is_whitespace() && !is_unseen(letter) && !"<>()[]\"',;:\\@`|".contains(letter)
    };
    (1..=64).contains(&who.len()) && who.chars().all(plain) && !who.starts_with('-')
}

fn is_domain(place: &str) -> bool {
    place.split('.').all(|label| {
        !label.is_empty()
            && !label.starts_with('-')
            && label.chars().all(|letter| letter.is_alphanumeric() || letter == '-')
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn mail_addresses_that_could_break_a_header_are_refused() {
        for wrong in [
            "",
            "me",
            "me@",
            "@example.org",
            "me@exa mple.org",
            "me@example.org\r\nBcc: x@y.z",
            "<me@example.org>",
            "me,you@example.org",
            "me@example.org,you@example.org",
            "me@you@example.org",
            "(me)me@example.org",
            "-oQ/tmp@example.org",
            "me@-example.org",
            "me@example..org",
            "me@[127.0.0.1]",
            "\u{202e}me@example.org",
        ] {
            assert!(wrong.parse::<Mail>().is_err(), "{wrong:?}");
        }
        for right in
            ["me@localhost", "me+tag@example.org", "o_k=x/y@example.org", "ä@bücher.example"]
        {
            assert_eq!(right.parse::<Mail>().unwrap().as_str(), right);
        }
        assert_eq!(" Me@Example.org ".parse::<Mail>().unwrap().key(), "me@example.org");
    }

    #[test]
    fn a_name_cannot_show_as_another_one() {
        for wrong in ["", "  ", "a\u{7}", "ada\u{202e}nimda", "a\nb", &"x".repeat(101)] {
            assert!(wrong.parse::<AccountName>().is_err(), "{wrong:?}");
            assert!(wrong.parse::<PasskeyName>().is_err(), "{wrong:?}");
        }
        assert_eq!(" Åsa Ödegård ".parse::<AccountName>().unwrap().as_str(), "Åsa Ödegård");
        assert!("x".repeat(100).parse::<PasskeyName>().is_ok());
    }

    proptest! {
        #[test]
        fn whatever_is_taken_as_an_address_is_one_line_with_one_at(text in ".{0,80}") {
            if let Ok(mail) = text.parse::<Mail>() {
                prop_assert_eq!(mail.as_str().matches('@').count(), 1);
                prop_assert!(!mail.as_str().chars().any(|one| one.is_whitespace() || one.is_control()));
                prop_assert_eq!(mail.as_str().parse::<Mail>().unwrap(), mail);
            }
        }
    }
}
