//! Codes by time. Standards: RFC 6238 (TOTP, SHA-1, 30 seconds, six digits, as every
//! authenticator app does it), RFC 4226 (HOTP), RFC 4648 (base32).

use std::fmt;

use aws_lc_rs::hmac;
use jiff::Timestamp;
use mainstay_types::percent_encoded;

use crate::AccountsError;
use crate::secret::{are_same, random};

const STEP: i64 = 30;
/// Steps before and after the present one that count too, for clocks that differ.
const WINDOW: i64 = 1;
const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// The secret that a phone and the server share.
#[derive(Clone, PartialEq, Eq)]
pub struct TotpSecret(Vec<u8>);

impl TotpSecret {
    pub(crate) fn new() -> Result<Self, AccountsError> {
        Ok(Self(random::<20>()?.to_vec()))
    }

    pub(crate) fn of(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// As people type it: base32, in groups of four.
    pub fn typed(&self) -> String {
        let text = base32(&self.0);
        let groups: Vec<String> = text
            .as_bytes()
            .chunks(4)
            .map(|group| String::from_utf8_lossy(group).into_owned())
            .collect();
        groups.join(" ")
    }

    /// As an app reads it: an `otpauth` address.
    pub fn address(&self, issuer: &str, account: &str) -> String {
        format!(
            "otpauth://totp/{issuer}:{account}?secret={secret}&issuer={issuer}&algorithm=SHA1&digits=6&period=30",
            issuer = percent_encoded(issuer),
            account = percent_encoded(account),
            secret = base32(&self.0)
        )
    }

    /// The code of a moment.
    pub fn code(&self, now: Timestamp) -> String {
        self.code_of_step(now.as_second().div_euclid(STEP))
    }

    /// The step of which this is the code, if it is one of about now and later than `last`.
    pub(crate) fn step_of(&self, code: &str, last: i64, now: Timestamp) -> Option<i64> {
        let code: String = code.chars().filter(|letter| !letter.is_whitespace()).collect();
        let present = now.as_second().div_euclid(STEP);
        let mut found = None;
        // Every step is tried, so that the time says nothing.
        for step in present - WINDOW..=present + WINDOW {
            if are_same(&self.code_of_step(step), &code) && step > last {
                found = Some(step);
            }
        }
        found
    }

    fn code_of_step(&self, step: i64) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &self.0);
        let tag = hmac::sign(&key, &step.to_be_bytes());
        let tag = tag.as_ref();
        // RFC 4226, section 5.3: the last four bits say where the number begins.
        let offset = usize::from(tag.last().copied().unwrap_or(0) & 15);
        let number = tag
            .get(offset..offset + 4)
            .and_then(|four| <[u8; 4]>::try_from(four).ok())
            .map_or(0, u32::from_be_bytes);
        format!("{:06}", (number & 0x7fff_ffff) % 1_000_000)
    }
}

impl fmt::Debug for TotpSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TotpSecret")
    }
}

fn base32(bytes: &[u8]) -> String {
    let mut text = String::new();
    let (mut held, mut bits) = (0_u32, 0_u32);
    for byte in bytes {
        held = (held << 8) | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            text.push(letter((held >> bits) & 31));
        }
    }
    if bits > 0 {
        text.push(letter((held << (5 - bits)) & 31));
    }
    text
}

fn letter(five: u32) -> char {
    let at = usize::try_from(five).unwrap_or(0);
    ALPHABET.get(at).map_or('A', |byte| char::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B, the last six of the eight digits there.
    #[test]
    fn codes_are_those_of_the_rfc() {
        let secret = TotpSecret::of(b"12345678901234567890".to_vec());
        for (second, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(secret.code(Timestamp::from_second(second).unwrap()), code, "{second}");
        }
    }

    /// RFC 4648, section 10.
    #[test]
    fn base32_is_that_of_the_rfc() {
        assert_eq!(base32(b"foobar"), "MZXW6YTBOI");
        assert_eq!(base32(b"fooba"), "MZXW6YTB");
    }

    #[test]
    fn a_code_of_the_minute_before_last_or_used_once_is_not_taken() {
        let secret = TotpSecret::of(b"12345678901234567890".to_vec());
        let now = Timestamp::from_second(1_111_111_109).unwrap();
        let step = secret.step_of(" 081 804", 0, now).unwrap();
        assert_eq!(secret.step_of("081804", step, now), None);
        let later = Timestamp::from_second(1_111_111_109 + 90).unwrap();
        assert_eq!(secret.step_of("081804", 0, later), None);
    }
}
