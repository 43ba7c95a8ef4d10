//! How deep a TOML text nests, found without recursion.
//!
//! The `toml` crate goes down one frame per level before it looks at its own limit, so a hostile
//! text could exhaust the stack, which no program survives. Ask here first.

/// The deepest nesting taken. Package managers write four levels at most.
const DEEPEST: u32 = 32;

/// The line on which the text nests deeper than any real file does; `None` when it does not.
/// Brackets in strings and comments do not count. A closing bracket of the wrong kind closes
/// nothing, as in the parser when it goes on behind a mistake.
pub fn toml_too_deep_at(text: &str) -> Option<u32> {
    let bytes = text.as_bytes();
    let (mut at, mut depth, mut line) = (0, 0_u32, 1_u32);
    // One bit for each open bracket, the innermost last: set for a brace.
    let mut open = 0_u64;
    while let Some(byte) = bytes.get(at) {
        at += 1;
        match byte {
            b'[' | b'{' => {
                depth += 1;
                open = open << 1 | u64::from(*byte == b'{');
            }
            b']' | b'}' if depth > 0 && (open & 1 == 1) == (*byte == b'}') => {
                depth -= 1;
                open >>= 1;
            }
            b'\n' => line = line.saturating_add(1),
            b'#' => at += line_length(bytes, at),
            b'"' | b'\'' => {
                let end = string_end(bytes, at, *byte);
                let lines = memchr::memchr_iter(b'\n', bytes.get(at..end).unwrap_or_default());
                line = line.saturating_add(u32::try_from(lines.count()).unwrap_or(u32::MAX));
                at = end;
            }
            _ => {}
        }
        if depth > DEEPEST {
            return Some(line);
        }
    }
    None
}

fn line_length(bytes: &[u8], from: usize) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    memchr::memchr(b'\n', rest).unwrap_or(rest.len())
}

/// The place behind a string whose first quote stands before `from`. A string on one line that is
/// not closed ends with its line, so that what follows is counted again.
fn string_end(bytes: &[u8], from: usize, quote: u8) -> usize {
    let long = bytes.get(from..from + 2) == Some(&[quote, quote]);
    let mut at = if long { from + 2 } else { from };
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' if quote == b'"' => at += 1,
            b'\n' if !long => return at,
            byte if *byte == quote && !long => return at + 1,
            byte if *byte == quote && bytes.get(at..at + 3) == Some(&[quote; 3]) => return at + 3,
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::toml_too_deep_at;

    #[test]
    fn nesting_of_any_brackets_counts() {
        let text = format!("a = 1\nb = {}", "[{x=".repeat(40));
        assert_eq!(toml_too_deep_at(&text), Some(2));
    }

    #[test]
    fn brackets_in_strings_and_comments_do_not_count() {
        let many = "[".repeat(100);
        let text =
            format!("a = \"{many}\\\"{many}\"\nb = '{many}'\n# {many}\nc = \"\"\"\n{many}\n\"\"\"");
        assert_eq!(toml_too_deep_at(&text), None);
    }

    #[test]
    fn a_string_that_is_not_closed_hides_nothing_below_it() {
        let text = format!("a = \"x\nb = {}", "[".repeat(100));
        assert_eq!(toml_too_deep_at(&text), Some(2));
    }

    #[test]
    fn a_bracket_of_the_wrong_kind_closes_nothing() {
        assert_eq!(toml_too_deep_at(&format!("a = {}", "{x=]".repeat(40))), Some(1));
    }

    #[test]
    fn many_tables_are_not_deep() {
        assert_eq!(toml_too_deep_at(&"[[package]]\nname = \"a\"\n".repeat(1000)), None);
    }
}
