//! `mainstay scan`: the scan that `check` judges too.

use std::time::Duration;

use mainstay_console::ExitCode;
use mainstay_knowledge::{
    Addresses, DataFolder, EcosystemKnowledge, Knowledge, Limits as DataLimits, UpdateOptions,
    update,
};
use mainstay_scan::{Scan, inventory, report};
use mainstay_types::Ecosystem;

use crate::Context;
use crate::args::{Common, ScanArgs};
use crate::commands::db;
use crate::settings::{self, REFRESH_AFTER, ScanSettings, UserFile};

/// A source that could not be reached is left alone for so long: a scan without a network must
/// not wait each time.
const BACK_OFF: Duration = Duration::from_mins(15);

/// Looks and reports. Exits 0 whenever it could do its work.
pub(crate) fn scan(
    context: &Context,
    common: &Common,
    args: &ScanArgs,
) -> anyhow::Result<ExitCode> {
    let user = UserFile::read()?;
    let settings = settings::of_scan(args, &context.environment, &user)?;
    let made = make(context, common, &user, settings)?;
    let layout = context.output.layout;
    context.output.result_by(|to| Ok(report(&made.scan, args.format, layout, to)?))?;
    // The process ends here and gives its memory back at once; piece by piece takes longer.
    std::mem::forget(made);
    Ok(ExitCode::Done)
}

/// A scan, and the knowledge that it asked.
pub(crate) struct Made {
    pub(crate) scan: Scan,
    pub(crate) knowledge: Knowledge,
}

/// Walks, reads, refreshes the data where they are old, and judges.
pub(crate) fn make(
    context: &Context,
    common: &Common,
    user: &UserFile,
    settings: ScanSettings,
) -> anyhow::Result<Made> {
    let now = context.environment.now()?;
    let dated = context.environment.document_time()?;
    let folder = DataFolder::open(&settings::data_dir(common, &context.environment, user)?)?;
    let inventoried = inventory(settings.targets, settings.limits)
        .with_statements(&settings.statements, settings.limits);
    let refreshed = Refresh { offline: settings.offline, now };
    let knowledge = open(context, &folder, user, &inventoried.ecosystems(), refreshed);
    let mut scan = inventoried.judge(&knowledge, settings.limits, now);
    scan.dated = dated;
    Ok(Made { scan, knowledge })
}

/// Whether, and as of when, knowledge is refreshed before it is asked.
#[derive(Clone, Copy)]
pub(crate) struct Refresh {
    pub(crate) offline: bool,
    pub(crate) now: jiff::Timestamp,
}

/// Opens what is known about these ecosystems, after fetching what is old.
pub(crate) fn open(
    context: &Context,
    folder: &DataFolder,
    user: &UserFile,
    ecosystems: &[Ecosystem],
    Refresh { offline, now }: Refresh,
) -> Knowledge {
    let knowledge = Knowledge::open(folder, ecosystems.iter().copied());
    if offline {
        return knowledge;
    }
    let old = ecosystems_to_refresh(&knowledge, ecosystems, now);
    let addresses = settings::addresses(&context.environment, user);
    if !old.is_empty() && refresh(context, folder, old, addresses, now) {
        return Knowledge::open(folder, ecosystems.iter().copied());
    }
    knowledge
}

/// The ecosystems of which nothing is known, or what is known is older than a day.
fn ecosystems_to_refresh(
    knowledge: &Knowledge,
    ecosystems: &[Ecosystem],
    now: jiff::Timestamp,
) -> Vec<Ecosystem> {
    let is_old = |ecosystem: &Ecosystem| match knowledge.ecosystem(*ecosystem) {
        EcosystemKnowledge::Imported { facts, .. } => {
            let age = facts.as_of.map(|as_of| now.duration_since(as_of));
            !facts.complete || age.is_none_or(|age| age > REFRESH_AFTER)
        }
        EcosystemKnowledge::Starter
        | EcosystemKnowledge::Absent
        | EcosystemKnowledge::Damaged(_) => true,
    };
    ecosystems.iter().copied().filter(is_old).collect()
}

/// Fetches what is old. Whatever fails is a warning: the scan goes on with what is there, and its
/// verdict says what is missing. True when anything may have changed.
fn refresh(
    context: &Context,
    folder: &DataFolder,
    ecosystems: Vec<Ecosystem>,
    addresses: Addresses,
    now: jiff::Timestamp,
) -> bool {
    let options = UpdateOptions {
        ecosystems,
        addresses,
        now,
        limits: DataLimits::default(),
        back_off: BACK_OFF,
    };
    let progress = db::Bar::new(context);
    let fetched = update(folder, &options, &db::downloader(), &progress);
    drop(progress);
    match fetched {
        Ok(report) => {
            for problem in db::problems(&report) {
                context.output.warn(&problem);
            }
            true
        }
        Err(error) => {
            context.output.warn(&format!("the advisory data were not refreshed: {error}"));
            false
        }
    }
}
