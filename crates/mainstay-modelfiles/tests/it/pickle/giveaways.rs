//! Calls that no list knows, and what gives them away.

use mainstay_reading::DangerCode;
use mainstay_types::Severity;

use super::super::everything::{codes, examined, is_clean};
use super::assembly::{Fixture, Pickle};

fn calling(module: &str, name: &str, text: &str) -> Vec<u8> {
    Pickle::of(2).call(module, name, &[text]).stop()
}

/// Bytes that a call of torch loads, as protocol 2 writes them.
fn nested_text() -> Vec<u8> {
    let inner = Pickle::of(2).call("os", "system", &["echo inert"]).stop();
    let text: String = inner.iter().map(|byte| char::from(*byte)).collect();
    Pickle::of(2)
        .global("torch.storage", "_load_from_bytes")
        .global("_codecs", "encode")
        .text(&text)
        .text("latin1")
        .raw(b"\x86R\x85R")
        .stop()
}

fn scalar_of_objects() -> Vec<u8> {
    let inner = Pickle::of(2).call("os", "system", &["echo inert"]).stop();
    Pickle::of(2)
        .global("numpy.core.multiarray", "scalar")
        .global("numpy", "dtype")
        .text("O8")
        .raw(b"\x89\x88\x87R")
        .bytes(&inner)
        .raw(b"\x86R")
        .stop()
}

/// The legacy form of torch with one storage, and what follows it.
fn legacy(behind: &[u8]) -> Vec<u8> {
    let magic = b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.\x80\x02M\xe9\x03.\x80\x02}.";
    let object = Pickle::of(2)
        .raw(b"(")
        .text("storage")
        .global("torch", "FloatStorage")
        .text("0")
        .text("cpu")
        .raw(b"K\x02NtQ")
        .stop();
    let keys = Pickle::of(2).raw(b"]").text("0").raw(b"a").stop();
    let storage = [2_u64.to_le_bytes(), 0_u64.to_le_bytes()].concat();
    [magic.to_vec(), object, keys, storage, behind.to_vec()].concat()
}

fn shapes_of_scipy() -> Vec<u8> {
    Pickle::of(4)
        .instance("scipy.stats._distn_infrastructure", "rv_continuous")
        .raw(b"}")
        .text("shapes")
        .text("x): print('inert') #")
        .raw(b"sb")
        .stop()
}

fn file_elsewhere() -> Vec<u8> {
    Pickle::of(2)
        .instance("joblib.numpy_pickle", "NDArrayWrapper")
        .raw(b"}")
        .text("filename")
        .text("/etc/hostname")
        .raw(b"sb")
        .stop()
}

fn booster_of_files() -> Vec<u8> {
    Pickle::of(2)
        .instance("lightgbm.basic", "Booster")
        .raw(b"}")
        .text("params")
        .raw(b"}")
        .text("output_model")
        .text("/tmp/inert")
        .raw(b"ssb")
        .stop()
}

fn keywords() -> Vec<u8> {
    Pickle::of(4)
        .global("sklearn.some", "Thing")
        .raw(b")}")
        .text("path")
        .text("/etc/hostname")
        .raw(b"s\x92")
        .stop()
}

pub(crate) fn fixtures() -> Vec<Fixture> {
    vec![
        ("nested-text", nested_text()),
        ("scalar-of-objects", scalar_of_objects()),
        ("legacy-with-pickle-behind", legacy(&Pickle::of(2).call("os", "system", &["x"]).stop())),
        ("legacy-clean", legacy(&[])),
        ("shapes-of-scipy", shapes_of_scipy()),
        ("file-elsewhere", file_elsewhere()),
        ("booster-of-files", booster_of_files()),
        ("keywords", keywords()),
        ("unknown-load", calling("some.where", "load_model", "x")),
        ("unknown-class", calling("some.where", "Reader", "/etc/hostname")),
    ]
}

#[test]
fn the_name_of_an_unknown_function_tells_what_it_does() {
    for (name, code) in [
        ("load_model", "model-touches-files"),
        ("Model.from_disk", "model-touches-files"),
        ("safe_download", "model-uses-network"),
        ("run_command", "model-runs-code"),
        ("register_thing", "model-changes-library"),
        ("rebuild", "model-unknown-call"),
    ] {
        assert_eq!(codes(&examined("m.pkl", &calling("some.where", name, "x"))), [code], "{name}");
    }
}

#[test]
fn what_an_unknown_call_is_given_tells_what_it_does() {
    for (name, text, code) in [
        ("thing", "/etc/hostname", "model-touches-files"),
        ("thing", "https://inert.invalid/x", "model-uses-network"),
        ("thing", "print('inert')", "model-runs-code"),
        ("Thing", "/etc/hostname", "model-touches-files"),
        ("Thing", "__import__('os')", "model-runs-code"),
        ("Thing", "text/plain", "model-unknown-call"),
        ("ThingError", "/etc/hostname is not there", "model-unknown-call"),
    ] {
        assert_eq!(codes(&examined("m.pkl", &calling("some.where", name, text))), [code], "{text}");
    }
}

#[test]
fn an_instance_without_arguments_stays_a_warning() {
    let bytes = Pickle::of(2).instance("some.where", "Loader").raw(b"}b").stop();
    assert_eq!(codes(&examined("m.pkl", &bytes)), ["model-unknown-call"]);
}

#[test]
fn bytes_that_a_call_loads_are_examined_as_a_pickle() {
    for bytes in [nested_text(), scalar_of_objects()] {
        let found = examined("m.pkl", &bytes);
        assert!(found.dangers.iter().any(|danger| danger.code == DangerCode::RunsCode));
    }
}

#[test]
fn a_pickle_behind_the_storages_of_torch_is_hidden() {
    let hidden = legacy(&Pickle::of(2).call("os", "system", &["x"]).stop());
    let found = codes(&examined("m.pt", &hidden));
    assert!(found.contains(&"model-odd-container") && found.contains(&"model-runs-code"));
    assert!(is_clean(&examined("m.pt", &legacy(&[]))));
    assert!(is_clean(&examined("m.pt", &legacy(&[0; 7]))));
}

#[test]
fn states_that_are_used_on_load_are_told() {
    for (bytes, code) in [
        (shapes_of_scipy(), DangerCode::RunsCode),
        (file_elsewhere(), DangerCode::TouchesFiles),
        (booster_of_files(), DangerCode::TouchesFiles),
        (keywords(), DangerCode::TouchesFiles),
    ] {
        let found = examined("m.pkl", &bytes);
        assert!(found.dangers.iter().any(|danger| danger.code == code), "{found:?}");
    }
}

#[test]
fn a_time_zone_is_no_other_file() {
    let zone = |key: &str| calling("zoneinfo", "ZoneInfo", key);
    assert!(is_clean(&examined("m.pkl", &zone("Europe/Berlin"))));
    let found = examined("m.pkl", &zone("../../../etc/hostname"));
    assert_eq!(found.dangers.first().map(|danger| danger.severity), Some(Severity::High));
}
