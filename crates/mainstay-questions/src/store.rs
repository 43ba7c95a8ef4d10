//! The SQL of questions, answers and keys.

use jiff::Timestamp;
use mainstay_store::{Row, StoreError, Transaction, VerifyingKey, hexadecimal};
use mainstay_visibility::{Reader, VisibleSql};

use crate::{PayloadDigest, ServiceError};

/// A question, as it is kept.
pub(crate) struct QuestionRow {
    pub(crate) id: String,
    pub(crate) organisation: String,
    pub(crate) digest: String,
    pub(crate) signer: String,
    pub(crate) envelope: Vec<u8>,
    pub(crate) published_at: Timestamp,
    pub(crate) closed_at: Option<Timestamp>,
}

/// An answer, as it is kept.
pub(crate) struct AnswerRow {
    pub(crate) id: String,
    pub(crate) organisation: String,
    pub(crate) signer: String,
    pub(crate) envelope: Vec<u8>,
    pub(crate) received_at: Timestamp,
}

/// A question to be kept.
pub(crate) struct NewQuestion<'q> {
    pub(crate) id: &'q str,
    pub(crate) object: &'q str,
    pub(crate) organisation: &'q str,
    pub(crate) digest: &'q PayloadDigest,
    pub(crate) signer: &'q VerifyingKey,
    pub(crate) envelope: &'q [u8],
    pub(crate) deadline: Timestamp,
}

/// An answer to be kept.
pub(crate) struct NewAnswer<'q> {
    pub(crate) id: &'q str,
    pub(crate) object: &'q str,
    pub(crate) question: &'q str,
    pub(crate) organisation: &'q str,
    pub(crate) digest: &'q PayloadDigest,
    pub(crate) signer: &'q VerifyingKey,
    pub(crate) envelope: &'q [u8],
    pub(crate) answered_at: Timestamp,
}

const QUESTION: &str = "SELECT kept.id, kept.organisation, kept.digest, kept.signer, \
                        kept.envelope, kept.published_at, kept.closed_at FROM question kept";

const ANSWER_COLUMNS: &str = "SELECT kept.id, kept.organisation, kept.signer, kept.envelope, \
                              kept.received_at";

pub(crate) fn add_question(
    transaction: &mut Transaction<'_>,
    question: &NewQuestion<'_>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let added = transaction.execute(
        "INSERT INTO question (id, object, organisation, digest, signer, envelope, published_at, \
         deadline) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (id) DO NOTHING",
        &[
            question.id.into(),
            question.object.into(),
            question.organisation.into(),
            question.digest.as_str().into(),
            question.signer.to_string().into(),
            question.envelope.into(),
            now.into(),
            question.deadline.into(),
        ],
    )?;
    if added == 0 { Err(transaction.give_way()) } else { Ok(()) }
}

pub(crate) fn question(
    transaction: &mut Transaction<'_>,
    id: &str,
) -> Result<Option<QuestionRow>, StoreError> {
    transaction.optional(&format!("{QUESTION} WHERE kept.id = $1"), &[id.into()], question_of)
}

/// The newest questions that a reader may see.
pub(crate) fn questions(
    transaction: &mut Transaction<'_>,
    (reader, now): (&Reader, Timestamp),
    most: i64,
) -> Result<Vec<QuestionRow>, StoreError> {
    let visible = VisibleSql::of(reader, now, "kept.object", 1);
    let sql = format!(
        "{QUESTION} WHERE {} ORDER BY kept.published_at DESC, kept.id LIMIT $1",
        visible.condition()
    );
    let parameters = [&[most.into()][..], visible.parameters()].concat();
    transaction.rows(&sql, &parameters, question_of)
}

/// How many questions of an organisation still take answers.
pub(crate) fn count_open(
    transaction: &mut Transaction<'_>,
    organisation: &str,
) -> Result<i64, StoreError> {
    transaction.one(
        "SELECT COUNT(*) FROM question WHERE organisation = $1 AND closed_at IS NULL",
        &[organisation.into()],
        |row| row.integer(0),
    )
}

/// Says whether it was open until now.
pub(crate) fn close(
    transaction: &mut Transaction<'_>,
    id: &str,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let closed = transaction.execute(
        "UPDATE question SET closed_at = $2 WHERE id = $1 AND closed_at IS NULL",
        &[id.into(), now.into()],
    )?;
    Ok(closed > 0)
}

pub(crate) fn add_answer(
    transaction: &mut Transaction<'_>,
    answer: &NewAnswer<'_>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let added = transaction.execute(
        "INSERT INTO question_answer (id, object, question, organisation, digest, signer, \
         envelope, answered_at, received_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
         ON CONFLICT (question, digest) DO NOTHING",
        &[
            answer.id.into(),
            answer.object.into(),
            answer.question.into(),
            answer.organisation.into(),
            answer.digest.as_str().into(),
            answer.signer.to_string().into(),
            answer.envelope.into(),
            answer.answered_at.into(),
            now.into(),
        ],
    )?;
    if added == 0 { Err(transaction.give_way()) } else { Ok(()) }
}

/// The answer with this content, if it is here: its id and who sent it.
pub(crate) fn answer_with(
    transaction: &mut Transaction<'_>,
    question: &str,
    digest: &PayloadDigest,
) -> Result<Option<(String, String)>, StoreError> {
    transaction.optional(
        "SELECT id, organisation FROM question_answer WHERE question = $1 AND digest = $2",
        &[question.into(), digest.as_str().into()],
        |row| Ok((row.text(0)?, row.text(1)?)),
    )
}

/// How many answers a question has, and how many of them are of an organisation.
pub(crate) fn count_answers(
    transaction: &mut Transaction<'_>,
    question: &str,
    organisation: &str,
) -> Result<(i64, i64), StoreError> {
    let mut count = |sql: &str, parameters: &[mainstay_store::Value]| {
        transaction.one(sql, parameters, |row| row.integer(0))
    };
    let all = "SELECT COUNT(*) FROM question_answer WHERE question = $1";
    let own = "SELECT COUNT(*) FROM question_answer WHERE question = $1 AND organisation = $2";
    let whole = count(all, &[question.into()])?;
    Ok((whole, count(own, &[question.into(), organisation.into()])?))
}

/// Passes by the answers to a question that a reader may see; of each organisation the newest
/// first. Each is as large as its document, so they are not gathered here.
pub(crate) fn each_answer(
    transaction: &mut Transaction<'_>,
    (question, most): (&str, i64),
    (reader, now): (&Reader, Timestamp),
    mut see: impl FnMut(AnswerRow),
) -> Result<(), StoreError> {
    let visible = VisibleSql::of(reader, now, "kept.object", 2);
    let sql = format!(
        "{ANSWER_COLUMNS} FROM question_answer kept WHERE kept.question = $1 AND {} ORDER BY kept.organisation, \
         kept.answered_at DESC, kept.received_at DESC, kept.id DESC LIMIT $2",
        visible.condition()
    );
    let parameters = [&[question.into(), most.into()][..], visible.parameters()].concat();
    transaction.each(&sql, &parameters, |row| {
        see(answer_of(row)?);
        Ok(())
    })
}

/// Passes by the newest answer of each organisation that a reader may see, with how many earlier
/// ones it replaces. Only what counts is read: each is as large as its document.
pub(crate) fn each_newest(
    transaction: &mut Transaction<'_>,
    question: &str,
    (reader, now): (&Reader, Timestamp),
    mut see: impl FnMut(AnswerRow, usize),
) -> Result<(), StoreError> {
    let visible = VisibleSql::of(reader, now, "seen.object", 1);
    let sql = format!(
        "{ANSWER_COLUMNS}, ranked.earlier FROM (SELECT seen.id, ROW_NUMBER() OVER (PARTITION BY \
         seen.organisation ORDER BY seen.answered_at DESC, seen.received_at DESC, seen.id DESC) \
         AS place, COUNT(*) OVER (PARTITION BY seen.organisation) - 1 AS earlier \
         FROM question_answer seen WHERE seen.question = $1 AND {}) ranked \
         JOIN question_answer kept ON kept.id = ranked.id WHERE ranked.place = 1",
        visible.condition()
    );
    let parameters = [&[question.into()][..], visible.parameters()].concat();
    transaction.each(&sql, &parameters, |row| {
        let earlier = usize::try_from(row.integer(5)?).unwrap_or(0);
        see(answer_of(row)?, earlier);
        Ok(())
    })
}

/// One answer to a question, if a reader may see it.
pub(crate) fn answer(
    transaction: &mut Transaction<'_>,
    (question, id): (&str, &str),
    (reader, now): (&Reader, Timestamp),
) -> Result<Option<AnswerRow>, StoreError> {
    let visible = VisibleSql::of(reader, now, "kept.object", 2);
    let sql = format!(
        "{ANSWER_COLUMNS} FROM question_answer kept WHERE kept.question = $1 AND kept.id = $2 \
         AND {}",
        visible.condition()
    );
    let parameters = [&[question.into(), id.into()][..], visible.parameters()].concat();
    transaction.optional(&sql, &parameters, answer_of)
}

/// Says that a key speaks for an organisation.
pub(crate) fn bind_key(
    transaction: &mut Transaction<'_>,
    key: &VerifyingKey,
    organisation: &str,
    now: Timestamp,
) -> Result<(), ServiceError> {
    let public = hexadecimal(key.public());
    transaction.execute(
        "INSERT INTO organisation_key (public, organisation, since) VALUES ($1, $2, $3) \
         ON CONFLICT (public) DO NOTHING",
        &[(&public).into(), organisation.into(), now.into()],
    )?;
    let owner = transaction.optional(
        "SELECT organisation FROM organisation_key WHERE public = $1",
        &[(&public).into()],
        |row| row.text(0),
    )?;
    match owner {
        Some(owner) if owner == organisation => Ok(()),
        Some(_) => Err(ServiceError::ForeignKey(key.to_string())),
        // Another is adding it at this moment; whoever cannot see that yet looks again.
        None => Err(transaction.give_way().into()),
    }
}

fn question_of(row: &Row<'_>) -> Result<QuestionRow, StoreError> {
    Ok(QuestionRow {
        id: row.text(0)?,
        organisation: row.text(1)?,
        digest: row.text(2)?,
        signer: row.text(3)?,
        envelope: row.bytes(4)?.to_vec(),
        published_at: row.time(5)?,
        closed_at: row.time_or_null(6)?,
    })
}

fn answer_of(row: &Row<'_>) -> Result<AnswerRow, StoreError> {
    Ok(AnswerRow {
        id: row.text(0)?,
        organisation: row.text(1)?,
        signer: row.text(2)?,
        envelope: row.bytes(3)?.to_vec(),
        received_at: row.time(4)?,
    })
}
