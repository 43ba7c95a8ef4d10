//! Going through JSON (RFC 8259) one event after another: no tree, no recursion, no copies.
//!
//! Headers name a million tensors and models hold hundreds of megabytes of numbers; a tree of
//! them would cost many times the file. The grammar is the strict one, and nesting is bounded as
//! in other readers.

mod text;

pub(crate) use text::Text;

use memchr::memchr2;

/// The deepest nesting. `serde_json` stops at the same depth.
const DEEPEST: usize = 128;

/// Something in JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Event<'a> {
    /// `{`
    Object,
    /// `[`
    Array,
    /// `}` or `]`
    End,
    /// The name of a member of an object; its value follows.
    Key(Text<'a>),
    /// A string.
    String(Text<'a>),
    /// A number as it is written.
    Number(&'a str),
    /// `true` or `false`.
    Bool,
    /// `null`
    Null,
}

/// Why it is not JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Broken {
    /// Where, in bytes from the start.
    pub(crate) at: u64,
    /// What is wrong there, as a fragment.
    pub(crate) why: &'static str,
}

/// What may come next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Expects {
    Value,
    ValueOrEnd,
    Key,
    KeyOrEnd,
    CommaOrEnd,
    Nothing,
}

/// A walk through one JSON value.
#[derive(Clone, Debug)]
pub(crate) struct Walk<'a> {
    text: &'a str,
    at: usize,
    /// What is open: whether it is an object.
    open: Vec<bool>,
    expects: Expects,
}

impl<'a> Walk<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self { text, at: 0, open: Vec::new(), expects: Expects::Value }
    }

    /// Where it stands: behind the last event.
    pub(crate) fn at(&self) -> u64 {
        self.at as u64
    }

    /// How many objects and arrays are open.
    pub(crate) fn depth(&self) -> usize {
        self.open.len()
    }

    /// The next event; `None` when the value is over. What follows it is not looked at.
    pub(crate) fn next(&mut self) -> Result<Option<Event<'a>>, Broken> {
        if self.expects == Expects::Nothing {
            return Ok(None);
        }
        let mut letter = self.letter()?;
        if self.expects == Expects::CommaOrEnd && letter == b',' {
            self.at += 1;
            let is_object = self.open.last().copied().unwrap_or(false);
            self.expects = if is_object { Expects::Key } else { Expects::Value };
            letter = self.letter()?;
        }
        match self.expects {
            Expects::CommaOrEnd | Expects::ValueOrEnd | Expects::KeyOrEnd
                if self.closes(letter) =>
            {
                self.at += 1;
                self.open.pop();
                self.expects = self.behind_a_value();
                Ok(Some(Event::End))
            }
            Expects::CommaOrEnd => Err(self.broken("a comma or the end is missing")),
            Expects::Key | Expects::KeyOrEnd => self.key(letter).map(Some),
            Expects::Value | Expects::ValueOrEnd | Expects::Nothing => self.value(letter).map(Some),
        }
    }

    /// Goes behind the value that comes next, whole.
    pub(crate) fn skip(&mut self) -> Result<(), Broken> {
        let depth = self.depth();
        while let Some(event) = self.next()? {
            if self.depth() == depth && !matches!(event, Event::Key(_)) {
                break;
            }
        }
        Ok(())
    }

    /// Goes behind the end of the object or array that was opened at `depth`.
    pub(crate) fn leave(&mut self, depth: usize) -> Result<(), Broken> {
        while self.depth() >= depth && self.next()?.is_some() {}
        Ok(())
    }

    fn broken(&self, why: &'static str) -> Broken {
        Broken { at: self.at(), why }
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// The next byte that is not white space.
    fn letter(&mut self) -> Result<u8, Broken> {
        let rest = self.rest().as_bytes();
        let found = rest.iter().position(|byte| !matches!(byte, b' ' | b'\t' | b'\n' | b'\r'));
        self.at += found.unwrap_or(rest.len());
        let letter = found.and_then(|found| rest.get(found)).copied();
        letter.ok_or(self.broken("it ends too early"))
    }

    fn closes(&self, letter: u8) -> bool {
        match self.open.last() {
            Some(true) => letter == b'}',
            Some(false) => letter == b']',
            None => false,
        }
    }

    fn behind_a_value(&self) -> Expects {
        if self.open.is_empty() { Expects::Nothing } else { Expects::CommaOrEnd }
    }

    fn key(&mut self, letter: u8) -> Result<Event<'a>, Broken> {
        if letter != b'"' {
            return Err(self.broken("a name in quotation marks is missing"));
        }
        let key = self.string()?;
        if self.letter()? != b':' {
            return Err(self.broken("a colon is missing"));
        }
        self.at += 1;
        self.expects = Expects::Value;
        Ok(Event::Key(key))
    }

    fn value(&mut self, letter: u8) -> Result<Event<'a>, Broken> {
        match letter {
            b'{' | b'[' => {
                if self.open.len() >= DEEPEST {
                    return Err(self.broken("it is nested deeper than readers go"));
                }
                self.at += 1;
                let is_object = letter == b'{';
                self.open.push(is_object);
                self.expects = if is_object { Expects::KeyOrEnd } else { Expects::ValueOrEnd };
                return Ok(if is_object { Event::Object } else { Event::Array });
            }
            _ => self.expects = self.behind_a_value(),
        }
        match letter {
            b'"' => self.string().map(Event::String),
            b'-' | b'0'..=b'9' => self.number(),
            b't' => self.word("true", Event::Bool),
            b'f' => self.word("false", Event::Bool),
            b'n' => self.word("null", Event::Null),
            _ => Err(self.broken("there is no value where one belongs")),
        }
    }

    fn word(&mut self, word: &str, event: Event<'a>) -> Result<Event<'a>, Broken> {
        if !self.rest().starts_with(word) {
            return Err(self.broken("there is no value where one belongs"));
        }
        self.at += word.len();
        Ok(event)
    }

    fn number(&mut self) -> Result<Event<'a>, Broken> {
        let rest = self.rest();
        let belongs = |byte: &u8| matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E');
        let length = rest.bytes().position(|byte| !belongs(&byte)).unwrap_or(rest.len());
        let number = rest.get(..length).unwrap_or_default();
        if !is_number(number) {
            return Err(self.broken("a number is not written as one"));
        }
        self.at += length;
        Ok(Event::Number(number))
    }

    /// The string whose opening quotation mark comes next.
    fn string(&mut self) -> Result<Text<'a>, Broken> {
        let start = self.at + 1;
        let bytes = self.text.as_bytes();
        let mut end = start;
        loop {
            let rest = bytes.get(end..).unwrap_or_default();
            let found = memchr2(b'"', b'\\', rest);
            end += found.ok_or(self.broken("a string has no end"))?;
            if bytes.get(end) == Some(&b'"') {
                break;
            }
            end += 2;
        }
        let raw = self.text.get(start..end).unwrap_or_default();
        let text = Text { raw, at: start as u64 };
        if let Some(why) = text.flaw() {
            return Err(self.broken(why));
        }
        self.at = end + 1;
        Ok(text)
    }
}

/// Whether letters of numbers are a number: an optional minus, digits without a leading zero,
/// a fraction, an exponent.
fn is_number(written: &str) -> bool {
    let unsigned = written.strip_prefix('-').unwrap_or(written);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => {
            (mantissa, Some(exponent.strip_prefix(['+', '-']).unwrap_or(exponent)))
        }
        None => (unsigned, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits(whole)
        && (whole.len() == 1 || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent.is_none_or(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walked(text: &str) -> Result<Vec<String>, Broken> {
        let mut walk = Walk::new(text);
        let mut events = Vec::new();
        while let Some(event) = walk.next()? {
            events.push(match event {
                Event::Key(text) => format!("{}:", text.value()),
                Event::String(text) => text.value().into_owned(),
                Event::Number(number) => number.to_owned(),
                Event::Object | Event::Array | Event::End | Event::Bool | Event::Null => {
                    format!("{event:?}")
                }
            });
        }
        Ok(events)
    }

    #[test]
    fn events_come_in_their_order() {
        let events = walked(r#" {"a": [1, -2.5e+3, "\u0062\ud83d\ude00\n"], "c": {}} "#).unwrap();
        let expected =
            ["Object", "a:", "Array", "1", "-2.5e+3", "b😀\n", "End", "c:", "Object", "End", "End"];
        assert_eq!(events, expected);
    }

    #[test]
    fn what_is_not_json_is_broken() {
        for text in ["", "{", "[1,]", "{\"a\"}", "{,}", "[01]", "[1.]", "\"\t\"", "\"\\x\"", "]"] {
            assert!(walked(text).is_err(), "{text}");
        }
        assert!(walked(&"[".repeat(200)).is_err());
    }

    #[test]
    fn a_value_is_skipped_whole() {
        let mut walk = Walk::new(r#"{"a": {"b": [1, 2]}, "c": 3}"#);
        walk.next().unwrap();
        walk.next().unwrap();
        walk.skip().unwrap();
        assert!(matches!(walk.next().unwrap(), Some(Event::Key(key)) if key.is("c")));
    }
}
