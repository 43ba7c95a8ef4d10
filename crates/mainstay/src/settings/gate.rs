//! Which policies the gate asks, and what may stay unknown.
//!
//! What the user names (a flag, a variable, the user's own settings file) rules. What a project
//! brings (its `mainstay.toml`, its `mainstay-policy.toml`) can always refuse more; it can let
//! more pass only where the user named no policy (decision 0011).

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use mainstay_policy::{Allowance, Condition, Exception, FindingRule, Policy};
use mainstay_scan::{AllowedUnknown, Beside, Gate, UnknownCode};
use mainstay_types::{FindingKind, Severity};

use super::file::bounded;
use super::{ScanSettings, find_upwards, without_exclusions};
use crate::args::CheckArgs;
use crate::environment::Environment;
use crate::settings::UserFile;

/// The project's policy, beside its settings.
pub(crate) const POLICY_FILE: &str = "mainstay-policy.toml";

/// The gate, and what the user should know about how it came to be.
pub(crate) struct GateSettings {
    pub(crate) gate: Gate,
    pub(crate) warnings: Vec<String>,
}

/// Reads the policies, and gives their exceptions to the targets.
pub(crate) fn of_check(
    args: &CheckArgs,
    environment: &Environment,
    user: &UserFile,
    settings: &mut ScanSettings,
) -> anyhow::Result<GateSettings> {
    let named = args.policy.as_ref().or(environment.policy.as_ref()).or(user.policy.as_ref());
    let of_user = named.map(|path| read(path)).transpose()?;
    let mut of_projects = Vec::new();
    if !args.scan.targets.no_project_settings {
        of_projects = project_policies(&args.scan.targets.paths, of_user.as_ref())?;
    }
    let thresholds = thresholds(args, settings, of_user.as_ref(), &of_projects)?;
    let allow_unknown = allow_unknown(args, settings, of_user.as_ref(), &of_projects)?;
    let mut warnings = hand_out(settings, of_user.as_ref(), &mut of_projects);
    if let Some(policy) =
        of_user.as_ref().filter(|one| one.project_exclusions == Allowance::Ignored)
    {
        let path = &policy.path;
        warnings.extend(without_exclusions(settings, &args.scan, environment, user, path)?);
    }
    if of_user.as_ref().is_some_and(|one| one.project_statements == Allowance::Ignored)
        && settings.statements.beside == Beside::Read
    {
        settings.statements.beside = Beside::ReadToRaise;
    }
    let projects = of_projects.into_iter().map(|project| project.policy);
    let mut policies: Vec<Policy> = of_user.into_iter().chain(thresholds).chain(projects).collect();
    // Exceptions to findings were handed to the targets, where every report shows them.
    for policy in &mut policies {
        let to_rules: Vec<Exception> = policy.exceptions_to_rules().cloned().collect();
        policy.exceptions = to_rules;
    }
    warnings.extend(policies.iter().flat_map(Policy::doubts));
    Ok(GateSettings { gate: Gate { policies, allow_unknown }, warnings })
}

/// One project's policy and the targets that it is about.
struct ProjectPolicy {
    policy: Policy,
    file: PathBuf,
    targets: Vec<usize>,
}

/// Reads a policy file.
pub(crate) fn read(path: &Path) -> anyhow::Result<Policy> {
    let text =
        bounded(path).with_context(|| format!("cannot read the policy {}", path.display()))?;
    let policy = Policy::parse(&path.display().to_string(), &text)?;
    let said = format!("allow-unknown in {}", path.display());
    allowed_unknown(&policy.allow_unknown, &said)?;
    Ok(policy)
}

/// The policies that projects bring, each once. Where the user named none, they must agree: no
/// project can lower the gate of another.
fn project_policies(
    paths: &[PathBuf],
    of_user: Option<&Policy>,
) -> anyhow::Result<Vec<ProjectPolicy>> {
    let mut found: Vec<ProjectPolicy> = Vec::new();
    let mut without = 0_usize;
    for (target, path) in paths.iter().enumerate() {
        let Some(file) = find_upwards(path, POLICY_FILE) else {
            without += 1;
            continue;
        };
        if let Some(known) = found.iter_mut().find(|known| known.file == file) {
            known.targets.push(target);
            continue;
        }
        if of_user.is_some_and(|user| is_same(Path::new(&user.path), &file)) {
            continue;
        }
        let policy = read(&file)?;
        found.push(ProjectPolicy { policy, file, targets: vec![target] });
    }
    let agree = found.len() + usize::from(without > 0) <= 1;
    if of_user.is_none() && !agree {
        bail!(
            "the named paths do not have the same {POLICY_FILE}; name the policy with --policy, or \
             take the paths one by one"
        );
    }
    Ok(found)
}

fn is_same(one: &Path, other: &Path) -> bool {
    one.canonicalize().ok().zip(other.canonicalize().ok()).is_some_and(|(one, other)| one == other)
}

/// The rules of `--fail-on`, or of `fail-on` in the project's settings, or the default: any
/// finding. The default holds unless somebody who may say so has rules on findings.
fn thresholds(
    args: &CheckArgs,
    settings: &ScanSettings,
    of_user: Option<&Policy>,
    of_projects: &[ProjectPolicy],
) -> anyhow::Result<Vec<Policy>> {
    let has_rules = |policy: &Policy| !policy.findings.is_empty();
    let user_says = !args.fail_on.is_empty() || of_user.is_some_and(has_rules);
    let mut policies = Vec::new();
    let mut said = user_says;
    if !args.fail_on.is_empty() {
        policies.push(by_words(&args.fail_on, "--fail-on", "--fail-on")?);
    } else if let Some(words) =
        settings.projects.agreed("fail-on", |one| one.fail_on.as_ref())?.filter(|w| !w.is_empty())
    {
        let file = settings.targets.first().and_then(|target| target.settings.clone());
        let written = file.unwrap_or_else(|| "the project's settings".to_owned());
        let written = format!("fail-on in {written}");
        policies.push(by_words(words, &written, &written)?);
        said |= of_user.is_none();
    }
    if of_user.is_none() {
        said |= of_projects.iter().any(|project| has_rules(&project.policy));
    }
    if !said {
        policies.push(by_words(&["any".to_owned()], "the default", "--fail-on")?);
    }
    Ok(policies)
}

/// One rule per word of `--fail-on`. `said_by` is where a word stands that nobody knows.
fn by_words(words: &[String], written: &str, said_by: &str) -> anyhow::Result<Policy> {
    let mut findings = Vec::new();
    for word in words {
        let condition = match (&**word, Severity::from_word(word), FindingKind::from_word(word)) {
            ("any", ..) => None,
            ("known-exploited", ..) => Some(Condition::KnownExploited(true)),
            (_, _, Some(kind)) => Some(Condition::Kind(vec![kind])),
            (_, Some(severity), _) if severity > Severity::None => {
                Some(Condition::Severity(severity))
            }
            _ => bail!(
                "{said_by} \"{word}\" is not known; choose any, low, medium, high, critical, \
                 known-exploited, malicious, vulnerability, confusion, archive, unsound, \
                 unmaintained, notice or drift"
            ),
        };
        findings.push(FindingRule::simple(word, written, condition));
    }
    Ok(Policy::of_findings(written, findings))
}

fn allow_unknown(
    args: &CheckArgs,
    settings: &ScanSettings,
    of_user: Option<&Policy>,
    of_projects: &[ProjectPolicy],
) -> anyhow::Result<AllowedUnknown> {
    let mut words: Vec<String> = args.allow_unknown.clone();
    // What a file says is checked by itself, so that an error names the file.
    allowed_unknown(&words, "--allow-unknown")?;
    if let Some(policy) = of_user {
        words.extend(policy.allow_unknown.iter().cloned());
    } else if args.allow_unknown.is_empty() {
        let said = settings.projects.agreed("allow-unknown", |one| one.allow_unknown.as_ref())?;
        let said: Vec<String> = said.into_iter().flatten().cloned().collect();
        let file = settings.targets.first().and_then(|target| target.settings.as_deref());
        let file = file.unwrap_or("the project's settings");
        allowed_unknown(&said, &format!("allow-unknown in {file}"))?;
        words.extend(said);
        let by_policy = of_projects.iter().flat_map(|project| &project.policy.allow_unknown);
        words.extend(by_policy.cloned());
    }
    allowed_unknown(&words, "--allow-unknown")
}

/// What `--allow-unknown` names.
fn allowed_unknown(words: &[String], said_by: &str) -> anyhow::Result<AllowedUnknown> {
    if words.is_empty() {
        return Ok(AllowedUnknown::Nothing);
    }
    if words.iter().any(|word| word == "all") {
        return Ok(AllowedUnknown::Everything);
    }
    let codes: anyhow::Result<Vec<UnknownCode>> = words
        .iter()
        .map(|word| {
            UnknownCode::from_word(word).with_context(|| {
                let known = UnknownCode::ALL.map(UnknownCode::word).join(", ");
                format!("{said_by} \"{word}\" is not known; choose all, {known}")
            })
        })
        .collect();
    codes.map(AllowedUnknown::These)
}

/// Gives exceptions to those whom they concern: those that name a rule of the project's policy to
/// that policy, all others to the targets. Where the user named a policy, a project's exceptions
/// hold only if that policy lets them.
fn hand_out(
    settings: &mut ScanSettings,
    of_user: Option<&Policy>,
    of_projects: &mut [ProjectPolicy],
) -> Vec<String> {
    let mut warnings = Vec::new();
    let rules_alone = of_user.filter(|one| one.project_exceptions == Allowance::Ignored);
    for (at, target) in settings.targets.iter_mut().enumerate() {
        let project = of_projects.iter_mut().find(|project| project.targets.contains(&at));
        if let Some(project) = project {
            let policy = &mut project.policy;
            let (to_rules, to_findings): (Vec<_>, Vec<_>) =
                target.exceptions.drain(..).partition(|one| policy.names_rule(&one.id));
            target.exceptions = to_findings;
            target.exceptions.extend(
                policy.exceptions.iter().filter(|one| !policy.names_rule(&one.id)).cloned(),
            );
            let new: Vec<Exception> =
                to_rules.into_iter().filter(|one| !policy.exceptions.contains(one)).collect();
            policy.exceptions.extend(new);
        }
        if let Some(policy) = rules_alone {
            for exception in target.exceptions.drain(..) {
                warnings.push(format!(
                    "{}: the exception for {} does not hold: the policy {} rules, and does not \
                     let a project accept findings (project-exceptions)",
                    exception.written, exception.id, policy.path
                ));
            }
        }
        if let Some(policy) = of_user {
            let to_findings = policy.exceptions.iter().filter(|one| !policy.names_rule(&one.id));
            target.exceptions.extend(to_findings.cloned());
        }
    }
    warnings.sort_unstable();
    warnings.dedup();
    warnings
}
