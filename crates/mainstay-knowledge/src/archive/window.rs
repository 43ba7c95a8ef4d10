//! Reading a file at many nearby offsets with few system calls.

use std::cell::RefCell;
use std::fs::File;
use std::io;

use rawzip::{FileReader, ReaderAt};

/// Bytes read ahead.
const WINDOW: usize = 1 << 20;
/// Larger reads than this go past the window and leave it where it is.
const DIRECT: usize = 64 << 10;

/// A file with a read-ahead window.
#[derive(Debug)]
pub(crate) struct WindowReader {
    file: FileReader,
    window: RefCell<Window>,
}

#[derive(Debug)]
struct Window {
    bytes: Vec<u8>,
    start: u64,
}

impl WindowReader {
    pub(crate) fn new(file: File) -> Self {
        let window = RefCell::new(Window { bytes: Vec::new(), start: 0 });
        Self { file: FileReader::from(file), window }
    }

    fn fill(&self, window: &mut Window, offset: u64) -> io::Result<()> {
        window.bytes.resize(WINDOW, 0);
        window.start = offset;
        let filled = self.file.read_at(&mut window.bytes, offset);
        // A failed read leaves nothing that a later one could take for bytes of the file.
        window.bytes.truncate(*filled.as_ref().unwrap_or(&0));
        filled.map(|_| ())
    }
}

impl Window {
    /// The bytes from this offset on, as many as are here.
    fn from(&self, offset: u64) -> &[u8] {
        let skip = offset.checked_sub(self.start).and_then(|skip| usize::try_from(skip).ok());
        skip.and_then(|skip| self.bytes.get(skip..)).unwrap_or(&[])
    }
}

impl ReaderAt for WindowReader {
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        if buffer.len() > DIRECT {
            return self.file.read_at(buffer, offset);
        }
        let mut window = self.window.borrow_mut();
        if window.from(offset).len() < buffer.len() {
            self.fill(&mut window, offset)?;
        }
        let here = window.from(offset);
        let count = here.len().min(buffer.len());
        if let (Some(to), Some(from)) = (buffer.get_mut(..count), here.get(..count)) {
            to.copy_from_slice(from);
        }
        Ok(count)
    }
}
