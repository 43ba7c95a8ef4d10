//! Laying out the collected parts and writing the file.

use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::path::Path;

use tempfile::NamedTempFile;
use xxhash_rust::xxh3::xxh3_64;

use super::{IndexBuilder, IndexFacts, IndexStats};
use crate::BuildError;
use crate::layout::{
    Extent, Head, MAX_DIRECTORY_BITS, PAGE, Section, directory_run, hash, low_half,
};

pub(super) fn write(
    mut builder: IndexBuilder,
    path: &Path,
    facts: &IndexFacts,
) -> Result<IndexStats, BuildError> {
    let parts = [
        ("the texts", builder.texts.blobs()),
        ("the rules", &builder.rules),
        ("the advisories", &builder.advisories),
    ];
    if let Some((what, _)) = parts.into_iter().find(|(_, blobs)| blobs.is_full()) {
        return Err(BuildError::TooLarge { what });
    }
    let too_many = |_| BuildError::TooLarge { what: "the rows" };
    u32::try_from(builder.rows.len()).map_err(too_many)?;
    builder.ids.sort_unstable();
    // A stable sort: the rows of a name stay in the order in which they were added.
    builder.rows.sort_by_key(|row| row.name);
    let names = names(&builder);
    let directory_bits = names.len().max(1).ilog2().min(MAX_DIRECTORY_BITS);
    let tables = [
        numbers(directory(&names, directory_bits)),
        numbers(names.iter().map(|name| low_half(name.hash))),
        numbers(names.iter().flat_map(|name| [name.text, name.first_row, name.rows])),
        numbers(builder.rows.iter().flat_map(|row| [row.advisory, row.rule])),
        numbers(builder.ids.iter().flat_map(|(hash, advisory)| [*hash, *advisory])),
    ];
    let [directory, tags, name_table, rows, ids] = &tables;
    let sections: [&[u8]; Section::COUNT] = [
        directory,
        tags,
        name_table,
        rows,
        builder.rules.bytes(),
        builder.advisories.bytes(),
        ids,
        builder.texts.blobs().bytes(),
    ];
    let (head, table) = lay_out(&sections, directory_bits, &builder, facts);
    replace(path, &head, &table, &sections)
        .map_err(|source| BuildError::Io { path: path.to_owned(), source })?;
    Ok(IndexStats {
        advisories: builder.records,
        names: (names.len() - builder.releases.len()) as u64,
        rows: builder.rows.len() as u64,
        bytes: head.file_len as u64,
    })
}

struct Name {
    hash: u64,
    text: u32,
    first_row: u32,
    rows: u32,
}

/// The names in the order of their hashes, with their rows, and the marks of the releases.
fn names(builder: &IndexBuilder) -> Vec<Name> {
    let mut names = Vec::new();
    let mut first_row = 0;
    for rows in builder.rows.chunk_by(|a, b| a.name == b.name) {
        let Some(row) = rows.first() else { continue };
        let count = u32::try_from(rows.len()).unwrap_or(u32::MAX);
        let hash = hash(builder.texts.blobs().get(row.name));
        names.push(Name { hash, text: row.name, first_row, rows: count });
        first_row += count;
    }
    names.extend(builder.releases.iter().map(|mark| {
        let hash = hash(builder.texts.blobs().get(*mark));
        Name { hash, text: *mark, first_row: 0, rows: 0 }
    }));
    names.sort_unstable_by_key(|name| (name.hash, name.text));
    names
}

/// For each run of leading bits the position of its first name, and the end of the last run.
fn directory(names: &[Name], bits: u32) -> impl Iterator<Item = u32> {
    (0..=1_usize << bits).map(move |run| {
        let position = names.partition_point(|name| directory_run(name.hash, bits) < run);
        u32::try_from(position).unwrap_or(u32::MAX)
    })
}

fn numbers(numbers: impl Iterator<Item = u32>) -> Vec<u8> {
    numbers.flat_map(u32::to_le_bytes).collect()
}

/// The head, and the checksum of each page.
fn lay_out(
    sections: &[&[u8]; Section::COUNT],
    directory_bits: u32,
    builder: &IndexBuilder,
    facts: &IndexFacts,
) -> (Head, Vec<u8>) {
    let pages = sections.iter().map(|section| section.len().div_ceil(PAGE)).sum();
    // No overflow: the sections are in memory.
    let data_start = Head::data_start(pages).unwrap_or(PAGE);
    let mut table = Vec::with_capacity(data_start - PAGE);
    let mut extents = [Extent::default(); Section::COUNT];
    let mut start = data_start;
    for (section, extent) in sections.iter().zip(&mut extents) {
        *extent = Extent { start, len: section.len() };
        for page in section.chunks(PAGE) {
            let checksum = if page.len() == PAGE {
                xxh3_64(page)
            } else {
                let mut padded = page.to_vec();
                padded.resize(PAGE, 0);
                xxh3_64(&padded)
            };
            table.extend(checksum.to_le_bytes());
            start += PAGE;
        }
    }
    table.resize(data_start - PAGE, 0);
    let head = Head {
        file_len: start,
        pages,
        table_checksum: xxh3_64(&table),
        directory_bits,
        sections: extents,
        ecosystem: builder.ecosystem,
        facts: facts.clone(),
    };
    (head, table)
}

/// Writes beside the file and renames over it, so that a reader sees the old or the new index
/// and a full disk leaves the old one. On failure the temporary file is removed.
fn replace(path: &Path, head: &Head, table: &[u8], sections: &[&[u8]]) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    let file = temporary(folder)?;
    let mut out = BufWriter::with_capacity(1 << 16, file.as_file());
    out.write_all(&head.encode())?;
    out.write_all(table)?;
    for section in sections {
        out.write_all(section)?;
        let padding = section.len().next_multiple_of(PAGE) - section.len();
        out.write_all([0; PAGE].get(..padding).unwrap_or_default())?;
    }
    out.flush()?;
    drop(out);
    file.as_file().sync_all()?;
    file.persist(path)?;
    sync_folder(folder);
    Ok(())
}

/// Others may read the index: one person fills a shared data folder, many scan with it.
#[cfg(unix)]
fn temporary(folder: &Path) -> io::Result<NamedTempFile> {
    use std::os::unix::fs::PermissionsExt as _;

    let readable = std::fs::Permissions::from_mode(0o644);
    tempfile::Builder::new().prefix(".index-").permissions(readable).tempfile_in(folder)
}

#[cfg(not(unix))]
fn temporary(folder: &Path) -> io::Result<NamedTempFile> {
    tempfile::Builder::new().prefix(".index-").tempfile_in(folder)
}

/// Makes the rename last through a power cut. Not every file system can; the file itself is
/// whole in any case.
fn sync_folder(folder: &Path) {
    if let Ok(folder) = File::open(folder) {
        folder.sync_all().ok();
    }
}
