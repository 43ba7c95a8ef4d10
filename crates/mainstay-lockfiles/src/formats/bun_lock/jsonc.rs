//! JSON with comments and trailing commas, made plain.

use mainstay_reading::{ReadError, ReadErrorKind};

/// Replaces comments and trailing commas by spaces, so that every byte that stays keeps its
/// place and its line.
pub(super) fn to_json(text: &str) -> Result<String, ReadError> {
    let mut bytes = text.as_bytes().to_vec();
    // Where the last comma stands, as long as nothing but space follows it.
    let mut comma: Option<usize> = None;
    let mut at = 0;
    while let Some(byte) = bytes.get(at).copied() {
        let next = bytes.get(at + 1).copied();
        match (byte, next) {
            (b'"', _) => {
                at = end_of_string(&bytes, at + 1);
                comma = None;
            }
            (b'/', Some(b'/')) => {
                let end = memchr::memchr(b'\n', bytes.get(at..).unwrap_or_default());
                let end = end.map_or(bytes.len(), |end| at + end);
                at = blank(&mut bytes, at, end);
            }
            (b'/', Some(b'*')) => {
                let rest = bytes.get(at + 2..).unwrap_or_default();
                let Some(end) = memchr::memmem::find(rest, b"*/") else {
                    let line = memchr::memchr_iter(b'\n', bytes.get(..at).unwrap_or_default());
                    let line = u32::try_from(line.count() + 1).unwrap_or(u32::MAX);
                    let message = "the comment is not closed";
                    return Err(ReadError::at(ReadErrorKind::Syntax, line, message));
                };
                at = blank(&mut bytes, at, at + 2 + end + 2);
            }
            (b',', _) => {
                comma = Some(at);
                at += 1;
            }
            (b'}' | b']', _) => {
                if let Some(comma) = comma.take() {
                    blank(&mut bytes, comma, comma + 1);
                }
                at += 1;
            }
            (b' ' | b'\n' | b'\r' | b'\t', _) => at += 1,
            _ => {
                comma = None;
                at += 1;
            }
        }
    }
    String::from_utf8(bytes)
        .map_err(|_| ReadError::new(ReadErrorKind::Encoding, "the bytes are not UTF-8 text"))
}

/// The place after the quotation mark that closes a string; the end of the text if none does.
fn end_of_string(bytes: &[u8], start: usize) -> usize {
    let mut at = start;
    loop {
        match bytes.get(at) {
            Some(b'"') => return at + 1,
            Some(b'\\') => at += 2,
            Some(_) => at += 1,
            None => return bytes.len(),
        }
    }
}

/// Blanks what stands between two places, lines kept, and gives the second.
fn blank(bytes: &mut [u8], start: usize, end: usize) -> usize {
    for byte in bytes.get_mut(start..end).unwrap_or_default() {
        if *byte != b'\n' {
            *byte = b' ';
        }
    }
    end
}

#[cfg(test)]
mod tests {
    use super::to_json;

    #[test]
    fn comments_and_trailing_commas_become_spaces() {
        let json = to_json("{ // one\n\"a\": [1, /* x\ny */ ], }").unwrap();
        assert_eq!(json, "{       \n\"a\": [1      \n     ]  }");
    }

    #[test]
    fn what_stands_in_a_string_stays() {
        let text = r#"{"a": "http://x,}", "b\\": "\",]"}"#;
        assert_eq!(to_json(text).unwrap(), text);
    }

    #[test]
    fn two_commas_stay_an_error() {
        assert!(serde_json::from_str::<Vec<u8>>(&to_json("[1,,]").unwrap()).is_err());
    }

    #[test]
    fn an_open_comment_names_its_line() {
        assert_eq!(to_json("{\n/* ").unwrap_err().line, Some(2));
    }
}
