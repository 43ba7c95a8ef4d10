//! One tree: its nodes by number.

use super::names::Array;

/// Not a whole number, or one that no node has.
const NOT_WHOLE: i64 = i64::MIN;
/// The parent of the root.
const NO_PARENT: i64 = i32::MAX as i64;

/// What is known of a tree.
#[derive(Debug, Default)]
pub(super) struct Tree {
    /// Where it begins.
    pub(super) at: u64,
    /// How many nodes it claims.
    pub(super) claimed: Option<u64>,
    left: Vec<i32>,
    right: Vec<i32>,
    others: [u64; 4],
    segments: Vec<i64>,
    sizes: Vec<i64>,
    categories: u64,
    largest_parent: i64,
    /// The largest number of a feature.
    pub(super) largest_feature: i64,
    has_odd_number: bool,
}

impl Tree {
    pub(super) fn new(at: u64) -> Self {
        Self { at, largest_feature: -1, ..Self::default() }
    }

    pub(super) fn add(&mut self, array: Array, number: Option<i64>) {
        let whole = number.unwrap_or(NOT_WHOLE);
        let [parents, features, conditions, defaults] = &mut self.others;
        match array {
            Array::LeftChildren => self.left.push(child(whole)),
            Array::RightChildren => self.right.push(child(whole)),
            Array::Parents => {
                *parents += 1;
                let parent = if whole == NO_PARENT { -1 } else { whole };
                self.has_odd_number |= parent < -1;
                self.largest_parent = self.largest_parent.max(parent);
            }
            Array::SplitIndices => {
                *features += 1;
                self.has_odd_number |= whole < 0;
                self.largest_feature = self.largest_feature.max(whole);
            }
            Array::SplitConditions => *conditions += 1,
            Array::DefaultLeft => *defaults += 1,
            Array::Categories => self.categories += 1,
            Array::CategorySegments => self.segments.push(whole),
            Array::CategorySizes => self.sizes.push(whole),
        }
    }

    /// What is wrong with it.
    pub(super) fn flaw(&self) -> Option<&'static str> {
        let nodes = self.left.len() as u64;
        let disagrees = |count: &u64| *count != nodes && *count != 0;
        if self.right.len() as u64 != nodes
            || self.others.iter().any(disagrees)
            || self.claimed.is_some_and(|claimed| claimed != nodes)
        {
            return Some(
                "a tree claims another number of nodes than it has: a reader that trusts the \
                 claim reads outside of its memory",
            );
        }
        let is_parent = self.largest_parent < i64::try_from(nodes).unwrap_or(i64::MAX);
        if self.has_odd_number || !is_parent && nodes > 0 {
            return Some("a tree has a parent or a feature of a number that does not exist");
        }
        self.children_flaw().or_else(|| self.categories_flaw())
    }

    /// A node has one parent at most, and the root none: then no way leads back.
    fn children_flaw(&self) -> Option<&'static str> {
        let mut is_child = vec![false; self.left.len()];
        if let Some(root) = is_child.first_mut() {
            *root = true;
        }
        for child in self.left.iter().chain(&self.right).filter(|child| **child != -1) {
            let Some(node) = usize::try_from(*child).ok().and_then(|at| is_child.get_mut(at))
            else {
                return Some(
                    "a tree leads to a node that does not exist: its reader reads outside of its \
                     memory",
                );
            };
            if *node {
                return Some("a tree leads back into itself: predicting with it never ends");
            }
            *node = true;
        }
        None
    }

    fn categories_flaw(&self) -> Option<&'static str> {
        let mut pairs = self.segments.iter().zip(&self.sizes);
        let fits = |(start, size): (&i64, &i64)| {
            let end = u64::try_from(*start).ok().zip(u64::try_from(*size).ok());
            end.and_then(|(start, size)| start.checked_add(size))
                .is_some_and(|end| end <= self.categories)
        };
        let is_right = self.segments.len() == self.sizes.len() && pairs.all(fits);
        (!is_right).then_some(
            "the categories of a tree lie outside of those that are there: its reader reads \
             outside of its memory",
        )
    }
}

/// The number of a node, or one that no node has.
fn child(whole: i64) -> i32 {
    i32::try_from(whole).unwrap_or(i32::MIN)
}
