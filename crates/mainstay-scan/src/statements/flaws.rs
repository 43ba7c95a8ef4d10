//! Which flaws a finding is about, and which of them a statement answers.
//!
//! A finding joins records that share an id, and a record may be about several flaws: an advisory
//! with two CVEs, a distribution's record about many flaws upstream. The flaws are the CVEs that
//! the records name. A record that names none is about the flaws of the records whose ids it
//! shares, else about one flaw of its own, whatever ids that has.
//!
//! A statement on a CVE answers that one. A statement on a record's own id answers all that the
//! record is about. An id that is only an alias answers a record about one flaw; of a record about
//! several nobody knows which it means, so it answers none.

use std::collections::{BTreeSet, HashMap, HashSet};

use mainstay_vex::{Flaw, is_cve};

use crate::finding::Record;
use crate::joined::Joined;

/// The flaws of one finding, each by its position.
pub(super) struct Flaws {
    /// The ids as they are written.
    names: Vec<String>,
    /// By id in lower case: the flaws that a statement on it answers.
    answers: HashMap<String, BTreeSet<usize>>,
}

impl Flaws {
    pub(super) fn of(records: &[Record]) -> Self {
        let mut flaws = Self { names: Vec::new(), answers: HashMap::new() };
        let mut about: Vec<About> = records.iter().map(|one| flaws.named_by(one)).collect();
        flaws.share(records, &mut about);
        let own: HashSet<String> = records.iter().map(|one| one.id.to_lowercase()).collect();
        for (record, about) in records.iter().zip(&about) {
            let id = record.id.to_lowercase();
            if !is_cve(&id) {
                flaws.answers.entry(id).or_default().extend(&about.by_id);
            }
            let aliases = ids(record).map(str::to_lowercase);
            for id in aliases.filter(|id| !is_cve(id) && !own.contains(id)) {
                let answered = flaws.answers.entry(id).or_default();
                answered.extend(about.flaws.iter().filter(|_| about.flaws.len() == 1));
            }
        }
        flaws
    }

    /// How many.
    pub(super) fn len(&self) -> usize {
        self.names.len()
    }

    /// The id of one.
    pub(super) fn name(&self, flaw: usize) -> &str {
        self.names.get(flaw).map_or("", String::as_str)
    }

    /// Every id in lower case by which a statement may speak of them.
    pub(super) fn ids(&self) -> impl Iterator<Item = &str> {
        self.answers.keys().map(String::as_str)
    }

    /// What a statement on a flaw with these ids answers. Where it names CVEs, it means those.
    pub(super) fn answered_by(&self, flaw: &Flaw) -> BTreeSet<usize> {
        let by = |wanted: fn(&str) -> bool| -> BTreeSet<usize> {
            let known = flaw.ids().map(str::to_lowercase).filter(|id| wanted(id));
            known.filter_map(|id| self.answers.get(&id)).flatten().copied().collect()
        };
        let cves = by(is_cve);
        if cves.is_empty() { by(|_| true) } else { cves }
    }

    /// The flaws that a record names itself.
    fn named_by(&mut self, record: &Record) -> About {
        let cves: Vec<&str> = ids(record).filter(|id| is_cve(id)).collect();
        let several = record.upstream.len() > 1;
        let upstream = record.upstream.iter().filter(|_| cves.is_empty() && several);
        let named: Vec<&str> = cves.iter().copied().chain(upstream.map(|id| &**id)).collect();
        let flaws: BTreeSet<usize> = named.into_iter().map(|id| self.flaw(id)).collect();
        About { by_id: flaws.clone(), flaws }
    }

    /// Gives records that name no flaw those of the records whose ids they share.
    fn share(&mut self, records: &[Record], about: &mut [About]) {
        // By id: the flaws of every record that has it, and those that it is sure to mean.
        let mut of_id: HashMap<String, (BTreeSet<usize>, BTreeSet<usize>)> = HashMap::new();
        let mut silent: Vec<usize> = Vec::new();
        for (at, (record, about)) in records.iter().zip(&*about).enumerate() {
            if about.flaws.is_empty() {
                silent.push(at);
                continue;
            }
            for id in ids(record).filter(|id| !is_cve(id)) {
                let (any, sure) = of_id.entry(id.to_lowercase()).or_default();
                any.extend(&about.flaws);
                if id == record.id || about.flaws.len() == 1 {
                    sure.extend(&about.flaws);
                }
            }
        }
        let mut groups = Joined::none_of(records.len());
        let mut first: HashMap<String, usize> = HashMap::new();
        let mut joined: HashMap<usize, BTreeSet<usize>> = HashMap::new();
        for at in silent.iter().copied() {
            for id in records.get(at).into_iter().flat_map(ids) {
                groups.by_key(&mut first, id.to_lowercase(), at);
            }
        }
        for at in silent.iter().copied() {
            let shared = records.get(at).into_iter().flat_map(ids);
            let shared = shared.filter_map(|id| of_id.get(&id.to_lowercase()));
            let joined = joined.entry(groups.first_of(at)).or_default();
            joined.extend(shared.flat_map(|(any, _)| any));
        }
        for at in silent {
            let (Some(record), Some(about)) = (records.get(at), about.get_mut(at)) else {
                continue;
            };
            let joined = joined.entry(groups.first_of(at)).or_default();
            if joined.is_empty() {
                joined.insert(self.flaw(&record.id));
            }
            about.flaws.clone_from(joined);
            let sure = ids(record).filter_map(|id| of_id.get(&id.to_lowercase()));
            about.by_id = match joined.len() {
                1 => joined.clone(),
                _ => sure.flat_map(|(_, sure)| sure).copied().collect(),
            };
        }
    }

    /// The position of a flaw, which is new when it is met first.
    fn flaw(&mut self, id: &str) -> usize {
        let answers = self.answers.entry(id.to_lowercase()).or_default();
        if let Some(known) = answers.first() {
            return *known;
        }
        answers.insert(self.names.len());
        self.names.push(id.to_owned());
        self.names.len() - 1
    }
}

/// What one record is about.
struct About {
    flaws: BTreeSet<usize>,
    /// What a statement on its own id answers.
    by_id: BTreeSet<usize>,
}

/// Every id that a record has or names.
fn ids(record: &Record) -> impl Iterator<Item = &str> {
    std::iter::once(&record.id).chain(&record.aliases).chain(&record.upstream).map(|id| &**id)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(id: &str, aliases: &[&str], upstream: &[&str]) -> Record {
        let all = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect();
        let record = Record::of_ids(id.to_owned(), all(aliases), "range");
        Record { upstream: all(upstream), ..record }
    }

    /// How many flaws there are, and which a statement answers.
    fn answered(records: &[Record], ids: &[&str]) -> (usize, Vec<String>) {
        let flaws = Flaws::of(records);
        let mut ids = ids.iter().map(|id| (*id).to_owned());
        let flaw = Flaw { id: ids.next().unwrap(), aliases: ids.collect() };
        let answered = flaws.answered_by(&flaw);
        (flaws.len(), answered.into_iter().map(|at| flaws.name(at).to_owned()).collect())
    }

    fn all(ids: &[&str]) -> Vec<String> {
        ids.iter().map(|id| (*id).to_owned()).collect()
    }

    #[test]
    fn the_aliases_of_one_flaw_are_one_flaw() {
        let records = [record("GHSA-1", &["CVE-1"], &[]), record("PYSEC-1", &["GHSA-1"], &[])];
        for id in ["CVE-1", "cve-1", "GHSA-1", "PYSEC-1"] {
            assert_eq!(answered(&records, &[id]), (1, all(&["CVE-1"])), "{id}");
        }
    }

    #[test]
    fn a_record_with_two_cves_is_about_two_flaws() {
        let records = [record("GHSA-1", &["CVE-1", "CVE-2"], &[])];
        assert_eq!(answered(&records, &["CVE-1"]), (2, all(&["CVE-1"])));
        assert_eq!(answered(&records, &["GHSA-1"]), (2, all(&["CVE-1", "CVE-2"])));
        // A statement means the CVE that it names.
        assert_eq!(answered(&records, &["GHSA-1", "CVE-2"]), (2, all(&["CVE-2"])));
    }

    #[test]
    fn an_alias_of_a_record_about_several_flaws_may_mean_any() {
        let records = [record("PYSEC-1", &["GHSA-1", "CVE-1", "CVE-2"], &[])];
        assert_eq!(answered(&records, &["GHSA-1"]), (2, Vec::new()));
    }

    #[test]
    fn records_of_two_flaws_that_a_third_joins_stay_two_flaws() {
        let records = [
            record("GHSA-1", &["CVE-1"], &[]),
            record("GHSA-2", &["CVE-2"], &[]),
            record("PYSEC-1", &["GHSA-1", "GHSA-2"], &[]),
        ];
        assert_eq!(answered(&records, &["GHSA-1"]), (2, all(&["CVE-1"])));
        assert_eq!(answered(&records, &["PYSEC-1"]), (2, all(&["CVE-1", "CVE-2"])));
    }

    #[test]
    fn what_a_distribution_says_of_many_flaws_is_about_each() {
        let records = [record("DSA-1", &[], &["CVE-1", "CVE-2"])];
        assert_eq!(answered(&records, &["CVE-2"]), (2, all(&["CVE-2"])));
        assert_eq!(answered(&records, &["DSA-1"]), (2, all(&["CVE-1", "CVE-2"])));
        let one = [record("DEBIAN-CVE-1", &[], &["CVE-1"])];
        assert_eq!(answered(&one, &["CVE-1"]), (1, all(&["CVE-1"])));
    }

    #[test]
    fn a_flaw_without_a_cve_is_one_under_all_its_ids() {
        let records = [record("GHSA-1", &["PYSEC-1"], &[]), record("PYSEC-1", &["GHSA-1"], &[])];
        assert_eq!(answered(&records, &["PYSEC-1"]), (1, all(&["GHSA-1"])));
        assert_eq!(answered(&records, &["GHSA-1"]), (1, all(&["GHSA-1"])));
    }
}
