//! Going through long lists of versions without parsing each of them.

use std::hash::{BuildHasherDefault, Hasher};

/// Whether two versions are surely not equal, because the numbers that both begin with differ:
/// `1.2` and `1.3.0`. It errs on the side of `false`, which costs a comparison; so it holds for
/// every ecosystem, whatever follows the numbers.
pub(super) fn differ_in_numbers(left: &str, right: &str) -> bool {
    // An epoch (`1!2.0`, `1:2.0`) changes what the first number means.
    let has_epoch = |text: &str| text.bytes().any(|b| matches!(b, b'!' | b':'));
    let mut pairs = numbers(left).zip(numbers(right));
    pairs.any(|(left, right)| left != right) && !has_epoch(left) && !has_epoch(right)
}

/// The numbers parted by points with which a version begins, without leading zeros.
fn numbers(text: &str) -> impl Iterator<Item = &str> {
    let text = text.strip_prefix(['v', 'V']).unwrap_or(text);
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let part = rest?;
        let end = part.bytes().position(|b| !b.is_ascii_digit()).unwrap_or(part.len());
        let (number, behind) = part.split_at_checked(end)?;
        rest = behind.strip_prefix('.');
        (end > 0).then(|| number.trim_start_matches('0'))
    })
}

/// Spreads references over a hash table; they are numbers already, so little work is enough.
pub(super) type Spread = BuildHasherDefault<SpreadHasher>;

#[derive(Default)]
pub(super) struct SpreadHasher(u64);

impl Hasher for SpreadHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u32(u32::from(*byte));
        }
    }

    fn write_u32(&mut self, number: u32) {
        let product = (self.0 ^ u64::from(number)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        self.0 = product ^ (product >> 32);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_with_other_leading_numbers_are_not_equal() {
        for (left, right) in [("1.2.3", "1.2.4"), ("v2.0", "3"), ("1.10", "1.1"), ("1.2a", "1.3a")]
        {
            assert!(differ_in_numbers(left, right), "{left} {right}");
        }
    }

    #[test]
    fn versions_that_may_be_equal_are_left_to_their_ecosystem() {
        for (left, right) in [
            ("1.0", "1.0.0"),
            ("1.02", "1.2"),
            ("v1.0", "1.0"),
            ("0!1.0", "1.0"),
            ("0:1.0-1", "1.0-1"),
            ("1.0-1", "1.0.1"),
            ("dev-main", "9999999-dev"),
            ("", "1"),
        ] {
            assert!(!differ_in_numbers(left, right), "{left} {right}");
        }
    }
}
