//! One version of a package with two checksums.

use std::collections::HashMap;

use mainstay_reading::{Entry, Inventory, Origin};
use mainstay_types::{Digest, DigestAlgorithm, Ecosystem, SourceUrl};

use super::{Door, DoorCode};

/// One content: name, version and the address it is from.
type Content<'i> = (&'i str, &'i str, Option<&'i SourceUrl>, DigestAlgorithm);

pub(super) fn doors(inventory: &Inventory, ecosystem: Ecosystem) -> Vec<Door> {
    // One artifact for each version. Gems differ by platform, wheels by file.
    let single = matches!(
        ecosystem,
        Ecosystem::Npm
            | Ecosystem::CratesIo
            | Ecosystem::PyPi
            | Ecosystem::Go
            | Ecosystem::Hex
            | Ecosystem::Pub
            | Ecosystem::NuGet
    );
    if !single {
        return Vec::new();
    }
    let mut known: HashMap<Content<'_>, &Digest> = HashMap::with_capacity(inventory.packages.len());
    let mut doors = Vec::new();
    for (at, entry) in (0_u32..).zip(&inventory.packages) {
        let Some((version, source)) = content(entry, ecosystem) else { continue };
        for digest in only_of_its_kind(&entry.checksums) {
            let key = (entry.name.key(), version, source, digest.algorithm());
            let first = *known.entry(key).or_insert(digest);
            if first != digest {
                doors.push(Door {
                    code: DoorCode::TwoChecksums,
                    message: format!(
                        "{} {version} is locked with two checksums: {first} and {digest}",
                        entry.name
                    ),
                    entry: Some(at),
                    place: entry.place.clone(),
                });
                break;
            }
        }
    }
    doors
}

/// The version, and what must be the same for the content to be the same: the index, and for
/// Python, where a version has many files, the file.
fn content(entry: &Entry, ecosystem: Ecosystem) -> Option<(&str, Option<&SourceUrl>)> {
    let Origin::Registry { index, artifact } = &entry.origin else { return None };
    let version = entry.version.exact()?;
    let source = match (ecosystem, artifact) {
        (Ecosystem::PyPi, artifact) => Some(artifact.as_ref()?),
        // Yarn and pnpm name no file, and give patched copies a checksum of their own.
        (Ecosystem::Npm, None) => return None,
        (_, _) => index.as_ref(),
    };
    Some((version, source))
}

/// Digests whose algorithm is there once: several of one algorithm are several files.
fn only_of_its_kind(digests: &[Digest]) -> impl Iterator<Item = &Digest> {
    let times = |algorithm| digests.iter().filter(|it| it.algorithm() == algorithm).count();
    // A list longer than there are algorithms repeats one of them.
    let few = digests.len() <= DigestAlgorithm::ALL.len();
    digests.iter().filter(move |digest| few && times(digest.algorithm()) == 1)
}
