//! `packages.lock.json`: what `NuGet` resolved for a .NET project.
//!
//! JSON, versions 1 and 2 (2 came with central package management). Packages stand per target
//! framework, and per runtime below it; the same package in several counts once.
//! <https://learn.microsoft.com/nuget/consume-packages/package-references-in-project-files#locking-dependencies>

use std::collections::{HashMap, HashSet};

use mainstay_reading::{
    Input, Inventory, Lines, Listing, Place, ReadError, ReadErrorKind, exact,
    json::{self, Object, Text},
};
use mainstay_types::{Digest, DigestAlgorithm, Ecosystem, PackageName};
use serde::Deserialize;
use serde::de::IgnoredAny;

/// Reads the file.
pub(crate) fn read(input: &Input<'_>) -> Result<Inventory, ReadError> {
    let text = input.text()?;
    let lock: Lock<'_> = json::parse(&text)?;
    if !(1..=2).contains(&lock.version) {
        let message = format!("version {} of packages.lock.json is not known", lock.version);
        return Err(ReadError::new(ReadErrorKind::UnknownVersion, message));
    }
    let mut reader = Reader {
        listing: Listing::new(Ecosystem::NuGet),
        lines: Lines::new(&text),
        positions: HashMap::new(),
        projects: HashSet::new(),
    };
    for (_, framework) in &lock.dependencies.0 {
        reader.framework(framework)?;
    }
    Ok(reader.listing.finish())
}

#[derive(Deserialize)]
struct Lock<'t> {
    version: u32,
    #[serde(borrow)]
    dependencies: Object<'t, Object<'t, Dependency<'t>>>,
}

#[derive(Deserialize)]
struct Dependency<'t> {
    #[serde(borrow, rename = "type")]
    kind: Text<'t>,
    #[serde(borrow, default)]
    resolved: Option<Text<'t>>,
    #[serde(borrow, default, rename = "contentHash")]
    content_hash: Option<Text<'t>>,
    #[serde(borrow, default)]
    dependencies: Object<'t, IgnoredAny>,
}

struct Reader<'t> {
    listing: Listing,
    lines: Lines<'t>,
    /// By name in lower case and version.
    positions: HashMap<(String, String), u32>,
    /// Other projects of the solution.
    projects: HashSet<PackageName>,
}

impl Reader<'_> {
    fn framework(&mut self, packages: &Object<'_, Dependency<'_>>) -> Result<(), ReadError> {
        let mut here = HashMap::new();
        for (name, dependency) in &packages.0 {
            if let Some(position) = self.package(name, dependency)? {
                here.insert(name.to_lowercase(), position);
            }
        }
        for (name, dependency) in &packages.0 {
            let Some(&from) = here.get(&name.to_lowercase()) else { continue };
            for (needed, _) in &dependency.dependencies.0 {
                let to = here.get(&needed.to_lowercase()).copied();
                if let (Some(to), Some(entry)) = (to, self.listing.get_mut(from)) {
                    entry.needs.push(to);
                }
            }
        }
        Ok(())
    }

    /// Adds a package, or finds it again. `None` for another project of the solution.
    fn package(
        &mut self,
        name: &Text<'_>,
        dependency: &Dependency<'_>,
    ) -> Result<Option<u32>, ReadError> {
        let line = self.lines.of(name);
        if &*dependency.kind == "Project" {
            let name = self.listing.name(name, line)?;
            if self.projects.insert(name.clone()) {
                self.listing.member(Some(name), None);
            }
            return Ok(None);
        }
        let version = dependency.resolved.as_deref().unwrap_or("");
        let place = Place::at(line);
        let key = (name.to_lowercase(), version.to_lowercase());
        let position = if let Some(position) = self.positions.get(&key) {
            *position
        } else {
            let mut entry = self.listing.entry(name, exact(version), place.clone())?;
            entry.direct = Some(false);
            if version.is_empty() {
                let reason = format!("no resolved version is written for {}", entry.name);
                self.listing.gap(place, reason, "run `dotnet restore --force-evaluate`");
            }
            let position = self.listing.push(entry);
            self.positions.insert(key, position);
            position
        };
        if let Some(entry) = self.listing.get_mut(position)
            && &*dependency.kind == "Direct"
        {
            entry.direct = Some(true);
        }
        if let Some(hash) = dependency.content_hash.as_deref() {
            let digest = Digest::from_base64(DigestAlgorithm::Sha512, hash);
            self.listing.checksum(position, digest);
        }
        Ok(Some(position))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mainstay_reading::NothingNearby;

    fn read_text(text: &str) -> Result<Inventory, ReadError> {
        let bytes = text.as_bytes();
        read(&Input { bytes, file_name: "packages.lock.json", nearby: &NothingNearby })
    }

    const LOCK: &str = r#"{
      "version": 1,
      "dependencies": {
        "net8.0": {
          "Acme.Web": {"type": "Direct", "requested": "[1.0.0, )", "resolved": "1.0.0",
                       "dependencies": {"acme.json": "2.0.0"}},
          "Acme.Json": {"type": "Transitive", "resolved": "2.0.0"},
          "own.project": {"type": "Project", "dependencies": {"Acme.Web": "1.0.0"}}
        },
        "net8.0/linux-x64": {
          "Acme.Json": {"type": "Transitive", "resolved": "2.0.0"},
          "Acme.Native": {"type": "CentralTransitive", "resolved": "3.0.0-beta.1"}
        }
      }
    }"#;

    #[test]
    fn a_package_of_several_frameworks_counts_once() {
        let inventory = read_text(LOCK).unwrap();
        let names: Vec<_> = inventory.packages.iter().map(|p| p.name.as_written()).collect();
        assert_eq!(names, ["Acme.Web", "Acme.Json", "Acme.Native"]);
    }

    #[test]
    fn an_edge_does_not_mind_case() {
        assert_eq!(read_text(LOCK).unwrap().packages[0].needs, [1]);
    }

    #[test]
    fn only_what_the_project_asks_for_is_direct() {
        let direct: Vec<_> = read_text(LOCK).unwrap().packages.iter().map(|p| p.direct).collect();
        assert_eq!(direct, [Some(true), Some(false), Some(false)]);
    }

    #[test]
    fn another_project_of_the_solution_is_a_member() {
        assert_eq!(read_text(LOCK).unwrap().members.len(), 1);
    }

    #[test]
    fn an_unknown_version_is_refused() {
        let error = read_text(r#"{"version": 9, "dependencies": {}}"#).unwrap_err();
        assert_eq!(error.kind, ReadErrorKind::UnknownVersion);
    }

    #[test]
    fn a_package_without_a_version_is_a_gap() {
        let text = r#"{"version": 2, "dependencies": {"net8.0": {"A": {"type": "Direct"}}}}"#;
        assert_eq!(read_text(text).unwrap().gaps.len(), 1);
    }

    #[test]
    fn a_package_that_is_there_twice_is_refused() {
        let text = r#"{"version": 1, "dependencies": {"net8.0": {
            "A": {"type": "Direct", "resolved": "1"}, "A": {"type": "Direct", "resolved": "2"}}}}"#;
        assert_eq!(read_text(text).unwrap_err().kind, ReadErrorKind::Shape);
    }
}
