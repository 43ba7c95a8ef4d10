//! Streams that break off, go on behind their end, or read differently to different loaders.

use mainstay_reading::{Danger, DangerCode};
use mainstay_types::Severity;

use super::super::everything::{codes, examined, is_clean};
use super::assembly::{Fixture, Pickle, frame};
use super::ordinary::{joblib, legacy_torch, padded_joblib};

fn dangers(bytes: &[u8]) -> Vec<Danger> {
    examined("model.pkl", bytes).dangers
}

fn has(bytes: &[u8], code: DangerCode) -> bool {
    dangers(bytes).iter().any(|danger| danger.code == code)
}

fn system() -> Pickle {
    Pickle::of(4).call("os", "system", &["echo inert"])
}

/// A frame that ends within the length of a text: one reader goes on behind the frame.
fn straddled_frame() -> Vec<u8> {
    // In the frame: the instruction and one letter. `loads` reads "osXYZ...", `load` drops what is
    // left of the frame and takes the text from behind it.
    let mut bytes = vec![0x80, 4];
    let mut inside = vec![0x8c, 2];
    inside.push(b'x');
    bytes.extend(frame(&inside));
    bytes.extend(b"os\x8c\x06system\x93\x8c\x0aecho inert\x85R.");
    bytes
}

fn computed_magic() -> Vec<u8> {
    let mut file = Pickle::of(2).call("builtins", "int", &["119547037146038801333356"]).stop();
    file.extend(Pickle::of(2).raw(b"M\xe9\x03").stop());
    file.extend(Pickle::of(2).raw(b"}").stop());
    file.extend(system().stop());
    file
}

/// The padding of an array is harmless to joblib, and a call to every other loader.
fn array_with_payload() -> Vec<u8> {
    let mut padding = b"Ncos\nsystem\n(S'echo inert'\ntR".to_vec();
    padding.resize(1 + usize::from(b'N'), b'N');
    padded_joblib(&padding, &[7; 8])
}

fn array_of_objects(inner: &[u8]) -> Vec<u8> {
    Pickle::of(4)
        .stack_global("joblib.numpy_pickle", "NumpyArrayWrapper")
        .raw(b")\x81}(")
        .text("shape")
        .raw(b"K\x01\x85")
        .text("dtype")
        .stack_global("numpy", "dtype")
        .text("O8")
        .raw(b"\x89\x88\x87R")
        .text("numpy_array_alignment_bytes")
        .raw(b"K\x10ub")
        .raw(inner)
        .stop()
}

pub(crate) fn fixtures() -> Vec<Fixture> {
    let second = [Pickle::of(4).raw(b"N").stop(), system().stop()].concat();
    let zip = [Pickle::of(4).raw(b"N").stop(), b"PK\x05\x06".to_vec(), vec![0; 18]].concat();
    vec![
        ("broken_off", system().unfinished()),
        ("broken_instruction", system().raw(b"\xff\xff").unfinished()),
        ("missing_memo", system().raw(b"h\x63").stop()),
        ("no_text", system().raw(b"K\x01K\x02\x93").stop()),
        ("second", second),
        ("straddled_frame", straddled_frame()),
        (
            "short_frame",
            [
                b"\x80\x04\x95\xff\x00\x00\x00\x00\x00\x00\x00".to_vec(),
                Pickle::bare().raw(b"N").stop(),
            ]
            .concat(),
        ),
        ("computed_magic", computed_magic()),
        ("raw_array_with_payload", array_with_payload()),
        ("array_of_objects", array_of_objects(&system().stop())),
        ("harmless_objects", array_of_objects(&Pickle::of(2).raw(b"]Na").stop())),
        ("zip_behind", zip),
        ("claimed_length", Pickle::of(4).raw(b"\x8e\xff\xff\xff\xff\xff\xff\xff\xff").stop()),
        ("far_memo", Pickle::of(4).raw(b"Nr\xff\xff\xff\xff0j\xff\xff\xff\xff").stop()),
        ("nested", Pickle::of(4).raw(b")").raw(&[0x85; 5000]).stop()),
    ]
}

#[test]
fn what_comes_before_an_error_counts_and_so_does_the_error() {
    // nullifAI.
    for tail in [&b"\xff\xff"[..], b"h\x63.", b"K\x01K\x02\x93.", b"b", b"1", b""] {
        let bytes = system().raw(tail).unfinished();
        assert!(has(&bytes, DangerCode::RunsCode), "{tail:?}");
        assert!(has(&bytes, DangerCode::Malformed), "{tail:?}");
    }
}

#[test]
fn what_comes_after_an_error_is_not_run() {
    let bytes = Pickle::of(4)
        .global("numpy", "ndarray")
        .raw(b"h\x63")
        .call("os", "system", &["inert"])
        .stop();
    assert_eq!(codes(&examined("m.pkl", &bytes)), ["model-malformed"]);
}

#[test]
fn a_second_pickle_is_read_like_the_first() {
    let bytes = [Pickle::of(4).raw(b"N").stop(), system().stop()].concat();
    assert!(has(&bytes, DangerCode::RunsCode));
    let old = [b"N.".to_vec(), b"cos\nsystem\n(S'echo inert'\ntR.".to_vec()].concat();
    assert!(has(&old, DangerCode::RunsCode));
}

#[test]
fn raw_bytes_behind_a_pickle_are_no_pickle() {
    let bytes = [Pickle::of(4).raw(b"N").stop(), vec![0xc3; 64]].concat();
    assert!(is_clean(&examined("m.pkl", &bytes)));
}

#[test]
fn a_magic_number_that_a_call_makes_hides_the_file() {
    // GHSA-97f8-7cmv-76j2.
    let found = dangers(&computed_magic());
    assert!(found.iter().any(|danger| danger.advisory == Some("GHSA-97f8-7cmv-76j2")), "{found:?}");
    assert!(found.iter().any(|danger| danger.code == DangerCode::RunsCode));
}

#[test]
fn the_legacy_form_of_torch_that_breaks_off_is_malformed() {
    let file = legacy_torch();
    assert!(has(&file[..60], DangerCode::Malformed));
}

#[test]
fn an_instruction_across_the_end_of_a_frame_is_read_in_both_ways() {
    // cpython issue 154848.
    let found = dangers(&straddled_frame());
    assert!(found.iter().any(|danger| danger.code == DangerCode::OddContainer), "{found:?}");
    assert!(
        found.iter().any(|danger| danger.shown.as_deref() == Some("os.system('echo inert')")),
        "{found:?}"
    );
}

#[test]
fn a_frame_that_leaves_the_file_is_malformed() {
    let bytes =
        [b"\x80\x04\x95\xff\x00\x00\x00\x00\x00\x00\x00".to_vec(), system().stop()].concat();
    assert!(has(&bytes, DangerCode::Malformed));
    assert!(has(&bytes, DangerCode::RunsCode));
}

#[test]
fn the_bytes_of_an_array_are_instructions_to_another_loader() {
    assert!(has(&array_with_payload(), DangerCode::RunsCode));
}

#[test]
fn an_array_of_objects_is_a_pickle_in_the_stream() {
    assert!(has(&array_of_objects(&system().stop()), DangerCode::RunsCode));
    assert!(is_clean(&examined("m.joblib", &array_of_objects(&Pickle::of(2).raw(b"]Na").stop()))));
}

#[test]
fn what_follows_an_array_is_read_on() {
    let mut bytes = joblib(&[1; 32]);
    bytes.truncate(bytes.len() - 1);
    bytes.extend(Pickle::bare().call("os", "system", &["echo inert"]).raw(b"0").stop());
    assert!(has(&bytes, DangerCode::RunsCode));
}

#[test]
fn a_zip_archive_behind_a_pickle_is_another_content() {
    let bytes = [Pickle::of(4).raw(b"N").stop(), b"PK\x05\x06".to_vec(), vec![0; 18]].concat();
    assert_eq!(codes(&examined("m.pkl", &bytes)), ["model-odd-container"]);
}

#[test]
fn a_length_that_leaves_the_file_is_malformed() {
    let bytes = Pickle::of(4).raw(b"}\x8e\xff\xff\xff\xff\xff\xff\xff\xff").stop();
    assert_eq!(codes(&examined("m.pkl", &bytes)), ["model-malformed"]);
}

#[test]
fn a_stack_that_grows_without_end_is_unknown_and_not_clean() {
    let bytes = Pickle::of(4).raw(&vec![b'N'; (1 << 20) + 1]).stop();
    let found = examined("m.pkl", &bytes);
    assert!(found.dangers.is_empty());
    assert_eq!(found.gaps.len(), 1);
}

#[test]
fn a_memo_that_grows_without_end_is_unknown_and_not_clean() {
    let bytes = Pickle::of(4).raw(b"N").raw(&vec![0x94; (1 << 21) + 1]).stop();
    let found = examined("m.pkl", &bytes);
    assert!(found.dangers.is_empty());
    assert_eq!(found.gaps.len(), 1);
}

#[test]
fn a_protocol_that_does_not_exist_is_an_error() {
    let bytes = system().raw(b"\x80\x06N").stop();
    assert!(has(&bytes, DangerCode::Malformed));
    assert!(dangers(&bytes).iter().any(|danger| danger.severity == Severity::Critical));
}
