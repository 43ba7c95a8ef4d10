//! `Pipfile`: what a project asks Pipenv for
//! (<https://pipenv.pypa.io/en/latest/pipfile.html>). A manifest: what its packages pull in is
//! not known.

use std::collections::{BTreeMap, HashSet};

use mainstay_reading::{
    DeclaredIndex, Entry, IndexRole, Input, Inventory, Lines, LockedVersion, Origin, Place,
    ReadError, toml_file,
};
use mainstay_types::{PackageName, Scope, SourceUrl};
use serde::Deserialize;
use toml::{Spanned, Value};

use super::python::{self, Packages, requirement};

pub(crate) const FILE_NAME: &str = "Pipfile";

/// Reads one file.
pub(crate) fn read(input: &Input<'_>) -> Result<Inventory, ReadError> {
    let text = input.text()?;
    let document: Document = toml_file::parse(&text)?;
    let lines = Lines::new(&text);
    let mut packages = Packages::default();
    let mut used: HashSet<String> = HashSet::new();
    for (category, table) in document.categories() {
        let scope = if category == "packages" { Scope::Runtime } else { Scope::Dev };
        for (name, value) in table {
            let line = lines.at(name.span().start);
            used.extend(value.get("index").and_then(Value::as_str).map(str::to_owned));
            take(&mut packages, name.as_ref(), value, scope, line);
        }
    }
    packages.inventory.packages.sort_by_key(|entry| entry.place.line);
    for (at, source) in document.source.iter().enumerate() {
        let (offset, source) = (source.span().start, source.as_ref());
        let named = source.name.as_deref().is_some_and(|name| used.contains(name));
        let role = match at {
            0 => IndexRole::Replaces,
            _ if named => IndexRole::Named,
            _ => IndexRole::Beside,
        };
        if let Some(url) = &source.url {
            let place = Place::line(lines.at(offset));
            let url = SourceUrl::new(url);
            packages.inventory.indexes.push(DeclaredIndex { url, place, role });
        }
    }
    if !packages.inventory.packages.is_empty() || !packages.inventory.members.is_empty() {
        packages.gap(
            Place::default(),
            "what the listed packages pull in is not known: no lockfile is beside the Pipfile",
            "run `pipenv lock` and keep Pipfile.lock beside the Pipfile",
        );
    }
    Ok(packages.inventory)
}

/// The names that the `Pipfile` beside a lockfile asks for. `None` when there is none to read.
pub(crate) fn nearby(input: &Input<'_>) -> Option<HashSet<PackageName>> {
    let bytes = input.nearby.read(FILE_NAME).ok()?;
    let text = mainstay_reading::decode(&bytes).ok()?;
    let document: Document = toml_file::parse(&text).ok()?;
    let names = document.categories().flat_map(|(_, table)| table.keys());
    let parsed = names
        .filter_map(|name| PackageName::parse(mainstay_types::Ecosystem::PyPi, name.as_ref()).ok());
    Some(parsed.collect())
}

fn take(packages: &mut Packages, written: &str, value: &Value, scope: Scope, line: u32) {
    let field = |key: &str| value.get(key).and_then(Value::as_str);
    let origin = if let Some(git) = field("git") {
        python::git_origin(git, field("ref"))
    } else if let Some(path) = field("path") {
        let editable = value.get("editable").and_then(Value::as_bool) == Some(true);
        if editable || !python::artifact::is_archive(path) && !python::leads_out(path) {
            packages.member(Some(written), Some(path));
            return;
        }
        Origin::Path(path.into())
    } else if let Some(file) = field("file") {
        Origin::Url(SourceUrl::new(file))
    } else {
        Origin::registry()
    };
    let version = match value.as_str().or_else(|| field("version")).map(str::trim) {
        None | Some("*" | "") => LockedVersion::Unstated,
        Some(specifier) => requirement::version_of(specifier),
    };
    let Some(name) = packages.name(written, Some(line)) else { return };
    packages.push(Entry {
        name,
        version,
        place: Place::line(line),
        scope,
        direct: Some(true),
        origin,
        checksums: Vec::new(),
        licence: None,
        released: None,
        needs: Vec::new(),
    });
}

type Category = BTreeMap<Spanned<String>, Value>;

#[derive(Deserialize)]
struct Document {
    #[serde(default)]
    source: Vec<Spanned<Source>>,
    #[serde(default)]
    packages: Category,
    #[serde(default, rename = "dev-packages")]
    dev_packages: Category,
}

impl Document {
    fn categories(&self) -> impl Iterator<Item = (&str, &Category)> {
        [("packages", &self.packages), ("dev-packages", &self.dev_packages)].into_iter()
    }
}

#[derive(Deserialize)]
struct Source {
    url: Option<String>,
    name: Option<String>,
}
