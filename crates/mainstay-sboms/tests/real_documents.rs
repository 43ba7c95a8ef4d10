//! Every real document of the shared data is read, or refused with a reason.

#![expect(clippy::print_stderr, reason = "a test says what it leaves out")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panic")]

use mainstay_reading::{Input, Inventory, NothingNearby};
use mainstay_sboms::{DocumentText, Sbom, WrittenForm, inventory, read};
use mainstay_testkit::{shared_data, unzip};

#[test]
fn every_real_cyclonedx_document_is_read_or_refused_with_a_reason() {
    let Some(data) = shared_data() else {
        eprintln!("left out: real CycloneDX documents, which are not here");
        return;
    };
    let files = unzip(&std::fs::read(data.join("sbom/cyclonedx.zip")).unwrap());
    let (mut count, mut whole, mut packages) = (0, 0, 0);
    for (name, bytes) in &files {
        let refused = name.ends_with("laravel-7.12.0/bom.1.1.xml");
        let text = DocumentText::of(bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
        match text.sbom() {
            Err(error) if refused => assert!(error.message.contains("specVersion is 1.1")),
            Err(error) => panic!("{name}: {error}"),
            Ok(_) if refused => panic!("{name} is of a version that is not read"),
            Ok(sbom) => {
                count += 1;
                let inventory = inventory_of(name, bytes, &sbom);
                packages += inventory.packages.len();
                whole += usize::from(inventory.gaps.is_empty());
                let named = sbom.components.len();
                rewritten(name, bytes, &sbom);
                assert!(named > 0 || !sbom.vulnerabilities.is_empty(), "{name} says nothing");
            }
        }
    }
    assert_eq!((files.len(), count), (83, 82));
    eprintln!("{packages} packages in {count} documents, {whole} of them whole");
}

#[test]
fn every_real_spdx_document_is_read_or_refused_with_a_reason() {
    let Some(data) = shared_data() else {
        eprintln!("left out: real SPDX documents, which are not here");
        return;
    };
    let files = unzip(&std::fs::read(data.join("sbom/spdx.zip")).unwrap());
    let (mut count, mut packages) = (0, 0);
    for (name, bytes) in &files {
        if bytes.starts_with(b"BZh") {
            let error = DocumentText::of(bytes).err().unwrap();
            assert!(error.message.contains("unpack it first"), "{name}: {error}");
            continue;
        }
        let text = DocumentText::of(bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
        let sbom = text.sbom().unwrap_or_else(|error| panic!("{name}: {error}"));
        count += 1;
        packages += inventory_of(name, bytes, &sbom).packages.len();
        assert!(!sbom.components.is_empty() || name.ends_with("self.json"), "{name} says nothing");
        rewritten(name, bytes, &sbom);
    }
    assert_eq!((files.len(), count), (41, 35));
    eprintln!("{packages} packages in {count} documents");
}

/// The packages of a document. What is kept for them alone is enough.
fn inventory_of(name: &str, bytes: &[u8], sbom: &Sbom<'_>) -> Inventory {
    let inventory = inventory(sbom.clone());
    let input = Input { bytes, file_name: name, nearby: &NothingNearby };
    assert!(read(&input).unwrap() == inventory, "{name}");
    inventory
}

/// What was written is a document with as many components, in which nothing leads nowhere that did
/// not before, and in which no question has an answer that it had not.
fn rewritten(name: &str, bytes: &[u8], sbom: &Sbom<'_>) {
    // Large documents say the same as small ones, only more often.
    if bytes.len() > 1_000_000 {
        return;
    }
    let is_whole = inventory(sbom.clone()).gaps.is_empty();
    for form in WrittenForm::ALL {
        let written = form.write(sbom).unwrap();
        let text = DocumentText::of(written.as_bytes()).unwrap();
        let again = text.sbom().unwrap_or_else(|error| panic!("{name}, written: {error}"));
        let form = form.word();
        assert!(again.components.len() >= sbom.components.len(), "{name} as {form}");
        let leads_nowhere = |sbom: &Sbom<'_>| {
            let gaps = sbom.gaps.iter();
            gaps.filter(|gap| gap.reason.contains("does not define")).count()
        };
        assert!(leads_nowhere(&again) <= leads_nowhere(sbom), "{name} as {form}");
        assert!(is_whole || !inventory(again).gaps.is_empty(), "{name} as {form}");
    }
}
