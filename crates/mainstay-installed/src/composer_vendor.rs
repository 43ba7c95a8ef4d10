//! `vendor/composer/installed.json`: what Composer installed.
//!
//! The packages have the form of `composer.lock` (Composer's `FilesystemRepository`), so that
//! reader reads them. Composer 2 writes an object with `packages` and `dev-package-names`,
//! Composer 1 the bare list.

use std::collections::HashSet;

use mainstay_lockfiles::format_of;
use mainstay_reading::{Input, Inventory, NothingNearby, ReadError, decode, json};
use mainstay_types::{Ecosystem, Scope};
use serde::Deserialize;

use crate::copies::Copies;
use crate::folder::Folder;

const FILE: &str = "composer/installed.json";

#[derive(Default, Deserialize)]
struct Names {
    #[serde(default, rename = "dev-package-names")]
    dev: Vec<String>,
}

/// Reads the tree.
pub(crate) fn read(folder: &dyn Folder) -> Inventory {
    let mut copies = Copies::new(Ecosystem::Packagist);
    match folder.read(FILE).map(|bytes| packages(&bytes)) {
        Ok(Ok(inventory)) => copies.inventory = inventory,
        Ok(Err(error)) => copies.unread(FILE, &error),
        Err(error) => copies.unopened(FILE, &error),
    }
    copies.inventory
}

fn packages(bytes: &[u8]) -> Result<Inventory, ReadError> {
    let text = decode(bytes)?;
    let is_list = text.trim_start().starts_with('[');
    let wrapped = is_list.then(|| format!("{{\"packages\":{text}}}"));
    let text = wrapped.as_deref().unwrap_or(&text);
    let names: Names = json::parse(text)?;
    let Some(lock) = format_of("composer.lock") else { return Ok(Inventory::default()) };
    let input =
        Input { bytes: text.as_bytes(), file_name: "installed.json", nearby: &NothingNearby };
    let mut inventory = lock.read(&input)?;
    let dev: HashSet<&str> = names.dev.iter().map(String::as_str).collect();
    for entry in &mut inventory.packages {
        entry.place.file = Some(FILE.into());
        entry.direct = None;
        if dev.contains(entry.name.as_written()) {
            entry.scope = Scope::Dev;
        }
    }
    for gap in &mut inventory.gaps {
        gap.place.file = Some(FILE.into());
    }
    Ok(inventory)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::folder::made::Made;

    #[test]
    fn both_layouts_are_read() {
        let package = r#"{"name": "a/b", "version": "v1.0.0"}"#;
        for text in [
            format!("[{package}]"),
            format!(r#"{{"packages": [{package}], "dev-package-names": []}}"#),
        ] {
            let inventory = read(&Made::default().file(FILE, &text));
            assert_eq!(inventory.packages.len(), 1, "{text}");
            assert_eq!(inventory.packages[0].place.file.as_deref(), Some(FILE));
        }
    }

    #[test]
    fn what_is_for_development_is_told() {
        let text = r#"{"packages": [{"name": "a/b", "version": "1.0.0"}],
            "dev-package-names": ["a/b"]}"#;
        assert_eq!(read(&Made::default().file(FILE, text)).packages[0].scope, Scope::Dev);
    }

    #[test]
    fn a_folder_without_the_list_is_not_known() {
        assert_eq!(read(&Made::default()).gaps.len(), 1);
    }
}
