//! How long readers take on lockfiles of the size of real projects: `cargo bench -p
//! mainstay-lockfiles`. The inputs are generated, with four needs for each package.

#![expect(clippy::expect_used, reason = "a benchmark that cannot run fails by panic")]

use std::fmt::Write as _;

use divan::{Bencher, black_box};
use mainstay_lockfiles::format_of;
use mainstay_reading::{Input, NothingNearby};

fn main() {
    divan::main();
}

/// 550 packages, as a Rust service has.
#[divan::bench]
fn cargo_lock_550(bencher: Bencher<'_, '_>) {
    measure(bencher, "Cargo.lock", &cargo_lock(550));
}

/// 1,400 packages, as a web application has.
#[divan::bench]
fn package_lock_1400(bencher: Bencher<'_, '_>) {
    measure(bencher, "package-lock.json", &package_lock(1400));
}

/// 1,400 packages.
#[divan::bench]
fn yarn_lock_1400(bencher: Bencher<'_, '_>) {
    measure(bencher, "yarn.lock", &yarn_lock(1400));
}

/// 1,400 packages.
#[divan::bench]
fn pnpm_lock_1400(bencher: Bencher<'_, '_>) {
    measure(bencher, "pnpm-lock.yaml", &pnpm_lock(1400));
}

fn measure(bencher: Bencher<'_, '_>, file_name: &str, text: &str) {
    let format = format_of(file_name).expect("the format is in the table");
    let input = Input { bytes: text.as_bytes(), file_name, nearby: &NothingNearby };
    let inventory = format.read(&input).expect("the generated file is well-formed");
    assert!(inventory.gaps.is_empty(), "{:?}", inventory.gaps.first());
    bencher.bench_local(|| format.read(black_box(&input)));
}

/// The packages that one needs: some that follow it.
fn needs(package: usize, of: usize) -> impl Iterator<Item = usize> {
    [1, 7, 31, 97].into_iter().map(move |step| package + step).filter(move |next| *next < of)
}

fn cargo_lock(packages: usize) -> String {
    let mut text =
        String::from("version = 4\n\n[[package]]\nname = \"app\"\nversion = \"0.1.0\"\n");
    text.push_str("dependencies = [\n \"package-0\",\n]\n");
    for package in 0..packages {
        write!(
            text,
            "\n[[package]]\nname = \"package-{package}\"\nversion = \"1.{package}.0\"\n\
             source = \"registry+https://registry.example/some/crates-index\"\n\
             checksum = \"{package:064x}\"\n"
        )
        .expect("a String takes all");
        let needs: Vec<_> = needs(package, packages).collect();
        if !needs.is_empty() {
            text.push_str("dependencies = [\n");
            for need in needs {
                writeln!(text, " \"package-{need}\",").expect("a String takes all");
            }
            text.push_str("]\n");
        }
    }
    text
}

/// A well-formed SHA-512 in Subresource Integrity's notation.
fn integrity(package: usize) -> String {
    format!("sha512-{package:086}==")
        .replace(|c: char| !c.is_ascii_alphanumeric() && !"-=".contains(c), "A")
}

fn package_lock(packages: usize) -> String {
    let mut text = String::from(
        "{\n  \"name\": \"app\",\n  \"version\": \"1.0.0\",\n  \"lockfileVersion\": 3,\n  \
         \"requires\": true,\n  \"packages\": {\n    \"\": {\n      \"name\": \"app\",\n      \
         \"dependencies\": {\n        \"package-0\": \"^1.0.0\"\n      }\n    }",
    );
    for package in 0..packages {
        let needs: Vec<_> = needs(package, packages)
            .map(|need| format!("\n        \"package-{need}\": \"^1.0.0\""))
            .collect();
        write!(
            text,
            ",\n    \"node_modules/package-{package}\": {{\n      \"version\": \"1.{package}.0\",\n      \
             \"resolved\": \"https://registry.example/package-{package}/-/package-{package}-1.{package}.0.tgz\",\n      \
             \"integrity\": \"{}\",\n      \"dev\": true,\n      \"license\": \"MIT\",\n      \
             \"dependencies\": {{{}\n      }},\n      \"engines\": {{\n        \"node\": \">=6\"\n      }}\n    }}",
            integrity(package),
            needs.join(",")
        )
        .expect("a String takes all");
    }
    text.push_str("\n  }\n}\n");
    text
}

fn yarn_lock(packages: usize) -> String {
    let mut text = String::from("# yarn lockfile v1\n\n");
    for package in 0..packages {
        write!(
            text,
            "\npackage-{package}@^1.0.0:\n  version \"1.{package}.0\"\n  resolved \
             \"https://registry.example/package-{package}/-/package-{package}-1.{package}.0.tgz\"\n  \
             integrity {}\n",
            integrity(package)
        )
        .expect("a String takes all");
        for (position, need) in needs(package, packages).enumerate() {
            if position == 0 {
                text.push_str("  dependencies:\n");
            }
            writeln!(text, "    package-{need} \"^1.0.0\"").expect("a String takes all");
        }
    }
    text
}

fn pnpm_lock(packages: usize) -> String {
    let mut text = String::from(
        "lockfileVersion: '9.0'\n\nimporters:\n\n  .:\n    dependencies:\n      package-0:\n        \
         specifier: ^1.0.0\n        version: 1.0.0\n\npackages:\n",
    );
    for package in 0..packages {
        let integrity = integrity(package);
        write!(
            text,
            "\n  package-{package}@1.{package}.0:\n    resolution: {{integrity: {integrity}}}\n    \
             engines: {{node: '>=6'}}\n"
        )
        .expect("a String takes all");
    }
    text.push_str("\nsnapshots:\n");
    for package in 0..packages {
        writeln!(text, "\n  package-{package}@1.{package}.0:\n    dependencies:")
            .expect("a String takes all");
        for need in needs(package, packages) {
            writeln!(text, "      package-{need}: 1.{need}.0").expect("a String takes all");
        }
    }
    text
}
