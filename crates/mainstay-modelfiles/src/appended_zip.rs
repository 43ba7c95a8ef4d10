//! A zip archive at the end of a file of another format.
//!
//! Zip is read from its end (APPNOTE 6.3.10, section 4.3.16), so whatever stands before it, a
//! program that asks for a zip finds one: `PyTorch` and Python take such a file as an archive,
//! while the reader of the other format sees its own.

use mainstay_reading::{Danger, DangerCode};
use memchr::memmem;

use crate::cursor::Cursor;
use crate::examination::Examination;
use crate::part::Part;

/// The bytes of an end record without its comment.
const END: usize = 22;
/// The longest comment.
const LONGEST_COMMENT: usize = 0xFFFF;

/// Says that a zip archive ends this part, if one does, and goes into it. `what` is the format
/// that the part is taken for.
pub(crate) fn look_for(part: &Part<'_>, what: &str, examination: &mut Examination<'_>) {
    let Some(start) = start_of(part.bytes) else { return };
    let message = format!(
        "a zip archive ends the file, which is also {what}: PyTorch and Python read the archive, \
         other tools see only {what}"
    );
    examination.danger(Danger::new(DangerCode::OddContainer, part.at(start), message));
    if start > 0 {
        examination.enter(&part.from(start));
    }
}

/// Where the zip archive begins that ends here: its first local header.
pub(crate) fn start_of(bytes: &[u8]) -> Option<u64> {
    let end = end_record(bytes)?;
    let mut cursor = Cursor::new(bytes);
    cursor.go_to(end as u64 + 12).ok()?;
    let mut size = u64::from(cursor.u32().ok()?);
    let mut offset = u64::from(cursor.u32().ok()?);
    let mut directory_end = end as u64;
    if offset == u64::from(u32::MAX) {
        (directory_end, size, offset) = large_end_record(bytes, end)?;
    }
    let directory = directory_end.checked_sub(size)?;
    // Offsets count from the start of the archive, or, as in a llamafile, of the file.
    let prefix = directory.saturating_sub(offset);
    Some(first_member(bytes, directory).unwrap_or(0).saturating_add(prefix))
}

fn end_record(bytes: &[u8]) -> Option<usize> {
    let window = bytes.len().saturating_sub(END + LONGEST_COMMENT);
    let last = bytes.get(window..)?;
    memmem::rfind_iter(last, b"PK\x05\x06").map(|found| found + window).find(|found| {
        let mut cursor = Cursor::new(bytes);
        let at = cursor.go_to(*found as u64 + 20);
        at.and_then(|()| cursor.u16())
            .is_ok_and(|comment| *found + END + usize::from(comment) == bytes.len())
    })
}

/// Where the large end record stands, the size of the directory, and its offset.
fn large_end_record(bytes: &[u8], end: usize) -> Option<(u64, u64, u64)> {
    let window = end.saturating_sub(0x1_0000);
    let found = memmem::rfind(bytes.get(window..end)?, b"PK\x06\x06")? + window;
    let mut cursor = Cursor::new(bytes);
    cursor.go_to(found as u64 + 40).ok()?;
    Some((found as u64, cursor.u64().ok()?, cursor.u64().ok()?))
}

/// The offset that the first entry of the directory states.
fn first_member(bytes: &[u8], directory: u64) -> Option<u64> {
    let mut cursor = Cursor::new(bytes);
    cursor.go_to(directory).ok()?;
    (cursor.take(4).ok()? == b"PK\x01\x02").then_some(())?;
    cursor.go_to(directory + 42).ok()?;
    cursor.u32().ok().map(u64::from)
}
