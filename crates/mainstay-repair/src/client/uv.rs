//! uv: `uv lock --no-build --upgrade-package`, which resolves from metadata and builds nothing.
//!
//! <https://docs.astral.sh/uv/reference/cli/#uv-lock>. A project whose own version or dependencies
//! are computed by its build back end cannot be locked without running it; uv then refuses, and
//! the plan says so.
//!
//! uv builds the members of a workspace whatever `--no-build` says, and a build installs what the
//! manifest names and runs it. So the workshop's manifests name a build back end that nobody has,
//! and no back end is fetched (`--no-build-isolation`).

use std::path::Path;

use jiff::Timestamp;
use serde::Deserialize;
use toml::{Table, Value};

use super::{Reach, Target};
use crate::workshop::{Take, Workshop};

pub(super) fn question(target: &Target, reach: Reach<'_>) -> Vec<String> {
    let own = target.name.to_string();
    match reach {
        Reach::Exactly => exactly(&own, &target.goal),
        Reach::Newest => lock([own]),
        Reach::With(above) => lock(above.iter().map(|entry| entry.name.to_string()).chain([own])),
    }
}

pub(super) fn exactly(name: &str, wanted: &str) -> Vec<String> {
    lock([format!("{name}=={wanted}")])
}

fn lock(packages: impl IntoIterator<Item = String>) -> Vec<String> {
    let flags =
        ["lock", "--no-build", "--no-build-isolation", "--no-progress", "--no-python-downloads"];
    let wishes = packages.into_iter().flat_map(|one| ["--upgrade-package".to_owned(), one]);
    flags.map(str::to_owned).into_iter().chain(wishes).collect()
}

pub(super) fn takes(path: &Path) -> Take {
    match path.file_name().and_then(|name| name.to_str()) {
        Some("pyproject.toml") => Take::Only(without_build),
        Some("uv.toml") => Take::Only(settings_only),
        _ => Take::Nothing,
    }
}

/// The settings that say what is resolved and where packages come from. All others (caches,
/// credentials, programs, builds) stay behind.
const SETTINGS: [&str; 27] = [
    "conflicts",
    "constraint-dependencies",
    "default-groups",
    "dependency-groups",
    "dependency-metadata",
    "dev-dependencies",
    "environments",
    "exclude-dependencies",
    "exclude-newer",
    "exclude-newer-package",
    "extra-index-url",
    "find-links",
    "fork-strategy",
    "index",
    "index-strategy",
    "index-url",
    "managed",
    "no-binary",
    "no-binary-package",
    "no-index",
    "no-sources",
    "override-dependencies",
    "package",
    "prerelease",
    "required-environments",
    "resolution",
    "sources",
];
/// Of a manifest only.
const WORKSPACE: &str = "workspace";

/// A manifest that no build can be made from. One that cannot be read becomes an empty one, which
/// uv refuses.
fn without_build(text: &str) -> String {
    let Ok(mut manifest) = mainstay_reading::toml_file::parse::<Table>(text) else {
        return String::new();
    };
    // Without the table uv takes the project for one that is no package, so it stays a table.
    if manifest.contains_key("build-system") {
        let nobody = [
            ("requires".to_owned(), Value::Array(Vec::new())),
            ("build-backend".to_owned(), Value::String("not_built_by_mainstay".to_owned())),
        ];
        manifest.insert("build-system".to_owned(), Value::Table(nobody.into_iter().collect()));
    }
    let tool = manifest.get_mut("tool").and_then(Value::as_table_mut);
    if let Some(Value::Table(settings)) = tool.and_then(|tool| tool.get_mut("uv")) {
        settings.retain(|key, _| key == WORKSPACE || SETTINGS.contains(&key));
    }
    manifest.to_string()
}

fn settings_only(text: &str) -> String {
    let Ok(mut settings) = mainstay_reading::toml_file::parse::<Table>(text) else {
        return String::new();
    };
    settings.retain(|key, _| SETTINGS.contains(&key));
    settings.to_string()
}

/// A member of the workspace that lies outside of the manifest's folder, and so outside of the
/// workshop, where uv would build it.
pub(super) fn member_outside(manifest: &str) -> Option<String> {
    let manifest = mainstay_reading::toml_file::parse::<Table>(manifest).ok()?;
    let members = manifest.get("tool")?.get("uv")?.get(WORKSPACE)?.get("members")?.as_array()?;
    let leads_out = |member: &&str| {
        member.contains("..") || member.starts_with(['/', '\\', '~']) || member.contains(':')
    };
    members.iter().filter_map(Value::as_str).find(leads_out).map(str::to_owned)
}

#[derive(Deserialize)]
struct Document {
    #[serde(default)]
    package: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: Option<String>,
    sdist: Option<Artifact>,
    #[serde(default)]
    wheels: Vec<Artifact>,
}

#[derive(Deserialize)]
struct Artifact {
    #[serde(rename = "upload-time")]
    upload_time: Option<String>,
}

/// The lockfile itself says when each of its artifacts was uploaded; the first one counts.
pub(super) fn releases(workshop: &Workshop, name: &str) -> Vec<(String, Timestamp)> {
    let Ok(bytes) = workshop.read() else { return Vec::new() };
    let Ok(text) = std::str::from_utf8(&bytes) else { return Vec::new() };
    let Ok(document) = mainstay_reading::toml_file::parse::<Document>(text) else {
        return Vec::new();
    };
    let own = document.package.into_iter().filter(|package| package.name == name);
    own.filter_map(|package| {
        let artifacts = package.sdist.iter().chain(&package.wheels);
        let moments = artifacts.filter_map(|one| one.upload_time.as_ref()?.parse().ok());
        Some((package.version?, moments.min()?))
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_build_of_the_project_is_left_in_its_manifest() {
        let text = "[project]\nname = \"a\"\ndynamic = [\"version\"]\n[build-system]\n\
            requires = [\"evil @ file:///evil.whl\"]\nbuild-backend = \"evil\"\n\
            backend-path = [\".\"]\n[tool.poetry]\nname = \"a\"\n";
        let manifest: Table = without_build(text).parse().unwrap();
        let build = manifest["build-system"].as_table().unwrap();
        assert_eq!(build.keys().collect::<Vec<_>>(), ["build-backend", "requires"]);
        assert_eq!(build["requires"], Value::Array(Vec::new()));
        assert_eq!(build["build-backend"].as_str(), Some("not_built_by_mainstay"));
        assert_eq!(manifest["project"]["name"].as_str(), Some("a"));
        assert!(manifest["tool"]["poetry"].is_table());
    }

    #[test]
    fn a_project_that_is_no_package_does_not_become_one() {
        assert_eq!(without_build("[project]\nname = \"a\"\n"), "[project]\nname = \"a\"\n");
    }

    #[test]
    fn settings_that_name_programs_and_folders_stay_behind() {
        let text = "index-url = \"https://pypi.example/simple\"\ncache-dir = \"/elsewhere\"\n\
            keyring-provider = \"subprocess\"\n";
        assert_eq!(settings_only(text), "index-url = \"https://pypi.example/simple\"\n");
        let indented = format!("[tool.uv]\n{text}workspace.members = [\"a\"]\n");
        let manifest: Table = without_build(&indented).parse().unwrap();
        let kept: Vec<&str> =
            manifest["tool"]["uv"].as_table().unwrap().keys().map(String::as_str).collect();
        assert_eq!(kept, ["index-url", "workspace"]);
    }

    #[test]
    fn what_cannot_be_read_is_not_handed_on() {
        assert_eq!(without_build("[project\n"), "");
        assert_eq!(settings_only("= 1"), "");
    }

    #[test]
    fn members_outside_of_the_project_are_told() {
        let outside = |member: &str| {
            member_outside(&format!("[tool.uv.workspace]\nmembers = [\"a\", '{member}']\n"))
        };
        for member in ["../b", "b/../../c", "/b", "\\b", "c:b", "~/b"] {
            assert_eq!(outside(member).as_deref(), Some(member));
        }
        assert_eq!(outside("packages/*"), None);
        assert_eq!(member_outside(""), None);
    }
}
