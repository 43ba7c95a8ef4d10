//! Review, release, close; and telling those who came since.

use std::collections::HashSet;

use jiff::Timestamp;
use mainstay_store::{Actor, Job, Transaction, new_id};
use mainstay_visibility::{Audience, Marked, Release};
use serde_json::json;

use super::drafting::{current, marked};
use super::sending::{job_kind, open_later};
use super::{Notices, tell};
use crate::NoticesError;
use crate::model::{Act, Board, Contact, Notice, Reach, Stage, Why};
use crate::store::notices;
use crate::store::told::{self, NewDelivery, NewRecipient};

/// Organisations that one notice may tell: each is a line of its schedule.
const MOST_TOLD: usize = 1_000;

impl Notices {
    /// A person agrees to what it says now.
    ///
    /// # Errors
    /// When it is no draft, or was changed since `version`.
    pub fn review(
        &self,
        of: (&str, i64),
        actor: &Actor,
        now: Timestamp,
    ) -> Result<(), NoticesError> {
        self.step(of, actor, now, |notice| {
            let Stage::Draft(draft) = notice.stage else {
                return notice.stage.refuse("only a draft is reviewed");
            };
            let review = Act { by: actor.id.clone(), at: now };
            let stage = Stage::Reviewed(draft.review(&notice.content, review));
            Ok((Notice { stage, ..notice }, "notice.review"))
        })
    }

    /// Lets a reviewed notice leave: at once, or at its time. Those who are affected now are told;
    /// each letter and call becomes a job.
    ///
    /// # Errors
    /// When it is not reviewed, was changed since `version`, or would tell nobody or too many.
    pub fn release(
        &self,
        (id, version): (&str, i64),
        actor: &Actor,
        now: Timestamp,
    ) -> Result<(), NoticesError> {
        let notice = self.read(|transaction| current(transaction, (id, version)))?;
        let reach = self.reach(&notice.owner, &notice.content, now)?;
        if reach.reached.is_empty() && reach.unreached.is_empty() {
            let problem = "nobody is known to be affected: name organisations, or wait";
            return Err(NoticesError::field("audience", problem));
        }
        self.write(|transaction| {
            let notice = current(transaction, (id, version))?;
            let Stage::Reviewed(reviewed) = notice.stage else {
                return notice.stage.refuse("only what was reviewed is released");
            };
            let release = Act { by: actor.id.clone(), at: now };
            let released = reviewed.release(&notice.content, release)?;
            let stage = Stage::Released(released);
            let notice = Notice { stage, version: notice.version + 1, ..notice };
            notices::change(transaction, &notice)?;
            add_recipients(transaction, (&notice, &reach), ("notice.release", actor), now)
        })
    }

    /// Tells those also who became affected since, or whom contacts were found for.
    /// Gives how many organisations that is.
    ///
    /// # Errors
    /// When it is not out.
    pub fn tell_more(
        &self,
        id: &str,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<usize, NoticesError> {
        let (notice, board) = self.board_of(id)?;
        if !matches!(notice.stage, Stage::Released(_)) {
            return notice.stage.refuse("only what was released is told to more");
        }
        let reach = self.reach_more(&notice, &board, now)?;
        let count = reach.reached.len() + reach.unreached.len();
        if count > 0 {
            self.write(|transaction| {
                let (notice, _) =
                    notices::of_id(transaction, id)?.ok_or(NoticesError::Absent("notice"))?;
                if !matches!(notice.stage, Stage::Released(_)) {
                    return notice.stage.refuse("only what was released is told to more");
                }
                // Somebody else may have told them meanwhile.
                let reach = without_told(reach.clone(), &told::board(transaction, id)?);
                add_recipients(transaction, (&notice, &reach), ("notice.tell", actor), now)
            })?;
        }
        Ok(count)
    }

    /// Whom a notice that is out would reach now and has not told.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn reach_more(
        &self,
        notice: &Notice,
        board: &Board,
        now: Timestamp,
    ) -> Result<Reach, NoticesError> {
        let reach = self.reach(&notice.owner, &notice.content, now)?;
        Ok(without_told(reach, board))
    }

    /// Nothing more is expected: what still waits is not sent, answers are not taken, and what has
    /// not opened to somebody yet does not open to them.
    ///
    /// # Errors
    /// When it is not out, or was changed since `version`.
    pub fn close(
        &self,
        of: (&str, i64),
        actor: &Actor,
        now: Timestamp,
    ) -> Result<(), NoticesError> {
        self.step(of, actor, now, |notice| {
            let Stage::Released(released) = notice.stage else {
                return notice.stage.refuse("only what was released is closed");
            };
            let close = Act { by: actor.id.clone(), at: now };
            let stage = Stage::Closed(released.close(close));
            Ok((Notice { stage, ..notice }, "notice.close"))
        })
    }
}

/// Adds recipients with their deliveries and jobs, and lets them see the notice from its time.
fn add_recipients(
    transaction: &mut Transaction<'_>,
    (notice, reach): (&Notice, &Reach),
    (action, actor): (&'static str, &Actor),
    now: Timestamp,
) -> Result<(), NoticesError> {
    let at = notice.leaves_at().unwrap_or(now).max(now);
    let object = Notice::object(&notice.id).parse()?;
    let before = Marked::read(transaction, &object)?;
    let mut releases = before.map(|before| before.releases).unwrap_or_default();
    let mut deliveries = 0;
    let found = reach.reached.iter().map(|one| (&one.party, &one.name, one.why, &*one.contacts));
    let lost = reach.unreached.iter().map(|one| (&one.party, &one.name, one.why, &[][..]));
    for (party, name, why, contacts) in found.chain(lost) {
        let problem = reach.unreached.iter().find(|one| one.party == *party);
        let untold = problem.map(|one| one.problem.as_str());
        let recipient =
            add_recipient(transaction, &notice.id, (party, name, why), untold, (at, now))?;
        for contact in contacts {
            add_delivery(transaction, (&notice.id, &recipient, 0), contact, (at, now))?;
            deliveries += 1;
        }
        let audience = Audience::Organisation(party.parse()?);
        if releases.iter().all(|one| one.audience != audience) {
            let marking = notice.content.marking;
            releases.push(Release { audience, not_before: at, marking });
        }
        if at <= now {
            tell(transaction, "notice.told", (&notice.id, party), now);
        }
    }
    if at > now {
        // Before its time nobody there learns that it exists.
        open_later(transaction, &notice.id, at);
    }
    if releases.len() > MOST_TOLD {
        let problem = format!(
            "{} organisations would be told, and one notice tells {MOST_TOLD}: make one for \
             each sector",
            releases.len()
        );
        return Err(NoticesError::field("audience", problem));
    }
    let marked = Marked { releases, ..marked(notice)? };
    marked.write(transaction)?;
    let detail = json!({
        "digest": notice.content.digest().to_string(), "not_before": at.to_string(),
        "deliveries": deliveries, "untold": reach.unreached.len(), "rights": marked.detail(),
    });
    transaction.append(actor.does(action, &notice.id, detail, now));
    tell(transaction, "notice.released", (&notice.id, &notice.owner), now);
    Ok(())
}

/// Those who were not told: nobody who has a delivery, and nobody a second time in vain.
fn without_told(mut reach: Reach, board: &Board) -> Reach {
    let all = || board.recipients.iter();
    let told: HashSet<&str> =
        all().filter(|one| one.untold.is_none()).map(|one| one.party.as_str()).collect();
    let known: HashSet<&str> = all().map(|one| one.party.as_str()).collect();
    reach.reached.retain(|one| !told.contains(one.party.as_str()));
    reach.unreached.retain(|one| !known.contains(one.party.as_str()));
    reach
}

/// Adds a recipient; of one that could not be told before, notes that it can be now.
fn add_recipient(
    transaction: &mut Transaction<'_>,
    notice: &str,
    (party, name, why): (&str, &str, Why),
    untold: Option<&str>,
    (at, now): (Timestamp, Timestamp),
) -> Result<String, NoticesError> {
    if let Some(id) = told::recipient_of(transaction, notice, party)? {
        told::set_told(transaction, &id, at)?;
        return Ok(id);
    }
    let id = new_id("rcp", now)?;
    let new = NewRecipient { id: &id, notice, party, name, why, untold };
    told::add_recipient(transaction, &new, at)?;
    Ok(id)
}

/// Adds a delivery and the job that makes it.
pub(super) fn add_delivery(
    transaction: &mut Transaction<'_>,
    (notice, recipient, turn): (&str, &str, i64),
    contact: &Contact,
    (at, now): (Timestamp, Timestamp),
) -> Result<(), NoticesError> {
    let id = new_id("dlv", now)?;
    let new = NewDelivery {
        id: &id,
        recipient,
        notice,
        turn,
        channel: contact.channel.word(),
        address: contact.channel.address(),
        name: &contact.name,
        role: contact.role,
        at,
    };
    if told::add_delivery(transaction, &new)? {
        transaction.enqueue(Job {
            kind: job_kind(contact.channel.word()),
            body: json!({ "delivery": id }),
            key: Some(format!("{id}/0")),
            ready_at: at,
        });
    }
    Ok(())
}
