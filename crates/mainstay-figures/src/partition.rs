//! The groups about which anything is said. They follow from membership and the threshold, and
//! never from an answer: a merging that depended on the answer would tell of it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use mainstay_types::SectorId;

use crate::{HoldOutKey, MemberId, Members, Threshold};

/// Members in groups that do not overlap.
#[derive(Clone, Debug)]
pub struct Partition {
    threshold: Threshold,
    groups: Vec<Group>,
    unshown: usize,
}

/// Members about whom one figure is published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    name: GroupName,
    members: usize,
    counted: BTreeSet<MemberId>,
}

/// What a group is called.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum GroupName {
    /// One reporting sector.
    Sector(SectorId),
    /// All sectors of this scheme that are too small to be shown alone.
    Other(Box<str>),
}

impl Partition {
    /// The groups of these members. A sector of [`Threshold::smallest_group`] members or more is
    /// a group; the smaller ones of a scheme together are one, when they are enough together.
    /// Otherwise nothing is said about them.
    pub fn of(members: &Members, threshold: Threshold, key: &HoldOutKey) -> Self {
        let mut sectors: BTreeMap<&SectorId, BTreeSet<MemberId>> = BTreeMap::new();
        for (member, sector) in members.iter() {
            sectors.entry(sector).or_default().insert(member);
        }
        let mut crowds: BTreeMap<GroupName, BTreeSet<MemberId>> = BTreeMap::new();
        for (sector, its) in sectors {
            let name = if its.len() >= threshold.smallest_group() {
                GroupName::Sector(sector.clone())
            } else {
                GroupName::Other(sector.scheme().into())
            };
            crowds.entry(name).or_default().extend(its);
        }
        let mut partition = Self { threshold, groups: Vec::new(), unshown: 0 };
        for (name, its) in crowds {
            if its.len() < threshold.smallest_group() {
                partition.unshown += its.len();
                continue;
            }
            let counted = key.counted(&its, threshold.count());
            partition.groups.push(Group { name, members: its.len(), counted });
        }
        partition
    }

    /// The groups, by name.
    pub fn groups(&self) -> &[Group] {
        &self.groups
    }

    /// Members about whom nothing is said, because they are too few even together.
    pub fn unshown(&self) -> usize {
        self.unshown
    }

    /// The threshold of which the groups were made.
    pub fn threshold(&self) -> Threshold {
        self.threshold
    }
}

impl Group {
    /// Its name.
    pub fn name(&self) -> &GroupName {
        &self.name
    }

    /// How many members it has, with those who are held out.
    pub fn members(&self) -> usize {
        self.members
    }

    /// Who is counted. A secret: it must not reach a reader.
    pub(crate) fn counted(&self) -> &BTreeSet<MemberId> {
        &self.counted
    }
}

impl fmt::Display for GroupName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sector(sector) => sector.fmt(f),
            Self::Other(scheme) => write!(f, "other sectors of {scheme}"),
        }
    }
}
