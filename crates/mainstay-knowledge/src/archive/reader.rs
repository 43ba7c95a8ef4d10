//! Entry after entry of a zip.

use std::fmt;
use std::fs::File;
use std::path::Path;

use libdeflater::{DecompressionError, Decompressor};
use rawzip::{CompressionMethod, ReaderAt, ZipArchive, ZipLocator};

use super::window::WindowReader;
use super::{Allowance, Refusal};

/// A zip, opened.
#[derive(Debug)]
pub(crate) struct Archive {
    zip: ZipArchive<WindowReader>,
    bytes: u64,
}

/// An entry, before it is read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry<'a> {
    /// The name, in whatever encoding.
    pub(crate) name: &'a [u8],
    /// Its place in the directory, from 0.
    pub(crate) ordinal: u32,
    method: CompressionMethod,
    crc: u32,
    plain: u64,
}

/// An entry, read.
#[derive(Debug)]
pub(crate) enum Read<'a> {
    /// The unpacked bytes, and the packed ones as they stand in the archive.
    Bytes { plain: &'a [u8], packed: Packed<'a> },
    /// Not unpacked, for this reason.
    Refused(String),
}

/// The packed bytes of an entry, to be copied as they are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Packed<'a> {
    pub(crate) bytes: &'a [u8],
    pub(crate) method: CompressionMethod,
    pub(crate) crc: u32,
    pub(crate) plain: u64,
}

/// Buffers that are used for entry after entry.
pub(crate) struct Inflater {
    state: Decompressor,
    packed: Vec<u8>,
    packed_len: usize,
    /// The unpacked bytes, and the margin.
    plain: Vec<u8>,
}

/// Room behind the unpacked bytes. Inflating is quick only where it need not look at each byte
/// whether there is room for one more; records are so small that their ends count.
const MARGIN: usize = 512;

impl Inflater {
    pub(crate) fn new() -> Self {
        let state = Decompressor::new();
        Self { state, packed: Vec::new(), packed_len: 0, plain: Vec::new() }
    }
}

impl fmt::Debug for Inflater {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inflater").finish_non_exhaustive()
    }
}

impl Archive {
    /// Opens a zip. The problem is for a person to read.
    pub(crate) fn open(path: &Path) -> Result<Self, String> {
        let file = File::open(path).map_err(|error| error.to_string())?;
        let bytes = file.metadata().map_err(|error| error.to_string())?.len();
        let mut buffer = vec![0; rawzip::RECOMMENDED_BUFFER_SIZE];
        let zip = ZipLocator::new()
            .locate_in_reader(WindowReader::new(file), &mut buffer, bytes)
            .map_err(|(_, error)| format!("not a whole zip: {error}"))?;
        Ok(Self { zip, bytes })
    }

    /// Reads every file in the archive that `wanted` asks for, in the order of its directory.
    /// Folders are passed over.
    ///
    /// The outer error is the visitor's; the inner one says why the archive could not be read to
    /// its end.
    pub(crate) fn read_entries<E>(
        &self,
        inflater: &mut Inflater,
        allowance: &mut Allowance,
        mut wanted: impl FnMut(&Entry<'_>) -> bool,
        mut visit: impl FnMut(&Entry<'_>, Read<'_>) -> Result<(), E>,
    ) -> Result<Result<(), String>, E> {
        let mut buffer = vec![0; rawzip::MAX_CENTRAL_DIRECTORY_RECORD_SIZE];
        let mut entries = self.zip.entries(&mut buffer);
        let mut packed_total = 0_u64;
        let mut ordinal = 0_u32;
        loop {
            let record = match entries.next_entry() {
                Ok(Some(record)) => record,
                Ok(None) => break,
                Err(error) => return Ok(Err(format!("the directory is damaged: {error}"))),
            };
            if record.is_dir() {
                continue;
            }
            let entry = Entry {
                name: record.file_path().as_bytes(),
                ordinal,
                method: record.compression_method(),
                crc: record.crc32(),
                plain: record.uncompressed_size_hint(),
            };
            ordinal = ordinal.saturating_add(1);
            // Entries that share bytes are how a small archive unpacks to a huge one; then the
            // sizes add up to more than the archive has.
            packed_total = packed_total.saturating_add(record.compressed_size_hint());
            if packed_total > self.bytes {
                return Ok(Err("entries overlap".to_owned()));
            }
            if !wanted(&entry) {
                continue;
            }
            let refused = if record.flags().is_encrypted() {
                Err(Refusal::Entry("it is encrypted".to_owned()))
            } else {
                allowance.take(record.compressed_size_hint(), entry.plain)
            };
            match refused {
                Ok(()) => visit(&entry, self.read(record.wayfinder(), &entry, inflater))?,
                Err(Refusal::Entry(reason)) => visit(&entry, Read::Refused(reason))?,
                Err(Refusal::End(reason)) => return Ok(Err(reason)),
            }
        }
        if u64::from(ordinal) == 0 && self.zip.entries_hint() > 0 {
            return Ok(Err("the directory is damaged: it lists no file".to_owned()));
        }
        Ok(Ok(()))
    }

    fn read<'b>(
        &self,
        wayfinder: rawzip::ZipArchiveEntryWayfinder,
        entry: &Entry<'_>,
        inflater: &'b mut Inflater,
    ) -> Read<'b> {
        match self.unpack(wayfinder, entry, inflater) {
            Ok(length) => Read::Bytes {
                plain: inflater.plain.get(..length).unwrap_or(&[]),
                packed: Packed {
                    bytes: inflater.packed.get(..inflater.packed_len).unwrap_or(&[]),
                    method: entry.method,
                    crc: entry.crc,
                    plain: entry.plain,
                },
            },
            Err(reason) => Read::Refused(reason),
        }
    }

    /// Unpacks an entry into the buffers; gives the number of bytes.
    fn unpack(
        &self,
        wayfinder: rawzip::ZipArchiveEntryWayfinder,
        entry: &Entry<'_>,
        inflater: &mut Inflater,
    ) -> Result<usize, String> {
        let found = self.zip.get_entry(wayfinder).map_err(|error| error.to_string())?;
        let (start, end) = found.compressed_data_range();
        let size = end.checked_sub(start).filter(|_| end <= self.bytes);
        let size = size.and_then(|size| usize::try_from(size).ok()).ok_or("it lies outside")?;
        let length = usize::try_from(entry.plain).map_err(|error| error.to_string())?;
        inflater.packed_len = size;
        if inflater.packed.len() < size {
            inflater.packed.resize(size, 0);
        }
        let packed = inflater.packed.get_mut(..size).unwrap_or_default();
        self.zip.get_ref().read_exact_at(packed, start).map_err(|error| error.to_string())?;
        if inflater.plain.len() < length + MARGIN {
            inflater.plain.resize(length + MARGIN, 0);
        }
        let written = match entry.method {
            CompressionMethod::STORE => store(inflater),
            CompressionMethod::DEFLATE => inflate(inflater, length),
            method => return Err(format!("packed by a method that is not read: {method}")),
        }
        .map_err(|error| format!("damaged: {error}"))?;
        let plain = inflater.plain.get(..length).unwrap_or(&[]);
        if written != length {
            return Err(format!("damaged: {written} bytes where {length} are due"));
        }
        if libdeflater::crc32(plain) != entry.crc {
            return Err("damaged: its checksum does not fit".to_owned());
        }
        Ok(length)
    }
}

fn store(inflater: &mut Inflater) -> Result<usize, &'static str> {
    let packed = inflater.packed.get(..inflater.packed_len).unwrap_or(&[]);
    let room = inflater.plain.get_mut(..packed.len()).ok_or(TOO_LONG)?;
    room.copy_from_slice(packed);
    Ok(packed.len())
}

/// More than announced fits, so that a longer entry shows.
fn inflate(inflater: &mut Inflater, length: usize) -> Result<usize, &'static str> {
    let Inflater { state, packed, packed_len, plain } = inflater;
    let packed = packed.get(..*packed_len).unwrap_or(&[]);
    let room = plain.get_mut(..length + MARGIN).unwrap_or_default();
    state.deflate_decompress(packed, room).map_err(|error| match error {
        DecompressionError::BadData => "it is cut off, or no deflate stream",
        DecompressionError::InsufficientSpace => TOO_LONG,
    })
}

const TOO_LONG: &str = "more bytes than announced";
