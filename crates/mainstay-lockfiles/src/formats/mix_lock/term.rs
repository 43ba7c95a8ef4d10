//! The part of Elixir's syntax that a `mix.lock` uses: maps, tuples, lists, keywords, strings,
//! atoms and numbers (<https://hexdocs.pm/elixir/syntax-reference.html>). Nothing is evaluated.

use std::borrow::Cow;

use mainstay_reading::{ReadError, ReadErrorKind};

/// Deeper than this no lock goes: a requirement's options are five levels down.
const MAX_DEPTH: usize = 32;

/// One value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Term<'t> {
    /// `"text"`, and the lists of characters `'text'` and `~c"text"`.
    Text(Cow<'t, str>),
    /// `:name`, and `true`, `false`, `nil`.
    Atom(Cow<'t, str>),
    /// A number, as written.
    Number(&'t str),
    /// `{a, b}`.
    Tuple(Vec<Self>),
    /// `[a, b]`; the pairs of `[key: a]` are [`Term::Pair`].
    List(Vec<Self>),
    /// `%{"key" => a}`; every item is a [`Term::Pair`].
    Map(Vec<Self>),
    /// `key => value` or `key: value`, with the offset of the key in the text.
    Pair(usize, Cow<'t, str>, Box<Self>),
}

impl Term<'_> {
    /// The text of a string or an atom.
    pub(super) fn word(&self) -> Option<&str> {
        match self {
            Self::Text(text) | Self::Atom(text) => Some(text),
            Self::Number(_) | Self::Tuple(_) | Self::List(_) | Self::Map(_) | Self::Pair(..) => {
                None
            }
        }
    }

    /// The items of a list or a tuple.
    pub(super) fn items(&self) -> &[Self] {
        match self {
            Self::Tuple(items) | Self::List(items) => items,
            Self::Text(_) | Self::Atom(_) | Self::Number(_) | Self::Map(_) | Self::Pair(..) => &[],
        }
    }

    /// The value of a key in a keyword list.
    pub(super) fn option(&self, key: &str) -> Option<&Self> {
        self.items().iter().find_map(|item| match item {
            Self::Pair(_, name, value) if name == key => Some(&**value),
            Self::Pair(..)
            | Self::Text(_)
            | Self::Atom(_)
            | Self::Number(_)
            | Self::Tuple(_)
            | Self::List(_)
            | Self::Map(_) => None,
        })
    }
}

/// Reads one value and nothing after it.
pub(super) fn parse(text: &str) -> Result<Term<'_>, ReadError> {
    let mut parser = Parser { text, at: 0, depth: 0 };
    let term = parser.term()?;
    parser.space();
    match parser.peek() {
        None => Ok(term),
        Some(_) => Err(parser.error("there is text after the end of the map")),
    }
}

struct Parser<'t> {
    text: &'t str,
    at: usize,
    depth: usize,
}

impl<'t> Parser<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn error(&self, message: &str) -> ReadError {
        let before = self.text.get(..self.at).unwrap_or("");
        let line = memchr::memchr_iter(b'\n', before.as_bytes()).count() + 1;
        let line = u32::try_from(line).unwrap_or(u32::MAX);
        ReadError::at(ReadErrorKind::Syntax, line, message)
    }

    /// Skips white space and comments.
    fn space(&mut self) {
        loop {
            let rest = self.rest();
            let trimmed = rest.trim_start();
            self.at += rest.len() - trimmed.len();
            if !trimmed.starts_with('#') {
                return;
            }
            self.at += trimmed.find('\n').unwrap_or(trimmed.len());
        }
    }

    /// Takes this text if it comes next.
    fn take(&mut self, token: &str) -> bool {
        let found = self.rest().starts_with(token);
        if found {
            self.at += token.len();
        }
        found
    }

    fn term(&mut self) -> Result<Term<'t>, ReadError> {
        self.space();
        if self.take("%{") {
            return Ok(Term::Map(self.items("}")?));
        }
        if self.take("{") {
            return Ok(Term::Tuple(self.items("}")?));
        }
        if self.take("[") {
            return Ok(Term::List(self.items("]")?));
        }
        match self.peek() {
            Some(quote @ ('"' | '\'')) => Ok(Term::Text(self.string(quote)?)),
            Some('~') if self.take("~c") => match self.peek() {
                Some(quote @ ('"' | '\'')) => Ok(Term::Text(self.string(quote)?)),
                _ => Err(self.error("a list of characters is not in quotes")),
            },
            Some(':') => {
                self.at += 1;
                let name = match self.peek() {
                    Some(quote @ ('"' | '\'')) => self.string(quote)?,
                    _ => self.word()?.into(),
                };
                Ok(Term::Atom(name))
            }
            Some(c) if c.is_ascii_digit() || c == '-' => {
                let rest = self.rest();
                let end = rest
                    .find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '.' | '_'))
                    .unwrap_or(rest.len());
                self.at += end;
                Ok(Term::Number(rest.get(..end).unwrap_or("")))
            }
            Some(_) => Ok(Term::Atom(self.word()?.into())),
            None => Err(self.error("the file ends where a value is due")),
        }
    }

    /// The items up to a closing bracket.
    fn items(&mut self, close: &str) -> Result<Vec<Term<'t>>, ReadError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            let error = self.error("values are nested too deep");
            return Err(ReadError { kind: ReadErrorKind::TooDeep, ..error });
        }
        let mut items = Vec::new();
        loop {
            self.space();
            if self.take(close) {
                break;
            }
            items.push(self.item()?);
            self.space();
            if !self.take(",") && !self.rest().starts_with(close) {
                return Err(self.error("a comma or a closing bracket is due"));
            }
        }
        self.depth -= 1;
        Ok(items)
    }

    /// A value, `key => value` or `key: value`.
    fn item(&mut self) -> Result<Term<'t>, ReadError> {
        let start = self.at;
        let key = self.term()?;
        // `key:` and `"key":` are followed by white space; `:` before a name begins an atom.
        let keyword = self
            .rest()
            .strip_prefix(':')
            .is_some_and(|after| after.starts_with(char::is_whitespace));
        if keyword {
            self.at += 1;
        } else {
            self.space();
            if !self.take("=>") {
                return Ok(key);
            }
        }
        let name = match key {
            Term::Text(name) | Term::Atom(name) => name,
            Term::Number(name) => name.into(),
            Term::Tuple(_) | Term::List(_) | Term::Map(_) | Term::Pair(..) => {
                return Err(self.error("a key is neither a string nor an atom"));
            }
        };
        Ok(Term::Pair(start, name, Box::new(self.term()?)))
    }

    /// A bare word: `hex`, `nil`, `optional?`.
    fn word(&mut self) -> Result<&'t str, ReadError> {
        let rest = self.rest();
        let end = rest
            .find(|c: char| !c.is_alphanumeric() && !matches!(c, '_' | '@' | '?' | '!' | '.'))
            .unwrap_or(rest.len());
        match rest.get(..end) {
            Some(word) if !word.is_empty() => {
                self.at += end;
                Ok(word)
            }
            _ => Err(self.error("this is no value that Mix writes")),
        }
    }

    /// A text between two of these quotes.
    fn string(&mut self, quote: char) -> Result<Cow<'t, str>, ReadError> {
        self.at += 1;
        let start = self.at;
        let body = self.rest();
        let mut copied = String::new();
        let mut plain = true;
        let mut characters = body.char_indices();
        while let Some((offset, c)) = characters.next() {
            match c {
                end if end == quote => {
                    self.at = start + offset + 1;
                    let borrowed = body.get(..offset).unwrap_or("");
                    return Ok(if plain { borrowed.into() } else { copied.into() });
                }
                '\\' => {
                    if plain {
                        copied.push_str(body.get(..offset).unwrap_or(""));
                        plain = false;
                    }
                    match characters.next() {
                        Some((_, 'n')) => copied.push('\n'),
                        Some((_, 't')) => copied.push('\t'),
                        Some((_, c @ ('"' | '\'' | '\\' | '#'))) => copied.push(c),
                        _ => return Err(self.error("an escape in a string is not known")),
                    }
                }
                '#' if body.get(offset + 1..).is_some_and(|rest| rest.starts_with('{')) => {
                    return Err(self.error("a string holds code, which is not evaluated"));
                }
                c if !plain => copied.push(c),
                _ => {}
            }
        }
        Err(self.error("a string does not end"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_map_of_tuples_is_read() {
        let term =
            parse("%{\n  \"a\": {:hex, :a, \"1.0\"}, # note\n  \"b\" => [x: nil],\n}").unwrap();
        let Term::Map(items) = term else { panic!("no map") };
        assert!(matches!(&items[0], Term::Pair(5, key, value)
            if key == "a" && value.items().len() == 3));
        assert!(matches!(&items[1], Term::Pair(_, _, value) if value.option("x").is_some()));
    }

    #[test]
    fn an_escape_in_a_string_is_resolved() {
        assert_eq!(parse(r#""a\"b""#).unwrap(), Term::Text("a\"b".into()));
    }

    #[test]
    fn a_list_of_characters_is_a_text() {
        let Term::List(items) = parse(r#"[tag: 'v1.2', ref: ~c"v\"2", b: :'c-d']"#).unwrap() else {
            unreachable!("the text is a list")
        };
        let words: Vec<_> = items
            .iter()
            .filter_map(|item| {
                let Term::Pair(_, _, value) = item else { return None };
                value.word()
            })
            .collect();
        assert_eq!(words, ["v1.2", "v\"2", "c-d"]);
    }

    #[test]
    fn code_in_a_string_is_refused() {
        assert!(parse("\"#{System.halt()}\"").is_err());
    }

    #[test]
    fn a_truncated_map_is_refused_on_its_last_line() {
        let error = parse("%{\n\"a\": {:hex").unwrap_err();
        assert_eq!((error.kind, error.line), (ReadErrorKind::Syntax, Some(2)));
    }

    #[test]
    fn nesting_without_end_is_refused() {
        for open in ["%{", "{", "[", "[a: ", "%{a => "] {
            assert!(parse(&open.repeat(100_000)).is_err(), "{open}");
        }
        assert_eq!(parse(&"[".repeat(99)).unwrap_err().kind, ReadErrorKind::TooDeep);
    }

    #[test]
    fn text_after_the_map_is_refused() {
        assert!(parse("%{} %{}").is_err());
    }
}
