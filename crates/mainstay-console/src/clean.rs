//! Text from outside, made harmless for a terminal, a log or a page of text.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io;

/// The text with every character that acts on a terminal or on its reader written out: controls
/// (C0, C1, delete), line and paragraph separators, marks that turn the direction of text or take
/// no room (Unicode TR 36). A tab becomes a space, a line break `\n`, all others `\u{...}`.
pub fn clean(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|b| (0x20..0x7f).contains(&b)) || !text.chars().any(acts) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '\t' => safe.push(' '),
            '\n' => safe.push_str("\\n"),
            '\r' => safe.push_str("\\r"),
            c if acts(c) => {
                // Writing to a `String` cannot fail.
                let _ = write!(safe, "\\u{{{:x}}}", u32::from(c));
            }
            c => safe.push(c),
        }
    }
    Cow::Owned(safe)
}

/// JSON in which every character that acts on a terminal is an escape. A JSON writer escapes C0
/// controls by itself (RFC 8259, section 7) and may leave all others as they are. A reader of
/// JSON sees no difference.
pub fn clean_json(json: String) -> String {
    if is_plain(json.as_bytes()) { json } else { escaped(&json) }
}

/// Whether nothing in it acts, seen at a glance.
fn is_plain(json: &[u8]) -> bool {
    json.is_ascii() && !json.contains(&0x7f)
}

fn escaped(json: &str) -> String {
    let is_raw = |c: char| !c.is_ascii_control() || c == '\u{7f}';
    let mut safe = String::with_capacity(json.len() + 16);
    for c in json.chars() {
        if is_raw(c) && acts(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                // Writing to a `String` cannot fail.
                let _ = write!(safe, "\\u{unit:04x}");
            }
        } else {
            safe.push(c);
        }
    }
    safe
}

/// What [`clean_json`] does, for a document that is passed on while it is written: a large report
/// need not be in memory as a whole. What is written last is passed on by [`Self::finish`].
pub struct CleanJson<W> {
    to: W,
    waiting: Vec<u8>,
}

impl<W: io::Write> CleanJson<W> {
    /// How many bytes are passed on together.
    const PIECE: usize = 64 << 10;

    /// Passes on to `to`.
    pub fn to(to: W) -> Self {
        Self { to, waiting: Vec::with_capacity(2 * Self::PIECE) }
    }

    /// Passes on the rest.
    ///
    /// # Errors
    ///
    /// When that fails, or when what was written ends within a character.
    pub fn finish(mut self) -> io::Result<()> {
        self.pass_on()?;
        if self.waiting.is_empty() { self.to.flush() } else { Err(not_text()) }
    }

    /// Passes on what is there, but for a character whose end is still to come.
    fn pass_on(&mut self) -> io::Result<()> {
        if is_plain(&self.waiting) {
            self.to.write_all(&self.waiting)?;
            self.waiting.clear();
            return Ok(());
        }
        let whole = match std::str::from_utf8(&self.waiting) {
            Ok(text) => text,
            Err(error) if error.error_len().is_some() => return Err(not_text()),
            Err(error) => {
                let begun = self.waiting.get(..error.valid_up_to()).unwrap_or_default();
                std::str::from_utf8(begun).map_err(|_| not_text())?
            }
        };
        let length = whole.len();
        self.to.write_all(escaped(whole).as_bytes())?;
        self.waiting.drain(..length);
        Ok(())
    }
}

fn not_text() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "the JSON is not UTF-8")
}

impl<W: io::Write> io::Write for CleanJson<W> {
    #[inline]
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_all(bytes)?;
        Ok(bytes.len())
    }

    #[inline]
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.waiting.extend_from_slice(bytes);
        if self.waiting.len() < Self::PIECE { Ok(()) } else { self.pass_on() }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.pass_on()?;
        self.to.flush()
    }
}

/// Whether a character does something other than stand there.
fn acts(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{061C}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}')
        || matches!(c, '\u{2060}'..='\u{2069}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}')
        || matches!(c, '\u{E0000}'..='\u{E007F}')
}

#[cfg(test)]
mod tests {
    use std::io::{ErrorKind, Write as _};

    use super::{CleanJson, clean, clean_json};

    #[test]
    fn plain_text_stays_as_it_is() {
        assert_eq!(clean("Zoë 1.0 (日本)"), "Zoë 1.0 (日本)");
    }

    #[test]
    fn an_escape_sequence_is_written_out() {
        assert_eq!(clean("\u{1b}[31mred"), "\\u{1b}[31mred");
    }

    #[test]
    fn a_line_break_cannot_start_a_line() {
        assert_eq!(clean("a\nb\r"), "a\\nb\\r");
    }

    #[test]
    fn text_cannot_be_turned_around() {
        assert_eq!(clean("a\u{202e}b"), "a\\u{202e}b");
    }

    #[test]
    fn an_eight_bit_control_is_written_out() {
        assert_eq!(clean("\u{9b}31m"), "\\u{9b}31m");
    }

    #[test]
    fn what_acts_in_json_becomes_an_escape() {
        assert_eq!(clean_json("[\"\u{9b}\u{e0001}é\"]\n".into()), "[\"\\u009b\\udb40\\udc01é\"]\n");
    }

    /// `pieces`, each written by itself.
    fn passed_on(pieces: impl IntoIterator<Item = impl AsRef<[u8]>>) -> std::io::Result<String> {
        let mut all = Vec::new();
        let mut json = CleanJson::to(&mut all);
        for piece in pieces {
            json.write_all(piece.as_ref())?;
        }
        json.finish()?;
        Ok(String::from_utf8(all).unwrap())
    }

    #[test]
    fn json_that_is_passed_on_is_as_clean_as_a_whole_text() {
        let text = "[\"\u{9b}\u{e0001}é\u{7f}\"]\n".repeat(20_000);
        let bytes = text.as_bytes();
        assert_eq!(passed_on([bytes]).unwrap(), clean_json(text.clone()));
        // Pieces that end within characters, and within what is passed on together.
        assert_eq!(passed_on(bytes.chunks(7)).unwrap(), clean_json(text.clone()));
    }

    #[test]
    fn json_that_is_not_text_is_not_passed_on() {
        let is_refused = |bytes: &[u8]| {
            passed_on([bytes]).is_err_and(|error| error.kind() == ErrorKind::InvalidData)
        };
        assert!(is_refused(b"[\"\xff\"]"));
        assert!(is_refused(b"[\"\xc3"), "it ends within a character");
    }
}
