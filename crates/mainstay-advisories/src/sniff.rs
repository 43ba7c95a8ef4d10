//! Telling advisory documents apart by their first keys, without reading them whole.

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

/// What these bytes are. `None` for anything else.
pub fn sniff(_bytes: &[u8]) -> Option<DocumentKind> {
    None
}
