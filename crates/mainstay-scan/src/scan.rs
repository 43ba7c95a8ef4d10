//! A scan: walk, read, look up, judge. Data flow one way; nothing here prints.

use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use mainstay_reading::Entry;
use mainstay_types::Ecosystem;
use rayon::prelude::*;

use crate::agree;
use crate::cover::take_out_covered;
use crate::finding::{Excepted, Finding};
use crate::gate::Judgement;
use crate::ground::survey;
use crate::image::SourceRead;
use crate::package::{Location, Package, join, place_text};
use crate::since::Since;
use crate::source::{Reading, Source, SourceProblem, SourceStatus};
use crate::statements::{Gathered, Stated, StatementSources, Statements, gather};
use crate::target::Target;
use crate::unknown::{Unknown, UnknownCode};
use crate::verdict::{Coverage, Verdict};
use crate::via::Paths;
use crate::walk::{Found, Problem, Skipped, Walked, walk};

/// What a scan asks of its surroundings.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The most bytes of one file.
    pub file_bytes: u64,
    /// Advisory data older than this are stale.
    pub data_age: SignedDuration,
}

impl Default for Limits {
    /// 64 MiB a file; seven days.
    fn default() -> Self {
        Self { file_bytes: 64 << 20, data_age: SignedDuration::from_hours(7 * 24) }
    }
}

/// Sources read, packages joined: what there is, before anything is known about it.
pub struct Inventoried {
    pub(crate) readings: Vec<Reading>,
    pub(crate) walked_problems: Vec<(Source, UnknownCode)>,
    pub(crate) skipped: Vec<Source>,
    pub(crate) packages: Vec<Package>,
    pub(crate) targets: Vec<Target>,
    pub(crate) scanned: String,
    pub(crate) other_files: u64,
    pub(crate) covered_manifests: usize,
    pub(crate) statements: Gathered,
}

/// The answer to "what is in this software, what is wrong with it, and what does nobody know?"
pub struct Scan {
    /// When it was made.
    pub now: Timestamp,
    /// What was asked, and how old it is.
    pub knowledge: Vec<KnowledgeUsed>,
    /// Whether the catalogue of known exploited vulnerabilities is there and not stale.
    pub knows_exploited: bool,
    /// Whether the chances of exploitation (EPSS) are there and not stale.
    pub knows_probabilities: bool,
    /// The files, and how far each was read.
    pub sources: Vec<Source>,
    /// The packages that they name.
    pub packages: Vec<Package>,
    /// What is wrong, worst first.
    pub findings: Vec<Finding>,
    /// What is wrong and was accepted.
    pub excepted: Vec<Excepted>,
    /// What VEX statements did.
    pub stated: Stated,
    /// What is not known.
    pub unknowns: Vec<Unknown>,
    /// What the user should look at beside all that.
    pub warnings: Vec<String>,
    /// Files seen in walks that are no known source.
    pub other_files: u64,
    /// Manifests that a lockfile answers for.
    pub covered_manifests: usize,
    /// The settings files that say what is left out and what is accepted.
    pub settings: Vec<String>,
    /// How it compares with an earlier revision, where somebody asked.
    pub since: Option<Since>,
    /// What the gate says, where it was asked.
    pub judgement: Option<Judgement>,
    /// Whether anybody was asked about the packages.
    pub looked_up: LookedUp,
    /// What was scanned: the name of the first folder or file that was named.
    pub scanned: String,
    /// The date that an SBOM of it bears: [`Scan::now`], unless somebody wants documents that
    /// repeat.
    pub dated: Timestamp,
    /// The sources as they were read, for the graph between packages.
    pub(crate) readings: Vec<Reading>,
}

/// Whether anybody was asked about the packages of a scan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LookedUp {
    /// Each package was looked up.
    Packages,
    /// Nothing was: this is an inventory.
    Nothing,
}

/// One body of advisory data that was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnowledgeUsed {
    /// `osv`, `starter`, `kev` or `epss`.
    pub source: &'static str,
    /// Whose packages it is about, where it is about one ecosystem.
    pub ecosystem: Option<Ecosystem>,
    /// How many records.
    pub records: u64,
    /// The newest of them.
    pub newest: Option<Timestamp>,
    /// When the data were true.
    pub as_of: Option<Timestamp>,
    /// The time since then; never negative.
    pub age: Option<SignedDuration>,
}

impl KnowledgeUsed {
    /// Whole days since the data were true.
    pub fn age_days(&self) -> Option<i64> {
        self.age.map(|age| age.as_hours() / 24)
    }
}

/// From so many sources on they are read in parallel.
const PARALLEL_FROM: usize = 8;

/// Walks the targets and reads every source.
pub fn inventory(targets: Vec<Target>, limits: Limits) -> Inventoried {
    let grounds = survey(&targets);
    let Walked { found, mut skipped, problems, mut other_files, .. } = walk(&targets, &grounds);
    let here = Path::new(".");
    let read = |found: Found| {
        let root = grounds.get(found.target).map_or(here, |ground| ground.root.as_path());
        SourceRead::of(found, root, limits.file_bytes)
    };
    // Threads cost more than they save on a few files: each takes some milliseconds at most.
    let read: Vec<SourceRead> = if found.len() < PARALLEL_FROM {
        found.into_iter().map(read).collect()
    } else {
        found.into_par_iter().map(read).collect()
    };
    let mut readings: Vec<Reading> = Vec::with_capacity(read.len());
    for one in read {
        readings.extend(one.readings);
        skipped.extend(one.skipped);
        other_files += one.other_files;
    }
    let (mut readings, covered_manifests) = take_out_covered(readings);
    agree::settle(&mut readings);
    let packages = join(&readings);
    let mut skipped: Vec<Source> = skipped.into_iter().map(skipped_source).collect();
    skipped.extend(readings.iter().flat_map(set_aside));
    let scanned = grounds.first().and_then(|ground| ground.place.file_name());
    let scanned =
        scanned.map_or_else(|| "/".to_owned(), |name| name.to_string_lossy().into_owned());
    Inventoried {
        readings,
        walked_problems: problems.into_iter().map(problem_source).collect(),
        skipped,
        packages,
        targets,
        scanned,
        other_files,
        covered_manifests,
        statements: Gathered::default(),
    }
}

impl Inventoried {
    /// Reads the VEX documents that the user named, and those beside the targets.
    #[must_use]
    pub fn with_statements(mut self, sources: &StatementSources, limits: Limits) -> Self {
        self.statements = gather(sources, &self.targets, &self.readings, limits.file_bytes);
        self.other_files = self.other_files.saturating_sub(self.statements.beside);
        self
    }

    /// The statements that were read, to be heard by another state of the same software.
    pub fn statements(&self) -> Statements {
        Statements::of(&self.statements)
    }

    /// Hears the statements of another scan, and reads none.
    #[must_use]
    pub fn hearing(mut self, statements: &Statements) -> Self {
        self.statements = statements.gathered();
        self
    }

    /// The ecosystems of the packages, in their order, each once.
    pub fn ecosystems(&self) -> Vec<Ecosystem> {
        let mut ecosystems: Vec<Ecosystem> =
            self.packages.iter().map(|package| package.name.ecosystem()).collect();
        ecosystems.sort_unstable();
        ecosystems.dedup();
        ecosystems
    }

    /// The packages, before anything was looked up.
    pub fn packages(&self) -> &[Package] {
        &self.packages
    }

    /// Where a package is written, and by which path of dependencies it is needed there.
    pub fn paths_to(&self, package: &Package) -> Vec<(Location, Vec<String>)> {
        let mut paths = Paths::of(&self.readings);
        package.locations.iter().map(|place| (place.clone(), paths.to(place))).collect()
    }

    /// What could not be read, or not whole: the path and why.
    pub fn unread(&self) -> Vec<(String, String)> {
        let sources = self.readings.iter().map(Reading::source);
        let problems = self.walked_problems.iter().map(|(source, _)| source.clone());
        sources
            .chain(problems)
            .filter_map(|source| {
                let problem = source.problems.first()?.message.clone();
                Some((source.path, problem))
            })
            .collect()
    }
}

fn problem_source(problem: Problem) -> (Source, UnknownCode) {
    let status = if problem.error.code == UnknownCode::UnsupportedFile {
        SourceStatus::Unsupported
    } else {
        SourceStatus::Failed
    };
    let told = SourceProblem {
        code: problem.error.code.word(),
        file: None,
        member: None,
        line: None,
        message: problem.error.message,
        advice: problem.error.advice,
    };
    let path = problem.shown;
    let source = Source { path, format: None, status, packages: 0, problems: vec![told] };
    (source, problem.error.code)
}

/// What a reader listed and did not look up.
fn set_aside(reading: &Reading) -> impl Iterator<Item = Source> {
    let asides = reading.outcome.as_ref().map(|read| read.asides.as_slice()).unwrap_or_default();
    asides.iter().map(|aside| {
        skipped_source(Skipped {
            shown: place_text(&reading.found.shown, Some(&aside.member), None),
            reason: aside.reason.to_owned(),
            advice: "take it out of the archive and scan it by itself",
        })
    })
}

fn skipped_source(skipped: Skipped) -> Source {
    let problem = SourceProblem {
        code: "skipped",
        file: None,
        member: None,
        line: None,
        message: skipped.reason,
        advice: skipped.advice.to_owned(),
    };
    Source {
        path: skipped.shown,
        format: None,
        status: SourceStatus::Skipped,
        packages: 0,
        problems: vec![problem],
    }
}

impl Scan {
    /// The verdict.
    pub fn verdict(&self) -> Verdict {
        Verdict::of(&self.findings, &self.unknowns)
    }

    /// The coverage.
    pub fn coverage(&self) -> Coverage {
        Coverage::of(&self.unknowns)
    }

    /// What the sources say of a package, once for each place.
    pub(crate) fn entries_of<'s>(
        &'s self,
        package: &'s Package,
    ) -> impl Iterator<Item = &'s Entry> + 's {
        package.locations.iter().filter_map(|place| {
            let inventory = self.readings.get(place.reading)?.outcome.as_ref().ok()?;
            inventory.packages.get(usize::try_from(place.entry).ok()?)
        })
    }
}
