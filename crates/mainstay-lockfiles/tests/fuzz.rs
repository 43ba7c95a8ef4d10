//! Every reader, on broken fixtures: an inventory that is consistent or an error, no panic.

use std::io;
use std::path::Path;

use mainstay_lockfiles::format_of;
use mainstay_reading::{Input, Inventory, Nearby, NearbyError};
use mainstay_testkit::mutation::{self, Seed, seeds_in};
use mainstay_types::Purl;

/// Every file nearby is the broken one itself: readers that follow references meet themselves.
struct Mirror<'a>(&'a [u8]);

impl Nearby for Mirror<'_> {
    fn read(&self, _path: &str) -> Result<Vec<u8>, NearbyError> {
        Ok(self.0.to_vec())
    }
}

#[test]
fn a_broken_file_is_an_error_or_a_consistent_inventory() {
    let seeds = fixtures().unwrap();
    mutation::run("lockfiles", &seeds, |seed, input| {
        let Some(format) = format_of(&seed.name) else { return false };
        let file_name = seed.name.rsplit('/').next().unwrap_or(&seed.name);
        let read = format.read(&Input { bytes: input, file_name, nearby: &Mirror(input) });
        read.is_ok_and(|inventory| {
            consistent(&inventory);
            true
        })
    });
}

/// The files under `tests/fixtures` that are a format.
fn fixtures() -> io::Result<Vec<Seed>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let mut seeds = seeds_in(&folder)?;
    seeds.retain(|seed| format_of(&seed.name).is_some());
    Ok(seeds)
}

fn consistent(inventory: &Inventory) {
    let count = u32::try_from(inventory.packages.len()).unwrap_or(u32::MAX);
    for entry in &inventory.packages {
        assert!(entry.needs.iter().all(|need| *need < count), "an edge leads nowhere: {entry:?}");
        let _ = Purl::of_package(&entry.name, entry.version.exact());
    }
    for irregularity in &inventory.irregularities {
        assert!(irregularity.entry.is_none_or(|entry| entry < count), "{irregularity:?}");
    }
}
