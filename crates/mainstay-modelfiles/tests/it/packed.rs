//! Packed streams: gzip, zlib, bzip2, xz, LZMA, zstd, LZ4, joblib's ZF.

use mainstay_archives::{Budget, Limits};
use mainstay_modelfiles::{Detail, Examined, ModelFile, examine_as, role_of};
use mainstay_reading::NothingNearby;
use mainstay_testkit::mutation::Seed;
use mainstay_testkit::{gzip, zstd};

use super::everything::{codes, examined, is_clean};
use super::packers::{bzip2, lz4, lzma, xz, zf, zlib};

type Pack = fn(&[u8]) -> Vec<u8>;

/// Every packing: the id of its format, and how it packs.
const PACKINGS: [(&str, Pack); 8] = [
    ("gzip", gzip),
    ("zlib", zlib),
    ("bzip2", bzip2),
    ("xz", xz),
    ("lzma", lzma),
    ("zstd", zstd),
    ("lz4", lz4),
    ("joblib-zf", zf),
];

/// Every fixture.
pub fn seeds() -> Vec<Seed> {
    let content = gzip(PAYLOAD);
    let mut seeds = Vec::new();
    for (format, pack) in PACKINGS {
        let mut add = |name: &str, bytes: Vec<u8>| {
            seeds.push(Seed { name: format!("{format}-{name}"), bytes });
        };
        add("whole", pack(&content));
        add("followed", [pack(&content), content.clone()].concat());
        add("twice", pack(&pack(&content)));
    }
    seeds
}

/// A pickle that would print a word.
pub const PAYLOAD: &[u8] = b"cos\nsystem\n(S'echo inert'\ntR.";

/// The formats that were met, with the members that they are of.
pub fn formats(examined: &Examined) -> Vec<(String, &'static str)> {
    let formats = &examined.description.formats;
    formats
        .iter()
        .map(|(place, format)| (place.member.as_deref().unwrap_or("").to_owned(), *format))
        .collect()
}

/// Whether something of this format was met under a member whose path ends so.
pub fn met(examined: &Examined, ending: &str, format: &str) -> bool {
    formats(examined).iter().any(|(member, met)| member.ends_with(ending) && *met == format)
}

/// Examines with limits of one's own.
pub fn examined_within(limits: Limits, name: &str, bytes: &[u8]) -> Examined {
    let budget = Budget::new(limits);
    let file = ModelFile {
        name,
        bytes,
        nearby: &NothingNearby,
        is_for_others: |_| false,
        budget: &budget,
    };
    examine_as(&file, Detail::Described)
}

/// Bytes that no packer makes smaller, so that every packing has to say them.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 1_u32;
    let step = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    };
    std::iter::repeat_with(step).take(length).collect()
}

#[test]
fn what_a_stream_holds_is_examined() {
    for (format, pack) in PACKINGS {
        let examined = examined("w.bin", &pack(&gzip(b"inner")));
        assert_eq!(examined.format, Some(format));
        assert!(met(&examined, "w.bin", "gzip"), "{format}: {:?}", formats(&examined));
        assert!(is_clean(&examined), "{format}: {examined:?}");
    }
}

#[test]
fn a_large_stream_is_told_by_its_first_bytes_and_read_to_its_end() {
    for (format, pack) in PACKINGS {
        let bytes = pack(&noise(300_000));
        assert!(role_of("x", &bytes[..4096], bytes.len() as u64).is_some(), "{format}");
        assert!(is_clean(&examined("x", &bytes)), "{format}");
    }
}

#[test]
fn the_content_has_the_name_without_the_ending_of_the_packing() {
    let examined = examined("w.tar.gz", &gzip(&gzip(b"")));
    assert_eq!(formats(&examined)[1].0, "w.tar");
}

#[test]
fn bytes_behind_a_stream_are_odd_and_examined() {
    for (format, pack) in PACKINGS {
        let behind = if format == "gzip" { bzip2(b"more") } else { gzip(b"more") };
        let examined = examined("w.bin", &[pack(b"content"), behind].concat());
        assert_eq!(codes(&examined), ["model-odd-container"], "{format}");
        assert_eq!(formats(&examined).len(), 2, "{format}: {:?}", formats(&examined));
    }
}

#[test]
fn zeros_behind_a_stream_fill_up_a_block() {
    for (format, pack) in PACKINGS {
        let examined = examined("w.bin", &[pack(b"content"), vec![0; 512]].concat());
        assert!(is_clean(&examined), "{format}: {examined:?}");
    }
}

#[test]
fn a_stream_that_is_cut_off_is_malformed_and_its_beginning_is_examined() {
    for (format, pack) in PACKINGS {
        let inner = [gzip(b"inner"), noise(300_000)].concat();
        let whole = pack(&inner);
        let examined = examined("w.bin", &whole[..whole.len() - 30_000]);
        assert_eq!(codes(&examined), ["model-malformed"], "{format}");
        // A block of bzip2 has 900,000 bytes, one of LZ4 up to 4 MiB, and a frame of zstd is held
        // back up to its window.
        let holds_back = ["bzip2", "lz4", "zstd"].contains(&format);
        assert!(holds_back || met(&examined, "w.bin", "gzip"), "{format}");
    }
}

#[test]
fn streams_one_after_another_are_one_content() {
    let inner = gzip(b"inner");
    let (one, two) = inner.split_at(7);
    for (format, pack) in PACKINGS {
        let goes_on = !["zlib", "lzma", "joblib-zf"].contains(&format);
        let examined = examined("w.bin", &[pack(one), pack(two)].concat());
        let is_one = is_clean(&examined) && met(&examined, "w.bin", "gzip");
        assert_eq!(is_one, goes_on, "{format}: {examined:?}");
    }
}

#[test]
fn zeros_that_pack_too_well_are_a_gap_and_no_danger() {
    for (format, pack) in PACKINGS {
        if ["xz", "lzma", "lz4"].contains(&format) {
            continue; // What is packed here does not become small enough.
        }
        let limits = Limits { ratio_from: 1 << 20, ratio: 50, ..Limits::default() };
        let examined = examined_within(limits, "w.bin", &pack(&vec![0; 4 << 20]));
        assert_eq!((codes(&examined).len(), examined.gaps.len()), (0, 1), "{format}: {examined:?}");
    }
}

#[test]
fn a_stream_past_the_memory_is_a_gap_and_its_beginning_is_examined() {
    for (format, pack) in PACKINGS {
        let limits = Limits { held_bytes: 100_000, ..Limits::default() };
        let content = [gzip(b"inner"), noise(400_000)].concat();
        let examined = examined_within(limits, "w.bin", &pack(&content));
        assert!(codes(&examined).is_empty() && !examined.gaps.is_empty(), "{format}: {examined:?}");
        assert!(format == "bzip2" || met(&examined, "w.bin", "gzip"), "{format}");
    }
}

#[test]
fn text_that_begins_like_zlib_is_no_zlib() {
    for text in ["x^2 + y^2 = z^2\n", "X\tY\tZ\n1\t2\t3\n", "H\r\nhello", "hC", "8\x11"] {
        for repeated in [1, 40] {
            let text = text.repeat(repeated);
            assert!(role_of("x.txt", text.as_bytes(), text.len() as u64).is_none(), "{text}");
        }
    }
}

#[test]
fn numbers_that_begin_like_lzma_are_no_lzma() {
    let mut zeros = vec![0; 4096];
    zeros[3] = 0x40;
    assert!(role_of("x", &zeros, 4096).is_none());
    let ones: Vec<u8> = std::iter::repeat_n(1.0_f32.to_le_bytes(), 1000).flatten().collect();
    assert!(role_of("x", &ones, 4000).is_none());
}

#[test]
fn a_length_of_zf_that_is_not_that_of_the_content_is_malformed() {
    let mut bytes = zf(b"content");
    bytes[4] = b'9';
    assert_eq!(codes(&examined("w.z", &bytes)), ["model-malformed"]);
}

#[test]
fn a_packed_stream_is_no_disguise_under_the_names_that_joblib_gives() {
    for (format, pack) in PACKINGS {
        if format != "zstd" {
            assert!(is_clean(&examined("w.joblib", &pack(b"content"))), "{format}");
        }
    }
}

#[test]
fn what_is_held_at_once_has_a_limit_that_is_told() {
    let limits = Limits { held_bytes: 1_000, ..Limits::default() };
    for (format, pack) in PACKINGS {
        let found = examined_within(limits, "w.bin", &pack(&noise(5_000)));
        assert!(!found.gaps.is_empty(), "{format}: {found:?}");
        let small = examined_within(limits, "w.bin", &pack(&noise(200)));
        assert!(is_clean(&small), "{format}: {small:?}");
    }
}
