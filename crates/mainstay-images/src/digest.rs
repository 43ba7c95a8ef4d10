//! Digests of what is read.
//!
//! Standard: OCI image specification, "Descriptor", section "Digests": `sha256:` and 64 hexadecimal
//! digits in lower case. Other algorithms are permitted and not compared.

use std::io::{self, Read};

use aws_lc_rs::digest::{Context, SHA256, digest};

/// The digest of bytes, as an image writes it.
pub(crate) fn of(bytes: &[u8]) -> String {
    written(digest(&SHA256, bytes).as_ref())
}

fn written(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(7 + 2 * bytes.len());
    text.push_str("sha256:");
    for byte in bytes {
        for half in [byte >> 4, byte & 15] {
            text.push(char::from_digit(u32::from(half), 16).unwrap_or('0'));
        }
    }
    text
}

/// The SHA-256 that a digest or the path of a blob names: `sha256:...`, `blobs/sha256/...`,
/// `....json`.
pub(crate) fn named(text: &str) -> Option<String> {
    let name = text.rsplit(['/', ':']).next()?;
    let name = name.strip_suffix(".json").unwrap_or(name);
    let is_digest =
        name.len() == 64 && name.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    is_digest.then(|| format!("sha256:{name}"))
}

/// A stream whose digest is taken on the way.
pub(crate) struct Digesting<R> {
    reader: R,
    context: Context,
}

impl<R: Read> Digesting<R> {
    pub(crate) fn new(reader: R) -> Self {
        Self { reader, context: Context::new(&SHA256) }
    }

    /// Reads what is left, and gives the digest of all.
    pub(crate) fn finish(mut self) -> io::Result<String> {
        io::copy(&mut self, &mut io::sink())?;
        Ok(written(self.context.finish().as_ref()))
    }
}

impl<R: Read> Read for Digesting<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer)?;
        self.context.update(buffer.get(..read).unwrap_or_default());
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EMPTY: &str = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    #[test]
    fn a_digest_is_written_as_images_write_it() {
        assert_eq!(of(b""), EMPTY);
        assert_eq!(Digesting::new(&b""[..]).finish().unwrap(), EMPTY);
    }

    #[test]
    fn the_name_of_a_blob_is_its_digest() {
        let hexadecimal = EMPTY.trim_start_matches("sha256:");
        for text in [format!("blobs/sha256/{hexadecimal}"), format!("{hexadecimal}.json")] {
            assert_eq!(named(&text).as_deref(), Some(EMPTY));
        }
        assert_eq!(named("0123/layer.tar"), None);
    }
}
