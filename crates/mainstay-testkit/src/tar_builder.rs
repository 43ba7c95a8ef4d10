//! Tars written byte by byte, and gzip and zstd streams around them.
//!
//! Formats: POSIX.1-2017 `pax`, the GNU tar manual, RFC 1952, RFC 8878.

use std::io::Write as _;

/// One member of a tar.
#[derive(Clone, Debug)]
pub struct TarPart {
    /// Its name: 100 bytes at most.
    pub name: Vec<u8>,
    /// Its type flag: `0` a file, `1` a hard link, `2` a symbolic link, `5` a folder.
    pub flag: u8,
    /// The target of a link.
    pub target: Vec<u8>,
    /// Its content.
    pub content: Vec<u8>,
    /// The size that its header gives, when that is a lie.
    pub size: Option<u64>,
}

impl TarPart {
    /// A file.
    pub fn file(name: &str, content: &[u8]) -> Self {
        Self::of(name, b'0', "", content)
    }

    /// A symbolic link.
    pub fn symlink(name: &str, target: &str) -> Self {
        Self::of(name, b'2', target, b"")
    }

    /// A hard link.
    pub fn hard_link(name: &str, target: &str) -> Self {
        Self::of(name, b'1', target, b"")
    }

    /// A folder.
    pub fn folder(name: &str) -> Self {
        Self::of(name, b'5', "", b"")
    }

    /// Any type.
    pub fn of(name: &str, flag: u8, target: &str, content: &[u8]) -> Self {
        Self {
            name: name.as_bytes().to_vec(),
            flag,
            target: target.as_bytes().to_vec(),
            content: content.to_vec(),
            size: None,
        }
    }

    /// A pax header for the member that follows.
    pub fn pax(records: &[(&str, &str)]) -> Self {
        let mut content = Vec::new();
        for (key, value) in records {
            let rest = format!(" {key}={value}\n");
            let mut length = rest.len() + 1;
            while rest.len() + length.to_string().len() != length {
                length += 1;
            }
            content.extend_from_slice(format!("{length}{rest}").as_bytes());
        }
        Self::of("pax", b'x', "", &content)
    }

    /// GNU's long name for the member that follows.
    pub fn long_name(name: &str) -> Self {
        Self::of("././@LongLink", b'L', "", format!("{name}\0").as_bytes())
    }
}

/// A tar of these members, with its end mark.
pub fn tar_of(parts: &[TarPart]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for part in parts {
        bytes.extend_from_slice(&block(part));
        bytes.extend_from_slice(&part.content);
        bytes.resize(bytes.len().next_multiple_of(512), 0);
    }
    bytes.resize(bytes.len() + 1024, 0);
    bytes
}

/// The files of a tar that [`tar_of`] wrote: paths and contents.
pub fn unpack_tar(tar: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    let mut at = 0;
    while tar[at] != 0 {
        let text = |from: usize, length: usize| {
            let field = &tar[at + from..at + from + length];
            let end = field.iter().position(|byte| *byte == 0).unwrap_or(length);
            String::from_utf8_lossy(&field[..end]).into_owned()
        };
        let (name, size) = (text(0, 100), usize::from_str_radix(&text(124, 12), 8).unwrap());
        files.push((name, tar[at + 512..at + 512 + size].to_vec()));
        at += 512 + size.next_multiple_of(512);
    }
    files
}

fn block(part: &TarPart) -> [u8; 512] {
    let mut block = [0; 512];
    let size = part.size.unwrap_or(part.content.len() as u64);
    let mut put = |at: usize, bytes: &[u8]| block[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, &part.name);
    put(100, b"0000644\0");
    put(108, b"0000000\0");
    put(116, b"0000000\0");
    put(124, format!("{size:011o}\0").as_bytes());
    put(136, b"00000000000\0");
    put(148, b"        ");
    put(156, &[part.flag]);
    put(157, &part.target);
    put(257, b"ustar\x0000");
    let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    block
}

/// A gzip stream.
pub fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

/// A zstd stream: one frame of blocks that are stored, or repeat one byte (RFC 8878, section 3.1.1).
pub fn zstd(content: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0x28, 0xB5, 0x2F, 0xFD, 0xA0];
    bytes.extend_from_slice(&u32::try_from(content.len()).unwrap().to_le_bytes());
    let chunks: Vec<&[u8]> = content.chunks(100_000).collect();
    if chunks.is_empty() {
        bytes.extend_from_slice(&[1, 0, 0]);
    }
    for (at, chunk) in chunks.iter().enumerate() {
        let is_last = u32::from(at + 1 == chunks.len());
        let is_repeated = chunk.iter().all(|byte| *byte == chunk[0]);
        let kind = u32::from(is_repeated) << 1;
        let head = u32::try_from(chunk.len()).unwrap() << 3 | kind | is_last;
        bytes.extend_from_slice(&head.to_le_bytes()[..3]);
        bytes.extend_from_slice(if is_repeated { &chunk[..1] } else { chunk });
    }
    bytes
}
