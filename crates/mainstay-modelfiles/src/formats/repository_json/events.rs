//! JSON as one value after the other, each with its path: no tree is built, and a file of many
//! megabytes is gone through once.
//!
//! It is as lenient as the readers of Python: `NaN` and `Infinity` are numbers, control characters
//! may stand in strings. A key that is there twice is met twice, so that it hides nothing.

use std::borrow::Cow;

/// Levels of nesting that are followed.
const DEEPEST: usize = 256;

/// A step from a value to one inside it.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Step<'t> {
    Key(Cow<'t, str>),
    Index(usize),
}

/// A value that is met.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value<'t> {
    Text(Cow<'t, str>),
    True,
    /// A number, `false` or `null`.
    Other,
    /// An object or a list begins.
    Container,
}

/// Where and why the text is no JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Broken {
    pub(super) at: usize,
    pub(super) is_too_deep: bool,
}

/// Goes through a document. `each` is given the path, the value and where it begins.
pub(super) fn visit<'t>(
    bytes: &'t [u8],
    each: impl FnMut(&[Step<'t>], &Value<'t>, usize),
) -> Result<(), Broken> {
    let at = if bytes.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
    Visitor { bytes, at, path: Vec::new(), open: Vec::new(), each }.document()
}

struct Visitor<'t, F> {
    bytes: &'t [u8],
    at: usize,
    /// The steps to the value at hand.
    path: Vec<Step<'t>>,
    /// The containers that are open: whether each is an object.
    open: Vec<bool>,
    each: F,
}

impl<'t, F: FnMut(&[Step<'t>], &Value<'t>, usize)> Visitor<'t, F> {
    fn document(mut self) -> Result<(), Broken> {
        loop {
            let is_opened = self.value()?;
            if is_opened {
                continue;
            }
            // A value is over: so may be the containers around it.
            loop {
                let Some(is_object) = self.open.last().copied() else {
                    return if self.next().is_none() { Ok(()) } else { Err(self.broken()) };
                };
                let step = self.path.pop();
                match (self.next(), is_object) {
                    (Some(b','), true) => {
                        self.at += 1;
                        self.key()?;
                        break;
                    }
                    (Some(b','), false) => {
                        self.at += 1;
                        let index = if let Some(Step::Index(index)) = step { index + 1 } else { 0 };
                        self.path.push(Step::Index(index));
                        break;
                    }
                    (Some(b'}'), true) | (Some(b']'), false) => {
                        self.at += 1;
                        self.open.pop();
                    }
                    _ => return Err(self.broken()),
                }
            }
        }
    }

    fn broken(&self) -> Broken {
        Broken { at: self.at, is_too_deep: false }
    }

    /// The next byte that is no blank.
    fn next(&mut self) -> Option<u8> {
        while let Some(byte) = self.bytes.get(self.at) {
            if !matches!(byte, b' ' | b'\n' | b'\r' | b'\t') {
                return Some(*byte);
            }
            self.at += 1;
        }
        None
    }

    /// Takes a value. Whether it is a container that has something in it, whose first value comes
    /// next.
    fn value(&mut self) -> Result<bool, Broken> {
        let next = self.next();
        let start = self.at;
        let value = match next {
            Some(opening @ (b'{' | b'[')) => {
                (self.each)(&self.path, &Value::Container, start);
                self.at += 1;
                return self.opened(opening == b'{');
            }
            Some(b'"') => Value::Text(self.text()?),
            Some(b'-' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z') => self.word()?,
            _ => return Err(self.broken()),
        };
        (self.each)(&self.path, &value, start);
        Ok(false)
    }

    fn opened(&mut self, is_object: bool) -> Result<bool, Broken> {
        if self.open.len() >= DEEPEST {
            return Err(Broken { at: self.at, is_too_deep: true });
        }
        let closing = if is_object { b'}' } else { b']' };
        if self.next() == Some(closing) {
            self.at += 1;
            return Ok(false);
        }
        self.open.push(is_object);
        if is_object {
            self.key()?;
        } else {
            self.path.push(Step::Index(0));
        }
        Ok(true)
    }

    fn key(&mut self) -> Result<(), Broken> {
        if self.next() != Some(b'"') {
            return Err(self.broken());
        }
        let key = self.text()?;
        if self.next() != Some(b':') {
            return Err(self.broken());
        }
        self.at += 1;
        self.path.push(Step::Key(key));
        Ok(())
    }

    /// A number, `true`, `false`, `null`, `NaN` or `Infinity`.
    fn word(&mut self) -> Result<Value<'t>, Broken> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let belongs =
            |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
        let length = rest.iter().take_while(belongs).count();
        let word = rest.get(..length).unwrap_or_default();
        let bare = word.strip_prefix(b"-").unwrap_or(word);
        let value = match bare {
            b"true" => Value::True,
            b"false" | b"null" | b"NaN" | b"Infinity" | [b'0'..=b'9', ..] => Value::Other,
            _ => return Err(self.broken()),
        };
        self.at += length;
        Ok(value)
    }

    /// A string, decoded.
    fn text(&mut self) -> Result<Cow<'t, str>, Broken> {
        let broken = self.broken();
        self.at += 1;
        let start = self.at;
        let mut has_escapes = false;
        loop {
            let rest = self.bytes.get(self.at..).unwrap_or_default();
            let found = memchr::memchr2(b'"', b'\\', rest).ok_or(broken)?;
            self.at += found;
            if self.bytes.get(self.at) == Some(&b'"') {
                break;
            }
            has_escapes = true;
            self.at += 2;
        }
        let raw = self.bytes.get(start..self.at).unwrap_or_default();
        self.at += 1;
        let raw = std::str::from_utf8(raw).map_err(|_| broken)?;
        Ok(if has_escapes { Cow::Owned(unescape(raw)) } else { Cow::Borrowed(raw) })
    }
}

/// Decodes the escapes of a string. What is no escape stays as it is; half of a pair becomes the
/// sign of replacement, as no model reads it.
fn unescape(raw: &str) -> String {
    let mut text = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some((before, escape)) = rest.split_once('\\') {
        text.push_str(before);
        let Some(sort) = escape.chars().next() else { break };
        rest = escape.get(sort.len_utf8()..).unwrap_or_default();
        match sort {
            'n' => text.push('\n'),
            't' => text.push('\t'),
            'r' => text.push('\r'),
            'b' => text.push('\u{8}'),
            'f' => text.push('\u{c}'),
            'u' => {
                let (c, after) = unit(rest);
                text.push(c);
                rest = after;
            }
            sort => text.push(sort),
        }
    }
    text.push_str(rest);
    text
}

/// The character of `\uXXXX`, or of a pair of them, and what follows.
fn unit(rest: &str) -> (char, &str) {
    let four = |text: &str| u16::from_str_radix(text.get(..4)?, 16).ok();
    let Some(first) = four(rest) else { return (char::REPLACEMENT_CHARACTER, rest) };
    let after = rest.get(4..).unwrap_or_default();
    if let Some(c) = char::from_u32(u32::from(first)) {
        return (c, after);
    }
    let second = after.strip_prefix("\\u").and_then(four);
    let pair = second.and_then(|second| char::decode_utf16([first, second]).next());
    match pair {
        Some(Ok(c)) => (c, after.get(6..).unwrap_or_default()),
        Some(Err(_)) | None => (char::REPLACEMENT_CHARACTER, after),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn met(text: &str) -> (Vec<String>, Result<(), Broken>) {
        let mut met = Vec::new();
        let result = visit(text.as_bytes(), |path, value, at| {
            let steps: Vec<String> = path
                .iter()
                .map(|step| match step {
                    Step::Key(key) => key.to_string(),
                    Step::Index(index) => index.to_string(),
                })
                .collect();
            met.push(format!("{at} {} {value:?}", steps.join("/")));
        });
        (met, result)
    }

    #[test]
    fn every_value_is_met_with_its_path() {
        let (met, result) = met(r#"{"a": [1, "x", {}], "b": {"c": true}}"#);
        assert_eq!(result, Ok(()));
        let expected = [
            "0  Container",
            "6 a Container",
            "7 a/0 Other",
            "10 a/1 Text(\"x\")",
            "15 a/2 Container",
            "25 b Container",
            "31 b/c True",
        ];
        assert_eq!(met, expected);
    }

    #[test]
    fn what_is_no_json_is_broken_where_it_breaks() {
        for (text, at) in [("{\"a\" 1}", 5), ("[1 2]", 3), ("{}x", 2), ("[1,", 3), ("", 0)] {
            assert_eq!(met(text).1.unwrap_err().at, at, "{text}");
        }
        assert!(met(&"[".repeat(100_000)).1.unwrap_err().is_too_deep);
    }

    #[test]
    fn escapes_and_pairs_are_decoded() {
        assert_eq!(unescape(r"\u005f\n\ud83d\ude00\ud83d"), "_\n\u{1F600}\u{FFFD}");
    }

    #[test]
    fn numbers_as_python_writes_them_are_numbers() {
        assert_eq!(met("[NaN, Infinity, -Infinity, -1.5e-05]").1, Ok(()));
    }
}
