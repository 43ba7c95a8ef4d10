//! Python source as logical lines: comments gone, texts emptied, brackets and backslashes joined.
//!
//! Format: "Lexical analysis" in the Python language reference. Of f-strings the expressions are
//! kept, as they may call. A file that is not well formed gives some lines, never an error.

/// A logical line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// Columns in front of it; a tab goes to the next multiple of eight.
    pub(super) indent: usize,
    /// What is left of it, without white space around it.
    pub(super) code: String,
    /// The number of its first line, from 1.
    pub(super) number: usize,
}

/// The logical lines of a source, without empty ones.
pub(super) fn lines(text: &str) -> Vec<Line> {
    let mut reader = Reader { bytes: text.as_bytes(), at: 0, number: 1 };
    let mut lines = Vec::new();
    while reader.at < reader.bytes.len() {
        let indent = reader.indent();
        let number = reader.number;
        let code = reader.logical_line();
        let code = String::from_utf8_lossy(code.trim_ascii()).into_owned();
        if !code.is_empty() {
            lines.push(Line { indent, code, number });
        }
    }
    lines
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    number: usize,
}

impl Reader<'_> {
    fn peek(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    fn indent(&mut self) -> usize {
        let mut columns = 0_usize;
        while let Some(byte) = self.peek(0) {
            match byte {
                b' ' => columns += 1,
                b'\t' => columns = (columns + 1).next_multiple_of(8),
                b'\x0c' => columns = 0,
                _ => break,
            }
            self.at += 1;
        }
        columns
    }

    fn logical_line(&mut self) -> Vec<u8> {
        let mut code = Vec::new();
        let mut depth = 0_usize;
        while let Some(byte) = self.peek(0) {
            self.at += 1;
            match byte {
                b'\n' => {
                    self.number += 1;
                    if depth == 0 {
                        break;
                    }
                    code.push(b' ');
                }
                b'\\' if matches!(self.peek(0), Some(b'\n' | b'\r')) => {
                    self.at += usize::from(self.peek(0) == Some(b'\r'));
                    self.at += usize::from(self.peek(0) == Some(b'\n'));
                    self.number += 1;
                    code.push(b' ');
                }
                b'#' => {
                    while self.peek(0).is_some_and(|byte| byte != b'\n') {
                        self.at += 1;
                    }
                }
                b'"' | b'\'' => self.text(byte, &mut code),
                b'\r' => code.push(b' '),
                _ => {
                    match byte {
                        b'(' | b'[' | b'{' => depth += 1,
                        b')' | b']' | b'}' => depth = depth.saturating_sub(1),
                        _ => {}
                    }
                    code.push(byte);
                }
            }
        }
        code
    }

    /// A text whose first quote was just read: leaves `""`, and the expressions of an f-string
    /// behind it.
    fn text(&mut self, quote: u8, code: &mut Vec<u8>) {
        let is_formatted = is_formatted(code);
        drop_prefix(code);
        code.extend_from_slice(b"\"\"");
        let is_long = self.peek(0) == Some(quote) && self.peek(1) == Some(quote);
        if is_long {
            self.at += 2;
        }
        let mut braces = 0_usize;
        while let Some(byte) = self.peek(0) {
            self.at += 1;
            match byte {
                b'\\' => {
                    self.number += usize::from(self.peek(0) == Some(b'\n'));
                    self.at += 1;
                }
                b'\n' if is_long => self.number += 1,
                // A short text that is not closed ends with its line, which is left to end it.
                b'\n' => {
                    self.at -= 1;
                    break;
                }
                _ if byte == quote && !is_long => break,
                _ if byte == quote
                    && self.peek(0) == Some(quote)
                    && self.peek(1) == Some(quote) =>
                {
                    self.at += 2;
                    break;
                }
                b'{' if is_formatted && braces == 0 && self.peek(0) == Some(b'{') => self.at += 1,
                b'{' if is_formatted => {
                    braces += 1;
                    code.push(b' ');
                }
                b'}' if is_formatted => braces = braces.saturating_sub(1),
                _ if braces > 0 && byte != b'"' && byte != b'\'' => code.push(byte),
                _ => {}
            }
        }
        if is_formatted {
            // Nothing of the expressions is to join what follows.
            code.push(b' ');
        }
    }
}

/// Letters before a quote that belong to the text.
fn prefix(code: &[u8]) -> &[u8] {
    let start = code.iter().rposition(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_');
    let word = code.get(start.map_or(0, |at| at + 1)..).unwrap_or_default();
    let is_prefix = word.len() <= 2 && word.iter().all(|byte| b"rbuftRBUFT".contains(byte));
    if is_prefix { word } else { &[] }
}

fn is_formatted(code: &[u8]) -> bool {
    prefix(code).iter().any(|byte| b"fFtT".contains(byte))
}

fn drop_prefix(code: &mut Vec<u8>) {
    let length = code.len() - prefix(code).len();
    code.truncate(length);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(text: &str) -> Vec<String> {
        lines(text).into_iter().map(|line| line.code).collect()
    }

    #[test]
    fn comments_and_texts_are_no_code() {
        assert_eq!(codes("x = 'open(1)'  # exec(2)\n"), ["x = \"\""]);
        assert_eq!(codes("'''eval(\n1)'''\ny"), ["\"\"", "y"]);
        assert_eq!(codes("r'\\\\' + b\"\\\"(\""), ["\"\" + \"\""]);
    }

    #[test]
    fn expressions_of_a_formatted_text_are_code() {
        assert_eq!(codes("x = f'{{a}} {open(p)!r}'"), ["x = \"\" open(p)!r"]);
    }

    #[test]
    fn brackets_and_backslashes_join_lines() {
        assert_eq!(codes("f(1,\n  2)\ng\n"), ["f(1,   2)", "g"]);
        assert_eq!(codes("a = \\\n b"), ["a =   b"]);
    }

    #[test]
    fn lines_keep_their_indent_and_number() {
        let read = lines("def f():\n\n    \"\"\"Doc\n    of f\"\"\"\n\treturn 1\n");
        let places: Vec<(usize, usize)> = read.iter().map(|l| (l.indent, l.number)).collect();
        assert_eq!(places, [(0, 1), (4, 3), (8, 5)]);
    }

    #[test]
    fn what_is_not_closed_ends_with_the_file() {
        assert_eq!(codes("x = (1,\n'"), ["x = (1, \"\""]);
        assert_eq!(codes("f'{"), ["\"\""]);
        assert_eq!(codes("'\\"), ["\"\""]);
    }
}
