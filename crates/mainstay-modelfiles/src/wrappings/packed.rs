//! What packed streams have in common: streams one after another are one content, and what is
//! unpacked goes back to the front door.
//!
//! Dangers: a stream that is cut off or damaged (a loader runs what came before, and then fails),
//! bytes behind its end (another reader sees other content).

use mainstay_archives::{ArchiveError, ArchiveErrorKind};
use mainstay_reading::{Danger, DangerCode};

use super::unpacking::Sink;
use crate::examination::Examination;
use crate::format::ending_of;
use crate::front_door::has_model_name;
use crate::part::Part;

/// How the streams of a packing lie.
pub(super) struct Packing {
    /// Its name for a person.
    pub(super) title: &'static str,
    /// The endings that promise it.
    pub(super) endings: &'static [&'static str],
    /// Unpacks the stream at the start of the bytes. Gives how many bytes it has.
    pub(super) unpack: fn(&[u8], &mut Sink<'_>) -> Result<usize, ArchiveError>,
    /// Whether another stream begins here that goes on with the content.
    pub(super) goes_on: fn(&[u8]) -> bool,
}

impl Packing {
    /// Unpacks a part, and examines what it holds and what follows it.
    pub(super) fn read(&self, part: &Part<'_>, examination: &mut Examination<'_>) {
        let mut sink = Sink::new(examination.budget);
        let (end, outcome) = self.unpack_all(part.bytes, &mut sink);
        if let Err(error) = &outcome {
            self.tell(error, end, part, examination);
        }
        let content = sink.into_held();
        let inner = part.inside(&inner_name(&part.name, self.endings), &content);
        match outcome {
            Ok(()) => {
                examination.enter(&inner);
                self.look_behind(end, part, examination);
            }
            Err(_) => examination.enter_beginning(&inner),
        }
    }

    /// Unpacks stream after stream. Gives where the last one ended, or the broken one begins.
    fn unpack_all(&self, bytes: &[u8], sink: &mut Sink<'_>) -> (usize, Result<(), ArchiveError>) {
        let mut at = 0;
        loop {
            let rest = bytes.get(at..).unwrap_or_default();
            match (self.unpack)(rest, sink) {
                Ok(length) => at = at.saturating_add(length.max(1)).min(bytes.len()),
                Err(error) => return (at, Err(error)),
            }
            // Zeros fill up a block; another stream may follow them.
            let rest = bytes.get(at..).unwrap_or_default();
            let zeros = rest.iter().take_while(|byte| **byte == 0).count();
            let behind = rest.get(zeros..).unwrap_or_default();
            if behind.is_empty() {
                return (bytes.len(), Ok(()));
            }
            if !(self.goes_on)(behind) {
                return (at, Ok(()));
            }
            at = at.saturating_add(zeros);
        }
    }

    fn tell(
        &self,
        error: &ArchiveError,
        at: usize,
        part: &Part<'_>,
        examination: &mut Examination<'_>,
    ) {
        if error.kind != ArchiveErrorKind::Damaged {
            return examination.unread(part.whole(), error);
        }
        let message = format!(
            "the {} stream cannot be unpacked to its end ({}): a loader runs what came before it \
             notices",
            self.title, error.message
        );
        examination.danger(Danger::new(DangerCode::Malformed, part.at(at as u64), message));
    }

    fn look_behind(&self, end: usize, part: &Part<'_>, examination: &mut Examination<'_>) {
        let behind = part.run(end as u64, u64::MAX);
        if behind.bytes.is_empty() {
            return;
        }
        let message = format!(
            "{} bytes follow behind the end of the {} stream: some readers stop before them, \
             others read them",
            behind.bytes.len(),
            self.title
        );
        examination.danger(Danger::new(DangerCode::OddContainer, behind.at(0), message));
        examination.enter(&behind);
    }
}

/// Endings that name a packing and nothing else, and what stands in their place.
const PACKED: &[(&str, &str)] = &[
    ("bz2", ""),
    ("gz", ""),
    ("lz4", ""),
    ("lzma", ""),
    ("tbz", ".tar"),
    ("tbz2", ".tar"),
    ("tgz", ".tar"),
    ("tlz", ".tar"),
    ("txz", ".tar"),
    ("tzst", ".tar"),
    ("xz", ""),
    ("z", ""),
    ("zlib", ""),
    ("zst", ""),
    ("zstd", ""),
];

/// The name of what is inside: `x.pkl` of `x.pkl.gz`, `x.tar` of `x.tgz`. An ending that promises
/// something else than this packing was told, and is not told again of the content.
fn inner_name(name: &str, endings: &[&str]) -> String {
    let ending = ending_of(name);
    let stem = name.get(..name.len().saturating_sub(ending.len() + 1)).unwrap_or(name);
    match PACKED.iter().find(|(packed, _)| *packed == ending) {
        _ if stem.is_empty() => name.to_owned(),
        Some((_, plain)) => format!("{stem}{plain}"),
        None if has_model_name(name) && !endings.contains(&&*ending) => stem.to_owned(),
        None => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_loses_the_ending_of_what_packs_it() {
        let name = |name| inner_name(name, &["gz", "tgz", "joblib"]);
        assert_eq!(name("w.pkl.gz"), "w.pkl");
        assert_eq!(name("w.TGZ"), "w.tar");
        assert_eq!(name("w.joblib"), "w.joblib");
        assert_eq!(name(".gz"), ".gz");
        assert_eq!(name("w.pkl.xz"), "w.pkl");
        assert_eq!(name("w.safetensors"), "w");
    }
}
