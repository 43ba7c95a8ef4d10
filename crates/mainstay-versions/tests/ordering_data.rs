//! The order of versions against the OSV project's own comparisons, none excused.
//!
//! The data are read in place from the shared folder: `$MAINSTAY_SHARED`, or `shared` beside the
//! repository. Without them the test says so and passes.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::cmp::Ordering;
use std::io::Read;
use std::path::PathBuf;

use mainstay_types::Ecosystem;
use mainstay_versions::Version;

/// The first word of a file's name, and the ecosystem whose comparisons it holds.
const FILES: [(&str, Ecosystem); 12] = [
    ("alpine", Ecosystem::Alpine),
    ("cran", Ecosystem::Cran),
    ("debian", Ecosystem::Debian),
    ("hackage", Ecosystem::Hackage),
    ("maven", Ecosystem::Maven),
    ("nuget", Ecosystem::NuGet),
    ("packagist", Ecosystem::Packagist),
    ("pub", Ecosystem::Pub),
    ("pypi", Ecosystem::PyPi),
    ("redhat", Ecosystem::RedHat),
    ("rubygems", Ecosystem::RubyGems),
    ("semver", Ecosystem::Npm),
];

#[test]
fn every_comparison_of_the_data_holds_both_ways() {
    let Some(archive) = archive() else {
        return say("left out: the ordering data: no shared data");
    };
    let mut failures = Vec::new();
    for (name, text) in files(&archive) {
        let first = name.split('-').next().unwrap();
        let (_, ecosystem) = FILES.iter().find(|(prefix, _)| *prefix == first).unwrap();
        let lines: Vec<&str> = text.lines().filter(|line| is_comparison(line)).collect();
        let failed: Vec<String> = lines
            .iter()
            .filter(|line| !holds(*ecosystem, line))
            .map(|line| format!("{name}: {line}"))
            .collect();
        say(&format!("{name}: {} of {} hold", lines.len() - failed.len(), lines.len()));
        failures.extend(failed);
    }
    assert!(failures.is_empty(), "{} fail:\n{}", failures.len(), failures.join("\n"));
}

/// The SemVer file holds for the other ecosystems of that scheme as well.
#[test]
fn the_comparisons_of_npm_hold_for_cargo_go_hex_and_swift() {
    let Some(archive) = archive() else {
        return say("left out: the ordering data: no shared data");
    };
    let ecosystems = [Ecosystem::CratesIo, Ecosystem::Go, Ecosystem::Hex, Ecosystem::SwiftUrl];
    for (_, text) in files(&archive).iter().filter(|(name, _)| name.starts_with("semver")) {
        for line in text.lines().filter(|line| is_comparison(line)) {
            for ecosystem in ecosystems {
                assert!(holds(ecosystem, line), "{ecosystem}: {line}");
            }
        }
    }
}

fn is_comparison(line: &str) -> bool {
    !line.trim().is_empty() && !line.starts_with('#') && !line.starts_with("//")
}

fn holds(ecosystem: Ecosystem, line: &str) -> bool {
    let [left, sign, right] = line.split_whitespace().collect::<Vec<_>>()[..] else {
        panic!("no comparison: {line}");
    };
    let expected = match sign {
        "<" => Ordering::Less,
        "=" => Ordering::Equal,
        ">" => Ordering::Greater,
        _ => panic!("no comparison: {line}"),
    };
    let read = |text: &str| Version::parse_as_written(ecosystem, text);
    let (Ok(left), Ok(right)) = (read(left), read(right)) else { return false };
    left.compare(&right) == Some(expected) && right.compare(&left) == Some(expected.reverse())
}

fn archive() -> Option<Vec<u8>> {
    let shared = std::env::var_os("MAINSTAY_SHARED").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared"),
        PathBuf::from,
    );
    std::fs::read(shared.join("data/versions/ordering.zip")).ok()
}

fn files(archive: &[u8]) -> Vec<(String, String)> {
    let archive = rawzip::ZipArchive::from_slice(archive).unwrap();
    let mut files = Vec::new();
    let mut entries = archive.entries();
    while let Some(entry) = entries.next_entry().unwrap() {
        let path = entry.file_path().try_normalize().unwrap().as_ref().to_owned();
        let Some(name) = path.rsplit('/').next().filter(|name| name.contains("-versions")) else {
            continue;
        };
        let method = entry.compression_method();
        let content = archive.get_entry(entry.wayfinder()).unwrap();
        let mut text = String::new();
        if method == rawzip::CompressionMethod::STORE {
            text.push_str(str::from_utf8(content.data()).unwrap());
        } else {
            let mut reader = flate2::bufread::DeflateDecoder::new(content.data());
            reader.read_to_string(&mut text).unwrap();
        }
        files.push((name.to_owned(), text));
    }
    assert!(!files.is_empty(), "the archive holds no ordering files");
    files
}

#[expect(clippy::print_stderr, reason = "a test says what it compared or left out")]
fn say(line: &str) {
    eprintln!("{line}");
}
