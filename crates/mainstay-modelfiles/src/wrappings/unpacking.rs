//! Unpacking into memory, against the budget, and what came before a stream broke.
//!
//! What a packed stream holds is kept whole, at most [`HELD`] bytes of it: readers of formats look
//! at slices. More than that is a gap, and its beginning is examined all the same.

use std::io::{self, BufRead, Read};
use std::sync::atomic::{AtomicUsize, Ordering};

use mainstay_archives::{ArchiveError, ArchiveErrorKind, Budget, Held};

/// The most bytes of one packed stream that are held in memory: 256 MiB.
pub(super) const HELD: u64 = 256 << 20;

/// How much is unpacked at a time.
const STEP: usize = 64 << 10;

/// Where unpacked bytes go.
pub(super) struct Sink<'b> {
    held: Held<'b>,
    budget: &'b Budget,
}

impl<'b> Sink<'b> {
    pub(super) fn new(budget: &'b Budget) -> Self {
        Self { held: Held::empty(budget), budget }
    }

    /// What was unpacked so far.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.held
    }

    pub(super) fn into_held(self) -> Held<'b> {
        self.held
    }

    /// Unpacks the stream at the start of the bytes to its end. Gives how many bytes it has.
    pub(super) fn fill(
        &mut self,
        bytes: &[u8],
        open: impl for<'x> Fn(Tracked<'x>) -> Opened<'x>,
    ) -> Result<usize, ArchiveError> {
        self.fill_up_to(u64::MAX, bytes, open)
    }

    /// Unpacks a stream to its end, or up to so many bytes.
    pub(super) fn fill_up_to(
        &mut self,
        most: u64,
        bytes: &[u8],
        open: impl for<'x> Fn(Tracked<'x>) -> Opened<'x>,
    ) -> Result<usize, ArchiveError> {
        let start = self.held.len();
        let at = AtomicUsize::new(0);
        let packed = Tracked { bytes, at: &at, budget: self.budget };
        let mut stream = open(packed)?;
        let outcome = self.copy(&mut *stream, most, start, packed);
        drop(stream);
        match outcome {
            Err(error) if error.kind == ArchiveErrorKind::Damaged => {
                let done = self.held.len().saturating_sub(start);
                let most = most.saturating_sub(done as u64);
                let again = AtomicUsize::new(0);
                self.salvage(open(Tracked { at: &again, ..packed })?, done, most);
                Err(error)
            }
            Err(error) => Err(error),
            Ok(()) => Ok(packed.at()),
        }
    }

    fn copy(
        &mut self,
        stream: &mut dyn Read,
        most: u64,
        start: usize,
        packed: Tracked<'_>,
    ) -> Result<(), ArchiveError> {
        // Archives of many small members would spend their time on clearing it.
        let mut buffer = vec![0; packed.bytes.len().saturating_mul(4).clamp(512, STEP)];
        let mut left = most;
        while left > 0 {
            let step = usize::try_from(left).unwrap_or(STEP).min(buffer.len());
            let room = buffer.get_mut(..step).unwrap_or_default();
            let read = match stream.read(room) {
                Ok(0) => break,
                Ok(read) => read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error_of(error)),
            };
            left = left.saturating_sub(read as u64);
            self.held.extend(buffer.get(..read).unwrap_or_default())?;
            self.budget.unpacked(read as u64)?;
            let plain = self.held.len().saturating_sub(start);
            self.budget.ratio(packed.at() as u64, plain as u64)?;
            if self.held.len() as u64 > HELD {
                let message = format!("it unpacks to more than {HELD} bytes, which is the limit");
                return Err(ArchiveError::spent(message));
            }
        }
        Ok(())
    }

    /// A decoder that meets damage keeps to itself what it unpacked in that step. So that step is
    /// done again, byte after byte.
    fn salvage(&mut self, mut stream: Box<dyn Read + '_>, done: usize, most: u64) {
        let passed = io::copy(&mut (&mut stream).take(done as u64), &mut io::sink());
        if !passed.is_ok_and(|passed| passed == done as u64) {
            return;
        }
        let mut byte = [0];
        for _ in 0..most.min(STEP as u64) {
            match stream.read(&mut byte) {
                Ok(1) if self.held.extend(&byte).is_ok() => {}
                Ok(_) | Err(_) => return,
            }
        }
    }
}

/// A decoder, or why there is none for this stream.
pub(super) type Opened<'x> = Result<Box<dyn Read + 'x>, ArchiveError>;

/// What a decoder means by an error.
pub(super) fn error_of(error: io::Error) -> ArchiveError {
    if error.get_ref().is_some_and(<dyn std::error::Error + Send + Sync>::is::<ArchiveError>) {
        return error.into();
    }
    let kind = error.kind();
    if kind == io::ErrorKind::UnexpectedEof {
        ArchiveError::damaged("it is cut off")
    } else if kind == io::ErrorKind::OutOfMemory {
        ArchiveError::spent("unpacking it needs more memory than there is")
    } else if kind == io::ErrorKind::Unsupported {
        ArchiveError::unsupported(error.to_string())
    } else {
        ArchiveError::damaged(format!("it is damaged: {error}"))
    }
}

/// A slice that is read, and whose place is known from outside of the decoder that reads it.
#[derive(Clone, Copy)]
pub(super) struct Tracked<'a> {
    bytes: &'a [u8],
    at: &'a AtomicUsize,
    budget: &'a Budget,
}

impl<'a> Tracked<'a> {
    /// How many bytes were read.
    pub(super) fn at(&self) -> usize {
        self.at.load(Ordering::Relaxed)
    }

    /// What unpacking it counts against.
    pub(super) fn budget(&self) -> &'a Budget {
        self.budget
    }

    /// Takes back what a decoder read ahead.
    pub(super) fn give_back(&self, length: usize) {
        self.at.store(self.at().saturating_sub(length), Ordering::Relaxed);
    }

    fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at()..).unwrap_or_default()
    }
}

impl Read for Tracked<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut rest = self.rest();
        let read = rest.read(buffer)?;
        self.consume(read);
        Ok(read)
    }
}

impl BufRead for Tracked<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        Ok(self.rest())
    }

    fn consume(&mut self, amount: usize) {
        self.at.store(self.at().saturating_add(amount), Ordering::Relaxed);
    }
}
