//! What somebody says about the licence of a package.
//!
//! Standard: SPDX specification 3.0.1, Annex B "SPDX License Expressions" (2.3: Annex D), and the
//! SPDX License List. Identifiers and operators are matched without regard to case, as the annex
//! asks. Deprecated identifiers of the GNU licences mean what the list says they mean: `GPL-2.0`
//! is `GPL-2.0-only`, `GPL-2.0+` is `GPL-2.0-or-later`.
//!
//! People write much into these fields that is no expression ("see LICENSE.txt"). Such a text is
//! kept, and what it means is not known; nothing here guesses.

mod expression;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

pub use expression::{LicenceError, LicenceNode, LicenceTerm};

/// A licence as a package, a lockfile or a document states it. Cheap to clone.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Licence(Arc<Stated>);

#[derive(PartialEq, Eq, Hash)]
struct Stated {
    text: Box<str>,
    meaning: Meaning,
}

#[derive(PartialEq, Eq, Hash)]
enum Meaning {
    Expression(Vec<LicenceNode>),
    NoLicence,
    Unread(LicenceError),
}

/// The licences of one file. A thousand packages share a dozen of them, so each text is read and
/// kept once.
#[derive(Debug, Default)]
pub struct Licences(HashMap<Box<str>, Option<Licence>>);

impl Licences {
    /// What is longer than this, in bytes, is nothing that many packages share.
    const LONGEST: usize = 256;

    /// As [`Licence::stated`].
    pub fn stated(&mut self, text: &str) -> Option<Licence> {
        if text.len() > Self::LONGEST {
            return Licence::stated(text);
        }
        if let Some(known) = self.0.get(text) {
            return known.clone();
        }
        let licence = Licence::stated(text);
        self.0.insert(text.into(), licence.clone());
        licence
    }
}

/// What a stated licence means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LicenceMeaning<'a> {
    /// An SPDX expression, in postfix order: operands before the operator that joins them. Never
    /// empty, and always whole.
    Expression(&'a [LicenceNode]),
    /// The statement that there is no licence (SPDX `NONE`, npm `UNLICENSED`).
    NoLicence,
    /// A text that is no SPDX expression, and why.
    Unread(&'a LicenceError),
}

/// Every identifier of the SPDX License List, deprecated ones too.
pub fn listed_licences() -> impl Iterator<Item = &'static str> {
    spdx::identifiers::LICENSES.iter().map(|one| one.name)
}

impl Licence {
    /// The longest text that is read, in bytes. Real expressions stay below 1,000.
    pub const MAX_BYTES: usize = 16_384;

    /// Takes a statement as it is written. `None` when it says nothing: an empty text, or SPDX's
    /// `NOASSERTION`.
    pub fn stated(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.is_empty() || text.eq_ignore_ascii_case("NOASSERTION") {
            return None;
        }
        // A longer text is no expression. Its beginning is enough to show.
        let meaning = if text.len() > Self::MAX_BYTES {
            Meaning::Unread(LicenceError::TooLong)
        } else if text == "NONE" || text == "UNLICENSED" {
            Meaning::NoLicence
        } else {
            expression::read(text).map_or_else(Meaning::Unread, Meaning::Expression)
        };
        let mut end = text.len().min(Self::MAX_BYTES);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let text = text.get(..end).unwrap_or("").into();
        Some(Self(Arc::new(Stated { text, meaning })))
    }

    /// Several licences between which one may choose, as old package metadata list them: joined by
    /// `OR`. `None` when none of them says anything.
    pub fn one_of<'t>(texts: impl IntoIterator<Item = &'t str>) -> Option<Self> {
        Self::joined(texts, " OR ")
    }

    /// Several licences that all hold: joined by `AND`. `None` when none of them says anything.
    pub fn all_of<'t>(texts: impl IntoIterator<Item = &'t str>) -> Option<Self> {
        Self::joined(texts, " AND ")
    }

    fn joined<'t>(texts: impl IntoIterator<Item = &'t str>, with: &str) -> Option<Self> {
        let texts: Vec<&str> =
            texts.into_iter().map(str::trim).filter(|text| !text.is_empty()).collect();
        match texts.as_slice() {
            [] => None,
            [one] => Self::stated(one),
            several => {
                let bracketed = |text: &&str| {
                    if text.contains(char::is_whitespace) {
                        format!("({text})")
                    } else {
                        (*text).to_owned()
                    }
                };
                Self::stated(&several.iter().map(bracketed).collect::<Vec<_>>().join(with))
            }
        }
    }

    /// The text as it was written.
    pub fn as_written(&self) -> &str {
        &self.0.text
    }

    /// What the text means.
    pub fn meaning(&self) -> LicenceMeaning<'_> {
        match &self.0.meaning {
            Meaning::Expression(nodes) => LicenceMeaning::Expression(nodes),
            Meaning::NoLicence => LicenceMeaning::NoLicence,
            Meaning::Unread(error) => LicenceMeaning::Unread(error),
        }
    }

    /// The expression in canonical spelling, where the text is one.
    pub fn canonical(&self) -> Option<String> {
        match self.meaning() {
            LicenceMeaning::Expression(nodes) => Some(expression::write(nodes)),
            LicenceMeaning::NoLicence | LicenceMeaning::Unread(_) => None,
        }
    }
}

impl fmt::Display for Licence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_written())
    }
}

impl fmt::Debug for Licence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Licence({:?})", self.as_written())
    }
}
