//! Who has a flaw, once statements were heard: who is affected, and of whom somebody says that it
//! does no harm there. The latter is never taken for absence.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use mainstay_store::Transaction;

use super::affected::{Seen, Uses};
use crate::InventoryError;
use crate::model::{Need, Subject};
use crate::store::{findings, known};

/// Uses of what was asked about.
#[derive(Debug, Default)]
pub(super) struct Having {
    /// Of those who are affected.
    pub(super) affected: Uses,
    /// Those that statements answer.
    pub(super) answered: Uses,
    /// The statements that answer, by SBOM and component.
    pub(super) statements: BTreeMap<i64, BTreeMap<i64, BTreeSet<i64>>>,
    /// Components of which only a statement says that they have the flaw.
    pub(super) raised: BTreeSet<i64>,
}

/// Who in sight has these components, divided by what is said of a flaw.
pub(super) fn having(
    transaction: &mut Transaction<'_>,
    seen: &Seen<'_>,
    (subject, components): (&Subject, &[i64]),
) -> Result<Having, InventoryError> {
    let mut having = Having { affected: seen.uses(transaction, components)?, ..Having::default() };
    let Subject::Flaw(name) = subject else { return Ok(having) };
    for (sbom, component) in findings::raised(transaction, name.as_str())? {
        if seen.holder_of(sbom).is_some() {
            let used = having.affected.entry(sbom).or_insert((BTreeSet::new(), Need::Untold));
            used.0.insert(component);
            having.raised.insert(component);
        }
    }
    let silenced = findings::silenced(transaction, name.as_str())?;
    if silenced.is_empty() {
        return Ok(having);
    }
    // A component may have the flaw in two findings: both must be answered.
    let mut flaws: HashMap<i64, usize> = HashMap::new();
    for (component, _) in known::named(transaction, name.as_str())? {
        *flaws.entry(component).or_default() += 1;
    }
    let mut answers: BTreeMap<(i64, i64), Vec<Option<i64>>> = BTreeMap::new();
    for (sbom, (component, _), statement) in silenced {
        answers.entry((sbom, component)).or_default().push(statement);
    }
    for ((sbom, component), statements) in answers {
        if flaws.get(&component).copied() == Some(statements.len()) {
            having.answer((sbom, component), statements.into_iter().flatten());
        }
    }
    having.affected.retain(|_, (components, _)| !components.is_empty());
    Ok(having)
}

impl Having {
    fn answer(&mut self, (sbom, component): (i64, i64), by: impl Iterator<Item = i64>) {
        let Some((components, need)) = self.affected.get_mut(&sbom) else { return };
        if components.remove(&component) {
            let answered = self.answered.entry(sbom).or_insert((BTreeSet::new(), *need));
            answered.0.insert(component);
            self.statements.entry(sbom).or_default().entry(component).or_default().extend(by);
        }
    }
}
