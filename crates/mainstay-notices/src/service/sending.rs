//! Letters and calls, one job each. A job is prepared in one transaction, sent outside of any, and
//! settled in another. A process that dies in between leaves the job to the next, which sends
//! again under the same name (`Message-ID`, `webhook-id`), by which the other side can tell. What
//! was settled as sent is never sent again.

use jiff::{SignedDuration, Timestamp};
use mainstay_accounts::{Secret, is_unseen};
use mainstay_store::jobs::{self, Taken};
use mainstay_store::{Actor, Job, Transaction};
use mainstay_visibility::visible;
use serde_json::json;

use super::{Notices, reader_of, tell};
use crate::NoticesError;
use crate::model::{Channel, DeliveryState, Notice, Stage};
use crate::store::told::{self, Due};
use crate::store::{contacts, notices};

/// The kind of the jobs that carry letters.
pub const MAIL_JOB: &str = "notice.mail";
/// The kind of the jobs that carry calls.
pub const WEBHOOK_JOB: &str = "notice.webhook";

/// The kind of the jobs that tell open pages of a notice whose time has come.
pub const OPENING_JOB: &str = "notice.open";

/// The waits after each failure, in seconds; after the last of them it is given up. Those that
/// Standard Webhooks proposes, up to ten hours.
const PAUSES: [i64; 6] = [5, 5 * 60, 30 * 60, 2 * 3_600, 5 * 3_600, 10 * 3_600];
/// How long a link is valid.
const VALID: SignedDuration = SignedDuration::from_hours(24 * 60);

/// The kind of the job for a channel.
pub(super) fn job_kind(channel: &str) -> &'static str {
    if channel == "webhook" { WEBHOOK_JOB } else { MAIL_JOB }
}

/// Something to be sent now.
#[derive(Debug)]
pub struct Parcel {
    job: Taken,
    /// The id of the delivery: the same each time that it is tried.
    pub delivery: String,
    /// The way.
    pub channel: Channel,
    /// 0 tells, later ones remind.
    pub turn: i64,
    /// What is told.
    pub notice: Notice,
    /// The name of the organisation that tells.
    pub from: String,
    /// The id of the organisation that is told.
    pub party: String,
    /// Its name.
    pub party_name: String,
    /// The secret of a link, in letters.
    pub link: Option<Secret>,
}

/// How sending ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The other side took it.
    Taken,
    /// Not now.
    Later(String),
    /// Not ever.
    Never(String),
}

impl Notices {
    /// Makes a job ready to be sent. Nothing, when there is nothing to send: then the job ended.
    ///
    /// # Errors
    /// When the database does not answer, or the job cannot be understood.
    pub fn prepare(&self, job: &Taken, now: Timestamp) -> Result<Option<Parcel>, NoticesError> {
        if job.kind == OPENING_JOB {
            self.write(|transaction| open(transaction, job, now))?;
            return Ok(None);
        }
        let id = named_in(job, "delivery")?;
        let prepared = self.write(|transaction| {
            let due = told::delivery(transaction, &id)?;
            let Some(due) =
                due.filter(|due| matches!(due.delivery.state, DeliveryState::Waiting(..)))
            else {
                jobs::done(transaction, job)?;
                return Ok(None);
            };
            let Some(notice) = may_leave(transaction, (&due, job), now)? else { return Ok(None) };
            let channel = Channel::of(&due.delivery.channel, &due.delivery.address)?;
            let link = match channel {
                Channel::Mail(_) => {
                    let secret = Secret::new()?;
                    let until = now.checked_add(VALID).unwrap_or(Timestamp::MAX);
                    told::add_link(transaction, &secret.hash(), &due, until)?;
                    Some(secret)
                }
                Channel::Webhook(_) => None,
            };
            Ok(Some((due, notice, channel, link)))
        })?;
        let Some((due, notice, channel, link)) = prepared else { return Ok(None) };
        let from = self.inventory.party(&notice.owner)?.name;
        Ok(Some(Parcel {
            job: job.clone(),
            delivery: id,
            channel,
            turn: due.delivery.turn,
            notice,
            from,
            party: due.party,
            party_name: due.party_name,
            link,
        }))
    }

    /// Writes down how sending ended: it was taken, is tried later, or is given up with a reason.
    ///
    /// # Errors
    /// When the database does not take it: then the job is done again.
    pub fn settle(
        &self,
        parcel: &Parcel,
        outcome: &Outcome,
        now: Timestamp,
    ) -> Result<(), NoticesError> {
        let id = parcel.delivery.as_str();
        self.write(|transaction| {
            // Whoever has the job now says what became of it, but for a letter that has left.
            if !jobs::done(transaction, &parcel.job)? && *outcome != Outcome::Taken {
                return Ok(());
            }
            let Some(due) = told::delivery(transaction, id)? else { return Ok(()) };
            let attempts = due.delivery.attempts + 1;
            let pause = usize::try_from(attempts - 1).ok().and_then(|at| PAUSES.get(at));
            let state = match (outcome, pause) {
                (Outcome::Taken, _) => DeliveryState::Sent(now),
                (Outcome::Later(why), Some(pause)) => {
                    let pause = SignedDuration::from_secs(*pause);
                    let at = now.checked_add(pause).unwrap_or(Timestamp::MAX);
                    DeliveryState::Waiting(at, Some(told_why(why)))
                }
                (Outcome::Later(why), None) => {
                    let why = format!("given up after {attempts} attempts: {}", told_why(why));
                    DeliveryState::Failed(now, why)
                }
                (Outcome::Never(why), _) => DeliveryState::Failed(now, told_why(why)),
            };
            end(transaction, &due, (&state, attempts), now)
        })
    }
}

/// Asks for the job that tells open pages when the time of a notice has come.
pub(super) fn open_later(transaction: &mut Transaction<'_>, notice: &str, at: Timestamp) {
    transaction.enqueue(Job {
        kind: OPENING_JOB,
        body: json!({ "notice": notice }),
        key: Some(notice.to_owned()),
        ready_at: at,
    });
}

/// Tells the open pages of those who may see a notice from now on. One that was closed before its
/// time is told to nobody.
fn open(
    transaction: &mut Transaction<'_>,
    job: &Taken,
    now: Timestamp,
) -> Result<(), NoticesError> {
    let id = named_in(job, "notice")?;
    jobs::done(transaction, job)?;
    let Some((notice, marked)) = notices::of_id(transaction, &id)? else { return Ok(()) };
    // The clock may have gone back since the job became ready.
    if let Some(at) = notice.leaves_at().filter(|at| *at > now) {
        open_later(transaction, &id, at);
        return Ok(());
    }
    for one in told::board(transaction, &id)?.recipients {
        if visible(&reader_of(&one.party)?, &marked, now) {
            tell(transaction, "notice.told", (&id, &one.party), now);
        }
    }
    Ok(())
}

fn named_in(job: &Taken, what: &str) -> Result<String, NoticesError> {
    let body: Option<serde_json::Value> = serde_json::from_str(&job.body).ok();
    let id = body.as_ref().and_then(|body| body.get(what)?.as_str());
    id.map(str::to_owned).ok_or_else(|| NoticesError::Damaged(format!("job {}", job.id)))
}

/// The notice, if it may leave to this recipient now. If not, the job ends here.
fn may_leave(
    transaction: &mut Transaction<'_>,
    (due, job): (&Due, &Taken),
    now: Timestamp,
) -> Result<Option<Notice>, NoticesError> {
    let (id, attempts) = (&due.notice, due.delivery.attempts);
    let found = notices::of_id(transaction, id)?;
    let (notice, marked) = found.ok_or(NoticesError::Absent("notice"))?;
    let problem = match &notice.stage {
        Stage::Released(_) => None,
        Stage::Draft(_) | Stage::Reviewed(_) => Some("it was not released"),
        Stage::Closed(_) => Some("the notice was closed before"),
    };
    // The clock may have gone back since the job became ready.
    let way = (&*due.party, &*due.delivery.channel, &*due.delivery.address);
    let early = notice.leaves_at().filter(|at| problem.is_none() && *at > now);
    let state = if let Some(at) = early {
        DeliveryState::Waiting(at, None)
    } else if let Some(problem) = problem {
        DeliveryState::Failed(now, problem.to_owned())
    } else if !contacts::is_usable(transaction, &notice.owner, way)? {
        DeliveryState::Failed(now, "the contact was removed".to_owned())
    } else if visible(&reader_of(&due.party)?, &marked, now) {
        return Ok(Some(notice));
    } else {
        DeliveryState::Failed(now, "its marking does not let it be told there".to_owned())
    };
    jobs::done(transaction, job)?;
    end(transaction, due, (&state, attempts), now)?;
    Ok(None)
}

/// Writes a state down, and asks for another job where it waits.
fn end(
    transaction: &mut Transaction<'_>,
    due: &Due,
    (state, attempts): (&DeliveryState, i64),
    now: Timestamp,
) -> Result<(), NoticesError> {
    let id = &due.delivery.id;
    if !told::set_state(transaction, id, state, attempts)? {
        return Ok(());
    }
    if let DeliveryState::Waiting(at, _) = state {
        transaction.enqueue(Job {
            kind: job_kind(&due.delivery.channel),
            body: json!({ "delivery": id }),
            key: Some(format!("{id}/{attempts}")),
            ready_at: *at,
        });
    } else {
        let actor = Actor { id: "mainstay".to_owned(), origin: "sending".to_owned() };
        let action = match state {
            DeliveryState::Failed(..) => "notice.fail",
            DeliveryState::Sent(_) | DeliveryState::Waiting(..) => "notice.send",
        };
        let detail = json!({
            "delivery": id, "party": due.party, "channel": due.delivery.channel,
            "address": due.delivery.shown_address(), "attempts": attempts,
        });
        transaction.append(actor.does(action, &due.notice, detail, now));
    }
    if let Some((notice, _)) = notices::of_id(transaction, &due.notice)? {
        tell(transaction, "notice.delivered", (&due.notice, &notice.owner), now);
    }
    Ok(())
}

/// What the other side said is text of others.
fn told_why(why: &str) -> String {
    why.chars().map(|one| if is_unseen(one) { ' ' } else { one }).take(300).collect()
}
