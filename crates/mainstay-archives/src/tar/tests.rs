use mainstay_testkit::{TarPart, tar_of};

use super::*;
use crate::budget::Limits;

type Listed = (String, MemberKind, Vec<u8>);

fn list_as(bytes: &[u8], used_as: TarUse) -> Result<(Vec<Listed>, Vec<AnomalyCode>), ArchiveError> {
    let budget = Budget::new(Limits::default());
    let mut tar = Tar::new(bytes, used_as, &budget);
    let mut found = Vec::new();
    while let Some(member) = tar.next_member()? {
        let content = tar.read_content()?.to_vec();
        found.push((member.path.to_string(), member.kind, content));
    }
    let codes = tar.take_notes().into_list().into_iter().map(|note| note.code).collect();
    Ok((found, codes))
}

fn list(parts: &[TarPart]) -> (Vec<Listed>, Vec<AnomalyCode>) {
    list_as(&tar_of(parts), TarUse::Package).unwrap()
}

fn names(parts: &[TarPart]) -> Vec<String> {
    list(parts).0.into_iter().map(|(name, _, _)| name).collect()
}

fn codes(parts: &[TarPart]) -> Vec<AnomalyCode> {
    list(parts).1
}

#[test]
fn the_hash_of_a_folder_is_the_same_on_the_way_to_what_is_below_it() {
    let on_the_way: Vec<u64> = hashes("a/b/c").collect();
    assert_eq!(on_the_way, [hash("a"), hash("a/b"), hash("a/b/c")]);
    assert_ne!(hash("a/b"), hash("ab"));
}

#[test]
fn files_and_folders_come_with_their_content() {
    let (found, codes) = list(&[TarPart::folder("a/"), TarPart::file("a/b", &[7; 600])]);
    assert_eq!(found[0], ("a".to_owned(), MemberKind::Folder, vec![]));
    assert_eq!(found[1], ("a/b".to_owned(), MemberKind::File, vec![7; 600]));
    assert_eq!(codes, []);
}

#[test]
fn a_long_name_stands_for_the_next_member_only() {
    let long = "a/".repeat(100) + "b";
    let parts =
        [TarPart::long_name(&long), TarPart::file("short", b""), TarPart::file("next", b"")];
    assert_eq!(names(&parts), [long, "next".to_owned()]);
}

#[test]
fn a_pax_path_stands_for_the_next_member_only() {
    let parts = [
        TarPart::pax(&[("path", "long/ü"), ("mtime", "1.5")]),
        TarPart::file("short", b""),
        TarPart::file("next", b""),
    ];
    assert_eq!(names(&parts), ["long/ü", "next"]);
}

#[test]
fn a_pax_size_that_differs_from_the_header_is_noted_and_counts() {
    let inner = TarPart::file("inner", b"");
    let mut outer = TarPart::file("outer", &tar_of(&[inner])[..512]);
    outer.size = Some(0);
    let parts = [TarPart::pax(&[("size", "512")]), outer, TarPart::file("next", b"")];
    assert_eq!(names(&parts), ["outer", "next"]);
    assert_eq!(codes(&parts), [AnomalyCode::HeadersDisagree]);
}

#[test]
fn links_that_lead_out_are_noted() {
    assert_eq!(codes(&[TarPart::symlink("a/b", "../c")]), []);
    assert_eq!(codes(&[TarPart::symlink("a/b", "../../c")]), [AnomalyCode::LinkLeadsOut]);
    assert_eq!(codes(&[TarPart::symlink("a", "/etc/passwd")]), [AnomalyCode::LinkLeadsOut]);
    assert_eq!(codes(&[TarPart::hard_link("a", "../c")]), [AnomalyCode::LinkLeadsOut]);
}

#[test]
fn a_link_stays_within_a_file_system_however_far_it_climbs() {
    for target in ["/usr/bin", "../../usr/bin", "/../usr/bin"] {
        let bytes = tar_of(&[TarPart::symlink("bin", target), TarPart::file("bin/a", b"")]);
        assert_eq!(list_as(&bytes, TarUse::FileSystem).unwrap().1, [], "{target}");
    }
}

#[test]
fn a_hard_link_that_climbs_leads_out_of_a_file_system() {
    let bytes = tar_of(&[TarPart::hard_link("a", "../c")]);
    assert_eq!(list_as(&bytes, TarUse::FileSystem).unwrap().1, [AnomalyCode::LinkLeadsOut]);
}

#[test]
fn a_member_behind_a_link_is_noted() {
    let parts = [TarPart::symlink("a", "b"), TarPart::file("a/c", b"x")];
    assert_eq!(codes(&parts), [AnomalyCode::LinkLeadsOut]);
}

#[test]
fn devices_and_repeated_paths_are_noted() {
    assert_eq!(codes(&[TarPart::of("dev/sda", b'4', "", b"")]), [AnomalyCode::Device]);
    let twice = [TarPart::file("a", b"1"), TarPart::file("./a", b"2")];
    assert_eq!(codes(&twice), [AnomalyCode::DuplicateMember]);
}

#[test]
fn a_path_that_climbs_is_noted() {
    assert_eq!(codes(&[TarPart::file("../../x", b"")]), [AnomalyCode::PathLeadsOut]);
}

#[test]
fn a_folder_with_a_size_has_no_content() {
    let mut folder = TarPart::folder("a/");
    folder.size = Some(512);
    let parts = [folder, TarPart::file("b", b"")];
    assert_eq!(names(&parts), ["a", "b"]);
    assert_eq!(codes(&parts), [AnomalyCode::HeadersDisagree]);
}

#[test]
fn bytes_behind_the_end_mark_are_noted() {
    let mut bytes = tar_of(&[TarPart::file("a", b"")]);
    bytes.extend_from_slice(&tar_of(&[TarPart::file("hidden", b"")]));
    let (found, codes) = list_as(&bytes, TarUse::Package).unwrap();
    assert_eq!((found.len(), codes), (1, vec![AnomalyCode::UnlistedBytes]));
}

#[test]
fn a_tar_that_is_cut_off_anywhere_is_no_whole_one() {
    let bytes = tar_of(&[TarPart::file("a", &[1; 700]), TarPart::file("b", b"2")]);
    for end in 0..bytes.len() - 1023 {
        assert!(list_as(&bytes[..end], TarUse::Package).is_err(), "{end}");
    }
}

#[test]
fn a_size_in_base_256_is_read() {
    let mut bytes = tar_of(&[TarPart::file("a", b"xyz")]);
    bytes[124..136].copy_from_slice(&[0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3]);
    bytes[148..156].fill(b' ');
    let sum: u32 = bytes[..512].iter().map(|byte| u32::from(*byte)).sum();
    bytes[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    assert_eq!(list_as(&bytes, TarUse::Package).unwrap().0[0].2, b"xyz");
}

#[test]
fn a_member_of_an_unknown_type_ends_the_archive() {
    let error = list_as(&tar_of(&[TarPart::of("a", b'M', "", b"")]), TarUse::Package);
    assert_eq!(error.unwrap_err().kind, crate::ArchiveErrorKind::Unsupported);
}

#[test]
fn more_members_than_the_budget_has_are_not_listed() {
    let budget = Budget::new(Limits { members: 1, ..Limits::default() });
    let bytes = tar_of(&[TarPart::file("a", b""), TarPart::file("b", b"")]);
    let mut tar = Tar::new(&*bytes, TarUse::Package, &budget);
    assert!(tar.next_member().is_ok());
    assert_eq!(tar.next_member().unwrap_err().to_string(), "more than 1 members");
}
