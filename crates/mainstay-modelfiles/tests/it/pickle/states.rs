//! States of which a class runs a part, in every shape that it takes them.

use mainstay_types::Severity;

use super::super::everything::{codes, examined, is_clean};
use super::assembly::{Fixture, Pickle};

const KEY: &str = "_parse_arg_template";
const EVIL: &str = "print('inert')";
const GOOD: &str = "\ndef _parse_args(self, loc=0, scale=1):\n    return (), loc, scale\n\n\
     def _parse_args_rvs(self, loc=0, scale=1, size=None):\n    \
     return self._argcheck_rvs(loc, scale, size=size)\n";

fn norm() -> Pickle {
    Pickle::of(4).instance("scipy.stats._continuous_distns", "norm_gen")
}

fn with_template(module: &str, name: &str, template: &str) -> Vec<u8> {
    Pickle::of(4).instance(module, name).raw(b"}").text(KEY).text(template).raw(b"sb").stop()
}

/// Data of a formula model of statsmodels.
fn data(restores: &str, formula: &str) -> Vec<u8> {
    Pickle::of(4)
        .instance("statsmodels.base.data", "PandasData")
        .raw(b"}(")
        .text(restores)
        .raw(b"\x88")
        .text("formula")
        .text(formula)
        .text("frame")
        .raw(b"}ub")
        .stop()
}

/// The same whose data is a dict that has a function under a name.
fn data_with_function() -> Vec<u8> {
    Pickle::of(4)
        .instance("statsmodels.base.data", "PandasData")
        .raw(b"}(")
        .text("restore_design_info")
        .raw(b"\x88")
        .text("formula")
        .text("y ~ log(Q('inert'))")
        .text("frame")
        .raw(b"}")
        .text("log")
        .global("numpy", "info")
        .raw(b"sub")
        .stop()
}

fn template_through(module: &str, name: &str, class_between: bool) -> Vec<u8> {
    let class = |pickle: Pickle| pickle.global("scipy.stats._continuous_distns", "norm_gen");
    let pickle = class(Pickle::of(4).global(module, name).raw(b"("));
    let pickle = if class_between { class(pickle) } else { pickle };
    pickle.raw(b")}").text(KEY).text(EVIL).raw(b"stR").stop()
}

fn template_through_new() -> Vec<u8> {
    Pickle::of(4)
        .global("torch._tensor", "_rebuild_from_type_v2")
        .raw(b"(")
        .global("copyreg", "__newobj__")
        .global("scipy.stats._continuous_distns", "norm_gen")
        .raw(b"\x94h\x00\x85}")
        .text(KEY)
        .text(EVIL)
        .raw(b"stR")
        .stop()
}

/// A wrapper of stable-baselines, whose state is a pickle.
fn wrapped(inner: &[u8]) -> Vec<u8> {
    Pickle::of(4)
        .instance("stable_baselines3.common.vec_env.base_vec_env", "CloudpickleWrapper")
        .bytes(inner)
        .raw(b"b")
        .stop()
}

/// A network of skorch, part of whose state is loaded by torch.
fn skorch(inner: &[u8]) -> Vec<u8> {
    Pickle::of(4)
        .instance("skorch.classifier", "NeuralNetClassifier")
        .raw(b"}")
        .text("__cuda_dependent_attributes__")
        .bytes(inner)
        .raw(b"sb")
        .stop()
}

fn inert_call() -> Vec<u8> {
    Pickle::of(4).call("os", "system", &["echo inert"]).stop()
}

/// A wrapper of joblib that states two shapes, of which the last counts.
fn two_shapes() -> Vec<u8> {
    Pickle::of(4)
        .raw(b"(")
        .instance("joblib.numpy_pickle", "NumpyArrayWrapper")
        .raw(b"}(")
        .text("shape")
        .int(100)
        .raw(b"\x85")
        .text("dtype")
        .global("numpy", "dtype")
        .text("u1")
        .raw(b"\x89\x88\x87R")
        .text("shape")
        .int(0)
        .raw(b"\x85ub")
        .call("os", "system", &["echo inert"])
        .raw(b"0")
        .text(&"x".repeat(100))
        .raw(b"0t")
        .stop()
}

fn templates() -> Vec<Fixture> {
    let twice = norm().raw(b"}(").text(KEY).text(GOOD).text(KEY).text(EVIL).raw(b"ub");
    let added = norm().raw(b"}").text(KEY).text(GOOD).raw(b"s").text(KEY).text(EVIL).raw(b"sb");
    let keys_of_dict = norm().raw(b"]}(").text(KEY).raw(b"N").text(EVIL).raw(b"Nuab");
    vec![
        ("state_list", norm().raw(b"](").text(KEY).text(EVIL).raw(b"\x86eb").stop()),
        ("state_tuple", norm().text(KEY).text(EVIL).raw(b"\x86\x85b").stop()),
        ("state_lists", norm().raw(b"]](").text(KEY).text(EVIL).raw(b"eab").stop()),
        ("state_keys_of_a_dict", keys_of_dict.stop()),
        ("state_slots", norm().raw(b"N}").text(KEY).text(EVIL).raw(b"s\x86b").stop()),
        ("state_twice", twice.stop()),
        ("state_twice_added", added.stop()),
        (
            "state_of_discrete",
            with_template("statsmodels.distributions.discrete", "genpoisson_p_gen", EVIL),
        ),
        (
            "state_of_sandbox",
            with_template("statsmodels.sandbox.distributions.extras", "SkewNorm_gen", EVIL),
        ),
        ("state_of_any_class", with_template("sklearn.svm", "SVC", EVIL)),
        ("state_of_unknown_class", with_template("some.where", "Thing", EVIL)),
        ("state_by_torch", template_through("torch._tensor", "_rebuild_from_type_v2", true)),
        ("state_by_new", template_through_new()),
        ("state_by_dill", template_through("dill._dill", "_create_array", false)),
        ("state_by_jax", template_through("jax._src.array", "_reconstruct_array", false)),
    ]
}

pub(crate) fn fixtures() -> Vec<Fixture> {
    let mut all = templates();
    all.extend([
        ("formula_of_patsy", data("restore_design_info", "y ~ print('inert')")),
        ("formula_of_formulaic", data("restore_model_spec", "y ~ print('inert')")),
        ("formula_with_function", data_with_function()),
        (
            "factor_of_patsy",
            Pickle::of(4)
                .instance("patsy", "EvalFactor")
                .raw(b"}")
                .text("code")
                .text(EVIL)
                .raw(b"sb")
                .stop(),
        ),
        ("wrapped_pickle", wrapped(&inert_call())),
        ("skorch_pickle", skorch(&inert_call())),
        ("two_shapes", two_shapes()),
    ]);
    all
}

#[test]
fn a_template_runs_in_whatever_shape_the_state_has() {
    for (name, bytes) in templates() {
        let found = examined("m.pkl", &bytes);
        assert!(codes(&found).contains(&"model-runs-code"), "{name}: {:?}", found.dangers);
    }
}

#[test]
fn a_state_that_is_read_nowhere_else_is_not_clean() {
    for (name, bytes) in fixtures() {
        let found = examined("m.pkl", &bytes);
        let is_told = found.dangers.iter().any(|danger| danger.severity >= Severity::Critical);
        assert!(is_told, "{name}: {:?} {:?}", found.dangers, found.gaps);
    }
}

#[test]
fn a_state_that_a_call_makes_is_unknown() {
    let made = norm().global("builtins", "dict").raw(b"]\x85Rb").stop();
    assert_eq!(codes(&examined("m.pkl", &made)), ["model-unknown-call"]);
}

#[test]
fn a_formula_of_columns_is_ordinary() {
    for formula in ["y ~ x1 + C(x2) + np.log(x3) + I(x1 ** 2)", "y ~ bs(x, df=4) + Q('a b')"] {
        for restores in ["restore_design_info", "restore_model_spec"] {
            let found = examined("m.pkl", &data(restores, formula));
            assert!(is_clean(&found), "{formula}: {:?} {:?}", found.dangers, found.gaps);
        }
    }
}

#[test]
fn scipys_own_template_is_ordinary_in_other_libraries() {
    let bytes = with_template("statsmodels.distributions.discrete", "genpoisson_p_gen", GOOD);
    assert!(is_clean(&examined("m.pkl", &bytes)));
}

#[test]
fn harmless_pickles_in_a_state_are_ordinary() {
    for bytes in [wrapped(b"\x80\x04N."), skorch(b"\x80\x04}.")] {
        let found = examined("m.pkl", &bytes);
        assert!(is_clean(&found), "{:?} {:?}", found.dangers, found.gaps);
    }
}
