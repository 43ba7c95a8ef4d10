//! The content of the containers and calls that were made last.
//!
//! Arguments stand right before the call that they are judged for, so the last few thousand
//! containers are enough, and a pickle of millions of them takes no more room than one of these.
//! A container that was pushed out, and what does not fit into one, is not known: a judgement that
//! would need it then says so.

use super::value::Value;

/// How many containers are kept, and how many values of each.
const KEPT: usize = 4096;
const ITEMS: usize = 128;

/// The content of a container; of a dict its keys and values in turn; of a call the function and
/// its arguments.
#[derive(Debug, Default)]
struct Slot {
    number: u32,
    items: Vec<Value>,
    has_more: bool,
}

/// What is in a container.
#[derive(Clone, Copy, Debug)]
pub(super) struct Content<'r> {
    /// The first values.
    pub(super) items: &'r [Value],
    /// Whether there are others.
    pub(super) has_more: bool,
}

/// The last containers.
#[derive(Debug, Default)]
pub(super) struct Recent {
    slots: Vec<Slot>,
    next: u32,
}

impl Recent {
    /// Keeps a new container.
    #[inline]
    pub(super) fn keep(&mut self, items: &[Value]) -> u32 {
        let number = self.next;
        self.next = self.next.wrapping_add(1);
        let index = number as usize % KEPT;
        if index >= self.slots.len() {
            self.slots.push(Slot::default());
        }
        if let Some(slot) = self.slots.get_mut(index) {
            slot.number = number;
            slot.items.clear();
            slot.has_more = false;
            slot.add(items);
        }
        number
    }

    /// Adds to a container, if it is still kept.
    #[inline]
    pub(super) fn add(&mut self, number: u32, items: &[Value]) {
        let found = self.slots.get_mut(number as usize % KEPT);
        if let Some(slot) = found.filter(|slot| slot.number == number) {
            slot.add(items);
        }
    }

    /// The number of the next container.
    pub(super) fn next(&self) -> u32 {
        self.next
    }

    /// How many values the heaviest container has, with all that is in what is in it, of those
    /// that were made since `first`. What was made after its container does not count.
    pub(super) fn heaviest_since(&self, first: u32) -> f64 {
        let made = self.next.wrapping_sub(first) as usize;
        // So few cannot hold each other often enough.
        if made < 24 {
            return 0.0;
        }
        let mut weights = vec![0.0_f64; KEPT];
        let mut heaviest = 0.0_f64;
        for back in (1..=made.min(KEPT)).rev() {
            let number = self.next.wrapping_sub(u32::try_from(back).unwrap_or(u32::MAX));
            let Some(content) = self.content(number) else { continue };
            let weight = content.items.iter().fold(1.0, |sum, item| {
                let Some(inner) = item.container() else { return sum + 1.0 };
                let age = number.wrapping_sub(inner) as usize;
                let is_older = age > 0 && age < KEPT;
                let known = weights.get(inner as usize % KEPT).filter(|_| is_older);
                sum + known.copied().unwrap_or(1.0)
            });
            if let Some(place) = weights.get_mut(number as usize % KEPT) {
                *place = weight;
            }
            heaviest = heaviest.max(weight);
        }
        heaviest
    }

    /// What is in a container, if it is still kept.
    pub(super) fn content(&self, number: u32) -> Option<Content<'_>> {
        let slot = self.slots.get(number as usize % KEPT).filter(|slot| slot.number == number)?;
        Some(Content { items: &slot.items, has_more: slot.has_more })
    }
}

impl Slot {
    #[inline]
    fn add(&mut self, items: &[Value]) {
        let room = ITEMS - self.items.len();
        let kept = items.get(..room).unwrap_or(items);
        self.has_more |= kept.len() < items.len();
        self.items.extend_from_slice(kept);
    }
}
