//! Which operators are ordinary, which run code, and which nobody knows.

use std::collections::HashSet;
use std::sync::LazyLock;

/// The operators of the default domain, one a line.
static STANDARD: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    include_str!("operators.txt").lines().filter(|line| !line.starts_with('#')).collect()
});

/// Domains whose operators come with ONNX itself, with ONNX Runtime and its official companions,
/// or with the exporters of `PyTorch` and TensorFlow.
const ORDINARY_DOMAINS: &[&str] = &[
    "ai.onnx.ml",
    "ai.onnx.training",
    "ai.onnx.preview",
    "ai.onnx.preview.training",
    "ai.onnx.contrib",
    "ai.onnx.converters.tensorflow",
    "com.microsoft",
    "com.ms.internal.nhwc",
    "org.openvinotoolkit",
    "org.pytorch.aten",
    "org.pytorch.prim",
    "pkg.onnxscript.torch_lib",
    "pkg.onnxscript.torch_lib.common",
];

/// Operators that call Python: those of ONNX Runtime's language interoperability, of its training
/// and of its extensions.
const PYTHON: &[&str] = &["PyOp", "PythonOp", "PythonOpGrad", "PyCustomOp", "PyFunc", "PyOpGrad"];

/// Words in the names of operators of which nobody knows that they are ordinary, and which say
/// that they run what they are given.
const TELLING: &[&str] =
    &["python", "pyop", "pyfunc", "shell", "subprocess", "system", "exec", "eval", "loadlib"];

/// What an operator is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    /// Known, and harmless.
    Ordinary,
    /// Runs Python or a program.
    RunsCode,
    /// Needs a library that registers it.
    Unknown,
}

/// What an operator is by its domain and name, where the model itself does not define it.
pub(super) fn operator(domain: &str, name: &str) -> Operator {
    if PYTHON.contains(&name) {
        return Operator::RunsCode;
    }
    let is_ordinary = match domain {
        // Operators of TensorRT's official plugins are written into the default domain.
        "" | "ai.onnx" => STANDARD.contains(name) || name.ends_with("_TRT"),
        _ => {
            ORDINARY_DOMAINS.contains(&domain)
                || domain.strip_prefix("com.microsoft").is_some_and(|rest| rest.starts_with('.'))
        }
    };
    if is_ordinary {
        return Operator::Ordinary;
    }
    let lower = name.to_ascii_lowercase();
    if TELLING.iter().any(|word| lower.contains(word)) {
        return Operator::RunsCode;
    }
    Operator::Unknown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_domain_has_two_names() {
        assert_eq!(operator("", "Conv"), Operator::Ordinary);
        assert_eq!(operator("ai.onnx", "Conv"), Operator::Ordinary);
    }

    #[test]
    fn a_python_operator_runs_code_in_every_domain() {
        for domain in ["", "com.microsoft", "mine"] {
            assert_eq!(operator(domain, "PyOp"), Operator::RunsCode);
        }
    }

    #[test]
    fn no_ordinary_operator_has_a_telling_name() {
        for name in STANDARD.iter() {
            assert_eq!(operator("", name), Operator::Ordinary, "{name}");
        }
    }

    #[test]
    fn another_domain_is_unknown() {
        assert_eq!(operator("mine", "Conv"), Operator::Unknown);
        assert_eq!(operator("com.microsoftish", "Conv"), Operator::Unknown);
    }
}
