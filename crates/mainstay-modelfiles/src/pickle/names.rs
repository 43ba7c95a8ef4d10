//! Names of Python: which are plain, and which reach for the inside of something.
//!
//! Since protocol 4 a name may be a path of attributes (`Outer.Inner`). Picklers write such a path
//! for a class in a class, and for a method of a class; no pickler writes one that goes through a
//! module or through something private.

/// How a name hides what it reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hidden {
    /// A private part of something: `Class._inner`, `__dict__`.
    Private,
    /// A path through something that is no class.
    Path,
    /// A module, through another one that has imported it.
    Module,
}

/// Modules that are reached through other modules to get at what they do.
const REACHED: [&str; 60] = [
    "_io",
    "_os",
    "_sys",
    "_thread",
    "ast",
    "asyncio",
    "atexit",
    "builtins",
    "cloudpickle",
    "code",
    "codecs",
    "codeop",
    "commands",
    "concurrent",
    "copyreg",
    "cPickle",
    "ctypes",
    "dill",
    "distutils",
    "fileinput",
    "ftplib",
    "functools",
    "gc",
    "glob",
    "http",
    "imp",
    "importlib",
    "inspect",
    "io",
    "linecache",
    "logging",
    "marshal",
    "mmap",
    "multiprocessing",
    "nt",
    "ntpath",
    "operator",
    "os",
    "pdb",
    "pickle",
    "pkgutil",
    "platform",
    "posix",
    "pty",
    "pydoc",
    "requests",
    "runpy",
    "shutil",
    "signal",
    "site",
    "socket",
    "subprocess",
    "sys",
    "tempfile",
    "threading",
    "timeit",
    "traceback",
    "urllib",
    "warnings",
    "webbrowser",
];

/// Libraries that the modules of others and their own import under these names. They have what
/// they import themselves.
const LIBRARIES: [&str; 16] = [
    "PIL",
    "cv2",
    "jax",
    "joblib",
    "np",
    "numpy",
    "pandas",
    "pd",
    "scipy",
    "six",
    "sklearn",
    "tensorflow",
    "tf",
    "torch",
    "torchvision",
    "transformers",
];

/// Whether a step of a path of attributes is a module that starts programs or runs code.
pub(super) fn is_powerful_module(step: &str) -> bool {
    matches!(
        step,
        "builtins"
            | "ctypes"
            | "importlib"
            | "marshal"
            | "nt"
            | "os"
            | "pickle"
            | "posix"
            | "pty"
            | "runpy"
            | "shutil"
            | "socket"
            | "subprocess"
            | "sys"
    )
}

/// How a name hides what it reaches, if it does.
pub(super) fn hidden(module: &str, name: &str) -> Option<Hidden> {
    if let Some((path, last)) = name.rsplit_once('.') {
        let is_private = |part: &str| part.starts_with('_');
        if is_private(last) || path.split('.').any(is_private) {
            return Some(Hidden::Private);
        }
        return if path.split('.').all(is_class_name) { None } else { Some(Hidden::Path) };
    }
    if name.starts_with("__") && name.ends_with("__") {
        return Some(Hidden::Private);
    }
    let own = module.rsplit('.').next().unwrap_or(module);
    let is_reached = (REACHED.contains(&name) || LIBRARIES.contains(&name)) && own != name;
    is_reached.then_some(Hidden::Module)
}

/// Whether a name is a member of one of the enums that a module of Python exports. Up to Python
/// 3.11 such a member is pickled by that name.
pub(super) fn is_exported_constant(module: &str, name: &str) -> bool {
    matches!(module, "signal" | "socket" | "ssl" | "re")
        && name
            .bytes()
            .all(|byte| byte == b'_' || byte.is_ascii_uppercase() || byte.is_ascii_digit())
        && name.starts_with(|first: char| first.is_ascii_uppercase())
}

/// Whether a name is written as those of classes are: with a capital, perhaps after underscores.
pub(super) fn is_class_name(name: &str) -> bool {
    name.trim_start_matches('_').starts_with(|first: char| first.is_ascii_uppercase())
}

/// Whether it could stand in Python source as one name.
pub(super) fn is_identifier(name: &str) -> bool {
    let is_start = |first: char| first == '_' || first.is_alphabetic();
    name.starts_with(is_start) && name.chars().all(|each| each == '_' || each.is_alphanumeric())
}

/// Whether bytes could be the name of a module, or of something in one, with or without dots.
pub(super) fn is_plausible_path(bytes: &[u8]) -> bool {
    let is_part = |part: &[u8]| {
        std::str::from_utf8(part).is_ok_and(|part| is_identifier(part) || part == "<lambda>")
    };
    bytes.len() <= 500 && bytes.split(|byte| *byte == b'.').all(is_part)
}

/// Modules whose exceptions objects keep, although the rest of them does harm.
const COMPLAINING: [&str; 44] = [
    "aiohttp",
    "asyncio",
    "bz2",
    "concurrent",
    "configparser",
    "csv",
    "ftplib",
    "getopt",
    "gzip",
    "http",
    "httpcore",
    "httpx",
    "imaplib",
    "json",
    "lzma",
    "marshal",
    "multiprocessing",
    "optparse",
    "pickle",
    "poplib",
    "psycopg2",
    "pymongo",
    "queue",
    "redis",
    "requests",
    "select",
    "shutil",
    "signal",
    "smtplib",
    "socket",
    "sqlalchemy",
    "sqlite3",
    "ssl",
    "subprocess",
    "tarfile",
    "telnetlib",
    "tempfile",
    "threading",
    "tokenize",
    "urllib",
    "urllib3",
    "xml",
    "yaml",
    "zipfile",
];

/// Whether a name is that of an exception, which does nothing but tell.
pub(super) fn is_complaint(module: &str, name: &str) -> bool {
    let root = module.split('.').next().unwrap_or(module);
    let ends = ["Error", "Exception", "Warning"];
    COMPLAINING.contains(&root)
        && is_identifier(name)
        && is_class_name(name)
        && ends.iter().any(|end| name.ends_with(end))
}

/// A line without the return of a line end that something translated on the way.
pub(super) fn without_return(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// Whether an attribute may be asked for by name: one identifier, and not private.
pub(super) fn is_plain(name: &str) -> bool {
    is_identifier(name) && !name.starts_with('_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_in_a_class_is_not_hidden() {
        assert_eq!(hidden("pack.age", "Outer.Inner"), None);
        assert_eq!(hidden("pack.age", "Class.method"), None);
    }

    #[test]
    fn a_private_or_a_module_in_a_path_hides() {
        assert_eq!(hidden("pack", "Class._secret"), Some(Hidden::Private));
        assert_eq!(hidden("pack", "__builtins__"), Some(Hidden::Private));
        assert_eq!(hidden("numpy", "lib.npyio.load"), Some(Hidden::Path));
        assert_eq!(hidden("numpy.lib", "os"), Some(Hidden::Module));
        assert_eq!(hidden("torch.nn.modules.module", "torch"), Some(Hidden::Module));
        assert_eq!(hidden("os", "os"), None);
    }
}
