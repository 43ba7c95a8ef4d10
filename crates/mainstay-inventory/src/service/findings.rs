//! Findings follow from what an SBOM names, from what is known about that, and from what is said
//! of it.

use std::collections::{BTreeSet, HashMap};

use jiff::Timestamp;
use mainstay_store::{Transaction, Value};
use mainstay_types::{FlawName, Severity};

use super::hearing::{Heard, hear};
use super::parties::{asset as asset_of, party_number};
use super::{Inventory, Sight};
use crate::InventoryError;
use crate::model::{FindingRow, FindingState, FlawSummary, PastState};
use crate::store::findings::{self, Change, Found, Key, Next, State};
use crate::store::sboms::Current;
use crate::store::{known, statements};
use crate::work::Work;

/// Findings of each party that are read at least to find those that come first. The order of the
/// database is that of the catalogues; how an asset stands changes it within these.
const READ_FOR_FIRST: i64 = 200;

/// Why findings close that do not follow any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Closing {
    /// The newer SBOM does not name the component.
    NoLongerUsed,
    /// The records do not speak of the component any more.
    NoLongerKnown,
}

impl Closing {
    fn word(self) -> &'static str {
        match self {
            Self::NoLongerUsed => "the SBOM does not name it any more",
            Self::NoLongerKnown => "the advisories do not name it any more",
        }
    }
}

/// Why a finding that only a statement told is closed.
const NOBODY_SAYS: &str = "no statement that counts says so any more";
/// Why a silenced finding is open again.
const NO_LONGER_ANSWERED: &str = "no statement answers it any more: it ran out, or another counts";

/// What changed.
#[derive(Debug, Default)]
pub(super) struct Settled {
    /// The flaws of findings that were opened.
    pub(super) opened: Vec<Key>,
    /// How many were silenced.
    pub(super) silenced: usize,
    /// How many were closed.
    pub(super) closed: usize,
    /// What was heard.
    pub(super) heard: Heard,
}

/// Brings the findings of a version of an asset in line with the components that it has, and with
/// the statements that hold now. Whoever called it asks [`known::same_turn`] and only then takes
/// the note back that this was to be done: in this order nobody waits for another in a circle.
pub(super) fn settle(
    transaction: &mut Transaction<'_>,
    sbom: &Current,
    content: &[i64],
    (closing, now): (Closing, Timestamp),
) -> Result<Settled, InventoryError> {
    let heard = hear(transaction, sbom, content, now)?;
    let place = (sbom.asset, sbom.release.as_str());
    let states = findings::states(transaction, place.0, place.1)?;
    let mut settled = Settled::default();
    let mut new: Vec<Next<'_>> = Vec::new();
    for (key, wanted) in &heard.wanted {
        let next = Next {
            key,
            is_silenced: wanted.is_silenced,
            is_raised: wanted.is_raised,
            statement: heard.told_with(wanted),
        };
        let was = states.get(key);
        let is_new_silence = next.is_silenced && was.is_none_or(|was| was.silenced_at.is_none());
        settled.silenced += usize::from(is_new_silence);
        if !next.is_silenced && !was.is_some_and(State::is_open) {
            settled.opened.push(key.clone());
        }
        match was {
            None => new.push(next),
            Some(was) => {
                let why = why(&heard, was, &next);
                let change = Change { was, why: &why, now };
                follow(transaction, place, &next, &change)?;
            }
        }
    }
    findings::add(transaction, place, &new, now)?;
    let mut gone: Vec<(&Key, &State)> = states
        .iter()
        .filter(|(key, was)| was.closed_at.is_none() && !heard.wanted.contains_key(*key))
        .collect();
    gone.sort_unstable_by_key(|(key, _)| *key);
    for (key, was) in &gone {
        let why = if was.is_raised {
            was.statement.and_then(|number| heard.why_idle(number)).unwrap_or(NOBODY_SAYS)
        } else {
            closing.word()
        };
        findings::close(transaction, place, key, &Change { was, why, now })?;
    }
    settled.closed = gone.len();
    Ok(Settled { heard, ..settled })
}

/// Makes of a finding what it is to be, when it is something else.
fn follow(
    transaction: &mut Transaction<'_>,
    place: (i64, &str),
    next: &Next<'_>,
    change: &Change<'_>,
) -> Result<(), InventoryError> {
    let was = change.was;
    let same_state = was.closed_at.is_none() && was.silenced_at.is_some() == next.is_silenced;
    let same_word = was.statement == next.statement && was.is_raised == next.is_raised;
    match (same_state, same_word) {
        (true, true) => {}
        // Of a silenced finding it matters who silences it.
        (true, false) if !next.is_silenced => {
            findings::set_statement(transaction, place, next)?;
        }
        (true | false, _) => findings::turn(transaction, place, next, change)?,
    }
    Ok(())
}

/// Why a finding is to be something else.
fn why(heard: &Heard, was: &State, next: &Next<'_>) -> String {
    if next.is_silenced {
        let by = heard.statements.iter().find(|kept| Some(kept.number) == next.statement);
        return by.map(|kept| kept.row.line()).unwrap_or_default();
    }
    if was.closed_at.is_some() {
        return "it is there again".to_owned();
    }
    NO_LONGER_ANSWERED.to_owned()
}

impl Inventory {
    /// The findings of an asset: open ones first, in the order of work; then those that a
    /// statement answers, then those that are closed.
    ///
    /// # Errors
    /// When there is no such asset.
    pub fn findings(&self, asset: &str) -> Result<Vec<FindingRow>, InventoryError> {
        self.read(|transaction| {
            let asset = asset_of(transaction, asset)?;
            let found = findings::of_asset(transaction, asset.number)?;
            let mut rows = with_statements(transaction, found)?;
            in_order_of_work(&mut rows);
            Ok(rows)
        })
    }

    /// What is known here of a flaw, as far as components of this instance have it; nothing, when
    /// none has. What it says of packages covers all inventories: show of it what may be seen.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn flaw(&self, name: &FlawName) -> Result<Option<FlawSummary>, InventoryError> {
        let rows = self.read(|transaction| Ok(known::of_name(transaction, name.as_str())?))?;
        let Some((_, first)) = rows.iter().max_by_key(|(_, flaw)| flaw.severity) else {
            return Ok(None);
        };
        Ok(Some(FlawSummary {
            id: first.id.clone(),
            title: first.title.clone(),
            severity: known::severity_of(first.severity),
            exploited: rows.iter().filter_map(|(_, flaw)| flaw.exploited).max().map(|one| one != 0),
            fixes: rows.into_iter().map(|(purl, flaw)| (purl, flaw.fixed_in)).collect(),
        }))
    }

    /// One finding, and what it was before.
    ///
    /// # Errors
    /// When there is no such asset, or no such finding.
    pub fn finding(
        &self,
        (asset, release): (&str, &str),
        (purl, flaw): (&str, &str),
    ) -> Result<(FindingRow, Vec<PastState>), InventoryError> {
        self.read(|transaction| {
            let asset = asset_of(transaction, asset)?;
            let place = (asset.number, release);
            let found = findings::one(transaction, place, (purl, flaw))?;
            let found = found.ok_or_else(|| InventoryError::absent("finding", flaw))?;
            let key = (found.0.component, found.0.flaw.clone());
            let past = findings::past(transaction, place, &key)?;
            let row = with_statements(transaction, vec![found])?.pop();
            Ok((row.ok_or_else(|| InventoryError::absent("finding", flaw))?, past))
        })
    }

    /// Of the open findings of some parties those to work at first, at most so many.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn work_first(
        &self,
        parties: &BTreeSet<String>,
        most: usize,
    ) -> Result<Vec<FindingRow>, InventoryError> {
        self.read(|transaction| {
            let sight = Sight::Of(parties.clone());
            let numbers = sight.numbers(transaction)?.unwrap_or_default();
            let numbers: Vec<i64> = numbers.into_iter().collect();
            let read = i64::try_from(most).unwrap_or(i64::MAX).max(READ_FOR_FIRST);
            let found = findings::first_of_parties(transaction, &numbers, read)?;
            let mut rows: Vec<FindingRow> = found.into_iter().map(|(row, _)| row).collect();
            in_order_of_work(&mut rows);
            rows.truncate(most);
            Ok(rows)
        })
    }

    /// How many findings of a party are open, by severity, the gravest first; and how many are
    /// there that a statement answers.
    ///
    /// # Errors
    /// When there is no such party.
    pub fn open_findings(
        &self,
        party: &str,
    ) -> Result<(Vec<(Severity, i64)>, i64), InventoryError> {
        self.read(|transaction| {
            let number = party_number(transaction, party)?;
            let counts = findings::open_of(transaction, Some(&[party.into()]))?;
            let silenced = findings::silenced_of_party(transaction, number)?;
            Ok((by_severity(counts).remove(party).unwrap_or_default(), silenced))
        })
    }

    /// How many findings are open of each party in sight, by severity, the gravest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn open_by_party(
        &self,
        sight: &Sight,
    ) -> Result<HashMap<String, Vec<(Severity, i64)>>, InventoryError> {
        let parties: Option<Vec<Value>> = match sight {
            Sight::Everything => None,
            Sight::Of(parties) => Some(parties.iter().map(Value::from).collect()),
        };
        let counts =
            self.read(|transaction| Ok(findings::open_of(transaction, parties.as_deref())?))?;
        Ok(by_severity(counts))
    }
}

fn by_severity(counts: Vec<(String, i64, i64)>) -> HashMap<String, Vec<(Severity, i64)>> {
    let mut by_party: HashMap<String, Vec<(Severity, i64)>> = HashMap::new();
    for (party, severity, count) in counts {
        by_party.entry(party).or_default().push((known::severity_of(severity), count));
    }
    for counts in by_party.values_mut() {
        counts.sort_unstable_by_key(|(severity, _)| std::cmp::Reverse(*severity));
    }
    by_party
}

/// Findings with the statements that are told with them.
pub(super) fn with_statements(
    transaction: &mut Transaction<'_>,
    found: Vec<Found>,
) -> Result<Vec<FindingRow>, InventoryError> {
    let mut numbers: Vec<i64> = found.iter().filter_map(|(_, statement)| *statement).collect();
    numbers.sort_unstable();
    numbers.dedup();
    let kept = statements::of_numbers(transaction, &numbers)?;
    let kept: HashMap<i64, _> = kept.into_iter().map(|one| (one.number, one.row)).collect();
    let row = |(mut row, statement): Found| {
        row.statement = statement.and_then(|number| kept.get(&number)).cloned();
        row
    };
    Ok(found.into_iter().map(row).collect())
}

/// Sorts findings: open, silenced, closed; the open ones by the order of work.
fn in_order_of_work(rows: &mut [FindingRow]) {
    rows.sort_by_cached_key(|row| {
        let group = match row.state {
            FindingState::Open => 0,
            FindingState::Silenced(_) => 1,
            FindingState::Closed(..) => 2,
        };
        // What could not be assessed does not sink for that.
        let priority = Work::of(row).priority();
        let first = (priority.is_some(), std::cmp::Reverse(priority));
        (group, first, row.flaw.clone(), row.asset.clone(), row.release.clone(), row.purl.clone())
    });
}
