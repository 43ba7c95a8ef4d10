//! Wrappings within wrappings, and what grows without end: unknown, and never clean.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a helper of tests fails by panicking, as tests do"
)]

use std::io::Write as _;
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder};
use mainstay_archives::Limits;
use mainstay_modelfiles::Examined;
use mainstay_testkit::mutation::Seed;
use mainstay_testkit::{TarPart, ZipPart, gzip, tar_of, zip_of};

use super::everything::{codes, examined, is_clean};
use super::packed::{PAYLOAD, examined_within, met};
use super::packers::{bzip2, crc32, lz4, lzma, xz, zlib};

/// Something in every wrapping, one in another: eight layers.
fn in_everything(content: &[u8]) -> Vec<u8> {
    let tar = tar_of(&[TarPart::file("w.zip", &zip_of(&[ZipPart::deflated("w.gz", content)]))]);
    bzip2(&xz(&lzma(&lz4(&zlib(&gzip(&tar))))))
}

fn layers(count: usize) -> Vec<u8> {
    (0..count).fold(PAYLOAD.to_vec(), |content, _| gzip(&content))
}

/// Every fixture.
pub fn seeds() -> Vec<Seed> {
    let seed = |name: &str, bytes: Vec<u8>| Seed { name: name.to_owned(), bytes };
    vec![
        seed("everything.bin", in_everything(PAYLOAD)),
        seed("layers.gz", layers(10)),
        seed("fork.zip", fork(2, 2)),
        seed("shared.zip", shared(20)),
    ]
}

fn is_unknown(examined: &Examined) -> bool {
    codes(examined).is_empty() && !examined.gaps.is_empty()
}

/// A zip of zips of zips.
fn fork(width: usize, depth: usize) -> Vec<u8> {
    (0..depth).fold(gzip(b"leaf"), |content, _| {
        let parts: Vec<ZipPart> =
            (0..width).map(|at| ZipPart::stored(&format!("{at}"), &content)).collect();
        zip_of(&parts)
    })
}

/// A zip that lists the same bytes again and again.
fn shared(count: usize) -> Vec<u8> {
    let mut parts = vec![ZipPart::stored("0", &gzip(&[7; 20_000]))];
    for at in 1..count {
        let mut part = parts[0].clone();
        part.central.name = at.to_string().into_bytes();
        part.offset = Some(0);
        (part.data, part.local) = (Vec::new(), part.central.clone());
        part.local.packed = 0;
        part.local.plain = 0;
        parts.push(part);
    }
    zip_of(&parts)
}

/// Zeros that deflate a thousandfold.
fn bomb(length: usize) -> ZipPart {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    for _ in 0..length >> 20 {
        encoder.write_all(&vec![0; 1 << 20]).unwrap();
    }
    let mut part = ZipPart::stored("bomb", &encoder.finish().unwrap());
    for header in [&mut part.local, &mut part.central] {
        (header.method, header.plain) = (8, u32::try_from(length).unwrap());
        header.crc = crc32(&vec![0; length]);
    }
    part
}

#[test]
fn every_wrapping_opens_every_other_one() {
    let limits = Limits { depth: 20, ..Limits::default() };
    let examined = examined_within(limits, "w.bin", &in_everything(&gzip(b"inner")));
    assert!(is_clean(&examined), "{examined:?}");
    assert!(met(&examined, "w.gz", "gzip"));
}

#[test]
fn ten_layers_are_unknown() {
    assert!(is_unknown(&examined("w.gz", &layers(10))));
    assert!(examined("w.gz", &layers(7)).gaps.is_empty());
}

#[test]
fn a_bomb_is_unknown() {
    let limits = Limits { ratio_from: 1 << 20, ..Limits::default() };
    let bytes = zip_of(&[bomb(2 << 20)]);
    assert!(is_unknown(&examined_within(limits, "w.zip", &bytes)));
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(&vec![0; 2 << 20]).unwrap();
    assert!(is_unknown(&examined_within(limits, "w.gz", &encoder.finish().unwrap())));
}

#[test]
fn a_tree_of_archives_ends_at_the_members_and_at_the_bytes() {
    let limits = Limits { members: 50, ..Limits::default() };
    assert!(is_unknown(&examined_within(limits, "w.zip", &fork(8, 3))));
    let limits = Limits { unpacked_bytes: 500, ..Limits::default() };
    let parts: Vec<ZipPart> =
        (0..100).map(|at| ZipPart::deflated(&at.to_string(), &[7; 99])).collect();
    assert!(is_unknown(&examined_within(limits, "w.zip", &zip_of(&parts))));
}

#[test]
fn members_that_share_bytes_are_not_read_a_thousand_times() {
    let bytes = shared(5000);
    let start = Instant::now();
    let examined = examined("w.zip", &bytes);
    assert!(start.elapsed() < Duration::from_secs(20));
    assert!(codes(&examined).contains(&"model-odd-container"));
}

#[test]
fn an_archive_that_holds_its_own_bytes_ends() {
    // The member is the whole zip, itself included: its data begin at the start of the file.
    let mut part = ZipPart::stored("self.zip", &[0; 64]);
    for header in [&mut part.local, &mut part.central] {
        (header.packed, header.plain) = (1 << 20, 1 << 20);
    }
    let bytes = zip_of(&[part.clone(), part]);
    assert!(!is_clean(&examined("w.zip", &bytes)));
}

#[test]
fn memory_comes_back_between_members() {
    let limits = Limits { held_bytes: 100_000, ..Limits::default() };
    let parts: Vec<ZipPart> =
        (0..20).map(|at| ZipPart::deflated(&at.to_string(), &vec![7; 50_000])).collect();
    assert!(is_clean(&examined_within(limits, "w.zip", &zip_of(&parts))));
}
