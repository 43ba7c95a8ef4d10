//! Judging the rows of a name: is this version, or this commit, affected?
//!
//! Rules: the OSV schema, "Evaluation". A record affects a version when one of its ranges or its
//! list says so. What cannot be compared decides nothing, and is told.

use std::cmp::Ordering;
use std::collections::HashMap;

use mainstay_types::Ecosystem;
use mainstay_versions::{Bound, Interval, Version, VersionError};

use super::listed::{Spread, differ_in_numbers};
use crate::bytes::{Cursor, Damage};
use crate::layout::Section;
use crate::pages::Pages;
use crate::rule::Rule;
use crate::{Advisory, Basis, Hit, LookUp, Subject, Undecided};

/// So many fixing versions are told at most; they are looked for from the smallest up.
const MAX_FIXES: usize = 64;

pub(super) struct Judge<'i, 's> {
    pages: &'i Pages,
    ecosystem: Ecosystem,
    subject: Subject<'s>,
    /// The version asked for, when it can be compared.
    version: Option<Version>,
    /// Listed versions met so far: the records of one package list the same ones over and over.
    listed: HashMap<u32, bool, Spread>,
    rule: Rule<'i>,
    answer: LookUp<'i>,
}

enum Verdict {
    Hit(Basis),
    Undecided(String),
    Unaffected,
}

impl<'i, 's> Judge<'i, 's> {
    pub(super) fn new(pages: &'i Pages, ecosystem: Ecosystem, subject: Subject<'s>) -> Self {
        let mut answer = LookUp::default();
        let version = match subject {
            Subject::Commit(_) => None,
            Subject::Version(text) => match readable(ecosystem, text) {
                Ok(version) => Some(version),
                Err(error) => {
                    answer.unreadable_version = Some(error);
                    None
                }
            },
        };
        let (listed, rule) = (HashMap::default(), Rule::default());
        Self { pages, ecosystem, subject, version, listed, rule, answer }
    }

    pub(super) fn rows(&mut self, first: u32, count: u32) -> Result<(), Damage> {
        self.answer.known_name = true;
        let out_of_reach = Damage("a row is out of reach");
        let first = usize::try_from(first).map_err(|_| out_of_reach)?;
        let count = usize::try_from(count).map_err(|_| out_of_reach)?;
        let (at, len) = (first.checked_mul(8), count.checked_mul(8));
        let (at, len) = at.zip(len).ok_or(out_of_reach)?;
        let mut rows = Cursor::new(self.pages.bytes(Section::Rows, at, len)?);
        // The rules of a name lie one behind the other. Holding a file to that keeps a made-up
        // one from having the same large rule read once per row.
        let mut read_to = 0;
        for _ in 0..count {
            let (advisory, rule) = (rows.u32()?, rows.u32()?);
            if usize::try_from(rule).is_ok_and(|rule| rule < read_to) {
                return Err(Damage("the rules of a name are out of order"));
            }
            let (blob, behind) = self.pages.blob(Section::Rules, rule)?;
            read_to = behind;
            let mut rule = std::mem::take(&mut self.rule);
            rule.read(self.pages, blob)?;
            let judged = self.row(advisory, &rule);
            self.rule = rule;
            judged?;
        }
        Ok(())
    }

    pub(super) fn answer(self) -> LookUp<'i> {
        self.answer
    }

    fn row(&mut self, advisory: u32, rule: &Rule<'i>) -> Result<(), Damage> {
        let verdict = match self.subject {
            Subject::Version(text) => self.judge_version(text, rule)?,
            Subject::Commit(commit) => self.judge_commit(commit, rule)?,
        };
        match verdict {
            Verdict::Unaffected => {}
            Verdict::Undecided(reason) => {
                let advisory = Advisory::read(self.pages, advisory)?;
                self.answer.undecided.push(Undecided { advisory, reason });
            }
            Verdict::Hit(basis) => {
                let advisory = Advisory::read(self.pages, advisory)?;
                let fixed_in = match basis {
                    Basis::Commit => self.texts(&rule.fixing_commits)?,
                    Basis::Range | Basis::ListedVersion => self.fixes(rule)?,
                };
                self.answer.hits.push(Hit { advisory, fixed_in, basis });
            }
        }
        Ok(())
    }

    fn judge_version(&mut self, text: &str, rule: &Rule<'i>) -> Result<Verdict, Damage> {
        let mut unreadable = None;
        for interval in &rule.intervals {
            match self.contains(interval) {
                Ok(true) => return Ok(Verdict::Hit(Basis::Range)),
                Ok(false) => {}
                Err(error) => unreadable = Some(error.to_string()),
            }
        }
        for listed in &rule.listed {
            if self.is_listed(*listed, text)? {
                return Ok(Verdict::Hit(Basis::ListedVersion));
            }
        }
        if self.version.is_none() {
            // The answer says so once for all records: see `LookUp::unreadable_version`.
            return Ok(Verdict::Unaffected);
        }
        Ok(match (unreadable, rule.reasons.first()) {
            (Some(reason), _) => Verdict::Undecided(reason),
            (None, Some(reason)) => Verdict::Undecided(self.pages.text(*reason)?.to_owned()),
            (None, None) => Verdict::Unaffected,
        })
    }

    /// Whether the version lies in the interval. Every version lies in one that has neither
    /// beginning nor end, also one that nobody can read: so are whole packages reported that
    /// were made to do harm.
    fn contains(&self, interval: &Interval<'_>) -> Result<bool, VersionError> {
        match (&self.version, interval) {
            (_, Interval { from: None, to: Bound::Open }) => Ok(true),
            (Some(version), interval) => interval.contains(version),
            (None, _) => Ok(false),
        }
    }

    /// Whether a listed version is the one asked for: the same text, or the same in the order of
    /// the ecosystem, as `1.0` and `1.0.0` are on PyPI.
    fn is_listed(&mut self, listed: u32, asked: &str) -> Result<bool, Damage> {
        if let Some(known) = self.listed.get(&listed) {
            return Ok(*known);
        }
        let text = self.pages.text(listed)?;
        let same = text == asked
            || !differ_in_numbers(text, asked)
                && self.version.as_ref().is_some_and(|version| {
                    Version::parse(self.ecosystem, text)
                        .is_ok_and(|other| other.compare(version) == Some(Ordering::Equal))
                });
        self.listed.insert(listed, same);
        Ok(same)
    }

    fn judge_commit(&self, commit: &str, rule: &Rule<'i>) -> Result<Verdict, Damage> {
        for text in rule.commits.iter().chain(&rule.listed) {
            if self.pages.text(*text)?.eq_ignore_ascii_case(commit) {
                return Ok(Verdict::Hit(Basis::Commit));
            }
        }
        Ok(Verdict::Unaffected)
    }

    fn texts(&self, references: &[u32]) -> Result<Vec<&'i str>, Damage> {
        references.iter().take(MAX_FIXES).map(|text| self.pages.text(*text)).collect()
    }

    /// The ends of intervals above the version that no interval and no list calls affected.
    fn fixes(&mut self, rule: &Rule<'i>) -> Result<Vec<&'i str>, Damage> {
        let Some(version) = self.version.clone() else { return Ok(Vec::new()) };
        let mut above: Vec<(Version, &str)> = rule
            .intervals
            .iter()
            .filter_map(|interval| match interval.to {
                Bound::Fixed(text) => Some((Version::parse(self.ecosystem, text).ok()?, text)),
                Bound::Open | Bound::Limit(_) | Bound::LastAffected(_) => None,
            })
            .filter(|(fix, _)| fix.compare(&version) == Some(Ordering::Greater))
            .collect();
        above.sort_by(|a, b| a.0.compare(&b.0).unwrap_or(Ordering::Equal));
        above.dedup_by(|a, b| a.0.compare(&b.0) == Some(Ordering::Equal));
        above.truncate(MAX_FIXES);
        let listed: Vec<&str> =
            rule.listed.iter().map(|text| self.pages.text(*text)).collect::<Result<_, _>>()?;
        above.retain(|(fix, text)| {
            let in_range =
                rule.intervals.iter().any(|interval| interval.contains(fix).unwrap_or(false));
            !in_range && !listed.contains(text)
        });
        Ok(above.into_iter().map(|(_, text)| text).collect())
    }
}

/// A version that the ecosystem still accepts.
fn readable(ecosystem: Ecosystem, text: &str) -> Result<Version, VersionError> {
    let version = Version::parse(ecosystem, text)?;
    if version.is_legacy() {
        let reason = "it is a legacy version, which the ecosystem no longer accepts";
        return Err(VersionError { ecosystem, text: text.into(), reason });
    }
    Ok(version)
}
