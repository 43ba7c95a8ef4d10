//! The shape of the code: small files, names that say something, a lean `Cargo.lock`.

use std::fs;

use anyhow::Context;

use crate::step::Outcome;
use crate::workspace::Workspace;

/// Lines a Rust file may have, tests included.
const LINES: usize = 500;
/// Packages that `Cargo.lock` may name.
const PACKAGES: usize = 400;
/// Names that tell a reader nothing.
const EMPTY_NAMES: &[&str] = &["common", "util", "utils", "helper", "helpers", "misc", "manager"];

/// Checks every tracked Rust file, and `Cargo.lock`.
pub(crate) fn step(workspace: &Workspace) -> anyhow::Result<Outcome> {
    let mut faults = Vec::new();
    for path in workspace.tracked_files()? {
        let full = workspace.root.join(&path);
        if full.extension().is_none_or(|extension| extension != "rs") || !full.is_file() {
            continue;
        }
        let text = fs::read_to_string(&full).with_context(|| format!("cannot read {path}"))?;
        faults.extend(faults_of(&path, &text));
    }
    let lock = fs::read_to_string(workspace.root.join("Cargo.lock")).context("no Cargo.lock")?;
    let packages = lock.lines().filter(|line| *line == "[[package]]").count();
    if packages > PACKAGES {
        faults.push(format!("Cargo.lock: {packages} packages, at most {PACKAGES}"));
    }
    println!("  {packages} packages in Cargo.lock, of at most {PACKAGES}");
    Ok(Outcome::of_faults(&faults))
}

fn faults_of(path: &str, text: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let lines = text.lines().count();
    if lines > LINES {
        faults.push(format!("{path}: {lines} lines, at most {LINES}: divide it"));
    }
    for part in path.trim_end_matches(".rs").split('/') {
        if EMPTY_NAMES.contains(&part) {
            faults.push(format!("{path}: the name {part} does not say what is inside"));
        }
        if part == "mod" {
            faults.push(format!("{path}: a module is `name.rs` beside `name/`, not `mod.rs`"));
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_file_with_a_telling_name_is_right() {
        assert!(faults_of("crates/mainstay-scan/src/walk.rs", "fn walk() {}\n").is_empty());
    }

    #[test]
    fn a_long_file_is_named() {
        let text = "\n".repeat(LINES + 1);
        assert!(faults_of("crates/mainstay-scan/src/walk.rs", &text)[0].contains("501 lines"));
    }

    #[test]
    fn an_empty_name_is_named() {
        assert_eq!(faults_of("crates/mainstay-scan/src/utils.rs", "").len(), 1);
        assert_eq!(faults_of("crates/mainstay-scan/src/walk/mod.rs", "").len(), 1);
    }
}
