//! One `pom.xml` as it is written, before parents, profiles and properties count.
//!
//! <https://maven.apache.org/ref/current/maven-model/maven.html>. Only what leads to packages is
//! kept.

use std::sync::Arc;

use mainstay_reading::{
    Place, ReadError,
    xml::{self, Element},
};

/// One file.
#[derive(Debug, Default)]
pub(super) struct Pom {
    /// Relative to the folder of the source; `None` is the source itself.
    pub(super) file: Option<Arc<str>>,
    pub(super) coordinates: Coordinates,
    pub(super) parent: Option<Parent>,
    pub(super) base: Section,
    pub(super) profiles: Vec<Profile>,
}

/// Group, artifact and version, as written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Coordinates {
    pub(super) group: Option<Box<str>>,
    pub(super) artifact: Option<Box<str>>,
    pub(super) version: Option<Box<str>>,
}

/// The reference to a parent.
#[derive(Debug)]
pub(super) struct Parent {
    pub(super) coordinates: Coordinates,
    /// Where it should lie. `None`: it is looked for in repositories only.
    pub(super) path: Option<Box<str>>,
    pub(super) place: Place,
}

/// What a project and each of its profiles may hold (Maven's `ModelBase` and `BuildBase`).
#[derive(Debug, Default)]
pub(super) struct Section {
    pub(super) properties: Vec<(Box<str>, Box<str>)>,
    pub(super) managed: Vec<Dependency>,
    pub(super) dependencies: Vec<Dependency>,
    pub(super) managed_plugins: Vec<Plugin>,
    pub(super) plugins: Vec<Plugin>,
    pub(super) modules: Vec<Box<str>>,
}

#[derive(Debug)]
pub(super) struct Profile {
    pub(super) id: Box<str>,
    pub(super) place: Place,
    pub(super) active_by_default: bool,
    pub(super) section: Section,
}

/// A dependency, managed or used.
#[derive(Debug)]
pub(super) struct Dependency {
    pub(super) coordinates: Coordinates,
    pub(super) kind: Box<str>,
    pub(super) classifier: Box<str>,
    pub(super) scope: Option<Box<str>>,
    pub(super) optional: bool,
    pub(super) system_path: Option<Box<str>>,
    pub(super) place: Place,
}

/// A plugin or an extension of the build, and what is put beside it.
#[derive(Debug)]
pub(super) struct Plugin {
    pub(super) itself: Dependency,
    pub(super) dependencies: Vec<Dependency>,
}

/// The group of a plugin that names none.
const PLUGIN_GROUP: &str = "org.apache.maven.plugins";

impl Pom {
    /// Reads one file.
    pub(super) fn parse(bytes: &[u8], file: Option<Arc<str>>) -> Result<Self, ReadError> {
        let root = xml::parse(bytes, "project")?;
        let at = At { file: file.clone() };
        let profiles = root.listed("profiles", "profile").map(|profile| Profile {
            id: profile.child_text("id").unwrap_or("default").into(),
            place: at.place(profile),
            active_by_default: profile
                .child("activation")
                .and_then(|activation| activation.child_text("activeByDefault"))
                == Some("true"),
            section: at.section(profile),
        });
        Ok(Self {
            coordinates: coordinates(&root),
            parent: root.child("parent").map(|parent| Parent {
                coordinates: coordinates(parent),
                path: match parent.child("relativePath") {
                    None => Some("../pom.xml".into()),
                    Some(path) if path.text().is_empty() => None,
                    Some(path) => Some(path.text().into()),
                },
                place: at.place(parent),
            }),
            base: at.section(&root),
            profiles: profiles.collect(),
            file,
        })
    }

    /// The group: its own, or the parent's.
    pub(super) fn group(&self) -> Option<&str> {
        let parent = || self.parent.as_ref()?.coordinates.group.as_deref();
        self.coordinates.group.as_deref().or_else(parent)
    }

    /// The version: its own, or the parent's.
    pub(super) fn version(&self) -> Option<&str> {
        let parent = || self.parent.as_ref()?.coordinates.version.as_deref();
        self.coordinates.version.as_deref().or_else(parent)
    }

    /// Whether these coordinates name this file. A part that is computed is taken to agree.
    pub(super) fn is(&self, wanted: &Coordinates) -> bool {
        let agree = |own: Option<&str>, wanted: Option<&str>| match (own, wanted) {
            (Some(own), Some(wanted)) => {
                own == wanted || own.contains("${") || wanted.contains("${")
            }
            _ => false,
        };
        self.coordinates.artifact.is_some()
            && self.coordinates.artifact == wanted.artifact
            && agree(self.group(), wanted.group.as_deref())
            && agree(self.version(), wanted.version.as_deref())
    }

    /// The sections that count in a build without options: profiles that are active by default
    /// before the file's own.
    pub(super) fn active_sections(&self) -> impl Iterator<Item = &Section> {
        let profiles = self.profiles.iter().filter(|profile| profile.active_by_default);
        profiles.map(|profile| &profile.section).chain([&self.base])
    }
}

/// The file whose elements are read.
struct At {
    file: Option<Arc<str>>,
}

impl At {
    fn place(&self, element: &Element) -> Place {
        Place { file: self.file.clone(), ..Place::line(element.line) }
    }

    fn section(&self, element: &Element) -> Section {
        let dependency = |dependency: &Element| self.dependency(dependency);
        let properties = element.all("properties").flat_map(|list| &list.children);
        let managed = element.all("dependencyManagement");
        let builds = || element.all("build");
        let plugins = builds().flat_map(|build| build.listed("plugins", "plugin"));
        let extensions = builds().flat_map(|build| build.listed("extensions", "extension"));
        let managed_plugins = builds()
            .flat_map(|build| build.all("pluginManagement"))
            .flat_map(|management| management.listed("plugins", "plugin"));
        // Maven 4 calls them subprojects.
        let subprojects = element.listed("subprojects", "subproject");
        let modules = element.listed("modules", "module").chain(subprojects);
        Section {
            properties: properties
                .map(|property| (property.name.clone(), property.text().into()))
                .collect(),
            managed: managed
                .flat_map(|management| management.listed("dependencies", "dependency"))
                .map(dependency)
                .collect(),
            dependencies: element.listed("dependencies", "dependency").map(dependency).collect(),
            managed_plugins: managed_plugins.map(|plugin| self.plugin(plugin)).collect(),
            plugins: plugins.chain(extensions).map(|plugin| self.plugin(plugin)).collect(),
            modules: modules.map(|module| module.text().into()).collect(),
        }
    }

    fn dependency(&self, element: &Element) -> Dependency {
        Dependency {
            coordinates: coordinates(element),
            kind: element.child_text("type").unwrap_or("jar").into(),
            classifier: element.child_text("classifier").unwrap_or("").into(),
            scope: element.child_text("scope").map(Into::into),
            optional: element.child_text("optional") == Some("true"),
            system_path: element.child_text("systemPath").map(Into::into),
            place: self.place(element),
        }
    }

    fn plugin(&self, element: &Element) -> Plugin {
        let mut itself = self.dependency(element);
        let is_plugin = &*element.name == "plugin";
        if itself.coordinates.group.is_none() && is_plugin {
            itself.coordinates.group = Some(PLUGIN_GROUP.into());
        }
        let dependencies = element.listed("dependencies", "dependency");
        Plugin { itself, dependencies: dependencies.map(|d| self.dependency(d)).collect() }
    }
}

fn coordinates(element: &Element) -> Coordinates {
    let text = |name| element.child_text(name).map(Into::into);
    Coordinates { group: text("groupId"), artifact: text("artifactId"), version: text("version") }
}
