//! `Packages.db`: RPM's own store of headers, "NDB".
//!
//! Standard: RPM's `lib/backend/ndb/rpmpkg.c`. Pages of 4096 bytes; the first of them hold slots
//! of 16 bytes (magic, package number, first block, number of blocks), the file's head in place of
//! the first two. A blob begins at block times 16: magic, package number, generation, length, data,
//! and a tail. Numbers are little-endian.

use super::{Damage, little};

const HEAD: u32 = u32::from_le_bytes(*b"RpmP");
const SLOT: u32 = u32::from_le_bytes(*b"Slot");
const BLOB: u32 = u32::from_le_bytes(*b"BlbS");
const PAGE: usize = 4096;
const UNIT: usize = 16;

pub(super) fn is_one(bytes: &[u8]) -> bool {
    little(bytes, 0) == Some(HEAD)
}

/// The headers, in the order of the slots. No byte is given twice, whatever the slots say.
pub(super) fn packages(bytes: &[u8]) -> Result<Vec<&[u8]>, Damage> {
    if little(bytes, 4) != Some(0) {
        return Err(Damage("its version is not known"));
    }
    let pages = little(bytes, 12).and_then(|pages| usize::try_from(pages).ok());
    let end = pages.and_then(|pages| pages.checked_mul(PAGE)).filter(|end| *end >= 2 * UNIT);
    let slots = end.and_then(|end| bytes.get(2 * UNIT..end));
    let slots = slots.ok_or(Damage("its slots are cut off"))?;
    let mut blobs = Vec::new();
    let mut given = 0_usize;
    for slot in slots.chunks_exact(UNIT) {
        if little(slot, 0) != Some(SLOT) {
            return Err(Damage("a slot is damaged"));
        }
        let package = little(slot, 4).unwrap_or(0);
        if package == 0 {
            continue;
        }
        let start = little(slot, 8).and_then(|block| usize::try_from(block).ok());
        let start = start.and_then(|block| block.checked_mul(UNIT)).ok_or(OUTSIDE)?;
        let head = bytes.get(start..).and_then(|rest| rest.get(..UNIT)).ok_or(OUTSIDE)?;
        if little(head, 0) != Some(BLOB) || little(head, 4) != Some(package) {
            return Err(Damage("a slot points at something that is not its package"));
        }
        let length = little(head, 12).and_then(|length| usize::try_from(length).ok());
        let first = start + UNIT;
        let blob = length
            .and_then(|length| bytes.get(first..first.checked_add(length)?))
            .ok_or(OUTSIDE)?;
        given = given.saturating_add(blob.len());
        if given > bytes.len() {
            return Err(Damage("its packages overlap"));
        }
        blobs.push(blob);
    }
    Ok(blobs)
}

const OUTSIDE: Damage = Damage("a slot points outside of the file");
