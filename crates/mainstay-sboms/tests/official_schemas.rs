//! What is written is valid against the official schemas of CycloneDX and SPDX, for every document
//! that can be read: the fixtures, and the real ones of the shared data.
//!
//! The schemas are those that the CycloneDX project packs into its Python library, and those of
//! SPDX that lib4sbom packs. `cargo xtask tools` installs them into `target/tools`.

#![expect(clippy::unwrap_used, reason = "a test may panic")]
#![expect(clippy::print_stderr, reason = "a test says what it leaves out")]

use std::path::{Path, PathBuf};

use jsonschema::{Registry, Validator};
use mainstay_sboms::cyclonedx::{OutputVersion, write_json};
use mainstay_sboms::{DocumentText, WrittenForm};
use mainstay_testkit::{shared_data, unzip};
use serde_json::Value;

fn schemas() -> Option<PathBuf> {
    let target = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/tools");
    let folder = target.join("cyclonedx/schema/_res");
    folder.is_dir().then_some(folder)
}

fn json(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn validator(folder: &Path, version: OutputVersion) -> Validator {
    let schema = json(&folder.join(format!("bom-{}.SNAPSHOT.schema.json", version.number())));
    let mut registry = Registry::new();
    for file in [
        "spdx.SNAPSHOT.schema.json",
        "jsf-0.82.SNAPSHOT.schema.json",
        "cryptography-defs.SNAPSHOT.schema.json",
    ] {
        let address = format!("http://cyclonedx.org/schema/{file}");
        registry = registry.add(address, json(&folder.join(file))).unwrap();
    }
    let registry = registry.prepare().unwrap();
    jsonschema::options().with_registry(&registry).build(&schema).unwrap()
}

/// The fixtures, and the real documents where they are.
fn documents() -> Vec<(String, Vec<u8>)> {
    let mut documents = Vec::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    for seed in mainstay_testkit::mutation::seeds_in(&folder).unwrap() {
        documents.push((seed.name, seed.bytes));
    }
    match shared_data() {
        Some(data) => {
            for zip in ["cyclonedx.zip", "spdx.zip"] {
                documents.extend(unzip(&std::fs::read(data.join("sbom").join(zip)).unwrap()));
            }
        }
        None => eprintln!("left out: real SBOMs, which are not here"),
    }
    documents
}

#[test]
fn every_document_that_can_be_read_is_written_validly() {
    let Some(folder) = schemas() else {
        eprintln!("left out: the schemas are not in target/tools; run `cargo xtask tools`");
        return;
    };
    let mut documents = documents();
    // Validating is slow, and large documents say the same as small ones, only more often.
    documents.retain(|(_, bytes)| bytes.len() < 200_000);
    let mut written = 0;
    for version in OutputVersion::ALL {
        let validator = validator(&folder, version);
        for (name, bytes) in &documents {
            let Ok(text) = DocumentText::of(bytes) else { continue };
            let Ok(sbom) = text.sbom() else { continue };
            let document = write_json(&sbom, version).unwrap();
            let document: Value = serde_json::from_str(&document).unwrap();
            if let Err(error) = validator.validate(&document) {
                panic!("{name} as {}: {error} at {}", version.number(), error.instance_path());
            }
            written += 1;
        }
    }
    assert!(written >= 4, "{written}");
}

/// The schema of an edition of SPDX.
fn spdx_schema(name: &str) -> Option<Validator> {
    let target = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/tools");
    let path = target.join("lib4sbom/schemas/spdx").join(name);
    path.is_file().then(|| jsonschema::validator_for(&json(&path)).unwrap())
}

#[test]
fn every_document_that_can_be_read_is_valid_as_spdx() {
    for (form, name) in
        [(WrittenForm::Spdx2_3, "2.3-schema.json"), (WrittenForm::Spdx3_0, "3.0-schema.json")]
    {
        let Some(validator) = spdx_schema(name) else {
            eprintln!("left out: the schemas are not in target/tools; run `cargo xtask tools`");
            return;
        };
        let mut documents = documents();
        documents.retain(|(_, bytes)| bytes.len() < 60_000);
        let mut written = 0;
        for (file, bytes) in &documents {
            let Ok(text) = DocumentText::of(bytes) else { continue };
            let Ok(sbom) = text.sbom() else { continue };
            let document: Value = serde_json::from_str(&form.write(&sbom).unwrap()).unwrap();
            if let Some(error) = validator.iter_errors(&document).next() {
                panic!("{file} as {}: {error} at {}", form.word(), error.instance_path());
            }
            written += 1;
        }
        assert!(written >= 4, "{written}");
    }
}
