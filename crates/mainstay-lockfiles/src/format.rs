//! The table of formats: which file names are which format, and who reads them.

use mainstay_reading::{Input, Inventory, ReadError};
use mainstay_types::Ecosystem::{
    self, ConanCenter, Cran, CratesIo, Go, Hackage, Hex, Maven, Npm, NuGet, Packagist, Pub, PyPi,
    RubyGems, SwiftUrl,
};

use crate::ending;
use crate::formats::{self, unread_manifest};

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
    /// What its last byte says.
    ending: Ending,
    reader: fn(&Input<'_>) -> Result<Inventory, ReadError>,
}

/// What the last byte of a file of a format says.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ending {
    /// Nothing: brackets or tags close the file, its reader looks at the end itself, or people
    /// write such files by hand.
    Any,
    /// Every tool that writes the format ends the last line, so an open one means that the file
    /// was cut off: by a full disk, a broken download, an interrupted write.
    LastLineEnds,
}

impl Format {
    /// A line for a format that names what was resolved.
    const fn lockfile(
        id: &'static str,
        title: &'static str,
        ecosystem: Ecosystem,
        file_names: &'static [&'static str],
        reader: fn(&Input<'_>) -> Result<Inventory, ReadError>,
    ) -> Self {
        let (role, ending) = (Role::Lockfile, Ending::Any);
        Self { id, title, ecosystem, file_names, also: None, role, ending, reader }
    }

    /// A line for a format that names what is wanted, and the lockfiles that cover it.
    const fn manifest(
        id: &'static str,
        title: &'static str,
        ecosystem: Ecosystem,
        file_names: &'static [&'static str],
        locked_by: &'static [&'static str],
        reader: fn(&Input<'_>) -> Result<Inventory, ReadError>,
    ) -> Self {
        let (role, ending) = (Role::Manifest { locked_by }, Ending::Any);
        Self { id, title, ecosystem, file_names, also: None, role, ending, reader }
    }

    /// The same line, for further paths.
    const fn also(mut self, path_is_one: fn(path: &str) -> bool) -> Self {
        self.also = Some(path_is_one);
        self
    }

    /// The same line, for a format whose files end their last line.
    const fn last_line_ends(mut self) -> Self {
        self.ending = Ending::LastLineEnds;
        self
    }

    /// Reads one file.
    pub fn read(&self, input: &Input<'_>) -> Result<Inventory, ReadError> {
        let mut inventory = (self.reader)(input)?;
        if self.ending == Ending::LastLineEnds {
            inventory.gaps.extend(ending::open_last_line(input.bytes));
        }
        Ok(inventory)
    }
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
    Format::lockfile(
        "cargo-lock",
        "Cargo.lock",
        CratesIo,
        &["Cargo.lock"],
        formats::cargo_lock::read,
    )
    .last_line_ends(),
    Format::manifest(
        "cargo-toml",
        "Cargo.toml",
        CratesIo,
        &["Cargo.toml"],
        &["Cargo.lock"],
        formats::cargo_toml::read,
    ),
    // JavaScript
    Format::lockfile(
        "package-lock",
        "package-lock.json",
        Npm,
        &["package-lock.json", "npm-shrinkwrap.json"],
        formats::package_lock::read,
    ),
    Format::lockfile("yarn-lock", "yarn.lock", Npm, &["yarn.lock"], formats::yarn_lock::read)
        .last_line_ends(),
    Format::lockfile(
        "pnpm-lock",
        "pnpm-lock.yaml",
        Npm,
        &["pnpm-lock.yaml"],
        formats::pnpm_lock::read,
    )
    .last_line_ends(),
    Format::lockfile("bun-lock", "bun.lock", Npm, &["bun.lock"], formats::bun_lock::read),
    Format::lockfile("bun-lockb", "bun.lockb", Npm, &["bun.lockb"], formats::bun_lock::read_binary),
    Format::manifest(
        "package-json",
        "package.json",
        Npm,
        &["package.json"],
        JAVASCRIPT_LOCKS,
        formats::package_json::read,
    ),
    // Python
    Format::lockfile(
        "poetry-lock",
        "poetry.lock",
        PyPi,
        &["poetry.lock"],
        formats::poetry_lock::read,
    ),
    Format::lockfile("uv-lock", "uv.lock", PyPi, &["uv.lock"], formats::uv_lock::read)
        .last_line_ends(),
    Format::lockfile("pdm-lock", "pdm.lock", PyPi, &["pdm.lock"], formats::pdm_lock::read)
        .last_line_ends(),
    Format::lockfile(
        "pipfile-lock",
        "Pipfile.lock",
        PyPi,
        &["Pipfile.lock"],
        formats::pipfile_lock::read,
    ),
    Format::lockfile(
        "pylock-toml",
        "pylock.toml",
        PyPi,
        &["pylock.toml"],
        formats::pylock_toml::read,
    )
    .last_line_ends()
    .also(formats::pylock_toml::is_named_lock),
    Format::lockfile(
        "requirements-txt",
        "requirements.txt",
        PyPi,
        &["requirements.txt"],
        formats::requirements_txt::read,
    )
    .also(formats::requirements_txt::is_requirements),
    Format::manifest(
        "pyproject-toml",
        "pyproject.toml",
        PyPi,
        &["pyproject.toml"],
        PYTHON_LOCKS,
        formats::pyproject_toml::read,
    ),
    Format::manifest(
        "pipfile",
        "Pipfile",
        PyPi,
        &["Pipfile"],
        &["Pipfile.lock"],
        formats::pipfile::read,
    ),
    Format::manifest(
        "setup-cfg",
        "setup.cfg",
        PyPi,
        &["setup.cfg"],
        PYTHON_LOCKS,
        formats::setup_cfg::read,
    ),
    Format::manifest(
        "setup-py",
        "setup.py",
        PyPi,
        &["setup.py"],
        PYTHON_LOCKS,
        formats::setup_py::read,
    ),
    // Go
    Format::lockfile("go-mod", "go.mod", Go, &["go.mod"], formats::go_mod::read).last_line_ends(),
    // Java and the JVM
    Format::manifest("pom", "pom.xml", Maven, &["pom.xml"], &[], formats::pom::read),
    Format::lockfile(
        "gradle-lockfile",
        "gradle.lockfile",
        Maven,
        &["gradle.lockfile", "buildscript-gradle.lockfile"],
        formats::gradle_lockfile::read,
    )
    .also(formats::gradle_lockfile::is_one),
    Format::lockfile(
        "gradle-verification-metadata",
        "verification-metadata.xml",
        Maven,
        &["verification-metadata.xml"],
        formats::verification_metadata::read,
    ),
    Format::manifest(
        "gradle-build",
        "build.gradle",
        Maven,
        &["build.gradle", "build.gradle.kts"],
        &["gradle.lockfile"],
        unread_manifest::build_gradle,
    ),
    Format::manifest(
        "sbt-build",
        "build.sbt",
        Maven,
        &["build.sbt"],
        &[],
        unread_manifest::build_sbt,
    ),
    Format::manifest("ivy", "ivy.xml", Maven, &["ivy.xml"], &[], unread_manifest::ivy),
    // Ruby
    Format::lockfile(
        "gemfile-lock",
        "Gemfile.lock",
        RubyGems,
        &["Gemfile.lock", "gems.locked"],
        formats::gemfile_lock::read,
    )
    .last_line_ends(),
    Format::manifest(
        "gemfile",
        "Gemfile",
        RubyGems,
        &["Gemfile", "gems.rb"],
        &["Gemfile.lock", "gems.locked"],
        unread_manifest::gemfile,
    ),
    Format::manifest(
        "gemspec",
        "*.gemspec",
        RubyGems,
        &[],
        &["Gemfile.lock", "gems.locked"],
        unread_manifest::gemspec,
    )
    .also(unread_manifest::is_gemspec),
    // PHP
    Format::lockfile(
        "composer-lock",
        "composer.lock",
        Packagist,
        &["composer.lock"],
        formats::composer_lock::read,
    ),
    Format::manifest(
        "composer-json",
        "composer.json",
        Packagist,
        &["composer.json"],
        &["composer.lock"],
        formats::composer_json::read,
    ),
    // .NET
    Format::lockfile(
        "nuget-lock",
        "packages.lock.json",
        NuGet,
        &["packages.lock.json"],
        formats::nuget_lock::read,
    ),
    Format::lockfile(
        "nuget-packages-config",
        "packages.config",
        NuGet,
        &["packages.config"],
        formats::packages_config::read,
    ),
    Format::lockfile("dotnet-deps", "*.deps.json", NuGet, &[], formats::deps_json::read)
        .also(formats::deps_json::is_one),
    Format::manifest(
        "dotnet-project",
        "*.csproj",
        NuGet,
        &["Directory.Packages.props"],
        &["packages.lock.json", "packages.config"],
        unread_manifest::msbuild,
    )
    .also(unread_manifest::is_msbuild),
    // Erlang and Elixir, Dart
    Format::lockfile("mix-lock", "mix.lock", Hex, &["mix.lock"], formats::mix_lock::read),
    Format::lockfile(
        "pubspec-lock",
        "pubspec.lock",
        Pub,
        &["pubspec.lock"],
        formats::pubspec_lock::read,
    ),
    Format::manifest(
        "mix-exs",
        "mix.exs",
        Hex,
        &["mix.exs"],
        &["mix.lock"],
        unread_manifest::mix_exs,
    ),
    Format::manifest(
        "rebar-config",
        "rebar.config",
        Hex,
        &["rebar.config"],
        &[],
        unread_manifest::rebar_config,
    ),
    Format::manifest(
        "pubspec",
        "pubspec.yaml",
        Pub,
        &["pubspec.yaml"],
        &["pubspec.lock"],
        unread_manifest::pubspec,
    ),
    // C and C++, R, Haskell, Swift
    Format::lockfile(
        "conan-lock",
        "conan.lock",
        ConanCenter,
        &["conan.lock"],
        formats::conan_lock::read,
    ),
    Format::lockfile("renv-lock", "renv.lock", Cran, &["renv.lock"], formats::renv_lock::read),
    Format::lockfile(
        "stack-lock",
        "stack.yaml.lock",
        Hackage,
        &["stack.yaml.lock"],
        formats::stack_lock::read,
    )
    .last_line_ends(),
    Format::lockfile(
        "cabal-freeze",
        "cabal.project.freeze",
        Hackage,
        &["cabal.project.freeze"],
        formats::cabal_freeze::read,
    )
    .last_line_ends()
    .also(formats::cabal_freeze::is_one),
    Format::lockfile(
        "swift-resolved",
        "Package.resolved",
        SwiftUrl,
        &["Package.resolved"],
        formats::package_resolved::read,
    ),
    Format::manifest(
        "conanfile",
        "conanfile.py",
        ConanCenter,
        &["conanfile.py", "conanfile.txt"],
        &["conan.lock"],
        unread_manifest::conanfile,
    ),
    Format::manifest(
        "stack-yaml",
        "stack.yaml",
        Hackage,
        &["stack.yaml"],
        &["stack.yaml.lock"],
        unread_manifest::stack_yaml,
    ),
    Format::manifest(
        "cabal-project",
        "cabal.project",
        Hackage,
        &["cabal.project"],
        &["cabal.project.freeze"],
        unread_manifest::cabal_project,
    ),
    Format::manifest(
        "cabal-package",
        "*.cabal",
        Hackage,
        &[],
        &["cabal.project.freeze", "stack.yaml.lock"],
        unread_manifest::cabal,
    )
    .also(unread_manifest::is_cabal),
    Format::manifest(
        "package-swift",
        "Package.swift",
        SwiftUrl,
        &["Package.swift"],
        &["Package.resolved"],
        unread_manifest::package_swift,
    ),
    Format::manifest("podfile", "Podfile", SwiftUrl, &["Podfile"], &[], unread_manifest::podfile),
    Format::manifest(
        "conda-environment",
        "environment.yml",
        PyPi,
        &["environment.yml", "environment.yaml"],
        &[],
        unread_manifest::conda_environment,
    ),
];

/// The lockfiles that cover what a `package.json` asks for.
const JAVASCRIPT_LOCKS: &[&str] = &[
    "package-lock.json",
    "npm-shrinkwrap.json",
    "yarn.lock",
    "pnpm-lock.yaml",
    "bun.lock",
    "bun.lockb",
    "deno.lock",
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
