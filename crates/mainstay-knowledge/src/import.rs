//! Taking files into the data folder: zips, folders, single files.

pub(crate) mod sources;

use std::collections::BTreeMap;
use std::path::PathBuf;

use jiff::Timestamp;
use mainstay_types::Ecosystem;

use crate::compile::EcosystemSet;
use crate::intake::Intake;
use crate::layers::{Joining, NewZip};
use crate::manifest::{Manifest, TableState};
use crate::tables::NewTable;
use crate::{DataFolder, EcosystemImported, ImportReport, KnowledgeError, Limits, Progress};
use sources::Sources;

/// How to import.
#[derive(Clone, Copy, Debug)]
pub struct ImportOptions {
    /// When the data were true, if somebody says so. Else the newest record tells.
    pub as_of: Option<Timestamp>,
    /// The time now.
    pub now: Timestamp,
    /// How much is taken in.
    pub limits: Limits,
}

/// Takes files into the data folder and compiles what they say.
///
/// Paths are zips, folders (walked; links are not followed) or single files, which hold one
/// record, or a list of them (a JSON array, or JSON Lines). Of two records with one id the later
/// `modified` wins; when that tells nothing, the record imported last.
///
/// A zip, a folder or a list is taken for all there is of an ecosystem if a record in it is about
/// that ecosystem only. Files of one record each, named by themselves, never are: with them alone,
/// a package without a hit is not checked.
///
/// # Errors
/// A path that does not exist, a disk that fills, a folder that another process writes. Whatever
/// fails, the folder keeps what it had. Trouble with single entries is in the report instead.
pub fn import(
    folder: &DataFolder,
    paths: &[PathBuf],
    options: &ImportOptions,
    progress: &dyn Progress,
) -> Result<ImportReport, KnowledgeError> {
    let _lock = folder.lock()?;
    let mut manifest = Manifest::read(folder)?;
    let mut intake = Intake::new(options.now, options.limits.entry_bytes);
    let mut sources = Sources::new(folder, options, &mut intake, progress);
    for path in paths {
        sources.add(path)?;
    }
    let zips = sources.finish()?;
    let as_of = options.as_of.map(|as_of| as_of.min(options.now));
    let mut joining = Joining {
        folder,
        manifest: &mut manifest,
        now: options.now,
        limits: options.limits,
        progress,
        replaces_updates_of: None,
        again: EcosystemSet::default(),
        refuse_damage: false,
        stamp: &|_| {},
    };
    let states = joining.join(zips, &mut intake)?;
    let Intake { mut report, kev, epss, .. } = intake;
    report.ecosystems = states;
    let before = manifest.clone();
    if let Some(table) = kev {
        manifest.kev = Some(import_table(folder, table, before.kev, as_of)?);
    }
    if let Some(table) = epss {
        manifest.epss = Some(import_table(folder, table, before.epss, as_of)?);
    }
    manifest.write(folder)?;
    folder.remove_unnamed(&manifest);
    progress.finished();
    Ok(report)
}

/// A table that is older than the one here does not take its place.
fn import_table(
    folder: &DataFolder,
    table: NewTable,
    before: Option<TableState>,
    as_of: Option<Timestamp>,
) -> Result<TableState, KnowledgeError> {
    match before {
        Some(before) if before.newest > table.newest => Ok(before),
        Some(_) | None => {
            let state = table.store(folder)?;
            Ok(TableState { as_of: as_of.or(state.newest), ..state })
        }
    }
}

/// Builds the indexes of these ecosystems again from the kept records; of all of them when none
/// is named. For an index that is missing, damaged or of an older format.
///
/// # Errors
/// As [`import`].
pub fn rebuild(
    folder: &DataFolder,
    ecosystems: &[Ecosystem],
    now: Timestamp,
    progress: &dyn Progress,
) -> Result<BTreeMap<Ecosystem, EcosystemImported>, KnowledgeError> {
    let _lock = folder.lock()?;
    let mut manifest = Manifest::read(folder)?;
    let limits = Limits::default();
    let mut intake = Intake::new(now, limits.entry_bytes);
    let mut again: EcosystemSet = ecosystems.iter().copied().collect();
    if ecosystems.is_empty() {
        again = manifest.known().map(|(ecosystem, _)| ecosystem).collect();
    }
    let mut joining = Joining {
        folder,
        manifest: &mut manifest,
        now,
        limits,
        progress,
        replaces_updates_of: None,
        again,
        refuse_damage: false,
        stamp: &|_| {},
    };
    let states = joining.join(Vec::<NewZip>::new(), &mut intake)?;
    if let Some(failure) = intake.report.errors.first() {
        return Err(KnowledgeError::damaged(&folder.file(&failure.path), failure.problem.clone()));
    }
    manifest.write(folder)?;
    folder.remove_unnamed(&manifest);
    progress.finished();
    Ok(states)
}

#[cfg(test)]
mod tests;
