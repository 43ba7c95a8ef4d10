//! Archives, read as the hostile things that they may be: zip, tar, gzip, zstd.
//!
//! Nothing is ever written to a disk: members are read into memory or streamed past. Every reader
//! works against one [`Budget`] (nesting, members, unpacked bytes, ratio, memory, length of names).
//! When it runs out, the reader ends with an [`ArchiveError`] that says which limit it was, and its
//! caller makes a gap of it: what was not looked at is unknown, never clean.
//!
//! What an honest packer does not write (paths that lead out, links, devices, two members of one
//! path, headers that disagree, overlapping members, hidden bytes, deceptive names) is collected in
//! [`Notes`] and read on, as far as it can be.
//!
//! | to read | use |
//! | --- | --- |
//! | zip, jar, wheel | [`Zip::open`] on anything that is [`ReadAt`]: a file, or bytes in memory |
//! | gzip or zstd | [`unpack`], a [`std::io::Read`] |
//! | tar | [`Tar::new`] on a [`std::io::Read`], member after member |
//! | to tell which | [`Container::of_bytes`], [`Container::of_name`] |

mod budget;
mod container;
mod error;
mod member;
mod notes;
mod packing;
mod source;
mod tar;
mod zip;

pub use budget::{Budget, Depth, Held, Limits};
pub use container::{Container, SNIFFED};
pub use error::{ArchiveError, ArchiveErrorKind};
pub use member::{Member, MemberKind, MemberPath};
pub use notes::{Note, Notes};
pub use packing::{Packing, Unpacking, unpack};
pub use source::{FileSource, ReadAt, SourceReader};
pub use tar::{Tar, TarContent, TarUse};
pub use zip::{Zip, ZipContent, ZipMember};
