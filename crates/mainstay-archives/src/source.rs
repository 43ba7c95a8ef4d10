//! Bytes that are read from the middle: a file, or what was unpacked into memory.

use std::fs::File;
use std::io;

use crate::budget::Held;

/// Something of known length that can be read at any place.
pub trait ReadAt: Sync {
    /// How many bytes there are.
    fn length(&self) -> u64;

    /// Fills the buffer from a place. Fewer bytes than that are an error.
    fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()>;
}

impl ReadAt for &[u8] {
    fn length(&self) -> u64 {
        self.len() as u64
    }

    fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        let start = usize::try_from(offset).ok();
        let end = start.and_then(|start| start.checked_add(buffer.len()));
        let found = start.zip(end).and_then(|(start, end)| self.get(start..end));
        buffer.copy_from_slice(found.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }
}

impl ReadAt for Held<'_> {
    fn length(&self) -> u64 {
        (&**self).length()
    }

    fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        (&**self).read_exact_at(buffer, offset)
    }
}

/// An open file. It is read, not mapped: a file that shrinks meanwhile is then an error, and no
/// crash.
#[derive(Debug)]
pub struct FileSource {
    file: File,
    length: u64,
}

impl FileSource {
    /// A regular file, opened for reading.
    pub fn new(file: File) -> io::Result<Self> {
        let length = file.metadata()?.len();
        Ok(Self { file, length })
    }
}

impl ReadAt for FileSource {
    fn length(&self) -> u64 {
        self.length
    }

    #[cfg(unix)]
    fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        std::os::unix::fs::FileExt::read_exact_at(&self.file, buffer, offset)
    }

    #[cfg(windows)]
    fn read_exact_at(&self, mut buffer: &mut [u8], mut offset: u64) -> io::Result<()> {
        use std::os::windows::fs::FileExt as _;
        while !buffer.is_empty() {
            let read = self.file.seek_read(buffer, offset)?;
            if read == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            buffer = buffer.get_mut(read..).unwrap_or_default();
            offset = offset.saturating_add(read as u64);
        }
        Ok(())
    }
}

/// A source, or a part of it, read from its start to its end.
pub struct SourceReader<'s> {
    source: &'s dyn ReadAt,
    at: u64,
    end: u64,
}

impl<'s> SourceReader<'s> {
    /// All of it.
    pub fn new(source: &'s dyn ReadAt) -> Self {
        Self::part(source, 0, source.length())
    }

    /// From a place up to another.
    pub(crate) fn part(source: &'s dyn ReadAt, at: u64, end: u64) -> Self {
        Self { source, at, end }
    }
}

impl io::Read for SourceReader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.end.saturating_sub(self.at)).unwrap_or(usize::MAX);
        let length = left.min(buffer.len());
        let Some(part) = buffer.get_mut(..length) else { return Ok(0) };
        self.source.read_exact_at(part, self.at)?;
        self.at = self.at.saturating_add(length as u64);
        Ok(length)
    }
}
