//! The layout of an index file. All numbers are little-endian.
//!
//! | part | place | what |
//! | --- | --- | --- |
//! | head | the first 4096 bytes | magic, format, checksum, sizes, sections, facts |
//! | page table | after the head | one XXH3 checksum (64 bits) for each 4096 bytes that follow |
//! | sections | each on a page border | see [`Section`] |
//!
//! The head's checksum covers the head, and through a checksum in it the page table; the page
//! table covers the rest. So no byte that an answer depends on goes unchecked, yet opening reads
//! only the head and the table.
//!
//! A *blob* is a length as a LEB128 number and that many bytes. Names, version texts, rules and
//! advisories are blobs, named by their 32-bit offset in their section.

use std::borrow::Cow;

use jiff::Timestamp;
use mainstay_types::Ecosystem;
use xxhash_rust::xxh3::xxh3_64;

use crate::IndexFacts;
use crate::bytes::{Cursor, Damage};

pub(crate) const PAGE: usize = 4096;
pub(crate) const MAGIC: [u8; 8] = *b"MSTAYIDX";
/// Raise it with every change of the layout, or of the names that packages are looked up by.
pub(crate) const FORMAT: u32 = 3;
/// The checksum of the head stands here; it covers what follows it.
const CHECKED_FROM: usize = 24;
/// A longer line about the sources is cut.
const MAX_SOURCES_BYTES: usize = 2048;

/// The sections, in the order in which they lie in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Section {
    /// Where in the names each run of equal leading hash bits begins, and the end.
    Directory,
    /// The low 32 bits of each name's hash.
    Tags,
    /// Per name: its text, its first row, its number of rows. A name with nothing before its
    /// release has no rows: it says that there are records for this release.
    Names,
    /// Per row: its advisory, its rule.
    Rows,
    /// Blobs: what is affected; see [`crate::rule`].
    Rules,
    /// Blobs: what is said; see [`crate::advisory`].
    Advisories,
    /// Per id or alias, sorted: 32 bits of its hash, its advisory.
    Ids,
    /// Blobs: names, versions, commits, vectors, reasons.
    Texts,
}

impl Section {
    pub(crate) const COUNT: usize = 8;
}

/// Where a section lies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Extent {
    pub(crate) start: usize,
    pub(crate) len: usize,
}

/// Everything that the head says.
#[derive(Clone, Debug)]
pub(crate) struct Head {
    pub(crate) file_len: usize,
    /// Pages behind the page table.
    pub(crate) pages: usize,
    pub(crate) table_checksum: u64,
    pub(crate) directory_bits: u32,
    pub(crate) sections: [Extent; Section::COUNT],
    pub(crate) ecosystem: Ecosystem,
    pub(crate) facts: IndexFacts,
}

impl Head {
    /// Where the page table ends and the sections begin.
    pub(crate) fn data_start(pages: usize) -> Option<usize> {
        pages.checked_mul(8)?.checked_next_multiple_of(PAGE)?.checked_add(PAGE)
    }

    pub(crate) fn extent(&self, section: Section) -> Extent {
        self.sections.get(section as usize).copied().unwrap_or_default()
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut rest = Vec::with_capacity(PAGE);
        for number in [self.file_len, self.pages] {
            rest.extend((number as u64).to_le_bytes());
        }
        rest.extend(self.table_checksum.to_le_bytes());
        rest.extend(self.directory_bits.to_le_bytes());
        for extent in self.sections {
            rest.extend((extent.start as u64).to_le_bytes());
            rest.extend((extent.len as u64).to_le_bytes());
        }
        put_text(&mut rest, self.ecosystem.osv_name());
        rest.extend(self.facts.built_from);
        put_moment(&mut rest, self.facts.as_of);
        put_moment(&mut rest, self.facts.newest);
        rest.extend(self.facts.records.to_le_bytes());
        let sources = &self.facts.sources;
        put_text(
            &mut rest,
            sources.get(..sources.floor_char_boundary(MAX_SOURCES_BYTES)).unwrap_or(""),
        );
        rest.resize(PAGE - CHECKED_FROM, 0);

        let mut head = Vec::with_capacity(PAGE);
        head.extend(MAGIC);
        head.extend(FORMAT.to_le_bytes());
        head.extend([0; 4]);
        head.extend(xxh3_64(&rest).to_le_bytes());
        head.extend(rest);
        head
    }

    /// Reads a head whose magic and format were checked, and checks that its parts fit the file.
    pub(crate) fn decode(page: &[u8], file_len: usize) -> Result<Self, Damage> {
        let (fixed, rest) = page.split_at_checked(CHECKED_FROM).ok_or(Damage("a short head"))?;
        let stored = fixed.get(CHECKED_FROM - 8..).and_then(|bytes| bytes.try_into().ok());
        if fixed.get(12..16) != Some(&[0; 4])
            || stored.map(u64::from_le_bytes) != Some(xxh3_64(rest))
        {
            return Err(Damage("the checksum of the head"));
        }
        let mut cursor = Cursor::new(rest);
        let head = Self {
            file_len: cursor.size()?,
            pages: cursor.size()?,
            table_checksum: cursor.u64()?,
            directory_bits: cursor.u32()?,
            sections: {
                let mut sections = [Extent::default(); Section::COUNT];
                for extent in &mut sections {
                    *extent = Extent { start: cursor.size()?, len: cursor.size()? };
                }
                sections
            },
            ecosystem: Ecosystem::from_osv_name(cursor.text()?)
                .ok_or(Damage("an ecosystem that is unknown here"))?,
            facts: IndexFacts {
                built_from: cursor.array()?,
                as_of: cursor.moment()?,
                newest: cursor.moment()?,
                records: cursor.u64()?,
                sources: cursor.text()?.to_owned(),
            },
        };
        head.fits(file_len)
            .then_some(head)
            .ok_or(Damage("its length, or the place of its sections"))
    }

    fn fits(&self, file_len: usize) -> bool {
        let Some(start) = Self::data_start(self.pages) else { return false };
        let end = self.pages.checked_mul(PAGE).and_then(|len| start.checked_add(len));
        let inside = |extent: &Extent| {
            extent.start >= start
                && extent.start.checked_add(extent.len).is_some_and(|end| end <= file_len)
        };
        end == Some(self.file_len)
            && self.file_len == file_len
            && self.sections.iter().all(inside)
            && self.directory_bits <= MAX_DIRECTORY_BITS
            && self.extent(Section::Directory).len == 4 * ((1 << self.directory_bits) + 1)
    }
}

/// The longest text of [`Section::Texts`]. Real ones have less than 200 bytes; the limit keeps a
/// made-up file from having one huge text read again and again.
pub(crate) const MAX_TEXT_BYTES: usize = 8192;

/// 16 million runs; more names than that share runs.
pub(crate) const MAX_DIRECTORY_BITS: u32 = 24;

/// The hash of a name's text.
pub(crate) fn hash(text: &[u8]) -> u64 {
    xxh3_64(text)
}

/// The run of the directory in which a hash lies.
pub(crate) fn directory_run(hash: u64, bits: u32) -> usize {
    // A shift by all 64 bits is what no bits mean: everything is in run 0.
    usize::try_from(hash.checked_shr(64 - bits).unwrap_or(0)).unwrap_or(0)
}

/// The low 32 bits of a hash.
pub(crate) fn low_half(hash: u64) -> u32 {
    let [a, b, c, d, ..] = hash.to_le_bytes();
    u32::from_le_bytes([a, b, c, d])
}

/// The text under which a name is stored. A name holds no control characters, so the border to
/// the release cannot be mistaken.
pub(crate) fn name_text<'a>(key: &'a str, release: Option<&str>) -> Cow<'a, str> {
    match release {
        None => key.into(),
        Some(release) => format!("{key}\0{release}").into(),
    }
}

/// The hash of an id; ids are asked for in any case.
pub(crate) fn id_hash(id: &str) -> u32 {
    low_half(xxh3_64(id.to_ascii_lowercase().as_bytes()))
}

pub(crate) fn put_number(out: &mut Vec<u8>, mut number: u32) {
    while number >= 0x80 {
        out.push(number.to_le_bytes()[0] | 0x80);
        number >>= 7;
    }
    out.push(number.to_le_bytes()[0]);
}

/// Writes a text with its length. No text is near 4 GiB: its record's document was smaller.
pub(crate) fn put_text(out: &mut Vec<u8>, text: &str) {
    put_number(out, u32::try_from(text.len()).unwrap_or(u32::MAX));
    out.extend(text.as_bytes());
}

pub(crate) fn put_moment(out: &mut Vec<u8>, moment: Option<Timestamp>) {
    out.push(u8::from(moment.is_some()));
    if let Some(moment) = moment {
        out.extend(moment.as_second().to_le_bytes());
        out.extend(moment.subsec_nanosecond().to_le_bytes());
    }
}
