//! Patterns: `*` stands for any run of characters.
//!
//! A package pattern is a package URL without version, in which `*` may stand:
//! `pkg:npm/@acme/*`. It is compared with the decoded type, namespace and name, both in the
//! spelling of the type: a star does not switch off the rules for what stands around it.

use std::fmt;

use mainstay_types::{Ecosystem, PackageName, Purl};
use thiserror::Error;

use crate::facts::Called;

/// A text with `*` for any run of characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wildcard(String);

impl Wildcard {
    pub(crate) fn new(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The pattern of all that lies in a folder which this one names.
    pub(crate) fn above(&self) -> Self {
        Self(format!("{}/*", self.0))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the pattern names this text. The work is at most the product of both lengths.
    pub(crate) fn names(&self, text: &str) -> bool {
        let (mut pattern, mut text) = (self.0.as_bytes(), text.as_bytes());
        // Where to go on when what follows the last star does not fit here.
        let mut back: Option<(&[u8], &[u8])> = None;
        loop {
            match (pattern, text) {
                ([b'*', rest @ ..], _) => {
                    back = Some((rest, text));
                    pattern = rest;
                }
                ([one, rest @ ..], [other, more @ ..]) if one == other => {
                    (pattern, text) = (rest, more);
                }
                ([], []) => return true,
                _ => {
                    let Some((after_star, [_, later @ ..])) = back else { return false };
                    back = Some((after_star, later));
                    (pattern, text) = (after_star, later);
                }
            }
        }
    }
}

/// A pattern of package URLs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackagePattern {
    /// As it is written.
    text: String,
    /// Type, namespace and name, decoded.
    path: Wildcard,
}

/// Whether a pattern names something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fit {
    /// It does not.
    No,
    /// Nobody can say: only a name is known, and the pattern has the same.
    Perhaps,
    /// It does.
    Yes,
}

/// A type that says nothing of where a package is from (package URL specification, `generic`).
const GENERIC: &str = "generic";

/// A text that is no package pattern.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("\"{text}\" is no package pattern: {reason}")]
pub struct PatternError {
    /// The text.
    pub text: String,
    /// What is wrong with it.
    pub reason: String,
}

impl PackagePattern {
    /// The longest pattern taken, in bytes.
    const MAX_BYTES: usize = 1_024;

    /// Reads a pattern: `pkg:npm/left-pad`, `pkg:npm/@acme/*`, `pkg:maven/org.example/*`.
    pub fn parse(text: &str) -> Result<Self, PatternError> {
        let error =
            |reason: &str| PatternError { text: text.to_owned(), reason: reason.to_owned() };
        let Some(path) = text.strip_prefix("pkg:") else {
            return Err(error("write a package URL such as pkg:npm/left-pad"));
        };
        if text.len() > Self::MAX_BYTES {
            return Err(error("it is too long"));
        }
        let Some((kind, name)) = path.split_once('/') else {
            return Err(error("a package URL has a type and a name, such as pkg:npm/left-pad"));
        };
        if !Purl::types().any(|one| one == kind) {
            let likely =
                Purl::types().map(|one| (strsim::normalized_damerau_levenshtein(kind, one), one));
            let likely = likely.max_by(|a, b| a.0.total_cmp(&b.0)).filter(|best| best.0 > 0.5);
            let hint = likely.map(|(_, one)| format!("; did you mean \"pkg:{one}/\"?"));
            let hint = hint.unwrap_or_default();
            let reason = format!("\"{kind}\" is no known type of package URLs{hint}");
            return Err(PatternError { text: text.to_owned(), reason });
        }
        if name.contains(['?', '#']) {
            return Err(error("qualifiers and subpaths are not compared"));
        }
        // An `@` begins an npm scope; anywhere else it begins a version.
        if name.split('/').any(|segment| segment.trim_start_matches('@').contains('@')) {
            return Err(error("a version belongs into \"versions\""));
        }
        let path = if name.contains('*') {
            let name = name.replace("%40", "@");
            format!("{kind}/{}", Purl::fold_path(kind, &name))
        } else {
            let purl = Purl::parse(&text.replacen("/@", "/%40", 1)).map_err(|cause| {
                PatternError { text: text.to_owned(), reason: cause.to_string() }
            })?;
            path_of(&purl)
        };
        Ok(Self { text: text.to_owned(), path: Wildcard::new(&path) })
    }

    /// Whether it names this package.
    pub fn names(&self, name: &PackageName) -> bool {
        self.path.names(&path_of(&Purl::of_package(name, None)))
    }

    /// Whether it names something that may be no package of an ecosystem. What has only a name, or a
    /// package URL that says no more, may be a package of the same name wherever it is from.
    pub fn fits(&self, called: Called<'_>) -> Fit {
        let is = |names: bool, fit: Fit| if names { fit } else { Fit::No };
        match called {
            Called::Package(name) => is(self.names(name), Fit::Yes),
            Called::Purl(purl) if self.path.names(&path_of(purl)) => Fit::Yes,
            Called::Purl(purl) if purl.package_type() == GENERIC => {
                let path = path_of(purl);
                let name = path.split_once('/').map_or("", |(_, name)| name);
                is(self.may_be_called(name), Fit::Perhaps)
            }
            Called::Purl(_) => Fit::No,
            Called::Name(name) => is(self.may_be_called(name), Fit::Perhaps),
        }
    }

    /// Whether a package that it names may be called so: with its namespace, whatever divides the
    /// two, or without, where the name itself is more than a star.
    fn may_be_called(&self, name: &str) -> bool {
        let Some((kind, path)) = self.path.as_str().split_once('/') else { return false };
        let name = Purl::fold_path(kind, &name.replace(':', "/")).to_lowercase();
        let path = path.to_lowercase();
        let bare = path.rsplit('/').next().filter(|bare| bare.contains(|c| c != '*'));
        let is = |pattern: &str| Wildcard::new(pattern).names(&name);
        is(&path) || bare.is_some_and(is)
    }

    /// The one ecosystem that it is about. `None` where several share the type of the URL.
    pub(crate) fn ecosystem(&self) -> Option<Ecosystem> {
        let kind = self.path.as_str().split('/').next()?;
        let mut found = Ecosystem::all().filter(|one| one.purl_type() == kind);
        found.next().filter(|_| found.next().is_none())
    }
}

impl fmt::Display for PackagePattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn path_of(purl: &Purl) -> String {
    let path = match purl.namespace() {
        Some(namespace) => format!("{namespace}/{}", purl.name()),
        None => purl.name().into_owned(),
    };
    format!("{}/{}", purl.package_type(), Purl::fold_path(purl.package_type(), &path))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(pattern: &str, ecosystem: Ecosystem, name: &str) -> bool {
        let name = PackageName::parse(ecosystem, name).unwrap();
        PackagePattern::parse(pattern).unwrap().names(&name)
    }

    #[test]
    fn a_star_is_any_run_of_characters() {
        let fits = |pattern: &str, text: &str| Wildcard::new(pattern).names(text);
        assert!(fits("a*c*e", "abcde"));
        assert!(fits("*", ""));
        assert!(fits("*b", "ababb"));
        assert!(!fits("a*c", "ab"));
        assert!(!fits("", "a"));
    }

    #[test]
    fn many_stars_take_no_exponential_time() {
        assert!(!Wildcard::new(&"*a".repeat(500)).names(&"a".repeat(499)));
    }

    #[test]
    fn a_scope_is_named_with_its_sign() {
        assert!(names("pkg:npm/@acme/*", Ecosystem::Npm, "@acme/web"));
        assert!(names("pkg:npm/%40acme/web", Ecosystem::Npm, "@acme/web"));
        assert!(names("pkg:npm/@acme/web", Ecosystem::Npm, "@acme/web"));
    }

    #[test]
    fn the_type_must_agree() {
        assert!(!names("pkg:npm/left", Ecosystem::CratesIo, "left"));
    }

    #[test]
    fn a_python_name_has_many_spellings() {
        assert!(names("pkg:pypi/Zope.*", Ecosystem::PyPi, "zope_interface"));
        assert!(names("pkg:pypi/Zope_Interface", Ecosystem::PyPi, "zope.interface"));
    }

    #[test]
    fn a_star_leaves_the_rules_of_the_type() {
        assert!(names("pkg:composer/Symfony/*", Ecosystem::Packagist, "symfony/yaml"));
        assert!(names("pkg:golang/github.com/Acme/*", Ecosystem::Go, "github.com/Acme/lib"));
        assert!(names("pkg:hex/Phoenix*", Ecosystem::Hex, "phoenix_html"));
        assert!(names("pkg:deb/debian/Curl*", Ecosystem::Debian, "curl"));
        assert!(names("pkg:pypi/zope__*", Ecosystem::PyPi, "zope.interface"));
        assert!(names("pkg:nuget/newtonsoft.*", Ecosystem::NuGet, "Newtonsoft.Json"));
    }

    #[test]
    fn a_name_of_nuget_has_no_case() {
        assert!(names("pkg:nuget/newtonsoft.json", Ecosystem::NuGet, "Newtonsoft.Json"));
        assert!(names("pkg:pypi/zope.interface", Ecosystem::PyPi, "zope-interface"));
    }

    #[test]
    fn a_version_has_its_own_key() {
        let error = PackagePattern::parse("pkg:npm/left@1").unwrap_err().to_string();
        assert!(error.contains("versions"), "{error}");
    }

    #[test]
    fn a_folder_that_is_named_holds_all_below_it() {
        let above = Wildcard::new("git.example/*/web").above();
        assert!(above.names("git.example/acme/web/a/b"));
        assert!(!above.names("git.example/acme/webs"));
        assert!(!above.names("git.example/acme/web"));
    }

    #[test]
    fn what_no_ecosystem_has_is_named_by_its_type_and_name() {
        let fits = |pattern: &str, purl: &str| {
            let purl = Purl::parse(purl).unwrap();
            PackagePattern::parse(pattern).unwrap().fits(Called::Purl(&purl))
        };
        assert_eq!(fits("pkg:luarocks/left", "pkg:luarocks/left@1"), Fit::Yes);
        assert_eq!(fits("pkg:huggingface/acme/*", "pkg:huggingface/acme/left@1"), Fit::Yes);
        assert_eq!(fits("pkg:npm/left", "pkg:luarocks/left@1"), Fit::No);
        assert_eq!(fits("pkg:npm/left", "pkg:generic/left@1"), Fit::Perhaps);
        assert_eq!(fits("pkg:generic/left", "pkg:generic/left@1"), Fit::Yes);
    }

    #[test]
    fn something_of_the_same_name_may_be_what_is_named() {
        let fits = |pattern, name| PackagePattern::parse(pattern).unwrap().fits(Called::Name(name));
        for (pattern, name) in [
            ("pkg:npm/left", "Left"),
            ("pkg:npm/@acme/web", "@acme/web"),
            ("pkg:maven/org.example/left", "org.example:left"),
            ("pkg:maven/org.example/left", "left"),
            ("pkg:maven/org.example/*", "org.example/left"),
            ("pkg:npm/left*", "left-pad"),
        ] {
            assert_eq!(fits(pattern, name), Fit::Perhaps, "{pattern} {name}");
        }
        for (pattern, name) in [("pkg:npm/left", "right"), ("pkg:npm/@acme/*", "left")] {
            assert_eq!(fits(pattern, name), Fit::No, "{pattern} {name}");
        }
    }

    #[test]
    fn a_misspelt_type_is_told_with_the_likely_one() {
        let error = PackagePattern::parse("pkg:nmp/left").unwrap_err().to_string();
        assert!(error.contains("did you mean \"pkg:npm/\"?"), "{error}");
    }

    #[test]
    fn what_is_no_package_url_is_refused() {
        for text in ["left-pad", "pkg:npm", "pkg:nmp/left", "pkg:npm/a?b=c"] {
            assert!(PackagePattern::parse(text).is_err(), "{text}");
        }
    }
}
