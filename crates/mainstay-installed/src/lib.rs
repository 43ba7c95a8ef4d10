//! Installed trees: what a package manager really put into a folder.
//!
//! A lockfile says what should be installed; a tree says what is. Each kind of tree is one module
//! and one line in [`TREES`]. A reader gets a [`Folder`], which lists and reads what lies below
//! the root of the tree, and gives an [`Inventory`](mainstay_reading::Inventory): one entry for
//! each copy of a package, placed at the file that says who it is.
//!
//! Readers open only the files that identify packages, so that a tree of 44,000 files costs some
//! thousand calls. What they leave open is a gap: a folder that says nothing of itself, a file
//! that cannot be read. Checksums that a tree carries are taken over and not verified.
//!
//! How to add a kind of tree: `docs/how-to/add-an-installed-tree.md`.

mod cargo_vendor;
mod composer_vendor;
mod copies;
mod folder;
mod go_vendor;
mod installed_gems;
mod node_modules;
mod r_library;
mod site_packages;
mod tree;

pub use folder::{Folder, Item, ItemKind};
pub use tree::{Disagreement, TREES, Tree, reads_inner_gems, reads_inner_modules, tree};
