//! Where a frame of LZ4 or zstd ends, without unpacking it: both are chains of blocks that say
//! their length.

use mainstay_archives::ArchiveError;

use crate::cursor::{Cursor, Leaves};

/// Skippable frames hold nothing that is unpacked; LZ4 and zstd share them (RFC 8878, section
/// 3.1.2): `0x184D2A50` to `0x184D2A5F`, and a length.
pub(super) fn skippable(bytes: &[u8]) -> Option<usize> {
    let mut cursor = Cursor::new(bytes);
    let magic = cursor.u32().ok()?;
    if magic & 0xFFFF_FFF0 != 0x184D_2A50 {
        return None;
    }
    let length = cursor.u32().ok()?;
    cursor.take(u64::from(length)).ok()?;
    usize::try_from(cursor.at()).ok()
}

/// The bytes behind the skippable frames that they begin with.
pub(super) fn behind_skippable(bytes: &[u8]) -> &[u8] {
    let mut rest = bytes;
    while let Some(length) = skippable(rest) {
        rest = rest.get(length..).unwrap_or_default();
    }
    rest
}

/// The length of the LZ4 frame that begins here (LZ4 Frame Format 1.6.2,
/// <https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md>).
pub(super) fn lz4(bytes: &[u8]) -> Result<usize, ArchiveError> {
    lz4_end(bytes).map_err(cut)
}

fn lz4_end(bytes: &[u8]) -> Result<usize, Leaves> {
    let mut cursor = Cursor::new(bytes);
    cursor.take(4)?;
    let flags = cursor.u8()?;
    let _block_size = cursor.u8()?;
    let has = |bit: u8| u64::from(flags & bit != 0);
    // The size of the content, the id of a dictionary, the checksum of the header.
    cursor.take(has(8) * 8 + has(1) * 4 + 1)?;
    loop {
        let size = cursor.u32()? & 0x7FFF_FFFF;
        if size == 0 {
            break;
        }
        cursor.take(u64::from(size) + has(16) * 4)?;
    }
    cursor.take(has(4) * 4)?;
    Ok(usize::try_from(cursor.at()).unwrap_or(usize::MAX))
}

/// The length of the zstd frame that begins here (RFC 8878, section 3.1.1).
pub(super) fn zstd(bytes: &[u8]) -> Result<usize, ArchiveError> {
    zstd_end(bytes).map_err(cut)
}

fn zstd_end(bytes: &[u8]) -> Result<usize, Leaves> {
    let mut cursor = Cursor::new(bytes);
    cursor.take(4)?;
    let flags = cursor.u8()?;
    let is_single = flags & 0x20 != 0;
    let window = u64::from(!is_single);
    let dictionary = match flags & 3 {
        3 => 4,
        short => u64::from(short),
    };
    let content = match flags >> 6 {
        0 => u64::from(is_single),
        1 => 2,
        2 => 4,
        _ => 8,
    };
    cursor.take(window + dictionary + content)?;
    loop {
        let [low, middle, high] = cursor.array::<3>()?;
        let head = u32::from_le_bytes([low, middle, high, 0]);
        // A block of the kind 1 is one byte that is repeated.
        let length = if (head >> 1) & 3 == 1 { 1 } else { head >> 3 };
        cursor.take(u64::from(length))?;
        if head & 1 != 0 {
            break;
        }
    }
    cursor.take(if flags & 4 != 0 { 4 } else { 0 })?;
    Ok(usize::try_from(cursor.at()).unwrap_or(usize::MAX))
}

fn cut(_: Leaves) -> ArchiveError {
    ArchiveError::damaged("it is cut off")
}
