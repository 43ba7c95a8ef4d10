//! The constant pool of a class file.
//!
//! Format: "The Java Virtual Machine Specification", section 4.4.

/// Whether a class has a text constant that is wanted. `None` when this is no class file.
pub(super) fn has_text(bytes: &[u8], wanted: impl Fn(&[u8]) -> bool) -> Option<bool> {
    let mut rest = bytes.strip_prefix(&[0xCA, 0xFE, 0xBA, 0xBE])?.get(4..)?;
    let count = short(&mut rest)?;
    let mut left = count.checked_sub(1)?;
    let mut found = false;
    while left > 0 {
        let (tag, behind) = rest.split_first()?;
        rest = behind;
        // Long and double take two places.
        let (length, places) = match tag {
            1 => (usize::from(short(&mut rest)?), 1),
            3 | 4 | 9..=12 | 17 | 18 => (4, 1),
            5 | 6 => (8, 2),
            7 | 8 | 16 | 19 | 20 => (2, 1),
            15 => (3, 1),
            _ => return None,
        };
        let (value, behind) = rest.split_at_checked(length)?;
        found |= *tag == 1 && wanted(value);
        rest = behind;
        left = left.saturating_sub(places);
    }
    Some(found)
}

fn short(bytes: &mut &[u8]) -> Option<u16> {
    let (value, rest) = bytes.split_first_chunk::<2>()?;
    *bytes = rest;
    Some(u16::from_be_bytes(*value))
}

#[cfg(test)]
mod tests {
    use super::has_text;

    #[test]
    fn a_text_is_found_behind_a_long_number() {
        let mut class = vec![0xCA, 0xFE, 0xBA, 0xBE, 0, 0, 0, 52, 0, 4];
        class.extend_from_slice(&[5, 0, 0, 0, 0, 0, 0, 0, 1]);
        class.extend_from_slice(&[1, 0, 2, b'h', b'i']);
        assert_eq!(has_text(&class, |text| text == b"hi"), Some(true));
        assert_eq!(has_text(&class, |text| text == b"ho"), Some(false));
    }

    #[test]
    fn what_is_cut_off_is_no_class() {
        assert_eq!(has_text(&[0xCA, 0xFE, 0xBA, 0xBE, 0, 0, 0, 52, 0, 9, 1, 0], |_| true), None);
    }
}
