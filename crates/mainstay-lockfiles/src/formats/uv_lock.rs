//! `uv.lock`, version 1 with every revision.
//!
//! Written by uv (<https://docs.astral.sh/uv/concepts/projects/layout/#the-lockfile>). The file
//! has no end mark, but every dependency is in the same file: one that is not there is a gap, so
//! a file that was cut off is not taken for whole, unless the cut left nothing open.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::Timestamp;
use mainstay_reading::{
    Entry, Input, Inventory, Lines, LockedVersion, Origin, Place, ReadError, ReadErrorKind,
    toml_file,
};
use mainstay_types::{Scope, SourceUrl};
use serde::Deserialize;
use toml::Spanned;

use crate::ending;

use super::python::{self, Artifact, Packages, project};

mod reach;

const WRITE_AGAIN: &str = "let uv write the file again: `uv lock`";

/// Reads one file.
pub(crate) fn read(input: &Input<'_>) -> Result<Inventory, ReadError> {
    let text = input.text()?;
    check_version(&text)?;
    let document: Document = toml_file::parse(&text)?;
    let lines = Lines::new(&text);
    let mut packages = Packages::default();
    let nodes: Vec<Node<'_>> = document
        .package
        .iter()
        .map(|package| {
            let line = lines.at(package.name.span().start);
            Node { package, line, position: take(&mut packages, package, line) }
        })
        .collect();
    let graph = Graph::new(&nodes);
    reach::connect(&mut packages, &graph);
    own_name(&mut packages, &document.package);
    let project = project::nearby(input, false);
    // A workspace may have no package of its own, and no members yet.
    if project.as_ref().is_none_or(|project| project.name.is_some()) {
        let nothing = ending::nothing_named(&packages.inventory, WRITE_AGAIN);
        packages.inventory.gaps.extend(nothing);
    }
    if let Some(project) = project {
        packages.inventory.indexes.extend(project.indexes);
        packages.inventory.files_read.push(project::FILE_NAME.into());
    }
    Ok(packages.inventory)
}

fn check_version(text: &str) -> Result<(), ReadError> {
    let head: Head = toml_file::parse(text)?;
    match head.version {
        Some(1) => Ok(()),
        Some(version) => Err(ReadError::new(
            ReadErrorKind::UnknownVersion,
            format!("the lock version {version} is not 1"),
        )),
        None => Err(ReadError::new(ReadErrorKind::Shape, "the number `version` is missing")),
    }
}

/// The root is the member that lies in the lockfile's own folder.
fn own_name(packages: &mut Packages, list: &[Package]) {
    let root = list.iter().find(|package| package.source.own_folder() == Some("."));
    packages.inventory.own_name = root.and_then(|root| packages.name(root.name.as_ref(), None));
}

fn take(packages: &mut Packages, package: &Package, line: u32) -> Option<u32> {
    let files = package.artifacts();
    let version = package.version.as_deref();
    let Some(origin) = package.source.origin(&files) else {
        packages.member(Some(package.name.as_ref()), package.source.folder());
        return None;
    };
    let name = packages.name(package.name.as_ref(), Some(line))?;
    let entry = Entry {
        name,
        version: version.map_or(LockedVersion::Unstated, |it| LockedVersion::Exact(it.into())),
        place: Place::line(line),
        scope: Scope::Runtime,
        direct: Some(false),
        checksums: python::checksums(files.iter().filter_map(|file| file.hash)),
        origin,
        licence: None,
        released: package.released(),
        needs: Vec::new(),
    };
    let registry = matches!(entry.origin, Origin::Registry { .. });
    let position = u32::try_from(packages.inventory.packages.len()).ok()?;
    if let Some(problem) = python::disagreement(&entry, position, &files).filter(|_| registry) {
        packages.inventory.irregularities.push(problem);
    }
    if version.is_none() && registry {
        let reason = format!("{} has no version: the file may be cut off", entry.name);
        packages.gap(Place::line(line), reason, WRITE_AGAIN);
    }
    packages.push(entry)
}

/// A package of the file, and its place among the entries if it is none of the project's own.
struct Node<'t> {
    package: &'t Package,
    line: u32,
    position: Option<u32>,
}

/// The packages by name and by name and version.
struct Graph<'t> {
    nodes: &'t [Node<'t>],
    by_name: HashMap<&'t str, Vec<usize>>,
    by_version: HashMap<(&'t str, &'t str), Vec<usize>>,
}

impl<'t> Graph<'t> {
    fn new(nodes: &'t [Node<'t>]) -> Self {
        let mut by_name: HashMap<_, Vec<usize>> = HashMap::new();
        let mut by_version: HashMap<_, Vec<usize>> = HashMap::new();
        for (at, node) in nodes.iter().enumerate() {
            let name = node.package.name.as_ref().as_str();
            by_name.entry(name).or_default().push(at);
            if let Some(version) = node.package.version.as_deref() {
                by_version.entry((name, version)).or_default().push(at);
            }
        }
        Self { nodes, by_name, by_version }
    }

    /// The packages that a dependency means. uv names the version where there are several.
    fn targets<'s>(&'s self, dependency: &'s Dependency) -> &'s [usize] {
        const MOST: usize = 16;
        let name = dependency.name.as_str();
        let found = match dependency.version.as_deref() {
            Some(version) => self.by_version.get(&(name, version)),
            None => self.by_name.get(name),
        };
        let found = found.map_or(&[][..], Vec::as_slice);
        found.get(..MOST).unwrap_or(found)
    }
}

#[derive(Deserialize)]
struct Head {
    version: Option<u64>,
}

#[derive(Deserialize)]
struct Document {
    /// `distribution` until uv 0.3.
    #[serde(default, alias = "distribution")]
    package: Vec<Package>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Package {
    name: Spanned<String>,
    version: Option<String>,
    source: Source,
    #[serde(default)]
    dependencies: Vec<Dependency>,
    #[serde(default)]
    optional_dependencies: BTreeMap<String, Vec<Dependency>>,
    #[serde(default)]
    dev_dependencies: BTreeMap<String, Vec<Dependency>>,
    sdist: Option<File>,
    #[serde(default)]
    wheels: Vec<File>,
}

impl Package {
    fn artifacts(&self) -> Vec<Artifact<'_>> {
        self.files().map(File::artifact).collect()
    }

    fn files(&self) -> impl Iterator<Item = &File> {
        self.sdist.iter().chain(&self.wheels)
    }

    /// When the last of its files was published. A file may be added to an old release, so it is
    /// known only where every file says it.
    fn released(&self) -> Option<Timestamp> {
        let times: Option<Vec<Timestamp>> =
            self.files().map(|file| python::moment(file.upload_time.as_ref()?)).collect();
        times?.into_iter().max()
    }
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    version: Option<String>,
    #[serde(default)]
    extra: Extras,
}

/// One extra (uv 0.2) or a list of them.
#[derive(Deserialize)]
#[serde(untagged)]
enum Extras {
    One(String),
    Many(Vec<String>),
}

impl Default for Extras {
    fn default() -> Self {
        Self::Many(Vec::new())
    }
}

impl Extras {
    fn names(&self) -> &[String] {
        match self {
            Self::One(name) => std::slice::from_ref(name),
            Self::Many(names) => names,
        }
    }
}

#[derive(Deserialize)]
struct File {
    url: Option<String>,
    path: Option<String>,
    filename: Option<String>,
    hash: Option<String>,
    /// Since revision 2 of the format.
    #[serde(rename = "upload-time")]
    upload_time: Option<toml::Value>,
}

impl File {
    fn artifact(&self) -> Artifact<'_> {
        let location = self.url.as_deref().or(self.path.as_deref()).or(self.filename.as_deref());
        Artifact { location, hash: self.hash.as_deref() }
    }
}

/// `{ registry = ".." }` and its like; until uv 0.3 one text, `registry+https://..`.
#[derive(Deserialize)]
#[serde(untagged)]
enum Source {
    Text(String),
    Table(BTreeMap<String, toml::Value>),
}

impl Source {
    fn parts(&self) -> (&str, &str) {
        match self {
            Self::Text(text) => text.split_once('+').unwrap_or((text, "")),
            Self::Table(table) => {
                let kinds = ["registry", "git", "url", "path", "directory", "editable", "virtual"];
                let found =
                    kinds.into_iter().find_map(|kind| Some((kind, table.get(kind)?.as_str()?)));
                // Very old tables wrote `direct`.
                found.unwrap_or(("", ""))
            }
        }
    }

    /// `None` for the project's own packages.
    fn origin(&self, files: &[Artifact<'_>]) -> Option<Origin> {
        let (kind, value) = self.parts();
        match kind {
            "git" => Some(git(value)),
            "url" | "direct" => Some(Origin::Url(SourceUrl::new(value))),
            "path" => Some(Origin::Path(value.into())),
            "editable" | "virtual" => None,
            "directory" => python::leads_out(value).then(|| Origin::Path(value.into())),
            _ => Some(python::from_index((!value.is_empty()).then_some(value), files)),
        }
    }

    fn folder(&self) -> Option<&str> {
        Some(self.parts().1.trim_start_matches("file://")).filter(|folder| !folder.is_empty())
    }

    fn own_folder(&self) -> Option<&str> {
        let (kind, value) = self.parts();
        matches!(kind, "editable" | "virtual" | "directory").then_some(value)
    }
}

/// `https://host/repo?rev=main#<commit>`.
fn git(value: &str) -> Origin {
    let (address, commit) = value.split_once('#').map_or((value, None), |(a, c)| (a, Some(c)));
    let address = address.split('?').next().unwrap_or(address);
    python::git_origin(address, commit)
}

#[cfg(test)]
mod tests {
    use mainstay_reading::NothingNearby;

    use super::*;

    fn released(files: &str) -> Option<Timestamp> {
        let text = format!(
            "version = 1\n[[package]]\nname = \"a\"\nversion = \"1\"\n\
             source = {{ registry = \"https://index.example/simple\" }}\nwheels = [{files}]\n"
        );
        let bytes = text.as_bytes();
        let inventory = read(&Input { bytes, file_name: "uv.lock", nearby: &NothingNearby });
        inventory.unwrap().packages[0].released
    }

    #[test]
    fn a_release_is_as_young_as_its_youngest_file() {
        let found = released(
            "{ url = 'https://files.example/a-1-py3.whl', upload-time = '2024-01-01T00:00:00Z' }, \
             { url = 'https://files.example/a-1-py2.whl', upload-time = '2025-01-01T00:00:00Z' }",
        );
        assert_eq!(found.unwrap().to_string(), "2025-01-01T00:00:00Z");
    }

    #[test]
    fn a_release_with_a_file_of_unknown_date_has_none() {
        let found = released(
            "{ url = 'https://files.example/a-1-py3.whl', upload-time = '2024-01-01T00:00:00Z' }, \
             { url = 'https://files.example/a-1-py2.whl' }",
        );
        assert_eq!(found, None);
    }
}
