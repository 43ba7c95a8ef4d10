//! Pickles that are read in more than one way, that flood what is told of them, or that hide a call
//! in a value.

use mainstay_reading::{Danger, DangerCode};

use super::super::everything::{examined, is_clean};
use super::assembly::{Fixture, Pickle};

/// More values than the stack has room for, and the pop of all of them.
fn flood_of_the_stack(pickle: Pickle) -> Pickle {
    pickle.raw(b"(").raw(&vec![b'N'; (1 << 20) + 2]).raw(b"1")
}

fn system(pickle: Pickle) -> Pickle {
    pickle.call("os", "system", &["echo inert"])
}

/// `attrgetter(path)(os, ...)` of a library, called with a text.
fn call_of_what_was_got(pickle: Pickle) -> Vec<u8> {
    pickle
        .global("operator", "attrgetter")
        .text("inner.part")
        .raw(b"\x85R")
        .global("pandas.core.frame", "DataFrame")
        .raw(b"\x85R")
        .text("echo inert")
        .raw(b"\x85R")
        .stop()
}

/// joblib's stand-in for an array of bytes, whose bytes are instructions to other loaders.
fn array_of(payload: &[u8]) -> Vec<u8> {
    Pickle::of(2)
        .instance("joblib.numpy_pickle", "NumpyArrayWrapper")
        .raw(b"}(")
        .text("shape")
        .int(i32::try_from(payload.len()).unwrap_or(i32::MAX))
        .raw(b"\x85")
        .text("dtype")
        .global("numpy", "dtype")
        .text("u1")
        .raw(b"\x85Rub")
        .raw(payload)
        .stop()
}

fn method_by_starmap(method: &str) -> Vec<u8> {
    Pickle::of(2)
        .global("builtins", "list")
        .global("itertools", "starmap")
        .call("operator", "methodcaller", &[method, "echo", "inert"])
        .raw(b"]\x86R\x85R")
        .stop()
}

fn budget_in_an_array() -> Vec<u8> {
    array_of(&system(flood_of_the_stack(Pickle::bare())).stop())
}

fn budget_in_a_later_pickle() -> Vec<u8> {
    let later = system(flood_of_the_stack(Pickle::bare())).stop();
    [Pickle::of(2).raw(b"N").stop(), later].concat()
}

fn hidden_call_in_an_array() -> Vec<u8> {
    array_of(&call_of_what_was_got(Pickle::bare().raw(b"0")))
}

fn flood_of_unknown_calls() -> Vec<u8> {
    let flood = (0..2_100).fold(Pickle::of(2), |pickle, number| {
        pickle.global(&format!("unknown{number}"), "f").raw(b")R0")
    });
    system(flood).stop()
}

fn state_of_a_class() -> Vec<u8> {
    Pickle::of(2)
        .global("torch._tensor", "_rebuild_from_type_v2")
        .raw(b"(")
        .global("builtins", "type")
        .global("builtins", "type")
        .instance("sklearn.svm._classes", "SVC")
        .raw(b"\x85}")
        .text("predict")
        .raw(b"K\x01stR")
        .stop()
}

fn scalar_of(dtype: Pickle) -> Vec<u8> {
    let inner = system(Pickle::bare()).stop();
    dtype.bytes(&inner).raw(b"\x86R").stop()
}

fn scalar_of_a_made_dtype() -> Vec<u8> {
    scalar_of(
        Pickle::of(2)
            .global("numpy.core.multiarray", "scalar")
            .global("copyreg", "__newobj__")
            .global("numpy", "dtype")
            .text("O")
            .raw(b"\x86R"),
    )
}

fn scalar_of_a_named_dtype() -> Vec<u8> {
    scalar_of(Pickle::of(2).global("numpy.core.multiarray", "scalar").call(
        "numpy",
        "dtype",
        &["object"],
    ))
}

fn zone_of_a_computed_name() -> Vec<u8> {
    Pickle::of(2)
        .global("dateutil.tz", "tzfile")
        .global("builtins", "str")
        .bytes(b"/etc/hostname")
        .text("ascii")
        .raw(b"\x86R\x85R")
        .stop()
}

fn parameters_behind_others() -> Vec<u8> {
    let state = Pickle::of(2).instance("lightgbm.basic", "Booster").raw(b"}(");
    (0..70)
        .fold(state, |pickle, number| pickle.text(&format!("k{number}")).raw(b"N"))
        .text("params")
        .raw(b"}")
        .text("data")
        .text("/etc/hostname")
        .raw(b"sub")
        .stop()
}

fn array_in_another_file() -> Vec<u8> {
    Pickle::of(2)
        .global("copyreg", "_reconstructor")
        .global("joblib.numpy_pickle", "NDArrayWrapper")
        .global("builtins", "object")
        .raw(b"N\x87R}")
        .text("filename")
        .text("x.npy")
        .raw(b"sb")
        .stop()
}

fn call_by_inst() -> Vec<u8> {
    Pickle::bare().raw(b"(inumpy\nshow_config\n").stop()
}

fn call_by_obj() -> Vec<u8> {
    Pickle::bare().raw(b"(").global("sklearn.datasets", "fetch_openml").raw(b"o").stop()
}

/// Operands that cross the ends of their frames, more of them than there is room for.
fn many_displaced() -> Vec<u8> {
    let mut bytes = vec![0x80, 4];
    for _ in 0..10_001 {
        bytes.extend_from_slice(b"\x95\x02\0\0\0\0\0\0\0M\x01\x020");
    }
    bytes.extend_from_slice(b"N.");
    bytes
}

pub(crate) fn fixtures() -> Vec<Fixture> {
    vec![
        ("method_by_starmap", method_by_starmap("spawnlp")),
        ("hidden_call_in_an_array", hidden_call_in_an_array()),
        ("state_of_a_class", state_of_a_class()),
        ("scalar_of_a_made_dtype", scalar_of_a_made_dtype()),
        ("scalar_of_a_named_dtype", scalar_of_a_named_dtype()),
        ("zone_of_a_computed_name", zone_of_a_computed_name()),
        ("parameters_behind_others", parameters_behind_others()),
        ("array_in_another_file", array_in_another_file()),
        ("call_by_inst", call_by_inst()),
        ("call_by_obj", call_by_obj()),
    ]
}

fn dangers(bytes: &[u8]) -> Vec<Danger> {
    examined("model.pkl", bytes).dangers
}

fn has(bytes: &[u8], code: DangerCode) -> bool {
    dangers(bytes).iter().any(|danger| danger.code == code)
}

#[test]
fn none_of_these_is_clean() {
    for (name, bytes) in fixtures() {
        assert!(!is_clean(&examined("model.pkl", &bytes)), "{name}");
    }
}

#[test]
fn what_has_no_room_in_another_reading_is_a_gap() {
    for bytes in [budget_in_an_array(), budget_in_a_later_pickle()] {
        assert!(!examined("model.pkl", &bytes).gaps.is_empty());
    }
}

#[test]
fn more_displaced_operands_than_there_is_room_for_are_a_gap() {
    assert!(!examined("model.pkl", &many_displaced()).gaps.is_empty());
}

#[test]
fn a_hidden_call_in_the_bytes_of_an_array_is_told() {
    assert!(has(&hidden_call_in_an_array(), DangerCode::HidesCall));
}

#[test]
fn a_method_that_a_lazy_iterator_calls_hides() {
    for method in ["spawnlp", "execve", "popen", "check_output", "transform"] {
        assert!(has(&method_by_starmap(method), DangerCode::HidesCall), "{method}");
    }
}

#[test]
fn a_path_of_attributes_through_a_module_hides() {
    let getter = Pickle::of(2).call("operator", "attrgetter", &["os.system"]).stop();
    assert!(has(&getter, DangerCode::HidesCall));
    let plain = Pickle::of(2).call("operator", "attrgetter", &["code.name"]).stop();
    assert!(is_clean(&examined("model.pkl", &plain)));
}

#[test]
fn unknown_calls_do_not_crowd_out_a_graver_one() {
    let found = examined("model.pkl", &flood_of_unknown_calls());
    assert!(found.dangers.iter().any(|danger| danger.code == DangerCode::RunsCode));
    assert!(
        found.gaps.iter().any(|gap| gap.reason.starts_with("2050 more dangers")),
        "{:?}",
        found.gaps
    );
}

#[test]
fn a_state_that_a_call_gives_a_class_changes_it() {
    assert!(has(&state_of_a_class(), DangerCode::ChangesLibrary));
}

#[test]
fn bytes_of_a_scalar_are_loaded_whatever_made_its_dtype() {
    for bytes in [scalar_of_a_made_dtype(), scalar_of_a_named_dtype()] {
        assert!(has(&bytes, DangerCode::RunsCode));
    }
}

#[test]
fn a_computed_name_of_a_zone_could_be_any_file() {
    assert!(has(&zone_of_a_computed_name(), DangerCode::TouchesFiles));
}

#[test]
fn a_function_without_arguments_is_called_by_inst_and_obj() {
    for bytes in [call_by_inst(), call_by_obj()] {
        assert!(!dangers(&bytes).is_empty());
    }
}

#[test]
fn an_ordinary_array_of_joblib_is_clean() {
    assert!(is_clean(&examined("model.pkl", &array_of(&[7; 40]))));
}
