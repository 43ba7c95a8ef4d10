//! People, organisations and programs.

use crate::Text;

/// Who made, supplied or said something.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Party<'a> {
    /// What it is.
    pub kind: PartyKind,
    /// The name. Empty when only an address is given.
    pub name: Text<'a>,
    /// Addresses for mail.
    pub emails: Vec<Text<'a>>,
    /// Addresses on the web.
    pub urls: Vec<Text<'a>>,
    /// A telephone number.
    pub phone: Option<Text<'a>>,
    /// People to ask there.
    pub contacts: Vec<Self>,
}

/// What a party is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum PartyKind {
    /// The document does not tell.
    #[default]
    Unknown,
    /// A person.
    Person,
    /// An organisation.
    Organisation,
    /// A program.
    Tool,
    /// Nobody says who (SPDX's NOASSERTION).
    NoAssertion,
}

impl<'a> Party<'a> {
    /// Nobody in particular.
    pub(crate) const NOBODY: Self = Self {
        kind: PartyKind::Unknown,
        name: Text::Borrowed(""),
        emails: Vec::new(),
        urls: Vec::new(),
        phone: None,
        contacts: Vec::new(),
    };

    /// A party with a name.
    pub fn named(kind: PartyKind, name: impl Into<Text<'a>>) -> Self {
        Self { kind, name: name.into(), ..Self::default() }
    }
}
