//! Package URLs: one text that names a package in any ecosystem.
//!
//! Standard: ECMA-427, Package-URL specification, and the type definitions of
//! <https://github.com/package-url/purl-spec>. The shape is
//! `pkg:type/namespace/name@version?qualifiers#subpath`.
//!
//! | part | where |
//! | --- | --- |
//! | what each type asks for | `type_rules` |
//! | text to components | `reader` |
//! | components to canonical text | `writer` |
//! | a package of an ecosystem to its purl, and back | `of_package`, `to_package` |
//!
//! A [`Purl`] holds nothing but its canonical text. Reading is lenient where the standard says
//! what was meant (slashes before the type, case of the type and of keys, order of qualifiers,
//! missing encoding), and refuses the rest. Control characters are refused even when they are
//! encoded: no real package has one, and decoded components reach terminals.

mod error;
mod fold;
mod of_package;
mod percent;
mod reader;
mod to_package;
mod type_rules;
mod writer;

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

pub use error::{PurlComponent, PurlError};

use crate::{Distributed, NameError, PackageName};

/// A package URL in canonical form. Equality and order are those of the canonical text.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Purl(String);

impl Purl {
    /// The longest package URL taken, in bytes of its canonical form. Real ones stay below 1,000.
    pub const MAX_BYTES: usize = 65_536;

    /// Reads a package URL and makes it canonical.
    ///
    /// Keys of qualifiers in upper case are lowered, as the standard's recommended cases ask.
    pub fn parse(text: &str) -> Result<Self, PurlError> {
        reader::read(text).map(Self)
    }

    /// Makes a package URL of decoded components. A qualifier with an empty value counts as
    /// absent, as do an empty namespace, version and subpath.
    pub fn build<'a>(
        package_type: &str,
        namespace: Option<&str>,
        name: &str,
        version: Option<&str>,
        qualifiers: impl IntoIterator<Item = (&'a str, &'a str)>,
        subpath: Option<&str>,
    ) -> Result<Self, PurlError> {
        let mut components = writer::Components {
            package_type,
            namespace: Cow::Borrowed(namespace.unwrap_or("")),
            name: Cow::Borrowed(name),
            version: Cow::Borrowed(version.unwrap_or("")),
            qualifiers: Vec::new(),
            subpath: Cow::Borrowed(subpath.unwrap_or("")),
        };
        for (key, value) in qualifiers {
            components.add_qualifier(key, Cow::Borrowed(value))?;
        }
        components.write().map(Self)
    }

    /// The package URL of a package in one of the ecosystems.
    ///
    /// This cannot fail: a name that lacks the namespace its type asks for (Go's `stdlib`, a Maven
    /// name without a group) is written without it, and only then does [`Purl::parse`] refuse the
    /// text. The same holds for a version with control characters, which is encoded here.
    pub fn of_package(name: &PackageName, version: Option<&str>) -> Self {
        Self(of_package::write(name, version))
    }

    /// The package that this names, in the ecosystem of its type. `None` where the type alone tells
    /// no ecosystem: `generic`, `oci`, the types of distributions.
    ///
    /// A Go module comes back in lower case, as its package URL is written; the standard loses the
    /// case that its name may have.
    pub fn package_name(&self) -> Option<Result<PackageName, NameError>> {
        to_package::package_name(self)
    }

    /// The package URL of a package that a distribution built, with `arch`, `distro`, `epoch` and
    /// `upstream` where they are known. Falls back to [`Purl::of_package`] when one of them cannot
    /// stand in a package URL.
    pub fn of_distributed(
        name: &PackageName,
        version: Option<&str>,
        distributed: &Distributed,
    ) -> Self {
        of_package::distributed(name, version, distributed)
            .unwrap_or_else(|_| Self::of_package(name, version))
    }

    /// The canonical text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Type, namespace and name in the spelling under which two package URLs are compared: in
    /// lower case where the registry ignores case and the URL keeps it.
    pub fn key(&self) -> Cow<'_, str> {
        let base = self.0.split(['@', '?', '#']).next().unwrap_or(&self.0);
        let package_type = self.package_type();
        match base.strip_prefix("pkg:").and_then(|rest| rest.split_once('/')) {
            Some((_, path)) if ["nuget", "swift", "pypi"].contains(&package_type) => {
                Cow::Owned(format!("pkg:{package_type}/{}", fold::path(package_type, path)))
            }
            Some(_) | None => Cow::Borrowed(base),
        }
    }

    /// Namespace and name, or a pattern of them in which `*` stands, by the rules of the type.
    pub fn fold_path<'t>(package_type: &str, path: &'t str) -> Cow<'t, str> {
        fold::path(package_type, path)
    }

    /// Every type that is known, in lower case: those that the specification defines, and some that
    /// are in use without.
    pub fn types() -> impl Iterator<Item = &'static str> {
        type_rules::types()
    }

    /// The type, in lower case: `npm`, `golang`.
    pub fn package_type(&self) -> &str {
        self.parts().package_type
    }

    /// The namespace, decoded, its segments joined by `/`: `@scope` for npm, a group for Maven.
    pub fn namespace(&self) -> Option<Cow<'_, str>> {
        self.parts().namespace.map(percent::decode_own)
    }

    /// The name, decoded.
    pub fn name(&self) -> Cow<'_, str> {
        percent::decode_own(self.parts().name)
    }

    /// The version, decoded.
    pub fn version(&self) -> Option<Cow<'_, str>> {
        self.parts().version.map(percent::decode_own)
    }

    /// The qualifiers in the order of their keys, values decoded.
    pub fn qualifiers(&self) -> impl Iterator<Item = (&str, Cow<'_, str>)> {
        let pairs = self.parts().qualifiers.unwrap_or("").split('&');
        pairs.filter_map(|pair| pair.split_once('=')).map(|(k, v)| (k, percent::decode_own(v)))
    }

    /// The path inside the package, decoded, without a slash at either end.
    pub fn subpath(&self) -> Option<Cow<'_, str>> {
        self.parts().subpath.map(percent::decode_own)
    }

    /// The components, still encoded. In canonical text every separator that is not one is
    /// encoded, so the first of each kind is the right one.
    fn parts(&self) -> Parts<'_> {
        let text = self.0.strip_prefix("pkg:").unwrap_or(&self.0);
        let (text, subpath) = split_at_first(text, '#');
        let (text, qualifiers) = split_at_first(text, '?');
        let (text, version) = split_at_first(text, '@');
        let (package_type, path) = text.split_once('/').unwrap_or((text, ""));
        let (namespace, name) = type_rules::of(package_type).split_path(path);
        Parts { package_type, namespace, name, version, qualifiers, subpath }
    }
}

/// The components of a canonical text, encoded.
struct Parts<'a> {
    package_type: &'a str,
    namespace: Option<&'a str>,
    name: &'a str,
    version: Option<&'a str>,
    qualifiers: Option<&'a str>,
    subpath: Option<&'a str>,
}

fn split_at_first(text: &str, separator: char) -> (&str, Option<&str>) {
    match text.split_once(separator) {
        Some((before, after)) => (before, Some(after)),
        None => (text, None),
    }
}

impl fmt::Display for Purl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Purl {
    type Err = PurlError;

    fn from_str(text: &str) -> Result<Self, PurlError> {
        Self::parse(text)
    }
}
