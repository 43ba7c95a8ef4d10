//! What is odd about the path of a member.

/// Why a path is not what an honest packer writes, as the end of a sentence that names it.
pub(super) fn oddity(path: &str) -> Option<&'static str> {
    let has_drive = matches!(path.as_bytes(), [letter, b':', ..] if letter.is_ascii_alphabetic());
    if has_drive || path.starts_with(['/', '\\']) {
        Some("begins at the root of a disk: whoever unpacks it writes to anywhere")
    } else if path.split(['/', '\\']).any(|name| name == "..") {
        Some("climbs out with `..`: whoever unpacks it writes to anywhere")
    } else if path.contains('\0') {
        Some("has a zero in it: some readers see only what is before it")
    } else if path.chars().any(is_deceptive) {
        Some("has characters that are not shown, or that are no text")
    } else {
        None
    }
}

/// Control characters, what turns the direction of text (Unicode TR 36, "bidirectional text
/// spoofing"), and what stands where bytes were no text.
fn is_deceptive(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{FFFD}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}'
            | '\u{2066}'..='\u{2069}')
}

/// A path that a person can read, cut to a bounded length.
pub(crate) fn shown(path: &str) -> String {
    let mut shown: String = path.chars().take(200).flat_map(char::escape_debug).collect();
    if path.chars().nth(200).is_some() {
        shown.push_str("...");
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_within_is_not_odd() {
        for path in ["archive/data.pkl", "a..b/c", "./x", "folder\\x", "größe"] {
            assert_eq!(oddity(path), None, "{path}");
        }
    }

    #[test]
    fn a_path_that_leads_out_or_deceives_is_odd() {
        for path in ["/etc/x", "../x", "a/../../x", "C:\\x", "a\0.txt", "a\u{202E}b", "a\nb"] {
            assert!(oddity(path).is_some(), "{path:?}");
        }
    }
}
