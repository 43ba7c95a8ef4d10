//! Container images: from an archive or a folder to the file system that a container sees.
//!
//! | module | what | standard |
//! | --- | --- | --- |
//! | `parts` | where documents and layers lie: a tar, or a folder | |
//! | `documents` | `manifest.json`, `index.json`, manifests, configurations | Docker image specification 1.2; OCI image specification 1.1 |
//! | `layout` | which images there are, and what each is made of | OCI "Image Layout" |
//! | `layer` | one layer: its files, links and whiteouts | OCI "Image Layer Filesystem Changeset" |
//! | `root` | layers laid over one another: the file system | the same, "Applying Changesets" |
//! | `digest` | SHA-256 of what is read, compared with what the image says | OCI "Descriptor" |
//!
//! A layer may have gigabytes, so it is streamed: the content of a file is kept only when the
//! caller wants it, or shown and forgotten; of everything else only the name is kept. All of it counts against one
//! [`Budget`](mainstay_archives::Budget). Nothing is unpacked to a disk, and no link is followed
//! out of the image.
//!
//! Everything here is pure: bytes in, values out. A [`Parts`] brings the bytes.

mod digest;
mod documents;
mod image;
mod layer;
mod layout;
mod parts;
mod root;

pub use image::{Image, ImageLayer, Images, read};
pub use layer::{Onlooker, Request, SHOWN_FIRST, Unread, Wanted};
pub use parts::{PartError, Parts, Reopen, TarParts, begins_image};
pub use root::{FileNode, NameKind, Root};

/// The stable name of the format in reports.
pub const FORMAT: &str = "container-image";
/// What its users call it.
pub const TITLE: &str = "container image";
/// The file that marks the folder of an OCI image layout.
pub const MARKER: &str = "oci-layout";
