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
//! by its first 64 bits, since one machine has all the others. What is a day old is forgotten.

use std::net::IpAddr;

use jiff::{SignedDuration, Timestamp};
use mainstay_store::{StoreError, Transaction};

use crate::AccountsError;

const FREE_TOGETHER: i64 = 5;
const FREE_BY_ADDRESS: i64 = 30;
const FREE_BY_ACCOUNT: i64 = 60;
const FIRST_WAIT: SignedDuration = SignedDuration::from_secs(15);
const LONGEST_WAIT: SignedDuration = SignedDuration::from_hours(1);
const FORGOTTEN: SignedDuration = SignedDuration::from_hours(24);

/// What a guess is counted under.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Guess {
    counted: Vec<(String, i64)>,
}

impl Guess {
    /// A guess at an account (its id, or the address that was typed) from somewhere.
    pub(crate) fn at(account: &str, origin: &str, is_known_there: bool) -> Self {
        let place = place(origin);
        let mut counted = vec![
            (format!("both {account} {place}"), FREE_TOGETHER),
            (format!("from {place}"), FREE_BY_ADDRESS),
        ];
        if !is_known_there {
            counted.push((format!("at {account}"), FREE_BY_ACCOUNT));
        }
        Self { counted }
    }

    /// A guess at a secret that belongs to no account that we know: a token.
    pub(crate) fn from(origin: &str) -> Self {
        Self { counted: vec![(format!("token from {}", place(origin)), FREE_BY_ADDRESS)] }
    }

    /// Counts a try as a wrong one before it is looked at, so that of many at once each counts.
    /// Refuses while a wait is on; then nothing is counted.
    pub(crate) fn begin(
        &self,
        transaction: &mut Transaction<'_>,
        now: Timestamp,
    ) -> Result<(), AccountsError> {
        let mut until = None;
        for (subject, free) in &self.counted {
            until = until.max(count(transaction, (subject, *free), now)?);
        }
        until.map_or(Ok(()), |until| Err(AccountsError::Wait { until }))
    }

    /// Takes the count back: it was the right one. What was wrong before at this account from
    /// here is forgotten.
    pub(crate) fn passed(&self, transaction: &mut Transaction<'_>) -> Result<(), StoreError> {
        for (subject, free) in &self.counted {
            if *free == FREE_TOGETHER {
                let gone = "DELETE FROM throttle WHERE subject = $1";
                transaction.execute(gone, &[subject.into()])?;
            } else {
                transaction.execute(
                    "UPDATE throttle SET failures = failures - 1, until = 0 WHERE subject = $1",
                    &[subject.into()],
                )?;
            }
        }
        Ok(())
    }
}

/// Counts one more. Gives the time until which there is a wait on, if there is.
fn count(
    transaction: &mut Transaction<'_>,
    (subject, free): (&str, i64),
    now: Timestamp,
) -> Result<Option<Timestamp>, StoreError> {
    let before = transaction.optional(
        "SELECT failures, last_at, until FROM throttle WHERE subject = $1",
        &[subject.into()],
        |row| Ok((row.integer(0)?, row.time(1)?, row.time(2)?)),
    )?;
    if let Some((_, _, until)) = before
        && until > now
        // A clock that was wrong must not keep anybody waiting for years.
        && until.duration_since(now) <= LONGEST_WAIT
    {
        return Ok(Some(until));
    }
    let failures = match before {
        Some((failures, last, _)) if now.duration_since(last) < FORGOTTEN => failures + 1,
        _ => 1,
    };
    let wait = wait_after(failures - free);
    let until = if wait.is_zero() { None } else { now.checked_add(wait).ok() };
    transaction.execute(
        "INSERT INTO throttle (subject, failures, last_at, until) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (subject) DO UPDATE SET failures = $2, last_at = $3, until = $4",
        &[
            subject.into(),
            failures.into(),
            now.into(),
            until.unwrap_or(Timestamp::UNIX_EPOCH).into(),
        ],
    )?;
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
fn place(origin: &str) -> String {
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
        assert_eq!(place("2001:db8:1:2:3:4:5:6"), place("2001:db8:1:2:ffff::1"));
        assert_ne!(place("2001:db8:1:2::1"), place("2001:db8:1:3::1"));
        assert_eq!(place("::ffff:192.0.2.7"), "192.0.2.7");
    }
}
