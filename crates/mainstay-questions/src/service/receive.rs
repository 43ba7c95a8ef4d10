//! Taking in an answer, and giving answers out again.

use std::collections::BTreeSet;

use jiff::Timestamp;
use mainstay_store::{Actor, VerifyingKey, new_id};
use mainstay_types::Tlp;
use mainstay_visibility::{Audience, Marked, Reader, Release};
use serde_json::json;

use super::publish::{Pages, is_told, marked, opened, tell};
use super::{Published, Questions, ServiceError, answer_object, check_past, organisation_id};
use crate::store::{self, AnswerRow, NewAnswer};
use crate::{Keyring, QuestionError, SignedAnswer};

/// Bytes of a signed answer.
const MOST_BYTES: usize = 256 << 10;
/// Answers of one organisation to one question.
const MOST_OF_ONE: i64 = 50;
/// Answers to one question.
const MOST_OF_ALL: i64 = 20_000;
/// Answers that are listed.
const LISTED: i64 = 500;

/// An answer that comes in.
#[derive(Clone, Copy, Debug)]
pub struct Sent<'s> {
    /// In whose name. Whoever calls has looked whether the sender may.
    pub organisation: &'s str,
    /// The key that signed it.
    pub key: &'s VerifyingKey,
    /// The signed file.
    pub envelope: &'s [u8],
}

/// What became of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// Its id here.
    pub id: String,
    /// The very same was here already: nothing changed.
    pub is_known: bool,
    /// It came after the deadline. It counts, and is marked.
    pub is_late: bool,
    /// What it says: a status of VEX.
    pub status: &'static str,
}

/// An answer that is kept.
#[derive(Clone, Debug)]
pub struct KeptAnswer {
    /// Its id here.
    pub id: String,
    /// In whose name it was sent.
    pub organisation: String,
    /// The answer, its signature checked.
    pub signed: SignedAnswer,
    /// The signed file.
    pub envelope: Vec<u8>,
    /// When it came.
    pub received_at: Timestamp,
    /// It came after the deadline.
    pub is_late: bool,
}

impl Questions {
    /// Takes in an answer of an organisation that the question was told to.
    ///
    /// # Errors
    /// [`ServiceError::Absent`] when the question was not told to the organisation; a signature
    /// that does not hold, an answer to another question, a key of another organisation, a time
    /// to come, a marking that does not fit, too many answers, or a question that is closed.
    pub fn receive(
        &self,
        question: &str,
        sent: &Sent<'_>,
        (actor, now): (&Actor, Timestamp),
    ) -> Result<Received, ServiceError> {
        let Sent { organisation, key, envelope } = *sent;
        let published = self.told_to(question, organisation, now)?;
        let (bytes, most) = (envelope.len(), MOST_BYTES);
        if bytes > most {
            let advice = ": say less, with --detail versions or --detail status";
            return Err(ServiceError::TooLarge { bytes, most, advice });
        }
        let ring = Keyring::new([key.clone()]);
        let signed = SignedAnswer::open(envelope, &ring, &published.signed)?;
        check_past("answered_at", signed.answer.answered_at, now)?;
        check_marking(&published, signed.answer.marking)?;
        let id = new_id("kept", now)?;
        let object = answer_object(&id)?;
        let asker = organisation_id(&published.organisation)?;
        let to_asker = Release {
            audience: Audience::Organisation(asker.clone()),
            not_before: now,
            marking: signed.answer.marking,
        };
        let marked = Marked {
            owner: organisation_id(organisation)?,
            marking: signed.answer.marking,
            releases: vec![to_asker],
            object: object.clone(),
        };
        let received = |id: &str, is_known| Received {
            id: id.to_owned(),
            is_known,
            is_late: published.is_over(now),
            status: signed.answer.standing.word(),
        };
        self.write(|transaction| {
            store::bind_key(transaction, key, organisation, now)?;
            if let Some((id, by)) = store::answer_with(transaction, question, &signed.digest)? {
                let foreign = || ServiceError::ForeignKey(key.to_string());
                return if by == organisation { Ok(received(&id, true)) } else { Err(foreign()) };
            }
            let row = store::question(transaction, question)?.ok_or(ServiceError::Absent)?;
            if row.closed_at.is_some() {
                return Err(ServiceError::Closed);
            }
            check_room(store::count_answers(transaction, question, organisation)?)?;
            let new = NewAnswer {
                id: &id,
                object: object.as_str(),
                question,
                organisation,
                digest: &signed.digest,
                signer: key,
                envelope,
                answered_at: signed.answer.answered_at,
            };
            store::add_answer(transaction, &new, now)?;
            marked.write(transaction)?;
            let detail = json!({
                "party": published.organisation, "answer": id, "by": organisation,
                "digest": signed.digest.as_str(), "key": key.to_string(),
                "late": published.is_over(now),
            });
            transaction.append(actor.does("question.answer", question, detail, now));
            // The asker's pages show who answered.
            let pages = Pages::Of(BTreeSet::from([asker.clone()]));
            tell(transaction, "question.answered", question, &pages, now);
            Ok(received(&id, false))
        })
    }

    /// The answers to a question that a reader may see, at most 500; of each organisation the
    /// newest first, which is the one that counts.
    ///
    /// # Errors
    /// When one of them cannot be read any more.
    pub fn answers(
        &self,
        question: &Published,
        reader: &Reader,
        now: Timestamp,
    ) -> Result<Vec<KeptAnswer>, ServiceError> {
        let id = &question.signed.question.id;
        let mut answers = Vec::new();
        self.read(|transaction| {
            let open = |row| answers.push(kept(question, row));
            Ok(store::each_answer(transaction, (id, LISTED), (reader, now), open)?)
        })?;
        answers.into_iter().collect()
    }

    /// Passes by the newest answer of each organisation that a reader may see, with how many
    /// earlier ones it replaces.
    pub(super) fn each_newest(
        &self,
        question: &Published,
        (reader, now): (&Reader, Timestamp),
        mut see: impl FnMut(KeptAnswer, usize),
    ) -> Result<(), ServiceError> {
        let id = &question.signed.question.id;
        let mut failed = None;
        self.read(|transaction| {
            let open = |row, earlier| match kept(question, row) {
                Ok(answer) => see(answer, earlier),
                Err(error) => failed = Some(error),
            };
            Ok(store::each_newest(transaction, id, (reader, now), open)?)
        })?;
        failed.map_or(Ok(()), Err)
    }

    /// One answer to a question that a reader may see.
    ///
    /// # Errors
    /// [`ServiceError::Absent`] when there is none.
    pub fn answer(
        &self,
        (question, id): (&Published, &str),
        reader: &Reader,
        now: Timestamp,
    ) -> Result<KeptAnswer, ServiceError> {
        let of = (&*question.signed.question.id, id);
        let row = self.read(|transaction| Ok(store::answer(transaction, of, (reader, now))?))?;
        kept(question, row.ok_or(ServiceError::Absent)?)
    }

    /// A question, as an organisation sees it.
    pub(super) fn told_to(
        &self,
        question: &str,
        organisation: &str,
        now: Timestamp,
    ) -> Result<Published, ServiceError> {
        self.read(|transaction| {
            if !is_told(&marked(transaction, question)?, organisation, now)? {
                return Err(ServiceError::Absent);
            }
            opened(store::question(transaction, question)?.ok_or(ServiceError::Absent)?)
        })
    }
}

impl Published {
    /// Whether the deadline is over. Answers are taken all the same.
    pub fn is_over(&self, now: Timestamp) -> bool {
        now > self.signed.question.deadline.at()
    }
}

/// An answer tells that there is a question, so it goes no further than that.
fn check_marking(question: &Published, marking: Tlp) -> Result<(), QuestionError> {
    let asked = question.signed.question.marking;
    if marking < asked {
        let problem = format!("the question is {asked}, and an answer goes no further than that");
        return Err(QuestionError::field("marking", problem));
    }
    if marking == Tlp::Red {
        let problem = "TLP:RED is for persons, and a server tells an organisation: give it to \
                       whoever asks another way, or mark it TLP:AMBER+STRICT";
        return Err(QuestionError::field("marking", problem));
    }
    Ok(())
}

fn check_room((all, own): (i64, i64)) -> Result<(), ServiceError> {
    if own >= MOST_OF_ONE {
        let problem = format!("the organisation answered {own} times: its newest answer counts");
        return Err(ServiceError::TooMany(problem));
    }
    if all >= MOST_OF_ALL {
        return Err(ServiceError::TooMany(format!("the question has {all} answers, and no more")));
    }
    Ok(())
}

fn kept(question: &Published, row: AnswerRow) -> Result<KeptAnswer, ServiceError> {
    let damaged = || ServiceError::Damaged(row.id.clone());
    let key: VerifyingKey = row.signer.parse().map_err(|_| damaged())?;
    let ring = Keyring::new([key]);
    let signed =
        SignedAnswer::open(&row.envelope, &ring, &question.signed).map_err(|_| damaged())?;
    Ok(KeptAnswer {
        id: row.id,
        organisation: row.organisation,
        is_late: question.is_over(row.received_at),
        signed,
        envelope: row.envelope,
        received_at: row.received_at,
    })
}
