//! One module per format; the table that names them is [`crate::FORMATS`].

// Rust
pub(crate) mod cargo_lock;
pub(crate) mod cargo_toml;

// JavaScript
mod npm;
pub(crate) mod package_json;
pub(crate) mod package_lock;
pub(crate) mod yarn_lock;

// Python
pub(crate) mod pdm_lock;
pub(crate) mod pipfile;
pub(crate) mod pipfile_lock;
pub(crate) mod poetry_lock;
pub(crate) mod pylock_toml;
pub(crate) mod pyproject_toml;
mod python;
pub(crate) mod requirements_txt;
pub(crate) mod uv_lock;

// Go
pub(crate) mod go_mod;

// Java and the JVM

// Ruby

// PHP

// .NET

// Erlang and Elixir, Dart

// C and C++, R, Haskell, Swift
