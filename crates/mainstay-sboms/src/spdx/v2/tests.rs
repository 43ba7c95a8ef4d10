use crate::spdx::{read_v2_json as read_json, read_v2_tag_value as read_tag_value};
use crate::{
    Acknowledgement, ComponentKind, End, Identifier, LicenceText, PartyKind, ReferenceKind,
    Relationship, RelationshipKind, Sbom, Spec,
};

const HEAD: &str = r#""spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT", "name": "demo",
"dataLicense": "CC0-1.0", "documentNamespace": "https://sbom.example/demo",
"creationInfo": {"created": "2026-01-02T03:04:05Z",
 "creators": ["Tool: maker-1.2", "Organization: Example (sbom@example.example)"]}"#;

/// A document with these lists after its head.
fn document(lists: &str) -> String {
    format!("{{{HEAD}{}{lists}}}", if lists.is_empty() { "" } else { "," })
}

/// Two packages and the relationships between them.
fn related(relationships: &str) -> String {
    document(&format!(
        r#""packages": [{{"SPDXID": "SPDXRef-a", "name": "a"}}, {{"SPDXID": "SPDXRef-b", "name": "b"}}],
        "relationships": [{relationships}]"#
    ))
}

fn edge(from: &str, word: &str, to: &str) -> String {
    format!(
        r#"{{"spdxElementId": "{from}", "relationshipType": "{word}", "relatedSpdxElement": "{to}"}}"#
    )
}

/// Edges by the names of their ends.
fn edges(sbom: &Sbom<'_>) -> Vec<(String, String)> {
    let name = |end: End| match end {
        End::Component(id) => sbom.component(id).unwrap().name.to_string(),
        End::External(id) => sbom.external(id).unwrap().to_owned(),
        End::Document | End::Nothing | End::NoAssertion => format!("{end:?}"),
    };
    sbom.relationships.iter().map(|one| (name(one.from), name(one.to))).collect()
}

fn reasons<'s>(sbom: &'s Sbom<'_>) -> Vec<&'s str> {
    sbom.gaps.iter().map(|gap| &*gap.reason).collect()
}

#[test]
fn the_head_says_what_the_document_is_and_who_made_it() {
    let text = document("");
    let sbom = read_json(&text).unwrap();
    let document = &sbom.document;
    assert_eq!(document.spec, Spec::Spdx2_3);
    assert_eq!(document.identity.as_deref(), Some("https://sbom.example/demo"));
    assert_eq!(
        (&*document.tools[0].name, document.tools[0].version.as_deref()),
        ("maker", Some("1.2"))
    );
    assert_eq!(document.authors[0].kind, PartyKind::Organisation);
    assert_eq!(document.authors[0].emails, ["sbom@example.example"]);
    assert!(sbom.gaps.is_empty(), "{:?}", sbom.gaps);
}

#[test]
fn a_package_has_identity_licences_checksums_and_addresses() {
    let text = document(
        r#""packages": [{"SPDXID": "SPDXRef-a", "name": "left", "versionInfo": "1.0.0",
        "supplier": "Organization: Left", "downloadLocation": "https://left.example/left.tgz",
        "licenseConcluded": "MIT OR LicenseRef-own", "licenseDeclared": "NONE",
        "licenseInfoFromFiles": ["MIT", "NOASSERTION"], "copyrightText": "NOASSERTION",
        "primaryPackagePurpose": "APPLICATION",
        "checksums": [{"algorithm": "SHA1", "checksumValue": "85ed0817af83a24ad8da68c2b5094de69833983c"}],
        "externalRefs": [
         {"referenceCategory": "PACKAGE_MANAGER", "referenceType": "purl", "referenceLocator": "pkg:npm/left@1.0.0"},
         {"referenceCategory": "SECURITY", "referenceType": "cpe23Type", "referenceLocator": "cpe:2.3:a:l:left:1:*:*:*:*:*:*:*"},
         {"referenceCategory": "SECURITY", "referenceType": "advisory", "referenceLocator": "https://left.example/1"}]}],
        "hasExtractedLicensingInfos": [{"licenseId": "LicenseRef-own", "extractedText": "Do as you like."}]"#,
    );
    let sbom = read_json(&text).unwrap();
    let package = &sbom.components[0];
    assert_eq!(package.kind, ComponentKind::Application);
    assert_eq!(package.purl().unwrap().as_str(), "pkg:npm/left@1.0.0");
    assert!(matches!(package.identifiers[1], Identifier::Cpe(_)));
    assert!(package.hashes[0].digest().unwrap().is_ok());
    let licences: Vec<_> =
        package.licences.iter().map(|one| (&one.text, one.acknowledgement)).collect();
    assert_eq!(
        licences,
        [
            (&LicenceText::Expression("MIT OR LicenseRef-own".into()), Acknowledgement::Concluded),
            (&LicenceText::None, Acknowledgement::Declared),
            (&LicenceText::Expression("MIT".into()), Acknowledgement::FoundInFiles),
        ]
    );
    let kinds: Vec<_> = package.references.iter().map(|one| &one.kind).collect();
    assert_eq!(kinds, [&ReferenceKind::Advisories, &ReferenceKind::Distribution]);
    assert_eq!(package.details().copyright, None);
    assert_eq!(package.line, Some(4));
    assert_eq!(sbom.custom_licences[0].text, "Do as you like.");
}

#[test]
fn a_relationship_is_read_in_its_direction() {
    for (word, kind) in [
        ("DEPENDS_ON", RelationshipKind::DependsOn),
        ("CONTAINS", RelationshipKind::Contains),
        ("DYNAMIC_LINK", RelationshipKind::DynamicLink),
    ] {
        let text = related(&edge("SPDXRef-a", word, "SPDXRef-b"));
        let sbom = read_json(&text).unwrap();
        assert_eq!(edges(&sbom), [("a".to_owned(), "b".to_owned())], "{word}");
        assert_eq!(sbom.relationships[0].kind, kind);
    }
    for (word, kind) in [
        ("DEPENDENCY_OF", RelationshipKind::DependsOn),
        ("CONTAINED_BY", RelationshipKind::Contains),
        ("DEV_DEPENDENCY_OF", RelationshipKind::DevDependency),
        ("BUILD_TOOL_OF", RelationshipKind::UsesTool),
    ] {
        let text = related(&edge("SPDXRef-a", word, "SPDXRef-b"));
        let sbom = read_json(&text).unwrap();
        assert_eq!(edges(&sbom), [("b".to_owned(), "a".to_owned())], "{word}");
        assert_eq!(sbom.relationships[0].kind, kind);
    }
}

#[test]
fn what_the_document_describes_is_said_in_three_ways() {
    let relationships = [
        edge("SPDXRef-DOCUMENT", "DESCRIBES", "SPDXRef-b"),
        edge("SPDXRef-b", "DESCRIBED_BY", "SPDXRef-DOCUMENT"),
    ];
    let text = related(&relationships.join(","))
        .replace(r#""packages""#, r#""documentDescribes": ["SPDXRef-a"], "packages""#);
    let sbom = read_json(&text).unwrap();
    let mut names: Vec<&str> =
        sbom.described.iter().map(|id| &*sbom.component(*id).unwrap().name).collect();
    names.sort_unstable();
    assert_eq!(names, ["a", "b"]);
    assert!(sbom.relationships.is_empty());
}

#[test]
fn relationships_may_stand_before_the_packages() {
    let text = document(&format!(
        r#""relationships": [{}], "packages": [{{"SPDXID": "SPDXRef-a", "name": "a"}}]"#,
        edge("SPDXRef-DOCUMENT", "DESCRIBES", "SPDXRef-a")
    ));
    assert_eq!(read_json(&text).unwrap().described.len(), 1);
}

#[test]
fn a_relationship_that_leads_nowhere_is_a_gap_and_is_kept() {
    let text = related(&edge("SPDXRef-a", "DEPENDS_ON", "SPDXRef-gone"));
    let sbom = read_json(&text).unwrap();
    assert_eq!(
        reasons(&sbom),
        ["a relationship leads to SPDXRef-gone, which the document does not define"]
    );
    assert_eq!(edges(&sbom), [("a".to_owned(), "SPDXRef-gone".to_owned())]);
}

#[test]
fn an_element_of_another_document_is_no_lost_one_but_the_document_is_a_gap() {
    let text = related(&edge("SPDXRef-a", "DEPENDS_ON", "DocumentRef-x:SPDXRef-y")).replace(
        r#""packages""#,
        r#""externalDocumentRefs": [{"externalDocumentId": "DocumentRef-x",
        "spdxDocument": "https://sbom.example/x",
        "checksum": {"algorithm": "SHA1", "checksumValue": "00"}}], "packages""#,
    );
    let sbom = read_json(&text).unwrap();
    assert_eq!(
        reasons(&sbom),
        ["the document refers to another one, https://sbom.example/x, which is not read"]
    );
    assert_eq!(edges(&sbom), [("a".to_owned(), "DocumentRef-x:SPDXRef-y".to_owned())]);
}

#[test]
fn a_name_that_two_elements_have_is_a_gap() {
    let text = related("").replace("SPDXRef-b", "SPDXRef-a");
    let sbom = read_json(&text).unwrap();
    assert_eq!(sbom.components.len(), 2);
    assert_eq!(sbom.components[1].reference, "");
    assert_eq!(reasons(&sbom), ["b has the SPDXID SPDXRef-a, which another element has too"]);
}

#[test]
fn needing_nothing_and_nobody_knowing_are_ends_of_edges() {
    let relationships = [
        edge("SPDXRef-a", "DEPENDS_ON", "NONE"),
        edge("NOASSERTION", "RUNTIME_DEPENDENCY_OF", "SPDXRef-b"),
    ];
    let text = related(&relationships.join(","));
    let sbom = read_json(&text).unwrap();
    let ends: Vec<_> = sbom.relationships.iter().map(|one| (one.from, one.to)).collect();
    let component = |at| End::Component(crate::ComponentId::at(at));
    assert_eq!(ends, [(component(0), End::Nothing), (component(1), End::NoAssertion)]);
    assert!(sbom.completeness.is_empty());
}

#[test]
fn a_need_that_leads_to_a_snippet_is_a_gap() {
    let text = related(&edge("SPDXRef-a", "DEPENDS_ON", "SPDXRef-s"))
        .replace(r#""packages""#, r#""snippets": [{"SPDXID": "SPDXRef-s"}], "packages""#);
    let sbom = read_json(&text).unwrap();
    assert_eq!(reasons(&sbom), ["a dependency leads to an element of a kind that is not read"]);
}

#[test]
fn files_are_components_of_their_own_kind_inside_their_package() {
    let text = document(
        r#""packages": [{"SPDXID": "SPDXRef-a", "name": "a", "filesAnalyzed": true, "hasFiles": ["SPDXRef-f"]}],
        "files": [{"SPDXID": "SPDXRef-f", "fileName": "./f.c", "fileTypes": ["SOURCE"]}]"#,
    );
    let sbom = read_json(&text).unwrap();
    assert_eq!(sbom.components[1].kind, ComponentKind::File);
    assert_eq!(sbom.components[1].details().file_types, ["SOURCE"]);
    assert_eq!(edges(&sbom), [("a".to_owned(), "./f.c".to_owned())]);
    assert_eq!(sbom.relationships[0].kind, RelationshipKind::Contains);
}

#[test]
fn snippets_are_counted_with_the_relationships_that_name_them() {
    let text = related(&edge("SPDXRef-s", "COPY_OF", "SPDXRef-a"))
        .replace(r#""packages""#, r#""snippets": [{"SPDXID": "SPDXRef-s"}], "packages""#);
    let sbom = read_json(&text).unwrap();
    let parts: Vec<&str> = sbom.left_out.iter().map(|part| &*part.what).collect();
    assert_eq!(parts, ["snippets", "relationships of what is left out"]);
    assert_eq!(sbom.relationships, Vec::<Relationship<'_>>::new());
    assert!(sbom.gaps.is_empty());
}

#[test]
fn another_version_is_refused_by_its_name() {
    let text = document("").replace("SPDX-2.3", "SPDX-2.9");
    let error = read_json(&text).unwrap_err();
    assert_eq!(error.kind.code(), "unknown-format-version");
    assert!(error.message.contains("SPDX-2.9"), "{}", error.message);
}

#[test]
fn a_document_without_a_version_is_refused() {
    let error = read_json(r#"{"packages": []}"#).unwrap_err();
    assert_eq!(error.kind.code(), "bad-shape");
}

#[test]
fn a_key_that_is_there_twice_is_refused() {
    let error = read_json(&document(r#""name": "other""#)).unwrap_err();
    assert!(error.message.contains("\"name\" is there twice"), "{}", error.message);
}

const TAG_VALUE: &str = "\
# made by hand
SPDXVersion: SPDX-2.2
DataLicense: CC0-1.0
SPDXID: SPDXRef-DOCUMENT
DocumentName: demo
DocumentNamespace: https://sbom.example/demo
ExternalDocumentRef: DocumentRef-lib https://sbom.example/lib SHA1: 00
Creator: Tool: maker-1.2
Created: 2026-01-02T03:04:05Z

PackageName: left
SPDXID: SPDXRef-left
PackageVersion: 1.0.0
PackageDownloadLocation: NOASSERTION
PackageChecksum: SHA1: 85ed0817af83a24ad8da68c2b5094de69833983c
PackageVerificationCode: 0a1b (excludes: ./x.spdx)
PackageCopyrightText: <text>Copyright 2026
The Left Authors</text>
ExternalRef: PACKAGE-MANAGER purl pkg:npm/left@1.0.0

FileName: ./left.js
SPDXID: SPDXRef-file
FileType: SOURCE

PackageName: right
SPDXID: SPDXRef-right
Relationship: SPDXRef-DOCUMENT DESCRIBES SPDXRef-left
Relationship: SPDXRef-right DEV_DEPENDENCY_OF SPDXRef-left
RelationshipComment: only for tests
Annotator: Person: Jo
AnnotationDate: 2026-01-02T03:04:05Z
AnnotationType: REVIEW
SPDXREF: SPDXRef-right
AnnotationComment: looked at

LicenseID: LicenseRef-own
ExtractedText: <text>Do as you like.</text>
";

#[test]
fn tag_value_says_the_same_as_json() {
    let sbom = read_tag_value(TAG_VALUE).unwrap();
    assert_eq!(sbom.document.spec, Spec::Spdx2_2);
    assert_eq!(sbom.document.identity.as_deref(), Some("https://sbom.example/demo"));
    let left = &sbom.components[0];
    assert_eq!(
        (&*left.name, left.version.as_deref(), left.line),
        ("left", Some("1.0.0"), Some(12))
    );
    assert_eq!(left.purl().unwrap().as_str(), "pkg:npm/left@1.0.0");
    assert_eq!(left.details().copyright.as_deref(), Some("Copyright 2026\nThe Left Authors"));
    assert_eq!(left.details().verification_code.as_deref(), Some("0a1b"));
    assert!(left.hashes[0].digest().unwrap().is_ok());
    let names: Vec<&str> = sbom.components.iter().map(|one| &*one.name).collect();
    assert_eq!(names, ["left", "./left.js", "right"]);
    assert_eq!(
        edges(&sbom),
        [("left".to_owned(), "./left.js".to_owned()), ("left".to_owned(), "right".to_owned()),]
    );
    assert_eq!(sbom.described.len(), 1);
    assert_eq!(sbom.annotations[0].text, "looked at");
    assert_eq!(sbom.custom_licences[0].text, "Do as you like.");
    assert_eq!(sbom.document.documents[0].reference, "DocumentRef-lib");
    assert_eq!(sbom.gaps.len(), 1, "{:?}", sbom.gaps);
}

#[test]
fn a_line_that_is_no_tag_is_a_gap_on_its_line() {
    let text = TAG_VALUE.replace("PackageVersion: 1.0.0", "what is this");
    let sbom = read_tag_value(&text).unwrap();
    let gap = sbom.gaps.iter().find(|gap| gap.reason.starts_with("the line")).unwrap();
    assert_eq!(gap.place.line, Some(13));
}

#[test]
fn a_text_without_end_is_a_gap() {
    let text = TAG_VALUE.replace("Authors</text>", "Authors").replace("like.</text>", "like.");
    let sbom = read_tag_value(&text).unwrap();
    assert!(reasons(&sbom).contains(&"a text that begins with <text> has no end"));
}

#[test]
fn a_file_of_one_long_line_is_not_quoted_whole() {
    let error = read_tag_value(&TAG_VALUE.replace('\n', "\r")).unwrap_err();
    assert!(error.message.len() < 200, "{}", error.message);
}
