//! Why an answer of a browser is not taken: the step that failed, and what the user can do.
//!
//! Standard: steps are counted as in Web Authentication Level 3, sections 7.1 and 7.2, editor's
//! draft of 2026-07-30. Some refusals come before a step (the answer cannot be read) or from
//! another section, which the variant names.

use std::fmt;

use crate::{CborError, KeyError};

/// Which of the two an answer belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ceremony {
    /// A passkey is made: section 7.1.
    Registration,
    /// A passkey is used: section 7.2.
    Authentication,
}

/// Why an answer is not taken. What it displays is for a log; [`Refused::advice`] is for the user.
/// Nothing of a challenge or a signature is in it; what comes from the browser is cut at 100
/// characters and quoted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Step 3 of both: the JSON is not that of such an answer, or longer than
    /// [`LONGEST_ANSWER`](crate::LONGEST_ANSWER).
    #[error("the answer of the browser cannot be read: {0}")]
    Answer(String),
    /// Section 5.1: `id` is not `rawId` in base64url, or no id at all.
    #[error("the answer names its credential in two ways that do not agree, or not at all")]
    CredentialName,
    /// 7.1 steps 5 and 6, 7.2 steps 8 and 9: the client data is no JSON of the right shape.
    #[error("the client data cannot be read: {0}")]
    ClientData(String),
    /// 7.1 step 7, 7.2 step 10: made for another purpose.
    #[error("the answer is of the type {0}, and another one was asked for")]
    Type(Quoted),
    /// 7.1 step 8, 7.2 step 11.
    #[error("the answer is to another challenge than the one that was asked")]
    Challenge,
    /// 7.1 step 9, 7.2 step 12.
    #[error("the answer comes from the page {0}, which is none of this server's")]
    Origin(Quoted),
    /// 7.1 steps 10 and 11, 7.2 steps 13 and 14.
    #[error("the answer comes from a frame within a page of another origin")]
    Framed,
    /// 7.1 step 13: the attestation object is not CBOR.
    #[error("the attestation object is not CBOR as authenticators write it: {0}")]
    AttestationObject(CborError),
    /// 7.1 step 13: the attestation object has not the three members.
    #[error("the attestation object has not exactly fmt, attStmt and authData")]
    AttestationMembers,
    /// Section 6.1: the authenticator data is too short, too long, or cut within a part.
    #[error("the authenticator data has not the length that it says")]
    AuthenticatorData,
    /// Section 6.1: the outputs of extensions are no map of CBOR.
    #[error("the extensions in the authenticator data are no map of CBOR: {0}")]
    Extensions(CborError),
    /// 7.1 step 14, 7.2 step 15.
    #[error("the credential belongs to another domain")]
    RpId,
    /// 7.1 step 15, 7.2 step 16.
    #[error("the authenticator did not see that a person was there")]
    UserPresence,
    /// 7.1 step 16, 7.2 step 17.
    #[error("the authenticator did not verify the person, by PIN, finger or face")]
    UserVerification,
    /// 7.1 step 17, 7.2 step 18.
    #[error("the credential is said to be backed up and to be one that cannot be")]
    BackupState,
    /// 7.2 step 19: the flag must not change (section 6.1.3).
    #[error("whether the credential can be backed up is told otherwise than when it was made")]
    BackupEligibility,
    /// Section 6.1: a registration has attested credential data.
    #[error("the registration brings no credential")]
    NoCredential,
    /// Section 6.1: an assertion has no attested credential data.
    #[error("the assertion brings a new credential, which no authenticator does")]
    UnexpectedCredential,
    /// 7.1 step 25.
    #[error("the id of the credential has {0} bytes, and may have 1 to 1023")]
    CredentialIdLength(usize),
    /// Section 7.1 names the credential twice: in the answer and in what the authenticator wrote.
    #[error("the browser and the authenticator name different credentials")]
    CredentialIdMismatch,
    /// 7.1 step 20: the key is of an algorithm that was not asked for, or no key.
    #[error(transparent)]
    PublicKey(#[from] KeyError),
    /// 7.1 step 22: a statement that its format does not allow.
    #[error("the attestation statement is not as its format says")]
    AttestationStatement,
    /// 7.1 step 22: the signature of a self attestation.
    #[error("the new key did not sign its own registration")]
    AttestationSignature,
    /// 7.2 steps 5 and 6: the answer is by another credential than the one it is checked with.
    #[error("the assertion is by another credential")]
    OtherCredential,
    /// 7.2 step 6: nobody said who the user is.
    #[error("the assertion does not say whose it is")]
    NoUserHandle,
    /// 7.2 step 6: the credential is another user's.
    #[error("the assertion is of another user than the owner of the credential")]
    OtherUser,
    /// 7.2 step 21.
    #[error("the signature is not one of the credential's key")]
    Signature,
}

/// A text that came from outside, for a log: at most 100 characters, escaped, in quotes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quoted(Box<str>);

impl Refused {
    /// The step of the standard that failed, such as `7.1 step 9`, or the section.
    pub fn step(&self, ceremony: Ceremony) -> &'static str {
        let (made, used) = self.steps();
        match ceremony {
            Ceremony::Registration => made,
            Ceremony::Authentication => used,
        }
    }

    /// What a person can do, in a sentence or two. It tells nothing that helps to guess.
    pub fn advice(&self) -> &'static str {
        match self {
            Self::Challenge => {
                "This request is no longer valid. Load the page again and start once more."
            }
            Self::Origin(_) | Self::Framed | Self::RpId => {
                "The passkey was asked for from another page than this server's own. Look at the \
                 address in your browser, and open the server under its usual one."
            }
            Self::UserPresence | Self::UserVerification => {
                "Your device did not check that it is you. Set up a PIN, a fingerprint or face \
                 recognition on it, and try again."
            }
            Self::PublicKey(KeyError::Algorithm(_) | KeyError::RsaSize) => {
                "This device makes a kind of key that the server does not take. Use another one."
            }
            Self::OtherCredential | Self::NoUserHandle | Self::OtherUser | Self::Signature => {
                "This passkey does not open the account. Choose another one, or sign in in \
                 another way."
            }
            Self::Answer(_)
            | Self::CredentialName
            | Self::ClientData(_)
            | Self::Type(_)
            | Self::AttestationObject(_)
            | Self::AttestationMembers
            | Self::AuthenticatorData
            | Self::Extensions(_)
            | Self::BackupState
            | Self::BackupEligibility
            | Self::NoCredential
            | Self::UnexpectedCredential
            | Self::CredentialIdLength(_)
            | Self::CredentialIdMismatch
            | Self::PublicKey(_)
            | Self::AttestationStatement
            | Self::AttestationSignature => {
                "Your browser or device gave an answer that cannot be used. Try again, or use \
                 another browser or device."
            }
        }
    }

    /// The step in a registration, and the one in an assertion.
    fn steps(&self) -> (&'static str, &'static str) {
        match self {
            Self::Answer(_) => ("7.1 step 3", "7.2 step 3"),
            Self::CredentialName => ("section 5.1", "section 5.1"),
            Self::ClientData(_) => ("7.1 step 6", "7.2 step 9"),
            Self::Type(_) => ("7.1 step 7", "7.2 step 10"),
            Self::Challenge => ("7.1 step 8", "7.2 step 11"),
            Self::Origin(_) => ("7.1 step 9", "7.2 step 12"),
            Self::Framed => ("7.1 steps 10 and 11", "7.2 steps 13 and 14"),
            Self::AttestationObject(_) | Self::AttestationMembers => ("7.1 step 13", "7.2"),
            Self::AuthenticatorData
            | Self::Extensions(_)
            | Self::NoCredential
            | Self::UnexpectedCredential => ("section 6.1", "section 6.1"),
            Self::RpId => ("7.1 step 14", "7.2 step 15"),
            Self::UserPresence => ("7.1 step 15", "7.2 step 16"),
            Self::UserVerification => ("7.1 step 16", "7.2 step 17"),
            Self::BackupState => ("7.1 step 17", "7.2 step 18"),
            Self::BackupEligibility => ("7.1", "7.2 step 19"),
            Self::PublicKey(_) => ("7.1 step 20", "7.2"),
            Self::AttestationStatement | Self::AttestationSignature => ("7.1 step 22", "7.2"),
            Self::CredentialIdLength(_) => ("7.1 step 25", "7.2"),
            Self::CredentialIdMismatch => ("section 5.1", "7.2"),
            Self::OtherCredential => ("7.1", "7.2 steps 5 and 6"),
            Self::NoUserHandle | Self::OtherUser => ("7.1", "7.2 step 6"),
            Self::Signature => ("7.1", "7.2 step 21"),
        }
    }
}

impl Quoted {
    /// The text, cut and escaped.
    pub(crate) fn of(text: &str) -> Self {
        const MOST: usize = 100;
        let start: String = text.chars().take(MOST).collect();
        let cut = if start.len() < text.len() { "..." } else { "" };
        Self(format!("{start:?}{cut}").into())
    }
}

impl fmt::Display for Quoted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
