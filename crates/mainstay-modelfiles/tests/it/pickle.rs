//! Pickles, and what is said of them.

pub(crate) mod advisories;
pub(crate) mod arrays;
pub(crate) mod assembly;
pub(crate) mod bombs;
pub(crate) mod carried;
pub(crate) mod evasions;
pub(crate) mod everyday;
pub(crate) mod giveaways;
pub(crate) mod hidden;
pub(crate) mod indices;
pub(crate) mod ordinary;
pub(crate) mod readings;
pub(crate) mod states;
pub(crate) mod streams;

use mainstay_testkit::mutation::Seed;

/// Every pickle that is built here.
pub(crate) fn seeds() -> Vec<Seed> {
    let fixtures = [
        ordinary::fixtures(),
        evasions::fixtures(),
        streams::fixtures(),
        bombs::fixtures(),
        everyday::fixtures(),
        giveaways::fixtures(),
        states::fixtures(),
        readings::fixtures(),
        carried::fixtures(),
        hidden::fixtures(),
        arrays::fixtures(),
        indices::fixtures(),
    ]
    .concat();
    let mut seeds: Vec<Seed> = fixtures
        .into_iter()
        .map(|(name, bytes)| Seed { name: format!("{name}.pkl"), bytes })
        .collect();
    seeds.extend(advisories::seeds());
    seeds
}
