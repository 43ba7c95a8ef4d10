//! Facts by CVE id in a sorted file: 16 bytes for each of several hundred thousand ids.
//!
//! ```text
//! head       magic 8 | rows u64 | date i64 | pages u64
//! directory  the first key of each page, u64 each
//! checksum   XXH3-64 over head and directory
//! pages      4096 bytes each: 170 rows of key u64 + 16 bytes, padding, XXH3-64
//! ```
//! All numbers are little-endian. Opening reads the head and the directory (15 KB for 300,000
//! rows); a look-up reads one page and checks it. Every read is checked against the file, so a
//! damaged table is an error and nothing else.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use rawzip::{FileReader, ReaderAt};
use xxhash_rust::xxh3::xxh3_64;

use crate::KnowledgeError;

const MAGIC: [u8; 8] = *b"MSCVETB1";
const HEAD: usize = 32;
const PAGE: usize = 4096;
const ROW: usize = 24;
const ROWS: usize = (PAGE - 8) / ROW;
/// More pages than any real table will have: 170 million ids.
const MAX_PAGES: u64 = 1 << 20;

/// What a table holds for one id.
pub(crate) type Payload = [u8; 16];

/// A CVE id as a number that sorts by year, then by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct CveKey(u64);

impl CveKey {
    /// Reads `CVE-2021-44228`, in any case.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (prefix, rest) = text.split_at_checked(4)?;
        let (year, number) = rest.split_once('-')?;
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if !prefix.eq_ignore_ascii_case("cve-") || !digits(year) || !digits(number) {
            return None;
        }
        let year: u16 = year.parse().ok()?;
        let number: u64 = number.parse().ok().filter(|number| *number < 1 << 48)?;
        Some(Self(u64::from(year) << 48 | number))
    }
}

/// A table, opened.
#[derive(Debug)]
pub(crate) struct CveTable {
    path: PathBuf,
    file: FileReader,
    rows: u64,
    date: i64,
    first_keys: Vec<u64>,
}

/// Writes a table. Of rows with the same key the last one stays. `date` is for the caller.
pub(crate) fn write_table(
    mut rows: Vec<(CveKey, Payload)>,
    date: i64,
    output: &mut impl Write,
) -> std::io::Result<u64> {
    rows.reverse();
    rows.sort_by_key(|(key, _)| *key);
    rows.dedup_by_key(|(key, _)| *key);
    let pages = rows.chunks(ROWS);
    let mut head = Vec::with_capacity(HEAD + pages.len() * 8 + 8);
    head.extend_from_slice(&MAGIC);
    head.extend_from_slice(&(rows.len() as u64).to_le_bytes());
    head.extend_from_slice(&date.to_le_bytes());
    head.extend_from_slice(&(pages.len() as u64).to_le_bytes());
    for (key, _) in pages.clone().filter_map(<[_]>::first) {
        head.extend_from_slice(&key.0.to_le_bytes());
    }
    let checksum = xxh3_64(&head);
    head.extend_from_slice(&checksum.to_le_bytes());
    output.write_all(&head)?;
    let mut page = Vec::with_capacity(PAGE);
    for chunk in pages {
        page.clear();
        for (key, payload) in chunk {
            page.extend_from_slice(&key.0.to_le_bytes());
            page.extend_from_slice(payload);
        }
        page.resize(PAGE - 8, 0xff);
        let checksum = xxh3_64(&page);
        page.extend_from_slice(&checksum.to_le_bytes());
        output.write_all(&page)?;
    }
    Ok(rows.len() as u64)
}

impl CveTable {
    /// Opens a table and checks its head.
    pub(crate) fn open(path: &Path) -> Result<Self, KnowledgeError> {
        let file = File::open(path).map_err(KnowledgeError::io("open", path))?;
        let length = file.metadata().map_err(KnowledgeError::io("read", path))?.len();
        let file = FileReader::from(file);
        let damaged = |why: &str| KnowledgeError::damaged(path, why);
        let mut head = vec![0; HEAD];
        file.read_exact_at(&mut head, 0).map_err(|_| damaged("it ends in its head"))?;
        let pages = number(&head, 24).unwrap_or(u64::MAX);
        if head.get(..8) != Some(&MAGIC) {
            return Err(damaged("it is no table of CVE ids"));
        }
        let size = usize::try_from(pages).ok().filter(|_| pages <= MAX_PAGES);
        let size = size.ok_or_else(|| damaged("its head is impossible"))?;
        let due = HEAD + size * 8 + 8 + size * PAGE;
        if length != due as u64 {
            return Err(damaged("its length does not fit"));
        }
        head.resize(HEAD + size * 8 + 8, 0);
        file.read_exact_at(&mut head, 0).map_err(|_| damaged("it ends in its head"))?;
        let (checked, checksum) = head.split_at(HEAD + size * 8);
        if Some(xxh3_64(checked)) != number(checksum, 0) {
            return Err(damaged("the checksum of its head does not fit"));
        }
        let first_keys = (0..size).filter_map(|page| number(checked, HEAD + page * 8)).collect();
        let rows = number(checked, 8).unwrap_or(0);
        let date = number(checked, 16).map_or(0, u64::cast_signed);
        Ok(Self { path: path.to_owned(), file, rows, date, first_keys })
    }

    /// The date given when it was written.
    pub(crate) fn date(&self) -> i64 {
        self.date
    }

    /// What the table holds for an id.
    pub(crate) fn look_up(&self, key: CveKey) -> Result<Option<Payload>, KnowledgeError> {
        let after = self.first_keys.partition_point(|first| *first <= key.0);
        let Some(page) = after.checked_sub(1) else { return Ok(None) };
        let start = HEAD + self.first_keys.len() * 8 + 8 + page * PAGE;
        let mut bytes = [0; PAGE];
        self.file
            .read_exact_at(&mut bytes, start as u64)
            .map_err(KnowledgeError::io("read", &self.path))?;
        let (rows, checksum) = bytes.split_at(PAGE - 8);
        if Some(xxh3_64(rows)) != number(checksum, 0) {
            return Err(KnowledgeError::damaged(&self.path, "the checksum of a page does not fit"));
        }
        let in_page =
            usize::try_from(self.rows).unwrap_or(usize::MAX).saturating_sub(page * ROWS).min(ROWS);
        let mut found = rows.chunks_exact(ROW).take(in_page);
        let row = found.find(|row| number(row, 0) == Some(key.0));
        Ok(row.and_then(|row| row.get(8..)?.try_into().ok()))
    }
}

fn number(bytes: &[u8], offset: usize) -> Option<u64> {
    let bytes = bytes.get(offset..offset.checked_add(8)?)?;
    bytes.try_into().ok().map(u64::from_le_bytes)
}
