//! Tarballs of npm.
//!
//! Format: npm's documentation, "package.json" and "npm pack": a gzipped tar with one folder,
//! mostly `package`. What `bundleDependencies` names lies in its `node_modules`.

use std::collections::HashSet;

use mainstay_archives::ArchiveError;
use mainstay_metadata::package_json;
use mainstay_reading::{AnomalyCode, ReadError, decode, json};
use mainstay_types::DigestAlgorithm;
use mainstay_types::Ecosystem::Npm;
use serde::Deserialize;

use super::tarball::Tarball;
use crate::digests;
use crate::file_name::{claims_another, stem};
use crate::format::Artifact;
use crate::shipment::Within;

pub(crate) fn tell(artifact: &Artifact<'_>, tarball: &mut Tarball<'_>) -> Result<(), ArchiveError> {
    let within = Within::default();
    let Some((path, manifest)) = tarball.at_top("package.json") else {
        let reason = "there is no package.json: which package it is is not known";
        tarball.shipment.gap(within.own_place(), reason, "let npm pack it again");
        return Ok(());
    };
    let place = within.place(path);
    let read = package_json::read(manifest).and_then(|read| {
        let entry = read.identity.entry(Npm, place.clone())?;
        Ok((entry, read.identity, wanted(manifest)?))
    });
    let (mut entry, identity, wanted) = match read {
        Ok(read) => read,
        Err(error) => {
            tarball.shipment.misread(place, &error);
            return Ok(());
        }
    };
    entry.checksums.extend(digests::of_file(artifact, DigestAlgorithm::Sha512)?);
    let position = tarball.shipment.push(entry);
    let (name, version) = (identity.name.unwrap_or_default(), identity.version.unwrap_or_default());
    let stem = stem(artifact.file_name, &[".tgz", ".tar.gz"]);
    if claims_another(stem, &stems(&name, &version)) {
        let message = format!("the file is named \"{stem}\" and says inside: {name} {version}");
        let code = AnomalyCode::WrongName;
        tarball.shipment.anomaly(code, Some(position), place.clone(), message);
    }
    let bundled = bundled(tarball);
    let missing = wanted.iter().filter(|name| !bundled.contains(*name)).count();
    tarball.shipment.needs_more(place, missing);
    Ok(())
}

/// The registry names the file without the scope; `npm pack` puts it in front.
fn stems(name: &str, version: &str) -> Vec<String> {
    let bare = name.rsplit_once('/').map_or(name, |(_, bare)| bare);
    let whole = name.trim_start_matches('@').replace('/', "-");
    vec![format!("{bare}-{version}"), format!("{whole}-{version}")]
}

/// Lists the packages inside; gives their names.
fn bundled(tarball: &mut Tarball<'_>) -> HashSet<String> {
    let within = Within::default();
    let mut names = HashSet::new();
    let mut found = Vec::new();
    for (path, held) in tarball.files.iter().filter(|(path, _)| is_bundled(path)) {
        let place = within.place(path);
        let entry =
            package_json::read(held).and_then(|read| read.identity.entry(Npm, place.clone()));
        found.push((place, entry));
    }
    for (place, entry) in found {
        match entry {
            Ok(entry) => {
                names.insert(entry.name.as_written().to_owned());
                tarball.shipment.push(entry);
            }
            Err(error) => tarball.shipment.misread(place, &error),
        }
    }
    names
}

/// `node_modules/NAME/package.json` or `node_modules/@SCOPE/NAME/package.json`; packages keep other
/// files of that name further down.
fn is_bundled(path: &str) -> bool {
    let Some((_, below)) = path.rsplit_once("/node_modules/") else { return false };
    let parts: Vec<&str> = below.split('/').collect();
    match parts.as_slice() {
        [scope, _, "package.json"] => scope.starts_with('@'),
        [name, "package.json"] => !name.starts_with('@'),
        _ => false,
    }
}

#[derive(Deserialize)]
struct Wanted {
    #[serde(default)]
    dependencies: serde_json::Value,
}

/// The names that it asks for at run time.
fn wanted(manifest: &[u8]) -> Result<Vec<String>, ReadError> {
    let text = decode(manifest)?;
    let wanted: Wanted = json::parse(&text)?;
    let names = wanted.dependencies.as_object();
    Ok(names.map(|names| names.keys().cloned().collect()).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bundled_package_is_told_from_a_file_of_one() {
        assert!(is_bundled("package/node_modules/a/package.json"));
        assert!(is_bundled("package/node_modules/@s/a/package.json"));
        assert!(is_bundled("package/node_modules/a/node_modules/b/package.json"));
        assert!(!is_bundled("package/node_modules/a/test/package.json"));
    }

    #[test]
    fn a_scope_may_be_in_the_name_or_not() {
        assert_eq!(stems("@s/a", "1.0.0"), ["a-1.0.0", "s-a-1.0.0"]);
    }
}
