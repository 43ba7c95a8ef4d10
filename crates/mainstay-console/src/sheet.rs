//! A page of text for a terminal: lines of toned pieces, wrapped to the width of the reader.
//!
//! All text that goes in is cleaned (see [`crate::clean`]), so a `Sheet` is safe by construction.

use unicode_width::UnicodeWidthStr;

use crate::clean::clean;
use crate::styling::{Styling, Tone};

/// One line, made of toned pieces.
#[derive(Clone, Debug, Default)]
pub struct Line {
    indent: usize,
    pieces: Vec<(Tone, String)>,
}

impl Line {
    /// An empty line of this indent, in columns. What is wrapped is indented two further.
    pub fn indented(indent: usize) -> Self {
        Self { indent, pieces: Vec::new() }
    }

    /// Adds ordinary text.
    #[must_use]
    pub fn text(self, text: impl AsRef<str>) -> Self {
        self.toned(Tone::Plain, text)
    }

    /// Adds text in a tone.
    #[must_use]
    pub fn toned(mut self, tone: Tone, text: impl AsRef<str>) -> Self {
        self.pieces.push((tone, clean(text.as_ref()).into_owned()));
        self
    }
}

/// A page of text.
#[derive(Clone, Debug)]
pub struct Sheet {
    styling: Styling,
    width: Option<usize>,
    out: String,
}

/// A terminal narrower than this gets lines of this width all the same.
const NARROWEST: usize = 24;

impl Sheet {
    /// An empty page. `width` is the reader's width in columns; `None` (a pipe, a file) leaves
    /// lines whole, so that a search finds them.
    pub fn new(styling: Styling, width: Option<usize>) -> Self {
        Self { styling, width: width.map(|width| width.max(NARROWEST)), out: String::new() }
    }

    /// Adds a line, wrapped at spaces where the reader's width asks for it.
    pub fn push(&mut self, line: &Line) {
        let width = self.width.unwrap_or(usize::MAX);
        let hanging = (line.indent + 2).min(width / 2);
        let mut column = 0;
        self.start_row(line.indent.min(width / 2), &mut column);
        let mut row_is_empty = true;
        for (tone, text) in &line.pieces {
            let (before, after) = self.styling.around(*tone);
            self.out.push_str(&before);
            for word in text.split_inclusive(' ') {
                let wide = word.trim_end_matches(' ').width();
                if column + wide > width && !row_is_empty {
                    self.out.push_str(&after);
                    self.trim_row();
                    self.start_row(hanging, &mut column);
                    self.out.push_str(&before);
                }
                self.out.push_str(word);
                column += word.width();
                row_is_empty = false;
            }
            self.out.push_str(&after);
        }
        self.trim_row();
    }

    /// Adds a line that is never wrapped: what is copied from a page must be what was meant.
    pub fn push_whole(&mut self, line: &Line) {
        let width = self.width.take();
        self.push(line);
        self.width = width;
    }

    /// Adds an empty line.
    pub fn gap(&mut self) {
        self.out.push('\n');
    }

    /// The page.
    pub fn into_string(self) -> String {
        self.out
    }

    fn start_row(&mut self, indent: usize, column: &mut usize) {
        self.out.extend(std::iter::repeat_n(' ', indent));
        *column = indent;
    }

    fn trim_row(&mut self) {
        let end = self.out.trim_end_matches(' ').len();
        self.out.truncate(end);
        self.out.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_line_is_wrapped_with_a_hanging_indent() {
        let mut sheet = Sheet::new(Styling::Bare, Some(24));
        sheet.push(&Line::indented(2).text("one two three four five six"));
        assert_eq!(sheet.into_string(), "  one two three four\n    five six\n");
    }

    #[test]
    fn a_pipe_gets_whole_lines() {
        let mut sheet = Sheet::new(Styling::Bare, None);
        let long = "word ".repeat(100);
        sheet.push(&Line::default().text(long.trim_end()));
        assert_eq!(sheet.into_string().lines().count(), 1);
    }

    #[test]
    fn a_word_wider_than_the_page_stays_whole() {
        let mut sheet = Sheet::new(Styling::Bare, Some(24));
        sheet.push(&Line::default().text("x".repeat(60)));
        assert_eq!(sheet.into_string().lines().count(), 1);
    }

    #[test]
    fn hostile_text_cannot_reach_the_terminal() {
        let mut sheet = Sheet::new(Styling::Colour, None);
        sheet.push(&Line::default().toned(Tone::Strong, "a\u{1b}]0;title\u{7}b\nc"));
        let page = sheet.into_string();
        assert!(!page.contains("\u{1b}]"), "{page:?}");
        assert_eq!(page.lines().count(), 1);
    }

    #[test]
    fn colour_does_not_count_as_width() {
        let mut sheet = Sheet::new(Styling::Colour, Some(24));
        sheet.push(&Line::default().toned(Tone::Bad, "twelve chars").text(" and ten so"));
        assert_eq!(sheet.into_string().lines().count(), 1);
    }
}
