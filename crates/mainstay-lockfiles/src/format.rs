//! The table of formats: which file names are which format, and who reads them.

use mainstay_types::Ecosystem;

use crate::formats::{self, unread_manifest};
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

impl Format {
    /// A line for a format that names what was resolved.
    const fn lockfile(
        id: &'static str,
        title: &'static str,
        ecosystem: Ecosystem,
        file_names: &'static [&'static str],
        read: fn(&Input<'_>) -> Result<Inventory, ReadError>,
    ) -> Self {
        Self { id, title, ecosystem, file_names, also: None, role: Role::Lockfile, read }
    }

    /// A line for a format that names what is wanted, and the lockfiles that cover it.
    const fn manifest(
        id: &'static str,
        title: &'static str,
        ecosystem: Ecosystem,
        file_names: &'static [&'static str],
        locked_by: &'static [&'static str],
        read: fn(&Input<'_>) -> Result<Inventory, ReadError>,
    ) -> Self {
        let role = Role::Manifest { locked_by };
        Self { id, title, ecosystem, file_names, also: None, role, read }
    }

    /// The same line, for further paths.
    const fn also(mut self, path_is_one: fn(path: &str) -> bool) -> Self {
        self.also = Some(path_is_one);
        self
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
        id: "pnpm-lock",
        title: "pnpm-lock.yaml",
        ecosystem: Ecosystem::Npm,
        file_names: &["pnpm-lock.yaml"],
        also: None,
        role: Role::Lockfile,
        read: formats::pnpm_lock::read,
    },
    Format {
        id: "bun-lock",
        title: "bun.lock",
        ecosystem: Ecosystem::Npm,
        file_names: &["bun.lock"],
        also: None,
        role: Role::Lockfile,
        read: formats::bun_lock::read,
    },
    Format {
        id: "bun-lockb",
        title: "bun.lockb",
        ecosystem: Ecosystem::Npm,
        file_names: &["bun.lockb"],
        also: None,
        role: Role::Lockfile,
        read: formats::bun_lock::read_binary,
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
    Format {
        id: "setup-cfg",
        title: "setup.cfg",
        ecosystem: Ecosystem::PyPi,
        file_names: &["setup.cfg"],
        also: None,
        role: Role::Manifest { locked_by: PYTHON_LOCKS },
        read: formats::setup_cfg::read,
    },
    Format {
        id: "setup-py",
        title: "setup.py",
        ecosystem: Ecosystem::PyPi,
        file_names: &["setup.py"],
        also: None,
        role: Role::Manifest { locked_by: PYTHON_LOCKS },
        read: formats::setup_py::read,
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
    Format::manifest("pom", "pom.xml", Ecosystem::Maven, &["pom.xml"], &[], formats::pom::read),
    Format::lockfile(
        "gradle-lockfile",
        "gradle.lockfile",
        Ecosystem::Maven,
        &["gradle.lockfile", "buildscript-gradle.lockfile"],
        formats::gradle_lockfile::read,
    )
    .also(formats::gradle_lockfile::is_one),
    Format::lockfile(
        "gradle-verification-metadata",
        "verification-metadata.xml",
        Ecosystem::Maven,
        &["verification-metadata.xml"],
        formats::verification_metadata::read,
    ),
    Format::manifest(
        "gradle-build",
        "build.gradle",
        Ecosystem::Maven,
        &["build.gradle", "build.gradle.kts"],
        &["gradle.lockfile"],
        unread_manifest::build_gradle,
    ),
    Format::manifest(
        "sbt-build",
        "build.sbt",
        Ecosystem::Maven,
        &["build.sbt"],
        &[],
        unread_manifest::build_sbt,
    ),
    Format::manifest("ivy", "ivy.xml", Ecosystem::Maven, &["ivy.xml"], &[], unread_manifest::ivy),
    // Ruby
    Format::lockfile(
        "gemfile-lock",
        "Gemfile.lock",
        Ecosystem::RubyGems,
        &["Gemfile.lock", "gems.locked"],
        formats::gemfile_lock::read,
    ),
    Format::manifest(
        "gemfile",
        "Gemfile",
        Ecosystem::RubyGems,
        &["Gemfile", "gems.rb"],
        &["Gemfile.lock", "gems.locked"],
        unread_manifest::gemfile,
    ),
    Format::manifest(
        "gemspec",
        "*.gemspec",
        Ecosystem::RubyGems,
        &[],
        &["Gemfile.lock", "gems.locked"],
        unread_manifest::gemspec,
    )
    .also(unread_manifest::is_gemspec),
    // PHP
    Format::lockfile(
        "composer-lock",
        "composer.lock",
        Ecosystem::Packagist,
        &["composer.lock"],
        formats::composer_lock::read,
    ),
    Format::manifest(
        "composer-json",
        "composer.json",
        Ecosystem::Packagist,
        &["composer.json"],
        &["composer.lock"],
        formats::composer_json::read,
    ),
    // .NET
    Format::lockfile(
        "nuget-lock",
        "packages.lock.json",
        Ecosystem::NuGet,
        &["packages.lock.json"],
        formats::nuget_lock::read,
    ),
    Format::lockfile(
        "nuget-packages-config",
        "packages.config",
        Ecosystem::NuGet,
        &["packages.config"],
        formats::packages_config::read,
    ),
    Format::lockfile("dotnet-deps", "*.deps.json", Ecosystem::NuGet, &[], formats::deps_json::read)
        .also(formats::deps_json::is_one),
    Format::manifest(
        "dotnet-project",
        "*.csproj",
        Ecosystem::NuGet,
        &["Directory.Packages.props"],
        &["packages.lock.json", "packages.config"],
        unread_manifest::msbuild,
    )
    .also(unread_manifest::is_msbuild),
    // Erlang and Elixir, Dart
    Format::lockfile(
        "mix-lock",
        "mix.lock",
        Ecosystem::Hex,
        &["mix.lock"],
        formats::mix_lock::read,
    ),
    Format::lockfile(
        "pubspec-lock",
        "pubspec.lock",
        Ecosystem::Pub,
        &["pubspec.lock"],
        formats::pubspec_lock::read,
    ),
    Format::manifest(
        "mix-exs",
        "mix.exs",
        Ecosystem::Hex,
        &["mix.exs"],
        &["mix.lock"],
        unread_manifest::mix_exs,
    ),
    Format::manifest(
        "rebar-config",
        "rebar.config",
        Ecosystem::Hex,
        &["rebar.config"],
        &[],
        unread_manifest::rebar_config,
    ),
    Format::manifest(
        "pubspec",
        "pubspec.yaml",
        Ecosystem::Pub,
        &["pubspec.yaml"],
        &["pubspec.lock"],
        unread_manifest::pubspec,
    ),
    // C and C++, R, Haskell, Swift
    Format::lockfile(
        "conan-lock",
        "conan.lock",
        Ecosystem::ConanCenter,
        &["conan.lock"],
        formats::conan_lock::read,
    ),
    Format::lockfile(
        "renv-lock",
        "renv.lock",
        Ecosystem::Cran,
        &["renv.lock"],
        formats::renv_lock::read,
    ),
    Format::lockfile(
        "stack-lock",
        "stack.yaml.lock",
        Ecosystem::Hackage,
        &["stack.yaml.lock"],
        formats::stack_lock::read,
    ),
    Format::lockfile(
        "cabal-freeze",
        "cabal.project.freeze",
        Ecosystem::Hackage,
        &["cabal.project.freeze"],
        formats::cabal_freeze::read,
    )
    .also(formats::cabal_freeze::is_one),
    Format::lockfile(
        "swift-resolved",
        "Package.resolved",
        Ecosystem::SwiftUrl,
        &["Package.resolved"],
        formats::package_resolved::read,
    ),
    Format::manifest(
        "conanfile",
        "conanfile.py",
        Ecosystem::ConanCenter,
        &["conanfile.py", "conanfile.txt"],
        &["conan.lock"],
        unread_manifest::conanfile,
    ),
    Format::manifest(
        "stack-yaml",
        "stack.yaml",
        Ecosystem::Hackage,
        &["stack.yaml"],
        &["stack.yaml.lock"],
        unread_manifest::stack_yaml,
    ),
    Format::manifest(
        "cabal-project",
        "cabal.project",
        Ecosystem::Hackage,
        &["cabal.project"],
        &["cabal.project.freeze"],
        unread_manifest::cabal_project,
    ),
    Format::manifest(
        "cabal-package",
        "*.cabal",
        Ecosystem::Hackage,
        &[],
        &["cabal.project.freeze", "stack.yaml.lock"],
        unread_manifest::cabal,
    )
    .also(unread_manifest::is_cabal),
    Format::manifest(
        "package-swift",
        "Package.swift",
        Ecosystem::SwiftUrl,
        &["Package.swift"],
        &["Package.resolved"],
        unread_manifest::package_swift,
    ),
    Format::manifest(
        "podfile",
        "Podfile",
        Ecosystem::SwiftUrl,
        &["Podfile"],
        &[],
        unread_manifest::podfile,
    ),
    Format::manifest(
        "conda-environment",
        "environment.yml",
        Ecosystem::PyPi,
        &["environment.yml", "environment.yaml"],
        &[],
        unread_manifest::conda_environment,
    ),
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
