//! From figures to places in a drawing, in whole numbers, so that the same figures always give
//! the same drawing.

use std::fmt;

use jiff::Timestamp;

/// A part of a length, in ten-thousandths, shown as per cent: `12.34%`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Share(u32);

impl Share {
    /// The whole length in the units of [`Share::units`].
    pub(super) const WHOLE: u32 = 10_000;

    /// `part` of `whole`; nothing of nothing is nothing, and more than all is all.
    pub(super) fn of(part: u64, whole: u64) -> Self {
        if whole == 0 {
            return Self(0);
        }
        let share = u128::from(part.min(whole)) * u128::from(Self::WHOLE) / u128::from(whole);
        Self(u32::try_from(share).unwrap_or(Self::WHOLE))
    }

    pub(super) fn units(self) -> u32 {
        self.0
    }

    /// The middle of the length.
    pub(super) fn middle() -> Self {
        Self(Self::WHOLE / 2)
    }

    /// From here to there; nothing when there lies before.
    pub(super) fn to(self, there: Self) -> Self {
        Self(there.0.saturating_sub(self.0))
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:02}%", self.0 / 100, self.0 % 100)
    }
}

/// From the first moment to the last.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    pub(super) first: Timestamp,
    pub(super) last: Timestamp,
}

impl Span {
    /// `None` without a moment.
    pub(super) fn around(moments: impl Iterator<Item = Timestamp> + Clone) -> Option<Self> {
        Some(Self { first: moments.clone().min()?, last: moments.max()? })
    }

    /// Where a moment lies; in the middle when there is only one.
    pub(super) fn place(self, at: Timestamp) -> Share {
        let whole = seconds(self.first, self.last);
        if whole == 0 { Share::middle() } else { Share::of(seconds(self.first, at), whole) }
    }
}

fn seconds(from: Timestamp, to: Timestamp) -> u64 {
    u64::try_from(to.as_second().saturating_sub(from.as_second())).unwrap_or(0)
}

/// The least round number that is not below: 1, 2, 4, 5 or 10 times a power of ten. All but 1
/// and 5 have a whole half for a line in the middle.
pub(super) fn round_top(greatest: u64) -> u64 {
    let mut power: u64 = 1;
    while power.saturating_mul(10) < greatest && power < u64::MAX / 10 {
        power *= 10;
    }
    [1, 2, 4, 5, 10]
        .iter()
        .map(|factor| power.saturating_mul(*factor))
        .find(|top| *top >= greatest)
        .unwrap_or(greatest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_written_in_per_cent() {
        assert_eq!(Share::of(1, 3).to_string(), "33.33%");
        assert_eq!(Share::of(7, 7).to_string(), "100.00%");
        assert_eq!(Share::of(9, 7).to_string(), "100.00%");
        assert_eq!(Share::of(0, 0).to_string(), "0.00%");
        assert_eq!(Share::of(u64::MAX, u64::MAX).to_string(), "100.00%");
    }

    #[test]
    fn the_top_is_round_and_not_below() {
        let tops = [0, 1, 2, 3, 5, 6, 11, 40, 41, 99, 100].map(round_top);
        assert_eq!(tops, [1, 1, 2, 4, 5, 10, 20, 40, 50, 100, 100]);
        assert_eq!(round_top(u64::MAX), u64::MAX);
    }

    #[test]
    fn one_moment_lies_in_the_middle() {
        let at = Timestamp::UNIX_EPOCH;
        assert_eq!(Span { first: at, last: at }.place(at), Share::middle());
    }
}
