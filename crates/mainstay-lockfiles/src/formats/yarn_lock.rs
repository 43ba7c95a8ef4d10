//! yarn.lock: the closure that yarn resolved.
//!
//! Two formats share the name. Yarn 1 writes a syntax of its own ([`classic`], documented on its
//! page "yarn.lock"); later versions ("berry") write YAML with a `__metadata` block ([`berry`]).
//! Both name packages by what was asked (`name@range`, several on a line), so an edge of the
//! graph is found by name and range.

mod berry;
mod classic;

use std::collections::HashMap;

use mainstay_reading::{Gap, Input, Inventory, Place, ReadError, ReadErrorKind};

/// Reads a yarn.lock of any version.
pub(crate) fn read(input: &Input<'_>) -> Result<Inventory, ReadError> {
    let text = input.text()?;
    let is_metadata =
        |line: &str| line.starts_with("__metadata:") || line.starts_with("\"__metadata\":");
    if text.lines().any(is_metadata) {
        return berry::read(&text, input);
    }
    let version = text.lines().find_map(|line| line.strip_prefix("# yarn lockfile v"));
    if let Some(version) = version.map(str::trim).filter(|version| *version != "1") {
        return Err(ReadError::new(
            ReadErrorKind::UnknownVersion,
            format!("version {version:?} of yarn's own syntax is not known; the only one is 1"),
        ));
    }
    classic::read(&text, input)
}

/// What a descriptor (`name@range`) leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Target {
    /// A package: its position in the inventory.
    Package(u32),
    /// One of the project's own.
    Member,
}

/// The descriptors of a file.
#[derive(Default)]
struct Descriptors<'t> {
    exact: HashMap<(&'t str, &'t str), Target>,
    /// By name alone: `None` when several packages have it.
    by_name: HashMap<&'t str, Option<Target>>,
}

impl<'t> Descriptors<'t> {
    /// Adds one; false when it is there already.
    fn add(&mut self, name: &'t str, range: &'t str, target: Target) -> bool {
        self.by_name
            .entry(name)
            .and_modify(|only| *only = only.filter(|only| *only == target))
            .or_insert(Some(target));
        self.exact.insert((name, range), target).is_none()
    }

    /// What a wish leads to. A `resolutions` field of package.json can send a wish to a package
    /// that is listed under another range; then the name decides, if one package alone has it.
    fn find(&self, name: &str, range: &str) -> Found {
        let exact = self.exact.get(&(name, range)).copied().or_else(|| {
            let with_protocol = format!("npm:{range}");
            self.exact.get(&(name, &*with_protocol)).copied()
        });
        match (exact, self.by_name.get(name).copied()) {
            (Some(target), _) | (None, Some(Some(target))) => Found::Target(target),
            (None, Some(None)) => Found::Undecided,
            (None, None) => Found::Nothing,
        }
    }
}

enum Found {
    Target(Target),
    /// Several packages have the name, none the range.
    Undecided,
    /// No package has the name.
    Nothing,
}

fn missing(of: &str, wanted: &str, line: Option<u32>) -> Gap {
    Gap {
        place: Place::at(line),
        reason: format!("{of} needs {wanted:?}, which the file does not have"),
        advice: "the file may be cut short or out of date: run `yarn install`".to_owned(),
    }
}

#[cfg(test)]
mod tests;
