//! Strings of Python: their quotes, their escapes, and the fields of format strings.

/// How a string is quoted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Quotes {
    /// `"`, `'`, `"""` or `'''`.
    pub(super) sign: &'static str,
    /// The length of the sign.
    pub(super) width: usize,
    is_raw: bool,
    /// Whether braces hold code.
    pub(super) has_fields: bool,
}

impl Quotes {
    /// The quotes that begin behind a prefix of so many letters.
    pub(super) fn of(text: &str, prefix: usize) -> Option<Self> {
        let (letters, body) = (text.get(..prefix)?, text.get(prefix..)?);
        let sign = ["\"\"\"", "'''", "\"", "'"].into_iter().find(|sign| body.starts_with(sign))?;
        let has = |letter: char| letters.chars().any(|found| found.eq_ignore_ascii_case(&letter));
        Some(Self { sign, width: sign.len(), is_raw: has('r'), has_fields: has('f') || has('t') })
    }

    /// How long the string is up to its closing sign, or to where it must end.
    pub(super) fn length_of(&self, body: &str) -> usize {
        let bytes = body.as_bytes();
        let mut at = 0;
        while let Some(byte) = bytes.get(at) {
            match byte {
                b'\\' => at += 2,
                b'\n' if self.width == 1 => return at,
                _ if body.get(at..).is_some_and(|rest| rest.starts_with(self.sign)) => return at,
                _ => at += 1,
            }
        }
        body.len()
    }

    /// The string that is written so; `None` where only a table of all characters tells it.
    pub(super) fn decode(&self, raw: &str) -> Option<String> {
        if self.is_raw {
            return Some(raw.to_owned());
        }
        (!raw.contains("\\N{")).then(|| decoded(raw))
    }
}

fn decoded(raw: &str) -> String {
    let mut text = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some((before, escape)) = rest.split_once('\\') {
        text.push_str(before);
        let Some(sort) = escape.chars().next() else { break };
        let (digits, radix) = match sort {
            'x' => (1..3, 16),
            'u' => (1..5, 16),
            'U' => (1..9, 16),
            '0'..='7' => {
                let count = escape.bytes().take(3).take_while(|b| matches!(b, b'0'..=b'7')).count();
                (0..count, 8)
            }
            _ => (0..0, 10),
        };
        let end = digits.end;
        let code = escape.get(digits).and_then(|digits| u32::from_str_radix(digits, radix).ok());
        if let Some(c) = code.and_then(char::from_u32) {
            text.push(c);
            rest = escape.get(end..).unwrap_or_default();
            continue;
        }
        match sort {
            'n' => text.push('\n'),
            't' => text.push('\t'),
            'r' => text.push('\r'),
            '\n' => {}
            '\\' | '\'' | '"' => text.push(sort),
            _ => text.extend(['\\', sort]),
        }
        rest = escape.get(sort.len_utf8()..).unwrap_or_default();
    }
    text.push_str(rest);
    text
}

/// Where a format string stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fields {
    quotes: Quotes,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Text,
    /// In a field, with so many brackets open.
    Field(usize),
    /// In the text behind the colon of a field.
    Specification,
    /// In a field of a specification.
    Inner(usize),
}

/// What a sign means in a field.
pub(super) enum Sign {
    /// It belongs to the code.
    Inside,
    /// The field ends.
    Ends,
    /// The specification begins.
    Specifies,
}

/// Where plain text of a format string ends.
pub(super) enum Stop {
    Field,
    Specified,
    /// The string ends, with a closing sign of this width.
    End(usize),
}

impl Fields {
    pub(super) fn new(quotes: Quotes) -> Self {
        Self { quotes, state: State::Text }
    }

    pub(super) fn is_in_text(self) -> bool {
        matches!(self.state, State::Text | State::Specification)
    }

    /// How much plain text comes, and what ends it.
    pub(super) fn text_of(self, rest: &str) -> (usize, Stop) {
        let bytes = rest.as_bytes();
        let mut at = 0;
        while let Some(byte) = bytes.get(at) {
            let is_double = bytes.get(at + 1) == Some(byte);
            match byte {
                b'\\' if !self.quotes.is_raw => at += 2,
                b'{' | b'}' if is_double && self.state == State::Text => at += 2,
                b'{' => return (at, Stop::Field),
                b'}' if self.state == State::Specification => return (at, Stop::Specified),
                b'\n' if self.quotes.width == 1 => return (at, Stop::End(0)),
                _ if rest.get(at..).is_some_and(|rest| rest.starts_with(self.quotes.sign)) => {
                    return (at, Stop::End(self.quotes.width));
                }
                _ => at += 1,
            }
        }
        (rest.len(), Stop::End(0))
    }

    pub(super) fn open_field(&mut self) {
        self.state = match self.state {
            State::Specification | State::Inner(_) => State::Inner(0),
            State::Text | State::Field(_) => State::Field(0),
        };
    }

    pub(super) fn close_specification(&mut self) {
        self.state = State::Text;
    }

    /// Takes a sign that stands in a field.
    pub(super) fn sign(&mut self, sign: char) -> Sign {
        let (open, is_inner) = match self.state {
            State::Field(open) => (open, false),
            State::Inner(open) => (open, true),
            State::Text | State::Specification => return Sign::Inside,
        };
        let now = match sign {
            '}' if open == 0 => {
                self.state = if is_inner { State::Specification } else { State::Text };
                return Sign::Ends;
            }
            ':' if open == 0 && !is_inner => {
                self.state = State::Specification;
                return Sign::Specifies;
            }
            '(' | '[' | '{' => open + 1,
            ')' | ']' | '}' => open.saturating_sub(1),
            _ => open,
        };
        self.state = if is_inner { State::Inner(now) } else { State::Field(now) };
        Sign::Inside
    }
}
