//! The names that lead out of a template into Python.

/// Attributes that lead to frames, code and classes and have no double underscores.
const INSIDES: &[&str] = &[
    "ag_code",
    "ag_frame",
    "co_code",
    "cr_code",
    "cr_frame",
    "f_back",
    "f_builtins",
    "f_code",
    "f_globals",
    "f_locals",
    "func_closure",
    "func_code",
    "func_defaults",
    "func_globals",
    "gi_code",
    "gi_frame",
    "gi_yieldfrom",
    "im_class",
    "im_func",
    "im_self",
    "mro",
    "tb_frame",
    "tb_next",
    "_module",
    "_TemplateReference__context",
];

/// Names between double underscores that are dangerous wherever they are written, even in a
/// string that is not used as a name in the same place.
const REACHING: &[&str] = &[
    "__base__",
    "__bases__",
    "__builtins__",
    "__call__",
    "__class__",
    "__closure__",
    "__code__",
    "__dict__",
    "__func__",
    "__getattr__",
    "__getattribute__",
    "__getitem__",
    "__globals__",
    "__import__",
    "__init__",
    "__init_subclass__",
    "__loader__",
    "__mro__",
    "__new__",
    "__reduce__",
    "__reduce_ex__",
    "__self__",
    "__spec__",
    "__subclasses__",
    "__traceback__",
    "__wrapped__",
];

/// Functions that start programs, run text as code or open files.
const SINKS: &[&str] = &[
    "Popen",
    "__import__",
    "check_call",
    "check_output",
    "eval",
    "exec",
    "execfile",
    "execv",
    "execve",
    "getoutput",
    "getstatusoutput",
    "import_module",
    "load_module",
    "popen",
    "popen2",
    "popen3",
    "run_module",
    "run_path",
    "spawn",
    "spawnl",
    "spawnv",
    "system",
];

/// Functions that open files or reach the insides of objects when they are there at all.
const OPENERS: &[&str] =
    &["compile", "delattr", "file", "getattr", "globals", "open", "setattr", "urlopen", "vars"];

/// Objects of a web server, and what of them gives its settings or its secrets away.
const SERVER: &[(&str, &[&str])] = &[
    ("config", &["from_envvar", "from_object", "from_pyfile", "SECRET_KEY", "root_path"]),
    ("request", &["application", "environ", "args", "cookies", "headers", "values"]),
    ("session", &["secret_key"]),
];

/// Whether an attribute of this name is part of the insides of Python.
pub(super) fn is_internal(name: &str) -> bool {
    let bare = name.strip_prefix("__").and_then(|name| name.strip_suffix("__"));
    let is_dunder = bare.is_some_and(|bare| bare.contains(char::is_alphanumeric));
    is_dunder || INSIDES.contains(&name)
}

/// The name of Python's insides that a text has in it.
pub(super) fn mentions_internal(text: &str) -> Option<&'static str> {
    if !text.contains('_') {
        return None;
    }
    let long = INSIDES.iter().filter(|name| name.contains('_') && name.len() > 7);
    REACHING.iter().chain(long).copied().find(|name| text.contains(name))
}

/// Whether a call of this name starts a program or runs text as code.
pub(super) fn is_sink(name: &str) -> bool {
    SINKS.contains(&name)
}

/// Whether a call of this name opens a file or reaches into an object.
pub(super) fn is_opener(name: &str) -> bool {
    OPENERS.contains(&name)
}

/// Whether this attribute of this object gives a web server away.
pub(super) fn is_of_a_server(object: &str, attribute: &str) -> bool {
    SERVER.iter().any(|(name, inside)| *name == object && inside.contains(&attribute))
}
