//! The raw storages behind the pickles of the legacy form of `torch.save`: how many bytes they have.
//!
//! Each is its length as eight bytes, and its elements. Specification: `_legacy_load` in PyTorch's
//! `torch/serialization.py`. What follows them no loader reads.

use std::collections::HashMap;

/// The most storages that are told apart.
const MOST: usize = 1 << 17;
/// The bytes of a length.
const LENGTH: u64 = 8;

/// The storages that a pickle names.
#[derive(Debug, Default)]
pub(super) struct Storages {
    bytes: HashMap<String, u64>,
    has_unknown: bool,
}

impl Storages {
    /// Adds one by its key. `None` is one of unknown size.
    pub(super) fn add(&mut self, told: Option<(String, u64)>) {
        match told {
            Some((key, bytes)) if self.bytes.len() < MOST => {
                let known = self.bytes.entry(key).or_insert(bytes);
                self.has_unknown |= *known != bytes;
            }
            _ => self.has_unknown = true,
        }
    }

    /// How many bytes they have together, if that is known.
    pub(super) fn total(&self) -> Option<u64> {
        if self.has_unknown {
            return None;
        }
        self.bytes
            .values()
            .try_fold(0_u64, |sum, bytes| sum.checked_add(*bytes)?.checked_add(LENGTH))
    }
}

/// How many bytes a storage of a class has.
pub(super) fn bytes_of(class: &str, length: Option<i64>) -> Option<u64> {
    let name = class.rsplit('.').next()?.strip_suffix("Storage")?;
    let size = match name {
        "ComplexDouble" => 16,
        "Double" | "Long" | "ComplexFloat" => 8,
        "Float" | "Int" | "QInt32" => 4,
        "Half" | "BFloat16" | "Short" => 2,
        "Char" | "Byte" | "Bool" | "QInt8" | "QUInt8" | "QUInt4x2" | "QUInt2x4" | "Untyped" => 1,
        _ => return None,
    };
    u64::try_from(length?).ok()?.checked_mul(size)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn storages_are_counted_once_each() {
        let mut storages = Storages::default();
        for _ in 0..2 {
            let bytes = bytes_of("torch.FloatStorage", Some(4)).unwrap();
            storages.add(Some(("0".to_owned(), bytes)));
        }
        assert_eq!(storages.total(), Some(24));
        storages.add(None);
        assert_eq!(storages.total(), None);
    }
}
