//! The catalogue of Known Exploited Vulnerabilities of CISA, in JSON.
//!
//! Schema: `known_exploited_vulnerabilities_schema.json` in cisagov/kev-data.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Deserialize;
use thiserror::Error;

/// The whole catalogue.
#[derive(Clone, Debug)]
pub struct Catalogue {
    /// The catalogue's own version: `2025.08.25`.
    pub version: String,
    /// When it was released.
    pub released: Option<Timestamp>,
    /// The entries, in the order of the document.
    pub entries: Vec<Entry>,
}

/// One vulnerability known to be exploited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The CVE id.
    pub cve: String,
    /// When it was added.
    pub added: Option<Date>,
    /// By when US agencies must act.
    pub due: Option<Date>,
    /// Whether ransomware campaigns are known to use it.
    pub ransomware: bool,
}

/// Why bytes are no catalogue.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("not a KEV catalogue: {reason}")]
pub struct CatalogueError {
    /// What is wrong, with line and column.
    pub reason: Box<str>,
}

impl Catalogue {
    /// Reads the catalogue.
    pub fn parse(bytes: &[u8]) -> Result<Self, CatalogueError> {
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        let document: Document = serde_json::from_slice(bytes)
            .map_err(|error| CatalogueError { reason: error.to_string().into() })?;
        Ok(Self {
            version: document.catalog_version.unwrap_or_default(),
            released: document.date_released.and_then(|text| text.trim().parse().ok()),
            entries: document.vulnerabilities.into_iter().map(entry).collect(),
        })
    }
}

fn entry(row: Row) -> Entry {
    let known = |text: String| text.trim().eq_ignore_ascii_case("known");
    Entry {
        cve: row.cve_id.trim().to_owned(),
        added: row.date_added.and_then(|text| text.trim().parse().ok()),
        due: row.due_date.and_then(|text| text.trim().parse().ok()),
        ransomware: row.known_ransomware_campaign_use.is_some_and(known),
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    catalog_version: Option<String>,
    date_released: Option<String>,
    vulnerabilities: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    #[serde(rename = "cveID")]
    cve_id: String,
    date_added: Option<String>,
    due_date: Option<String>,
    known_ransomware_campaign_use: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENT: &[u8] = br#"{"title":"t","catalogVersion":"2025.08.25",
        "dateReleased":"2025-08-25T17:00:46.0567Z","count":2,"vulnerabilities":[
        {"cveID":"CVE-2021-44228","dateAdded":"2021-12-10","dueDate":"2021-12-24",
         "knownRansomwareCampaignUse":"Known","cwes":["CWE-20"]},
        {"cveID":"CVE-2020-1","dateAdded":"soon","knownRansomwareCampaignUse":"Unknown"}]}"#;

    #[test]
    fn the_catalogue_says_its_version_and_date() {
        let catalogue = Catalogue::parse(DOCUMENT).unwrap();
        assert_eq!(catalogue.version, "2025.08.25");
        assert_eq!(catalogue.released.unwrap().to_string(), "2025-08-25T17:00:46.0567Z");
    }

    #[test]
    fn an_entry_says_when_it_was_added_and_whether_ransomware_uses_it() {
        let catalogue = Catalogue::parse(DOCUMENT).unwrap();
        let first = &catalogue.entries[0];
        assert_eq!(first.added, Some(jiff::civil::date(2021, 12, 10)));
        assert!(first.ransomware);
    }

    #[test]
    fn a_date_that_is_none_is_left_out_and_the_entry_stays() {
        let catalogue = Catalogue::parse(DOCUMENT).unwrap();
        let second = &catalogue.entries[1];
        assert_eq!((second.cve.as_str(), second.added), ("CVE-2020-1", None));
        assert!(!second.ransomware);
    }

    #[test]
    fn an_entry_without_an_id_is_an_error() {
        let error = Catalogue::parse(br#"{"vulnerabilities":[{"dueDate":null}]}"#).unwrap_err();
        assert!(error.to_string().contains("cveID"), "{error}");
    }
}
