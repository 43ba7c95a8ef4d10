//! All the SQL of accounts.

pub(crate) mod accounts;
pub(crate) mod factors;
pub(crate) mod sessions;
pub(crate) mod tickets;
pub(crate) mod tokens;
