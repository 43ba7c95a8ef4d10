//! package.json: what a JavaScript project wants. No closure: that is a lockfile's.
//!
//! Format: npm's "package.json" page in its CLI documentation. The readers of lockfiles that do
//! not say what the project itself asks for look here too.

use mainstay_reading::{
    Entry, Gap, Input, Inventory, Lines, LockedVersion, Member, Origin, Place, ReadError, decode,
    json,
};
use mainstay_types::Scope;
use serde::Deserialize;

use super::npm::loose::{Globs, Wishes, Word};
use super::npm::{self, address, specifier};

/// Reads a package.json.
pub(crate) fn read(input: &Input<'_>) -> Result<Inventory, ReadError> {
    let text = input.text()?;
    let manifest: Manifest<'_> = json::parse(&text)?;
    let lines = Lines::new(&text);
    let mut inventory = Inventory::default();
    if let Some(name) = manifest.name.text() {
        inventory.own_name = Some(npm::name(name, lines.of(name))?);
    }
    for glob in &manifest.workspaces.0 {
        inventory.members.push(Member { name: None, path: Some((**glob).into()) });
    }
    for wish in manifest.wishes() {
        add(&mut inventory, &wish, lines.of(wish.name))?;
    }
    let reason = if !inventory.packages.is_empty() {
        Some(
            "the manifest names wishes, not the versions that are installed; what they pull in \
             is not known",
        )
    } else if inventory.members.is_empty() {
        None
    } else {
        // A root that lists workspaces asks for nothing itself, and is no clean project.
        Some("what the workspaces and the linked folders need is not in this file")
    };
    if let Some(reason) = reason {
        inventory.gaps.push(Gap {
            place: Place::default(),
            reason: reason.to_owned(),
            advice: "run `npm install --package-lock-only` and scan the package-lock.json"
                .to_owned(),
        });
    }
    Ok(inventory)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Manifest<'t> {
    #[serde(borrow, default)]
    pub(super) name: Word<'t>,
    #[serde(borrow, default)]
    pub(super) workspaces: Globs<'t>,
    #[serde(borrow, default)]
    dependencies: Wishes<'t>,
    #[serde(borrow, default)]
    optional_dependencies: Wishes<'t>,
    #[serde(borrow, default)]
    dev_dependencies: Wishes<'t>,
}

/// One dependency of a manifest.
pub(super) struct Wish<'m> {
    pub(super) name: &'m str,
    pub(super) asked: &'m str,
    pub(super) scope: Scope,
}

impl Manifest<'_> {
    /// What the project asks for. What stands in `optionalDependencies` overrides the same name
    /// in `dependencies`, so it comes first.
    pub(super) fn wishes(&self) -> impl Iterator<Item = Wish<'_>> {
        let tables = [
            (&self.dependencies, Scope::Runtime),
            (&self.optional_dependencies, Scope::Optional),
            (&self.dev_dependencies, Scope::Dev),
        ];
        tables.into_iter().flat_map(|(table, scope)| {
            table.0.iter().map(move |(name, asked)| Wish {
                name,
                asked: asked.text().unwrap_or("*"),
                scope,
            })
        })
    }
}

/// Hands the package.json at a nearby path to `use_it`. `None` when there is none that can be
/// read.
pub(super) fn nearby<T>(
    input: &Input<'_>,
    path: &str,
    use_it: impl FnOnce(&Manifest<'_>) -> T,
) -> Option<T> {
    let bytes = input.nearby.read(path).ok()?;
    let text = decode(&bytes).ok()?;
    let manifest: Manifest<'_> = json::parse(&text).ok()?;
    Some(use_it(&manifest))
}

fn add(inventory: &mut Inventory, wish: &Wish<'_>, line: Option<u32>) -> Result<(), ReadError> {
    let (name, asked) = match specifier::alias(wish.asked) {
        Some((name, asked)) => (name, asked.unwrap_or("*")),
        None => (wish.name, wish.asked),
    };
    let name = npm::name(name, line)?;
    let folder = address::local_path(asked).filter(|path| !address::is_archive(path));
    if folder.is_some() || asked.starts_with("workspace:") {
        inventory.members.push(Member { name: Some(name), path: folder.map(Into::into) });
        return Ok(());
    }
    let (version, origin) = if address::is_address(asked) {
        (LockedVersion::Unstated, address::origin(asked, true))
    } else {
        (version(asked), Origin::registry())
    };
    inventory.packages.push(Entry {
        name,
        version,
        place: Place::at(line),
        scope: wish.scope,
        direct: Some(true),
        origin,
        checksums: Vec::new(),
        licence: None,
        released: None,
        needs: Vec::new(),
    });
    Ok(())
}

fn version(asked: &str) -> LockedVersion {
    match specifier::exact_version(asked) {
        Some(version) => LockedVersion::Exact(version.into()),
        None => LockedVersion::Asked(asked.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mainstay_reading::NothingNearby;

    fn read_text(text: &str) -> Inventory {
        let bytes = text.as_bytes();
        read(&Input { bytes, file_name: "package.json", nearby: &NothingNearby }).unwrap()
    }

    #[test]
    fn a_manifest_without_dependencies_leaves_nothing_open() {
        let inventory = read_text(r#"{"name": "app", "dependencies": []}"#);
        assert!(inventory.gaps.is_empty() && inventory.packages.is_empty());
        assert_eq!(inventory.own_name.unwrap().as_written(), "app");
    }

    #[test]
    fn a_range_is_asked_for_and_a_version_is_exact() {
        let inventory = read_text(r#"{"dependencies": {"a": "^1.0.0", "b": "2.0.0"}}"#);
        assert_eq!(inventory.packages[0].version, LockedVersion::Asked("^1.0.0".into()));
        assert_eq!(inventory.packages[1].version, LockedVersion::Exact("2.0.0".into()));
        assert_eq!(inventory.gaps.len(), 1);
    }

    #[test]
    fn an_alias_is_the_package_behind_it() {
        let inventory = read_text(r#"{"devDependencies": {"a": "npm:@s/real@1.0.0"}}"#);
        assert_eq!(inventory.packages[0].name.as_written(), "@s/real");
        assert_eq!(inventory.packages[0].scope, Scope::Dev);
    }

    #[test]
    fn workspaces_are_members_in_both_spellings() {
        let list = read_text(r#"{"workspaces": ["packages/*"]}"#);
        let nested = read_text(r#"{"workspaces": {"packages": ["packages/*"]}}"#);
        assert_eq!(list.members, nested.members);
        assert_eq!(list.members[0].path.as_deref(), Some("packages/*"));
    }

    #[test]
    fn a_root_that_only_lists_workspaces_leaves_a_gap() {
        assert_eq!(read_text(r#"{"workspaces": ["packages/*"]}"#).gaps.len(), 1);
        assert!(read_text(r#"{"name": "a"}"#).gaps.is_empty());
    }

    #[test]
    fn a_shorthand_of_a_code_host_is_a_repository() {
        let inventory = read_text(r#"{"dependencies": {"a": "github:o/r", "b": "o/r#v1"}}"#);
        let is_git = |entry: &Entry| matches!(entry.origin, Origin::Git { .. });
        assert!(inventory.packages.iter().all(is_git));
    }
}
