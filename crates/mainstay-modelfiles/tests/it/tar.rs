//! tar, and what PyTorch 0.1 and NeMo pack with it.

use mainstay_testkit::mutation::Seed;
use mainstay_testkit::{TarPart, gzip, tar_of};

use super::everything::{codes, examined, is_clean};
use super::packed::{PAYLOAD, met};
use super::zip::EMPTY;

fn plain() -> Vec<u8> {
    tar_of(&[
        TarPart::folder("a"),
        TarPart::file("a/data.bin", &gzip(b"inner")),
        TarPart::pax(&[("path", "a/renamed")]),
        TarPart::file("short", b"content"),
        TarPart::long_name("a/long"),
        TarPart::file("short", &gzip(b"long")),
    ])
}

fn torch_tar(storages: &[u8]) -> Vec<u8> {
    tar_of(&[
        TarPart::file("sys_info", EMPTY),
        TarPart::file("pickle", EMPTY),
        TarPart::file("tensors", EMPTY),
        TarPart::file("storages", storages),
    ])
}

/// Every fixture.
pub fn seeds() -> Vec<Seed> {
    let seed = |name: &str, bytes: Vec<u8>| Seed { name: name.to_owned(), bytes };
    let storages = [EMPTY, &[0; 100], EMPTY, PAYLOAD].concat();
    vec![
        seed("plain.tar", plain()),
        seed("nemo.nemo", gzip(&plain())),
        seed("torch.pt", torch_tar(&storages)),
        seed("link.tar", tar_of(&[TarPart::symlink("x", "/etc/passwd")])),
    ]
}

#[test]
fn the_members_of_a_tar_are_examined() {
    let examined = examined("w.tar", &plain());
    assert!(is_clean(&examined), "{examined:?}");
    assert!(met(&examined, "a/data.bin", "gzip") && met(&examined, "a/long", "gzip"));
}

#[test]
fn a_packed_tar_is_a_model_of_nemo_without_a_disguise() {
    let examined = examined("w.nemo", &gzip(&plain()));
    assert!(is_clean(&examined), "{examined:?}");
    assert!(met(&examined, "w.nemo!/a/data.bin", "gzip"));
}

#[test]
fn paths_and_links_that_lead_out_of_a_tar_are_odd() {
    for part in [
        TarPart::file("../x", b"x"),
        TarPart::file("/x", b"x"),
        TarPart::symlink("x", "/etc/passwd"),
        TarPart::symlink("x", "../../x"),
        TarPart::of("x", b'3', "", b""),
    ] {
        assert_eq!(codes(&examined("w.tar", &tar_of(&[part]))), ["model-odd-container"]);
    }
    assert!(is_clean(&examined("w.tar", &tar_of(&[TarPart::symlink("a/x", "../y")]))));
}

#[test]
fn a_member_that_is_there_twice_in_a_tar_is_examined_twice() {
    let parts = [TarPart::file("x", b"harmless"), TarPart::file("x", &gzip(b"inner"))];
    let examined = examined("w.tar", &tar_of(&parts));
    assert_eq!(codes(&examined), ["model-odd-container"]);
    assert!(met(&examined, "x", "gzip"));
}

#[test]
fn a_tar_that_is_cut_off_is_malformed_and_its_members_are_examined() {
    let examined = examined("w.tar", &plain()[..1600]);
    assert_eq!(codes(&examined), ["model-malformed"]);
    assert!(met(&examined, "a/data.bin", "gzip"));
}

#[test]
fn what_follows_the_end_mark_of_a_tar_is_odd_and_examined() {
    let examined = examined("w.tar", &[plain(), gzip(b"behind")].concat());
    assert_eq!(codes(&examined), ["model-odd-container"]);
    assert!(met(&examined, "", "gzip"));
}

#[test]
fn a_sparse_member_of_a_tar_is_a_gap() {
    let examined = examined("w.tar", &tar_of(&[TarPart::of("x", b'S', "", b"content")]));
    assert_eq!((codes(&examined).len(), examined.gaps.len()), (0, 1));
}

#[test]
fn what_torch_saved_in_its_beginnings_is_known_and_clean() {
    let examined = examined("w.pt", &torch_tar(&[EMPTY, &[0; 100]].concat()));
    assert!(met(&examined, "", "torch-tar"));
    assert!(is_clean(&examined), "{examined:?}");
}
