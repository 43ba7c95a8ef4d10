//! The records of a zip: what stands in front of a member, behind it, and in the directory.
//!
//! Format: PKWARE APPNOTE 6.3.10, sections 4.3.7 (local header), 4.3.9 (data descriptor), 4.3.12
//! (directory), 4.5.3 (64-bit sizes), 4.6.9 (second name).

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::cursor::{Cursor, Leaves};

pub(super) const LOCAL: &[u8; 4] = b"PK\x03\x04";
pub(super) const LISTED: &[u8; 4] = b"PK\x01\x02";
pub(super) const DESCRIPTOR: &[u8; 4] = b"PK\x07\x08";

/// Sizes and checksum stand behind the data.
const SIZES_LATER: u16 = 1 << 3;
const UTF8: u16 = 1 << 11;
/// Encryption of members (1), patches (5), strong encryption (6), masked headers (13).
pub(super) const ENCRYPTED: u16 = 1 | 1 << 6 | 1 << 13;
/// The flags that an honest packer of models may set: hints of the packing (1, 2), later sizes,
/// UTF-8.
const HONEST: u16 = 1 << 1 | 1 << 2 | SIZES_LATER | UTF8;

const ZIP64: u16 = 0x0001;
const UNICODE_PATH: u16 = 0x7075;

/// What one header says of a member.
#[derive(Clone, Copy, Debug)]
pub(super) struct Header<'a> {
    /// The version that is needed, as its one byte.
    pub(super) needed: u8,
    pub(super) flags: u16,
    pub(super) method: u16,
    pub(super) crc: u32,
    pub(super) packed: u64,
    pub(super) plain: u64,
    pub(super) raw_name: &'a [u8],
    pub(super) extra: &'a [u8],
}

impl<'a> Header<'a> {
    /// The name as text. One in some code page, which a zip does not name, has its bytes above
    /// ASCII written as `%E4`.
    pub(super) fn name(&self) -> Cow<'a, str> {
        if self.flags & UTF8 != 0 || std::str::from_utf8(self.raw_name).is_ok() {
            return String::from_utf8_lossy(self.raw_name);
        }
        let mut name = String::new();
        for byte in self.raw_name {
            let _ = match byte {
                byte if byte.is_ascii() => write!(name, "{}", char::from(*byte)),
                byte => write!(name, "%{byte:02X}"),
            };
        }
        name.into()
    }

    pub(super) fn has_later_sizes(&self) -> bool {
        self.flags & SIZES_LATER != 0
    }

    /// What other readers of zips refuse, and the reader of PyTorch does not look at.
    pub(super) fn oddity(&self) -> Option<&'static str> {
        if self.flags & ENCRYPTED != 0 {
            Some("says that it is encrypted")
        } else if self.flags & !HONEST != 0 && self.method != 9 {
            Some("has flags set that no packer sets")
        } else if self.needed > 63 {
            Some("says that it needs a version of zip that does not exist")
        } else if self.flags & UTF8 != 0 && std::str::from_utf8(self.raw_name).is_err() {
            Some("says that its name is UTF-8, and it is not")
        } else if !is_extra_whole(self.extra) {
            Some("has extra fields that are broken")
        } else {
            None
        }
    }

    /// The second name that Info-ZIP writes; some readers believe the one, some the other.
    pub(super) fn second_name(&self) -> Option<Cow<'a, str>> {
        let value = extra_field(self.extra, UNICODE_PATH)?;
        let name = value.get(5..)?;
        (name != self.raw_name && self.raw_name.is_ascii()).then(|| String::from_utf8_lossy(name))
    }
}

/// The header in front of a member.
#[derive(Clone, Copy, Debug)]
pub(super) struct Local<'a> {
    pub(super) header: Header<'a>,
    /// Where its data begin.
    pub(super) data_at: u64,
}

/// Reads the header that begins here.
pub(super) fn local(bytes: &[u8], at: u64) -> Option<Local<'_>> {
    read_local(bytes, at).ok().flatten()
}

fn read_local(bytes: &[u8], at: u64) -> Result<Option<Local<'_>>, Leaves> {
    let mut cursor = Cursor::new(bytes);
    cursor.go_to(at)?;
    if cursor.array::<4>()? != *LOCAL {
        return Ok(None);
    }
    let [needed, _] = cursor.array()?;
    let (flags, method, _time) = (cursor.u16()?, cursor.u16()?, cursor.u32()?);
    let (crc, packed, plain) = (cursor.u32()?, cursor.u32()?, cursor.u32()?);
    let (name, extra) = (cursor.u16()?, cursor.u16()?);
    let raw_name = cursor.take(u64::from(name))?;
    let extra = cursor.take(u64::from(extra))?;
    let mut long = Cursor::new(extra_field(extra, ZIP64).unwrap_or_default());
    let plain = long_size(plain, &mut long);
    let packed = long_size(packed, &mut long);
    let header = Header { needed, flags, method, crc, packed, plain, raw_name, extra };
    Ok(Some(Local { header, data_at: cursor.at() }))
}

/// A member as the directory lists it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Listed<'a> {
    pub(super) header: Header<'a>,
    /// Where its local header begins, as it is written.
    pub(super) offset: u64,
    /// The number of the disk that it begins on.
    pub(super) disk: u16,
    /// The mode of Unix. Unpackers follow it whichever system the zip says it was made on.
    pub(super) mode: u32,
}

/// Reads the next entry of a directory; `None` when there is none.
pub(super) fn listed<'a>(cursor: &mut Cursor<'a>) -> Result<Option<Listed<'a>>, Leaves> {
    if !cursor.rest().starts_with(LISTED) {
        return Ok(None);
    }
    cursor.take(4)?;
    let [_version, _system] = cursor.array()?;
    let [needed, _] = cursor.array()?;
    let (flags, method, _time) = (cursor.u16()?, cursor.u16()?, cursor.u32()?);
    let (crc, packed, plain) = (cursor.u32()?, cursor.u32()?, cursor.u32()?);
    let (name, extra, comment) = (cursor.u16()?, cursor.u16()?, cursor.u16()?);
    let (disk, _internal, external) = (cursor.u16()?, cursor.u16()?, cursor.u32()?);
    let offset = cursor.u32()?;
    let raw_name = cursor.take(u64::from(name))?;
    let extra = cursor.take(u64::from(extra))?;
    cursor.take(u64::from(comment))?;
    let mut long = Cursor::new(extra_field(extra, ZIP64).unwrap_or_default());
    let plain = long_size(plain, &mut long);
    let packed = long_size(packed, &mut long);
    let offset = long_size(offset, &mut long);
    let header = Header { needed, flags, method, crc, packed, plain, raw_name, extra };
    let mode = external >> 16;
    Ok(Some(Listed { header, offset, disk, mode }))
}

/// The length of the descriptor that follows the data of a member at this place, in one of its four
/// forms; 0 when there is none.
pub(super) fn descriptor_length(bytes: &[u8], at: u64, header: &Header<'_>) -> u64 {
    let start = usize::try_from(at).unwrap_or(usize::MAX);
    let rest = bytes.get(start..).unwrap_or_default();
    let signed = rest.starts_with(DESCRIPTOR);
    let mut cursor = Cursor::new(if signed { rest.get(4..).unwrap_or_default() } else { rest });
    let signature = if signed { 4 } else { 0 };
    let fits_crc = cursor.u32() == Ok(header.crc);
    let (mut long, mut short) = (cursor, cursor);
    let is_long = long.u64() == Ok(header.packed) && long.u64() == Ok(header.plain);
    let size = |size: u64| u32::try_from(size).unwrap_or(u32::MAX);
    let is_short = short.u32() == Ok(size(header.packed)) && short.u32() == Ok(size(header.plain));
    match (signed || fits_crc, is_long, is_short) {
        (true, true, _) => signature + 20,
        (true, false, true) => signature + 12,
        // A checksum that lies is told by the signature alone.
        (true, false, false) if signed => 16,
        _ => 0,
    }
}

/// A size that the 64-bit field holds where the short one is full. Where the field is missing, the
/// short one is what it says.
fn long_size(short: u32, long: &mut Cursor<'_>) -> u64 {
    if short == u32::MAX { long.u64().unwrap_or(u64::from(short)) } else { u64::from(short) }
}

/// The first extra field with this id. Broken ones end the search, as tools do it.
fn extra_field(extra: &[u8], wanted: u16) -> Option<&[u8]> {
    let mut cursor = Cursor::new(extra);
    loop {
        let id = cursor.u16().ok()?;
        let length = cursor.u16().ok()?;
        let value = cursor.take(u64::from(length)).ok()?;
        if id == wanted {
            return Some(value);
        }
    }
}

/// Whether no extra field leaves the others. Up to three bytes of padding are common.
fn is_extra_whole(extra: &[u8]) -> bool {
    let mut cursor = Cursor::new(extra);
    while cursor.rest().len() >= 4 {
        let Ok(length) = cursor.u16().and_then(|_id| cursor.u16()) else { return false };
        if cursor.take(u64::from(length)).is_err() {
            return false;
        }
    }
    true
}
