//! Advisory documents, broken at random: values or an error, no panic.

use std::io::Cursor;

use mainstay_advisories::epss::Reader;
use mainstay_advisories::kev::Catalogue;
use mainstay_advisories::osv::Record;
use mainstay_advisories::{Rating, sniff};
use mainstay_testkit::mutation::{self, Seed};

const RECORD: &str = r#"{
  "schema_version": "1.7.0", "id": "EX-2026-1", "modified": "2026-01-02T03:04:05Z",
  "published": "2026-01-01T00:00:00.5Z", "withdrawn": null,
  "aliases": ["CVE-2026-0001"], "related": [], "summary": "A flaw \u00e9", "details": "Long.\nText.",
  "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
  "affected": [{
    "package": {"ecosystem": "crates.io", "name": "demo", "purl": "pkg:cargo/demo"},
    "severity": [{"type": "CVSS_V4", "score": "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"}],
    "ranges": [
      {"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "1.2.3"}]},
      {"type": "GIT", "repo": "https://host.example/demo", "events": [{"introduced": "0"}]}],
    "versions": ["1.0.0", "1.1.0"],
    "database_specific": {"informational": "unsound"}, "ecosystem_specific": {}
  }],
  "references": [{"type": "ADVISORY", "url": "https://host.example/EX-2026-1"}],
  "credits": [], "database_specific": {"severity": "HIGH"}
}"#;

const CATALOGUE: &str = r#"{
  "title": "Catalogue", "catalogVersion": "2026.01.01", "dateReleased": "2026-01-01T00:00:00.0Z",
  "count": 1, "vulnerabilities": [{
    "cveID": "CVE-2026-0001", "vendorProject": "A", "product": "B", "vulnerabilityName": "C",
    "dateAdded": "2026-01-01", "shortDescription": "D", "requiredAction": "E",
    "dueDate": "2026-01-22", "knownRansomwareCampaignUse": "Unknown", "notes": "", "cwes": []
  }]}"#;

const SCORES: &str = "#model_version:v2026.01.01,score_date:2026-01-01T00:00:00+0000\n\
cve,epss,percentile\nCVE-2026-0001,0.00042,0.05\nCVE-2026-0002,0.97,0.999\n";

#[test]
fn a_broken_document_is_an_error_or_gives_values() {
    let seeds = [Seed::new("osv", RECORD), Seed::new("kev", CATALOGUE), Seed::new("epss", SCORES)];
    mutation::run("advisories", &seeds, |_, input| {
        let _ = sniff(input);
        let record = Record::parse(input).map(|record| read_all(&record));
        let catalogue = Catalogue::parse(input);
        record.is_ok() || catalogue.is_ok() || scores(input)
    });
}

#[test]
fn a_broken_vector_has_no_rating_or_one() {
    let vectors = [
        "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H/E:P/RL:O/RC:C",
        "CVSS:3.0/AV:L/AC:H/PR:L/UI:R/S:U/C:N/I:L/A:N",
        "AV:N/AC:L/Au:N/C:P/I:P/A:P",
        "CVSS:4.0/AV:N/AC:L/AT:P/PR:N/UI:P/VC:H/VI:L/VA:N/SC:L/SI:H/SA:N/E:A/CR:H",
    ];
    let seeds = vectors.map(|vector| Seed::new(vector, vector));
    mutation::run("severity vectors", &seeds, |_, input| {
        Rating::of_vector(&String::from_utf8_lossy(input)).is_some()
    });
}

fn read_all(record: &Record<'_>) {
    let _ = (record.modified(), record.published(), record.is_withdrawn(), record.details());
    let _ = (record.title(), record.url());
    for affected in &record.affected {
        let _ = (record.kind(affected), record.severity(affected));
    }
}

fn scores(input: &[u8]) -> bool {
    let Ok(mut reader) = Reader::new(Cursor::new(input)) else { return false };
    loop {
        match reader.next_score() {
            Ok(Some(_)) => {}
            Ok(None) => return true,
            Err(_) => return false,
        }
    }
}
