//! A passkey that is used: section 7.2, "Verifying an Authentication Assertion".

use aws_lc_rs::digest::{SHA256, digest};

use crate::authenticator_data::AuthenticatorData;
use crate::client_data;
use crate::{Assertion, Backup, Ceremony, Challenge, Passkey, Refused, RelyingParty, UserHandle};

/// How the caller came to the passkey, with the handle of the account that owns it (step 6).
#[derive(Clone, Copy, Debug)]
pub enum Identified<'a> {
    /// The user was known before: signed in for a fresh proof, or by a name that they typed. An
    /// assertion that names a user must name this one.
    Before(&'a UserHandle),
    /// The user was not known: the account was found by the assertion's credential. The assertion
    /// must name this user.
    ByAssertion(&'a UserHandle),
}

/// What an assertion that was found right brings. Keep both with the passkey (step 24).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asserted {
    /// The counter to keep. Never lower than the one that was kept.
    pub sign_count: u32,
    /// How the counter went on.
    pub counter: Counter,
    /// Whether the passkey is backed up now.
    pub backup: Backup,
}

/// How the counter of signatures went on (step 22).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counter {
    /// The authenticator does not count, as most that synchronise do not.
    Absent,
    /// It grew, as it should.
    Advanced,
    /// It did not grow. A sign, and no proof, that two copies of the private key exist: the
    /// account's owner should be told. It may also be that two answers overtook one another.
    Stalled,
}

impl Asserted {
    /// Whether a copy of the private key may exist.
    pub fn may_be_cloned(&self) -> bool {
        self.counter == Counter::Stalled
    }
}

/// Checks an assertion with the passkey that it names: steps 5 to 22. The caller looked the
/// passkey up by [`Assertion::credential_id`], among those that it allowed in the options if it
/// named any.
///
/// # Errors
/// [`Refused`]: what cannot be read, else the first check that fails.
pub fn assert(
    party: &RelyingParty,
    challenge: &Challenge,
    assertion: &Assertion,
    passkey: &Passkey,
    owner: Identified<'_>,
) -> Result<Asserted, Refused> {
    if *assertion.credential_id() != passkey.id {
        return Err(Refused::OtherCredential);
    }
    check_owner(assertion.user_handle(), owner)?;
    client_data::check(&assertion.client_data, Ceremony::Authentication, party, challenge)?;
    let data = AuthenticatorData::read(&assertion.authenticator_data)?;
    let backup = data.check(party.id())?;
    if data.credential.is_some() {
        return Err(Refused::UnexpectedCredential);
    }
    if backup.is_eligible() != passkey.backup.is_eligible() {
        return Err(Refused::BackupEligibility);
    }
    let hash = digest(&SHA256, &assertion.client_data);
    let signed = [assertion.authenticator_data.as_slice(), hash.as_ref()].concat();
    if !passkey.public_key.verifies(&signed, &assertion.signature) {
        return Err(Refused::Signature);
    }
    let counter = match (data.sign_count, passkey.sign_count) {
        (0, 0) => Counter::Absent,
        (now, before) if now > before => Counter::Advanced,
        _ => Counter::Stalled,
    };
    Ok(Asserted { sign_count: data.sign_count.max(passkey.sign_count), counter, backup })
}

fn check_owner(named: Option<&UserHandle>, owner: Identified<'_>) -> Result<(), Refused> {
    match (named, owner) {
        (None, Identified::Before(_)) => Ok(()),
        (None, Identified::ByAssertion(_)) => Err(Refused::NoUserHandle),
        (Some(named), Identified::Before(handle) | Identified::ByAssertion(handle)) => {
            if named == handle { Ok(()) } else { Err(Refused::OtherUser) }
        }
    }
}
