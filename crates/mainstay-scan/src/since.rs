//! What is new since a revision: the same knowledge and the same policy judge both sides, and
//! what was there already is old.
//!
//! A finding is old when the revision had a finding of the same kind, on a package of the same
//! name, about the same flaw: a package that moved to another file, or to another version with the
//! same flaw, is the same debt. A decision about a package is old when the same rule said the same
//! about a package of that name. An unknown is old when the revision had the very same one; about a
//! file of which no package was read, only when the file is the same as well: nobody knows what came
//! into it. What is not known because of the data of today is never old: no revision explains it.

use std::collections::HashSet;
use std::path::Path;

use mainstay_policy::{Decision, Outcome, RuleName};
use mainstay_types::{FindingKind, PackageName};

use crate::finding::Finding;
use crate::gate::{Gate, Judged};
use crate::kind::Kind;
use crate::scan::Scan;
use crate::unknown::{Unknown, UnknownCode};

/// A scan of an earlier revision, and what follows from it.
pub struct Since {
    /// The revision as the user named it.
    pub revision: String,
    /// Its commit.
    pub commit: String,
    /// Findings that were there already: positions in [`Scan::findings`].
    pub old_findings: HashSet<usize>,
    /// Unknowns that were there already: positions in [`Scan::unknowns`].
    pub old_unknowns: HashSet<usize>,
    pub(crate) before: Box<Scan>,
}

/// The revision that a scan is compared with.
pub struct Revision<'r> {
    /// As the user named it.
    pub name: &'r str,
    /// Its commit.
    pub commit: &'r str,
    /// For each target the prefix of its paths in reports, now and at the revision.
    pub prefixes: Vec<(String, String)>,
    /// Whether two files hold the same bytes.
    pub same_bytes: &'r dyn Fn(&Path, &Path) -> bool,
}

impl Revision<'_> {
    /// Whether the file of a report's path, or the archive around it, is as it was.
    fn is_unchanged(&self, path: &str) -> bool {
        let file = path.split("!/").next().unwrap_or(path);
        self.prefixes.iter().any(|(here, there)| {
            let rest = file.strip_prefix(&**here);
            rest.is_some_and(|rest| {
                (self.same_bytes)(Path::new(file), Path::new(&format!("{there}{rest}")))
            })
        })
    }
}

impl Scan {
    /// Compares the scan with one of an earlier revision.
    pub fn compare_with(&mut self, before: Self, revision: &Revision<'_>) {
        let known: HashSet<FlawKey<'_>> = before
            .findings
            .iter()
            .chain(before.excepted.iter().map(|one| &one.finding))
            .flat_map(|finding| keys(&before, finding))
            .collect();
        let old_findings = self
            .findings
            .iter()
            .enumerate()
            .filter(|(_, finding)| keys(self, finding).iter().any(|key| known.contains(key)))
            .map(|(at, _)| at)
            .collect();
        let at_revision: HashSet<_> = before
            .unknowns
            .iter()
            .map(|one| unknown_key(one, revision.prefixes.iter().map(|(_, there)| &**there)))
            .collect();
        let was_read: HashSet<&str> = self
            .packages
            .iter()
            .flat_map(|package| package.locations.iter().map(|place| &*place.path))
            .collect();
        let old_unknowns = self
            .unknowns
            .iter()
            .enumerate()
            .filter(|(_, unknown)| is_of_the_revision(unknown.code))
            .filter(|(_, unknown)| {
                let here = revision.prefixes.iter().map(|(here, _)| &**here);
                at_revision.contains(&unknown_key(unknown, here))
            })
            .filter(|(_, unknown)| {
                let path = without_line(&unknown.subject);
                unknown.code == UnknownCode::UncheckedPackage
                    || was_read.contains(path)
                    || revision.is_unchanged(path)
            })
            .map(|(at, _)| at)
            .collect();
        self.since = Some(Since {
            revision: revision.name.to_owned(),
            commit: revision.commit.to_owned(),
            old_findings,
            old_unknowns,
            before: Box::new(before),
        });
    }
}

/// What a rule said about packages of a name.
pub(crate) type Said = HashSet<(RuleName, Outcome, PackageName)>;

impl Since {
    /// What the gate says about the packages of the revision.
    pub(crate) fn said(&self, gate: &Gate) -> Said {
        let decisions = gate.decide(&self.before);
        decisions.iter().filter_map(|judged| said(&self.before, judged)).collect()
    }

    /// Whether a decision says nothing new.
    pub(crate) fn is_old(&self, scan: &Scan, judged: &Judged, before: &Said) -> bool {
        match judged.finding {
            Some(finding) => self.old_findings.contains(&finding),
            None => said(scan, judged).is_some_and(|key| before.contains(&key)),
        }
    }
}

/// What a decision says about a package. `None` for one about a finding or the data.
fn said(scan: &Scan, judged: &Judged) -> Option<(RuleName, Outcome, PackageName)> {
    let package = scan.packages.get(judged.package.filter(|_| judged.finding.is_none())?)?;
    let Decision { rule, outcome, .. } = &judged.decision;
    Some((rule.clone(), *outcome, package.name.clone()))
}

/// Whether a file of a revision is needed to read its sources: a source itself, or a small text
/// that a source may name (`-r base.txt`, a parent's pom).
pub fn is_needed(path: &str, bytes: u64) -> bool {
    const SMALL: u64 = 256 << 10;
    const TEXTS: [&str; 12] =
        ["txt", "toml", "json", "xml", "cfg", "in", "yaml", "yml", "lock", "props", "pip", "mod"];
    let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension);
    Kind::of_path(path).is_some() || bytes <= SMALL && TEXTS.contains(&extension)
}

/// Package, flaw and kind.
type FlawKey<'s> = (Option<&'s PackageName>, &'s str, FindingKind);

/// One key per id of the flaw. A finding about a file is told by its code and its title.
fn keys<'s>(scan: &'s Scan, finding: &'s Finding) -> Vec<FlawKey<'s>> {
    let package = finding.package.and_then(|at| scan.packages.get(at)).map(|one| &one.name);
    if finding.records.is_empty() {
        let told = if package.is_some() { finding.code } else { &finding.title };
        return vec![(package, told, finding.kind)];
    }
    let mut ids = finding.aliases();
    ids.push(finding.id());
    ids.into_iter().map(|id| (package, id, finding.kind)).collect()
}

/// Whether the reason lies in the files, and so may have been there at the revision.
fn is_of_the_revision(code: UnknownCode) -> bool {
    match code {
        UnknownCode::UnreadableFile
        | UnknownCode::UnsupportedFile
        | UnknownCode::FileTooLarge
        | UnknownCode::LinkOutside
        | UnknownCode::BrokenSource
        | UnknownCode::PartialSource
        | UnknownCode::UncheckedPackage => true,
        UnknownCode::NothingToRead
        | UnknownCode::NoData
        | UnknownCode::StaleData
        | UnknownCode::DamagedData
        | UnknownCode::UnreadVex => false,
    }
}

/// What makes two unknowns the same: lines move, and the revision lies in another folder.
fn unknown_key<'u>(
    unknown: &'u Unknown,
    mut prefixes: impl Iterator<Item = &'u str>,
) -> (UnknownCode, String, &'u str) {
    let subject = unknown.subject.as_str();
    let bare = prefixes.find_map(|prefix| subject.strip_prefix(prefix)).unwrap_or(subject);
    (unknown.code, without_line(bare).to_owned(), &unknown.message)
}

fn without_line(subject: &str) -> &str {
    match subject.rsplit_once(':') {
        Some((path, line)) if line.bytes().all(|byte| byte.is_ascii_digit()) => path,
        Some(_) | None => subject,
    }
}
