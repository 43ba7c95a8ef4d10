//! Packed streams: whole, several in one, cut off, with something behind them, without end.

use std::io::Read as _;

use mainstay_archives::{ArchiveError, Budget, Limits, Packing, unpack};
use mainstay_testkit::{gzip, zstd};

fn read(packing: Packing, bytes: &[u8]) -> Result<(Vec<u8>, usize), ArchiveError> {
    let budget = Budget::new(Limits { ratio_from: 1 << 19, ..Limits::default() });
    let mut stream = unpack(packing, bytes, &budget);
    let mut plain = Vec::new();
    stream.read_to_end(&mut plain)?;
    Ok((plain, stream.notes().into_list().len()))
}

type Pack = fn(&[u8]) -> Vec<u8>;

const BOTH: [(Packing, Pack); 2] = [(Packing::Gzip, gzip), (Packing::Zstd, zstd)];

#[test]
fn a_stream_is_unpacked() {
    let content: Vec<u8> = (0..300_000_u32).map(|at| at.to_le_bytes()[0]).collect();
    for (packing, pack) in BOTH {
        assert_eq!(read(packing, &pack(&content)), Ok((content.clone(), 0)));
        assert_eq!(read(packing, &pack(b"")), Ok((Vec::new(), 0)));
    }
}

#[test]
fn streams_one_after_another_are_one_content() {
    for (packing, pack) in BOTH {
        let bytes = [pack(b"one "), pack(b"two")].concat();
        assert_eq!(read(packing, &bytes), Ok((b"one two".to_vec(), 0)));
    }
}

#[test]
fn a_skippable_frame_has_no_content() {
    let skipped = [&[0x53, 0x2A, 0x4D, 0x18, 3, 0, 0, 0], b"xyz".as_slice()].concat();
    let bytes = [skipped.clone(), zstd(b"one"), skipped].concat();
    assert_eq!(read(Packing::Zstd, &bytes), Ok((b"one".to_vec(), 0)));
}

#[test]
fn bytes_behind_a_stream_are_noted_and_zeros_are_not() {
    for (packing, pack) in BOTH {
        let zeros = [pack(b"one"), vec![0; 100]].concat();
        assert_eq!(read(packing, &zeros), Ok((b"one".to_vec(), 0)));
        let rest = [pack(b"one"), b"rest".to_vec()].concat();
        assert_eq!(read(packing, &rest), Ok((b"one".to_vec(), 1)));
    }
}

#[test]
fn a_stream_that_is_cut_off_is_an_error() {
    for (packing, pack) in BOTH {
        let bytes = pack(b"some content that is long enough to be cut");
        for end in 1..bytes.len() {
            assert!(read(packing, &bytes[..end]).is_err(), "{packing:?} {end}");
        }
    }
}

#[test]
fn a_bomb_ends_at_the_ratio() {
    for (packing, pack) in BOTH {
        let error = read(packing, &pack(&vec![0; 1 << 20])).unwrap_err();
        assert_eq!(error.to_string(), "more than 200 times larger than packed");
    }
}

#[test]
fn a_stream_ends_at_the_bytes_that_may_be_unpacked() {
    let budget = Budget::new(Limits { unpacked_bytes: 1000, ..Limits::default() });
    let bytes = gzip(&[7; 2000]);
    let mut stream = unpack(Packing::Gzip, &*bytes, &budget);
    let error = ArchiveError::from(stream.read_to_end(&mut Vec::new()).unwrap_err());
    assert_eq!(error.to_string(), "more than 1000 bytes unpacked in all");
}
