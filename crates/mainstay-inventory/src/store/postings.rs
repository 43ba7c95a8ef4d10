//! Which SBOMs have a component: batches of turned-around SBOMs, and what came since.
//!
//! Lists in SBOMs and in postings hold doubled numbers: the lowest bit says that the component is
//! asked for directly.

use std::collections::BTreeMap;

use mainstay_store::{StoreError, Transaction, Value};

use crate::InventoryError;
use crate::numbers::{decode, encode};

/// A batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Batch {
    pub(crate) number: i64,
    pub(crate) first_sbom: i64,
    pub(crate) last_sbom: i64,
    pub(crate) uses: i64,
}

/// The batches that count, oldest first.
pub(crate) fn batches(transaction: &mut Transaction<'_>) -> Result<Vec<Batch>, StoreError> {
    transaction.rows(
        "SELECT number, first_sbom, last_sbom, uses FROM posting_batch WHERE is_active = 1 \
         ORDER BY first_sbom",
        &[],
        |row| {
            Ok(Batch {
                number: row.integer(0)?,
                first_sbom: row.integer(1)?,
                last_sbom: row.integer(2)?,
                uses: row.integer(3)?,
            })
        },
    )
}

/// Passes by each use of the components: the SBOM, the component, and whether it is direct.
/// SBOMs of the past are among them.
pub(crate) fn uses(
    transaction: &mut Transaction<'_>,
    components: &[i64],
    mut see: impl FnMut(i64, i64, bool),
) -> Result<(), InventoryError> {
    let batches = batches(transaction)?;
    for batch in &batches {
        for component in components {
            let list = transaction.optional(
                "SELECT sboms FROM posting WHERE batch = $1 AND component = $2",
                &[batch.number.into(), (*component).into()],
                |row| Ok(row.bytes(0)?.to_vec()),
            )?;
            for (sbom, is_direct) in halves(list.as_deref().unwrap_or_default(), "a component")? {
                see(sbom, *component, is_direct);
            }
        }
    }
    let last = batches.last().map_or(0, |batch| batch.last_sbom);
    let mut damage = None;
    transaction.each(
        "SELECT number, content FROM sbom WHERE number > $1 ORDER BY number",
        &[last.into()],
        |row| {
            let number = row.integer(0)?;
            match halves(row.bytes(1)?, "an SBOM") {
                Ok(content) => {
                    // Both are sorted; the shorter list is looked up in the longer.
                    for component in components {
                        if let Ok(at) =
                            content.binary_search_by_key(component, |(number, _)| *number)
                            && let Some((_, is_direct)) = content.get(at)
                        {
                            see(number, *component, *is_direct);
                        }
                    }
                }
                Err(error) => damage = Some(error),
            }
            Ok(())
        },
    )?;
    damage.map_or(Ok(()), Err)
}

/// A list of doubled numbers, as numbers with their lowest bit.
pub(crate) fn halves(bytes: &[u8], of: &str) -> Result<Vec<(i64, bool)>, InventoryError> {
    let numbers = decode(bytes).map_err(|_| InventoryError::Damaged(of.to_owned()))?;
    Ok(numbers
        .into_iter()
        .map(|doubled| (i64::try_from(doubled >> 1).unwrap_or(i64::MAX), doubled & 1 == 1))
        .collect())
}

/// Writes a list of doubled numbers.
pub(crate) fn doubled(numbers: impl IntoIterator<Item = (i64, bool)>) -> Vec<u8> {
    encode(
        numbers
            .into_iter()
            .map(|(number, bit)| (u64::try_from(number).unwrap_or(0) << 1) | u64::from(bit)),
    )
}

/// The contents of at most `count` SBOMs that no batch has yet, in the order of their numbers.
pub(crate) fn unfolded(
    transaction: &mut Transaction<'_>,
    count: i64,
) -> Result<Vec<(i64, Vec<u8>)>, StoreError> {
    let last = batches(transaction)?.last().map_or(0, |batch| batch.last_sbom);
    transaction.rows(
        "SELECT number, content FROM sbom WHERE number > $1 ORDER BY number LIMIT $2",
        &[last.into(), count.into()],
        |row| Ok((row.integer(0)?, row.bytes(1)?.to_vec())),
    )
}

/// Writes a batch that does not count yet.
pub(crate) fn add_batch(
    transaction: &mut Transaction<'_>,
    (first_sbom, last_sbom, uses): (i64, i64, i64),
) -> Result<i64, StoreError> {
    let number = transaction.numbers("posting-batch", 1)?.unwrap_or_default();
    transaction.execute(
        "INSERT INTO posting_batch (number, first_sbom, last_sbom, uses, is_active) \
         VALUES ($1, $2, $3, $4, 0)",
        &[number.into(), first_sbom.into(), last_sbom.into(), uses.into()],
    )?;
    Ok(number)
}

/// Adds lists to a batch.
pub(crate) fn add_lists(
    transaction: &mut Transaction<'_>,
    batch: i64,
    lists: BTreeMap<i64, Vec<u8>>,
) -> Result<(), StoreError> {
    let rows: Vec<Value> = lists
        .into_iter()
        .flat_map(|(component, list)| [batch.into(), component.into(), list.into()])
        .collect();
    transaction.insert("INSERT INTO posting (batch, component, sboms)", 3, &rows, "").map(|_| ())
}

/// Lets a batch count, in place of others.
pub(crate) fn activate(
    transaction: &mut Transaction<'_>,
    batch: i64,
    in_place_of: &[Batch],
) -> Result<(), StoreError> {
    for old in in_place_of {
        transaction.execute(
            "UPDATE posting_batch SET is_active = 0 WHERE number = $1",
            &[old.number.into()],
        )?;
    }
    transaction
        .execute("UPDATE posting_batch SET is_active = 1 WHERE number = $1", &[batch.into()])
        .map(|_| ())
}

/// Removes what is left of batches that do not count: replaced ones, and one that was not
/// finished when its process died. `keep` is being written.
pub(crate) fn sweep(
    transaction: &mut Transaction<'_>,
    keep: Option<i64>,
) -> Result<(), StoreError> {
    let keep = keep.unwrap_or(0);
    transaction.execute(
        "DELETE FROM posting WHERE batch IN \
         (SELECT number FROM posting_batch WHERE is_active = 0 AND number <> $1)",
        &[keep.into()],
    )?;
    transaction
        .execute("DELETE FROM posting_batch WHERE is_active = 0 AND number <> $1", &[keep.into()])
        .map(|_| ())
}

/// Lists by component, and where to go on after them; nothing at the end.
pub(crate) type Stretch = (BTreeMap<i64, Vec<u8>>, Option<i64>);

/// The lists of several batches for the components from `first` on, at most `count` components of
/// each batch; joined by component.
pub(crate) fn joined_lists(
    transaction: &mut Transaction<'_>,
    batches: &[Batch],
    first: i64,
    count: i64,
) -> Result<Stretch, InventoryError> {
    // The end of the stretch: the smallest of the last components that the batches give.
    let mut parts: Vec<Vec<(i64, Vec<u8>)>> = Vec::new();
    let mut end: Option<i64> = None;
    for batch in batches {
        let part = transaction.rows(
            "SELECT component, sboms FROM posting WHERE batch = $1 AND component >= $2 \
             ORDER BY component LIMIT $3",
            &[batch.number.into(), first.into(), count.into()],
            |row| Ok((row.integer(0)?, row.bytes(1)?.to_vec())),
        )?;
        let is_full = i64::try_from(part.len()).unwrap_or(i64::MAX) == count;
        if let Some((last, _)) = part.last().filter(|_| is_full) {
            end = Some(end.map_or(*last, |end| end.min(*last)));
        }
        parts.push(part);
    }
    let mut joined: BTreeMap<i64, Vec<(i64, bool)>> = BTreeMap::new();
    for (component, list) in parts.into_iter().flatten() {
        if end.is_none_or(|end| component <= end) {
            joined.entry(component).or_default().extend(halves(&list, "a component")?);
        }
    }
    let lists = joined
        .into_iter()
        .map(|(component, mut uses)| {
            uses.sort_unstable();
            (component, doubled(uses))
        })
        .collect();
    Ok((lists, end.map(|end| end + 1)))
}
