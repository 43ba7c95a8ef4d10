//! Pickles of the standard library and of libraries beside numpy and torch.

use super::super::everything::{codes, examined, is_clean};
use super::assembly::{Fixture, Pickle};

fn enum_by_value(module: &str, name: &str) -> Vec<u8> {
    Pickle::of(2).global(module, name).raw(b"K\x02\x85R").stop()
}

fn enum_by_name() -> Vec<u8> {
    Pickle::of(4)
        .global("builtins", "getattr")
        .global("signal", "Signals")
        .text("SIGTERM")
        .raw(b"\x86R")
        .stop()
}

fn iterator() -> Vec<u8> {
    Pickle::of(4).global("builtins", "iter").raw(b"](K\x01K\x02e\x85RK\x00b").stop()
}

fn mapped() -> Vec<u8> {
    Pickle::of(4)
        .global("builtins", "map")
        .global("builtins", "str")
        .global("builtins", "iter")
        .raw(b"]\x85R\x86R")
        .stop()
}

fn named_tuple() -> Vec<u8> {
    Pickle::bare()
        .global("copyreg", "_reconstructor")
        .raw(b"(")
        .global("difflib", "Match")
        .global("builtins", "tuple")
        .raw(b"(K\x01K\x02K\x03ttR")
        .stop()
}

fn arrow_text() -> Vec<u8> {
    Pickle::of(4)
        .stack_global("pyarrow.lib", "chunked_array")
        .raw(b"]")
        .stack_global("pyarrow.lib", "type_for_alias")
        .text("large_string")
        .raw(b"\x85R\x86R")
        .stop()
}

fn estimator(module: &str, name: &str) -> Vec<u8> {
    Pickle::of(4).instance(module, name).raw(b"}").text("alpha").raw(b"K\x01sb").stop()
}

fn syntax_tree() -> Vec<u8> {
    Pickle::of(4).instance("ast", "Name").raw(b"}").text("id").text("x").raw(b"sb").stop()
}

fn partial_of_dill() -> Vec<u8> {
    Pickle::of(4)
        .call("dill._dill", "_load_type", &["PartialType"])
        .global("numpy", "sum")
        .raw(b"\x85R")
        .stop()
}

pub(crate) fn fixtures() -> Vec<Fixture> {
    vec![
        ("enum-by-value", enum_by_value("signal", "Signals")),
        ("enum-by-name", enum_by_name()),
        ("iterator", iterator()),
        ("mapped", mapped()),
        ("named-tuple", named_tuple()),
        ("arrow-text", arrow_text()),
        ("syntax-tree", syntax_tree()),
        ("partial-of-dill", partial_of_dill()),
        ("hidden-markov", estimator("hmmlearn.hmm", "GaussianHMM")),
    ]
}

#[test]
fn what_ordinary_libraries_write_is_clean() {
    for (name, bytes) in fixtures() {
        let found = examined("m.pkl", &bytes);
        assert!(is_clean(&found), "{name}: {found:?}");
    }
}

#[test]
fn enums_of_python_are_clean_by_value() {
    for (module, name) in
        [("socket", "AddressFamily"), ("inspect", "_ParameterKind"), ("http", "HTTPStatus")]
    {
        assert!(is_clean(&examined("m.pkl", &enum_by_value(module, name))), "{name}");
    }
    let exported = Pickle::bare().global("signal", "SIGTERM").stop();
    assert!(is_clean(&examined("m.pkl", &exported)));
}

#[test]
fn a_wrapper_of_functions_may_be_named_and_not_called() {
    for (module, name) in [("functools", "cmp_to_key"), ("builtins", "print")] {
        let named = Pickle::of(2).global(module, name).stop();
        assert!(is_clean(&examined("m.pkl", &named)), "{name}");
        let called = Pickle::of(2).call(module, name, &["x"]).stop();
        assert_eq!(codes(&examined("m.pkl", &called)), ["model-hides-call"], "{name}");
    }
}

#[test]
fn iterators_over_functions_hide_calls() {
    let of_call =
        Pickle::of(2).global("builtins", "map").global("os", "system").raw(b"]\x86R").stop();
    assert!(codes(&examined("m.pkl", &of_call)).contains(&"model-hides-call"));
    let with_end = Pickle::of(2)
        .global("builtins", "iter")
        .global("builtins", "len")
        .raw(b"K\x00\x86R")
        .stop();
    assert_eq!(codes(&examined("m.pkl", &with_end)), ["model-hides-call"]);
}

#[test]
fn an_enum_with_more_than_a_value_is_none() {
    let bytes = Pickle::of(2).global("signal", "Signals").raw(b"K\x01K\x02\x86R").stop();
    assert_eq!(codes(&examined("m.pkl", &bytes)), ["model-unknown-call"]);
}
