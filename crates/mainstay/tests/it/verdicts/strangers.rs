//! Images in which everything is known, and those with files that nobody answers for.

use mainstay_testkit::{ImageParts, Record, TarPart, tar_of};

use super::images::{BOOKWORM, SITE, file, installed, sources, status, with_data};
use super::programs::module;
use crate::sandbox::{Sandbox, cargo_lock};

/// An image of Debian with one package, whose files are listed.
fn debian(files: &[TarPart]) -> Sandbox {
    let mut parts = vec![
        file("etc/os-release", BOOKWORM),
        file("var/lib/dpkg/status", &status(&[("right", "1.0-1")])),
        file("var/lib/dpkg/info/right.list", "/.\n/bin\n/bin/old\n/usr/bin/new\n"),
    ];
    parts.extend_from_slice(files);
    let sandbox = with_data();
    sandbox.write("app.tar", ImageParts::plain("app", &[tar_of(&parts)]).archive());
    sandbox
}

fn silent(path: &str) -> TarPart {
    TarPart::file(path, &module("name", &[0; 64]))
}

#[test]
fn an_image_of_which_everything_is_known_is_clean() {
    let sandbox = debian(&installed("usr/local/lib/python3.12/site-packages", "numbers", "1.0"));
    sandbox.import(&[
        Record::new("DEBIAN-CVE-2024-0001", "Debian:12", "left"),
        Record::new("TEST-2024-0002", "PyPI", "left"),
    ]);
    let answer = sandbox.check(&["app.tar"]);
    assert_eq!((answer.exit, answer.unknown_codes()), (0, Vec::new()), "{answer:?}");
}

#[test]
fn a_program_in_an_image_that_belongs_to_no_package_is_unknown() {
    let sandbox = debian(&[silent("opt/app"), silent("opt/more"), silent("usr/bin/new")]);
    let answer = sandbox.check(&["app.tar"]);
    assert_eq!((answer.exit, answer.unknown_codes()), (3, vec!["partial-source".to_owned()]));
    let report = answer.json();
    let said = report["unknowns"][0]["message"].as_str().unwrap();
    assert!(said.ends_with("; one more such file is there"), "{said}");
    assert_eq!(report["unknowns"][0]["subject"], "app.tar!/opt/app");
}

#[test]
fn a_program_of_a_package_in_an_image_is_known() {
    let record = "numbers/inner.so,sha256=00,9\n../../../bin/tool,sha256=00,9\n";
    let mut files = vec![
        TarPart::symlink("bin", "usr/bin"),
        silent("usr/bin/new"),
        silent("usr/bin/old"),
        silent("usr/local/bin/tool"),
        silent(&format!("{SITE}/numbers/inner.so")),
        file(&format!("{SITE}/numbers-1.0.dist-info/RECORD"), record),
    ];
    files.extend(installed(SITE, "numbers", "1.0"));
    let sandbox = debian(&files);
    sandbox.import(&[
        Record::new("DEBIAN-CVE-2024-0001", "Debian:12", "left"),
        Record::new("TEST-2024-0002", "PyPI", "left"),
    ]);
    let answer = sandbox.check(&["app.tar"]);
    assert_eq!((answer.exit, answer.unknown_codes()), (0, Vec::new()), "{answer:?}");
}

/// The messages of what is not known, with the places.
fn unknowns(sandbox: &Sandbox) -> Vec<String> {
    let report = sandbox.scan(&["app.tar"]);
    let unknowns = report["unknowns"].as_array().unwrap().iter();
    unknowns.map(|one| format!("{}: {}", one["subject"], one["message"])).collect()
}

#[test]
fn a_package_in_an_image_does_not_answer_for_what_it_did_not_bring() {
    let mut files = installed(SITE, "numbers", "1.0");
    files.push(file(&format!("{SITE}/numbers-1.0.dist-info/RECORD"), "numbers.py,,\n"));
    for stray in [format!("{SITE}/stray.so"), "srv/node_modules/.cache/tool".to_owned()] {
        let mut files = files.clone();
        files.push(silent(&stray));
        let told = unknowns(&debian(&files));
        assert!(told.iter().any(|one| one.contains(&stray)), "{stray}: {told:?}");
    }
    // Where nothing was merged, `/bin/old` is another file.
    let told = unknowns(&debian(&[silent("usr/bin/old")]));
    assert!(told.iter().any(|one| one.contains("usr/bin/old")), "{told:?}");
}

#[test]
fn an_archive_in_an_image_that_nobody_opens_is_unknown() {
    let told = unknowns(&debian(&[file("opt/app.zip", "PK")]));
    assert!(told.iter().any(|one| one.contains("opt/app.zip") && one.contains("archive")));
}

#[test]
fn a_manifest_in_an_image_is_covered_by_the_lockfile_beside_it() {
    let manifest = "[package]\nname = \"app\"\n[dependencies]\nleft = \"2\"\n";
    let files = [
        file("srv/Cargo.toml", manifest),
        file("srv/Cargo.lock", &cargo_lock(&[("left", "2.0.0")])),
    ];
    let report = {
        let sandbox = debian(&files);
        sandbox.scan(&["app.tar"])
    };
    assert_eq!(report["manifests_covered_by_a_lockfile"], 1, "{report}");
}

#[test]
fn what_the_distribution_and_installed_packages_bring_along_is_no_source_of_an_image() {
    let gem = "Gem::Specification.new do |s|\n  s.name = \"a\".freeze\n  s.version = \"1.0\"\n\
               s.add_runtime_dependency(%q<b>.freeze, [\">= 1\"])\nend\n";
    let gems = "usr/local/bundle";
    let files = [
        file("usr/bin/new", ""),
        file(
            "var/lib/dpkg/info/more.list",
            "/usr/share/doc/more/requirements.txt\n/opt/tool/requirements.txt\n",
        ),
        file("usr/share/doc/more/requirements.txt", "left==1.0\n"),
        // For what lies here its makers answer, whoever packed it.
        file("opt/tool/requirements.txt", "left==1.0\n"),
        file(&format!("{gems}/specifications/a-1.0.gemspec"), gem),
        file(&format!("{gems}/gems/a-1.0/Gemfile.lock"), "GEM\n  specs:\n    old (1.0)\n"),
    ];
    let mut parts =
        vec![file("var/lib/dpkg/status", &status(&[("right", "1.0-1"), ("more", "1")]))];
    parts.extend(files);
    let report = debian(&parts).scan(&["app.tar"]);
    let told: Vec<(String, String)> = sources(&report);
    let read: Vec<&str> =
        told.iter().filter(|one| one.1 != "skipped").map(|one| one.0.as_str()).collect();
    let gems = format!("app.tar!/{gems}");
    let tool = "app.tar!/opt/tool/requirements.txt";
    assert_eq!(read, ["app.tar", tool, "app.tar!/var/lib/dpkg/status", gems.as_str()], "{report}");
    assert!(told.iter().any(|one| one.0.ends_with("more/requirements.txt")), "{told:?}");
}

#[test]
fn gems_that_bundler_installed_are_read_once() {
    let gem =
        "Gem::Specification.new do |s|\n  s.name = \"a\".freeze\n  s.version = \"1.0\"\nend\n";
    for bundle in ["app/vendor/bundle", "usr/local/bundle"] {
        let home = format!("{bundle}/ruby/3.2.0");
        let report = debian(&[
            file(&format!("{bundle}/specifications/b-1.0.gemspec"), &gem.replace("\"a\"", "\"b\"")),
            file(&format!("{bundle}/gems/b-1.0/b.rb"), ""),
            file(&format!("{home}/specifications/a-1.0.gemspec"), gem),
            file(&format!("{home}/gems/a-1.0/a.rb"), ""),
        ])
        .scan(&["app.tar"]);
        let gems = report["packages"].as_array().unwrap().iter();
        let places: Vec<usize> = gems
            .filter(|one| one["ecosystem"] == "RubyGems")
            .map(|one| one["locations"].as_array().unwrap().len())
            .collect();
        assert_eq!(places, [1, 1], "{report}");
        let read = sources(&report).into_iter().filter(|one| one.0.contains(bundle)).count();
        assert_eq!(read, 1, "{report}");
    }
}

#[test]
fn an_image_that_tells_of_no_package_is_unknown() {
    let sandbox = with_data();
    let parts = [file("srv/index.html", "<p>hello</p>")];
    sandbox.write("app.tar", ImageParts::plain("app", &[tar_of(&parts)]).archive());
    let answer = sandbox.check(&["app.tar"]);
    assert_eq!((answer.exit, answer.unknown_codes()), (3, vec!["partial-source".to_owned()]));
}
