//! All the SQL of accounts.

pub(crate) mod accounts;
pub(crate) mod challenges;
pub(crate) mod factors;
pub(crate) mod guesses;
pub(crate) mod passkeys;
pub(crate) mod sessions;
pub(crate) mod tickets;
pub(crate) mod tokens;
