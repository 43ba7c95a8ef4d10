//! package-lock.json versions 1 to 3, and npm-shrinkwrap.json, which is the same format under a
//! name that is published.
//!
//! Format: npm's "package-lock.json" page in its CLI documentation. Version 1 nests packages as
//! `node_modules` does ([`nested`]); versions 2 and 3 name each by its folder ([`paths`]).
//! Version 2 holds both, and `packages` is what npm itself reads.

mod nested;
mod paths;

use mainstay_reading::{
    Entry, Gap, Input, Inventory, Lines, LockedVersion, Member, Origin, Place, ReadError,
    ReadErrorKind,
    json::{self, Object, Text},
};
use mainstay_types::{Digest, Licence, PackageName, Scope};
use serde::Deserialize;
use serde_json::Number;
use serde_json::value::RawValue;

use super::npm::{self, integrity, loose::Word};

/// Reads a package-lock.json or an npm-shrinkwrap.json.
pub(crate) fn read(input: &Input<'_>) -> Result<Inventory, ReadError> {
    let text = input.text()?;
    let document: Document<'_> = json::parse(&text)?;
    document.check_version()?;
    let mut reading = Reading { lines: Lines::new(&text), inventory: Inventory::default() };
    reading.own(&document)?;
    if let Some(packages) = &document.packages {
        paths::read(&mut reading, packages)?;
    } else if let Some(raw) = document.dependencies {
        let dependencies = reading.parse_part(raw)?;
        nested::read(&mut reading, &dependencies, input)?;
    } else if !document.may_be_empty() {
        reading.inventory.gaps.push(Gap {
            place: Place::default(),
            reason: "the file lists nothing, not even the project itself".to_owned(),
            advice: "the file may be cut short: run `npm install`".to_owned(),
        });
    }
    Ok(reading.inventory)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document<'t> {
    #[serde(borrow, default)]
    name: Word<'t>,
    lockfile_version: Option<serde_json::Value>,
    #[serde(borrow)]
    packages: Option<Object<'t, paths::Located<'t>>>,
    /// Left unread unless `packages` is missing: version 2 repeats everything here.
    #[serde(borrow)]
    dependencies: Option<&'t RawValue>,
}

impl Document<'_> {
    /// Version 1 leaves `dependencies` out where there are none; later ones always describe the
    /// project itself in `packages`.
    fn may_be_empty(&self) -> bool {
        self.lockfile_version.as_ref().and_then(serde_json::Value::as_u64) == Some(1)
    }

    fn check_version(&self) -> Result<(), ReadError> {
        // npm before version 5 wrote none.
        let Some(version) = &self.lockfile_version else { return Ok(()) };
        match version.as_number().and_then(Number::as_u64) {
            Some(1..=3) => Ok(()),
            _ => Err(ReadError::new(
                ReadErrorKind::UnknownVersion,
                format!(
                    "version {version} of package-lock.json is not known; the newest known is 3"
                ),
            )),
        }
    }
}

struct Reading<'t> {
    lines: Lines<'t>,
    inventory: Inventory,
}

impl<'t> Reading<'t> {
    fn own(&mut self, document: &Document<'_>) -> Result<(), ReadError> {
        let Some(text) = document.name.text() else { return Ok(()) };
        let name = npm::name(text, self.lines.of(text))?;
        self.inventory.own_name = Some(name.clone());
        self.inventory.members.push(Member { name: Some(name), path: Some(".".into()) });
        Ok(())
    }

    /// Reads a part of the document that was left unread, with lines of the whole.
    fn parse_part<T: Deserialize<'t>>(&self, raw: &'t RawValue) -> Result<T, ReadError> {
        json::parse(raw.get()).map_err(|error| {
            let before = self.lines.of(raw.get()).map_or(0, |line| line - 1);
            ReadError { line: error.line.map(|line| line + before), ..error }
        })
    }

    /// Adds a package, and gives its position.
    fn add(&mut self, found: Found<'_>) -> Result<u32, ReadError> {
        let position = u32::try_from(self.inventory.packages.len()).unwrap_or(u32::MAX);
        let place = Place::at(self.lines.of(found.key));
        let name = npm::name(found.name, place.line)?;
        let checksums = self.checksums(&name, found.integrity, &place);
        self.inventory.packages.push(Entry {
            name,
            version: found
                .version
                .map_or(LockedVersion::Unstated, |version| LockedVersion::Exact(version.into())),
            place,
            scope: found.scope,
            direct: None,
            origin: found.origin,
            checksums,
            licence: found.licence,
            released: None,
            needs: Vec::new(),
        });
        Ok(position)
    }

    fn checksums(
        &mut self,
        name: &PackageName,
        integrity: &Word<'_>,
        place: &Place,
    ) -> Vec<Digest> {
        let read = integrity::digests(integrity.text().unwrap_or_default());
        integrity::or_irregular(read, name, place, &mut self.inventory)
    }

    /// Says that a package needs another one that the file does not have.
    fn missing(&mut self, of: &str, wanted: &Text<'_>) {
        let of = if of.is_empty() { "the project" } else { of };
        self.inventory.gaps.push(Gap {
            place: Place::at(self.lines.of(wanted)),
            reason: format!("{of} needs {:?}, which the file does not have", &**wanted),
            advice: "the file may be cut short or merged by hand: run `npm install`".to_owned(),
        });
    }
}

/// A package as both shapes of the format give it.
struct Found<'a> {
    /// The key under which it stands, borrowed from the file.
    key: &'a str,
    name: &'a str,
    version: Option<&'a str>,
    scope: Scope,
    origin: Origin,
    integrity: &'a Word<'a>,
    licence: Option<Licence>,
}

/// The scope that npm's flags stand for. `devOptional` is needed for development, and optional
/// otherwise: the stronger reason counts.
fn scope(dev: bool, optional: bool, dev_optional: bool) -> Scope {
    match (dev, optional, dev_optional) {
        (true, _, _) => Scope::Dev,
        (false, true, _) | (false, false, true) => Scope::Optional,
        (false, false, false) => Scope::Runtime,
    }
}

#[cfg(test)]
mod tests;
