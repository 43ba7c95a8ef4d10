//! Telling advisory documents apart by their first keys, without reading them whole.

use std::fmt;

use serde::Deserializer as _;
use serde::de::{Error, IgnoredAny, MapAccess, Visitor};

use crate::osv::Text;

/// What a document is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DocumentKind {
    /// One OSV record.
    Osv,
    /// The catalogue of Known Exploited Vulnerabilities.
    Kev,
    /// EPSS scores.
    Epss,
}

/// What these bytes are. `None` for anything else, also for JSON that breaks off before its
/// keys tell.
///
/// STIX objects have `id` and `modified` too; `type` and `spec_version` give them away.
pub fn sniff(bytes: &[u8]) -> Option<DocumentKind> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes).trim_ascii_start();
    if bytes.starts_with(b"#model_version") || bytes.starts_with(b"cve,epss") {
        return Some(DocumentKind::Epss);
    }
    if !bytes.starts_with(b"{") {
        return None;
    }
    let mut keys = Keys::default();
    let mut json = serde_json::Deserializer::from_slice(bytes);
    // The error that stops the reading early and the error of a broken document are one here:
    // what counts is which keys were seen.
    let whole = json.deserialize_map(KeyVisitor(&mut keys)).is_ok();
    keys.kind(whole)
}

#[derive(Default)]
struct Keys {
    id: bool,
    modified: bool,
    /// A key that, beside `id` and `modified`, only OSV has.
    of_osv: bool,
    /// A key that no OSV record has.
    foreign: Option<Foreign>,
}

#[derive(Clone, Copy)]
enum Foreign {
    Kev,
    Other,
}

impl Keys {
    fn see(&mut self, key: &str) {
        match key {
            "id" => self.id = true,
            "modified" => self.modified = true,
            "schema_version" | "affected" | "aliases" | "summary" | "details" | "withdrawn" => {
                self.of_osv = true;
            }
            "catalogVersion" => self.foreign = Some(Foreign::Kev),
            "type" | "spec_version" | "objects" | "specVersion" | "dataType" => {
                self.foreign = Some(Foreign::Other);
            }
            _ => {}
        }
    }

    fn kind(&self, whole: bool) -> Option<DocumentKind> {
        match self.foreign {
            Some(Foreign::Kev) => Some(DocumentKind::Kev),
            Some(Foreign::Other) => None,
            None => {
                (self.id && self.modified && (self.of_osv || whole)).then_some(DocumentKind::Osv)
            }
        }
    }
}

struct KeyVisitor<'k>(&'k mut Keys);

impl<'de> Visitor<'de> for KeyVisitor<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<Text<'de>>()? {
            self.0.see(&key);
            if self.0.foreign.is_some() || self.0.kind(false).is_some() {
                return Err(A::Error::custom("enough was seen"));
            }
            map.next_value::<IgnoredAny>()?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_osv_record_is_known_by_its_keys() {
        for json in [
            r#"{"schema_version":"1.7","id":"X-1","modified":"2020-01-01T00:00:00Z"}"#,
            r#"{"modified":"2020-01-01T00:00:00Z","id":"X-1"}"#,
            "\u{feff} \n{\"id\":\"X-1\",\"summary\":\"\",\"modified\":\"\"}",
        ] {
            assert_eq!(sniff(json.as_bytes()), Some(DocumentKind::Osv), "{json}");
        }
    }

    #[test]
    fn a_record_that_breaks_off_late_is_still_an_osv_record() {
        let json = br#"{"id":"X-1","modified":"","affected":[{"pack"#;
        assert_eq!(sniff(json), Some(DocumentKind::Osv));
    }

    #[test]
    fn the_kev_catalogue_is_known_by_its_version() {
        let json = br#"{"title":"t","catalogVersion":"2025.08.25","vulnerabilities":[]}"#;
        assert_eq!(sniff(json), Some(DocumentKind::Kev));
    }

    #[test]
    fn scores_are_known_by_their_first_line() {
        assert_eq!(sniff(b"#model_version:v1,score_date:x\n"), Some(DocumentKind::Epss));
        assert_eq!(sniff(b"cve,epss,percentile\n"), Some(DocumentKind::Epss));
    }

    #[test]
    fn other_json_is_nothing() {
        for json in [
            r#"{"type":"indicator","spec_version":"2.1","id":"indicator--1","modified":"x"}"#,
            r#"{"name":"app","version":"1.0.0","dependencies":{}}"#,
            r#"{"resultsPerPage":1,"vulnerabilities":[{"cve":{}}]}"#,
            r#"[{"id":"X-1","modified":"x","affected":[]}]"#,
            r#"{"id":"X-1","#,
            "",
        ] {
            assert_eq!(sniff(json.as_bytes()), None, "{json}");
        }
    }
}
