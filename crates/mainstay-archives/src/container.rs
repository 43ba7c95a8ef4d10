//! Telling containers apart, by their first bytes or by their names.

use crate::packing::Packing;

/// How many first bytes tell every container.
pub const SNIFFED: usize = 512;

/// What a run of bytes is packed as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Container {
    /// A zip and what is built on it.
    Zip,
    /// A tar.
    Tar,
    /// One stream, which may hold a tar.
    Packed(Packing),
    /// Known, and not read: `bzip2`, `xz`, `7z`, `rar`, `cab`.
    NotRead(&'static str),
}

impl Container {
    /// The container that begins with these bytes.
    pub fn of_bytes(first: &[u8]) -> Option<Self> {
        match first {
            [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => Some(Self::Zip),
            [0x1F, 0x8B, 8, ..] => Some(Self::Packed(Packing::Gzip)),
            [0x28, 0xB5, 0x2F, 0xFD, ..] => Some(Self::Packed(Packing::Zstd)),
            [b'B', b'Z', b'h', b'1'..=b'9', ..] => Some(Self::NotRead("bzip2")),
            [0xFD, b'7', b'z', b'X', b'Z', 0, ..] => Some(Self::NotRead("xz")),
            [b'7', b'z', 0xBC, 0xAF, ..] => Some(Self::NotRead("7z")),
            [b'R', b'a', b'r', b'!', 0x1A, 7, ..] => Some(Self::NotRead("rar")),
            [b'M', b'S', b'C', b'F', 0, ..] => Some(Self::NotRead("cab")),
            _ if crate::tar::is_header(first) => Some(Self::Tar),
            _ => None,
        }
    }

    /// The container that a file name promises.
    pub fn of_name(name: &str) -> Option<Self> {
        let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase())?;
        match &*ending {
            "zip" => Some(Self::Zip),
            "tar" => Some(Self::Tar),
            "gz" | "tgz" => Some(Self::Packed(Packing::Gzip)),
            "zst" | "tzst" => Some(Self::Packed(Packing::Zstd)),
            "bz2" | "tbz" | "tbz2" => Some(Self::NotRead("bzip2")),
            "xz" | "txz" => Some(Self::NotRead("xz")),
            "7z" => Some(Self::NotRead("7z")),
            "rar" => Some(Self::NotRead("rar")),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_bytes_tell_what_a_name_does_not() {
        assert_eq!(Container::of_bytes(b"PK\x03\x04..."), Some(Container::Zip));
        assert_eq!(Container::of_bytes(b"\x1f\x8b\x08"), Some(Container::Packed(Packing::Gzip)));
        assert_eq!(Container::of_bytes(b"#!/bin/sh"), None);
    }

    #[test]
    fn a_container_that_is_not_read_is_known_by_its_name() {
        assert_eq!(Container::of_name("a.tar.XZ"), Some(Container::NotRead("xz")));
    }
}
