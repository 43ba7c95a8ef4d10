//! What a reader is given: the bytes of one file, and a door to the files beside it.

use std::borrow::Cow;

use thiserror::Error;

use crate::read_error::{ReadError, ReadErrorKind};

/// One file to read.
#[derive(Clone, Copy)]
pub struct Input<'a> {
    /// The file's content.
    pub bytes: &'a [u8],
    /// The file's own name, without folders.
    pub file_name: &'a str,
    /// The files beside it.
    pub nearby: &'a dyn Nearby,
}

impl<'a> Input<'a> {
    /// The content as text: UTF-8 with or without a byte order mark, or UTF-16 with one (as
    /// `PowerShell` writes it).
    pub fn text(&self) -> Result<Cow<'a, str>, ReadError> {
        decode(self.bytes)
    }
}

/// Text from bytes, by the rule of [`Input::text`].
pub fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, ReadError> {
    match bytes {
        [0xEF, 0xBB, 0xBF, rest @ ..] => utf_8(rest).map(Cow::Borrowed),
        [0xFF, 0xFE, rest @ ..] => utf_16(rest, u16::from_le_bytes).map(Cow::Owned),
        [0xFE, 0xFF, rest @ ..] => utf_16(rest, u16::from_be_bytes).map(Cow::Owned),
        _ => utf_8(bytes).map(Cow::Borrowed),
    }
}

fn utf_8(bytes: &[u8]) -> Result<&str, ReadError> {
    std::str::from_utf8(bytes).map_err(|error| {
        let before = bytes.get(..error.valid_up_to()).unwrap_or(bytes);
        let line =
            u32::try_from(memchr::memchr_iter(b'\n', before).count() + 1).unwrap_or(u32::MAX);
        ReadError::at(ReadErrorKind::Encoding, line, "the bytes are not UTF-8 text")
    })
}

fn utf_16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, ReadError> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let text: Result<String, _> =
        char::decode_utf16(pairs.iter().map(|pair| unit(*pair))).collect();
    match text {
        Ok(text) if rest.is_empty() => Ok(text),
        Ok(_) | Err(_) => {
            Err(ReadError::new(ReadErrorKind::Encoding, "the bytes are not whole UTF-16 text"))
        }
    }
}

/// The files beside the one that is read. Whoever walks the folders supplies it, and keeps every
/// read inside the scanned root: a path in a hostile file must not reach `/etc/passwd`.
pub trait Nearby {
    /// Reads a file, by a path relative to the folder of the source, with `/` and without `..`
    /// in its middle (see [`join`]).
    fn read(&self, path: &str) -> Result<Vec<u8>, NearbyError>;
}

/// Why a nearby file was not read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum NearbyError {
    /// No such file.
    #[error("the file is not there")]
    Absent,
    /// The path leads out of what is scanned.
    #[error("the path leads out of the scanned folder, and is not followed")]
    Outside,
    /// Larger than the limit for one file.
    #[error("the file is larger than the limit")]
    TooLarge,
    /// The system refused.
    #[error("the file cannot be read: {0}")]
    Unreadable(String),
}

/// No file is nearby. For a file given alone, and for tests.
#[derive(Clone, Copy, Debug)]
pub struct NothingNearby;

impl Nearby for NothingNearby {
    fn read(&self, _path: &str) -> Result<Vec<u8>, NearbyError> {
        Err(NearbyError::Absent)
    }
}

/// Joins a path found in `from` (itself relative to the folder of the source) to that file's
/// folder, and takes `.` and inner `..` away: `join("a/b.txt", "../c.txt")` is `c.txt`. Both
/// slashes divide. A path that starts at the root of a drive or of the machine is
/// [`NearbyError::Outside`]; one that climbs above the folder of the source keeps its leading
/// `..`, for [`Nearby::read`] to judge.
pub fn join(from: &str, path: &str) -> Result<String, NearbyError> {
    let absolute = path.starts_with(['/', '\\'])
        || matches!(path.as_bytes(), [drive, b':', ..] if drive.is_ascii_alphabetic());
    if absolute || path.contains('\0') {
        return Err(NearbyError::Outside);
    }
    let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.split('/').chain(path.split(['/', '\\'])) {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    Ok(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_order_mark_is_no_part_of_the_text() {
        assert_eq!(decode(b"\xEF\xBB\xBF{}").unwrap(), "{}");
    }

    #[test]
    fn utf_16_with_its_mark_is_read() {
        assert_eq!(decode(b"\xFF\xFEa\0=\0").unwrap(), "a=");
        assert_eq!(decode(b"\xFE\xFF\0a\0=").unwrap(), "a=");
    }

    #[test]
    fn half_a_utf_16_unit_is_refused() {
        assert_eq!(decode(b"\xFF\xFEa").unwrap_err().kind, ReadErrorKind::Encoding);
    }

    #[test]
    fn bytes_that_are_no_text_name_their_line() {
        let error = decode(b"one\ntwo\n\xC3\x28").unwrap_err();
        assert_eq!((error.kind, error.line), (ReadErrorKind::Encoding, Some(3)));
    }

    #[test]
    fn a_path_is_joined_to_the_folder_of_the_file_that_names_it() {
        assert_eq!(join("sub/base.txt", "../other.txt").unwrap(), "other.txt");
        assert_eq!(join("base.txt", "./sub\\more.txt").unwrap(), "sub/more.txt");
    }

    #[test]
    fn a_path_that_climbs_keeps_its_climb() {
        assert_eq!(join("pom.xml", "../../pom.xml").unwrap(), "../../pom.xml");
    }

    #[test]
    fn a_path_from_the_root_leads_outside() {
        assert_eq!(join("a.txt", "/etc/passwd"), Err(NearbyError::Outside));
        assert_eq!(join("a.txt", "C:\\x"), Err(NearbyError::Outside));
    }
}
