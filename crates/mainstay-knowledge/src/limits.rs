//! How much an import takes in before it refuses.

/// The limits of an import, against archives made to fill memory or disk. The OSV bucket's whole
/// export stays far below all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Entries of one zip, and files of one folder.
    pub entries: u64,
    /// Bytes of one record, unpacked.
    pub entry_bytes: u64,
    /// Bytes of one import, unpacked.
    pub total_bytes: u64,
    /// How many times larger than packed an entry above one MiB may be.
    pub ratio: u64,
}

impl Default for Limits {
    /// 4 million entries, 64 MiB each, 64 GiB in all, 200 times the packed size.
    fn default() -> Self {
        Self { entries: 4_000_000, entry_bytes: 64 << 20, total_bytes: 64 << 30, ratio: 200 }
    }
}
