//! Percent-encoding (RFC 3986 section 2.1), as ECMA-427 narrows it: letters, digits, `.`, `-`,
//! `_`, `~` and `:` stand as they are, in every component; everything else is encoded.

use std::borrow::Cow;

use super::{PurlComponent, PurlError};
use crate::package_name::is_control;

/// Whether a byte stands as it is.
pub(super) fn stands(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'~' | b':')
}

/// Appends a character, encoded where it must be.
pub(super) fn push(out: &mut String, c: char) {
    if u8::try_from(c).is_ok_and(stands) {
        out.push(c);
        return;
    }
    let mut buffer = [0; 4];
    for byte in c.encode_utf8(&mut buffer).bytes() {
        out.push('%');
        out.extend([byte >> 4, byte & 0xF].map(hex_digit));
    }
}

/// Decodes a component and refuses what no component may contain.
pub(super) fn decode(text: &str, component: PurlComponent) -> Result<Cow<'_, str>, PurlError> {
    let Some(first) = text.find('%') else {
        return Ok(Cow::Borrowed(text));
    };
    let mut bytes = Vec::with_capacity(text.len());
    bytes.extend_from_slice(text.as_bytes().get(..first).unwrap_or(&[]));
    let mut rest = text.as_bytes().get(first..).unwrap_or(&[]);
    while let Some((&byte, after)) = rest.split_first() {
        if byte != b'%' {
            bytes.push(byte);
            rest = after;
            continue;
        }
        let (value, after) =
            escape(after).ok_or(PurlError::BadEscape { component, at: text.len() - rest.len() })?;
        bytes.push(value);
        rest = after;
    }
    String::from_utf8(bytes).map(Cow::Owned).map_err(|_| PurlError::NotUtf8(component))
}

/// Decodes text that this module has encoded.
pub(super) fn decode_own(text: &str) -> Cow<'_, str> {
    decode(text, PurlComponent::Name).unwrap_or(Cow::Borrowed(text))
}

/// Refuses control characters in decoded text.
pub(super) fn refuse_control(text: &str, component: PurlComponent) -> Result<(), PurlError> {
    match text.chars().find(|c| is_control(*c)) {
        Some(c) => Err(PurlError::Control { component, code: c.into() }),
        None => Ok(()),
    }
}

/// The byte of the two hexadecimal digits at the start, and what follows them.
fn escape(text: &[u8]) -> Option<(u8, &[u8])> {
    let (digits, rest) = text.split_at_checked(2)?;
    let mut value = 0;
    for digit in digits {
        value = value << 4 | u8::try_from(char::from(*digit).to_digit(16)?).ok()?;
    }
    Some((value, rest))
}

fn hex_digit(nibble: u8) -> char {
    char::from_digit(nibble.into(), 16).unwrap_or('0').to_ascii_uppercase()
}
