//! The passkeys of somebody who is signed in: one more, a list, a name, one less.

use jiff::Timestamp;
use mainstay_store::new_id;
use mainstay_webauthn::Descriptor;
use serde_json::json;

use super::Wanted;
use crate::model::{Caller, Fresh, PasskeyName, PasskeyRequest, PasskeyRow, Session};
use crate::notice::{Notice, tell};
use crate::service::newcomers::keep_passkey;
use crate::service::second_factor;
use crate::store::challenges::Purpose;
use crate::store::{accounts, passkeys};
use crate::{Accounts, AccountsError};

/// Passkeys of one account.
const MOST_PASSKEYS: usize = 25;

impl Accounts {
    /// Asks for a passkey more, on an authenticator that has none of this account.
    ///
    /// # Errors
    /// When the account has 25.
    pub fn begin_passkey(
        &self,
        fresh: Fresh<'_>,
        caller: &Caller,
        now: Timestamp,
    ) -> Result<PasskeyRequest, AccountsError> {
        let session = fresh.session();
        let account = &session.account;
        let id = account.id.as_str();
        let person = (account.name.as_str(), account.mail.as_str());
        let wanted = Wanted { purpose: Purpose::Add, bound: &session.id, account: id, person };
        self.write(|transaction| {
            let kept = passkeys::of_account(transaction, id)?;
            check_room(kept.len())?;
            let exclude: Vec<Descriptor> =
                kept.iter().map(|one| one.passkey.descriptor()).collect();
            self.ask_for_new(transaction, &wanted, &exclude, (caller, now))
        })
    }

    /// Adds the passkey of the answer. From then on the password alone does not sign in any more.
    /// Gives recovery codes, once; none, when there are some already.
    ///
    /// # Errors
    /// [`AccountsError::NoTicket`] when the request was answered or has ended,
    /// [`AccountsError::Passkey`] when the answer will not do.
    pub fn add_passkey(
        &self,
        fresh: Fresh<'_>,
        (request, answer, name): (&str, &str, &PasskeyName),
        caller: &Caller,
        now: Timestamp,
    ) -> Result<Vec<String>, AccountsError> {
        let session = fresh.session();
        let account = &session.account;
        let id = account.id.as_str();
        let asked = self.take_challenge((Purpose::Add, &session.id, request), now)?;
        let passkey = self.registered(&asked, answer)?;
        let codes = second_factor::new_codes()?;
        self.write(|transaction| {
            accounts::hold(transaction, id)?;
            check_room(usize::try_from(passkeys::count(transaction, id)?).unwrap_or(usize::MAX))?;
            let new = new_id("passkey", now)?;
            keep_passkey(transaction, (&new, id, name), &passkey, now)?;
            let given = second_factor::give_codes(transaction, id, &codes)?;
            let actor = caller.actor(account.id.as_str());
            transaction.append(actor.does("passkey.add", id, json!({ "passkey": new }), now));
            let about = Notice::PasskeyAdded { name: name.as_str().to_owned() };
            tell(transaction, &account.mail, about, now)?;
            Ok(given)
        })
    }

    /// The passkeys of a person, oldest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn passkeys(&self, session: &Session) -> Result<Vec<PasskeyRow>, AccountsError> {
        let id = session.account.id.as_str();
        self.read(|transaction| {
            Ok(passkeys::of_account(transaction, id)?.into_iter().map(|kept| kept.row).collect())
        })
    }

    /// Gives a passkey another name.
    ///
    /// # Errors
    /// When there is none of this id.
    pub fn name_passkey(
        &self,
        session: &Session,
        (passkey, name): (&str, &PasskeyName),
        caller: &Caller,
        now: Timestamp,
    ) -> Result<(), AccountsError> {
        let id = session.account.id.as_str();
        self.write(|transaction| {
            if !passkeys::rename(transaction, (id, passkey), name)? {
                return Err(AccountsError::Absent("passkey"));
            }
            let actor = session.actor(caller);
            transaction.append(actor.does("passkey.name", id, json!({ "passkey": passkey }), now));
            Ok(())
        })
    }

    /// Removes a passkey. It is only forgotten here: the authenticator keeps its part.
    ///
    /// # Errors
    /// When there is none of this id; when it is the last way in.
    pub fn remove_passkey(
        &self,
        fresh: Fresh<'_>,
        passkey: &str,
        caller: &Caller,
        now: Timestamp,
    ) -> Result<(), AccountsError> {
        let account = &fresh.session().account;
        let id = account.id.as_str();
        self.write(|transaction| {
            // Of two who are removed at once, the second sees that the first is gone.
            accounts::hold(transaction, id)?;
            let kept = passkeys::of_account(transaction, id)?;
            let gone = kept.iter().find(|one| one.row.id == passkey);
            let gone = gone.ok_or(AccountsError::Absent("passkey"))?;
            if kept.len() == 1 && accounts::password(transaction, id)?.is_none() {
                return Err(AccountsError::NotAllowed(
                    "this passkey is the last way in: add another one, or a password, first",
                ));
            }
            passkeys::remove(transaction, id, passkey)?;
            second_factor::tidy_codes(transaction, id)?;
            let actor = caller.actor(account.id.as_str());
            transaction.append(actor.does(
                "passkey.remove",
                id,
                json!({ "passkey": passkey }),
                now,
            ));
            let about = Notice::PasskeyRemoved { name: gone.row.name.clone() };
            tell(transaction, &account.mail, about, now)
        })
    }
}

fn check_room(passkeys: usize) -> Result<(), AccountsError> {
    if passkeys < MOST_PASSKEYS {
        return Ok(());
    }
    Err(AccountsError::NotAllowed("an account has at most 25 passkeys: remove one first"))
}
