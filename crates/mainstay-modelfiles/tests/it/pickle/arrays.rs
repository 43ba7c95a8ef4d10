//! Arrays of numpy: which class they are of, and what their values say.

use super::super::everything::{codes, examined, is_clean};
use super::assembly::{Fixture, Pickle};

fn of_class(module: &str, name: &str) -> Vec<u8> {
    Pickle::of(4)
        .global("numpy.core.multiarray", "_reconstruct")
        .global(module, name)
        .raw(b"K\x00\x85C\x01b\x87R}b")
        .stop()
}

fn masked(base: (&str, &str)) -> Vec<u8> {
    Pickle::of(4)
        .global("numpy.ma.core", "_mareconstruct")
        .raw(b"(")
        .global("numpy.ma.core", "MaskedArray")
        .global(base.0, base.1)
        .raw(b"K\x00\x85C\x01btR")
        .stop()
}

pub(crate) fn fixtures() -> Vec<Fixture> {
    vec![
        ("array-of-estimators", of_class("sklearn.svm._classes", "SVC")),
        ("array-of-lists", of_class("builtins", "list")),
        ("masked-lists", masked(("builtins", "list"))),
    ]
}

#[test]
fn an_array_of_a_class_that_is_none_of_arrays_is_unknown() {
    for (name, bytes) in fixtures() {
        assert_eq!(codes(&examined("m.pkl", &bytes)), ["model-unknown-call"], "{name}");
    }
}

#[test]
fn the_classes_of_arrays_of_numpy_and_of_units_are_ordinary() {
    for (module, name) in [
        ("numpy", "ndarray"),
        ("numpy", "matrix"),
        ("numpy", "memmap"),
        ("numpy.core.memmap", "memmap"),
        ("numpy.matrixlib.defmatrix", "matrix"),
        ("numpy", "recarray"),
        ("numpy.rec", "recarray"),
        ("numpy", "chararray"),
        ("astropy.units.quantity", "Quantity"),
    ] {
        let found = examined("m.pkl", &of_class(module, name));
        assert!(is_clean(&found), "{module}.{name}: {found:?}");
    }
    assert!(is_clean(&examined("m.pkl", &masked(("numpy", "ndarray")))));
}
