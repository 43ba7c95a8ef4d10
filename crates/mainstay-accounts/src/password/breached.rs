//! A list of breached passwords, searched where it lies and never read as a whole.
//!
//! Its form is that of Have I Been Pwned: lines `SHA-1 in hexadecimal:count`, sorted. It is opened
//! once. Whoever puts another file in its place starts the server again.

use std::cmp::Ordering;
use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};

use crate::AccountsError;

/// Bytes around a place in the list that hold a whole line.
const LINE: u64 = 128;

/// An open list.
#[derive(Debug)]
pub(crate) struct BreachedList {
    path: PathBuf,
    file: Mutex<File>,
}

impl BreachedList {
    pub(crate) fn open(path: &Path) -> Result<Self, AccountsError> {
        let list = File::open(path).map(|file| Self { path: path.to_owned(), file: file.into() });
        let list = list.map_err(|error| unusable(path, error.to_string()))?;
        // A list of another form is told now, and not to the first person who takes a password.
        list.has("")?;
        Ok(list)
    }

    /// Whether the list has the password. A list that cannot be read refuses nothing by silence:
    /// it is an error, so that nobody believes in a check that was not made.
    pub(crate) fn has(&self, password: &str) -> Result<bool, AccountsError> {
        let hash = sha1(password);
        let unread = |error: io::Error| unusable(&self.path, error.to_string());
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut low, mut high) = (0, file.metadata().map_err(unread)?.len());
        while low < high {
            let middle = low + (high - low) / 2;
            let (start, line) = line_at(&mut file, middle).map_err(unread)?;
            let found = line.split(':').next().unwrap_or_default().trim().to_ascii_uppercase();
            if found.len() != hash.len() || !found.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                let why = format!("the line at byte {start} does not begin with a SHA-1");
                return Err(unusable(&self.path, why));
            }
            match found.as_str().cmp(hash.as_str()) {
                Ordering::Equal => return Ok(true),
                Ordering::Less => low = start + line.len() as u64 + 1,
                Ordering::Greater => high = start,
            }
        }
        Ok(false)
    }
}

fn unusable(path: &Path, why: String) -> AccountsError {
    AccountsError::BreachedList { path: path.to_owned(), why }
}

/// As the list writes it.
fn sha1(password: &str) -> String {
    let hash = digest(&SHA1_FOR_LEGACY_USE_ONLY, password.as_bytes());
    hash.as_ref().iter().fold(String::new(), |text, byte| text + &format!("{byte:02X}"))
}

/// The line that has the byte at this place, and where it begins.
fn line_at(file: &mut File, place: u64) -> io::Result<(u64, String)> {
    let from = place.saturating_sub(LINE);
    file.seek(SeekFrom::Start(from))?;
    let mut bytes = Vec::new();
    file.by_ref().take(2 * LINE).read_to_end(&mut bytes)?;
    let at = usize::try_from(place - from).unwrap_or(0).min(bytes.len());
    let (before, after) = bytes.split_at(at);
    let start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |found| found + 1);
    let end = after.iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |end| at + end);
    let line = bytes.get(start..end).unwrap_or_default();
    Ok((from + start as u64, String::from_utf8_lossy(line).into_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stolen_password_is_found_in_the_list() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("breached.txt");
        let stolen = ["tundra-copper-violin", "one more of them", "and a third one"];
        let mut lines: Vec<String> = stolen.iter().map(|text| sha1(text) + ":12").collect();
        lines.extend((0..500).map(|n: u32| format!("{:040X}:1", u128::from(n) << 100)));
        lines.sort();
        std::fs::write(&path, lines.join("\r\n")).unwrap();
        let list = BreachedList::open(&path).unwrap();
        for stolen in stolen {
            assert!(list.has(stolen).unwrap(), "{stolen}");
        }
        assert!(!list.has("vier Kraniche am Wehr").unwrap());
    }

    #[test]
    fn a_list_that_is_not_there_is_an_error_that_names_it() {
        let error = BreachedList::open(Path::new("/no/such/list")).unwrap_err().to_string();
        assert!(error.starts_with("/no/such/list: "), "{error}");
    }

    #[test]
    fn a_list_of_another_form_is_an_error_that_says_where() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("other.txt");
        for text in ["tundra-copper-violin\n".repeat(9), format!("{}:4\n", "0F".repeat(16))] {
            std::fs::write(&path, text).unwrap();
            let error = BreachedList::open(&path).unwrap_err().to_string();
            assert!(error.contains("other.txt: the line at byte"), "{error}");
        }
    }
}
