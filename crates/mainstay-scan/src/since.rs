//! What is new since a revision: the same knowledge and the same policy judge both sides, and
//! what was there already is old.
//!
//! A finding is old when the revision had a finding of the same kind, on a package of the same
//! name, about the same flaw: a package that moved to another file, or to another version with the
//! same flaw, is the same debt. A decision about it is old when the same rule objected to it then.
//! VEX statements speak on both sides: those that the user names, and on each side those that stand
//! beside it. So a finding that a statement of the revision silenced, and that none silences now, is
//! new.
//!
//! A decision about a package is old when the same rule said the same about a package of that name
//! on the same facts: the same date of release, address, licence. What a rule could not tell is
//! old only about the very same package: its version, where it comes from, its checksums. So are
//! packages that could not be checked: nobody knows what another copy holds.
//!
//! Any other unknown is old when the revision had the very same one, as often, with the same text
//! at its line; about a file of which no package was read, only when the file is the same as well:
//! nobody knows what came into it. What is not known because of the data of today is never old: no
//! revision explains it.

mod needed;

use std::collections::{HashMap, HashSet};
use std::path::Path;

use mainstay_policy::{Decision, Outcome, RuleName};
use mainstay_reading::{Entry, Origin};
use mainstay_types::{Digest, FindingKind, PackageName, Purl};

use crate::component::Component;
use crate::finding::Finding;
use crate::gate::{Gate, Judged, Standing};
use crate::package::Package;
use crate::scan::Scan;
use crate::statements::Silenced;
use crate::unknown::{Unknown, UnknownCode};

pub use needed::is_needed;

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
    /// What a file holds. `None` when it cannot be read.
    pub content: &'r dyn Fn(&Path) -> Option<Vec<u8>>,
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

    /// The unknowns of a scan about places in files, as what they are known by.
    fn places<'s>(&self, scan: &'s Scan, side: Side) -> HashMap<usize, PlaceKey<'s>> {
        let of_places = || {
            let all = scan.unknowns.iter().enumerate();
            // What the user named is today's, and no revision explains it.
            let is_named = |one: &Unknown| {
                let mut prefixes = self.prefixes.iter().map(|(_, there)| &**there);
                one.code == UnknownCode::UnreadVex
                    && matches!(side, Side::Then)
                    && !prefixes.any(|there| one.subject.starts_with(there))
            };
            all.filter(|(_, one)| is_of_the_revision(one.code) && one.package.is_none())
                .filter(move |(_, one)| !is_named(one))
        };
        let mut lines: HashMap<&str, Vec<u32>> = HashMap::new();
        for (_, unknown) in of_places() {
            let (path, line) = divided(&unknown.subject);
            lines.entry(path).or_default().extend(line);
        }
        let texts: HashMap<&str, HashMap<u32, String>> =
            lines.into_iter().map(|(path, lines)| (path, self.texts(path, &lines))).collect();
        let key = |unknown: &'s Unknown| {
            let (path, line) = divided(&unknown.subject);
            let mut prefixes = self.prefixes.iter().map(|(here, there)| match side {
                Side::Now => here,
                Side::Then => there,
            });
            let bare = prefixes.find_map(|prefix| path.strip_prefix(&**prefix));
            let text = texts.get(path).and_then(|of| of.get(&line?)).cloned();
            let path = bare.unwrap_or(path).to_owned();
            PlaceKey { code: unknown.code, path, message: &unknown.message, text }
        };
        of_places().map(|(at, unknown)| (at, key(unknown))).collect()
    }

    /// What stands at these lines of a file, with the lines that a backslash joins to them.
    fn texts(&self, path: &str, lines: &[u32]) -> HashMap<u32, String> {
        let content = if lines.is_empty() { None } else { (self.content)(Path::new(path)) };
        let Some(bytes) = content else { return HashMap::new() };
        let wanted: HashSet<u32> = lines.iter().copied().collect();
        let text = String::from_utf8_lossy(&bytes);
        let mut texts = HashMap::new();
        let mut open: Option<(u32, String)> = None;
        for (number, line) in (1_u32..).zip(text.lines()) {
            if let Some((_, joined)) = &mut open {
                joined.push('\n');
                joined.push_str(line.trim());
            } else if wanted.contains(&number) {
                open = Some((number, line.trim().to_owned()));
            }
            if !line.ends_with('\\') {
                texts.extend(open.take());
            }
        }
        texts.extend(open);
        texts
    }
}

/// Which of the two scans.
#[derive(Clone, Copy)]
enum Side {
    Now,
    Then,
}

/// What makes two unknowns about places the same: lines move, and the revision lies in another
/// folder.
#[derive(PartialEq, Eq, Hash)]
struct PlaceKey<'s> {
    code: UnknownCode,
    path: String,
    message: &'s str,
    text: Option<String>,
}

/// A package as one entry of a source has it.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Copy {
    name: PackageName,
    /// Name and version as they are shown.
    label: String,
    origin: Origin,
    checksums: Vec<Digest>,
}

impl Copy {
    /// Every copy of a package in a scan.
    fn all<'s>(scan: &'s Scan, package: &'s Package) -> impl Iterator<Item = Self> + 's {
        let copy = |entry: &Entry| Self {
            name: package.name.clone(),
            label: package.label(),
            origin: entry.origin.clone(),
            checksums: entry.checksums.clone(),
        };
        scan.entries_of(package).map(copy)
    }
}

impl Scan {
    /// Whether a finding was there already at the revision, by its position.
    pub fn standing_of_finding(&self, at: usize) -> Standing {
        let is_old = self.since.as_ref().is_some_and(|since| since.old_findings.contains(&at));
        if is_old { Standing::Old } else { Standing::New }
    }

    /// Whether an unknown was there already at the revision, by its position.
    pub fn standing_of_unknown(&self, at: usize) -> Standing {
        let is_old = self.since.as_ref().is_some_and(|since| since.old_unknowns.contains(&at));
        if is_old { Standing::Old } else { Standing::New }
    }

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
        let mut old_unknowns = self.old_places(&before, revision);
        old_unknowns.extend(self.old_packages(&before));
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

    /// Unknowns about places in files that the revision had, as often as it had them.
    fn old_places(&self, before: &Self, revision: &Revision<'_>) -> HashSet<usize> {
        let mut left: HashMap<PlaceKey<'_>, usize> = HashMap::new();
        for key in revision.places(before, Side::Then).into_values() {
            *left.entry(key).or_default() += 1;
        }
        let places = self.packages.iter().flat_map(|package| &package.locations);
        let was_read: HashSet<&str> = places.map(|place| &*place.path).collect();
        let mut now: Vec<_> = revision.places(self, Side::Now).into_iter().collect();
        now.sort_unstable_by_key(|(at, _)| *at);
        let mut old = HashSet::new();
        for (at, key) in now {
            let path = self.unknowns.get(at).map_or("", |one| divided(&one.subject).0);
            let Some(left) = left.get_mut(&key).filter(|left| **left > 0) else { continue };
            if was_read.contains(path) || revision.is_unchanged(path) {
                *left -= 1;
                old.insert(at);
            }
        }
        old
    }

    /// Packages that could not be checked, and of which the revision had every copy.
    fn old_packages(&self, before: &Self) -> HashSet<usize> {
        fn unchecked(scan: &Scan) -> impl Iterator<Item = (usize, &Unknown, &Package)> {
            let all = scan.unknowns.iter().enumerate();
            let of_files = all.filter(|(_, one)| is_of_the_revision(one.code));
            of_files.filter_map(|(at, one)| Some((at, one, scan.packages.get(one.package?)?)))
        }
        let known: HashSet<(&str, Copy)> = unchecked(before)
            .flat_map(|(_, unknown, package)| {
                Copy::all(before, package).map(|copy| (&*unknown.message, copy))
            })
            .collect();
        unchecked(self)
            .filter(|(_, unknown, package)| {
                let copies = Copy::all(self, package).map(|copy| (&*unknown.message, copy));
                some_and_all(copies, |copy| known.contains(copy))
            })
            .map(|(at, ..)| at)
            .collect()
    }
}

/// What the gate says about the revision.
#[derive(Default)]
pub(crate) struct Said {
    findings: HashSet<SaidOfFinding>,
    packages: HashSet<SaidOfPackage>,
    components: HashSet<SaidOfComponent>,
}

/// What a rule says about a finding.
#[derive(PartialEq, Eq, Hash)]
struct SaidOfFinding {
    rule: RuleName,
    outcome: Outcome,
    package: Option<PackageName>,
    flaw: String,
    kind: FindingKind,
}

/// What a rule says about a package, and on what facts.
#[derive(PartialEq, Eq, Hash)]
struct SaidOfPackage {
    rule: RuleName,
    outcome: Outcome,
    name: PackageName,
    facts: Vec<(&'static str, Option<String>)>,
    /// The very copy, where the rule could not tell.
    copy: Option<Copy>,
}

/// What a rule says about something that no ecosystem knows, and on what facts.
#[derive(PartialEq, Eq, Hash)]
struct SaidOfComponent {
    rule: RuleName,
    outcome: Outcome,
    label: String,
    place: (Option<Purl>, Option<Origin>),
    facts: Vec<(&'static str, Option<String>)>,
}

impl Since {
    /// What the gate says about the findings and packages of the revision.
    pub(crate) fn said(&self, gate: &Gate) -> Said {
        let mut told = Said::default();
        let before = &*self.before;
        let accepted = before.excepted.iter().map(|one| &one.finding);
        for finding in before.findings.iter().chain(accepted) {
            for decision in gate.on_finding(before, finding) {
                told.findings.extend(said_of_finding(before, finding, &decision));
            }
        }
        for (at, decision) in gate.on_packages(before) {
            let package = before.packages.get(at);
            let said = package.map(|package| said_of_package(before, package, &decision));
            told.packages.extend(said.into_iter().flatten());
        }
        for (at, decision) in gate.on_components(before) {
            let component = before.component(at);
            told.components.extend(component.map(|one| said_of_component(&one, &decision)));
        }
        told
    }

    /// Whether a decision says nothing new.
    pub(crate) fn is_old(&self, scan: &Scan, judged: &Judged, before: &Said) -> bool {
        if let Some(at) = judged.finding {
            let finding = scan.findings.get(at).filter(|_| self.old_findings.contains(&at));
            return finding.is_some_and(|finding| {
                said_of_finding(scan, finding, &judged.decision)
                    .iter()
                    .any(|said| before.findings.contains(said))
            });
        }
        if let Some(component) = judged.component.and_then(|at| scan.component(at)) {
            return before.components.contains(&said_of_component(&component, &judged.decision));
        }
        let package = judged.package.and_then(|at| scan.packages.get(at));
        package.is_some_and(|package| {
            let said = said_of_package(scan, package, &judged.decision);
            some_and_all(said, |said| before.packages.contains(said))
        })
    }
}

/// Whether there is anything, and all of it fits: nothing is no proof of what was there.
fn some_and_all<T>(things: impl Iterator<Item = T>, fits: impl Fn(&T) -> bool) -> bool {
    let mut things = things.peekable();
    things.peek().is_some() && things.all(|one| fits(&one))
}

/// Once for each id of the flaw.
fn said_of_finding(scan: &Scan, finding: &Finding, decision: &Decision) -> Vec<SaidOfFinding> {
    let said = |(package, id, kind): FlawKey<'_>| SaidOfFinding {
        rule: decision.rule.clone(),
        outcome: decision.outcome,
        package: package.cloned(),
        flaw: id.to_owned(),
        kind,
    };
    keys(scan, finding).into_iter().map(said).collect()
}

fn said_of_package<'s>(
    scan: &'s Scan,
    package: &'s Package,
    decision: &'s Decision,
) -> impl Iterator<Item = SaidOfPackage> + 's {
    let cannot_tell = decision.facts.iter().any(|fact| fact.value.is_none())
        || decision.outcome == Outcome::Unknown;
    let copies: Vec<Option<Copy>> =
        if cannot_tell { Copy::all(scan, package).map(Some).collect() } else { vec![None] };
    copies.into_iter().map(|copy| SaidOfPackage {
        rule: decision.rule.clone(),
        outcome: decision.outcome,
        name: package.name.clone(),
        facts: decision.facts.iter().map(|fact| (fact.name, fact.value.clone())).collect(),
        copy,
    })
}

fn said_of_component(component: &Component<'_>, decision: &Decision) -> SaidOfComponent {
    SaidOfComponent {
        rule: decision.rule.clone(),
        outcome: decision.outcome,
        label: component.label(),
        place: (component.purl().cloned(), component.listed.origin.clone()),
        facts: decision.facts.iter().map(|fact| (fact.name, fact.value.clone())).collect(),
    }
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

/// A subject as a path and a line.
fn divided(subject: &str) -> (&str, Option<u32>) {
    match subject.rsplit_once(':') {
        Some((path, line)) if line.bytes().all(|byte| byte.is_ascii_digit()) => {
            (path, line.parse().ok())
        }
        Some(_) | None => (subject, None),
    }
}
