//! `pylock.toml` and `pylock.<name>.toml`, lock version 1.x.
//!
//! Standard: <https://packaging.python.org/en/latest/specifications/pylock-toml/> (PEP 751). The
//! file is meant to be installed without resolving, so it lists the whole closure. It has no end
//! mark: a file cut between two packages, none of which names its needs, reads as a whole one.

use std::collections::{BTreeMap, HashSet};

use jiff::Timestamp;
use mainstay_reading::{
    Entry, Input, Inventory, Lines, LockedVersion, Origin, Place, ReadError, ReadErrorKind,
    toml_file,
};
use mainstay_types::{Ecosystem::PyPi, PackageName, Scope, SourceUrl};
use serde::Deserialize;
use toml::Spanned;

use super::python::{self, Artifact, Packages, project};

/// Whether the file name is `pylock.<name>.toml`, with a name that holds no dot.
pub(crate) fn is_named_lock(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.strip_prefix("pylock.")
        .and_then(|rest| rest.strip_suffix(".toml"))
        .is_some_and(|middle| !middle.is_empty() && !middle.contains('.'))
}

const WRITE_AGAIN: &str = "let the tool that wrote the file write it again";

/// Needs that are not there are told up to this many gaps.
const MOST_GAPS: usize = 20;

/// Reads one file.
pub(crate) fn read(input: &Input<'_>) -> Result<Inventory, ReadError> {
    let text = input.text()?;
    let head: Head = toml_file::parse(&text)?;
    let Some(version) = head.lock_version else {
        return Err(ReadError::new(ReadErrorKind::Shape, "`lock-version` is missing"));
    };
    if version != "1" && !version.starts_with("1.") {
        let message = format!("the lock version \"{}\" is not 1.x", version.escape_debug());
        return Err(ReadError::new(ReadErrorKind::UnknownVersion, message));
    }
    let document: Document = toml_file::parse(&text)?;
    let lines = Lines::new(&text);
    let mut packages = Packages::default();
    let mut rows: Vec<(u32, &Package)> = Vec::new();
    if document.packages.is_none() {
        let reason = "`packages`, which each such file has, is not there: it may be cut off";
        packages.gap(Place::default(), reason, WRITE_AGAIN);
    }
    for package in document.packages.iter().flatten() {
        let line = lines.at(package.name.span().start);
        let position = take(&mut packages, package, line, &document.default_groups);
        rows.extend(position.map(|position| (position, package)));
    }
    let members: HashSet<PackageName> =
        packages.inventory.members.iter().filter_map(|member| member.name.clone()).collect();
    for (position, package) in rows {
        let mut needs: Vec<u32> = Vec::new();
        for need in &package.dependencies {
            let found = needed(&packages, need);
            let is_member =
                || PackageName::parse(PyPi, &need.name).is_ok_and(|name| members.contains(&name));
            if found.is_empty() && packages.inventory.gaps.len() < MOST_GAPS && !is_member() {
                let line = lines.at(package.name.span().start);
                let reason = format!(
                    "{} needs {}, which the file does not lock: it may be cut off",
                    package.name.as_ref().escape_debug(),
                    need.name.escape_debug()
                );
                packages.gap(Place::line(line), reason, WRITE_AGAIN);
            }
            needs.extend(found);
        }
        packages.connect(position, needs);
    }
    if let Some(project) = project::nearby(input, false) {
        packages.inventory.indexes.extend(project.indexes);
        packages.inventory.files_read.push(project::FILE_NAME.into());
    }
    Ok(packages.inventory)
}

fn needed(packages: &Packages, need: &Need) -> Vec<u32> {
    let all = packages.positions(&need.name);
    all.iter()
        .copied()
        .filter(|position| {
            let entry =
                usize::try_from(*position).ok().and_then(|at| packages.inventory.packages.get(at));
            need.version.is_none()
                || entry.and_then(|entry| entry.version.exact()) == need.version.as_deref()
        })
        .collect()
}

fn take(packages: &mut Packages, package: &Package, line: u32, groups: &[String]) -> Option<u32> {
    let files = package.artifacts();
    let Some(origin) = package.origin(&files) else {
        let folder = package.directory.as_ref().map(|it| it.path.as_str());
        packages.member(Some(package.name.as_ref()), folder);
        return None;
    };
    let registry = matches!(origin, Origin::Registry { .. });
    let name = packages.name(package.name.as_ref(), Some(line))?;
    let version = package.version.as_deref();
    let archive = package.archive.as_ref().map(|archive| &archive.hashes);
    let tables = archive.into_iter().chain(package.distributions().map(|file| &file.hashes));
    let checksums = tables.flatten().map(|(algorithm, value)| format!("{algorithm}:{value}"));
    let entry = Entry {
        name,
        version: version.map_or(LockedVersion::Unstated, |it| LockedVersion::Exact(it.into())),
        place: Place::line(line),
        scope: package.scope(groups),
        direct: None,
        checksums: checksums.filter_map(|text| python::digest(&text)).collect(),
        origin,
        licence: None,
        released: package.released(),
        needs: Vec::new(),
    };
    if version.is_none() && registry {
        let reason = format!("{} is locked in no version", entry.name);
        packages.gap(Place::line(line), reason, WRITE_AGAIN);
    }
    let position = u32::try_from(packages.inventory.packages.len()).ok()?;
    if let Some(problem) = python::disagreement(&entry, position, &files).filter(|_| registry) {
        packages.inventory.irregularities.push(problem);
    }
    packages.push(entry)
}

#[derive(Deserialize)]
struct Head {
    #[serde(rename = "lock-version")]
    lock_version: Option<String>,
}

#[derive(Deserialize)]
struct Document {
    packages: Option<Vec<Package>>,
    #[serde(default, rename = "default-groups")]
    default_groups: Vec<String>,
}

#[derive(Deserialize)]
struct Package {
    name: Spanned<String>,
    version: Option<String>,
    marker: Option<String>,
    #[serde(default)]
    dependencies: Vec<Need>,
    index: Option<String>,
    vcs: Option<Vcs>,
    directory: Option<Directory>,
    archive: Option<Distribution>,
    sdist: Option<Distribution>,
    #[serde(default)]
    wheels: Vec<Distribution>,
}

#[derive(Deserialize)]
struct Need {
    #[serde(default)]
    name: String,
    version: Option<String>,
}

#[derive(Deserialize)]
struct Vcs {
    #[serde(rename = "type")]
    kind: Option<String>,
    url: Option<String>,
    path: Option<String>,
    #[serde(rename = "commit-id")]
    commit: Option<String>,
}

#[derive(Deserialize)]
struct Directory {
    path: String,
    #[serde(default)]
    editable: bool,
}

#[derive(Deserialize)]
struct Distribution {
    name: Option<String>,
    url: Option<String>,
    path: Option<String>,
    #[serde(default)]
    hashes: BTreeMap<String, String>,
    #[serde(rename = "upload-time")]
    upload_time: Option<toml::Value>,
}

impl Package {
    /// When the last of its files was published, where every file says it.
    fn released(&self) -> Option<Timestamp> {
        let files = self.distributions().chain(&self.archive);
        let times: Option<Vec<Timestamp>> =
            files.map(|file| python::moment(file.upload_time.as_ref()?)).collect();
        times?.into_iter().max()
    }

    /// `None` for the project's own packages.
    fn origin(&self, files: &[Artifact<'_>]) -> Option<Origin> {
        if let Some(vcs) = &self.vcs {
            let address = vcs.url.as_deref().or(vcs.path.as_deref()).unwrap_or("");
            return Some(match vcs.kind.as_deref() {
                Some("git") | None => python::git_origin(address, vcs.commit.as_deref()),
                Some(_) => Origin::Url(SourceUrl::new(address)),
            });
        }
        if let Some(directory) = &self.directory {
            let outside = !directory.editable && python::leads_out(&directory.path);
            return outside.then(|| Origin::Path(directory.path.as_str().into()));
        }
        if let Some(archive) = &self.archive {
            return Some(match (&archive.url, &archive.path) {
                (Some(url), _) => Origin::Url(SourceUrl::new(url)),
                (None, path) => Origin::Path(path.as_deref().unwrap_or("").into()),
            });
        }
        Some(python::from_index(self.index.as_deref(), files))
    }

    fn distributions(&self) -> impl Iterator<Item = &Distribution> {
        self.sdist.iter().chain(&self.wheels)
    }

    fn artifacts(&self) -> Vec<Artifact<'_>> {
        self.distributions()
            .map(|file| Artifact {
                location: file.url.as_deref().or(file.path.as_deref()).or(file.name.as_deref()),
                hash: None,
            })
            .collect()
    }

    /// Markers are not worked out; the words `extras` and `dependency_groups`, which only lock
    /// files use, tell why a package is there.
    fn scope(&self, default_groups: &[String]) -> Scope {
        let marker = self.marker.as_deref().unwrap_or("");
        let default = default_groups.iter().take(64).any(|group| {
            [format!("'{group}' in dependency_groups"), format!("\"{group}\" in dependency_groups")]
                .iter()
                .any(|clause| marker.contains(clause.as_str()))
        });
        if default {
            Scope::Runtime
        } else if marker.contains(" in extras") {
            Scope::Optional
        } else if marker.contains(" in dependency_groups") {
            Scope::Dev
        } else {
            Scope::Runtime
        }
    }
}
