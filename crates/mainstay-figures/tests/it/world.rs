//! Small worlds: members, keys that hold out chosen ones, and what an adversary notes down.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::Hash;

use jiff::civil::Date;
use mainstay_figures::{
    Facts, Figures, HoldOutKey, MemberId, Members, Partition, Question, State, Threshold, release,
};
use mainstay_types::SectorId;

pub(crate) const STATES: [State; 3] = [State::Affected, State::NotAffected, State::Unknown];

pub(crate) fn question() -> Question {
    Question::Advisory("GHSA-aaaa-bbbb-cccc".into())
}

pub(crate) fn day(number: i8) -> Date {
    jiff::civil::date(2026, 11, number)
}

pub(crate) fn threshold(number: u32) -> Threshold {
    Threshold::new(number).unwrap()
}

pub(crate) fn key(number: u16) -> HoldOutKey {
    let mut bytes = [0; 32];
    bytes[..2].copy_from_slice(&number.to_be_bytes());
    HoldOutKey::new(&bytes).unwrap()
}

/// Members numbered from 0, so many in each of these sectors.
pub(crate) fn members(sectors: &[(&str, u64)]) -> Members {
    let mut members = Members::default();
    let mut next = 0;
    for (sector, count) in sectors {
        for _ in 0..*count {
            members.add(MemberId(next), SectorId::parse(sector).unwrap()).unwrap();
            next += 1;
        }
    }
    members
}

pub(crate) fn facts(states: &[State]) -> Facts {
    (0..).map(MemberId).zip(states.iter().copied()).collect()
}

/// The figures of a first day.
pub(crate) fn first(partition: &Partition, facts: &Facts) -> Figures {
    release(&question(), partition, facts, None, day(1)).unwrap().figures()
}

/// The counted members of each group.
pub(crate) fn counted(partition: &Partition) -> Vec<BTreeSet<MemberId>> {
    let released = release(&question(), partition, &Facts::new(), None, day(1)).unwrap();
    released.kept.iter().map(|one| one.basis.keys().copied().collect()).collect()
}

/// One partition for each way in which members can be held out: as many as `ways`, or the test
/// has not looked at every world.
pub(crate) fn every_hold_out(
    members: &Members,
    threshold: Threshold,
    ways: usize,
) -> Vec<Partition> {
    let mut found = BTreeMap::new();
    for number in 0..5000 {
        let partition = Partition::of(members, threshold, &key(number));
        found.entry(counted(&partition)).or_insert(partition);
    }
    assert_eq!(found.len(), ways, "keys that hold out every choice of members");
    found.into_values().collect()
}

/// Every sequence of `length` of these things.
pub(crate) fn sequences<T: Copy>(things: &[T], length: usize) -> Vec<Vec<T>> {
    let mut all = vec![Vec::new()];
    for _ in 0..length {
        all = all
            .into_iter()
            .flat_map(|start| {
                things.iter().map(move |thing| {
                    let mut longer = start.clone();
                    longer.push(*thing);
                    longer
                })
            })
            .collect();
    }
    all
}

/// For each thing that can be seen, the values that each member has in the worlds that look so.
pub(crate) struct Notebook<Seen, Value>(HashMap<Seen, Vec<BTreeSet<Value>>>);

impl<Seen: Eq + Hash, Value: Ord + Copy> Notebook<Seen, Value> {
    pub(crate) fn new() -> Self {
        Self(HashMap::new())
    }

    pub(crate) fn note(&mut self, seen: Seen, values: &[Value]) {
        let members = self.0.entry(seen).or_insert_with(|| vec![BTreeSet::new(); values.len()]);
        for (known, value) in members.iter_mut().zip(values) {
            known.insert(*value);
        }
    }

    /// The fewest values that are left for any member, whatever was seen.
    pub(crate) fn fewest(&self) -> usize {
        self.0.values().flatten().map(BTreeSet::len).min().unwrap()
    }

    /// How many different things were seen.
    pub(crate) fn views(&self) -> usize {
        self.0.len()
    }
}

/// What a reader sees, in a form that can be looked up.
pub(crate) fn seen(figures: &Figures) -> Vec<(String, usize, String, String, Date)> {
    let line = |one: &mainstay_figures::Figure| {
        let bands = (one.affected.to_string(), one.unknown.to_string());
        (one.group.to_string(), one.members, bands.0, bands.1, one.as_of)
    };
    figures.groups.iter().map(line).collect()
}
