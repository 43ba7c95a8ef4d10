//! A count: what some organisations use, added up by package.

use std::collections::{BTreeSet, HashMap, HashSet};

use mainstay_types::{Ecosystem, FindingKind, Severity};

use super::census::{Census, PartyUses};
use super::language::is_memory_unsafe;
use super::score::{help_of, reach_of, weakness_of};
use super::{Known, Points, PointsRange, ProjectAsk, Totals, Weakness};
use crate::project::NoteKind;

/// What some organisations use.
#[derive(Debug, Default)]
pub(crate) struct Counted {
    pub(crate) totals: Totals,
    /// Where help goes furthest comes first.
    pub(crate) rows: Vec<Row>,
    /// By package: what its project asks for.
    pub(crate) asks: HashMap<u32, Vec<ProjectAsk>>,
    /// The ecosystems of the packages.
    pub(crate) ecosystems: Vec<Ecosystem>,
    /// Current SBOMs that leave something open.
    pub(crate) partial: usize,
    /// Current SBOMs that came before notes were read.
    pub(crate) without_notes: usize,
    /// Versions in use that are not checked.
    pub(crate) unchecked: usize,
}

/// A package in a count.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) package: u32,
    pub(crate) organisations: usize,
    pub(crate) important: usize,
    pub(crate) sectors: usize,
    pub(crate) direct: usize,
    pub(crate) deep: usize,
    pub(crate) untold: usize,
    pub(crate) versions: usize,
    pub(crate) weakness: Weakness,
    pub(crate) reach: Points,
    pub(crate) weak: PointsRange,
    pub(crate) help: Option<PointsRange>,
}

/// A package while it is added up.
#[derive(Default)]
struct Adding {
    organisations: usize,
    important: usize,
    /// A bit for each sector.
    sectors: Vec<u64>,
    direct: usize,
    deep: usize,
    untold: usize,
    versions: usize,
    unchecked: usize,
    flaws: HashSet<u32>,
    worst: Option<Severity>,
    is_exploited: bool,
    is_unmaintained: bool,
    is_malicious: bool,
    /// How many people are named, by the SBOM that names most.
    people: Option<u32>,
}

/// Counts what these parties use; those that are no organisations are left out.
pub(crate) fn count(census: &Census, parties: &[i64]) -> Counted {
    let mut counted = Counted::default();
    let mut adding: HashMap<u32, Adding> = HashMap::new();
    let mut components: HashSet<u32> = HashSet::new();
    let mut notes: HashMap<u32, usize> = HashMap::new();
    let mut sectors = HashSet::new();
    let nothing = PartyUses::default();
    for number in parties {
        let facts = census.holders.parties().get(number).filter(|facts| facts.is_organisation);
        let Some(facts) = facts else { continue };
        counted.totals.organisations += 1;
        let uses = census.parties.get(number).unwrap_or(&nothing);
        if uses.assets == 0 {
            continue;
        }
        counted.totals.with_inventory += 1;
        counted.totals.important += usize::from(facts.is_important);
        counted.totals.assets += wide(uses.assets);
        counted.partial += wide(uses.partial);
        counted.without_notes += wide(uses.without_notes);
        sectors.extend(facts.sectors.iter().copied());
        for one in &uses.packages {
            let package = adding.entry(one.package).or_default();
            package.organisations += 1;
            package.important += usize::from(facts.is_important);
            package.direct += wide(one.direct);
            package.deep += wide(one.deep);
            package.untold += wide(one.untold);
            package.add_sectors(&facts.sectors);
        }
        components.extend(&uses.components);
        for note in &uses.notes {
            *notes.entry(*note).or_default() += 1;
        }
    }
    counted.totals.sectors = sectors.len();
    for number in &components {
        add_component(census, *number, &mut adding);
    }
    counted.asks = asks_of(census, &notes, &mut adding);
    counted.unchecked = adding.values().map(|package| package.unchecked).sum();
    let facts = adding.keys().filter_map(|number| census.packages.get(number));
    let names: BTreeSet<&str> = facts.map(|facts| &*facts.ecosystem).collect();
    counted.ecosystems = names.into_iter().filter_map(Ecosystem::from_osv_name).collect();
    counted.rows = adding
        .into_iter()
        .map(|(number, package)| package.row(census, number, &counted.totals))
        .collect();
    counted
        .rows
        .sort_unstable_by_key(|row| (std::cmp::Reverse((row.help, row.reach)), row.package));
    counted
}

fn wide(count: u32) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}

fn add_component(census: &Census, number: u32, adding: &mut HashMap<u32, Adding>) {
    let Some(component) = census.components.get(&number) else { return };
    let Some(package) = adding.get_mut(&component.package) else { return };
    package.versions += 1;
    package.unchecked += usize::from(component.is_unchecked);
    for flaw in &component.flaws {
        match flaw.kind {
            FindingKind::Malicious => package.is_malicious = true,
            FindingKind::Unmaintained => package.is_unmaintained = true,
            FindingKind::Vulnerability | FindingKind::Unsound => {
                package.flaws.insert(flaw.flaw);
                package.worst = package.worst.max(Some(flaw.severity));
                package.is_exploited |= flaw.is_exploited;
            }
            FindingKind::Confusion
            | FindingKind::Archive
            | FindingKind::Notice
            | FindingKind::Drift
            | FindingKind::Model => {}
        }
    }
}

/// What projects ask for, by package; and how many people they name.
fn asks_of(
    census: &Census,
    notes: &HashMap<u32, usize>,
    adding: &mut HashMap<u32, Adding>,
) -> HashMap<u32, Vec<ProjectAsk>> {
    let mut asks: HashMap<u32, Vec<ProjectAsk>> = HashMap::new();
    for (number, organisations) in notes {
        let Some(note) = census.notes.get(number) else { continue };
        if note.kind == NoteKind::People {
            if let Some(package) = adding.get_mut(&note.package) {
                package.people = package.people.max(note.text.parse().ok());
            }
            continue;
        }
        asks.entry(note.package).or_default().push(ProjectAsk {
            kind: note.kind,
            address: note.text.to_string(),
            organisations: *organisations,
        });
    }
    for asks in asks.values_mut() {
        // What more of them say comes first: one who names a purse of their own is alone.
        asks.sort_unstable_by(|one, two| {
            (one.kind, two.organisations, &one.address).cmp(&(
                two.kind,
                one.organisations,
                &two.address,
            ))
        });
    }
    asks
}

impl Adding {
    fn add_sectors(&mut self, sectors: &[usize]) {
        for at in sectors {
            let (word, bit) = (at / 64, at % 64);
            if word >= self.sectors.len() {
                self.sectors.resize(word + 1, 0);
            }
            if let Some(word) = self.sectors.get_mut(word) {
                *word |= 1 << bit;
            }
        }
    }

    fn row(self, census: &Census, number: u32, totals: &Totals) -> Row {
        let facts = census.packages.get(&number);
        let is_unsafe = facts.is_some_and(|facts| {
            Ecosystem::from_osv_name(&facts.ecosystem)
                .is_some_and(|ecosystem| is_memory_unsafe(ecosystem, &facts.name))
        });
        let seen = |is_so: bool| if is_so { Known::Yes } else { Known::Unknown };
        let weakness = Weakness {
            unmaintained: seen(self.is_unmaintained),
            flaws: self.flaws.len(),
            worst: self.worst.unwrap_or(Severity::Unknown),
            is_exploited: self.is_exploited,
            unchecked: self.unchecked,
            one_person: match self.people {
                None => Known::Unknown,
                Some(1) => Known::Yes,
                Some(_) => Known::No,
            },
            memory_unsafe: seen(is_unsafe),
            is_malicious: self.is_malicious,
        };
        let sectors = self.sectors.iter().map(|word| wide(word.count_ones())).sum();
        let assets = self.direct + self.deep + self.untold;
        let reach = reach_of((self.organisations, self.important, sectors, assets), totals);
        let weak = weakness_of(&weakness);
        Row {
            package: number,
            organisations: self.organisations,
            important: self.important,
            sectors,
            direct: self.direct,
            deep: self.deep,
            untold: self.untold,
            versions: self.versions,
            weakness,
            reach,
            weak,
            help: (!weakness.is_malicious).then(|| help_of(reach, weak)),
        }
    }
}
