//! What every reader is given and gives: an [`Input`] in, an [`Inventory`] or a [`ReadError`] out.
//!
//! Lockfiles, SBOMs, archives and installed trees differ in what they look like, not in what they
//! say: these packages, from there, with these gaps. This room has the words for that, so that a
//! package is the same thing wherever it was read; and the parsers of JSON, TOML, YAML and XML,
//! with the bounds that hostile files make necessary.
//!
//! What a reader must tell, besides packages:
//!
//! * [`Gap`]: something that the file should say and does not. An inventory with gaps is
//!   *partial*: unknown is never clean.
//! * [`Member`]: the project's own packages. They are not in `packages`.
//! * [`DeclaredIndex`]: where packages may come from.
//!
//! Nothing here opens a file, and recursion never follows the input.

mod anomaly;
mod danger;
mod input;
mod inventory;
pub mod json;
mod lines;
mod listing;
mod read_error;
mod toml_depth;
pub mod toml_file;
pub mod xml;
pub mod yaml;

pub use anomaly::{Anomaly, AnomalyCode};
pub use danger::{Danger, DangerCode};
pub use input::{Input, Nearby, NearbyError, NothingNearby, decode, join};
pub use inventory::{
    Aside, DeclaredIndex, Entry, Gap, IndexRole, Inventory, Irregularity, LockedVersion, Member,
    Offset, Origin, Place, Unidentified,
};
pub use lines::Lines;
pub use listing::{Listing, entry, exact, is_inside};
pub use read_error::{ReadError, ReadErrorKind};
pub use toml_depth::toml_too_deep_at;
