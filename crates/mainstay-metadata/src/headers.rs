//! Lines of `Name: value`, as e-mails have them (RFC 5322 section 2.2) and as R and Python took
//! them over. Folded lines are left out: names and versions are never folded.

/// The first value of a header: see [`values`].
pub(crate) fn value<'t>(bytes: &'t [u8], wanted: &str) -> Option<&'t str> {
    values(bytes, wanted).next()
}

/// The values of a header, without regard to the case of its name. The head ends at the first
/// empty line; a byte that is no UTF-8 spoils only its own line.
pub(crate) fn values<'t>(bytes: &'t [u8], wanted: &str) -> impl Iterator<Item = &'t str> {
    bytes
        .split(|byte| *byte == b'\n')
        .map(|line| line.strip_suffix(b"\r").unwrap_or(line))
        .take_while(|line| !line.is_empty())
        .filter_map(move |line| {
            let colon = line.iter().position(|byte| *byte == b':')?;
            let (name, value) = line.split_at_checked(colon)?;
            if !name.eq_ignore_ascii_case(wanted.as_bytes()) {
                return None;
            }
            std::str::from_utf8(value.get(1..)?).ok().map(str::trim)
        })
}

/// The bytes behind a byte order mark, if there is one.
pub(crate) fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes)
}

#[cfg(test)]
mod tests {
    use super::value;

    #[test]
    fn the_head_ends_at_the_first_empty_line() {
        let bytes = b"A: 1\r\nB: two words\r\n\r\nC: 3\r\n";
        assert_eq!(value(bytes, "b"), Some("two words"));
        assert_eq!(value(bytes, "C"), None);
    }

    #[test]
    fn a_folded_line_is_no_header() {
        assert_eq!(value(b"A: 1\n B: 2\n", "B"), None);
    }
}
