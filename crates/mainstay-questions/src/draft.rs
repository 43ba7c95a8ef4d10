//! From what was seen to what leaves: an answer, with as much detail as its party chooses.

use jiff::Timestamp;
use mainstay_types::{SectorId, Tlp};

use crate::answer::{MOST_ENTRIES, MOST_PLACES};
use crate::{
    Answer, Detail, Examination, Lacking, Name, QuestionError, SeenComponent, Shown,
    SignedQuestion, Standing, Words,
};

/// The most letters of a package URL, a place or a subject.
const LONGEST: usize = 900;

/// What a party decides about its answer.
#[derive(Clone, Debug)]
pub struct Drafting<'d> {
    /// The question that is answered.
    pub question: &'d SignedQuestion,
    /// Who answers.
    pub answered_by: Name,
    /// The sectors that it says it belongs to.
    pub sectors: Vec<SectorId>,
    /// How far the answer may be told. Nothing: as far as the question.
    pub marking: Option<Tlp>,
    /// How much of what was seen leaves.
    pub detail: Detail,
    /// Since when only repaired versions are there.
    pub fixed_since: Option<Timestamp>,
    /// What else it says.
    pub note: Option<Words>,
    /// The moment of the answer.
    pub now: Timestamp,
}

impl Examination {
    /// The answer.
    ///
    /// # Errors
    /// A marking wider than that of the question, whose existence an answer tells; a time of repair
    /// that does not fit; no random numbers.
    pub fn answer(&self, drafting: Drafting<'_>) -> Result<Answer, QuestionError> {
        let asked = &drafting.question.question;
        let marking = drafting.marking.unwrap_or(asked.marking);
        if marking < asked.marking {
            let problem = format!(
                "the question is {}, and an answer of {marking} would tell of it more widely",
                asked.marking
            );
            return Err(QuestionError::field("marking", problem));
        }
        let mut left_out = 0;
        Ok(Answer {
            id: Answer::new_id(drafting.now)?,
            question: asked.id.clone(),
            question_digest: drafting.question.digest.clone(),
            standing: self.standing_since(drafting.fixed_since, drafting.now)?,
            shown: self.shown(drafting.detail, &mut left_out),
            not_known: self.lacking(drafting.detail, &mut left_out),
            left_out,
            answered_by: drafting.answered_by,
            sectors: drafting.sectors,
            answered_at: drafting.now,
            marking,
            knowledge_as_of: self.knowledge_as_of,
            note: drafting.note,
        })
    }

    fn standing_since(
        &self,
        since: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<Standing, QuestionError> {
        match (&self.standing, since) {
            (standing, None) => Ok(standing.clone()),
            (Standing::Fixed { .. }, Some(since)) if since <= now => {
                Ok(Standing::Fixed { since: Some(since) })
            }
            (Standing::Fixed { .. }, Some(_)) => {
                Err(QuestionError::field("fixed_since", "it is still to come"))
            }
            (standing, Some(_)) => {
                let problem = format!("the status is {}, not fixed", standing.word());
                Err(QuestionError::field("fixed_since", problem))
            }
        }
    }

    fn shown(&self, detail: Detail, left_out: &mut u64) -> Shown {
        let mut components = |with_places: bool| -> Vec<SeenComponent> {
            *left_out += behind(self.seen.len(), MOST_ENTRIES);
            let shown = self.seen.iter().take(MOST_ENTRIES);
            shown
                .map(|seen| SeenComponent {
                    package: plain(&seen.purl),
                    claim: seen.claim.clone(),
                    places: if with_places { cut(&seen.places, left_out) } else { Vec::new() },
                })
                .collect()
        };
        let looked_at = self.looked_at;
        match detail {
            Detail::Status => Shown::Status,
            Detail::Versions => Shown::Versions { components: components(false), looked_at },
            Detail::Components => Shown::Components { components: components(true), looked_at },
        }
    }

    fn lacking(&self, detail: Detail, left_out: &mut u64) -> Vec<Lacking> {
        let mut lacking: Vec<Lacking> = Vec::new();
        for one in &self.not_known {
            let count = u64::try_from(one.subjects.len()).unwrap_or(u64::MAX);
            let subjects = match detail {
                Detail::Status | Detail::Versions => Vec::new(),
                Detail::Components => cut(&one.subjects, left_out),
            };
            // One code may bear on the answer for one subject, and only be told for another.
            if let Some(same) = lacking.iter_mut().find(|same| *same.code == *one.code) {
                same.count = same.count.map(|before| before.saturating_add(count));
                let room = MOST_PLACES.saturating_sub(same.subjects.len());
                *left_out += behind(subjects.len(), room);
                same.subjects.extend(subjects.into_iter().take(room));
                continue;
            }
            let count = (detail != Detail::Status).then_some(count);
            lacking.push(Lacking { code: one.code.into(), count, subjects });
        }
        lacking
    }
}

fn cut(texts: &[String], left_out: &mut u64) -> Vec<Box<str>> {
    *left_out += behind(texts.len(), MOST_PLACES);
    texts.iter().take(MOST_PLACES).map(|text| plain(text)).collect()
}

fn behind(count: usize, most: usize) -> u64 {
    u64::try_from(count.saturating_sub(most)).unwrap_or(u64::MAX)
}

/// Names of files may hold anything; a document holds what can be seen.
fn plain(text: &str) -> Box<str> {
    let seen = |letter: char| if letter.is_control() { '\u{fffd}' } else { letter };
    let text: String = text.chars().take(LONGEST).map(seen).collect();
    if text.is_empty() { "?".into() } else { text.into() }
}
