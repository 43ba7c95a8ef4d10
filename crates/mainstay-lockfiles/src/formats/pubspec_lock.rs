//! `pubspec.lock`: what pub resolved for Dart and Flutter.
//!
//! YAML, <https://dart.dev/tools/pub/glossary#lockfile>. `dependency` tells whether the project
//! asks for a package itself and why; `source` tells where it comes from. The packages of an SDK
//! come with the SDK, not from a registry: their `0.0.0` is no version. pub writes the SDKs
//! that the packages need last: `sdks`, or `sdk` before Dart 2.

use mainstay_reading::{
    Input, Inventory, Listing, LockedVersion, Origin, Place, ReadError, ReadErrorKind, exact,
    is_inside, yaml,
};
use mainstay_types::{Digest, DigestAlgorithm, Ecosystem, Scope, SourceUrl};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_saphyr::Spanned;

use std::collections::BTreeMap;

/// Reads the file.
pub(crate) fn read(input: &Input<'_>) -> Result<Inventory, ReadError> {
    let text = input.text()?;
    let lock: Lock = yaml::parse(&text)?;
    let mut listing = Listing::new(Ecosystem::Pub);
    for (key, package) in lock.packages.iter().flatten() {
        // The first key of the package's own map stands one line below its name.
        let line = u32::try_from(package.referenced.line()).unwrap_or(0).saturating_sub(1).max(1);
        add(&mut listing, key, &package.value, line)?;
    }
    if lock.sdks.is_none() {
        listing.gap(
            Place::default(),
            "`sdks`, which ends such a file, is not there: the file may be cut off",
            "run `dart pub get` again",
        );
    }
    Ok(listing.finish())
}

#[derive(Deserialize)]
struct Lock {
    packages: Option<BTreeMap<String, Spanned<Package>>>,
    #[serde(alias = "sdk")]
    sdks: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct Package {
    #[serde(default)]
    dependency: String,
    description: Description,
    source: String,
    version: String,
}

/// What the source needs to know: for an SDK its name alone.
#[derive(Deserialize)]
#[serde(untagged)]
enum Description {
    Fields(Fields),
    Word(String),
}

#[derive(Default, Deserialize)]
struct Fields {
    name: Option<String>,
    url: Option<String>,
    sha256: Option<String>,
    path: Option<String>,
    #[serde(rename = "resolved-ref")]
    resolved_ref: Option<String>,
}

fn add(listing: &mut Listing, key: &str, package: &Package, line: u32) -> Result<(), ReadError> {
    let none = Fields::default();
    let (fields, word) = match &package.description {
        Description::Fields(fields) => (fields, ""),
        Description::Word(word) => (&none, &**word),
    };
    let address = || SourceUrl::new(fields.url.as_deref().unwrap_or(word));
    let mut version = exact(&package.version);
    let mut name = key;
    let origin = match &*package.source {
        "hosted" => {
            name = fields.name.as_deref().unwrap_or(key);
            let index = fields.url.as_deref().map(SourceUrl::new);
            Origin::Registry { index, artifact: None }
        }
        "git" => {
            let commit = fields.resolved_ref.as_deref().map(Into::into);
            Origin::Git { url: address(), commit }
        }
        "path" => {
            let path = fields.path.as_deref().unwrap_or(word);
            if is_inside(path) {
                let name = listing.name(key, Some(line))?;
                listing.member(Some(name), Some(path));
                return Ok(());
            }
            Origin::Path(path.into())
        }
        "sdk" => {
            version = LockedVersion::Unstated;
            Origin::Path(format!("the {word} SDK").into())
        }
        other => {
            let message = format!("the source \"{}\" is not known", other.escape_debug());
            return Err(ReadError::at(ReadErrorKind::Shape, line, message));
        }
    };
    let mut entry = listing.entry(name, version, Place::line(line))?;
    entry.origin = origin;
    entry.direct = match &*package.dependency {
        "" => None,
        kind => Some(kind.starts_with("direct")),
    };
    if package.dependency == "direct dev" {
        entry.scope = Scope::Dev;
    }
    let position = listing.push(entry);
    if let Some(sum) = &fields.sha256 {
        listing.checksum(position, Digest::from_hex(DigestAlgorithm::Sha256, sum));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use mainstay_reading::NothingNearby;

    const LOCK: &str = "\
packages:
  http:
    dependency: \"direct main\"
    description:
      name: http
      sha256: \"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\"
      url: \"https://pub.example\"
    source: hosted
    version: \"1.10.0\"
  flutter:
    dependency: \"direct main\"
    description: flutter
    source: sdk
    version: \"0.0.0\"
  fork:
    dependency: transitive
    description:
      path: \".\"
      ref: main
      resolved-ref: a9574ab75d6ed01e1288c453ae1d943d7a964595
      url: \"https://git.example/fork.git\"
    source: git
    version: \"2.0.0\"
  local:
    dependency: \"direct overridden\"
    description:
      path: \"packages/local\"
      relative: true
    source: path
    version: \"0.1.0\"
  test:
    dependency: \"direct dev\"
    description:
      name: test
      url: \"https://pub.example\"
    source: hosted
    version: 1.10
sdks:
  dart: \">=3.0.0 <4.0.0\"
";

    fn read_text(text: &str) -> Result<Inventory, ReadError> {
        let bytes = text.as_bytes();
        read(&Input { bytes, file_name: "pubspec.lock", nearby: &NothingNearby })
    }

    fn named<'i>(inventory: &'i Inventory, name: &str) -> &'i mainstay_reading::Entry {
        inventory.packages.iter().find(|p| p.name.as_written() == name).unwrap()
    }

    #[test]
    fn a_hosted_package_has_its_version_line_and_checksum() {
        let inventory = read_text(LOCK).unwrap();
        let http = named(&inventory, "http");
        assert_eq!((http.version.exact(), http.place.line), (Some("1.10.0"), Some(2)));
        assert_eq!((http.direct, http.checksums.len()), (Some(true), 1));
    }

    #[test]
    fn a_version_that_looks_like_a_number_is_kept_as_written() {
        let inventory = read_text(LOCK).unwrap();
        let test = named(&inventory, "test");
        assert_eq!((test.version.exact(), test.scope), (Some("1.10"), Scope::Dev));
    }

    #[test]
    fn a_package_of_the_sdk_has_no_version() {
        let inventory = read_text(LOCK).unwrap();
        assert_eq!(named(&inventory, "flutter").version, LockedVersion::Unstated);
    }

    #[test]
    fn a_git_package_carries_its_commit() {
        let inventory = read_text(LOCK).unwrap();
        let fork = named(&inventory, "fork");
        assert!(matches!(&fork.origin, Origin::Git { commit: Some(_), .. }));
        assert_eq!(fork.direct, Some(false));
    }

    #[test]
    fn a_package_in_the_projects_folder_is_a_member() {
        let inventory = read_text(LOCK).unwrap();
        assert_eq!(inventory.members[0].path.as_deref(), Some("packages/local"));
        let outside = read_text(&LOCK.replace("packages/local", "../local")).unwrap();
        assert_eq!(named(&outside, "local").origin, Origin::Path("../local".into()));
    }

    #[test]
    fn a_lock_without_packages_is_empty() {
        assert_eq!(read_text("packages: {}\nsdks: {}\n").unwrap(), Inventory::default());
    }

    #[test]
    fn a_lock_without_its_sdks_may_be_cut_off() {
        let cut = LOCK.find("sdks:").unwrap();
        assert_eq!(read_text(&LOCK[..cut]).unwrap().gaps.len(), 1);
        let old = LOCK.replace("sdks:\n  dart: ", "sdk: ");
        assert_eq!(read_text(&old).unwrap().gaps, []);
    }

    #[test]
    fn a_broken_file_is_refused() {
        assert!(read_text("packages:\n  a: [").is_err());
        assert!(read_text("packages:\n  a:\n    version: 1\n").is_err());
    }
}
