//! The folder in which RubyGems installs (`GEM_HOME`), or Bundler's `vendor/bundle` above it.
//!
//! Layout: `Gem::Specification` and Bundler's `bundle install --path`. Each gem has a
//! specification in `specifications`; those that Ruby brings along are in
//! `specifications/default`. Bundler keeps gems from git in `bundler/gems/NAME-COMMIT`.

use mainstay_metadata::{Identity, gemspec};
use mainstay_reading::{Inventory, NearbyError, Origin};
use mainstay_types::Ecosystem;

use crate::copies::Copies;
use crate::folder::{Folder, Item, ItemKind, folders, inside};

/// Reads the tree.
pub(crate) fn read(folder: &dyn Folder) -> Inventory {
    let mut copies = Copies::new(Ecosystem::RubyGems);
    let mut homes = vec![String::new()];
    // Bundler: ruby/ABI, also jruby/ABI and others.
    for engine in folders(&listed(folder, "", &mut copies)) {
        if !matches!(engine, "ruby" | "jruby" | "truffleruby") {
            continue;
        }
        for abi in folders(&listed(folder, engine, &mut copies)) {
            homes.push(inside(engine, abi));
        }
    }
    for home in homes {
        specifications(folder, &inside(&home, "specifications"), &mut copies);
        specifications(folder, &inside(&home, "specifications/default"), &mut copies);
        from_git(folder, &inside(&home, "bundler/gems"), &mut copies);
    }
    copies.inventory
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
        let identity = Identity { name: Some(name.into()), version: None };
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
}
