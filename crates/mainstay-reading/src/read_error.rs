//! Why a file could not be read: what happened, where, and what to do.

use std::fmt;

use thiserror::Error;

/// A file that could not be read as its format.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub struct ReadError {
    /// The stable reason.
    pub kind: ReadErrorKind,
    /// Where: the line, counted from 1, if known.
    pub line: Option<u32>,
    /// What was found, as a lower-case fragment without a full stop.
    pub message: String,
}

impl ReadError {
    /// An error without a line.
    pub fn new(kind: ReadErrorKind, message: impl Into<String>) -> Self {
        Self { kind, line: None, message: message.into() }
    }

    /// An error on a line.
    pub fn at(kind: ReadErrorKind, line: u32, message: impl Into<String>) -> Self {
        Self { kind, line: Some(line), message: message.into() }
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "line {line}: {}", self.message),
            None => f.write_str(&self.message),
        }
    }
}

/// The stable reasons. Each has a code that reports carry and `mainstay explain` describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReadErrorKind {
    /// The bytes are no text in UTF-8 or UTF-16.
    Encoding,
    /// The text is not well-formed JSON, TOML, YAML, XML or the format's own syntax.
    Syntax,
    /// Well-formed, but not what the format says must be there.
    Shape,
    /// A version of the format that Mainstay does not know.
    UnknownVersion,
    /// Nested deeper, or expanding further, than any real file does.
    TooDeep,
    /// An archive that is damaged, or packed by a method that is not read.
    Archive,
    /// A known format in a syntax that Mainstay does not read.
    UnreadSyntax,
}

impl ReadErrorKind {
    /// Every kind.
    pub const ALL: [Self; 7] = [
        Self::Encoding,
        Self::Syntax,
        Self::Shape,
        Self::UnknownVersion,
        Self::TooDeep,
        Self::Archive,
        Self::UnreadSyntax,
    ];

    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Encoding => "bad-encoding",
            Self::Syntax => "bad-syntax",
            Self::Shape => "bad-shape",
            Self::UnknownVersion => "unknown-format-version",
            Self::TooDeep => "too-deep",
            Self::Archive => "broken-archive",
            Self::UnreadSyntax => "unread-syntax",
        }
    }

    /// What the reader of a report can do.
    pub fn advice(self) -> &'static str {
        match self {
            Self::Encoding => "save the file as UTF-8, or let its package manager write it again",
            Self::Syntax => {
                "restore the file from version control, or let its package manager write it again"
            }
            Self::Shape => {
                "let its package manager write the file again; if it is right as it is, report it \
                 to Mainstay"
            }
            Self::UnknownVersion => {
                "update Mainstay; or let the package manager write an older version of the format"
            }
            Self::Archive => {
                "get the archive again; if it is whole, unpack it by hand and scan the result"
            }
            Self::TooDeep => "look at the file by hand: no package manager writes such a file",
            Self::UnreadSyntax => {
                "let its maker write it as JSON; for SPDX, the tools of the SPDX project convert it"
            }
        }
    }
}
