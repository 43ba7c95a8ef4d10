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

/// One as PyTorch 0.1 wrote it, with one storage and one tensor; `pickle` describes the storage.
fn honest_torch_tar(pickle: &[u8]) -> Vec<u8> {
    let one = b"\x80\x02K\x01.";
    let views = b"\x80\x02]q\x00.";
    let storages = [&one[..], pickle, &2_u64.to_le_bytes(), &[b'.'; 8], &views[..]].concat();
    let mut tensor = [&one[..], b"\x80\x02K\x05K\x07ctorch\nFloatTensor\n\x87."].concat();
    for number in [1_u64, 2, 1, 0] {
        tensor.extend(number.to_le_bytes());
    }
    tar_of(&[
        TarPart::file("sys_info", EMPTY),
        TarPart::file("pickle", EMPTY),
        TarPart::file("tensors", &tensor),
        TarPart::file("storages", &storages),
    ])
}

const STORAGE: &[u8] = b"\x80\x02K\x07X\x03\x00\x00\x00cpuctorch\nFloatStorage\n\x87.";

/// The same without a number of its protocol, and with a call before it.
const CALLING_STORAGE: &[u8] =
    b"cos\nsystem\n(S'echo inert'\ntR0(I7\nS'cpu'\nctorch\nFloatStorage\nt.";

/// Every fixture.
pub fn seeds() -> Vec<Seed> {
    let seed = |name: &str, bytes: Vec<u8>| Seed { name: name.to_owned(), bytes };
    let storages = [EMPTY, &[0; 100], EMPTY, PAYLOAD].concat();
    vec![
        seed("plain.tar", plain()),
        seed("nemo.nemo", gzip(&plain())),
        seed("torch.pt", torch_tar(&storages)),
        seed("torch-0.1.pt", honest_torch_tar(STORAGE)),
        seed("torch-0.1-calling.pt", honest_torch_tar(CALLING_STORAGE)),
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

#[test]
fn a_tar_of_pytorch_as_it_wrote_them_is_clean() {
    let found = examined("torch.pt", &honest_torch_tar(STORAGE));
    assert!(is_clean(&found), "{found:?}");
    assert!(met(&found, "", "torch-tar"));
}

#[test]
fn a_pickle_of_any_protocol_behind_numbers_is_read() {
    let behind = [STORAGE, &2_u64.to_le_bytes(), &[b'.'; 8], CALLING_STORAGE].concat();
    for pickle in [CALLING_STORAGE, &*behind] {
        let found = examined("torch.pt", &honest_torch_tar(pickle));
        assert_eq!(codes(&found), ["model-runs-code"]);
    }
}

#[test]
fn storages_of_which_nobody_knows_how_long_they_are_are_a_gap() {
    let odd = b"\x80\x02K\x07X\x03\x00\x00\x00cpuctorch\nOddStorage\n\x87.";
    let twice = b"\x80\x02K\x07X\x0c\x00\x00\x00FloatStoragectorch\nDoubleStorage\n\x87.";
    for pickle in [&odd[..], &twice[..]] {
        let found = examined("torch.pt", &honest_torch_tar(pickle));
        assert_eq!(found.gaps.len(), 1, "{found:?}");
    }
}
