//! The SQL of notices.

pub(crate) mod contacts;
pub(crate) mod notices;
pub(crate) mod told;
