//! From Python source to its tokens.
//!
//! Specification: the Python Language Reference, chapter 2 "Lexical analysis" (3.14), with the
//! f-strings of 3.12 (PEP 701): what stands in their braces is code like any other.

mod strings;

use strings::{Fields, Quotes};

/// One token.
#[derive(Debug)]
pub(super) struct Token<'s> {
    pub(super) line: u32,
    pub(super) kind: Kind<'s>,
}

#[derive(Debug, PartialEq)]
pub(super) enum Kind<'s> {
    Name(&'s str),
    /// A string or bytes, decoded.
    Text(String),
    /// A string with code in it; the code follows in braces.
    Format,
    /// A number. `None` when it is no whole one or too large.
    Number(Option<u64>),
    /// An operator, a bracket, a comma.
    Sign(&'s str),
    /// The end of a statement.
    Newline,
    Indent,
    Dedent,
}

/// The most tokens that are read.
const MOST: usize = 1_000_000;

/// The tokens of a source, and whether they are all of them.
pub(super) fn tokens(source: &str) -> (Vec<Token<'_>>, bool) {
    let mut lexer = Lexer {
        source,
        at: 0,
        line: 1,
        open: 0,
        indents: vec![0],
        strings: Vec::new(),
        tokens: Vec::new(),
    };
    lexer.run();
    let is_whole = lexer.at >= source.len();
    (lexer.tokens, is_whole)
}

struct Lexer<'s> {
    source: &'s str,
    at: usize,
    line: u32,
    /// Brackets that are open: lines do not end inside of them.
    open: usize,
    indents: Vec<usize>,
    /// The format strings that are open.
    strings: Vec<Fields>,
    tokens: Vec<Token<'s>>,
}

impl<'s> Lexer<'s> {
    fn run(&mut self) {
        self.indentation();
        while self.at < self.source.len() && self.tokens.len() < MOST {
            match self.strings.last().copied() {
                Some(fields) if fields.is_in_text() => self.format_text(fields),
                _ => self.token(),
            }
        }
        self.push(Kind::Newline);
        while self.indents.len() > 1 {
            self.indents.pop();
            self.push(Kind::Dedent);
        }
    }

    fn rest(&self) -> &'s str {
        self.source.get(self.at..).unwrap_or_default()
    }

    fn push(&mut self, kind: Kind<'s>) {
        self.tokens.push(Token { line: self.line, kind });
    }

    /// Goes over text, and counts its lines.
    fn skip(&mut self, length: usize) -> &'s str {
        let skipped = self.rest().get(..length).unwrap_or(self.rest());
        self.at += skipped.len();
        let lines = memchr::memchr_iter(b'\n', skipped.as_bytes()).count();
        self.line = self.line.saturating_add(u32::try_from(lines).unwrap_or(u32::MAX));
        skipped
    }

    /// The blank space before a statement. Lines with nothing else do not count.
    fn indentation(&mut self) {
        loop {
            let rest = self.rest();
            let blank = rest.bytes().take_while(|b| matches!(b, b' ' | b'\t' | b'\x0c')).count();
            let column = rest.bytes().take(blank).fold(0, |column, byte| match byte {
                b'\t' => (column / 8 + 1) * 8,
                b' ' => column + 1,
                _ => 0,
            });
            match rest.as_bytes().get(blank) {
                None => {
                    self.skip(blank);
                    return;
                }
                Some(b'\n' | b'\r') => {
                    self.skip(blank + 1);
                }
                Some(b'#') => {
                    let end = memchr::memchr(b'\n', rest.as_bytes()).map_or(rest.len(), |n| n + 1);
                    self.skip(end);
                }
                Some(_) => {
                    self.skip(blank);
                    self.level(column);
                    return;
                }
            }
        }
    }

    fn level(&mut self, column: usize) {
        if self.indents.last().is_none_or(|last| column > *last) {
            self.indents.push(column);
            self.push(Kind::Indent);
        }
        while self.indents.len() > 1 && self.indents.last().is_some_and(|last| column < *last) {
            self.indents.pop();
            self.push(Kind::Dedent);
        }
    }

    fn token(&mut self) {
        let rest = self.rest();
        let Some(next) = rest.chars().next() else { return };
        match next {
            '\n' => {
                if self.open == 0 && self.strings.is_empty() {
                    self.push(Kind::Newline);
                    self.skip(1);
                    self.indentation();
                } else {
                    self.skip(1);
                }
            }
            ' ' | '\t' | '\r' | '\x0c' | '\\' => {
                // A backslash joins the next line to this one.
                let joins = if rest.starts_with("\\\r\n") { 3 } else { 2 };
                let is_join =
                    next == '\\' && rest.get(1..).is_some_and(|r| r.starts_with(['\n', '\r']));
                self.skip(if is_join { joins } else { 1 });
            }
            '#' => {
                let end = memchr::memchr(b'\n', rest.as_bytes()).unwrap_or(rest.len());
                self.skip(end);
            }
            '"' | '\'' => self.string(0),
            '0'..='9' => self.number(),
            _ if next == '_' || next.is_alphabetic() => self.word(),
            _ => self.sign(next),
        }
    }

    fn word(&mut self) {
        let rest = self.rest();
        let end = rest.find(|c: char| c != '_' && !c.is_alphanumeric()).unwrap_or(rest.len());
        let name = rest.get(..end).unwrap_or_default();
        let is_prefix = end <= 3 && name.bytes().all(|byte| b"rRbBuUfFtT".contains(&byte));
        if is_prefix && matches!(rest.as_bytes().get(end), Some(b'"' | b'\'')) {
            self.string(end);
            return;
        }
        self.push(Kind::Name(name));
        self.skip(end);
    }

    fn number(&mut self) {
        let rest = self.rest();
        let mut end = 0;
        let mut before = '0';
        for c in rest.chars() {
            // The sign of an exponent.
            let is_exponent = matches!(c, '+' | '-') && matches!(before, 'e' | 'E');
            if !(c.is_ascii_alphanumeric() || matches!(c, '_' | '.') || is_exponent) {
                break;
            }
            end += 1;
            before = c;
        }
        let plain: String = self.skip(end).chars().filter(|c| *c != '_').collect();
        let (radix, digits) = match plain.get(..2) {
            Some("0x" | "0X") => (16, plain.get(2..)),
            Some("0o" | "0O") => (8, plain.get(2..)),
            Some("0b" | "0B") => (2, plain.get(2..)),
            _ => (10, Some(&*plain)),
        };
        self.push(Kind::Number(digits.and_then(|digits| u64::from_str_radix(digits, radix).ok())));
    }

    fn sign(&mut self, next: char) {
        if let Some(fields) = self.strings.last_mut() {
            match fields.sign(next) {
                strings::Sign::Inside => {}
                strings::Sign::Ends => {
                    self.push(Kind::Sign("}"));
                    self.skip(1);
                    return;
                }
                strings::Sign::Specifies => {
                    self.skip(1);
                    return;
                }
            }
        }
        match next {
            '(' | '[' | '{' => self.open += 1,
            ')' | ']' | '}' => self.open = self.open.saturating_sub(1),
            _ => {}
        }
        let rest = self.rest();
        let long = [
            "**=", "//=", ">>=", "<<=", "...", "!=", "==", "<=", ">=", "->", ":=", "+=", "-=",
            "*=", "/=", "%=", "&=", "|=", "^=", "@=", "**", "//", "<<", ">>",
        ];
        let length = long
            .iter()
            .find(|sign| rest.starts_with(**sign))
            .map_or(next.len_utf8(), |sign| sign.len());
        let sign = rest.get(..length).unwrap_or_default();
        self.push(Kind::Sign(sign));
        self.skip(length);
    }

    /// A string behind a prefix of so many letters.
    fn string(&mut self, prefix: usize) {
        let rest = self.rest();
        let Some(quotes) = Quotes::of(rest, prefix) else {
            self.skip(1);
            return;
        };
        if quotes.has_fields {
            self.push(Kind::Format);
            self.skip(prefix + quotes.width);
            self.strings.push(Fields::new(quotes));
            return;
        }
        let body = rest.get(prefix + quotes.width..).unwrap_or_default();
        let length = quotes.length_of(body);
        let raw = body.get(..length).unwrap_or(body);
        // What is not known counts as a string with code in it.
        self.push(quotes.decode(raw).map_or(Kind::Format, Kind::Text));
        self.skip(prefix + quotes.width + length);
        if self.rest().starts_with(quotes.sign) {
            self.skip(quotes.width);
        }
    }

    /// What is plain text in a format string, up to a brace or its end.
    fn format_text(&mut self, fields: Fields) {
        let rest = self.rest();
        let (length, stop) = fields.text_of(rest);
        self.skip(length);
        match stop {
            strings::Stop::Field => {
                self.push(Kind::Sign("{"));
                self.skip(1);
                if let Some(fields) = self.strings.last_mut() {
                    fields.open_field();
                }
            }
            strings::Stop::Specified => {
                self.push(Kind::Sign("}"));
                self.skip(1);
                if let Some(fields) = self.strings.last_mut() {
                    fields.close_specification();
                }
            }
            strings::Stop::End(width) => {
                self.skip(width);
                self.strings.pop();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(source: &str) -> Vec<Kind<'_>> {
        tokens(source).0.into_iter().map(|token| token.kind).collect()
    }

    #[test]
    fn blocks_begin_and_end() {
        let found = kinds("if a:\n    b\n\n  # no block\nc\n");
        let expected = [
            Kind::Name("if"),
            Kind::Name("a"),
            Kind::Sign(":"),
            Kind::Newline,
            Kind::Indent,
            Kind::Name("b"),
            Kind::Newline,
            Kind::Dedent,
            Kind::Name("c"),
            Kind::Newline,
            Kind::Newline,
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn code_in_a_format_string_is_code() {
        let found = kinds("f\"a{b(\"c\")!r:{d}}e\"");
        let expected = [
            Kind::Format,
            Kind::Sign("{"),
            Kind::Name("b"),
            Kind::Sign("("),
            Kind::Text("c".into()),
            Kind::Sign(")"),
            Kind::Sign("!"),
            Kind::Name("r"),
            Kind::Sign("{"),
            Kind::Name("d"),
            Kind::Sign("}"),
            Kind::Sign("}"),
            Kind::Newline,
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn strings_are_decoded_and_lines_counted() {
        let (found, is_whole) = tokens("'''a\nb''' + \"\\x6fs\"\nx");
        assert!(is_whole);
        assert_eq!(found[0].kind, Kind::Text("a\nb".into()));
        assert_eq!(found[2].kind, Kind::Text("os".into()));
        assert_eq!(found[4].line, 3);
    }
}
