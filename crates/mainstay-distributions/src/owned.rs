//! Which files the packages of a database own.
//!
//! A distribution ships packages of other ecosystems as its own: Python's below
//! `usr/lib/python3/dist-packages`, patched under old versions. Whoever finds one there asks here
//! whether the file that tells of it is the distribution's.
//!
//! The packages are those that the database says are there. Whose they are is not asked: where the
//! reader of the database cannot list them, because their distribution is not known, they own
//! their files all the same. A path that is no UTF-8 is nobody's, and so is one that the database
//! does not tell well: what is nobody's is looked at for itself.
//!
//! A path is as the database writes it, without the slash in front. Links are not followed:
//! `lib/x` of a system where `lib` leads to `usr/lib` is `lib/x`.

use std::collections::BTreeSet;

use mainstay_reading::{Gap, Input, Place, ReadError};

use crate::database::Database;

/// The files that the installed packages of a database own, as far as they are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Owned {
    /// Their paths from the root of the system, without a slash in front.
    pub paths: BTreeSet<String>,
    /// What could not be read: files of which it is not known whether a package owns them.
    pub gaps: Vec<Gap>,
    /// How many bytes of paths and of lists were looked at.
    pub looked_at: usize,
}

/// The files that the packages of a database own. `wanted` gets each path from the root of the
/// system, without a slash in front, and says whether it counts.
///
/// # Errors
/// The database cannot be read: whenever its own reader refuses it.
pub fn owned(
    database: &Database,
    input: &Input<'_>,
    wanted: &dyn Fn(&str) -> bool,
) -> Result<Owned, ReadError> {
    let mut gathering = Gathering::of(wanted);
    (database.owned)(input, &mut gathering)?;
    Ok(gathering.finish())
}

/// The longest path that a Linux system takes (`PATH_MAX`).
const LONGEST: usize = 4096;
/// So many bytes of paths and of lists are looked at. Large systems have a tenth of it.
const MOST_BYTES: usize = 1 << 29;
/// So many bytes of paths are kept: a folder that a database writes once may stand in each of them.
const MOST_KEPT: usize = 1 << 26;
/// What a kept path takes beside its text, about.
const KEPT_BYTES: usize = 64;

/// The files of a database while it is read. What it looks at and what it keeps is bounded.
pub(crate) struct Gathering<'w> {
    wanted: &'w dyn Fn(&str) -> bool,
    paths: BTreeSet<String>,
    /// The path that is looked at: one text for all.
    path: String,
    /// Bytes that may still be looked at, and kept.
    work: usize,
    room: usize,
    /// Paths that were not looked at.
    left_out: u64,
    /// Packages whose files are not known, and why those of the first are not.
    unknown: u64,
    first: Option<Gap>,
}

impl<'w> Gathering<'w> {
    fn of(wanted: &'w dyn Fn(&str) -> bool) -> Self {
        Self {
            wanted,
            paths: BTreeSet::new(),
            path: String::new(),
            work: MOST_BYTES,
            room: MOST_KEPT,
            left_out: 0,
            unknown: 0,
            first: None,
        }
    }

    /// A file that a package owns, by its folder and its name; either may have a slash in front,
    /// and an empty folder is the root.
    pub(crate) fn file(&mut self, folder: &str, name: &str) {
        let folder = folder.strip_prefix('/').unwrap_or(folder);
        let length = folder.len().saturating_add(name.len()).saturating_add(1);
        // Before anything is copied: a long folder may have millions of files.
        if length > LONGEST || !self.spend(length) {
            self.left_out += 1;
            return;
        }
        self.path.clear();
        self.path.push_str(folder);
        if folder.is_empty() {
            self.path.push_str(name.strip_prefix('/').unwrap_or(name));
        } else {
            if !folder.ends_with('/') {
                self.path.push('/');
            }
            self.path.push_str(name);
        }
        if !(self.wanted)(&self.path) || self.paths.contains(&self.path) {
            return;
        }
        match self.room.checked_sub(self.path.len() + KEPT_BYTES) {
            Some(room) => {
                self.room = room;
                self.paths.insert(self.path.clone());
            }
            None => self.left_out += 1,
        }
    }

    /// Whether so many more bytes may be looked at. Once they may not, nothing more may.
    pub(crate) fn spend(&mut self, bytes: usize) -> bool {
        let left = self.work.checked_sub(bytes);
        self.work = left.unwrap_or(0);
        left.is_some()
    }

    /// Whether nothing more may be looked at: nothing more need be read then.
    pub(crate) fn is_spent(&self) -> bool {
        self.work == 0
    }

    /// A package whose files are not known. Only the first is told, with the number of all.
    pub(crate) fn unknown(&mut self, package: &str, problem: &str, advice: &str) {
        self.unknown += 1;
        self.first.get_or_insert_with(|| Gap {
            place: Place::default(),
            reason: format!("{package}: {problem}"),
            advice: advice.to_owned(),
        });
    }

    fn finish(self) -> Owned {
        let mut gaps = Vec::new();
        if let Some(first) = self.first {
            let reason = match self.unknown {
                1 => format!("which files a package owns is not known; {}", first.reason),
                count => {
                    format!("which files {count} packages own is not known; {}", first.reason)
                }
            };
            gaps.push(Gap { reason, ..first });
        }
        if self.left_out > 0 {
            let reason = format!(
                "{} files that packages own were not looked at: the database tells of more than \
                 any real one, or of paths longer than {LONGEST} bytes",
                self.left_out
            );
            let advice = "look at the database by hand".to_owned();
            gaps.push(Gap { place: Place::default(), reason, advice });
        }
        Owned { paths: self.paths, gaps, looked_at: MOST_BYTES.saturating_sub(self.work) }
    }
}

#[cfg(test)]
mod tests;
