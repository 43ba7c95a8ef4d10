//! Non-negative whole numbers of any length.
//!
//! No ecosystem bounds the numbers in a version by 64 bits in a way that advisories respect, so
//! a number that does not fit keeps its digits.

use std::cmp::Ordering;

/// A number of a version. Leading zeros are gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Number {
    /// Fits into 64 bits.
    Small(u64),
    /// The digits of one that does not, without leading zeros.
    Big(Box<str>),
}

impl Number {
    pub(crate) const ZERO: Self = Self::Small(0);

    /// Reads ASCII digits. `None` when there is none, or something else is among them.
    pub(crate) fn read(digits: &str) -> Option<Self> {
        if digits.is_empty() {
            return None;
        }
        let mut value: u64 = 0;
        for byte in digits.bytes() {
            if !byte.is_ascii_digit() {
                return None;
            }
            let digit = u64::from(byte - b'0');
            let Some(next) = value.checked_mul(10).and_then(|tens| tens.checked_add(digit)) else {
                return big(digits);
            };
            value = next;
        }
        Some(Self::Small(value))
    }

    pub(crate) fn is_zero(&self) -> bool {
        *self == Self::ZERO
    }
}

fn big(digits: &str) -> Option<Number> {
    let all = digits.bytes().all(|byte| byte.is_ascii_digit());
    all.then(|| Number::Big(digits.trim_start_matches('0').into()))
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Small(left), Self::Small(right)) => left.cmp(right),
            (Self::Small(_), Self::Big(_)) => Ordering::Less,
            (Self::Big(_), Self::Small(_)) => Ordering::Greater,
            (Self::Big(left), Self::Big(right)) => compare_digits(left, right),
        }
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Compares two runs of ASCII digits by their value; an empty run is zero.
pub(crate) fn compare_digits(left: &str, right: &str) -> Ordering {
    let left = left.trim_start_matches('0');
    let right = right.trim_start_matches('0');
    left.len().cmp(&right.len()).then_with(|| left.cmp(right))
}

/// Splits off the ASCII digits at the front.
pub(crate) fn split_digits(text: &str) -> (&str, &str) {
    let end = text.bytes().take_while(u8::is_ascii_digit).count();
    text.split_at(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_past_64_bits_is_greater_than_one_within() {
        let big = Number::read("18446744073709551616").unwrap();
        assert!(big > Number::Small(u64::MAX));
    }

    #[test]
    fn leading_zeros_do_not_make_a_number_greater() {
        let padded = Number::read("000018446744073709551616").unwrap();
        assert_eq!(Number::read("18446744073709551616"), Some(padded));
    }

    #[test]
    fn a_letter_is_no_digit_even_after_64_bits() {
        assert_eq!(Number::read("18446744073709551616a"), None);
    }
}
