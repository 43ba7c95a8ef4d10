//! A string of JSON (RFC 8259, section 7), as it is written and as it is meant.

use std::borrow::Cow;

/// A string as it stands in JSON, without its quotation marks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Text<'a> {
    /// As it is written.
    pub(crate) raw: &'a str,
    /// Where it begins.
    pub(crate) at: u64,
}

impl<'a> Text<'a> {
    /// As it is meant. Half of a surrogate pair becomes U+FFFD.
    pub(crate) fn value(&self) -> Cow<'a, str> {
        if !self.raw.contains('\\') {
            return Cow::Borrowed(self.raw);
        }
        let mut value = String::with_capacity(self.raw.len());
        let mut rest = self.raw;
        while let Some((before, escape)) = rest.split_once('\\') {
            value.push_str(before);
            let (letter, behind) = unescaped(escape);
            value.push(letter);
            rest = behind;
        }
        value.push_str(rest);
        Cow::Owned(value)
    }

    /// Whether it means this.
    pub(crate) fn is(&self, other: &str) -> bool {
        self.raw == other || (self.raw.contains('\\') && self.value() == other)
    }

    /// What is wrong with how it is written.
    pub(super) fn flaw(&self) -> Option<&'static str> {
        if self.raw.bytes().any(|byte| byte < b' ') {
            return Some("a control character stands in a string");
        }
        let mut rest = self.raw;
        while let Some((_, escape)) = rest.split_once('\\') {
            let known = match escape.as_bytes().first() {
                Some(b'u') => code_unit(escape).is_some(),
                Some(letter) => b"\"\\/bfnrt".contains(letter),
                None => false,
            };
            if !known {
                return Some("a backslash in a string escapes nothing");
            }
            rest = escape.get(1..).unwrap_or_default();
        }
        None
    }
}

/// The letter of an escape whose backslash is gone, and what follows it.
fn unescaped(escape: &str) -> (char, &str) {
    let mut letters = escape.chars();
    let letter = match letters.next() {
        Some('u') => return unescaped_unit(escape),
        Some('b') => '\u{8}',
        Some('f') => '\u{C}',
        Some('n') => '\n',
        Some('r') => '\r',
        Some('t') => '\t',
        Some(other) => other,
        None => '\\',
    };
    (letter, letters.as_str())
}

/// The letter of `uXXXX`, or of a pair of such escapes.
fn unescaped_unit(escape: &str) -> (char, &str) {
    let behind = escape.get(5..).unwrap_or_default();
    let Some(unit) = code_unit(escape) else { return (char::REPLACEMENT_CHARACTER, behind) };
    if let Some(letter) = char::from_u32(u32::from(unit)) {
        return (letter, behind);
    }
    let low = behind.strip_prefix('\\').and_then(code_unit);
    if let Some(Ok(letter)) = low.and_then(|low| char::decode_utf16([unit, low]).next()) {
        return (letter, behind.get(6..).unwrap_or_default());
    }
    (char::REPLACEMENT_CHARACTER, behind)
}

/// The number in `uXXXX`.
fn code_unit(escape: &str) -> Option<u16> {
    let digits = escape.strip_prefix('u')?.get(..4)?;
    let is_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hex.then(|| u16::from_str_radix(digits, 16).ok()).flatten()
}
