//! `setup.cfg`: what a setuptools project asks for
//! (<https://setuptools.pypa.io/en/latest/userguide/declarative_config.html>). A manifest: what
//! its packages pull in is not known.

use mainstay_reading::{Entry, Input, Inventory, Origin, Place, ReadError, ReadErrorKind};
use mainstay_types::Scope;

use super::python::{Packages, requirement};

/// Reads one file.
pub(crate) fn read(input: &Input<'_>) -> Result<Inventory, ReadError> {
    let text = input.text()?;
    let mut packages = Packages::default();
    let mut asked = false;
    for value in values(&text)? {
        let Some(scope) = value.scope() else { continue };
        for (line, text) in value.lines {
            if let Some(file) = text.strip_prefix("file:") {
                asked = true;
                let file: String = file.trim().chars().take(120).collect();
                let reason = format!("the dependencies are in {}", file.escape_debug());
                packages.gap(Place::line(line), reason, "scan that file");
                continue;
            }
            asked |= scope != Scope::Build;
            want(&mut packages, text, scope, line);
        }
    }
    if asked {
        packages.gap(
            Place::default(),
            "what the dependencies pull in is not known: no lockfile is beside the setup.cfg",
            "lock them, for example with `uv pip compile --generate-hashes setup.cfg`",
        );
    }
    Ok(packages.inventory)
}

/// Takes one requirement as it is written; a line that is none is a gap.
pub(crate) fn want(packages: &mut Packages, text: &str, scope: Scope, line: u32) {
    let requirement = match requirement::parse(text) {
        Ok(requirement) => requirement,
        Err(problem) => {
            let reason = format!("a dependency cannot be read: {problem}");
            packages.gap(Place::line(line), reason, "correct the line");
            return;
        }
    };
    let origin = match requirement.url {
        None => Origin::registry(),
        Some(url) if url.starts_with("git+") => super::python::git_origin(url, None),
        Some(url) => Origin::Url(mainstay_types::SourceUrl::new(url)),
    };
    let Some(name) = packages.name(requirement.name, Some(line)) else { return };
    packages.push(Entry {
        name,
        version: requirement.version(),
        place: Place::line(line),
        scope,
        direct: Some(true),
        origin,
        checksums: Vec::new(),
        licence: None,
        released: None,
        needs: Vec::new(),
    });
}

/// One key with its value, line by line.
struct Value<'t> {
    section: &'t str,
    key: &'t str,
    lines: Vec<(u32, &'t str)>,
}

impl Value<'_> {
    fn scope(&self) -> Option<Scope> {
        match (self.section, self.key) {
            ("options", "install_requires") => Some(Scope::Runtime),
            ("options", "setup_requires") => Some(Scope::Build),
            ("options", "tests_require") => Some(Scope::Dev),
            ("options.extras_require", _) => Some(Scope::Optional),
            (_, _) => None,
        }
    }
}

/// The values of an INI file by the rules of Python's `configparser`: a line that is indented
/// deeper than its key goes on with the value.
fn values(text: &str) -> Result<Vec<Value<'_>>, ReadError> {
    let mut values: Vec<Value<'_>> = Vec::new();
    let mut section = "";
    let mut open = false;
    for (number, line) in (1_u32..).zip(text.lines()) {
        let content = line.trim();
        if content.is_empty() || content.starts_with(['#', ';']) {
            continue;
        }
        if line.starts_with(char::is_whitespace) {
            if let (true, Some(value)) = (open, values.last_mut()) {
                value.lines.push((number, content));
            }
            continue;
        }
        if let Some(name) = content.strip_prefix('[') {
            section = name.split(']').next().unwrap_or(name).trim();
            open = false;
        } else if let Some((key, first)) = content.split_once(['=', ':']) {
            let first = first.trim();
            let lines = if first.is_empty() { Vec::new() } else { vec![(number, first)] };
            values.push(Value { section, key: key.trim(), lines });
            open = true;
        } else {
            let message = "the line is neither a section nor a key with a value";
            return Err(ReadError::at(ReadErrorKind::Syntax, number, message));
        }
    }
    Ok(values)
}
