//! The folder in which RubyGems installs (`GEM_HOME`), or Bundler's `vendor/bundle` above it.
//!
//! Layout: `Gem::Specification` and Bundler's `bundle install --path`. Each gem has a
//! specification in `specifications`; those that Ruby brings along are in
//! `specifications/default`. Bundler keeps gems from git in `bundler/gems/NAME-COMMIT`.

use mainstay_metadata::{Identity, gemspec};
use mainstay_reading::{Inventory, NearbyError, Origin};
use mainstay_types::Ecosystem;

use crate::copies::Copies;
use crate::folder::{Folder, Item, ItemKind, inside};

/// Reads the tree.
pub(crate) fn read(folder: &dyn Folder) -> Inventory {
    let mut copies = Copies::new(Ecosystem::RubyGems);
    let top = listed(folder, "", &mut copies);
    let mut homes = vec![String::new()];
    // Bundler: ruby/ABI, also jruby/ABI and whatever engines there will be.
    for engine in top.iter().filter(|item| is_engine(&item.name)) {
        match engine.kind {
            ItemKind::Folder => {
                for abi in listed(folder, &engine.name, &mut copies) {
                    let path = inside(&engine.name, &abi.name);
                    match abi.kind {
                        ItemKind::Folder if is_home(folder, &path) => homes.push(path),
                        ItemKind::Link => copies.link(&path),
                        ItemKind::Folder | ItemKind::File => {}
                    }
                }
            }
            ItemKind::Link => copies.link(&engine.name),
            ItemKind::File => {}
        }
    }
    let is_here = |item: &Item| OF_A_HOME.contains(&&*item.name);
    if homes.len() == 1 && copies.inventory.gaps.is_empty() && !top.iter().any(is_here) {
        if top.iter().any(|item| item.kind == ItemKind::Folder) {
            copies
                .gap("", "no folder in it has specifications, so which gems it holds is not known");
        }
        return copies.inventory;
    }
    for home in homes {
        specifications(folder, &inside(&home, "specifications"), &mut copies);
        specifications(folder, &inside(&home, "specifications/default"), &mut copies);
        from_git(folder, &inside(&home, "bundler/gems"), &mut copies);
    }
    copies.inventory
}

/// The folders of a `GEM_HOME`. What else lies beside them are engines.
const OF_A_HOME: [&str; 9] = [
    "bin",
    "build_info",
    "bundler",
    "cache",
    "doc",
    "extensions",
    "gems",
    "plugins",
    "specifications",
];

/// Whether the reader also looks into a `GEM_HOME` so far below its folder. `between` is the path from
/// the one to the other.
pub(crate) fn reads_inner(between: &[&str]) -> bool {
    matches!(between, [engine, _] if is_engine(engine))
}

fn is_engine(name: &str) -> bool {
    !OF_A_HOME.contains(&name) && !name.starts_with('.')
}

fn is_home(folder: &dyn Folder, path: &str) -> bool {
    ["specifications", "bundler/gems"].iter().any(|one| folder.list(&inside(path, one)).is_ok())
}

fn listed(folder: &dyn Folder, path: &str, copies: &mut Copies) -> Vec<Item> {
    match folder.list(path) {
        Ok(items) => items,
        Err(NearbyError::Absent) => Vec::new(),
        Err(error) => {
            copies.unopened(path, &error);
            Vec::new()
        }
    }
}

fn specifications(folder: &dyn Folder, path: &str, copies: &mut Copies) {
    for item in listed(folder, path, copies) {
        if item.kind == ItemKind::Folder || !item.name.ends_with(".gemspec") {
            continue;
        }
        let file = inside(path, &item.name);
        match folder.read(&file) {
            Ok(bytes) => {
                copies.add(&file, &gemspec::read(&bytes));
            }
            Err(error) => copies.unopened(&file, &error),
        }
    }
}

/// Which version a gem from git has, its folder does not say.
fn from_git(folder: &dyn Folder, path: &str, copies: &mut Copies) {
    for item in listed(folder, path, copies) {
        let Some((name, _commit)) = item.name.rsplit_once('-') else { continue };
        let place = inside(path, &item.name);
        let identity = Identity { name: Some(name.into()), ..Identity::default() };
        if let Some(entry) = copies.add(&place, &identity) {
            entry.origin = Origin::Path(place.into());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::folder::made::Made;

    #[test]
    fn gems_are_found_below_a_bundle_and_in_a_gem_home() {
        let stub = "# -*- encoding: utf-8 -*-\n# stub: a 1.0.0 ruby lib\n";
        let tree = Made::default()
            .file("ruby/3.2.0/specifications/a-1.0.0.gemspec", stub)
            .file("specifications/default/a-1.0.0.gemspec", stub)
            .file("ruby/3.2.0/bundler/gems/b-0123456789ab/b.gemspec", "");
        let inventory = read(&tree);
        assert_eq!(inventory.packages.len(), 3);
        let git = inventory.packages.iter().find(|one| one.name.as_written() == "b").unwrap();
        assert!(matches!(git.origin, Origin::Path(_)));
    }

    #[test]
    fn gems_of_an_engine_that_nobody_knows_are_found() {
        let stub = "# -*- encoding: utf-8 -*-\n# stub: a 1.0.0 ruby lib\n";
        let tree = Made::default().file("rbx/2.1/specifications/a-1.0.0.gemspec", stub);
        let inventory = read(&tree);
        assert_eq!((inventory.packages.len(), inventory.gaps.len()), (1, 0));
    }

    #[test]
    fn a_bundle_behind_a_link_or_of_another_layout_is_a_gap() {
        let trees = [
            Made::default().link("ruby"),
            Made::default().link("ruby/3.2.0"),
            Made::default().file("what/ever/a-1.0.0/lib/a.rb", ""),
        ];
        for tree in trees {
            assert_eq!(read(&tree).gaps.len(), 1);
        }
    }
}
