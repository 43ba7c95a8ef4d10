//! Text that must not stand in any tracked file: hosts of package registries, and folders of
//! somebody's home.
//!
//! A registry's host in a fixture or a document turns into real requests sooner or later, and
//! where code must know such a host it compares the labels. So the table here holds labels too.

use std::fs;

use anyhow::Context;

use crate::step::Outcome;
use crate::workspace::Workspace;

/// Hosts, by label. The bare `crates.io` is not here: it is also the name of the ecosystem.
const HOSTS: &[&[&str]] = &[
    &["npmjs", "org"],
    &["npmjs", "com"],
    &["yarnpkg", "com"],
    &["jsr", "io"],
    &["pypi", "org"],
    &["pypi", "python", "org"],
    &["pythonhosted", "org"],
    &["index", "crates", "io"],
    &["static", "crates", "io"],
    &["repo1", "maven", "org"],
    &["repo", "maven", "apache", "org"],
    &["plugins", "gradle", "org"],
    &["rubygems", "org"],
    &["nuget", "org"],
    &["packagist", "org"],
    &["proxy", "golang", "org"],
    &["sum", "golang", "org"],
    &["pub", "dev"],
    &["pub", "dartlang", "org"],
    &["hex", "pm"],
    &["hackage", "haskell", "org"],
    &["cran", "r-project", "org"],
    &["center", "conan", "io"],
    &["deb", "debian", "org"],
];

/// Folders that hold the homes of people.
const HOMES: &[&[&str]] = &[&["", "home", ""], &["", "Users", ""], &["", "root", ""]];

/// Reads every tracked text file.
pub(crate) fn step(workspace: &Workspace) -> anyhow::Result<Outcome> {
    let mut faults = Vec::new();
    for path in workspace.tracked_files()? {
        let full = workspace.root.join(&path);
        if !full.is_file() {
            continue;
        }
        let bytes = fs::read(&full).with_context(|| format!("cannot read {path}"))?;
        let text = String::from_utf8_lossy(&bytes);
        for (line, found) in found_in(&text) {
            faults.push(format!("{path}:{line}: {found}"));
        }
    }
    Ok(Outcome::of_faults(&faults))
}

/// The words found, each with its line, counted from 1.
fn found_in(text: &str) -> Vec<(usize, String)> {
    let hosts: Vec<String> = HOSTS.iter().map(|labels| labels.join(".")).collect();
    let homes: Vec<String> = HOMES.iter().map(|parts| parts.join("/")).collect();
    let mut found = Vec::new();
    for (position, line) in text.lines().enumerate() {
        let lower = line.to_ascii_lowercase();
        for host in hosts.iter().filter(|host| has_host(&lower, host)) {
            found.push((position + 1, format!("{host} is the host of a package registry")));
        }
        for home in homes.iter().filter(|home| has_home(line, home)) {
            found.push((position + 1, format!("{home} is a folder of homes")));
        }
    }
    found
}

/// Whether the host stands there as itself or under a further label, and not as a part of
/// another name.
fn has_host(line: &str, host: &str) -> bool {
    line.match_indices(host).any(|(start, _)| {
        let before = line.get(..start).and_then(|text| text.chars().next_back());
        let mut after = line.get(start + host.len()..).unwrap_or_default().chars();
        let ends = match after.next() {
            Some('.') => !after.next().is_some_and(is_label),
            next => !next.is_some_and(is_label),
        };
        ends && !before.is_some_and(is_label)
    })
}

/// Whether the folder stands there as the start of an absolute path with a name under it.
fn has_home(line: &str, home: &str) -> bool {
    line.match_indices(home).any(|(start, _)| {
        let before = line.get(..start).and_then(|text| text.chars().next_back());
        let after = line.get(start + home.len()..).and_then(|text| text.chars().next());
        let absolute = !before.is_some_and(|c| is_label(c) || matches!(c, '.' | '/' | '~' | '}'));
        absolute && after.is_some_and(|c| is_label(c) || c == '.')
    })
}

fn is_label(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(labels: &[&str]) -> String {
        labels.join(".")
    }

    #[test]
    fn a_registrys_host_is_found_with_its_line() {
        let text = format!("first\nhttps://{}/left-pad", host(&["registry", "npmjs", "org"]));
        assert_eq!(found_in(&text).len(), 1);
        assert_eq!(found_in(&text)[0].0, 2);
    }

    #[test]
    fn letters_do_not_hide_a_host() {
        assert_eq!(found_in(&host(&["PyPI", "Org"])).len(), 1);
    }

    #[test]
    fn a_longer_name_is_another_host() {
        assert!(found_in(&host(&["pub", "developers", "example"])).is_empty());
        assert!(found_in(&host(&["mypypi", "org"])).is_empty());
        assert!(found_in(&host(&["pypi", "org", "example"])).is_empty());
    }

    #[test]
    fn a_full_stop_after_a_host_does_not_hide_it() {
        assert_eq!(found_in(&format!("See {}.", host(&["pypi", "org"]))).len(), 1);
    }

    #[test]
    fn the_name_of_an_ecosystem_is_no_host() {
        assert!(found_in("crates.io, PyPI and npm").is_empty());
    }

    #[test]
    fn a_home_is_found() {
        assert_eq!(found_in(&["see ", "home", "someone"].join("/")).len(), 1);
        assert_eq!(found_in(&["", "root", ".cargo"].join("/")).len(), 1);
    }

    #[test]
    fn a_folder_of_that_name_elsewhere_is_no_home() {
        assert!(found_in(&["src", "home", "page.rs"].join("/")).is_empty());
        assert!(found_in(&["https:", "", "project.example", "home", "x"].join("/")).is_empty());
        assert!(found_in("/root/").is_empty());
    }
}
