//! Reading one zip of records into the compiler.

use std::collections::BTreeMap;
use std::path::PathBuf;

use jiff::Timestamp;
use mainstay_types::Ecosystem;

use crate::Limits;
use crate::archive::{Allowance, Archive, Inflater, Read};
use crate::classify::{may_be_advisory, record_in};
use crate::compile::{Compiler, EcosystemSet, Place, ecosystems_of};
use crate::intake::{Form, Intake, path_in_archive};
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
    records: u64,
    of: BTreeMap<Ecosystem, OfEcosystem>,
    /// Entries that could not be unpacked.
    pub(super) damaged: u64,
    /// Entries that may hold advisories and could not be read, damaged ones among them.
    pub(super) unread: u64,
}

/// What a new zip holds of one ecosystem.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct OfEcosystem {
    pub(super) records: u64,
    /// Records that name this ecosystem and no other.
    alone: u64,
    /// The newest usable date of a record.
    pub(super) newest: Option<Timestamp>,
}

impl Contents {
    pub(super) fn ecosystems(&self) -> impl Iterator<Item = Ecosystem> {
        self.of.keys().copied()
    }

    pub(super) fn of(&self, ecosystem: Ecosystem) -> Option<OfEcosystem> {
        self.of.get(&ecosystem).copied()
    }

    /// Whether the zip is about this ecosystem. In the OSV bucket, the export of one ecosystem
    /// has records that name others beside it; it does not hold all records of those. So a record
    /// that names the ecosystem alone tells, or that every record names it and no other is in
    /// all of them too.
    pub(super) fn is_about(&self, ecosystem: Ecosystem) -> bool {
        let in_all = |of: &OfEcosystem| of.records == self.records;
        let Some(of) = self.of.get(&ecosystem) else { return false };
        of.alone > 0 || in_all(of) && self.of.values().filter(|of| in_all(of)).count() == 1
    }

    fn note(&mut self, taken: EcosystemSet, newest: Option<Timestamp>) {
        self.records += 1;
        for ecosystem in taken.iter() {
            let of = self.of.entry(ecosystem).or_default();
            of.records += 1;
            of.alone += u64::from(taken.is_only(ecosystem));
            of.newest = of.newest.max(newest);
        }
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
        let unread = intake.unread;
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
                        contents.damaged += 1;
                        intake.note_unread(&path, &reason);
                    }
                    Read::Bytes { plain, .. } => {
                        intake.take(&path, plain, Form::Single, &mut |intake, record, _, _| {
                            let named = if *counted {
                                ecosystems_of(record, |_| {})
                            } else {
                                intake.count(record)
                            };
                            let taken = named.intersection(zip.scope);
                            if taken.is_empty() {
                                return;
                            }
                            let place = Place { zip: *number, entry: entry.ordinal };
                            let newest = compiler.add(record, taken, place);
                            contents.note(taken, newest);
                        });
                    }
                }
                Ok(())
            },
        );
        contents.unread = intake.unread - unread;
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
            if let Some(record) = record_in(plain) {
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
