//! What reading an archive, with everything nested in it, may cost.
//!
//! One budget is shared by all layers: an archive in an archive in an archive spends the same
//! bytes. It may be used from several threads.

use std::ops::Deref;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::error::ArchiveError;

/// The limits of one archive and everything in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Archives within archives, the outermost counted.
    pub depth: u64,
    /// Members of all archives together.
    pub members: u64,
    /// Bytes unpacked of all archives together.
    pub unpacked_bytes: u64,
    /// How many times larger than packed a stream or a member may become.
    pub ratio: u64,
    /// From so many unpacked bytes on the ratio is asked: small things of one repeated byte are
    /// common.
    pub ratio_from: u64,
    /// Bytes in memory at one time.
    pub held_bytes: u64,
    /// Bytes of one name or link target.
    pub name_bytes: u64,
}

impl Default for Limits {
    /// 8 archives deep, a million members, 8 GiB unpacked, 200 times larger (asked from 16 MiB on),
    /// 512 MiB in memory, names of 4096 bytes.
    fn default() -> Self {
        Self {
            depth: 8,
            members: 1_000_000,
            unpacked_bytes: 8 << 30,
            ratio: 200,
            ratio_from: 16 << 20,
            held_bytes: 512 << 20,
            name_bytes: 4096,
        }
    }
}

/// What may still be spent.
#[derive(Debug)]
pub struct Budget {
    limits: Limits,
    depth: AtomicU64,
    members: AtomicU64,
    unpacked: AtomicU64,
    held: AtomicU64,
}

impl Budget {
    /// A whole one.
    pub fn new(limits: Limits) -> Self {
        let zero = || AtomicU64::new(0);
        Self { limits, depth: zero(), members: zero(), unpacked: zero(), held: zero() }
    }

    /// A whole one with the same limits: to look at something that is read afterwards.
    #[must_use]
    pub fn anew(&self) -> Self {
        Self::new(self.limits)
    }

    /// Goes into an archive; going out is dropping the answer.
    pub fn enter(&self) -> Result<Depth<'_>, ArchiveError> {
        let limit = self.limits.depth;
        if add(&self.depth, 1) > limit {
            self.depth.fetch_sub(1, Ordering::Relaxed);
            let message = format!("archives are nested more than {limit} deep");
            return Err(ArchiveError::spent(message));
        }
        Ok(Depth { budget: self })
    }

    /// Takes bytes in memory, until they are dropped.
    pub fn hold(&self, bytes: Vec<u8>) -> Result<Held<'_>, ArchiveError> {
        let mut held = Held { budget: self, taken: 0, bytes: Vec::new() };
        held.take(bytes.len() as u64)?;
        held.bytes = bytes;
        Ok(held)
    }

    /// Counts one member.
    pub fn member(&self) -> Result<(), ArchiveError> {
        let limit = self.limits.members;
        if add(&self.members, 1) > limit {
            return Err(ArchiveError::spent(format!("more than {limit} members")));
        }
        Ok(())
    }

    /// Counts unpacked bytes.
    pub fn unpacked(&self, bytes: u64) -> Result<(), ArchiveError> {
        let limit = self.limits.unpacked_bytes;
        if add(&self.unpacked, bytes) > limit {
            return Err(ArchiveError::spent(format!("more than {limit} bytes unpacked in all")));
        }
        Ok(())
    }

    /// Judges how much larger than packed something has become.
    pub fn ratio(&self, packed: u64, plain: u64) -> Result<(), ArchiveError> {
        let limit = self.limits.ratio;
        if plain >= self.limits.ratio_from && plain / packed.max(1) > limit {
            return Err(ArchiveError::spent(format!("more than {limit} times larger than packed")));
        }
        Ok(())
    }

    /// Judges the length of a name.
    pub fn name(&self, bytes: u64) -> Result<(), ArchiveError> {
        let limit = self.limits.name_bytes;
        if bytes > limit {
            let message = format!("a name of {bytes} bytes; the limit is {limit}");
            return Err(ArchiveError::spent(message));
        }
        Ok(())
    }
}

fn add(counter: &AtomicU64, more: u64) -> u64 {
    let before = counter
        .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |now| Some(now.saturating_add(more)));
    before.unwrap_or(u64::MAX).saturating_add(more)
}

/// One level of nesting.
#[derive(Debug)]
pub struct Depth<'b> {
    budget: &'b Budget,
}

impl Drop for Depth<'_> {
    fn drop(&mut self) {
        self.budget.depth.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Bytes in memory that the budget knows of.
#[derive(Debug)]
pub struct Held<'b> {
    budget: &'b Budget,
    taken: u64,
    bytes: Vec<u8>,
}

impl<'b> Held<'b> {
    /// Nothing yet.
    pub fn empty(budget: &'b Budget) -> Self {
        Self { budget, taken: 0, bytes: Vec::new() }
    }

    /// Takes room for so many bytes more that lie elsewhere: names, lists.
    pub fn take(&mut self, more: u64) -> Result<(), ArchiveError> {
        let limit = self.budget.limits.held_bytes;
        self.taken = self.taken.saturating_add(more);
        if add(&self.budget.held, more) > limit {
            return Err(ArchiveError::spent(format!("more than {limit} bytes in memory at once")));
        }
        Ok(())
    }

    /// Adds bytes.
    pub fn extend(&mut self, bytes: &[u8]) -> Result<(), ArchiveError> {
        self.take(bytes.len() as u64)?;
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }
}

impl Deref for Held<'_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.budget.held.fetch_sub(self.taken, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_comes_back_when_bytes_are_dropped() {
        let budget = Budget::new(Limits { held_bytes: 10, ..Limits::default() });
        let first = budget.hold(vec![0; 8]).unwrap();
        assert!(budget.hold(vec![0; 8]).is_err());
        drop(first);
        assert!(budget.hold(vec![0; 8]).is_ok());
    }

    #[test]
    fn nesting_ends_at_its_limit_and_comes_back() {
        let budget = Budget::new(Limits { depth: 1, ..Limits::default() });
        let outer = budget.enter().unwrap();
        assert_eq!(budget.enter().unwrap_err().to_string(), "archives are nested more than 1 deep");
        drop(outer);
        assert!(budget.enter().is_ok());
    }
}
