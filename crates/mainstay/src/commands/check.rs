//! `mainstay check`: the scan, judged by policies; perhaps only what is new since a revision.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use mainstay_console::ExitCode;
use mainstay_git::{Commit, ExportLimits, Repository};
use mainstay_scan::{Limits, Revision, StatementSources, Target, inventory, is_needed, report};

use crate::Context;
use crate::args::{CheckArgs, Common};
use crate::commands::scan::{Made, make};
use crate::settings::{self, UserFile};

/// How much of a revision is written to disk at most.
const MOST_BYTES: u64 = 4 << 30;
const MOST_FILES: usize = 200_000;

/// The gate.
pub(crate) fn check(
    context: &Context,
    common: &Common,
    args: &CheckArgs,
) -> anyhow::Result<ExitCode> {
    let user = UserFile::read()?;
    let mut settings = settings::of_scan(&args.scan, &context.environment, &user)?;
    let gate = settings::gate::of_check(args, &context.environment, &user, &mut settings)?;
    for warning in &gate.warnings {
        context.output.warn(warning);
    }
    // A revision that is not there is told before the long work begins.
    let revision = args.since.as_deref().map(|name| At::find(context, name, &settings.targets));
    let revision = revision.transpose()?;
    let (targets, limits) = (settings.targets.clone(), settings.limits);
    let statements = settings.statements.clone();
    let mut made = make(context, common, &user, settings)?;
    if let Some(revision) = &revision {
        revision.compare(&mut made, &targets, &statements, limits)?;
    }
    let mut scan = made.scan;
    let judgement = gate.gate.judge(&scan);
    scan.warnings.extend(gate.gate.idle_exceptions(&judgement, scan.now));
    if judgement.misses("known exploited") {
        context.output.warn(
            "nobody can say whether the findings are known to be exploited: the KEV catalogue is \
             not there or too old; run `mainstay db update` with a network, or `mainstay db import`",
        );
    }
    if judgement.misses("chance of exploitation") && !scan.knows_probabilities {
        context.output.warn(
            "nobody can say how likely the findings are to be exploited: EPSS is not there or too \
             old; run `mainstay db update` with a network, or `mainstay db import`",
        );
    }
    let code = judgement.exit_code();
    scan.judgement = Some(judgement);
    let layout = context.output.layout;
    context.output.result_by(|to| Ok(report(&scan, args.scan.format, layout, to)?))?;
    // As in `scan`: the process ends here.
    std::mem::forget(scan);
    Ok(code)
}

/// A revision of the repository around the targets.
struct At<'n> {
    name: &'n str,
    repository: Repository,
    commit: Commit,
}

impl<'n> At<'n> {
    fn find(context: &Context, name: &'n str, targets: &[Target]) -> anyhow::Result<Self> {
        let search_path = context.environment.search_path.as_deref();
        let first = targets.first().map_or(Path::new("."), |target| &target.path);
        let folder = if first.is_dir() { first } else { parent(first) };
        let repository = Repository::around(folder, search_path)?;
        for target in targets {
            below(&repository, &target.path)?;
        }
        let commit = repository.commit(name)?;
        Ok(Self { name, repository, commit })
    }

    /// Scans the revision with the same knowledge, and marks what was there already. Of VEX
    /// statements it hears those that the user named, and those that stood beside the targets then.
    fn compare(
        &self,
        made: &mut Made,
        targets: &[Target],
        statements: &StatementSources,
        limits: Limits,
    ) -> anyhow::Result<()> {
        let place = tempfile::tempdir().context("there is no folder for temporary files")?;
        let export_limits = ExportLimits {
            file_bytes: limits.file_bytes,
            total_bytes: MOST_BYTES,
            files: MOST_FILES,
        };
        let mut earlier = Vec::new();
        let mut prefixes = Vec::new();
        let mut left_out = Vec::new();
        for (number, target) in targets.iter().enumerate() {
            let is_folder = target.path.is_dir();
            let below = below(&self.repository, &target.path)?;
            let folder = if is_folder { below.clone() } else { above(&below) };
            let into = place.path().join(number.to_string());
            std::fs::create_dir(&into).context("cannot write the files of the revision")?;
            let exported =
                self.repository.export(&self.commit, &folder, &is_needed, export_limits, &into)?;
            left_out.extend(exported.left_out);
            let path = if below.is_empty() { into } else { into.join(&below) };
            prefixes.push((shown_prefix(&target.path), shown_prefix(&path)));
            // What was not there at the revision has nothing old.
            if path.exists() {
                earlier.push(Target { path, ..target.clone() });
            }
        }
        let before = inventory(earlier, limits).with_statements(statements, limits);
        let before = before.judge(&made.knowledge, limits, made.scan.now);
        let same_bytes: &dyn Fn(&Path, &Path) -> bool = &same_bytes;
        let (name, commit) = (self.name, self.commit.id());
        let content: &dyn Fn(&Path) -> Option<Vec<u8>> = &|path| content(path, limits.file_bytes);
        let revision = Revision { name, commit, prefixes, same_bytes, content };
        made.scan.compare_with(before, &revision);
        left_out.sort_unstable();
        left_out.dedup();
        made.scan.warnings.extend(self.not_compared(&left_out));
        Ok(())
    }

    /// What of the revision was not read.
    fn not_compared(&self, left_out: &[String]) -> Option<String> {
        if left_out.is_empty() {
            return None;
        }
        let shown: Vec<&str> = left_out.iter().take(SHOWN).map(String::as_str).collect();
        let more = left_out.len().saturating_sub(SHOWN);
        let tail = if more > 0 { format!(" and {more} more") } else { String::new() };
        Some(format!(
            "not read at {}: {}{tail}; what a link, a submodule, a file that is too large or one \
             with an unsafe name holds counts as new",
            self.name,
            shown.join(", ")
        ))
    }
}

/// How many files a warning names.
const SHOWN: usize = 20;

/// A path relative to the top of the repository, with `/`.
fn below(repository: &Repository, path: &Path) -> anyhow::Result<String> {
    let whole = if path.is_dir() {
        path.canonicalize()
    } else {
        parent(path).canonicalize().map(|folder| folder.join(path.file_name().unwrap_or_default()))
    };
    let whole = whole.with_context(|| format!("cannot find {}", path.display()))?;
    let Ok(below) = whole.strip_prefix(repository.top()) else {
        bail!(
            "{} lies outside of the repository {}, so --since cannot compare it; take the paths of \
             each repository by themselves",
            path.display(),
            repository.top().display()
        );
    };
    let parts: Option<Vec<&str>> = below.iter().map(|part| part.to_str()).collect();
    match parts {
        Some(parts) => Ok(parts.join("/")),
        None => bail!("the path {} is not UTF-8, so --since cannot find it", path.display()),
    }
}

/// Whether two files hold the same bytes. What cannot be read is not the same.
fn same_bytes(one: &Path, other: &Path) -> bool {
    let length = |path: &Path| std::fs::metadata(path).map(|file| file.len()).ok();
    let same_length = length(one).is_some_and(|of_one| length(other) == Some(of_one));
    same_length
        && std::fs::read(one)
            .is_ok_and(|of_one| std::fs::read(other).is_ok_and(|of_other| of_one == of_other))
}

/// What a regular file holds, where it is within the limit.
fn content(path: &Path, limit: u64) -> Option<Vec<u8>> {
    let file = std::fs::metadata(path).ok()?;
    let is_small = file.is_file() && file.len() <= limit;
    is_small.then(|| std::fs::read(path).ok()).flatten()
}

fn parent(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn above(below: &str) -> String {
    below.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned()
}

/// What the paths of a target begin with in reports.
fn shown_prefix(path: &Path) -> String {
    let mut bare: PathBuf = path.components().collect();
    if bare == Path::new(".") {
        bare = PathBuf::new();
    }
    let text = bare.to_string_lossy();
    let text = text.strip_prefix("./").unwrap_or(&text);
    if text.is_empty() || !path.is_dir() { text.to_owned() } else { format!("{text}/") }
}
