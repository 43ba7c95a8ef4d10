//! Zips written byte by byte, so that each field can be made to lie.
//!
//! Format: PKWARE APPNOTE 6.3.10.

use std::io::Write as _;

/// One member of a zip, with what its two headers say.
#[derive(Clone, Debug)]
pub struct ZipPart {
    /// The bytes that are stored.
    pub data: Vec<u8>,
    /// What stands in front of them.
    pub local: ZipHeader,
    /// What the directory says.
    pub central: ZipHeader,
    /// The system that made it, and its attributes; `3 << 8` and a mode for Unix.
    pub made_by: u16,
    /// The external attributes.
    pub external: u32,
    /// Where the directory says that it begins, when that is a lie.
    pub offset: Option<u32>,
    /// Whether the directory leaves it out.
    pub hidden: bool,
}

/// What a header says of a member.
#[derive(Clone, Debug)]
pub struct ZipHeader {
    /// Its name.
    pub name: Vec<u8>,
    /// Its flags.
    pub flags: u16,
    /// Its method: 0 stored, 8 deflated.
    pub method: u16,
    /// CRC-32 of the unpacked bytes.
    pub crc: u32,
    /// Its packed size.
    pub packed: u32,
    /// Its unpacked size.
    pub plain: u32,
    /// Its extra fields.
    pub extra: Vec<u8>,
}

impl ZipPart {
    /// A stored member.
    pub fn stored(name: &str, content: &[u8]) -> Self {
        Self::packed(name, 0, content, content.to_vec())
    }

    /// A deflated member.
    pub fn deflated(name: &str, content: &[u8]) -> Self {
        let level = flate2::Compression::default();
        let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), level);
        encoder.write_all(content).unwrap();
        Self::packed(name, 8, content, encoder.finish().unwrap())
    }

    /// A symbolic link, as Info-ZIP writes it.
    pub fn symlink(name: &str, target: &str) -> Self {
        let mut part = Self::stored(name, target.as_bytes());
        part.made_by = 3 << 8;
        part.external = 0o120_777 << 16;
        part
    }

    fn packed(name: &str, method: u16, content: &[u8], data: Vec<u8>) -> Self {
        let mut crc = flate2::Crc::new();
        crc.update(content);
        let header = ZipHeader {
            name: name.as_bytes().to_vec(),
            flags: 0,
            method,
            crc: crc.sum(),
            packed: u32::try_from(data.len()).unwrap(),
            plain: u32::try_from(content.len()).unwrap(),
            extra: Vec::new(),
        };
        let (local, central) = (header.clone(), header);
        Self { data, local, central, made_by: 0, external: 0, offset: None, hidden: false }
    }

    /// Moves the sizes that the directory gives into its 64-bit field.
    #[must_use]
    pub fn with_long_sizes(mut self) -> Self {
        let header = &mut self.central;
        header.extra.extend_from_slice(&1_u16.to_le_bytes());
        header.extra.extend_from_slice(&16_u16.to_le_bytes());
        header.extra.extend_from_slice(&u64::from(header.plain).to_le_bytes());
        header.extra.extend_from_slice(&u64::from(header.packed).to_le_bytes());
        (header.plain, header.packed) = (u32::MAX, u32::MAX);
        self
    }
}

/// A zip of these members.
pub fn zip_of(parts: &[ZipPart]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut directory = Vec::new();
    let mut listed = 0_u16;
    for part in parts {
        let at = u32::try_from(bytes.len()).unwrap();
        bytes.extend_from_slice(b"PK\x03\x04\x14\0");
        header(&mut bytes, &part.local);
        lengths(&mut bytes, &part.local);
        bytes.extend_from_slice(&part.local.name);
        bytes.extend_from_slice(&part.local.extra);
        bytes.extend_from_slice(&part.data);
        if part.hidden {
            continue;
        }
        listed += 1;
        directory.extend_from_slice(b"PK\x01\x02");
        directory.extend_from_slice(&part.made_by.to_le_bytes());
        directory.extend_from_slice(&[0x14, 0]);
        header(&mut directory, &part.central);
        lengths(&mut directory, &part.central);
        directory.extend_from_slice(&[0; 6]);
        directory.extend_from_slice(&part.external.to_le_bytes());
        directory.extend_from_slice(&part.offset.unwrap_or(at).to_le_bytes());
        directory.extend_from_slice(&part.central.name);
        directory.extend_from_slice(&part.central.extra);
    }
    let (size, offset) = (u32::try_from(directory.len()), u32::try_from(bytes.len()));
    bytes.extend_from_slice(&directory);
    bytes.extend_from_slice(b"PK\x05\x06\0\0\0\0");
    bytes.extend_from_slice(&listed.to_le_bytes());
    bytes.extend_from_slice(&listed.to_le_bytes());
    bytes.extend_from_slice(&size.unwrap().to_le_bytes());
    bytes.extend_from_slice(&offset.unwrap().to_le_bytes());
    bytes.extend_from_slice(&[0, 0]);
    bytes
}

fn header(bytes: &mut Vec<u8>, header: &ZipHeader) {
    bytes.extend_from_slice(&header.flags.to_le_bytes());
    bytes.extend_from_slice(&header.method.to_le_bytes());
    bytes.extend_from_slice(&[0; 4]);
    bytes.extend_from_slice(&header.crc.to_le_bytes());
    bytes.extend_from_slice(&header.packed.to_le_bytes());
    bytes.extend_from_slice(&header.plain.to_le_bytes());
}

fn lengths(bytes: &mut Vec<u8>, header: &ZipHeader) {
    let length = |part: &[u8]| u16::try_from(part.len()).unwrap().to_le_bytes();
    bytes.extend_from_slice(&length(&header.name));
    bytes.extend_from_slice(&length(&header.extra));
}
