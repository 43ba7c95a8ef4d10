//! One packed stream: gzip (RFC 1952, members one after another) or zstd (RFC 8878, frames one
//! after another, skippable ones among them).
//!
//! What is unpacked is counted against the budget as it comes, so a stream that grows without end
//! ends at the limit.

mod gzip;
mod zstd;

use std::io::{self, BufRead, BufReader, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use mainstay_reading::AnomalyCode;

use crate::budget::Budget;
use crate::notes::Notes;

/// How a stream is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Packing {
    /// Not at all.
    Plain,
    /// gzip.
    Gzip,
    /// zstd.
    Zstd,
}

/// Unpacks a stream while it is read. Reading to its end also checks its checksums.
pub fn unpack<'b, R: Read + Send + 'b>(
    packing: Packing,
    reader: R,
    budget: &'b Budget,
) -> Unpacking<'b> {
    let packed = Arc::new(AtomicU64::new(0));
    let counted = BufReader::with_capacity(BUFFER, Counted { reader, count: Arc::clone(&packed) });
    let stream: Box<dyn Stream + Send + 'b> = match packing {
        Packing::Plain => Box::new(Plain(counted)),
        Packing::Gzip => Box::new(gzip::Gunzip::new(counted)),
        Packing::Zstd => Box::new(zstd::Unzstd::new(counted)),
    };
    Unpacking { stream, packed, plain: 0, budget }
}

const BUFFER: usize = 64 << 10;

/// A stream that is being unpacked.
pub struct Unpacking<'b> {
    stream: Box<dyn Stream + Send + 'b>,
    packed: Arc<AtomicU64>,
    plain: u64,
    budget: &'b Budget,
}

impl Unpacking<'_> {
    /// What was odd so far.
    pub fn notes(&self) -> Notes {
        let mut notes = Notes::default();
        if self.stream.has_rest() {
            let message = "bytes follow behind the end of the packed stream";
            notes.add_whole(AnomalyCode::UnlistedBytes, message);
        }
        notes
    }
}

impl Read for Unpacking<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.stream.read(buffer)?;
        self.plain = self.plain.saturating_add(read as u64);
        self.budget.unpacked(read as u64)?;
        self.budget.ratio(self.packed.load(Ordering::Relaxed), self.plain)?;
        Ok(read)
    }
}

/// A packed stream by its format.
trait Stream: Read {
    /// Whether bytes other than zeros follow behind its end. Zeros fill up a block.
    fn has_rest(&self) -> bool;
}

struct Plain<R>(BufReader<R>);

impl<R: Read> Read for Plain<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl<R: Read> Stream for Plain<R> {
    fn has_rest(&self) -> bool {
        false
    }
}

/// Counts what is read.
struct Counted<R> {
    reader: R,
    count: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer)?;
        self.count.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

/// Reads to the end; whether anything but zeros was there.
fn drain(reader: &mut impl BufRead) -> io::Result<bool> {
    loop {
        let bytes = reader.fill_buf()?;
        if bytes.is_empty() {
            return Ok(false);
        }
        if bytes.iter().any(|byte| *byte != 0) {
            return Ok(true);
        }
        let length = bytes.len();
        reader.consume(length);
    }
}
