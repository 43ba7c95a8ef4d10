//! Compiling records into the index of each ecosystem they speak of.
//!
//! Records come from several zips and one id may stand in many of them. Which one counts is
//! decided by a table of (id, ecosystem) alone, 32 bytes each; no record is held. Zips are read
//! from the last to the first, so the first record seen with an id nearly always counts. Only
//! when an earlier zip turns out to hold a later `modified` is everything read a second time.

use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasher as _, BuildHasherDefault, Hasher, RandomState};

use jiff::Timestamp;
use mainstay_advisories::osv::Record;
use mainstay_matching::{Added, IndexBuilder};
use mainstay_types::{Ecosystem, OsvEcosystem};
use xxhash_rust::xxh3::xxh3_128_with_seed;

/// A set of ecosystems.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct EcosystemSet(u64);

impl EcosystemSet {
    pub(crate) const ALL: Self = Self(u64::MAX);

    pub(crate) fn insert(&mut self, ecosystem: Ecosystem) {
        self.0 |= 1 << (ecosystem as u64);
    }

    pub(crate) fn contains(self, ecosystem: Ecosystem) -> bool {
        self.0 & 1 << (ecosystem as u64) != 0
    }

    pub(crate) fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether it is this ecosystem and no other.
    pub(crate) fn is_only(self, ecosystem: Ecosystem) -> bool {
        self.0 == 1 << (ecosystem as u64)
    }

    pub(crate) fn intersection(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    pub(crate) fn iter(self) -> impl Iterator<Item = Ecosystem> {
        Ecosystem::all().filter(move |ecosystem| self.contains(*ecosystem))
    }
}

impl FromIterator<Ecosystem> for EcosystemSet {
    fn from_iter<I: IntoIterator<Item = Ecosystem>>(ecosystems: I) -> Self {
        let mut set = Self::default();
        ecosystems.into_iter().for_each(|ecosystem| set.insert(ecosystem));
        set
    }
}

/// Where a record stands: which zip, counted from the last one, and which entry of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub(crate) zip: u32,
    pub(crate) entry: u32,
}

/// Collects records for several ecosystems at once.
#[derive(Debug)]
pub(crate) struct Compiler {
    now: Timestamp,
    /// Chosen anew each time, so that nobody can make two ids share a key.
    seed: u64,
    candidates: HashMap<u128, Candidate, BuildHasherDefault<KeyHasher>>,
    works: BTreeMap<Ecosystem, Work>,
    /// How many records of each zip do not count.
    passed_over: BTreeMap<u32, u64>,
    /// A record was compiled and a later one turned up.
    overtaken: bool,
    second_reading: bool,
}

/// The record that counts for an id, so far.
#[derive(Clone, Copy, Debug)]
struct Candidate {
    modified: Option<i64>,
    place: Place,
}

/// An ecosystem being compiled.
#[derive(Debug)]
pub(crate) struct Work {
    pub(crate) builder: IndexBuilder,
    pub(crate) records: u64,
    pub(crate) rows: u64,
    pub(crate) withdrawn: u64,
    pub(crate) newest: Option<Timestamp>,
    /// How many records each zip contributes.
    pub(crate) by_zip: BTreeMap<u32, u64>,
}

impl Compiler {
    pub(crate) fn new(now: Timestamp) -> Self {
        Self {
            now,
            seed: RandomState::new().hash_one(0_u8),
            candidates: HashMap::default(),
            works: BTreeMap::new(),
            passed_over: BTreeMap::new(),
            overtaken: false,
            second_reading: false,
        }
    }

    /// Takes a record for these ecosystems, all of which it must name, whether it counts or not.
    /// Gives the later one of its dates, if a usable one is there.
    pub(crate) fn add(
        &mut self,
        record: &Record<'_>,
        ecosystems: EcosystemSet,
        place: Place,
    ) -> Option<Timestamp> {
        let modified = record.modified().filter(|date| self.is_usable(*date));
        let published = record.published().filter(|date| self.is_usable(*date));
        let newest = modified.max(published);
        let candidate = Candidate { modified: modified.map(Timestamp::as_microsecond), place };
        let mut counts = false;
        for ecosystem in ecosystems.iter() {
            if !self.choose(&record.id, ecosystem, candidate) {
                continue;
            }
            counts = true;
            let work = self.works.entry(ecosystem).or_insert_with(|| Work::new(ecosystem));
            work.add(record, place, newest);
        }
        if !counts && !ecosystems.is_empty() {
            *self.passed_over.entry(place.zip).or_default() += 1;
        }
        newest
    }

    /// Whether everything must be read once more, with [`Compiler::read_again`].
    pub(crate) fn must_read_again(&self) -> bool {
        self.overtaken && !self.second_reading
    }

    /// Forgets what was compiled, but not which records count.
    pub(crate) fn read_again(&mut self) {
        self.works.clear();
        self.passed_over.clear();
        self.second_reading = true;
    }

    /// How many records of the zips before this one do not count.
    pub(crate) fn passed_over(&self, before: u32) -> u64 {
        self.passed_over.range(..before).map(|(_, count)| count).sum()
    }

    /// What was compiled. [`Compiler::counts`] still answers afterwards.
    pub(crate) fn take_works(&mut self) -> BTreeMap<Ecosystem, Work> {
        std::mem::take(&mut self.works)
    }

    /// Whether, of all records with this id, the one at this place counts.
    pub(crate) fn counts(&self, id: &str, ecosystem: Ecosystem, place: Place) -> bool {
        self.candidates.get(&self.key(id, ecosystem)).is_some_and(|best| best.place == place)
    }

    fn key(&self, id: &str, ecosystem: Ecosystem) -> u128 {
        xxh3_128_with_seed(id.as_bytes(), self.seed.wrapping_add(ecosystem as u64))
    }

    fn choose(&mut self, id: &str, ecosystem: Ecosystem, candidate: Candidate) -> bool {
        if self.second_reading {
            return self.counts(id, ecosystem, candidate.place);
        }
        let key = self.key(id, ecosystem);
        let mut is_new = false;
        let best = self.candidates.entry(key).or_insert_with(|| {
            is_new = true;
            candidate
        });
        if is_new {
            return true;
        }
        // Without a usable date on both sides the later import counts, which was read before.
        let later = best.modified.zip(candidate.modified).is_some_and(|(best, this)| this > best);
        if later {
            *best = candidate;
            self.overtaken = true;
        }
        later
    }

    fn is_usable(&self, date: Timestamp) -> bool {
        is_usable(date, self.now)
    }
}

/// Whether a date of a record can be true. No advisory of these databases is older than 2000, and
/// none comes from the future; databases that know no date write such ones (Go the year 1).
pub fn is_usable(date: Timestamp, now: Timestamp) -> bool {
    date.as_second() >= YEAR_2000 && date <= now
}

/// 2000-01-01T00:00:00Z in seconds since 1970.
const YEAR_2000: i64 = 946_684_800;

impl Work {
    fn new(ecosystem: Ecosystem) -> Self {
        Self {
            builder: IndexBuilder::new(ecosystem),
            records: 0,
            rows: 0,
            withdrawn: 0,
            newest: None,
            by_zip: BTreeMap::new(),
        }
    }

    fn add(&mut self, record: &Record<'_>, place: Place, newest: Option<Timestamp>) {
        self.records += 1;
        match self.builder.add(record) {
            Added::Rows(rows) => self.rows += rows as u64,
            Added::Withdrawn => self.withdrawn += 1,
            Added::OtherEcosystem => {}
        }
        self.newest = self.newest.max(newest);
        *self.by_zip.entry(place.zip).or_default() += 1;
    }
}

/// The ecosystems that a record names. Names that Mainstay does not know go to `unknown`.
pub(crate) fn ecosystems_of(record: &Record<'_>, mut unknown: impl FnMut(&str)) -> EcosystemSet {
    let mut set = EcosystemSet::default();
    let mut last: &str = "";
    for package in record.affected.iter().filter_map(|affected| affected.package.as_ref()) {
        let name: &str = &package.ecosystem;
        if name == last {
            continue;
        }
        last = name;
        match OsvEcosystem::parse(name) {
            Some(parsed) => set.insert(parsed.ecosystem),
            None => unknown(name),
        }
    }
    set
}

/// Keys are hashes already.
#[derive(Default)]
struct KeyHasher(u64);

impl Hasher for KeyHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u128(&mut self, key: u128) {
        #[expect(clippy::cast_possible_truncation, reason = "half of a hash is a hash")]
        let low = key as u64;
        self.0 = low;
    }
}
