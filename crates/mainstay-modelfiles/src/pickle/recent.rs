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
