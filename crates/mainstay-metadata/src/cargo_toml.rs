//! The `Cargo.toml` of one crate, as it is published: name and version.
//!
//! Format: "The Manifest Format" in the Cargo book. `cargo package` writes the version out, so a
//! version that a workspace would give is not met in what was published.

use mainstay_reading::{ReadError, decode, toml_file};
use serde::Deserialize;

use crate::identity::Identity;

#[derive(Deserialize)]
struct Document {
    package: Option<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: Option<toml::Value>,
    version: Option<toml::Value>,
}

/// Reads a Cargo.toml. One without `[package]` names nothing.
///
/// # Errors
/// The file is no TOML in UTF-8.
pub fn read(bytes: &[u8]) -> Result<Identity, ReadError> {
    let text = decode(bytes)?;
    let document: Document = toml_file::parse(&text)?;
    let Some(package) = document.package else { return Ok(Identity::default()) };
    let text = |value: &Option<toml::Value>| value.as_ref()?.as_str().map(str::to_owned);
    Ok(Identity::new(text(&package.name).as_deref(), text(&package.version).as_deref()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_of_the_workspace_is_not_known() {
        let read = read(b"[package]\nname = \"a\"\nversion.workspace = true\n").unwrap();
        assert_eq!((read.name.as_deref(), read.version), (Some("a"), None));
    }

    #[test]
    fn a_workspace_names_nothing() {
        assert_eq!(read(b"[workspace]\nmembers = []\n").unwrap(), Identity::default());
    }
}
