//! zip: what an honest packer writes, and what makes two readers see two things.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a helper of tests fails by panicking, as tests do"
)]

use mainstay_modelfiles::Examined;
use mainstay_testkit::mutation::Seed;
use mainstay_testkit::{ZipPart, gzip, zip_of};

use super::everything::{codes, examined, is_clean};
use super::packed::{PAYLOAD, formats, met};
use super::packers::{bzip2, crc32, lzma_raw, xz};

/// A zip as `torch.save` writes it: stored, aligned to 64 bytes by an extra field, sizes behind the
/// data, 64-bit end record.
pub fn torch_zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut directory = Vec::new();
    for (name, content) in members {
        let at = bytes.len();
        let (crc, size) = (crc32(content), content.len() as u64);
        let length = u16::try_from(name.len()).unwrap_or_default().to_le_bytes();
        bytes.extend(b"PK\x03\x04\0\0\x08\x08\0\0\0\0\0\0");
        bytes.extend([0; 12]);
        bytes.extend(length);
        let padding = 64 - (bytes.len() + 2 + name.len() + 4) % 64;
        let padding = u16::try_from(padding).unwrap_or_default();
        bytes.extend((padding + 4).to_le_bytes());
        bytes.extend(name.as_bytes());
        bytes.extend(b"FB");
        bytes.extend(padding.to_le_bytes());
        bytes.extend(vec![b'Z'; usize::from(padding)]);
        bytes.extend(*content);
        bytes.extend(b"PK\x07\x08");
        bytes.extend(crc.to_le_bytes());
        bytes.extend([size.to_le_bytes(), size.to_le_bytes()].concat());
        directory.extend(b"PK\x01\x02\0\0\0\0\x08\x08\0\0\0\0\0\0");
        directory.extend(crc.to_le_bytes());
        directory.extend([0xFF; 8]);
        directory.extend(length);
        directory.extend([28, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF]);
        directory.extend(name.as_bytes());
        directory.extend([1, 0, 24, 0]);
        directory.extend([size, size, at as u64].map(u64::to_le_bytes).concat());
    }
    let (at, size, count) = (bytes.len() as u64, directory.len() as u64, members.len() as u64);
    bytes.extend(directory);
    let end_at = bytes.len() as u64;
    bytes.extend(b"PK\x06\x06");
    bytes.extend(44_u64.to_le_bytes());
    bytes.extend([0x1E, 3, 0x2D, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    bytes.extend([count, count, size, at].map(u64::to_le_bytes).concat());
    bytes.extend(b"PK\x06\x07\0\0\0\0");
    bytes.extend(end_at.to_le_bytes());
    bytes.extend([1, 0, 0, 0]);
    bytes.extend(b"PK\x05\x06\0\0\0\0");
    bytes.extend([u16::try_from(count).unwrap_or_default().to_le_bytes(); 2].concat());
    bytes.extend(u32::try_from(size).unwrap_or_default().to_le_bytes());
    bytes.extend([0xFF, 0xFF, 0xFF, 0xFF, 0, 0]);
    bytes
}

/// A pickle of an empty dictionary.
pub const EMPTY: &[u8] = b"\x80\x02}q\0.";

fn honest() -> Vec<u8> {
    torch_zip(&[
        ("archive/data.pkl", EMPTY),
        ("archive/byteorder", b"little"),
        ("archive/data/0", &[0x3F; 200]),
        ("archive/version", b"3\n"),
        ("archive/.data/serialization_id", b"0123456789"),
    ])
}

/// A zip whose one member is a gzip stream, so that it is seen whether somebody looked.
fn one(change: impl FnOnce(&mut ZipPart)) -> Vec<u8> {
    let mut part = ZipPart::stored("a/data.bin", &gzip(b"inner"));
    change(&mut part);
    zip_of(&[ZipPart::stored("a/first", b"first"), part, ZipPart::stored("a/last", b"last")])
}

fn plain() -> Vec<u8> {
    one(|_| {})
}

fn hidden() -> Vec<u8> {
    one(|part| part.hidden = true)
}

/// Two directories: Python computes the place of the second, miniz believes the offset of the first.
fn two_directories() -> Vec<u8> {
    let mut bytes = plain();
    let end = bytes.len() - 22;
    let offset = u32::from_le_bytes(bytes[end + 16..end + 20].try_into().unwrap()) as usize;
    let first = bytes[offset..end].to_vec();
    let at = first.windows(4).position(|window| window == b"last").unwrap();
    let mut second = first.clone();
    second[at..at + 4].copy_from_slice(b"evil");
    bytes.splice(end..end, second);
    bytes
}

/// Every fixture.
pub fn seeds() -> Vec<Seed> {
    let seed = |name: &str, bytes: Vec<u8>| Seed { name: name.to_owned(), bytes };
    vec![
        seed("honest.pt", honest()),
        seed("payload.pt", torch_zip(&[("archive/data.pkl", PAYLOAD), ("archive/version", b"3")])),
        seed("plain.zip", plain()),
        seed("hidden.zip", hidden()),
        seed("two.zip", two_directories()),
        seed("before.zip", [gzip(b"before"), plain()].concat()),
        seed("behind.zip", [plain(), gzip(b"behind")].concat()),
        seed("deflated.npz", zip_of(&[ZipPart::deflated("a.npy", &gzip(b"inner"))])),
        seed("bzip2.npz", packed_by(12, bzip2)),
        seed("lzma.npz", packed_by(14, lzma)),
        seed("xz.npz", packed_by(95, xz)),
        seed("later.zip", later_sizes()),
    ]
}

fn lzma(content: &[u8]) -> Vec<u8> {
    [&[9, 20, 5, 0, 0x5D, 0, 0, 0x80, 0], &*lzma_raw(content)].concat()
}

fn packed_by(method: u16, pack: impl Fn(&[u8]) -> Vec<u8>) -> Vec<u8> {
    one(|part| {
        part.data = pack(&part.data);
        for header in [&mut part.local, &mut part.central] {
            header.method = method;
            header.packed = u32::try_from(part.data.len()).unwrap();
        }
    })
}

/// A deflated member whose sizes stand behind it only, in no directory.
fn later_sizes() -> Vec<u8> {
    let mut part = ZipPart::deflated("a/data.bin", &gzip(b"inner"));
    part.local.flags = 8;
    (part.local.crc, part.local.packed, part.local.plain) = (0, 0, 0);
    part.hidden = true;
    zip_of(&[part, ZipPart::stored("last", b"last")])
}

/// What is said of a zip in which the member must be seen.
fn seen(bytes: &[u8]) -> Examined {
    let examined = examined("w.zip", bytes);
    assert!(met(&examined, "", "gzip"), "{:?} {:?}", formats(&examined), codes(&examined));
    examined
}

fn odd(bytes: &[u8]) -> Vec<(String, Option<&'static str>)> {
    let examined = seen(bytes);
    assert!(codes(&examined).iter().all(|code| *code == "model-odd-container"), "{examined:?}");
    examined.dangers.into_iter().map(|danger| (danger.message, danger.advisory)).collect()
}

#[test]
fn what_torch_save_writes_is_clean() {
    let examined = examined("w.pt", &honest());
    assert!(is_clean(&examined), "{examined:?}");
    assert!(met(&examined, "", "torch-zip"));
}

#[test]
fn every_member_of_an_honest_zip_is_examined_whatever_its_name() {
    assert!(is_clean(&seen(&plain())));
    assert!(is_clean(&seen(&zip_of(&[ZipPart::deflated("x", &gzip(b"inner"))]))));
}

#[test]
fn members_of_every_method_that_python_reads_are_examined() {
    assert!(is_clean(&seen(&packed_by(12, bzip2))));
    assert!(is_clean(&seen(&packed_by(14, lzma))));
    assert!(is_clean(&seen(&packed_by(95, xz))));
    assert!(is_clean(&seen(&packed_by(93, mainstay_testkit::zstd))));
}

#[test]
fn a_method_that_is_not_read_is_a_gap_that_names_it() {
    let examined = examined("w.zip", &packed_by(98, |_| b"packed".to_vec()));
    assert_eq!(codes(&examined).len(), 0);
    assert!(examined.gaps[0].reason.contains("PPMd"), "{:?}", examined.gaps);
}

#[test]
fn a_name_that_differs_in_front_of_a_member_is_odd() {
    let found = odd(&one(|part| part.local.name = b"a/data.pkl".to_vec()));
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].1, Some("CVE-2025-1944"));
}

#[test]
fn a_flag_that_says_encrypted_hides_no_member() {
    let both = odd(&one(|part| (part.local.flags, part.central.flags) = (1, 1)));
    assert_eq!(both[0].1, Some("CVE-2025-1945"));
    assert_eq!(odd(&one(|part| part.central.flags = 1)).len(), 2);
    assert_eq!(odd(&one(|part| part.central.flags = 0x20)).len(), 1);
}

#[test]
fn what_is_truly_encrypted_is_a_gap() {
    let bytes = one(|part| {
        part.data = vec![0xA5; 100];
        for header in [&mut part.local, &mut part.central] {
            header.flags = 1;
            (header.packed, header.plain) = (100, 88);
        }
    });
    assert_eq!(examined("w.zip", &bytes).gaps[0].reason, "it is encrypted");
}

#[test]
fn a_checksum_that_lies_hides_no_member() {
    let found = odd(&one(|part| (part.local.crc, part.central.crc) = (7, 7)));
    assert_eq!((found.len(), found[0].1), (1, Some("CVE-2025-10156")));
    assert_eq!(odd(&one(|part| part.central.crc = 7)).len(), 2);
}

#[test]
fn a_member_that_no_directory_lists_is_odd_and_examined() {
    let found = odd(&hidden());
    assert_eq!(found.len(), 1);
    assert!(found[0].0.contains("is not in the directory"), "{found:?}");
}

#[test]
fn a_hidden_member_whose_sizes_stand_behind_it_is_examined() {
    assert_eq!(odd(&later_sizes()).len(), 1);
}

#[test]
fn a_member_that_is_there_twice_is_examined_twice() {
    let part = |content: &[u8]| ZipPart::stored("a/data.bin", content);
    let found = odd(&zip_of(&[part(b"harmless"), part(&gzip(b"inner"))]));
    assert!(found[0].0.contains("is there twice"), "{found:?}");
}

#[test]
fn bytes_before_and_behind_a_zip_are_odd_and_examined() {
    let before = examined("w.zip", &[bzip2(b"before"), plain()].concat());
    assert!(met(&before, "", "bzip2"));
    let zip = zip_of(&[ZipPart::stored("a", b"a")]);
    let found = odd(&[zip.clone(), gzip(b"behind")].concat());
    assert!(found[0].0.contains("follow behind the end of the zip"), "{found:?}");
    // What makes nobody see it as a zip at its beginning.
    let found = odd(&[b"\x01\x02\x03".to_vec(), zip, gzip(b"x")].concat());
    assert_eq!(found.len(), 2);
}

#[test]
fn a_zip_behind_a_file_of_another_format_is_odd_and_examined() {
    let examined = examined("w.bin", &[PREFIX, &plain()].concat());
    assert!(codes(&examined).contains(&"model-odd-container"));
    assert!(met(&examined, "a/data.bin", "gzip"));
}

const PREFIX: &[u8] = b"some other file";

#[test]
fn a_program_that_unpacks_itself_is_a_zip_that_is_not_odd() {
    assert!(is_clean(&seen(&[b"#!/usr/bin/env python3\n".to_vec(), plain()].concat())));
}

#[test]
fn a_name_in_an_old_code_page_is_not_odd() {
    let mut part = ZipPart::stored("x", &gzip(b"inner"));
    part.local.name = b"gr\x94\xE1e".to_vec();
    part.central.name.clone_from(&part.local.name);
    assert!(is_clean(&seen(&zip_of(&[part.clone()]))));
    (part.local.flags, part.central.flags) = (1 << 11, 1 << 11);
    assert!(!odd(&zip_of(&[part])).is_empty());
}

#[test]
fn zeros_between_members_are_padding() {
    let mut bytes = plain();
    bytes.extend([0; 100]);
    assert!(is_clean(&seen(&bytes)));
}

#[test]
fn two_directories_are_odd_and_both_are_examined() {
    let found = odd(&two_directories());
    assert!(found.iter().any(|(message, _)| message.contains("more than one directory")));
}

#[test]
fn a_zip_that_is_stored_in_a_zip_is_not_odd() {
    let outer = zip_of(&[ZipPart::stored("inner.zip", &plain())]);
    let examined = seen(&outer);
    assert!(is_clean(&examined), "{examined:?}");
    assert!(met(&examined, "inner.zip!/a/data.bin", "gzip"));
}

#[test]
fn a_path_that_leads_out_is_odd() {
    for path in ["../../x", "/etc/x", "a/../../x", "C:\\x"] {
        let found = odd(&zip_of(&[ZipPart::stored(path, &gzip(b"inner"))]));
        assert_eq!(found.len(), 1, "{path}");
    }
}

#[test]
fn a_link_that_leads_out_is_odd() {
    let parts = [ZipPart::symlink("link", "/etc/passwd"), ZipPart::stored("x", &gzip(b""))];
    assert_eq!(odd(&zip_of(&parts)).len(), 1);
    let parts = [ZipPart::symlink("link", "inner/x"), ZipPart::stored("x", &gzip(b""))];
    assert_eq!(odd(&zip_of(&parts)), []);
}

#[test]
fn a_folder_with_content_is_odd() {
    let found = odd(&zip_of(&[ZipPart::stored("a/", &gzip(b"inner"))]));
    assert!(found[0].0.contains("is named like a folder"), "{found:?}");
    assert!(is_clean(&seen(&zip_of(&[
        ZipPart::stored("a/", b""),
        ZipPart::stored("x", &gzip(b""))
    ]))));
}

#[test]
fn members_that_overlap_are_odd_and_examined() {
    let gzip = gzip(b"inner");
    let mut second = ZipPart::stored("b", &gzip);
    second.offset = Some(0);
    second.hidden = false;
    let found = odd(&zip_of(&[ZipPart::stored("b", &gzip), second]));
    assert!(found.iter().any(|(message, _)| message.contains("share bytes")), "{found:?}");
}

#[test]
fn where_two_headers_give_two_methods_both_readings_are_examined() {
    let found = odd(&one(|part| part.central.method = 98));
    assert!(found[0].0.contains("the method 98 in the directory and 0"), "{found:?}");
}

#[test]
fn where_two_headers_give_two_sizes_what_lies_between_is_examined() {
    // The directory gives the first member everything; its own header ends before the second one.
    let mut first = ZipPart::stored("a", b"harmless");
    first.central.packed = 300;
    first.central.plain = 300;
    let mut second = ZipPart::stored("b", &gzip(b"inner"));
    second.hidden = true;
    let found = odd(&zip_of(&[first, second, ZipPart::stored("c", &[7; 400])]));
    assert!(found.iter().any(|(message, _)| message.contains("\"b\"")), "{found:?}");
}

#[test]
fn a_zip_without_its_end_is_malformed_and_its_members_are_examined() {
    let bytes = plain();
    let end = bytes.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
    let examined = seen(&bytes[..end]);
    assert_eq!(codes(&examined), ["model-malformed"]);
}

#[test]
fn a_member_that_leaves_the_file_is_malformed() {
    let bytes = one(|part| {
        (part.local.packed, part.central.packed) = (1 << 30, 1 << 30);
        (part.local.plain, part.central.plain) = (1 << 30, 1 << 30);
    });
    assert!(codes(&examined("w.zip", &bytes)).contains(&"model-malformed"));
}

#[test]
fn data_that_do_not_unpack_are_malformed_and_their_beginning_is_examined() {
    let mut part = ZipPart::deflated("a", &[gzip(b"inner"), b"text ".repeat(2000)].concat());
    let length = part.data.len();
    part.data[length - 12..].fill(0xFF);
    let examined = seen(&zip_of(&[part]));
    assert_eq!(codes(&examined), ["model-malformed"]);
}

#[test]
fn numbers_of_tensors_are_no_files_by_accident() {
    // 0x80 0x02 begins a pickle, and 0x78 0x9C a zlib stream.
    for numbers in [[0x80, 2, 0x80, 2], [0x78, 0x9C, 0x78, 0x9C], [0x5D, 0, 0, 0x80]] {
        let numbers = numbers.repeat(1000);
        let bytes = torch_zip(&[("a/data.pkl", EMPTY), ("a/data/0", &numbers)]);
        assert!(is_clean(&examined("w.pt", &bytes)));
    }
}

#[test]
fn a_file_under_the_name_of_numbers_is_examined() {
    let bytes = torch_zip(&[("a/data.pkl", EMPTY), ("a/data/0", &gzip(b"inner"))]);
    assert!(met(&examined("w.pt", &bytes), "a/data/0", "gzip"));
}

#[test]
fn two_pickles_that_torch_could_load_are_odd() {
    let bytes = torch_zip(&[("a/data.pkl", EMPTY), ("b/data.pkl", EMPTY)]);
    assert_eq!(codes(&examined("w.pt", &bytes)), ["model-odd-container"]);
}

#[test]
fn what_only_looks_like_the_end_of_a_zip_hides_no_end() {
    let mut bytes = plain();
    let fakes = b"PK\x05\x06".repeat(40);
    let comment = u16::try_from(fakes.len()).unwrap().to_le_bytes();
    let end = bytes.len();
    bytes[end - 2..].copy_from_slice(&comment);
    bytes.extend(fakes);
    let found = examined("w.zip", &bytes);
    assert!(found.dangers.is_empty() && found.gaps.is_empty(), "{found:?}");
    assert!(found.description.formats.len() > 1, "{found:?}");
}

#[test]
fn more_directories_than_are_looked_at_are_a_gap() {
    let two = two_directories();
    let end = two.len() - 22;
    let directory = two[end - 80..end].to_vec();
    let at = directory.windows(4).position(|window| window == b"PK\x01\x02").unwrap_or(0);
    let one = &directory[at..];
    let mut bytes = two[..end].to_vec();
    let mut ends = Vec::new();
    for _ in 0..20 {
        let start = u32::try_from(bytes.len()).unwrap();
        bytes.extend(one);
        let mut record = two[end..].to_vec();
        record[12..16].copy_from_slice(&u32::try_from(one.len()).unwrap().to_le_bytes());
        record[16..20].copy_from_slice(&start.to_le_bytes());
        ends.extend(record);
    }
    bytes.extend(ends);
    let found = seen(&bytes);
    let is_told = found.gaps.iter().any(|gap| gap.reason.contains("more directories"));
    assert!(is_told, "{found:?}");
}
