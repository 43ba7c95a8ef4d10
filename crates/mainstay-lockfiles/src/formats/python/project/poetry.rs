//! The tables of poetry (<https://python-poetry.org/docs/pyproject/>): dependencies by name, each
//! a constraint, a table, or a list of tables.

use std::collections::BTreeMap;

use mainstay_reading::{LockedVersion, Origin};
use mainstay_types::{Ecosystem, PackageName, Scope};
use serde::Deserialize;
use toml::{Spanned, Value};

use super::{Reading, WantedFrom, from_address, from_folder, indexes};
use crate::formats::python::{git_origin, requirement};

/// `[tool.poetry]`.
#[derive(Default, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub(super) struct Poetry {
    name: Option<String>,
    dependencies: BTreeMap<Spanned<String>, Value>,
    dev_dependencies: BTreeMap<Spanned<String>, Value>,
    group: BTreeMap<String, Group>,
    extras: BTreeMap<String, Value>,
    pub(super) source: Vec<Spanned<indexes::PoetrySource>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Group {
    dependencies: BTreeMap<Spanned<String>, Value>,
}

pub(super) fn read(reading: &mut Reading<'_>, poetry: &Poetry) {
    if let (None, Some(name)) = (&reading.project.name, &poetry.name) {
        reading.project.name = PackageName::parse(Ecosystem::PyPi, name).ok();
    }
    reading.project.extras.extend(poetry.extras.keys().cloned());
    table(reading, &poetry.dependencies, Scope::Runtime);
    table(reading, &poetry.dev_dependencies, Scope::Dev);
    for (name, group) in &poetry.group {
        let scope = if name == "main" { Scope::Runtime } else { Scope::Dev };
        table(reading, &group.dependencies, scope);
    }
}

fn table(reading: &mut Reading<'_>, table: &BTreeMap<Spanned<String>, Value>, scope: Scope) {
    let mut rows: Vec<_> = table.iter().collect();
    rows.sort_by_key(|(name, _)| name.span().start);
    for (name, value) in rows {
        // The interpreter is a wish of its own, not a package.
        if name.as_ref().eq_ignore_ascii_case("python") {
            continue;
        }
        let line = reading.lines.at(name.span().start);
        let alternatives: &[Value] = match value {
            Value::Array(list) => list,
            single @ (Value::String(_)
            | Value::Integer(_)
            | Value::Float(_)
            | Value::Boolean(_)
            | Value::Datetime(_)
            | Value::Table(_)) => std::slice::from_ref(single),
        };
        for alternative in alternatives {
            let optional = alternative.get("optional").and_then(Value::as_bool) == Some(true);
            let scope = if optional { scope.max(Scope::Optional) } else { scope };
            let version = alternative
                .as_str()
                .or_else(|| alternative.get("version")?.as_str())
                .map_or(LockedVersion::Unstated, constraint);
            let origin = origin(alternative);
            reading.want(name.as_ref(), version, scope, origin, line);
        }
    }
}

/// A constraint of poetry: a bare version is exactly that version; the rest are ranges.
pub(crate) fn constraint(text: &str) -> LockedVersion {
    let text = text.trim();
    let bare = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '+' | '!');
    if text == "*" || text.is_empty() {
        LockedVersion::Unstated
    } else if text.starts_with(|c: char| c.is_ascii_digit()) && text.chars().all(bare) {
        LockedVersion::Exact(text.into())
    } else {
        match requirement::version_of(text) {
            LockedVersion::Exact(version) if !text.contains(['|', '^', '~']) => {
                LockedVersion::Exact(version)
            }
            LockedVersion::Exact(_) | LockedVersion::Asked(_) | LockedVersion::Unstated => {
                LockedVersion::Asked(text.into())
            }
        }
    }
}

fn origin(value: &Value) -> WantedFrom {
    let field = |key: &str| value.get(key).and_then(Value::as_str);
    if let Some(git) = field("git") {
        return WantedFrom::Origin(git_origin(git, field("rev")));
    }
    if let Some(url) = field("url") {
        return from_address(url);
    }
    if let Some(path) = field("path").or_else(|| field("file")) {
        return match value.get("develop").and_then(Value::as_bool) {
            Some(true) => WantedFrom::Member(Some(path.into())),
            Some(false) | None => from_folder(path),
        };
    }
    WantedFrom::Origin(Origin::registry())
}
