//! Building an index from records.
//!
//! Everything is kept in a few flat vectors while it is collected: texts once each, rules and
//! advisories already in the bytes of the file. 250,000 records stay far below 300 MiB.

mod affected;
mod write;

use std::collections::BTreeSet;
use std::path::Path;

use jiff::Timestamp;
use mainstay_advisories::{Rating, osv};
use mainstay_types::{Ecosystem, FindingKind, OsvEcosystem, PackageName, Release};

use crate::BuildError;
use crate::advisory;
use crate::layout::{MAX_TEXT_BYTES, id_hash, name_text};
use crate::rule::RuleDraft;
use crate::texts::{Blobs, Texts};

/// Collects records and writes the index of one ecosystem.
#[derive(Debug)]
pub struct IndexBuilder {
    ecosystem: Ecosystem,
    texts: Texts,
    rules: Blobs,
    advisories: Blobs,
    rows: Vec<Row>,
    /// Hash of an id or alias, and its advisory.
    ids: Vec<(u32, u32)>,
    records: u64,
    /// References to the marks of releases that have records.
    releases: BTreeSet<u32>,
    scratch: Scratch,
}

/// A name and an advisory on it. All three are references.
#[derive(Clone, Copy, Debug)]
struct Row {
    name: u32,
    advisory: u32,
    rule: u32,
}

/// Vectors that are used again for each record.
#[derive(Debug, Default)]
struct Scratch {
    /// The name of an affected entry, and the entry's position in the record.
    names: Vec<(u32, usize)>,
    rule: RuleDraft,
    bytes: Vec<u8>,
    /// The advisories already written for this record, by what differs between its packages.
    written: Vec<(FindingKind, Rating, u32)>,
}

/// What became of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Added {
    /// It concerns this many package names of the ecosystem.
    Rows(usize),
    /// It was taken back by its author and is left out.
    Withdrawn,
    /// It concerns other ecosystems only.
    OtherEcosystem,
}

/// What an index says about its own origin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexFacts {
    /// SHA-256 over the sources, as the caller defines it.
    pub built_from: [u8; 32],
    /// The moment for which the data stand.
    pub as_of: Option<Timestamp>,
    /// The newest date found in a record.
    pub newest: Option<Timestamp>,
    /// How many records the sources had, withdrawn ones too.
    pub records: u64,
    /// Where the records come from, in one line.
    pub sources: String,
}

/// The size of an index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IndexStats {
    /// Records kept: those that concern the ecosystem and were not withdrawn.
    pub advisories: u64,
    /// Package names.
    pub names: u64,
    /// Pairs of a name and an advisory.
    pub rows: u64,
    /// The file's size.
    pub bytes: u64,
}

impl IndexBuilder {
    /// A builder for one ecosystem.
    pub fn new(ecosystem: Ecosystem) -> Self {
        Self {
            ecosystem,
            texts: Texts::new(),
            rules: Blobs::default(),
            advisories: Blobs::default(),
            rows: Vec::new(),
            ids: Vec::new(),
            records: 0,
            releases: BTreeSet::new(),
            scratch: Scratch::default(),
        }
    }

    /// Takes what a record says about the ecosystem. Nothing of the record stays borrowed.
    /// Records are told apart by id: the caller must not add one id twice.
    ///
    /// An entry whose package has a name that [`PackageName`] refuses is left out: nobody can
    /// ask for such a name.
    pub fn add(&mut self, record: &osv::Record<'_>) -> Added {
        let mut scratch = std::mem::take(&mut self.scratch);
        scratch.names.clear();
        scratch.written.clear();
        let ours = self.collect_names(record, &mut scratch.names);
        let added = if !ours {
            Added::OtherEcosystem
        } else if record.is_withdrawn() {
            Added::Withdrawn
        } else {
            Added::Rows(self.add_rows(record, &mut scratch))
        };
        self.scratch = scratch;
        added
    }

    /// Writes the index: a temporary file beside it, synced, then renamed over it.
    pub fn write(self, path: &Path, facts: &IndexFacts) -> Result<IndexStats, BuildError> {
        write::write(self, path, facts)
    }

    /// The names that the record has for the ecosystem, equal ones side by side. Says whether it
    /// concerns the ecosystem at all.
    fn collect_names(&mut self, record: &osv::Record<'_>, names: &mut Vec<(u32, usize)>) -> bool {
        let mut ours = false;
        for (position, affected) in record.affected.iter().enumerate() {
            let Some(package) = &affected.package else { continue };
            let Some(ecosystem) = OsvEcosystem::parse(&package.ecosystem) else { continue };
            if ecosystem.ecosystem != self.ecosystem {
                continue;
            }
            ours = true;
            if let Ok(name) = PackageName::parse(self.ecosystem, &package.name) {
                let Ok(release) = release(ecosystem) else { continue };
                let release = release.as_ref().map(Release::key);
                let text = name_text(name.key(), release);
                if text.len() <= MAX_TEXT_BYTES {
                    if release.is_some() {
                        self.releases.insert(self.texts.intern(&name_text("", release)));
                    }
                    names.push((self.texts.intern(&text), position));
                }
            }
        }
        names.sort_unstable();
        ours
    }

    fn add_rows(&mut self, record: &osv::Record<'_>, scratch: &mut Scratch) -> usize {
        let mut count = 0;
        let names = std::mem::take(&mut scratch.names);
        for entries in names.chunk_by(|a, b| a.0 == b.0) {
            let Some((name, _)) = entries.first() else { continue };
            let entries = || entries.iter().filter_map(|(_, entry)| record.affected.get(*entry));
            // The gravest of several entries on one package speaks for it.
            let worst = entries()
                .map(|affected| (record.kind(affected), record.severity(affected)))
                .min_by_key(|(kind, rating)| {
                    (*kind, std::cmp::Reverse((rating.severity, rating.score)))
                });
            let Some((kind, rating)) = worst else { continue };
            scratch.rule.clear();
            for affected in entries() {
                affected::collect(affected, self.ecosystem, &mut self.texts, &mut scratch.rule);
            }
            scratch.bytes.clear();
            scratch.rule.encode(&mut scratch.bytes);
            let rule = self.rules.push(&scratch.bytes);
            let advisory = self.advisory(record, kind, rating, scratch);
            self.rows.push(Row { name: *name, advisory, rule });
            count += 1;
        }
        scratch.names = names;
        count
    }

    /// The record's advisory for a package; packages of the same kind and rating share one.
    fn advisory(
        &mut self,
        record: &osv::Record<'_>,
        kind: FindingKind,
        rating: Rating,
        scratch: &mut Scratch,
    ) -> u32 {
        let known = scratch.written.iter().find(|entry| entry.0 == kind && entry.1 == rating);
        if let Some((_, _, at)) = known {
            return *at;
        }
        scratch.bytes.clear();
        advisory::encode(record, kind, &rating, &mut self.texts, &mut scratch.bytes);
        let at = self.advisories.push(&scratch.bytes);
        if scratch.written.is_empty() {
            self.records += 1;
            let aliases = record.aliases.iter().take(advisory::MAX_ALIASES);
            let upstream = record.upstream.iter().take(advisory::MAX_ALIASES);
            let ids = std::iter::once(&record.id).chain(aliases).chain(upstream);
            self.ids.extend(ids.map(|id| (id_hash(id), at)));
        }
        if scratch.written.len() < MAX_RATINGS {
            scratch.written.push((kind, rating, at));
        }
        at
    }
}

/// So many ratings of one record are searched for an equal one; real records have one or two.
const MAX_RATINGS: usize = 64;

/// The release that a record names. What stands behind the colon of an ecosystem without releases
/// is the address of a server, and the record holds wherever the package was taken from. A release
/// that cannot be one nobody can ask for.
fn release(named: OsvEcosystem<'_>) -> Result<Option<Release>, NoRelease> {
    match named.release {
        Some(text) if named.ecosystem.has_releases() => {
            Release::of_osv(named.ecosystem, text).map(Some).ok_or(NoRelease)
        }
        Some(_) | None => Ok(None),
    }
}

struct NoRelease;
