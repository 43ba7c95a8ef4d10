//! Cargo.toml: what a crate or a workspace wants. No closure: that is Cargo.lock's.
//!
//! Format: <https://doc.rust-lang.org/cargo/reference/manifest.html> and
//! <https://doc.rust-lang.org/cargo/reference/specifying-dependencies.html>. A bare requirement
//! (`"1.2"`) is a range; only `=1.2.3` names one version.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

use mainstay_reading::{
    Entry, Gap, Input, Inventory, Lines, LockedVersion, Member, Origin, Place, ReadError,
    ReadErrorKind,
    json::{Object, Text},
    toml_file,
};
use mainstay_types::{Ecosystem, PackageName, Scope, SourceUrl};
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, MapAccess, Visitor};

/// Reads a Cargo.toml.
pub(crate) fn read(input: &Input<'_>) -> Result<Inventory, ReadError> {
    let text = input.text()?;
    let manifest: Manifest<'_> = toml_file::parse(&text)?;
    let mut reading = Reading {
        lines: Lines::new(&text),
        shared: manifest
            .workspace
            .iter()
            .flat_map(|workspace| &workspace.dependencies.0)
            .map(|(key, Wish(details))| (&**key, details))
            .collect(),
        inventory: Inventory::default(),
    };
    if let Some(name) = manifest.package.as_ref().and_then(|package| package.name.as_ref()) {
        reading.inventory.own_name = Some(reading.name(name)?);
    }
    for path in manifest.workspace.iter().flat_map(|workspace| &workspace.members) {
        let member = Member { name: None, path: Some((**path).into()) };
        reading.inventory.members.push(member);
    }
    reading.table(&manifest.dependencies, Scope::Runtime)?;
    reading.table(&manifest.build_dependencies, Scope::Build)?;
    reading.table(&manifest.dev_dependencies, Scope::Dev)?;
    for (_, target) in &manifest.target.0 {
        reading.table(&target.dependencies, Scope::Runtime)?;
        reading.table(&target.build_dependencies, Scope::Build)?;
        reading.table(&target.dev_dependencies, Scope::Dev)?;
    }
    Ok(reading.finish())
}

pub(super) const FILE_NAME: &str = "Cargo.toml";

/// What the Cargo.toml beside a lockfile wants. `None` when it is not there; a broken one is
/// reported where it is a source of its own.
pub(super) fn nearby(input: &Input<'_>) -> Option<Inventory> {
    let bytes = input.nearby.read(FILE_NAME).ok()?;
    read(&Input { bytes: &bytes, file_name: FILE_NAME, nearby: input.nearby }).ok()
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Manifest<'t> {
    #[serde(borrow, alias = "project")]
    package: Option<Package<'t>>,
    #[serde(borrow)]
    workspace: Option<Workspace<'t>>,
    #[serde(borrow, default)]
    target: Object<'t, Target<'t>>,
    #[serde(borrow, default)]
    dependencies: Object<'t, Wish<'t>>,
    #[serde(borrow, default, alias = "dev_dependencies")]
    dev_dependencies: Object<'t, Wish<'t>>,
    #[serde(borrow, default, alias = "build_dependencies")]
    build_dependencies: Object<'t, Wish<'t>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Target<'t> {
    #[serde(borrow, default)]
    dependencies: Object<'t, Wish<'t>>,
    #[serde(borrow, default, alias = "dev_dependencies")]
    dev_dependencies: Object<'t, Wish<'t>>,
    #[serde(borrow, default, alias = "build_dependencies")]
    build_dependencies: Object<'t, Wish<'t>>,
}

#[derive(Deserialize)]
struct Package<'t> {
    #[serde(borrow)]
    name: Option<Text<'t>>,
}

#[derive(Deserialize)]
struct Workspace<'t> {
    #[serde(borrow, default)]
    members: Vec<Text<'t>>,
    #[serde(borrow, default)]
    dependencies: Object<'t, Wish<'t>>,
}

/// A dependency in full; a bare requirement is its `version`.
#[derive(Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Details<'t> {
    #[serde(borrow)]
    version: Option<Text<'t>>,
    #[serde(borrow)]
    path: Option<Text<'t>>,
    #[serde(borrow)]
    git: Option<Text<'t>>,
    #[serde(borrow)]
    rev: Option<Text<'t>>,
    #[serde(borrow)]
    package: Option<Text<'t>>,
    #[serde(borrow)]
    registry_index: Option<Text<'t>>,
    #[serde(default)]
    optional: bool,
    #[serde(default)]
    workspace: bool,
}

/// What stands behind the name of a dependency.
struct Wish<'t>(Details<'t>);

impl<'t, 'de: 't> Deserialize<'de> for Wish<'t> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct WishVisitor;
        impl<'de> Visitor<'de> for WishVisitor {
            type Value = Wish<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a version requirement or a table")
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Wish<'de>, E> {
                Ok(Wish::version(Cow::Borrowed(text)))
            }
            fn visit_str<E>(self, text: &str) -> Result<Wish<'de>, E> {
                Ok(Wish::version(Cow::Owned(text.to_owned())))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Wish<'de>, A::Error> {
                Details::deserialize(MapAccessDeserializer::new(map)).map(Wish)
            }
        }
        deserializer.deserialize_any(WishVisitor)
    }
}

impl<'t> Wish<'t> {
    fn version(requirement: Cow<'t, str>) -> Self {
        Self(Details { version: Some(Text(requirement)), ..Details::default() })
    }
}

struct Reading<'d, 't> {
    lines: Lines<'t>,
    /// `[workspace.dependencies]`, from which `workspace = true` inherits.
    shared: HashMap<&'d str, &'d Details<'t>>,
    inventory: Inventory,
}

impl Reading<'_, '_> {
    fn table(&mut self, table: &Object<'_, Wish<'_>>, scope: Scope) -> Result<(), ReadError> {
        for (key, Wish(own)) in &table.0 {
            let inherited = own.workspace.then(|| self.shared.get(&**key).copied()).flatten();
            let details = inherited.unwrap_or(own);
            let place = Place::at(self.lines.of(key));
            let name = self.name(details.package.as_ref().unwrap_or(key))?;
            if let Some(path) = &details.path {
                let member = Member { name: Some(name), path: Some((**path).into()) };
                self.inventory.members.push(member);
                continue;
            }
            self.inventory.packages.push(Entry {
                name,
                version: version(details),
                place,
                scope: if own.optional { scope.max(Scope::Optional) } else { scope },
                direct: Some(true),
                origin: origin(details),
                checksums: Vec::new(),
                licence: None,
                released: None,
                needs: Vec::new(),
            });
        }
        Ok(())
    }

    fn name(&self, text: &Text<'_>) -> Result<PackageName, ReadError> {
        PackageName::parse(Ecosystem::CratesIo, text).map_err(|error| ReadError {
            kind: ReadErrorKind::Shape,
            line: self.lines.of(text),
            message: error.to_string(),
        })
    }

    fn finish(mut self) -> Inventory {
        let reason = if !self.inventory.packages.is_empty() {
            Some(
                "the manifest names wishes, not the versions that are built; what they pull in \
                 is not known",
            )
        } else if self.inventory.members.is_empty() {
            None
        } else {
            // A root that lists members asks for nothing itself, and is no clean project.
            Some(
                "what the members of the workspace and the path dependencies need is not in this file",
            )
        };
        if let Some(reason) = reason {
            self.inventory.gaps.push(Gap {
                place: Place::default(),
                reason: reason.to_owned(),
                advice: "run `cargo generate-lockfile` and scan the Cargo.lock".to_owned(),
            });
        }
        self.inventory
    }
}

/// `=1.2.3` names one version; everything else a range.
fn version(details: &Details<'_>) -> LockedVersion {
    let Some(requirement) = &details.version else { return LockedVersion::Unstated };
    match requirement.trim().strip_prefix('=').map(str::trim) {
        Some(exact) if exact.split('.').count() >= 3 && !exact.contains([',', '*']) => {
            LockedVersion::Exact(exact.into())
        }
        Some(_) | None => LockedVersion::Asked((**requirement).into()),
    }
}

fn origin(details: &Details<'_>) -> Origin {
    if let Some(git) = &details.git {
        let full = |rev: &&Text<'_>| rev.len() == 40 && rev.bytes().all(|b| b.is_ascii_hexdigit());
        let commit = details.rev.as_ref().filter(full).map(|rev| (**rev).into());
        return Origin::Git { url: SourceUrl::new(git), commit };
    }
    let index = details.registry_index.as_ref().map(|index| SourceUrl::new(index));
    Origin::Registry { index, artifact: None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mainstay_reading::NothingNearby;

    fn read_text(text: &str) -> Inventory {
        let bytes = text.as_bytes();
        read(&Input { bytes, file_name: "Cargo.toml", nearby: &NothingNearby }).unwrap()
    }

    #[test]
    fn a_requirement_is_a_range_and_an_equals_sign_a_version() {
        let inventory = read_text("[dependencies]\na = \"1.2.3\"\nb = \"=1.2.3\"\n");
        assert_eq!(inventory.packages[0].version, LockedVersion::Asked("1.2.3".into()));
        assert_eq!(inventory.packages[1].version, LockedVersion::Exact("1.2.3".into()));
        assert_eq!(inventory.packages[1].place.line, Some(3));
    }

    #[test]
    fn wishes_without_a_closure_leave_a_gap() {
        assert_eq!(read_text("[dependencies]\na = \"1\"\n").gaps.len(), 1);
        assert!(read_text("[package]\nname = \"x\"\n").gaps.is_empty());
    }

    #[test]
    fn a_root_that_only_lists_members_leaves_a_gap() {
        assert_eq!(read_text("[workspace]\nmembers = [\"crates/*\"]\n").gaps.len(), 1);
        assert_eq!(read_text("[dependencies]\nx = { path = \"../x\" }\n").gaps.len(), 1);
        assert!(read_text("[workspace]\n").gaps.is_empty());
    }

    #[test]
    fn workspace_members_and_path_dependencies_are_the_projects_own() {
        let inventory = read_text(
            "[workspace]\nmembers = [\"crates/*\"]\n[dependencies]\nx = { path = \"../x\" }\n",
        );
        let paths: Vec<_> = inventory.members.iter().map(|m| m.path.as_deref()).collect();
        assert_eq!(paths, [Some("crates/*"), Some("../x")]);
    }

    #[test]
    fn an_inherited_wish_is_looked_up_in_the_workspace() {
        let inventory = read_text(
            "[workspace.dependencies]\na = \"=1.0.0\"\n[dependencies]\na.workspace = true\n",
        );
        assert_eq!(inventory.packages[0].version, LockedVersion::Exact("1.0.0".into()));
    }

    #[test]
    fn a_renamed_dependency_has_the_name_of_its_package() {
        let inventory = read_text(
            "[target.'cfg(unix)'.dev-dependencies]\nb = { package = \"a\", version = \"1\" }\n",
        );
        assert_eq!(inventory.packages[0].name.as_written(), "a");
        assert_eq!(inventory.packages[0].scope, Scope::Dev);
    }

    #[test]
    fn a_git_wish_keeps_its_full_commit() {
        let commit = "0123456789abcdef0123456789abcdef01234567";
        let text = format!(
            "[dependencies]\na = {{ git = \"https://git.example/a\", rev = \"{commit}\" }}\n"
        );
        let Origin::Git { commit: found, .. } = &read_text(&text).packages[0].origin else {
            panic!()
        };
        assert_eq!(found.as_deref(), Some(commit));
    }
}
