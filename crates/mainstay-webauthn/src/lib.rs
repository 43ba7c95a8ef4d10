//! Passkeys: registrations and assertions of Web Authentication, checked. Pure: the time, the
//! database and the browser are the caller's.
//!
//! Standard: Web Authentication Level 3 (<https://www.w3.org/TR/webauthn-3/>), sections 7.1
//! "Registering a New Credential" and 7.2 "Verifying an Authentication Assertion", for a relying
//! party that asks for no attestation, wants discoverable credentials and requires that the user
//! was verified. Keys are COSE keys (RFC 9052, RFC 9053, RFC 8230), signatures are checked by
//! aws-lc.
//!
//! | to | use |
//! | --- | --- |
//! | say who asks: domain, name, addresses of the pages | [`RelyingParty`], [`RpId`], [`Origin`] |
//! | ask a browser for a new passkey, or for a sign-in | [`creation_options`], [`request_options`] |
//! | read what the browser answered | [`Registration`], [`Assertion`] |
//! | check it | [`register`], [`assert()`] |
//! | keep a passkey, and have it again | [`Passkey`], [`PublicKey::read`], [`CredentialId::from_bytes`] |
//! | know why not, and what to tell the user | [`Refused`] |
//! | answer as a browser would, in tests | [`authenticator`] |
//!
//! # What is the caller's
//!
//! - A [`Challenge`] is made for one ceremony, kept on the server, belongs to the browser session
//!   that asked, is used once and ends after [`TIMEOUT`].
//! - A credential id is registered once, over all accounts: look it up before a new [`Passkey`]
//!   is kept (7.1 step 25).
//! - After an assertion the counter and the state of backup are kept ([`Asserted`]).
//!
//! # What is left out
//!
//! Attestation by certificates (who made the authenticator is not asked, and never known),
//! extensions (read over, never trusted), pages in frames of other origins, related origins,
//! native applications, and U2F's `appid`.

pub mod authenticator;

mod answer;
mod assert;
mod attestation;
mod authenticator_data;
mod cbor;
mod challenge;
mod client_data;
mod cose;
mod error;
mod ids;
mod options;
mod passkey;
mod refused;
mod register;
mod relying_party;
mod user;

pub use answer::{Assertion, LONGEST_ANSWER, Registration};
pub use assert::{Asserted, Counter, Identified, assert};
pub use cbor::CborError;
pub use challenge::Challenge;
pub use cose::{Algorithm, KeyError, PublicKey};
pub use error::ValueError;
pub use ids::{Aaguid, CredentialId, Transport, UserHandle};
pub use options::{TIMEOUT, creation_options, request_options};
pub use passkey::{Attestation, Backup, Descriptor, Passkey};
pub use refused::{Ceremony, Quoted, Refused};
pub use register::register;
pub use relying_party::{Origin, RelyingParty, RpId};
pub use user::User;
