//! Being signed in.

use jiff::{SignedDuration, Timestamp};
use mainstay_store::{Transaction, new_id};
use serde_json::json;

use super::{Accounts, earlier};
use crate::AccountsError;
use crate::model::{Caller, Session, SessionRow};
use crate::secret::{Secret, hash_of};
use crate::store::{accounts, challenges, guesses, sessions, tickets};
use crate::throttle::{self, place_of};

/// A session ends after so long, however much it is used.
const LONGEST: SignedDuration = SignedDuration::from_hours(24 * 30);
/// And after so long without use.
const IDLE: SignedDuration = SignedDuration::from_hours(24 * 7);
/// How long a place counts as one from which the account is used.
pub(super) const KNOWN_FOR: SignedDuration = SignedDuration::from_hours(24 * 90);
/// How exactly the last use is written down.
const SEEN_EVERY: SignedDuration = SignedDuration::from_mins(5);

impl Accounts {
    /// Who has this session; nothing when it has ended.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn session(&self, secret: &str, now: Timestamp) -> Result<Option<Session>, AccountsError> {
        let hash = hash_of(secret);
        let found = self.read(|transaction| {
            let Some(kept) = sessions::of_hash(transaction, &hash)? else { return Ok(None) };
            if kept.began_at < earlier(now, LONGEST) || kept.seen_at < earlier(now, IDLE) {
                return Ok(None);
            }
            let account = accounts::of_id(transaction, &kept.account)?;
            Ok(account.map(|account| (kept, account)))
        })?;
        let Some((kept, account)) = found else { return Ok(None) };
        if kept.seen_at < earlier(now, SEEN_EVERY) {
            self.write(|transaction| Ok(sessions::seen(transaction, &kept.id, now)?))?;
        }
        let secret = Secret::of(secret.to_owned());
        Ok(Some(Session { account, id: kept.id, proved_at: kept.proved_at, secret }))
    }

    /// The sessions of an account, newest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn sessions(&self, session: &Session) -> Result<Vec<SessionRow>, AccountsError> {
        let account = session.account.id.as_str();
        self.read(|transaction| Ok(sessions::of_account(transaction, account)?))
    }

    /// Ends a session of the same account: this one, or another.
    ///
    /// # Errors
    /// When there is none of this id.
    pub fn end_session(
        &self,
        session: &Session,
        id: &str,
        caller: &Caller,
        now: Timestamp,
    ) -> Result<(), AccountsError> {
        self.write(|transaction| {
            if !sessions::end(transaction, session.account.id.as_str(), id)? {
                return Err(AccountsError::Absent("session"));
            }
            let actor = session.actor(caller);
            transaction.append(actor.does("session.end", id, json!({}), now));
            Ok(())
        })
    }

    /// Ends every other session of the account.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn end_other_sessions(
        &self,
        session: &Session,
        caller: &Caller,
        now: Timestamp,
    ) -> Result<u64, AccountsError> {
        let account = session.account.id.as_str();
        self.write(|transaction| {
            let ended = sessions::end_others(transaction, account, &session.id)?;
            let actor = session.actor(caller);
            let detail = json!({ "ended": ended });
            transaction.append(actor.does("session.end-others", account, detail, now));
            Ok(ended)
        })
    }

    /// Forgets what ended by time: sessions, links, challenges, counts of wrong guesses, places.
    /// To be called now and then.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn forget_ended(&self, now: Timestamp) -> Result<u64, AccountsError> {
        self.write(|transaction| {
            let before = (earlier(now, LONGEST), earlier(now, IDLE));
            let ended = sessions::forget(transaction, before)?;
            let links = tickets::forget(transaction, now)? + challenges::forget(transaction, now)?;
            let counts =
                guesses::forget_old(transaction, (earlier(now, throttle::FORGOTTEN), now))?;
            let places = sessions::forget_places(transaction, earlier(now, KNOWN_FOR))?;
            Ok(ended + links + counts + places)
        })
    }
}

/// Begins a session, and writes that down.
pub(super) fn begin(
    transaction: &mut Transaction<'_>,
    (secret, account): (&Secret, &str),
    caller: &Caller,
    now: Timestamp,
) -> Result<(), AccountsError> {
    let id = new_id("session", now)?;
    sessions::add(transaction, (&secret.hash(), &id, account), caller, now)?;
    sessions::note_place(transaction, account, (&place_of(&caller.origin), now))?;
    let actor = caller.actor(account);
    transaction.append(actor.does("session.begin", &id, json!({}), now));
    Ok(())
}
