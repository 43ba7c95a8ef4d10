//! Pickles of protocol 4, written opcode by opcode as `CPython` writes them: framed, each text and
//! each container in the memo.
//!
//! Format: PEP 3154, and the opcodes of `pickletools` in Python's library.

use std::io::{self, Write};

/// A frame is closed once it is this large.
const FRAME: usize = 64 * 1024;
/// Smaller ones have no header.
const SMALLEST_FRAME: usize = 4;
/// Items that one APPENDS or SETITEMS takes.
pub(super) const BATCH: usize = 1000;

pub(super) const NONE: &[u8] = b"N";
pub(super) const TRUE: &[u8] = b"\x88";
pub(super) const FALSE: &[u8] = b"\x89";
pub(super) const MARK: &[u8] = b"(";
pub(super) const EMPTY_DICT: &[u8] = b"}";
pub(super) const EMPTY_LIST: &[u8] = b"]";
pub(super) const EMPTY_TUPLE: &[u8] = b")";
pub(super) const TUPLE_OF_1: &[u8] = b"\x85";
pub(super) const TUPLE_OF_2: &[u8] = b"\x86";
pub(super) const TUPLE_OF_3: &[u8] = b"\x87";
pub(super) const TUPLE: &[u8] = b"t";
pub(super) const APPENDS: &[u8] = b"e";
pub(super) const SETITEMS: &[u8] = b"u";
pub(super) const STACK_GLOBAL: &[u8] = b"\x93";
pub(super) const NEWOBJ: &[u8] = b"\x81";
pub(super) const REDUCE: &[u8] = b"R";
pub(super) const BUILD: &[u8] = b"b";

/// A pickle on its way.
pub(super) struct Pickle<W> {
    into: W,
    frame: Vec<u8>,
    memo: u32,
}

impl<W: Write> Pickle<W> {
    pub(super) fn begin(mut into: W) -> io::Result<Self> {
        into.write_all(b"\x80\x04")?;
        Ok(Self { into, frame: Vec::with_capacity(2 * FRAME), memo: 0 })
    }

    /// Opcodes without arguments.
    pub(super) fn put(&mut self, opcodes: &[&[u8]]) {
        for opcode in opcodes {
            self.frame.extend_from_slice(opcode);
        }
    }

    /// Puts the top of the stack into the memo, and gives its number.
    pub(super) fn memoize(&mut self) -> u32 {
        self.frame.push(b'\x94');
        self.memo += 1;
        self.memo - 1
    }

    pub(super) fn get(&mut self, number: u32) {
        if let Ok(short) = u8::try_from(number) {
            self.frame.extend_from_slice(&[b'h', short]);
        } else {
            self.frame.push(b'j');
            self.frame.extend_from_slice(&number.to_le_bytes());
        }
    }

    /// A text of at most 255 bytes, and its number in the memo.
    pub(super) fn text(&mut self, text: &str) -> u32 {
        let length = u8::try_from(text.len()).unwrap_or(u8::MAX);
        self.frame.extend_from_slice(&[b'\x8c', length]);
        self.frame.extend_from_slice(text.as_bytes().get(..length.into()).unwrap_or_default());
        self.memoize()
    }

    pub(super) fn integer(&mut self, number: u32) {
        if let Ok(small) = u8::try_from(number) {
            self.frame.extend_from_slice(&[b'K', small]);
        } else if let Ok(short) = u16::try_from(number) {
            self.frame.push(b'M');
            self.frame.extend_from_slice(&short.to_le_bytes());
        } else {
            self.frame.push(b'J');
            self.frame.extend_from_slice(&number.to_le_bytes());
        }
    }

    pub(super) fn real(&mut self, number: f64) {
        self.frame.push(b'G');
        self.frame.extend_from_slice(&number.to_be_bytes());
    }

    /// Imports a name, and gives its number in the memo.
    pub(super) fn global(&mut self, module: &str, name: &str) -> u32 {
        self.text(module);
        self.text(name);
        self.put(&[STACK_GLOBAL]);
        self.memoize()
    }

    /// Bytes. Many of them stand outside of every frame.
    pub(super) fn bytes(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut header = vec![b'B'];
        match (u8::try_from(bytes.len()), u32::try_from(bytes.len())) {
            (Ok(short), _) => header = vec![b'C', short],
            (_, Ok(length)) => header.extend_from_slice(&length.to_le_bytes()),
            (_, Err(error)) => return Err(io::Error::other(error)),
        }
        if bytes.len() < FRAME {
            self.put(&[&header, bytes]);
        } else {
            self.close_frame()?;
            self.into.write_all(&header)?;
            self.into.write_all(bytes)?;
        }
        self.memoize();
        Ok(())
    }

    /// What `CPython` does after each object.
    pub(super) fn end_object(&mut self) -> io::Result<()> {
        if self.frame.len() >= FRAME { self.close_frame() } else { Ok(()) }
    }

    pub(super) fn finish(mut self) -> io::Result<W> {
        self.frame.push(b'.');
        self.close_frame()?;
        self.into.flush()?;
        Ok(self.into)
    }

    fn close_frame(&mut self) -> io::Result<()> {
        if self.frame.len() >= SMALLEST_FRAME {
            self.into.write_all(b"\x95")?;
            self.into.write_all(&(self.frame.len() as u64).to_le_bytes())?;
        }
        self.into.write_all(&self.frame)?;
        self.frame.clear();
        Ok(())
    }
}

/// The names that an array needs, in the memo of the pickle that writes several.
#[derive(Default)]
pub(super) struct Arrays {
    reconstruct: Option<u32>,
    class: Option<u32>,
    /// The letter `b` as bytes.
    letter: Option<u32>,
    dtype: Option<u32>,
}

impl Arrays {
    /// An array as numpy pickles it: an empty one, and a state with shape, type and bytes.
    pub(super) fn write<W: Write>(
        &mut self,
        pickle: &mut Pickle<W>,
        shape: &[u32],
        kind: &str,
        bytes: &[u8],
    ) -> io::Result<()> {
        once(&mut self.reconstruct, pickle, |pickle| {
            Ok(pickle.global("numpy.core.multiarray", "_reconstruct"))
        })?;
        once(&mut self.class, pickle, |pickle| Ok(pickle.global("numpy", "ndarray")))?;
        pickle.integer(0);
        pickle.put(&[TUPLE_OF_1]);
        pickle.memoize();
        once(&mut self.letter, pickle, |pickle| {
            pickle.bytes(b"b")?;
            Ok(pickle.memo - 1)
        })?;
        pickle.put(&[TUPLE_OF_3]);
        pickle.memoize();
        pickle.put(&[REDUCE]);
        pickle.memoize();
        pickle.put(&[MARK]);
        pickle.integer(1);
        for length in shape.iter().take(2) {
            pickle.integer(*length);
        }
        pickle.put(&[if shape.len() == 1 { TUPLE_OF_1 } else { TUPLE_OF_2 }]);
        pickle.memoize();
        once(&mut self.dtype, pickle, |pickle| Ok(dtype(pickle, kind)))?;
        pickle.put(&[FALSE]);
        pickle.bytes(bytes)?;
        pickle.put(&[TUPLE]);
        pickle.memoize();
        pickle.put(&[BUILD]);
        pickle.end_object()
    }
}

/// Writes something the first time, and takes it out of the memo later.
fn once<W: Write>(
    number: &mut Option<u32>,
    pickle: &mut Pickle<W>,
    write: impl FnOnce(&mut Pickle<W>) -> io::Result<u32>,
) -> io::Result<()> {
    match *number {
        Some(number) => pickle.get(number),
        None => *number = Some(write(pickle)?),
    }
    Ok(())
}

/// `numpy.dtype(kind, False, True)` and its state: little-endian, without fields.
fn dtype<W: Write>(pickle: &mut Pickle<W>, kind: &str) -> u32 {
    pickle.global("numpy", "dtype");
    pickle.text(kind);
    pickle.put(&[FALSE, TRUE, TUPLE_OF_3]);
    pickle.memoize();
    pickle.put(&[REDUCE]);
    let number = pickle.memoize();
    pickle.put(&[MARK]);
    pickle.integer(3);
    pickle.text("<");
    let minus_one: &[u8] = b"J\xff\xff\xff\xff";
    pickle.put(&[NONE, NONE, NONE, minus_one, minus_one]);
    pickle.integer(0);
    pickle.put(&[TUPLE]);
    pickle.memoize();
    pickle.put(&[BUILD]);
    number
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_pickle_is_one_frame() {
        let mut pickle = Pickle::begin(Vec::new()).unwrap();
        pickle.put(&[EMPTY_LIST]);
        pickle.memoize();
        pickle.put(&[MARK]);
        pickle.integer(1);
        pickle.integer(300);
        pickle.put(&[APPENDS]);
        let bytes = pickle.finish().unwrap();
        assert_eq!(bytes, b"\x80\x04\x95\x0a\0\0\0\0\0\0\0]\x94(K\x01M\x2c\x01e.");
    }

    #[test]
    fn many_bytes_stand_outside_of_a_frame() {
        let mut pickle = Pickle::begin(Vec::new()).unwrap();
        pickle.put(&[NONE, NONE, NONE, NONE]);
        pickle.bytes(&vec![7; FRAME]).unwrap();
        let bytes = pickle.finish().unwrap();
        assert!(bytes.starts_with(b"\x80\x04\x95\x04\0\0\0\0\0\0\0NNNNB\0\0\x01\0\x07"));
        assert!(bytes.ends_with(b"\x07\x94."));
    }

    #[test]
    fn the_second_array_takes_its_names_from_the_memo() {
        let mut pickle = Pickle::begin(Vec::new()).unwrap();
        let mut arrays = Arrays::default();
        arrays.write(&mut pickle, &[2], "f4", &[0; 8]).unwrap();
        arrays.write(&mut pickle, &[1, 2], "f4", &[0; 8]).unwrap();
        let bytes = pickle.finish().unwrap();
        let found = bytes.windows(12).filter(|window| window == b"_reconstruct").count();
        assert_eq!(found, 1);
    }
}
