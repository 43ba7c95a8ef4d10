//! Text from outside, made harmless for a terminal, a log or a page of text.

use std::borrow::Cow;
use std::fmt::{self, Write as _};

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
            // Writing to a `String` cannot fail.
            let _ = write!(safe, "{}", Escape(c));
        } else {
            safe.push(c);
        }
    }
    safe
}

/// A character as an escape of JSON: its UTF-16 units (RFC 8259, section 7).
pub(crate) struct Escape(pub(crate) char);

impl fmt::Display for Escape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.encode_utf16(&mut [0; 2]).iter().try_for_each(|unit| write!(f, "\\u{unit:04x}"))
    }
}

/// Whether a character does something other than stand there.
pub(crate) fn acts(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{061C}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}')
        || matches!(c, '\u{2060}'..='\u{2069}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}')
        || matches!(c, '\u{E0000}'..='\u{E007F}')
}

#[cfg(test)]
mod tests {
    use super::{clean, clean_json};

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
}
