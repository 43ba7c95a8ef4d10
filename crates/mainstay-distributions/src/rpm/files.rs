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

#[cfg(test)]
mod tests {
    use mainstay_reading::{Input, NothingNearby};
    use mainstay_testkit::{rpm_files, rpm_header, rpm_ndb, rpm_sqlite, rpm_tag};

    use crate::{Owned, database_of};

    fn owned(database: &[u8]) -> Owned {
        let path = "var/lib/rpm/rpmdb.sqlite";
        let input = Input { bytes: database, file_name: "rpmdb.sqlite", nearby: &NothingNearby };
        crate::owned(database_of(path).unwrap(), &input, &|path| !path.ends_with("/RECORD"))
            .unwrap()
    }

    fn paths(owned: &Owned) -> Vec<&str> {
        owned.paths.iter().map(String::as_str).collect()
    }

    fn named(name: &str) -> Vec<u8> {
        rpm_header(name, "1", "1.el9", None, "", 0)
    }

    const FOLDERS: [&str; 2] = ["/usr/bin/", "/usr/lib/python3.9/site-packages/six.dist-info/"];
    const FILES: [(u32, &str); 3] = [(1, "METADATA"), (0, "six"), (1, "RECORD")];
    const PATHS: [&str; 2] =
        ["usr/bin/six", "usr/lib/python3.9/site-packages/six.dist-info/METADATA"];

    /// What a header has, that tells of these files badly, and one after it that tells well.
    fn gap_of(header: Vec<u8>) -> String {
        let well = rpm_files(&named("b"), &FOLDERS, &FILES);
        let owned = owned(&rpm_sqlite(&[header, well]));
        assert_eq!(paths(&owned), PATHS);
        assert_eq!(owned.gaps.len(), 1, "{:?}", owned.gaps);
        owned.gaps[0].reason.clone()
    }

    #[test]
    fn a_file_is_its_folder_and_its_name_in_every_form_of_the_database() {
        let headers = [named("a"), rpm_files(&named("b"), &FOLDERS, &FILES)];
        for database in [rpm_sqlite(&headers), rpm_ndb(&headers)] {
            let owned = owned(&database);
            assert_eq!(paths(&owned), PATHS);
            assert!(owned.gaps.is_empty(), "{:?}", owned.gaps);
        }
    }

    #[test]
    fn an_old_header_has_whole_paths() {
        let header = rpm_tag(&named("a"), 1027, 8, 2, b"/usr/bin/six\0/etc/six\0".to_vec());
        assert_eq!(paths(&owned(&rpm_sqlite(&[header]))), ["etc/six", "usr/bin/six"]);
    }

    #[test]
    fn a_path_that_is_no_text_is_passed_over() {
        let header = rpm_tag(&named("a"), 1027, 8, 2, b"/usr/\xFF\0/etc/six\0".to_vec());
        assert_eq!(paths(&owned(&rpm_sqlite(&[header]))), ["etc/six"]);
    }

    #[test]
    fn a_package_that_is_not_listed_owns_nothing() {
        let header = rpm_header("a", "", "", None, "", 0);
        assert_eq!(owned(&rpm_sqlite(&[rpm_files(&header, &FOLDERS, &FILES)])), Owned::default());
    }

    #[test]
    fn a_folder_that_is_not_there_is_damage() {
        for index in [2, u32::MAX] {
            let reason = gap_of(rpm_files(&named("a"), &FOLDERS, &[(index, "x")]));
            assert!(reason.contains("a folder that is not there"), "{reason}");
        }
    }

    #[test]
    fn more_values_than_there_are_is_damage() {
        let files = |count, names: &[u8]| {
            let header = rpm_tag(&named("a"), 1118, 8, 1, b"/usr/\0".to_vec());
            let header = rpm_tag(&header, 1116, 4, count, vec![0; 8]);
            gap_of(rpm_tag(&header, 1117, 8, count, names.to_vec()))
        };
        // The values of a tag end where the data end: here each reaches its own end only.
        assert!(files(2, b"RECORD\0y").contains("a text has no end"));
        assert!(files(0xFFFF_FFFF, b"RECORD\0").contains("outside of the data"));
    }

    #[test]
    fn files_without_a_folder_each_are_damage() {
        let header = rpm_tag(&named("a"), 1117, 8, 1, b"x\0".to_vec());
        assert!(gap_of(header.clone()).contains("have no folders"));
        let header = rpm_tag(&header, 1118, 8, 1, b"/\0".to_vec());
        let header = rpm_tag(&header, 1116, 4, 2, vec![0; 8]);
        assert!(gap_of(header).contains("not every file has one folder"));
    }

    #[test]
    fn names_of_another_type_are_damage() {
        assert!(gap_of(rpm_tag(&named("a"), 1117, 4, 1, vec![0; 4])).contains("another type"));
    }

    #[test]
    fn packages_with_damaged_headers_are_one_gap_with_their_number() {
        let damaged = rpm_tag(&named("a"), 1117, 4, 1, vec![0; 4]);
        let owned = owned(&rpm_sqlite(&[vec![0, 0, 0, 9], damaged]));
        assert_eq!(owned.gaps.len(), 1);
        assert!(owned.gaps[0].reason.contains("2 packages"), "{:?}", owned.gaps);
    }
}
