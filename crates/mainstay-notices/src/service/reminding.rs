//! Reminders for those of whom nothing came back.

use jiff::{SignedDuration, Timestamp};
use mainstay_store::{Actor, Transaction};
use serde_json::json;

use super::steps::add_delivery;
use super::{Notices, tell};
use crate::NoticesError;
use crate::model::{Channel, Contact, Notice, Recipient, Stage};
use crate::store::{contacts, notices, told};

impl Notices {
    /// Reminds everybody of whom nothing came back. Gives how many organisations that is.
    ///
    /// # Errors
    /// When the notice is not out yet, or closed.
    pub fn remind(&self, id: &str, actor: &Actor, now: Timestamp) -> Result<usize, NoticesError> {
        self.remind_those(id, actor, now, |_, _| true)
    }

    /// Reminds as the rules of the notices say. For a server that looks now and then; several
    /// processes may. Gives how many organisations were reminded.
    ///
    /// # Errors
    /// When the database does not answer; or the first that was met, when all others were looked
    /// at.
    pub fn remind_due(&self, now: Timestamp) -> Result<usize, NoticesError> {
        let actor = Actor { id: "mainstay".to_owned(), origin: "reminding".to_owned() };
        let ids = self.read(|transaction| Ok(notices::reminding(transaction)?))?;
        let (mut count, mut failed) = (0, None);
        for id in ids {
            let reminded = self.remind_those(&id, &actor, now, |notice, (reminders, last)| {
                let rule = notice.content.reminders;
                let pause = SignedDuration::from_hours(i64::from(rule.after_hours));
                let due = last.checked_add(pause).unwrap_or(Timestamp::MAX);
                reminders < i64::from(rule.at_most) && due <= now
            });
            match reminded {
                Ok(reminded) => count += reminded,
                // Its time has not come, or somebody closed it meanwhile.
                Err(NoticesError::Stage { .. }) => {}
                Err(error) if error.is_of_store() => return Err(error),
                // One that is damaged keeps nobody from being reminded by the others.
                Err(error) => {
                    failed.get_or_insert(error);
                }
            }
        }
        failed.map_or(Ok(count), Err)
    }

    fn remind_those(
        &self,
        id: &str,
        actor: &Actor,
        now: Timestamp,
        is_due: impl Fn(&Notice, (i64, Timestamp)) -> bool,
    ) -> Result<usize, NoticesError> {
        self.write(|transaction| {
            let found = notices::of_id(transaction, id)?;
            let (notice, _) = found.ok_or(NoticesError::Absent("notice"))?;
            if !matches!(notice.stage, Stage::Released(_)) {
                return notice.stage.refuse("only who was told is reminded");
            }
            if notice.leaves_at().is_none_or(|at| at > now) {
                return notice.stage.refuse("its time has not come: nobody was told yet");
            }
            let last = told::last_word(transaction, id)?;
            let board = told::board(transaction, id)?;
            let mut count = 0;
            for one in board.silent().filter(|one| !one.deliveries.is_empty()) {
                let Some(last) = last.get(&one.id) else { continue };
                if is_due(&notice, (one.reminders, *last))
                    && remind(transaction, &notice, one, now)?
                {
                    count += 1;
                }
            }
            if count > 0 {
                let detail = json!({ "organisations": count });
                transaction.append(actor.does("notice.remind", id, detail, now));
                tell(transaction, "notice.reminded", (id, &notice.owner), now);
            }
            Ok(count)
        })
    }
}

/// Sends a recipient another letter on each way that it was told by and that is still written
/// down. Without any it is not reminded.
fn remind(
    transaction: &mut Transaction<'_>,
    notice: &Notice,
    recipient: &Recipient,
    now: Timestamp,
) -> Result<bool, NoticesError> {
    let mut ways = Vec::new();
    for first in recipient.deliveries.iter().filter(|one| one.turn == 0) {
        let way = (&*recipient.party, &*first.channel, &*first.address);
        if contacts::is_usable(transaction, &notice.owner, way)? {
            ways.push(first);
        }
    }
    if ways.is_empty()
        || !told::count_reminder(transaction, (&recipient.id, recipient.reminders), now)?
    {
        return Ok(false);
    }
    for first in ways {
        let contact = Contact {
            id: String::new(),
            kept_by: String::new(),
            party: recipient.party.clone(),
            role: first.role,
            channel: Channel::of(&first.channel, &first.address)?,
            name: first.name.clone(),
            created_at: now,
        };
        let place = (notice.id.as_str(), recipient.id.as_str(), recipient.reminders + 1);
        add_delivery(transaction, place, &contact, (now, now))?;
    }
    Ok(true)
}
