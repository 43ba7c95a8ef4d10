//! Zips of records: reading entry after entry with bounded memory, and writing.
//!
//! Format: PKWARE APPNOTE 6.3 (<https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT>).
//! Stored and deflated entries are read. The file is read through a small window, not mapped: a
//! file that shrinks while it is read is then an error, not a crash. Names of entries are shown
//! in reports and become paths nowhere.

mod reader;
mod window;
mod writer;

pub(crate) use reader::{Archive, Inflater, Read};
pub(crate) use writer::ArchiveWriter;

/// What an import may still take in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Allowance {
    limits: crate::Limits,
    entries: u64,
    bytes: u64,
}

impl Allowance {
    pub(crate) fn new(limits: crate::Limits) -> Self {
        Self { limits, entries: 0, bytes: 0 }
    }

    /// The limit of one entry, in bytes.
    pub(crate) fn entry_bytes(&self) -> u64 {
        self.limits.entry_bytes
    }

    /// Takes one entry of so many bytes, packed into so many.
    pub(crate) fn take(&mut self, packed: u64, plain: u64) -> Result<(), Refusal> {
        self.entries = self.entries.saturating_add(1);
        if self.entries > self.limits.entries {
            return Err(Refusal::End(format!("more than {} entries", self.limits.entries)));
        }
        let limit = self.limits.entry_bytes;
        if plain > limit {
            return Err(Refusal::Entry(format!("{plain} bytes unpacked; the limit is {limit}")));
        }
        // Packing makes nothing larger, save for a few bytes.
        if packed > limit.saturating_add(limit / 8) {
            return Err(Refusal::Entry(format!("{packed} bytes packed; the limit is {limit}")));
        }
        if plain > 1 << 20 && plain / packed.max(1) > self.limits.ratio {
            let ratio = self.limits.ratio;
            return Err(Refusal::Entry(format!("more than {ratio} times larger than packed")));
        }
        self.bytes = self.bytes.saturating_add(plain);
        if self.bytes > self.limits.total_bytes {
            let limit = self.limits.total_bytes;
            return Err(Refusal::End(format!("more than {limit} bytes unpacked in all")));
        }
        Ok(())
    }
}

/// What is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// This entry alone.
    Entry(String),
    /// This entry and all that follow.
    End(String),
}
