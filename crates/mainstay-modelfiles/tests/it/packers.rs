//! Packed streams written byte by byte, of those formats that no library here packs.

#![expect(clippy::indexing_slicing, reason = "a helper of tests fails by panicking, as tests do")]

use std::io::Write as _;

use flate2::Crc;

/// A zlib stream.
pub fn zlib(content: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    let _ = encoder.write_all(content);
    encoder.finish().unwrap_or_default()
}

/// joblib's old container.
pub fn zf(content: &[u8]) -> Vec<u8> {
    let mut bytes = format!("ZF{:<19}", format!("{:#x}", content.len())).into_bytes();
    bytes.extend(zlib(content));
    bytes
}

/// A bzip2 stream.
pub fn bzip2(content: &[u8]) -> Vec<u8> {
    let mut encoder = ::bzip2::write::BzEncoder::new(Vec::new(), ::bzip2::Compression::default());
    let _ = encoder.write_all(content);
    encoder.finish().unwrap_or_default()
}

/// An LZ4 frame.
pub fn lz4(content: &[u8]) -> Vec<u8> {
    let mut encoder = lz4_flex::frame::FrameEncoder::new(Vec::new());
    let _ = encoder.write_all(content);
    encoder.finish().unwrap_or_default()
}

/// CRC-32.
pub fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = Crc::new();
    crc.update(bytes);
    crc.sum()
}

/// LZMA2 chunks that are stored (The .xz File Format, section 5.3.1).
pub fn lzma2(content: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (at, chunk) in content.chunks(1 << 16).enumerate() {
        bytes.push(if at == 0 { 1 } else { 2 });
        bytes.extend(u16::try_from(chunk.len() - 1).unwrap_or_default().to_be_bytes());
        bytes.extend_from_slice(chunk);
    }
    bytes.push(0);
    bytes
}

/// An xz stream of one block, with CRC-32 as its check.
pub fn xz(content: &[u8]) -> Vec<u8> {
    let with_crc = |mut bytes: Vec<u8>| {
        let crc = crc32(&bytes);
        bytes.extend(crc.to_le_bytes());
        bytes
    };
    let mut stream = b"\xFD7zXZ\0".to_vec();
    stream.extend(with_crc(vec![0, 1]));
    // The header of the block: 12 bytes with its checksum; LZMA2 with a dictionary of 1 MiB.
    let mut block = with_crc(vec![2, 0, 0x21, 1, 16, 0, 0, 0]);
    block.extend(lzma2(content));
    let unpadded = block.len() + 4;
    block.resize(block.len().next_multiple_of(4), 0);
    block.extend(crc32(content).to_le_bytes());
    stream.extend(block);
    let mut index = vec![0, 1];
    for mut number in [unpadded, content.len()] {
        while number >= 0x80 {
            index.push(u8::try_from(number & 0x7F).unwrap_or_default() | 0x80);
            number >>= 7;
        }
        index.push(u8::try_from(number).unwrap_or_default());
    }
    index.resize(index.len().next_multiple_of(4), 0);
    let index = with_crc(index);
    let backward = u32::try_from(index.len() / 4 - 1).unwrap_or_default().to_le_bytes();
    stream.extend(index);
    let footer = [&backward[..], &[0, 1]].concat();
    stream.extend(crc32(&footer).to_le_bytes());
    stream.extend(footer);
    stream.extend(b"YZ");
    stream
}

/// An LZMA stream of literals, of known length (LZMA specification, "The range encoder").
pub fn lzma(content: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0x5D, 0, 0, 0x80, 0];
    bytes.extend((content.len() as u64).to_le_bytes());
    bytes.extend(lzma_raw(content));
    bytes
}

/// What follows the header: `lc` 3, `lp` 0, `pb` 2, every byte a literal.
pub fn lzma_raw(content: &[u8]) -> Vec<u8> {
    let mut encoder = RangeEncoder::new();
    let mut is_match = [1024_u16; 4];
    let mut literals = vec![1024_u16; 8 * 0x300];
    let mut before = 0_u8;
    for (at, byte) in content.iter().enumerate() {
        encoder.bit(&mut is_match[at & 3], 0);
        let base = usize::from(before >> 5) * 0x300;
        let mut symbol = 1_usize;
        for shift in (0..8).rev() {
            let bit = u32::from(byte >> shift & 1);
            encoder.bit(&mut literals[base + symbol], bit);
            symbol = symbol << 1 | bit as usize;
        }
        before = *byte;
    }
    encoder.finish()
}

struct RangeEncoder {
    low: u64,
    range: u32,
    cache: u8,
    waiting: u64,
    bytes: Vec<u8>,
}

impl RangeEncoder {
    fn new() -> Self {
        Self { low: 0, range: u32::MAX, cache: 0, waiting: 1, bytes: Vec::new() }
    }

    fn bit(&mut self, probability: &mut u16, bit: u32) {
        let bound = (self.range >> 11) * u32::from(*probability);
        if bit == 0 {
            self.range = bound;
            *probability += (2048 - *probability) >> 5;
        } else {
            self.low += u64::from(bound);
            self.range -= bound;
            *probability -= *probability >> 5;
        }
        while self.range < 1 << 24 {
            self.range <<= 8;
            self.shift();
        }
    }

    fn shift(&mut self) {
        if self.low < 0xFF00_0000 || self.low > 0xFFFF_FFFF {
            let carry = u8::try_from(self.low >> 32).unwrap_or_default();
            let mut byte = self.cache;
            while self.waiting > 0 {
                self.bytes.push(byte.wrapping_add(carry));
                byte = 0xFF;
                self.waiting -= 1;
            }
            self.cache = u8::try_from(self.low >> 24 & 0xFF).unwrap_or_default();
        }
        self.waiting += 1;
        self.low = (self.low & 0x00FF_FFFF) << 8;
    }

    fn finish(mut self) -> Vec<u8> {
        for _ in 0..5 {
            self.shift();
        }
        self.bytes
    }
}
