//! A small world of numbers, which changes; and what the crate is told of it.

use jiff::Timestamp;
use mainstay_store::{StoreError, Transaction, Value};
use mainstay_types::Tlp;
use mainstay_visibility::{Audience, Marked, Reader, Release, Role};

use crate::random::Random;

pub(crate) const ORGANISATIONS: usize = 5;
pub(crate) const PEOPLE: usize = 8;
pub(crate) const GROUPS: usize = 3;
/// Times go from 0 to this, in half microseconds.
pub(crate) const TIMES: usize = 40;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum To {
    Public,
    SignedIn,
    Community(usize),
    Sector(usize),
    Organisation(usize),
    Person(usize),
}

#[derive(Clone, Debug)]
pub(crate) struct Thing {
    pub(crate) number: usize,
    pub(crate) owner: usize,
    pub(crate) marking: Tlp,
    pub(crate) releases: Vec<(To, i64, Tlp)>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct World {
    /// (person, organisation, role)
    pub(crate) roles: Vec<(usize, usize, Role)>,
    /// (organisation, sector)
    pub(crate) sectors: Vec<(usize, usize)>,
    /// (person, community)
    pub(crate) communities: Vec<(usize, usize)>,
}

impl World {
    /// The reader that a server would make of a person's account.
    pub(crate) fn reader(&self, person: Option<usize>) -> Reader {
        let Some(person) = person else { return Reader::anonymous() };
        let mine = || self.roles.iter().filter(move |(who, _, _)| *who == person);
        Reader::signed_in(
            format!("p{person}").parse().unwrap(),
            mine().map(|(_, organisation, role)| {
                (format!("o{organisation}").parse().unwrap(), *role)
            }),
            self.communities
                .iter()
                .filter(|(who, _)| *who == person)
                .map(|(_, community)| format!("g/{community}").parse().unwrap()),
            self.sectors
                .iter()
                .filter(|(organisation, _)| mine().any(|(_, mine, _)| mine == organisation))
                .map(|(_, sector)| format!("g/{sector}").parse().unwrap()),
        )
        .unwrap()
    }

    /// Gives or takes a role, a sector or a community.
    pub(crate) fn change(&mut self, random: &mut Random) {
        match random.below(3) {
            0 => toggle(
                &mut self.roles,
                (random.below(PEOPLE), random.below(ORGANISATIONS), random.of(&Role::ALL)),
                6,
            ),
            1 => toggle(&mut self.sectors, (random.below(ORGANISATIONS), random.below(GROUPS)), 4),
            _ => toggle(&mut self.communities, (random.below(PEOPLE), random.below(GROUPS)), 6),
        }
    }
}

/// Takes it away when it is there, or when there are too many; else adds it.
pub(crate) fn toggle<T: PartialEq>(list: &mut Vec<T>, item: T, most: usize) {
    if let Some(place) = list.iter().position(|known| *known == item) {
        list.swap_remove(place);
    } else if list.len() >= most {
        list.swap_remove(0);
    } else {
        list.push(item);
    }
}

impl Thing {
    pub(crate) fn new(number: usize, random: &mut Random) -> Self {
        let releases = (0..random.below(4)).map(|_| Self::any_release(random)).collect();
        let owner = random.below(ORGANISATIONS);
        Self { number, owner, marking: random.of(&Tlp::ALL), releases }
    }

    pub(crate) fn any_release(random: &mut Random) -> (To, i64, Tlp) {
        let to = match random.below(6) {
            0 => To::Public,
            1 => To::SignedIn,
            2 => To::Community(random.below(GROUPS)),
            3 => To::Sector(random.below(GROUPS)),
            4 => To::Organisation(random.below(ORGANISATIONS)),
            _ => To::Person(random.below(PEOPLE)),
        };
        (to, any_time(random), random.of(&Tlp::ALL))
    }

    pub(crate) fn marked(&self) -> Marked {
        let releases = self.releases.iter().map(|(to, time, marking)| Release {
            audience: match to {
                To::Public => Audience::Public,
                To::SignedIn => Audience::SignedIn,
                To::Community(number) => {
                    Audience::Community(format!("g/{number}").parse().unwrap())
                }
                To::Sector(number) => Audience::Sector(format!("g/{number}").parse().unwrap()),
                To::Organisation(number) => {
                    Audience::Organisation(format!("o{number}").parse().unwrap())
                }
                To::Person(number) => Audience::Person(format!("p{number}").parse().unwrap()),
            },
            not_before: moment(*time),
            marking: *marking,
        });
        Marked {
            object: format!("thing/{}", self.number).parse().unwrap(),
            owner: format!("o{}", self.owner).parse().unwrap(),
            marking: self.marking,
            releases: releases.collect(),
        }
    }
}

pub(crate) fn any_time(random: &mut Random) -> i64 {
    i64::try_from(random.below(TIMES)).unwrap()
}

/// A time on either side of 1970, finer than what a database keeps.
pub(crate) fn moment(time: i64) -> Timestamp {
    Timestamp::from_nanosecond(i128::from(time - 20) * 500).unwrap()
}

/// Writes rows as they are, also those that nobody could see and the crate would refuse.
pub(crate) fn write_as_they_are(
    transaction: &mut Transaction<'_>,
    things: &[Thing],
) -> Result<(), StoreError> {
    transaction.execute("DELETE FROM marking", &[])?;
    let step = |marking: Tlp| {
        Value::from(
            u32::try_from(Tlp::ALL.iter().position(|tlp| *tlp == marking).unwrap()).unwrap(),
        )
    };
    let mut markings: Vec<Value> = Vec::new();
    let mut releases: Vec<Value> = Vec::new();
    for thing in things {
        let marked = thing.marked();
        let object = marked.object.as_str();
        markings.extend([object.into(), marked.owner.as_str().into(), step(marked.marking)]);
        for (release, (_, time, _)) in marked.releases.iter().zip(&thing.releases) {
            releases.extend([
                object.into(),
                release.audience.kind().word().into(),
                release.audience.name().into(),
                // Half microseconds, rounded up.
                (time - 20 + 1).div_euclid(2).into(),
                step(release.marking),
            ]);
        }
    }
    let after = "ON CONFLICT DO NOTHING";
    transaction.insert("INSERT INTO marking (object, owner, tlp)", 3, &markings, after)?;
    transaction.insert(
        "INSERT INTO release (object, kind, audience, not_before, tlp)",
        5,
        &releases,
        after,
    )?;
    Ok(())
}
