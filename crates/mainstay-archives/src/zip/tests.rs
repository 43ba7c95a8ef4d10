use mainstay_reading::AnomalyCode;
use mainstay_testkit::{ZipPart, zip_of};

use super::*;
use crate::budget::Limits;

fn codes(bytes: &[u8]) -> Vec<AnomalyCode> {
    let budget = Budget::new(Limits::default());
    let mut zip = Zip::open(&bytes, &budget).unwrap();
    zip.take_notes().into_list().into_iter().map(|note| note.code).collect()
}

fn contents(bytes: &[u8]) -> Vec<Result<Vec<u8>, String>> {
    let budget = Budget::new(Limits { ratio_from: 1 << 16, ..Limits::default() });
    let zip = Zip::open(&bytes, &budget).unwrap();
    let read = |member: &ZipMember| zip.read(member, &budget).map(|held| held.to_vec());
    zip.members().iter().map(|one| read(one).map_err(|error| error.to_string())).collect()
}

#[test]
fn stored_and_deflated_members_are_read() {
    let bytes = zip_of(&[ZipPart::stored("a", b"one"), ZipPart::deflated("b/c", &[7; 5000])]);
    assert_eq!(contents(&bytes), [Ok(b"one".to_vec()), Ok(vec![7; 5000])]);
    assert_eq!(codes(&bytes), []);
}

#[test]
fn sizes_of_64_bits_are_read() {
    let bytes = zip_of(&[ZipPart::stored("a", b"one").with_long_sizes()]);
    assert_eq!((contents(&bytes), codes(&bytes)), (vec![Ok(b"one".to_vec())], vec![]));
}

#[test]
fn a_header_that_says_otherwise_is_noted_and_the_directory_counts() {
    type Lie = fn(&mut ZipPart);
    let lies: [Lie; 5] = [
        |part| part.local.name = b"evil".to_vec(),
        |part| part.local.crc ^= 1,
        |part| part.local.plain += 1,
        |part| part.local.packed += 1,
        |part| part.local.flags |= 1,
    ];
    for lie in lies {
        let mut part = ZipPart::stored("good", b"one");
        lie(&mut part);
        let bytes = zip_of(&[part]);
        assert_eq!(codes(&bytes), [AnomalyCode::HeadersDisagree]);
        assert_eq!(contents(&bytes), [Ok(b"one".to_vec())]);
    }
}

#[test]
fn sizes_that_stand_behind_the_data_are_no_difference() {
    let mut part = ZipPart::deflated("a", b"one");
    (part.local.flags, part.central.flags) = (8, 8);
    (part.local.crc, part.local.packed, part.local.plain) = (0, 0, 0);
    assert_eq!(codes(&zip_of(&[part])), []);
}

#[test]
fn a_checksum_that_does_not_fit_is_an_error() {
    let mut part = ZipPart::stored("a", b"one");
    part.data = b"two".to_vec();
    assert_eq!(contents(&zip_of(&[part])), [Err("its checksum does not fit".to_owned())]);
}

#[test]
fn an_encrypted_member_is_noted_and_not_read() {
    let mut part = ZipPart::stored("a", b"one");
    (part.local.flags, part.central.flags) = (1, 1);
    let bytes = zip_of(&[part]);
    assert_eq!(codes(&bytes), [AnomalyCode::Encrypted]);
    assert_eq!(contents(&bytes), [Err("it is encrypted".to_owned())]);
}

#[test]
fn members_that_share_bytes_are_not_read() {
    let first = ZipPart::stored("a", b"one");
    let mut second = ZipPart::stored("b", b"one");
    second.offset = Some(0);
    let bytes = zip_of(&[first, second]);
    let found = codes(&bytes);
    assert!(found.contains(&AnomalyCode::Overlap), "{found:?}");
    assert!(contents(&bytes).iter().all(Result::is_err));
}

#[test]
fn bytes_before_and_behind_a_zip_are_noted() {
    let bytes = zip_of(&[ZipPart::stored("a", b"one")]);
    let before = [b"#!/bin/sh\n".as_slice(), &bytes].concat();
    assert_eq!(codes(&before), [AnomalyCode::UnlistedBytes]);
    assert_eq!(contents(&before), [Ok(b"one".to_vec())]);
    let behind = [bytes.as_slice(), b"rest"].concat();
    assert_eq!(codes(&behind), [AnomalyCode::UnlistedBytes]);
}

#[test]
fn a_member_that_the_directory_leaves_out_is_noted() {
    let mut hidden = ZipPart::stored("hidden", b"two");
    hidden.hidden = true;
    let parts = [ZipPart::stored("a", b"one"), hidden, ZipPart::stored("b", b"three")];
    assert_eq!(codes(&zip_of(&parts)), [AnomalyCode::UnlistedBytes]);
    assert_eq!(codes(&zip_of(&parts[..2])), [AnomalyCode::UnlistedBytes]);
}

#[test]
fn a_second_end_record_is_noted() {
    let first = zip_of(&[ZipPart::stored("a", b"one")]);
    let second = zip_of(&[ZipPart::stored("b", b"two")]);
    let found = codes(&[first, second].concat());
    assert!(found.contains(&AnomalyCode::HeadersDisagree), "{found:?}");
}

#[test]
fn a_zip_that_is_stored_in_another_has_its_own_end_record() {
    let inner = zip_of(&[ZipPart::stored("a", b"one")]);
    let outer = zip_of(&[ZipPart::stored("inner.zip", &inner), ZipPart::stored("b", b"two")]);
    assert_eq!(codes(&outer), []);
    // Its comment reaches to the end of the outer one: a tool may take it for that one's.
    let mut lying = inner.clone();
    let rest = u16::try_from(outer.len() - 30 - "inner.zip".len() - inner.len()).unwrap();
    let at = lying.len() - 2;
    lying[at..].copy_from_slice(&rest.to_le_bytes());
    let outer = zip_of(&[ZipPart::stored("inner.zip", &lying), ZipPart::stored("b", b"two")]);
    assert_eq!(codes(&outer), [AnomalyCode::HeadersDisagree]);
}

#[test]
fn paths_links_and_repetition_are_noted() {
    assert_eq!(codes(&zip_of(&[ZipPart::stored("../a", b"")])), [AnomalyCode::PathLeadsOut]);
    assert_eq!(codes(&zip_of(&[ZipPart::symlink("a", "/etc")])), [AnomalyCode::LinkLeadsOut]);
    assert_eq!(codes(&zip_of(&[ZipPart::symlink("a", "b")])), []);
    let twice = [ZipPart::stored("a", b"1"), ZipPart::stored("a", b"2")];
    assert_eq!(codes(&zip_of(&twice)), [AnomalyCode::DuplicateMember]);
}

#[test]
fn a_name_in_code_page_437_is_no_deceptive_one() {
    let mut part = ZipPart::stored("a", b"");
    (part.local.name, part.central.name) = (vec![0x81], vec![0x81]);
    let bytes = zip_of(&[part.clone()]);
    let budget = Budget::new(Limits::default());
    assert_eq!(Zip::open(&&*bytes, &budget).unwrap().members()[0].member.path.as_str(), "ü");
    assert_eq!(codes(&bytes), []);
    (part.local.flags, part.central.flags) = (0x800, 0x800);
    assert_eq!(codes(&zip_of(&[part])), [AnomalyCode::DeceptiveName]);
}

#[test]
fn a_second_name_in_an_extra_field_is_noted() {
    let mut part = ZipPart::stored("good", b"");
    part.central.extra = [&[0x75, 0x70, 9, 0, 1, 0, 0, 0, 0], b"evil".as_slice()].concat();
    assert_eq!(codes(&zip_of(&[part])), [AnomalyCode::HeadersDisagree]);
}

#[test]
fn a_bomb_ends_at_the_ratio() {
    let bytes = zip_of(&[ZipPart::deflated("a", &vec![0; 1 << 17])]);
    let error = contents(&bytes).remove(0).map(|content| content.len()).unwrap_err();
    assert_eq!(error, "more than 200 times larger than packed");
}

#[test]
fn a_member_that_unpacks_to_more_than_it_says_is_damaged() {
    let mut part = ZipPart::deflated("a", &[0; 1000]);
    (part.local.plain, part.central.plain) = (10, 10);
    let error = contents(&zip_of(&[part])).remove(0).unwrap_err();
    assert!(error.ends_with("bytes where 10 are due"), "{error}");
}

#[test]
fn a_zip_that_is_cut_off_anywhere_is_refused() {
    let bytes = zip_of(&[ZipPart::stored("a", b"one"), ZipPart::stored("b", b"two")]);
    let budget = Budget::new(Limits::default());
    for end in 0..bytes.len() {
        assert!(Zip::open(&&bytes[..end], &budget).is_err(), "{end}");
    }
}

/// The kinds of the members.
fn kinds(bytes: &[u8]) -> Vec<MemberKind> {
    let budget = Budget::new(Limits::default());
    let zip = Zip::open(&bytes, &budget).unwrap();
    zip.members().iter().map(|one| one.member.kind.clone()).collect()
}

#[test]
fn a_mode_does_not_hide_content() {
    let long = vec![b'a'; 5000];
    let contents: [(u32, &[u8]); 5] = [
        (0o040_755, b"one"),
        (0o020_644, b"one"),
        (0o010_644, b"one"),
        (0o120_777, b"PK\x03\x04\0\0"),
        (0o120_777, &long),
    ];
    for (mode, content) in contents {
        let mut part = ZipPart::stored("a", content);
        (part.made_by, part.external) = (3 << 8, mode << 16);
        let bytes = zip_of(&[part]);
        assert_eq!(kinds(&bytes), [MemberKind::File], "{mode:o}");
        assert_eq!(codes(&bytes), [AnomalyCode::HeadersDisagree], "{mode:o}");
        assert_eq!(self::contents(&bytes), [Ok(content.to_vec())], "{mode:o}");
    }
}

#[test]
fn a_mode_tells_what_a_member_without_content_is() {
    let mut folder = ZipPart::stored("a", b"");
    (folder.made_by, folder.external) = (3 << 8, 0o040_755 << 16);
    let bytes = zip_of(&[folder, ZipPart::symlink("b", "a")]);
    assert_eq!(kinds(&bytes), [MemberKind::Folder, MemberKind::Symlink("a".into())]);
    assert_eq!(codes(&bytes), []);
}
