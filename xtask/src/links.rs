//! Links between our own documents: each must lead to a file that is there, and a fragment to a
//! heading in it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Component, Path, PathBuf};

use anyhow::Context;

use crate::step::Outcome;
use crate::workspace::Workspace;

/// Reads every tracked Markdown file.
pub(crate) fn step(workspace: &Workspace) -> anyhow::Result<Outcome> {
    let mut documents: BTreeMap<PathBuf, String> = BTreeMap::new();
    for path in workspace.tracked_files()? {
        let full = workspace.root.join(&path);
        if full.extension().is_some_and(|extension| extension == "md") && full.is_file() {
            let text = fs::read_to_string(&full).with_context(|| format!("cannot read {path}"))?;
            documents.insert(PathBuf::from(path), text);
        }
    }
    let is_there = |path: &Path| workspace.root.join(path).exists();
    Ok(Outcome::of_faults(&faults(&documents, is_there)))
}

fn faults(documents: &BTreeMap<PathBuf, String>, is_there: impl Fn(&Path) -> bool) -> Vec<String> {
    let mut faults = Vec::new();
    for (path, text) in documents {
        let folder = path.parent().unwrap_or(Path::new(""));
        for (line, target) in links(text).into_iter().filter(|(_, target)| is_own(target)) {
            let (file, fragment) = match target.split_once('#') {
                Some((file, fragment)) => (file, Some(fragment)),
                None => (target, None),
            };
            let led = if file.is_empty() { Some(path.clone()) } else { joined(folder, file) };
            let shown = path.display();
            let Some(led) = led.filter(|led| is_there(led)) else {
                faults.push(format!("{shown}:{line}: {target} leads nowhere"));
                continue;
            };
            let heading = |fragment| {
                documents.get(&led).is_some_and(|text| headings(text).any(|one| one == fragment))
            };
            if fragment.is_some_and(|fragment| !heading(fragment)) {
                faults.push(format!("{shown}:{line}: {target} names no heading"));
            }
        }
    }
    faults
}

/// The targets of `[text](target)` outside code, each with its line, counted from 1.
fn links(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut fenced = false;
    for (position, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        }
        if fenced {
            continue;
        }
        for (start, _) in line.match_indices("](") {
            let before = line.get(..start).unwrap_or("");
            let quoted = before.matches('`').count() % 2 == 1;
            let target = line.get(start + 2..).and_then(|rest| rest.split(')').next());
            found.extend(target.filter(|_| !quoted).map(|target| (position + 1, target)));
        }
    }
    found
}

/// Whether a target is in this repository.
fn is_own(target: &str) -> bool {
    !target.contains("://") && !target.starts_with("mailto:")
}

/// A path below a folder, without `..`. Nothing when it leads out of the repository.
fn joined(folder: &Path, file: &str) -> Option<PathBuf> {
    let mut path = PathBuf::new();
    for part in folder.join(file).components() {
        match part {
            Component::Normal(name) => path.push(name),
            Component::CurDir => {}
            Component::ParentDir if path.pop() => {}
            Component::ParentDir | Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(path)
}

/// The fragments that lead to the headings of a document, as code hosts make them.
fn headings(text: &str) -> impl Iterator<Item = String> {
    text.lines().filter(|line| line.starts_with('#')).map(|line| {
        let words = line.trim_start_matches('#').trim().to_lowercase();
        let kept = words.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
        kept.map(|c| if c == ' ' { '-' } else { c }).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(documents: &[(&str, &str)]) -> Vec<String> {
        let documents: BTreeMap<PathBuf, String> =
            documents.iter().map(|(path, text)| (path.into(), (*text).to_owned())).collect();
        faults(&documents, |path| documents.contains_key(path))
    }

    #[test]
    fn a_link_is_relative_to_its_document() {
        let there = ("docs/b.md", "# B");
        assert!(check(&[("docs/a.md", "[b](b.md)"), there]).is_empty());
        assert!(check(&[("docs/a/a.md", "[b](../b.md)"), there]).is_empty());
        assert_eq!(check(&[("a.md", "\n[b](b.md)"), there]), ["a.md:2: b.md leads nowhere"]);
    }

    #[test]
    fn a_link_out_of_the_repository_leads_nowhere() {
        assert_eq!(check(&[("a.md", "[b](../b.md)"), ("b.md", "")]).len(), 1);
    }

    #[test]
    fn a_fragment_names_a_heading() {
        let there = ("b.md", "# The `codes`, all");
        assert!(check(&[("a.md", "[b](b.md#the-codes-all)"), there]).is_empty());
        assert_eq!(check(&[("a.md", "[b](b.md#codes)"), there]).len(), 1);
        assert_eq!(check(&[("a.md", "# A\n[a](#a) [b](#b)")]).len(), 1);
    }

    #[test]
    fn code_holds_no_links() {
        assert!(check(&[("a.md", "`[b](b.md)`\n```\n[b](b.md)\n```\n")]).is_empty());
    }

    #[test]
    fn other_sites_are_not_asked() {
        assert!(check(&[("a.md", "[b](https://site.example/b.md)")]).is_empty());
    }
}
