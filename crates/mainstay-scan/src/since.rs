//! What is new since a revision: the same knowledge and the same policy judge both sides, and
//! what was there already is old.
//!
//! A finding is old when the revision had a finding of the same kind, on a package of the same
//! name, about the same flaw: a package that moved to another file, or to another version with the
//! same flaw, is the same debt. VEX statements speak on both sides: those that the user names, and on
//! each side those that stand beside it. So a finding that a statement of the revision silenced, and
//! that none silences now, is new. A decision about a package is old when the same rule said the same
//! about a package of that name. An unknown is old when the revision had the very same one; about a
//! file of which no package was read, only when the file is the same as well: nobody knows what came
//! into it. What is not known because of the data of today is never old: no revision explains it.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use mainstay_policy::{Decision, Outcome, RuleName};
use mainstay_types::{FindingKind, PackageName};

use crate::finding::Finding;
use crate::gate::{Gate, Judged};
use crate::kind::Kind;
use crate::scan::Scan;
use crate::statements::{Silenced, has_vex_path};
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
    /// Findings that a statement silenced at the revision, and none silences now.
    pub no_longer_silenced: Vec<NoLongerSilenced>,
    pub(crate) before: Box<Scan>,
}

/// A finding that is new because nobody silences it any more.
pub struct NoLongerSilenced {
    /// The position in [`Scan::findings`].
    pub finding: usize,
    /// The statement that silenced it, for a person.
    pub was: String,
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
        let old_findings: HashSet<usize> = self
            .findings
            .iter()
            .enumerate()
            .filter(|(_, finding)| keys(self, finding).iter().any(|key| known.contains(key)))
            .map(|(at, _)| at)
            .collect();
        let no_longer_silenced = self.no_longer_silenced(&before, &old_findings, revision);
        // What the user named is today's, and no revision explains it.
        let was_beside = |subject: &str| {
            revision.prefixes.iter().any(|(_, there)| subject.starts_with(&**there))
        };
        let at_revision: HashSet<_> = before
            .unknowns
            .iter()
            .filter(|one| one.code != UnknownCode::UnreadVex || was_beside(&one.subject))
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
            no_longer_silenced,
            before: Box::new(before),
        });
    }

    /// Findings that are not old, and that a statement silenced at the revision.
    fn no_longer_silenced(
        &self,
        before: &Self,
        old: &HashSet<usize>,
        revision: &Revision<'_>,
    ) -> Vec<NoLongerSilenced> {
        let mut silenced: HashMap<FlawKey<'_>, &Silenced> = HashMap::new();
        for one in &before.stated.silenced {
            for key in keys(before, &one.finding) {
                silenced.entry(key).or_insert(one);
            }
        }
        let new = self.findings.iter().enumerate().filter(|(at, _)| !old.contains(at));
        let new = new.filter_map(|(at, finding)| {
            let by = keys(self, finding).iter().find_map(|key| silenced.get(key).copied())?;
            // The revision lies in a folder that is gone when the report is read.
            let told =
                |text: String, (here, there): &(String, String)| text.replace(&**there, here);
            let was = revision.prefixes.iter().fold(by.by.sentence(), told);
            Some(NoLongerSilenced { finding: at, was })
        });
        new.collect()
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

/// Whether a file of a revision is needed to read its sources: a source itself, a VEX document that
/// may lie beside one, or a small text that a source may name (`-r base.txt`, a parent's pom).
pub fn is_needed(path: &str, bytes: u64) -> bool {
    const SMALL: u64 = 256 << 10;
    const TEXTS: [&str; 12] =
        ["txt", "toml", "json", "xml", "cfg", "in", "yaml", "yml", "lock", "props", "pip", "mod"];
    let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension);
    Kind::of_path(path).is_some()
        || has_vex_path(path)
        || bytes <= SMALL && TEXTS.contains(&extension)
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
        | UnknownCode::UncheckedPackage
        | UnknownCode::UnreadVex => true,
        UnknownCode::NothingToRead
        | UnknownCode::NoData
        | UnknownCode::StaleData
        | UnknownCode::DamagedData => false,
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
