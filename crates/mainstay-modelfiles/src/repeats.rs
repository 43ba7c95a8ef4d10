//! Names that stand twice among very many, in little memory and no quadratic work.
//!
//! Of each name only a hash is kept, with where it stands. The hash is keyed anew in each run, so
//! a file cannot be made whose names collide.

use std::hash::{BuildHasher as _, Hash, RandomState};

/// The most names that are kept: 32 MB.
const KEPT: usize = 2_000_000;

/// The names seen so far.
#[derive(Debug, Default)]
pub(crate) struct Repeats {
    keys: RandomState,
    seen: Vec<(u64, u64)>,
    is_full: bool,
}

impl Repeats {
    /// Notes a name that stands at `at`; with its scope, if the same name may stand in several.
    pub(crate) fn note(&mut self, name: &(impl Hash + ?Sized), at: u64) {
        if self.seen.len() < KEPT {
            self.seen.push((self.keys.hash_one(name), at));
        } else {
            self.is_full = true;
        }
    }

    /// Whether there were more names than are kept, so that some repeats may be missed.
    pub(crate) fn is_full(&self) -> bool {
        self.is_full
    }

    /// Where names stand that stood before, in the order of the file; at most `most`.
    pub(crate) fn places(&mut self, most: usize) -> Vec<u64> {
        self.seen.sort_unstable();
        let pairs = self.seen.iter().zip(self.seen.iter().skip(1));
        let repeated = pairs.filter(|(one, next)| one.0 == next.0).map(|(_, next)| next.1);
        let mut places: Vec<u64> = repeated.collect();
        places.sort_unstable();
        places.truncate(most);
        places
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_of_two_equal_names_is_told() {
        let mut repeats = Repeats::default();
        for (at, name) in ["a", "b", "a", "c", "b"].iter().enumerate() {
            repeats.note(name.as_bytes(), at as u64);
        }
        assert_eq!(repeats.places(10), [2, 4]);
        assert_eq!(repeats.places(1), [2]);
    }
}
