//! Version ranges in one text: `vers:npm/>=1.0.0|<2.0.0`.
//!
//! Standard: the "vers" range specifier of the package-url project, whose steps "parsing and
//! validating" and "checking if a version is contained" are followed here. Two departures: bounds
//! that stand in another order than that of their ecosystem are sorted, and a scheme whose order
//! nobody defines (`generic`) is refused rather than compared as text.

use std::cmp::Ordering;

use mainstay_types::Ecosystem;
use thiserror::Error;

use crate::Version;

/// A range, parsed.
#[derive(Clone, Debug)]
pub struct VersRange {
    scheme: Box<str>,
    rule: Rule,
}

#[derive(Clone, Debug)]
enum Rule {
    /// `*`.
    Every,
    /// Sorted by version, which is there once.
    Bounds { ecosystem: Ecosystem, bounds: Vec<(Comparator, Version)> },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Comparator {
    Equal,
    NotEqual,
    Less,
    AtMost,
    Greater,
    AtLeast,
}

/// Why a text is no range that can be decided.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum VersError {
    /// It does not begin with `vers:` and a scheme.
    #[error("\"{0}\" is no range of the form vers:scheme/bounds")]
    Shape(Box<str>),
    /// No order is known for the scheme.
    #[error("nobody defines the order of versions of \"{0}\"")]
    Scheme(Box<str>),
    /// A bound is no version of the scheme.
    #[error("{0}")]
    Version(#[from] crate::VersionError),
    /// A version stands there twice, or beside `*`.
    #[error("the range names one version twice")]
    Twice,
    /// More bounds than any real range has.
    #[error("the range has more than {MAX_BOUNDS} bounds")]
    TooMany,
}

/// The most bounds taken. Real ranges have a few; lists of single versions may have hundreds.
const MAX_BOUNDS: usize = 10_000;

impl VersRange {
    /// Reads a range.
    pub fn parse(text: &str) -> Result<Self, VersError> {
        let shape = || VersError::Shape(text.chars().take(200).collect());
        let rest = text.trim().strip_prefix("vers:").ok_or_else(shape)?;
        let (scheme, bounds) = rest.split_once('/').ok_or_else(shape)?;
        let scheme = scheme.to_ascii_lowercase();
        let bounds: String = bounds.chars().filter(|c| !c.is_whitespace()).collect();
        if bounds == "*" {
            return Ok(Self { scheme: scheme.into(), rule: Rule::Every });
        }
        let ecosystem =
            ecosystem_of(&scheme).ok_or_else(|| VersError::Scheme(scheme.as_str().into()))?;
        let texts: Vec<&str> = bounds.trim_matches('|').split('|').collect();
        if texts.len() > MAX_BOUNDS {
            return Err(VersError::TooMany);
        }
        let mut bounds = Vec::with_capacity(texts.len());
        for text in texts {
            let (comparator, version) = split(text);
            let version = unescape(version).ok_or_else(shape)?;
            if version.is_empty() || version == "*" {
                return Err(shape());
            }
            bounds.push((comparator, Version::parse(ecosystem, &version)?));
        }
        bounds.sort_by(|(_, one), (_, other)| order(one, other));
        let twice = bounds.windows(2).any(|pair| match pair {
            [(_, one), (_, other)] => order(one, other) == Ordering::Equal,
            _ => false,
        });
        if twice {
            return Err(VersError::Twice);
        }
        Ok(Self { scheme: scheme.into(), rule: Rule::Bounds { ecosystem, bounds } })
    }

    /// The scheme: the type of the package URLs whose versions are meant.
    pub fn scheme(&self) -> &str {
        &self.scheme
    }

    /// Whether a version lies in the range. `None` when the version cannot be compared.
    pub fn contains(&self, version: &str) -> Option<bool> {
        let (ecosystem, bounds) = match &self.rule {
            Rule::Every => return Some(true),
            Rule::Bounds { ecosystem, bounds } => (*ecosystem, bounds),
        };
        let version = Version::parse(ecosystem, version).ok()?;
        for (comparator, bound) in bounds {
            if order(&version, bound) == Ordering::Equal {
                return Some(matches!(
                    comparator,
                    Comparator::Equal | Comparator::AtMost | Comparator::AtLeast
                ));
            }
        }
        Some(is_between(bounds, &version))
    }

    /// Whether a version comes after all that is meant: the last bound ends the range (`<`, `<=`),
    /// and the version lies behind it. What a range excludes (`!=`) is no bound of it. `None` when
    /// the version cannot be compared.
    pub fn is_behind(&self, version: &str) -> Option<bool> {
        let Rule::Bounds { ecosystem, bounds } = &self.rule else { return Some(false) };
        let version = Version::parse(*ecosystem, version).ok()?;
        let last = bounds.iter().rfind(|(comparator, _)| *comparator != Comparator::NotEqual);
        Some(last.is_some_and(|(comparator, bound)| match comparator {
            Comparator::Less => order(&version, bound) != Ordering::Less,
            Comparator::AtMost => order(&version, bound) == Ordering::Greater,
            Comparator::Equal
            | Comparator::NotEqual
            | Comparator::Greater
            | Comparator::AtLeast => false,
        }))
    }
}

/// Whether a version that is none of the bounds lies between them.
fn is_between(bounds: &[(Comparator, Version)], version: &Version) -> bool {
    use Comparator::{AtLeast, AtMost, Equal, Greater, Less, NotEqual};
    let mut within: Option<bool> = None;
    for (comparator, bound) in bounds {
        if matches!(comparator, Equal | NotEqual) {
            continue;
        }
        let is_end = matches!(comparator, Less | AtMost);
        if order(version, bound) == Ordering::Less {
            // The version lies before this bound: an end closes what is open here.
            return is_end && within.unwrap_or(true);
        }
        within = Some(matches!(comparator, Greater | AtLeast));
    }
    // Only exclusions: everything else is meant.
    let only_exclusions = !bounds.is_empty() && bounds.iter().all(|(one, _)| *one == NotEqual);
    within.unwrap_or(only_exclusions)
}

fn order(one: &Version, other: &Version) -> Ordering {
    // Both are of the range's ecosystem.
    one.compare(other).unwrap_or(Ordering::Equal)
}

fn split(text: &str) -> (Comparator, &str) {
    let table = [
        (">=", Comparator::AtLeast),
        ("<=", Comparator::AtMost),
        ("!=", Comparator::NotEqual),
        ("=", Comparator::Equal),
        ("<", Comparator::Less),
        (">", Comparator::Greater),
    ];
    table
        .into_iter()
        .find_map(|(sign, comparator)| Some((comparator, text.strip_prefix(sign)?)))
        .unwrap_or((Comparator::Equal, text))
}

/// Takes percent-encoding away.
fn unescape(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
        let value = digit(rest.next())? * 16 + digit(rest.next())?;
        bytes.push(u8::try_from(value).ok()?);
    }
    String::from_utf8(bytes).ok()
}

/// The ecosystem whose order a scheme means: schemes are types of package URLs.
fn ecosystem_of(scheme: &str) -> Option<Ecosystem> {
    Some(match scheme {
        // Where one type serves several ecosystems, all of them have one order.
        "deb" => Ecosystem::Debian,
        "rpm" => Ecosystem::RedHat,
        "apk" | "alpine" => Ecosystem::Alpine,
        "semver" => Ecosystem::CratesIo,
        "generic" => return None,
        scheme => Ecosystem::all().find(|one| one.purl_type() == scheme)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contains(range: &str, version: &str) -> Option<bool> {
        VersRange::parse(range).unwrap().contains(version)
    }

    #[test]
    fn a_range_ends_before_its_upper_bound() {
        assert_eq!(contains("vers:npm/>=1.0.0|<2.0.0", "1.9.9"), Some(true));
        assert_eq!(contains("vers:npm/>=1.0.0|<2.0.0", "2.0.0"), Some(false));
        assert_eq!(contains("vers:npm/>=1.0.0|<2.0.0", "0.9.0"), Some(false));
    }

    #[test]
    fn two_ranges_leave_what_lies_between_them_out() {
        let range = "vers:pypi/>=1|<=1.4|>=2|<=2.3";
        for (version, is_in) in
            [("1.4", true), ("1.5", false), ("2.0", true), ("2.4", false), ("0.1", false)]
        {
            assert_eq!(contains(range, version), Some(is_in), "{version}");
        }
    }

    #[test]
    fn an_open_end_reaches_as_far_as_there_are_versions() {
        assert_eq!(contains("vers:maven/<2", "0.1"), Some(true));
        assert_eq!(contains("vers:maven/>2", "3"), Some(true));
        assert_eq!(contains("vers:maven/>2", "2"), Some(false));
    }

    #[test]
    fn single_versions_are_meant_and_no_other() {
        assert_eq!(contains("vers:gem/1.0|=1.2", "1.2"), Some(true));
        assert_eq!(contains("vers:gem/1.0|=1.2", "1.1"), Some(false));
    }

    #[test]
    fn an_excluded_version_is_not_meant() {
        assert_eq!(contains("vers:npm/>=1.0.0|!=1.2.0|<2.0.0", "1.2.0"), Some(false));
        assert_eq!(contains("vers:npm/!=1.2.0", "1.3.0"), Some(true));
    }

    #[test]
    fn a_version_is_behind_where_the_range_ends() {
        let behind =
            |range: &str, version: &str| VersRange::parse(range).unwrap().is_behind(version);
        for (range, version, expected) in [
            ("vers:npm/>=1.0.0|<2.0.0", "2.0.0", true),
            ("vers:npm/<=2.0.0|>=1.0.0", "2.0.0", false),
            ("vers:npm/<=2.0.0|>=1.0.0", "2.0.1", true),
            ("vers:npm/>=1.0.0|<2.0.0", "0.9.0", false),
            ("vers:npm/>=1.0.0|<2.0.0|!=3.0.0", "2.5.0", true),
            ("vers:npm/1.5.0", "1.6.0", false),
            ("vers:npm/>=1.0.0", "2.0.0", false),
            ("vers:npm/*", "2.0.0", false),
            // Percent-encoded, as the standard asks: 1:2.0 comes after 3.0.
            ("vers:deb/<1%3A2.0", "3.0", false),
            ("vers:deb/<1%3A2.0", "1:2.0", true),
        ] {
            assert_eq!(behind(range, version), Some(expected), "{range} {version}");
        }
        assert_eq!(behind("vers:npm/<2.0.0", "no version"), None);
    }

    #[test]
    fn a_star_is_every_version_of_any_scheme() {
        assert_eq!(contains("vers:generic/*", "whatever"), Some(true));
    }

    #[test]
    fn bounds_in_another_order_are_sorted() {
        assert_eq!(contains("vers:npm/<2.0.0|>=1.0.0", "1.5.0"), Some(true));
    }

    #[test]
    fn an_encoded_version_is_decoded() {
        assert_eq!(contains("vers:deb/1%3A2.0", "1:2.0"), Some(true));
    }

    #[test]
    fn a_scheme_without_an_order_is_refused() {
        let error = VersRange::parse("vers:generic/>=2.9|<=4.1").unwrap_err();
        assert_eq!(error, VersError::Scheme("generic".into()));
    }

    #[test]
    fn a_text_of_another_form_is_refused() {
        for text in ["", ">=1.0", "vers:npm", "vers:npm/", "vers:npm/>=", "vers:npm/%zz"] {
            assert!(VersRange::parse(text).is_err(), "{text}");
        }
        assert_eq!(VersRange::parse("vers:npm/1.0.0|<1.0.0").unwrap_err(), VersError::Twice);
    }
}
