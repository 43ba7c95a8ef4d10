//! `mainstay db`: the advisory data.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, bail};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use mainstay_console::{ExitCode, Line, Progress as ProgressLine, Sheet, Tone, clean_json};
use mainstay_fetch::{Fetcher, Limits as FetchLimits, Proxies};
use mainstay_knowledge::{
    DataFolder, ImportOptions, ImportReport, IndexState, Limits, Progress, SourceKind,
    SourceStatus, Status, UpdateOptions, UpdateReport, Updated, import, status, update,
};
use mainstay_types::Ecosystem;

use crate::Context;
use crate::args::{Common, DbCommand};
use crate::settings::{self, UserFile};

/// How many of a long list are shown without `--verbose`.
const SHOWN: usize = 10;

pub(crate) fn run(
    context: &Context,
    common: &Common,
    command: &DbCommand,
) -> anyhow::Result<ExitCode> {
    let user = UserFile::read()?;
    let folder = DataFolder::open(&settings::data_dir(common, &context.environment, &user)?)?;
    match command {
        DbCommand::Import { paths, as_of } => {
            import_paths(context, &folder, paths, as_of.as_deref())
        }
        DbCommand::Update { ecosystem, all } => {
            update_folder(context, &folder, &user, &ecosystems(ecosystem, *all)?)
        }
        DbCommand::Status { json } => show_status(context, &folder, *json),
    }
}

/// The HTTP client of this binary.
pub(crate) fn fetcher(limits: FetchLimits, proxies: Proxies) -> Fetcher {
    Fetcher::new(limits, concat!("mainstay/", env!("CARGO_PKG_VERSION")), proxies)
}

/// The client for large downloads.
pub(crate) fn downloader() -> Fetcher {
    fetcher(FetchLimits::default(), Proxies::FromEnvironment)
}

/// Shows progress of long work on the terminal's line.
pub(crate) struct Bar {
    line: ProgressLine,
    step: std::sync::Mutex<String>,
}

impl Bar {
    pub(crate) fn new(context: &Context) -> Self {
        Self { line: context.output.progress(), step: std::sync::Mutex::default() }
    }
}

impl Progress for Bar {
    fn step(&self, message: &str) {
        message
            .clone_into(&mut self.step.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
        self.line.say(message);
    }

    fn bytes(&self, done: u64, total: Option<u64>) {
        let step = self.step.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        self.line.bytes(&step, done, total);
    }

    fn finished(&self) {
        self.line.finish();
    }
}

fn import_paths(
    context: &Context,
    folder: &DataFolder,
    paths: &[PathBuf],
    as_of: Option<&str>,
) -> anyhow::Result<ExitCode> {
    let now = context.environment.now()?;
    let as_of = as_of.map(parse_as_of).transpose()?;
    if as_of.is_some_and(|as_of| as_of > now) {
        bail!("--as-of lies in the future; name the day on which the data were true");
    }
    let options = ImportOptions { as_of, now, limits: Limits::default() };
    let bar = Bar::new(context);
    let report = import(folder, paths, &options, &bar)?;
    drop(bar);
    context.output.result(&imported(context, &report, now))?;
    let nothing = report.records == 0 && report.kev.is_none() && report.epss.is_none();
    if nothing {
        bail!("nothing was imported: no OSV record, KEV catalogue or EPSS table was found");
    }
    Ok(ExitCode::Done)
}

/// A day, or a moment.
fn parse_as_of(text: &str) -> anyhow::Result<Timestamp> {
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Ok(moment);
    }
    let day: Date = text
        .parse()
        .ok()
        .with_context(|| format!("--as-of \"{text}\" is no day such as 2026-01-31"))?;
    Ok(day.to_zoned(TimeZone::UTC)?.timestamp())
}

fn imported(context: &Context, report: &ImportReport, now: Timestamp) -> String {
    let mut sheet = context.output.sheet();
    for (ecosystem, state) in &report.ecosystems {
        let age = state.as_of.map(|as_of| age_text(now.duration_since(as_of).as_hours() / 24));
        let line = Line::default()
            .toned(Tone::Strong, ecosystem.to_string())
            .text(format!(": {} records", state.records))
            .text(format!(", {} of them withdrawn", state.withdrawn))
            .text(age.map(|age| format!("; {age}")).unwrap_or_default());
        sheet.push(&line);
    }
    for (name, entries) in [("KEV", report.kev), ("EPSS", report.epss)] {
        if let Some(entries) = entries {
            sheet.push(
                &Line::default().toned(Tone::Strong, name).text(format!(": {entries} entries")),
            );
        }
    }
    if report.superseded > 0 {
        let text =
            format!("{} records were superseded by newer ones of the same id", report.superseded);
        sheet.push(&Line::default().text(text));
    }
    if report.without_package > 0 {
        let text =
            format!("{} records name no package of a known ecosystem", report.without_package);
        sheet.push(&Line::default().text(text));
    }
    for (name, entries) in &report.unknown_ecosystems {
        let line = Line::default().toned(Tone::Warning, "not matched: ");
        sheet.push(&line.text(format!("{entries} entries of the unknown ecosystem {name}")));
    }
    let others: Vec<_> = report.not_advisories.iter().map(|one| (&one.path, &one.reason)).collect();
    list(context, &mut sheet, "no advisory data: ", &others, report.not_advisories_count);
    let errors: Vec<_> = report.errors.iter().map(|one| (&one.path, &one.problem)).collect();
    list(context, &mut sheet, "not read: ", &errors, report.errors_count);
    sheet.into_string()
}

fn list(context: &Context, sheet: &mut Sheet, label: &str, items: &[(&String, &String)], all: u64) {
    let shown = if context.output.layout.verbose { items.len() } else { SHOWN };
    for (path, why) in items.iter().take(shown) {
        sheet.push(&Line::default().toned(Tone::Warning, label).text(format!("{path}: {why}")));
    }
    let told = u64::try_from(shown.min(items.len())).unwrap_or(u64::MAX);
    if all > told {
        let text = format!("{label}{} more (--verbose lists them)", all - told);
        sheet.push(&Line::default().toned(Tone::Dim, text));
    }
}

fn age_text(days: i64) -> String {
    match days {
        1 => "1 day old".to_owned(),
        days => format!("{days} days old"),
    }
}

/// The ecosystems of `db update`. Empty means those that are there already.
fn ecosystems(names: &[String], all: bool) -> anyhow::Result<Vec<Ecosystem>> {
    if all {
        return Ok(Ecosystem::all().collect());
    }
    names
        .iter()
        .map(|name| {
            Ecosystem::from_osv_name(name).with_context(|| {
                let names: Vec<_> = Ecosystem::all().map(Ecosystem::osv_name).collect();
                format!("\"{name}\" is no ecosystem; choose one of {}", names.join(", "))
            })
        })
        .collect()
}

fn update_folder(
    context: &Context,
    folder: &DataFolder,
    user: &UserFile,
    ecosystems: &[Ecosystem],
) -> anyhow::Result<ExitCode> {
    let now = context.environment.now()?;
    if ecosystems.is_empty() && status(folder, now)?.sources.is_empty() {
        bail!(
            "there is no ecosystem to update yet; name some with --ecosystem, or take --all; a \
             scan fetches what it needs by itself"
        );
    }
    let options = UpdateOptions {
        ecosystems: ecosystems.to_vec(),
        addresses: settings::addresses(&context.environment, user),
        now,
        limits: Limits::default(),
        back_off: Duration::ZERO,
    };
    let bar = Bar::new(context);
    let report = update(folder, &options, &downloader(), &bar)?;
    drop(bar);
    context.output.result(&updated(context, &report))?;
    let problems = problems(&report);
    for problem in &problems {
        context.output.warn(problem);
    }
    if problems.is_empty() { Ok(ExitCode::Done) } else { bail!("not everything was updated") }
}

fn updated(context: &Context, report: &UpdateReport) -> String {
    let mut sheet = context.output.sheet();
    let how = |how: Updated| match how {
        Updated::Whole => "fetched whole".to_owned(),
        Updated::Changes(records) => format!("{records} changed records fetched"),
        Updated::Current => "nothing has changed".to_owned(),
    };
    for (ecosystem, done) in &report.ecosystems {
        if let Ok(done) = done {
            let line = Line::default().toned(Tone::Strong, ecosystem.to_string());
            let mut text = format!(": {}; {} records", how(done.how), done.state.records);
            if done.errors > 0 {
                // Writing to a `String` cannot fail.
                let _ = write!(text, "; {} could not be read", done.errors);
            }
            sheet.push(&line.text(text));
        }
    }
    for (name, table) in [("KEV", &report.kev), ("EPSS", &report.epss)] {
        if let Some(Ok(table)) = table {
            let text = format!(": {}; {} entries", how(table.how), table.records);
            sheet.push(&Line::default().toned(Tone::Strong, name).text(text));
        }
    }
    sheet.into_string()
}

/// What an update could not do, one line each.
pub(crate) fn problems(report: &UpdateReport) -> Vec<String> {
    let mut problems = Vec::new();
    for (ecosystem, done) in &report.ecosystems {
        if let Err(error) = done {
            problems.push(format!("the advisory data of {ecosystem} were not updated: {error}"));
        }
    }
    if !report.not_tried.is_empty() {
        let names: Vec<_> = report.not_tried.iter().map(ToString::to_string).collect();
        problems.push(format!(
            "the advisory data of {} were not updated: the network failed a short while ago",
            names.join(", ")
        ));
    }
    for (name, table) in [("data of KEV", &report.kev), ("scores of EPSS", &report.epss)] {
        if let Some(Err(error)) = table {
            problems.push(format!("the {name} were not updated: {error}"));
        }
    }
    problems
}

fn show_status(context: &Context, folder: &DataFolder, json: bool) -> anyhow::Result<ExitCode> {
    let now = context.environment.now()?;
    let status = status(folder, now)?;
    let text = if json { status_json(&status)? } else { status_text(context, folder, &status) };
    context.output.result(&text)?;
    Ok(ExitCode::Done)
}

fn source_name(kind: SourceKind) -> (&'static str, Option<Ecosystem>) {
    match kind {
        SourceKind::Advisories(ecosystem) => ("osv", Some(ecosystem)),
        SourceKind::Kev => ("kev", None),
        SourceKind::Epss => ("epss", None),
    }
}

fn status_text(context: &Context, folder: &DataFolder, status: &Status) -> String {
    let mut sheet = context.output.sheet();
    sheet.push(&Line::default().text(format!("Data folder: {}", folder.path().display())));
    if status.sources.is_empty() {
        let text = "There is no advisory data yet. `mainstay db update --all` fetches it, \
                    `mainstay db import` takes it from files, and a scan with a network fetches \
                    what it needs. Until then only the embedded starter set is asked.";
        sheet.push(&Line::default().text(text));
    }
    for source in &status.sources {
        let (name, ecosystem) = source_name(source.kind);
        let name = ecosystem.map_or_else(|| name.to_uppercase(), |one| one.to_string());
        let day = |at: Timestamp| at.strftime("%Y-%m-%d").to_string();
        let newest = source.newest.map(|at| format!(", newest of {}", day(at))).unwrap_or_default();
        let age = match source.age {
            Some(age) => age_text(age.as_hours() / 24),
            None => "of unknown age".to_owned(),
        };
        let heading = Line::default().toned(Tone::Strong, name);
        sheet.push(&heading.text(format!(": {} records{newest}; {age}", source.records)));
        if !source.complete {
            let text = "only a part of its data is there: single records, or other ecosystems' \
                        records that mention it";
            sheet.push(&Line::indented(2).toned(Tone::Warning, text));
        }
        if source.unread > 0 {
            let text = format!("{} files of it could not be read", source.unread);
            sheet.push(&Line::indented(2).toned(Tone::Warning, text));
        }
        sheet.push(&Line::indented(2).toned(Tone::Dim, &source.digest));
        if let IndexState::Unusable(why) = &source.index {
            sheet.push(&Line::indented(2).toned(Tone::Bad, "cannot be used: ").text(why));
        }
    }
    sheet.into_string()
}

/// `mainstay.status`, version 1.
fn status_json(status: &Status) -> anyhow::Result<String> {
    let source = |source: &SourceStatus| {
        let (name, ecosystem) = source_name(source.kind);
        let problem = match &source.index {
            IndexState::Ready => None,
            IndexState::Unusable(why) => Some(why),
        };
        serde_json::json!({
            "source": name,
            "ecosystem": ecosystem.map(Ecosystem::osv_name),
            "records": source.records,
            "newest": source.newest.map(|at| at.to_string()),
            "as_of": source.as_of.map(|at| at.to_string()),
            "age_days": source.age.map(|age| age.as_hours() / 24),
            "digest": source.digest,
            "bytes": source.bytes,
            "complete": source.complete,
            "unread": source.unread,
            "problem": problem,
        })
    };
    let document = serde_json::json!({
        "schema": "mainstay.status",
        "version": 1,
        "sources": status.sources.iter().map(source).collect::<Vec<_>>(),
    });
    Ok(clean_json(format!("{}\n", serde_json::to_string_pretty(&document)?)))
}
