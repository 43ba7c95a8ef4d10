//! `Pipfile.lock`, specification 6 and the earlier ones.
//!
//! Written by Pipenv (<https://pipenv.pypa.io/en/latest/pipfile.html>). JSON, so a file that was
//! cut off is an error. The file draws no edges; the `Pipfile` beside it tells what is asked for.

use std::collections::HashSet;
use std::fmt;

use mainstay_reading::{
    DeclaredIndex, Entry, IndexRole, Input, Inventory, Lines, LockedVersion, Origin, Place,
    ReadError, ReadErrorKind,
    json::{self, Object, Text},
};
use mainstay_types::{Scope, SourceUrl};
use serde::Deserialize;
use serde::de::{Deserializer, Error as _, MapAccess, Visitor};

use super::pipfile;
use super::python::{self, Artifact, Packages, requirement};

/// Reads one file.
pub(crate) fn read(input: &Input<'_>) -> Result<Inventory, ReadError> {
    let text = input.text()?;
    let document: Document<'_> = json::parse(&text)?;
    let lines = Lines::new(&text);
    let mut packages = Packages::default();
    let meta = document.meta.as_ref();
    if let Some(spec) = meta.and_then(|meta| meta.spec).filter(|spec| *spec > 6) {
        let message = format!("the Pipfile specification {spec} is newer than 6");
        return Err(ReadError::new(ReadErrorKind::UnknownVersion, message));
    }
    let sources = meta.map(|meta| meta.sources.as_slice()).unwrap_or_default();
    let mut used: HashSet<&str> = HashSet::new();
    for (category, list) in &document.categories {
        let scope = if &**category == "default" { Scope::Runtime } else { Scope::Dev };
        for (name, package) in &list.0 {
            used.extend(package.index.as_deref());
            take(&mut packages, name, package, scope, sources, lines.of(name));
        }
    }
    declare(&mut packages, sources, &used, &lines);
    if let Some(asked) = pipfile::nearby(input) {
        for entry in &mut packages.inventory.packages {
            entry.direct = Some(asked.contains(&entry.name));
        }
        packages.inventory.files_read.push(pipfile::FILE_NAME.into());
    }
    Ok(packages.inventory)
}

/// Pipenv asks the first source. A further one is for the packages that name it; where none
/// does, the Pipenv of before 2022 asks it for every name.
fn declare(
    packages: &mut Packages,
    sources: &[DeclaredSource<'_>],
    used: &HashSet<&str>,
    lines: &Lines<'_>,
) {
    for (at, source) in sources.iter().enumerate() {
        let named = source.name.as_deref().is_some_and(|name| used.contains(name));
        let role = match at {
            0 => IndexRole::Replaces,
            _ if named => IndexRole::Named,
            _ => IndexRole::Beside,
        };
        let Some(url) = &source.url else { continue };
        let place = Place::at(lines.of(url));
        packages.inventory.indexes.push(DeclaredIndex { url: SourceUrl::new(url), place, role });
    }
}

fn take(
    packages: &mut Packages,
    written: &str,
    package: &Package<'_>,
    scope: Scope,
    sources: &[DeclaredSource<'_>],
    line: Option<u32>,
) {
    let Some(origin) = package.origin(sources) else {
        packages.member(Some(written), package.path.as_deref());
        return;
    };
    let Some(name) = packages.name(written, line) else { return };
    let place = Place::at(line);
    let version = match package.version.as_deref().map(str::trim) {
        None | Some("*") => LockedVersion::Unstated,
        Some(specifier) => requirement::version_of(specifier),
    };
    if version.exact().is_none() && matches!(origin, Origin::Registry { .. }) {
        let reason = format!("{name} is locked in no version");
        packages.gap(place.clone(), reason, "let Pipenv write the file again: `pipenv lock`");
    }
    let hashes: Vec<Artifact<'_>> = package
        .hashes
        .iter()
        .map(|hash| Artifact { location: None, hash: Some(&**hash) })
        .collect();
    packages.push(Entry {
        name,
        version,
        place,
        scope,
        direct: None,
        origin,
        checksums: python::checksums(hashes.iter().filter_map(|file| file.hash)),
        licence: None,
        released: None,
        needs: Vec::new(),
    });
}

/// `_meta`, and beside it one object per category; categories are the user's own words.
struct Document<'t> {
    meta: Option<Meta<'t>>,
    categories: Vec<(Text<'t>, Object<'t, Package<'t>>)>,
}

impl<'t, 'de: 't> Deserialize<'de> for Document<'t> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct DocumentVisitor;
        impl<'de> Visitor<'de> for DocumentVisitor {
            type Value = Document<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut document = Document { meta: None, categories: Vec::new() };
                let mut seen: HashSet<String> = HashSet::new();
                while let Some(key) = map.next_key::<Text<'de>>()? {
                    if !seen.insert(key.to_string()) {
                        return Err(A::Error::custom("a key is there twice"));
                    }
                    if &*key == "_meta" {
                        document.meta = Some(map.next_value()?);
                    } else {
                        document.categories.push((key, map.next_value()?));
                    }
                }
                Ok(document)
            }
        }
        deserializer.deserialize_map(DocumentVisitor)
    }
}

#[derive(Deserialize)]
struct Meta<'t> {
    #[serde(rename = "pipfile-spec")]
    spec: Option<u64>,
    #[serde(borrow, default)]
    sources: Vec<DeclaredSource<'t>>,
}

#[derive(Deserialize)]
struct DeclaredSource<'t> {
    #[serde(borrow)]
    name: Option<Text<'t>>,
    #[serde(borrow)]
    url: Option<Text<'t>>,
}

#[derive(Deserialize)]
struct Package<'t> {
    #[serde(borrow)]
    version: Option<Text<'t>>,
    #[serde(borrow, default)]
    hashes: Vec<Text<'t>>,
    #[serde(borrow)]
    index: Option<Text<'t>>,
    #[serde(borrow)]
    git: Option<Text<'t>>,
    #[serde(borrow, rename = "ref")]
    reference: Option<Text<'t>>,
    #[serde(borrow)]
    path: Option<Text<'t>>,
    #[serde(borrow)]
    file: Option<Text<'t>>,
    #[serde(default)]
    editable: bool,
}

impl Package<'_> {
    /// `None` for the project's own packages.
    fn origin(&self, sources: &[DeclaredSource<'_>]) -> Option<Origin> {
        if let Some(git) = &self.git {
            return Some(python::git_origin(git, self.reference.as_deref()));
        }
        if let Some(path) = self.path.as_deref() {
            let own =
                self.editable || !python::artifact::is_archive(path) && !python::leads_out(path);
            return (!own).then(|| Origin::Path(path.into()));
        }
        if let Some(file) = self.file.as_deref() {
            let address = file.contains("://") && !file.starts_with("file:");
            return Some(if address {
                Origin::Url(SourceUrl::new(file))
            } else {
                Origin::Path(file.into())
            });
        }
        let index = self.index.as_deref().map(|index| {
            let source = sources.iter().find(|source| source.name.as_deref() == Some(index));
            SourceUrl::new(source.and_then(|source| source.url.as_deref()).unwrap_or(index))
        });
        Some(Origin::Registry { index, artifact: None })
    }
}
