//! What a package says of itself: its name and version, and where its project takes money, in the
//! file that every copy of it carries, whether it lies in an archive or was installed.
//!
//! | module | file | ecosystem |
//! | --- | --- | --- |
//! | [`package_json`] | `package.json` | npm |
//! | [`core_metadata`] | `METADATA`, `PKG-INFO` | PyPI |
//! | [`gemspec`] | `*.gemspec`, as RubyGems writes it | RubyGems |
//! | [`cargo_toml`] | `Cargo.toml` of one crate | crates.io |
//! | [`description`] | `DESCRIPTION` | CRAN |
//!
//! These readers look for the identity and no more, so that thousands of such files cost little.
//! What a package asks for is another matter: there a file is a manifest, and `mainstay-lockfiles`
//! reads it. Nothing here runs what it reads, opens a file, or recurses with the input.

pub mod cargo_toml;
pub mod core_metadata;
pub mod description;
pub mod gemspec;
mod headers;
mod identity;
pub mod package_json;

pub use identity::Identity;
