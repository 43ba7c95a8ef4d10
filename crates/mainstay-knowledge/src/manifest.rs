//! The manifest: which files of the data folder are current, and what they hold.
//!
//! It is JSON, read whole, and replaced whole by a rename. Everything else follows from it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;

use jiff::Timestamp;
use mainstay_types::Ecosystem;
use serde::{Deserialize, Serialize};

use crate::{DataFolder, EcosystemFacts, KnowledgeError};

/// The format that this Mainstay writes, and the newest that it reads.
const FORMAT: u64 = 1;
const NAME: &str = "manifest.json";
/// A manifest has a few lines per ecosystem.
const MAX_BYTES: u64 = 16 << 20;

/// What is current.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Manifest {
    format: u64,
    /// Counts layers over the life of the folder: a later layer has a higher number.
    pub(crate) sequence: u64,
    /// By OSV's name. A name from a newer Mainstay is carried along untouched.
    pub(crate) ecosystems: BTreeMap<String, EcosystemState>,
    pub(crate) kev: Option<TableState>,
    pub(crate) epss: Option<TableState>,
}

/// The files and facts of one ecosystem.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct EcosystemState {
    /// Raw records, oldest first.
    pub(crate) layers: Vec<Layer>,
    /// The compiled index, relative to the folder.
    pub(crate) index: String,
    pub(crate) records: u64,
    pub(crate) rows: u64,
    pub(crate) withdrawn: u64,
    pub(crate) newest: Option<Timestamp>,
    /// When the imported data were true.
    pub(crate) imported_as_of: Option<Timestamp>,
    /// When the last update completed.
    pub(crate) updated: Option<Timestamp>,
    /// Everything changed up to then is here; the next update asks for what came after.
    pub(crate) changed_until: Option<Timestamp>,
    /// `ETag` and `Last-Modified` of the whole export.
    pub(crate) etag: Option<String>,
    pub(crate) last_modified: Option<String>,
}

/// A zip of raw records, as one ecosystem uses it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Layer {
    pub(crate) sequence: u64,
    /// Relative to the folder.
    pub(crate) file: String,
    /// `sha256:...`
    pub(crate) digest: String,
    pub(crate) bytes: u64,
    pub(crate) origin: Origin,
    /// Whether the layer is about the ecosystem, rather than mentioning it by the way.
    pub(crate) complete: bool,
    /// Records of the ecosystem in it, whether they count or not.
    #[serde(default)]
    pub(crate) records: u64,
    /// Files in it that may hold advisories and could not be read.
    #[serde(default)]
    pub(crate) unread: u64,
    /// When the records were true, for an import: as somebody said, else the newest date in them.
    #[serde(default)]
    pub(crate) as_of: Option<Timestamp>,
}

/// How a layer came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Origin {
    /// By `db import`.
    Import,
    /// The whole export, by `db update`.
    Whole,
    /// Changed records, by `db update`.
    Changes,
}

/// The files and facts of a table.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct TableState {
    /// The file as it came, relative to the folder.
    pub(crate) raw: String,
    pub(crate) digest: String,
    pub(crate) bytes: u64,
    /// The sorted table, relative to the folder.
    pub(crate) table: String,
    pub(crate) records: u64,
    pub(crate) newest: Option<Timestamp>,
    pub(crate) as_of: Option<Timestamp>,
    pub(crate) etag: Option<String>,
    pub(crate) last_modified: Option<String>,
}

#[derive(Deserialize)]
struct Head {
    format: u64,
}

impl Manifest {
    /// Reads the folder's manifest; an empty one when there is none yet.
    pub(crate) fn read(folder: &DataFolder) -> Result<Self, KnowledgeError> {
        let Some(bytes) = read_bytes(folder)? else {
            return Ok(Self { format: FORMAT, ..Self::default() });
        };
        match serde_json::from_slice::<Self>(&bytes) {
            Ok(manifest) => refuse_newer(folder, manifest.format).map(|()| manifest),
            // A newer format may lack what this one has.
            Err(error) => check(folder, &bytes).and(Err(KnowledgeError::damaged(
                &folder.file(NAME),
                format!("not a manifest: {error}"),
            ))),
        }
    }

    /// Refuses a folder that a newer Mainstay wrote.
    pub(crate) fn check_format(folder: &DataFolder) -> Result<(), KnowledgeError> {
        match read_bytes(folder) {
            Ok(Some(bytes)) => match check(folder, &bytes) {
                // Damage is found by whoever reads; it must not keep an import from mending it.
                Ok(()) | Err(KnowledgeError::Damaged { .. }) => Ok(()),
                Err(error) => Err(error),
            },
            Ok(None) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Writes the manifest: the moment at which everything new becomes current.
    pub(crate) fn write(&self, folder: &DataFolder) -> Result<(), KnowledgeError> {
        let path = folder.file(NAME);
        let bytes = serde_json::to_vec_pretty(self)
            .map_err(|error| KnowledgeError::io("write", &path)(error.into()))?;
        folder.write(NAME, &bytes)
    }

    /// Every file that is current, relative to the folder.
    pub(crate) fn files(&self) -> BTreeSet<&str> {
        let tables = self.kev.iter().chain(&self.epss);
        let tables = tables.flat_map(|table| [table.raw.as_str(), table.table.as_str()]);
        let ecosystems = self.ecosystems.values().flat_map(|state| {
            let layers = state.layers.iter().map(|layer| layer.file.as_str());
            layers.chain([state.index.as_str()])
        });
        tables.chain(ecosystems).collect()
    }

    /// The state of an ecosystem, if it has one.
    pub(crate) fn ecosystem(&self, ecosystem: Ecosystem) -> Option<&EcosystemState> {
        self.ecosystems.get(ecosystem.osv_name())
    }

    /// The ecosystems that this Mainstay knows, with their states.
    pub(crate) fn known(&self) -> impl Iterator<Item = (Ecosystem, &EcosystemState)> {
        Ecosystem::all().filter_map(|ecosystem| Some((ecosystem, self.ecosystem(ecosystem)?)))
    }
}

impl EcosystemState {
    /// When the data were true: the last update, or the last import if that says a later time.
    pub(crate) fn as_of(&self) -> Option<Timestamp> {
        self.updated.max(self.imported_as_of)
    }

    /// When the imported layers were true. One record more does not make an old export newer, so
    /// only layers that are about the ecosystem tell, where there is one.
    pub(crate) fn import_date(&self) -> Option<Timestamp> {
        let is_complete = self.is_complete();
        let imports = self.layers.iter().filter(|layer| layer.origin == Origin::Import);
        let telling = imports.filter(|layer| layer.complete || !is_complete);
        telling.filter_map(|layer| layer.as_of).max()
    }

    pub(crate) fn is_complete(&self) -> bool {
        self.layers.iter().any(|layer| layer.complete)
    }

    /// How many files of the layers could not be read. A later layer that is about the ecosystem,
    /// was read whole and is no smaller brings what an earlier one lacked.
    pub(crate) fn unread(&self) -> u64 {
        let is_mended = |position: usize, layer: &Layer| {
            self.layers
                .iter()
                .skip(position + 1)
                .any(|later| later.complete && later.unread == 0 && later.records >= layer.records)
        };
        let layers = self.layers.iter().enumerate();
        let unread = layers.filter(|(position, layer)| !is_mended(*position, layer));
        unread.map(|(_, layer)| layer.unread).sum()
    }

    /// Counts and dates.
    pub(crate) fn facts(&self) -> EcosystemFacts {
        EcosystemFacts {
            records: self.records,
            rows: self.rows,
            withdrawn: self.withdrawn,
            newest: self.newest,
            as_of: self.as_of(),
            complete: self.is_complete() && self.unread() == 0,
            unread: self.unread(),
        }
    }
}

fn read_bytes(folder: &DataFolder) -> Result<Option<Vec<u8>>, KnowledgeError> {
    let path = folder.file(NAME);
    match fs::metadata(&path) {
        Ok(data) if data.len() > MAX_BYTES => {
            return Err(KnowledgeError::damaged(&path, "it is far too large"));
        }
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(KnowledgeError::io("read", &path)(error)),
    }
    fs::read(&path).map(Some).map_err(KnowledgeError::io("read", &path))
}

fn check(folder: &DataFolder, bytes: &[u8]) -> Result<(), KnowledgeError> {
    let head: Head = serde_json::from_slice(bytes).map_err(|error| {
        KnowledgeError::damaged(&folder.file(NAME), format!("not a manifest: {error}"))
    })?;
    refuse_newer(folder, head.format)
}

fn refuse_newer(folder: &DataFolder, format: u64) -> Result<(), KnowledgeError> {
    if format > FORMAT {
        let path = folder.path().to_owned();
        return Err(KnowledgeError::Newer { path, found: format, known: FORMAT });
    }
    Ok(())
}
