//! From the text of a template to its pieces: text, and tags with their tokens.

/// A template in pieces.
#[derive(Debug, Default)]
pub(super) struct Template<'t> {
    pub(super) pieces: Vec<Piece<'t>>,
    /// Where a tag or comment begins that is not closed.
    pub(super) open_at: Option<usize>,
}

/// One piece. Comments are left out: they reach neither Python nor the model.
#[derive(Debug)]
pub(super) enum Piece<'t> {
    /// What is written as it is.
    Text {
        /// Where it begins.
        at: usize,
        /// The text.
        text: &'t str,
    },
    /// `{{ ... }}` or `{% ... %}`.
    Tag(Tag<'t>),
}

#[derive(Debug)]
pub(super) struct Tag<'t> {
    /// Where it begins.
    pub(super) at: usize,
    /// Whether it is a statement (`{% ... %}`).
    pub(super) is_statement: bool,
    pub(super) tokens: Vec<Token<'t>>,
}

impl Tag<'_> {
    /// The first word of a statement; empty for what is put out.
    pub(super) fn keyword(&self) -> &str {
        match self.tokens.first() {
            Some(Token { kind: Kind::Name(name), .. }) if self.is_statement => name,
            _ => "",
        }
    }
}

#[derive(Debug)]
pub(super) struct Token<'t> {
    /// Where it begins in the template.
    pub(super) at: usize,
    pub(super) kind: Kind<'t>,
}

#[derive(Debug, PartialEq)]
pub(super) enum Kind<'t> {
    Name(&'t str),
    /// A string, decoded.
    Text {
        decoded: String,
        /// Whether escapes made letters, digits or underscores, which need none.
        is_veiled: bool,
    },
    /// A number. `None` when it is no whole one or too large.
    Number(Option<u64>),
    /// An operator, a bracket, a comma.
    Sign(&'t str),
}

impl<'t> Template<'t> {
    pub(super) fn read(source: &'t str) -> Self {
        let mut template = Self::default();
        let mut at = 0;
        while let Some((start, opening)) = next_opening(source, at) {
            template.text(source, at, start);
            let comment = source.get(start + 2..).filter(|_| opening == b'#');
            at = match comment.map(|rest| rest.find("#}")) {
                Some(Some(length)) => start + 2 + length + 2,
                Some(None) => {
                    template.open_at = Some(start);
                    return template;
                }
                None => template.tag(source, start, opening),
            };
            if template.open_at.is_some() {
                return template;
            }
        }
        template.text(source, at, source.len());
        template
    }

    fn text(&mut self, source: &'t str, from: usize, to: usize) {
        match source.get(from..to) {
            Some(text) if !text.is_empty() => self.pieces.push(Piece::Text { at: from, text }),
            _ => {}
        }
    }

    /// Takes a tag. Where what follows it begins.
    fn tag(&mut self, source: &'t str, start: usize, opening: u8) -> usize {
        let is_statement = opening == b'%';
        let mut lexer = Lexer { source, at: start + 2, open: 0 };
        // The sign that takes the blank space before a tag away.
        if matches!(source.as_bytes().get(lexer.at), Some(b'-' | b'+')) {
            lexer.at += 1;
        }
        let end = if is_statement { "%}" } else { "}}" };
        let mut tokens = Vec::new();
        let mut is_closed = false;
        while let Some(next) = lexer.skip_space() {
            let rest = source.get(lexer.at..).unwrap_or_default();
            let trimmed = rest.strip_prefix(['-', '+']).unwrap_or(rest);
            if lexer.open == 0 && trimmed.starts_with(end) {
                lexer.at += rest.len() - trimmed.len() + end.len();
                is_closed = true;
                break;
            }
            tokens.extend(lexer.token(next));
        }
        let tag = Tag { at: start, is_statement, tokens };
        let is_raw = tag.keyword() == "raw" && tag.tokens.len() == 1;
        self.pieces.push(Piece::Tag(tag));
        if !is_closed {
            self.open_at = Some(start);
        } else if is_raw {
            return self.raw(source, lexer.at);
        }
        lexer.at
    }

    /// Takes the text of a `raw` block. Where its end tag begins.
    fn raw(&mut self, source: &'t str, from: usize) -> usize {
        let mut at = from;
        while let Some(found) = source.get(at..).and_then(|rest| rest.find("{%")) {
            let inside = source.get(at + found + 2..).unwrap_or_default();
            let inside = inside.strip_prefix(['-', '+']).unwrap_or(inside);
            if inside.trim_start().starts_with("endraw") {
                self.text(source, from, at + found);
                return at + found;
            }
            at += found + 2;
        }
        self.text(source, from, source.len());
        source.len()
    }
}

/// The next `{{`, `{%` or `{#`.
fn next_opening(source: &str, from: usize) -> Option<(usize, u8)> {
    let bytes = source.as_bytes();
    let mut at = from;
    loop {
        at += memchr::memchr(b'{', bytes.get(at..)?)?;
        match bytes.get(at + 1) {
            Some(sign @ (b'{' | b'%' | b'#')) => return Some((at, *sign)),
            Some(_) => at += 1,
            None => return None,
        }
    }
}

struct Lexer<'t> {
    source: &'t str,
    at: usize,
    /// Brackets that are open; a tag does not end inside of them.
    open: usize,
}

impl<'t> Lexer<'t> {
    /// The next character that is no blank space.
    fn skip_space(&mut self) -> Option<char> {
        let rest = self.source.get(self.at..)?;
        let trimmed = rest.trim_start();
        self.at += rest.len() - trimmed.len();
        trimmed.chars().next()
    }

    fn token(&mut self, next: char) -> Option<Token<'t>> {
        let at = self.at;
        let kind = match next {
            '"' | '\'' => self.text(next),
            '0'..='9' => Some(self.number()),
            _ if next == '_' || next.is_alphabetic() => {
                Some(Kind::Name(self.run(|c| c == '_' || c.is_alphanumeric())))
            }
            _ => Some(self.sign(next)),
        };
        kind.map(|kind| Token { at, kind })
    }

    fn run(&mut self, belongs: impl Fn(char) -> bool) -> &'t str {
        let rest = self.source.get(self.at..).unwrap_or_default();
        let end = rest.find(|c| !belongs(c)).unwrap_or(rest.len());
        self.at += end;
        rest.get(..end).unwrap_or_default()
    }

    fn number(&mut self) -> Kind<'t> {
        let digits = self.run(|c| c == '_' || c.is_ascii_alphanumeric());
        let rest = self.source.get(self.at..).unwrap_or_default();
        let mut fraction = rest.strip_prefix('.').unwrap_or_default().chars();
        if fraction.next().is_some_and(|c| c.is_ascii_digit()) {
            self.at += 1;
            self.run(|c| c == '_' || c.is_ascii_alphanumeric());
            return Kind::Number(None);
        }
        let plain: String = digits.chars().filter(|c| *c != '_').collect();
        let (radix, bare) = match plain.get(..2).map(str::to_ascii_lowercase).as_deref() {
            Some("0x") => (16, plain.get(2..).unwrap_or_default()),
            Some("0o") => (8, plain.get(2..).unwrap_or_default()),
            Some("0b") => (2, plain.get(2..).unwrap_or_default()),
            _ => (10, &*plain),
        };
        let exponent = || {
            let (digits, power) = bare.split_once(['e', 'E'])?;
            let power = 10_u64.checked_pow(power.parse().ok()?)?;
            digits.parse::<u64>().ok()?.checked_mul(power)
        };
        Kind::Number(u64::from_str_radix(bare, radix).ok().or_else(exponent))
    }

    fn text(&mut self, quote: char) -> Option<Kind<'t>> {
        self.at += 1;
        let rest = self.source.get(self.at..).unwrap_or_default();
        let bytes = rest.as_bytes();
        let mut end = 0;
        loop {
            match bytes.get(end) {
                Some(b'\\') => end += 2,
                Some(byte) if char::from(*byte) == quote => break,
                Some(_) => end += 1,
                // A string that is not closed: the tag is not closed either.
                None => {
                    self.at = self.source.len();
                    return None;
                }
            }
        }
        self.at += end + 1;
        let (decoded, is_veiled) = decode(rest.get(..end).unwrap_or_default());
        Some(Kind::Text { decoded, is_veiled })
    }

    fn sign(&mut self, next: char) -> Kind<'t> {
        let rest = self.source.get(self.at..).unwrap_or_default();
        let two = ["**", "//", "==", "!=", ">=", "<="];
        let length = match two.iter().find(|sign| rest.starts_with(**sign)) {
            Some(sign) => sign.len(),
            None => next.len_utf8(),
        };
        match next {
            '(' | '[' | '{' => self.open += 1,
            ')' | ']' | '}' => self.open = self.open.saturating_sub(1),
            _ => {}
        }
        self.at += length;
        Kind::Sign(rest.get(..length).unwrap_or_default())
    }
}

/// Decodes the escapes of Python's strings. Whether escapes stand for characters that need none.
fn decode(raw: &str) -> (String, bool) {
    if !raw.contains('\\') {
        return (raw.to_owned(), false);
    }
    let mut text = String::with_capacity(raw.len());
    let mut is_veiled = false;
    let mut rest = raw;
    while let Some(start) = rest.find('\\') {
        text.push_str(rest.get(..start).unwrap_or_default());
        let escape = rest.get(start + 1..).unwrap_or_default();
        let Some(sort) = escape.chars().next() else { break };
        let after = escape.get(sort.len_utf8()..).unwrap_or_default();
        rest = if let Some((c, length)) = coded(sort, escape) {
            is_veiled |= c.is_ascii_alphanumeric() || c == '_';
            text.push(c);
            escape.get(length..).unwrap_or_default()
        } else {
            text.extend(plain(sort));
            after
        };
    }
    text.push_str(rest);
    (text, is_veiled)
}

/// The character that is written by its number or name, and how long the escape is behind its
/// backslash.
fn coded(sort: char, escape: &str) -> Option<(char, usize)> {
    let (from, to, radix) = match sort {
        'x' => (1, 3, 16),
        'u' => (1, 5, 16),
        'U' => (1, 9, 16),
        '0'..='7' => {
            let digits = escape.bytes().take(3).take_while(|b| matches!(b, b'0'..=b'7')).count();
            (0, digits, 8)
        }
        'N' => {
            let name = escape.get(1..)?.strip_prefix('{')?;
            let end = name.find('}')?;
            let low_line = name.get(..end)?.eq_ignore_ascii_case("LOW LINE");
            // Other names are rare; a letter in their place keeps the string suspicious.
            return Some((if low_line { '_' } else { '?' }, end + 3));
        }
        _ => return None,
    };
    let number = u32::from_str_radix(escape.get(from..to)?, radix).ok()?;
    Some((char::from_u32(number)?, to))
}

/// What an escape of one letter means.
fn plain(sort: char) -> Vec<char> {
    match sort {
        'n' => vec!['\n'],
        't' => vec!['\t'],
        'r' => vec!['\r'],
        'a' => vec!['\u{7}'],
        'b' => vec!['\u{8}'],
        'f' => vec!['\u{c}'],
        'v' => vec!['\u{b}'],
        '\n' => Vec::new(),
        '\\' | '\'' | '"' => vec![sort],
        _ => vec!['\\', sort],
    }
}
