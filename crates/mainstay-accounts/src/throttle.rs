//! Guessing is slowed down.
//!
//! Wrong passwords and codes are counted in three ways, and the longest wait counts:
//!
//! | counted by | free | then each wrong one waits |
//! | --- | --- | --- |
//! | account and address together | 5 | 15 s, doubled each time, at most 1 hour |
//! | address alone | 30 | the same |
//! | account alone | 60 | the same, but not from an address where the account signed in lately |
//!
//! The last line is why a stranger cannot lock somebody out: who signed in from an address during
//! the last 90 days is not kept waiting there by what others do elsewhere. An IPv6 address counts
//! by its first 64 bits, since one machine has all the others. A count begins anew a day after its
//! first guess, whatever was counted since: otherwise a few guesses a day would never end it.
//! Passwords and codes of one account are counted apart: who knows the password does not wash the
//! count of codes away by giving it again.
//!
//! Passkeys are not counted: nobody guesses one. So a passkey always lets its owner in, whatever
//! others do. How many answers one place may be asked for at a time is limited elsewhere
//! (`service/passkeys.rs`).

use std::net::IpAddr;

use jiff::{SignedDuration, Timestamp};
use mainstay_store::{StoreError, Transaction};

use crate::AccountsError;
use crate::store::guesses;

const FREE_TOGETHER: i64 = 5;
const FREE_BY_ADDRESS: i64 = 30;
const FREE_BY_ACCOUNT: i64 = 60;
const FIRST_WAIT: SignedDuration = SignedDuration::from_secs(15);
const LONGEST_WAIT: SignedDuration = SignedDuration::from_hours(1);
/// So long after its first guess a count begins anew.
pub(crate) const FORGOTTEN: SignedDuration = SignedDuration::from_hours(24);

/// What is guessed at, or done too often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Guessed {
    /// A password, alone or with a code.
    Password,
    /// A code alone, after the password.
    Code,
    /// Nothing is guessed: a letter is asked for.
    Letter,
}

impl Guessed {
    fn word(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Code => "code",
            Self::Letter => "letter",
        }
    }
}

/// Whether an account was signed in to from where a guess comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// Lately.
    Known,
    /// Never, or long ago.
    Strange,
}

/// What a guess is counted under.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Guess {
    counted: Vec<Counted>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Counted {
    subject: String,
    free: i64,
    /// The end of the wait that this very guess began; the beginning of time when it began none.
    until: Timestamp,
}

impl Counted {
    fn new(subject: String, free: i64) -> Self {
        Self { subject, free, until: Timestamp::UNIX_EPOCH }
    }
}

impl Guess {
    /// A guess at an account (its id, or the address that was typed) from somewhere.
    pub(crate) fn at(what: Guessed, account: &str, (origin, place): (&str, Place)) -> Self {
        let (what, from) = (what.word(), place_of(origin));
        let mut counted = vec![
            Counted::new(format!("both {what} {account} {from}"), FREE_TOGETHER),
            Counted::new(format!("from {from}"), FREE_BY_ADDRESS),
        ];
        if place == Place::Strange {
            counted.push(Counted::new(format!("at {what} {account}"), FREE_BY_ACCOUNT));
        }
        Self { counted }
    }

    /// Counts a try as a wrong one before it is looked at, so that of many at once each counts.
    /// Refuses while a wait is on; then nothing is counted.
    pub(crate) fn begin(
        &mut self,
        transaction: &mut Transaction<'_>,
        now: Timestamp,
    ) -> Result<(), AccountsError> {
        let mut until = None;
        for counted in &mut self.counted {
            until = until.max(count(transaction, counted, now)?);
        }
        // The error undoes the transaction, and so what was counted.
        until.map_or(Ok(()), |until| Err(AccountsError::wait(until, now)))
    }

    /// Takes the count back: it was the right one. What was wrong before at this account from
    /// here is forgotten. A wait that another guess began meanwhile stays.
    pub(crate) fn passed(&self, transaction: &mut Transaction<'_>) -> Result<(), StoreError> {
        for Counted { subject, free, until } in &self.counted {
            if *free == FREE_TOGETHER {
                guesses::forget(transaction, subject)?;
            } else {
                guesses::take_back(transaction, subject, *until)?;
            }
        }
        Ok(())
    }
}

/// Counts one more. Gives the time until which there is a wait on, if there is.
fn count(
    transaction: &mut Transaction<'_>,
    counted: &mut Counted,
    now: Timestamp,
) -> Result<Option<Timestamp>, StoreError> {
    let subject = &counted.subject;
    let before = guesses::held(transaction, subject, now)?;
    if before.until > now
        // A clock that was wrong must not keep anybody waiting for years.
        && before.until.duration_since(now) <= LONGEST_WAIT
    {
        return Ok(Some(before.until));
    }
    let is_old = now.duration_since(before.since) >= FORGOTTEN;
    let (failures, since) = if is_old { (1, now) } else { (before.failures + 1, before.since) };
    let wait = wait_after(failures - counted.free);
    if !wait.is_zero() {
        counted.until = now.checked_add(wait).unwrap_or(Timestamp::UNIX_EPOCH);
    }
    let count = guesses::Count { failures, since, until: counted.until };
    guesses::set(transaction, subject, &count)?;
    Ok(None)
}

/// The wait after so many wrong guesses beyond the free ones.
fn wait_after(beyond: i64) -> SignedDuration {
    if beyond < 0 {
        return SignedDuration::ZERO;
    }
    let doublings = u32::try_from(beyond).unwrap_or(u32::MAX).min(16);
    FIRST_WAIT.checked_mul(1 << doublings).map_or(LONGEST_WAIT, |wait| wait.min(LONGEST_WAIT))
}

/// An address as guesses are counted by it.
pub(crate) fn place_of(origin: &str) -> String {
    match origin.parse() {
        Ok(IpAddr::V6(address)) if address.to_ipv4_mapped().is_none() => {
            let [one, two, three, four, ..] = address.segments();
            format!("{one:x}:{two:x}:{three:x}:{four:x}::/64")
        }
        Ok(IpAddr::V6(address)) => {
            address.to_ipv4_mapped().map_or_else(|| origin.to_owned(), |four| four.to_string())
        }
        _ => origin.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_and_end_at_an_hour() {
        let seconds = [-1, 0, 1, 2, 8, 500].map(|beyond| wait_after(beyond).as_secs());
        assert_eq!(seconds, [0, 15, 30, 60, 3_600, 3_600]);
    }

    #[test]
    fn all_addresses_of_one_ipv6_network_count_as_one() {
        assert_eq!(place_of("2001:db8:1:2:3:4:5:6"), place_of("2001:db8:1:2:ffff::1"));
        assert_ne!(place_of("2001:db8:1:2::1"), place_of("2001:db8:1:3::1"));
        assert_eq!(place_of("::ffff:192.0.2.7"), "192.0.2.7");
    }
}
