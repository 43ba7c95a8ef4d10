//! Which statement counts, and what follows from it.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use jiff::Timestamp;
use mainstay_types::FindingKind;
use mainstay_vex::{Claim, Trust, is_cve, sort_by_precedence};

use super::flaws::Flaws;
use super::raised;
use super::scope::{About, Ground};
use super::{
    Beside, Cited, Gathered, NoEffect, Said, Silenced, Silencing, Stated, Weight, WithoutEffect,
};
use crate::finding::Finding;
use crate::joined::Joined;
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
    let each = hear_each(findings, packages, readings, gathered, now);
    let mut open = Vec::new();
    for outcome in each.outcomes {
        match outcome {
            Outcome::Shown(finding) => open.push(*finding),
            Outcome::Silenced(silenced) => stated.silenced.push(*silenced),
        }
    }
    open.extend(each.raised);
    stated.without_effect.extend(without_effect(&gathered.cited, each.fates));
    Heard { findings: open, stated }
}

/// What became of each finding and of each statement, in their orders.
pub(super) struct Each {
    pub(super) outcomes: Vec<Outcome>,
    /// Findings that only statements tell.
    pub(super) raised: Vec<Finding>,
    pub(super) fates: Vec<Fate>,
}

/// Why a statement had no effect; `None` when it had one.
pub(super) type Fate = Option<(NoEffect, String)>;

/// Lets the statements speak about each finding.
pub(super) fn hear_each(
    findings: Vec<Finding>,
    packages: &[Package],
    readings: &[Reading],
    gathered: &Gathered,
    now: Timestamp,
) -> Each {
    let ground = Ground::of(packages, readings, gathered);
    let mut hearing = Hearing::of(gathered, &ground, now);
    let outcomes = findings.into_iter().map(|one| hearing.about_finding(one)).collect();
    let raised = hearing.raised(packages, readings);
    Each { outcomes, raised, fates: hearing.fates }
}

/// One thing that one statement is about.
struct Applied {
    statement: usize,
    about: About,
}

/// A statement that may speak about a finding.
struct Candidate {
    applied: usize,
    /// The flaws of the finding that it answers.
    answers: BTreeSet<usize>,
}

/// Which statements count about a finding.
struct Weighed {
    /// For each flaw and source: the flaw, and the statement that counts.
    winners: Vec<(usize, Option<usize>)>,
    /// The statements among them.
    counting: HashSet<usize>,
    /// The flaws that stay open somewhere.
    open: BTreeSet<usize>,
    /// Whether each flaw is answered by "not affected" everywhere.
    silences: bool,
}

impl Weighed {
    fn is_winner(&self, applied: usize) -> bool {
        self.counting.contains(&applied)
    }

    /// Why a statement on one flaw does not silence a finding about several.
    fn other_flaws(&self, flaws: &Flaws) -> String {
        let mut open: Vec<&str> = self.open.iter().map(|flaw| flaws.name(*flaw)).collect();
        let rest = open.len().saturating_sub(SHOWN_FLAWS);
        open.truncate(SHOWN_FLAWS);
        let more = if rest > 0 { format!(" and {rest} more") } else { String::new() };
        format!(
            "the finding is also about {}{more}, of which no statement that counts says that it \
             does no harm",
            open.join(", ")
        )
    }
}

/// How many flaws a reason names.
const SHOWN_FLAWS: usize = 5;

/// What statements did to a finding.
pub(super) enum Outcome {
    Shown(Box<Finding>),
    Silenced(Box<Silenced>),
}

/// The statements, by what they are about.
struct Hearing<'g> {
    cited: &'g [Arc<Cited>],
    silencing: Silencing,
    applied: Vec<Applied>,
    /// By package (`None` is the scanned software itself) and by id of the flaw, in lower case.
    by_flaw: HashMap<(Option<usize>, String), Vec<usize>>,
    /// Per statement: what became of it; `None` when it had an effect.
    fates: Vec<Fate>,
    /// Applications that met a finding.
    met: Vec<bool>,
}

impl<'g> Hearing<'g> {
    fn of(gathered: &'g Gathered, ground: &Ground<'_>, now: Timestamp) -> Self {
        let cited = &*gathered.cited;
        let mut applied: Vec<Applied> = Vec::new();
        let mut by_flaw: HashMap<(Option<usize>, String), Vec<usize>> = HashMap::new();
        let mut fates = Vec::with_capacity(cited.len());
        for (position, one) in cited.iter().enumerate() {
            let idle = out_of_time(one, now).or_else(|| not_taken(one, gathered.own_word));
            let about = idle.map_or_else(|| ground.about(one), Err);
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
        Self { cited, silencing: gathered.silencing, applied, by_flaw, fates, met }
    }

    fn about_finding(&mut self, mut finding: Finding) -> Outcome {
        let flaws = Flaws::of(&finding.records);
        let candidates = self.candidates(&finding, &flaws);
        if candidates.is_empty() {
            return Outcome::Shown(Box::new(finding));
        }
        for one in &candidates {
            if let Some(met) = self.met.get_mut(one.applied) {
                *met = true;
            }
        }
        let verdict = self.weigh(&finding, &flaws, &candidates);
        let is_of_all = self.is_of_all(&verdict);
        let is_harm = finding.kind == FindingKind::Malicious;
        finding.statements = candidates
            .iter()
            .filter_map(|one| {
                let in_part = self.is_silent(one.applied) && (!verdict.silences || is_harm);
                let standing = match (verdict.is_winner(one.applied), in_part) {
                    (true, true) => Weight::CountsInPart,
                    (true, false) => Weight::Counts,
                    (false, _) => Weight::Overruled,
                };
                let cited = Arc::clone(self.cited_of(one.applied)?);
                Some(Said { cited, standing, is_of_all })
            })
            .collect();
        // Who counts stands first.
        finding.statements.sort_by_key(|said| said.standing == Weight::Overruled);
        self.tell(&candidates, &verdict, &flaws, is_harm);
        let by = finding.statements.first().map(|said| Arc::clone(&said.cited));
        match by {
            Some(by) if verdict.silences && !is_harm => {
                Outcome::Silenced(Box::new(Silenced { finding, by }))
            }
            Some(_) | None => Outcome::Shown(Box::new(finding)),
        }
    }

    /// The statements about these flaws and this package, each once, the one that counts first.
    fn candidates(&self, finding: &Finding, flaws: &Flaws) -> Vec<Candidate> {
        if finding.records.is_empty() {
            return Vec::new();
        }
        let mut applied: Vec<usize> = flaws
            .ids()
            .flat_map(|id| {
                let of_package = self.by_flaw.get(&(finding.package, id.to_owned()));
                let of_whole = self.by_flaw.get(&(None, id.to_owned()));
                of_package.into_iter().chain(of_whole).flatten().copied()
            })
            .filter(|at| {
                let scope = self.applied.get(*at).map(|one| &one.about.scope);
                let covers = |place: &Location| scope.is_some_and(|all| all.covers(place.reading));
                finding.locations.iter().any(covers)
            })
            .collect();
        applied.sort_unstable();
        applied.dedup();
        self.sort(&mut applied);
        let answered = |applied: usize| {
            let cited = self.cited_of(applied);
            cited.map(|cited| flaws.answered_by(&cited.statement.flaw)).unwrap_or_default()
        };
        applied.into_iter().map(|at| Candidate { applied: at, answers: answered(at) }).collect()
    }

    /// Which statement counts on each flaw in each source.
    fn weigh(&self, finding: &Finding, flaws: &Flaws, candidates: &[Candidate]) -> Weighed {
        let readings: BTreeSet<usize> =
            finding.locations.iter().map(|place| place.reading).collect();
        let mut winners = Vec::new();
        for flaw in 0..flaws.len() {
            let answering: Vec<usize> = candidates
                .iter()
                .filter(|one| one.answers.contains(&flaw))
                .map(|one| one.applied)
                .collect();
            for reading in &readings {
                winners.push((flaw, self.first_covering(&answering, *reading)));
            }
        }
        let is_silent = |(_, at): &(usize, Option<usize>)| at.is_some_and(|at| self.is_silent(at));
        let open = winners.iter().filter(|one| !is_silent(one)).map(|(flaw, _)| *flaw).collect();
        let silences = !winners.is_empty() && winners.iter().all(is_silent);
        let counting = winners.iter().filter_map(|(_, at)| *at).collect();
        Weighed { winners, counting, open, silences }
    }

    /// Whether something counts on each flaw in each source, and all of it says the same.
    fn is_of_all(&self, verdict: &Weighed) -> bool {
        let mut words = verdict.winners.iter().map(|(_, at)| Some(self.claim((*at)?)?.word()));
        let Some(Some(first)) = words.next() else { return false };
        words.all(|word| word == Some(first))
    }

    /// The one that counts first.
    fn sort(&self, applied: &mut [usize]) {
        sort_by_precedence(applied, |at| {
            let cited = self.cited_of(*at)?;
            Some((&cited.statement, cited.document.provenance.trust()))
        });
    }

    fn first_covering(&self, applied: &[usize], reading: usize) -> Option<usize> {
        applied
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

    fn is_silent(&self, applied: usize) -> bool {
        self.claim(applied).is_some_and(|claim| self.silencing.is_by(claim))
    }

    /// Writes down what became of the statements about one finding.
    fn tell(&mut self, candidates: &[Candidate], verdict: &Weighed, flaws: &Flaws, is_harm: bool) {
        for Candidate { applied, answers } in candidates {
            let Some(statement) = self.applied.get(*applied).map(|one| one.statement) else {
                continue;
            };
            let fate = match (verdict.is_winner(*applied), self.is_silent(*applied)) {
                (true, true) if is_harm => {
                    let why = "no statement makes a malicious release harmless".to_owned();
                    Some((NoEffect::Malicious, why))
                }
                (true, true) if verdict.silences => None,
                (true, true) if answers.iter().any(|flaw| verdict.open.contains(flaw)) => {
                    let why = "the package is also where the statement does not hold".to_owned();
                    Some((NoEffect::NotEverywhere, why))
                }
                (true, true) => Some((NoEffect::NotEveryFlaw, verdict.other_flaws(flaws))),
                (true, false) => None,
                (false, _) if answers.is_empty() => {
                    let why =
                        "nobody says which of the flaws of the finding has this id".to_owned();
                    Some((NoEffect::NotEveryFlaw, why))
                }
                (false, _) => {
                    let mut by = verdict.winners.iter().filter(|(flaw, _)| answers.contains(flaw));
                    let by = by.find_map(|(_, by)| self.cited_of((*by)?));
                    by.map(|by| (NoEffect::Overruled, overruled(by)))
                }
            };
            self.settle(statement, fate);
        }
    }

    /// What had an effect somewhere had an effect.
    fn settle(&mut self, statement: usize, fate: Fate) {
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
            let overruled_by = self.overruled_in(&group);
            let raising = group.iter().copied().find(|at| {
                let is_affected = matches!(self.claim(*at), Some(Claim::Affected { .. }));
                is_affected && !overruled_by.contains_key(at)
            });
            for (at, by) in &overruled_by {
                let statement = self.applied.get(*at).map(|one| one.statement);
                let fate = self.cited_of(*by).map(|by| (NoEffect::Overruled, overruled(by)));
                if let Some(statement) = statement {
                    self.settle(statement, fate);
                }
            }
            let Some(first) = raising else { continue };
            let Some(winner) = self.cited_of(first) else { continue };
            let Some(about) = self.applied.get(first).map(|one| (one.statement, &one.about)) else {
                continue;
            };
            let said = group.iter().filter_map(|at| {
                let is_overruled = overruled_by.contains_key(at);
                let standing = if is_overruled { Weight::Overruled } else { Weight::Counts };
                let cited = Arc::clone(self.cited_of(*at)?);
                Some(Said { cited, standing, is_of_all: true })
            });
            let mut said: Vec<Said> = said.collect();
            // Who raises the finding stands first, then who counts.
            said.sort_by_key(|one| {
                (!Arc::ptr_eq(&one.cited, winner), one.standing == Weight::Overruled)
            });
            findings.push(raised::finding(winner, said, about.1, packages, readings));
            self.settle(about.0, None);
        }
        findings
    }

    /// Of statements that stand in their order, those that others overrule, and which does. One on
    /// a CVE says nothing about another CVE.
    fn overruled_in(&self, group: &[usize]) -> HashMap<usize, usize> {
        let mut overruled = HashMap::new();
        let mut decided: HashMap<String, usize> = HashMap::new();
        for at in group.iter().copied() {
            let Some(cited) = self.cited_of(at) else { continue };
            let ids: Vec<String> = cited.statement.flaw.ids().map(str::to_lowercase).collect();
            let mut cves = ids.iter().filter(|id| is_cve(id)).peekable();
            let by = if cves.peek().is_some() {
                cves.map(|id| decided.get(id)).collect::<Option<Vec<_>>>()
            } else {
                ids.iter().find_map(|id| decided.get(id)).map(|by| vec![by])
            };
            match by.as_deref().and_then(<[&usize]>::first) {
                Some(by) => {
                    overruled.insert(at, **by);
                }
                None => {
                    for id in ids {
                        decided.entry(id).or_insert(at);
                    }
                }
            }
        }
        overruled
    }

    /// Applications that met no finding, by package and flaw, in the order of the documents. Only
    /// groups in which somebody says "affected": the others have nothing to raise.
    fn groups(&self) -> Vec<Vec<usize>> {
        let mut joined = Joined::none_of(self.applied.len());
        let mut first: HashMap<(Option<usize>, String), usize> = HashMap::new();
        let has_not_met = |at: &usize| self.met.get(*at) == Some(&false);
        let open: Vec<usize> = (0..self.applied.len()).filter(has_not_met).collect();
        for at in open.iter().copied() {
            let package = self.applied.get(at).and_then(|one| one.about.package);
            let Some(cited) = self.cited_of(at) else { continue };
            for id in cited.statement.flaw.ids() {
                joined.by_key(&mut first, (package, id.to_lowercase()), at);
            }
        }
        let mut groups = joined.groups(open.into_iter().map(|at| (at, at)));
        let says = |at: &usize| matches!(self.claim(*at), Some(Claim::Affected { .. }));
        groups.retain(|group| group.iter().any(says));
        groups
    }
}

fn without_effect(cited: &[Arc<Cited>], fates: Vec<Fate>) -> impl Iterator<Item = WithoutEffect> {
    cited.iter().zip(fates).filter_map(|(cited, fate)| {
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

/// Why the software's own word is not taken.
fn not_taken(cited: &Cited, own_word: Beside) -> Option<(NoEffect, String)> {
    let is_own = cited.document.provenance.trust() == Trust::OwnWord;
    let is_silent = matches!(cited.statement.claim, Claim::NotAffected(_));
    (own_word == Beside::ReadToRaise && is_own && is_silent).then(|| {
        let why = "the policy does not let the software silence its own findings \
                   (project-statements); name the document with --vex if you take its word";
        (NoEffect::OwnWord, why.to_owned())
    })
}

fn overruled(by: &Cited) -> String {
    let word = by.statement.claim.word().replace('_', " ");
    format!("another statement counts: {word}, says {} ({})", by.author(), by.place())
}
