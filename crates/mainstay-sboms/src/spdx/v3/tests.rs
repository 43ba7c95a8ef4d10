use crate::spdx::read_v3 as read;
use crate::{Aggregate, ComponentKind, End, LicenceText, PartyKind, RelationshipKind, Sbom, Spec};

const CONTEXT: &str = r#""@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld""#;

const HEAD: &str = r#"
{"type": "CreationInfo", "@id": "_:made", "specVersion": "3.0.1", "created": "2026-01-02T03:04:05Z",
 "createdBy": ["https://sbom.example/jo"], "createdUsing": ["https://sbom.example/tool"]},
{"type": "Person", "spdxId": "https://sbom.example/jo", "creationInfo": "_:made", "name": "Jo",
 "externalIdentifier": [{"type": "ExternalIdentifier", "externalIdentifierType": "email", "identifier": "jo@sbom.example"}]},
{"type": "Tool", "spdxId": "https://sbom.example/tool", "creationInfo": "_:made", "name": "maker-1.2"},
{"type": "SpdxDocument", "spdxId": "https://sbom.example/doc", "creationInfo": "_:made",
 "profileConformance": ["core", "software"], "rootElement": ["https://sbom.example/a"]}"#;

const PACKAGES: &str = r#"
{"type": "software_Package", "spdxId": "https://sbom.example/a", "creationInfo": "_:made", "name": "a",
 "software_packageVersion": "1.0", "software_packageUrl": "pkg:npm/a@1.0",
 "software_primaryPurpose": "application", "suppliedBy": "https://sbom.example/jo",
 "verifiedUsing": [{"type": "Hash", "algorithm": "sha1", "hashValue": "85ed0817af83a24ad8da68c2b5094de69833983c"}]},
{"type": "software_Package", "spdxId": "https://sbom.example/b", "creationInfo": "_:made", "name": "b"}"#;

/// A document of these elements after its head.
fn document(elements: &[&str]) -> String {
    let all: Vec<&str> = [HEAD, PACKAGES].into_iter().chain(elements.iter().copied()).collect();
    format!("{{{CONTEXT}, \"@graph\": [{}]}}", all.join(","))
}

fn edge(kind: &str, more: &str) -> String {
    format!(
        r#"{{"type": "LifecycleScopedRelationship", "spdxId": "https://sbom.example/r", "creationInfo": "_:made",
        "relationshipType": "{kind}", "from": "https://sbom.example/a", "to": ["https://sbom.example/b"]{more}}}"#
    )
}

fn edges<'s>(sbom: &'s Sbom<'_>) -> Vec<(RelationshipKind<'s>, usize, usize)> {
    let at = |end: End| match end {
        End::Component(id) => id.position(),
        End::Document | End::External(_) | End::Nothing | End::NoAssertion => 99,
    };
    let edges = sbom.relationships.iter();
    edges.map(|one| (one.kind.clone(), at(one.from), at(one.to))).collect()
}

#[test]
fn the_head_says_what_the_document_is_and_who_made_it() {
    let text = document(&[]);
    let sbom = read(&text).unwrap();
    assert_eq!(sbom.document.spec, Spec::Spdx3_0);
    assert_eq!(sbom.document.identity.as_deref(), Some("https://sbom.example/doc"));
    assert_eq!(sbom.document.created.as_deref(), Some("2026-01-02T03:04:05Z"));
    assert_eq!(sbom.document.authors[0].emails, ["jo@sbom.example"]);
    assert_eq!(sbom.document.tools[0].version.as_deref(), Some("1.2"));
    assert_eq!(sbom.described.len(), 1);
    assert!(sbom.gaps.is_empty(), "{:?}", sbom.gaps);
}

#[test]
fn a_package_has_identity_checksum_and_supplier() {
    let text = document(&[]);
    let sbom = read(&text).unwrap();
    let package = &sbom.components[0];
    assert_eq!(package.kind, ComponentKind::Application);
    assert_eq!(package.purl().unwrap().as_str(), "pkg:npm/a@1.0");
    assert!(package.hashes[0].digest().unwrap().is_ok());
    assert_eq!(package.details().supplier.as_ref().unwrap().kind, PartyKind::Person);
}

#[test]
fn the_scope_of_a_dependency_is_part_of_its_kind() {
    for (scope, kind) in [
        ("", RelationshipKind::DependsOn),
        (r#", "scope": "runtime""#, RelationshipKind::RuntimeDependency),
        (r#", "scope": "development""#, RelationshipKind::DevDependency),
        (
            r#", "scope": "https://spdx.org/rdf/3.0.1/terms/Core/LifecycleScopeType/test""#,
            RelationshipKind::TestDependency,
        ),
    ] {
        let text = document(&[&edge("dependsOn", scope)]);
        assert_eq!(edges(&read(&text).unwrap()), [(kind, 0, 1)], "{scope}");
    }
}

#[test]
fn elements_may_come_in_any_order() {
    let text = format!("{{{CONTEXT}, \"@graph\": [{}, {PACKAGES}, {HEAD}]}}", edge("contains", ""));
    let sbom = read(&text).unwrap();
    assert_eq!(edges(&sbom), [(RelationshipKind::Contains, 0, 1)]);
    assert_eq!(sbom.described.len(), 1);
}

#[test]
fn a_licence_comes_by_a_relationship_to_an_expression() {
    let text = document(&[
        &edge("hasDeclaredLicense", "").replace("example/b", "example/mit"),
        r#"{"type": "simplelicensing_LicenseExpression", "spdxId": "https://sbom.example/mit",
        "simplelicensing_licenseExpression": "MIT OR ISC"}"#,
    ]);
    let sbom = read(&text).unwrap();
    assert_eq!(sbom.components[0].licences[0].text, LicenceText::Expression("MIT OR ISC".into()));
}

#[test]
fn sets_of_licences_become_an_expression() {
    let text = document(&[
        &edge("hasConcludedLicense", "").replace("example/b", "example/set"),
        r#"{"type": "expandedlicensing_ConjunctiveLicenseSet", "spdxId": "https://sbom.example/set",
        "expandedlicensing_member": ["https://spdx.org/licenses/MIT", "https://sbom.example/LicenseRef-own"]}"#,
        r#"{"type": "expandedlicensing_CustomLicense", "spdxId": "https://sbom.example/LicenseRef-own",
        "name": "Own", "simplelicensing_licenseText": "Do as you like."}"#,
    ]);
    let sbom = read(&text).unwrap();
    let expected = LicenceText::Expression("(MIT AND LicenseRef-own)".into());
    assert_eq!(sbom.components[0].licences[0].text, expected);
    assert_eq!(sbom.custom_licences[0].text, "Do as you like.");
}

#[test]
fn sets_that_contain_themselves_end() {
    let text = document(&[
        &edge("hasConcludedLicense", "").replace("example/b", "example/set"),
        r#"{"type": "expandedlicensing_ConjunctiveLicenseSet", "spdxId": "https://sbom.example/set",
        "expandedlicensing_member": ["https://sbom.example/set", "https://sbom.example/set"]}"#,
    ]);
    assert!(read(&text).unwrap().components[0].licences.is_empty());
}

#[test]
fn names_may_be_shortened_by_a_prefix() {
    let text = document(&[&edge("contains", "").replace("https://sbom.example/b", "ex:b")])
        .replace(r#""profileConformance""#,
            r#""namespaceMap": [{"type": "NamespaceMap", "prefix": "ex", "namespace": "https://sbom.example/"}],
            "profileConformance""#);
    assert_eq!(edges(&read(&text).unwrap()), [(RelationshipKind::Contains, 0, 1)]);
    let text = document(&[&edge("contains", "").replace("https://sbom.example/b", "ex:b")]).replace(
        r#""@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld""#,
        r#""@context": ["https://spdx.org/rdf/3.0.1/spdx-context.jsonld", {"ex": "https://sbom.example/"}]"#,
    );
    assert_eq!(edges(&read(&text).unwrap()), [(RelationshipKind::Contains, 0, 1)]);
}

#[test]
fn an_element_may_stand_where_its_name_is_due() {
    let text = document(&[]).replace(
        r#""suppliedBy": "https://sbom.example/jo""#,
        r#""suppliedBy": {"type": "Organization", "spdxId": "https://sbom.example/org", "name": "Org"}"#,
    );
    let sbom = read(&text).unwrap();
    assert_eq!(sbom.components[0].details().supplier.as_ref().unwrap().name, "Org");
}

#[test]
fn an_imported_element_is_a_gap_and_one_that_is_nowhere_another() {
    let text = document(&[&edge("dependsOn", "").replace("example/b", "example/gone")]).replace(
        r#""profileConformance""#,
        r#""import": [{"type": "ExternalMap", "externalSpdxId": "https://sbom.example/else",
        "locationHint": "https://sbom.example/else.json"}], "profileConformance""#,
    );
    let sbom = read(&text).unwrap();
    let reasons: Vec<&str> = sbom.gaps.iter().map(|gap| &*gap.reason).collect();
    assert_eq!(reasons.len(), 2);
    assert!(reasons[0].contains("example/else is described in another document"));
    assert!(reasons[1].contains("leads to https://sbom.example/gone"));
}

#[test]
fn a_claim_of_completeness_is_kept() {
    let text = document(&[&edge("dependsOn", r#", "completeness": "complete""#)]);
    let sbom = read(&text).unwrap();
    assert_eq!(sbom.completeness[0].aggregate, Aggregate::Complete);
    assert_eq!(sbom.completeness[0].dependencies[0].position(), 0);
}

#[test]
fn a_model_and_its_data_are_components_with_facts() {
    let text = document(&[
        r#"{"type": "ai_AIPackage", "spdxId": "https://sbom.example/m", "name": "m",
        "ai_domain": ["vision"], "ai_metric": [{"type": "DictionaryEntry", "key": "loss", "value": "0.1"}],
        "ai_hyperparameter": [{"type": "DictionaryEntry", "key": "rate", "value": "3"}]}"#,
        r#"{"type": "https://spdx.org/rdf/3.0.1/terms/Dataset/DatasetPackage", "spdxId": "https://sbom.example/d",
        "name": "d", "dataset_datasetType": ["text"]}"#,
    ]);
    let sbom = read(&text).unwrap();
    let kinds: Vec<_> = sbom.components.iter().map(|one| one.kind).skip(2).collect();
    assert_eq!(kinds, [ComponentKind::Model, ComponentKind::Data]);
    let card = sbom.components[2].details().model_card.as_ref().unwrap();
    assert_eq!(card.tasks, ["vision"]);
    assert_eq!(card.metrics[0].value, "0.1");
    assert_eq!(card.facts[0].name, "ai_hyperparameter.rate");
}

#[test]
fn what_is_not_understood_is_counted() {
    let text = document(&[r#"{"type": "build_Build", "spdxId": "https://sbom.example/build"}"#]);
    let sbom = read(&text).unwrap();
    assert_eq!(&*sbom.left_out[0].what, "build_Build");
}

#[test]
fn another_version_is_refused_by_its_name() {
    let text = document(&[]).replace("\"3.0.1\"", "\"3.9\"");
    let error = read(&text).unwrap_err();
    assert_eq!(error.kind.code(), "unknown-format-version");
}

#[test]
fn a_list_of_nothing_is_no_document() {
    let error = read(&format!("{{{CONTEXT}, \"@graph\": []}}")).unwrap_err();
    assert_eq!(error.kind.code(), "bad-shape");
}
