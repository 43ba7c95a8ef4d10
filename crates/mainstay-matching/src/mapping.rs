//! The one place that maps a file into memory.
//!
//! A mapped file that another process cuts short kills the reader with SIGBUS, and one that is
//! changed in place changes under the reader's eyes. Mainstay never does either to an index: a
//! new index is a new file that takes the old one's name, and a reader keeps the file that it
//! opened. Whoever may write to the data folder by other means may also replace the binary's
//! answers at will, so the mapping gives them nothing new.

use std::fs::File;
use std::io;

use memmap2::Mmap;

/// A file, mapped for reading.
#[derive(Debug)]
pub(crate) struct Mapping(Mmap);

impl Mapping {
    pub(crate) fn of(file: &File) -> io::Result<Self> {
        #[expect(
            unsafe_code,
            reason = "mapping is the only way to read an index without copying it"
        )]
        // SAFETY: the bytes are only read as bytes, and no index file is changed in place or cut
        // short while it has its name: see the module's description.
        let map = unsafe { Mmap::map(file) }?;
        Ok(Self(map))
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }
}
