//! Recipients, deliveries, links, who has seen and what was answered.

use std::collections::HashMap;

use jiff::Timestamp;
use mainstay_store::{Row, StoreError, Transaction, Value};
use mainstay_vex::{Claim, Justification, Reason};

use crate::NoticesError;
use crate::model::{Answer, Board, ContactRole, Delivery, DeliveryState, Recipient, Seen, Why};

/// A recipient to be added.
pub(crate) struct NewRecipient<'n> {
    pub(crate) id: &'n str,
    pub(crate) notice: &'n str,
    pub(crate) party: &'n str,
    pub(crate) name: &'n str,
    pub(crate) why: Why,
    pub(crate) untold: Option<&'n str>,
}

pub(crate) fn add_recipient(
    transaction: &mut Transaction<'_>,
    new: &NewRecipient<'_>,
    now: Timestamp,
) -> Result<(), StoreError> {
    transaction
        .execute(
            "INSERT INTO notice_recipient (id, notice, party, party_name, reason, untold, \
             told_at, reminders) VALUES ($1, $2, $3, $4, $5, $6, $7, 0)",
            &[
                new.id.into(),
                new.notice.into(),
                new.party.into(),
                new.name.into(),
                new.why.word().into(),
                new.untold.map(str::to_owned).into(),
                now.into(),
            ],
        )
        .map(|_| ())
}

/// Notes that a recipient who could not be told is told now.
pub(crate) fn set_told(
    transaction: &mut Transaction<'_>,
    recipient: &str,
    at: Timestamp,
) -> Result<(), StoreError> {
    transaction
        .execute(
            "UPDATE notice_recipient SET untold = NULL, told_at = $2 WHERE id = $1",
            &[recipient.into(), at.into()],
        )
        .map(|_| ())
}

/// A delivery to be made.
pub(crate) struct NewDelivery<'n> {
    pub(crate) id: &'n str,
    pub(crate) recipient: &'n str,
    pub(crate) notice: &'n str,
    pub(crate) turn: i64,
    pub(crate) channel: &'n str,
    pub(crate) address: &'n str,
    pub(crate) name: &'n str,
    pub(crate) role: ContactRole,
    pub(crate) at: Timestamp,
}

/// Adds a delivery. `false`: it is there already.
pub(crate) fn add_delivery(
    transaction: &mut Transaction<'_>,
    new: &NewDelivery<'_>,
) -> Result<bool, StoreError> {
    let added = transaction.execute(
        "INSERT INTO notice_delivery (id, recipient, notice, turn, channel, address, name, role, \
         state, attempts, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'waiting', 0, $9) \
         ON CONFLICT (recipient, turn, channel, address) DO NOTHING",
        &[
            new.id.into(),
            new.recipient.into(),
            new.notice.into(),
            new.turn.into(),
            new.channel.into(),
            new.address.into(),
            new.name.into(),
            new.role.word().into(),
            new.at.into(),
        ],
    )?;
    Ok(added == 1)
}

/// A delivery with what it belongs to.
#[derive(Debug)]
pub(crate) struct Due {
    pub(crate) delivery: Delivery,
    pub(crate) recipient: String,
    pub(crate) notice: String,
    pub(crate) party: String,
    pub(crate) party_name: String,
}

const DELIVERY: &str = "SELECT d.id, d.turn, d.channel, d.address, d.name, d.role, d.state, \
                        d.attempts, d.at, d.failure, d.recipient, d.notice, r.party, r.party_name \
                        FROM notice_delivery d JOIN notice_recipient r ON r.id = d.recipient";

pub(crate) fn delivery(
    transaction: &mut Transaction<'_>,
    id: &str,
) -> Result<Option<Due>, NoticesError> {
    let sql = format!("{DELIVERY} WHERE d.id = $1");
    transaction.optional(&sql, &[id.into()], |row| Ok(due_of(row)))?.transpose()
}

fn due_of(row: &Row<'_>) -> Result<Due, NoticesError> {
    let id = row.text(0)?;
    let (at, failure) = (row.time(8)?, row.text_or_null(9)?);
    let state = match row.text(6)?.as_str() {
        "waiting" => DeliveryState::Waiting(at, failure),
        "sent" => DeliveryState::Sent(at),
        "failed" => DeliveryState::Failed(at, failure.unwrap_or_default()),
        _ => return Err(NoticesError::Damaged(format!("delivery {id}"))),
    };
    Ok(Due {
        delivery: Delivery {
            turn: row.integer(1)?,
            channel: row.text(2)?,
            address: row.text(3)?,
            name: row.text(4)?,
            role: ContactRole::of_word(&row.text(5)?)?,
            state,
            attempts: row.integer(7)?,
            id,
        },
        recipient: row.text(10)?,
        notice: row.text(11)?,
        party: row.text(12)?,
        party_name: row.text(13)?,
    })
}

/// Writes what became of a delivery that waits. One that ended stays as it is.
pub(crate) fn set_state(
    transaction: &mut Transaction<'_>,
    id: &str,
    state: &DeliveryState,
    attempts: i64,
) -> Result<bool, StoreError> {
    let (at, failure) = match state {
        DeliveryState::Waiting(at, failure) => (*at, failure.clone()),
        DeliveryState::Sent(at) => (*at, None),
        DeliveryState::Failed(at, failure) => (*at, Some(failure.clone())),
    };
    let changed = transaction.execute(
        "UPDATE notice_delivery SET state = $2, attempts = $3, at = $4, failure = $5 \
         WHERE id = $1 AND state = 'waiting'",
        &[id.into(), state.word().into(), attempts.into(), at.into(), failure.into()],
    )?;
    Ok(changed == 1)
}

/// Counts a reminder, if it is the next one. Of two who count at once, one does.
pub(crate) fn count_reminder(
    transaction: &mut Transaction<'_>,
    (recipient, before): (&str, i64),
    now: Timestamp,
) -> Result<bool, StoreError> {
    let changed = transaction.execute(
        "UPDATE notice_recipient SET reminders = $2 + 1, reminded_at = $3 \
         WHERE id = $1 AND reminders = $2",
        &[recipient.into(), before.into(), now.into()],
    )?;
    Ok(changed == 1)
}

/// When a recipient was told or reminded last.
pub(crate) fn last_word(
    transaction: &mut Transaction<'_>,
    notice: &str,
) -> Result<HashMap<String, Timestamp>, StoreError> {
    let rows = transaction.rows(
        "SELECT id, COALESCE(reminded_at, told_at) FROM notice_recipient WHERE notice = $1 \
         ORDER BY id",
        &[notice.into()],
        |row| Ok((row.text(0)?, row.time(1)?)),
    )?;
    Ok(rows.into_iter().collect())
}

/// Everything about the recipients of a notice.
pub(crate) fn board(
    transaction: &mut Transaction<'_>,
    notice: &str,
) -> Result<Board, NoticesError> {
    let key: [Value; 1] = [notice.into()];
    let mut recipients = transaction.rows(
        "SELECT id, party, party_name, reason, untold, told_at, reminders FROM notice_recipient \
         WHERE notice = $1 ORDER BY party_name, party",
        &key,
        |row| {
            Ok(Recipient {
                id: row.text(0)?,
                party: row.text(1)?,
                name: row.text(2)?,
                why: Why::of_word(&row.text(3)?),
                untold: row.text_or_null(4)?,
                told_at: row.time(5)?,
                reminders: row.integer(6)?,
                deliveries: Vec::new(),
                seen: Vec::new(),
                answers: Vec::new(),
            })
        },
    )?;
    let places: HashMap<String, usize> =
        recipients.iter().enumerate().map(|(at, one)| (one.id.clone(), at)).collect();
    let sql = format!("{DELIVERY} WHERE d.notice = $1 ORDER BY d.turn, d.address, d.id");
    for due in transaction.rows(&sql, &key, |row| Ok(due_of(row)))? {
        let due = due?;
        if let Some(one) = places.get(&due.recipient).and_then(|at| recipients.get_mut(*at)) {
            one.deliveries.push(due.delivery);
        }
    }
    let seen = transaction.rows(
        "SELECT s.recipient, s.who, s.at FROM notice_seen s JOIN notice_recipient r \
         ON r.id = s.recipient WHERE r.notice = $1 ORDER BY s.at, s.who",
        &key,
        |row| Ok((row.text(0)?, Seen { who: row.text(1)?, at: row.time(2)? })),
    )?;
    for (id, seen) in seen {
        if let Some(one) = places.get(&id).and_then(|at| recipients.get_mut(*at)) {
            one.seen.push(seen);
        }
    }
    let answers = transaction.rows(
        "SELECT recipient, id, who, claim, justification, words, at FROM notice_answer \
         WHERE notice = $1 ORDER BY at DESC, id DESC",
        &key,
        |row| Ok((row.text(0)?, answer_of(row))),
    )?;
    for (id, answer) in answers {
        let answer = answer?;
        if let Some(one) = places.get(&id).and_then(|at| recipients.get_mut(*at)) {
            one.answers.push(answer);
        }
    }
    Ok(Board { recipients })
}

fn answer_of(row: &Row<'_>) -> Result<Answer, NoticesError> {
    let id = row.text(1)?;
    let words = row.text(5)?;
    let justification = row.text_or_null(4)?;
    let justification = justification.as_deref().and_then(Justification::from_word);
    let claim = claim_of(&row.text(3)?, justification, &words)
        .ok_or_else(|| NoticesError::Damaged(format!("answer {id}")))?;
    Ok(Answer { who: row.text(2)?, claim, words, at: row.time(6)?, id })
}

/// The claim of a word, a justification and words; nothing, when they make none.
pub(crate) fn claim_of(
    word: &str,
    justification: Option<Justification>,
    words: &str,
) -> Option<Claim> {
    let said = || (!words.is_empty()).then(|| words.into());
    Some(match word {
        "affected" => Claim::Affected { action: said() },
        "not_affected" => Claim::NotAffected(Reason::of(justification, said())?),
        "fixed" => Claim::Fixed,
        "under_investigation" => Claim::UnderInvestigation,
        _ => return None,
    })
}

/// The recipient of a notice that an organisation is.
pub(crate) fn recipient_of(
    transaction: &mut Transaction<'_>,
    notice: &str,
    party: &str,
) -> Result<Option<String>, StoreError> {
    transaction.optional(
        "SELECT id FROM notice_recipient WHERE notice = $1 AND party = $2",
        &[notice.into(), party.into()],
        |row| row.text(0),
    )
}

/// Notes that somebody has seen it. `false`: that was known.
pub(crate) fn add_seen(
    transaction: &mut Transaction<'_>,
    (recipient, who): (&str, &str),
    now: Timestamp,
) -> Result<bool, StoreError> {
    let added = transaction.execute(
        "INSERT INTO notice_seen (recipient, who, at) VALUES ($1, $2, $3) \
         ON CONFLICT (recipient, who) DO NOTHING",
        &[recipient.into(), who.into(), now.into()],
    )?;
    Ok(added == 1)
}

/// Answers that a recipient gave already.
pub(crate) fn count_answers(
    transaction: &mut Transaction<'_>,
    recipient: &str,
) -> Result<i64, StoreError> {
    transaction.one(
        "SELECT COUNT(*) FROM notice_answer WHERE recipient = $1",
        &[recipient.into()],
        |row| row.integer(0),
    )
}

pub(crate) fn add_answer(
    transaction: &mut Transaction<'_>,
    (recipient, notice): (&str, &str),
    answer: &Answer,
) -> Result<(), StoreError> {
    let justification = answer.claim.reason().and_then(Reason::justification);
    transaction
        .execute(
            "INSERT INTO notice_answer (id, recipient, notice, who, claim, justification, words, \
             at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            &[
                (&answer.id).into(),
                recipient.into(),
                notice.into(),
                (&answer.who).into(),
                answer.claim.word().into(),
                justification.map(Justification::word).into(),
                (&answer.words).into(),
                answer.at.into(),
            ],
        )
        .map(|_| ())
}

/// A link that is valid.
#[derive(Debug)]
pub(crate) struct Link {
    pub(crate) recipient: String,
    pub(crate) notice: String,
    pub(crate) party: String,
    pub(crate) party_name: String,
    pub(crate) address: String,
    pub(crate) opened_at: Option<Timestamp>,
}

pub(crate) fn add_link(
    transaction: &mut Transaction<'_>,
    hash: &str,
    due: &Due,
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    transaction
        .execute(
            "INSERT INTO notice_link (hash, delivery, recipient, notice, expires_at) \
             VALUES ($1, $2, $3, $4, $5)",
            &[
                hash.into(),
                (&due.delivery.id).into(),
                (&due.recipient).into(),
                (&due.notice).into(),
                expires_at.into(),
            ],
        )
        .map(|_| ())
}

pub(crate) fn link(
    transaction: &mut Transaction<'_>,
    hash: &str,
    now: Timestamp,
) -> Result<Option<Link>, StoreError> {
    transaction.optional(
        "SELECT l.recipient, l.notice, r.party, r.party_name, d.address, l.opened_at \
         FROM notice_link l JOIN notice_recipient r ON r.id = l.recipient \
         JOIN notice_delivery d ON d.id = l.delivery WHERE l.hash = $1 AND l.expires_at > $2",
        &[hash.into(), now.into()],
        |row| {
            Ok(Link {
                recipient: row.text(0)?,
                notice: row.text(1)?,
                party: row.text(2)?,
                party_name: row.text(3)?,
                address: row.text(4)?,
                opened_at: row.time_or_null(5)?,
            })
        },
    )
}

pub(crate) fn open_link(
    transaction: &mut Transaction<'_>,
    hash: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    transaction
        .execute(
            "UPDATE notice_link SET opened_at = $2 WHERE hash = $1 AND opened_at IS NULL",
            &[hash.into(), now.into()],
        )
        .map(|_| ())
}

/// Forgets the links of letters to an address of an organisation that whoever sent them may use no
/// more.
pub(crate) fn forget_links_to(
    transaction: &mut Transaction<'_>,
    (party, address): (&str, &str),
) -> Result<u64, StoreError> {
    transaction.execute(
        "DELETE FROM notice_link WHERE delivery IN ( \
             SELECT d.id FROM notice_delivery d \
             JOIN notice_recipient r ON r.id = d.recipient JOIN notice n ON n.id = d.notice \
             WHERE r.party = $1 AND d.channel = 'mail' AND d.address = $2 AND NOT EXISTS ( \
                 SELECT 1 FROM contact c WHERE c.party = r.party AND c.channel = d.channel \
                 AND c.address = d.address AND (c.kept_by = c.party OR c.kept_by = n.owner)))",
        &[party.into(), address.into()],
    )
}

/// Forgets links that ended by time.
pub(crate) fn forget_links(
    transaction: &mut Transaction<'_>,
    now: Timestamp,
) -> Result<u64, StoreError> {
    transaction.execute("DELETE FROM notice_link WHERE expires_at <= $1", &[now.into()])
}
