//! Numbers and strings in the three encodings of R.

use std::borrow::Cow;

use crate::cursor::{Cursor, Leaves};

/// How values are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    /// Big-endian.
    Xdr,
    /// Little-endian.
    Native,
    /// Words of text.
    Ascii,
}

#[derive(Clone, Debug)]
pub(super) struct Source<'a> {
    pub(super) cursor: Cursor<'a>,
    pub(super) encoding: Encoding,
}

impl<'a> Source<'a> {
    /// A whole number; `NA` is the smallest.
    pub(super) fn number(&mut self) -> Result<i32, Leaves> {
        match self.encoding {
            Encoding::Xdr => self.cursor.array().map(i32::from_be_bytes),
            Encoding::Native => self.cursor.array().map(i32::from_le_bytes),
            Encoding::Ascii => {
                let word = self.word()?;
                let number = str::from_utf8(word).ok().and_then(|word| word.parse().ok());
                Ok(number.unwrap_or(i32::MIN))
            }
        }
    }

    /// The length of a vector: one number, or -1 and two.
    pub(super) fn length(&mut self) -> Result<u64, Leaves> {
        let at = self.cursor.at();
        let first = self.number()?;
        if first == -1 {
            let mut half = || self.number().map(|half| u64::from(half.cast_unsigned()));
            let (high, low) = (half()?, half()?);
            return Ok(high << 32 | low);
        }
        let left = self.cursor.rest().len() as u64;
        u64::try_from(first).map_err(|_| Leaves { at, wanted: u64::MAX, left })
    }

    /// Goes over so many numbers, each of so many bytes; in ASCII, of so many words.
    pub(super) fn skip(&mut self, count: u64, bytes: u64, words: u64) -> Result<(), Leaves> {
        if self.encoding != Encoding::Ascii {
            return self.cursor.take(count.saturating_mul(bytes)).map(drop);
        }
        for _ in 0..count.saturating_mul(words) {
            self.word()?;
        }
        Ok(())
    }

    /// A string of so many bytes.
    pub(super) fn string(&mut self, length: u64) -> Result<Cow<'a, [u8]>, Leaves> {
        if self.encoding != Encoding::Ascii {
            return self.cursor.take(length).map(Cow::Borrowed);
        }
        self.white_space()?;
        let mut text = Vec::new();
        for _ in 0..length {
            let byte = self.cursor.u8()?;
            text.push(if byte == b'\\' { self.escape()? } else { byte });
        }
        Ok(Cow::Owned(text))
    }

    fn escape(&mut self) -> Result<u8, Leaves> {
        let byte = self.cursor.u8()?;
        if !matches!(byte, b'0'..=b'7') {
            return Ok(match byte {
                b'n' => b'\n',
                b't' => b'\t',
                b'r' => b'\r',
                b'v' => 0x0B,
                b'b' => 0x08,
                b'f' => 0x0C,
                b'a' => 0x07,
                other => other,
            });
        }
        let mut number = byte - b'0';
        for _ in 0..2 {
            match self.cursor.rest().first() {
                Some(digit @ b'0'..=b'7') => number = number.wrapping_mul(8) + (digit - b'0'),
                _ => break,
            }
            self.cursor.u8()?;
        }
        Ok(number)
    }

    fn white_space(&mut self) -> Result<(), Leaves> {
        let rest = self.cursor.rest();
        let blank = rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        self.cursor.take(blank as u64).map(drop)
    }

    fn word(&mut self) -> Result<&'a [u8], Leaves> {
        self.white_space()?;
        let rest = self.cursor.rest();
        let length = rest.iter().take_while(|byte| !byte.is_ascii_whitespace()).count();
        // An end of the file in place of a word.
        self.cursor.take((length as u64).max(1))
    }
}
