//! The YAML of a pnpm-lock.yaml, the same for every version once read.

use std::fmt;

use mainstay_reading::{ReadError, ReadErrorKind, yaml};
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, MapAccess, Visitor};

use crate::formats::npm::listing::{Key, Listing};

/// A file; of several YAML documents, all are joined (pnpm keeps its own tools in the first).
pub(super) struct Document {
    /// The number before the point of `lockfileVersion`.
    pub(super) major: u32,
    pub(super) importers: Listing<Importer>,
    pub(super) packages: Listing<Package>,
    pub(super) snapshots: Listing<Snapshot>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Part {
    lockfile_version: Option<String>,
    #[serde(default)]
    importers: Listing<Importer>,
    #[serde(default)]
    packages: Listing<Package>,
    #[serde(default)]
    snapshots: Listing<Snapshot>,
    // A project that is no workspace has, before version 9, its importer at the top.
    #[serde(default)]
    specifiers: Listing<String>,
    #[serde(default)]
    dependencies: Listing<Locked>,
    #[serde(default)]
    dev_dependencies: Listing<Locked>,
    #[serde(default)]
    optional_dependencies: Listing<Locked>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Importer {
    /// What the manifest asks for: a table of its own until version 5.
    pub(super) specifiers: Listing<String>,
    pub(super) dependencies: Listing<Locked>,
    pub(super) dev_dependencies: Listing<Locked>,
    pub(super) optional_dependencies: Listing<Locked>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Package {
    pub(super) resolution: Resolution,
    pub(super) name: Option<String>,
    pub(super) version: Option<String>,
    pub(super) dev: Option<bool>,
    pub(super) optional: bool,
    pub(super) dependencies: Listing<String>,
    pub(super) optional_dependencies: Listing<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Resolution {
    pub(super) integrity: Option<String>,
    pub(super) tarball: Option<String>,
    pub(super) repo: Option<String>,
    pub(super) commit: Option<String>,
    pub(super) directory: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Snapshot {
    pub(super) dependencies: Listing<String>,
    pub(super) optional_dependencies: Listing<String>,
}

impl Document {
    pub(super) fn parse(text: &str) -> Result<Self, ReadError> {
        let mut document = Self {
            major: 0,
            importers: Listing::default(),
            packages: Listing::default(),
            snapshots: Listing::default(),
        };
        let parts = divide(text);
        if parts.len() > MOST_DOCUMENTS {
            let message = format!("the file holds more than {MOST_DOCUMENTS} YAML documents");
            return Err(ReadError::new(ReadErrorKind::Shape, message));
        }
        for part in parts {
            document.join(yaml::parse(&part)?)?;
        }
        if document.major == 0 {
            return Err(no_version());
        }
        Ok(document)
    }

    fn join(&mut self, part: Part) -> Result<(), ReadError> {
        let version = part.lockfile_version.as_deref().unwrap_or_default();
        // `5.4-inlineSpecifiers` was an experiment with the importers only.
        let major = version.split(['.', '-']).next().unwrap_or_default();
        match major.parse() {
            // What pnpm wrote on the way from 6 to 9 has the form of 9.
            Ok(7 | 8) => self.major = 9,
            Ok(major @ (5 | 6 | 9)) => self.major = major,
            Ok(_) | Err(_) if version.is_empty() => return Err(no_version()),
            Ok(_) | Err(_) => return Err(unknown_version(version)),
        }
        let top = Importer {
            specifiers: part.specifiers,
            dependencies: part.dependencies,
            dev_dependencies: part.dev_dependencies,
            optional_dependencies: part.optional_dependencies,
        };
        let asks = !top.specifiers.0.is_empty()
            || !top.dependencies.0.is_empty()
            || !top.dev_dependencies.0.is_empty()
            || !top.optional_dependencies.0.is_empty();
        if asks {
            self.importers.0.push((Key { text: ".".to_owned(), line: None }, top));
        }
        self.importers.0.extend(part.importers.0);
        self.packages.0.extend(part.packages.0);
        self.snapshots.0.extend(part.snapshots.0);
        Ok(())
    }
}

/// The YAML documents of a text, each with as many empty lines before it as keep its lines.
fn divide(text: &str) -> Vec<String> {
    let mut parts = Vec::new();
    let mut part = String::new();
    let mut lines_before = 0;
    for (number, line) in text.split_inclusive('\n').enumerate() {
        if line.trim_end() == "---" {
            parts.push((lines_before, std::mem::take(&mut part)));
            lines_before = number + 1;
        } else {
            part.push_str(line);
        }
    }
    parts.push((lines_before, part));
    let is_empty = |part: &str| {
        part.lines().all(|line| line.trim().is_empty() || line.trim_start().starts_with('#'))
    };
    parts.retain(|(_, part)| !is_empty(part));
    let keep_lines = |(before, part): (usize, String)| "\n".repeat(before) + &part;
    // One more than are taken, so that the caller sees that there are too many.
    parts.into_iter().take(MOST_DOCUMENTS + 1).map(keep_lines).collect()
}

/// pnpm writes one document or two. The empty lines before each make more of them costly.
const MOST_DOCUMENTS: usize = 8;

fn no_version() -> ReadError {
    ReadError::new(ReadErrorKind::UnknownVersion, "the file has no `lockfileVersion`")
}

fn unknown_version(version: &str) -> ReadError {
    ReadError::new(
        ReadErrorKind::UnknownVersion,
        format!("version {version:?} of pnpm-lock.yaml is not known; versions 5 to 9 are"),
    )
}

/// What an importer has locked: a reference, or `{specifier, version}`.
pub(super) struct Locked(pub(super) String);

impl<'de> Deserialize<'de> for Locked {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Inline {
            version: String,
        }
        struct LockedVisitor;
        impl<'de> Visitor<'de> for LockedVisitor {
            type Value = Locked;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a version or a mapping with one")
            }
            fn visit_str<E>(self, text: &str) -> Result<Locked, E> {
                Ok(Locked(text.to_owned()))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Locked, A::Error> {
                let inline = Inline::deserialize(MapAccessDeserializer::new(map))?;
                Ok(Locked(inline.version))
            }
        }
        deserializer.deserialize_any(LockedVisitor)
    }
}
