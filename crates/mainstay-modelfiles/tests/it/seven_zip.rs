//! 7z: what a packer writes, and what it does not.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a helper of tests fails by panicking, as tests do"
)]

use mainstay_testkit::gzip;
use mainstay_testkit::mutation::Seed;

use super::everything::{codes, examined, is_clean};
use super::packed::{PAYLOAD, examined_within, met};
use super::packers::{bzip2, crc32, lzma_raw, lzma2};

/// A coder: its id with its flags before it, and its properties with their length before them.
const COPY: &[u8] = &[0x01, 0x00];
const LZMA2: &[u8] = &[0x21, 0x21, 1, 24];
const LZMA: &[u8] = &[0x23, 3, 1, 1, 5, 0x5D, 0, 0, 0x80, 0];
const BZIP2: &[u8] = &[0x03, 4, 2, 2];
const PPMD: &[u8] = &[0x23, 3, 4, 1, 5, 6, 0, 0, 0, 1];

/// A number of two bytes.
fn number(value: usize) -> [u8; 3] {
    let [low, high] = u16::try_from(value).unwrap().to_le_bytes();
    [0xC0, low, high]
}

/// The description of one folder of one coder.
fn streams(coder: &[u8], packed: &[u8], plain: usize, files: &[usize]) -> Vec<u8> {
    let mut bytes = vec![6, 0, 1, 9];
    bytes.extend(number(packed.len()));
    bytes.extend([0, 7, 0x0B, 1, 0, 1]);
    bytes.extend(coder);
    bytes.push(0x0C);
    bytes.extend(number(plain));
    bytes.push(0);
    if !files.is_empty() {
        bytes.extend([8, 0x0D]);
        bytes.extend(number(files.len()));
        bytes.push(9);
        for size in &files[1..] {
            bytes.extend(number(*size));
        }
        bytes.push(0);
    }
    bytes.push(0);
    bytes
}

fn header(coder: &[u8], packed: &[u8], files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut sizes: Vec<usize> = files.iter().map(|(_, content)| content.len()).collect();
    sizes.rotate_right(1);
    let plain = sizes.iter().sum();
    let mut bytes = vec![1, 4];
    bytes.extend(streams(coder, packed, plain, &sizes));
    bytes.push(5);
    bytes.extend(number(files.len()));
    let mut names = vec![0];
    for (name, _) in files {
        names.extend(name.encode_utf16().chain([0]).flat_map(u16::to_le_bytes));
    }
    bytes.push(0x11);
    bytes.extend(number(names.len()));
    bytes.extend(names);
    bytes.extend([0, 0]);
    bytes
}

fn archive(packed: &[u8], header: &[u8]) -> Vec<u8> {
    let mut start = (packed.len() as u64).to_le_bytes().to_vec();
    start.extend((header.len() as u64).to_le_bytes());
    start.extend(crc32(header).to_le_bytes());
    let mut bytes = b"7z\xBC\xAF\x27\x1C\0\x04".to_vec();
    bytes.extend(crc32(&start).to_le_bytes());
    bytes.extend(start);
    bytes.extend(packed);
    bytes.extend(header);
    bytes
}

fn seven_zip(coder: &[u8], pack: impl Fn(&[u8]) -> Vec<u8>, files: &[(&str, &[u8])]) -> Vec<u8> {
    let content: Vec<u8> = files.iter().flat_map(|(_, content)| content.to_vec()).collect();
    let packed = pack(&content);
    archive(&packed, &header(coder, &packed, files))
}

fn plain(coder: &[u8], pack: impl Fn(&[u8]) -> Vec<u8>) -> Vec<u8> {
    seven_zip(coder, pack, &[("a/first", b"first"), ("a/data.bin", &gzip(b"inner"))])
}

/// An archive whose header is packed.
fn encoded() -> Vec<u8> {
    let content = gzip(b"inner");
    let inner = header(COPY, &content, &[("data.bin", &content)]);
    let packed = lzma2(&inner);
    let mut outer = vec![0x17, 6];
    outer.extend(number(content.len()));
    outer.extend(&streams(LZMA2, &packed, inner.len(), &[])[2..]);
    archive(&[content, packed].concat(), &outer)
}

/// Every fixture.
pub fn seeds() -> Vec<Seed> {
    let seed = |name: &str, bytes: Vec<u8>| Seed { name: name.to_owned(), bytes };
    vec![
        seed("copy.7z", plain(COPY, <[u8]>::to_vec)),
        seed("lzma2.7z", plain(LZMA2, lzma2)),
        seed("lzma.pt", seven_zip(LZMA, lzma_raw, &[("data.pkl", PAYLOAD)])),
        seed("bzip2.7z", plain(BZIP2, bzip2)),
        seed("encoded.7z", encoded()),
    ]
}

#[test]
fn the_files_of_a_7z_are_examined() {
    for bytes in [
        plain(COPY, <[u8]>::to_vec),
        plain(LZMA2, lzma2),
        plain(LZMA, lzma_raw),
        plain(BZIP2, bzip2),
    ] {
        let examined = examined("w.7z", &bytes);
        assert!(is_clean(&examined), "{examined:?}");
        assert!(met(&examined, "a/data.bin", "gzip"));
    }
}

#[test]
fn a_header_that_is_packed_is_read() {
    let examined = examined("w.7z", &encoded());
    assert!(is_clean(&examined), "{examined:?}");
    assert!(met(&examined, "data.bin", "gzip"));
}

#[test]
fn a_coder_that_is_not_read_is_a_gap_with_its_name() {
    let examined = examined("w.7z", &plain(PPMD, |_| vec![1, 2, 3]));
    assert_eq!(codes(&examined).len(), 0);
    assert!(examined.gaps[0].reason.contains("PPMd"), "{:?}", examined.gaps);
}

#[test]
fn a_7z_under_the_name_of_a_checkpoint_is_disguised() {
    assert_eq!(codes(&examined("w.pt", &encoded())), ["model-disguised"]);
}

#[test]
fn a_7z_that_is_cut_off_is_malformed() {
    let bytes = plain(COPY, <[u8]>::to_vec);
    assert_eq!(codes(&examined("w.7z", &bytes[..bytes.len() - 5])), ["model-malformed"]);
}

#[test]
fn packed_data_that_end_early_are_malformed_and_their_beginning_is_examined() {
    let content = [gzip(b"inner"), vec![7; 1000]].concat();
    let packed = lzma2(&content[..500]);
    let bytes = archive(&packed, &header(LZMA2, &packed, &[("data.bin", &content)]));
    let examined = examined("w.7z", &bytes);
    assert_eq!(codes(&examined), ["model-malformed"]);
    assert!(met(&examined, "data.bin", "gzip"));
}

#[test]
fn a_checksum_of_the_header_that_lies_is_malformed_and_hides_nothing() {
    let mut bytes = plain(COPY, <[u8]>::to_vec);
    bytes[28] ^= 1;
    let examined = examined("w.7z", &bytes);
    assert_eq!(codes(&examined), ["model-malformed"]);
    assert!(met(&examined, "a/data.bin", "gzip"));
}

#[test]
fn what_follows_a_7z_is_odd_and_examined() {
    let examined = examined("w.7z", &[encoded(), bzip2(b"behind")].concat());
    assert_eq!(codes(&examined), ["model-odd-container"]);
    assert!(met(&examined, "", "bzip2"));
}

#[test]
fn a_path_that_leads_out_of_a_7z_is_odd() {
    let bytes = seven_zip(COPY, <[u8]>::to_vec, &[("../x", b"x")]);
    assert_eq!(codes(&examined("w.7z", &bytes)), ["model-odd-container"]);
}

#[test]
fn a_7z_past_the_memory_is_a_gap() {
    let limits = mainstay_archives::Limits { held_bytes: 1000, ..Default::default() };
    let bytes = seven_zip(COPY, <[u8]>::to_vec, &[("x", &[7; 5000])]);
    let examined = examined_within(limits, "w.7z", &bytes);
    assert!(codes(&examined).is_empty() && !examined.gaps.is_empty());
}
