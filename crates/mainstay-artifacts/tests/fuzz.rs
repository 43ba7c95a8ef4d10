//! Every reader of package archives, on broken ones: an inventory that is consistent or an error,
//! no panic. The parts of an archive are broken too, and packed again, so that what is inside is
//! reached.

#[path = "it/layout.rs"]
mod layout;

use layout::{Bits, Order, Section, elf, fat, go_inline, go_pointers, mach_o, pe, wasm, zlib};
use mainstay_archives::{Budget, Limits};
use mainstay_artifacts::{Artifact, PROGRAM, format_of, is_program, names_its_packages};
use mainstay_reading::Inventory;
use mainstay_testkit::mutation::{self, Seed};
use mainstay_testkit::{TarPart, ZipPart, gzip, tar_of, zip_of};
use mainstay_types::Purl;

#[test]
fn a_broken_package_is_an_error_or_a_consistent_inventory() {
    mutation::run("artifacts", &whole(), |seed, input| read(&seed.name, input));
}

#[test]
fn a_package_with_a_broken_part_is_an_error_or_a_consistent_inventory() {
    mutation::run("artifacts-parts", &parts(), |seed, input| {
        let (file, member) = seed.name.split_once('!').unwrap_or((&seed.name, ""));
        read(file, &packed(file, member, input))
    });
}

#[test]
fn a_broken_program_is_an_error_or_a_consistent_inventory() {
    mutation::run("artifacts-programs", &programs(), |_, input| read_program(input));
}

#[test]
fn a_program_with_a_broken_record_is_an_error_or_a_consistent_inventory() {
    let seeds = [Seed::new("go", MODULES), Seed::new("rust", CRATES)];
    mutation::run("artifacts-records", &seeds, |seed, input| {
        let section = if seed.name == "go" {
            let modules = String::from_utf8_lossy(input);
            Section { name: ".go.buildinfo", content: go_inline("go1.21.3", &modules) }
        } else {
            Section { name: ".dep-v0", content: zlib(input) }
        };
        read_program(&elf(Bits::SixtyFour, Order::Little, &[section]))
    });
}

fn read_program(input: &[u8]) -> bool {
    let budget = Budget::new(Limits::default());
    let artifact = Artifact { source: &input, file_name: "app", budget: &budget, onlooker: None };
    let found = (PROGRAM.read)(&artifact);
    let names = names_its_packages(&input);
    found.is_ok_and(|inventory| {
        consistent(&inventory);
        assert!(is_program(input) || !names);
        let says_nothing =
            inventory.gaps.iter().any(|gap| gap.reason.contains("what it was built from"));
        assert!(
            names || says_nothing || inventory.gaps.iter().any(|gap| gap.reason.contains("UPX"))
        );
        true
    })
}

const MODULES: &str = "path\tm/cmd\nmod\tm\tv1.0.0\th1:x\ndep\ta.example/a\tv1.0.0\t\n\
    =>\t../a\t(devel)\t\nbuild\tGOOS=linux\n";
const CRATES: &str = r#"{"packages": [
    {"name": "app", "version": "0.1.0", "source": "local", "dependencies": [1], "root": true},
    {"name": "b", "version": "1.0.0", "source": "crates.io", "kind": "build"}], "format": 0}"#;

/// Every kind of program, with both records; of Go also the older one.
fn programs() -> Vec<Seed> {
    let go = |name| Section { name, content: go_inline("go1.21.3", MODULES) };
    let rust = || Section { name: ".dep-v0", content: zlib(CRATES.as_bytes()) };
    let mut programs = vec![
        pe(Bits::ThirtyTwo, &[go(".data"), rust()]),
        pe(Bits::SixtyFour, &[go(".data"), rust()]),
        wasm(&[rust()]),
    ];
    for bits in [Bits::ThirtyTwo, Bits::SixtyFour] {
        for order in [Order::Little, Order::Big] {
            programs.push(elf(bits, order, &[go(".go.buildinfo"), rust()]));
            let content = go_pointers(bits, order, "go1.16", MODULES);
            programs.push(elf(bits, order, &[Section { name: ".go.buildinfo", content }]));
            programs.push(mach_o(bits, order, &[go("__go_buildinfo"), rust()]));
        }
    }
    programs.push(fat(&programs.iter().rev().take(2).cloned().collect::<Vec<_>>()));
    let seed = |(number, bytes)| Seed { name: format!("program-{number}"), bytes };
    programs.into_iter().enumerate().map(seed).collect()
}

fn read(file_name: &str, input: &[u8]) -> bool {
    let Some(format) = format_of(file_name) else { return false };
    let limits = Limits { unpacked_bytes: 64 << 20, members: 10_000, ..Limits::default() };
    let budget = Budget::new(limits);
    let found =
        (format.read)(&Artifact { source: &input, file_name, budget: &budget, onlooker: None });
    found.is_ok_and(|inventory| {
        consistent(&inventory);
        true
    })
}

fn consistent(inventory: &Inventory) {
    let count = u32::try_from(inventory.packages.len()).unwrap_or(u32::MAX);
    for entry in &inventory.packages {
        let _ = Purl::of_package(&entry.name, entry.version.exact());
    }
    for anomaly in &inventory.anomalies {
        assert!(anomaly.entry.is_none_or(|entry| entry < count), "{anomaly:?}");
        assert!(!anomaly.message.is_empty());
    }
    assert!(
        count > 0 || !inventory.gaps.is_empty() || !inventory.anomalies.is_empty(),
        "nothing was found, and nothing is said to be unknown"
    );
}

/// One member, and the archive around it.
fn packed(file: &str, member: &str, content: &[u8]) -> Vec<u8> {
    match file.rsplit('.').next().unwrap_or_default() {
        "gem" => {
            tar_of(&[TarPart::file(member, &gzip(content)), TarPart::file("data.tar.gz", b"")])
        }
        "tgz" | "gz" | "crate" => gzip(&tar_of(&[TarPart::file(member, content)])),
        _ => zip_of(&[ZipPart::stored(member, content), ZipPart::stored("a/A.class", b"")]),
    }
}

const METADATA: &str =
    "Metadata-Version: 2.1\nName: a\nVersion: 1.0\nRequires-Dist: b; extra == \"x\"\n\n";
const POM: &str = "<project><parent><groupId>g</groupId></parent><artifactId>a</artifactId>\
    <version>1</version><dependencies><dependency><groupId>${groupId}</groupId>\
    <artifactId>b</artifactId></dependency></dependencies></project>";
const SPECIFICATION: &str = "--- !ruby/object:Gem::Specification\nname: a\n\
    version: !ruby/object:Gem::Version\n  version: 1.0\n";

fn parts() -> Vec<Seed> {
    let lookup = b"\xCA\xFE\xBA\xBE\0\0\0\x34\0\x02\x01\0\x0Ejava:comp/env/";
    let mut seeds = vec![
        Seed::new(
            "a-1.jar!META-INF/maven/g/a/pom.properties",
            "groupId=g\nartifactId=a\nversion=1\n",
        ),
        Seed::new("a-1.jar!META-INF/maven/g/a/pom.xml", POM),
        Seed::new(
            "a-1.jar!META-INF/MANIFEST.MF",
            "Manifest-Version: 1.0\nImplementation-Version: 1\nImplementation-Vendor-Id: g.h\n",
        ),
        Seed::new("a-1.whl!a-1.dist-info/METADATA", METADATA),
        Seed::new("a-1.whl!a-1.dist-info/RECORD", "a/A.class,sha256=47DEQpj8HBSa,0\n\"b,c\",,\n"),
        Seed::new("a-1.tar.gz!a-1/PKG-INFO", METADATA),
        Seed::new(
            "a-1.crate!a-1/Cargo.toml",
            "[package]\nname = \"a\"\nversion = \"1.0.0\"\n[dependencies]\nb = \"1\"\n",
        ),
        Seed::new(
            "a-1.tgz!package/package.json",
            r#"{"name": "a", "version": "1.0.0", "dependencies": {"b": "1"}}"#,
        ),
        Seed::new("a-1.gem!metadata.gz", SPECIFICATION),
        Seed::new("a-1.gem!checksums.yaml.gz", "---\nSHA256:\n  data.tar.gz: 00\n"),
        Seed::new(
            "a.1.nupkg!a.nuspec",
            "<package><metadata><id>a</id><version>1</version></metadata></package>",
        ),
    ];
    let name = "a-1.jar!x/core/lookup/JndiLookup.class".to_owned();
    seeds.push(Seed { name, bytes: lookup.to_vec() });
    seeds
}

/// Whole archives: each part in its own, and a jar in a war.
fn whole() -> Vec<Seed> {
    let mut seeds: Vec<Seed> = parts()
        .into_iter()
        .map(|part| {
            let (file, member) = part.name.split_once('!').unwrap_or((&part.name, ""));
            Seed { name: file.to_owned(), bytes: packed(file, member, &part.bytes) }
        })
        .collect();
    let jars: Vec<Seed> = seeds.iter().filter(|seed| seed.name == "a-1.jar").cloned().collect();
    for jar in jars {
        let war = zip_of(&[ZipPart::stored("WEB-INF/lib/a-1.jar", &jar.bytes)]);
        seeds.push(Seed { name: "app.war".to_owned(), bytes: war });
    }
    seeds
}
