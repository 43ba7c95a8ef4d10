//! The bytes of a pickle as an unpickler takes them, with the rules of frames (PEP 3154).
//!
//! Two readings of one file exist. `pickle.loads` of `CPython`'s C module reads straight on; frames
//! only have to be there. `pickle.load` of the C module makes a frame its buffer, and when an
//! operand crosses the end of the frame it drops what is left of the frame and takes the operand
//! from behind it (cpython issue 154848). The module in Python raises there, so that what it runs
//! is a beginning of the first reading. Large byte strings are read across the end by all.

use memchr::memchr;

use crate::cursor::Leaves;

use super::fault::Fault;

/// How frames are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Frames {
    /// As bytes like any other: `pickle.loads`.
    Ignored,
    /// As the buffer: `pickle.load`.
    Buffered,
}

/// The bytes, and how far they are read.
#[derive(Debug)]
pub(super) struct Source<'a> {
    bytes: &'a [u8],
    at: usize,
    frame_end: usize,
    frames: Frames,
    /// Whether an operand crossed the end of a frame: the readings differ.
    pub(super) has_straddled: bool,
    /// The first byte behind which a frame claims to end and the bytes do not reach.
    pub(super) short_frame: Option<Leaves>,
    /// Where the operand was taken from when it does not follow its instruction.
    displaced: Option<usize>,
}

impl<'a> Source<'a> {
    pub(super) fn new(bytes: &'a [u8], at: usize, frames: Frames) -> Self {
        Self {
            bytes,
            at,
            frame_end: 0,
            frames,
            has_straddled: false,
            short_frame: None,
            displaced: None,
        }
    }

    pub(super) fn at(&self) -> usize {
        self.at
    }

    pub(super) fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// Whether the place lies within a frame.
    pub(super) fn is_in_frame(&self) -> bool {
        self.at < self.frame_end
    }

    /// Where the last piece was taken from, if it was not where the reading stood.
    pub(super) fn take_displaced(&mut self) -> Option<usize> {
        self.displaced.take()
    }

    /// The next instruction.
    #[inline]
    pub(super) fn instruction(&mut self) -> Result<u8, Fault> {
        let byte = self.bytes.get(self.at).copied().ok_or_else(|| self.cut(1))?;
        self.at += 1;
        Ok(byte)
    }

    /// The next so many bytes.
    #[inline]
    pub(super) fn take(&mut self, length: u64) -> Result<&'a [u8], Fault> {
        if self.at < self.frame_end {
            let left = (self.frame_end - self.at) as u64;
            if length > left {
                self.straddle();
            }
        }
        self.take_across(length)
    }

    /// The next so many bytes, for the instructions that are read across the end of a frame.
    #[inline]
    pub(super) fn take_across(&mut self, length: u64) -> Result<&'a [u8], Fault> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let taken = usize::try_from(length).ok().and_then(|length| rest.get(..length));
        let taken = taken.ok_or_else(|| self.cut(length))?;
        self.at += taken.len();
        Ok(taken)
    }

    /// The next bytes as an array.
    #[inline]
    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], Fault> {
        let taken = self.take(N as u64)?;
        taken.first_chunk::<N>().copied().ok_or_else(|| self.cut(N as u64))
    }

    /// The bytes up to the next line feed, without it.
    pub(super) fn line(&mut self) -> Result<&'a [u8], Fault> {
        if self.at < self.frame_end {
            let frame = self.bytes.get(self.at..self.frame_end).unwrap_or_default();
            if memchr(b'\n', frame).is_none() {
                self.straddle();
            }
        }
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let end = memchr(b'\n', rest).ok_or_else(|| self.cut(rest.len() as u64 + 1))?;
        self.at += end + 1;
        Ok(rest.get(..end).unwrap_or_default())
    }

    /// Begins a frame.
    pub(super) fn frame(&mut self, length: u64) {
        if self.at < self.frame_end && length > (self.frame_end - self.at) as u64 {
            self.straddle();
        }
        let left = self.bytes.len().saturating_sub(self.at);
        let end = usize::try_from(length).ok().filter(|length| *length <= left);
        if end.is_none() && self.short_frame.is_none() {
            self.short_frame =
                Some(Leaves { at: self.at as u64, wanted: length, left: left as u64 });
        }
        let end = end.map_or(self.bytes.len(), |length| self.at + length);
        self.frame_end = self.frame_end.max(end);
    }

    /// Goes on behind raw bytes that are no part of the pickle.
    pub(super) fn skip_to(&mut self, place: usize) {
        self.at = place.min(self.bytes.len());
        self.frame_end = 0;
    }

    fn straddle(&mut self) {
        self.has_straddled = true;
        if self.frames == Frames::Buffered {
            self.at = self.frame_end;
            self.displaced.get_or_insert(self.at);
        }
    }

    fn cut(&self, wanted: u64) -> Fault {
        let left = self.bytes.len().saturating_sub(self.at) as u64;
        Fault::Cut(Leaves { at: self.at as u64, wanted, left })
    }
}
