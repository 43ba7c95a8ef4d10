//! uv: `uv lock --no-build --upgrade-package`, which resolves from metadata and builds nothing.
//!
//! <https://docs.astral.sh/uv/reference/cli/#uv-lock>. A project whose own version or dependencies
//! are computed by its build back end cannot be locked without running it; uv then refuses, and
//! the plan says so.

use std::path::Path;

use jiff::Timestamp;
use serde::Deserialize;

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
    let flags = ["lock", "--no-build", "--no-progress", "--no-python-downloads"];
    let wishes = packages.into_iter().flat_map(|one| ["--upgrade-package".to_owned(), one]);
    flags.map(str::to_owned).into_iter().chain(wishes).collect()
}

pub(super) fn takes(path: &Path) -> Take {
    match path.file_name().and_then(|name| name.to_str()) {
        Some("pyproject.toml" | "uv.toml") => Take::Copy,
        _ => Take::Nothing,
    }
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
