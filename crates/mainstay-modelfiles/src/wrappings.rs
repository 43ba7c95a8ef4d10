//! What wraps other files: packed streams and archives. Each goes back to the front door with what
//! is inside.

pub(crate) mod bzip2;
mod frames;
pub(crate) mod gzip;
pub(crate) mod lz4;
pub(crate) mod lzma;
pub(crate) mod members;
mod packed;
mod paths;
pub(crate) mod seven_zip;
mod sliced;
pub(crate) mod tar;
mod unpacking;
pub(crate) mod xz;
pub(crate) mod zf;
pub(crate) mod zip;
pub(crate) mod zlib;
pub(crate) mod zstd;

pub(crate) use paths::shown;

/// Whether bytes begin as text does. Packed bytes and numbers look like noise: so many of them are
/// never all text.
pub(crate) fn begins_as_text(bytes: &[u8]) -> bool {
    bytes.iter().take(48).all(|byte| matches!(byte, 9..=13 | 32..=126))
}
