//! What a document says about licences.

use crate::Text;

/// One statement about the licence of a component.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Licence<'a> {
    /// What is said.
    pub text: LicenceText<'a>,
    /// Whose word it is.
    pub acknowledgement: Acknowledgement,
    /// Where the licence can be read.
    pub url: Option<Text<'a>>,
    /// The licence's full text, where the document carries it in plain form.
    pub full_text: Option<Text<'a>>,
}

/// A licence, as the document names it. No text is checked here against SPDX's licence list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LicenceText<'a> {
    /// An SPDX licence expression: `MIT OR Apache-2.0`. A single id is one too.
    Expression(Text<'a>),
    /// A name outside SPDX's list: `The BSD License`.
    Name(Text<'a>),
    /// Nobody says (SPDX's NOASSERTION).
    NoAssertion,
    /// There is none (SPDX's NONE).
    None,
}

/// Whose word it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Acknowledgement {
    /// The document does not tell.
    Unstated,
    /// Its author's.
    Declared,
    /// That of whoever made the document, after a look.
    Concluded,
    /// Found in the files (SPDX 2's licenseInfoFromFiles, licenseInfoInFiles).
    FoundInFiles,
}

/// A licence that the document spells out (SPDX's `LicenseRef-`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CustomLicence<'a> {
    /// Its id: `LicenseRef-x`.
    pub id: Text<'a>,
    /// Its name.
    pub name: Option<Text<'a>>,
    /// Its text.
    pub text: Text<'a>,
    /// Where it can be read.
    pub urls: Vec<Text<'a>>,
    /// A remark.
    pub comment: Option<Text<'a>>,
}

impl<'a> Licence<'a> {
    /// A statement with nothing beside it.
    pub fn new(text: LicenceText<'a>, acknowledgement: Acknowledgement) -> Self {
        Self { text, acknowledgement, url: None, full_text: None }
    }
}
