//! What a statement is about: a package, a part of a product, or something that no package URL
//! names.
//!
//! Matching follows the package URL's own parts. Type, namespace and name must agree. A version
//! must agree where the statement has one; without one every version is meant, unless a range
//! says otherwise. Every qualifier and the subpath of the statement must be the package's too;
//! what the package has beyond that does not matter. Both sides are canonical, so the rules of
//! the type (case, separators) are applied already.

use std::borrow::Cow;
use std::sync::Arc;

use mainstay_types::{Ecosystem, PackageName, Purl, PurlError};
use mainstay_versions::VersRange;

/// What a statement is about.
#[derive(Clone, Debug)]
pub struct Product {
    /// How the document writes it.
    pub written: Arc<str>,
    /// What that is.
    pub subject: Subject,
}

/// What a product is.
#[derive(Clone, Debug)]
pub enum Subject {
    /// A package, wherever it is; or the scanned software itself.
    Package(PackagePattern),
    /// A package as a part of a product, and of nothing else.
    Part {
        /// The product.
        whole: Arc<Whole>,
        /// The package in it.
        part: PackagePattern,
    },
    /// A product as such, which no package URL names.
    Whole(Arc<Whole>),
    /// Nothing that could be compared with a package; why.
    Unmatchable(Arc<str>),
}

/// A product that has parts.
#[derive(Clone, Debug)]
pub enum Whole {
    /// By package URL.
    Package(PackagePattern),
    /// By the name, and perhaps the version, that a document gives the software it is about.
    Named {
        /// The name.
        name: String,
        /// The version.
        version: Option<String>,
    },
    /// The software that an SBOM describes, by the SBOM's serial number.
    Bom {
        /// The serial number: `urn:uuid:...`.
        serial: String,
        /// The how-manieth edition of it. `None` is any.
        edition: Option<u64>,
    },
    /// Something that no package URL names, such as a CPE.
    Other(String),
}

/// Packages by package URL.
#[derive(Clone, Debug)]
pub struct PackagePattern {
    purl: Purl,
    range: Option<VersRange>,
    range_text: Option<Arc<str>>,
}

impl PackagePattern {
    /// Every package that the URL means.
    pub fn new(purl: Purl) -> Self {
        Self { purl, range: None, range_text: None }
    }

    /// Versions of a package within a range.
    pub fn within(purl: Purl, range: VersRange, text: &str) -> Self {
        Self { purl, range: Some(range), range_text: Some(text.into()) }
    }

    /// The package URL.
    pub fn purl(&self) -> &Purl {
        &self.purl
    }

    /// The range, as it was written.
    pub fn range(&self) -> Option<&str> {
        self.range_text.as_deref()
    }

    /// How a report names it: the package URL, and the range where there is one.
    pub fn label(&self) -> String {
        match self.range() {
            Some(range) => format!("{} in {range}", self.purl),
            None => self.purl.to_string(),
        }
    }

    /// Type, namespace and name: what two URLs of one package share.
    pub fn base(&self) -> &str {
        base(&self.purl)
    }

    /// [`PackagePattern::base`] in the spelling under which packages are compared.
    pub fn key(&self) -> Cow<'_, str> {
        self.purl.key()
    }

    /// Whether it means this package.
    pub fn matches(&self, package: &Purl) -> bool {
        self.key() == package.key()
            && self.matches_version(package)
            && self.matches_qualifiers(package)
            && self.purl.subpath().is_none_or(|path| Some(path) == package.subpath())
    }

    fn matches_version(&self, package: &Purl) -> bool {
        let found = package.version();
        if let Some(range) = &self.range {
            // A range of npm says nothing about versions of PyPI.
            let own_scheme = [package.package_type(), "semver"].contains(&range.scheme());
            let every = range.contains("") == Some(true);
            return (own_scheme || every)
                && found.is_some_and(|version| range.contains(&version) == Some(true));
        }
        let Some(wanted) = self.purl.version() else { return true };
        let go = self.purl.package_type() == "golang";
        found.is_some_and(|found| wanted == found || go && without_v(&wanted) == without_v(&found))
    }

    fn matches_qualifiers(&self, package: &Purl) -> bool {
        let is_default = |key: &str, value: &str| {
            // A Maven artifact is a jar where nothing else is said.
            (self.purl.package_type(), key, value) == ("maven", "type", "jar")
        };
        self.purl.qualifiers().all(|(key, value)| {
            let mut found = package.qualifiers().filter(|(other, _)| *other == key);
            match found.next() {
                Some((_, other)) => other == value,
                None => is_default(key, &value),
            }
        })
    }
}

/// Go writes versions with a `v`, and many documents leave it away.
fn without_v(version: &str) -> &str {
    version.strip_prefix('v').unwrap_or(version)
}

/// A package URL up to its version. In canonical text every other `@`, `?` and `#` is encoded.
pub fn base(purl: &Purl) -> &str {
    let text = purl.as_str();
    text.split(['@', '?', '#']).next().unwrap_or(text)
}

/// Reads the package URL of a product. Go's own pseudo-modules have no namespace, which their
/// type asks for, and every tool writes them all the same.
pub fn read_purl(text: &str) -> Result<Purl, PurlError> {
    Purl::parse(text).or_else(|error| pseudo_module(text).ok_or(error))
}

fn pseudo_module(text: &str) -> Option<Purl> {
    let rest = text.trim().strip_prefix("pkg:golang/")?;
    let (name, version) = match rest.split_once('@') {
        Some((name, version)) => (name, Some(version)),
        None => (rest, None),
    };
    let is_plain = |c: char| c.is_ascii_alphanumeric() || ".-".contains(c);
    if !["stdlib", "toolchain"].contains(&name)
        || !version.is_none_or(|one| one.chars().all(is_plain))
    {
        return None;
    }
    Some(Purl::of_package(&PackageName::parse(Ecosystem::Go, name).ok()?, version))
}

/// The same package in this version, whatever version the URL has.
pub(crate) fn with_version(purl: &Purl, version: &str) -> Result<PackagePattern, Arc<str>> {
    let (namespace, name, subpath) = (purl.namespace(), purl.name(), purl.subpath());
    let qualifiers: Vec<_> = purl.qualifiers().collect();
    let whole = Purl::build(
        purl.package_type(),
        namespace.as_deref(),
        &name,
        Some(version),
        qualifiers.iter().map(|(key, value)| (*key, &**value)),
        subpath.as_deref(),
    );
    whole
        .map(PackagePattern::new)
        .map_err(|error| format!("its version \"{version}\" cannot be used: {error}").into())
}

impl Whole {
    /// How a report names it.
    pub fn label(&self) -> String {
        match self {
            Self::Package(pattern) => pattern.label(),
            Self::Named { name, version: Some(version) } => format!("{name} {version}"),
            Self::Named { name, version: None } | Self::Other(name) => name.clone(),
            Self::Bom { serial, edition: Some(edition @ 2..) } => {
                format!("the SBOM {serial}, version {edition}")
            }
            Self::Bom { serial, .. } => format!("the SBOM {serial}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, package: &str) -> bool {
        PackagePattern::new(Purl::parse(pattern).unwrap()).matches(&Purl::parse(package).unwrap())
    }

    #[test]
    fn without_a_version_every_version_is_meant() {
        assert!(matches("pkg:npm/lodash", "pkg:npm/lodash@4.17.20"));
        assert!(matches("pkg:npm/lodash", "pkg:npm/lodash"));
    }

    #[test]
    fn with_a_version_that_one_is_meant() {
        assert!(matches("pkg:npm/lodash@4.17.20", "pkg:npm/lodash@4.17.20"));
        assert!(!matches("pkg:npm/lodash@4.17.20", "pkg:npm/lodash@4.17.21"));
        assert!(!matches("pkg:npm/lodash@4.17.20", "pkg:npm/lodash"));
    }

    #[test]
    fn case_does_not_matter_where_the_registry_ignores_it() {
        assert!(matches("pkg:nuget/newtonsoft.json", "pkg:nuget/Newtonsoft.Json@13.0.1"));
        assert!(matches("pkg:pypi/zope.interface", "pkg:pypi/zope-interface@1"));
    }

    #[test]
    fn a_scope_belongs_to_the_name() {
        assert!(!matches("pkg:npm/%40a/lodash", "pkg:npm/lodash@1.0.0"));
        assert!(matches("pkg:npm/@a/lodash", "pkg:npm/%40a/lodash@1.0.0"));
    }

    #[test]
    fn every_qualifier_of_the_statement_must_be_there() {
        let package = "pkg:deb/debian/curl@7?arch=amd64&distro=debian-12";
        assert!(matches("pkg:deb/debian/curl@7?arch=amd64", package));
        assert!(!matches("pkg:deb/debian/curl@7?arch=arm64", package));
        assert!(!matches("pkg:deb/debian/curl@7?epoch=1", package));
    }

    #[test]
    fn a_jar_is_what_maven_means_when_nothing_is_said() {
        assert!(matches("pkg:maven/g/a@1?type=jar", "pkg:maven/g/a@1"));
        assert!(!matches("pkg:maven/g/a@1?type=war", "pkg:maven/g/a@1"));
        assert!(!matches("pkg:maven/g/a@1?type=jar", "pkg:maven/g/a@1?type=war"));
    }

    #[test]
    fn a_subpath_must_agree() {
        assert!(!matches("pkg:npm/a@1.0.0#lib", "pkg:npm/a@1.0.0"));
        assert!(matches("pkg:npm/a@1.0.0", "pkg:npm/a@1.0.0#lib"));
    }

    #[test]
    fn the_rules_of_the_type_are_applied() {
        assert!(matches("pkg:pypi/Django_Thing@1.0", "pkg:pypi/django-thing@1.0"));
        assert!(!matches("pkg:maven/G/A", "pkg:maven/g/a@1"));
    }

    #[test]
    fn the_v_of_a_go_version_does_not_matter() {
        assert!(matches("pkg:golang/h.example/m@1.2.3", "pkg:golang/h.example/m@v1.2.3"));
        assert!(!matches("pkg:npm/m@1.2.3", "pkg:npm/m@v1.2.3"));
    }

    #[test]
    fn the_standard_library_of_go_is_a_product_without_a_namespace() {
        let pattern = PackagePattern::new(read_purl("pkg:golang/stdlib@v1.23.4").unwrap());
        let name = PackageName::parse(Ecosystem::Go, "stdlib").unwrap();
        assert!(pattern.matches(&Purl::of_package(&name, Some("1.23.4"))));
        assert!(!pattern.matches(&Purl::of_package(&name, Some("1.23.5"))));
        assert!(read_purl("pkg:golang/other@1").is_err());
    }

    #[test]
    fn a_range_means_the_versions_within_it() {
        let text = "vers:npm/>=4.0.0|<4.17.21";
        let range = VersRange::parse(text).unwrap();
        let purl = Purl::parse("pkg:npm/lodash").unwrap();
        let pattern = PackagePattern::within(purl, range, text);
        let is_meant = |text: &str| pattern.matches(&Purl::parse(text).unwrap());
        assert!(is_meant("pkg:npm/lodash@4.17.20"));
        assert!(!is_meant("pkg:npm/lodash@4.17.21"));
        assert!(!is_meant("pkg:npm/lodash"));
    }
}
