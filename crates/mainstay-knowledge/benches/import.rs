//! From a zip of OSV records to the index, as `mainstay db import` does it.
//!
//! The records are the shared real ones, repeated under new ids and names; without them, made-up
//! ones. `cargo bench -p mainstay-knowledge`.

#![expect(clippy::unwrap_used, reason = "a benchmark that cannot run may panic")]

use std::path::Path;

use jiff::Timestamp;
use mainstay_knowledge::{DataFolder, ImportOptions, Limits, Silent, import};
use mainstay_testkit::{Record, repeated, shared_data, unzip, zip};

fn main() {
    divan::main();
}

#[divan::bench(args = [10_000, 250_000], sample_count = 3, sample_size = 1)]
fn zip_to_index(bencher: divan::Bencher<'_, '_>, count: usize) {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("all.zip");
    std::fs::write(&path, zip(repeated(&records(), count))).unwrap();
    bencher
        .with_inputs(|| tempfile::tempdir_in(root.path()).unwrap())
        .bench_values(|folder| run(&folder.path().join("data"), &path));
}

fn run(folder: &Path, path: &Path) -> u64 {
    let options = ImportOptions { as_of: None, now: Timestamp::now(), limits: Limits::default() };
    let folder = DataFolder::open(folder).unwrap();
    import(&folder, &[path.to_owned()], &options, &Silent).unwrap().records
}

/// Real records of every ecosystem, or a hundred made-up ones.
fn records() -> Vec<Vec<u8>> {
    let Some(shared) = shared_data() else {
        let made_up = |n| Record::new(&format!("X-{n}"), "npm", &format!("package-{n}"));
        return (0..100).map(|n| made_up(n).json()).collect();
    };
    let folders = std::fs::read_dir(shared.join("osv")).into_iter().flatten().flatten();
    folders
        .filter_map(|folder| std::fs::read(folder.path().join("all.zip")).ok())
        .flat_map(|bytes| unzip(&bytes))
        .map(|(_, record)| record)
        .collect()
}
