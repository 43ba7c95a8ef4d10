//! Locators of package managers as package URLs.
//!
//! Standard: SPDX specification 2.3, Annex F.3 "Package-Manager"; the types have the same meaning
//! in SPDX 3 (`ExternalRefType`). Of each the annex gives the form, and the package URL says the
//! same of the same package, so that nothing else need know both.

use mainstay_types::Purl;

/// The package that a locator of this type names. `None` for another type, and for a text that has
/// not the form of its type.
pub(crate) fn purl(written_type: &str, locator: &str) -> Option<Purl> {
    let locator = locator.trim();
    let (package_type, namespace, name, version) = match written_type {
        // `group:artifact[:version]`
        "maven-central" | "mavenCentral" => {
            let mut parts = locator.splitn(3, ':');
            let (group, artifact) = (parts.next()?, parts.next()?);
            ("maven", Some(group), artifact, parts.next())
        }
        // `package@version`; a scope begins with `@` too.
        "npm" => {
            let divided = locator.rsplit_once('@').filter(|(name, _)| !name.is_empty());
            let (name, version) =
                divided.map_or((locator, None), |(name, version)| (name, Some(version)));
            match name.split_once('/') {
                Some((scope, bare)) => ("npm", Some(scope), bare, version),
                None => ("npm", None, name, version),
            }
        }
        // `package/version`
        "nuget" => {
            let (name, version) = locator.split_once('/')?;
            ("nuget", None, name, Some(version))
        }
        // `package#version`
        "bower" => {
            let (name, version) = locator.split_once('#')?;
            ("bower", None, name, Some(version))
        }
        _ => return None,
    };
    Purl::build(package_type, namespace, name, version, [], None).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_form_of_the_annex_is_a_package_url() {
        for (written_type, locator, expected) in [
            ("maven-central", "org.example:left:9.0.0.M4", "pkg:maven/org.example/left@9.0.0.M4"),
            ("mavenCentral", "org.example:left", "pkg:maven/org.example/left"),
            ("npm", "left@0.3.0", "pkg:npm/left@0.3.0"),
            ("npm", "@corner/left@1.0.0", "pkg:npm/%40corner/left@1.0.0"),
            ("npm", "@corner/left", "pkg:npm/%40corner/left"),
            ("nuget", "Left.Mvc/5.0.0", "pkg:nuget/Left.Mvc@5.0.0"),
            ("bower", "left#2.6.2", "pkg:bower/left@2.6.2"),
        ] {
            let purl = purl(written_type, locator).map(|purl| purl.to_string());
            assert_eq!(purl.as_deref(), Some(expected), "{written_type} {locator}");
        }
    }

    #[test]
    fn a_text_of_another_form_is_none() {
        for (written_type, locator) in
            [("maven-central", "left"), ("nuget", "left"), ("npm", ""), ("purl", "left@1")]
        {
            assert_eq!(purl(written_type, locator), None, "{written_type} {locator}");
        }
    }
}
