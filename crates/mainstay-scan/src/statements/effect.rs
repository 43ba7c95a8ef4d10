//! Which statement counts, and what follows from it.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;
use mainstay_reading::Place;
use mainstay_types::{FindingKind, Severity};
use mainstay_vex::Claim;

use super::scope::{About, Ground, Scope};
use super::{Cited, Gathered, NoEffect, Said, Silenced, Stated, Weight, WithoutEffect};
use crate::finding::{Finding, Record, STATED_AFFECTED};
use crate::package::{Location, Package};
use crate::source::Reading;

/// A scan after the statements were heard.
pub(crate) struct Heard {
    pub(crate) findings: Vec<Finding>,
    pub(crate) stated: Stated,
}

/// Lets the statements speak about the findings.
pub(crate) fn hear(
    findings: Vec<Finding>,
    packages: &[Package],
    readings: &[Reading],
    gathered: &Gathered,
    now: Timestamp,
) -> Heard {
    let mut stated = Stated {
        documents: gathered.documents.clone(),
        other_files: gathered.other_files.clone(),
        silenced: Vec::new(),
        without_effect: gathered.without_effect.clone(),
    };
    if gathered.cited.is_empty() {
        return Heard { findings, stated };
    }
    let ground = Ground::of(packages, readings, gathered);
    let mut hearing = Hearing::of(&gathered.cited, &ground, now);
    let mut open = Vec::new();
    for finding in findings {
        match hearing.about_finding(finding) {
            Outcome::Shown(finding) => open.push(*finding),
            Outcome::Silenced(silenced) => stated.silenced.push(*silenced),
        }
    }
    open.extend(hearing.raised(packages, readings));
    stated.without_effect.extend(hearing.without_effect());
    Heard { findings: open, stated }
}

/// One thing that one statement is about.
struct Applied {
    statement: usize,
    about: About,
}

enum Outcome {
    Shown(Box<Finding>),
    Silenced(Box<Silenced>),
}

/// The statements, by what they are about.
struct Hearing<'g> {
    cited: &'g [Arc<Cited>],
    applied: Vec<Applied>,
    /// By package (`None` is the scanned software itself) and by id of the flaw, in lower case.
    by_flaw: HashMap<(Option<usize>, String), Vec<usize>>,
    /// Per statement: what became of it; `None` when it had an effect.
    fates: Vec<Option<(NoEffect, String)>>,
    /// Applications that met a finding.
    met: Vec<bool>,
}

impl<'g> Hearing<'g> {
    fn of(cited: &'g [Arc<Cited>], ground: &Ground<'_>, now: Timestamp) -> Self {
        let mut applied: Vec<Applied> = Vec::new();
        let mut by_flaw: HashMap<(Option<usize>, String), Vec<usize>> = HashMap::new();
        let mut fates = Vec::with_capacity(cited.len());
        for (position, one) in cited.iter().enumerate() {
            let about = out_of_time(one, now).map_or_else(|| ground.about(one), Err);
            let about = match about {
                Ok(about) => about,
                Err(why) => {
                    fates.push(Some(why));
                    continue;
                }
            };
            let why = format!("{} was not found in it", one.statement.flaw.id);
            fates.push(Some((NoEffect::FlawNotFound, why)));
            for about in about {
                for id in one.statement.flaw.ids() {
                    let key = (about.package, id.to_lowercase());
                    by_flaw.entry(key).or_default().push(applied.len());
                }
                applied.push(Applied { statement: position, about });
            }
        }
        let met = vec![false; applied.len()];
        Self { cited, applied, by_flaw, fates, met }
    }

    fn about_finding(&mut self, mut finding: Finding) -> Outcome {
        let mut candidates = self.candidates(&finding);
        if candidates.is_empty() {
            return Outcome::Shown(Box::new(finding));
        }
        self.sort(&mut candidates);
        for at in &candidates {
            if let Some(met) = self.met.get_mut(*at) {
                *met = true;
            }
        }
        let winners: Vec<Option<usize>> = finding
            .locations
            .iter()
            .map(|location| self.first_covering(&candidates, location.reading))
            .collect();
        let counts = |at: usize| winners.contains(&Some(at));
        let silent = |at: usize| matches!(self.claim(at), Some(Claim::NotAffected(_)));
        let everywhere = !winners.is_empty() && winners.iter().all(|one| one.is_some_and(silent));
        let is_harm = finding.kind == FindingKind::Malicious;
        finding.statements = candidates
            .iter()
            .filter_map(|at| {
                let standing = match (counts(*at), silent(*at) && (!everywhere || is_harm)) {
                    (true, true) => Weight::CountsInPart,
                    (true, false) => Weight::Counts,
                    (false, _) => Weight::Overruled,
                };
                Some(Said { cited: Arc::clone(self.cited_of(*at)?), standing })
            })
            .collect();
        // Who counts stands first.
        finding.statements.sort_by_key(|said| said.standing == Weight::Overruled);
        self.tell(&candidates, &winners, is_harm, everywhere);
        let by = winners.first().copied().flatten().and_then(|at| self.cited_of(at));
        match by {
            Some(by) if everywhere && !is_harm => {
                Outcome::Silenced(Box::new(Silenced { by: Arc::clone(by), finding }))
            }
            Some(_) | None => Outcome::Shown(Box::new(finding)),
        }
    }

    /// The statements about this flaw and package, each once.
    fn candidates(&self, finding: &Finding) -> Vec<usize> {
        if finding.records.is_empty() {
            return Vec::new();
        }
        // A distribution's record about one flaw is about that flaw; one about several is not
        // answered by a statement on one of them.
        let upstream = finding.records.iter().filter_map(|record| match &*record.upstream {
            [only] => Some(&**only),
            _ => None,
        });
        let ids = std::iter::once(finding.id()).chain(finding.aliases()).chain(upstream);
        let mut candidates: Vec<usize> = ids
            .flat_map(|id| {
                let id = id.to_lowercase();
                let of_package = self.by_flaw.get(&(finding.package, id.clone()));
                let of_whole = self.by_flaw.get(&(None, id));
                of_package.into_iter().chain(of_whole).flatten().copied()
            })
            .filter(|at| {
                let scope = self.applied.get(*at).map(|one| &one.about.scope);
                let covers = |place: &Location| scope.is_some_and(|all| all.covers(place.reading));
                finding.locations.iter().any(covers)
            })
            .collect();
        candidates.sort_unstable();
        candidates.dedup();
        candidates
    }

    /// The one that counts first.
    fn sort(&self, candidates: &mut [usize]) {
        candidates.sort_by(|one, other| match (self.cited_of(*one), self.cited_of(*other)) {
            (Some(one), Some(other)) => newer(one, other),
            _ => Ordering::Equal,
        });
    }

    fn first_covering(&self, candidates: &[usize], reading: usize) -> Option<usize> {
        candidates
            .iter()
            .copied()
            .find(|at| self.applied.get(*at).is_some_and(|one| one.about.scope.covers(reading)))
    }

    fn cited_of(&self, applied: usize) -> Option<&'g Arc<Cited>> {
        self.applied.get(applied).and_then(|one| self.cited.get(one.statement))
    }

    fn claim(&self, applied: usize) -> Option<&'g Claim> {
        self.cited_of(applied).map(|cited| &cited.statement.claim)
    }

    /// Writes down what became of the statements about one finding.
    fn tell(
        &mut self,
        candidates: &[usize],
        winners: &[Option<usize>],
        is_harm: bool,
        everywhere: bool,
    ) {
        for at in candidates {
            let Some(statement) = self.applied.get(*at).map(|one| one.statement) else { continue };
            let silent = matches!(self.claim(*at), Some(Claim::NotAffected(_)));
            let fate = match (winners.contains(&Some(*at)), silent) {
                (true, true) if is_harm => {
                    let why = "no statement makes a malicious release harmless".to_owned();
                    Some((NoEffect::Malicious, why))
                }
                (true, true) if !everywhere => {
                    let why = "the package is also where the statement does not hold".to_owned();
                    Some((NoEffect::NotEverywhere, why))
                }
                (true, _) => None,
                (false, _) => {
                    let by = winners.iter().flatten().next().and_then(|by| self.cited_of(*by));
                    by.map(|by| (NoEffect::Overruled, overruled(by)))
                }
            };
            self.settle(statement, fate);
        }
    }

    /// What had an effect somewhere had an effect.
    fn settle(&mut self, statement: usize, fate: Option<(NoEffect, String)>) {
        if let Some(known) = self.fates.get_mut(statement)
            && known.is_some()
        {
            *known = fate;
        }
    }

    /// Findings that only statements tell.
    fn raised(&mut self, packages: &[Package], readings: &[Reading]) -> Vec<Finding> {
        let mut findings = Vec::new();
        for mut group in self.groups() {
            self.sort(&mut group);
            let Some(first) = group.first().copied() else { continue };
            let Some(winner) = self.cited_of(first) else { continue };
            for at in group.iter().skip(1) {
                let statement = self.applied.get(*at).map(|one| one.statement);
                let fate = Some((NoEffect::Overruled, overruled(winner)));
                if let Some(statement) = statement {
                    self.settle(statement, fate);
                }
            }
            if !matches!(winner.statement.claim, Claim::Affected { .. }) {
                continue;
            }
            let Some(about) = self.applied.get(first).map(|one| (one.statement, &one.about)) else {
                continue;
            };
            let said = group.iter().filter_map(|at| {
                let standing = if *at == first { Weight::Counts } else { Weight::Overruled };
                Some(Said { cited: Arc::clone(self.cited_of(*at)?), standing })
            });
            let said = said.collect();
            findings.push(finding(winner, said, about.1, packages, readings));
            self.settle(about.0, None);
        }
        findings
    }

    /// Applications that met no finding, by package and flaw, in the order of the documents. Only
    /// groups in which somebody says "affected": the others have nothing to raise.
    fn groups(&self) -> Vec<Vec<usize>> {
        let mut groups: Vec<Vec<usize>> = Vec::new();
        let mut known: HashMap<(Option<usize>, String), usize> = HashMap::new();
        for (at, one) in self.applied.iter().enumerate() {
            if self.met.get(at) == Some(&true) {
                continue;
            }
            let Some(cited) = self.cited.get(one.statement) else { continue };
            let keys: Vec<_> = cited
                .statement
                .flaw
                .ids()
                .map(|id| (one.about.package, id.to_lowercase()))
                .collect();
            let place = keys.iter().find_map(|key| known.get(key).copied());
            let place = place.unwrap_or_else(|| {
                groups.push(Vec::new());
                groups.len() - 1
            });
            for key in keys {
                known.entry(key).or_insert(place);
            }
            if let Some(group) = groups.get_mut(place) {
                group.push(at);
            }
        }
        let says = |at: &usize| matches!(self.claim(*at), Some(Claim::Affected { .. }));
        groups.retain(|group| group.iter().any(says));
        groups
    }

    fn without_effect(self) -> impl Iterator<Item = WithoutEffect> {
        self.cited.iter().zip(self.fates).filter_map(|(cited, fate)| {
            let (code, why) = fate?;
            Some(WithoutEffect {
                code,
                place: cited.place(),
                subject: cited.subject(),
                status: Some(cited.statement.claim.word()),
                why,
            })
        })
    }
}

fn out_of_time(cited: &Cited, now: Timestamp) -> Option<(NoEffect, String)> {
    let statement = &cited.statement;
    if let Some(time) = statement.time().filter(|time| *time > now) {
        return Some((NoEffect::NotYet, format!("it is dated {time}, which is after now")));
    }
    if statement.is_expired(now) {
        let day = statement.expires.map(|day| day.to_string()).unwrap_or_default();
        return Some((NoEffect::Expired, format!("its last day was {day}")));
    }
    None
}

fn overruled(by: &Cited) -> String {
    let word = by.statement.claim.word().replace('_', " ");
    format!("another statement counts: {word}, says {} ({})", by.author(), by.place())
}

/// The newer statement first; see the rule at the top of [`super`].
fn newer(one: &Cited, other: &Cited) -> Ordering {
    let (a, b) = (&one.statement, &other.statement);
    let same_document = a.said_by.document == b.said_by.document && !a.said_by.document.is_empty();
    let versions = if same_document { version(other).cmp(&version(one)) } else { Ordering::Equal };
    b.time().cmp(&a.time()).then(versions).then(b.claim.caution().cmp(&a.claim.caution()))
}

/// The numbers of a document's version.
fn version(cited: &Cited) -> Vec<u64> {
    let text = cited.statement.said_by.version.as_deref().unwrap_or("0");
    text.split(|c: char| !c.is_ascii_digit()).filter_map(|part| part.parse().ok()).collect()
}

/// The finding that a statement raises.
fn finding(
    winner: &Cited,
    statements: Vec<Said>,
    about: &About,
    packages: &[Package],
    readings: &[Reading],
) -> Finding {
    let flaw = &winner.statement.flaw;
    let package = about.package.and_then(|at| packages.get(at));
    let locations = match package {
        Some(package) => {
            let places = package.locations.iter();
            places.filter(|place| about.scope.covers(place.reading)).cloned().collect()
        }
        None => places_of(&about.scope, readings),
    };
    let what = package.map_or_else(|| winner.statement.product.written.to_string(), Package::label);
    let advice = winner
        .statement
        .claim
        .action()
        .map_or_else(|| "ask who says so what to do, or replace it".to_owned(), str::to_owned);
    Finding {
        code: STATED_AFFECTED,
        kind: FindingKind::Vulnerability,
        severity: Severity::Unknown,
        score: None,
        title: format!("{} says that {what} is affected", winner.author()),
        package: about.package,
        records: vec![Record {
            id: flaw.id.clone(),
            aliases: flaw.aliases.clone(),
            upstream: Vec::new(),
            kind: FindingKind::Vulnerability,
            severity: Severity::Unknown,
            score: None,
            title: String::new(),
            url: String::new(),
            fixed_in: None,
            basis: "statement",
        }],
        fixed_in: None,
        known_exploited: None,
        exploit_probability: None,
        locations,
        via: Vec::new(),
        advice,
        statements,
    }
}

/// The sources themselves, as places.
fn places_of(scope: &Scope, readings: &[Reading]) -> Vec<Location> {
    let covered = readings.iter().enumerate().filter(|(position, _)| scope.covers(*position));
    covered.map(|(at, reading)| Location::of(&Place::default(), reading, at, u32::MAX)).collect()
}
