//! Writing records into a zip.

use std::io::{self, Write};

use flate2::Compression;
use flate2::write::DeflateEncoder;
use rawzip::{CompressionMethod, DataDescriptorOutput, ErrorKind, ZipArchiveWriter};

use super::reader::Packed;

/// A zip being written.
#[derive(Debug)]
pub(crate) struct ArchiveWriter<W> {
    zip: ZipArchiveWriter<W>,
}

impl<W: Write> ArchiveWriter<W> {
    pub(crate) fn new(output: W) -> Self {
        Self { zip: ZipArchiveWriter::new(output) }
    }

    /// Adds a record, packed.
    pub(crate) fn add(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let method = CompressionMethod::DEFLATE;
        let started = self.zip.new_file(name).compression_method(method).start();
        let (mut entry, config) = started.map_err(as_io)?;
        let mut writer = config.wrap(DeflateEncoder::new(&mut entry, Compression::default()));
        writer.write_all(bytes)?;
        let (encoder, descriptor) = writer.finish().map_err(as_io)?;
        encoder.finish()?;
        entry.finish(descriptor).map_err(as_io)?;
        Ok(())
    }

    /// Adds a record that is packed already.
    pub(crate) fn copy(&mut self, name: &str, packed: Packed<'_>) -> io::Result<()> {
        let started = self.zip.new_file(name).compression_method(packed.method).start();
        let (mut entry, _) = started.map_err(as_io)?;
        entry.write_all(packed.bytes)?;
        let descriptor = DataDescriptorOutput::new(packed.crc, packed.plain);
        entry.finish(descriptor).map_err(as_io)?;
        Ok(())
    }

    /// Writes the directory.
    pub(crate) fn finish(self) -> io::Result<W> {
        self.zip.finish().map_err(as_io)
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "the enum is open: its owner may add variants")]
/// The system's own error, where there is one: what to do depends on its kind.
fn as_io(error: rawzip::Error) -> io::Error {
    match error.into_kind() {
        ErrorKind::IO(error) => error,
        kind => io::Error::other(kind.to_string()),
    }
}
