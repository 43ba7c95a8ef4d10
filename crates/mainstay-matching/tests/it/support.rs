//! An index in a folder that goes away with it.

use std::ops::Deref;
use std::path::PathBuf;

use mainstay_advisories::osv::Record;
use mainstay_matching::{Index, IndexBuilder, IndexError, IndexFacts, LookUp, Subject};
use mainstay_types::{Ecosystem, PackageName};
use tempfile::TempDir;

pub(crate) struct Built {
    index: Index,
    pub(crate) path: PathBuf,
    _folder: TempDir,
}

impl Deref for Built {
    type Target = Index;

    fn deref(&self) -> &Index {
        &self.index
    }
}

pub(crate) fn build<T: AsRef<[u8]>>(ecosystem: Ecosystem, records: &[T]) -> Built {
    let mut builder = IndexBuilder::new(ecosystem);
    for record in records {
        builder.add(&Record::parse(record.as_ref()).unwrap());
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("advisories.index");
    builder.write(&path, &facts()).unwrap();
    Built { index: Index::open(&path).unwrap(), path, _folder: folder }
}

pub(crate) fn facts() -> IndexFacts {
    IndexFacts {
        built_from: [7; 32],
        as_of: Some("2026-01-02T03:04:05.678Z".parse().unwrap()),
        newest: None,
        records: 3,
        sources: "records written by hand".to_owned(),
    }
}

pub(crate) fn ask<'i>(
    index: &'i Index,
    name: &str,
    version: &str,
) -> Result<LookUp<'i>, IndexError> {
    let name = PackageName::parse(index.ecosystem(), name).unwrap();
    index.look_up(&name, None, Subject::Version(version))
}

/// The ids of the hits.
pub(crate) fn hits(index: &Index, name: &str, version: &str) -> Vec<String> {
    let answer = ask(index, name, version).unwrap();
    answer.hits.iter().map(|hit| hit.advisory.id.to_owned()).collect()
}

/// A record with one affected package.
pub(crate) fn record(id: &str, ecosystem: &str, name: &str, rest: &str) -> String {
    format!(
        r#"{{"id":"{id}","affected":[{{"package":{{"ecosystem":"{ecosystem}","name":"{name}"}},{rest}}}]}}"#
    )
}

/// An ECOSYSTEM range with these events, as JSON objects.
pub(crate) fn range(events: &str) -> String {
    format!(r#""ranges":[{{"type":"ECOSYSTEM","events":[{events}]}}]"#)
}
