//! From a place in a text to its line, for places that are asked in about the order of the text.

/// Counts lines from the place that was asked last, forwards and backwards. A table of line starts
/// would be faster for places in no order, and cost a tenth of a large document's size.
pub(crate) struct LineCursor<'t> {
    text: &'t str,
    at: usize,
    line: u32,
}

impl<'t> LineCursor<'t> {
    pub(crate) fn new(text: &'t str) -> Self {
        Self { text, at: 0, line: 1 }
    }

    /// The line, counted from 1, on which a slice borrowed from the text begins. `None` for a
    /// slice from elsewhere.
    pub(crate) fn of(&mut self, slice: &str) -> Option<u32> {
        let offset = (slice.as_ptr() as usize).checked_sub(self.text.as_ptr() as usize)?;
        let bytes = self.text.as_bytes();
        let between = if offset >= self.at {
            bytes.get(self.at..offset)?
        } else {
            bytes.get(offset..self.at)?
        };
        let count = memchr::memchr_iter(b'\n', between).count();
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        self.line = if offset >= self.at {
            self.line.saturating_add(count)
        } else {
            self.line.saturating_sub(count)
        };
        self.at = offset;
        Some(self.line)
    }
}

#[cfg(test)]
mod tests {
    use super::LineCursor;

    #[test]
    fn lines_are_counted_forwards_and_backwards() {
        let text = "one\ntwo\nthree\nfour";
        let mut cursor = LineCursor::new(text);
        assert_eq!(cursor.of(&text[8..]), Some(3));
        assert_eq!(cursor.of(&text[5..]), Some(2));
        assert_eq!(cursor.of(&text[..0]), Some(1));
        assert_eq!(cursor.of(&text[text.len()..]), Some(4));
    }

    #[test]
    fn a_copied_text_has_no_line() {
        let copy = String::from("a");
        assert_eq!(LineCursor::new("a").of(&copy), None);
    }
}
