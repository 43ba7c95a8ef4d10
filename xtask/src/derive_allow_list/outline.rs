//! What a module defines: classes with their bases and methods, functions, imports. Read by
//! indentation alone ("Compound statements" in the Python language reference); what stands under
//! `if`, `try` or `with` counts as if it stood beside it, so a name may have several definitions.

use std::collections::{BTreeMap, BTreeSet};

use super::source::{self, Line};

/// A module.
#[derive(Debug, Default)]
pub(super) struct Module {
    pub(super) path: String,
    /// By the path within the module: `Outer.Inner`.
    pub(super) classes: BTreeMap<String, Class>,
    /// Functions of the module, by name, and methods, by the path of the class and their name.
    pub(super) functions: BTreeMap<String, Function>,
    /// What a name of the module stands for: full paths, as far as the module says. One that
    /// begins with a dot is another name of the module.
    pub(super) names: BTreeMap<String, BTreeSet<String>>,
    /// Modules of which everything is imported.
    pub(super) stars: Vec<String>,
}

/// A class, with everything that its definitions say.
#[derive(Debug, Default)]
pub(super) struct Class {
    /// As they are written, without what is in brackets.
    pub(super) bases: Vec<String>,
    /// Names that its body assigns.
    pub(super) assigned: Vec<String>,
}

/// A function, with everything that its definitions say.
#[derive(Debug, Default)]
pub(super) struct Function {
    /// Decorators, as they are written.
    pub(super) decorators: Vec<String>,
    pub(super) body: Vec<Line>,
}

/// Reads a module.
pub(super) fn read(path: &str, is_package: bool, text: &str) -> Module {
    let mut reader = Reader {
        module: Module { path: path.to_owned(), ..Module::default() },
        package: if is_package { path } else { path.rsplit_once('.').map_or("", |(p, _)| p) },
        scopes: Vec::new(),
        decorators: Vec::new(),
    };
    for line in source::lines(text) {
        reader.line(line);
    }
    reader.module
}

/// What a line stands in.
struct Scope {
    indent: usize,
    kind: Kind,
}

enum Kind {
    /// A class, by its path within the module.
    Class(String),
    /// A function, by its path within the module.
    Function(String),
}

struct Reader<'a> {
    module: Module,
    package: &'a str,
    scopes: Vec<Scope>,
    /// Decorators of the definition that follows.
    decorators: Vec<String>,
}

impl Reader<'_> {
    fn line(&mut self, line: Line) {
        while self.scopes.last().is_some_and(|scope| scope.indent >= line.indent) {
            self.scopes.pop();
        }
        let class = match self.scopes.last() {
            Some(Scope { kind: Kind::Function(path), .. }) => {
                let path = path.clone();
                // What a function imports is taken for known in the whole module.
                self.imports(&line.code);
                if let Some(function) = self.module.functions.get_mut(&path) {
                    function.body.push(line);
                }
                return;
            }
            Some(Scope { kind: Kind::Class(path), .. }) => Some(path.clone()),
            None => None,
        };
        if let Some(decorator) = line.code.strip_prefix('@') {
            self.decorators.push(decorator.to_owned());
            return;
        }
        let code = line.code.strip_prefix("async ").unwrap_or(&line.code);
        if let Some(rest) = code.strip_prefix("class ") {
            self.class(class.as_deref(), rest, &line);
        } else if let Some(rest) = code.strip_prefix("def ") {
            self.function(class.as_deref(), rest, &line);
        } else {
            self.statement(class.as_deref(), &line.code);
        }
        self.decorators.clear();
    }

    fn class(&mut self, outer: Option<&str>, rest: &str, line: &Line) {
        let (name, arguments, body) = header(rest);
        if name.is_empty() {
            return;
        }
        let path = within(outer, name);
        let class = self.module.classes.entry(path.clone()).or_default();
        for argument in split_at_commas(arguments) {
            let argument = match argument.split_once('=') {
                Some((key, value)) if key.trim() == "metaclass" => value,
                Some(_) => continue,
                None => argument,
            };
            let base = argument.split(['[', '(']).next().unwrap_or_default().trim();
            if !base.is_empty() {
                class.bases.push(base.to_owned());
            }
        }
        if !body.is_empty() {
            self.statement(Some(&path), body);
        }
        self.scopes.push(Scope { indent: line.indent, kind: Kind::Class(path) });
    }

    fn function(&mut self, class: Option<&str>, rest: &str, line: &Line) {
        let (name, _, body) = header(rest);
        if name.is_empty() {
            return;
        }
        let path = within(class, name);
        let function = self.module.functions.entry(path.clone()).or_default();
        function.decorators.append(&mut self.decorators);
        // What a header says of the result is no body.
        let body = body
            .rsplit_once("->")
            .map_or(body, |(_, result)| result.split_once(':').map_or("", |(_, body)| body));
        if !body.trim().is_empty() {
            let code = body.trim().to_owned();
            function.body.push(Line { indent: line.indent + 1, code, number: line.number });
        }
        self.scopes.push(Scope { indent: line.indent, kind: Kind::Function(path) });
    }

    fn statement(&mut self, class: Option<&str>, code: &str) {
        // An `if` or `else` with its statement on the same line.
        let parts = code.split(';').flat_map(|part| {
            let after = part.split_once(": ").map(|(_, after)| after.trim());
            [Some(part.trim()), after].into_iter().flatten()
        });
        for part in parts {
            if !self.imports(part) {
                self.assignment(class, part);
            }
        }
    }

    /// Whether a statement imports.
    fn imports(&mut self, statement: &str) -> bool {
        if let Some(imported) = statement.strip_prefix("import ") {
            self.import(imported);
        } else if let Some(rest) = statement.strip_prefix("from ") {
            self.import_from(rest);
        } else {
            return false;
        }
        true
    }

    fn assignment(&mut self, class: Option<&str>, code: &str) {
        let mut sides: Vec<&str> = code.split('=').collect();
        let Some(value) = sides.pop().map(str::trim) else { return };
        for target in sides {
            // Without its annotation.
            let target = target.split(':').next().unwrap_or_default().trim();
            if !is_path(target) || target.contains('.') {
                continue;
            }
            match class {
                Some(class) => {
                    if let Some(class) = self.module.classes.get_mut(class) {
                        class.assigned.push(target.to_owned());
                    }
                }
                None if is_path(value) => {
                    let values = self.module.names.entry(target.to_owned()).or_default();
                    values.insert(format!(".{value}"));
                }
                None => {}
            }
        }
    }

    fn import(&mut self, imported: &str) {
        for one in imported.split(',') {
            let one = one.trim();
            let first = one.split('.').next().unwrap_or_default();
            let (path, name) = one.split_once(" as ").unwrap_or((first, first));
            self.name(name.trim(), path.trim());
        }
    }

    fn import_from(&mut self, rest: &str) {
        let Some((from, names)) = rest.split_once(" import") else { return };
        let from = from.trim();
        let dots = from.bytes().take_while(|byte| *byte == b'.').count();
        let mut base = self.package;
        for _ in 1..dots {
            base = base.rsplit_once('.').map_or("", |(base, _)| base);
        }
        let tail = from.get(dots..).unwrap_or_default().trim();
        let module = match (dots, tail) {
            (0, _) => tail.to_owned(),
            (_, "") => base.to_owned(),
            _ => format!("{base}.{tail}"),
        };
        for one in names.split(',') {
            let one = one.trim_matches(['(', ')', ' ']);
            if one == "*" {
                self.module.stars.push(module.clone());
                continue;
            }
            let (name, own) = one.split_once(" as ").unwrap_or((one, one));
            self.name(own.trim(), &format!("{module}.{}", name.trim()));
        }
    }

    fn name(&mut self, name: &str, path: &str) {
        if is_path(name) && is_path(path) {
            let paths = self.module.names.entry(name.to_owned()).or_default();
            paths.insert(path.to_owned());
        }
    }
}

fn within(outer: Option<&str>, name: &str) -> String {
    outer.map_or_else(|| name.to_owned(), |outer| format!("{outer}.{name}"))
}

/// Name, arguments and the rest of a `class` or `def` line: `X(A, B): pass`.
fn header(rest: &str) -> (&str, &str, &str) {
    let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
    let (name, mut rest) = rest.split_at_checked(end).unwrap_or((rest, ""));
    if rest.starts_with('[') {
        // Parameters of types (PEP 695).
        rest = closed(rest).map_or("", |(_, rest)| rest);
    }
    let Some((arguments, rest)) = closed(rest) else {
        return (name, "", rest.trim().trim_start_matches(':').trim());
    };
    (name, arguments, rest.trim().trim_start_matches(':').trim())
}

/// What stands in the bracket that a text begins with, and what follows it.
fn closed(text: &str) -> Option<(&str, &str)> {
    let mut depth = 0_usize;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return if at == 0 { None } else { Some((text.get(1..at)?, text.get(at + 1..)?)) };
        }
    }
    None
}

/// Splits at commas that stand in no bracket.
pub(super) fn split_at_commas(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut depth, mut start) = (0_usize, 0);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            b',' if depth == 0 => {
                parts.extend(text.get(start..at));
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.extend(text.get(start..));
    parts
}

/// Whether a text is a name, or several joined by dots.
pub(super) fn is_path(text: &str) -> bool {
    text.split('.').all(|name| {
        let mut letters = name.chars();
        letters.next().is_some_and(|c| c.is_alphabetic() || c == '_')
            && letters.all(|c| c.is_alphanumeric() || c == '_')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_has_its_bases_and_methods() {
        let text = "class A(m.B[int], C, metaclass=D, flag=True):\n    x = 1\n    @deco(1)\n    \
                    def f(self):\n        return 1\n    class In: pass\n";
        let module = read("p.q", false, text);
        assert_eq!(module.classes["A"].bases, ["m.B", "C", "D"]);
        assert_eq!(module.classes["A"].assigned, ["x"]);
        assert_eq!(module.functions["A.f"].decorators, ["deco(1)"]);
        assert_eq!(module.functions["A.f"].body[0].code, "return 1");
        assert!(module.classes.contains_key("A.In"));
    }

    #[test]
    fn a_class_in_a_function_is_no_class_of_the_module() {
        let module = read("p", false, "def f():\n    class A: pass\n");
        assert!(module.classes.is_empty());
        assert_eq!(module.functions["f"].body.len(), 1);
    }

    #[test]
    fn a_name_may_have_several_meanings() {
        let text = "try:\n    from a.b import X as Y\nexcept ImportError:\n    Y = Z\n";
        let names = &read("p", false, text).names["Y"];
        assert!(names.iter().eq([".Z", "a.b.X"]), "{names:?}");
    }

    #[test]
    fn relative_imports_count_from_the_package() {
        let module = read("p.q.r", false, "from . import a\nfrom ..s import b, c as d\n");
        assert!(module.names["a"].contains("p.q.a"));
        assert!(module.names["d"].contains("p.s.c"));
        let package = read("p.q", true, "from .a import *\nimport x.y, z as w\n");
        assert_eq!(package.stars, ["p.q.a"]);
        assert!(package.names["x"].contains("x"));
        assert!(package.names["w"].contains("z"));
    }

    #[test]
    fn a_body_on_the_line_of_its_header_is_read() {
        let module = read("p", false, "class A:\n  def f(self, x=g(1)) -> int: return h()\n");
        assert_eq!(module.functions["A.f"].body[0].code, "return h()");
    }

    #[test]
    fn a_source_that_is_cut_off_is_read_as_far_as_it_goes() {
        let text = "class A(B:\n  def f(self, (\n @";
        for end in 0..text.len() {
            read("p", false, &text[..end]);
        }
    }
}
