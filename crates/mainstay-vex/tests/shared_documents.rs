//! Every VEX document and advisory of the shared data is read, or refused with a reason.

#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test fails by panicking, and says what it leaves out"
)]

use std::collections::BTreeMap;
use std::path::Path;

use mainstay_testkit::{shared_data, unzip};
use mainstay_vex::{Document, Sniffed, VexFormat, read, sniff};

/// Per outcome how many files; and each document with its name.
type Outcomes = (BTreeMap<String, usize>, Vec<(String, Document)>);

/// What became of the JSON files of a zip: per outcome how many; and every document.
fn outcomes(zip: &str) -> Option<Outcomes> {
    let Some(data) = shared_data() else {
        eprintln!("left out: {zip} of the shared data is not there");
        return None;
    };
    let (mut outcomes, mut documents) = (BTreeMap::new(), Vec::new());
    for (name, bytes) in unzip(&std::fs::read(data.join(zip)).unwrap()) {
        if Path::new(&name).extension().is_none_or(|one| one != "json") {
            continue;
        }
        let outcome = match sniff(&bytes) {
            Err(error) => format!("not well-formed: {error}"),
            Ok(Sniffed::Other) => "other".to_owned(),
            Ok(Sniffed::Vex(format)) => match read(&bytes, format) {
                Ok(document) => {
                    documents.push((name.clone(), document));
                    format.word().to_owned()
                }
                Err(error) => {
                    assert!(!error.message.is_empty(), "{name}");
                    format!("refused: {error}")
                }
            },
        };
        *outcomes.entry(outcome).or_default() += 1;
    }
    Some((outcomes, documents))
}

fn count(documents: &[(String, Document)], word: &str) -> usize {
    let statements = documents.iter().flat_map(|(_, document)| &document.statements);
    statements.filter(|one| one.claim.word() == word).count()
}

#[test]
fn every_openvex_document_is_read_whole() {
    let Some((outcomes, documents)) = outcomes("vex/openvex.zip") else { return };
    assert_eq!(outcomes["openvex"], 35, "{outcomes:?}");
    assert!(outcomes.keys().all(|key| ["openvex", "other"].contains(&&**key)), "{outcomes:?}");
    assert!(documents.iter().all(|(_, document)| document.remarks.is_empty()));
    // Counted by an independent script over the same files: one per product or subcomponent.
    assert_eq!(count(&documents, "not_affected"), 9_736);
}

#[test]
fn every_advisory_of_cisa_is_read() {
    let Some((outcomes, documents)) = outcomes("csaf/cisa.zip") else { return };
    assert_eq!(outcomes["csaf"], 200, "{outcomes:?}");
    assert!(outcomes.keys().all(|key| ["csaf", "other"].contains(&&**key)), "{outcomes:?}");
    assert!(documents.iter().all(|(_, document)| document.said_by.author.is_some()));
    assert!(count(&documents, "affected") > 700);
}

#[test]
fn every_document_of_red_hat_is_read() {
    let Some((outcomes, documents)) = outcomes("csaf/redhat.zip") else { return };
    assert_eq!(outcomes, BTreeMap::from([("csaf".to_owned(), 9)]));
    for word in ["not_affected", "affected", "fixed"] {
        assert!(count(&documents, word) > 0, "{word}");
    }
}

#[test]
fn every_conformance_document_of_oasis_is_read_or_refused() {
    let Some((outcomes, documents)) = outcomes("csaf/oasis-tests.zip") else { return };
    assert!(outcomes["csaf"] > 500, "{outcomes:?}");
    assert!(documents.iter().all(|(_, one)| one.said_by.format == VexFormat::Csaf));
}

#[test]
fn the_statements_of_every_sbom_in_cyclonedx_are_read() {
    let Some((outcomes, documents)) = outcomes("sbom/cyclonedx.zip") else { return };
    assert!(outcomes["cyclonedx"] > 60, "{outcomes:?}");
    for word in ["not_affected", "affected", "fixed", "under_investigation"] {
        assert!(count(&documents, word) > 0, "{word}");
    }
}
