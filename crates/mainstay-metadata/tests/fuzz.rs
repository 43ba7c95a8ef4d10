//! Every reader, on broken fixtures: an identity or an error, no panic.

use mainstay_metadata::{Identity, cargo_toml, core_metadata, description, gemspec, package_json};
use mainstay_reading::Place;
use mainstay_testkit::mutation::{self, Seed};
use mainstay_types::Ecosystem;

#[test]
fn a_broken_file_is_an_error_or_says_who_it_is() {
    let seeds = [
        Seed::new(
            "package.json",
            r#"{"name": "@s/a", "version": "1.0.0", "bundleDependencies": ["b"],
                "_resolved": "https://npm.example/a/-/a-1.0.0.tgz", "_integrity": "sha1-AAAA"}"#,
        ),
        Seed::new(
            "METADATA",
            "Metadata-Version: 2.1\nName: a\nVersion: 1.0\nHome-page: UNKNOWN\n\nText\n",
        ),
        Seed::new("a.gemspec", "# -*- encoding: utf-8 -*-\n# stub: a 1.0.0 ruby lib\n"),
        Seed::new(
            "b.gemspec",
            "Gem::Specification.new do |s|\n  s.name = \"b\".freeze\n  s.version = '1'\nend\n",
        ),
        Seed::new("Cargo.toml", "[package]\nname = \"a\"\nversion = \"1.0.0\"\n"),
        Seed::new("DESCRIPTION", "Package: a\nVersion: 1.0-1\nPriority: base\n"),
    ];
    mutation::run("metadata", &seeds, |seed, input| match &*seed.name {
        "package.json" => {
            package_json::read(input).is_ok_and(|read| named(&read.identity, Ecosystem::Npm))
        }
        "METADATA" => named(&core_metadata::read(input), Ecosystem::PyPi),
        "Cargo.toml" => cargo_toml::read(input).is_ok_and(|read| named(&read, Ecosystem::CratesIo)),
        "DESCRIPTION" => named(&description::read(input), Ecosystem::Cran),
        _ => named(&gemspec::read(input), Ecosystem::RubyGems),
    });
}

/// Whether it can be an entry; what it says is never empty.
fn named(identity: &Identity, ecosystem: Ecosystem) -> bool {
    assert!(identity.name.as_deref() != Some("") && identity.version.as_deref() != Some(""));
    identity.entry(ecosystem, Place::default()).is_ok()
}
