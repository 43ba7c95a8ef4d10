//! SHA-256 (FIPS 180-4) over what is kept.
//!
//! By aws-lc, which the HTTP client brings along: on processors without instructions for SHA it
//! is twice as fast as the pure Rust crate, and an export of all ecosystems is a gigabyte.

use std::fmt::{self, Write as _};
use std::io::{self, Read, Write};

use aws_lc_rs::digest::{self, Context, SHA256};

/// A SHA-256.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Sha256Digest(pub(crate) [u8; 32]);

impl Sha256Digest {
    /// The first 16 bytes in hexadecimal: enough to name a file.
    pub(crate) fn short(self) -> String {
        self.0.iter().take(16).fold(String::new(), |mut text, byte| {
            // Writing into a string cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
    }
}

impl fmt::Display for Sha256Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("sha256:")?;
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// The digest of bytes.
pub(crate) fn sha256(bytes: &[u8]) -> Sha256Digest {
    finished(&digest::digest(&SHA256, bytes))
}

/// The digest of several texts, each with its length.
pub(crate) fn sha256_of_list<'t>(texts: impl Iterator<Item = &'t str>) -> Sha256Digest {
    let mut hasher = Context::new(&SHA256);
    for text in texts {
        hasher.update(&(text.len() as u64).to_le_bytes());
        hasher.update(text.as_bytes());
    }
    finished(&hasher.finish())
}

/// Which side of a copy failed.
#[derive(Debug)]
pub(crate) enum CopyError {
    Read(io::Error),
    Write(io::Error),
}

/// Copies everything and gives the number of bytes and their digest.
pub(crate) fn copy(
    from: &mut impl Read,
    to: &mut impl Write,
) -> Result<(u64, Sha256Digest), CopyError> {
    let mut buffer = vec![0; 256 << 10];
    let mut hasher = Context::new(&SHA256);
    let mut total = 0_u64;
    loop {
        let count = match from.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(CopyError::Read(error)),
        };
        let bytes = buffer.get(..count).unwrap_or(&[]);
        hasher.update(bytes);
        to.write_all(bytes).map_err(CopyError::Write)?;
        total = total.saturating_add(count as u64);
    }
    Ok((total, finished(&hasher.finish())))
}

/// The 32 bytes that SHA-256 gives.
fn finished(digest: &digest::Digest) -> Sha256Digest {
    let mut bytes = [0; 32];
    for (byte, given) in bytes.iter_mut().zip(digest.as_ref()) {
        *byte = *given;
    }
    Sha256Digest(bytes)
}
