//! The lines of a tag-value document: pairs of a tag and a value.

/// The document, read from its beginning to its end.
pub(super) struct Lines<'t> {
    text: &'t str,
    /// Where the next line begins.
    next: usize,
    /// The number of the line that was read last.
    line: u32,
}

/// What was found.
pub(super) enum Entry<'t> {
    /// A tag and its value.
    Pair(&'t str, &'t str),
    /// A line that is neither that nor a comment.
    Junk(u32),
    /// The text that begins on this line never ends.
    Endless(u32),
}

impl<'t> Lines<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, next: 0, line: 0 }
    }

    /// The next pair, or what stands where one is due.
    pub(super) fn entry(&mut self) -> Option<Entry<'t>> {
        loop {
            let start = self.next;
            let line = self.advance()?;
            let plain = line.trim();
            if plain.is_empty() || plain.starts_with('#') {
                continue;
            }
            let Some((tag, value)) = plain.split_once(':') else {
                return Some(Entry::Junk(self.line));
            };
            let tag = tag.trim_end();
            let value = value.trim_start();
            let Some(begun) = value.strip_prefix("<text>") else {
                return Some(Entry::Pair(tag, value));
            };
            if let Some((value, _)) = begun.split_once("</text>") {
                return Some(Entry::Pair(tag, value));
            }
            let before = line.len() - line.trim_start().len() + plain.len() - begun.len();
            return Some(self.long(tag, start + before));
        }
    }

    /// A value that begins at this offset and ends on a later line.
    fn long(&mut self, tag: &'t str, start: usize) -> Entry<'t> {
        let first = self.line;
        let rest = self.text.get(start..).unwrap_or("");
        let Some(end) = memchr::memmem::find(rest.as_bytes(), b"</text>") else {
            // Everything that follows is part of the text, as far as anybody can tell.
            self.next = self.text.len();
            return Entry::Endless(first);
        };
        let value = rest.get(..end).unwrap_or("");
        let lines = memchr::memchr_iter(b'\n', value.as_bytes()).count();
        self.line = first.saturating_add(u32::try_from(lines).unwrap_or(u32::MAX));
        let after = start + end;
        let rest = self.text.get(after..).unwrap_or("");
        self.next =
            after + memchr::memchr(b'\n', rest.as_bytes()).map_or(rest.len(), |end| end + 1);
        Entry::Pair(tag, value)
    }

    fn advance(&mut self) -> Option<&'t str> {
        let rest = self.text.get(self.next..).filter(|rest| !rest.is_empty())?;
        self.line = self.line.saturating_add(1);
        let length = memchr::memchr(b'\n', rest.as_bytes());
        self.next += length.map_or(rest.len(), |length| length + 1);
        rest.get(..length.unwrap_or(rest.len()))
    }
}
