//! `pdm.lock`, lock versions 2 to 4.
//!
//! Written by PDM (<https://pdm-project.org/latest/usage/lockfile/>). Until 4.0 the checksums
//! stand in `[metadata.files]`, by name and version. The file has no end mark. A need without a
//! marker that is not locked is a gap: it may be cut off.

use std::collections::{BTreeMap, HashMap, HashSet};

use mainstay_reading::{
    Entry, Input, Inventory, Lines, LockedVersion, Origin, Place, ReadError, ReadErrorKind,
    toml_file,
};
use mainstay_types::{PackageName, Scope, SourceUrl};
use serde::Deserialize;
use toml::Spanned;

use super::python::{self, Artifact, Packages, project, requirement};

const WRITE_AGAIN: &str = "let PDM write the file again: `pdm lock`";

/// Reads one file.
pub(crate) fn read(input: &Input<'_>) -> Result<Inventory, ReadError> {
    let text = input.text()?;
    let document: Document = toml_file::parse(&text)?;
    check_version(&document)?;
    let lines = Lines::new(&text);
    let project = project::nearby(input, false);
    let extras = project.as_ref().map(|project| &project.extras);
    let mut packages = Packages::default();
    if document.metadata.is_none() {
        let reason = "the table [metadata] is missing: the file may be cut off";
        packages.gap(Place::default(), reason, WRITE_AGAIN);
    }
    // A package with an extra is an entry of its own, beside the plain one.
    let mut known: HashMap<(PackageName, &str), u32> = HashMap::new();
    let mut rows: Vec<(Option<u32>, &Package)> = Vec::new();
    if document.package.is_none() {
        let reason = "`package`, which each such file has, is not there: the file may be cut off";
        packages.gap(Place::default(), reason, WRITE_AGAIN);
    }
    for package in document.package.iter().flatten() {
        let line = lines.at(package.name.span().start);
        let Some(name) = packages.name(package.name.as_ref(), Some(line)) else { continue };
        let key = (name.clone(), package.version.as_deref().unwrap_or(""));
        let scope = package.scope(|group| extras.is_some_and(|extras| extras.contains(group)));
        let position = match known.get(&key) {
            Some(position) => Some(*position),
            None => take(&mut packages, package, name, line, &document),
        };
        if let Some(position) = position {
            let again = known.insert(key, position).is_some();
            if let Some(entry) = packages.entry_mut(position) {
                entry.scope = if again { entry.scope.min(scope) } else { scope };
            }
        }
        rows.push((position, package));
    }
    connect(&mut packages, &rows, &lines);
    if let Some(project) = &project {
        packages.take_project(project);
    }
    Ok(packages.inventory)
}

fn check_version(document: &Document) -> Result<(), ReadError> {
    let written = document.metadata.as_ref().and_then(|it| it.lock_version.as_deref());
    let Some(version) = written else { return Ok(()) };
    match version.split('.').next() {
        Some("2" | "3" | "4") => Ok(()),
        Some(_) | None => Err(ReadError::new(
            ReadErrorKind::UnknownVersion,
            format!("the lock version \"{}\" is not 2 to 4", version.escape_debug()),
        )),
    }
}

fn take(
    packages: &mut Packages,
    package: &Package,
    name: PackageName,
    line: u32,
    document: &Document,
) -> Option<u32> {
    let files = package.artifacts(document);
    let version = package.version.as_deref();
    let Some(origin) = package.origin(&files) else {
        packages.member(Some(package.name.as_ref()), package.path.as_deref());
        return None;
    };
    let registry = matches!(origin, Origin::Registry { .. });
    let entry = Entry {
        name,
        version: version.map_or(LockedVersion::Unstated, |it| LockedVersion::Exact(it.into())),
        place: Place::line(line),
        scope: Scope::Runtime,
        direct: None,
        checksums: python::checksums(files.iter().filter_map(|file| file.hash)),
        origin,
        licence: None,
        released: None,
        needs: Vec::new(),
    };
    if version.is_none() && registry {
        let reason = format!("{} has no version: the file may be cut off", entry.name);
        packages.gap(Place::line(line), reason, WRITE_AGAIN);
    }
    let position = u32::try_from(packages.inventory.packages.len()).ok()?;
    if let Some(problem) = python::disagreement(&entry, position, &files).filter(|_| registry) {
        packages.inventory.irregularities.push(problem);
    }
    packages.push(entry)
}

fn connect(packages: &mut Packages, rows: &[(Option<u32>, &Package)], lines: &Lines<'_>) {
    let mut needs: HashMap<u32, Vec<u32>> = HashMap::new();
    let members: HashSet<String> = packages
        .inventory
        .members
        .iter()
        .filter_map(|member| Some(member.name.as_ref()?.key().to_owned()))
        .collect();
    for (position, package) in rows {
        for text in &package.dependencies {
            let Ok(need) = requirement::parse(text) else { continue };
            let found = packages.positions(need.name);
            let absent = found.is_empty() && !members.contains(need.name);
            if let Some(position) = position {
                needs.entry(*position).or_default().extend(found);
            }
            if absent && need.marker.is_none() && packages.inventory.gaps.len() < 20 {
                let line = lines.at(package.name.span().start);
                let reason = format!(
                    "{} needs {}, which the file does not lock: it may be cut off",
                    package.name.as_ref().escape_debug(),
                    need.name
                );
                packages.gap(Place::line(line), reason, WRITE_AGAIN);
            }
        }
    }
    for (position, needs) in needs {
        packages.connect(position, needs.into_iter().filter(|need| *need != position));
    }
}

#[derive(Deserialize)]
struct Document {
    package: Option<Vec<Package>>,
    metadata: Option<Metadata>,
}

#[derive(Deserialize)]
struct Metadata {
    lock_version: Option<String>,
    #[serde(default)]
    files: BTreeMap<String, Vec<File>>,
}

#[derive(Deserialize)]
struct Package {
    name: Spanned<String>,
    version: Option<String>,
    groups: Option<Vec<String>>,
    #[serde(default)]
    dependencies: Vec<String>,
    #[serde(default)]
    files: Vec<File>,
    git: Option<String>,
    revision: Option<String>,
    url: Option<String>,
    path: Option<String>,
    #[serde(default)]
    editable: bool,
}

#[derive(Deserialize)]
struct File {
    #[serde(rename = "file")]
    name: Option<String>,
    url: Option<String>,
    hash: Option<String>,
}

impl Package {
    /// `None` for the project's own package.
    fn origin(&self, files: &[Artifact<'_>]) -> Option<Origin> {
        if let Some(git) = &self.git {
            return Some(python::git_origin(git, self.revision.as_deref()));
        }
        if let Some(path) = &self.path {
            let own =
                self.editable || !python::artifact::is_archive(path) && !python::leads_out(path);
            return (!own).then(|| Origin::Path(path.as_str().into()));
        }
        match &self.url {
            Some(url) => Some(Origin::Url(SourceUrl::new(url))),
            None => Some(python::from_index(None, files)),
        }
    }

    /// The group `default` is the project's own; every other one is an extra of the project or
    /// for development.
    fn scope(&self, is_extra: impl Fn(&str) -> bool) -> Scope {
        let groups = self.groups.iter().flatten();
        let scopes = groups.map(|group| match group.as_str() {
            "default" => Scope::Runtime,
            extra if is_extra(extra) => Scope::Optional,
            _ => Scope::Dev,
        });
        scopes.min().unwrap_or(Scope::Runtime)
    }

    fn artifacts<'t>(&'t self, document: &'t Document) -> Vec<Artifact<'t>> {
        if !self.files.is_empty() {
            return self.files.iter().map(File::artifact).collect();
        }
        let version = self.version.as_deref().unwrap_or("");
        let key = format!("{} {version}", self.name.as_ref());
        let files = document.metadata.as_ref().and_then(|metadata| metadata.files.get(&key));
        files.into_iter().flatten().map(File::artifact).collect()
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
