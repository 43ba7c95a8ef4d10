//! The words of Python that this reading knows: what is harmless to call, what does harm, and
//! which of Python's own classes may be a base.

/// Classes of Python that run nothing of a file's choosing when an instance is loaded.
const PLAIN_BASES: &[&str] = &[
    "ABC",
    "ABCMeta",
    "Enum",
    "Exception",
    "Flag",
    "Generic",
    "IntEnum",
    "IntFlag",
    "NamedTuple",
    "Protocol",
    "StrEnum",
    "TypedDict",
    "abc.ABC",
    "abc.ABCMeta",
    "bool",
    "bytearray",
    "bytes",
    "collections.Counter",
    "collections.OrderedDict",
    "collections.UserDict",
    "collections.UserList",
    "collections.UserString",
    "collections.namedtuple",
    "collections.ChainMap",
    "complex",
    "contextlib.AbstractContextManager",
    "dict",
    "enum.Enum",
    "enum.EnumMeta",
    "enum.Flag",
    "enum.IntEnum",
    "enum.IntFlag",
    "enum.StrEnum",
    "float",
    "frozenset",
    "int",
    "list",
    "object",
    "set",
    "str",
    "tuple",
    "type",
];

/// Names of Python that are harmless to call with anything.
const HARMLESS: &[&str] = &[
    "abs",
    "all",
    "any",
    "bool",
    "bytes",
    "callable",
    "dict",
    "divmod",
    "enumerate",
    "float",
    "frozenset",
    "getattr",
    "hasattr",
    "hash",
    "id",
    "int",
    "isinstance",
    "issubclass",
    "iter",
    "len",
    "list",
    "max",
    "min",
    "next",
    "object",
    "object.__new__",
    "object.__setattr__",
    "property",
    "range",
    "repr",
    "reversed",
    "round",
    "set",
    "slice",
    "sorted",
    "str",
    "sum",
    "super",
    "tuple",
    "type",
    "vars",
    "warnings.warn",
    "zip",
    "cls.__new__",
    "dict.fromkeys",
    "dict.__new__",
    "numpy.array",
    "numpy.asarray",
    "numpy.atleast_1d",
    "numpy.atleast_2d",
    "numpy.empty",
    "numpy.zeros",
    "object.__getattribute__",
    "dict.__init__",
    "dict.__setitem__",
    "float.__new__",
    "int.__new__",
    "list.__new__",
    "str.__new__",
    "tuple.__new__",
];

/// Methods of plain values.
const METHODS: &[&str] = &[
    "add",
    "append",
    "astype",
    "clear",
    "copy",
    "count",
    "discard",
    "endswith",
    "extend",
    "format",
    "get",
    "index",
    "insert",
    "items",
    "join",
    "keys",
    "lower",
    "pop",
    "popitem",
    "remove",
    "repeat",
    "replace",
    "rsplit",
    "rstrip",
    "setdefault",
    "sort",
    "split",
    "startswith",
    "strip",
    "union",
    "update",
    "upper",
    "values",
];

/// Methods that every class has, or that are judged where they are defined.
const OF_SUPER: &[&str] = &[
    "__delattr__",
    "__eq__",
    "__getattribute__",
    "__hash__",
    "__init_subclass__",
    "__new__",
    "__setattr__",
    "__setitem__",
    "__setstate__",
    "append",
    "extend",
    "update",
];

/// Modules whose functions do harm.
const HARMFUL_MODULES: &[&str] = &[
    "asyncio",
    "cloudpickle",
    "code",
    "ctypes",
    "dill",
    "ftplib",
    "glob",
    "gzip",
    "http",
    "importlib",
    "io",
    "joblib",
    "marshal",
    "multiprocessing",
    "os",
    "pickle",
    "pkgutil",
    "pty",
    "requests",
    "runpy",
    "shelve",
    "shutil",
    "signal",
    "smtplib",
    "socket",
    "sqlite3",
    "ssl",
    "subprocess",
    "tempfile",
    "threading",
    "urllib",
    "webbrowser",
    "xmlrpc",
    "zipfile",
];

/// Names that do harm wherever they are found.
const HARMFUL_NAMES: &[&str] = &[
    "CodeType",
    "FunctionType",
    "__import__",
    "check_output",
    "compile",
    "eval",
    "exec",
    "execfile",
    "fromfile",
    "import_module",
    "load",
    "loads",
    "memmap",
    "open",
    "popen",
    "Popen",
    "read_csv",
    "read_pickle",
    "read_text",
    "reload",
    "remove_tree",
    "rmtree",
    "run_module",
    "run_path",
    "setprofile",
    "settrace",
    "spawn",
    "system",
    "unlink",
    "urlopen",
    "urlretrieve",
    "write_bytes",
    "write_text",
];

const DECORATORS: &[&str] =
    &["classmethod", "staticmethod", "final", "typing.no_type_check", "override"];

pub(super) fn is_plain_base(path: &str) -> bool {
    let of_modules = ["typing.", "typing_extensions.", "numbers.", "collections.abc."];
    PLAIN_BASES.contains(&path)
        || of_modules.iter().any(|module| path.starts_with(module))
        || !path.contains('.') && is_fault(path)
}

/// Whether a name is that of an error or a warning: made, it only carries what it was given.
pub(super) fn is_fault(path: &str) -> bool {
    let name = path.rsplit('.').next().unwrap_or(path);
    ["Error", "Warning", "Exception", "StopIteration"].iter().any(|end| name.ends_with(end))
}

pub(super) fn is_harmless_call(path: &str) -> bool {
    HARMLESS.contains(&path.strip_prefix("builtins.").unwrap_or(path))
}

pub(super) fn is_harmless_method(name: &str) -> bool {
    METHODS.contains(&name)
}

pub(super) fn is_harmless_of_super(name: &str) -> bool {
    OF_SUPER.contains(&name)
}

/// Whether a name does harm, wherever it comes from.
pub(super) fn is_harmful_name(path: &str) -> bool {
    let last = path.rsplit('.').next().unwrap_or(path);
    HARMFUL_NAMES.contains(&last)
}

/// Whether a path leads into a module of Python whose functions do harm.
pub(super) fn is_in_harmful_module(path: &str) -> bool {
    // What joins and takes apart paths touches no files.
    !path.starts_with("os.path.")
        && path.split_once('.').is_some_and(|(first, _)| HARMFUL_MODULES.contains(&first))
}

pub(super) fn is_plain_decorator(name: &str) -> bool {
    DECORATORS.contains(&name.trim())
}
