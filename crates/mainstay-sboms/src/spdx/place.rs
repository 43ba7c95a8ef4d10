//! On which line a text stands, found while a document is read from its beginning to its end.

use crate::Text;

/// A place that moves forward through a text. All its questions together cost one pass, and it
/// keeps nothing of the text: a table of the lines of a large document would take a quarter of
/// the document's own size.
pub(crate) struct Place<'t> {
    text: &'t str,
    offset: usize,
    line: u32,
}

impl<'t> Place<'t> {
    /// The beginning of a text.
    pub(crate) fn new(text: &'t str) -> Self {
        Self { text, offset: 0, line: 1 }
    }

    /// The line of a piece of the text. `None` for a text from elsewhere (one that had escapes and
    /// so was copied). A piece before an earlier one is given that one's line.
    pub(crate) fn of(&mut self, piece: &Text<'t>) -> Option<u32> {
        let Text::Borrowed(piece) = piece else { return None };
        let offset = (piece.as_ptr() as usize).checked_sub(self.text.as_ptr() as usize)?;
        if offset > self.text.len() {
            return None;
        }
        if let Some(passed) = self.text.as_bytes().get(self.offset..offset) {
            let lines = memchr::memchr_iter(b'\n', passed).count();
            self.line = self.line.saturating_add(u32::try_from(lines).unwrap_or(u32::MAX));
            self.offset = offset;
        }
        Some(self.line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_forward() {
        let text = "a\nb\nc";
        let mut place = Place::new(text);
        assert_eq!(place.of(&Text::Borrowed(&text[2..3])), Some(2));
        assert_eq!(place.of(&Text::Borrowed(&text[4..5])), Some(3));
    }

    #[test]
    fn a_copied_text_has_no_line() {
        assert_eq!(Place::new("a").of(&Text::Owned("a".to_owned())), None);
    }
}
