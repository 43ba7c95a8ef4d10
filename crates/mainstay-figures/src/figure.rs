//! What a reader sees.

use jiff::civil::Date;

use crate::{Band, GroupName};

/// The answer to one question, as outsiders see it on one day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figures {
    /// The day of the snapshot.
    pub day: Date,
    /// One figure for each group that is shown, by name.
    pub groups: Vec<Figure>,
    /// Members in sectors that are too small to say anything about, together. What is true of
    /// them is not in any figure.
    pub unshown: usize,
}

/// The figure of one group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figure {
    /// Whom it is about.
    pub group: GroupName,
    /// Members of the group on the day `as_of`. The bands say of how many of them they are: the
    /// others are held out.
    pub members: usize,
    /// How many of the counted members are affected.
    pub affected: Band,
    /// Of how many counted members nobody knows whether they are affected.
    pub unknown: Band,
    /// The day of the facts. Since then the facts of fewer counted members than the threshold
    /// have changed, none included.
    pub as_of: Date,
}
