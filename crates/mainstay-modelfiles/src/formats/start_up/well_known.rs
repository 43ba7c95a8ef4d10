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

/// Tools whose start-up lines run a text.
const TOOLS: &[&str] = &["coverage", "pytest_cov", "pytest_cov.embed"];

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

/// Whether a line runs a text as code. Tools that measure coverage do so, and import themselves.
pub(super) fn runs_text(line: &str, reading: &Reading) -> bool {
    let calls = |name: &str| {
        line.match_indices(name).any(|(at, _)| {
            let before = line.get(..at).and_then(|before| before.chars().next_back());
            let behind = line.get(at + name.len()..).unwrap_or_default().trim_start();
            let is_name = before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '.'));
            !is_name && behind.starts_with('(')
        })
    };
    let is_of_tool = || {
        let imports = reading.imports.iter().map(|(module, _)| module.as_str());
        let tools = imports.filter(|module| TOOLS.contains(module)).count();
        tools > 0 || TOOLS.iter().any(|tool| line.contains(&format!("from {tool} import")))
    };
    (calls("exec") || calls("eval")) && !is_of_tool()
}

/// What setuptools writes for a package that is installed from its folder.
fn is_editable(module: &str) -> bool {
    let name = module.strip_prefix("__editable___").and_then(|name| name.strip_suffix("_finder"));
    name.is_some_and(|name| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_'))
}
