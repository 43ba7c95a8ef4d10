//! `stack.yaml.lock`: what Stack completed of a Haskell project's `stack.yaml`.
//!
//! YAML, <https://docs.haskellstack.org/en/stable/topics/lock_files/>. It locks the extra
//! dependencies exactly. The packages of the snapshot are not in it, only the snapshot's address:
//! a project with a snapshot is never wholly known from this file.

use mainstay_reading::{
    Input, Inventory, Listing, LockedVersion, Origin, Place, ReadError, ReadErrorKind, exact, yaml,
};
use mainstay_types::{Digest, DigestAlgorithm, Ecosystem, SourceUrl};
use serde::Deserialize;
use serde_saphyr::Spanned;

/// Reads the file.
pub(crate) fn read(input: &Input<'_>) -> Result<Inventory, ReadError> {
    let text = input.text()?;
    let lock: Lock = yaml::parse(&text)?;
    let mut listing = Listing::new(Ecosystem::Hackage);
    for package in &lock.packages {
        let line = u32::try_from(package.completed.referenced.line()).unwrap_or(0);
        add(&mut listing, &package.completed.value, line)?;
    }
    for snapshot in &lock.snapshots {
        let line = u32::try_from(snapshot.completed.referenced.line()).ok();
        let address = SourceUrl::new(&snapshot.completed.value.url);
        listing.gap(
            Place::at(line),
            format!("the packages of the snapshot {address} are not in this file"),
            "run `stack ls dependencies cyclonedx`, or `cabal freeze`, and scan what it writes",
        );
    }
    Ok(listing.finish())
}

#[derive(Deserialize)]
struct Lock {
    packages: Vec<Locked<Package>>,
    snapshots: Vec<Locked<Snapshot>>,
}

#[derive(Deserialize)]
struct Locked<T> {
    completed: Spanned<T>,
}

#[derive(Deserialize)]
struct Snapshot {
    url: String,
}

#[derive(Deserialize)]
struct Package {
    /// `name-version@sha256:<hex>,<size>`: the checksum is that of the cabal file.
    hackage: Option<String>,
    name: Option<String>,
    version: Option<String>,
    git: Option<String>,
    hg: Option<String>,
    commit: Option<String>,
    url: Option<String>,
    sha256: Option<String>,
}

fn add(listing: &mut Listing, package: &Package, line: u32) -> Result<(), ReadError> {
    let shape = |message: &str| ReadError::at(ReadErrorKind::Shape, line, message);
    let place = Place::line(line);
    if let Some(written) = &package.hackage {
        let (name, version) = name_and_version(written)
            .ok_or_else(|| shape("the package is not written as name-version"))?;
        let mut entry = listing.entry(name, exact(version), place)?;
        entry.direct = Some(true);
        listing.push(entry);
        return Ok(());
    }
    let Some(name) = &package.name else {
        return Err(shape("the package has neither a name nor a place on Hackage"));
    };
    let version = package.version.as_deref().map_or(LockedVersion::Unstated, exact);
    let mut entry = listing.entry(name, version, place)?;
    entry.direct = Some(true);
    let archive = package.url.as_deref().unwrap_or("");
    entry.origin = match (&package.git, &package.hg) {
        (Some(url), _) => {
            let commit = package.commit.as_deref().map(Into::into);
            Origin::Git { url: SourceUrl::new(url), commit }
        }
        (None, Some(url)) => Origin::Url(SourceUrl::new(url)),
        (None, None) if archive.contains("://") => Origin::Url(SourceUrl::new(archive)),
        (None, None) => Origin::Path(archive.into()),
    };
    let position = listing.push(entry);
    if let Some(sum) = &package.sha256 {
        listing.checksum(position, Digest::from_hex(DigestAlgorithm::Sha256, sum));
    }
    Ok(())
}

/// A Haskell version is numbers with dots; a name may hold hyphens before it.
fn name_and_version(written: &str) -> Option<(&str, &str)> {
    let (name, version) = written.split('@').next()?.rsplit_once('-')?;
    let numbers =
        version.split('.').all(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()));
    (numbers && !name.is_empty()).then_some((name, version))
}

#[cfg(test)]
mod tests {
    use super::*;
    use mainstay_reading::NothingNearby;

    const LOCK: &str = "\
packages:
- completed:
    hackage: acme-missiles-0.3@sha256:2ba66a092a32593880a87fb00f3213762d7bca65a687d45965778deb8694c5d1,613
    pantry-tree:
      sha256: 614bc0cca76937507ea0a5ccc17a504c997ce458d7f2f9e43b15a10c8eaeb033
      size: 226
  original:
    hackage: acme-missiles-0.3
- completed:
    commit: a9574ab75d6ed01e1288c453ae1d943d7a964595
    git: https://git.example/fork.git
    name: forked
    version: 1.2.0
  original:
    git: https://git.example/fork.git
snapshots:
- completed:
    sha256: 7f47507fd037228a8d23cf830f5844e1f006221acebdd7cb49f2f5fb561e0546
    size: 610000
    url: https://snapshots.example/lts/21/0.yaml
  original: lts-21.0
";

    fn read_text(text: &str) -> Result<Inventory, ReadError> {
        let bytes = text.as_bytes();
        read(&Input { bytes, file_name: "stack.yaml.lock", nearby: &NothingNearby })
    }

    #[test]
    fn a_name_may_hold_hyphens() {
        let inventory = read_text(LOCK).unwrap();
        let entry = &inventory.packages[0];
        assert_eq!(entry.name.as_written(), "acme-missiles");
        assert_eq!((entry.version.exact(), entry.place.line), (Some("0.3"), Some(3)));
    }

    #[test]
    fn a_git_package_is_not_a_registry_package() {
        let inventory = read_text(LOCK).unwrap();
        assert!(matches!(&inventory.packages[1].origin, Origin::Git { commit: Some(_), .. }));
    }

    #[test]
    fn a_snapshot_is_a_gap() {
        let inventory = read_text(LOCK).unwrap();
        assert_eq!(inventory.gaps[0].place.line, Some(18));
        assert_eq!(read_text("packages: []\nsnapshots: []\n").unwrap().gaps, []);
    }

    #[test]
    fn a_package_without_a_version_is_refused() {
        let text = "packages:\n- completed:\n    hackage: acme\nsnapshots: []\n";
        assert_eq!(read_text(text).unwrap_err().kind, ReadErrorKind::Shape);
    }

    #[test]
    fn another_document_is_refused() {
        assert!(read_text("").is_err());
        assert!(read_text("packages: [").is_err());
    }
}
