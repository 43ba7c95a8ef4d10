//! From a package URL to the package of an ecosystem: the way back of `of_package`.

use std::borrow::Cow;

use super::Purl;
use crate::{Ecosystem, NameError, PackageName};

/// The package that a package URL names. `None` for a type whose packages are those of no
/// ecosystem by themselves: `generic`, `oci`, and distributions' types.
pub(super) fn package_name(purl: &Purl) -> Option<Result<PackageName, NameError>> {
    let ecosystem = ecosystem(purl.package_type())?;
    let name = purl.name();
    let full: Cow<'_, str> = match (ecosystem, purl.namespace()) {
        (Ecosystem::Maven, Some(group)) => format!("{group}:{name}").into(),
        (
            Ecosystem::Npm | Ecosystem::Go | Ecosystem::Packagist | Ecosystem::SwiftUrl,
            Some(namespace),
        ) => format!("{namespace}/{name}").into(),
        // Elsewhere a namespace says on which server or under which vendor; it is no part of the
        // name.
        (_, Some(_) | None) => name,
    };
    Some(PackageName::parse(ecosystem, &full))
}

fn ecosystem(package_type: &str) -> Option<Ecosystem> {
    Ecosystem::all()
        .filter(|ecosystem| ecosystem.packaging().is_none() && *ecosystem != Ecosystem::Ghc)
        .find(|ecosystem| ecosystem.purl_type() == package_type)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(purl: &str) -> Option<String> {
        let name = Purl::parse(purl).unwrap().package_name()?.unwrap();
        Some(format!("{} {name}", name.ecosystem()))
    }

    #[test]
    fn each_type_has_its_own_way_to_write_a_namespace() {
        assert_eq!(name("pkg:npm/%40babel/core@7.0.0").unwrap(), "npm @babel/core");
        assert_eq!(name("pkg:maven/org.example/lib@1").unwrap(), "Maven org.example:lib");
        assert_eq!(name("pkg:golang/git.example/a/b@v1").unwrap(), "Go git.example/a/b");
        assert_eq!(name("pkg:composer/vendor/thing@1").unwrap(), "Packagist vendor/thing");
        assert_eq!(name("pkg:cargo/serde@1.0.0").unwrap(), "crates.io serde");
    }

    #[test]
    fn a_generic_package_is_of_no_ecosystem() {
        assert_eq!(name("pkg:generic/openssl@3.0.0"), None);
    }

    #[test]
    fn a_packages_own_purl_leads_back_to_it() {
        for (ecosystem, written) in [
            (Ecosystem::Maven, "org.example:lib"),
            (Ecosystem::Npm, "@scope/lib"),
            (Ecosystem::Packagist, "vendor/lib"),
            (Ecosystem::Go, "git.example/owner/lib"),
            (Ecosystem::SwiftUrl, "git.example/owner/lib"),
            (Ecosystem::PyPi, "Some.Lib"),
            (Ecosystem::CratesIo, "lib"),
            (Ecosystem::ConanCenter, "lib"),
        ] {
            let package = PackageName::parse(ecosystem, written).unwrap();
            let purl = Purl::of_package(&package, Some("1.0.0"));
            assert_eq!(purl.package_name().unwrap().unwrap(), package, "{purl}");
        }
    }
}
