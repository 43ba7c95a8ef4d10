//! Which SBOMs have a component: batches of turned-around SBOMs, and what came since.

use std::collections::{BTreeMap, HashMap};

use mainstay_store::{StoreError, Transaction, Value};

use crate::InventoryError;
use crate::model::Need;
use crate::uses::{self, Use};

/// A batch of neighbouring SBOMs. It is named by the first of them, so two who fold the same
/// SBOMs at once are in each other's way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Batch {
    pub(crate) first_sbom: i64,
    pub(crate) last_sbom: i64,
    pub(crate) uses: i64,
}

/// The batches, oldest first.
pub(crate) fn batches(transaction: &mut Transaction<'_>) -> Result<Vec<Batch>, StoreError> {
    transaction.rows(
        "SELECT first_sbom, last_sbom, uses FROM posting_batch ORDER BY first_sbom",
        &[],
        |row| {
            Ok(Batch {
                first_sbom: row.integer(0)?,
                last_sbom: row.integer(1)?,
                uses: row.integer(2)?,
            })
        },
    )
}

/// Passes by each use of the components, which are sorted: the SBOM, the component, and how it is
/// needed. SBOMs of the past are among them.
pub(crate) fn uses(
    transaction: &mut Transaction<'_>,
    components: &[i64],
    mut see: impl FnMut(i64, i64, Need),
) -> Result<(), InventoryError> {
    let keys: Vec<Value> = components.iter().map(|component| (*component).into()).collect();
    let batches = batches(transaction)?;
    let mut lists: Vec<(i64, Vec<u8>)> = Vec::new();
    for batch in &batches {
        transaction.each_of(
            "SELECT component, sboms FROM posting WHERE batch = $1 AND component IN",
            &[batch.first_sbom.into()],
            &keys,
            |row| {
                lists.push((row.integer(0)?, row.bytes(1)?.to_vec()));
                Ok(())
            },
        )?;
        for (component, list) in lists.drain(..) {
            for one in uses::read(&list, "a component")? {
                see(one.number, component, one.need);
            }
        }
    }
    for (sbom, content) in after(transaction, last_of(&batches), i64::MAX)? {
        let content = uses::read(&content, "an SBOM")?;
        // Both are sorted: the shorter one is looked up in the longer.
        if components.len() < content.len() {
            for component in components {
                let found = content.binary_search_by_key(component, |one| one.number);
                if let Some(one) = found.ok().and_then(|at| content.get(at)) {
                    see(sbom, *component, one.need);
                }
            }
        } else {
            for one in content.iter().filter(|one| components.binary_search(&one.number).is_ok()) {
                see(sbom, one.number, one.need);
            }
        }
    }
    Ok(())
}

fn last_of(batches: &[Batch]) -> i64 {
    batches.last().map_or(0, |batch| batch.last_sbom)
}

/// The contents of at most `count` SBOMs after the one of this number.
fn after(
    transaction: &mut Transaction<'_>,
    number: i64,
    count: i64,
) -> Result<Vec<(i64, Vec<u8>)>, StoreError> {
    transaction.rows(
        "SELECT number, content FROM sbom WHERE number > $1 ORDER BY number LIMIT $2",
        &[number.into(), count.into()],
        |row| Ok((row.integer(0)?, row.bytes(1)?.to_vec())),
    )
}

/// How many SBOMs no batch has yet.
pub(crate) fn count_unfolded(transaction: &mut Transaction<'_>) -> Result<i64, StoreError> {
    transaction.one(
        "SELECT COUNT(*) FROM sbom WHERE number > \
         (SELECT COALESCE(MAX(last_sbom), 0) FROM posting_batch)",
        &[],
        |row| row.integer(0),
    )
}

/// Turns the next `count` SBOMs around that no batch has yet. Nothing, when there is none, or
/// another does so now.
pub(crate) fn fold(transaction: &mut Transaction<'_>, count: i64) -> Result<(), InventoryError> {
    let last = last_of(&batches(transaction)?);
    let sboms = after(transaction, last, count)?;
    let (Some((first, _)), Some((last, _))) = (sboms.first(), sboms.last()) else {
        return Ok(());
    };
    let mut lists: BTreeMap<i64, Vec<Use>> = BTreeMap::new();
    for (sbom, content) in &sboms {
        for one in uses::read(content, &format!("SBOM {sbom}"))? {
            lists.entry(one.number).or_default().push(Use { number: *sbom, need: one.need });
        }
    }
    let batch = Batch { first_sbom: *first, last_sbom: *last, uses: count_of(lists.values()) };
    if add_batch(transaction, &batch)? {
        add_lists(transaction, *first, lists)?;
    }
    Ok(())
}

/// Makes one batch of two neighbours.
pub(crate) fn join(
    transaction: &mut Transaction<'_>,
    (one, two): (&Batch, &Batch),
) -> Result<(), InventoryError> {
    // Whoever joins one of them at the same time is waited for here, and then found out.
    for batch in [one, two] {
        let gone = transaction.execute(
            "DELETE FROM posting_batch WHERE first_sbom = $1 AND last_sbom = $2",
            &[batch.first_sbom.into(), batch.last_sbom.into()],
        )?;
        if gone != 1 {
            return Err(transaction.give_way().into());
        }
    }
    let mut lists: HashMap<i64, Vec<Use>> = HashMap::new();
    for batch in [one, two] {
        let rows = transaction.rows(
            "SELECT component, sboms FROM posting WHERE batch = $1 ORDER BY component",
            &[batch.first_sbom.into()],
            |row| Ok((row.integer(0)?, row.bytes(1)?.to_vec())),
        )?;
        for (component, list) in rows {
            // The SBOMs of the second come after those of the first.
            lists.entry(component).or_default().extend(uses::read(&list, "a component")?);
        }
        transaction.execute("DELETE FROM posting WHERE batch = $1", &[batch.first_sbom.into()])?;
    }
    let batch =
        Batch { first_sbom: one.first_sbom, last_sbom: two.last_sbom, uses: one.uses + two.uses };
    add_batch(transaction, &batch)?;
    Ok(add_lists(transaction, batch.first_sbom, lists.into_iter().collect())?)
}

fn count_of<'l>(lists: impl Iterator<Item = &'l Vec<Use>>) -> i64 {
    i64::try_from(lists.map(Vec::len).sum::<usize>()).unwrap_or(i64::MAX)
}

fn add_batch(transaction: &mut Transaction<'_>, batch: &Batch) -> Result<bool, StoreError> {
    let added = transaction.execute(
        "INSERT INTO posting_batch (first_sbom, last_sbom, uses) VALUES ($1, $2, $3) \
         ON CONFLICT (first_sbom) DO NOTHING",
        &[batch.first_sbom.into(), batch.last_sbom.into(), batch.uses.into()],
    )?;
    Ok(added == 1)
}

fn add_lists(
    transaction: &mut Transaction<'_>,
    batch: i64,
    lists: BTreeMap<i64, Vec<Use>>,
) -> Result<(), StoreError> {
    let rows: Vec<Value> = lists
        .into_iter()
        .flat_map(|(component, list)| [batch.into(), component.into(), uses::write(list).into()])
        .collect();
    transaction.insert("INSERT INTO posting (batch, component, sboms)", 3, &rows, "").map(|_| ())
}
