//! One header block of a tar.

use crate::error::ArchiveError;

pub(crate) const BLOCK: usize = 512;

/// A header, parsed.
pub(super) struct Header {
    pub(super) name: Vec<u8>,
    pub(super) target: Vec<u8>,
    pub(super) size: u64,
    pub(super) mode: Option<u32>,
    pub(super) kind: Kind,
    /// POSIX' own magic, not GNU's: a hard link may have content.
    pub(super) is_posix: bool,
    /// Whether the map of a sparse file goes on in blocks behind the header.
    pub(super) has_more_map: bool,
}

/// The type flag.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    File,
    HardLink,
    Symlink,
    Device,
    Folder,
    Sparse,
    LongName,
    LongTarget,
    Pax,
    PaxDefaults,
    /// The label of a volume.
    Label,
    Other(u8),
}

impl Header {
    /// A header; `None` for the empty block that ends a tar.
    pub(super) fn parse(block: &[u8; BLOCK]) -> Result<Option<Self>, ArchiveError> {
        if block.iter().all(|byte| *byte == 0) {
            return Ok(None);
        }
        if !has_checksum(block) {
            return Err(ArchiveError::damaged("a header of the tar does not fit its checksum"));
        }
        let size = number(field(block, 124, 12))
            .ok_or_else(|| ArchiveError::damaged("a size in the tar is no number"))?;
        let magic = field(block, 257, 8);
        let prefix = text(field(block, 345, 155));
        let is_posix = magic.starts_with(b"ustar\0");
        let mut name = text(field(block, 0, 100));
        if is_posix && !prefix.is_empty() {
            let mut whole = prefix;
            whole.push(b'/');
            whole.extend_from_slice(&name);
            name = whole;
        }
        let mode = number(field(block, 100, 8)).and_then(|mode| u32::try_from(mode).ok());
        Ok(Some(Self {
            name,
            target: text(field(block, 157, 100)),
            size,
            mode: mode.map(|mode| mode & 0o7777),
            kind: Kind::of(block.get(156).copied().unwrap_or(0)),
            is_posix,
            has_more_map: block.get(482).is_some_and(|flag| *flag != 0),
        }))
    }
}

impl Kind {
    fn of(flag: u8) -> Self {
        match flag {
            // `7` is a file that should lie in one piece; `D` lists a folder and has content.
            0 | b'0' | b'7' => Self::File,
            b'1' => Self::HardLink,
            b'2' => Self::Symlink,
            b'3' | b'4' | b'6' => Self::Device,
            b'5' => Self::Folder,
            b'S' => Self::Sparse,
            b'L' => Self::LongName,
            b'K' => Self::LongTarget,
            b'x' | b'X' => Self::Pax,
            b'g' => Self::PaxDefaults,
            b'V' | b'D' => Self::Label,
            other => Self::Other(other),
        }
    }
}

/// Whether these bytes begin with a header of a tar.
pub(crate) fn is_header(first: &[u8]) -> bool {
    first.first_chunk::<BLOCK>().is_some_and(|block| {
        block.first().is_some_and(|byte| *byte != 0)
            && has_checksum(block)
            && number(field(block, 124, 12)).is_some()
    })
}

/// The sum of all bytes, the field of the sum counted as blanks. Some old tars summed signed bytes.
fn has_checksum(block: &[u8; BLOCK]) -> bool {
    let Some(stated) = number(field(block, 148, 8)) else { return false };
    let (mut plain, mut signed) = (0_u64, 0_i64);
    for (at, byte) in block.iter().enumerate() {
        let byte = if (148..156).contains(&at) { b' ' } else { *byte };
        plain += u64::from(byte);
        signed += i64::from(byte.cast_signed());
    }
    stated == plain || i64::try_from(stated) == Ok(signed)
}

fn field(block: &[u8; BLOCK], at: usize, length: usize) -> &[u8] {
    block.get(at..at + length).unwrap_or_default()
}

fn text(field: &[u8]) -> Vec<u8> {
    field.split(|byte| *byte == 0).next().unwrap_or_default().to_vec()
}

/// A number: octal digits, or GNU's base 256 where the first bit is set.
fn number(field: &[u8]) -> Option<u64> {
    match field {
        [first, rest @ ..] if first & 0x80 != 0 => {
            // A negative number begins with 0xFF; no size is negative.
            let start = u64::from(first & 0x7F);
            rest.iter().try_fold(start, |sum, byte| {
                (sum >> 56 == 0).then(|| (sum << 8) | u64::from(*byte))
            })
        }
        _ => {
            let digits = field.split(|byte| *byte == 0).next().unwrap_or_default().trim_ascii();
            digits.iter().try_fold(0_u64, |sum, digit| match digit {
                b'0'..=b'7' => sum.checked_mul(8)?.checked_add(u64::from(digit - b'0')),
                _ => None,
            })
        }
    }
}
