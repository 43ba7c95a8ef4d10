//! What is known of the types and functions that a skops tree may name.

use mainstay_reading::DangerCode;

use crate::formats::keras::known as python;

/// What a type or a function is to a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Ordinary,
    /// It can run code.
    Hostile,
    /// It reads or writes files, or fetches them.
    Files,
    /// It is reached through another name.
    Hidden,
    Unknown,
}

/// Libraries whose types and functions make up models; what of them does more is told by name.
const OF_MODELS: &[&str] = &[
    "sklearn",
    "numpy",
    "scipy",
    "lightgbm",
    "xgboost",
    "catboost",
    "imblearn",
    "quantile_forest",
    "skops",
    "category_encoders",
    "sklearn_pandas",
    "feature_engine",
    "umap",
    "hdbscan",
    "sklearn_extra",
    "mlxtend",
    "skopt",
    "interpret",
    "ngboost",
    "econml",
    "sktime",
    "skorch",
];

/// Types of values of the standard library.
const VALUES: &[(&str, &str)] = &[
    ("collections", "OrderedDict"),
    ("collections", "defaultdict"),
    ("collections", "Counter"),
    ("collections", "deque"),
    ("functools", "partial"),
    ("pathlib", "PosixPath"),
    ("pathlib", "WindowsPath"),
    ("pathlib", "Path"),
    ("pathlib._local", "PosixPath"),
    ("operator", "attrgetter"),
    ("operator", "itemgetter"),
    ("decimal", "Decimal"),
    ("fractions", "Fraction"),
    ("uuid", "UUID"),
    ("re", "Pattern"),
    ("types", "SimpleNamespace"),
];

/// Types and harmless functions of `builtins`.
const BUILTINS: &[&str] = &[
    "dict",
    "list",
    "set",
    "frozenset",
    "tuple",
    "str",
    "int",
    "float",
    "bool",
    "complex",
    "bytes",
    "bytearray",
    "slice",
    "range",
    "type",
    "object",
    "NoneType",
    "ellipsis",
    "map",
    "len",
    "sum",
    "min",
    "max",
    "abs",
    "round",
    "sorted",
    "any",
    "all",
    "zip",
    "enumerate",
    "reversed",
    "repr",
    "hash",
    "ord",
    "chr",
    "divmod",
    "pow",
    "function",
    "method",
    "builtin_function_or_method",
];

const LOADERS: &[&str] = &[
    "DictNode",
    "DefaultDictNode",
    "ListNode",
    "SetNode",
    "TupleNode",
    "TypeNode",
    "SliceNode",
    "ObjectNode",
    "JsonNode",
    "BytesNode",
    "BytearrayNode",
    "NdArrayNode",
    "MaskedArrayNode",
    "RandomStateNode",
    "DTypeNode",
    "SparseMatrixNode",
    "TreeNode",
    "LossNode",
    "SGDNode",
    "QuantileForestNode",
    "_DictWithDeprecatedKeysNode",
    "ConstructorFromReduceNode",
    "CachedNode",
    "PartialNode",
    "CyLossNode",
    "ReduceNode",
];

pub(super) fn is_loader(loader: &str) -> bool {
    LOADERS.contains(&loader)
}

pub(super) fn is_bit_generator(name: &str) -> bool {
    matches!(name, "PCG64" | "PCG64DXSM" | "MT19937" | "Philox" | "SFC64")
}

/// Judges a type or a function.
pub(super) fn verdict(module: &str, class: &str) -> Verdict {
    let root = module.split('.').next().unwrap_or_default();
    if VALUES.contains(&(module, class)) || matches!(root, "datetime" | "zoneinfo" | "pytz") {
        return Verdict::Ordinary;
    }
    if root == "builtins" {
        return match class {
            _ if BUILTINS.contains(&class) => Verdict::Ordinary,
            _ if python::is_hostile_builtin(class) => Verdict::Hostile,
            _ => Verdict::Unknown,
        };
    }
    // A dotted name walks from object to object.
    let walks = class.contains('.') || class.starts_with("__");
    if python::origin_of(module) == python::Origin::Hostile || python::is_hostile_module(class) {
        return Verdict::Hostile;
    }
    if walks {
        return Verdict::Hidden;
    }
    if !OF_MODELS.contains(&root) {
        return Verdict::Unknown;
    }
    match python::reaches_beyond_arrays(class) {
        // Names of `TensorFlow` that mean nothing else elsewhere.
        _ if matches!(class, "copy" | "query" | "remove" | "vectorize") => Verdict::Ordinary,
        Some(DangerCode::RunsCode) => Verdict::Hostile,
        Some(_) => Verdict::Files,
        None if fetches(module, class) => Verdict::Files,
        None => Verdict::Ordinary,
    }
}

/// Whether it is a function of `sklearn.datasets`, which reads or fetches files.
fn fetches(module: &str, class: &str) -> bool {
    let is_of_files = class.starts_with("fetch_")
        || class.starts_with("load_")
        || class.starts_with("dump_")
        || class.starts_with("get_data_home");
    (module.starts_with("sklearn.datasets") && is_of_files)
        || module.starts_with("sklearn.utils._testing")
        || module.starts_with("sklearn.externals")
        || module.starts_with("skops.io")
}
