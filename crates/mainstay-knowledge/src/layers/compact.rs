//! Joining the many layers of an ecosystem into one zip.

use std::convert::Infallible;
use std::io::{self, Write as _};
use std::path::Path;

use mainstay_types::Ecosystem;

use crate::archive::{Allowance, Archive, ArchiveWriter, Inflater, Read};
use crate::classify::{may_be_advisory, record_in};
use crate::compile::{Compiler, Place};
use crate::folder::NewFile;
use crate::import::sources::entry_name;
use crate::{DataFolder, KnowledgeError, Limits};

/// Copies the records of an ecosystem that count into one new zip, packed as they are.
///
/// Gives nothing when a layer cannot be read: then the layers stay as they are.
pub(super) fn compact<'z>(
    folder: &DataFolder,
    ecosystem: Ecosystem,
    zips: impl Iterator<Item = (u32, &'z Path)>,
    compiler: &Compiler,
) -> Result<Option<NewFile>, KnowledgeError> {
    let path = folder.file("records");
    let mut writer = ArchiveWriter::new(folder.create("records")?);
    let mut inflater = Inflater::new();
    let mut written: io::Result<()> = Ok(());
    let mut count = 0;
    for (zip, source) in zips {
        let Ok(archive) = Archive::open(source) else { return Ok(None) };
        let end = archive.read_entries::<Infallible>(
            &mut inflater,
            &mut Allowance::new(Limits::default()),
            |entry| may_be_advisory(entry.name),
            |entry, read| {
                let Read::Bytes { plain, packed } = read else { return Ok(()) };
                let Some(record) = record_in(plain) else { return Ok(()) };
                let place = Place { zip, entry: entry.ordinal };
                if written.is_ok() && compiler.counts(&record.id, ecosystem, place) {
                    count += 1;
                    written = writer.copy(&entry_name(&record.id, count), packed);
                }
                Ok(())
            },
        );
        if !matches!(end, Ok(Ok(()))) {
            return Ok(None);
        }
    }
    written.map_err(KnowledgeError::io("write", &path))?;
    let mut file = writer.finish().map_err(KnowledgeError::io("write", &path))?;
    file.flush().map_err(KnowledgeError::io("write", &path))?;
    Ok(Some(file))
}
