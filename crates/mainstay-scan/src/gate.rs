//! The gate that `mainstay check` applies: policies judge what a scan found, and every answer
//! names its rule.

mod facts;

use jiff::Timestamp;
use mainstay_console::ExitCode;
use mainstay_policy::{Decision, Outcome, Policy};

use crate::component::ComponentAt;
use crate::finding::Finding;
use crate::scan::Scan;
use crate::unknown::UnknownCode;

/// What `mainstay check` refuses.
#[derive(Clone, Debug, Default)]
pub struct Gate {
    /// Everything is judged by each of them: a second policy can only refuse more.
    pub policies: Vec<Policy>,
    /// What may stay unknown.
    pub allow_unknown: AllowedUnknown,
}

/// What may stay unknown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum AllowedUnknown {
    /// Nothing.
    #[default]
    Nothing,
    /// Only these reasons.
    These(Vec<UnknownCode>),
    /// Everything.
    Everything,
}

/// The gate's answer, with all that it stands on.
#[derive(Clone, Debug)]
pub struct Judgement {
    /// What follows for the whole.
    pub outcome: Outcome,
    /// The policies that were asked: files and flags.
    pub policies: Vec<String>,
    /// What objected or could not tell, in the order of the findings, then of the packages.
    pub decisions: Vec<Judged>,
    /// Unknowns of the scan that may pass, by `--allow-unknown` or a policy: their positions.
    pub allowed_unknowns: Vec<usize>,
}

/// One decision, and what it is about.
#[derive(Clone, Debug)]
pub struct Judged {
    /// What was decided and why.
    pub decision: Decision,
    /// The package: a position in [`Scan::packages`].
    pub package: Option<usize>,
    /// The finding: a position in [`Scan::findings`].
    pub finding: Option<usize>,
    /// What no ecosystem knows, where it is about that.
    pub component: Option<ComponentAt>,
    /// Whether it was there already at the revision of `--since`.
    pub standing: Standing,
}

/// Whether something is new.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// It is new, or nobody asked since when.
    New,
    /// It was there at the revision that the user named.
    Old,
}

impl Gate {
    /// Judges a scan. Where it was compared with a revision, what was there already does not
    /// count.
    pub fn judge(&self, scan: &Scan) -> Judgement {
        let mut decisions = self.decide(scan);
        if let Some(since) = &scan.since {
            let before = since.said(self);
            for judged in &mut decisions {
                if since.is_old(scan, judged, &before) {
                    judged.standing = Standing::Old;
                }
            }
        }
        let may_pass = |at: usize, code| {
            self.allow_unknown.allows(code) || scan.standing_of_unknown(at) == Standing::Old
        };
        let allowed_unknowns: Vec<usize> = scan
            .unknowns
            .iter()
            .enumerate()
            .filter(|(at, unknown)| may_pass(*at, unknown.code))
            .map(|(at, _)| at)
            .collect();
        let unknown = allowed_unknowns.len() < scan.unknowns.len();
        let counts = |judged: &&Judged| match judged.decision.outcome {
            Outcome::Refused => judged.standing == Standing::New,
            Outcome::Unknown => {
                judged.standing == Standing::New && self.allow_unknown != AllowedUnknown::Everything
            }
            Outcome::Passed | Outcome::Accepted => false,
        };
        let decided = decisions.iter().filter(counts).map(|judged| judged.decision.outcome).max();
        let outcome = match decided {
            Some(Outcome::Refused) => Outcome::Refused,
            Some(Outcome::Unknown) => Outcome::Unknown,
            _ if unknown => Outcome::Unknown,
            _ => Outcome::Passed,
        };
        let policies = self.policies.iter().map(|policy| policy.path.clone()).collect();
        Judgement { outcome, policies, decisions, allowed_unknowns }
    }

    /// What every policy says about every finding, every package and the data.
    fn decide(&self, scan: &Scan) -> Vec<Judged> {
        let judged = |decision, package, finding| Judged {
            decision,
            package,
            finding,
            component: None,
            standing: Standing::New,
        };
        let mut decisions = Vec::new();
        for (at, finding) in scan.findings.iter().enumerate() {
            let on_finding = self.on_finding(scan, finding);
            decisions.extend(on_finding.map(|one| judged(one, finding.package, Some(at))));
        }
        let on_packages = self.on_packages(scan).into_iter();
        decisions.extend(on_packages.map(|(at, decision)| judged(decision, Some(at), None)));
        for (at, decision) in self.on_components(scan) {
            decisions.push(Judged { component: Some(at), ..judged(decision, None, None) });
        }
        for used in &scan.knowledge {
            let facts = facts::of_knowledge(used);
            let on_data = self.policies.iter().filter_map(|policy| policy.on_data(&facts));
            decisions.extend(on_data.map(|decision| judged(decision, None, None)));
        }
        decisions
    }

    /// What every policy says about a finding.
    pub(crate) fn on_finding<'g>(
        &'g self,
        scan: &'g Scan,
        finding: &'g Finding,
    ) -> impl Iterator<Item = Decision> + 'g {
        let facts = facts::of_finding(scan, finding);
        self.policies.iter().flat_map(move |policy| policy.on_finding(&facts, scan.now))
    }

    /// What every policy says about every package, by its position.
    pub(crate) fn on_packages(&self, scan: &Scan) -> Vec<(usize, Decision)> {
        let judging: Vec<&Policy> =
            self.policies.iter().filter(|policy| policy.judges_packages()).collect();
        if judging.is_empty() {
            return Vec::new();
        }
        let mut decisions = Vec::new();
        for (at, package) in scan.packages.iter().enumerate() {
            let facts = facts::of_package(scan, package);
            let said = judging.iter().flat_map(|policy| policy.on_package(&facts, scan.now));
            decisions.extend(said.map(|decision| (at, decision)));
        }
        decisions
    }

    /// What every policy says about what no ecosystem knows.
    pub(crate) fn on_components(&self, scan: &Scan) -> Vec<(ComponentAt, Decision)> {
        let judging: Vec<&Policy> =
            self.policies.iter().filter(|policy| policy.judges_packages()).collect();
        if judging.is_empty() {
            return Vec::new();
        }
        let mut decisions = Vec::new();
        for component in scan.components() {
            let facts = facts::of_component(&component);
            let said = judging.iter().flat_map(|policy| policy.on_package(&facts, scan.now));
            decisions.extend(said.map(|decision| (component.at(), decision)));
        }
        decisions
    }

    /// Exceptions to rules that do nothing, or no longer: warnings for the report.
    pub fn idle_exceptions(&self, judgement: &Judgement, now: Timestamp) -> Vec<String> {
        let today = now.to_zoned(jiff::tz::TimeZone::UTC).date();
        let used: std::collections::HashSet<&str> = judgement
            .decisions
            .iter()
            .filter_map(|judged| judged.decision.exception.as_ref())
            .map(|exception| &*exception.written)
            .collect();
        let to_rules = self.policies.iter().flat_map(Policy::exceptions_to_rules);
        to_rules
            .filter_map(|exception| {
                let is_used = used.contains(&*exception.written);
                crate::exception::idle(exception, is_used, today)
            })
            .collect()
    }
}

impl Judgement {
    /// The exit code of `mainstay check`.
    pub fn exit_code(&self) -> ExitCode {
        match self.outcome {
            Outcome::Refused => ExitCode::Findings,
            Outcome::Unknown => ExitCode::Unknown,
            Outcome::Passed | Outcome::Accepted => ExitCode::Done,
        }
    }

    /// The decisions of one outcome and standing.
    pub fn of(&self, outcome: Outcome, standing: Standing) -> impl Iterator<Item = &Judged> {
        self.decisions
            .iter()
            .filter(move |one| one.decision.outcome == outcome && one.standing == standing)
    }

    /// Whether a fact that nobody knows kept a rule from deciding.
    pub fn misses(&self, fact: &str) -> bool {
        self.of(Outcome::Unknown, Standing::New).any(|judged| {
            judged.decision.facts.iter().any(|one| one.name == fact && one.value.is_none())
        })
    }
}

impl AllowedUnknown {
    /// Whether this reason may stay.
    pub fn allows(&self, code: UnknownCode) -> bool {
        match self {
            Self::Nothing => false,
            Self::These(codes) => codes.contains(&code),
            Self::Everything => true,
        }
    }
}

impl Standing {
    /// The word used in reports.
    pub fn word(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Old => "old",
        }
    }
}

impl Judged {
    /// What it is about, for a person: `lodash 4.17.20: CVE-2021-23337`.
    pub fn subject(&self, scan: &Scan) -> String {
        let package = self.package.and_then(|at| scan.packages.get(at)).map(crate::Package::label);
        let component = self.component.and_then(|at| scan.component(at));
        let package = package.or_else(|| component.map(|one| one.label()));
        let finding = self.finding.and_then(|at| scan.findings.get(at)).map(Finding::id);
        match (package, finding) {
            (Some(package), Some(finding)) => format!("{package}: {finding}"),
            (Some(package), None) => package,
            (None, Some(finding)) => finding.to_owned(),
            (None, None) => "the advisory data".to_owned(),
        }
    }
}
