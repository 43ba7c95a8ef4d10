//! `*.deps.json`: what a built .NET program carries and loads.
//!
//! The runtime configuration file of the .NET host
//! (<https://github.com/dotnet/sdk/blob/main/documentation/specs/runtime-configuration-file.md>).
//! `libraries` names everything as `name/version`; `targets` says what needs what. A runtime pack
//! is a package too: its name here has `runtimepack.` before it.

use std::collections::{HashMap, HashSet};

use mainstay_reading::{
    Input, Inventory, Lines, Listing, Origin, Place, ReadError, ReadErrorKind, exact,
    json::{self, Object, Text},
};
use mainstay_types::{Digest, Ecosystem};
use serde::Deserialize;
use serde::de::IgnoredAny;

/// Whether a path is a file of this format.
pub(crate) fn is_one(path: &str) -> bool {
    path.ends_with(".deps.json")
}

/// Reads the file.
pub(crate) fn read(input: &Input<'_>) -> Result<Inventory, ReadError> {
    let text = input.text()?;
    let file: File<'_> = json::parse(&text)?;
    let lines = Lines::new(&text);
    let mut listing = Listing::new(Ecosystem::NuGet);
    let mut positions = HashMap::new();
    let mut projects = HashSet::new();
    for (id, library) in &file.libraries.0 {
        let line = lines.of(id);
        let Some((name, version)) = id.split_once('/') else {
            let message = format!("the library \"{}\" is not name/version", id.escape_default());
            return Err(ReadError { kind: ReadErrorKind::Shape, line, message });
        };
        if &*library.kind == "project" {
            let name = listing.name(name, line)?;
            listing.member(Some(name), None);
            projects.insert(&**id);
            continue;
        }
        let is_pack = &*library.kind == "runtimepack";
        let name = name.strip_prefix("runtimepack.").filter(|_| is_pack).unwrap_or(name);
        let mut entry = listing.entry(name, exact(version), Place::at(line))?;
        if matches!(&*library.kind, "reference" | "referenceassembly") {
            entry.origin = Origin::Path(name.into());
        }
        let position = listing.push(entry);
        positions.insert(&**id, position);
        if let Some(hash) = library.sha512.as_deref().filter(|hash| !hash.is_empty()) {
            listing.checksum(position, Digest::from_sri(hash));
        }
    }
    join(&file, &projects, &positions, &mut listing);
    Ok(listing.finish())
}

/// Joins the edges of every target. What a project needs is direct.
fn join(
    file: &File<'_>,
    projects: &HashSet<&str>,
    positions: &HashMap<&str, u32>,
    listing: &mut Listing,
) {
    let mut direct = HashSet::new();
    for (id, target) in file.targets.0.iter().flat_map(|(_, target)| &target.0) {
        for (name, version) in &target.dependencies.0 {
            let needed = format!("{}/{}", &**name, &**version);
            let Some(&to) = positions.get(&*needed) else { continue };
            if projects.contains(&**id) {
                direct.insert(to);
            }
            let from = positions.get(&**id).and_then(|from| listing.get_mut(*from));
            if let Some(from) = from {
                from.needs.push(to);
            }
        }
    }
    if projects.is_empty() {
        return;
    }
    for &position in positions.values() {
        if let Some(entry) = listing.get_mut(position) {
            entry.direct = Some(direct.contains(&position));
        }
    }
}

#[derive(Deserialize)]
struct File<'t> {
    #[serde(borrow)]
    targets: Object<'t, Object<'t, Target<'t>>>,
    #[serde(borrow)]
    libraries: Object<'t, Library<'t>>,
    #[serde(rename = "runtimeTarget")]
    _runtime_target: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct Target<'t> {
    #[serde(borrow, default)]
    dependencies: Object<'t, Text<'t>>,
}

#[derive(Deserialize)]
struct Library<'t> {
    #[serde(borrow, rename = "type")]
    kind: Text<'t>,
    #[serde(borrow, default)]
    sha512: Option<Text<'t>>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use mainstay_reading::NothingNearby;

    const FILE: &str = r#"{
      "runtimeTarget": {"name": ".NETCoreApp,Version=v8.0", "signature": ""},
      "targets": {".NETCoreApp,Version=v8.0": {
        "own/1.0.0": {"dependencies": {"Acme.Web": "1.0.0"}, "runtime": {"own.dll": {}}},
        "Acme.Web/1.0.0": {"dependencies": {"Acme.Json": "2.0.0"}},
        "Acme.Json/2.0.0": {"runtime": {}},
        "runtimepack.Acme.Runtime/8.0.1": {}
      }},
      "libraries": {
        "own/1.0.0": {"type": "project", "serviceable": false, "sha512": ""},
        "Acme.Web/1.0.0": {"type": "package", "serviceable": true, "sha512": ""},
        "Acme.Json/2.0.0": {"type": "package"},
        "runtimepack.Acme.Runtime/8.0.1": {"type": "runtimepack", "sha512": ""},
        "Loose/1.0.0.0": {"type": "reference", "sha512": ""}
      }
    }"#;

    fn read_text(text: &str) -> Result<Inventory, ReadError> {
        let bytes = text.as_bytes();
        read(&Input { bytes, file_name: "own.deps.json", nearby: &NothingNearby })
    }

    #[test]
    fn a_project_is_a_member_and_a_runtime_pack_a_package() {
        let inventory = read_text(FILE).unwrap();
        let names: Vec<_> = inventory.packages.iter().map(|p| p.name.as_written()).collect();
        assert_eq!(names, ["Acme.Web", "Acme.Json", "Acme.Runtime", "Loose"]);
        assert_eq!(inventory.members.len(), 1);
    }

    #[test]
    fn a_loose_assembly_is_not_a_registry_package() {
        let inventory = read_text(FILE).unwrap();
        assert_eq!(inventory.packages[3].origin, Origin::Path("Loose".into()));
    }

    #[test]
    fn edges_and_what_the_project_asks_for_come_from_the_targets() {
        let inventory = read_text(FILE).unwrap();
        assert_eq!(inventory.packages[0].needs, [1]);
        let direct: Vec<_> = inventory.packages.iter().map(|p| p.direct).collect();
        assert_eq!(direct, [Some(true), Some(false), Some(false), Some(false)]);
    }

    #[test]
    fn a_library_without_a_version_is_refused() {
        let text = r#"{"targets": {}, "libraries": {"odd": {"type": "package"}}}"#;
        assert_eq!(read_text(text).unwrap_err().kind, ReadErrorKind::Shape);
    }

    #[test]
    fn another_object_is_refused() {
        assert_eq!(read_text("{}").unwrap_err().kind, ReadErrorKind::Shape);
    }
}
