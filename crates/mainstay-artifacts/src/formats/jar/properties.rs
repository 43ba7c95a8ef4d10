//! Java properties.
//!
//! Format: `java.util.Properties.load` of Java SE: `=`, `:` or a blank divides a key from its value;
//! a backslash at the end of a line takes the next one in; the last value of a key counts.

use std::collections::HashMap;

/// Every key with its value.
pub(super) fn parse(text: &str) -> HashMap<String, String> {
    let mut lines = text.split(['\n', '\r']).map(|line| line.trim_start_matches(BLANKS));
    let mut all = HashMap::new();
    while let Some(line) = lines.next() {
        if line.is_empty() || line.starts_with(['#', '!']) {
            continue;
        }
        let mut whole = line.to_owned();
        while is_open(&whole) {
            whole.pop();
            match lines.next() {
                Some(more) => whole.push_str(more),
                None => break,
            }
        }
        let (key, value) = divided(&whole);
        all.insert(plain(key), plain(value));
    }
    all
}

const BLANKS: [char; 3] = [' ', '\t', '\x0C'];

/// Whether a line ends with a backslash that no other one takes away.
fn is_open(line: &str) -> bool {
    line.bytes().rev().take_while(|byte| *byte == b'\\').count() % 2 == 1
}

fn divided(line: &str) -> (&str, &str) {
    let mut is_escaped = false;
    let end = line.find(|c| {
        let divides = !is_escaped && (BLANKS.contains(&c) || matches!(c, '=' | ':'));
        is_escaped = !is_escaped && c == '\\';
        divides
    });
    let (key, rest) = line.split_at_checked(end.unwrap_or(line.len())).unwrap_or((line, ""));
    let rest = rest.trim_start_matches(BLANKS);
    let rest = rest.strip_prefix(['=', ':']).unwrap_or(rest);
    (key, rest.trim_start_matches(BLANKS))
}

/// A text with what its backslashes stand for.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            plain.push(c);
            continue;
        }
        match chars.next() {
            Some('n') => plain.push('\n'),
            Some('r') => plain.push('\r'),
            Some('t') => plain.push('\t'),
            Some('f') => plain.push('\x0C'),
            Some('u') => {
                let digits: String = chars.by_ref().take(4).collect();
                let code = u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32);
                plain.push(code.unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            Some(other) => plain.push(other),
            None => {}
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::parse;

    fn value(text: &str) -> Option<String> {
        parse(text).remove("a")
    }

    #[test]
    fn every_way_to_write_a_value_is_read() {
        for text in
            ["a=1", "a:1", "a 1", "  a \t= 1", "a = 1", "\\u0061=1", "a=\\\n  1", "a=1\r\nb=2"]
        {
            assert_eq!(value(text).as_deref(), Some("1"), "{text:?}");
        }
        assert_eq!(parse("a\\=b=1").remove("a=b").as_deref(), Some("1"));
    }

    #[test]
    fn the_last_value_counts_and_a_remark_is_none() {
        assert_eq!(value("a=1\na=2\n#a=3\n!a=4").as_deref(), Some("2"));
    }

    #[test]
    fn what_is_cut_off_is_no_failure() {
        for text in ["a=\\", "a=\\u00", "\\", "=", ""] {
            parse(text);
        }
    }
}
