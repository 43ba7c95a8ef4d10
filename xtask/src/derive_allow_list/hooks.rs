//! What loading an instance runs of its class: `__new__` and `__setstate__`, and what state and
//! items are put in with (PEP 307, and `load_build`, `load_appends` and the like in Python's
//! `pickle.py`).

use std::collections::BTreeSet;

use super::calls::{self, Call};
use super::index::{Index, Meaning};
use super::outline::{Class, Function, split_at_commas};
use super::vocabulary;

/// Called with what a file says. Each of their calls must be known to be harmless.
const STRICT: [&str; 3] = ["__new__", "__setstate__", "__setattr__"];
/// Touched in passing, or without anything that a file says. None of their calls may do harm.
const LOOSE: [&str; 10] = [
    "__init_subclass__",
    "__getattr__",
    "__getattribute__",
    "__setitem__",
    "__hash__",
    "__eq__",
    "__del__",
    "append",
    "extend",
    "add",
];

/// The most classes that one may stem from.
const MOST_BASES: usize = 256;
/// The most functions that are followed from one hook.
const MOST_FUNCTIONS: usize = 256;

/// Why a class is not derived; `None` when it is.
pub(super) fn fault(index: &Index, path: &str) -> Option<String> {
    let family = match family(index, path) {
        Ok(family) => family,
        Err(why) => return Some(why),
    };
    for class in &family {
        let Some(definition) = index.class(class) else { continue };
        if let Some(why) = own_fault(index, class, definition, &family) {
            return Some(if *class == path { why } else { format!("{why}, of the base {class}") });
        }
    }
    None
}

/// A class and all that it stems from, as far as it is defined here.
fn family(index: &Index, path: &str) -> Result<Vec<String>, String> {
    let mut family = vec![path.to_owned()];
    let mut seen: BTreeSet<String> = family.iter().cloned().collect();
    let mut next = 0;
    while let Some(class) = family.get(next).cloned() {
        next += 1;
        let (Some(definition), Some((module, _))) = (index.class(&class), index.place(&class))
        else {
            continue;
        };
        for base in &definition.bases {
            for meaning in index.meanings(module, base) {
                match meaning {
                    Meaning::Class(base) if seen.insert(base.clone()) => family.push(base),
                    Meaning::Class(_) => {}
                    Meaning::Other(base) if vocabulary::is_plain_base(&base) => {}
                    Meaning::Other(base) => return Err(format!("its base {base} is not known")),
                    Meaning::Function(..) => {
                        return Err(format!("its base {base} is made by a function"));
                    }
                }
            }
        }
        if family.len() > MOST_BASES {
            return Err("it has too many bases".to_owned());
        }
    }
    Ok(family)
}

fn own_fault(index: &Index, path: &str, class: &Class, family: &[String]) -> Option<String> {
    for hook in STRICT.iter().chain(&LOOSE) {
        if class.assigned.iter().any(|assigned| assigned == hook) && *hook != "__hash__" {
            return Some(format!("{hook} is assigned"));
        }
        let Some(function) = index.method(path, hook) else { continue };
        let why = if STRICT.contains(hook) {
            followed(index, path, family, function)
        } else {
            harmful(index, path, function)
        };
        if let Some(why) = why {
            return Some(format!("{hook} {why}"));
        }
    }
    None
}

/// The first call in a function that may do harm.
fn harmful(index: &Index, class: &str, function: &Function) -> Option<String> {
    let (module, _) = index.place(class)?;
    for line in &function.body {
        if calls::has_word(&line.code, "import") {
            return Some(format!("imports in line {}", line.number));
        }
        for call in calls::of(&line.code) {
            if let Some(why) = harm(index, module, &call) {
                return Some(format!("{why} in line {}", line.number));
            }
        }
    }
    None
}

/// Why a call does harm, when it is known to.
fn harm(index: &Index, module: &str, call: &Call<'_>) -> Option<String> {
    let Call::Path { path, .. } = call else { return None };
    if vocabulary::is_harmful_name(path) {
        return Some(format!("calls {path}"));
    }
    index.meanings(module, path).into_iter().find_map(|meaning| {
        // What is not imported is a variable, whatever its name.
        let Meaning::Other(full) = meaning else { return None };
        let does_harm = vocabulary::is_harmful_name(&full)
            || vocabulary::is_in_harmful_module(&full) && index.imports(module, path);
        does_harm.then(|| format!("calls {full}"))
    })
}

/// What is still to be followed of a hook.
struct Walk<'a> {
    index: &'a Index,
    family: &'a [String],
    open: Vec<(&'a str, &'a Function)>,
    seen: BTreeSet<(String, String)>,
}

/// Why a hook is not harmless: a call that does harm, in it or in what it calls, else the first
/// that is not known to be harmless.
fn followed(index: &Index, class: &str, family: &[String], hook: &Function) -> Option<String> {
    let (module, _) = index.place(class)?;
    let mut walk = Walk { index, family, open: vec![(module, hook)], seen: BTreeSet::new() };
    let mut doubt = None;
    while let Some((module, function)) = walk.open.pop() {
        if walk.seen.len() > MOST_FUNCTIONS {
            return doubt.or(Some("calls too much".to_owned()));
        }
        let wrapped = function.decorators.iter().find(|name| !vocabulary::is_plain_decorator(name));
        if let Some(decorator) = wrapped {
            doubt.get_or_insert(format!("is decorated by {decorator}"));
        }
        for line in &function.body {
            let told = |why: String| format!("{why} in line {} of {module}", line.number);
            let calls = calls::of(&line.code);
            if let Some(why) = calls.iter().find_map(|call| harm(index, module, call)) {
                return Some(told(why));
            }
            let words = ["import", "with", "await"];
            let word = words.into_iter().find(|word| calls::has_word(&line.code, word));
            if let Some(word) = word {
                doubt.get_or_insert_with(|| told(format!("has `{word}`")));
            }
            for call in &calls {
                if let Some(why) = walk.call(module, call) {
                    doubt.get_or_insert_with(|| told(why));
                }
            }
        }
    }
    doubt
}

impl<'a> Walk<'a> {
    /// Why a call is not known to be harmless. What it calls is followed later.
    fn call(&mut self, module: &'a str, call: &Call<'_>) -> Option<String> {
        let (path, arguments) = match call {
            Call::Computed => return Some("calls what it computed".to_owned()),
            Call::OfSuper { method } => {
                let known = vocabulary::is_harmless_of_super(method);
                return (!known).then(|| format!("calls super().{method}"));
            }
            Call::OfValue { method } => {
                let known = vocabulary::is_harmless_method(method);
                return (!known).then(|| format!("calls the method {method}"));
            }
            Call::Path { path, arguments } => (*path, *arguments),
        };
        let own = path.strip_prefix("self.").or_else(|| path.strip_prefix("cls."));
        if let Some(method) = own.filter(|method| !method.contains('.')) {
            return self.own_method(path, method);
        }
        if matches!(path, "setattr" | "delattr") {
            let first = arguments.split(',').next().unwrap_or_default().trim();
            return (first != "self").then(|| format!("changes {first}"));
        }
        let mut why = None;
        for meaning in self.index.meanings(module, path) {
            why = why.or(match meaning {
                Meaning::Other(full) => other(path, &full),
                Meaning::Function(module, name) => self.follow(&module, &name),
                Meaning::Class(class) => self.make(&class),
            });
        }
        why
    }

    /// A method of the class that the hook belongs to: of all in the family, as it is not said
    /// which of them is called.
    fn own_method(&mut self, path: &str, method: &str) -> Option<String> {
        let mut is_known = vocabulary::is_harmless_of_super(method);
        for class in self.family {
            let Some((module, name)) = self.index.place(class) else { continue };
            let name = format!("{name}.{method}");
            if self.index.function(module, &name).is_some() {
                is_known = true;
                self.push(module, name);
            }
        }
        (!is_known).then(|| format!("calls {path}"))
    }

    fn follow(&mut self, module: &str, name: &str) -> Option<String> {
        let Some(module) = self.index.module(module) else {
            return Some(format!("calls {name}"));
        };
        self.push(module, name.to_owned());
        None
    }

    /// A class that is called: its `__new__` and `__init__` run, and those of its bases.
    fn make(&mut self, class: &str) -> Option<String> {
        if vocabulary::is_fault(class) {
            return None;
        }
        let Ok(family) = family(self.index, class) else {
            return Some(format!("makes a {class}"));
        };
        for class in &family {
            let Some((module, name)) = self.index.place(class) else { continue };
            for method in ["__new__", "__init__"] {
                let name = format!("{name}.{method}");
                if self.index.function(module, &name).is_some() {
                    self.push(module, name);
                }
            }
        }
        None
    }

    fn push(&mut self, module: &'a str, name: String) {
        if let Some(function) = self.index.function(module, &name)
            && self.seen.insert((module.to_owned(), name))
        {
            self.open.push((module, function));
        }
    }
}

/// A call of something that is not defined here: of Python itself, of another library, or a
/// method of a value.
fn other(path: &str, full: &str) -> Option<String> {
    if vocabulary::is_harmless_call(full) || vocabulary::is_fault(full) {
        return None;
    }
    let is_imported = path != full;
    let method = path.rsplit_once('.').map(|(_, method)| method);
    match method {
        Some(method) if !is_imported && vocabulary::is_harmless_method(method) => None,
        _ => Some(format!("calls {full}")),
    }
}

/// What `__reduce__` and `__reduce_ex__` of a class return to be called, by its path.
pub(super) fn reduced_to(index: &Index, class: &str) -> Vec<String> {
    let Some((module, _)) = index.place(class) else { return Vec::new() };
    let methods = ["__reduce__", "__reduce_ex__"];
    let bodies = methods.iter().filter_map(|method| index.method(class, method));
    let mut found = Vec::new();
    for line in bodies.flat_map(|function| &function.body) {
        let Some(value) = line.code.strip_prefix("return ") else { continue };
        let value = value.trim();
        let value = value.strip_prefix('(').unwrap_or(value);
        let first = split_at_commas(value).first().map_or("", |first| first.trim());
        if !super::outline::is_path(first) || first.starts_with("self.") {
            continue;
        }
        for meaning in index.meanings(module, first) {
            found.push(match meaning {
                Meaning::Class(path) | Meaning::Other(path) => path,
                Meaning::Function(module, name) => format!("{module}.{name}"),
            });
        }
    }
    found
}
