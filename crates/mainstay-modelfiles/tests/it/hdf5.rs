//! HDF5 files.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panic")]

use mainstay_testkit::mutation::Seed;

use super::everything::{codes, examined, is_clean};
use super::keras_json::keras_2;
use files::{
    Kept, beside_the_unread, chunked, circle, contiguous, dataspace, dense_lambda, external,
    filtered, float32, hostile, link, message, model, old, other_link, record_attribute,
    text_attribute, virtual_dataset, weights, with_bytes, with_dataset, with_objects, with_root,
};

mod files;

/// Pickles that would print a word: of protocols 4, 0 and 1, behind a list, and without PROTO.
const PICKLES: [&[u8]; 4] = [
    b"\x80\x04\x95\x1c\0\0\0\0\0\0\0\x8c\x02os\x8c\x06system\x93\x8c\x0aecho inert\x85R.",
    b"cos\nsystem\n(S'echo inert'\ntR.",
    b"]cos\nsystem\n(U\x0aecho inerttR.",
    b"\x8c\x02os\x8c\x06system\x93\x8c\x0aecho inert\x85R.",
];

/// Every fixture of this module.
pub fn seeds() -> Vec<Seed> {
    let files = [
        ("weights", weights()),
        ("old", old()),
        ("ordinary", model(&keras_2(&[]))),
        ("lambda", model(&hostile())),
        ("lambda-fixed", with_root(&[text_attribute("model_config", hostile().as_bytes())])),
        ("lambda-record", with_root(&[record_attribute("model_config", 3, hostile().as_bytes())])),
        ("external-link", with_root(&[other_link("w", 64, b"\0/tmp/other.h5\0/a\0")])),
        ("external", external()),
        ("virtual", virtual_dataset()),
        ("dense", dense_lambda(Kept::InRoot)),
        ("dense-indirect", dense_lambda(Kept::InIndirectBlock)),
        ("dense-alone", dense_lambda(Kept::Alone)),
        ("circle", circle()),
        ("filter", filtered(40_000)),
        ("gzip", filtered(1)),
        ("bomb", with_dataset(&[dataspace(&[1 << 40]), float32(), chunked()])),
        ("bytes", with_bytes(PICKLES[0])),
        ("objects", with_objects(PICKLES[0])),
        ("unread", beside_the_unread(&hostile())),
        (
            "pickle",
            with_root(&[text_attribute(
                "TITLE",
                b"\x80\x02cos\nsystem\nX\x0a\0\0\0echo inertQ\x85R.",
            )]),
        ),
    ];
    let seed = |(name, bytes): (&str, Vec<u8>)| Seed { name: format!("{name}.h5"), bytes };
    files.into_iter().map(seed).collect()
}

#[test]
fn weights_are_clean() {
    let found = examined("w.h5", &weights());
    assert_eq!(found.format, Some("hdf5"));
    assert!(is_clean(&found), "{found:?}");
}

#[test]
fn what_stands_in_a_record_of_an_attribute_is_looked_at() {
    for version in 1..=3 {
        let found =
            examined("m.h5", &with_root(&[record_attribute("c", version, hostile().as_bytes())]));
        let plain = examined("m.h5", &with_root(&[text_attribute("c", hostile().as_bytes())]));
        assert_eq!(codes(&found), codes(&plain), "{version}: {found:?}");
        assert!(!codes(&found).is_empty());
        let found = examined("m.h5", &with_root(&[record_attribute("c", version, PICKLES[0])]));
        assert!(codes(&found).contains(&"model-runs-code"), "{version}: {found:?}");
    }
}

#[test]
fn an_ordinary_record_of_an_attribute_is_clean() {
    for version in 1..=3 {
        let found = examined("m.h5", &with_root(&[record_attribute("c", version, b"a text")]));
        assert!(is_clean(&found), "{version}: {found:?}");
    }
}

#[test]
fn datasets_are_tensors() {
    let found = examined("w.h5", &weights());
    let tensor = &found.description.tensors[0];
    assert_eq!((&*tensor.name, &*tensor.dtype), ("dense/kernel:0", "float32"));
    assert_eq!((&*tensor.shape, tensor.bytes), (&[2, 3][..], Some(24)));
}

#[test]
fn a_short_attribute_of_the_root_is_a_fact() {
    let found = examined("w.h5", &weights());
    let fact = &found.description.facts[0];
    assert_eq!((&*fact.name, &*fact.value), ("keras_version", "2.4.0"));
}

#[test]
fn a_group_of_the_old_sort_is_read_and_a_circle_of_links_ends() {
    let found = examined("w.h5", &old());
    assert!(is_clean(&found), "{found:?}");
}

#[test]
fn a_user_block_may_come_first() {
    let bytes = [vec![0; 512], weights()].concat();
    let found = examined("w.h5", &bytes);
    assert_eq!(found.format, Some("hdf5"));
    assert!(is_clean(&found), "{found:?}");
}

#[test]
fn a_lambda_layer_in_the_architecture_runs_code() {
    let found = examined("m.h5", &model(&hostile()));
    assert_eq!(codes(&found), ["model-runs-code"]);
    assert_eq!(found.dangers[0].advisory, Some("CVE-2025-9905"));
}

#[test]
fn a_danger_in_the_architecture_names_its_byte_in_the_file() {
    let bytes = model(&hostile());
    let at = bytes.windows(4).position(|window| window == b"[\"4w").unwrap() as u64;
    assert_eq!(
        examined("m.h5", &bytes).dangers[0].place.offset.map(mainstay_reading::Offset::bytes),
        Some(at)
    );
}

#[test]
fn an_architecture_of_fixed_length_is_judged() {
    let bytes = with_root(&[text_attribute("model_config", hostile().as_bytes())]);
    assert_eq!(codes(&examined("m.h5", &bytes)), ["model-runs-code"]);
}

#[test]
fn an_architecture_under_another_name_is_judged() {
    let bytes = with_root(&[text_attribute("model_config0", hostile().as_bytes())]);
    assert_eq!(codes(&examined("m.h5", &bytes)), ["model-runs-code"]);
}

#[test]
fn an_architecture_among_many_attributes_is_judged() {
    for kept in [Kept::InRoot, Kept::InIndirectBlock, Kept::Alone] {
        assert_eq!(codes(&examined("m.h5", &dense_lambda(kept))), ["model-runs-code"], "{kept:?}");
    }
}

#[test]
fn an_ordinary_architecture_is_clean() {
    let found = examined("m.h5", &model(&keras_2(&[])));
    assert!(is_clean(&found), "{found:?}");
}

#[test]
fn a_link_to_another_file_touches_files() {
    let found = examined("w.h5", &with_root(&[other_link("w", 64, b"\0/tmp/other.h5\0/a\0")]));
    assert_eq!(codes(&found), ["model-touches-files"]);
    assert_eq!(found.dangers[0].shown.as_deref(), Some("/a in /tmp/other.h5"));
}

#[test]
fn a_link_to_a_path_is_ordinary() {
    let found = examined("w.h5", &with_root(&[other_link("w", 1, b"/a")]));
    assert!(is_clean(&found), "{found:?}");
}

#[test]
fn a_link_of_an_unknown_sort_is_unknown() {
    let found = examined("w.h5", &with_root(&[other_link("w", 99, b"x")]));
    assert_eq!(codes(&found), ["model-unknown-call"]);
}

#[test]
fn values_in_another_file_touch_files() {
    let found = examined("w.h5", &external());
    assert_eq!(codes(&found), ["model-touches-files"]);
    assert_eq!(found.dangers[0].shown.as_deref(), Some("/etc/passwd"));
    assert_eq!(found.dangers[0].advisory, Some("CVE-2026-1669"));
}

#[test]
fn a_virtual_dataset_touches_files() {
    let found = examined("w.h5", &virtual_dataset());
    assert_eq!(codes(&found), ["model-touches-files"]);
    assert_eq!(found.dangers[0].shown.as_deref(), Some("/tmp/other.h5"));
}

#[test]
fn an_unknown_filter_loads_a_library() {
    assert_eq!(codes(&examined("w.h5", &filtered(40_000))), ["model-unknown-call"]);
    assert!(is_clean(&examined("w.h5", &filtered(1))));
    assert!(is_clean(&examined("w.h5", &filtered(32_000))));
}

#[test]
fn a_shape_far_beyond_what_is_stored_is_malformed() {
    let found = examined("w.h5", &with_dataset(&[dataspace(&[1 << 40]), float32(), chunked()]));
    assert_eq!(codes(&found), ["model-malformed"]);
    assert_eq!(found.dangers[0].advisory, Some("CVE-2026-0897"));
}

#[test]
fn values_that_leave_the_file_are_malformed() {
    for (at, length) in [(1 << 20, 24), (60, 1 << 50), (u64::MAX - 1, 24)] {
        let messages = [dataspace(&[2, 3]), float32(), contiguous(at, length)];
        let found = examined("w.h5", &with_dataset(&messages));
        assert_eq!(codes(&found), ["model-malformed"], "{at} {length}");
    }
}

#[test]
fn fewer_values_than_the_shape_says_are_malformed() {
    let messages = [dataspace(&[200, 3]), float32(), contiguous(48, 24)];
    assert_eq!(codes(&examined("w.h5", &with_dataset(&messages))), ["model-malformed"]);
}

#[test]
fn a_header_that_continues_in_itself_is_malformed() {
    assert_eq!(codes(&examined("w.h5", &circle())), ["model-malformed"]);
}

#[test]
fn a_file_that_is_cut_off_is_malformed() {
    let bytes = weights();
    let found = examined("w.h5", &bytes[..bytes.len() - 3]);
    assert!(codes(&found).contains(&"model-malformed"));
}

#[test]
fn an_object_that_is_none_is_malformed() {
    let bytes = with_root(&[link("a", 3)]);
    assert_eq!(codes(&examined("w.h5", &bytes)), ["model-malformed"]);
}

#[test]
fn a_pickle_is_found_in_an_attribute_in_bytes_and_in_the_heap() {
    for pickle in PICKLES {
        for bytes in [
            with_root(&[text_attribute("TITLE", pickle)]),
            with_bytes(pickle),
            with_objects(pickle),
        ] {
            let found = examined("w.h5", &bytes);
            assert!(codes(&found).contains(&"model-runs-code"), "{pickle:?} {found:?}");
        }
    }
}

#[test]
fn texts_and_bytes_that_are_no_pickle_are_clean() {
    for text in [&b"tensorflow"[..], b"2.4.0", b"conv/kernel:0\0\0\0", b"a name.", b"N", b""] {
        let found = examined("w.h5", &with_root(&[text_attribute("backend", text)]));
        assert!(is_clean(&found), "{text:?} {found:?}");
        let found = examined("w.h5", &with_objects(text));
        assert!(is_clean(&found), "{text:?} {found:?}");
    }
    let found = examined("w.h5", &with_bytes(&[0x80, 2, 7, 9, 1, 0, 0, 128]));
    assert!(is_clean(&found), "{found:?}");
}

#[test]
fn what_is_not_read_hides_nothing_beside_it() {
    let found = examined("m.h5", &beside_the_unread(&hostile()));
    assert_eq!(codes(&found), ["model-runs-code"]);
    assert_eq!(found.gaps.len(), 1);
}

#[test]
fn the_links_of_an_object_that_is_a_dataset_too_are_followed() {
    let to_another = other_link("w", 64, b"\0/tmp/other.h5\0/a\0");
    let messages = [dataspace(&[2, 3]), float32(), contiguous(48, 24), to_another];
    assert_eq!(codes(&examined("w.h5", &with_root(&messages))), ["model-touches-files"]);
}

#[test]
fn a_message_of_an_unknown_sort_is_a_gap() {
    let found = examined("w.h5", &with_root(&[message(0x2A, b"x")]));
    assert_eq!((codes(&found).len(), found.gaps.len()), (0, 1));
}

#[test]
fn an_architecture_behind_a_thousand_texts_is_judged() {
    let config = hostile();
    let size = config.len();
    let mut values = vec![b'x'; size * 1_500];
    values.extend(config.as_bytes());
    let mut datatype = vec![0x13, 0, 0, 0];
    datatype.extend(u32::try_from(size).unwrap().to_le_bytes());
    let bytes = files::with_texts("model_config", &datatype, 1_501, &values);
    assert_eq!(codes(&examined("m.h5", &bytes)), ["model-runs-code"]);
}

#[test]
fn bytes_in_chunks_are_a_gap_and_numbers_are_not() {
    let of = |datatype: Vec<u8>| {
        examined("w.h5", &with_dataset(&[dataspace(&[2]), datatype, chunked()]))
    };
    let bytes = of(message(0x03, &[0x10, 0, 0, 0, 1, 0, 0, 0, 0, 0, 8, 0]));
    assert!(bytes.dangers.is_empty() && bytes.gaps.len() == 1, "{bytes:?}");
    assert!(is_clean(&of(float32())));
}
