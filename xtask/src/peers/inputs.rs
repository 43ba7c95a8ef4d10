//! The inputs: two real lockfiles and an SBOM, read in place from the shared data, and a large
//! folder.

#![expect(clippy::indexing_slicing, reason = "only JSON is indexed: a missing key is null")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::Context;
use serde_json::Value;

use super::zips;

/// Packages that the chosen `Cargo.lock` should have.
const CARGO_PACKAGES: usize = 550;
/// Packages that the chosen `package-lock.json` should have.
const NPM_PACKAGES: usize = 1_400;
/// Packages that the chosen SBOM should have.
const SBOM_PACKAGES: usize = 1_100;
/// Files of the folder that is made when npm cannot make one.
const TREE_FILES: usize = 44_000;

/// Where the inputs lie.
pub(super) struct Inputs {
    pub(super) cargo_lock: PathBuf,
    pub(super) package_lock: PathBuf,
    /// A CycloneDX document in JSON.
    pub(super) sbom: PathBuf,
    /// The package-lock's project with its packages installed. `None` when it is not wanted.
    pub(super) tree: Option<PathBuf>,
}

impl Inputs {
    /// Puts the inputs into a scratch folder, each in a folder of its own.
    pub(super) fn prepare(shared: &Path, folder: &Path, tree: bool) -> anyhow::Result<Self> {
        let data = shared.join("data");
        let locks = data.join("lockfiles").join("projects.zip");
        let sboms = data.join("sbom").join("cyclonedx.zip");
        let is_cargo = |path: &str| file_name(path) == "Cargo.lock";
        let is_npm = |path: &str| file_name(path) == "package-lock.json";
        let cargo = nearest(&locks, is_cargo, CARGO_PACKAGES, cargo_packages)?;
        let npm = nearest(&locks, is_npm, NPM_PACKAGES, npm_packages)?;
        let sbom = nearest(&sboms, zips::is_json, SBOM_PACKAGES, sbom_packages)?;
        let cargo_lock = put(&folder.join("cargo"), "Cargo.lock", &cargo.content)?;
        let package_lock = put(&folder.join("npm"), "package-lock.json", &npm.content)?;
        let sbom_file = put(&folder.join("sbom"), "bom.cdx.json", &sbom.content)?;
        let chosen = [("Cargo.lock", &cargo), ("package-lock.json", &npm), ("SBOM", &sbom)];
        for (what, chosen) in chosen {
            println!("{what}: {} with {} packages", chosen.path, chosen.packages);
        }
        let tree = if tree { Some(installed(&folder.join("tree"), &npm.content)?) } else { None };
        Ok(Self { cargo_lock, package_lock, sbom: sbom_file, tree })
    }
}

struct Chosen {
    path: String,
    packages: usize,
    content: Vec<u8>,
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// The file whose number of packages is nearest to the wanted one.
fn nearest(
    zip: &Path,
    is_one: impl Fn(&str) -> bool,
    wanted: usize,
    packages: fn(&[u8]) -> Option<usize>,
) -> anyhow::Result<Chosen> {
    let mut best: Option<Chosen> = None;
    zips::each_file(zip, is_one, |path, content| {
        let Some(packages) = packages(&content) else { return Ok(()) };
        let away = packages.abs_diff(wanted);
        if best.as_ref().is_none_or(|best| away < best.packages.abs_diff(wanted)) {
            best = Some(Chosen { path: path.to_owned(), packages, content });
        }
        Ok(())
    })?;
    best.with_context(|| format!("no such file in {}", zip.display()))
}

fn cargo_packages(content: &[u8]) -> Option<usize> {
    let text = std::str::from_utf8(content).ok()?;
    Some(text.lines().filter(|line| *line == "[[package]]").count())
}

/// Distinct names and versions, of lockfiles that name every place (version 2 and 3).
fn npm_packages(content: &[u8]) -> Option<usize> {
    let lock: Value = serde_json::from_slice(content).ok()?;
    let places = lock["packages"].as_object()?;
    let mut packages: Vec<(&str, &str)> = places
        .iter()
        .filter_map(|(place, package)| {
            let (_, name) = place.rsplit_once("node_modules/")?;
            Some((name, package["version"].as_str()?))
        })
        .collect();
    packages.sort_unstable();
    packages.dedup();
    Some(packages.len())
}

/// Components with a package URL, each counted once.
fn sbom_packages(content: &[u8]) -> Option<usize> {
    let sbom: Value = serde_json::from_slice(content).ok()?;
    let components = sbom["components"].as_array()?;
    let mut purls: Vec<&str> = components.iter().filter_map(|one| one["purl"].as_str()).collect();
    purls.sort_unstable();
    purls.dedup();
    Some(purls.len())
}

fn put(folder: &Path, name: &str, content: &[u8]) -> anyhow::Result<PathBuf> {
    fs::create_dir_all(folder)?;
    let path = folder.join(name);
    fs::write(&path, content).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(path)
}

/// The project with its packages installed by npm, without running any of their scripts; where
/// npm cannot, a folder with as many small files in the same shape.
fn installed(folder: &Path, lock: &[u8]) -> anyhow::Result<PathBuf> {
    let done = folder.join("node_modules").join(".complete");
    if done.is_file() {
        return Ok(folder.to_path_buf());
    }
    let parsed: Value = serde_json::from_slice(lock)?;
    put(folder, "package.json", manifest(&parsed).to_string().as_bytes())?;
    put(folder, "package-lock.json", lock)?;
    println!("installing the packages of the package-lock, without their scripts");
    let mut npm = Command::new("npm");
    npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]);
    let npm = npm.current_dir(folder).stdin(Stdio::null()).status();
    if !npm.is_ok_and(|status| status.success()) {
        println!("npm could not: a folder of {TREE_FILES} small files stands in");
        made(&folder.join("node_modules"), &parsed)?;
    }
    fs::write(done, b"")?;
    Ok(folder.to_path_buf())
}

/// The `package.json` that the lockfile was made from, as far as the lockfile repeats it.
fn manifest(lock: &Value) -> Value {
    let mut root = lock["packages"][""].clone();
    if let Some(fields) = root.as_object_mut() {
        fields.retain(|field, _| {
            matches!(
                field.as_str(),
                "name" | "version" | "dependencies" | "devDependencies" | "optionalDependencies"
            )
        });
    }
    root
}

fn made(modules: &Path, lock: &Value) -> anyhow::Result<()> {
    let names: Vec<&String> =
        lock["packages"].as_object().into_iter().flatten().map(|(k, _)| k).collect();
    let each = TREE_FILES / names.len().max(1);
    for name in names.iter().filter_map(|place| place.strip_prefix("node_modules/")) {
        let folder = modules.join(name).join("lib");
        fs::create_dir_all(&folder)?;
        for number in 0..=each {
            fs::write(folder.join(format!("part-{number}.js")), b"module.exports = {}\n")?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_of_a_cargo_lock_are_counted() {
        let lock = b"version = 4\n\n[[package]]\nname = \"a\"\n\n[[package]]\nname = \"b\"\n";
        assert_eq!(cargo_packages(lock), Some(2));
    }

    #[test]
    fn a_package_in_two_places_counts_once() {
        let lock = br#"{"packages":{"":{},"node_modules/a":{"version":"1.0.0"},
            "node_modules/b/node_modules/a":{"version":"1.0.0"}}}"#;
        assert_eq!(npm_packages(lock), Some(1));
    }

    #[test]
    fn a_package_url_that_stands_twice_counts_once() {
        let sbom =
            br#"{"components":[{"purl":"pkg:npm/a@1"},{"purl":"pkg:npm/a@1"},{"name":"b"}]}"#;
        assert_eq!(sbom_packages(sbom), Some(1));
    }

    #[test]
    fn the_manifest_keeps_what_npm_compares() {
        let lock: Value = serde_json::from_str(
            r#"{"packages":{"":{"name":"a","engines":{},"dependencies":{"b":"^1"}}}}"#,
        )
        .unwrap();
        assert_eq!(manifest(&lock).to_string(), r#"{"dependencies":{"b":"^1"},"name":"a"}"#);
    }
}
