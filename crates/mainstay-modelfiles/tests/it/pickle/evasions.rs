//! Pickles that hide what they call.

use mainstay_reading::{Danger, DangerCode};
use mainstay_types::Severity;

use super::super::everything::{codes, examined};
use super::assembly::{Fixture, Pickle};
use super::ordinary::distribution;

fn dangers(bytes: &[u8]) -> Vec<Danger> {
    examined("model.pkl", bytes).dangers
}

fn has(bytes: &[u8], code: DangerCode) -> bool {
    dangers(bytes).iter().any(|danger| danger.code == code)
}

fn system(pickle: Pickle) -> Pickle {
    pickle.call("os", "system", &["echo inert"])
}

/// An instance of a harmless class.
fn instance() -> Pickle {
    Pickle::of(4).instance("types", "SimpleNamespace")
}

fn joined_name() -> Vec<u8> {
    Pickle::of(4)
        .global("builtins", "getattr")
        .text("")
        .text("join")
        .raw(b"\x86R](")
        .text("o")
        .text("s")
        .raw(b"e\x85R")
        .text("system")
        .raw(b"\x93")
        .text("echo inert")
        .raw(b"\x85R")
        .stop()
}

fn text_of_str() -> Vec<u8> {
    Pickle::of(4)
        .call("builtins", "str", &["os"])
        .text("system")
        .raw(b"\x93")
        .text("echo inert")
        .raw(b"\x85R")
        .stop()
}

fn swapped_memo() -> Vec<u8> {
    Pickle::of(4)
        .text("math")
        .raw(b"q\x000")
        .text("os")
        .raw(b"q\x000h\x00")
        .text("system")
        .raw(b"\x93")
        .text("echo inert")
        .raw(b"\x85R")
        .stop()
}

fn overwritten_size() -> Vec<u8> {
    Pickle::of(4)
        .stack_global("numpy", "size")
        .raw(b"N}")
        .text("__defaults__")
        .stack_global("numpy", "ndim")
        .raw(b"s\x86b0")
        .instance("sklearn.svm", "SVC")
        .stop()
}

fn hidden_state() -> Vec<u8> {
    instance()
        .raw(b"}")
        .text("__setstate__")
        .global("numpy", "loads_nothing")
        .raw(b"sb")
        .text("inert")
        .raw(b"b")
        .stop()
}

fn hidden_append() -> Vec<u8> {
    instance()
        .raw(b"}")
        .text("append")
        .global("numpy", "info")
        .raw(b"sb")
        .text("inert")
        .raw(b"a")
        .stop()
}

fn nested_load() -> Vec<u8> {
    let inner = system(Pickle::of(2)).stop();
    Pickle::of(4).global("torch.storage", "_load_from_bytes").bytes(&inner).raw(b"\x85R").stop()
}

fn call_through_torch() -> Vec<u8> {
    Pickle::of(2)
        .global("torch._tensor", "_rebuild_from_type_v2")
        .raw(b"(")
        .global("os", "system")
        .global("torch", "Tensor")
        .text("echo inert")
        .raw(b"\x85}tR")
        .stop()
}

pub(crate) fn fixtures() -> Vec<Fixture> {
    [names(), calls()].concat()
}

fn names() -> Vec<Fixture> {
    vec![
        (
            "string_operands",
            Pickle::of(4)
                .raw(b"S'os'\nS'\\x73ystem'\n\x93")
                .text("echo inert")
                .raw(b"\x85R")
                .stop(),
        ),
        (
            "escaped_operands",
            Pickle::of(4).raw(b"V\\u006fs\nVsystem\n\x93").text("echo inert").raw(b"\x85R").stop(),
        ),
        ("joined_name", joined_name()),
        ("text_of_str", text_of_str()),
        ("swapped_memo", swapped_memo()),
        ("overwritten_size", overwritten_size()),
        ("hidden_state", hidden_state()),
        ("hidden_append", hidden_append()),
        ("nested_load", nested_load()),
        ("call_through_torch", call_through_torch()),
    ]
}

fn calls() -> Vec<Fixture> {
    vec![
        ("popped_result", system(Pickle::of(4)).raw(b"0N").stop()),
        (
            "popped_object",
            Pickle::of(4).raw(b"(").global("os", "system").text("echo inert").raw(b"o0N").stop(),
        ),
        (
            "list_of_arguments",
            Pickle::of(4).global("os", "system").raw(b"]").text("echo inert").raw(b"aR").stop(),
        ),
        ("modules", Pickle::of(4).global("sys", "modules").text("math").raw(b"Ns").stop()),
        (
            "partial",
            Pickle::of(4)
                .global("functools", "partial")
                .global("os", "system")
                .text("echo inert")
                .raw(b"\x86R")
                .stop(),
        ),
        ("template", distribution("print('inert')")),
        (
            "ufunc",
            Pickle::of(4)
                .call("numpy.core", "_ufunc_reconstruct", &["os", "system"])
                .text("echo inert")
                .raw(b"\x85R")
                .stop(),
        ),
        ("extension", Pickle::of(2).raw(b"\x82\x07)R").stop()),
        (
            "getitem_of_instance",
            Pickle::of(4)
                .global("operator", "getitem")
                .global("collections", "defaultdict")
                .global("numpy", "info")
                .raw(b"\x85R")
                .text("inert")
                .raw(b"\x86R")
                .stop(),
        ),
        (
            "made_memmap",
            Pickle::of(4)
                .global("copyreg", "__newobj__")
                .global("numpy", "memmap")
                .text("inert")
                .raw(b"\x86R")
                .stop(),
        ),
        ("rotated", Pickle::of(4).call("_codecs", "encode", &["flfgrz", "rot13"]).stop()),
        ("own_script", Pickle::of(4).instance("__main__", "Model").stop()),
        ("unknown", Pickle::of(4).call("somebody.code", "make", &["inert"]).stop()),
        ("called_library", Pickle::of(4).call("numpy", "log1p", &["inert"]).stop()),
        (
            "private_attribute",
            Pickle::of(4)
                .global("builtins", "getattr")
                .global("numpy", "ndarray")
                .text("__class__")
                .raw(b"\x86R")
                .stop(),
        ),
    ]
}

#[test]
fn every_evasion_is_seen() {
    for (name, bytes) in fixtures() {
        let found = dangers(&bytes);
        let least = match name {
            "extension" | "own_script" | "unknown" | "called_library" => Severity::Medium,
            "made_memmap" => Severity::High,
            _ => Severity::Critical,
        };
        assert!(found.iter().any(|danger| danger.severity >= least), "{name}: {found:?}");
    }
}

#[test]
fn operands_of_any_kind_of_text_name_an_import() {
    // GHSA-9gvj-pp9x-gcfr.
    let bytes = Pickle::of(4).raw(b"S'os'\nS'system'\n\x93.").unfinished();
    assert!(has(&bytes, DangerCode::RunsCode));
}

#[test]
fn the_memo_gives_what_was_put_last() {
    // picklescan issue 22.
    assert!(has(&swapped_memo(), DangerCode::RunsCode));
}

#[test]
fn a_name_that_is_computed_hides_the_call() {
    // modelscan issue 331.
    assert!(has(&joined_name(), DangerCode::HidesCall));
    assert!(has(&text_of_str(), DangerCode::HidesCall));
}

#[test]
fn an_import_that_is_given_a_state_is_changed() {
    // modelscan issue 330, ShadowPickle.
    assert!(has(&overwritten_size(), DangerCode::ChangesLibrary));
}

#[test]
fn an_import_that_is_filled_is_changed() {
    let found = dangers(&Pickle::of(4).global("numpy", "info").text("key").raw(b"Ns").stop());
    assert_eq!(found[0].code, DangerCode::ChangesLibrary);
    assert_eq!(found[0].shown.as_deref(), Some("numpy.info['key'] = None"));
}

#[test]
fn a_function_as_the_setstate_of_an_object_hides_the_call() {
    // GHSA-mhc9-48gj-9gp3.
    assert_eq!(codes(&examined("m.pkl", &hidden_state())), ["model-hides-call"]);
    assert_eq!(codes(&examined("m.pkl", &hidden_append())), ["model-hides-call"]);
}

#[test]
fn what_is_popped_was_called() {
    // GHSA-mxhj-88fx-4pcv.
    let bytes =
        Pickle::of(4).raw(b"(").global("os", "system").text("echo inert").raw(b"o0N").stop();
    let found = dangers(&bytes);
    assert_eq!(found[0].shown.as_deref(), Some("os.system('echo inert')"));
}

#[test]
fn bytes_that_are_loaded_as_a_model_are_examined() {
    let found = dangers(&nested_load());
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].shown.as_deref(), Some("os.system('echo inert')"));
}

#[test]
fn a_distribution_whose_template_is_not_scipys_runs_code() {
    let found = dangers(&distribution("print('inert')"));
    assert_eq!(found[0].code, DangerCode::RunsCode);
    assert_eq!(found[0].shown.as_deref(), Some("exec('print(\\'inert\\')')"));
}

#[test]
fn an_unknown_name_is_unknown_whether_called_or_not() {
    assert_eq!(
        codes(&examined("m.pkl", &Pickle::of(4).global("somebody", "thing").stop())),
        ["model-unknown-call"]
    );
    let called = Pickle::of(4).call("somebody.code", "make", &["inert"]).stop();
    let found = dangers(&called);
    assert_eq!(found[0].severity, Severity::Medium);
    assert_eq!(found[0].shown.as_deref(), Some("somebody.code.make('inert')"));
}

#[test]
fn a_path_through_a_module_hides_what_it_reaches() {
    for (module, name) in [
        ("numpy", "lib.stride_tricks.as_strided"),
        ("numpy.lib", "os"),
        ("numpy", "__builtins__"),
        ("sklearn.svm", "SVC._impl"),
    ] {
        let bytes = Pickle::of(4).stack_global(module, name).stop();
        assert_eq!(codes(&examined("m.pkl", &bytes)), ["model-hides-call"], "{module} {name}");
    }
}

#[test]
fn a_call_of_what_a_call_gave_hides_its_name() {
    let bytes =
        Pickle::of(4).call("operator", "attrgetter", &["a"]).text("inert").raw(b"\x85R").stop();
    assert!(has(&bytes, DangerCode::HidesCall));
}

#[test]
fn a_thousand_calls_of_one_name_are_told_in_a_few_lines() {
    let mut pickle = Pickle::of(4);
    for number in 0..1000 {
        pickle = pickle.call("os", "system", &[&format!("echo {number}")]).raw(b"0");
    }
    let found = dangers(&pickle.raw(b"N").stop());
    assert!((1..20).contains(&found.len()), "{}", found.len());
}
