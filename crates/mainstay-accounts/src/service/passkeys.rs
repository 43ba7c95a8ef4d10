//! Passkeys: what a browser is asked, and what becomes of its answer.
//!
//! Each ceremony of `WebAuthn` has two halves. The first keeps a challenge and gives
//! [`PasskeyRequest`]: options for the browser, and a secret that goes through the browser's
//! session. The second takes both back; the challenge is used up by that, whatever the answer
//! is. A challenge that was asked for one purpose, session or link is none for another.

mod newcomer;
mod own;
mod sign_in;

use jiff::{SignedDuration, Timestamp};
use mainstay_store::Transaction;
use mainstay_webauthn::{
    Asserted, Assertion, Challenge, Descriptor, Identified, Passkey, Registration, RelyingParty,
    TIMEOUT, User, UserHandle, ValueError, creation_options, register, request_options,
};
use serde_json::{Value, json};

use super::{Accounts, later};
use crate::AccountsError;
use crate::model::{Account, Caller, PasskeyRequest};
use crate::notice::{Notice, tell};
use crate::secret::{Secret, hash_of};
use crate::store::challenges::{self, Asked, Purpose};
use crate::store::passkeys::{self, Kept};
use crate::throttle::place_of;

/// Challenges from one place that may wait for an answer: a row each, and anybody can ask.
const MOST_WAITING: i64 = 500;
/// Characters of a name that a browser is given: of four bytes each, as many as may be.
const LONGEST_SHOWN: usize = 80;

/// What a challenge is asked for, and by whom.
struct Wanted<'w> {
    purpose: Purpose,
    /// The session, or the hash of the link, for which it is asked; empty: neither.
    bound: &'w str,
    /// Whose passkey; empty: not known yet.
    account: &'w str,
    /// Name and address of whom a new passkey is for; empty: none is made.
    person: (&'w str, &'w str),
}

impl Accounts {
    /// Whether there are passkeys here: whether pages should speak of them.
    pub fn offers_passkeys(&self) -> bool {
        self.party.is_some()
    }

    /// Who asks for passkeys.
    fn party(&self) -> Result<&RelyingParty, AccountsError> {
        self.party.as_ref().ok_or(AccountsError::NotAllowed(
            "this server has no passkeys: people must reach it by a domain, over https",
        ))
    }

    /// Asks for a new passkey of the person, on an authenticator that has none of these.
    fn ask_for_new(
        &self,
        transaction: &mut Transaction<'_>,
        wanted: &Wanted<'_>,
        exclude: &[Descriptor],
        (caller, now): (&Caller, Timestamp),
    ) -> Result<PasskeyRequest, AccountsError> {
        let party = self.party()?;
        let (name, mail) = wanted.person;
        let name: String = name.chars().take(LONGEST_SHOWN).collect();
        let user = User::new(handle_of(wanted.account)?, mail, &name).map_err(unfit)?;
        keep(transaction, wanted, (caller, now), |challenge| {
            creation_options(party, &user, exclude, challenge)
        })
    }

    /// Asks for an answer by one of these passkeys; by any, when there are none.
    fn ask_for_one(
        &self,
        transaction: &mut Transaction<'_>,
        wanted: &Wanted<'_>,
        allow: &[Descriptor],
        (caller, now): (&Caller, Timestamp),
    ) -> Result<PasskeyRequest, AccountsError> {
        let party = self.party()?;
        keep(transaction, wanted, (caller, now), |challenge| {
            request_options(party, allow, challenge)
        })
    }

    /// Uses a challenge, for good.
    fn take_challenge(
        &self,
        (purpose, bound, secret): (Purpose, &str, &str),
        now: Timestamp,
    ) -> Result<Asked, AccountsError> {
        let about = (purpose, bound, &*hash_of(secret));
        let taken = self.write(|transaction| Ok(challenges::take(transaction, about, now)?))?;
        taken.ok_or(AccountsError::NoTicket)
    }

    /// The passkey that an answer brings.
    fn registered(&self, asked: &Asked, answer: &str) -> Result<Passkey, AccountsError> {
        let registration = Registration::read(answer.as_bytes())?;
        Ok(register(self.party()?, &challenge_of(asked)?, &registration)?)
    }

    /// Checks an answer by a passkey of an account, and notes that it was used. `false`: there
    /// may be a copy of it. That is written down, so the transaction must be kept.
    fn check(
        &self,
        transaction: &mut Transaction<'_>,
        (asked, assertion): (&Asked, &Assertion),
        (kept, account): (&Kept, &Account),
        (caller, now): (&Caller, Timestamp),
    ) -> Result<bool, AccountsError> {
        let id = account.id.as_str();
        let owner = handle_of(id)?;
        let identified = match asked.purpose {
            Purpose::SignIn => Identified::ByAssertion(&owner),
            Purpose::Prove | Purpose::Add | Purpose::FirstRun | Purpose::Join => {
                Identified::Before(&owner)
            }
        };
        let (party, challenge) = (self.party()?, challenge_of(asked)?);
        let asserted: Asserted =
            mainstay_webauthn::assert(party, &challenge, assertion, &kept.passkey, identified)?;
        if asserted.may_be_cloned() {
            let detail = json!({ "passkey": kept.row.id });
            let actor = caller.actor(account.id.as_str());
            transaction.append(actor.does("passkey.refuse-copy", id, detail, now));
            let about = Notice::PasskeyMayBeCopied { name: kept.row.name.clone() };
            tell(transaction, &account.mail, about, now)?;
            return Ok(false);
        }
        if !passkeys::used(transaction, &kept.passkey, asserted, now)? {
            // Two answers at once: the second is looked at again, with the counter of the first.
            return Err(transaction.give_way().into());
        }
        Ok(true)
    }
}

/// Keeps a new challenge, and gives the options with it.
fn keep(
    transaction: &mut Transaction<'_>,
    wanted: &Wanted<'_>,
    (caller, now): (&Caller, Timestamp),
    options: impl FnOnce(&Challenge) -> Value,
) -> Result<PasskeyRequest, AccountsError> {
    let place = place_of(&caller.origin);
    let (waiting, until) = challenges::waiting(transaction, &place, now)?;
    if waiting >= MOST_WAITING {
        return Err(AccountsError::wait(until.unwrap_or(now), now));
    }
    let (challenge, secret) = (Challenge::random().map_err(unfit)?, Secret::new()?);
    let (name, mail) = wanted.person;
    let asked = Asked {
        purpose: wanted.purpose,
        bound: wanted.bound.to_owned(),
        account: wanted.account.to_owned(),
        name: name.to_owned(),
        mail: mail.to_owned(),
        challenge: challenge.as_bytes().to_vec(),
    };
    let valid = SignedDuration::try_from(TIMEOUT).unwrap_or(SignedDuration::from_mins(5));
    challenges::add(transaction, (&secret.hash(), &place), &asked, later(now, valid))?;
    Ok(PasskeyRequest { options: options(&challenge), secret })
}

fn challenge_of(asked: &Asked) -> Result<Challenge, AccountsError> {
    let bytes = asked.challenge.as_slice().try_into();
    let unread = |_| AccountsError::Broken("a challenge in the database cannot be read");
    bytes.map(Challenge::from_bytes).map_err(unread)
}

/// What authenticators know a person by: the id of the account, which is random and says nothing
/// of the person.
fn handle_of(account: &str) -> Result<UserHandle, AccountsError> {
    UserHandle::from_bytes(account.as_bytes()).map_err(unfit)
}

#[expect(clippy::needless_pass_by_value, reason = "it is mapped over errors")]
fn unfit(error: ValueError) -> AccountsError {
    if error == ValueError::Randomness {
        return AccountsError::Broken("the system gives no random numbers");
    }
    // Names and ids were checked at the border, so what remains is ours.
    AccountsError::Broken("a passkey could not be asked for")
}
