//! One module per format; the table that names them is [`crate::FORMATS`].

mod scopes;

// Rust
pub(crate) mod cargo_lock;
pub(crate) mod cargo_toml;

// JavaScript
pub(crate) mod bun_lock;
pub(crate) mod npm;
pub(crate) mod package_json;
pub(crate) mod package_lock;
pub(crate) mod pnpm_lock;
pub(crate) mod yarn_lock;

// Python
pub(crate) mod pdm_lock;
pub(crate) mod pipfile;
pub(crate) mod pipfile_lock;
pub(crate) mod poetry_lock;
pub(crate) mod pylock_toml;
pub(crate) mod pyproject_toml;
pub(crate) mod python;
pub(crate) mod requirements_txt;
pub(crate) mod setup_cfg;
pub(crate) mod setup_py;
pub(crate) mod uv_lock;

// Go
pub(crate) mod go_mod;

// Java and the JVM
pub(crate) mod gradle_lockfile;
pub(crate) mod pom;
pub(crate) mod verification_metadata;

// Ruby
pub(crate) mod gemfile_lock;

// PHP
pub(crate) mod composer_json;
pub(crate) mod composer_lock;

// .NET
pub(crate) mod deps_json;
pub(crate) mod nuget_lock;
pub(crate) mod packages_config;

// Erlang and Elixir, Dart
pub(crate) mod mix_lock;
pub(crate) mod pubspec_lock;

// C and C++, R, Haskell, Swift
pub(crate) mod cabal_freeze;
pub(crate) mod conan_lock;
pub(crate) mod package_resolved;
pub(crate) mod renv_lock;
pub(crate) mod stack_lock;

// Manifests in a language of their own
pub(crate) mod unread_manifest;
