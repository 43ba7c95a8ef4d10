//! What is known of the names that a Keras configuration may use.
//!
//! A class or function stands as a module and a name (Keras 3), or as a name alone (Keras 1 and
//! 2). Names of Keras are in `names.txt`, modules whose import is never honest and functions that
//! reach beyond arrays in `python_names.txt`; here are the functions of Keras that do more than
//! build a model.

use std::collections::HashSet;
use std::sync::LazyLock;

use mainstay_reading::DangerCode;

/// Every name in `names.txt`.
static NAMES: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    let lines = include_str!("names.txt").lines();
    let names = lines.filter(|line| !line.starts_with(['#', '[']));
    names.flat_map(str::split_whitespace).collect()
});

/// The names in the section of `python_names.txt` that has this title.
fn section(title: &str) -> HashSet<&'static str> {
    let lines = include_str!("python_names.txt").lines();
    let lines = lines.skip_while(|line| line.trim_matches(['[', ']']) != title).skip(1);
    let lines = lines.take_while(|line| !line.starts_with('['));
    lines.filter(|line| !line.starts_with('#')).flat_map(str::split_whitespace).collect()
}

static HOSTILE: LazyLock<HashSet<&str>> = LazyLock::new(|| section("hostile"));
static REACHED: LazyLock<HashSet<&str>> = LazyLock::new(|| section("reached"));
static RUNS: LazyLock<HashSet<&str>> = LazyLock::new(|| section("runs"));
static FILES: LazyLock<HashSet<&str>> = LazyLock::new(|| section("files"));
static BUILDING: LazyLock<HashSet<&str>> = LazyLock::new(|| section("building"));

/// Whether a name is one of Keras' own classes or functions of arrays.
pub(crate) fn is_keras_name(name: &str) -> bool {
    NAMES.contains(name)
}

/// A function or class of Keras that does more than build a model.
pub(crate) struct Sink {
    /// Its name, without the module.
    pub(crate) name: &'static str,
    pub(crate) code: DangerCode,
    /// What it does; completes "it ...".
    pub(crate) does: &'static str,
    pub(crate) advisory: Option<&'static str>,
}

const GET_FILE: Option<&str> = Some("CVE-2025-8747");
const UNSAFE: Option<&str> = Some("CVE-2025-9906");

/// Such functions and classes, by name: old versions find them under several modules.
const SINKS: &[Sink] = &[
    sink("get_file", DangerCode::UsesNetwork, "downloads a file and unpacks it to disk", GET_FILE),
    sink("extract_archive", DangerCode::TouchesFiles, "unpacks an archive to disk", GET_FILE),
    sink("_extract_archive", DangerCode::TouchesFiles, "unpacks an archive to disk", GET_FILE),
    sink(
        "enable_unsafe_deserialization",
        DangerCode::ChangesLibrary,
        "switches the safe mode of Keras off for everything that is loaded later",
        UNSAFE,
    ),
    sink("set_global_attribute", DangerCode::ChangesLibrary, "changes settings of Keras", UNSAFE),
    sink("load_model", DangerCode::RunsCode, "loads another model, without the safe mode", UNSAFE),
    sink("load_model_from_hdf5", DangerCode::RunsCode, "loads another model", UNSAFE),
    sink("model_from_json", DangerCode::RunsCode, "builds another model from text", UNSAFE),
    sink("model_from_yaml", DangerCode::RunsCode, "builds a model from YAML", UNSAFE),
    sink("model_from_config", DangerCode::RunsCode, "builds another model", UNSAFE),
    sink(
        "deserialize_keras_object",
        DangerCode::RunsCode,
        "builds whatever object it is given",
        UNSAFE,
    ),
    sink("func_load", DangerCode::RunsCode, "turns bytes into a Python function", None),
    sink(
        "TorchModuleWrapper",
        DangerCode::RunsCode,
        "unpickles the PyTorch module that it is given",
        Some("CVE-2025-49655"),
    ),
    sink("run_cmd", DangerCode::RunsCode, "starts a program", None),
    sink(
        "TFSMLayer",
        DangerCode::TouchesFiles,
        "loads another SavedModel from a path and runs its graph",
        None,
    ),
    sink("load_weights", DangerCode::TouchesFiles, "reads another file", None),
    sink("load_img", DangerCode::TouchesFiles, "reads another file", None),
    sink("save_img", DangerCode::TouchesFiles, "writes a file", None),
    sink("save_model", DangerCode::TouchesFiles, "writes a file", None),
    sink("save_weights", DangerCode::TouchesFiles, "writes a file", None),
    sink("plot_model", DangerCode::TouchesFiles, "writes a file and starts a program", None),
    sink("KerasFileEditor", DangerCode::TouchesFiles, "reads another file", None),
    sink("image_dataset_from_directory", DangerCode::TouchesFiles, "reads files", None),
    sink("text_dataset_from_directory", DangerCode::TouchesFiles, "reads files", None),
    sink("audio_dataset_from_directory", DangerCode::TouchesFiles, "reads files", None),
    sink("CSVLogger", DangerCode::TouchesFiles, "writes a file", None),
    sink("ModelCheckpoint", DangerCode::TouchesFiles, "writes files", None),
    sink("BackupAndRestore", DangerCode::TouchesFiles, "writes and removes files", None),
    sink("TensorBoard", DangerCode::TouchesFiles, "writes files", None),
    sink("RemoteMonitor", DangerCode::UsesNetwork, "sends data to an address", None),
    sink("get_from_url", DangerCode::UsesNetwork, "downloads a file", None),
    sink("from_preset", DangerCode::UsesNetwork, "downloads another model", None),
];

const fn sink(
    name: &'static str,
    code: DangerCode,
    does: &'static str,
    advisory: Option<&'static str>,
) -> Sink {
    Sink { name, code, does, advisory }
}

/// The function or class of Keras of this name that does more than build a model.
pub(crate) fn sink_of(name: &str) -> Option<&'static Sink> {
    SINKS.iter().find(|sink| sink.name == name)
}

/// Packages that are Keras, under all of its names.
const KERAS: &[&str] = &["keras", "tf_keras", "keras_core"];
/// Packages of layers and models by the makers of Keras.
const BY_KERAS: &[&str] = &["keras_hub", "keras_nlp", "keras_cv", "keras_rs"];
/// What a dotted module is to Keras.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// A part of Keras that models are built of.
    Building,
    /// Another part of Keras.
    Keras,
    /// A package of the makers of Keras.
    ByKeras,
    /// TensorFlow, but not its Keras.
    TensorFlow,
    /// A library of arrays.
    Arrays,
    /// Its import is never honest here: the standard library, or a package that starts programs.
    Hostile,
    Unknown,
}

/// Where a module belongs.
pub(crate) fn origin_of(module: &str) -> Origin {
    let mut segments = module.split('.');
    let first = segments.next().unwrap_or_default();
    if HOSTILE.contains(first) {
        return Origin::Hostile;
    }
    if module.split('.').skip(1).any(|segment| REACHED.contains(segment)) {
        return Origin::Hostile;
    }
    if BY_KERAS.contains(&first) {
        return Origin::ByKeras;
    }
    let within = if KERAS.contains(&first) {
        Some(segments.next())
    } else if first == "tensorflow" {
        let rest: Vec<&str> = segments.clone().take(2).collect();
        match *rest {
            ["keras", ..] => segments.nth(1).map_or(Some(None), |part| Some(Some(part))),
            ["python", "keras"] => segments.nth(2).map_or(Some(None), |part| Some(Some(part))),
            _ => return Origin::TensorFlow,
        }
    } else {
        None
    };
    match within {
        Some(None) => Origin::Building,
        Some(Some("src" | "api" | "_tf_keras")) => {
            let is_building = segments.any(|segment| BUILDING.contains(segment));
            if is_building { Origin::Building } else { Origin::Keras }
        }
        Some(Some(part)) if BUILDING.contains(part) => Origin::Building,
        Some(Some(_)) => Origin::Keras,
        None if matches!(first, "numpy" | "jax" | "ml_dtypes" | "torch" | "pandas" | "scipy") => {
            Origin::Arrays
        }
        None => Origin::Unknown,
    }
}

/// Whether a name with a package before a `>` (`keras_hub>BertBackbone`) is of the makers of
/// Keras.
pub(crate) fn is_registered_by_keras(registered: &str) -> bool {
    registered.split_once('>').is_some_and(|(package, _)| {
        BY_KERAS.contains(&package) || KERAS.contains(&package) || package == "Addons"
    })
}

/// Whether a function of this name in TensorFlow or a library of arrays reaches beyond arrays.
pub(crate) fn reaches_beyond_arrays(name: &str) -> Option<DangerCode> {
    if RUNS.contains(name) {
        return Some(DangerCode::RunsCode);
    }
    FILES.contains(name).then_some(DangerCode::TouchesFiles)
}

/// Whether a name is that of a module that models never import.
pub(crate) fn is_hostile_module(name: &str) -> bool {
    REACHED.contains(name)
}

/// Functions of `builtins` that do more than make a value.
pub(crate) fn is_hostile_builtin(name: &str) -> bool {
    matches!(
        name,
        "eval"
            | "exec"
            | "execfile"
            | "compile"
            | "__import__"
            | "open"
            | "file"
            | "input"
            | "raw_input"
            | "breakpoint"
            | "getattr"
            | "setattr"
            | "delattr"
            | "globals"
            | "locals"
            | "vars"
            | "map"
            | "filter"
            | "type"
            | "help"
            | "exit"
            | "quit"
            | "memoryview"
            | "apply"
            | "reduce"
            | "print"
            | "super"
            | "object"
            | "dir"
            | "id"
    ) || name.starts_with("__")
}
