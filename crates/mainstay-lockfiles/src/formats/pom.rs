//! `pom.xml`: what a Maven project asks for.
//!
//! <https://maven.apache.org/pom.html>. A pom names its own dependencies; what those need in turn
//! is only known once Maven has read their poms too. So a `pom.xml` is never a whole answer: its
//! inventory always has a gap. What it does name is read with Maven's own rules: parents on this
//! machine, properties, managed versions, imported bills of materials that lie in the same tree.
//!
//! A repository that a pom declares is not reported: in Maven's repositories a group belongs to
//! whoever proved to own it, and so a second repository is not the door that it is elsewhere.

mod lineage;
mod management;
mod model;
mod properties;

use std::collections::{HashMap, HashSet};

use mainstay_reading::{Input, Inventory, Listing, LockedVersion, Origin, Place, ReadError};
use mainstay_types::{Ecosystem, Scope};

use self::lineage::{Finder, Lineage, last_part};
use self::management::{Key, Management, key, name};
use self::model::{Dependency, Plugin, Pom, Section};
use self::properties::{Properties, Unresolved};

/// Reads the file.
pub(crate) fn read(input: &Input<'_>) -> Result<Inventory, ReadError> {
    let finder = Finder::new(input);
    let lineage = finder.source()?;
    let properties = Properties::of(&lineage.poms);
    let management = Management::of(&lineage, &properties, &finder);
    let mut reader = Reader {
        listing: Listing::new(Ecosystem::Maven),
        own: Own::of(&lineage, &properties, &finder),
        management,
        parent_is_missing: lineage.missing.is_some(),
        seen: HashSet::new(),
        positions: HashMap::new(),
    };
    reader.project(&lineage)?;
    let sections: Vec<&Section> = lineage.poms.iter().flat_map(Pom::active_sections).collect();
    for section in &sections {
        reader.dependencies(section, &properties, Use::Always)?;
    }
    for profile in lineage.poms.iter().flat_map(|pom| &pom.profiles) {
        if !profile.active_by_default {
            reader.profile(profile, &properties)?;
        }
    }
    for plugin in sections.iter().flat_map(|section| &section.plugins) {
        reader.plugin(plugin, &properties)?;
    }
    reader.listing.gap(
        Place::default(),
        "a pom.xml names what is asked for, not what those packages need in turn",
        "scan the bill of materials that the CycloneDX plugin for Maven writes, or the built program",
    );
    Ok(reader.listing.finish())
}

/// When a section counts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Use {
    Always,
    /// In a profile that is active only when it is asked for.
    InProfile,
}

struct Reader {
    listing: Listing,
    own: Own,
    management: Management,
    /// A parent was not read, and may set what nothing else does.
    parent_is_missing: bool,
    /// Dependencies that were met: a child's stands in place of its parent's.
    seen: HashSet<Key>,
    /// Packages by name and version.
    positions: HashMap<(String, LockedVersionKey), u32>,
}

type LockedVersionKey = Option<Box<str>>;

/// What makes a dependency one of the project's own: the coordinates of its parents, and the
/// names of the modules beside it.
struct Own {
    lineage: HashSet<(String, String)>,
    group: String,
    version: Option<String>,
    modules: HashSet<String>,
}

impl Own {
    fn of(lineage: &Lineage, properties: &Properties<'_>, finder: &Finder<'_>) -> Self {
        let resolve = |text: &str| properties.resolve(text).ok();
        let names = lineage.poms.iter().filter_map(|pom| {
            Some((resolve(pom.group()?)?, resolve(pom.coordinates.artifact.as_deref()?)?))
        });
        let own = lineage.poms.first();
        let modules = lineage.poms.iter().flat_map(|pom| finder.modules(pom));
        Self {
            lineage: names.collect(),
            group: own.and_then(Pom::group).and_then(resolve).unwrap_or_default(),
            version: own.and_then(Pom::version).and_then(resolve),
            modules: modules.map(|path| last_part(&path).to_owned()).collect(),
        }
    }

    /// A module of this project has its group and version, and mostly the name of its folder.
    fn holds(&self, group: &str, artifact: &str, version: Option<&str>) -> bool {
        let module = group == self.group
            && version.is_some()
            && version == self.version.as_deref()
            && self.modules.contains(artifact);
        module || self.lineage.contains(&(group.to_owned(), artifact.to_owned()))
    }
}

impl Reader {
    /// The project's own name, modules and parents.
    fn project(&mut self, lineage: &Lineage) -> Result<(), ReadError> {
        let Some(own) = lineage.poms.first() else { return Ok(()) };
        if let (Some(group), Some(artifact)) = (own.group(), own.coordinates.artifact.as_deref()) {
            let name = self.listing.name(&format!("{group}:{artifact}"), None)?;
            self.listing.member(Some(name.clone()), Some("."));
            self.listing.inventory.own_name = Some(name);
        }
        for module in own.active_sections().flat_map(|section| &section.modules) {
            let folder = module.strip_suffix("/pom.xml").unwrap_or(module);
            self.listing.member(None, Some(folder));
        }
        let parents = lineage.poms.iter().skip(1).filter_map(|pom| pom.file.clone());
        self.listing.inventory.files_read.extend(parents);
        let bills = std::mem::take(&mut self.management.files);
        self.listing.inventory.files_read.extend(bills);
        self.listing.inventory.files_read.sort_unstable();
        self.listing.inventory.files_read.dedup();
        if let Some(reason) = &lineage.missing {
            let parent = lineage.poms.last().and_then(|pom| pom.parent.as_ref());
            let Some(parent) = parent else { return Ok(()) };
            let part =
                |text: &Option<Box<str>>| text.as_deref().unwrap_or("?").escape_debug().to_string();
            let (group, artifact) =
                (part(&parent.coordinates.group), part(&parent.coordinates.artifact));
            self.listing.gap(
                parent.place.clone(),
                format!("the parent {group}:{artifact} was not read ({reason}), so what it adds is not known"),
                "scan from the folder that holds the parent, or write out `mvn help:effective-pom`",
            );
        }
        Ok(())
    }

    fn dependencies(
        &mut self,
        section: &Section,
        properties: &Properties<'_>,
        used: Use,
    ) -> Result<(), ReadError> {
        let mut named: HashMap<Key, &Dependency> = HashMap::new();
        let mut order = Vec::new();
        for dependency in &section.dependencies {
            let key = match key(dependency, properties) {
                Ok(key) if !key.0.is_empty() && !key.1.is_empty() => key,
                Ok(_) => {
                    let reason = "a dependency has no group or no artifact";
                    self.listing.gap(dependency.place.clone(), reason, "name both in the pom.xml");
                    continue;
                }
                Err(Unresolved(property)) => {
                    self.unresolved("the name of a dependency", &property, &dependency.place);
                    continue;
                }
            };
            // Of two that a section names, Maven takes the second, and warns.
            if named.insert(key.clone(), dependency).is_none() {
                order.push(key);
            }
        }
        for key in order {
            let Some(dependency) = named.get(&key).copied() else { continue };
            if self.seen.insert(key.clone()) {
                self.dependency(dependency, key, properties, used)?;
            }
        }
        Ok(())
    }

    /// One dependency, with what is managed for it.
    fn dependency(
        &mut self,
        dependency: &Dependency,
        key: Key,
        properties: &Properties<'_>,
        used: Use,
    ) -> Result<(), ReadError> {
        let managed = self.management.dependencies.get(&key).cloned();
        let (group, artifact, ..) = key;
        let written = dependency.coordinates.version.as_deref().map(|v| properties.resolve(v));
        let version = written.or_else(|| managed.as_ref()?.version.clone());
        let exact = version.as_ref().and_then(|version| version.as_deref().ok());
        if self.own.holds(&group, &artifact, exact) {
            return Ok(());
        }
        let version = self.version(&format!("{group}:{artifact}"), version, &dependency.place);
        let scope = dependency.scope.as_deref();
        let scope = scope.or(managed.as_ref().and_then(|managed| managed.scope.as_deref()));
        let optional = dependency.optional || managed.as_ref().is_some_and(|m| m.optional);
        let origin = match (scope, &dependency.system_path) {
            (Some("system"), path) => Origin::Path(path.as_deref().unwrap_or("").into()),
            _ => Origin::registry(),
        };
        let scope = match scope {
            Some("test") => Scope::Dev,
            // Needed to compile; the place where the program runs brings its own.
            Some("provided") => Scope::Build,
            _ if optional || used == Use::InProfile => Scope::Optional,
            _ => Scope::Runtime,
        };
        self.add(&format!("{group}:{artifact}"), version, &dependency.place, scope, origin)
    }

    /// The version of a dependency, or a gap that says why there is none.
    fn version(
        &mut self,
        name: &str,
        version: Option<Result<String, Unresolved>>,
        place: &Place,
    ) -> LockedVersion {
        match version {
            Some(Ok(version)) if !version.is_empty() => asked(&version),
            Some(Err(Unresolved(property))) => {
                let what = format!("the version of {}", name.escape_debug());
                self.unresolved(&what, &property, place);
                LockedVersion::Unstated
            }
            Some(Ok(_)) | None => {
                let why = match (self.management.absent.first(), self.parent_is_missing) {
                    (Some(bill), true) => format!(
                        "it is set by a parent or an imported bill of materials that was not read \
                         ({})",
                        bill.escape_debug()
                    ),
                    (Some(bill), false) => format!(
                        "an imported bill of materials that was not read ({}) may set it",
                        bill.escape_debug()
                    ),
                    (None, true) => "it is set by a parent that was not read".to_owned(),
                    (None, false) => {
                        "nothing that was read sets one for its type and classifier".to_owned()
                    }
                };
                self.listing.gap(
                    place.clone(),
                    format!("no version is written here for {}: {why}", name.escape_debug()),
                    "write out `mvn help:effective-pom`, or scan the built program",
                );
                LockedVersion::Unstated
            }
        }
    }

    fn unresolved(&mut self, what: &str, property: &str, place: &Place) {
        let reason =
            format!("{what} is the property {}, which is not set here", property.escape_debug());
        self.listing.gap(place.clone(), reason, "set the property in the pom.xml or its parent");
    }

    /// A profile that someone must ask for: what it adds is listed, and that it may be missing
    /// from a build is said.
    fn profile(
        &mut self,
        profile: &model::Profile,
        properties: &Properties<'_>,
    ) -> Result<(), ReadError> {
        let section = &profile.section;
        if section.dependencies.is_empty() && section.managed.is_empty() {
            return Ok(());
        }
        let own = properties.within(section);
        self.dependencies(section, &own, Use::InProfile)?;
        let id = profile.id.escape_debug();
        self.listing.gap(
            profile.place.clone(),
            format!("whether the profile {id} is used, which changes the packages, is not known"),
            "scan the bill of materials of a build with the profiles that you use",
        );
        Ok(())
    }

    /// A plugin of the build and what is put beside it. One that has no version takes Maven's own
    /// default, which changes with Maven.
    fn plugin(&mut self, plugin: &Plugin, properties: &Properties<'_>) -> Result<(), ReadError> {
        for (dependency, is_plugin) in [(&plugin.itself, true)]
            .into_iter()
            .chain(plugin.dependencies.iter().map(|dependency| (dependency, false)))
        {
            let Ok((group, artifact)) = name(&dependency.coordinates, properties) else { continue };
            if group.is_empty() || artifact.is_empty() {
                continue;
            }
            let written = dependency.coordinates.version.as_deref().map(|v| properties.resolve(v));
            let key = (group, artifact);
            let managed = self.management.plugins.get(&key).filter(|_| is_plugin);
            let version = written.or_else(|| managed?.version.clone());
            let version = match version {
                Some(Ok(version)) if !version.is_empty() => asked(&version),
                _ => LockedVersion::Unstated,
            };
            let (group, artifact) = key;
            if self.own.holds(&group, &artifact, version.exact()) {
                continue;
            }
            let name = format!("{group}:{artifact}");
            self.add(&name, version, &dependency.place, Scope::Build, Origin::registry())?;
        }
        Ok(())
    }

    /// Adds a package. The same one with another type or classifier is still one package.
    fn add(
        &mut self,
        name: &str,
        version: LockedVersion,
        place: &Place,
        scope: Scope,
        origin: Origin,
    ) -> Result<(), ReadError> {
        let key = (
            name.to_owned(),
            match &version {
                LockedVersion::Exact(text) | LockedVersion::Asked(text) => Some(text.clone()),
                LockedVersion::Unstated => None,
            },
        );
        if let Some(known) = self.positions.get(&key).and_then(|p| self.listing.get_mut(*p)) {
            known.scope = known.scope.min(scope);
            return Ok(());
        }
        let mut entry = self.listing.entry(name, version, place.clone())?;
        entry.scope = scope;
        entry.direct = Some(true);
        entry.origin = origin;
        let position = self.listing.push(entry);
        self.positions.insert(key, position);
        Ok(())
    }
}

/// `1.0` is a version for whoever asks first, `[1.0]` that one alone; ranges and `LATEST` are
/// wishes (<https://maven.apache.org/pom.html#Dependency_Version_Requirement_Specification>).
fn asked(version: &str) -> LockedVersion {
    let single = version
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .map(str::trim)
        .filter(|inner| !inner.is_empty() && !inner.contains([',', '[', ']', '(', ')']));
    if let Some(single) = single {
        return LockedVersion::Exact(single.into());
    }
    if version.contains(['[', '(', ',', ')', ']']) || matches!(version, "LATEST" | "RELEASE") {
        return LockedVersion::Asked(version.into());
    }
    LockedVersion::Exact(version.into())
}

#[cfg(test)]
mod tests;
