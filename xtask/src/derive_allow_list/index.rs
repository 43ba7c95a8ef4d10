//! All modules of the packages together, to find what a name in one of them stands for.

use std::collections::{BTreeMap, BTreeSet};

use super::outline::{Class, Function, Module};

/// How many names may stand for each other before the search is given up.
const MOST_HOPS: usize = 256;

/// The modules, by path.
#[derive(Debug, Default)]
pub(super) struct Index {
    modules: BTreeMap<String, Module>,
    /// Paths of classes: the module, and the path within it.
    classes: BTreeMap<String, (String, String)>,
}

/// What a name stands for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Meaning {
    /// A class of the packages, by its path.
    Class(String),
    /// A function of the packages: its module, and its path within it.
    Function(String, String),
    /// Something else, by the path that the search ended with.
    Other(String),
}

impl Index {
    pub(super) fn add(&mut self, module: Module) {
        for name in module.classes.keys() {
            let path = format!("{}.{name}", module.path);
            self.classes.insert(path, (module.path.clone(), name.clone()));
        }
        self.modules.insert(module.path.clone(), module);
    }

    /// Paths of all classes.
    pub(super) fn classes(&self) -> impl Iterator<Item = &str> {
        self.classes.keys().map(String::as_str)
    }

    pub(super) fn class(&self, path: &str) -> Option<&Class> {
        let (module, name) = self.classes.get(path)?;
        self.modules.get(module)?.classes.get(name)
    }

    /// The module of a class, and the path of the class within it.
    pub(super) fn place(&self, class: &str) -> Option<(&str, &str)> {
        self.classes.get(class).map(|(module, name)| (module.as_str(), name.as_str()))
    }

    pub(super) fn function(&self, module: &str, name: &str) -> Option<&Function> {
        self.modules.get(module)?.functions.get(name)
    }

    /// A method of a class itself.
    pub(super) fn method(&self, class: &str, name: &str) -> Option<&Function> {
        let (module, class) = self.classes.get(class)?;
        self.function(module, &format!("{class}.{name}"))
    }

    /// Whether a module imports the first part of a name, or may.
    pub(super) fn imports(&self, module: &str, name: &str) -> bool {
        let first = name.split('.').next().unwrap_or(name);
        let module = self.modules.get(module);
        module.is_some_and(|module| module.names.contains_key(first) || !module.stars.is_empty())
    }

    /// The path of a module, as long as the index lives.
    pub(super) fn module(&self, path: &str) -> Option<&str> {
        self.modules.get(path).map(|module| module.path.as_str())
    }

    /// Whether a path is that of a module, or of a folder of modules.
    pub(super) fn has_module(&self, path: &str) -> bool {
        let below = format!("{path}.");
        self.modules.contains_key(path)
            || self
                .modules
                .range(below.clone()..)
                .next()
                .is_some_and(|(k, _)| k.starts_with(&below))
    }

    /// What a name in a module stands for. Several things when the module defines it several
    /// times.
    pub(super) fn meanings(&self, module: &str, name: &str) -> Vec<Meaning> {
        let first = name.split('.').next().unwrap_or(name);
        let known = self.modules.get(module).is_some_and(|module| {
            module.classes.contains_key(first)
                || module.functions.contains_key(first)
                || module.names.contains_key(first)
        });
        let has_stars = self.modules.get(module).is_some_and(|module| !module.stars.is_empty());
        if known || has_stars {
            self.resolve(&format!("{module}.{name}"), name)
        } else {
            vec![Meaning::Other(name.to_owned())]
        }
    }

    /// Follows a full path through imports and other names. `bare` is what an unknown name was.
    fn resolve(&self, path: &str, bare: &str) -> Vec<Meaning> {
        let mut found = BTreeSet::new();
        let mut seen: BTreeSet<String> = BTreeSet::new();
        let mut open = vec![(path.to_owned(), Via::Name)];
        while let Some((path, via)) = open.pop() {
            if !seen.insert(path.clone()) {
                continue;
            }
            if seen.len() > MOST_HOPS {
                found.insert(Meaning::Other(path));
                break;
            }
            let Some((module, rest)) = self.split(&path) else {
                found.insert(Meaning::Other(path));
                continue;
            };
            let before = open.len();
            if self.classes.contains_key(&path) {
                found.insert(Meaning::Class(path.clone()));
            } else if module.functions.contains_key(rest) {
                found.insert(Meaning::Function(module.path.clone(), rest.to_owned()));
            }
            let (first, tail) = rest.split_once('.').map_or((rest, ""), |(first, _)| {
                (first, rest.get(first.len()..).unwrap_or_default())
            });
            for target in module.names.get(first).into_iter().flatten().take(MOST_HOPS + 1) {
                open.push(match target.strip_prefix('.') {
                    Some(own) => (format!("{}.{own}{tail}", module.path), Via::Own),
                    None => (format!("{target}{tail}"), Via::Name),
                });
            }
            let defined = open.len() > before
                || self.classes.contains_key(&path)
                || module.functions.contains_key(rest);
            if defined {
                continue;
            }
            let stars = module.stars.iter().filter(|star| self.modules.contains_key(*star));
            open.extend(stars.map(|star| (format!("{star}.{rest}"), Via::Star)));
            if open.len() == before {
                match via {
                    Via::Star => {}
                    Via::Own => drop(found.insert(Meaning::Other(rest.to_owned()))),
                    Via::Name => drop(found.insert(Meaning::Other(path))),
                }
            }
        }
        if found.is_empty() {
            found.insert(Meaning::Other(bare.to_owned()));
        }
        found.into_iter().collect()
    }

    /// The longest module that a path begins with, and the rest.
    fn split<'a>(&self, path: &'a str) -> Option<(&Module, &'a str)> {
        path.rmatch_indices('.').find_map(|(dot, _)| {
            let (module, rest) = (path.get(..dot)?, path.get(dot + 1..)?);
            Some((self.modules.get(module)?, rest))
        })
    }
}

/// How a path was come by.
#[derive(Clone, Copy)]
enum Via {
    /// Named or imported. Where it leads nowhere it is not known.
    Name,
    /// Another name of the same module: where that is not known, it is one of Python's own.
    Own,
    /// One of several modules that may bring the name.
    Star,
}

#[cfg(test)]
mod tests {
    use super::super::outline;
    use super::*;

    fn index(modules: &[(&str, bool, &str)]) -> Index {
        let mut index = Index::default();
        for (path, is_package, text) in modules {
            index.add(outline::read(path, *is_package, text));
        }
        index
    }

    #[test]
    fn a_class_is_found_where_it_is_defined() {
        let index = index(&[
            ("p", true, "from .a import X\nfrom .b import *\n"),
            ("p.a", false, "class X: pass\n"),
            ("p.b", false, "class Y: pass\n"),
            ("p.c", false, "import p\nfrom p import Y as Z\n"),
        ]);
        assert_eq!(index.meanings("p.c", "p.X"), [Meaning::Class("p.a.X".into())]);
        assert_eq!(index.meanings("p.c", "Z"), [Meaning::Class("p.b.Y".into())]);
        assert_eq!(index.meanings("p", "dict"), [Meaning::Other("dict".into())]);
    }

    #[test]
    fn what_a_compiled_module_defines_is_not_known() {
        let index = index(&[("p", true, ""), ("p.a", false, "from p._fast import X\n")]);
        assert_eq!(index.meanings("p.a", "X"), [Meaning::Other("p._fast.X".into())]);
    }

    #[test]
    fn every_meaning_of_a_name_is_told() {
        let text = "try:\n  from q import B\nexcept ImportError:\n  B = object\n";
        let index = index(&[("p", false, text)]);
        let expected = [Meaning::Other("object".into()), Meaning::Other("q.B".into())];
        assert_eq!(index.meanings("p", "B"), expected);
    }

    #[test]
    fn names_that_stand_for_each_other_end() {
        let index = index(&[("p", false, "A = B\nB = A\nfrom p import *\n")]);
        assert_eq!(index.meanings("p", "A"), [Meaning::Other("A".into())]);
    }
}
