//! A signed statement of how the log stands, to be kept by others.
//!
//! Standard: C2SP signed-note. The text has four lines: `mainstay log` with the name of the
//! instance, the number of entries, the hash of the last in base64, and when it was made.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;

use super::{Head, LogFault, bytes_of};
use crate::hexadecimal::hexadecimal;
use crate::signing_key::{SigningKey, VerifyingKey};

const FIRST: &str = "mainstay log ";
/// The dash before a signature.
const DASH: &str = "\u{2014} ";
/// A checkpoint is a few hundred bytes; more is something else.
const LONGEST: usize = 4096;

/// How the log stood at a moment, signed by the instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    body: String,
    signature: String,
    size: i64,
    hash: String,
    made_at: Timestamp,
}

impl Checkpoint {
    /// States how the log stands.
    pub fn sign(head: &Head, made_at: Timestamp, key: &SigningKey) -> Self {
        let hash = bytes_of(&head.hash).unwrap_or_default();
        let body =
            format!("{FIRST}{}\n{}\n{}\n{made_at}\n", key.name(), head.size, STANDARD.encode(hash));
        let mut signature = key.verifying().id().to_vec();
        signature.extend(key.sign(body.as_bytes()));
        let signature = format!("{DASH}{} {}", key.name(), STANDARD.encode(signature));
        Self { body, signature, size: head.size, hash: head.hash.clone(), made_at }
    }

    /// Reads a checkpoint and checks that `key` signed it.
    ///
    /// # Errors
    /// What about the text is wrong.
    pub fn read(text: &str, key: &VerifyingKey) -> Result<Self, LogFault> {
        let fault = LogFault::Checkpoint;
        if text.len() > LONGEST {
            return Err(fault("it is too long"));
        }
        let (body, signatures) =
            text.split_once("\n\n").ok_or(fault("no empty line before the signature"))?;
        let body = format!("{body}\n");
        let signature = signatures
            .lines()
            .find(|line| {
                line.strip_prefix(DASH)
                    .and_then(|rest| rest.split_once(' '))
                    .is_some_and(|(name, signature)| is_signed(&body, name, signature, key))
            })
            .ok_or(fault("the signature is not one of the key that you gave"))?;
        let mut lines = body.lines();
        let named = lines.next().and_then(|line| line.strip_prefix(FIRST));
        if named.is_none() {
            return Err(fault("the first line is not that of a log of Mainstay"));
        }
        let size = lines
            .next()
            .and_then(|line| line.parse().ok())
            .filter(|size| *size >= 0)
            .ok_or(fault("the second line is no number of entries"))?;
        let hash = lines
            .next()
            .and_then(|line| STANDARD.decode(line).ok())
            .filter(|hash| hash.len() == 32)
            .ok_or(fault("the third line is no hash"))?;
        let made_at = lines
            .next()
            .and_then(|line| line.parse().ok())
            .ok_or(fault("the fourth line is no time"))?;
        let hash = if size == 0 { String::new() } else { hexadecimal(&hash) };
        Ok(Self { signature: signature.to_owned(), body, size, hash, made_at })
    }

    /// How many entries it is of.
    pub fn size(&self) -> i64 {
        self.size
    }

    /// When it was made, by the clock of the instance.
    pub fn made_at(&self) -> Timestamp {
        self.made_at
    }

    /// Whether the log stood so.
    pub(super) fn is_of(&self, head: &Head) -> bool {
        self.size == head.size && self.hash == head.hash
    }
}

fn is_signed(body: &str, name: &str, signature: &str, key: &VerifyingKey) -> bool {
    let Ok(signature) = STANDARD.decode(signature) else { return false };
    let Some((id, signature)) = signature.split_at_checked(4) else { return false };
    name == key.name() && id == key.id() && key.verifies(body.as_bytes(), signature)
}

impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n{}\n", self.body, self.signature)
    }
}
