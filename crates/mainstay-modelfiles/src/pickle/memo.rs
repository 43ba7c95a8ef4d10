//! The memo of an unpickler: values by number, dense from zero on in every real pickle, and
//! anywhere in a hostile one.

use std::collections::BTreeMap;

use super::value::Value;

/// Values of a page of the dense part.
const PAGE: usize = 4096;

/// The most values that are remembered (16 MiB).
pub(super) const LIMIT: u64 = 1 << 21;

/// The values that a pickle gave a number.
#[derive(Debug, Default)]
pub(super) struct Memo {
    pages: Vec<Box<[Option<Value>]>>,
    sparse: BTreeMap<u64, Value>,
    count: u64,
    /// No number at or above it was given in the dense part.
    end: usize,
    /// Whether there was no room for a value.
    pub(super) is_over_budget: bool,
    /// The highest number in the sparse part.
    farthest: u64,
}

impl Memo {
    /// How many numbers are given.
    pub(super) fn count(&self) -> u64 {
        self.count
    }

    pub(super) fn put(&mut self, key: u64, value: Value) {
        if let Some(place) = self.place(key) {
            let is_new = place.replace(value).is_none();
            self.count += u64::from(is_new);
            self.end = self.end.max(usize::try_from(key).unwrap_or(usize::MAX).saturating_add(1));
            return;
        }
        self.farthest = self.farthest.max(key);
        // A page for it would be mostly empty, or there is no room.
        if self.count >= LIMIT || self.sparse.len() as u64 >= LIMIT / 8 {
            self.is_over_budget = true;
            self.count += 1;
            return;
        }
        self.count += u64::from(self.sparse.insert(key, value).is_none());
    }

    /// The value; [`Value::Lost`] if there may have been one, and no room for it.
    pub(super) fn value(&self, key: u64) -> Option<Value> {
        let index = usize::try_from(key).unwrap_or(usize::MAX);
        let dense = self.pages.get(index / PAGE).and_then(|page| page.get(index % PAGE));
        let found = dense.copied().flatten().or_else(|| self.sparse.get(&key).copied());
        found.or(if self.is_over_budget { Some(Value::Lost) } else { None })
    }

    /// A number for which an array would have to be far larger than what is in it.
    pub(super) fn far_out(&self) -> Option<u64> {
        const FAR: u64 = 1 << 27;
        (self.farthest >= FAR && self.farthest / 64 > self.count).then_some(self.farthest)
    }

    /// Forgets everything, and keeps the room.
    pub(super) fn clear(&mut self) {
        self.pages.truncate(1);
        let used = self.pages.first_mut().and_then(|page| page.get_mut(..self.end.min(PAGE)));
        used.unwrap_or_default().fill(None);
        self.end = 0;
        self.sparse.clear();
        self.farthest = 0;
        self.count = 0;
        self.is_over_budget = false;
    }

    #[inline]
    fn place(&mut self, key: u64) -> Option<&mut Option<Value>> {
        let index = usize::try_from(key).ok()?;
        let page = index / PAGE;
        if page >= self.pages.len() {
            let is_next = page == self.pages.len() && self.count + 1 >= (page * PAGE) as u64 / 2;
            if !is_next || self.pages.len() as u64 * PAGE as u64 >= LIMIT {
                return None;
            }
            self.open_page();
        }
        self.pages.get_mut(page)?.get_mut(index % PAGE)
    }

    /// Adds a page, and moves into it what was put there before.
    fn open_page(&mut self) {
        let mut page = vec![None; PAGE].into_boxed_slice();
        let first = (self.pages.len() * PAGE) as u64;
        let mut later = self.sparse.split_off(&first);
        self.sparse.append(&mut later.split_off(&(first + PAGE as u64)));
        for (key, value) in later {
            let index = usize::try_from(key - first).unwrap_or(usize::MAX);
            self.end = PAGE * (self.pages.len() + 1);
            if let Some(place) = page.get_mut(index) {
                *place = Some(value);
            }
        }
        self.pages.push(page);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_far_out_takes_the_room_of_one_value() {
        let mut memo = Memo::default();
        memo.put(u64::from(u32::MAX), Value::Persistent);
        assert_eq!(memo.value(u64::from(u32::MAX)), Some(Value::Persistent));
        assert_eq!(memo.value(3), None);
        assert!(memo.pages.is_empty());
    }

    #[test]
    fn a_number_given_twice_counts_once() {
        let mut memo = Memo::default();
        memo.put(0, Value::Persistent);
        memo.put(0, Value::Buffer);
        assert_eq!((memo.count(), memo.value(0)), (1, Some(Value::Buffer)));
    }

    #[test]
    fn a_number_that_was_far_out_is_found_when_the_others_reach_it() {
        let mut memo = Memo::default();
        memo.put(5000, Value::Buffer);
        for key in 0..4999 {
            memo.put(key, Value::Persistent);
        }
        assert_eq!((memo.count(), memo.value(5000)), (5000, Some(Value::Buffer)));
        memo.put(5000, Value::Persistent);
        assert_eq!(memo.count(), 5000);
    }

    #[test]
    fn what_there_was_no_room_for_is_lost_and_not_missing() {
        let mut memo = Memo::default();
        for key in 0..=LIMIT {
            memo.put(key, Value::Persistent);
        }
        assert!(memo.is_over_budget);
        assert_eq!(memo.value(LIMIT), Some(Value::Lost));
    }
}
