//! `Package.resolved`: what the Swift package manager resolved.
//!
//! JSON, versions 1 to 3 (`SwiftPM`'s `ResolvedPackagesStore`). OSV calls a Swift package by the
//! address of its repository. A pin without a version is a commit of a branch.

use mainstay_reading::{
    Input, Inventory, Lines, Listing, LockedVersion, Origin, Place, ReadError, ReadErrorKind,
    exact,
    json::{self, Text},
};
use mainstay_types::{Ecosystem, SourceUrl};
use serde::Deserialize;

/// Reads the file.
pub(crate) fn read(input: &Input<'_>) -> Result<Inventory, ReadError> {
    let text = input.text()?;
    let Version { version } = json::parse(&text)?;
    let pins = match version {
        1 => json::parse::<First<'_>>(&text)?.object.pins,
        2 | 3 => json::parse::<Pins<'_>>(&text)?.pins,
        other => {
            let message = format!("version {other} of Package.resolved is not known");
            return Err(ReadError::new(ReadErrorKind::UnknownVersion, message));
        }
    };
    let lines = Lines::new(&text);
    let mut listing = Listing::new(Ecosystem::SwiftUrl);
    for pin in &pins {
        add(&mut listing, pin, &lines)?;
    }
    Ok(listing.finish())
}

#[derive(Deserialize)]
struct Version {
    version: u32,
}

#[derive(Deserialize)]
struct First<'t> {
    #[serde(borrow)]
    object: Pins<'t>,
}

#[derive(Deserialize)]
struct Pins<'t> {
    #[serde(borrow)]
    pins: Vec<Pin<'t>>,
}

#[derive(Deserialize)]
struct Pin<'t> {
    #[serde(borrow, alias = "package")]
    identity: Text<'t>,
    #[serde(borrow, default)]
    kind: Option<Text<'t>>,
    #[serde(borrow, default, alias = "repositoryURL")]
    location: Option<Text<'t>>,
    #[serde(borrow)]
    state: State<'t>,
}

#[derive(Deserialize)]
struct State<'t> {
    #[serde(borrow, default)]
    revision: Option<Text<'t>>,
    #[serde(borrow, default)]
    version: Option<Text<'t>>,
}

fn add(listing: &mut Listing, pin: &Pin<'_>, lines: &Lines<'_>) -> Result<(), ReadError> {
    let location = pin.location.as_ref().filter(|location| !location.is_empty());
    // A package of a registry has an identity, `scope.name`, and no address.
    let written = location.unwrap_or(&pin.identity);
    let place = Place::at(lines.of(written));
    let version = pin.state.version.as_deref().map_or(LockedVersion::Unstated, exact);
    let commit = pin.state.revision.as_deref();
    if version == LockedVersion::Unstated && commit.is_none() {
        let message =
            format!("the pin of {} has no version and no revision", pin.identity.escape_debug());
        return Err(ReadError { kind: ReadErrorKind::Shape, line: place.line, message });
    }
    let unversioned = version == LockedVersion::Unstated;
    let mut entry = listing.entry(written, version, place.clone())?;
    if location.is_none() {
        listing.gap(
            place,
            format!(
                "{} is named by its identity in a registry, and advisories name packages of Swift \
                 by the address of their repository",
                entry.name
            ),
            "look for advisories on the repository of the package by hand",
        );
    }
    let is_local = matches!(pin.kind.as_deref(), Some("localSourceControl" | "fileSystem"));
    let is_path = is_local || written.starts_with(['/', '.']) || written.starts_with("file:");
    let address = || SourceUrl::new(written);
    entry.origin = if is_path {
        Origin::Path((&**written).into())
    } else if unversioned {
        Origin::Git { url: address(), commit: commit.map(Into::into) }
    } else {
        Origin::Registry { index: None, artifact: location.map(|_| address()) }
    };
    listing.push(entry);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use mainstay_reading::NothingNearby;

    fn read_text(text: &str) -> Result<Inventory, ReadError> {
        let bytes = text.as_bytes();
        read(&Input { bytes, file_name: "Package.resolved", nearby: &NothingNearby })
    }

    #[test]
    fn a_pin_of_the_first_version_is_read() {
        let text = r#"{"object": {"pins": [
            {"package": "Acme", "repositoryURL": "https://git.example/Acme/Acme.git",
             "state": {"branch": null, "revision": "0123", "version": "1.2.3"}}]}, "version": 1}"#;
        let inventory = read_text(text).unwrap();
        let entry = &inventory.packages[0];
        assert_eq!(entry.name.key(), "git.example/acme/acme");
        assert_eq!((entry.version.exact(), entry.place.line), (Some("1.2.3"), Some(2)));
        assert!(matches!(entry.origin, Origin::Registry { .. }));
    }

    const THIRD: &str = r#"{"originHash": "00", "pins": [
        {"identity": "acme", "kind": "remoteSourceControl",
         "location": "https://git.example/acme", "state": {"branch": "main", "revision": "0123"}},
        {"identity": "scope.name", "kind": "registry", "location": "",
         "state": {"version": "2.0.0"}},
        {"identity": "own", "kind": "localSourceControl", "location": "/srv/own",
         "state": {"revision": "4567", "version": "0.1.0"}}], "version": 3}"#;

    #[test]
    fn a_pin_without_a_version_is_a_commit() {
        let inventory = read_text(THIRD).unwrap();
        let entry = &inventory.packages[0];
        assert_eq!(entry.version, LockedVersion::Unstated);
        assert!(matches!(&entry.origin, Origin::Git { commit: Some(c), .. } if &**c == "0123"));
    }

    #[test]
    fn a_package_of_a_registry_is_called_by_its_identity() {
        let inventory = read_text(THIRD).unwrap();
        assert_eq!(inventory.packages[1].name.as_written(), "scope.name");
    }

    #[test]
    fn a_package_without_an_address_is_a_gap() {
        let inventory = read_text(THIRD).unwrap();
        assert_eq!(inventory.gaps.len(), 1);
        assert_eq!(inventory.gaps[0].place.line, Some(4));
    }

    #[test]
    fn a_repository_on_the_machine_is_a_path() {
        let inventory = read_text(THIRD).unwrap();
        assert_eq!(inventory.packages[2].origin, Origin::Path("/srv/own".into()));
    }

    #[test]
    fn an_unknown_version_is_refused() {
        let error = read_text(r#"{"pins": [], "version": 4}"#).unwrap_err();
        assert_eq!(error.kind, ReadErrorKind::UnknownVersion);
    }

    #[test]
    fn a_pin_without_any_state_is_refused() {
        let text = r#"{"pins": [{"identity": "a", "location": "b", "state": {}}], "version": 2}"#;
        assert_eq!(read_text(text).unwrap_err().kind, ReadErrorKind::Shape);
        assert!(read_text("{}").is_err());
    }
}
