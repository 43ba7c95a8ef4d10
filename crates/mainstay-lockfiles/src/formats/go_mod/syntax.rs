//! The line syntax of `go.mod` (<https://go.dev/ref/mod#go-mod-file-lexical>): directives, blocks
//! in parentheses, `//` comments, quoted and raw strings.

use mainstay_reading::{ReadError, ReadErrorKind};

/// One directive with its words; a line of a block has the block's verb.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Statement {
    pub(super) verb: String,
    pub(super) words: Vec<String>,
    /// The text behind `//` on the line.
    comment: String,
    pub(super) line: u32,
}

impl Statement {
    /// `// indirect`, alone or before a semicolon and more text.
    pub(super) fn is_indirect(&self) -> bool {
        let mut words = self.comment.split_whitespace();
        match (words.next(), words.next()) {
            (Some("indirect"), None) | (Some("indirect;"), Some(_)) => true,
            (Some(_) | None, _) => false,
        }
    }
}

/// Splits the text into its directives.
pub(super) fn statements(text: &str) -> Result<Vec<Statement>, ReadError> {
    let mut statements = Vec::new();
    let mut block: Option<(String, u32)> = None;
    for (line, text) in (1_u32..).zip(text.lines()) {
        let (mut words, comment) = words_of(text, line)?;
        let closes = words == [")"];
        match (&block, words.as_slice()) {
            (_, []) => {}
            (Some(_), _) if closes => block = None,
            (Some((verb, _)), _) => {
                let verb = verb.clone();
                statements.push(Statement { verb, words, comment, line });
            }
            (None, [_, open]) if open == "(" => block = Some((words.swap_remove(0), line)),
            (None, [_, open, close]) if open == "(" && close == ")" => {}
            (None, [_, ..]) => {
                let verb = words.remove(0);
                statements.push(Statement { verb, words, comment, line });
            }
        }
    }
    match block {
        Some((_, line)) => {
            Err(ReadError::at(ReadErrorKind::Syntax, line, "the block is not closed"))
        }
        None => Ok(statements),
    }
}

/// The words of a line, strings unquoted, and its comment.
fn words_of(text: &str, line: u32) -> Result<(Vec<String>, String), ReadError> {
    let mut words = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        if let Some(comment) = rest.strip_prefix("//") {
            return Ok((words, comment.trim().to_owned()));
        }
        let (word, after) = match first {
            '"' => quoted(rest).ok_or_else(|| unclosed(line))?,
            '`' => {
                let inside = rest.get(1..).unwrap_or("");
                let (word, after) = inside.split_once('`').ok_or_else(|| unclosed(line))?;
                (word.to_owned(), after)
            }
            '(' | ')' | ',' | '[' | ']' => {
                let (word, after) = rest.split_at_checked(1).unwrap_or((rest, ""));
                (word.to_owned(), after)
            }
            _ => bare(rest),
        };
        words.push(word);
        rest = after.trim_start();
    }
    Ok((words, String::new()))
}

fn unclosed(line: u32) -> ReadError {
    ReadError::at(ReadErrorKind::Syntax, line, "a string is not closed on its line")
}

/// A word runs to white space, a comment, or a sign that stands for itself.
fn bare(text: &str) -> (String, &str) {
    let sign = |c: char| c.is_whitespace() || matches!(c, '(' | ')' | ',' | '[' | ']' | '"' | '`');
    let end = text.find(sign).unwrap_or(text.len());
    let end = text.get(..end).and_then(|word| word.find("//")).filter(|at| *at > 0).unwrap_or(end);
    let (word, after) = text.split_at_checked(end).unwrap_or((text, ""));
    (word.to_owned(), after)
}

/// A string in double quotes, with the escapes of Go that a path can need.
fn quoted(text: &str) -> Option<(String, &str)> {
    let mut word = String::new();
    let mut chars = text.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Some((word, text.get(at + 1..)?)),
            '\\' => word.push(match chars.next()?.1 {
                'n' => '\n',
                't' => '\t',
                'r' => '\r',
                other => other,
            }),
            other => word.push(other),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        statements(text).unwrap().remove(0).words
    }

    #[test]
    fn a_block_gives_its_verb_to_each_line() {
        let found =
            statements("require ( // why\n\ta v1\n\n\tb v2 // indirect\n)\ngo 1.21").unwrap();
        let verbs: Vec<_> = found.iter().map(|it| (&*it.verb, it.line, it.is_indirect())).collect();
        assert_eq!(verbs, [("require", 2, false), ("require", 4, true), ("go", 6, false)]);
    }

    #[test]
    fn strings_are_unquoted() {
        assert_eq!(words("replace `a b` => \"../c \\\"d\\\"\""), ["a b", "=>", "../c \"d\""]);
    }

    #[test]
    fn an_indirect_mark_may_carry_a_reason() {
        let found = statements("require a v1 // indirect; tests").unwrap();
        assert!(found[0].is_indirect());
        assert!(!statements("require a v1 // indirectly").unwrap()[0].is_indirect());
    }

    #[test]
    fn a_block_without_its_end_is_an_error() {
        let error = statements("module m\nrequire (\n\ta v1").unwrap_err();
        assert_eq!((error.kind, error.line), (ReadErrorKind::Syntax, Some(2)));
    }

    #[test]
    fn a_string_without_its_end_is_an_error() {
        assert_eq!(statements("module \"m").unwrap_err().line, Some(1));
    }
}
