//! What the advisory data on this machine know about the flaw that is asked about: under which
//! ids, and of which packages.
//!
//! One flaw has ids in several databases, and no record names all of them. So ids are followed
//! from record to record, until no new one comes. A distribution's record may be about several
//! flaws upstream: it is about this one when it names it, but the others are other flaws.

use std::collections::BTreeSet;

use mainstay_advisories::osv::{Affected, RangeKind, Record};
use mainstay_knowledge::starter::{self, RangeEnd, StarterFact};
use mainstay_knowledge::{EcosystemKnowledge, Knowledge};
use mainstay_types::{Ecosystem, FlawName, OsvEcosystem, PackageName};

use crate::examine::Weight;

/// The most ids that are followed; no flaw has as many.
const MOST_IDS: usize = 256;

/// What is known about a flaw.
#[derive(Clone, Debug, Default)]
pub struct FlawFacts {
    /// Its ids, in capital letters.
    pub ids: BTreeSet<String>,
    /// The records that are about it, by their own ids. Empty: nobody here knows it.
    pub records: BTreeSet<String>,
    /// The packages that the records name, as far as their ecosystems are known here.
    pub packages: Vec<FlawPackage>,
    /// What the records name beside that: no reader finds it, whether it is there or not.
    pub beyond: Vec<Beyond>,
    /// Every record that is about it was taken back.
    pub is_withdrawn: bool,
    /// What of the data could not be read.
    pub damage: Vec<String>,
}

/// A package that a flaw is in.
#[derive(Clone, Debug)]
pub struct FlawPackage {
    /// Its name.
    pub name: PackageName,
    /// Versions that a record names as repaired.
    pub fixes: Vec<String>,
}

/// Something that a flaw is in and that no reader finds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beyond {
    /// The record that names it, and what it is.
    pub label: String,
    /// A repository beside packages of the same record is most likely where those are built from,
    /// and only told. All else may be there.
    pub weight: Weight,
}

/// Ids, while they are followed.
struct Walk {
    ids: BTreeSet<String>,
    open: Vec<String>,
    is_cut: bool,
}

impl FlawFacts {
    /// Asks the ecosystems that are open, the starter set, and the records as they were published.
    pub fn of(knowledge: &Knowledge, flaw: &FlawName) -> Self {
        let mut facts = Self::default();
        let mut walk = Walk { ids: BTreeSet::new(), open: Vec::new(), is_cut: false };
        let mut published: BTreeSet<String> = BTreeSet::new();
        walk.meet(flaw.as_str());
        facts.follow(knowledge, &mut walk, &mut published);
        // What was taken back matches nothing, so no index names it; the records still do.
        if published.is_empty() {
            match knowledge.record(flaw.as_str()) {
                Ok(None) => {}
                Ok(Some(bytes)) => {
                    if let Ok(record) = Record::parse(&bytes) {
                        walk.meet_all(record.aliases.iter().map(|id| &**id));
                    }
                    facts.follow(knowledge, &mut walk, &mut published);
                    published.insert(flaw.as_str().to_owned());
                }
                Err(error) => facts.damage.push(error.to_string()),
            }
        }
        let mut withdrawn = 0_usize;
        for id in &published {
            match knowledge.record(id) {
                Ok(Some(bytes)) => withdrawn += usize::from(facts.take(id, &bytes)),
                Ok(None) => facts.damage.push(format!("the record {id} is not there")),
                Err(error) => facts.damage.push(error.to_string()),
            }
        }
        facts.is_withdrawn = !published.is_empty() && withdrawn == published.len();
        if walk.is_cut {
            facts.damage.push(format!("it has more than {MOST_IDS} ids; the rest was not asked"));
        }
        facts.records.extend(published);
        facts.ids = walk.ids;
        facts
    }

    /// Whether an id is one of the flaw.
    pub(crate) fn is(&self, id: &str) -> bool {
        self.ids.contains(&id.to_ascii_uppercase())
    }

    /// The package of this name, if the flaw is in it.
    pub(crate) fn package(&self, name: &PackageName) -> Option<&FlawPackage> {
        self.packages.iter().find(|package| package.name == *name)
    }

    /// Asks under every id that is met, until no new one comes.
    fn follow(&mut self, knowledge: &Knowledge, walk: &mut Walk, published: &mut BTreeSet<String>) {
        let mut is_first = walk.ids.len() == 1;
        while let Some(id) = walk.open.pop() {
            for ecosystem in Ecosystem::all() {
                let EcosystemKnowledge::Imported { index, .. } = knowledge.ecosystem(ecosystem)
                else {
                    continue;
                };
                let found = match index.advisories(&id) {
                    Ok(found) => found,
                    Err(error) => {
                        self.damage.push(error.to_string());
                        continue;
                    }
                };
                for advisory in found {
                    published.insert(advisory.id.to_owned());
                    let is_its_own = advisory.id.eq_ignore_ascii_case(&id);
                    let is_alias = advisory.aliases.iter().any(|one| one.eq_ignore_ascii_case(&id));
                    if is_its_own || is_alias {
                        walk.meet(advisory.id);
                        walk.meet_all(advisory.aliases.iter().copied());
                    }
                    // Whoever asks about a distribution's record means all that it is about.
                    if is_first && is_its_own {
                        walk.meet_all(advisory.upstream.iter().copied());
                    }
                }
            }
            for fact in starter::facts().iter().filter(|fact| is_named(fact, &id)) {
                walk.meet(&fact.id);
                walk.meet_all(fact.aliases.iter().map(String::as_str));
                self.take_fact(fact);
            }
            is_first = false;
        }
        // Each is in the list once, however often it was met.
        self.damage.sort_unstable();
        self.damage.dedup();
    }

    /// Takes in what a record says. True when its authors took it back.
    fn take(&mut self, id: &str, bytes: &[u8]) -> bool {
        let record = match Record::parse(bytes) {
            Ok(record) => record,
            Err(error) => {
                self.damage.push(format!("the record {id}: {error}"));
                return false;
            }
        };
        if record.is_withdrawn() {
            return true;
        }
        let named = record.affected.iter().map(searchable).collect::<Vec<_>>();
        let has_package = named.iter().any(Result::is_ok);
        for (affected, named) in record.affected.iter().zip(named) {
            match named {
                Ok(name) => {
                    let ranges = affected.ranges.iter();
                    let ordered = ranges.filter(|range| !matches!(range.kind, RangeKind::Git));
                    let fixes = ordered
                        .flat_map(|range| &range.events)
                        .filter_map(|event| event.fixed.as_ref().map(ToString::to_string));
                    self.add(name, fixes);
                }
                Err(what) => {
                    let is_beside = affected.package.is_none() && has_package;
                    let weight = if is_beside { Weight::Told } else { Weight::Bears };
                    let beyond = Beyond { label: format!("{id}: {what}"), weight };
                    if !self.beyond.contains(&beyond) {
                        self.beyond.push(beyond);
                    }
                }
            }
        }
        false
    }

    fn take_fact(&mut self, fact: &StarterFact) {
        if !self.records.insert(fact.id.clone()) {
            return;
        }
        let fixes = fact.ranges.iter().filter_map(|range| match &range.end {
            RangeEnd::Fixed(version) => Some(version.clone()),
            RangeEnd::Open | RangeEnd::LastAffected(_) => None,
        });
        self.add(fact.package.clone(), fixes);
    }

    fn add(&mut self, name: PackageName, fixes: impl Iterator<Item = String>) {
        match self.packages.iter_mut().find(|package| package.name == name) {
            Some(package) => package.fixes.extend(fixes),
            None => self.packages.push(FlawPackage { name, fixes: fixes.collect() }),
        }
    }
}

impl Walk {
    fn meet(&mut self, id: &str) {
        let id = id.to_ascii_uppercase();
        if self.ids.contains(&id) {
            return;
        }
        if self.ids.len() >= MOST_IDS {
            self.is_cut = true;
            return;
        }
        self.ids.insert(id.clone());
        self.open.push(id);
    }

    fn meet_all<'i>(&mut self, ids: impl Iterator<Item = &'i str>) {
        ids.for_each(|id| self.meet(id));
    }
}

/// The package by which a part of a record is looked for, or what it is instead.
fn searchable(affected: &Affected<'_>) -> Result<PackageName, String> {
    let Some(package) = &affected.package else {
        let repository = affected.ranges.iter().find_map(|range| range.repo.as_ref());
        return Err(repository.map_or_else(
            || "something without a name".to_owned(),
            |address| format!("the repository {}", shortened(address)),
        ));
    };
    let label = || format!("{} of {}", shortened(&package.name), shortened(&package.ecosystem));
    let of = OsvEcosystem::parse(&package.ecosystem).ok_or_else(label)?;
    PackageName::parse(of.ecosystem, &package.name).map_err(|_| label())
}

/// A text of a record may be of any length.
fn shortened(text: &str) -> String {
    text.chars().take(200).collect()
}

fn is_named(fact: &StarterFact, id: &str) -> bool {
    fact.id.eq_ignore_ascii_case(id) || fact.aliases.iter().any(|one| one.eq_ignore_ascii_case(id))
}
