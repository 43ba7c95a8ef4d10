//! `mainstay scan` and `mainstay check`: one scan; `check` judges it.

use std::time::Duration;

use mainstay_console::ExitCode;
use mainstay_knowledge::{
    Addresses, DataFolder, EcosystemKnowledge, Knowledge, Limits as DataLimits, UpdateOptions,
    update,
};
use mainstay_scan::{Gate, Scan, inventory, report};
use mainstay_types::Ecosystem;

use crate::Context;
use crate::args::{CheckArgs, Common, ScanArgs};
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
    make(context, common, args, &user, settings)?;
    Ok(ExitCode::Done)
}

/// The gate.
pub(crate) fn check(
    context: &Context,
    common: &Common,
    args: &CheckArgs,
) -> anyhow::Result<ExitCode> {
    let user = UserFile::read()?;
    let settings = settings::of_scan(&args.scan, &context.environment, &user)?;
    let said = |flags: &[String], key, pick| match flags {
        [] => settings.projects.agreed(key, pick).map(|words| words.cloned().unwrap_or_default()),
        flags => Ok(flags.to_vec()),
    };
    let fail_on = said(&args.fail_on, "fail-on", |one| one.fail_on.as_ref())?;
    let allowed = said(&args.allow_unknown, "allow-unknown", |one| one.allow_unknown.as_ref())?;
    let gate = Gate {
        refuse: settings::refusals(&fail_on)?,
        allow_unknown: settings::allowed_unknown(&allowed)?,
    };
    let scan = make(context, common, &args.scan, &user, settings)?;
    let judged = gate.judge(&scan);
    if judged == ExitCode::Unknown && gate.cannot_tell(&scan) {
        context.output.warn(
            "nobody can say whether the findings are known to be exploited: the KEV catalogue is \
             not there or too old; run `mainstay db update` with a network, or `mainstay db import`",
        );
    }
    Ok(judged)
}

fn make(
    context: &Context,
    common: &Common,
    args: &ScanArgs,
    user: &UserFile,
    settings: ScanSettings,
) -> anyhow::Result<Scan> {
    let now = context.environment.now()?;
    let folder = DataFolder::open(&settings::data_dir(common, &context.environment, user)?)?;
    let inventoried = inventory(settings.targets, settings.limits);
    let refreshed = Refresh { offline: settings.offline, now };
    let knowledge = open(context, &folder, user, &inventoried.ecosystems(), refreshed);
    let scan = inventoried.judge(&knowledge, settings.limits, now);
    context.output.result(&report(&scan, args.format, context.output.layout)?)?;
    Ok(scan)
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
    let fetched = update(folder, &options, &db::fetcher(), &progress);
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
