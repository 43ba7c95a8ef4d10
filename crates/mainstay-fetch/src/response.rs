//! What a request brought.

use std::io::{self, Read};

use mainstay_types::SourceUrl;

use crate::error::{FetchError, FetchErrorKind, kind_of_io};

/// What the server's answer means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The body is whole (200).
    Whole,
    /// The body is the rest, from this offset on (206).
    Rest {
        /// The offset of the first byte of the body.
        offset: u64,
    },
    /// What is here already is current (304); there is no body.
    NotModified,
}

/// A request that succeeded.
#[derive(Debug)]
pub struct Response {
    /// What the body is.
    pub outcome: Outcome,
    /// The server's `ETag`.
    pub etag: Option<String>,
    /// The server's `Last-Modified`.
    pub last_modified: Option<String>,
    /// The length of the body in bytes, as announced.
    pub length: Option<u64>,
    /// The body, to be read once.
    pub body: Body,
}

impl Response {
    /// What an interrupted download of this body can be resumed with: a strong `ETag`, else the
    /// date (RFC 9110 section 13.1.5 allows no weak one).
    pub fn validator(&self) -> Option<&str> {
        let strong = self.etag.as_deref().filter(|etag| !etag.starts_with("W/"));
        strong.or(self.last_modified.as_deref())
    }

    /// Reads the body whole.
    pub fn read_to_end(self) -> Result<Vec<u8>, FetchError> {
        let mut body = self.body;
        let mut bytes = Vec::new();
        let url = body.url.clone();
        match body.read_to_end(&mut bytes) {
            Ok(_) => Ok(bytes),
            Err(error) => Err(as_fetch_error(error, &url)),
        }
    }
}

/// A body, read as a stream. It fails when it is longer than the limit, or shorter than announced.
pub struct Body {
    pub(crate) reader: Box<dyn Read + Send>,
    pub(crate) url: SourceUrl,
    pub(crate) limit: u64,
    pub(crate) taken: u64,
    pub(crate) announced: Option<u64>,
}

impl Body {
    /// Reads some bytes, at most as many as the buffer holds; 0 at the end.
    ///
    /// # Errors
    /// The connection broke, the limit was reached, or the time ran out.
    pub fn read_some(&mut self, buffer: &mut [u8]) -> Result<usize, FetchError> {
        self.read(buffer).map_err(|error| as_fetch_error(error, &self.url))
    }
}

impl Read for Body {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self
            .reader
            .read(buffer)
            .map_err(|error| FetchError::new(&self.url, kind_of_io(&error)))?;
        self.taken = self.taken.saturating_add(count as u64);
        if self.taken > self.limit {
            return Err(FetchError::new(&self.url, FetchErrorKind::TooLarge(self.limit)).into());
        }
        let short = self.announced.is_some_and(|announced| self.taken < announced);
        if count == 0 && !buffer.is_empty() && short {
            let why = format!("{} bytes came of {:?}", self.taken, self.announced.unwrap_or(0));
            return Err(FetchError::new(&self.url, FetchErrorKind::Broken(why)).into());
        }
        Ok(count)
    }
}

impl std::fmt::Debug for Body {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Body")
            .field("url", &self.url)
            .field("taken", &self.taken)
            .finish_non_exhaustive()
    }
}

/// The error that [`Body`] put into an I/O error, taken out again.
fn as_fetch_error(error: io::Error, url: &SourceUrl) -> FetchError {
    match error.downcast::<FetchError>() {
        Ok(error) => error,
        Err(error) => FetchError::new(url, kind_of_io(&error)),
    }
}
