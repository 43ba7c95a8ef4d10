//! `poetry.lock`, lock versions 0.x (no number), 1.x and 2.x.
//!
//! Written by poetry (<https://python-poetry.org/docs/basic-usage/>, `poetry/packages/locker.py`).
//! Versions differ in where checksums stand (`[metadata.hashes]`, `[metadata.files]`, `files` of
//! the package) and in how the scope is told (`category`, nothing, `groups`). `[metadata]` is
//! written last: a file without it may be cut off, and is partial.

use std::collections::{BTreeMap, HashMap};

use mainstay_reading::{
    Entry, Input, Inventory, Lines, LockedVersion, Origin, Place, ReadError, ReadErrorKind,
    toml_file,
};
use mainstay_types::{PackageName, Scope, SourceUrl};
use serde::Deserialize;
use toml::{Spanned, Value};

use super::python::{self, Artifact, Packages, project};

/// Versions of a name that share a list of files. Above that the list is not taken apart.
const MOST_VERSIONS: u32 = 64;

/// Reads one file.
pub(crate) fn read(input: &Input<'_>) -> Result<Inventory, ReadError> {
    let text = input.text()?;
    let document: Document = toml_file::parse(&text)?;
    let metadata = document.metadata.as_ref();
    let version = metadata.and_then(|metadata| metadata.lock_version.as_deref());
    let major = version.map(|version| version.split('.').next().unwrap_or(version));
    if let (Some(version), false) = (version, matches!(major, None | Some("0" | "1" | "2"))) {
        return Err(ReadError::new(
            ReadErrorKind::UnknownVersion,
            format!("the lock version \"{}\" is not 1.x or 2.x", version.escape_debug()),
        ));
    }
    let lines = Lines::new(&text);
    let mut packages = Packages::default();
    let mut positions: Vec<(u32, &Package)> = Vec::new();
    let times = times_locked(&document.package);
    for package in &document.package {
        let line = lines.at(package.name.span().start);
        let times = times.get(package.name.as_ref().as_str()).copied().unwrap_or(1);
        if let Some(position) = take(&mut packages, package, line, metadata, times) {
            positions.push((position, package));
        }
    }
    for (position, package) in positions {
        let needs: Vec<u32> = package
            .dependencies
            .keys()
            .flat_map(|name| packages.positions(name).to_vec())
            .collect();
        packages.connect(position, needs);
    }
    if metadata.is_none() {
        packages.gap(
            Place::default(),
            "the table [metadata], which poetry writes last, is missing: the file may be cut off",
            "let poetry write the file again: `poetry lock`",
        );
    }
    let poetry_one = !version.is_some_and(|version| major == Some("2") && version != "2.0");
    if let Some(project) = project::nearby(input, poetry_one) {
        packages.take_project(&project);
        if document.package.iter().all(Package::tells_no_scope) {
            scopes_from_project(&mut packages.inventory, &project);
        }
    }
    Ok(packages.inventory)
}

/// How often each name is locked. The file lists of old versions are by name alone.
fn times_locked(packages: &[Package]) -> HashMap<&str, u32> {
    let mut times = HashMap::new();
    for package in packages {
        *times.entry(package.name.as_ref().as_str()).or_default() += 1;
    }
    times
}

fn take(
    packages: &mut Packages,
    package: &Package,
    line: u32,
    metadata: Option<&Metadata>,
    times: u32,
) -> Option<u32> {
    let origin = match package.origin() {
        Ok(origin) => origin,
        Err(path) => {
            packages.member(Some(package.name.as_ref()), Some(path));
            return None;
        }
    };
    let name = packages.name(package.name.as_ref(), Some(line))?;
    let files = if times > MOST_VERSIONS {
        Vec::new()
    } else {
        package.artifacts(metadata, (times > 1).then_some(&name))
    };
    let origin = match origin {
        Origin::Registry { index, .. } => {
            Origin::Registry { index, artifact: python::representative(&files).map(SourceUrl::new) }
        }
        Origin::Git { .. } | Origin::Path(_) | Origin::Url(_) | Origin::Distribution(_) => origin,
    };
    let entry = Entry {
        name,
        version: LockedVersion::Exact(package.version.as_str().into()),
        place: Place::line(line),
        scope: package.scope(),
        direct: None,
        checksums: python::checksums(files.iter().filter_map(|file| file.hash)),
        origin,
        licence: None,
        released: None,
        needs: Vec::new(),
    };
    let registry = matches!(entry.origin, Origin::Registry { .. });
    let position = u32::try_from(packages.inventory.packages.len()).ok()?;
    if let Some(problem) = python::disagreement(&entry, position, &files).filter(|_| registry) {
        packages.inventory.irregularities.push(problem);
    }
    packages.push(entry)
}

/// Poetry 1.5 to 1.8 tell no scope. What the project's own groups reach tells it.
fn scopes_from_project(inventory: &mut Inventory, project: &project::Project) {
    let mut asked: HashMap<&PackageName, Scope> = HashMap::new();
    for wanted in &project.wanted {
        let scope = asked.entry(&wanted.name).or_insert(wanted.scope);
        *scope = (*scope).min(wanted.scope);
    }
    let mut reached: Vec<Option<Scope>> = vec![None; inventory.packages.len()];
    for scope in [Scope::Runtime, Scope::Optional, Scope::Dev] {
        let mut waiting: Vec<usize> = (0..inventory.packages.len())
            .filter(|at| {
                let name = inventory.packages.get(*at).map(|entry| &entry.name);
                name.and_then(|name| asked.get(name)) == Some(&scope)
            })
            .collect();
        while let Some(at) = waiting.pop() {
            let (Some(slot), Some(entry)) = (reached.get_mut(at), inventory.packages.get(at))
            else {
                continue;
            };
            if slot.is_none() {
                *slot = Some(scope);
                waiting.extend(entry.needs.iter().filter_map(|need| usize::try_from(*need).ok()));
            }
        }
    }
    for (entry, scope) in inventory.packages.iter_mut().zip(reached) {
        entry.scope = scope.unwrap_or(entry.scope);
    }
}

#[derive(Deserialize)]
struct Document {
    #[serde(default)]
    package: Vec<Package>,
    metadata: Option<Metadata>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Metadata {
    lock_version: Option<String>,
    #[serde(default)]
    files: BTreeMap<String, Vec<File>>,
    #[serde(default)]
    hashes: BTreeMap<String, Vec<String>>,
}

#[derive(Deserialize)]
struct Package {
    name: Spanned<String>,
    version: String,
    #[serde(default)]
    optional: bool,
    category: Option<String>,
    groups: Option<Vec<String>>,
    #[serde(default)]
    develop: bool,
    #[serde(default)]
    dependencies: BTreeMap<String, Value>,
    #[serde(default)]
    files: Vec<File>,
    source: Option<Source>,
}

#[derive(Deserialize)]
struct File {
    #[serde(rename = "file")]
    name: Option<String>,
    url: Option<String>,
    hash: Option<String>,
}

#[derive(Deserialize)]
struct Source {
    #[serde(rename = "type")]
    kind: Option<String>,
    url: Option<String>,
    reference: Option<String>,
    resolved_reference: Option<String>,
}

impl Package {
    /// Where it comes from, or the folder of the project's own package.
    fn origin(&self) -> Result<Origin, &str> {
        let Some(source) = &self.source else { return Ok(Origin::registry()) };
        let url = source.url.as_deref().unwrap_or("");
        match source.kind.as_deref() {
            Some("git") => {
                // Before poetry 1.0 the reference was the commit.
                let commit = source.resolved_reference.as_deref().or(source.reference.as_deref());
                Ok(python::git_origin(url, commit))
            }
            Some("directory") if self.develop || !python::leads_out(url) => Err(url),
            Some("directory" | "file") => Ok(Origin::Path(url.into())),
            Some("url") => Ok(Origin::Url(SourceUrl::new(url))),
            // `legacy` is a simple index; a source without a type was one too.
            Some(_) | None => Ok(Origin::Registry {
                index: source.url.as_deref().map(SourceUrl::new),
                artifact: None,
            }),
        }
    }

    fn scope(&self) -> Scope {
        let main = self
            .groups
            .as_deref()
            .is_none_or(|groups| groups.is_empty() || groups.iter().any(|group| group == "main"));
        if self.category.as_deref() == Some("dev") || !main {
            Scope::Dev
        } else if self.optional {
            Scope::Optional
        } else {
            Scope::Runtime
        }
    }

    fn tells_no_scope(&self) -> bool {
        self.category.is_none() && self.groups.is_none()
    }

    /// The files, from wherever this version of the format lists them. Where several versions of
    /// a name share a list, only the files that name this version count.
    fn artifacts<'t>(
        &'t self,
        metadata: Option<&'t Metadata>,
        shared: Option<&PackageName>,
    ) -> Vec<Artifact<'t>> {
        if !self.files.is_empty() {
            return self.files.iter().map(File::artifact).collect();
        }
        let Some(metadata) = metadata else { return Vec::new() };
        let key = self.name.as_ref();
        let of_version = |file: &Artifact<'_>| match (shared, file.location) {
            (Some(name), Some(file)) => {
                python::artifact::disagreement(name, &self.version, file).is_none()
            }
            (Some(_), None) => false,
            (None, _) => true,
        };
        let files = metadata.files.get(key).into_iter().flatten().map(File::artifact);
        let hashes = metadata.hashes.get(key).into_iter().flatten();
        let hashes = hashes.map(|hash| Artifact { location: None, hash: Some(hash) });
        files.chain(hashes).filter(of_version).collect()
    }
}

impl File {
    fn artifact(&self) -> Artifact<'_> {
        Artifact {
            location: self.url.as_deref().or(self.name.as_deref()),
            hash: self.hash.as_deref(),
        }
    }
}
