//! Long lists in parts. Each part says where the next begins, so that nobody takes a part for the
//! whole.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::problem::Problem;

/// Entries that are given at once.
const MOST: usize = 1_000;

/// Which part of a list.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct Part {
    /// Only what comes after this: `next` of the part before.
    #[serde(default)]
    pub(crate) after: String,
    /// So many at most; 100 when nothing is said, 1000 at most.
    #[serde(default = "hundred")]
    pub(crate) count: usize,
}

pub(crate) fn hundred() -> usize {
    100
}

/// A part of a list.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Listed<T> {
    /// The entries of this part.
    pub(crate) items: Vec<T>,
    /// What to give as `after` for the next part; null: this is the last.
    pub(crate) next: Option<String>,
    /// Entries of the whole list.
    pub(crate) total: usize,
}

impl<T> Listed<T> {
    /// The part of `all` after the entry of this key. Keys tell entries apart.
    pub(crate) fn part(
        all: Vec<T>,
        (after, count): (&str, usize),
        key: impl Fn(&T) -> String,
    ) -> Result<Self, Problem> {
        let count = bounded(count);
        let total = all.len();
        let from = if after.is_empty() {
            0
        } else {
            let at = all.iter().position(|one| key(one) == after).ok_or_else(|| {
                Problem::field("after", "nothing of this key is in the list any more: begin anew")
            })?;
            at + 1
        };
        let mut items: Vec<T> = all.into_iter().skip(from).collect();
        let is_more = items.len() > count;
        items.truncate(count);
        let next = items.last().map(key).filter(|_| is_more);
        Ok(Self { items, next, total })
    }
}

/// A count as it is given. Zero gives nobody a way on, so it is one.
pub(crate) fn bounded(count: usize) -> usize {
    count.clamp(1, MOST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_together_are_the_list() {
        let all: Vec<u32> = (0..7).collect();
        let (mut got, mut after) = (Vec::new(), String::new());
        loop {
            let part = Listed::part(all.clone(), (&after, 3), u32::to_string).unwrap();
            assert_eq!(part.total, 7);
            got.extend(part.items);
            match part.next {
                Some(next) => after = next,
                None => break,
            }
        }
        assert_eq!(got, all);
    }

    #[test]
    fn a_key_that_is_gone_is_no_end_of_the_list() {
        assert!(Listed::part(vec![1, 2], ("9", 3), i32::to_string).is_err());
    }
}
