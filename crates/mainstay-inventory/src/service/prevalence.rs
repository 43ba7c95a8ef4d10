//! What members rest on, in somebody's sight.

use std::cmp::Reverse;
use std::sync::{Arc, PoisonError};

use jiff::{SignedDuration, Timestamp};
use mainstay_scan::{Limits, data_unknowns, knowledge_used};

use super::{Inventory, Sight};
use crate::InventoryError;
use crate::answer::{NotKnown, of_data, out_of_sight, unmatched};
use crate::prevalence::{
    Census, Counted, Prevalence, PrevalenceFilter, PrevalenceOrder, PrevalentPackage, Row, Turn,
    count,
};
use crate::store::known;

/// A census of so few uses is taken anew for the question itself: that takes some milliseconds.
const FEW: usize = 100_000;
/// Another is taken in the background no sooner than so long after the one before.
const REST: SignedDuration = SignedDuration::from_mins(5);

impl Inventory {
    /// What the organisations in sight rest on, what of that is weak, and where help goes
    /// furthest.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn prevalence(
        &self,
        sight: &Sight,
        filter: &PrevalenceFilter,
        now: Timestamp,
    ) -> Result<Prevalence, InventoryError> {
        let census = self.census(now)?;
        let parties = self.read(|transaction| sight.numbers(transaction))?;
        let counted = census.counted(seen_parties(&census, parties.as_ref(), filter), count);
        let mut rows: Vec<&Row> = counted
            .rows
            .iter()
            .filter(|row| {
                filter.ecosystem.is_none_or(|wanted| {
                    let facts = census.packages.get(&row.package);
                    facts.is_some_and(|facts| *facts.ecosystem == *wanted.osv_name())
                })
            })
            .collect();
        if filter.order == PrevalenceOrder::Reach {
            rows.sort_by_key(|row| Reverse((row.reach, row.organisations)));
        }
        let shown = rows.iter().skip(filter.skip).take(filter.most);
        let packages = shown.filter_map(|row| told(&census, &counted, row)).collect();
        let (knowledge, unknowns) = self.known_and_not(&census, &counted, sight, now)?;
        Ok(Prevalence {
            taken_at: census.taken_at,
            totals: counted.totals,
            found: rows.len(),
            packages,
            knowledge,
            unknowns,
        })
    }

    /// Counts, so that no question has to wait for that; anew, when SBOMs or advisories changed
    /// since, and the count before is some minutes old. For a server that looks now and then. Says
    /// whether it did.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn refresh_prevalence(&self, now: Timestamp) -> Result<bool, InventoryError> {
        if let Some(kept) = self.kept_census()
            && (now.duration_since(kept.taken_at).abs() < REST || !self.is_outdated(&kept)?)
        {
            return Ok(false);
        }
        self.take_census(now)?;
        Ok(true)
    }

    fn census(&self, now: Timestamp) -> Result<Arc<Census>, InventoryError> {
        match self.kept_census() {
            Some(kept) if kept.uses > FEW || !self.is_outdated(&kept)? => Ok(kept),
            Some(_) | None => self.take_census(now),
        }
    }

    fn kept_census(&self) -> Option<Arc<Census>> {
        self.census.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn is_outdated(&self, census: &Census) -> Result<bool, InventoryError> {
        Ok(self.read(|transaction| Ok(Turn::read(transaction)?))? != census.turn)
    }

    fn take_census(&self, now: Timestamp) -> Result<Arc<Census>, InventoryError> {
        let _turn = self.counting.lock().unwrap_or_else(PoisonError::into_inner);
        // Whoever waited here finds what another has taken meanwhile.
        if let Some(kept) = self.kept_census()
            && !self.is_outdated(&kept)?
        {
            return Ok(kept);
        }
        let taken = Arc::new(self.read(|transaction| Census::take(transaction, now))?);
        let mut kept = self.census.lock().unwrap_or_else(PoisonError::into_inner);
        *kept = Some(Arc::clone(&taken));
        Ok(taken)
    }

    /// The data that the answer rests on, and what it does not know.
    fn known_and_not(
        &self,
        census: &Census,
        counted: &Counted,
        sight: &Sight,
        now: Timestamp,
    ) -> Result<(Vec<mainstay_scan::KnowledgeUsed>, Vec<NotKnown>), InventoryError> {
        let knowledge = self.knowledge();
        let used = knowledge_used(&knowledge, &counted.ecosystems, now);
        let mut unknowns = of_count(counted);
        if self.is_outdated(census)? {
            unknowns.insert(
                0,
                NotKnown {
                    code: "older-count",
                    message: format!(
                        "SBOMs, advisories or organisations changed since this was counted ({:.0}); it is counted \
                     anew in the background",
                        census.taken_at
                    ),
                },
            );
        }
        let matched = self.read(|transaction| Ok(known::matched_edition(transaction)?))?;
        if matched.is_some_and(|matched| matched != knowledge.edition().to_string()) {
            unknowns.push(unmatched());
        }
        if let Sight::Of(parties) = sight {
            unknowns.push(out_of_sight(parties.len()));
        }
        unknowns.extend(of_data(data_unknowns(
            &knowledge,
            &counted.ecosystems,
            &used,
            Limits::default(),
        )));
        Ok((used, unknowns))
    }
}

/// The numbers of the parties that are counted, sorted.
fn seen_parties(
    census: &Census,
    seen: Option<&std::collections::HashSet<i64>>,
    filter: &PrevalenceFilter,
) -> Vec<i64> {
    let sectors = census.holders.sectors();
    let mut parties: Vec<i64> = census
        .holders
        .parties()
        .iter()
        .filter(|(number, _)| seen.is_none_or(|seen| seen.contains(number)))
        .filter(|(_, facts)| {
            filter.sector.as_ref().is_none_or(|wanted| {
                let mut own = facts.sectors.iter().filter_map(|at| sectors.get(*at));
                own.any(|sector| sector == wanted.as_str())
            })
        })
        .map(|(number, _)| *number)
        .collect();
    parties.sort_unstable();
    parties
}

fn told(census: &Census, counted: &Counted, row: &Row) -> Option<PrevalentPackage> {
    let facts = census.packages.get(&row.package)?;
    Some(PrevalentPackage {
        purl: facts.purl.to_string(),
        ecosystem: facts.ecosystem.to_string(),
        name: facts.name.to_string(),
        organisations: row.organisations,
        important: row.important,
        sectors: row.sectors,
        direct: row.direct,
        deep: row.deep,
        untold: row.untold,
        versions: row.versions,
        weakness: row.weakness,
        reach: row.reach,
        weak: row.weak,
        help: row.help,
        asks: counted.asks.get(&row.package).cloned().unwrap_or_default(),
    })
}

/// What a count does not know.
fn of_count(counted: &Counted) -> Vec<NotKnown> {
    let mut unknowns = Vec::new();
    let mut push = |code, message: String| unknowns.push(NotKnown { code, message });
    let silent = counted.totals.organisations - counted.totals.with_inventory;
    if silent > 0 {
        push(
            "no-inventory",
            format!(
                "organisations without a current SBOM here: {silent}. What they use is not seen"
            ),
        );
    }
    if counted.partial > 0 {
        push(
            "partial-sbom",
            format!(
                "current SBOMs that leave something open: {}. What they do not name is not counted",
                counted.partial
            ),
        );
    }
    if counted.unchecked > 0 {
        push(
            "unchecked-package",
            format!(
                "package versions in use that are not checked: {}. Their flaws are not known",
                counted.unchecked
            ),
        );
    }
    if counted.without_notes > 0 {
        push(
            "unread-notes",
            format!(
                "current SBOMs that came before Mainstay read what projects ask for: {}. Send them \
                 again",
                counted.without_notes
            ),
        );
    }
    push(
        "maintainers",
        "who maintains a package, and how many may publish it, is in no SBOM: it is known only \
         where an advisory says that nobody does, or the metadata name their authors"
            .to_owned(),
    );
    unknowns
}
