//! Spellings of one name: what the registry of a type takes for the same, beyond what canonical
//! text already makes the same.
//!
//! The package URL of NuGet keeps case, and so does Swift's; their registries ignore it, as the
//! look-up does. A name of PyPI has runs of `-`, `_` and `.` for one `-` (PEP 503), of which the
//! URL's own rule knows only `_`.

use std::borrow::Cow;

use super::type_rules::{self, Case, NameRule};
use crate::package_name::pep_503;

/// Namespace and name, decoded or not, or a pattern of them in which `*` stands, in the spelling
/// under which they are compared.
pub(super) fn path<'t>(package_type: &str, text: &'t str) -> Cow<'t, str> {
    match package_type {
        "nuget" | "swift" => return Cow::Owned(text.to_lowercase()),
        "pypi" => return pep_503(text),
        _ => {}
    }
    let rules = type_rules::of(package_type);
    let (namespace, name) = match text.rsplit_once('/') {
        Some((namespace, name)) => (Some(namespace), name),
        None => (None, text),
    };
    let cased = |case: Case, text: &str| match case {
        Case::Kept => text.to_owned(),
        Case::Lower => text.to_lowercase(),
        Case::Upper => text.to_uppercase(),
    };
    let name = cased(rules.name_case, name);
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '*' { c } else { '_' };
    let name = match rules.name_rule {
        NameRule::Dashes => name.replace('_', "-"),
        NameRule::Underscores => name.chars().map(plain).collect(),
        NameRule::Any
        | NameRule::NoDoubleColon
        | NameRule::PodName
        | NameRule::ExtensionId
        | NameRule::LowerOnDatabricks
        | NameRule::RepositoryPath => name,
    };
    match namespace {
        Some(namespace) => Cow::Owned(format!("{}/{name}", cased(rules.namespace_case, namespace))),
        None => Cow::Owned(name),
    }
}

#[cfg(test)]
mod tests {
    use super::path;

    #[test]
    fn the_rules_of_the_type_are_applied_around_a_star() {
        assert_eq!(path("composer", "Symfony/*"), "symfony/*");
        assert_eq!(path("golang", "github.com/Acme/*"), "github.com/acme/*");
        assert_eq!(path("hex", "Phoenix*"), "phoenix*");
        assert_eq!(path("deb", "debian/Curl*"), "debian/curl*");
        assert_eq!(path("pypi", "zope__*"), "zope-*");
        assert_eq!(path("pub", "a-b*"), "a_b*");
    }

    #[test]
    fn what_the_registry_tells_apart_stays_apart() {
        assert_eq!(path("maven", "Org/Lib"), "Org/Lib");
        assert_eq!(path("cargo", "A_b"), "A_b");
    }
}
