//! The coordinator's count of the answers to one question.
//!
//! A party is a key: what an answer says of its own name proves nothing. Who was asked and did not
//! answer is silent, which is not "not affected". Of several answers of a party the later counts;
//! two of the same moment that differ are a conflict, and count as that.

use std::collections::BTreeMap;

use mainstay_store::VerifyingKey;
use mainstay_types::{SectorId, Tlp};

use crate::keys::Party;
use crate::{PayloadDigest, SignedAnswer, SignedQuestion, Standing};

/// The count.
#[derive(Clone, Debug)]
pub struct Tally {
    /// The parties that were asked, in the order of the list, then those that answered unasked.
    pub parties: Vec<PartyCount>,
    /// Over all of them.
    pub counts: Counts,
    /// By sector, in the order of ids. A party may be in several, or in none.
    pub sectors: Vec<SectorCounts>,
    /// Parties that no sector is known of.
    pub without_sector: usize,
    /// The narrowest marking of the question and of the answers that count: so far the count may
    /// be told.
    pub marking: Tlp,
}

/// What became of one party.
#[derive(Clone, Debug)]
pub struct PartyCount {
    /// Its key.
    pub key: VerifyingKey,
    /// Whether it is on the list of those that were asked.
    pub is_invited: bool,
    /// Its sectors: those of the list, else those that its answer names.
    pub sectors: Vec<SectorId>,
    /// What it said.
    pub said: Said,
    /// Earlier answers that a later one replaces.
    pub replaced: usize,
}

/// What a party said.
#[derive(Clone, Debug)]
pub enum Said {
    /// Nothing. That is not "not affected".
    Silent,
    /// This, last.
    Answer {
        /// The answer.
        answer: Box<SignedAnswer>,
        /// Whether it was given after the deadline.
        is_late: bool,
    },
    /// Different things at the same moment.
    Conflict(Vec<SignedAnswer>),
}

/// How many parties say what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// All of them.
    pub parties: usize,
    /// Affected.
    pub affected: usize,
    /// With repaired versions only.
    pub fixed: usize,
    /// Not affected.
    pub not_affected: usize,
    /// They do not know, or not yet.
    pub under_investigation: usize,
    /// They said different things at once.
    pub conflict: usize,
    /// They were asked and did not answer.
    pub silent: usize,
    /// Of the answers, those after the deadline.
    pub late: usize,
}

/// The counts of a sector.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SectorCounts {
    /// The sector.
    pub sector: SectorId,
    /// The counts.
    pub counts: Counts,
}

impl Tally {
    /// Counts. The answers must have been opened for this question.
    pub fn of(question: &SignedQuestion, invited: &[Party], answers: Vec<SignedAnswer>) -> Self {
        let mut parties: Vec<PartyCount> = invited.iter().map(PartyCount::invited).collect();
        let mut by_key: BTreeMap<String, usize> = BTreeMap::new();
        for (at, party) in parties.iter().enumerate() {
            by_key.insert(party.key.to_string(), at);
        }
        let mut said: BTreeMap<usize, Vec<SignedAnswer>> = BTreeMap::new();
        for answer in answers {
            let next = parties.len();
            let at = *by_key.entry(answer.key.to_string()).or_insert(next);
            if at == next {
                parties.push(PartyCount::uninvited(answer.key.clone()));
            }
            said.entry(at).or_default().push(answer);
        }
        let mut marking = question.question.marking;
        for (at, answers) in said {
            let Some(party) = parties.get_mut(at) else { continue };
            (party.said, party.replaced) = last(question, answers);
            let counting = party.said.answers();
            marking = counting.iter().map(|one| one.answer.marking).fold(marking, Tlp::max);
            if party.sectors.is_empty()
                && let Some(first) = counting.first()
            {
                party.sectors.clone_from(&first.answer.sectors);
                party.sectors.sort_unstable();
                party.sectors.dedup();
            }
        }
        Self::counted(parties, marking)
    }

    fn counted(parties: Vec<PartyCount>, marking: Tlp) -> Self {
        let mut counts = Counts::default();
        let mut sectors: BTreeMap<SectorId, Counts> = BTreeMap::new();
        let mut without_sector = 0;
        for party in &parties {
            counts.add(&party.said);
            without_sector += usize::from(party.sectors.is_empty());
            for sector in &party.sectors {
                sectors.entry(sector.clone()).or_default().add(&party.said);
            }
        }
        let sectors =
            sectors.into_iter().map(|(sector, counts)| SectorCounts { sector, counts }).collect();
        Self { parties, counts, sectors, without_sector, marking }
    }
}

impl PartyCount {
    fn invited(party: &Party) -> Self {
        let mut sectors = party.sectors.clone();
        sectors.sort_unstable();
        sectors.dedup();
        Self { key: party.key.clone(), is_invited: true, sectors, said: Said::Silent, replaced: 0 }
    }

    fn uninvited(key: VerifyingKey) -> Self {
        Self { key, is_invited: false, sectors: Vec::new(), said: Said::Silent, replaced: 0 }
    }
}

impl Said {
    /// The answers that count.
    pub fn answers(&self) -> &[SignedAnswer] {
        match self {
            Self::Silent => &[],
            Self::Answer { answer, .. } => std::slice::from_ref(answer),
            Self::Conflict(answers) => answers,
        }
    }

    /// The word: a status, `conflict` or `silent`.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Silent => "silent",
            Self::Answer { answer, .. } => answer.answer.standing.word(),
            Self::Conflict(_) => "conflict",
        }
    }
}

impl Counts {
    fn add(&mut self, said: &Said) {
        self.parties += 1;
        let count = match said {
            Said::Silent => &mut self.silent,
            Said::Conflict(_) => &mut self.conflict,
            Said::Answer { answer, is_late } => {
                self.late += usize::from(*is_late);
                match answer.answer.standing {
                    Standing::Affected => &mut self.affected,
                    Standing::Fixed { .. } => &mut self.fixed,
                    Standing::NotAffected(_) => &mut self.not_affected,
                    Standing::UnderInvestigation => &mut self.under_investigation,
                }
            }
        };
        *count += 1;
    }
}

/// What counts of a party's answers, and how many it replaces. The very same content twice is one
/// answer.
fn last(question: &SignedQuestion, mut answers: Vec<SignedAnswer>) -> (Said, usize) {
    let key = |one: &SignedAnswer| (one.answer.answered_at, one.digest.clone());
    answers.sort_by_cached_key(key);
    answers.dedup_by_key(|one| -> PayloadDigest { one.digest.clone() });
    let all = answers.len();
    let Some(newest) = answers.last().map(|one| one.answer.answered_at) else {
        return (Said::Silent, 0);
    };
    answers.retain(|one| one.answer.answered_at == newest);
    let replaced = all - answers.len();
    let said = match answers.pop() {
        Some(one) if answers.is_empty() => Said::Answer {
            is_late: newest > question.question.deadline.at(),
            answer: Box::new(one),
        },
        Some(one) => {
            answers.push(one);
            Said::Conflict(answers)
        }
        None => Said::Silent,
    };
    (said, replaced)
}
