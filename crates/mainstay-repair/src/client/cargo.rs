//! Cargo: `cargo update`, which reads manifests and the index and writes Cargo.lock.
//!
//! <https://doc.rust-lang.org/cargo/commands/cargo-update.html>. A package is named
//! `name@version`, so that one of several versions moves.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::Deserialize;

use super::{Reach, Target};
use crate::graph::versioned;
use crate::workshop::Take;

pub(super) fn question(target: &Target, reach: Reach<'_>) -> Vec<String> {
    let own = format!("{}@{}", target.name, target.version);
    match reach {
        Reach::Exactly => exactly(&target.name.to_string(), &target.version, &target.goal),
        Reach::Newest => update([own]),
        Reach::With(above) => {
            update(above.iter().filter_map(|entry| versioned(entry)).chain([own]))
        }
    }
}

pub(super) fn exactly(name: &str, version: &str, wanted: &str) -> Vec<String> {
    let mut arguments = update([format!("{name}@{version}")]);
    arguments.extend(["--precise".to_owned(), wanted.to_owned()]);
    arguments
}

fn update(packages: impl IntoIterator<Item = String>) -> Vec<String> {
    std::iter::once("update".to_owned()).chain(packages).collect()
}

/// Manifests, and source files by name: Cargo refuses a package without a target.
pub(super) fn takes(path: &Path) -> Take {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let in_settings = path.parent().is_some_and(|folder| folder.ends_with(".cargo"));
    match name {
        "Cargo.toml" if path == Path::new("Cargo.toml") => Take::Only(as_root),
        "Cargo.toml" => Take::Copy,
        "config.toml" | "config" if in_settings => Take::Only(sources_only),
        _ if Path::new(name).extension().is_some_and(|end| end == "rs") => Take::Empty,
        _ => Take::Nothing,
    }
}

/// The manifest beside the lockfile, as the root of a workspace: Cargo would look for one in the
/// folders above the workshop, and those are not the project's.
fn as_root(text: &str) -> String {
    let is_root =
        toml::from_str::<toml::Table>(text).is_ok_and(|table| table.contains_key("workspace"));
    let end = if is_root { "" } else { "\n[workspace]\n" };
    format!("{text}{end}")
}

/// The part of a `.cargo/config.toml` that says where packages come from. Tables that can name
/// programs (`build`, `target`, `alias`, `env`, credential providers) are left out, and so is
/// every line that is no plain assignment of a known key.
fn sources_only(text: &str) -> String {
    const KEYS: [&str; 7] =
        ["registry", "replace-with", "directory", "local-registry", "index", "default", "protocol"];
    let mut kept = String::new();
    let mut keep = false;
    for line in text.lines() {
        let bare = line.trim();
        if bare.starts_with('[') {
            keep = is_source_table(bare);
        }
        let key = bare.split_once('=').map(|(key, _)| key.trim());
        let plain = bare.matches('"').count() == 2 && !bare.contains(['\\', '\'']);
        let wanted = bare.starts_with('[') || key.is_some_and(|key| KEYS.contains(&key)) && plain;
        if keep && wanted {
            kept.push_str(bare);
            kept.push('\n');
        }
    }
    kept
}

fn is_source_table(header: &str) -> bool {
    let Some(name) = header.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) else {
        return false;
    };
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '"');
    name.chars().all(plain)
        && (name == "registry" || name.starts_with("source.") || name.starts_with("registries."))
}

/// The releases of a crate that Cargo's copy of the index tells, with the moments at which they
/// were published. The copy is of the questions just asked.
///
/// Layout: `registry/index/<host>/.cache/<prefix>/<name>` in Cargo's home; a head, then pairs of a
/// version and a JSON object, parted by zero bytes (`cargo::sources::registry::index::cache`).
pub(super) fn releases(home: &Path, name: &str) -> Vec<(String, Timestamp)> {
    let Ok(indexes) = std::fs::read_dir(home.join("registry").join("index")) else {
        return Vec::new();
    };
    let lower = name.to_ascii_lowercase();
    let Some(prefix) = prefix(&lower) else { return Vec::new() };
    let mut releases = Vec::new();
    for index in indexes.flatten() {
        let path = index.path().join(".cache").join(&prefix).join(&lower);
        let small = std::fs::metadata(&path).is_ok_and(|file| file.len() < MOST_BYTES);
        let Some(bytes) = small.then(|| std::fs::read(&path).ok()).flatten() else { continue };
        releases.extend(bytes.split(|byte| *byte == 0).filter_map(release));
    }
    releases
}

/// The index of the crate with the most releases is far smaller.
const MOST_BYTES: u64 = 64 << 20;

#[derive(Deserialize)]
struct Line {
    vers: String,
    pubtime: Option<Timestamp>,
}

fn release(json: &[u8]) -> Option<(String, Timestamp)> {
    if json.first() != Some(&b'{') {
        return None;
    }
    let line: Line = serde_json::from_slice(json).ok()?;
    Some((line.vers, line.pubtime?))
}

/// The folder of a crate in an index: by the length of its name.
fn prefix(name: &str) -> Option<PathBuf> {
    if !name.is_ascii() {
        return None;
    }
    Some(match name.len() {
        0 => return None,
        1 => "1".into(),
        2 => "2".into(),
        3 => Path::new("3").join(name.get(..1)?),
        _ => Path::new(name.get(..2)?).join(name.get(2..4)?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_that_name_programs_stay_behind() {
        let text = "[build]\nrustc-wrapper = \"./evil\"\n[source.crates-io]\nreplace-with = \"mine\"\n\
            [source.mine]\nregistry = \"sparse+https://crates.example/\"\n[registries.other]\n\
            index = \"https://other.example\"\ntoken = \"secret\"\n\
            credential-provider = [\"./evil\"]\n[alias]\nupdate = \"run\"\n";
        assert_eq!(
            sources_only(text),
            "[source.crates-io]\nreplace-with = \"mine\"\n[source.mine]\n\
             registry = \"sparse+https://crates.example/\"\n[registries.other]\n\
             index = \"https://other.example\"\n"
        );
    }

    #[test]
    fn a_table_in_a_string_opens_no_other_table() {
        let text = "[source.a]\nregistry = \"\"\"\n[build]\nrustc = \"./evil\"\n\"\"\"\n";
        assert_eq!(sources_only(text), "[source.a]\n");
    }

    #[test]
    fn a_lone_package_is_the_root_of_its_workshop() {
        assert_eq!(as_root("[package]\n"), "[package]\n\n[workspace]\n");
        assert_eq!(as_root("[workspace]\n"), "[workspace]\n");
    }

    #[test]
    fn source_files_are_empty_in_the_workshop() {
        assert!(matches!(takes(Path::new("build.rs")), Take::Empty));
        assert!(matches!(takes(Path::new("a/src/lib.rs")), Take::Empty));
        assert!(matches!(takes(Path::new("rust-toolchain.toml")), Take::Nothing));
    }

    #[test]
    fn a_release_is_read_with_its_moment() {
        let line = br#"{"name":"a","vers":"1.2.3","pubtime":"2026-01-02T03:04:05Z"}"#;
        let (version, moment) = release(line).unwrap();
        assert_eq!((&*version, moment.as_second()), ("1.2.3", 1_767_323_045));
    }

    #[test]
    fn the_folder_of_a_crate_follows_the_length_of_its_name() {
        assert_eq!(prefix("a"), Some("1".into()));
        assert_eq!(prefix("abc"), Some("3/a".into()));
        assert_eq!(prefix("serde"), Some("se/rd".into()));
    }
}
