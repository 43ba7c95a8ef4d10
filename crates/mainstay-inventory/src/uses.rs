//! Uses: which components an SBOM has, or which SBOMs have a component, and how it is needed.
//!
//! A use is kept as the number times four, plus the need; a list of uses as `numbers.rs` keeps
//! lists.

use crate::InventoryError;
use crate::model::Need;
use crate::numbers::{decode, encode};

/// The number of a component or of an SBOM, and how the one needs the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Use {
    pub(crate) number: i64,
    pub(crate) need: Need,
}

/// Writes a list, which must be sorted by its numbers, each once.
pub(crate) fn write(uses: impl IntoIterator<Item = Use>) -> Vec<u8> {
    encode(uses.into_iter().map(|one| {
        let need = match one.need {
            Need::Untold => 0,
            Need::Deep => 1,
            Need::Direct => 2,
        };
        u64::try_from(one.number).unwrap_or(0) << 2 | need
    }))
}

/// Reads a list. `of` names the row that it is of, should it be damaged.
pub(crate) fn read(bytes: &[u8], of: &str) -> Result<Vec<Use>, InventoryError> {
    let damaged = || InventoryError::Damaged(of.to_owned());
    let numbers = decode(bytes).map_err(|_| damaged())?;
    numbers
        .into_iter()
        .map(|kept| {
            let need = match kept & 3 {
                0 => Need::Untold,
                1 => Need::Deep,
                2 => Need::Direct,
                _ => return Err(damaged()),
            };
            Ok(Use { number: i64::try_from(kept >> 2).map_err(|_| damaged())?, need })
        })
        .collect()
}

/// As [`read`], the numbers alone.
pub(crate) fn read_numbers(bytes: &[u8], of: &str) -> Result<Vec<i64>, InventoryError> {
    Ok(read(bytes, of)?.into_iter().map(|one| one.number).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uses_are_read_as_they_were_written() {
        let uses: Vec<Use> = [Need::Untold, Need::Deep, Need::Direct]
            .into_iter()
            .zip([1, 2, 900_000])
            .map(|(need, number)| Use { number, need })
            .collect();
        assert_eq!(read(&write(uses.iter().copied()), "x").unwrap(), uses);
        assert_eq!(read_numbers(&write(uses), "x").unwrap(), [1, 2, 900_000]);
    }

    #[test]
    fn a_need_that_nobody_writes_is_damage_that_names_its_row() {
        let damaged = read(&encode([7]), "sbom_1").unwrap_err().to_string();
        assert!(damaged.contains("sbom_1"), "{damaged}");
    }
}
