//! Whether a file of lines goes to its end.
//!
//! A full disk, a broken download or an interrupted write leaves the beginning of a file. In a
//! list of lines most such beginnings can be read, and would pass for a whole file with fewer
//! packages. Every tool that writes such a lockfile ends its last line, so an open one tells.

use mainstay_reading::{Gap, Inventory, Place};

/// The gap of a file that stops in the middle of a line.
pub(crate) fn open_last_line(bytes: &[u8]) -> Option<Gap> {
    // UTF-16 puts a zero before or behind the line feed.
    let text = bytes.strip_suffix(b"\0").unwrap_or(bytes);
    let ended = text.is_empty() || text.ends_with(b"\n");
    (!ended).then(|| Gap {
        place: Place::line(line_count(bytes)),
        reason: "the last line has no end: the file may be cut off".to_owned(),
        advice: "let the tool that wrote the file write it again; if the file is whole, end its \
                 last line"
            .to_owned(),
    })
}

/// The number of the last line, which has no end.
fn line_count(bytes: &[u8]) -> u32 {
    u32::try_from(memchr::memchr_iter(b'\n', bytes).count() + 1).unwrap_or(u32::MAX)
}

/// The gap of a file that is no more than its first lines, where a whole one would name at least
/// the project itself.
pub(crate) fn nothing_named(inventory: &Inventory, advice: &str) -> Option<Gap> {
    (inventory.packages.is_empty() && inventory.members.is_empty()).then(|| Gap {
        place: Place::default(),
        reason: "the file names no package, not even one of the project's own: it may be cut off"
            .to_owned(),
        advice: advice.to_owned(),
    })
}

/// The gap of a file in YAML that ends with a key to which nothing belongs.
pub(crate) fn open_last_key(text: &str) -> Option<Gap> {
    let trimmed = text.trim_end();
    trimmed.ends_with(':').then(|| Gap {
        place: Place::line(line_count(trimmed.as_bytes())),
        reason: "nothing follows the last key: the file may be cut off".to_owned(),
        advice: "let the tool that wrote the file write it again".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_without_its_end_is_a_gap_at_that_line() {
        let gap = open_last_line(b"a==1\nb==").unwrap();
        assert_eq!(gap.place, Place::line(2));
    }

    #[test]
    fn ended_lines_and_no_lines_are_no_gap() {
        for text in ["a\n", "a\r\n", ""] {
            assert_eq!(open_last_line(text.as_bytes()), None);
        }
        assert_eq!(open_last_line(b"\xff\xfea\0\n\0"), None);
        assert_eq!(open_last_line(b"\xfe\xff\0a\0\n"), None);
    }
}
