//! Telling what a file is, by its content.

use std::io::Read as _;

use flate2::read::MultiGzDecoder;
use mainstay_advisories::osv::Record;
use mainstay_advisories::{DocumentKind, sniff};
use serde::de::IgnoredAny;

/// What bytes are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Content {
    /// One OSV record.
    Osv,
    /// The catalogue of known exploited vulnerabilities.
    Kev,
    /// Exploit prediction scores.
    Epss,
    /// Something else, named for the report.
    Other(&'static str),
    /// Meant to be JSON, and broken.
    Broken,
}

/// The beginning of a zip, of an empty zip, and of a gzip file.
const ZIP: [u8; 4] = *b"PK\x03\x04";
const EMPTY_ZIP: [u8; 4] = *b"PK\x05\x06";
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// What these bytes are.
pub(crate) fn classify(bytes: &[u8]) -> Content {
    match sniff(bytes) {
        Some(DocumentKind::Osv) => return Content::Osv,
        Some(DocumentKind::Kev) => return Content::Kev,
        Some(DocumentKind::Epss) => return Content::Epss,
        None => {}
    }
    if is_zip(bytes) {
        return Content::Other("a zip within a zip is not opened");
    }
    let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes).trim_ascii_start();
    match text.first() {
        Some(b'{' | b'[') if serde_json::from_slice::<IgnoredAny>(text).is_err() => Content::Broken,
        Some(b'{' | b'[') => Content::Other("JSON, but no advisory data"),
        Some(_) => Content::Other("no advisory data"),
        None => Content::Other("it is empty"),
    }
}

/// The record that these bytes are, as [`classify`] and [`Record::parse`] would have it. Nearly
/// every file of an export is one, and is then read only once.
pub(crate) fn record_in(bytes: &[u8]) -> Option<Record<'_>> {
    Record::recognize(bytes).or_else(|| {
        let is_record = sniff(bytes) == Some(DocumentKind::Osv);
        Record::parse(bytes).ok().filter(|_| is_record)
    })
}

/// Whether a zip begins with these bytes.
pub(crate) fn is_zip(bytes: &[u8]) -> bool {
    bytes.starts_with(&ZIP) || bytes.starts_with(&EMPTY_ZIP)
}

/// Whether a gzip file begins with these bytes.
pub(crate) fn is_gzip(bytes: &[u8]) -> bool {
    bytes.starts_with(&GZIP)
}

/// Whether a file of this name can hold advisory data. Others are named without unpacking them.
pub(crate) fn may_be_advisory(name: &[u8]) -> bool {
    let last = name.rsplit(|byte| matches!(byte, b'/' | b'\\')).next().unwrap_or(name);
    match last.iter().rposition(|byte| *byte == b'.') {
        None | Some(0) => true,
        Some(dot) => last.get(dot + 1..).is_some_and(|extension| {
            ["json", "csv", "gz"]
                .iter()
                .any(|known| extension.eq_ignore_ascii_case(known.as_bytes()))
        }),
    }
}

/// Unpacks a gzip file, up to a limit in bytes. The problem is for a person to read.
pub(crate) fn gunzip(bytes: &[u8], limit: u64) -> Result<Vec<u8>, String> {
    let mut plain = Vec::new();
    let mut decoder = MultiGzDecoder::new(bytes).take(limit.saturating_add(1));
    decoder.read_to_end(&mut plain).map_err(|error| format!("damaged gzip: {error}"))?;
    if plain.len() as u64 > limit {
        return Err(format!("more than {limit} bytes unpacked"));
    }
    Ok(plain)
}

/// A name from an archive or a folder, safe to show.
pub(crate) fn shown(name: &[u8]) -> String {
    let text = String::from_utf8_lossy(name);
    let mut safe = String::with_capacity(text.len());
    for c in text.chars().take(512) {
        if c.is_control() { safe.extend(c.escape_default()) } else { safe.push(c) }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_of_another_kind_is_named() {
        assert_eq!(
            classify(br#"{"name": "left-pad", "version": "1.0.0"}"#),
            Content::Other("JSON, but no advisory data")
        );
    }

    #[test]
    fn json_that_breaks_off_is_broken() {
        assert_eq!(classify(br#"{"name": "left-"#), Content::Broken);
    }

    #[test]
    fn a_zip_within_a_zip_is_not_opened() {
        assert!(matches!(classify(b"PK\x03\x04rest"), Content::Other(_)));
    }

    #[test]
    fn a_picture_is_known_by_its_name() {
        assert!(!may_be_advisory(b"a/logo.png"));
        assert!(may_be_advisory(b"a/GHSA-1.JSON"));
        assert!(may_be_advisory(b"a/record"));
    }

    #[test]
    fn a_gzip_bomb_stops_at_the_limit() {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        std::io::Write::write_all(&mut encoder, &vec![0; 1 << 20]).unwrap();
        let bytes = encoder.finish().unwrap();
        assert!(gunzip(&bytes, 1000).is_err());
    }

    #[test]
    fn a_terminal_escape_in_a_name_is_made_visible() {
        assert_eq!(shown(b"a\x1b[31m"), "a\\u{1b}[31m");
    }
}
