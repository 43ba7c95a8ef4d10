//! The threshold: the number from which on a group is a crowd.

use crate::FiguresError;

/// Values that a band has at least, members that are held out of each group, and changes that a
/// new figure needs. 2 to 1000, by default 5.
///
/// Five is an organisation's choice and no law of nature; offices use 3 to 10.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Threshold(u16);

impl Threshold {
    /// A threshold. An error when it is not 2 to 1000: with 1, "fewer than 1" would say "none".
    pub fn new(number: u32) -> Result<Self, FiguresError> {
        match u16::try_from(number) {
            Ok(small @ 2..=1000) => Ok(Self(small)),
            _ => Err(FiguresError::Threshold(number)),
        }
    }

    /// As a count of members.
    pub fn count(self) -> usize {
        usize::from(self.0)
    }

    /// Members that a group needs to be shown: one threshold is held out, and the others make
    /// two closed bands of one threshold each. 15, by default.
    pub fn smallest_group(self) -> usize {
        3 * self.count()
    }
}

impl Default for Threshold {
    fn default() -> Self {
        Self(5)
    }
}
