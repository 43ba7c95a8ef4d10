//! What a request asks for besides the address: only if it changed, only the rest.

/// Conditions of a request (RFC 9110 sections 13 and 14).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Conditions<'a> {
    /// The `ETag` of what is here already; sent as `If-None-Match`.
    pub etag: Option<&'a str>,
    /// The `Last-Modified` of what is here already; sent as `If-Modified-Since`.
    pub if_modified_since: Option<&'a str>,
    /// Go on with a download that broke.
    pub resume: Option<Resume<'a>>,
}

/// The rest of a body whose beginning is here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resume<'a> {
    /// Bytes that are here; the request asks from this offset on.
    pub offset: u64,
    /// The strong `ETag` or the `Last-Modified` of that beginning; sent as `If-Range`, so that a
    /// body which changed meanwhile comes whole.
    pub validator: &'a str,
}

impl Conditions<'_> {
    /// The header lines of these conditions.
    pub(crate) fn headers(&self) -> Vec<(&'static str, String)> {
        let mut headers = Vec::new();
        if let Some(etag) = self.etag {
            headers.push(("if-none-match", etag.to_owned()));
        }
        if let Some(date) = self.if_modified_since {
            headers.push(("if-modified-since", date.to_owned()));
        }
        if let Some(resume) = self.resume {
            headers.push(("range", format!("bytes={}-", resume.offset)));
            headers.push(("if-range", resume.validator.to_owned()));
        }
        headers
    }
}
