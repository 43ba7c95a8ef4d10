//! Who of a group is not counted: the members of the lowest rank under a secret key.
//!
//! A rank is HMAC-SHA-256 (RFC 2104, FIPS 198-1) of the member's number. It depends on neither
//! group nor question nor day: drawing anew each time would let a reader compare the draws, and
//! every member would be counted in one of them. Statistical offices give each record a fixed
//! random key for the same reason (Thompson, Broadfoot and Elazar 2013, for the Australian
//! Bureau of Statistics). They use it to choose noise; here nothing is added to a count.

use std::collections::BTreeSet;
use std::fmt;

use aws_lc_rs::hmac;

use crate::{FiguresError, MemberId};

/// What the ranks are about, so that the same key used elsewhere gives other values.
const ABOUT: &[u8] = b"mainstay figures hold-out v1\0";

/// The instance's secret: 32 random bytes, drawn once and kept. Whoever has it knows who is held
/// out. Another key counts others, so a reader could compare: it is changed only when it is lost.
#[derive(Clone)]
pub struct HoldOutKey(hmac::Key);

impl HoldOutKey {
    /// The key of 32 random bytes.
    pub fn new(bytes: &[u8]) -> Result<Self, FiguresError> {
        if bytes.len() != 32 {
            return Err(FiguresError::Key(bytes.len()));
        }
        Ok(Self(hmac::Key::new(hmac::HMAC_SHA256, bytes)))
    }

    /// The members who are counted: all but the `held_out` of lowest rank.
    pub(crate) fn counted(
        &self,
        members: &BTreeSet<MemberId>,
        held_out: usize,
    ) -> BTreeSet<MemberId> {
        let mut ranked: Vec<_> =
            members.iter().map(|member| (self.rank(*member), *member)).collect();
        ranked.sort_unstable();
        ranked.into_iter().skip(held_out).map(|(_, member)| member).collect()
    }

    fn rank(&self, member: MemberId) -> Vec<u8> {
        let mut message = ABOUT.to_vec();
        message.extend(member.0.to_be_bytes());
        hmac::sign(&self.0, &message).as_ref().to_vec()
    }
}

impl fmt::Debug for HoldOutKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HoldOutKey(..)")
    }
}
