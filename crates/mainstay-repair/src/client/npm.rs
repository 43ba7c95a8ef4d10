//! npm: `npm update --package-lock-only --ignore-scripts`, which moves packages within the ranges
//! that the manifests ask for and writes nothing but the lockfile.
//!
//! Standard: npm's own page on `npm update`, of version 10 and later. npm takes no exact wish for a package that
//! the project does not ask for itself, so the smallest question is already the newest in range.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::Timestamp;

use super::{NoAnswer, Reach, Resolver, Target};
use crate::model::Network;
use crate::tool::Run;
use crate::workshop::{Take, Workshop};

/// Why there is no smaller question than the newest release.
pub(crate) const NO_EXACT: &str = "npm takes no exact wish for a locked package";

pub(super) fn question(target: &Target, reach: Reach<'_>, lock: &str) -> Option<Vec<String>> {
    let own = target.name.to_string();
    let mut names: Vec<String> = match reach {
        Reach::Exactly => return None,
        Reach::Newest => Vec::new(),
        Reach::With(above) => above.iter().map(|entry| entry.name.to_string()).collect(),
    };
    names.push(own);
    names.sort_unstable();
    names.dedup();
    let mut arguments = vec!["update".to_owned()];
    arguments.extend(names);
    arguments.extend(FLAGS.map(str::to_owned));
    // The lockfile keeps the manner it has, whatever the user's settings say of new ones.
    if lock.contains("\"resolved\"") {
        arguments.push("--omit-lockfile-registry-resolved=false".to_owned());
    }
    if let Some(version) = lockfile_version(lock) {
        arguments.push(format!("--lockfile-version={version}"));
    }
    Some(arguments)
}

const FLAGS: [&str; 6] = [
    "--package-lock-only",
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
    "--no-update-notifier",
    "--save=false",
];

fn lockfile_version(lock: &str) -> Option<u8> {
    let (_, rest) = lock.split_once("\"lockfileVersion\"")?;
    let rest = rest.trim_start().strip_prefix(':')?.trim_start();
    rest.bytes().next().filter(|byte| matches!(byte, b'1'..=b'3')).map(|byte| byte - b'0')
}

pub(super) fn takes(path: &Path) -> Take {
    match path.file_name().and_then(|name| name.to_str()) {
        Some("package.json") => Take::Copy,
        Some(".npmrc") => Take::Only(sources_only),
        _ => Take::Nothing,
    }
}

/// The lines of an `.npmrc` that say where packages come from. Credentials, and settings that name
/// programs (`git`, `script-shell`, `node-options`), stay behind; so do lines with a variable.
fn sources_only(text: &str) -> String {
    let is_wanted = |line: &&str| {
        let key = line.split_once('=').map_or("", |(key, _)| key.trim());
        let scope = key.strip_prefix('@').and_then(|rest| rest.strip_suffix(":registry"));
        (key == "registry" || key == "legacy-peer-deps" || scope.is_some()) && !line.contains("${")
    };
    text.lines().filter(is_wanted).flat_map(|line| [line, "\n"]).collect()
}

/// When a release was published: the registry tells.
pub(super) fn released(
    resolver: &Resolver,
    tools: &dyn Run,
    workshop: &Workshop,
    name: &str,
    version: &str,
) -> Option<Timestamp> {
    if resolver.network == Network::Forbidden {
        return None;
    }
    let arguments = ["view", "--json", name, "time"].map(str::to_owned).to_vec();
    let answer = resolver.answer(tools, workshop, arguments);
    let times = match answer {
        Ok(output) => output.stdout,
        // A date is a fact beside the plan; without it the plan says that it is not known.
        Err(NoAnswer::Refused(_) | NoAnswer::Tool(_) | NoAnswer::Repair(_)) => return None,
    };
    let times: BTreeMap<String, String> = serde_json::from_str(&times).ok()?;
    times.get(version)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_that_name_programs_or_hold_secrets_stay_behind() {
        let text = "registry=https://npm.example/\n//npm.example/:_authToken=${TOKEN}\n\
            git=./evil\nscript-shell = ./evil\n@mine:registry=https://mine.example/\n\
            @x:registry=https://x.example/${HOME}\n";
        assert_eq!(
            sources_only(text),
            "registry=https://npm.example/\n@mine:registry=https://mine.example/\n"
        );
    }

    #[test]
    fn the_version_of_the_lockfile_is_kept() {
        assert_eq!(lockfile_version("{\"lockfileVersion\": 2}"), Some(2));
        assert_eq!(lockfile_version("{}"), None);
    }
}
