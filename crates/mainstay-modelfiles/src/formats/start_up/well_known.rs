//! Start-up lines that packaging tools write.

use crate::python_source::Reading;

/// Modules that start-up lines of well-known packages import: of Python itself, and of the tools
/// that need to be there from the start.
const MODULES: &[&str] = &[
    "_distutils_hack",
    "_virtualenv",
    "coverage",
    "importlib",
    "importlib.machinery",
    "importlib.util",
    "os",
    "os.path",
    "pkgutil",
    "pytest_cov",
    "pytest_cov.embed",
    "pywin32_bootstrap",
    "site",
    "sys",
    "types",
    "warnings",
    "zope",
];

/// The module that a line runs and nobody knows.
pub(super) fn stranger(line: &str, reading: &Reading) -> Option<String> {
    let mut modules = reading.imports.iter().map(|(module, _)| module.as_str());
    let known = |module: &str| MODULES.contains(&module) || is_editable(module);
    let stranger = modules.find(|module| !known(module)).map(str::to_owned);
    // A module that is only named as a string.
    stranger.or_else(|| {
        let named = line.split("__import__(").skip(1).find_map(|rest| {
            let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
            let name = rest.get(1..)?.split(quote).next()?;
            (!known(name)).then(|| name.to_owned())
        });
        named.or_else(|| {
            let is_plain =
                line.split("__import__(").skip(1).all(|rest| rest.starts_with(['"', '\'']));
            (!is_plain).then(|| "a module whose name is put together".to_owned())
        })
    })
}

/// What setuptools writes for a package that is installed from its folder.
fn is_editable(module: &str) -> bool {
    let name = module.strip_prefix("__editable___").and_then(|name| name.strip_suffix("_finder"));
    name.is_some_and(|name| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_'))
}
