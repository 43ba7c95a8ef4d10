//! Figures that may be less than exact.

use std::fmt;

/// A figure that may be less than exact. What is not shown and what is not known are not zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Amount {
    /// Counted.
    Exactly(u64),
    /// A band, both ends within: `5-9`.
    Between(u64, u64),
    /// Fewer than this, perhaps none; not told how many, so that nobody is recognised.
    FewerThan(u64),
    /// At least this many; the rest could not be looked at.
    AtLeast(u64),
    /// Counted and kept back.
    NotShown,
    /// Nobody counted.
    Unknown,
}

/// How far an amount reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reach {
    pub(crate) low: u64,
    /// `None` when nothing bounds it.
    pub(crate) high: Option<u64>,
}

impl Amount {
    /// From where to where it can be; `None` when nothing is told at all.
    pub(crate) fn reach(self) -> Option<Reach> {
        let reach = |low, high| Some(Reach { low, high });
        match self {
            Self::Exactly(count) => reach(count, Some(count)),
            Self::Between(one, other) => reach(one.min(other), Some(one.max(other))),
            Self::FewerThan(bound) => reach(0, Some(bound.saturating_sub(1))),
            Self::AtLeast(count) => reach(count, None),
            Self::NotShown | Self::Unknown => None,
        }
    }

    /// Several together. What is not told can be anything, so the sum has no upper end then; of
    /// nothing but untold ones it is unknown.
    pub(crate) fn sum(amounts: &[Self]) -> Self {
        let reaches: Vec<Reach> = amounts.iter().filter_map(|amount| amount.reach()).collect();
        if reaches.is_empty() && !amounts.is_empty() {
            return Self::Unknown;
        }
        let add = |sum: u64, more: u64| sum.saturating_add(more);
        let low = reaches.iter().map(|reach| reach.low).fold(0, add);
        let high = reaches
            .iter()
            .try_fold(0, |sum: u64, reach| reach.high.map(|high| sum.saturating_add(high)));
        match high {
            Some(high) if reaches.len() == amounts.len() && high == low => Self::Exactly(low),
            Some(high) if reaches.len() == amounts.len() => Self::Between(low, high),
            _ => Self::AtLeast(low),
        }
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exactly(count) => write!(f, "{count}"),
            Self::Between(one, other) => write!(f, "{}-{}", one.min(other), one.max(other)),
            Self::FewerThan(bound) => write!(f, "fewer than {bound}"),
            Self::AtLeast(count) => write!(f, "at least {count}"),
            Self::NotShown => f.write_str("not shown"),
            Self::Unknown => f.write_str("unknown"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Amount::{self, AtLeast, Between, Exactly, FewerThan, NotShown, Unknown};

    #[test]
    fn a_sum_is_as_exact_as_its_parts() {
        assert_eq!(Amount::sum(&[]), Exactly(0));
        assert_eq!(Amount::sum(&[Exactly(2), Exactly(3)]), Exactly(5));
        assert_eq!(Amount::sum(&[Exactly(2), Between(5, 9)]), Between(7, 11));
        assert_eq!(Amount::sum(&[Exactly(2), FewerThan(5)]), Between(2, 6));
        assert_eq!(Amount::sum(&[Exactly(2), AtLeast(1)]), AtLeast(3));
    }

    #[test]
    fn a_sum_with_something_untold_has_no_upper_end() {
        assert_eq!(Amount::sum(&[Exactly(2), NotShown]), AtLeast(2));
        assert_eq!(Amount::sum(&[Unknown, NotShown]), Unknown);
    }

    #[test]
    fn a_band_is_read_from_its_lower_end() {
        assert_eq!(Between(9, 5).to_string(), "5-9");
    }
}
