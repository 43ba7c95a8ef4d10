//! What a `pyproject.toml` asks for, and where from.
//!
//! Standard: <https://packaging.python.org/en/latest/specifications/pyproject-toml/> (PEP 621),
//! dependency groups (PEP 735), and the tables of poetry, uv and pdm.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use mainstay_reading::{
    DeclaredIndex, Input, Lines, LockedVersion, Origin, Place, ReadError, toml_file,
};
use mainstay_types::{Ecosystem, PackageName, Scope};
use serde::Deserialize;
use toml::Spanned;

use super::requirement;

mod indexes;
mod poetry;

pub(crate) const FILE_NAME: &str = "pyproject.toml";

/// What a `pyproject.toml` says.
#[derive(Default)]
pub(crate) struct Project {
    pub(crate) name: Option<PackageName>,
    pub(crate) wanted: Vec<Wanted>,
    /// Lines that are no requirement, with what is wrong.
    pub(crate) refused: Vec<(u32, String)>,
    pub(crate) indexes: Vec<DeclaredIndex>,
    /// The line on which the file says that its dependencies are worked out by the build.
    pub(crate) dynamic: Option<u32>,
    /// Names of the extras.
    pub(crate) extras: HashSet<String>,
    asked: HashSet<PackageName>,
}

/// One package that the project asks for.
pub(crate) struct Wanted {
    pub(crate) name: PackageName,
    pub(crate) version: LockedVersion,
    pub(crate) scope: Scope,
    pub(crate) origin: WantedFrom,
    pub(crate) line: u32,
}

/// Where a wanted package comes from.
pub(crate) enum WantedFrom {
    /// Outside the project.
    Origin(Origin),
    /// A folder of the project itself, where it is named.
    Member(Option<Box<str>>),
}

/// How the file is read.
#[derive(Clone, Copy, Default)]
pub(crate) struct Dialect {
    /// The lockfile beside it is of poetry 1.x, which asks the public index beside every source
    /// that is not the default.
    pub(crate) poetry_one: bool,
    /// Written into the places: `pyproject.toml` when it is read for another file.
    pub(crate) as_nearby: bool,
}

impl Project {
    /// Whether the project asks for the package itself.
    pub(crate) fn asks_for(&self, name: &PackageName) -> bool {
        self.asked.contains(name)
    }
}

/// The `pyproject.toml` beside a lockfile. `None` when it is not there; a broken one is reported
/// where it is a source of its own, and locks nothing.
pub(crate) fn nearby(input: &Input<'_>, poetry_one: bool) -> Option<Project> {
    let bytes = input.nearby.read(FILE_NAME).ok()?;
    let text = mainstay_reading::decode(&bytes).ok()?;
    parse(&text, Dialect { poetry_one, as_nearby: true }).ok()
}

/// Reads the file.
pub(crate) fn parse(text: &str, dialect: Dialect) -> Result<Project, ReadError> {
    let document: Document = toml_file::parse(text)?;
    let lines = Lines::new(text);
    let mut reading = Reading { project: Project::default(), lines, dialect };
    let tool = &document.tool;
    let sources = &tool.uv.sources;
    if let Some(project) = &document.project {
        reading.standard(project, sources);
    }
    for members in document.dependency_groups.values() {
        let strings = members.iter().filter_map(GroupMember::requirement);
        reading.requirements(strings, Scope::Dev, sources);
    }
    reading.requirements(&tool.uv.dev_dependencies, Scope::Dev, sources);
    for list in tool.pdm.dev_dependencies.values() {
        let plain = list.iter().filter(|text| !text.as_ref().starts_with("-e"));
        reading.requirements(plain, Scope::Dev, sources);
    }
    reading.requirements(&document.build_system.requires, Scope::Build, sources);
    poetry::read(&mut reading, &tool.poetry);
    indexes::read(&mut reading, tool);
    let mut project = reading.project;
    project.asked = project
        .wanted
        .iter()
        .filter(|wanted| wanted.scope != Scope::Build)
        .map(|wanted| wanted.name.clone())
        .collect();
    Ok(project)
}

struct Reading<'t> {
    project: Project,
    lines: Lines<'t>,
    dialect: Dialect,
}

impl Reading<'_> {
    fn place(&self, offset: usize) -> Place {
        let file: Option<Arc<str>> = self.dialect.as_nearby.then(|| FILE_NAME.into());
        Place { file, ..Place::line(self.lines.at(offset)) }
    }

    fn standard(&mut self, project: &Standard, sources: &UvSources) {
        let name = project.name.as_deref();
        self.project.name = name.and_then(|name| PackageName::parse(Ecosystem::PyPi, name).ok());
        self.requirements(&project.dependencies, Scope::Runtime, sources);
        for (extra, list) in &project.optional_dependencies {
            self.project.extras.insert(extra.clone());
            self.requirements(list, Scope::Optional, sources);
        }
        let dynamic = project.dynamic.iter().find(|field| {
            matches!(field.as_ref().as_str(), "dependencies" | "optional-dependencies")
        });
        self.project.dynamic = dynamic.map(|field| self.lines.at(field.span().start));
    }

    fn requirements<'r>(
        &mut self,
        list: impl IntoIterator<Item = &'r Spanned<String>>,
        scope: Scope,
        sources: &UvSources,
    ) {
        for text in list {
            let line = self.lines.at(text.span().start);
            match requirement::parse(text.as_ref()) {
                Ok(requirement) => {
                    let origin = match requirement.url {
                        Some(url) => from_address(url),
                        None => sources.origin_of(requirement.name),
                    };
                    self.want(requirement.name, requirement.version(), scope, origin, line);
                }
                Err(problem) => self.project.refused.push((line, problem.to_owned())),
            }
        }
    }

    fn want(
        &mut self,
        name: &str,
        version: LockedVersion,
        scope: Scope,
        origin: WantedFrom,
        line: u32,
    ) {
        match PackageName::parse(Ecosystem::PyPi, name) {
            Ok(name) => self.project.wanted.push(Wanted { name, version, scope, origin, line }),
            Err(problem) => self.project.refused.push((line, problem.to_string())),
        }
    }
}

/// The origin that an address of a requirement names.
pub(crate) fn from_address(url: &str) -> WantedFrom {
    if url.starts_with("git+") {
        return WantedFrom::Origin(super::git_origin(url, None));
    }
    if let Some(path) = url.strip_prefix("file:") {
        return WantedFrom::Origin(Origin::Path(path.trim_start_matches("//").into()));
    }
    if url.contains("://") {
        return WantedFrom::Origin(Origin::Url(mainstay_types::SourceUrl::new(url)));
    }
    from_folder(url)
}

/// A path of the project's machine: a member, or something outside.
fn from_folder(path: &str) -> WantedFrom {
    if super::leads_out(path) || super::artifact::is_archive(path) {
        WantedFrom::Origin(Origin::Path(path.into()))
    } else {
        WantedFrom::Member(Some(path.into()))
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Document {
    project: Option<Standard>,
    #[serde(default)]
    dependency_groups: BTreeMap<String, Vec<GroupMember>>,
    #[serde(default)]
    build_system: BuildSystem,
    #[serde(default)]
    tool: Tool,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Standard {
    name: Option<String>,
    #[serde(default)]
    dependencies: Vec<Spanned<String>>,
    #[serde(default)]
    optional_dependencies: BTreeMap<String, Vec<Spanned<String>>>,
    #[serde(default)]
    dynamic: Vec<Spanned<String>>,
}

#[derive(Default, Deserialize)]
struct BuildSystem {
    #[serde(default)]
    requires: Vec<Spanned<String>>,
}

/// A requirement, or `{include-group = "name"}`, which names what is listed anyway.
struct GroupMember(Option<Spanned<String>>);

impl GroupMember {
    fn requirement(&self) -> Option<&Spanned<String>> {
        self.0.as_ref()
    }
}

impl<'de> Deserialize<'de> for GroupMember {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Spanned::<toml::Value>::deserialize(deserializer)?;
        let span = value.span();
        Ok(Self(value.into_inner().as_str().map(|text| Spanned::new(span, text.to_owned()))))
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Tool {
    poetry: poetry::Poetry,
    uv: Uv,
    pdm: Pdm,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
struct Uv {
    dev_dependencies: Vec<Spanned<String>>,
    sources: UvSources,
    index: Vec<Spanned<indexes::UvIndex>>,
    index_url: Option<Spanned<String>>,
    extra_index_url: Vec<Spanned<String>>,
    find_links: Vec<Spanned<String>>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
struct Pdm {
    dev_dependencies: BTreeMap<String, Vec<Spanned<String>>>,
    source: Vec<Spanned<indexes::PdmSource>>,
}

/// `[tool.uv.sources]`: a table, or a list of tables with markers, by name.
#[derive(Default)]
struct UvSources(HashMap<PackageName, toml::Value>);

impl<'de> Deserialize<'de> for UvSources {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let written = BTreeMap::<String, toml::Value>::deserialize(deserializer)?;
        let named = written.into_iter().filter_map(|(name, value)| {
            Some((PackageName::parse(Ecosystem::PyPi, &name).ok()?, value))
        });
        Ok(Self(named.collect()))
    }
}

impl UvSources {
    fn origin_of(&self, name: &str) -> WantedFrom {
        let written =
            PackageName::parse(Ecosystem::PyPi, name).ok().and_then(|name| self.0.get(&name));
        let source = match written {
            Some(toml::Value::Array(list)) => list.first(),
            other => other,
        };
        let field = |key: &str| source.and_then(|source| source.get(key)?.as_str());
        if let Some(git) = field("git") {
            return WantedFrom::Origin(super::git_origin(git, field("rev")));
        }
        if let Some(url) = field("url") {
            return from_address(url);
        }
        if let Some(path) = field("path") {
            let editable = source.and_then(|source| source.get("editable")?.as_bool());
            return match editable {
                Some(true) => WantedFrom::Member(Some(path.into())),
                Some(false) | None => from_folder(path),
            };
        }
        if source.is_some_and(|source| source.get("workspace").is_some()) {
            return WantedFrom::Member(None);
        }
        WantedFrom::Origin(Origin::registry())
    }
}
