//! Looking things up in the data folder.
//!
//! A scan pays for what it asks: the manifest is read once, of an index only the pages that hold
//! an answer, and of KEV and EPSS nothing until a finding names a CVE.

use std::sync::OnceLock;

use jiff::Timestamp;
use jiff::civil::Date;
use mainstay_matching::{Advisory, Index, LookUp, Subject};
use mainstay_types::{Ecosystem, PackageName, Release};

use crate::cve_table::CveTable;
use crate::manifest::{EcosystemState, Manifest, TableState};
use crate::raw_record::find_record;
use crate::tables::{epss_score, kev_entry};
use crate::{DataFolder, KnowledgeError, starter};

/// What is known, opened for a set of ecosystems. Damage in one ecosystem is kept as a value, so
/// that the others still answer.
#[derive(Debug)]
pub struct Knowledge {
    folder: DataFolder,
    manifest: Manifest,
    ecosystems: Vec<(Ecosystem, EcosystemKnowledge)>,
    absent: EcosystemKnowledge,
    kev: Table,
    epss: Table,
}

/// A table (KEV, EPSS): opened when it is first asked.
#[derive(Debug)]
enum Table {
    Absent,
    There {
        state: Box<TableState>,
        opened: OnceLock<Option<CveTable>>,
        damage: OnceLock<String>,
    },
    /// The manifest cannot be read.
    Unknown(String),
}

/// What is known about one ecosystem.
#[derive(Debug)]
pub enum EcosystemKnowledge {
    /// Records were imported or fetched.
    Imported {
        /// The compiled records.
        index: Box<Index>,
        /// Counts and dates.
        facts: EcosystemFacts,
    },
    /// Only the starter set speaks. It finds, but it never makes a package checked.
    Starter,
    /// Nothing is known.
    Absent,
    /// Data are there and cannot be used.
    Damaged(KnowledgeError),
}

/// What is known about one package.
#[derive(Debug)]
pub enum Answer<'k> {
    /// The ecosystem's records were asked. The package is checked, unless the look-up itself says
    /// that something could not be decided.
    Records(LookUp<'k>),
    /// Only records that mention the ecosystem by the way were asked. Hits are true; no hit says
    /// nothing.
    Mentions(LookUp<'k>),
    /// Only the starter set was asked. Hits are true; no hit says nothing.
    Starter(LookUp<'k>),
    /// Nothing is known about the ecosystem.
    Absent,
    /// Data are there and cannot be used, for this reason.
    Unusable(String),
}

/// Counts and dates of an ecosystem's data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EcosystemFacts {
    /// Records, withdrawn ones included.
    pub records: u64,
    /// Affected entries in the index.
    pub rows: u64,
    /// Records that their authors took back.
    pub withdrawn: u64,
    /// The newest `modified` or `published` between 2000 and the import.
    pub newest: Option<Timestamp>,
    /// When the data were true.
    pub as_of: Option<Timestamp>,
    /// Whether every record of the ecosystem is there. When false (other ecosystems' data only
    /// mention this one), a package without a hit is not checked.
    pub complete: bool,
    /// Files among the data that may hold advisories and could not be read. When there is one, the
    /// data are not complete.
    pub unread: u64,
}

/// Counts and dates of a table (KEV, EPSS).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TableFacts {
    /// Entries or scores.
    pub records: u64,
    /// The newest entry, where entries have dates.
    pub newest: Option<Timestamp>,
    /// When the data were true.
    pub as_of: Option<Timestamp>,
}

/// A vulnerability that is known to be exploited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KevEntry {
    /// The CVE id.
    pub cve: String,
    /// When it entered the catalogue.
    pub date_added: Option<Date>,
    /// Until when US agencies must act.
    pub due_date: Option<Date>,
    /// Whether ransomware is known to use it.
    pub ransomware: bool,
}

/// How likely a vulnerability is to be exploited within 30 days, after EPSS.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EpssScore {
    /// 0 to 1.
    pub probability: f64,
    /// Share of all scored vulnerabilities with the same score or a lower one, 0 to 1.
    pub percentile: f64,
    /// The day of the score.
    pub date: Option<Date>,
}

impl Knowledge {
    /// Opens what the folder holds for these ecosystems. Never fails: what cannot be used is
    /// [`EcosystemKnowledge::Damaged`].
    pub fn open(folder: &DataFolder, ecosystems: impl IntoIterator<Item = Ecosystem>) -> Self {
        let mut wanted: Vec<Ecosystem> = ecosystems.into_iter().collect();
        wanted.sort_unstable();
        wanted.dedup();
        let first = Self::open_once(folder, &wanted);
        let damaged = |(_, knowledge): &(Ecosystem, EcosystemKnowledge)| {
            matches!(knowledge, EcosystemKnowledge::Damaged(_))
        };
        if !first.ecosystems.iter().any(damaged) {
            return first;
        }
        // A writer may have removed the files between the reading of the manifest and the opening
        // of an index. The manifest then is another one.
        match Manifest::read(folder) {
            Ok(now) if now.sequence != first.manifest.sequence => Self::open_once(folder, &wanted),
            Ok(_) | Err(_) => first,
        }
    }

    /// Which state of the data folder this is: a number that grows with each change of it.
    pub fn edition(&self) -> u64 {
        self.manifest.sequence
    }

    /// Whether the data folder is as it was when this was opened. Also said when that cannot be
    /// read: then nothing newer can be.
    pub fn is_newest(&self) -> bool {
        Manifest::read(&self.folder).map_or(true, |now| now.sequence == self.manifest.sequence)
    }

    /// What is known about an ecosystem.
    pub fn ecosystem(&self, ecosystem: Ecosystem) -> &EcosystemKnowledge {
        self.ecosystems
            .iter()
            .find(|(name, _)| *name == ecosystem)
            .map_or(&self.absent, |(_, knowledge)| knowledge)
    }

    /// What is known about a package, and the distribution's release where it is of one.
    pub fn look_up(
        &self,
        name: &PackageName,
        release: Option<&Release>,
        subject: Subject<'_>,
    ) -> Answer<'_> {
        match self.ecosystem(name.ecosystem()) {
            EcosystemKnowledge::Imported { index, facts } => {
                match index.look_up(name, release, subject) {
                    Ok(found) if facts.complete => Answer::Records(found),
                    Ok(found) => Answer::Mentions(found),
                    Err(error) => Answer::Unusable(error.to_string()),
                }
            }
            EcosystemKnowledge::Starter => Answer::Starter(starter::look_up(name, subject)),
            EcosystemKnowledge::Absent => Answer::Absent,
            EcosystemKnowledge::Damaged(error) => Answer::Unusable(error.to_string()),
        }
    }

    /// The advisory with this id or alias, from the opened ecosystems.
    ///
    /// # Errors
    /// An index is damaged, and no other one has the advisory.
    pub fn advisory(&self, id: &str) -> Result<Option<Advisory<'_>>, KnowledgeError> {
        let mut failure = None;
        for (ecosystem, knowledge) in &self.ecosystems {
            let EcosystemKnowledge::Imported { index, .. } = knowledge else { continue };
            match index.advisory(id) {
                Ok(Some(advisory)) => return Ok(Some(advisory)),
                Ok(None) => {}
                Err(error) => failure = Some((*ecosystem, error)),
            }
        }
        match failure {
            Some((ecosystem, error)) => Err(self.damaged_index(ecosystem, &error.to_string())),
            None => Ok(None),
        }
    }

    /// Counts and dates of the KEV catalogue. `None`: it is not there, or it was asked and is
    /// damaged; then nobody can say of a CVE that it is not exploited.
    pub fn kev_facts(&self) -> Option<TableFacts> {
        self.kev.facts()
    }

    /// Counts and dates of the EPSS scores. `None`: they are not there, or they were asked and
    /// are damaged.
    pub fn epss_facts(&self) -> Option<TableFacts> {
        self.epss.facts()
    }

    /// What is wrong with the tables, KEV first, as far as they were asked.
    pub fn damaged_tables(&self) -> Vec<(&'static str, &str)> {
        let tables = [("kev", &self.kev), ("epss", &self.epss)];
        tables.into_iter().filter_map(|(name, table)| Some((name, table.damage()?))).collect()
    }

    /// Whether a CVE is known to be exploited.
    ///
    /// # Errors
    /// The table is damaged.
    pub fn kev(&self, cve: &str) -> Result<Option<KevEntry>, KnowledgeError> {
        self.kev.ask(&self.folder, |table| kev_entry(table, cve))
    }

    /// How likely a CVE is to be exploited.
    ///
    /// # Errors
    /// The table is damaged.
    pub fn epss(&self, cve: &str) -> Result<Option<EpssScore>, KnowledgeError> {
        self.epss.ask(&self.folder, |table| epss_score(table, cve))
    }

    /// The raw OSV record with this id, in any case, as it was published: for `explain`. All kept records are
    /// searched, whichever ecosystems are open.
    ///
    /// # Errors
    /// The kept records cannot be read.
    pub fn record(&self, id: &str) -> Result<Option<Vec<u8>>, KnowledgeError> {
        find_record(&self.folder, &self.manifest, id)
    }

    fn open_once(folder: &DataFolder, wanted: &[Ecosystem]) -> Self {
        let (manifest, failure) = match Manifest::read(folder) {
            Ok(manifest) => (manifest, None),
            Err(error) => (Manifest::default(), Some(error.to_string())),
        };
        let open = |ecosystem| match (&failure, manifest.ecosystem(ecosystem)) {
            (Some(why), _) => {
                EcosystemKnowledge::Damaged(KnowledgeError::damaged(folder.path(), why.clone()))
            }
            (None, Some(state)) => open_ecosystem(folder, ecosystem, state),
            (None, None) if starter::speaks_for(ecosystem) => EcosystemKnowledge::Starter,
            (None, None) => EcosystemKnowledge::Absent,
        };
        let ecosystems = wanted.iter().map(|ecosystem| (*ecosystem, open(*ecosystem))).collect();
        let table = |state: Option<&TableState>| match &failure {
            Some(why) => Table::Unknown(why.clone()),
            None => state.map_or(Table::Absent, |state| Table::There {
                state: Box::new(state.clone()),
                opened: OnceLock::new(),
                damage: OnceLock::new(),
            }),
        };
        let (kev, epss) = (table(manifest.kev.as_ref()), table(manifest.epss.as_ref()));
        let absent = EcosystemKnowledge::Absent;
        Self { folder: folder.clone(), ecosystems, absent, kev, epss, manifest }
    }

    fn damaged_index(&self, ecosystem: Ecosystem, why: &str) -> KnowledgeError {
        let name = self.manifest.ecosystem(ecosystem).map_or("", |state| &state.index);
        KnowledgeError::damaged(&self.folder.file(name), why)
    }
}

fn open_ecosystem(
    folder: &DataFolder,
    ecosystem: Ecosystem,
    state: &EcosystemState,
) -> EcosystemKnowledge {
    let path = folder.file(&state.index);
    match Index::open(&path) {
        Ok(index) if index.ecosystem() == ecosystem => {
            EcosystemKnowledge::Imported { index: Box::new(index), facts: state.facts() }
        }
        Ok(index) => {
            let why = format!("it is the index of {}", index.ecosystem());
            EcosystemKnowledge::Damaged(KnowledgeError::damaged(&path, why))
        }
        Err(error) => {
            EcosystemKnowledge::Damaged(KnowledgeError::damaged(&path, error.to_string()))
        }
    }
}

impl Table {
    fn facts(&self) -> Option<TableFacts> {
        match self {
            Self::There { state, .. } if self.damage().is_none() => Some(TableFacts {
                records: state.records,
                newest: state.newest,
                as_of: state.as_of,
            }),
            Self::There { .. } | Self::Absent | Self::Unknown(_) => None,
        }
    }

    /// What is wrong with it, if that is known already.
    fn damage(&self) -> Option<&str> {
        match self {
            Self::There { damage, .. } => damage.get().map(String::as_str),
            Self::Absent | Self::Unknown(_) => None,
        }
    }

    /// Asks the table. Damage is an error, and is remembered.
    fn ask<T>(
        &self,
        folder: &DataFolder,
        question: impl FnOnce(&CveTable) -> Result<Option<T>, KnowledgeError>,
    ) -> Result<Option<T>, KnowledgeError> {
        let damaged = |why: &str| KnowledgeError::damaged(folder.path(), why);
        let (state, opened, damage) = match self {
            Self::Absent => return Ok(None),
            Self::Unknown(why) => return Err(damaged(why)),
            Self::There { state, opened, damage } => (state, opened, damage),
        };
        let note = |error: &KnowledgeError| {
            damage.get_or_init(|| error.to_string());
        };
        let table = opened
            .get_or_init(|| CveTable::open(&folder.file(&state.table)).inspect_err(note).ok());
        match (table, damage.get()) {
            (Some(table), None) => question(table).inspect_err(note),
            (_, why) => Err(damaged(why.map_or("it cannot be read", String::as_str))),
        }
    }
}
