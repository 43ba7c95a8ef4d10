//! The model: what an SBOM says, whichever standard it was written in.

pub(crate) mod component;
pub(crate) mod document;
pub(crate) mod identifier;
pub(crate) mod keep;
pub(crate) mod licence;
pub(crate) mod model_card;
pub(crate) mod party;
pub(crate) mod reference;
pub(crate) mod relationship;
pub(crate) mod vulnerability;
