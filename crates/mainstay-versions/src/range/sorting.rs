//! A stable merge sort that takes any comparison.
//!
//! The sort of the standard library may panic when a comparison is no total order, and Maven's
//! is none (see the scheme).

use std::cmp::Ordering;

/// Sorts in O(n log n) comparisons, whatever they answer.
pub(super) fn sort<T>(items: &mut Vec<T>, compare: fn(&T, &T) -> Ordering) {
    let mut width = 1;
    while width < items.len() {
        let mut merged = Vec::with_capacity(items.len());
        let mut rest = std::mem::take(items).into_iter();
        loop {
            let left: Vec<T> = rest.by_ref().take(width).collect();
            if left.is_empty() {
                break;
            }
            let right: Vec<T> = rest.by_ref().take(width).collect();
            merge(left, right, &mut merged, compare);
        }
        *items = merged;
        width = width.saturating_mul(2);
    }
}

fn merge<T>(left: Vec<T>, right: Vec<T>, merged: &mut Vec<T>, compare: fn(&T, &T) -> Ordering) {
    let mut left = left.into_iter().peekable();
    let mut right = right.into_iter().peekable();
    while let (Some(first), Some(second)) = (left.peek(), right.peek()) {
        let next = if compare(first, second) == Ordering::Greater { &mut right } else { &mut left };
        merged.extend(next.next());
    }
    merged.extend(left);
    merged.extend(right);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn sorts_like_the_standard_library(numbers: Vec<(u8, u8)>) {
            let by_first = |left: &(u8, u8), right: &(u8, u8)| left.0.cmp(&right.0);
            let mut expected = numbers.clone();
            expected.sort_by(by_first);
            let mut sorted = numbers;
            sort(&mut sorted, by_first);
            prop_assert_eq!(sorted, expected);
        }
    }

    #[test]
    fn a_comparison_that_is_no_order_loses_nothing() {
        let mut items: Vec<u32> = (0..100).collect();
        sort(&mut items, |left, right| (left * 7 % 5).cmp(&(right * 3 % 4)));
        items.sort_unstable();
        assert_eq!(items, (0..100).collect::<Vec<_>>());
    }
}
