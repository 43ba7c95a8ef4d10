//! Who is a member, and in which sector each is counted.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt;

use mainstay_types::SectorId;

use crate::FiguresError;

/// An organisation's number. Never used again for another one: a member's place among those who
/// are held out follows from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MemberId(pub u64);

/// The organisations, each with its one reporting sector.
///
/// An organisation may name further sectors elsewhere. It is counted in its first, so that the
/// sectors do not overlap: figures of overlapping groups can be subtracted from one another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Members(BTreeMap<MemberId, SectorId>);

impl Members {
    /// Adds a member. An error when it has a reporting sector already, in whatever scheme.
    pub fn add(&mut self, member: MemberId, reporting: SectorId) -> Result<(), FiguresError> {
        match self.0.entry(member) {
            Entry::Occupied(_) => Err(FiguresError::SecondSector(member)),
            Entry::Vacant(place) => {
                place.insert(reporting);
                Ok(())
            }
        }
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// The members and their reporting sectors, by number.
    pub fn iter(&self) -> impl Iterator<Item = (MemberId, &SectorId)> {
        self.0.iter().map(|(member, sector)| (*member, sector))
    }
}

impl fmt::Display for MemberId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
