//! The table of formats: which file names are which format, and who reads them.

use mainstay_types::Ecosystem;

use crate::formats;
use crate::input::Input;
use crate::inventory::Inventory;
use crate::read_error::ReadError;

/// One format that Mainstay knows.
#[derive(Clone, Copy)]
pub struct Format {
    /// The stable name in reports: `cargo-lock`, `package-lock`.
    pub id: &'static str,
    /// What its users call it: `Cargo.lock`.
    pub title: &'static str,
    /// The ecosystem of its packages.
    pub ecosystem: Ecosystem,
    /// File names that are always this format.
    pub file_names: &'static [&'static str],
    /// Further paths that are this format: is asked with the path relative to the scanned root,
    /// with `/`. `None` when the names say it all.
    pub also: Option<fn(path: &str) -> bool>,
    /// Whether it locks a closure.
    pub role: Role,
    /// Reads one file.
    pub read: fn(&Input<'_>) -> Result<Inventory, ReadError>,
}

/// What a format is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// It names the packages that were resolved.
    Lockfile,
    /// It names what is wanted. It is a source of its own only where none of these files stands
    /// beside it, or in a folder above that lists it as a member.
    Manifest {
        /// File names of the lockfiles that cover it.
        locked_by: &'static [&'static str],
    },
}

/// Every format, in the order of the documentation. To add one: a module, a line here, fixtures.
pub static FORMATS: &[Format] = &[
    // Rust
    Format {
        id: "cargo-lock",
        title: "Cargo.lock",
        ecosystem: Ecosystem::CratesIo,
        file_names: &["Cargo.lock"],
        also: None,
        role: Role::Lockfile,
        read: formats::cargo_lock::read,
    },
    Format {
        id: "cargo-toml",
        title: "Cargo.toml",
        ecosystem: Ecosystem::CratesIo,
        file_names: &["Cargo.toml"],
        also: None,
        role: Role::Manifest { locked_by: &["Cargo.lock"] },
        read: formats::cargo_toml::read,
    },
    // JavaScript
    Format {
        id: "package-lock",
        title: "package-lock.json",
        ecosystem: Ecosystem::Npm,
        file_names: &["package-lock.json", "npm-shrinkwrap.json"],
        also: None,
        role: Role::Lockfile,
        read: formats::package_lock::read,
    },
    Format {
        id: "yarn-lock",
        title: "yarn.lock",
        ecosystem: Ecosystem::Npm,
        file_names: &["yarn.lock"],
        also: None,
        role: Role::Lockfile,
        read: formats::yarn_lock::read,
    },
    Format {
        id: "package-json",
        title: "package.json",
        ecosystem: Ecosystem::Npm,
        file_names: &["package.json"],
        also: None,
        role: Role::Manifest {
            locked_by: &[
                "package-lock.json",
                "npm-shrinkwrap.json",
                "yarn.lock",
                "pnpm-lock.yaml",
                "bun.lock",
                "bun.lockb",
                "deno.lock",
            ],
        },
        read: formats::package_json::read,
    },
    // Python
    Format {
        id: "poetry-lock",
        title: "poetry.lock",
        ecosystem: Ecosystem::PyPi,
        file_names: &["poetry.lock"],
        also: None,
        role: Role::Lockfile,
        read: formats::poetry_lock::read,
    },
    Format {
        id: "uv-lock",
        title: "uv.lock",
        ecosystem: Ecosystem::PyPi,
        file_names: &["uv.lock"],
        also: None,
        role: Role::Lockfile,
        read: formats::uv_lock::read,
    },
    Format {
        id: "pdm-lock",
        title: "pdm.lock",
        ecosystem: Ecosystem::PyPi,
        file_names: &["pdm.lock"],
        also: None,
        role: Role::Lockfile,
        read: formats::pdm_lock::read,
    },
    Format {
        id: "pipfile-lock",
        title: "Pipfile.lock",
        ecosystem: Ecosystem::PyPi,
        file_names: &["Pipfile.lock"],
        also: None,
        role: Role::Lockfile,
        read: formats::pipfile_lock::read,
    },
    Format {
        id: "pylock-toml",
        title: "pylock.toml",
        ecosystem: Ecosystem::PyPi,
        file_names: &["pylock.toml"],
        also: Some(formats::pylock_toml::is_named_lock),
        role: Role::Lockfile,
        read: formats::pylock_toml::read,
    },
    Format {
        id: "requirements-txt",
        title: "requirements.txt",
        ecosystem: Ecosystem::PyPi,
        file_names: &["requirements.txt"],
        also: Some(formats::requirements_txt::is_requirements),
        role: Role::Lockfile,
        read: formats::requirements_txt::read,
    },
    Format {
        id: "pyproject-toml",
        title: "pyproject.toml",
        ecosystem: Ecosystem::PyPi,
        file_names: &["pyproject.toml"],
        also: None,
        role: Role::Manifest { locked_by: PYTHON_LOCKS },
        read: formats::pyproject_toml::read,
    },
    Format {
        id: "pipfile",
        title: "Pipfile",
        ecosystem: Ecosystem::PyPi,
        file_names: &["Pipfile"],
        also: None,
        role: Role::Manifest { locked_by: &["Pipfile.lock"] },
        read: formats::pipfile::read,
    },
    // Go
    Format {
        id: "go-mod",
        title: "go.mod",
        ecosystem: Ecosystem::Go,
        file_names: &["go.mod"],
        also: None,
        role: Role::Lockfile,
        read: formats::go_mod::read,
    },
    // Java and the JVM
    // Ruby
    // PHP
    // .NET
    // Erlang and Elixir, Dart
    // C and C++, R, Haskell, Swift
];

/// The lockfiles that cover what a Python manifest asks for.
const PYTHON_LOCKS: &[&str] =
    &["poetry.lock", "uv.lock", "pdm.lock", "pylock.toml", "requirements.txt", "Pipfile.lock"];

/// The format of a file, by its path relative to the scanned root, with `/`.
pub fn format_of(path: &str) -> Option<&'static Format> {
    let name = path.rsplit_once('/').map_or(path, |(_, name)| name);
    let by_name = FORMATS.iter().find(|format| format.file_names.contains(&name));
    by_name.or_else(|| FORMATS.iter().find(|format| format.also.is_some_and(|also| also(path))))
}
