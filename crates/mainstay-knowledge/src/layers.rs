//! Joining new zips of records with those that are kept, per ecosystem.
//!
//! An ecosystem's records lie in one or more zips, its layers. A later layer's record takes the
//! place of an earlier one's with the same id. A layer from which no record counts any more is
//! dropped, and when there are many layers they are joined into one.

mod compact;
mod reader;

use std::collections::BTreeMap;

use jiff::Timestamp;
use mainstay_matching::{BuildError, IndexFacts};
use mainstay_types::Ecosystem;

use crate::archive::{Allowance, Inflater};
use crate::compile::{Compiler, EcosystemSet, Work};
use crate::digest::{Sha256Digest, sha256_of_list};
use crate::folder::NewFile;
use crate::import::sources::new_zip;
use crate::intake::Intake;
use crate::manifest::{EcosystemState, Layer, Manifest, Origin};
use crate::report::EcosystemImported;
use crate::{DataFolder, KnowledgeError, Limits, Progress};
use reader::{Contents, NewZipReader, Zip, read_records};

/// A zip that comes into the folder.
#[derive(Debug)]
pub(crate) struct NewZip {
    pub(crate) file: NewFile,
    /// The name for reports.
    pub(crate) shown: String,
    pub(crate) digest: Sha256Digest,
    pub(crate) bytes: u64,
    pub(crate) origin: Origin,
    /// Only these ecosystems are taken from it.
    pub(crate) scope: EcosystemSet,
    /// Whether it is given as all there is of the ecosystems that it is about.
    pub(crate) whole: bool,
    /// When its records were true, if somebody says so.
    pub(crate) as_of: Option<Timestamp>,
    /// Files that should be in it and could not be read.
    pub(crate) unread: u64,
    /// Its records were counted and its troubles named already.
    pub(crate) counted: bool,
}

/// New zips on their way into the folder.
pub(crate) struct Joining<'a> {
    pub(crate) folder: &'a DataFolder,
    pub(crate) manifest: &'a mut Manifest,
    pub(crate) now: Timestamp,
    pub(crate) limits: Limits,
    pub(crate) progress: &'a dyn Progress,
    /// Kept layers of this ecosystem that come from updates give way to the new ones.
    pub(crate) replaces_updates_of: Option<Ecosystem>,
    /// Ecosystems to compile again even if no new zip names them.
    pub(crate) again: EcosystemSet,
    /// Whether a zip that is damaged anywhere is an error. Else what can be read of it counts, and
    /// what cannot is counted.
    pub(crate) refuse_damage: bool,
    /// Notes in a state where it comes from and how old it is.
    pub(crate) stamp: &'a dyn Fn(&mut EcosystemState),
}

/// What one reading of all zips gave.
struct Reading {
    zips: Vec<Zip>,
    contents: Vec<Contents>,
    works: BTreeMap<Ecosystem, Work>,
    compiler: Compiler,
}

/// A new zip that was put into the folder.
struct NewLayer {
    layer: Layer,
    contents: Contents,
    whole: bool,
    as_of: Option<Timestamp>,
}

/// An ecosystem with more layers than this gets one instead.
const MAX_LAYERS: usize = 12;

impl Joining<'_> {
    /// Reads, compiles and stores. The manifest is changed in memory only; the caller writes it.
    pub(crate) fn join(
        &mut self,
        mut new: Vec<NewZip>,
        intake: &mut Intake,
    ) -> Result<BTreeMap<Ecosystem, EcosystemImported>, KnowledgeError> {
        let Reading { zips, contents, works, compiler } = loop {
            match self.read_all(&new, intake) {
                Ok(reading) => break reading,
                // Half a zip must not pass for a whole one: without it, from the start.
                Err(bad) => {
                    let zip = new.remove(bad);
                    if self.refuse_damage {
                        let why = intake.report.errors.last().map(|error| error.problem.clone());
                        let (path, why) = (zip.shown.into(), why.unwrap_or_default());
                        return Err(KnowledgeError::Import { path, why });
                    }
                }
            }
        };
        let mut joined = BTreeMap::new();
        for (ecosystem, work) in &works {
            if let Some(zip) = self.compact(*ecosystem, work, &zips, &compiler)? {
                joined.insert(*ecosystem, zip);
            }
        }
        drop(compiler);
        let base = self.manifest.sequence;
        self.manifest.sequence = base + new.len() as u64 + 1;
        let mut layers = Vec::new();
        for (position, (zip, contents)) in new.into_iter().zip(contents).enumerate() {
            let sequence = base + position as u64 + 1;
            let (whole, as_of) = (zip.whole, zip.as_of);
            let stored = match contents.ecosystems().next() {
                Some(_) => Some(self.store(zip, sequence)?),
                None => None,
            };
            layers.push(stored.map(|layer| NewLayer { layer, contents, whole, as_of }));
        }
        let mut states = BTreeMap::new();
        for (ecosystem, work) in works {
            let mut state = self.state_of(ecosystem, &work, &zips, &layers);
            if let Some(zip) = joined.remove(&ecosystem) {
                self.manifest.sequence += 1;
                let one = self.store(zip, self.manifest.sequence)?;
                let imported = state.layers.iter().any(|layer| layer.origin == Origin::Import);
                let origin = if imported { Origin::Import } else { Origin::Whole };
                state.layers = vec![Layer {
                    origin,
                    complete: state.is_complete(),
                    records: state.records,
                    unread: state.unread(),
                    as_of: state.import_date(),
                    ..one
                }];
            }
            let stored = self.store_index(ecosystem, work, state)?;
            states.insert(ecosystem, stored);
        }
        Ok(states)
    }

    /// Reads everything once, or twice. The error is the place of a new zip that cannot be
    /// read to its end.
    fn read_all(&self, new: &[NewZip], intake: &mut Intake) -> Result<Reading, usize> {
        let mut compiler = Compiler::new(self.now);
        let mut inflater = Inflater::new();
        let mut zips: Vec<Zip> = new.iter().enumerate().rev().map(of_new).collect();
        let mut contents = vec![Contents::default(); new.len()];
        let before = intake.report.clone();
        let mut allowance = Allowance::new(self.limits);
        for (number, zip) in zips.iter().enumerate() {
            let Some(place) = zip.new else { continue };
            let counted = new.get(place).is_some_and(|zip| zip.counted);
            let mut reader = NewZipReader { zip, number: small(number), counted, intake };
            self.progress.step(&format!("reading {}", zip.shown));
            match reader.read(&mut compiler, &mut inflater, &mut allowance) {
                Ok(read) if read.damaged > 0 && self.refuse_damage => return Err(place),
                Ok(mut read) => {
                    read.unread += new.get(place).map_or(0, |zip| zip.unread);
                    if let Some(slot) = contents.get_mut(place) {
                        *slot = read;
                    }
                }
                Err(problem) => {
                    intake.report = before;
                    intake.report.note_failure(|| zip.shown.clone(), &problem);
                    return Err(place);
                }
            }
        }
        let named = contents.iter().flat_map(Contents::ecosystems);
        let touched: EcosystemSet = named.chain(self.again.iter()).collect();
        let first_kept = zips.len();
        zips.extend(self.kept(touched));
        self.read_quietly(&zips, first_kept, &mut compiler, &mut inflater, intake);
        if compiler.must_read_again() {
            compiler.read_again();
            self.read_quietly(&zips, 0, &mut compiler, &mut inflater, intake);
        }
        intake.report.superseded = compiler.passed_over(small(first_kept));
        let works = compiler.take_works();
        Ok(Reading { zips, contents, works, compiler })
    }

    /// Reads zips whose content was counted before: kept ones, and new ones a second time.
    fn read_quietly(
        &self,
        zips: &[Zip],
        first: usize,
        compiler: &mut Compiler,
        inflater: &mut Inflater,
        intake: &mut Intake,
    ) {
        for (number, zip) in zips.iter().enumerate().skip(first) {
            self.progress.step(&format!("compiling {}", zip.shown));
            let read = read_records(zip, small(number), compiler, inflater, self.limits);
            if let Err(problem) = read {
                intake.report.note_failure(|| zip.shown.clone(), &problem);
            }
        }
    }

    /// The kept zips of these ecosystems, the last one first.
    fn kept(&self, touched: EcosystemSet) -> Vec<Zip> {
        let mut zips: BTreeMap<u64, Zip> = BTreeMap::new();
        for (ecosystem, state) in self.manifest.known() {
            if !touched.contains(ecosystem) {
                continue;
            }
            let replaced = self.replaces_updates_of == Some(ecosystem);
            for layer in &state.layers {
                if replaced && layer.origin != Origin::Import {
                    continue;
                }
                let zip = zips.entry(layer.sequence).or_insert_with(|| Zip {
                    path: self.folder.file(&layer.file),
                    shown: layer.file.clone(),
                    scope: EcosystemSet::default(),
                    new: None,
                    sequence: layer.sequence,
                });
                zip.scope.insert(ecosystem);
            }
        }
        zips.into_values().rev().collect()
    }

    /// One zip in place of many, when there are many.
    fn compact(
        &self,
        ecosystem: Ecosystem,
        work: &Work,
        zips: &[Zip],
        compiler: &Compiler,
    ) -> Result<Option<NewZip>, KnowledgeError> {
        if work.by_zip.len() <= MAX_LAYERS {
            return Ok(None);
        }
        self.progress.step(&format!("joining the records of {ecosystem}"));
        let numbered = zips.iter().enumerate().map(|(number, zip)| (small(number), zip));
        let used = numbered.filter(|(number, _)| work.by_zip.contains_key(number));
        let used = used.map(|(number, zip)| (number, zip.path.as_path()));
        let file = compact::compact(self.folder, ecosystem, used, compiler)?;
        file.map(|file| new_zip(file, "the joined records")).transpose()
    }

    fn store(&self, zip: NewZip, sequence: u64) -> Result<Layer, KnowledgeError> {
        let file = format!("records/{}.zip", zip.digest.short());
        zip.file.keep(&self.folder.file(&file))?;
        Ok(Layer {
            sequence,
            file,
            digest: zip.digest.to_string(),
            bytes: zip.bytes,
            origin: zip.origin,
            complete: true,
            records: 0,
            unread: 0,
            as_of: None,
        })
    }

    /// The layers that still contribute, and the counts.
    fn state_of(
        &self,
        ecosystem: Ecosystem,
        work: &Work,
        zips: &[Zip],
        new: &[Option<NewLayer>],
    ) -> EcosystemState {
        let before = self.manifest.ecosystem(ecosystem).cloned().unwrap_or_default();
        let mut layers = Vec::new();
        for (number, zip) in zips.iter().enumerate().rev() {
            let layer = match zip.new {
                Some(place) => {
                    new.get(place).and_then(Option::as_ref).and_then(|new| new.layer_of(ecosystem))
                }
                None => before.layers.iter().find(|kept| kept.sequence == zip.sequence).cloned(),
            };
            let counts = work.by_zip.contains_key(&small(number));
            layers.extend(layer.map(|layer| (layer, counts)));
        }
        let mut state = EcosystemState {
            layers: contributing(layers),
            records: work.records,
            rows: work.rows,
            withdrawn: work.withdrawn,
            newest: work.newest,
            ..before
        };
        state.imported_as_of = state.import_date();
        state
    }

    fn store_index(
        &mut self,
        ecosystem: Ecosystem,
        work: Work,
        mut state: EcosystemState,
    ) -> Result<EcosystemImported, KnowledgeError> {
        self.progress.step(&format!("indexing {ecosystem}"));
        (self.stamp)(&mut state);
        state.index = format!("index/{}-{}.index", slug(ecosystem), self.manifest.sequence);
        let path = self.folder.file(&state.index);
        let facts = IndexFacts {
            built_from: sha256_of_list(state.layers.iter().map(|layer| layer.digest.as_str())).0,
            as_of: state.as_of(),
            newest: state.newest,
            records: state.records,
            sources: format!("OSV records of {ecosystem} in {} zips", state.layers.len()),
        };
        work.builder.write(&path, &facts).map_err(|error| match error {
            BuildError::Io { path, source } => KnowledgeError::io("write", &path)(source),
            error @ BuildError::TooLarge { .. } => {
                KnowledgeError::Build { ecosystem, why: error.to_string() }
            }
        })?;
        let imported = EcosystemImported {
            records: state.records,
            rows: state.rows,
            withdrawn: state.withdrawn,
            newest: state.newest,
            as_of: state.as_of(),
        };
        self.manifest.ecosystems.insert(ecosystem.osv_name().to_owned(), state);
        Ok(imported)
    }
}

impl NewLayer {
    /// The layer, as an ecosystem uses it.
    fn layer_of(&self, ecosystem: Ecosystem) -> Option<Layer> {
        let of = self.contents.of(ecosystem)?;
        Some(Layer {
            complete: self.whole && self.contents.is_about(ecosystem),
            records: of.records,
            unread: self.contents.unread,
            as_of: self.as_of.or(of.newest),
            ..self.layer.clone()
        })
    }
}

/// The layers of which a record counts, oldest first. An export stays even if none of its records
/// counts any more, as long as no other one says what the ecosystem's records are.
fn contributing(layers: Vec<(Layer, bool)>) -> Vec<Layer> {
    let told = layers.iter().any(|(layer, counts)| layer.complete && *counts);
    let last = layers.iter().rposition(|(layer, _)| layer.complete).filter(|_| !told);
    let layers = layers.into_iter().enumerate();
    let kept = layers.filter(|(position, (_, counts))| *counts || Some(*position) == last);
    kept.map(|(_, (layer, _))| layer).collect()
}

fn of_new((place, zip): (usize, &NewZip)) -> Zip {
    Zip {
        path: zip.file.path().to_owned(),
        shown: zip.shown.clone(),
        scope: zip.scope,
        new: Some(place),
        sequence: 0,
    }
}

/// A position in a list that cannot come near four billion.
fn small(position: usize) -> u32 {
    u32::try_from(position).unwrap_or(u32::MAX)
}

/// The ecosystem's name as part of a file name.
pub(crate) fn slug(ecosystem: Ecosystem) -> String {
    ecosystem.osv_name().to_ascii_lowercase().replace(|c: char| !c.is_ascii_alphanumeric(), "-")
}
