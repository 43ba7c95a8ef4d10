//! A library of R: one folder for each installed package, with `DESCRIPTION` and `Meta`.
//!
//! Layout: "R Installation and Administration", section 6. The packages that are a part of R
//! itself are there too, with R's own version.

use mainstay_metadata::description;
use mainstay_reading::{Inventory, NearbyError};
use mainstay_types::Ecosystem;

use crate::copies::Copies;
use crate::folder::{Folder, ItemKind, folders, inside};

/// Reads the tree.
pub(crate) fn read(folder: &dyn Folder) -> Inventory {
    let mut copies = Copies::new(Ecosystem::Cran);
    match folder.list("") {
        Ok(items) => {
            for link in items.iter().filter(|item| item.kind == ItemKind::Link) {
                copies.link(&link.name);
            }
            for name in folders(&items) {
                let file = inside(name, "DESCRIPTION");
                match folder.read(&file) {
                    Ok(bytes) => {
                        copies.add(&file, &description::read(&bytes));
                    }
                    Err(NearbyError::Absent) => {}
                    Err(error) => copies.unopened(&file, &error),
                }
            }
        }
        Err(error) => copies.unopened("", &error),
    }
    copies.inventory
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::folder::made::Made;

    #[test]
    fn each_folder_with_a_description_is_a_package() {
        let tree = Made::default()
            .file("jsonlite/DESCRIPTION", "Package: jsonlite\nVersion: 1.8.7\n")
            .file("file-lock/x", "");
        let inventory = read(&tree);
        assert_eq!(inventory.packages.len(), 1);
        assert_eq!(inventory.packages[0].version.exact(), Some("1.8.7"));
    }

    #[test]
    fn a_package_behind_a_link_is_a_gap() {
        assert_eq!(read(&Made::default().link("jsonlite")).gaps.len(), 1);
    }
}
