//! VEX documents, broken at random: statements, remarks or an error, no panic.

use mainstay_testkit::mutation::{self, Seed};
use mainstay_types::Purl;
use mainstay_vex::{Claim, Subject, VexFormat, read, sniff};

const OPENVEX: &str = r#"{
  "@context": "https://openvex.dev/ns/v0.2.0", "@id": "https://a.example/vex/1",
  "author": "A", "timestamp": "2026-01-02T03:04:05Z", "version": 1,
  "statements": [
    {"vulnerability": {"@id": "https://a.example/CVE-2026-1", "name": "CVE-2026-1",
        "aliases": ["GHSA-x"]}, "timestamp": "2026-01-03T00:00:00Z",
     "products": [{"@id": "pkg:npm/%40a/left@1.0.0?x=y#lib", "identifiers":
        {"purl": "pkg:npm/left", "cpe23": "cpe:2.3:a:x:y:1:*:*:*:*:*:*:*"},
        "subcomponents": [{"@id": "pkg:golang/h.example/m@v1.2.3"}]}, "pkg:npm/a"],
     "status": "not_affected", "justification": "component_not_present",
     "impact_statement": "No.", "status_notes": "Evidence: x\nExpires: 2026-12-31"},
    {"vulnerability": "CVE-2026-2", "products": ["pkg:pypi/b"], "status": "affected",
     "action_statement": "Update.", "last_updated": "2026-02-01T00:00:00+01:00"}
  ]}"#;

const CSAF: &str = r#"{
  "document": {"category": "csaf_vex", "csaf_version": "2.0",
    "publisher": {"name": "V", "category": "vendor", "namespace": "https://v.example"},
    "tracking": {"id": "V-1", "version": "1", "current_release_date": "2026-01-02T00:00:00Z"}},
  "product_tree": {"branches": [{"category": "vendor", "name": "V", "branches": [
      {"category": "product_version_range", "name": "vers:npm/>=1.0.0|<2.0.0|!=1.5.0", "product":
        {"name": "a", "product_id": "A", "product_identification_helper": {"purl": "pkg:npm/a"}}},
      {"category": "product_version", "name": "1.0", "product": {"name": "b", "product_id": "B",
        "product_identification_helper": {"purls": ["pkg:pypi/b"], "cpe": "cpe:/a:x:y:1"}}}]}],
    "full_product_names": [{"name": "P", "product_id": "P"}],
    "relationships": [{"category": "default_component_of", "product_reference": "A",
      "relates_to_product_reference": "P",
      "full_product_name": {"name": "a in P", "product_id": "P:A"}}],
    "product_paths": [{"beginning_product_reference": "B", "full_product_name":
      {"name": "b on P", "product_id": "P:B"}, "subpaths":
      [{"category": "installed_on", "next_product_reference": "P"}]}],
    "product_groups": [{"group_id": "G", "product_ids": ["A", "P:A"]}]},
  "vulnerabilities": [{"cve": "CVE-2026-1", "ids": [{"system_name": "V", "text": "V-7"}],
    "notes": [{"category": "details", "text": "Evidence: x\nExpires: 2026-12-31"}],
    "product_status": {"known_affected": ["A"], "known_not_affected": ["B", "P:A"],
      "fixed": ["P"], "under_investigation": ["P:B"]},
    "flags": [{"label": "component_not_present", "group_ids": ["G"]}],
    "threats": [{"category": "impact", "details": "No.", "product_ids": ["B"]}],
    "remediations": [{"category": "vendor_fix", "details": "Update.", "product_ids": ["A"],
      "url": "https://v.example"}]}]}"#;

const CYCLONEDX: &str = r#"{
  "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
  "serialNumber": "urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79",
  "metadata": {"timestamp": "2026-01-02T00:00:00Z", "supplier": {"name": "S"}, "component":
    {"type": "application", "name": "app", "version": "1", "bom-ref": "app"}},
  "components": [{"type": "library", "name": "a", "bom-ref": "a", "purl": "pkg:npm/a@1.0.0"}],
  "vulnerabilities": [{"id": "CVE-2026-1", "references": [{"id": "GHSA-x", "source": {}}],
    "analysis": {"state": "not_affected", "justification": "code_not_reachable", "detail": "No.",
      "firstIssued": "2026-01-01T00:00:00Z", "lastUpdated": "2026-02-01T00:00:00Z"},
    "recommendation": "Update.", "affects": [{"ref": "a", "versions": [
      {"version": "1.0.0", "status": "unaffected"}, {"range": "vers:npm/>=2|<3"}]},
      {"ref": "urn:cdx:3e671687-395b-41f5-a30f-a58921a69b80/1#pkg:npm/b@1"}, {"ref": "app"}],
    "properties": [{"name": "mainstay:vex:expires", "value": "2026-12-31"}]}]}"#;

const SPDX: &str = r#"{
  "@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld", "@graph": [
    {"type": "CreationInfo", "@id": "_:c", "specVersion": "3.0.1",
      "created": "2026-01-02T00:00:00Z", "createdBy": ["https://a.example/us"]},
    {"type": "Organization", "spdxId": "https://a.example/us", "creationInfo": "_:c", "name": "Us"},
    {"type": "SpdxDocument", "spdxId": "https://a.example/d", "creationInfo": "_:c",
      "rootElement": ["https://a.example/app"]},
    {"type": "software_Package", "spdxId": "https://a.example/app", "creationInfo": "_:c",
      "name": "app"},
    {"type": "software_Package", "spdxId": "https://a.example/a", "creationInfo": "_:c",
      "name": "a", "software_packageUrl": "pkg:npm/a@1.2.0"},
    {"type": "security_Vulnerability", "spdxId": "https://a.example/v", "creationInfo": "_:c",
      "name": "CVE-2026-1", "externalIdentifier": [{"type": "ExternalIdentifier",
      "externalIdentifierType": "securityOther", "identifier": "GHSA-x"}]},
    {"type": "security_VexNotAffectedVulnAssessmentRelationship", "spdxId": "https://a.example/s",
      "creationInfo": "_:c", "relationshipType": "doesNotAffect", "from": "https://a.example/v",
      "to": ["https://a.example/app"], "security_assessedElement": "https://a.example/a",
      "security_justificationType": "componentNotPresent", "security_impactStatement": "No.",
      "security_statusNotes": "Evidence: x\nExpires: 2026-12-31"},
    {"type": "security_VexAffectedVulnAssessmentRelationship", "spdxId": "https://a.example/t",
      "creationInfo": "_:c", "relationshipType": "affects", "from": "https://a.example/v",
      "to": ["https://elsewhere.example/product"], "suppliedBy": "https://a.example/us",
      "security_actionStatement": "Update.",
      "security_withdrawnTime": "2026-02-01T00:00:00Z"}]}"#;

#[test]
fn a_broken_document_is_an_error_or_gives_statements() {
    let seeds = [
        Seed::new("openvex", OPENVEX),
        Seed::new("csaf", CSAF),
        Seed::new("cyclonedx", CYCLONEDX),
        Seed::new("spdx", SPDX),
    ];
    let package = Purl::parse("pkg:npm/a@1.2.0").unwrap();
    mutation::run("vex", &seeds, |_, input| {
        let _ = sniff(input);
        let mut could = false;
        for format in VexFormat::ALL {
            let Ok(document) = read(input, format) else { continue };
            could = true;
            for statement in &document.statements {
                assert!(
                    statement.flaw.ids().all(|id| !id.is_empty()) || format != VexFormat::OpenVex
                );
                if let Claim::NotAffected(reason) = &statement.claim {
                    assert!(reason.justification().is_some() || reason.impact().is_some());
                }
                match &statement.product.subject {
                    Subject::Package(pattern) | Subject::Part { part: pattern, .. } => {
                        let _ = pattern.matches(&package);
                    }
                    Subject::Whole(whole) => drop(whole.label()),
                    Subject::Unmatchable(why) => assert!(!why.is_empty()),
                }
            }
        }
        could
    });
}
