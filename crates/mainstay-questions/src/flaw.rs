//! What the advisory data on this machine know about the flaw that is asked about: under which
//! ids, and of which packages.

use std::collections::BTreeSet;

use mainstay_advisories::osv::{RangeKind, Record};
use mainstay_knowledge::starter::{self, RangeEnd};
use mainstay_knowledge::{EcosystemKnowledge, Knowledge};
use mainstay_types::{Ecosystem, OsvEcosystem, PackageName};

use crate::subject::FlawId;

/// What is known about a flaw.
#[derive(Clone, Debug, Default)]
pub struct FlawFacts {
    /// The records that are about it, by their own ids. Empty: nobody here knows it.
    pub records: Vec<String>,
    /// The packages that the records name, as far as their ecosystems are known here.
    pub packages: Vec<FlawPackage>,
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

impl FlawFacts {
    /// Asks the ecosystems that are open, the starter set, and the records as they were published.
    pub fn of(knowledge: &Knowledge, flaw: &FlawId) -> Self {
        let mut facts = Self::default();
        let mut ids: BTreeSet<String> = BTreeSet::new();
        for ecosystem in Ecosystem::all() {
            let EcosystemKnowledge::Imported { index, .. } = knowledge.ecosystem(ecosystem) else {
                continue;
            };
            match index.advisories(flaw.as_str()) {
                Ok(found) => ids.extend(found.iter().map(|advisory| advisory.id.to_owned())),
                Err(error) => facts.damage.push(error.to_string()),
            }
        }
        // What was taken back matches nothing, so no index names it; the records still do.
        if ids.is_empty()
            && let Ok(Some(_)) = knowledge.record(flaw.as_str())
        {
            ids.insert(flaw.as_str().to_owned());
        }
        let mut withdrawn = 0_usize;
        for id in &ids {
            match knowledge.record(id) {
                Ok(Some(bytes)) => withdrawn += usize::from(facts.take(id, &bytes)),
                Ok(None) => facts.damage.push(format!("the record {id} is not there")),
                Err(error) => facts.damage.push(error.to_string()),
            }
        }
        facts.is_withdrawn = !ids.is_empty() && withdrawn == ids.len();
        facts.records = ids.into_iter().collect();
        facts.ask_starter_set(flaw);
        facts
    }

    /// The package of this name, if the flaw is in it.
    pub(crate) fn package(&self, name: &PackageName) -> Option<&FlawPackage> {
        self.packages.iter().find(|package| package.name == *name)
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
        for affected in &record.affected {
            let Some(package) = &affected.package else { continue };
            // What no reader knows, no scan names.
            let Some(of) = OsvEcosystem::parse(&package.ecosystem) else { continue };
            let Ok(name) = PackageName::parse(of.ecosystem, &package.name) else { continue };
            let ranges = affected.ranges.iter();
            let ordered = ranges.filter(|range| !matches!(range.kind, RangeKind::Git));
            let fixes = ordered
                .flat_map(|range| &range.events)
                .filter_map(|event| event.fixed.as_ref().map(ToString::to_string));
            self.add(name, fixes);
        }
        false
    }

    fn ask_starter_set(&mut self, flaw: &FlawId) {
        let is_meant = |fact: &&starter::StarterFact| {
            flaw.is(&fact.id) || fact.aliases.iter().any(|alias| flaw.is(alias))
        };
        for fact in starter::facts().iter().filter(is_meant) {
            if !self.records.contains(&fact.id) {
                self.records.push(fact.id.clone());
            }
            let fixes = fact.ranges.iter().filter_map(|range| match &range.end {
                RangeEnd::Fixed(version) => Some(version.clone()),
                RangeEnd::Open | RangeEnd::LastAffected(_) => None,
            });
            self.add(fact.package.clone(), fixes);
        }
    }

    fn add(&mut self, name: PackageName, fixes: impl Iterator<Item = String>) {
        match self.packages.iter_mut().find(|package| package.name == name) {
            Some(package) => package.fixes.extend(fixes),
            None => self.packages.push(FlawPackage { name, fixes: fixes.collect() }),
        }
    }
}
