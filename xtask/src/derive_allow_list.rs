//! `cargo xtask derive-allow-list`: which classes of a library run nothing of a file's choosing
//! when an instance of them is loaded, read from the sources in its wheels. Nothing is run.
//!
//! Loading an instance calls `__new__` and `__setstate__` of its class, and no `__init__`
//! (PEP 307). So a class is derived when those are absent or inert, in itself and in each of its
//! bases, and when what else loading can touch (`__setattr__`, `append`, ...) calls nothing that
//! opens, starts or imports. What this reading cannot follow is not derived: a base in a compiled
//! module, a call of a name that is not known. The answer is for a person to judge
//! (docs/how-to/renew-the-allow-list.md).
//!
//! Wheels are hostile input: sizes are bounded, and nothing recurses.

mod calls;
mod compare;
mod hooks;
mod index;
mod outline;
mod package;
mod source;
mod vocabulary;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use clap::Args;

use crate::step::Outcome;
use index::Index;

/// Which wheels, and what to say of them.
#[derive(Args)]
#[group(id = "derive")]
pub(crate) struct Options {
    /// Wheels, and source distributions (.tar.gz, .zip). A base in another library is found when
    /// that library is named too
    #[arg(required = true)]
    packages: Vec<PathBuf>,
    /// Say how the answer differs from a list, instead of printing it. May be given several times
    #[arg(long, value_name = "FILE")]
    compare: Vec<PathBuf>,
    /// Say of every class that is not derived why, too
    #[arg(long)]
    reasons: bool,
}

/// What was derived.
#[derive(Default)]
struct Derived {
    /// Names and versions of the packages.
    titles: Vec<String>,
    /// The first names of their modules.
    libraries: BTreeSet<String>,
    /// Paths of classes.
    classes: BTreeSet<String>,
    /// The other classes, and why.
    others: BTreeMap<String, String>,
    /// What `__reduce__` returns, and of which classes.
    functions: BTreeMap<String, BTreeSet<String>>,
    /// What was not read.
    notes: Vec<String>,
}

/// Reads the packages and prints the list, or how it differs from another.
pub(crate) fn run(options: &Options) -> anyhow::Result<Outcome> {
    let mut index = Index::default();
    let mut derived = Derived::default();
    for path in &options.packages {
        let package = package::read(path)?;
        derived.titles.push(format!("{} {}", package.name, package.version));
        derived.notes.extend(package.notes);
        for module in package.modules {
            let first = module.path.split('.').next().unwrap_or_default();
            derived.libraries.insert(first.to_owned());
            index.add(outline::read(&module.path, module.is_package, &module.text));
        }
    }
    derive(&index, &mut derived);
    if options.compare.is_empty() {
        print!("{}", list(&derived, options.reasons));
    } else {
        print!("{}", compare::report(&index, &derived, &options.compare)?);
    }
    Ok(Outcome::Passed)
}

fn derive(index: &Index, derived: &mut Derived) {
    for path in index.classes() {
        match hooks::fault(index, path) {
            None => drop(derived.classes.insert(path.to_owned())),
            Some(why) => drop(derived.others.insert(path.to_owned(), why)),
        }
        for function in hooks::reduced_to(index, path) {
            derived.functions.entry(function).or_default().insert(path.to_owned());
        }
    }
}

/// The list in the form of those that Mainstay ships: a path a line, everything else a comment.
fn list(derived: &Derived, reasons: bool) -> String {
    let mut lines = vec![
        "# Classes that run nothing of a file's choosing when an instance is loaded.".to_owned(),
        "# Derived by `cargo xtask derive-allow-list` from:".to_owned(),
    ];
    lines.extend(derived.titles.iter().map(|title| format!("#   {title}")));
    lines.extend(derived.notes.iter().map(|note| format!("# not read: {note}")));
    lines.extend(derived.classes.iter().cloned());
    if !derived.functions.is_empty() {
        lines.push("# What __reduce__ returns, to look at by hand:".to_owned());
    }
    for (function, classes) in &derived.functions {
        let classes: Vec<&str> = classes.iter().map(String::as_str).collect();
        lines.push(format!("#   {function} ({})", classes.join(", ")));
    }
    if reasons {
        lines.push("# Not derived:".to_owned());
        lines.extend(derived.others.iter().map(|(path, why)| format!("#   {path}: {why}")));
    }
    lines.push(String::new());
    lines.join("\n")
}

#[cfg(test)]
mod tests;
