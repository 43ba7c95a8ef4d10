//! Why a text or a set of components is no package URL.

use std::fmt;

use thiserror::Error;

use super::Purl;

/// A component of a package URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PurlComponent {
    /// What follows `pkg:`.
    Type,
    /// A scope, group, vendor or path.
    Namespace,
    /// The name of the package.
    Name,
    /// The version.
    Version,
    /// A qualifier's key or value.
    Qualifier,
    /// A path inside the package.
    Subpath,
}

impl fmt::Display for PurlComponent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Type => "type",
            Self::Namespace => "namespace",
            Self::Name => "name",
            Self::Version => "version",
            Self::Qualifier => "qualifier",
            Self::Subpath => "subpath",
        })
    }
}

/// Why a text or a set of components is no package URL.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PurlError {
    /// Longer than [`Purl::MAX_BYTES`], as given or in canonical form.
    #[error("the package URL is {0} bytes long; the limit is {max}", max = Purl::MAX_BYTES)]
    TooLong(usize),
    /// The text does not begin with `pkg:`.
    #[error("no package URL: it does not begin with `pkg:`")]
    NoScheme,
    /// Nothing stands where the type belongs, or nothing follows it.
    #[error("the type is missing: write `pkg:type/name`")]
    NoType,
    /// A type is letters, digits, `.` and `-`, and begins with a letter.
    #[error(
        "the type must not contain {found:?} at byte {at}; it is letters, digits, `.` and `-`, a letter first"
    )]
    TypeCharacter {
        /// The character that cannot stand there.
        found: char,
        /// Where in the type, in bytes from 0.
        at: usize,
    },
    /// The name is empty.
    #[error("the name is missing")]
    NoName,
    /// The type needs a namespace and there is none.
    #[error("the namespace is missing: `{0}` requires one")]
    NamespaceMissing(&'static str),
    /// The type has no namespace and there is one.
    #[error("`{0}` has no namespace; if the `/` belongs to the name, write it as %2F")]
    NamespaceProhibited(&'static str),
    /// The type limits the depth of the namespace.
    #[error("the namespace has {found} segments; `{package_type}` takes at most {limit}")]
    NamespaceTooDeep {
        /// The type that says so.
        package_type: &'static str,
        /// Segments that are there.
        found: usize,
        /// Segments that the type takes.
        limit: usize,
    },
    /// A percent sign without two hexadecimal digits after it.
    #[error(
        "the {component} has a `%` at byte {at} without two hexadecimal digits after it; write `%` itself as %25"
    )]
    BadEscape {
        /// Where the percent sign is.
        component: PurlComponent,
        /// Bytes before it in the component.
        at: usize,
    },
    /// The decoded bytes are not UTF-8.
    #[error("the {0} is not UTF-8 after decoding")]
    NotUtf8(PurlComponent),
    /// A control character or a mark that turns the direction of text, encoded or not.
    #[error("the {component} contains the control character U+{code:04X}")]
    Control {
        /// Where it is.
        component: PurlComponent,
        /// Its code point.
        code: u32,
    },
    /// An encoded slash inside a segment of a path.
    #[error("a segment of the {0} contains an encoded `/`")]
    SlashInSegment(PurlComponent),
    /// A key is letters, digits, `.`, `-` and `_`, and begins with a letter.
    #[error("the qualifier key {0:?} must be letters, digits, `.`, `-` and `_`, a letter first")]
    BadKey(Box<str>),
    /// A key stands twice.
    #[error("the qualifier `{0}` is given twice")]
    DuplicateKey(Box<str>),
    /// A qualifier without `=`.
    #[error("the qualifier {0:?} has no value: write `key=value`")]
    NoValue(Box<str>),
    /// The type requires a qualifier that is not there.
    #[error("the qualifier `{key}` is missing: `{package_type}` requires it")]
    QualifierMissing {
        /// The type that requires it.
        package_type: &'static str,
        /// The key.
        key: &'static str,
    },
    /// The type does not permit this text.
    #[error("the {component} is not permitted in `{package_type}`: {rule}")]
    NotPermitted {
        /// The type that says so.
        package_type: &'static str,
        /// The component at fault.
        component: PurlComponent,
        /// What the type asks for.
        rule: &'static str,
    },
}
