//! Unknown is never clean: what a document leaves open, it leaves open in every other format too.

#![expect(clippy::unwrap_used, reason = "a test fails by panic")]

use mainstay_sboms::{DocumentText, Sbom, WrittenForm, hand_on, inventory, merge};

/// What a document about `app`, which needs `serde`, leaves open.
fn questions(document: &str) -> Vec<String> {
    let text = DocumentText::of(document.as_bytes()).unwrap();
    let gaps = inventory(text.sbom().unwrap()).gaps;
    gaps.into_iter().map(|gap| gap.reason).collect()
}

/// In which formats a document leaves nothing open any more.
fn answered(document: &str) -> Vec<&'static str> {
    let text = DocumentText::of(document.as_bytes()).unwrap();
    let sbom = text.sbom().unwrap();
    let forms = WrittenForm::ALL.into_iter();
    let answered = forms.filter(|form| questions(&form.write(&sbom).unwrap()).is_empty());
    answered.map(WrittenForm::word).collect()
}

/// A document in CycloneDX; `component` and `parts` are more fields of the package and of the whole.
fn cyclonedx(component: &str, parts: &str) -> String {
    format!(
        r#"{{"bomFormat": "CycloneDX", "specVersion": "1.6",
        "metadata": {{"component": {{"type": "application", "bom-ref": "m", "name": "app"}}}},
        "components": [{{"type": "library", "bom-ref": "s", "name": "serde", "version": "1.0.200",
            "purl": "pkg:cargo/serde@1.0.200"{component}}}]{parts}}}"#
    )
}

const GRAPH: &str = r#", "dependencies": [{"ref": "m", "dependsOn": ["s"]}, {"ref": "s"}]"#;

fn graph_and(parts: &str) -> String {
    cyclonedx("", &format!("{GRAPH}{parts}"))
}

/// A document in SPDX 2.3 with these relationships, as `A TYPE B`.
fn spdx(edges: &[&str], parts: &str) -> String {
    let name = |word: &str| match word {
        "NONE" | "NOASSERTION" => word.to_owned(),
        word => format!("SPDXRef-{word}"),
    };
    let edges: Vec<String> = edges
        .iter()
        .map(|edge| {
            let mut words = edge.split(' ');
            let mut word = || words.next().unwrap_or("");
            let (from, kind, to) = (name(word()), word(), name(word()));
            format!(
                r#"{{"spdxElementId": "{from}", "relationshipType": "{kind}", "relatedSpdxElement": "{to}"}}"#
            )
        })
        .collect();
    format!(
        r#"{{"spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT", "name": "d",
        "packages": [{{"SPDXID": "SPDXRef-m", "name": "app"}},
        {{"SPDXID": "SPDXRef-s", "name": "serde", "externalRefs": [{{"referenceCategory": "PACKAGE-MANAGER",
            "referenceType": "purl", "referenceLocator": "pkg:cargo/serde@1.0.200"}}]}}],
        "relationships": [{}]{parts}}}"#,
        edges.join(",")
    )
}

const WHOLE: [&str; 3] = ["DOCUMENT DESCRIBES m", "m DEPENDS_ON s", "s DEPENDS_ON NONE"];

fn whole_and(edges: &[&str]) -> String {
    spdx(&[&WHOLE, edges].concat(), "")
}

/// A document in SPDX 3 with these relationships, each as its fields.
fn spdx3(edges: &[&str]) -> String {
    let mut graph = vec![
        r#"{"type": "CreationInfo", "@id": "_:c", "specVersion": "3.0.1", "created": "2026-01-02T03:04:05Z"}"#
            .to_owned(),
        r#"{"type": "SpdxDocument", "spdxId": "https://sbom.example/d", "creationInfo": "_:c", "rootElement": ["https://sbom.example/m"]}"#.to_owned(),
        r#"{"type": "software_Package", "spdxId": "https://sbom.example/m", "name": "app"}"#.to_owned(),
        r#"{"type": "software_Package", "spdxId": "https://sbom.example/s", "name": "serde", "software_packageUrl": "pkg:cargo/serde@1.0.200"}"#.to_owned(),
    ];
    graph.extend(edges.iter().enumerate().map(|(at, edge)| {
        format!(r#"{{"type": "LifecycleScopedRelationship", "spdxId": "https://sbom.example/r{at}", {edge}}}"#)
    }));
    format!(
        r#"{{"@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld", "@graph": [{}]}}"#,
        graph.join(",")
    )
}

fn edge3(from: &str, kind: &str, to: &str, more: &str) -> String {
    format!(
        r#""from": "https://sbom.example/{from}", "relationshipType": "{kind}", "to": ["{to}"]{more}"#
    )
}

fn whole3_and(edges: &[&str]) -> String {
    let needs = edge3("m", "dependsOn", "https://sbom.example/s", "");
    let nothing = edge3("s", "dependsOn", "NoneElement", "");
    spdx3(&[&[&*needs, &*nothing], edges].concat())
}

#[test]
fn a_whole_document_is_whole_in_every_format() {
    for document in [graph_and(""), whole_and(&[]), whole3_and(&[])] {
        assert_eq!(questions(&document), [""; 0]);
        assert_eq!(answered(&document).len(), 4, "{document}");
    }
}

#[test]
fn what_one_format_leaves_open_no_other_answers() {
    for document in [
        cyclonedx("", ""),
        cyclonedx(r#", "scope": "sometimes""#, GRAPH),
        graph_and(r#", "compositions": [{"aggregate": "incomplete"}]"#),
        graph_and(r#", "compositions": [{"aggregate": "incomplete", "assemblies": ["m"]}]"#),
        graph_and(r#", "compositions": [{"aggregate": "unknown", "dependencies": ["m"]}]"#),
        graph_and(
            r#", "compositions": [{"aggregate": "incomplete_third_party_only", "dependencies": ["s"]}]"#,
        ),
        cyclonedx("", r#", "compositions": [{"aggregate": "complete"}]"#),
        spdx(
            &WHOLE,
            r#", "externalDocumentRefs": [{"externalDocumentId": "DocumentRef-x",
            "spdxDocument": "https://sbom.example/x",
            "checksum": {"algorithm": "SHA1", "checksumValue": "0000000000000000000000000000000000000000"}}]"#,
        ),
        whole_and(&["m DEPENDS_ON NOASSERTION"]),
        whole_and(&["m DEPENDS_ON gone"]),
        whole_and(&["NOASSERTION RUNTIME_DEPENDENCY_OF m"]),
        whole_and(&["s HAS_PREREQUISITE NOASSERTION"]),
        whole_and(&["m CONTAINS NOASSERTION"]),
        spdx(&["DOCUMENT DESCRIBES m", "m CONTAINS NONE"], ""),
        spdx(&["DOCUMENT DESCRIBES m", "s BUILD_TOOL_OF m", "s TEST_TOOL_OF s"], ""),
        spdx(&["DOCUMENT DESCRIBES m", "s DEV_DEPENDENCY_OF m", "s DEPENDS_ON NONE"], ""),
        spdx(&["m DEPENDS_ON s", "s DEPENDS_ON NONE"], ""),
        whole3_and(&[&edge3(
            "m",
            "dependsOn",
            "https://sbom.example/s",
            r#", "scope": "build", "completeness": "incomplete""#,
        )]),
        whole3_and(&[&edge3(
            "m",
            "hasOptionalDependency",
            "https://sbom.example/s",
            r#", "completeness": "incomplete""#,
        )]),
        whole3_and(&[&edge3(
            "d",
            "contains",
            "https://sbom.example/s",
            r#", "completeness": "incomplete""#,
        )]),
        whole3_and(&[]).replace(
            r#"{"type": "software_Package", "spdxId": "https://sbom.example/s""#,
            r#"{"type": "software_Pakage", "spdxId": "https://sbom.example/s""#,
        ),
        whole3_and(&[]).replace("software_Package", "security_Vulnerability").replacen(
            "security_Vulnerability",
            "software_Package",
            1,
        ),
    ] {
        assert!(!questions(&document).is_empty(), "{document}");
        assert_eq!(answered(&document), [""; 0], "{document}");
    }
}

#[test]
fn a_document_without_a_subject_has_none_after_conversion() {
    let document = cyclonedx("", GRAPH).replace("metadata", "unread");
    let text = DocumentText::of(document.as_bytes()).unwrap();
    for form in WrittenForm::ALL {
        let written = form.write(&text.sbom().unwrap()).unwrap();
        let text = DocumentText::of(written.as_bytes()).unwrap();
        let packages = inventory(text.sbom().unwrap()).packages;
        assert_eq!(packages.len(), 1, "{}", form.word());
        let questions = questions(&written);
        assert!(questions.iter().any(|one| one.contains("of what it is an SBOM")), "{questions:?}");
    }
}

#[test]
fn what_is_written_and_read_leaves_the_same_open_each_time() {
    let document = cyclonedx(r#", "scope": "sometimes""#, "");
    for form in WrittenForm::ALL {
        let once = again(&document, form);
        let twice = again(&once, form);
        assert_eq!(questions(&once), questions(&twice), "{}", form.word());
    }
}

/// The document as `mainstay sbom convert` writes it: with all that it leaves open.
fn again(document: &str, form: WrittenForm) -> String {
    let text = DocumentText::of(document.as_bytes()).unwrap();
    let mut sbom = text.sbom().unwrap();
    hand_on(&mut sbom);
    form.write(&sbom).unwrap()
}

fn merged(documents: &[&str]) -> Vec<String> {
    let texts: Vec<DocumentText<'_>> =
        documents.iter().map(|one| DocumentText::of(one.as_bytes()).unwrap()).collect();
    let sboms: Vec<(String, Sbom<'_>)> =
        texts.iter().map(|text| ("one".to_owned(), text.sbom().unwrap())).collect();
    inventory(merge(sboms)).gaps.into_iter().map(|gap| gap.reason).collect()
}

#[test]
fn a_merged_document_is_as_incomplete_as_each_was() {
    let whole = graph_and("");
    assert_eq!(merged(&[&whole, &whole]), [""; 0]);
    let incomplete = graph_and(r#", "compositions": [{"aggregate": "incomplete"}]"#);
    assert_eq!(merged(&[&whole, &incomplete]), ["the document says of itself: incomplete"]);
}

#[test]
fn what_is_said_to_need_nothing_and_something_is_open() {
    let questions = questions(&whole_and(&["m DEPENDS_ON NONE"]));
    assert_eq!(
        questions,
        ["the document says that app needs nothing, and that it needs something"]
    );
}

#[test]
fn every_package_url_of_a_component_is_looked_up() {
    let two = whole_and(&[]).replacen(
        r#""externalRefs": ["#,
        r#""externalRefs": [{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl",
            "referenceLocator": "pkg:cargo/time@0.1.42"}, "#,
        1,
    );
    let text = DocumentText::of(two.as_bytes()).unwrap();
    let inventory = inventory(text.sbom().unwrap());
    let names: Vec<&str> = inventory.packages.iter().map(|one| one.name.as_written()).collect();
    assert_eq!(names, ["time", "serde"]);
    assert!(inventory.packages.iter().all(|one| one.direct == Some(true)));
}

#[test]
fn a_version_beside_another_in_the_package_url_is_open() {
    let document = graph_and("").replace("serde@1.0.200", "serde@1.0.100");
    assert_eq!(
        questions(&document),
        [
            "serde 1.0.200 is unknown: its version is 1.0.200, and its package URL is of version 1.0.100"
        ]
    );
    let document = graph_and("").replace("\"1.0.200\"", "\"v1.0.200\"");
    assert_eq!(questions(&document), [""; 0]);
}

#[test]
fn short_names_that_stand_for_much_are_refused() {
    let element =
        |at: usize| format!(r#"{{"type": "software_File", "spdxId": "q:a{at}", "name": "f"}}"#);
    let many: Vec<String> = (0..2_000).map(element).collect();
    let document = spdx3(&[]).replace(
        r#""@graph": ["#,
        &format!(
            r#""@graph": [{{"type": "SpdxDocument", "spdxId": "https://sbom.example/e", "namespaceMap": [
            {{"type": "NamespaceMap", "prefix": "q", "namespace": "https://sbom.example/{}"}}]}}, {},"#,
            "x".repeat(100_000),
            many.join(",")
        ),
    );
    let text = DocumentText::of(document.as_bytes()).unwrap();
    assert_eq!(text.sbom().unwrap_err().kind.code(), "too-deep");
}

#[test]
fn a_long_licence_that_is_repeated_often_is_refused() {
    let to: Vec<&str> = vec!["\"https://sbom.example/set\""; 2_000];
    let licences = format!(
        r#"{{"type": "simplelicensing_LicenseExpression", "spdxId": "https://sbom.example/long",
        "simplelicensing_licenseExpression": "{}"}},
        {{"type": "expandedlicensing_ConjunctiveLicenseSet", "spdxId": "https://sbom.example/set",
        "expandedlicensing_member": ["https://sbom.example/long", "https://sbom.example/long"]}},"#,
        "x".repeat(100_000)
    );
    let edge = format!(
        r#""from": "https://sbom.example/s", "relationshipType": "hasDeclaredLicense", "to": [{}]"#,
        to.join(",")
    );
    let document =
        spdx3(&[&edge]).replacen("\"@graph\": [", &format!("\"@graph\": [{licences}"), 1);
    let text = DocumentText::of(document.as_bytes()).unwrap();
    assert_eq!(text.sbom().unwrap_err().kind.code(), "too-deep");
}
