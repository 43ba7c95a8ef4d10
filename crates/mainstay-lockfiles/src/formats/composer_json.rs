//! `composer.json`: what a PHP project asks for.
//!
//! <https://getcomposer.org/doc/04-schema.md>. `require` and `require-dev` name packages and
//! bounds; which versions they become, and what those need, stands in `composer.lock` only.

use std::collections::HashSet;

use mainstay_reading::{
    Input, Inventory, Lines, Listing, LockedVersion, Place, ReadError,
    json::{self, Object, Text},
};
use mainstay_types::{Ecosystem, PackageName, Scope};
use serde::Deserialize;

/// Reads the file.
pub(crate) fn read(input: &Input<'_>) -> Result<Inventory, ReadError> {
    let text = input.text()?;
    let manifest: Manifest<'_> = json::parse(&text)?;
    let lines = Lines::new(&text);
    let mut listing = Listing::new(Ecosystem::Packagist);
    if let Some(name) = manifest.name.as_ref().filter(|name| !name.is_empty()) {
        let name = listing.name(name, lines.of(name))?;
        listing.member(Some(name.clone()), Some("."));
        listing.inventory.own_name = Some(name);
    }
    for (wishes, scope) in
        [(&manifest.require, Scope::Runtime), (&manifest.require_dev, Scope::Dev)]
    {
        for (name, wish) in wishes.entries().iter().filter(|(name, _)| is_package(name)) {
            let place = Place::at(lines.of(name));
            let mut entry = listing.entry(name, LockedVersion::Asked((**wish).into()), place)?;
            entry.scope = scope;
            entry.direct = Some(true);
            listing.push(entry);
        }
    }
    if let Some(place) = listing.inventory.packages.first().map(|entry| entry.place.clone()) {
        let reason = "composer.json asks for packages, and no composer.lock beside it says which \
                      versions they become";
        listing.gap(place, reason, "run `composer update` and keep composer.lock beside the file");
    }
    Ok(listing.finish())
}

pub(super) const FILE_NAME: &str = "composer.json";

/// The names for which the `composer.json` beside a lockfile asks. `None` when it is not there; a
/// broken one is reported where it is a source of its own.
pub(super) fn nearby(input: &Input<'_>) -> Option<HashSet<PackageName>> {
    let bytes = input.nearby.read(FILE_NAME).ok()?;
    let beside = Input { bytes: &bytes, file_name: FILE_NAME, nearby: input.nearby };
    Some(read(&beside).ok()?.packages.into_iter().map(|entry| entry.name).collect())
}

/// Names of packages have a vendor before a slash; `php`, `ext-json` and the like are the platform.
fn is_package(name: &str) -> bool {
    name.contains('/')
}

#[derive(Deserialize)]
struct Manifest<'t> {
    #[serde(borrow, default)]
    name: Option<Text<'t>>,
    #[serde(borrow, default)]
    require: Wishes<'t>,
    #[serde(borrow, default, rename = "require-dev")]
    require_dev: Wishes<'t>,
}

/// An object from names to bounds. PHP writes an empty one as `[]`.
#[derive(Deserialize)]
#[serde(untagged)]
enum Wishes<'t> {
    #[serde(borrow)]
    Some(Object<'t, Text<'t>>),
    None([(); 0]),
}

impl Default for Wishes<'_> {
    fn default() -> Self {
        Self::None([])
    }
}

impl<'t> Wishes<'t> {
    fn entries(&self) -> &[(Text<'t>, Text<'t>)] {
        match self {
            Self::Some(object) => &object.0,
            Self::None(_) => &[],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mainstay_reading::NothingNearby;

    fn read_text(text: &str) -> Result<Inventory, ReadError> {
        let bytes = text.as_bytes();
        read(&Input { bytes, file_name: "composer.json", nearby: &NothingNearby })
    }

    #[test]
    fn what_is_asked_for_has_no_version_yet() {
        let text = "{\"name\": \"acme/own\", \"require\": {\"php\": \">=8\",\n\"acme/a\": \"^1.2\"},\n\
                    \"require-dev\": {\"acme/b\": \"*\"}}";
        let inventory = read_text(text).unwrap();
        let found: Vec<_> = inventory
            .packages
            .iter()
            .map(|p| (p.name.as_written(), p.version.clone(), p.place.line, p.scope))
            .collect();
        assert_eq!(
            found,
            [
                ("acme/a", LockedVersion::Asked("^1.2".into()), Some(2), Scope::Runtime),
                ("acme/b", LockedVersion::Asked("*".into()), Some(3), Scope::Dev),
            ]
        );
        assert_eq!(inventory.gaps.len(), 1);
    }

    #[test]
    fn a_manifest_that_asks_for_the_platform_alone_has_no_gap() {
        let inventory =
            read_text("{\"require\": {\"php\": \">=8\"}, \"require-dev\": []}").unwrap();
        assert_eq!((inventory.packages.len(), inventory.gaps.len()), (0, 0));
    }

    #[test]
    fn a_name_that_is_there_twice_is_refused() {
        assert!(read_text("{\"require\": {\"a/a\": \"1\", \"a/a\": \"2\"}}").is_err());
    }
}
