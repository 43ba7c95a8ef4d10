//! The records of a pax header: `LENGTH KEY=VALUE\n`, one after another.

use crate::error::ArchiveError;

/// What pax headers say instead of the header that follows.
#[derive(Clone, Debug, Default)]
pub(super) struct Pax {
    pub(super) path: Option<Vec<u8>>,
    pub(super) target: Option<Vec<u8>>,
    pub(super) size: Option<u64>,
    pub(super) is_sparse: bool,
}

impl Pax {
    /// Takes in the records of one header. Later ones win.
    pub(super) fn read(&mut self, bytes: &[u8]) -> Result<(), ArchiveError> {
        let mut rest = bytes;
        // Some writers fill up with zeros.
        while rest.first().is_some_and(|byte| *byte != 0) {
            let (record, behind) = record(rest).ok_or_else(broken)?;
            self.take(record)?;
            rest = behind;
        }
        Ok(())
    }

    fn take(&mut self, record: &[u8]) -> Result<(), ArchiveError> {
        let equals = record.iter().position(|byte| *byte == b'=').ok_or_else(broken)?;
        let (key, value) = record.split_at(equals);
        let value = value.get(1..).unwrap_or_default();
        // An empty value takes a default back.
        let text = (!value.is_empty()).then(|| value.to_vec());
        match key {
            b"path" | b"GNU.sparse.name" => self.path = text,
            b"linkpath" => self.target = text,
            b"size" => self.size = decimal(value)?,
            _ => {}
        }
        self.is_sparse |= key.starts_with(b"GNU.sparse.");
        Ok(())
    }
}

fn decimal(value: &[u8]) -> Result<Option<u64>, ArchiveError> {
    if value.is_empty() {
        return Ok(None);
    }
    let text = std::str::from_utf8(value).map_err(|_| broken())?;
    text.parse().map(Some).map_err(|_| broken())
}

/// The first record without its length and line feed, and what is behind it.
fn record(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let blank = bytes.iter().take(20).position(|byte| *byte == b' ')?;
    let length: usize = std::str::from_utf8(bytes.get(..blank)?).ok()?.parse().ok()?;
    let whole = bytes.get(..length)?;
    let record = whole.get(blank + 1..)?.strip_suffix(b"\n")?;
    Some((record, bytes.get(length..)?))
}

fn broken() -> ArchiveError {
    ArchiveError::damaged("a pax header of the tar is broken")
}
