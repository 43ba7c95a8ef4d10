//! Reading one zip of records into the compiler.

use std::collections::BTreeMap;
use std::path::PathBuf;

use mainstay_advisories::osv::Record;
use mainstay_types::Ecosystem;

use crate::Limits;
use crate::archive::{Allowance, Archive, Inflater, Read};
use crate::classify::{Content, classify, may_be_advisory};
use crate::compile::{Compiler, EcosystemSet, Place, ecosystems_of};
use crate::intake::{Intake, path_in_archive};
use crate::report::LISTED;

/// A zip being read: new or kept.
#[derive(Clone, Debug)]
pub(super) struct Zip {
    pub(super) path: PathBuf,
    pub(super) shown: String,
    pub(super) scope: EcosystemSet,
    /// The place among the new zips, for a new one.
    pub(super) new: Option<usize>,
    pub(super) sequence: u64,
}

/// What a new zip turned out to hold.
#[derive(Clone, Debug, Default)]
pub(super) struct Contents {
    pub(super) records: u64,
    pub(super) of: BTreeMap<Ecosystem, u64>,
    /// Entries that the zip itself does not yield: damaged, or past a limit.
    pub(super) unread: u64,
    /// Entries that could be records and cannot be read as such.
    pub(super) broken: u64,
}

impl Contents {
    /// Whether the zip is about this ecosystem. In the OSV bucket, the export of one ecosystem
    /// has records that also name others; it does not hold all records of those.
    pub(super) fn is_about(&self, ecosystem: Ecosystem) -> bool {
        let in_all = |ecosystem| self.of.get(&ecosystem) == Some(&self.records);
        let about_some_only = self.of.keys().any(|ecosystem| in_all(*ecosystem));
        self.unread == 0 && self.broken == 0 && (!about_some_only || in_all(ecosystem))
    }
}

/// A new zip being read for the first time.
pub(super) struct NewZipReader<'a> {
    pub(super) zip: &'a Zip,
    pub(super) number: u32,
    pub(super) counted: bool,
    pub(super) intake: &'a mut Intake,
}

impl NewZipReader<'_> {
    pub(super) fn read(
        &mut self,
        compiler: &mut Compiler,
        inflater: &mut Inflater,
        allowance: &mut Allowance,
    ) -> Result<Contents, String> {
        let archive = Archive::open(&self.zip.path)?;
        let mut contents = Contents::default();
        let Self { zip, number, counted, intake } = self;
        let mut left_out = Vec::new();
        let mut left_out_count = 0_u64;
        let end = archive.read_entries::<std::convert::Infallible>(
            inflater,
            allowance,
            |entry| {
                let wanted = may_be_advisory(entry.name);
                if !wanted {
                    left_out_count += 1;
                    if left_out.len() < LISTED {
                        left_out.push(path_in_archive(&zip.shown, entry.name));
                    }
                }
                wanted
            },
            |entry, read| {
                let path = || path_in_archive(&zip.shown, entry.name);
                match read {
                    Read::Refused(reason) => {
                        contents.unread += 1;
                        intake.report.note_failure(path, &reason);
                    }
                    Read::Bytes { plain, .. } => {
                        let broken = intake.broken;
                        intake.take(&path, plain, &mut |intake, record, _| {
                            let named = if *counted {
                                ecosystems_of(record, |_| {})
                            } else {
                                intake.count(record)
                            };
                            let taken = named.intersection(zip.scope);
                            if taken.is_empty() {
                                return;
                            }
                            contents.records += 1;
                            taken.iter().for_each(|of| *contents.of.entry(of).or_default() += 1);
                            compiler.add(
                                record,
                                taken,
                                Place { zip: *number, entry: entry.ordinal },
                            );
                        });
                        // What cannot be read may be a record of any ecosystem.
                        contents.broken += intake.broken - broken;
                    }
                }
                Ok(())
            },
        );
        let not_listed = left_out_count - left_out.len() as u64;
        for path in left_out {
            intake.report.note_not_advisory(|| path, "neither JSON nor CSV by its name");
        }
        intake.report.not_advisories_count += not_listed;
        match end {
            Ok(Ok(())) => Ok(contents),
            Ok(Err(problem)) => Err(problem),
        }
    }
}

/// Adds the records of a zip that was counted before.
pub(super) fn read_records(
    zip: &Zip,
    number: u32,
    compiler: &mut Compiler,
    inflater: &mut Inflater,
    limits: Limits,
) -> Result<(), String> {
    let archive = Archive::open(&zip.path)?;
    let end = archive.read_entries::<std::convert::Infallible>(
        inflater,
        &mut Allowance::new(limits),
        |entry| may_be_advisory(entry.name),
        |entry, read| {
            let Read::Bytes { plain, .. } = read else { return Ok(()) };
            if classify(plain) != Content::Osv {
                return Ok(());
            }
            if let Ok(record) = Record::parse(plain) {
                let taken = ecosystems_of(&record, |_| {}).intersection(zip.scope);
                compiler.add(&record, taken, Place { zip: number, entry: entry.ordinal });
            }
            Ok(())
        },
    );
    match end {
        Ok(end) => end,
    }
}
