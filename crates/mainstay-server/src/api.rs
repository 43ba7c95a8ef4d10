//! The API: one module a noun. Functions take who asks and typed values, and give typed values;
//! the description is made of these types.

pub(crate) mod account;
pub(crate) mod affected;
pub(crate) mod inventory;
pub(crate) mod log;
pub(crate) mod prevalence;
