//! Wheels and source distributions.

use mainstay_reading::AnomalyCode;
use mainstay_testkit::{TarPart, ZipPart, gzip, tar_of, zip_of};

use crate::build::{anomalies, gaps, packages, read, zip};

const METADATA: &str = "Metadata-Version: 2.1\nName: A_b\nVersion: 1.0\n";
/// SHA-256 of `x = 1\n`, by `printf 'x = 1\n' | sha256sum | xxd -r -p | basenc --base64url`.
const SUM: &str = "sha256=nia_NpkRxFwkPGhBR7I_yeHc_PJX0pmhxjIBam_NM_Q";

fn wheel(metadata: &str, record: &str, module: &str) -> Vec<u8> {
    zip(&[
        ("a_b.py", module.as_bytes()),
        ("a_b-1.0.dist-info/METADATA", metadata.as_bytes()),
        ("a_b-1.0.dist-info/RECORD", record.as_bytes()),
    ])
}

fn record(metadata_sum: &str) -> String {
    format!(
        "a_b.py,{SUM},6\na_b-1.0.dist-info/METADATA,{metadata_sum},1\n\
         a_b-1.0.dist-info/RECORD,,\n"
    )
}

const NAME: &str = "a_b-1.0-py3-none-any.whl";

/// SHA-256 of [`METADATA`].
const METADATA_SUM: &str = "sha256=lXe7mDrordynSaGpk08G1qgaNcUbbbFoSZeKRS2mU4M";

#[test]
fn a_wheel_is_what_its_metadata_say_and_its_record_fits() {
    let inventory = read(NAME, &wheel(METADATA, &record(METADATA_SUM), "x = 1\n"));
    assert_eq!(packages(&inventory), ["A_b 1.0 @ a_b-1.0.dist-info/METADATA"]);
    assert_eq!((anomalies(&inventory), gaps(&inventory)), (vec![], vec![]));
}

#[test]
fn a_file_that_does_not_fit_its_checksum_is_a_finding() {
    let inventory = read(NAME, &wheel(METADATA, &record(METADATA_SUM), "x = 2\n"));
    assert_eq!(anomalies(&inventory), [AnomalyCode::WrongContent]);
    assert_eq!(inventory.anomalies[0].place.member.as_deref(), Some("a_b.py"));
}

#[test]
fn a_file_that_the_record_does_not_list_is_a_finding_and_so_is_one_that_is_missing() {
    let short = record(METADATA_SUM).replace(&format!("a_b.py,{SUM},6\n"), "");
    let found = read(NAME, &wheel(METADATA, &short, "x = 1\n"));
    assert_eq!(anomalies(&found), [AnomalyCode::WrongContent]);
    let long = format!("{}gone.py,{SUM},6\n", record(METADATA_SUM));
    let found = read(NAME, &wheel(METADATA, &long, "x = 1\n"));
    assert_eq!(anomalies(&found), [AnomalyCode::WrongContent]);
}

#[test]
fn a_link_that_the_record_does_not_list_is_a_finding() {
    let records = record(METADATA_SUM);
    let bytes = zip_of(&[
        ZipPart::deflated("a_b.py", b"x = 1\n"),
        ZipPart::deflated("a_b-1.0.dist-info/METADATA", METADATA.as_bytes()),
        ZipPart::deflated("a_b-1.0.dist-info/RECORD", records.as_bytes()),
        ZipPart::symlink("evil.py", "a_b.py"),
    ]);
    let inventory = read(NAME, &bytes);
    assert_eq!(anomalies(&inventory), [AnomalyCode::WrongContent]);
    assert_eq!(inventory.anomalies[0].place.member.as_deref(), Some("evil.py"));
}

#[test]
fn a_wheel_with_the_name_of_another_is_a_finding() {
    let bytes = wheel(METADATA, &record(METADATA_SUM), "x = 1\n");
    assert_eq!(anomalies(&read("b-1.0-py3-none-any.whl", &bytes)), [AnomalyCode::WrongName]);
}

#[test]
fn a_wheel_that_asks_for_more_is_partial() {
    let metadata = format!("{METADATA}Requires-Dist: c\nRequires-Dist: d; extra == 'x'\n");
    let found = read(NAME, &wheel(&metadata, "", "x = 1\n"));
    assert!(gaps(&found)[0].starts_with("it asks for one package"), "{:?}", gaps(&found));
}

#[test]
fn a_wheel_without_a_record_is_partial() {
    let bytes = zip(&[("a_b-1.0.dist-info/METADATA", METADATA.as_bytes())]);
    assert!(gaps(&read(NAME, &bytes))[0].starts_with("there is no RECORD"));
}

fn sdist(metadata: &str) -> Vec<u8> {
    gzip(&tar_of(&[
        TarPart::folder("a_b-1.0/"),
        TarPart::file("a_b-1.0/PKG-INFO", metadata.as_bytes()),
        TarPart::file("a_b-1.0/uv.lock", b""),
        TarPart::file("a_b-1.0/src/a_b.egg-info/PKG-INFO", b"Name: no\nVersion: 9\n"),
    ]))
}

#[test]
fn an_sdist_is_what_its_pkg_info_says() {
    let inventory = read("a_b-1.0.tar.gz", &sdist(METADATA));
    assert_eq!(packages(&inventory), ["A_b 1.0 @ a_b-1.0/PKG-INFO"]);
    assert_eq!(gaps(&inventory), ["what it asks for is known only after it was built"]);
    assert_eq!(&*inventory.asides[0].member, "a_b-1.0/uv.lock");
}

#[test]
fn an_sdist_of_newer_metadata_says_for_good_what_it_asks_for() {
    let inventory = read("a_b-1.0.tar.gz", &sdist(&METADATA.replace("2.1", "2.2")));
    assert_eq!(gaps(&inventory), Vec::<&str>::new());
}
