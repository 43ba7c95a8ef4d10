//! The resolver sees manifests and names, and nothing else of the project.

use crate::recorded::{Bench, Recorded, chain, flaw, prints};

#[test]
fn code_and_settings_of_the_project_stay_outside() {
    let bench = Bench::new(&[flaw("A-1", "left", "0", "2.0.0")]);
    bench.write("Cargo.lock", &chain(&[("left", "1.0.0")]));
    bench.write("Cargo.toml", "[package]\nname = \"app\"\n");
    bench.write("build.rs", "fn main() { println!(\"hello\") }");
    bench.write("src/main.rs", "fn main() {}");
    bench.write("rust-toolchain.toml", "[toolchain]\nchannel = \"nightly\"\n");
    bench.write(".cargo/config.toml", "[build]\nrustc-wrapper = \"./wrapper\"\n");
    bench.write("target/debug/Cargo.toml", "[package]\n");
    bench.write("secret.txt", "x");
    let tools = Recorded::new(vec![prints("cargo --version", "cargo 1.95.0")]);
    bench.mended("Cargo.lock", &tools);
    let mut seen = tools.seen.borrow().clone();
    seen.sort();
    seen.dedup();
    assert_eq!(
        seen,
        [
            ".cargo/config.toml (empty)",
            "Cargo.lock",
            "Cargo.toml",
            "build.rs (empty)",
            "src/main.rs (empty)",
        ]
    );
}

#[test]
fn nothing_is_left_behind_and_nothing_is_written() {
    let bench = Bench::new(&[flaw("A-1", "left", "0", "2.0.0")]);
    let lock = chain(&[("left", "1.0.0")]);
    bench.write("Cargo.lock", &lock);
    let tools = Recorded::new(vec![prints("cargo --version", "cargo 1.95.0")]);
    bench.mended("Cargo.lock", &tools);
    let workshops = bench.path("../workshops");
    assert_eq!(std::fs::read_dir(workshops).unwrap().count(), 0);
    assert_eq!(bench.read("Cargo.lock"), lock);
}
