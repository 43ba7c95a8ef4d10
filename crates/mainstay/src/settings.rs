//! Settings: flag, then `MAINSTAY_*` variable, then the project's `mainstay.toml` (found upwards
//! from each scanned path), then the user's file, then the default.
//!
//! A project's file travels with the software that is scanned, and that software may be hostile.
//! So it can say what to leave out and what is accepted, which every report shows, but not where
//! advisory data come from or lie; and `--no-project-settings` ignores it.

mod file;
pub(crate) mod gate;
mod quantity;

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use jiff::SignedDuration;
use mainstay_knowledge::Addresses;
use mainstay_policy::parse_age;
use mainstay_scan::{Beside, Installed, Limits, Pattern, StatementSources, Target};
use mainstay_types::SourceUrl;

use crate::args::{Common, ScanArgs, StatementArgs, TargetArgs};
use crate::environment::Environment;
pub(crate) use file::{ProjectFile, UserFile};
pub(crate) use quantity::parse_size;

/// The project's file.
const PROJECT_FILE: &str = "mainstay.toml";

/// What a scan needs to know.
pub(crate) struct ScanSettings {
    pub(crate) targets: Vec<Target>,
    pub(crate) limits: Limits,
    pub(crate) offline: bool,
    /// What the project files say beyond that.
    pub(crate) projects: Projects,
    /// Where VEX statements come from.
    pub(crate) statements: StatementSources,
}

/// The project files of all targets.
#[derive(Default)]
pub(crate) struct Projects {
    files: Vec<ProjectFile>,
    /// For each target the position of its file, if it has one.
    of_target: Vec<Option<usize>>,
}

/// Reads the settings of a scan.
pub(crate) fn of_scan(
    args: &ScanArgs,
    environment: &Environment,
    user: &UserFile,
) -> anyhow::Result<ScanSettings> {
    let (targets, projects) = targets(&args.targets)?;
    let limits = scan_limits(args, environment, user, Some(&projects))?;
    let offline = args.offline || is_offline(environment, user)?;
    let statements = of_statements(&args.statements, &args.targets)?;
    Ok(ScanSettings { targets, limits, offline, projects, statements })
}

/// The limits of a scan. Without project files only the user's word counts.
fn scan_limits(
    args: &ScanArgs,
    environment: &Environment,
    user: &UserFile,
    projects: Option<&Projects>,
) -> anyhow::Result<Limits> {
    let mut limits = limits(&args.targets, environment, user, projects)?;
    let said = args.max_data_age.as_ref().or(environment.max_data_age.as_ref());
    let of_projects = |projects: &Projects| -> anyhow::Result<Option<String>> {
        Ok(projects.agreed("max-data-age", |one| one.max_data_age.as_ref())?.cloned())
    };
    let age = match (said, projects) {
        (Some(age), _) => Some(age.clone()),
        (None, Some(projects)) => of_projects(projects)?.or_else(|| user.max_data_age.clone()),
        (None, None) => user.max_data_age.clone(),
    };
    if let Some(age) = age {
        limits.data_age = parse_age(&age)?;
    }
    Ok(limits)
}

/// Takes back what a project's settings let out of sight: the user's policy rules, and does not
/// let them. Says what does not hold. A limit on the age of the data holds where it is stricter.
pub(crate) fn without_exclusions(
    settings: &mut ScanSettings,
    args: &ScanArgs,
    environment: &Environment,
    user: &UserFile,
    policy: &str,
) -> anyhow::Result<Vec<String>> {
    let own = scan_limits(args, environment, user, None)?;
    let limits = &mut settings.limits;
    limits.file_bytes = own.file_bytes;
    let is_laxer = own.data_age < limits.data_age;
    limits.data_age = limits.data_age.min(own.data_age);
    let flags = patterns(&args.targets.exclude, "--exclude")?;
    for target in &mut settings.targets {
        target.exclude.clone_from(&flags);
    }
    let mut warnings = Vec::new();
    for file in &settings.projects.files {
        let mut keys = file.hiding_keys();
        if is_laxer && file.max_data_age.is_some() {
            keys.push("max-data-age");
        }
        if !keys.is_empty() {
            warnings.push(format!(
                "{}: what it says of {} does not hold: the policy {policy} rules, and does not let a project say \
                 what is not looked at (project-exclusions)",
                file.path.display(),
                keys.join(" and ")
            ));
        }
    }
    Ok(warnings)
}

/// Whether the environment or the user's file says that the network is not to be used.
pub(crate) fn is_offline(environment: &Environment, user: &UserFile) -> anyhow::Result<bool> {
    match environment.offline.as_deref() {
        Some(word) => is_true(word),
        None => Ok(user.offline.unwrap_or(false)),
    }
}

/// Which VEX documents a scan reads. Those beside what is scanned are its own word, as its
/// settings are.
pub(crate) fn of_statements(
    args: &StatementArgs,
    targets: &TargetArgs,
) -> anyhow::Result<StatementSources> {
    for path in &args.vex {
        if std::fs::symlink_metadata(path).is_err() {
            bail!("there is no {}; --vex names a VEX document or a folder of them", path.display());
        }
    }
    let own = !args.no_vex && !targets.no_project_settings;
    Ok(StatementSources {
        named: args.vex.clone(),
        beside: if own { Beside::Read } else { Beside::Ignored },
        products: args.product.clone(),
    })
}

/// Reads the settings of a command that only makes an inventory.
pub(crate) fn of_inventory(
    args: &TargetArgs,
    environment: &Environment,
    user: &UserFile,
) -> anyhow::Result<(Vec<Target>, Limits)> {
    let (targets, projects) = targets(args)?;
    Ok((targets, limits(args, environment, user, Some(&projects))?))
}

/// The targets, each with what its project's file says; and those files, each once.
fn targets(args: &TargetArgs) -> anyhow::Result<(Vec<Target>, Projects)> {
    let flags = patterns(&args.exclude, "--exclude")?;
    let mut projects = Projects::default();
    let mut targets = Vec::new();
    for path in &args.paths {
        if std::fs::symlink_metadata(path).is_err_and(|e| e.kind() == std::io::ErrorKind::NotFound)
        {
            bail!("there is no {}; name a file or a folder that is there", path.display());
        }
        let mut target = Target::new(path);
        target.exclude.clone_from(&flags);
        if args.installed {
            target.installed = Installed::Everywhere;
        }
        let found = if args.no_project_settings { None } else { find_upwards(path, PROJECT_FILE) };
        let at = found.map(|file| projects.position(&file)).transpose()?;
        if let Some(project) = at.and_then(|at| projects.files.get(at)) {
            target.exclude.extend(project.excludes_below(path)?);
            target.exceptions.clone_from(&project.exceptions);
            if project.installed == Some(true) {
                target.installed = Installed::Everywhere;
            }
            target.settings = Some(project.path.to_string_lossy().into_owned());
        }
        projects.of_target.push(at);
        targets.push(target);
    }
    Ok((targets, projects))
}

impl Projects {
    /// The position of a file, which is read when it is met first.
    fn position(&mut self, file: &Path) -> anyhow::Result<usize> {
        if let Some(known) = self.files.iter().position(|known| known.path == file) {
            return Ok(known);
        }
        self.files.push(ProjectFile::read(file)?);
        Ok(self.files.len() - 1)
    }

    /// What the files say of a key that one scan can have only once. A target without a file, or
    /// whose file is silent, says nothing: no project can loosen what holds for another.
    ///
    /// # Errors
    /// The targets do not agree.
    pub(crate) fn agreed<T: PartialEq>(
        &self,
        key: &str,
        pick: fn(&ProjectFile) -> Option<&T>,
    ) -> anyhow::Result<Option<&T>> {
        let said = |at: &Option<usize>| at.and_then(|at| self.files.get(at)).and_then(pick);
        let first = self.of_target.first().and_then(said);
        if self.of_target.iter().any(|at| said(at) != first) {
            bail!(
                "the settings of the named paths do not agree on {key}; give it as a flag, or \
                 take the paths one by one"
            );
        }
        Ok(first)
    }
}

fn limits(
    args: &TargetArgs,
    environment: &Environment,
    user: &UserFile,
    projects: Option<&Projects>,
) -> anyhow::Result<Limits> {
    let mut limits = Limits::default();
    let said = args.max_file_size.as_ref().or(environment.max_file_size.as_ref());
    let size = match (said, projects) {
        (Some(size), _) => Some(size),
        (None, Some(projects)) => projects
            .agreed("max-file-size", |one| one.max_file_size.as_ref())?
            .or(user.max_file_size.as_ref()),
        (None, None) => user.max_file_size.as_ref(),
    };
    if let Some(size) = size {
        limits.file_bytes = parse_size(size)?;
    }
    Ok(limits)
}

/// A file of this name in the folder of the path, or in the nearest folder above that has one.
pub(crate) fn find_upwards(path: &Path, name: &str) -> Option<PathBuf> {
    let absolute = path.canonicalize().ok()?;
    let start = if absolute.is_dir() { Some(absolute.as_path()) } else { absolute.parent() };
    let found = start?.ancestors().map(|folder| folder.join(name)).find(|one| one.is_file());
    // Shown as the user would write it, where it lies below the current folder.
    let here = std::env::current_dir().ok().and_then(|here| here.canonicalize().ok());
    found.map(|file| match here.and_then(|here| file.strip_prefix(here).ok().map(Path::to_owned)) {
        Some(relative) => relative,
        None => file,
    })
}

/// The folder of the advisory data.
pub(crate) fn data_dir(
    common: &Common,
    environment: &Environment,
    user: &UserFile,
) -> anyhow::Result<PathBuf> {
    use etcetera::BaseStrategy as _;
    let said =
        common.data_dir.as_ref().or(environment.data_dir.as_ref()).or(user.data_dir.as_ref());
    if let Some(path) = said {
        return Ok(path.clone());
    }
    let platform = etcetera::choose_base_strategy()
        .context("there is no home folder; name the data folder with --data-dir")?;
    Ok(platform.data_dir().join("mainstay"))
}

/// Where advisory data come from.
pub(crate) fn addresses(environment: &Environment, user: &UserFile) -> Addresses {
    let mut addresses = Addresses::default();
    let choose = |address: &mut SourceUrl, variable: &Option<String>, file: &Option<String>| {
        if let Some(url) = variable.as_ref().or(file.as_ref()) {
            *address = SourceUrl::new(url);
        }
    };
    choose(&mut addresses.osv, &environment.osv_url, &user.addresses.osv);
    choose(&mut addresses.kev, &environment.kev_url, &user.addresses.kev);
    choose(&mut addresses.epss, &environment.epss_url, &user.addresses.epss);
    addresses
}

/// Path patterns from a flag or a key.
fn patterns(texts: &[String], said_by: &str) -> anyhow::Result<Vec<Pattern>> {
    texts
        .iter()
        .map(|text| Pattern::parse(text).with_context(|| format!("{said_by} cannot be read")))
        .collect()
}

fn is_true(word: &str) -> anyhow::Result<bool> {
    match word.to_ascii_lowercase().as_str() {
        "1" | "true" | "yes" | "on" => Ok(true),
        "0" | "false" | "no" | "off" => Ok(false),
        _ => bail!("MAINSTAY_OFFLINE=\"{word}\" is neither true nor false"),
    }
}

/// The age after which data are fetched again by themselves.
pub(crate) const REFRESH_AFTER: SignedDuration = SignedDuration::from_hours(24);
