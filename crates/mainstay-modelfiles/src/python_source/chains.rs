//! Follows what a name in an expression leads to: attributes, `getattr`, imports by a string,
//! dictionaries of modules.

use super::names::Names;
use super::sinks;
use super::tokens::{Kind, Token};

/// Expressions within expressions that are followed.
const DEEPEST: usize = 8;
/// The longest path.
const LONGEST: usize = 256;
/// The longest constant.
const LONGEST_TEXT: usize = 1 << 16;
/// The most tokens of a constant.
const MOST: usize = 512;

/// Words behind which a bracket groups.
const KEYWORDS: &[&str] = &[
    "and", "assert", "await", "del", "elif", "else", "if", "in", "is", "lambda", "not", "or",
    "print", "raise", "return", "while", "with", "yield",
];

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
    /// Notes that what would come next is not followed.
    fn leave(&self) {
        self.names.is_followed_in_part.set(true);
    }

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
        let mut start = from;
        while self.groups(start) && start < from + DEEPEST {
            start += 1;
        }
        let Some(Kind::Name(name)) = self.kind(start) else {
            return Found { end: from, ..Found::default() };
        };
        let paths = match *name {
            "__builtins__" => vec!["builtins".to_owned()],
            name => self.names.paths_of(name, start),
        };
        let mut found = Found { paths, end: start + 1, ..Found::default() };
        loop {
            let at = found.end;
            found.met.extend(found.paths.iter().map(|path| (path.clone(), at)));
            match (self.kind(at), self.kind(at + 1)) {
                (Some(Kind::Sign(".")), Some(Kind::Name(name))) => {
                    for path in &mut found.paths {
                        path.push('.');
                        path.push_str(name);
                    }
                    let before = found.paths.len();
                    found.paths.retain(|path| path.len() <= LONGEST);
                    if found.paths.len() < before {
                        self.leave();
                    }
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
                // `(path)`: the brackets change nothing.
                (Some(Kind::Sign(")")), _)
                    if start > 0 && self.groups(start - 1) && self.close_of(start - 1) == at =>
                {
                    start -= 1;
                    found.end = at + 1;
                }
                _ => return found,
            }
        }
    }

    /// Whether a bracket opens there that groups, and calls nothing.
    fn groups(&self, at: usize) -> bool {
        let before = at.checked_sub(1).and_then(|before| self.kind(before));
        self.is_sign(at, "(")
            && match before {
                Some(Kind::Name(word)) => KEYWORDS.contains(word),
                Some(Kind::Sign(sign)) => !matches!(*sign, ")" | "]" | "}"),
                Some(Kind::Text(_) | Kind::Number(_) | Kind::Format) => false,
                Some(Kind::Newline | Kind::Indent | Kind::Dedent) | None => true,
            }
    }

    /// `path(...)`: where it leads.
    fn call(&self, found: &mut Found, open: usize, depth: usize) {
        let inside = open + 1;
        let mut reached = Vec::new();
        for path in std::mem::take(&mut found.paths) {
            match &*path {
                "builtins.__import__" | "importlib.__import__" | "importlib.import_module" => {
                    if let Some(module) = self.whole_text(inside) {
                        reached.push(module);
                    } else {
                        found.computed = Some("importlib".to_owned());
                        reached.extend(self.texts_until(inside, self.close_of(open)));
                    }
                }
                "builtins.getattr" if depth < DEEPEST => {
                    let object = self.follow_within(inside, depth + 1);
                    let name =
                        self.is_sign(object.end, ",").then(|| self.whole_text(object.end + 1));
                    attribute(found, &mut reached, &object.paths, name.flatten().as_ref());
                }
                "builtins.vars" if depth < DEEPEST => {
                    let object = self.follow_within(inside, depth + 1);
                    reached.extend(object.paths.iter().map(|path| format!("{path}.__dict__")));
                }
                "builtins.getattr" | "builtins.vars" => self.leave(),
                "builtins.globals" | "builtins.locals" => reached.push("globals()".to_owned()),
                path => self.named_method(found, path, inside, &mut reached),
            }
        }
        if reached.len() > DEEPEST {
            self.leave();
            reached.truncate(DEEPEST);
        }
        found.paths = reached;
    }

    /// Methods that give what a string names.
    fn named_method(
        &self,
        found: &mut Found,
        path: &str,
        inside: usize,
        reached: &mut Vec<String>,
    ) {
        let Some((object, method)) = path.rsplit_once('.') else { return };
        let is_asked = matches!(method, "get" | "pop" | "load_module" | "__getattribute__")
            || matches!(method, "__getitem__" | "setdefault");
        if !is_asked {
            return;
        }
        let module = object.strip_suffix(".__dict__");
        let Some(name) = self.whole_text(inside) else {
            let asked = module.unwrap_or(object);
            let is_of_module = module.is_some() || method == "__getattribute__";
            if is_of_module && sinks::is_powerful(asked) {
                found.computed = Some(asked.to_owned());
            }
            return;
        };
        match module {
            _ if method == "load_module" || object == "sys.modules" => reached.push(name),
            Some(module) => reached.push(format!("{module}.{name}")),
            None if method == "__getattribute__" => reached.push(format!("{object}.{name}")),
            None if object == "globals()" => reached.extend(self.global(&name)),
            None => {}
        }
    }

    /// `path[...]`: where it leads.
    fn subscript(&self, found: &mut Found, open: usize) {
        let name = self.whole_text(open + 1);
        let behind = self.close_of(open).saturating_add(1);
        let is_used = self.is_sign(behind, "(") || self.is_sign(behind, ".");
        let is_own = matches!(self.kind(open + 1), Some(Kind::Name("__name__")));
        let mut reached = Vec::new();
        for path in std::mem::take(&mut found.paths) {
            match (&*path, &name) {
                ("sys.modules", Some(name)) => reached.push(name.clone()),
                ("globals()", Some(name)) => reached.extend(self.global(name)),
                ("builtins", Some(name)) => reached.push(format!("builtins.{name}")),
                ("builtins", None) => found.computed = Some(path),
                ("sys.modules" | "globals()", None) if is_used && !is_own => {
                    found.computed = Some(path);
                    reached.extend(self.texts_until(open + 1, self.close_of(open)));
                }
                (path, name) => {
                    let Some(module) = path.strip_suffix(".__dict__") else { continue };
                    attribute(found, &mut reached, &[module.to_owned()], name.as_ref());
                }
            }
        }
        found.paths = reached;
    }

    /// Every string between two positions: one of them may be the name.
    fn texts_until(&self, from: usize, end: usize) -> Vec<String> {
        let mut texts = Vec::new();
        let last = end.min(from + MOST);
        if last < end {
            self.leave();
        }
        for at in from..last {
            let Some(Kind::Text(text)) = self.kind(at) else { continue };
            if texts.len() >= DEEPEST || text.len() > LONGEST {
                self.leave();
                break;
            }
            texts.push(text.clone());
        }
        texts
    }

    /// The string that a whole expression makes, and not only its beginning.
    fn whole_text(&self, from: usize) -> Option<String> {
        let (text, end) = self.text(from)?;
        let is_over = match self.kind(end) {
            Some(Kind::Sign(sign)) => matches!(*sign, "," | ")" | "]" | "}" | ";"),
            Some(Kind::Newline) | None => true,
            Some(_) => false,
        };
        is_over.then_some(text)
    }

    fn global(&self, name: &str) -> Vec<String> {
        match name {
            "__builtins__" => vec!["builtins".to_owned()],
            name => self.names.paths_of(name, usize::MAX),
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
        if text.len() > LONGEST_TEXT || at >= from + MOST {
            self.leave();
            return None;
        }
        Some((text, at))
    }

    fn operand(&self, from: usize, depth: usize) -> Option<(String, usize)> {
        let mut at = from;
        let mut text = match self.kind(from)? {
            Kind::Text(_) => {
                let mut text = String::new();
                while let Some(Kind::Text(more)) = self.kind(at).filter(|_| at < from + MOST) {
                    text.push_str(more);
                    at += 1;
                    if text.len() > LONGEST_TEXT {
                        self.leave();
                        return None;
                    }
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
        let is_by_one = matches!(self.kind(at + 4), Some(Kind::Number(Some(1))));
        if self.is_sign(at, "[") && turned && is_by_one && self.is_sign(at + 5, "]") {
            let end = self.close_of(at).checked_add(1)?;
            return Some((text.chars().rev().collect(), end));
        }
        let (Some(Kind::Sign(".")), Some(Kind::Name(method)), Some(Kind::Sign("("))) =
            (self.kind(at), self.kind(at + 1), self.kind(at + 2))
        else {
            return None;
        };
        let end = self.close_of(at + 2).checked_add(1)?;
        let is_empty = end == at + 4;
        let changed = match *method {
            "lower" | "casefold" => text.to_lowercase(),
            "upper" => text.to_uppercase(),
            "strip" if is_empty => text.trim().to_owned(),
            "strip" => match &*self.pieces(at + 3, end)? {
                [signs] => text.trim_matches(|c| signs.contains(c)).to_owned(),
                _ => return None,
            },
            "decode" | "encode" if is_empty => text.to_owned(),
            "decode" | "encode" => match &*self.pieces(at + 3, end)? {
                [encoding, ..] if is_plain(encoding) => text.to_owned(),
                _ => return None,
            },
            // The characters of a text are joined, and the elements of a list.
            "join" if matches!(self.kind(at + 3), Some(Kind::Text(_))) && !text.is_empty() => {
                return None;
            }
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
        if end > from + MOST {
            self.leave();
            return None;
        }
        for at in from..end {
            match self.kind(at)? {
                // Side by side they are one.
                Kind::Text(_) if matches!(self.kind(at + 1), Some(Kind::Text(_))) => return None,
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

/// Whether letters stay what they are in this encoding.
fn is_plain(encoding: &str) -> bool {
    let folded = encoding.to_ascii_lowercase().replace('_', "-");
    matches!(&*folded, "utf-8" | "utf8" | "ascii" | "us-ascii" | "latin-1" | "latin1")
}

/// An attribute that is taken from objects by its name, or by one that is not known.
fn attribute(
    found: &mut Found,
    reached: &mut Vec<String>,
    objects: &[String],
    name: Option<&String>,
) {
    for object in objects {
        match name {
            Some(name) if object.len() + name.len() < LONGEST => {
                reached.push(format!("{object}.{name}"));
            }
            None if sinks::is_powerful(object) => found.computed = Some(object.clone()),
            Some(_) | None => {}
        }
    }
}
