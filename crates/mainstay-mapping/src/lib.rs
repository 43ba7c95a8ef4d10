//! A file, mapped into memory for reading. The one place with `unsafe` code.
//!
//! A mapped file that another process cuts short kills the reader with SIGBUS, and one that is
//! changed in place changes under the reader's eyes. Two rooms map files, and each has its reason
//! why that is acceptable:
//!
//! * An index is never changed in place: a new one is a new file that takes the old one's name,
//!   and a reader keeps the file that it opened. Whoever may write to the data folder by other
//!   means may also replace the binary's answers at will.
//! * A model may have hundreds of gigabytes of weights, of which a few kilobytes are looked at.
//!   Small ones are read ([`FileBytes::of`]); a large one that is cut short while it is scanned
//!   ends the scan, which is no answer and so never a clean one.

use std::fs::File;
use std::io::{self, Read as _};

use memmap2::Mmap;

/// A file, mapped for reading.
#[derive(Debug)]
pub struct Mapping(Mmap);

impl Mapping {
    /// Maps a regular file that is opened for reading.
    ///
    /// # Errors
    /// The system cannot map it.
    pub fn of(file: &File) -> io::Result<Self> {
        #[expect(
            unsafe_code,
            reason = "mapping is the only way to read a large file without copying it"
        )]
        // SAFETY: the bytes are only read as bytes, for which every value is valid; what happens
        // when somebody cuts the file short is said in the module's description.
        let map = unsafe { Mmap::map(file) }?;
        Ok(Self(map))
    }

    /// The bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

/// The bytes of a file: read while it is small, else mapped.
#[derive(Debug)]
pub enum FileBytes {
    /// In memory.
    Read(Vec<u8>),
    /// In the file.
    Mapped(Mapping),
}

impl FileBytes {
    /// Files of at most so many bytes are read: 16 MiB.
    pub const READ_UP_TO: u64 = 16 << 20;

    /// Opens the bytes of a regular file of this length.
    ///
    /// # Errors
    /// The system cannot read or map it.
    pub fn of(file: &File, length: u64) -> io::Result<Self> {
        if length > Self::READ_UP_TO {
            return Mapping::of(file).map(Self::Mapped);
        }
        let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or(0) + 1);
        // The file may grow while it is read; the limit holds all the same.
        file.take(Self::READ_UP_TO).read_to_end(&mut bytes)?;
        Ok(Self::Read(bytes))
    }

    /// The bytes.
    pub fn bytes(&self) -> &[u8] {
        match self {
            Self::Read(bytes) => bytes,
            Self::Mapped(mapping) => mapping.bytes(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[test]
    fn a_small_file_is_read_and_a_large_one_is_mapped() {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(b"small").unwrap();
        file.set_len(FileBytes::READ_UP_TO + 1).unwrap();
        let mapped = FileBytes::of(&file, FileBytes::READ_UP_TO + 1).unwrap();
        assert!(matches!(&mapped, FileBytes::Mapped(_)));
        assert!(mapped.bytes().starts_with(b"small"));
    }

    #[test]
    fn an_empty_file_has_no_bytes() {
        let file = tempfile::tempfile().unwrap();
        assert_eq!(FileBytes::of(&file, 0).unwrap().bytes(), b"");
    }
}
