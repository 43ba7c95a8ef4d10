//! What wraps other files: packed streams and archives. Each goes back to the front door with what
//! is inside.

pub(crate) mod bzip2;
pub(crate) mod gzip;
pub(crate) mod lz4;
pub(crate) mod lzma;
pub(crate) mod members;
pub(crate) mod seven_zip;
pub(crate) mod tar;
pub(crate) mod xz;
pub(crate) mod zf;
pub(crate) mod zip;
pub(crate) mod zlib;
pub(crate) mod zstd;
