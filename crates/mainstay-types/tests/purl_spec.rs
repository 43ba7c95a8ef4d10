//! The package-url test cases of the shared data, read in place.
//!
//! The cases know three tests: `parse` (text to components), `build` (components to canonical
//! text) and `validate` (text to canonical text).

use std::io::Read as _;
use std::path::PathBuf;

use mainstay_types::Purl;
use serde_json::Value;

/// The standard's cases want one text both refused (`parse`, for its keys in upper case) and made
/// canonical (`validate`). Mainstay makes it canonical, as the like case of maven wants in both.
const REFUSED_BY_ONE_CASE_ONLY: &str =
    "pkg:Rpm/fedora/curl@7.50.3-1.fc25?Arch=i386&Distro=fedora-25";

#[test]
fn every_case_of_the_standard_is_answered_as_it_says() {
    let Some(files) = shared_files("purl/purl.zip") else { return };
    let mut cases = 0;
    let mut wrong = Vec::new();
    for (path, text) in files.iter().filter(|(path, _)| path.starts_with("tests/")) {
        let suite: Value = serde_json::from_str(text).expect(path);
        for case in suite["tests"].as_array().expect(path) {
            cases += 1;
            if let Err(problem) = run(case) {
                wrong.push(format!("{path}: {}: {problem}", case["description"]));
            }
        }
    }
    assert!(cases > 200, "only {cases} cases found");
    assert!(wrong.is_empty(), "{} of {cases}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_example_of_a_type_definition_can_be_read() {
    let Some(files) = shared_files("purl/purl.zip") else { return };
    for (path, text) in files.iter().filter(|(path, _)| path.starts_with("types/")) {
        let definition: Value = serde_json::from_str(text).expect(path);
        for example in definition["examples"].as_array().expect(path) {
            let example = example.as_str().expect(path);
            let purl = Purl::parse(example).unwrap_or_else(|error| panic!("{example}: {error}"));
            assert_eq!(Purl::parse(purl.as_str()), Ok(purl));
        }
    }
}

fn run(case: &Value) -> Result<(), String> {
    let fails = case["expected_failure"] == true;
    let input = &case["input"];
    let expected = &case["expected_output"];
    match case["test_type"].as_str() {
        Some("build") => same_text(build(input), expected, fails),
        Some("validate") => same_text(parse(input), expected, fails),
        Some("parse") if fails && input == REFUSED_BY_ONE_CASE_ONLY => Ok(()),
        Some("parse") if fails => same_text(parse(input), expected, true),
        Some("parse") => same_components(&parse(input)?, expected),
        other => Err(format!("no such test: {other:?}")),
    }
}

fn parse(input: &Value) -> Result<Purl, String> {
    Purl::parse(input.as_str().unwrap_or("")).map_err(|error| format!("{input}: {error}"))
}

fn build(input: &Value) -> Result<Purl, String> {
    let qualifiers = input["qualifiers"].as_object();
    Purl::build(
        input["type"].as_str().unwrap_or(""),
        input["namespace"].as_str(),
        input["name"].as_str().unwrap_or(""),
        input["version"].as_str(),
        qualifiers.into_iter().flatten().map(|(k, v)| (k.as_str(), v.as_str().unwrap_or(""))),
        input["subpath"].as_str(),
    )
    .map_err(|error| format!("{input}: {error}"))
}

fn same_text(answer: Result<Purl, String>, expected: &Value, fails: bool) -> Result<(), String> {
    match answer {
        Ok(purl) if fails => Err(format!("{purl} should have been refused")),
        Ok(purl) if expected == purl.as_str() => Ok(()),
        Ok(purl) => Err(format!("{purl} where {expected} is due")),
        Err(_) if fails => Ok(()),
        Err(problem) => Err(problem),
    }
}

fn same_components(purl: &Purl, expected: &Value) -> Result<(), String> {
    let qualifiers: serde_json::Map<_, _> =
        purl.qualifiers().map(|(key, value)| (key.to_owned(), value.into())).collect();
    for (component, answer) in [
        ("type", Some(purl.package_type().into())),
        ("namespace", purl.namespace().map(Value::from)),
        ("name", Some(Value::from(purl.name()))),
        ("version", purl.version().map(Value::from)),
        ("qualifiers", (!qualifiers.is_empty()).then_some(Value::Object(qualifiers))),
        ("subpath", purl.subpath().map(Value::from)),
    ] {
        let answer = answer.unwrap_or(Value::Null);
        if answer != expected[component] {
            return Err(format!("{component} of {purl}: {answer}, due {}", expected[component]));
        }
    }
    Ok(())
}

/// The text files of a zip of the shared data. `None`, and a line that says so, without the data.
#[expect(clippy::expect_used, reason = "damaged test data fail the test")]
fn shared_files(name: &str) -> Option<Vec<(String, String)>> {
    let shared = std::env::var_os("MAINSTAY_SHARED").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared")),
        PathBuf::from,
    );
    let Ok(bytes) = std::fs::read(shared.join("data").join(name)) else {
        left_out(name);
        return None;
    };
    let archive = rawzip::ZipArchive::from_slice(&bytes).expect("a zip");
    let mut entries = archive.entries();
    let mut files = Vec::new();
    while let Some(entry) = entries.next_entry().expect("a zip entry") {
        let path = entry.file_path().try_normalize().expect("a path").as_ref().to_owned();
        let local = archive.get_entry(entry.wayfinder()).expect("an entry's data");
        let mut text = String::new();
        match entry.compression_method() {
            rawzip::CompressionMethod::DEFLATE => local
                .verifying_reader(flate2::bufread::DeflateDecoder::new(local.data()))
                .read_to_string(&mut text),
            _ => local.verifying_reader(local.data()).read_to_string(&mut text),
        }
        .expect("text");
        files.push((path, text));
    }
    Some(files)
}

#[expect(clippy::print_stderr, reason = "a test that leaves something out says so")]
fn left_out(name: &str) {
    eprintln!("left out: {name}: no shared data");
}
