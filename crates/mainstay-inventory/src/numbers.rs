//! Sorted lists of numbers in few bytes: which SBOMs have a component, which components an SBOM
//! has.
//!
//! Each number is written as the distance from the one before (the first from 0), seven bits a
//! byte, low ones first; a set top bit says that more follow. Neighbouring numbers take one byte.

/// Why bytes are no list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a list of numbers is damaged")]
pub(crate) struct DamagedList;

/// Writes a list, which must be sorted and without repetition: what is not is left out.
pub(crate) fn encode(numbers: impl IntoIterator<Item = u64>) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut before = None;
    for number in numbers {
        let distance = match before {
            None => number,
            Some(before) if number > before => number - before,
            Some(_) => continue,
        };
        before = Some(number);
        push(&mut bytes, distance);
    }
    bytes
}

fn push(bytes: &mut Vec<u8>, mut number: u64) {
    loop {
        let seven = u8::try_from(number & 0x7f).unwrap_or(0);
        number >>= 7;
        if number == 0 {
            bytes.push(seven);
            return;
        }
        bytes.push(seven | 0x80);
    }
}

/// Reads a list.
pub(crate) fn decode(bytes: &[u8]) -> Result<Vec<u64>, DamagedList> {
    let mut numbers = Vec::with_capacity(bytes.len());
    let mut before = 0_u64;
    let (mut number, mut shift) = (0_u64, 0_u32);
    for byte in bytes {
        let seven = u64::from(byte & 0x7f);
        let shifted = seven.checked_shl(shift).filter(|shifted| shifted >> shift == seven);
        number |= shifted.ok_or(DamagedList)?;
        if byte & 0x80 != 0 {
            shift += 7;
            continue;
        }
        if number == 0 && !numbers.is_empty() {
            return Err(DamagedList);
        }
        before = before.checked_add(number).ok_or(DamagedList)?;
        numbers.push(before);
        (number, shift) = (0, 0);
    }
    if shift == 0 { Ok(numbers) } else { Err(DamagedList) }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn neighbours_take_a_byte_each() {
        assert_eq!(encode(1000..1100).len(), 2 + 99);
    }

    proptest! {
        #[test]
        fn a_list_is_read_as_it_was_written(numbers: BTreeSet<u64>) {
            let bytes = encode(numbers.iter().copied());
            prop_assert_eq!(decode(&bytes).unwrap(), Vec::from_iter(numbers));
        }

        #[test]
        fn damaged_bytes_are_refused_or_a_sorted_list(bytes: Vec<u8>) {
            if let Ok(numbers) = decode(&bytes) {
                prop_assert!(numbers.is_sorted_by(|one, two| one < two));
            }
        }
    }
}
