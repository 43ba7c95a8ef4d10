//! Lockfiles and manifests: bytes in, an [`Inventory`] out.
//!
//! Each format is one module under [`formats`](formats/index.html) and one line in [`FORMATS`].
//! A reader takes an [`Input`] (the bytes, and a door to files beside it) and gives the packages
//! that the file locks, with file and line, where each comes from, and what the file leaves
//! open. Readers do no I/O of their own, never panic and never hold more than a fixed multiple
//! of the file's size; every one is fuzzed.
//!
//! What a reader must tell, besides packages:
//!
//! * [`Gap`]: something that the file should say and does not. An inventory with gaps is
//!   *partial*: unknown is never clean.
//! * [`Member`]: the project's own packages. They are not in `packages`.
//! * [`DeclaredIndex`]: where packages may come from; [`confusion`] looks for open doors there.
//!
//! How to add a format: `docs/how-to/add-a-lockfile-format.md`.

pub mod confusion;
mod format;
mod formats;
mod input;
mod inventory;
mod json;
mod lines;
mod listing;
mod read_error;
mod toml_depth;
mod toml_file;
mod xml;
mod yaml;

pub use format::{FORMATS, Format, Role, format_of};
pub use input::{Input, Nearby, NearbyError, NothingNearby, join};
pub use inventory::{
    DeclaredIndex, Entry, Gap, IndexRole, Inventory, Irregularity, LockedVersion, Member, Origin,
    Place,
};
pub use read_error::{ReadError, ReadErrorKind};
pub use toml_depth::toml_too_deep_at;
