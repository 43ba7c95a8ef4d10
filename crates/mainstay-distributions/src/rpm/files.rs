//! The files of a package, as its header tells of them.
//!
//! Standard: RPM's package format, "File information tags": the names in one list, their folders in
//! another, each once, and for each name the position of its folder. Headers from before RPM 4 have
//! one list of whole paths.

use super::header::{ENTRY, INT32, OUTSIDE, STRING_ARRAY, parts};
use super::{Damage, big};
use crate::owned::Gathering;

const OLD_FILE_NAMES: u32 = 1027;
const FOLDER_INDEXES: u32 = 1116;
const BASE_NAMES: u32 = 1117;
const FOLDER_NAMES: u32 = 1118;

/// So many folders of one package are taken: they must be held while its names are read.
const MOST_FOLDERS: usize = 1 << 20;

/// Gathers the files of a header. Files may have been gathered before damage is found.
pub(super) fn gather(blob: &[u8], gathering: &mut Gathering<'_>) -> Result<(), Damage> {
    let (table, data) = parts(blob)?;
    let Some(names) = Values::of(BASE_NAMES, STRING_ARRAY, table, data)? else {
        let Some(paths) = Values::of(OLD_FILE_NAMES, STRING_ARRAY, table, data)? else {
            return Ok(());
        };
        for path in paths.texts() {
            if let Some(path) = path? {
                gathering.file("", path);
            }
        }
        return Ok(());
    };
    let missing = Damage("its files have no folders");
    let folders = Values::of(FOLDER_NAMES, STRING_ARRAY, table, data)?.ok_or(missing)?;
    let indexes = Values::of(FOLDER_INDEXES, INT32, table, data)?.ok_or(missing)?;
    if folders.count > MOST_FOLDERS {
        return Err(Damage("its files have more folders than any real package"));
    }
    if indexes.count != names.count {
        return Err(Damage("not every file has one folder"));
    }
    let folders = folders.texts().collect::<Result<Vec<_>, _>>()?;
    for (name, index) in names.texts().zip(indexes.numbers()) {
        let folder = index.and_then(|index| folders.get(index)).ok_or(Damage(NO_FOLDER))?;
        if let (Some(folder), Some(name)) = (folder, name?) {
            gathering.file(folder, name);
        }
    }
    Ok(())
}

const NO_FOLDER: &str = "a file is in a folder that is not there";

/// The values of a tag.
struct Values<'b> {
    /// The data from the first of them on.
    data: &'b [u8],
    count: usize,
}

impl<'b> Values<'b> {
    /// Those of the first entry with a tag.
    fn of(tag: u32, kind: u32, table: &[u8], data: &'b [u8]) -> Result<Option<Self>, Damage> {
        let mut entries = table.chunks_exact(ENTRY);
        let Some(entry) = entries.find(|entry| big(entry, 0) == Some(tag)) else {
            return Ok(None);
        };
        if big(entry, 4) != Some(kind) {
            return Err(Damage("a tag of its files has another type"));
        }
        let number = |at| big(entry, at).and_then(|number| usize::try_from(number).ok());
        let data = number(8).and_then(|offset| data.get(offset..)).ok_or(OUTSIDE)?;
        let count = number(12).filter(|count| *count <= data.len()).ok_or(OUTSIDE)?;
        Ok(Some(Self { data, count }))
    }

    /// The values as texts, each with a zero at its end; `None` where it is no UTF-8.
    fn texts(self) -> impl Iterator<Item = Result<Option<&'b str>, Damage>> {
        let mut texts = self.data.split(|byte| *byte == 0);
        let mut left = self.data.len();
        (0..self.count).map(move |_| {
            // What stands after the last zero is as long as all that is left.
            let text = texts.next().filter(|text| text.len() < left);
            let text = text.ok_or(Damage("a text has no end"))?;
            left -= text.len() + 1;
            Ok(std::str::from_utf8(text).ok())
        })
    }

    /// The values as numbers.
    fn numbers(self) -> impl Iterator<Item = Option<usize>> {
        let numbers = self.data.chunks_exact(4).map(|four| big(four, 0));
        let numbers = numbers.map(|number| number.and_then(|number| usize::try_from(number).ok()));
        numbers.chain(std::iter::repeat(None)).take(self.count)
    }
}
