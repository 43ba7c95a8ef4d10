//! Pickles, and what is said of them.

pub mod advisories;
pub mod assembly;
pub mod evasions;
pub mod ordinary;
pub mod streams;

use mainstay_testkit::mutation::Seed;

/// Every pickle that is built here.
pub fn seeds() -> Vec<Seed> {
    let fixtures = [ordinary::fixtures(), evasions::fixtures(), streams::fixtures()].concat();
    let mut seeds: Vec<Seed> = fixtures
        .into_iter()
        .map(|(name, bytes)| Seed { name: format!("{name}.pkl"), bytes })
        .collect();
    seeds.extend(advisories::seeds());
    seeds
}
