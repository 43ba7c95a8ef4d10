//! `packages.config`: the packages of an old .NET project, all of them, each with its version.
//!
//! <https://learn.microsoft.com/nuget/reference/packages-config>. The list is flat: it does not
//! tell what the project asks for from what those packages need.

use mainstay_reading::{Input, Inventory, Listing, Place, ReadError, ReadErrorKind, exact, xml};
use mainstay_types::{Ecosystem, Scope};

/// Reads the file.
pub(crate) fn read(input: &Input<'_>) -> Result<Inventory, ReadError> {
    let root = xml::read(input, "packages")?;
    let mut listing = Listing::new(Ecosystem::NuGet);
    for package in root.all("package") {
        let attribute = |name| {
            package.attribute(name).ok_or_else(|| {
                let message = format!("the package has no attribute \"{name}\"");
                ReadError::at(ReadErrorKind::Shape, package.line, message)
            })
        };
        let (id, version) = (attribute("id")?, attribute("version")?);
        let mut entry = listing.entry(id, exact(version), Place::line(package.line))?;
        if package.attribute("developmentDependency") == Some("true") {
            entry.scope = Scope::Dev;
        }
        listing.push(entry);
    }
    Ok(listing.finish())
}

#[cfg(test)]
mod tests {
    use super::*;
    use mainstay_reading::NothingNearby;

    fn read_text(text: &str) -> Result<Inventory, ReadError> {
        let bytes = text.as_bytes();
        read(&Input { bytes, file_name: "packages.config", nearby: &NothingNearby })
    }

    #[test]
    fn each_package_has_its_version_and_line() {
        let text = "\u{feff}<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<packages>\n  \
                    <package id=\"Acme.Web\" version=\"1.0.0\" targetFramework=\"net48\" />\n  \
                    <package id=\"Acme.Lint\" version=\"2.0\" developmentDependency=\"true\" />\n\
                    </packages>";
        let inventory = read_text(text).unwrap();
        let found: Vec<_> = inventory
            .packages
            .iter()
            .map(|p| (p.name.as_written(), p.version.exact(), p.place.line, p.scope))
            .collect();
        assert_eq!(
            found,
            [
                ("Acme.Web", Some("1.0.0"), Some(3), Scope::Runtime),
                ("Acme.Lint", Some("2.0"), Some(4), Scope::Dev),
            ]
        );
    }

    #[test]
    fn a_package_without_a_version_is_refused_on_its_line() {
        let error = read_text("<packages>\n<package id='A'/></packages>").unwrap_err();
        assert_eq!((error.kind, error.line), (ReadErrorKind::Shape, Some(2)));
    }

    #[test]
    fn another_document_is_refused() {
        assert_eq!(read_text("<configuration/>").unwrap_err().kind, ReadErrorKind::Shape);
    }
}
