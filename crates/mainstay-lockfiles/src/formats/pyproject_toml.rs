//! `pyproject.toml` as a manifest: what the project asks for, where no lockfile is beside it.
//! What the packages pull in is not known. See [`super::python::project`] for the tables.

use mainstay_reading::{Entry, Input, Inventory, Place, ReadError};
use mainstay_types::Scope;

use super::python::Packages;
use super::python::project::{self, Dialect, WantedFrom};

/// Reads one file.
pub(crate) fn read(input: &Input<'_>) -> Result<Inventory, ReadError> {
    let text = input.text()?;
    let project = project::parse(&text, Dialect::default())?;
    let mut packages = Packages::default();
    let mut open = false;
    for wanted in project.wanted {
        // Nobody locks what builds the project, so it opens no gap.
        open |= wanted.scope != Scope::Build;
        match wanted.origin {
            WantedFrom::Member(path) => {
                packages.member(Some(wanted.name.as_written()), path.as_deref());
            }
            WantedFrom::Origin(origin) => {
                packages.push(Entry {
                    name: wanted.name,
                    version: wanted.version,
                    place: Place::line(wanted.line),
                    scope: wanted.scope,
                    direct: Some(true),
                    origin,
                    checksums: Vec::new(),
                    licence: None,
                    released: None,
                    needs: Vec::new(),
                });
            }
        }
    }
    for (line, problem) in project.refused.iter().take(20) {
        let reason = format!("a dependency cannot be read: {problem}");
        packages.gap(Place::line(*line), reason, "correct the line");
    }
    if let Some(line) = project.dynamic {
        packages.gap(
            Place::line(line),
            "the dependencies are worked out when the project is built",
            "lock them: `uv lock`, `poetry lock` or `pdm lock`",
        );
    }
    if open {
        packages.gap(
            Place::default(),
            "what the dependencies pull in is not known: no lockfile is beside the pyproject.toml",
            "lock them: `uv lock`, `poetry lock` or `pdm lock`",
        );
    }
    packages.inventory.own_name = project.name;
    packages.inventory.indexes = project.indexes;
    Ok(packages.inventory)
}
