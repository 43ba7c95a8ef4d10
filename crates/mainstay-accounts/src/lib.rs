//! Who one is, and what one may do where: accounts, passwords and codes by time, passkeys,
//! sessions, API tokens, roles in organisations, invitations.
//!
//! Standards: NIST SP 800-63B-4 for passwords, RFC 9106 (Argon2id), RFC 6238 (TOTP), `WebAuthn`
//! Level 3 by way of `mainstay-webauthn`.
//!
//! | to | use |
//! | --- | --- |
//! | make the first account, let others in | [`Accounts::first_run`], [`Accounts::invite`] |
//! | sign in, with a second factor where there is one | [`Accounts::sign_in`], [`SignIn`] |
//! | have a passkey, and sign in with it | [`Accounts::begin_passkey`], [`Accounts::begin_passkey_sign_in`] |
//! | send what people are told by mail | [`Letter`], [`Notice`] |
//! | know who asks | [`Accounts::session`], [`Accounts::token`] |
//! | ask what somebody may do | [`Right`], [`Session::may`] |
//! | ask for a fresh proof before what is dangerous | [`Session::fresh`] |
//!
//! Of every secret that is handed out only a hash is kept. Two can be read in the database: the
//! secret of codes by time, which must be, and a link, while the letter with it waits to be sent.
//! Everything is in the database, so several processes agree; every change
//! is in the log with who, what and from where. Wrong guesses are counted by account and by
//! address (`throttle.rs` has the rule).

mod error;
mod model;
mod notice;
mod password;
mod secret;
mod service;
mod store;
mod throttle;
mod totp;

pub use error::AccountsError;
pub use model::{
    Account, AccountName, Caller, Entered, Fresh, Invitation, Mail, Member, Membership, NewToken,
    PasskeyName, PasskeyRequest, PasskeyRow, Right, Scope, Session, SessionRow, SignIn, Standing,
    TokenHolder, TokenRow, WaysIn, is_unseen,
};
pub use notice::{Letter, Notice};
pub use password::{Cost, PasswordRules};
pub use secret::Secret;
pub use service::{Accounts, Settings, UnprovedMail};
pub use totp::TotpSecret;
