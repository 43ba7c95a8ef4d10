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
    // Python
    // Go
    // Java and the JVM
    // Ruby
    // PHP
    // .NET
    // Erlang and Elixir, Dart
    // C and C++, R, Haskell, Swift
];

/// The format of a file, by its path relative to the scanned root, with `/`.
pub fn format_of(path: &str) -> Option<&'static Format> {
    let name = path.rsplit_once('/').map_or(path, |(_, name)| name);
    let by_name = FORMATS.iter().find(|format| format.file_names.contains(&name));
    by_name.or_else(|| FORMATS.iter().find(|format| format.also.is_some_and(|also| also(path))))
}
