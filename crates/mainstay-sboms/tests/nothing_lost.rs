//! What one format says, another keeps: in its fields, or in properties that are read back.

#![expect(clippy::unwrap_used, reason = "a test fails by panic")]

use mainstay_sboms::{
    Acknowledgement, Component, DocumentText, End, RelationshipKind, Sbom, WrittenForm,
};

/// A document in which a component says everything that one can.
const RICH: &str = r#"{"bomFormat": "CycloneDX", "specVersion": "1.6",
"metadata": {"timestamp": "2026-01-02T03:04:05Z",
 "tools": [{"vendor": "Maker", "name": "tool", "version": "1", "hashes": [{"alg": "SHA-1", "content": "1212121212121212121212121212121212121212"}]}],
 "authors": [{"name": "Jo", "email": "jo@sbom.example", "phone": "1"}],
 "supplier": {"name": "Supplier of the whole", "url": ["https://whole.example"]},
 "manufacturer": {"name": "Maker of the whole"},
 "licenses": [{"license": {"id": "MIT"}}],
 "lifecycles": [{"phase": "decommission"}, {"phase": "build"}],
 "properties": [{"name": "of=document", "value": " x=y "}],
 "component": {"type": "application", "bom-ref": "m", "name": "app"}},
"components": [
 {"type": "library", "bom-ref": "s", "group": "grp", "name": "serde", "version": "1.0.200",
  "purl": "pkg:cargo/serde@1.0.200", "cpe": "cpe:2.3:a:x:y:1:*:*:*:*:*:*:*",
  "swid": {"tagId": "tag", "name": "swid name", "version": "2"},
  "scope": "excluded", "publisher": "Publisher", "copyright": "Copyright", "description": "Text",
  "mime-type": "text/x-foo", "modified": true,
  "supplier": {"name": "Supplier", "url": ["https://supplier.example"], "contact": [{"name": "Contact", "email": "c@supplier.example", "phone": "2"}]},
  "manufacturer": {"name": "Maker"}, "authors": [{"name": "One"}, {"name": "Two"}],
  "hashes": [{"alg": "SHA-256", "content": "abababababababababababababababababababababababababababababababab"}],
  "licenses": [{"license": {"id": "MIT", "acknowledgement": "declared", "url": "https://licence.example", "text": {"content": "Do as you like."}}}],
  "externalReferences": [
   {"type": "vcs", "url": "https://vcs.example", "comment": "remark", "hashes": [{"alg": "SHA-1", "content": "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd"}]},
   {"type": "website", "url": "https://web.example", "comment": "of the site"},
   {"type": "distribution", "url": "https://download.example"},
   {"type": "chat", "url": "https://chat.example"}],
  "evidence": {"occurrences": [{"location": "src/x.rs", "line": 5}, {"location": "y"}],
   "licenses": [{"license": {"id": "BSD-3-Clause"}}]},
  "properties": [{"name": "cdx:npm:package:development", "value": "true"}],
  "components": [{"type": "cryptographic-asset", "bom-ref": "n", "name": "nested"}]},
 {"type": "machine-learning-model", "bom-ref": "ai", "name": "model", "modelCard": {
  "modelParameters": {"task": "vision", "architectureFamily": "transformer", "inputs": [{"format": "text"}],
   "datasets": [{"ref": "d"}]},
  "quantitativeAnalysis": {"performanceMetrics": [{"type": "loss", "value": "0.1", "slice": "all"}]},
  "considerations": {"useCases": ["seeing"], "technicalLimitations": ["dark"]}}},
 {"type": "data", "bom-ref": "d", "name": "data"},
 {"type": "device-driver", "bom-ref": "dd", "name": "driver"}],
"services": [{"bom-ref": "sv", "name": "service", "endpoints": ["https://service.example"], "provider": {"name": "Provider"}}],
"dependencies": [{"ref": "m", "dependsOn": ["s"]}, {"ref": "s"}]}"#;

fn read(text: &str) -> DocumentText<'_> {
    DocumentText::of(text.as_bytes()).unwrap()
}

/// Components without what each format has its own of: their names in the document, their order and
/// their lines.
fn essence(sbom: &Sbom<'_>) -> Vec<String> {
    let all: Vec<&str> = sbom.components.iter().map(|one| &*one.name).collect();
    let mut components: Vec<Component<'_>> = sbom.components.clone();
    for component in &mut components {
        component.reference = "".into();
        component.line = None;
        // SPDX has declared licences only.
        for licence in &mut component.licences {
            if licence.acknowledgement == Acknowledgement::Unstated {
                licence.acknowledgement = Acknowledgement::Declared;
            }
        }
        component.licences.sort_by_key(|one| one.acknowledgement);
        component.references.sort_by_key(|one| one.url.to_string());
        // Other components by their names.
        let parent = component.parent.take().and_then(|id| all.get(id.position()));
        let details = component.details_mut();
        details.comment = parent.map(|parent| (*parent).into());
        if let Some(card) = &mut details.model_card {
            let datasets = card.dataset_components.drain(..);
            let datasets = datasets.filter_map(|id| all.get(id.position()));
            card.datasets.extend(datasets.map(|one| (*one).into()));
        }
    }
    components.sort_by_key(|one| one.name.to_string());
    components.into_iter().map(|one| format!("{one:#?}")).collect()
}

fn assert_components_stay(first: &Sbom<'_>, again: &Sbom<'_>, form: WrittenForm) {
    assert_eq!(again.components.len(), first.components.len(), "{}", form.word());
    for (ours, theirs) in essence(again).iter().zip(&essence(first)) {
        assert_eq!(ours, theirs, "{}", form.word());
    }
}

#[test]
fn every_format_keeps_what_a_component_says() {
    let first = read(RICH);
    let first = first.sbom().unwrap();
    for form in WrittenForm::ALL {
        let written = form.write(&first).unwrap();
        let text = read(&written);
        let again = text.sbom().unwrap();
        assert_components_stay(&first, &again, form);
    }
}

#[test]
fn every_format_keeps_what_a_document_says_of_itself() {
    let first = read(RICH);
    let first = first.sbom().unwrap();
    for form in WrittenForm::ALL {
        let written = form.write(&first).unwrap();
        let text = read(&written);
        let again = text.sbom().unwrap().document;
        let document = &first.document;
        assert_eq!(again.supplier, document.supplier, "{}", form.word());
        assert_eq!(again.manufacturer, document.manufacturer, "{}", form.word());
        assert_eq!(again.authors, document.authors, "{}", form.word());
        assert_eq!(again.tools, document.tools, "{}", form.word());
        assert_eq!(again.lifecycles, document.lifecycles, "{}", form.word());
        assert_eq!(again.properties, document.properties, "{}", form.word());
        assert!(again.licences.contains(&document.licences[0]), "{}", form.word());
    }
}

#[test]
fn a_need_that_is_excluded_stays_one_for_development() {
    let first = read(RICH);
    for form in WrittenForm::ALL {
        let written = form.write(&first.sbom().unwrap()).unwrap();
        let text = read(&written);
        let packages = mainstay_sboms::inventory(text.sbom().unwrap()).packages;
        let scope = packages.iter().find(|one| one.name.as_written() == "serde").unwrap().scope;
        assert_eq!(scope.word(), "dev", "{}", form.word());
    }
}

/// A document in SPDX 2.3 with edges that begin or end at no package, and of kinds of its own.
const EDGES: &str = r#"{"spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT", "name": "d",
"packages": [{"SPDXID": "SPDXRef-a", "name": "a"}, {"SPDXID": "SPDXRef-b", "name": "b"}],
"relationships": [
 {"spdxElementId": "SPDXRef-DOCUMENT", "relationshipType": "DESCRIBES", "relatedSpdxElement": "SPDXRef-a"},
 {"spdxElementId": "SPDXRef-DOCUMENT", "relationshipType": "AMENDS", "relatedSpdxElement": "DocumentRef-x:SPDXRef-y"},
 {"spdxElementId": "SPDXRef-a", "relationshipType": "CONTAINS", "relatedSpdxElement": "NONE"},
 {"spdxElementId": "SPDXRef-a", "relationshipType": "PATCH_FOR", "relatedSpdxElement": "SPDXRef-b"},
 {"spdxElementId": "SPDXRef-a", "relationshipType": "TEST_CASE_OF", "relatedSpdxElement": "NOASSERTION"},
 {"spdxElementId": "SPDXRef-a", "relationshipType": "FRIEND_OF", "relatedSpdxElement": "SPDXRef-b"},
 {"spdxElementId": "SPDXRef-a", "relationshipType": "HAS_PREREQUISITE", "relatedSpdxElement": "SPDXRef-b"},
 {"spdxElementId": "NONE", "relationshipType": "DEV_DEPENDENCY_OF", "relatedSpdxElement": "SPDXRef-b"},
 {"spdxElementId": "SPDXRef-b", "relationshipType": "DEPENDS_ON", "relatedSpdxElement": "NONE"}]}"#;

#[test]
fn every_format_keeps_every_edge() {
    let first = read(EDGES);
    let first = first.sbom().unwrap();
    let edges = |sbom: &Sbom<'_>| -> Vec<String> {
        let end = |end: End| match end {
            End::External(id) => sbom.external(id).unwrap().to_owned(),
            End::Document | End::Component(_) | End::Nothing | End::NoAssertion => {
                format!("{end:?}")
            }
        };
        let edges = sbom.relationships.iter();
        let mut edges: Vec<String> = edges
            .map(|one| {
                let kind: &RelationshipKind<'_> = &one.kind;
                format!("{} {kind:?} {}", end(one.from), end(one.to))
            })
            .collect();
        edges.sort();
        edges
    };
    for form in WrittenForm::ALL {
        let written = form.write(&first).unwrap();
        let text = read(&written);
        assert_eq!(edges(&text.sbom().unwrap()), edges(&first), "{}", form.word());
    }
}

/// A document in SPDX 2.3 with fields that only that has.
const OWN: &str = r#"{"spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT", "name": "d",
"packages": [{"SPDXID": "SPDXRef-a", "name": "a", "releaseDate": "2026-01-02", "primaryPackagePurpose": "FILE",
  "packageVerificationCode": {"packageVerificationCodeValue": "d6a770ba38583ed4bb4525bd96e50461655d2758",
   "packageVerificationCodeExcludedFiles": ["./x.spdx"]},
  "licenseInfoFromFiles": ["ISC"], "licenseDeclared": "LicenseRef-own", "licenseComments": "of the package"}],
"files": [{"SPDXID": "SPDXRef-f", "fileName": "./f", "noticeText": "Notice", "licenseComments": "of the file",
  "fileContributors": ["Jo", "Bo"], "checksums": [{"algorithm": "SHA1", "checksumValue": "d6a770ba38583ed4bb4525bd96e50461655d2758"}]}],
"hasExtractedLicensingInfos": [{"licenseId": "LicenseRef-own", "extractedText": "Do as you like.", "name": "Own",
  "seeAlsos": ["https://licence.example"], "comment": "remark"}],
"relationships": []}"#;

#[test]
fn every_format_keeps_what_only_spdx_2_has() {
    let first = read(OWN);
    let first = first.sbom().unwrap();
    for form in WrittenForm::ALL {
        let written = form.write(&first).unwrap();
        let text = read(&written);
        let again = text.sbom().unwrap();
        assert_components_stay(&first, &again, form);
        assert_eq!(again.custom_licences, first.custom_licences, "{}", form.word());
    }
    let written = WrittenForm::Spdx2_3.write(&first).unwrap();
    for field in ["noticeText", "fileContributors", "ExcludedFiles\"", "seeAlsos", "\"FILE\""] {
        assert!(written.contains(field), "{field}: {written}");
    }
}
