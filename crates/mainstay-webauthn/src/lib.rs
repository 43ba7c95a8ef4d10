//! Passkeys: registrations and assertions of `WebAuthn`, checked.
