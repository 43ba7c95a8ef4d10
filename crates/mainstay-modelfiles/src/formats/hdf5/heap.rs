//! The global heap: values of any length, of attributes and of datasets.
//!
//! Specification: HDF5 File Format Specification 3.0, III.E. Datasets refer to it from chunks, which
//! may be packed; the values themselves never are. `PyTables` keeps objects there as pickles (a
//! dataset with the attribute `PSEUDOATOM`), and loads each when it is read.

use crate::cursor::Cursor;
use crate::examination::Examination;
use crate::format::Likeness;
use crate::part::Part;
use crate::pickle;

use super::file::{Fault, File};

const COLLECTION: &[u8] = b"GCOL\x01\0\0\0";

/// The most bytes of a value that tell whether it is a pickle.
const LOOKED_AT: u64 = 4096;

/// Looks at every value of every collection of the file: those that are pickles are read.
pub(super) fn look_at(file: &File<'_>, part: &Part<'_>, examination: &mut Examination<'_>) {
    // Collections and values that lie over each other would be read again and again.
    let mut left = (file.bytes.len() as u64).saturating_mul(4).saturating_add(1 << 20);
    for at in memchr::memmem::find_iter(file.bytes, COLLECTION) {
        // Where it leaves the file, nothing said that it is one.
        if let Err(Fault::Unread(at, why)) = values(file, at as u64, part, &mut left, examination) {
            let reason = format!("the HDF5 file was not read to its end: {why}");
            let advice = "save the model again with a current library";
            return examination.gap(part.at(at), reason, advice);
        }
    }
}

/// Looks at the values of a collection.
fn values(
    file: &File<'_>,
    start: u64,
    part: &Part<'_>,
    left: &mut u64,
    examination: &mut Examination<'_>,
) -> Result<(), Fault> {
    let mut take = |bytes: u64| {
        *left = left.checked_sub(bytes).ok_or(Fault::Unread(start, OVERLAPPING))?;
        Ok::<(), Fault>(())
    };
    let mut cursor = Cursor::new(file.bytes);
    cursor.go_to(start.saturating_add(COLLECTION.len() as u64))?;
    let end = start.saturating_add(file.length(&mut cursor)?);
    while cursor.at() < end {
        file.step(start)?;
        let index = cursor.u16()?;
        cursor.take(6)?;
        let length = file.length(&mut cursor)?;
        if index == 0 {
            break;
        }
        let at = cursor.at();
        cursor.take(length)?;
        let value = part.run(at, length);
        take(length.min(LOOKED_AT))?;
        if (pickle::FORMAT.likeness)(&value.beginning()) == Likeness::Certain {
            take(length)?;
            examination.enter(&value);
        }
        cursor.take(length.next_multiple_of(8) - length)?;
    }
    Ok(())
}

const OVERLAPPING: &str = "values of any length lie over each other";
