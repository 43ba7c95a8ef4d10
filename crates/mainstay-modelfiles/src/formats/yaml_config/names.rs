//! What a dotted name means that settings have imported and called.

use mainstay_reading::DangerCode;

use crate::python_source::{self, Callable};

/// What is known of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// A class or function of a library that settings of models name.
    Known,
    /// It runs code or programs.
    Runs,
    /// It goes through a module to something that is not its own.
    Hides,
    /// Nobody knows.
    Unknown,
}

/// Judges a name.
pub(super) fn judge(name: &str) -> Verdict {
    let verdict = by_parts(name);
    match python_source::callable(name) {
        Callable::Sink(_) if verdict != Verdict::Known => verdict,
        Callable::Sink(deed) if deed.code() == DangerCode::RunsCode => Verdict::Runs,
        Callable::Sink(_) => Verdict::Unknown,
        Callable::Ordinary | Callable::Unknown => verdict,
    }
}

fn by_parts(name: &str) -> Verdict {
    let segments: Vec<&str> = name.split('.').collect();
    let [root, inner @ ..] = &*segments else { return Verdict::Unknown };
    if !segments.iter().all(|segment| is_identifier(segment)) {
        return Verdict::Unknown;
    }
    let last = inner.last().copied().unwrap_or(root);
    let is_builtin = matches!(*root, "builtins" | "__builtin__") || inner.is_empty();
    if RUNNING_MODULES.contains(root) || (is_builtin && RUNNING_BUILTINS.contains(&last)) {
        return Verdict::Runs;
    }
    if is_builtin && HARMLESS_BUILTINS.contains(&last) {
        return Verdict::Known;
    }
    let is_hidden = |segment: &&str| {
        segment.starts_with("__") || RUNNING_MODULES.contains(segment) || *segment == "builtins"
    };
    if inner.iter().any(is_hidden) {
        return Verdict::Hides;
    }
    if RUNNING_CALLS.contains(&last) {
        return Verdict::Runs;
    }
    if LOADING_CALLS.contains(&last) {
        return Verdict::Unknown;
    }
    if KNOWN_NAMES.contains(&name) || KNOWN_LIBRARIES.contains(root) {
        return Verdict::Known;
    }
    Verdict::Unknown
}

fn is_identifier(segment: &str) -> bool {
    let mut chars = segment.chars();
    chars.next().is_some_and(|c| c.is_alphabetic() || c == '_')
        && chars.all(|c| c.is_alphanumeric() || c == '_')
}

/// Modules of Python whose purpose is to run, to load or to reach out: no settings of a model have
/// business with them.
const RUNNING_MODULES: &[&str] = &[
    "os",
    "posix",
    "nt",
    "subprocess",
    "sys",
    "importlib",
    "imp",
    "runpy",
    "pty",
    "shutil",
    "socket",
    "socketserver",
    "ctypes",
    "_ctypes",
    "multiprocessing",
    "code",
    "codeop",
    "timeit",
    "cProfile",
    "profile",
    "pdb",
    "bdb",
    "trace",
    "pickle",
    "_pickle",
    "marshal",
    "shelve",
    "pydoc",
    "webbrowser",
    "asyncio",
    "urllib",
    "http",
    "ftplib",
    "smtplib",
    "telnetlib",
    "commands",
    "platform",
    "pip",
    "ensurepip",
    "venv",
    "distutils",
    "doctest",
    "inspect",
    "gc",
    "signal",
    "threading",
    "_thread",
    "pkgutil",
    "zipimport",
    "tempfile",
    "requests",
    "httpx",
    "paramiko",
    "dill",
    "cloudpickle",
    "antigravity",
    "idlelib",
    "lib2to3",
    "test",
];

const RUNNING_BUILTINS: &[&str] = &[
    "eval",
    "exec",
    "compile",
    "execfile",
    "open",
    "input",
    "getattr",
    "setattr",
    "delattr",
    "globals",
    "locals",
    "vars",
    "breakpoint",
    "help",
    "__import__",
    "__build_class__",
];

const HARMLESS_BUILTINS: &[&str] = &[
    "bool",
    "bytes",
    "complex",
    "dict",
    "float",
    "frozenset",
    "int",
    "list",
    "object",
    "range",
    "set",
    "slice",
    "str",
    "tuple",
    "len",
    "max",
    "min",
    "sum",
    "abs",
    "round",
    "sorted",
    "zip",
    "enumerate",
    "reversed",
    "map",
    "filter",
    "any",
    "all",
    "type",
];

/// Calls of known libraries that run code or programs that they are given.
const RUNNING_CALLS: &[&str] = &[
    "system",
    "popen",
    "Popen",
    "spawn",
    "check_output",
    "check_call",
    "run_cprofile",
    "run_autograd_prof",
    "run_and_read_all",
    "load_library",
    "load_inline",
    "load_module",
    "import_module",
    "exec_command",
    "evaluate_guards_expression",
    "runstring",
    "run_path",
    "run_module",
    "execWrapper",
    "getlincoef",
    "load_config",
    "resolve_name",
    "locate",
];

/// Calls of known libraries that load from a file or an address that the settings give.
const LOADING_CALLS: &[&str] = &[
    "load",
    "loads",
    "load_state_dict_from_url",
    "read_pickle",
    "get_method",
    "get_object",
    "get_class",
    "instantiate",
    "call",
    "unpickle",
];

/// Harmless classes and functions of Python itself.
const KNOWN_NAMES: &[&str] = &[
    "argparse.Namespace",
    "collections.OrderedDict",
    "collections.defaultdict",
    "collections.Counter",
    "datetime.date",
    "datetime.datetime",
    "datetime.timedelta",
    "functools.partial",
    "pathlib.Path",
    "pathlib.PosixPath",
    "pathlib.WindowsPath",
    "pathlib.PurePath",
    "pathlib.PurePosixPath",
    "decimal.Decimal",
    "fractions.Fraction",
    "math.sqrt",
    "math.log",
    "math.exp",
    "operator.mul",
    "operator.add",
    "uuid.UUID",
];

/// Libraries that settings of models build from.
const KNOWN_LIBRARIES: &[&str] = &[
    "nemo",
    "nemo_text_processing",
    "torch",
    "torchvision",
    "torchaudio",
    "torchmetrics",
    "torchtext",
    "torchdata",
    "pytorch_lightning",
    "lightning",
    "lightning_fabric",
    "omegaconf",
    "hydra",
    "transformers",
    "diffusers",
    "accelerate",
    "peft",
    "timm",
    "ldm",
    "sgm",
    "cldm",
    "taming",
    "vqvae",
    "open_clip",
    "clip",
    "kornia",
    "megatron",
    "apex",
    "fairseq",
    "fairseq2",
    "speechbrain",
    "hyperpyyaml",
    "espnet",
    "espnet2",
    "sentencepiece",
    "tokenizers",
    "datasets",
    "numpy",
    "scipy",
    "sklearn",
    "pandas",
    "xgboost",
    "lightgbm",
    "catboost",
    "keras",
    "tensorflow",
    "tf_keras",
    "jax",
    "flax",
    "optax",
    "einops",
    "monai",
    "mmcv",
    "mmdet",
    "mmseg",
    "mmengine",
    "detectron2",
    "ultralytics",
    "albumentations",
    "wandb",
    "tensorboard",
    "gym",
    "gymnasium",
    "stable_baselines3",
    "audiocraft",
    "bigvgan",
    "vocos",
    "encodec",
    "julius",
    "dac",
    "ignite",
    "composer",
    "deepspeed",
    "bitsandbytes",
    "xformers",
    "flash_attn",
    "rotary_embedding_torch",
    "x_transformers",
    "segment_anything",
    "sam2",
    "pyannote",
    "huggingface_hub",
    "safetensors",
    "nvidia",
    "transformer_engine",
    "modulus",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_known_libraries_are_known() {
        for name in [
            "nemo.collections.asr.modules.ConformerEncoder",
            "torch.nn.Linear",
            "ldm.models.diffusion.ddpm.LatentDiffusion",
            "argparse.Namespace",
            "builtins.int",
        ] {
            assert_eq!(judge(name), Verdict::Known, "{name}");
        }
    }

    #[test]
    fn names_that_run_code_are_told_whatever_they_go_through() {
        for name in ["os.system", "builtins.eval", "eval", "subprocess.Popen", "pydoc.locate"] {
            assert_eq!(judge(name), Verdict::Runs, "{name}");
        }
        for name in ["torch.os.system", "nemo.utils.subprocess.run", "numpy.__builtins__.eval"] {
            assert_eq!(judge(name), Verdict::Hides, "{name}");
        }
        assert_eq!(judge("torch.ops.load_library"), Verdict::Runs);
    }

    #[test]
    fn what_nobody_knows_is_unknown() {
        for name in ["src.models.Net", "torch.load", "${oc.env:X}", "", "a..b"] {
            assert_eq!(judge(name), Verdict::Unknown, "{name}");
        }
    }
}
