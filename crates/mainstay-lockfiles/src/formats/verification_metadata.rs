//! `gradle/verification-metadata.xml`: every artifact that Gradle may use, with its checksums.
//!
//! <https://docs.gradle.org/current/userguide/dependency_verification.html>. It is a list of what
//! is trusted, not of one resolution: build plugins and versions of earlier days stand in it too.
//! Artifacts that are trusted by a rule are not listed, so a file with such rules has a gap.

use std::collections::HashMap;

use mainstay_reading::{
    Input, Inventory, Listing, Place, ReadError, ReadErrorKind, exact,
    xml::{self, Element},
};
use mainstay_types::{Digest, DigestAlgorithm, Ecosystem};

/// Reads the file.
pub(crate) fn read(input: &Input<'_>) -> Result<Inventory, ReadError> {
    let root = xml::read(input, "verification-metadata")?;
    let mut listing = Listing::new(Ecosystem::Maven);
    if let Some(rule) = root
        .all("configuration")
        .flat_map(|configuration| configuration.listed("trusted-artifacts", "trust"))
        .next()
    {
        listing.gap(
            Place::line(rule.line),
            "artifacts that are trusted by a rule are not listed in this file",
            "lock the dependencies with `gradle dependencies --write-locks`",
        );
    }
    let mut positions = HashMap::new();
    for component in root.listed("components", "component") {
        let (name, version) = coordinates(component)?;
        let position = if let Some(position) = positions.get(&(name.clone(), version)) {
            *position
        } else {
            let place = Place::line(component.line);
            let entry = listing.entry(&name, exact(version), place)?;
            let position = listing.push(entry);
            positions.insert((name, version), position);
            position
        };
        for sum in component.all("artifact").flat_map(|artifact| &artifact.children) {
            let algorithm = DigestAlgorithm::from_name(&sum.name);
            if let (Some(algorithm), Some(value)) = (algorithm, sum.attribute("value")) {
                listing.checksum(position, Digest::from_hex(algorithm, value));
            }
        }
    }
    Ok(listing.finish())
}

fn coordinates(component: &Element) -> Result<(String, &str), ReadError> {
    let attribute = |name| {
        component.attribute(name).filter(|value| !value.is_empty()).ok_or_else(|| {
            let message = format!("the component has no attribute \"{name}\"");
            ReadError::at(ReadErrorKind::Shape, component.line, message)
        })
    };
    let (group, name) = (attribute("group")?, attribute("name")?);
    Ok((format!("{group}:{name}"), attribute("version")?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use mainstay_reading::NothingNearby;

    fn read_text(text: &str) -> Result<Inventory, ReadError> {
        let bytes = text.as_bytes();
        read(&Input { bytes, file_name: "verification-metadata.xml", nearby: &NothingNearby })
    }

    const FILE: &str = "<verification-metadata>\n<configuration/>\n<components>\n\
        <component group='org.acme' name='web' version='1.0'>\n\
        <artifact name='web-1.0.jar'><sha256 value='000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f' origin='x'/></artifact>\n\
        </component>\n<component group='org.acme' name='web' version='2.0'/>\n\
        </components>\n</verification-metadata>";

    #[test]
    fn each_component_has_its_version_line_and_checksums() {
        let inventory = read_text(FILE).unwrap();
        let found: Vec<_> = inventory
            .packages
            .iter()
            .map(|p| (p.name.as_written(), p.version.exact(), p.place.line, p.checksums.len()))
            .collect();
        assert_eq!(
            found,
            [("org.acme:web", Some("1.0"), Some(4), 1), ("org.acme:web", Some("2.0"), Some(7), 0),]
        );
        assert_eq!(inventory.gaps, []);
    }

    #[test]
    fn a_rule_of_trust_is_a_gap() {
        let text = FILE.replace(
            "<configuration/>",
            "<configuration><trusted-artifacts><trust group='a'/></trusted-artifacts></configuration>",
        );
        assert_eq!(read_text(&text).unwrap().gaps.len(), 1);
    }

    #[test]
    fn a_component_without_a_version_is_refused_on_its_line() {
        let error = read_text(&FILE.replace(" version='1.0'", "")).unwrap_err();
        assert_eq!((error.kind, error.line), (ReadErrorKind::Shape, Some(4)));
    }

    #[test]
    fn another_document_is_refused() {
        assert!(read_text("<project/>").is_err());
        assert!(read_text("").is_err());
    }
}
