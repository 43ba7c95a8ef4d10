//! The API: one module a noun. Functions take who asks and typed values, and give typed values;
//! the description is made of these types.

pub(crate) mod account;
pub(crate) mod affected;
pub(crate) mod inventory;
pub(crate) mod listed;
pub(crate) mod log;
pub(crate) mod notices;
pub(crate) mod prevalence;
pub(crate) mod questions;
pub(crate) mod statements;
