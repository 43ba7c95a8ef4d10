//! A report in JSON (RFC 8259), made harmless for a terminal while it is written.
//!
//! A report has thousands of packages and hardly a character that needs an escape. So text is
//! looked at once, where it is written, and copied whole when nothing in it needs one. What comes
//! out is what `serde_json` writes, put through [`clean_json`](crate::clean_json); the tests hold
//! it to that. Decision 0034 says why this is our own.

mod serialize;
#[cfg(test)]
mod tests;

use std::fmt;
use std::io::{self, Write};

use serde::Serialize;
use thiserror::Error;

use crate::clean::{Escape, acts};
use serialize::Form;

/// Writes values as JSON, and passes it on piece by piece: a large report need not be in memory
/// as a whole. What is written last is passed on by [`Self::finish`].
pub struct CleanJson<W> {
    to: W,
    waiting: Vec<u8>,
    layout: Layout,
    depth: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Layout {
    /// Every member on a line of its own, two spaces a level.
    Indented,
    /// Every value on one line.
    Lines,
}

/// A value that could not be written as JSON.
#[derive(Debug, Error)]
pub enum JsonError {
    /// Nobody takes it: a full disk, a closed pipe.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// JSON has no form for it: a key that is no text, say.
    #[error("JSON has no form for this: {0}")]
    NoForm(String),
}

impl serde::ser::Error for JsonError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::NoForm(message.to_string())
    }
}

impl<W: Write> CleanJson<W> {
    /// How many bytes are passed on together.
    const PIECE: usize = 64 << 10;

    /// Every member on a line of its own.
    pub fn indented(to: W) -> Self {
        Self::new(to, Layout::Indented)
    }

    /// Every value on one line.
    pub fn lines(to: W) -> Self {
        Self::new(to, Layout::Lines)
    }

    fn new(to: W, layout: Layout) -> Self {
        Self { to, waiting: Vec::with_capacity(Self::PIECE + (8 << 10)), layout, depth: 0 }
    }

    /// Writes one value, and ends its line.
    ///
    /// # Errors
    ///
    /// When it cannot be passed on, and when JSON has no form for it.
    pub fn value(&mut self, value: &(impl Serialize + ?Sized)) -> Result<(), JsonError> {
        value.serialize(Form(self))?;
        self.waiting.push(b'\n');
        Ok(())
    }

    /// Passes on the rest.
    ///
    /// # Errors
    ///
    /// When that fails.
    pub fn finish(mut self) -> io::Result<()> {
        self.to.write_all(&self.waiting)?;
        self.to.flush()
    }

    /// Passes on what is there, once that is enough.
    fn pass_on(&mut self) -> io::Result<()> {
        if self.waiting.len() >= Self::PIECE {
            self.to.write_all(&self.waiting)?;
            self.waiting.clear();
        }
        Ok(())
    }

    fn raw(&mut self, json: &str) {
        self.waiting.extend_from_slice(json.as_bytes());
    }

    /// A number or another value without text, as `serde_json` writes it.
    fn scalar(&mut self, value: impl Serialize) -> Result<(), JsonError> {
        serde_json::to_writer(&mut self.waiting, &value)
            .map_err(|error| JsonError::NoForm(error.to_string()))
    }

    fn quoted(&mut self, text: &str) {
        self.waiting.push(b'"');
        self.text(text);
        self.waiting.push(b'"');
    }

    /// What stands between quotes.
    fn text(&mut self, text: &str) {
        if is_plain(text) {
            self.raw(text);
        } else {
            text.chars().for_each(|c| self.character(c));
        }
    }

    fn character(&mut self, c: char) {
        match c {
            '"' => self.raw("\\\""),
            '\\' => self.raw("\\\\"),
            '\n' => self.raw("\\n"),
            '\r' => self.raw("\\r"),
            '\t' => self.raw("\\t"),
            '\u{8}' => self.raw("\\b"),
            '\u{c}' => self.raw("\\f"),
            c if acts(c) => {
                // Writing to memory cannot fail.
                let _ = write!(self.waiting, "{}", Escape(c));
            }
            c => self.raw(c.encode_utf8(&mut [0; 4])),
        }
    }

    /// Where the next member stands.
    fn new_line(&mut self) {
        const SPACES: &str = "                                ";
        if self.layout == Layout::Lines {
            return;
        }
        self.waiting.push(b'\n');
        let mut left = 2 * self.depth;
        while left > 0 {
            let some = SPACES.get(..left).unwrap_or(SPACES);
            self.raw(some);
            left -= some.len();
        }
    }

    /// Between a name and its value.
    fn colon(&mut self) {
        self.raw(if self.layout == Layout::Indented { ": " } else { ":" });
    }
}

/// Whether nothing in it needs an escape, seen at a glance: printable ASCII without a quote and
/// a backslash. All of it is looked at, without a way out halfway, so that many bytes are looked
/// at in one step.
fn is_plain(text: &str) -> bool {
    let needs_a_look =
        |byte: u8| !matches!(byte, 0x20..0x7f) | matches!(byte, b'"') | matches!(byte, b'\\');
    !text.bytes().fold(false, |any, byte| any | needs_a_look(byte))
}
