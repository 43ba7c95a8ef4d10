//! When everything is lost: who runs the instance lets somebody begin anew.

use jiff::{SignedDuration, Timestamp};
use mainstay_store::Actor;
use serde_json::json;

use super::{Accounts, later, sign_in};
use crate::AccountsError;
use crate::model::Mail;
use crate::notice::{Notice, tell};
use crate::secret::Secret;
use crate::store::tickets::{self, Ticket, TicketKind};
use crate::store::{accounts, factors, passkeys};

const VALID: SignedDuration = SignedDuration::from_hours(24);

impl Accounts {
    /// Takes every way into an account away (password, passkeys, codes by time, recovery codes,
    /// sessions) and gives the secret of a link by which its owner takes another password. For
    /// the command line: whoever runs the instance knows by other means who asks, and hands the
    /// link over. API tokens stay; the owner sees and ends them.
    ///
    /// # Errors
    /// [`AccountsError::Absent`] when the address has no account.
    pub fn reset(
        &self,
        mail: &Mail,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<Secret, AccountsError> {
        let secret = Secret::new()?;
        self.write(|transaction| {
            let account = accounts::of_mail(transaction, mail)?;
            let account = account.ok_or(AccountsError::Absent("account"))?;
            let id = account.id.as_str();
            accounts::hold(transaction, id)?;
            accounts::remove_password(transaction, id)?;
            passkeys::remove_all(transaction, id)?;
            factors::remove_totp(transaction, id)?;
            factors::remove_codes(transaction, id)?;
            sign_in::end_old(transaction, id, "")?;
            let ticket = Ticket::of_account(id, later(now, VALID), now)?;
            tickets::add(transaction, (TicketKind::Recovery, &secret.hash()), &ticket, now)?;
            transaction.append(actor.does("account.reset", id, json!({}), now));
            tell(transaction, &account.mail, Notice::AccountReset, now)
        })?;
        Ok(secret)
    }
}
