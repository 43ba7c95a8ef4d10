//! Things that belong together because they share a key: records that share an id, statements on
//! one flaw. What is joined is told by positions; the first of a group stands for it.

use std::collections::HashMap;
use std::hash::Hash;

/// So many positions, and which of them are joined.
pub(crate) struct Joined {
    /// For each position another one of its group, never a later one.
    parents: Vec<usize>,
}

impl Joined {
    /// Nothing is joined yet.
    pub(crate) fn none_of(count: usize) -> Self {
        Self { parents: (0..count).collect() }
    }

    /// Joins a position with the one that had the key first.
    pub(crate) fn by_key<K: Eq + Hash>(
        &mut self,
        first: &mut HashMap<K, usize>,
        key: K,
        at: usize,
    ) {
        let other = *first.entry(key).or_insert(at);
        let (one, two) = (self.first_of(at), self.first_of(other));
        if let Some(parent) = self.parents.get_mut(one.max(two)) {
            *parent = one.min(two);
        }
    }

    /// The first of the group of a position. Chains lead to smaller positions, so they end.
    pub(crate) fn first_of(&self, mut at: usize) -> usize {
        while let Some(parent) = self.parents.get(at).filter(|parent| **parent < at) {
            at = *parent;
        }
        at
    }

    /// Things by their groups, in the order in which the groups are met.
    pub(crate) fn groups<T>(&self, things: impl IntoIterator<Item = (usize, T)>) -> Vec<Vec<T>> {
        let mut groups: Vec<Vec<T>> = Vec::new();
        let mut place: HashMap<usize, usize> = HashMap::new();
        for (at, thing) in things {
            let next = groups.len();
            match groups.get_mut(*place.entry(self.first_of(at)).or_insert(next)) {
                Some(group) => group.push(thing),
                None => groups.push(vec![thing]),
            }
        }
        groups
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_third_joins_is_one_group_in_the_order_of_its_first() {
        let mut joined = Joined::none_of(4);
        let mut first = HashMap::new();
        for (key, at) in [("x", 0), ("y", 1), ("z", 2), ("x", 3), ("z", 3)] {
            joined.by_key(&mut first, key, at);
        }
        let names = ["a", "b", "c", "d"].into_iter().enumerate();
        assert_eq!(joined.groups(names), [vec!["a", "c", "d"], vec!["b"]]);
    }
}
