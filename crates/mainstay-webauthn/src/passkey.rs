//! A passkey as the server keeps it: the standard's credential record.
//!
//! Standard: section 4, "credential record". Left out are the optional parts (attestation object,
//! client data), and `uvInitialized`, which is always true here: a registration without user
//! verification is refused.

use crate::{Aaguid, CredentialId, PublicKey, Transport};

/// What is kept of one credential of one user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passkey {
    /// What its authenticator calls it. Registered once, over all accounts.
    pub id: CredentialId,
    /// The key that its assertions are checked with. Kept as [`PublicKey::cose`].
    pub public_key: PublicKey,
    /// How often it signed, as the authenticator counts. 0 from then on when it does not count.
    pub sign_count: u32,
    /// The model of the authenticator, as it says itself.
    pub aaguid: Aaguid,
    /// How to reach it, as the browser said. Sorted, each once.
    pub transports: Vec<Transport>,
    /// Whether it can be on several devices, and is.
    pub backup: Backup,
    /// What came with it as a proof of its origin.
    pub attestation: Attestation,
}

/// A credential that options name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Descriptor {
    /// Its id.
    pub id: CredentialId,
    /// How to reach it. Empty when that is not known.
    pub transports: Vec<Transport>,
}

/// Whether a credential may leave its device: the flags BE and BS (section 6.1.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backup {
    /// It is bound to one device. A lost device is a lost passkey.
    Impossible,
    /// It can be backed up or synchronised, and is not.
    Missing,
    /// It is backed up or synchronised.
    Done,
}

/// What a registration brought as a proof of where its key lies. We ask for none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Attestation {
    /// Nothing.
    None,
    /// A signature by the new key itself: it was checked, and proves that the authenticator has
    /// the private key, and nothing of the authenticator.
    SelfSigned,
    /// A statement of this format. It was not looked at, so it proves nothing.
    NotVerified(Box<str>),
}

impl Passkey {
    /// How options name it.
    pub fn descriptor(&self) -> Descriptor {
        Descriptor { id: self.id.clone(), transports: self.transports.clone() }
    }
}

impl Backup {
    /// The flag BE. It never changes for a credential.
    pub fn is_eligible(self) -> bool {
        self != Self::Impossible
    }

    /// The flag BS.
    pub fn is_backed_up(self) -> bool {
        self == Self::Done
    }

    /// The state that two flags say. `None` for backed up but not eligible, which cannot be.
    pub fn of_flags(eligible: bool, backed_up: bool) -> Option<Self> {
        match (eligible, backed_up) {
            (false, false) => Some(Self::Impossible),
            (true, false) => Some(Self::Missing),
            (true, true) => Some(Self::Done),
            (false, true) => None,
        }
    }
}
