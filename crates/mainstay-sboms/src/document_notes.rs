//! Notes on parts of a document, counted by name.

use crate::LeftOut;

/// No more than this are listed: their names are the document's, which may be hostile.
const MOST: usize = 100;

/// Adds a note, or counts it with the same one.
pub(crate) fn note(notes: &mut Vec<LeftOut>, what: &str, line: Option<u32>) {
    note_times(notes, what, line, 1);
}

/// The same, of something that is there several times.
pub(crate) fn note_times(notes: &mut Vec<LeftOut>, what: &str, line: Option<u32>, times: u32) {
    if let Some(known) = notes.iter_mut().find(|known| &*known.what == what) {
        known.times = known.times.saturating_add(times);
    } else if notes.len() < MOST {
        notes.push(LeftOut { what: what.into(), line, times });
    }
}
