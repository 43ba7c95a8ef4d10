//! Managed dependencies: the versions and scopes that a project, its parents and the bills of
//! materials it imports set for dependencies that name none.
//!
//! <https://maven.apache.org/guides/introduction/introduction-to-dependency-mechanism.html#Dependency_Management>.
//! The project comes before its parents, both before what they import, and of two imports the
//! first.

use std::collections::{HashMap, HashSet};

use super::lineage::{Finder, Lineage};
use super::model::{Coordinates, Dependency, Plugin, Pom, Section};
use super::properties::{Properties, Unresolved};

/// The deepest chain of bills of materials that import one another.
const MAX_IMPORTS: u32 = 8;

/// What Maven compares dependencies by: group, artifact, type, classifier.
pub(super) type Key = (String, String, Box<str>, Box<str>);

/// What is set for one dependency.
#[derive(Clone, Debug)]
pub(super) struct Managed {
    pub(super) version: Option<Result<String, Unresolved>>,
    pub(super) scope: Option<Box<str>>,
    pub(super) optional: bool,
}

/// Everything that is set for a project.
#[derive(Clone, Debug, Default)]
pub(super) struct Management {
    pub(super) dependencies: HashMap<Key, Managed>,
    /// Versions of plugins, by group and artifact.
    pub(super) plugins: HashMap<(String, String), Managed>,
    /// Imported bills of materials that are not on this machine, as `group:artifact`.
    pub(super) absent: Vec<String>,
    /// Bills of materials that were imported: of the same one, the first counts.
    imported: HashSet<Coordinates>,
    /// Files of the bills of materials that were read.
    pub(super) files: Vec<std::sync::Arc<str>>,
}

/// The key of a dependency, with its properties resolved.
pub(super) fn key(dependency: &Dependency, properties: &Properties<'_>) -> Result<Key, Unresolved> {
    let (group, artifact) = name(&dependency.coordinates, properties)?;
    Ok((group, artifact, dependency.kind.clone(), dependency.classifier.clone()))
}

/// Group and artifact, with their properties resolved. Empty where one is not written.
pub(super) fn name(
    coordinates: &Coordinates,
    properties: &Properties<'_>,
) -> Result<(String, String), Unresolved> {
    let part = |text: &Option<Box<str>>| properties.resolve(text.as_deref().unwrap_or(""));
    Ok((part(&coordinates.group)?, part(&coordinates.artifact)?))
}

impl Management {
    /// What is set for a project, by itself, its parents and its imports.
    pub(super) fn of(lineage: &Lineage, properties: &Properties<'_>, finder: &Finder<'_>) -> Self {
        let mut management = Self::default();
        management.add(lineage, properties, finder, 0);
        management
    }

    fn add(
        &mut self,
        lineage: &Lineage,
        properties: &Properties<'_>,
        finder: &Finder<'_>,
        depth: u32,
    ) {
        let sections: Vec<&Section> = lineage.poms.iter().flat_map(Pom::active_sections).collect();
        for plugin in sections.iter().flat_map(|section| &section.managed_plugins) {
            self.plugin(plugin, properties);
        }
        let managed = || sections.iter().flat_map(|section| &section.managed);
        for dependency in managed().filter(|managed| !is_import(managed)) {
            if let Ok(key) = key(dependency, properties) {
                self.dependencies.entry(key).or_insert_with(|| set(dependency, properties));
            }
        }
        for dependency in managed().filter(|managed| is_import(managed)) {
            self.import(dependency, lineage, properties, finder, depth);
        }
    }

    fn plugin(&mut self, plugin: &Plugin, properties: &Properties<'_>) {
        if let Ok(name) = name(&plugin.itself.coordinates, properties) {
            self.plugins.entry(name).or_insert_with(|| set(&plugin.itself, properties));
        }
    }

    fn import(
        &mut self,
        dependency: &Dependency,
        lineage: &Lineage,
        properties: &Properties<'_>,
        finder: &Finder<'_>,
        depth: u32,
    ) {
        let Ok((group, artifact)) = name(&dependency.coordinates, properties) else { return };
        let version = dependency.coordinates.version.as_deref().map(|v| properties.resolve(v));
        let wanted = Coordinates {
            group: Some(group.as_str().into()),
            artifact: Some(artifact.as_str().into()),
            version: version.and_then(Result::ok).map(Into::into),
        };
        let is_own = lineage.poms.iter().any(|pom| pom.is(&wanted));
        if is_own || !self.imported.insert(wanted.clone()) {
            // What a parent manages is inherited already.
            return;
        }
        let bill = (depth < MAX_IMPORTS).then(|| finder.bill(&lineage.poms, &wanted)).flatten();
        let Some(bill) = bill else {
            self.absent.push(format!("{group}:{artifact}"));
            return;
        };
        self.files.extend(bill.poms.iter().filter_map(|pom| pom.file.clone()));
        let own = Properties::of(&bill.poms);
        self.add(&bill, &own, finder, depth + 1);
    }
}

fn is_import(dependency: &Dependency) -> bool {
    dependency.scope.as_deref() == Some("import") && &*dependency.kind == "pom"
}

fn set(dependency: &Dependency, properties: &Properties<'_>) -> Managed {
    Managed {
        version: dependency.coordinates.version.as_deref().map(|v| properties.resolve(v)),
        scope: dependency.scope.clone(),
        optional: dependency.optional,
    }
}
