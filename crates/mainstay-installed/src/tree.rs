//! The table of the kinds of trees.

use mainstay_reading::Inventory;
use mainstay_types::Ecosystem::{self, Cran, CratesIo, Go, Npm, Packagist, PyPi, RubyGems};

use crate::folder::Folder;
use crate::{
    cargo_vendor, composer_vendor, go_vendor, installed_gems, node_modules, r_library,
    site_packages,
};

/// One kind of installed tree.
#[derive(Debug)]
pub struct Tree {
    /// The stable name in reports: `node-modules`.
    pub id: &'static str,
    /// What its users call it, and by what it is recognised.
    pub title: &'static str,
    /// The ecosystem of its packages.
    pub ecosystem: Ecosystem,
    /// The names of the lockfiles that say what should be in it.
    pub locked_by: &'static [&'static str],
    /// What a difference to the lockfile means.
    pub disagreement: Disagreement,
    /// Reads the tree. What cannot be read is a gap in the inventory.
    pub read: fn(&dyn Folder) -> Inventory,
}

/// What may be said of a difference between a tree and its lockfile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disagreement {
    /// Tree and lockfile hold the same packages, but for those that are optional or for
    /// development: one that is missing was left out or taken away.
    TellsMissing,
    /// The lockfile also holds packages for other platforms or uses, so that one that is not there
    /// says nothing.
    MayLeaveOut,
}

/// Every kind of tree, in the order of the documentation.
pub static TREES: &[Tree] = &[
    Tree {
        id: "node-modules",
        title: "node_modules",
        ecosystem: Npm,
        locked_by: &[
            "package-lock.json",
            "npm-shrinkwrap.json",
            "yarn.lock",
            "pnpm-lock.yaml",
            "bun.lock",
        ],
        disagreement: Disagreement::TellsMissing,
        read: node_modules::read,
    },
    Tree {
        id: "carried-modules",
        title: "node_modules in a package's own files",
        ecosystem: Npm,
        locked_by: &[],
        disagreement: Disagreement::MayLeaveOut,
        read: node_modules::read_carried,
    },
    Tree {
        id: "site-packages",
        title: "site-packages",
        ecosystem: PyPi,
        locked_by: &[
            "uv.lock",
            "poetry.lock",
            "pdm.lock",
            "pylock.toml",
            "Pipfile.lock",
            "requirements.txt",
        ],
        disagreement: Disagreement::MayLeaveOut,
        read: site_packages::read,
    },
    Tree {
        id: "go-vendor",
        title: "vendor/modules.txt",
        ecosystem: Go,
        locked_by: &["go.mod"],
        disagreement: Disagreement::MayLeaveOut,
        read: go_vendor::read,
    },
    Tree {
        id: "cargo-vendor",
        title: "vendor/*/.cargo-checksum.json",
        ecosystem: CratesIo,
        locked_by: &["Cargo.lock"],
        disagreement: Disagreement::TellsMissing,
        read: cargo_vendor::read,
    },
    Tree {
        id: "composer-vendor",
        title: "vendor/composer/installed.json",
        ecosystem: Packagist,
        locked_by: &["composer.lock"],
        disagreement: Disagreement::TellsMissing,
        read: composer_vendor::read,
    },
    Tree {
        id: "installed-gems",
        title: "specifications/*.gemspec",
        ecosystem: RubyGems,
        locked_by: &["Gemfile.lock", "gems.locked"],
        disagreement: Disagreement::MayLeaveOut,
        read: installed_gems::read,
    },
    Tree {
        id: "r-library",
        title: "*/DESCRIPTION beside Meta",
        ecosystem: Cran,
        locked_by: &["renv.lock"],
        disagreement: Disagreement::MayLeaveOut,
        read: r_library::read,
    },
];

/// The kind of tree with this id.
pub fn tree(id: &str) -> Option<&'static Tree> {
    TREES.iter().find(|tree| tree.id == id)
}

/// Whether the reader of a `node_modules` also looks into another one below it, so that the inner one
/// is no tree of its own. `between` are the names of the folders between the two.
pub fn reads_inner_modules(between: &[&str]) -> bool {
    node_modules::reads_inner(between)
}

/// Whether the reader of installed gems also looks into a folder of gems below its own, as it does
/// from Bundler's `vendor/bundle`. `below` are the names from the one to the other.
pub fn reads_inner_gems(below: &[&str]) -> bool {
    installed_gems::reads_inner(below)
}
