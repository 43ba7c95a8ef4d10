//! What a software authenticator, or the browser before it, can do wrong in one answer.

use crate::{Ceremony, UserHandle};

/// One thing done wrong. All but [`Misbehaviour::Signature`] are signed as they stand, so that
/// only their own check can find them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Misbehaviour {
    /// Client data for another ceremony.
    Type(Ceremony),
    /// Client data with another challenge.
    Challenge,
    /// Client data that name another page. The real one is still checked against the domain.
    Origin(String),
    /// Client data that say: in a frame of another origin.
    CrossOrigin,
    /// Client data that name the page around the frame.
    TopOrigin(String),
    /// Authenticator data for another domain.
    RpId(String),
    /// Flag UP off.
    NoUserPresence,
    /// Flag UV off.
    NoUserVerification,
    /// Backed up, and not one that can be.
    BackupContradiction,
    /// Flag BE the other way round, flag BS off.
    BackupEligibility,
    /// A signature over something else. A registration has one only with self attestation.
    Signature,
    /// The counter of the last answer again.
    CounterStalls,
    /// Another user's handle.
    UserHandle(UserHandle),
    /// No user's handle.
    NoUserHandle,
}
