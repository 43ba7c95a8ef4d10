//! Follows what a name in an expression leads to: attributes, `getattr`, imports by a string,
//! dictionaries of modules.

use super::names::Names;
use super::sinks;
use super::tokens::{Kind, Token};

/// Expressions within expressions that are followed.
const DEEPEST: usize = 8;
/// The longest path.
const LONGEST: usize = 256;
/// The most tokens of a constant.
const MOST: usize = 512;

/// The tokens of a source and what its names stand for.
#[derive(Clone, Copy)]
pub(super) struct Chains<'c, 's> {
    pub(super) tokens: &'c [Token<'s>],
    /// The closing bracket of each opening one.
    pub(super) closes: &'c [usize],
    pub(super) names: &'c Names<'s>,
}

/// Where a name leads.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// The paths at the end; none where the value is not known.
    pub(super) paths: Vec<String>,
    /// Every path on the way, and the position of what follows it.
    pub(super) met: Vec<(String, usize)>,
    /// The position behind the whole.
    pub(super) end: usize,
    /// A module from which something is taken by a name that is not known.
    pub(super) computed: Option<String>,
}

/// For each opening bracket the position of the one that closes it; for everything else the end.
pub(super) fn closes(tokens: &[Token<'_>]) -> Vec<usize> {
    let mut closes = vec![tokens.len(); tokens.len()];
    let mut open = Vec::new();
    for (position, token) in tokens.iter().enumerate() {
        let Kind::Sign(sign) = token.kind else { continue };
        if matches!(sign, "(" | "[" | "{") {
            open.push(position);
        } else if matches!(sign, ")" | "]" | "}")
            && let Some(slot) = open.pop().and_then(|at: usize| closes.get_mut(at))
        {
            *slot = position;
        }
    }
    closes
}

impl<'c, 's> Chains<'c, 's> {
    fn kind(&self, at: usize) -> Option<&'c Kind<'s>> {
        self.tokens.get(at).map(|token| &token.kind)
    }

    fn is_sign(&self, at: usize, sign: &str) -> bool {
        matches!(self.kind(at), Some(Kind::Sign(found)) if *found == sign)
    }

    pub(super) fn close_of(&self, at: usize) -> usize {
        self.closes.get(at).copied().unwrap_or(self.tokens.len())
    }

    /// Follows the name at a position.
    pub(super) fn follow(&self, from: usize) -> Found {
        self.follow_within(from, 0)
    }

    fn follow_within(&self, from: usize, depth: usize) -> Found {
        let Some(Kind::Name(name)) = self.kind(from) else {
            return Found { end: from, ..Found::default() };
        };
        let paths = match *name {
            "__builtins__" => vec!["builtins".to_owned()],
            name => self.names.paths_of(name),
        };
        let mut found = Found { paths, end: from + 1, ..Found::default() };
        loop {
            let at = found.end;
            found.met.extend(found.paths.iter().map(|path| (path.clone(), at)));
            match (self.kind(at), self.kind(at + 1)) {
                (Some(Kind::Sign(".")), Some(Kind::Name(name))) => {
                    for path in &mut found.paths {
                        path.push('.');
                        path.push_str(name);
                    }
                    found.paths.retain(|path| path.len() <= LONGEST);
                    found.end = at + 2;
                }
                (Some(Kind::Sign("(")), _) => {
                    self.call(&mut found, at, depth);
                    found.end = self.close_of(at).saturating_add(1);
                }
                (Some(Kind::Sign("[")), _) => {
                    self.subscript(&mut found, at);
                    found.end = self.close_of(at).saturating_add(1);
                }
                _ => return found,
            }
        }
    }

    /// `path(...)`: where it leads.
    fn call(&self, found: &mut Found, open: usize, depth: usize) {
        let inside = open + 1;
        let mut reached = Vec::new();
        for path in std::mem::take(&mut found.paths) {
            match &*path {
                "builtins.__import__" | "importlib.__import__" | "importlib.import_module" => {
                    match self.text(inside) {
                        Some((module, _)) => reached.push(module),
                        None => found.computed = Some("importlib".to_owned()),
                    }
                }
                "builtins.getattr" if depth < DEEPEST => {
                    let object = self.follow_within(inside, depth + 1);
                    let name = self.is_sign(object.end, ",").then(|| self.text(object.end + 1));
                    attribute(found, &mut reached, &object.paths, name.flatten().as_ref());
                }
                "builtins.vars" if depth < DEEPEST => {
                    let object = self.follow_within(inside, depth + 1);
                    reached.extend(object.paths.iter().map(|path| format!("{path}.__dict__")));
                }
                "builtins.globals" | "builtins.locals" => reached.push("globals()".to_owned()),
                path => self.named_method(path, inside, &mut reached),
            }
        }
        reached.truncate(DEEPEST);
        found.paths = reached;
    }

    /// Methods that give what a string names.
    fn named_method(&self, path: &str, inside: usize, reached: &mut Vec<String>) {
        let Some((object, method)) = path.rsplit_once('.') else { return };
        let is_asked = matches!(method, "get" | "pop" | "load_module" | "__getattribute__")
            || matches!(method, "__getitem__" | "setdefault");
        if !is_asked {
            return;
        }
        let Some((name, _)) = self.text(inside) else { return };
        match object.strip_suffix(".__dict__") {
            _ if method == "load_module" || object == "sys.modules" => reached.push(name),
            Some(module) => reached.push(format!("{module}.{name}")),
            None if method == "__getattribute__" => reached.push(format!("{object}.{name}")),
            None if object == "globals()" => reached.extend(self.global(&name)),
            None => {}
        }
    }

    /// `path[...]`: where it leads.
    fn subscript(&self, found: &mut Found, open: usize) {
        let name = self.text(open + 1).map(|(name, _)| name);
        let mut reached = Vec::new();
        for path in std::mem::take(&mut found.paths) {
            match (&*path, &name) {
                ("sys.modules", Some(name)) => reached.push(name.clone()),
                ("globals()", Some(name)) => reached.extend(self.global(name)),
                ("builtins", Some(name)) => reached.push(format!("builtins.{name}")),
                (path, name) => {
                    let Some(module) = path.strip_suffix(".__dict__") else { continue };
                    let name = name.clone().map(|name| (name, 0));
                    attribute(found, &mut reached, &[module.to_owned()], name.as_ref());
                }
            }
        }
        found.paths = reached;
    }

    fn global(&self, name: &str) -> Vec<String> {
        match name {
            "__builtins__" => vec!["builtins".to_owned()],
            name => self.names.paths_of(name),
        }
    }

    /// The string that an expression makes of constants, and the position behind it.
    pub(super) fn text(&self, from: usize) -> Option<(String, usize)> {
        let (mut text, mut at) = self.operand(from, 0)?;
        while self.is_sign(at, "+") && at < from + MOST {
            let (more, next) = self.operand(at + 1, 0)?;
            text.push_str(&more);
            at = next;
        }
        (text.len() <= 1 << 16).then_some((text, at))
    }

    fn operand(&self, from: usize, depth: usize) -> Option<(String, usize)> {
        let mut at = from;
        let mut text = match self.kind(from)? {
            Kind::Text(_) => {
                let mut text = String::new();
                while let Some(Kind::Text(more)) = self.kind(at).filter(|_| at < from + MOST) {
                    text.push_str(more);
                    at += 1;
                }
                text
            }
            Kind::Name("chr") if self.is_sign(from + 1, "(") => {
                let Some(Kind::Number(Some(code))) = self.kind(from + 2) else { return None };
                at = self.close_of(from + 1).checked_add(1)?;
                char::from_u32(u32::try_from(*code).ok()?)?.to_string()
            }
            Kind::Name(name) => {
                at += 1;
                self.names.constant(name)?.to_owned()
            }
            Kind::Sign("(") if depth < DEEPEST => {
                let (text, inner) = self.operand(from + 1, depth + 1)?;
                at = inner;
                let mut text = text;
                while self.is_sign(at, "+") && at < from + MOST {
                    let (more, next) = self.operand(at + 1, depth + 1)?;
                    text.push_str(&more);
                    at = next;
                }
                if !self.is_sign(at, ")") {
                    return None;
                }
                at += 1;
                text
            }
            Kind::Sign(_)
            | Kind::Format
            | Kind::Number(_)
            | Kind::Newline
            | Kind::Indent
            | Kind::Dedent => return None,
        };
        while let Some((changed, next)) = self.changed(&text, at) {
            (text, at) = (changed, next);
            if at > from + MOST {
                return None;
            }
        }
        Some((text, at))
    }

    /// A constant that a method or a slice changes.
    fn changed(&self, text: &str, at: usize) -> Option<(String, usize)> {
        let turned =
            [":", ":", "-"].iter().enumerate().all(|(n, sign)| self.is_sign(at + 1 + n, sign));
        if self.is_sign(at, "[") && turned {
            let end = self.close_of(at).checked_add(1)?;
            return Some((text.chars().rev().collect(), end));
        }
        let (Some(Kind::Sign(".")), Some(Kind::Name(method)), Some(Kind::Sign("("))) =
            (self.kind(at), self.kind(at + 1), self.kind(at + 2))
        else {
            return None;
        };
        let end = self.close_of(at + 2).checked_add(1)?;
        let changed = match *method {
            "lower" | "casefold" => text.to_lowercase(),
            "upper" => text.to_uppercase(),
            "strip" | "decode" | "encode" => text.trim().to_owned(),
            "join" => self.pieces(at + 3, end)?.join(text),
            "replace" => match &*self.pieces(at + 3, end)? {
                [from, to, ..] if text.len().saturating_mul(to.len() + 1) < 1 << 16 => {
                    text.replace(from, to)
                }
                _ => return None,
            },
            _ => return None,
        };
        Some((changed, end))
    }

    /// The constants between brackets; `None` when something else is there.
    fn pieces(&self, from: usize, end: usize) -> Option<Vec<String>> {
        let mut pieces = Vec::new();
        for at in from..end.min(from + MOST) {
            match self.kind(at)? {
                Kind::Text(piece) => pieces.push(piece.clone()),
                Kind::Sign("[" | "]" | "(" | ")" | ",") => {}
                Kind::Sign(_)
                | Kind::Name(_)
                | Kind::Format
                | Kind::Number(_)
                | Kind::Newline
                | Kind::Indent
                | Kind::Dedent => return None,
            }
        }
        Some(pieces)
    }
}

/// An attribute that is taken from objects by its name, or by one that is not known.
fn attribute(
    found: &mut Found,
    reached: &mut Vec<String>,
    objects: &[String],
    name: Option<&(String, usize)>,
) {
    for object in objects {
        match name {
            Some((name, _)) if object.len() + name.len() < LONGEST => {
                reached.push(format!("{object}.{name}"));
            }
            None if sinks::is_powerful(object) => found.computed = Some(object.clone()),
            Some(_) | None => {}
        }
    }
}
