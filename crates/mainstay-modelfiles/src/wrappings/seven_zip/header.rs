//! The header of a 7z: which streams there are, how they are packed, and which files they hold.
//!
//! Format: `7zFormat.txt` of the LZMA SDK, "Archive structure". Every count is bounded by the bytes
//! that are there: each thing that is counted takes at least one.

use crate::cursor::{Cursor, Leaves};

/// Why a header could not be read.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Broken {
    /// It is cut off.
    Leaves(Leaves),
    /// It does not say what it has to.
    Says(&'static str),
}

impl From<Leaves> for Broken {
    fn from(leaves: Leaves) -> Self {
        Self::Leaves(leaves)
    }
}

/// The packed streams and what they unpack to.
#[derive(Debug, Default)]
pub(super) struct Streams {
    /// Where the first packed stream begins, behind the first 32 bytes of the file.
    pub(super) packed_at: u64,
    pub(super) packed_sizes: Vec<u64>,
    pub(super) folders: Vec<Folder>,
}

/// A chain of coders, and the files one after another that it gives.
#[derive(Debug, Default)]
pub(super) struct Folder {
    pub(super) coders: Vec<Coder>,
    /// The input of the one coder is the output of the other.
    pub(super) bound: Vec<(u64, u64)>,
    /// How many packed streams it takes.
    pub(super) packed_streams: u64,
    /// What each coder gives.
    pub(super) sizes: Vec<u64>,
    /// The files.
    pub(super) files: Vec<u64>,
    /// Whether its whole content has a checksum.
    has_checksum: bool,
}

#[derive(Debug)]
pub(super) struct Coder {
    pub(super) id: Vec<u8>,
    pub(super) inputs: u64,
    pub(super) outputs: u64,
    pub(super) properties: Vec<u8>,
}

/// A file of the archive.
#[derive(Debug, Default)]
pub(super) struct File {
    pub(super) path: String,
    pub(super) has_content: bool,
}

const END: u8 = 0;
const ARCHIVE_PROPERTIES: u8 = 2;
const MAIN_STREAMS: u8 = 4;
const FILES: u8 = 5;
const PACK_INFO: u8 = 6;
const UNPACK_INFO: u8 = 7;
const SUBSTREAMS: u8 = 8;
const SIZE: u8 = 9;
const CRC: u8 = 0x0A;
const FOLDER: u8 = 0x0B;
const UNPACK_SIZES: u8 = 0x0C;
const STREAM_COUNTS: u8 = 0x0D;
const EMPTY_STREAM: u8 = 0x0E;
const NAMES: u8 = 0x11;

/// Reads what follows the mark of a header.
pub(super) fn read(cursor: &mut Cursor<'_>) -> Result<(Streams, Vec<File>), Broken> {
    let (mut streams, mut files) = (Streams::default(), Vec::new());
    loop {
        match cursor.u8()? {
            END => return Ok((streams, files)),
            ARCHIVE_PROPERTIES => {
                while cursor.u8()? != END {
                    let length = number(cursor)?;
                    cursor.take(length)?;
                }
            }
            MAIN_STREAMS => streams = read_streams(cursor)?,
            FILES => files = read_files(cursor)?,
            _ => return Err(Broken::Says("it has a part of an unknown kind")),
        }
    }
}

/// Reads the description of streams.
pub(super) fn read_streams(cursor: &mut Cursor<'_>) -> Result<Streams, Broken> {
    let mut streams = Streams::default();
    loop {
        match cursor.u8()? {
            END => break,
            PACK_INFO => read_pack_info(cursor, &mut streams)?,
            UNPACK_INFO => streams.folders = read_folders(cursor)?,
            SUBSTREAMS => read_substreams(cursor, &mut streams.folders)?,
            _ => return Err(Broken::Says("its streams have a part of an unknown kind")),
        }
    }
    Ok(streams)
}

fn read_pack_info(cursor: &mut Cursor<'_>, streams: &mut Streams) -> Result<(), Broken> {
    streams.packed_at = number(cursor)?;
    let count = count(cursor)?;
    loop {
        match cursor.u8()? {
            END => return Ok(()),
            SIZE => streams.packed_sizes = numbers(cursor, count)?,
            CRC => drop(digests(cursor, count)?),
            _ => return Err(Broken::Says("its packed streams have a part of an unknown kind")),
        }
    }
}

fn read_folders(cursor: &mut Cursor<'_>) -> Result<Vec<Folder>, Broken> {
    let mut folders: Vec<Folder> = Vec::new();
    loop {
        match cursor.u8()? {
            END => return Ok(folders),
            FOLDER => {
                let count = count(cursor)?;
                refuse_external(cursor)?;
                for _ in 0..count {
                    folders.push(read_folder(cursor)?);
                }
            }
            UNPACK_SIZES => {
                for folder in &mut folders {
                    let outputs = folder.coders.iter().map(|coder| coder.outputs).sum();
                    folder.sizes = numbers(cursor, outputs)?;
                    folder.files = vec![final_size(folder)];
                }
            }
            CRC => {
                let defined = digests(cursor, folders.len() as u64)?;
                for (folder, is_defined) in folders.iter_mut().zip(defined) {
                    folder.has_checksum = is_defined;
                }
            }
            _ => return Err(Broken::Says("its folders have a part of an unknown kind")),
        }
    }
}

fn read_folder(cursor: &mut Cursor<'_>) -> Result<Folder, Broken> {
    let mut folder = Folder::default();
    let coders = number(cursor)?;
    // The reference reader takes at most four.
    if coders == 0 || coders > 32 {
        return Err(Broken::Says("it has a chain of more coders than any reader takes"));
    }
    for _ in 0..coders {
        let flags = cursor.u8()?;
        let id = cursor.take(u64::from(flags & 0x0F))?.to_vec();
        let (inputs, outputs) =
            if flags & 0x10 != 0 { (number(cursor)?, number(cursor)?) } else { (1, 1) };
        if inputs > 32 || outputs > 32 {
            return Err(Broken::Says("it has a coder of more streams than any reader takes"));
        }
        let length = if flags & 0x20 != 0 { number(cursor)? } else { 0 };
        let properties = cursor.take(length)?.to_vec();
        folder.coders.push(Coder { id, inputs, outputs, properties });
    }
    let inputs: u64 = folder.coders.iter().map(|coder| coder.inputs).sum();
    let outputs: u64 = folder.coders.iter().map(|coder| coder.outputs).sum();
    for _ in 1..outputs {
        folder.bound.push((number(cursor)?, number(cursor)?));
    }
    folder.packed_streams = inputs.saturating_sub(folder.bound.len() as u64);
    if folder.packed_streams == 0 {
        return Err(Broken::Says("it has a chain of coders that begins nowhere"));
    }
    if folder.packed_streams > 1 {
        numbers(cursor, folder.packed_streams)?;
    }
    Ok(folder)
}

/// What the coder gives whose output no other one takes.
fn final_size(folder: &Folder) -> u64 {
    let is_bound = |output: u64| folder.bound.iter().any(|(_, from)| *from == output);
    let found = (0..).zip(&folder.sizes).find(|(output, _)| !is_bound(*output));
    found.map_or(0, |(_, size)| *size)
}

fn read_substreams(cursor: &mut Cursor<'_>, folders: &mut [Folder]) -> Result<(), Broken> {
    let mut counts = vec![1; folders.len()];
    loop {
        match cursor.u8()? {
            END => return Ok(()),
            STREAM_COUNTS => {
                counts = numbers(cursor, folders.len() as u64)?;
                for (folder, count) in folders.iter_mut().zip(&counts) {
                    if *count == 0 {
                        folder.files.clear();
                    }
                }
            }
            SIZE => {
                for (folder, count) in folders.iter_mut().zip(&counts) {
                    let Some(stated) = count.checked_sub(1) else { continue };
                    let whole = final_size(folder);
                    folder.files = numbers(cursor, stated)?;
                    let before = folder.files.iter().copied().fold(0, u64::saturating_add);
                    folder.files.push(whole.saturating_sub(before));
                }
            }
            CRC => {
                let counted = folders.iter().zip(&counts);
                // A folder of one file may have its checksum already.
                let left = counted.map(|(folder, count)| match count {
                    1 if folder.has_checksum => 0,
                    count => *count,
                });
                digests(cursor, left.fold(0, u64::saturating_add))?;
            }
            _ => return Err(Broken::Says("its files have streams of an unknown kind")),
        }
    }
}

fn read_files(cursor: &mut Cursor<'_>) -> Result<Vec<File>, Broken> {
    let count = count(cursor)?;
    let mut files: Vec<File> = Vec::new();
    files.resize_with(usize::try_from(count).unwrap_or(0), || File {
        path: String::new(),
        has_content: true,
    });
    loop {
        let kind = cursor.u8()?;
        if kind == END {
            return Ok(files);
        }
        let length = number(cursor)?;
        let mut property = Cursor::new(cursor.take(length)?);
        match kind {
            NAMES => {
                refuse_external(&mut property)?;
                let units: Vec<u16> = property
                    .rest()
                    .chunks_exact(2)
                    .filter_map(|pair| pair.first_chunk().copied().map(u16::from_le_bytes))
                    .collect();
                for (file, name) in files.iter_mut().zip(units.split(|unit| *unit == 0)) {
                    file.path = String::from_utf16_lossy(name);
                }
            }
            EMPTY_STREAM => {
                let bits = property.rest();
                for (at, file) in files.iter_mut().enumerate() {
                    let byte = bits.get(at / 8).copied().unwrap_or(0);
                    file.has_content = byte & (0x80 >> (at % 8)) == 0;
                }
            }
            _ => {}
        }
    }
}

fn refuse_external(cursor: &mut Cursor<'_>) -> Result<(), Broken> {
    match cursor.u8()? {
        0 => Ok(()),
        _ => Err(Broken::Says("its header lies in another stream, which no packer does")),
    }
}

/// Passes over checksums, and says which of so many things have one.
fn digests(cursor: &mut Cursor<'_>, count: u64) -> Result<Vec<bool>, Broken> {
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    if count > cursor.rest().len().saturating_mul(8) {
        return Err(Broken::Says("it counts more checksums than it has room for"));
    }
    let mut defined = vec![true; count];
    if cursor.u8()? == 0 {
        let bits = cursor.take(count.div_ceil(8) as u64)?;
        for (at, is_defined) in defined.iter_mut().enumerate() {
            *is_defined = bits.get(at / 8).is_some_and(|byte| byte & (0x80 >> (at % 8)) != 0);
        }
    }
    let stated = defined.iter().filter(|is_defined| **is_defined).count();
    cursor.take((stated as u64).saturating_mul(4))?;
    Ok(defined)
}

/// How many of something follow.
fn count(cursor: &mut Cursor<'_>) -> Result<u64, Broken> {
    let count = number(cursor)?;
    if count > cursor.rest().len() as u64 {
        return Err(Broken::Says("it counts more than it has room for"));
    }
    Ok(count)
}

fn numbers(cursor: &mut Cursor<'_>, count: u64) -> Result<Vec<u64>, Broken> {
    if count > cursor.rest().len() as u64 {
        return Err(Broken::Says("it counts more than it has room for"));
    }
    (0..count).map(|_| number(cursor).map_err(Broken::from)).collect()
}

/// A number of up to nine bytes: as many ones as its first byte begins with, so many bytes follow.
fn number(cursor: &mut Cursor<'_>) -> Result<u64, Leaves> {
    let first = cursor.u8()?;
    let following = first.leading_ones();
    let mut value = 0;
    for at in 0..following {
        value |= u64::from(cursor.u8()?) << (8 * at);
    }
    if following < 7 {
        let high = u64::from(first & (0x7F >> following));
        value |= high << (8 * following);
    }
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_as_many_bytes_as_its_first_one_says() {
        for (bytes, value) in [
            (&[0x7F][..], 0x7F),
            (&[0x81, 0x02], 0x102),
            (&[0xC1, 0x02, 0x03], 0x1_0302),
            (&[0xFF, 1, 2, 3, 4, 5, 6, 7, 8], 0x0807_0605_0403_0201),
        ] {
            assert_eq!(number(&mut Cursor::new(bytes)), Ok(value));
        }
    }
}
