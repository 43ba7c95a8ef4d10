//! What is asked about: a flaw by its id, or a package in some versions before anybody has written
//! an advisory. The words are those of `mainstay inventory affected`.
//!
//! Standards: package URLs, and `vers` for ranges.

use std::fmt;

use mainstay_types::{DistributedPurl, FlawName, PackageName, Purl};
use mainstay_versions::VersRange;
use serde::{Deserialize, Serialize};

use crate::QuestionError;

/// The most bytes of a package URL and of a range.
const LONGEST: usize = 4_000;

/// What is asked about.
#[derive(Clone, Debug)]
pub enum Subject {
    /// A flaw, by any of its ids.
    Flaw(FlawName),
    /// A package. Without a range: in all its versions.
    Package {
        /// Its package URL, without a version.
        purl: Purl,
        /// Its name.
        name: PackageName,
        /// The versions that are meant.
        range: Option<Range>,
    },
}

/// A range of versions, with its text: `vers:npm/>=1.0|<1.2`.
#[derive(Clone, Debug)]
pub struct Range {
    text: Box<str>,
    range: VersRange,
}

impl Subject {
    /// A flaw.
    ///
    /// # Errors
    /// What is no id.
    pub fn flaw(id: &str) -> Result<Self, QuestionError> {
        FlawName::parse(id)
            .map(Self::Flaw)
            .map_err(|error| QuestionError::field("advisory", error.to_string()))
    }

    /// A package, in the versions of a range.
    ///
    /// # Errors
    /// A package URL that cannot be read, is of an unknown ecosystem, or has more than a type, a
    /// namespace and a name; a range that cannot be read or is of another ecosystem.
    pub fn package(purl: &str, range: Option<&str>) -> Result<Self, QuestionError> {
        let wrong = |problem: String| QuestionError::field("package", problem);
        if purl.len() > LONGEST {
            return Err(wrong(format!("it has more than {LONGEST} bytes")));
        }
        let purl = Purl::parse(purl).map_err(|error| wrong(error.to_string()))?;
        let has_more = purl.version().is_some()
            || purl.qualifiers().next().is_some()
            || purl.subpath().is_some();
        if has_more {
            let problem = "leave version, qualifiers and subpath away; a range says which versions";
            return Err(wrong(problem.to_owned()));
        }
        let of_distribution =
            || DistributedPurl::of(&purl).map(|named| named.map(|package| package.name));
        let name = purl
            .package_name()
            .or_else(of_distribution)
            .ok_or_else(|| wrong("packages of this type are not known here".to_owned()))?
            .map_err(|error| wrong(error.to_string()))?;
        let range = range.map(Range::parse).transpose()?;
        if let Some(range) = &range
            && range.range.scheme() != purl.package_type()
        {
            let (range, package) = (range.range.scheme(), purl.package_type());
            let problem = format!("a range of {range} says nothing of packages of {package}");
            return Err(QuestionError::field("range", problem));
        }
        Ok(Self::Package { purl, name, range })
    }

    /// The same, as an inventory is asked.
    pub(crate) fn of_inventory(&self) -> mainstay_inventory::Subject {
        match self {
            Self::Flaw(id) => mainstay_inventory::Subject::Flaw(id.clone()),
            Self::Package { purl, range, .. } => mainstay_inventory::Subject::Package {
                purl: purl.as_str().to_owned(),
                range: range.as_ref().map(|range| range.text.to_string()),
            },
        }
    }

    pub(crate) fn wire(&self) -> SubjectWire {
        match self {
            Self::Flaw(id) => {
                SubjectWire { advisory: Some(id.to_string()), package: None, range: None }
            }
            Self::Package { purl, range, .. } => SubjectWire {
                advisory: None,
                package: Some(purl.as_str().to_owned()),
                range: range.as_ref().map(|range| range.text.to_string()),
            },
        }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flaw(id) => id.fmt(f),
            Self::Package { purl, range: Some(range), .. } => {
                write!(f, "{} in {}", purl.as_str(), range.text)
            }
            Self::Package { purl, range: None, .. } => {
                write!(f, "{} in every version", purl.as_str())
            }
        }
    }
}

impl Range {
    /// Reads a range.
    ///
    /// # Errors
    /// It cannot be read, or nobody defines the order of its versions.
    pub fn parse(text: &str) -> Result<Self, QuestionError> {
        let wrong = |problem: String| QuestionError::field("range", problem);
        if text.len() > LONGEST || text.chars().any(char::is_control) {
            return Err(wrong(format!(
                "more than {LONGEST} bytes, or letters that cannot be seen"
            )));
        }
        let range = VersRange::parse(text).map_err(|error| wrong(error.to_string()))?;
        Ok(Self { text: text.trim().into(), range })
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether a version is meant. `None` when it cannot be compared.
    pub fn contains(&self, version: &str) -> Option<bool> {
        self.range.contains(version)
    }

    /// Whether a version comes after all that is meant: what "fixed" can mean of a range. False
    /// also when nobody can tell.
    pub(crate) fn is_behind(&self, version: &str) -> bool {
        self.range.is_behind(version).unwrap_or(false)
    }
}

/// As documents write it: one of `advisory` and `package` is there.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SubjectWire {
    advisory: Option<String>,
    package: Option<String>,
    range: Option<String>,
}

impl SubjectWire {
    pub(crate) fn parse(&self) -> Result<Subject, QuestionError> {
        match (&self.advisory, &self.package, &self.range) {
            (Some(id), None, None) => Subject::flaw(id),
            (None, Some(purl), range) => Subject::package(purl, range.as_deref()),
            (Some(_), _, _) | (None, None, _) => Err(QuestionError::field(
                "subject",
                "either an advisory, or a package with or without a range",
            )),
        }
    }
}
