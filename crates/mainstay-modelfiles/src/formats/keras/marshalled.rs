//! Names in Python code that was marshalled and written as base64.
//!
//! A `Lambda` layer keeps its function so. Nothing is unmarshalled: texts are told by the type
//! byte and the length in front of them (`Python/marshal.c`, version 4), within bounds.

/// The most characters of base64 that are looked at.
const MOST_ENCODED: usize = 256 * 1024;
/// The most names that are shown.
const MOST_NAMES: usize = 24;
/// The longest name that is shown.
const LONGEST: usize = 60;

/// The code as readable pseudo-Python: what it names, in its order.
pub(crate) fn shown(encoded: &str) -> String {
    let names = names_in(&decoded(encoded));
    if names.is_empty() {
        return "compiled Python code".to_owned();
    }
    format!("compiled Python code that names {}", names.join(", "))
}

/// Whether a text is marshalled code or a pickle in base64.
pub(super) fn is_code(text: &str) -> bool {
    if text.len() < 40 {
        return false;
    }
    // Python skips what is no digit of base64, so others may stand between them.
    let is_digit = |letter: &char| letter.is_ascii_alphanumeric() || matches!(letter, '+' | '/');
    let digits: String = text.chars().filter(is_digit).take(64).collect();
    let is_plain = text.trim_start().bytes().take(40).all(is_digit_or_break);
    match *decoded(&digits) {
        // A code object with few arguments.
        [0xE3 | 0x63, arguments, 0, 0, 0, more, 0, 0, 0, ..] => arguments < 64 && more < 64,
        // A pickle of protocol 4 or 5 with a frame.
        [0x80, 4 | 5, 0x95, ..] => is_plain,
        // An older one, which begins with an import, or a container that is filled.
        [0x80, 2 | 3, b'c' | b'(' | b'}' | b']', ..] => {
            is_plain && text.trim_end().len().is_multiple_of(4)
        }
        _ => false,
    }
}

fn is_digit_or_break(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'\n' | b'\r')
}

/// Base64 as Python decodes it: what is no digit is skipped.
fn decoded(encoded: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let (mut bits, mut held) = (0_u32, 0_u32);
    for byte in encoded.bytes().take(MOST_ENCODED) {
        let digit = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => continue,
        };
        held = (held << 6) | u32::from(digit);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            out.push(u8::try_from((held >> bits) & 0xFF).unwrap_or_default());
        }
    }
    out
}

fn names_in(code: &[u8]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let mut at = 0;
    while names.len() < MOST_NAMES {
        let Some(kind) = code.get(at) else { break };
        let (header, length) = match kind & 0x7F {
            b'z' | b'Z' => (2, code.get(at + 1).map(|length| usize::from(*length))),
            b'a' | b'A' | b'u' | b't' => {
                let length = code.get(at + 1..).and_then(|rest| rest.first_chunk::<4>());
                (5, length.and_then(|length| usize::try_from(u32::from_le_bytes(*length)).ok()))
            }
            _ => (0, None),
        };
        let text = length
            .filter(|length| (2..=4096).contains(length))
            .and_then(|length| code.get(at + header..at + header + length))
            .filter(|text| text.iter().all(|byte| (b' '..=b'~').contains(byte)));
        let Some(text) = text else {
            at += 1;
            continue;
        };
        at += header + text.len();
        let name = String::from_utf8_lossy(text.get(..LONGEST).unwrap_or(text)).into_owned();
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_in_marshalled_code() {
        // 0xE3, counts, then the short texts "os" and "system".
        let code = "4wEAAAAAAAAAAAAAAAACAAAAQwAAANoCb3PaBnN5c3RlbQ==";
        assert!(is_code(code));
        let veiled: String = code.chars().flat_map(|each| [each, '!']).collect();
        assert!(is_code(&veiled) && is_code(&format!(" \u{e9}{code}")));
        assert_eq!(shown(code), "compiled Python code that names os, system");
    }

    #[test]
    fn words_are_no_code() {
        assert!(!is_code("the quick brown fox jumps over the lazy dog again"));
        assert!(!is_code("block1_conv1block1_conv1block1_conv1block1_conv1"));
    }
}
