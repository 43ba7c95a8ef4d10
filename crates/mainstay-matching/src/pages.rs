//! The mapped file, page by page: a page's checksum is compared when the page is first read.

use mainstay_mapping::Mapping;
use std::sync::atomic::{AtomicU64, Ordering};

use xxhash_rust::xxh3::xxh3_64;

use crate::bytes::{Cursor, Damage, text};
use crate::layout::{Extent, Head, MAX_TEXT_BYTES, PAGE, Section};

#[derive(Debug)]
pub(crate) struct Pages {
    mapping: Mapping,
    head: Head,
    data_start: usize,
    /// One bit per page: its checksum was compared and was right.
    checked: Box<[AtomicU64]>,
}

/// The longest length of a blob: a LEB128 number of 32 bits.
const MAX_LENGTH_BYTES: usize = 5;

impl Pages {
    /// Takes a mapped file with the head read from it, and checks the page table.
    pub(crate) fn new(mapping: Mapping, head: Head) -> Result<Self, Damage> {
        let data_start = Head::data_start(head.pages).ok_or(Damage("the number of pages"))?;
        let table =
            mapping.bytes().get(PAGE..data_start).ok_or(Damage("the page table is cut off"))?;
        if xxh3_64(table) != head.table_checksum {
            return Err(Damage("the checksum of the page table"));
        }
        let words = head.pages.div_ceil(64);
        let checked = std::iter::repeat_with(AtomicU64::default).take(words).collect();
        Ok(Self { mapping, head, data_start, checked })
    }

    pub(crate) fn head(&self) -> &Head {
        &self.head
    }

    /// Bytes of a section, checked.
    pub(crate) fn bytes(&self, section: Section, at: usize, len: usize) -> Result<&[u8], Damage> {
        let Extent { start, len: limit } = self.head.extent(section);
        let end = at.checked_add(len).filter(|end| *end <= limit);
        let end = end.ok_or(Damage("a reference leads out of its section"))?;
        self.checked(start + at, start + end)
    }

    /// A blob, and the offset behind it.
    pub(crate) fn blob(&self, section: Section, at: u32) -> Result<(&[u8], usize), Damage> {
        let at = usize::try_from(at).map_err(|_| Damage("a reference is too large"))?;
        let left = self.head.extent(section).len.saturating_sub(at);
        let length = self.bytes(section, at, left.min(MAX_LENGTH_BYTES))?;
        let mut cursor = Cursor::new(length);
        let len = usize::try_from(cursor.number()?).map_err(|_| Damage("a blob is too long"))?;
        let start = at + length.len() - cursor.left();
        Ok((self.bytes(section, start, len)?, start + len))
    }

    /// A text of [`Section::Texts`].
    pub(crate) fn text(&self, at: u32) -> Result<&str, Damage> {
        let (blob, _) = self.blob(Section::Texts, at)?;
        if blob.len() > MAX_TEXT_BYTES {
            return Err(Damage("a text is too long"));
        }
        text(blob)
    }

    /// Checks every page.
    pub(crate) fn check_all(&self) -> Result<(), Damage> {
        (0..self.head.pages).try_for_each(|page| self.check(page))
    }

    fn checked(&self, start: usize, end: usize) -> Result<&[u8], Damage> {
        let first = (start - self.data_start) / PAGE;
        let behind = (end - self.data_start).div_ceil(PAGE);
        for page in first..behind {
            let word = self.checked.get(page / 64).ok_or(Damage("a page is missing"))?;
            // Relaxed is enough: the bit guards nothing but work done twice.
            if word.load(Ordering::Relaxed) >> (page % 64) & 1 == 0 {
                self.check(page)?;
            }
        }
        self.mapping.bytes().get(start..end).ok_or(Damage("a page is missing"))
    }

    fn check(&self, page: usize) -> Result<(), Damage> {
        let missing = Damage("a page is missing");
        let entry = self.mapping.bytes().get(PAGE + page * 8..).ok_or(missing)?;
        let expected = Cursor::new(entry).u64()?;
        let start = self.data_start + page * PAGE;
        let bytes = self.mapping.bytes().get(start..start + PAGE).ok_or(missing)?;
        if xxh3_64(bytes) != expected {
            return Err(Damage("the checksum of a page"));
        }
        let word = self.checked.get(page / 64).ok_or(missing)?;
        word.fetch_or(1 << (page % 64), Ordering::Relaxed);
        Ok(())
    }
}
