//! `setup.py`: a program that says what a setuptools project asks for. The lists of plain strings
//! are read; what the program works out besides is not known, so the inventory is partial as soon
//! as it can ask for anything.

use mainstay_reading::{Input, Inventory, Lines, Place, ReadError};
use mainstay_types::Scope;

use super::python::Packages;
use super::setup_cfg::want;

/// The arguments of `setup()` that ask for packages.
const ARGUMENTS: [(&str, Scope); 4] = [
    ("install_requires", Scope::Runtime),
    ("extras_require", Scope::Optional),
    ("setup_requires", Scope::Build),
    ("tests_require", Scope::Dev),
];

/// Lists read for one argument. Honest files have one or two.
const MOST_LISTS: usize = 64;

/// Reads one file.
pub(crate) fn read(input: &Input<'_>) -> Result<Inventory, ReadError> {
    let text = input.text()?;
    let lines = Lines::new(&text);
    let mut packages = Packages::default();
    for (argument, scope) in ARGUMENTS {
        for (at, _) in text.match_indices(argument).take(MOST_LISTS) {
            let after = text.get(at + argument.len()..).unwrap_or("").trim_start();
            let Some(value) = after.strip_prefix('=').map(str::trim_start) else { continue };
            for (string, is_key) in strings(value) {
                if !is_key && !string.trim().is_empty() {
                    let line = lines.of(string).unwrap_or(1);
                    want(&mut packages, string.trim(), scope, line);
                }
            }
        }
    }
    if text.contains("_require") || text.contains("**") {
        packages.gap(
            Place::default(),
            "setup.py is a program: what it asks for, and what that pulls in, is not known",
            "move the dependencies to pyproject.toml and lock them, for example with `uv lock`",
        );
    }
    Ok(packages.inventory)
}

/// The strings of a list, tuple or dictionary literal at the start of the text, and whether each
/// is a key. Stops at the end of the literal, at most 64 levels deep.
fn strings(text: &str) -> Vec<(&str, bool)> {
    let mut found: Vec<(&str, bool)> = Vec::new();
    let mut depth = 0_usize;
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let after = rest.get(c.len_utf8()..).unwrap_or("");
        rest = match c {
            '[' | '(' | '{' if depth < 64 => {
                depth += 1;
                after
            }
            ']' | ')' | '}' if depth > 1 => {
                depth -= 1;
                after
            }
            // A value that is no literal: a name or a call.
            _ if depth == 0 => break,
            '[' | '(' | '{' | ']' | ')' | '}' => break,
            '"' | '\'' => {
                let Some((string, after)) = literal(after, c) else { break };
                let is_key = after.trim_start().starts_with(':');
                found.push((string, is_key));
                after
            }
            '#' => after.find('\n').and_then(|end| after.get(end..)).unwrap_or(""),
            _ => after,
        };
    }
    found
}

/// A string up to its quotation mark, on one line.
fn literal(text: &str, quote: char) -> Option<(&str, &str)> {
    let (string, after) = text.split_once(quote)?;
    (!string.contains('\n')).then_some((string, after))
}
