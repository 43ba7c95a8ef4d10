//! Texts with bounds: one line, or some lines. What a terminal would obey is not taken.

use std::fmt;

use crate::QuestionError;

/// Letters of one line.
const LONGEST_NAME: usize = 200;
/// Letters of some lines.
const LONGEST_WORDS: usize = 4_000;

/// One line of text: not empty, at most 200 letters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Name(Box<str>);

/// Some lines of text: not empty, at most 4000 letters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words(Box<str>);

impl Name {
    /// A line of text for a field.
    ///
    /// # Errors
    /// It is empty, too long, or has letters that cannot be seen.
    pub fn parse(field: &'static str, text: &str) -> Result<Self, QuestionError> {
        check(field, text, LONGEST_NAME, char::is_control)?;
        Ok(Self(text.into()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Words {
    /// Lines of text for a field.
    ///
    /// # Errors
    /// It is empty, too long, or has letters that cannot be seen, line breaks excepted.
    pub fn parse(field: &'static str, text: &str) -> Result<Self, QuestionError> {
        check(field, text, LONGEST_WORDS, |letter| letter.is_control() && letter != '\n')?;
        Ok(Self(text.into()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn check(
    field: &'static str,
    text: &str,
    most: usize,
    is_refused: impl Fn(char) -> bool,
) -> Result<(), QuestionError> {
    if text.trim().is_empty() {
        return Err(QuestionError::field(field, "it is empty"));
    }
    if text.chars().count() > most {
        return Err(QuestionError::field(field, format!("it has more than {most} letters")));
    }
    if text.chars().any(|letter| is_refused(letter) || is_of_direction(letter)) {
        return Err(QuestionError::field(field, "it has letters that cannot be seen"));
    }
    Ok(())
}

/// Letters that turn the direction of writing (Unicode, UAX #9): what is read is not what is there.
fn is_of_direction(letter: char) -> bool {
    matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
