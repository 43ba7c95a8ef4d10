//! Finding one raw record by its id in the kept zips.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::Timestamp;
use mainstay_advisories::osv::Record;

use crate::archive::{Allowance, Archive, Inflater, Read};
use crate::manifest::Manifest;
use crate::{DataFolder, KnowledgeError, Limits};

/// The record with this id, in any case, that counts: the latest `modified`, else the last imported.
///
/// Entries are named `<ID>.json` as a rule, so only those of that name are unpacked at first;
/// when none has the id, all are.
pub(crate) fn find_record(
    folder: &DataFolder,
    manifest: &Manifest,
    id: &str,
) -> Result<Option<Vec<u8>>, KnowledgeError> {
    let layers = manifest.known().flat_map(|(_, state)| &state.layers);
    let files: BTreeMap<u64, &str> =
        layers.map(|layer| (layer.sequence, layer.file.as_str())).collect();
    let mut found: Option<(Option<Timestamp>, Vec<u8>)> = None;
    for by_name in [true, false] {
        for file in files.values().rev() {
            search(&folder.file(file), id, by_name, &mut found)?;
        }
        if found.is_some() {
            break;
        }
    }
    Ok(found.map(|(_, bytes)| bytes))
}

fn search(
    path: &Path,
    id: &str,
    by_name: bool,
    found: &mut Option<(Option<Timestamp>, Vec<u8>)>,
) -> Result<(), KnowledgeError> {
    let damaged = |why: String| KnowledgeError::damaged(path, why);
    let archive = Archive::open(path).map_err(damaged)?;
    let name = format!("{id}.json");
    let end = archive.read_entries::<std::convert::Infallible>(
        &mut Inflater::new(),
        &mut Allowance::new(Limits::default()),
        |entry| !by_name || is_named(entry.name, name.as_bytes()),
        |_, read| {
            if let Read::Bytes { plain, .. } = read
                && let Ok(record) = Record::parse(plain)
                && record.id.eq_ignore_ascii_case(id)
                && found.as_ref().is_none_or(|(modified, _)| record.modified() > *modified)
            {
                *found = Some((record.modified(), plain.to_vec()));
            }
            Ok(())
        },
    );
    match end {
        Ok(end) => end.map_err(damaged),
    }
}

/// Whether the last part of an entry's path is this name, in any case.
fn is_named(path: &[u8], name: &[u8]) -> bool {
    let Some(at) = path.len().checked_sub(name.len()) else { return false };
    let (before, last) = path.split_at(at);
    last.eq_ignore_ascii_case(name) && matches!(before.last(), None | Some(b'/' | b'\\'))
}
