//! The header of one package: a table of tags, and the data that they point to.
//!
//! Standard: RPM's package format, "Header structure" (version 4), as it lies in a database:
//! without the magic number in front. The number of tags and of bytes, an entry per tag (tag, type,
//! offset, count, each four bytes, big-endian), the data.

use std::borrow::Cow;

use super::{Damage, big};

/// What counts here of a package.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Header<'b> {
    pub(super) name: Cow<'b, str>,
    pub(super) version: Cow<'b, str>,
    pub(super) release: Cow<'b, str>,
    pub(super) epoch: Option<u32>,
    pub(super) architecture: Cow<'b, str>,
    pub(super) licence: Cow<'b, str>,
    pub(super) source_rpm: Cow<'b, str>,
}

const NAME: u32 = 1000;
const VERSION: u32 = 1001;
const RELEASE: u32 = 1002;
const EPOCH: u32 = 1003;
const LICENCE: u32 = 1014;
const ARCHITECTURE: u32 = 1022;
const SOURCE_RPM: u32 = 1044;

pub(super) const INT32: u32 = 4;
const STRING: u32 = 6;
pub(super) const STRING_ARRAY: u32 = 8;
const I18N_STRING: u32 = 9;

pub(super) const ENTRY: usize = 16;
/// RPM's own limits (`lib/header.c`).
const MOST_ENTRIES: usize = 0xFFFF;
const MOST_BYTES: usize = 0x0FFF_FFFF;
/// The longest text that is taken.
const LONGEST: usize = 4096;

/// The table of a header, an entry per tag, and its data.
pub(super) fn parts(blob: &[u8]) -> Result<(&[u8], &[u8]), Damage> {
    let size = |at| big(blob, at).and_then(|number| usize::try_from(number).ok());
    let (Some(entries), Some(bytes)) = (size(0), size(4)) else {
        return Err(Damage("it is cut off"));
    };
    if entries > MOST_ENTRIES || bytes > MOST_BYTES {
        return Err(Damage("it claims more than RPM allows"));
    }
    let start = 8 + entries * ENTRY;
    let table = blob.get(8..start).ok_or(Damage("its table is cut off"))?;
    let data = blob.get(start..start + bytes).ok_or(Damage("its data are cut off"))?;
    Ok((table, data))
}

impl<'b> Header<'b> {
    pub(super) fn read(blob: &'b [u8]) -> Result<Self, Damage> {
        let (table, data) = parts(blob)?;
        let mut header = Self::default();
        for entry in table.chunks_exact(ENTRY) {
            header.take(entry, data)?;
        }
        if header.name.is_empty() { Err(Damage("it names no package")) } else { Ok(header) }
    }

    fn take(&mut self, entry: &[u8], data: &'b [u8]) -> Result<(), Damage> {
        let field = |at| big(entry, at).ok_or(Damage("an entry is cut off"));
        let (tag, kind, offset) = (field(0)?, field(4)?, field(8)?);
        let text = match tag {
            NAME => &mut self.name,
            VERSION => &mut self.version,
            RELEASE => &mut self.release,
            ARCHITECTURE => &mut self.architecture,
            LICENCE => &mut self.licence,
            SOURCE_RPM => &mut self.source_rpm,
            EPOCH if kind == INT32 => {
                let at = usize::try_from(offset).map_err(|_| OUTSIDE)?;
                self.epoch = Some(big(data, at).ok_or(OUTSIDE)?);
                return Ok(());
            }
            _ => return Ok(()),
        };
        if !matches!(kind, STRING | STRING_ARRAY | I18N_STRING) {
            return Err(Damage("a tag that is text has another type"));
        }
        let rest = usize::try_from(offset).ok().and_then(|at| data.get(at..)).ok_or(OUTSIDE)?;
        let rest = rest.get(..LONGEST).unwrap_or(rest);
        let end = rest.iter().position(|byte| *byte == 0).ok_or(Damage("a text has no end"))?;
        *text = String::from_utf8_lossy(rest.get(..end).unwrap_or_default());
        Ok(())
    }
}

pub(super) const OUTSIDE: Damage = Damage("a tag points outside of the data");
