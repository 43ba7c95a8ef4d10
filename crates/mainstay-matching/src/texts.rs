//! Blobs that are being collected, and texts of which each is kept once.

use std::hash::{BuildHasher, RandomState};

use xxhash_rust::xxh3::xxh3_64_with_seed;

use crate::bytes::Cursor;
use crate::layout::put_number;

/// Blobs, one behind the other. Past 4 GiB it only notes that it is full.
#[derive(Debug, Default)]
pub(crate) struct Blobs {
    bytes: Vec<u8>,
    full: bool,
}

impl Blobs {
    pub(crate) fn push(&mut self, blob: &[u8]) -> u32 {
        let at = u32::try_from(self.bytes.len());
        let (Ok(at), Ok(len)) = (at, u32::try_from(blob.len())) else {
            self.full = true;
            return 0;
        };
        put_number(&mut self.bytes, len);
        self.bytes.extend(blob);
        at
    }

    pub(crate) fn get(&self, at: u32) -> &[u8] {
        let rest = usize::try_from(at).ok().and_then(|at| self.bytes.get(at..));
        let mut cursor = Cursor::new(rest.unwrap_or_default());
        let len = cursor.number().ok().and_then(|len| usize::try_from(len).ok());
        len.and_then(|len| cursor.take(len).ok()).unwrap_or_default()
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(crate) fn is_full(&self) -> bool {
        self.full
    }
}

/// Texts, each kept once: an open-addressing table of references into the blobs.
#[derive(Debug)]
pub(crate) struct Texts {
    blobs: Blobs,
    /// A reference plus one; 0 is free. The length is a power of two.
    slots: Vec<u32>,
    used: usize,
    /// Drawn anew for each builder, so that nobody can prepare texts that all meet in one slot.
    seed: u64,
}

impl Texts {
    pub(crate) fn new() -> Self {
        let seed = RandomState::new().hash_one(0_u8);
        Self { blobs: Blobs::default(), slots: vec![0; 1 << 10], used: 0, seed }
    }

    pub(crate) fn intern(&mut self, text: &str) -> u32 {
        if self.used * 2 >= self.slots.len() {
            self.grow();
        }
        let mask = self.slots.len() - 1;
        let mut position = self.position(text.as_bytes());
        while let Some(slot) = self.slots.get_mut(position & mask) {
            match slot.checked_sub(1) {
                None => {
                    let at = self.blobs.push(text.as_bytes());
                    *slot = at.saturating_add(1);
                    self.used += 1;
                    return at;
                }
                Some(at) if self.blobs.get(at) == text.as_bytes() => return at,
                Some(_) => position = position.wrapping_add(1),
            }
        }
        0
    }

    pub(crate) fn blobs(&self) -> &Blobs {
        &self.blobs
    }

    fn position(&self, text: &[u8]) -> usize {
        // The low bits are what the mask keeps, so a cut on 32-bit machines does not matter.
        usize::try_from(xxh3_64_with_seed(text, self.seed) & u64::from(u32::MAX)).unwrap_or(0)
    }

    fn grow(&mut self) {
        let larger = vec![0; self.slots.len() * 2];
        let mask = larger.len() - 1;
        for entry in std::mem::replace(&mut self.slots, larger) {
            let Some(at) = entry.checked_sub(1) else { continue };
            let mut position = self.position(self.blobs.get(at));
            while self.slots.get(position & mask).is_some_and(|slot| *slot != 0) {
                position = position.wrapping_add(1);
            }
            if let Some(slot) = self.slots.get_mut(position & mask) {
                *slot = entry;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_kept_once_and_read_back() {
        let mut texts = Texts::new();
        let all: Vec<String> = (0..5000).map(|n| format!("text {n}")).collect();
        let first: Vec<u32> = all.iter().map(|text| texts.intern(text)).collect();
        let again: Vec<u32> = all.iter().map(|text| texts.intern(text)).collect();
        assert_eq!(first, again);
        for (at, text) in first.iter().zip(&all) {
            assert_eq!(texts.blobs().get(*at), text.as_bytes());
        }
    }
}
