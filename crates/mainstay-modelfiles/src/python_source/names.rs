//! What names of a source stand for: imports, aliases, constants.

use std::cell::Cell;
use std::collections::{HashMap, HashSet};

use super::bindings::{Bindings, depth_after};
use super::chains::Chains;
use super::tokens::{Kind, Token};

/// The most meanings of one name that are kept.
const MEANINGS: usize = 16;
/// The most names that are kept.
const NAMES: usize = 50_000;
/// The longest path, and the longest constant.
const LONGEST: usize = 512;

/// What the names of a source stand for.
#[derive(Debug, Default)]
pub(super) struct Names<'s> {
    /// The paths that a name stands for; several where it is bound several times.
    paths: HashMap<&'s str, Vec<String>>,
    /// Strings that names stand for; none where a name stands for something else as well.
    constants: HashMap<&'s str, Option<String>>,
    /// Names that something is bound to, wherever.
    bound: HashSet<&'s str>,
    /// The names around a source that another one runs.
    outer: Option<&'s Self>,
    /// Whether there were more names than are kept.
    pub(super) is_cut: bool,
    /// Whether something was longer or deeper than is followed.
    pub(super) is_followed_in_part: Cell<bool>,
    /// Modules of which everything was imported.
    stars: Vec<String>,
    /// Names that the source defines itself, and from where on: they hide those of `builtins`.
    own: HashMap<&'s str, usize>,
    /// What is imported, with its line.
    pub(super) imports: Vec<(String, u32)>,
    /// Files beside the source that it imports, without folder: `x.py`.
    pub(super) beside: Vec<String>,
}

impl<'s> Names<'s> {
    pub(super) fn read(tokens: &[Token<'s>], closes: &[usize], outer: Option<&'s Self>) -> Self {
        let mut names = Self { outer, ..Self::default() };
        let (mut is_start, mut level) = (true, 0_usize);
        for (position, token) in tokens.iter().enumerate() {
            let rest = tokens.get(position..).unwrap_or_default();
            if let (true, Kind::Name(word)) = (is_start, &token.kind) {
                names.statement(word, rest, level, position);
            }
            level = level_after(level, token);
            is_start = match &token.kind {
                Kind::Newline | Kind::Indent | Kind::Dedent | Kind::Sign(";" | ":") => true,
                Kind::Name("async" | "else" | "try" | "finally") => is_start,
                Kind::Name(_) | Kind::Sign(_) | Kind::Text(_) | Kind::Format | Kind::Number(_) => {
                    false
                }
            };
        }
        let bindings = Bindings::of(tokens);
        for name in bindings.deleted {
            names.own.remove(name);
        }
        for name in bindings.elsewhere {
            names.bound.insert(name);
            names.constants.insert(name, None);
        }
        // What is bound further down may be meant further up.
        for _ in 0..2 {
            names.assignments(tokens, closes);
        }
        names
    }

    /// The paths that a name stands for at a position.
    pub(super) fn paths_of(&self, name: &str, at: usize) -> Vec<String> {
        if let Some(paths) = self.paths.get(name) {
            return paths.clone();
        }
        if self.own.get(name).is_some_and(|from| *from < at) {
            return Vec::new();
        }
        if let Some(outer) = self.outer {
            return outer.paths_of(name, usize::MAX);
        }
        let stars = self.stars.iter().map(|module| format!("{module}.{name}"));
        std::iter::once(format!("builtins.{name}")).chain(stars).collect()
    }

    /// The string that a name stands for.
    pub(super) fn constant(&self, name: &str) -> Option<&str> {
        self.constants.get(name)?.as_deref()
    }

    /// Whether the source binds something to a name.
    pub(super) fn is_bound(&self, name: &str) -> bool {
        self.bound.contains(name) || self.own.contains_key(name)
    }

    fn bind(&mut self, name: &'s str, path: String) {
        if path.len() > LONGEST || self.paths.len() >= NAMES {
            self.is_cut = true;
            return;
        }
        let paths = self.paths.entry(name).or_default();
        if paths.contains(&path) {
            return;
        }
        if paths.len() < MEANINGS {
            paths.push(path);
        } else {
            self.is_cut = true;
        }
    }

    fn statement(&mut self, word: &str, rest: &[Token<'s>], level: usize, position: usize) {
        match word {
            "import" => self.import(rest.get(1..).unwrap_or_default()),
            "from" => self.import_from(rest.get(1..).unwrap_or_default()),
            // What a class or a function defines hides nothing outside of it.
            "def" | "class" if level == 0 => {
                if let Some(Token { kind: Kind::Name(name), .. }) = rest.get(1) {
                    self.own.entry(name).or_insert(position);
                }
            }
            _ => {}
        }
    }

    /// `import a.b as c, d`.
    fn import(&mut self, mut rest: &[Token<'s>]) {
        loop {
            let [Token { kind: Kind::Name(first), line }, ..] = rest else { return };
            let (path, after) = dotted(rest);
            self.note(&path, *line);
            rest = after;
            if let [
                Token { kind: Kind::Name("as"), .. },
                Token { kind: Kind::Name(name), .. },
                after @ ..,
            ] = rest
            {
                self.bind(name, path);
                rest = after;
            } else {
                self.bind(first, (*first).to_owned());
            }
            match rest {
                [Token { kind: Kind::Sign(","), .. }, after @ ..] => rest = after,
                _ => return,
            }
        }
    }

    /// `from a.b import c as d, e`, `from .x import y`, `from a import *`.
    fn import_from(&mut self, rest: &[Token<'s>]) {
        let line = rest.first().map_or(0, |token| token.line);
        let is_dots = |token: &&Token<'s>| matches!(token.kind, Kind::Sign("." | "..."));
        let dots = rest.iter().take_while(is_dots).count();
        let (module, after) = dotted(rest.get(dots..).unwrap_or_default());
        let [Token { kind: Kind::Name("import"), .. }, names @ ..] = after else { return };
        if dots == 0 {
            self.note(&module, line);
        } else if dots == 1 && !module.is_empty() {
            self.aside(&module);
        }
        let mut position = 0;
        while let Some(token) = names.get(position) {
            position += 1;
            match &token.kind {
                Kind::Newline | Kind::Sign(";") => return,
                Kind::Sign("*") if dots == 0 && !self.stars.contains(&module) => {
                    if self.stars.len() < MEANINGS {
                        self.stars.push(module.clone());
                    } else {
                        self.is_cut = true;
                    }
                }
                Kind::Name(name) => {
                    if dots == 1 && module.is_empty() {
                        self.aside(name);
                    }
                    let path = if dots == 0 {
                        format!("{module}.{name}")
                    } else {
                        format!(".{module}.{name}")
                    };
                    let mut bound = *name;
                    if let Some(
                        [
                            Token { kind: Kind::Name("as"), .. },
                            Token { kind: Kind::Name(other), .. },
                        ],
                    ) = names.get(position..position + 2)
                    {
                        bound = other;
                        position += 2;
                    }
                    self.bind(bound, path);
                }
                Kind::Sign(_)
                | Kind::Text(_)
                | Kind::Format
                | Kind::Number(_)
                | Kind::Indent
                | Kind::Dedent => {}
            }
        }
    }

    fn note(&mut self, module: &str, line: u32) {
        if self.imports.len() < NAMES && module.len() <= LONGEST {
            self.imports.push((module.to_owned(), line));
        } else {
            self.is_cut = true;
        }
    }

    fn aside(&mut self, module: &str) {
        let file = format!("{}.py", module.replace('.', "/"));
        if self.beside.contains(&file) {
            return;
        }
        if self.beside.len() < 256 && file.len() <= LONGEST {
            self.beside.push(file);
        } else {
            self.is_cut = true;
        }
    }

    /// `name = path`, `name = "text"`.
    fn assignments(&mut self, tokens: &[Token<'s>], closes: &[usize]) {
        let (mut is_start, mut depth) = (true, 0_usize);
        for (position, token) in tokens.iter().enumerate() {
            let next = tokens.get(position + 1).map(|token| &token.kind);
            if let (true, Kind::Name(name), Some(Kind::Sign("=" | ":="))) =
                (is_start, &token.kind, next)
            {
                let is_argument = depth > 0 && next == Some(&Kind::Sign("="));
                self.assign(name, tokens, closes, (position + 2, is_argument));
            }
            if let Kind::Sign(sign) = token.kind {
                depth = depth_after(depth, sign);
            }
            let is_walrus = matches!(next, Some(Kind::Sign(":=")));
            is_start = is_walrus
                || matches!(token.kind, Kind::Newline | Kind::Indent | Kind::Dedent)
                || matches!(token.kind, Kind::Sign(";" | ":" | "("));
        }
    }

    fn assign(
        &mut self,
        name: &'s str,
        tokens: &[Token<'s>],
        closes: &[usize],
        (from, is_argument): (usize, bool),
    ) {
        let ends = |at: usize| {
            matches!(
                tokens.get(at).map(|token| &token.kind),
                None | Some(Kind::Newline | Kind::Sign(";" | ")"))
            )
        };
        let chains = Chains { tokens, closes, names: self };
        let constant = chains.text(from).filter(|(text, at)| ends(*at) && text.len() <= LONGEST);
        let constant = constant.map(|(text, _)| text);
        let is_text = constant.is_some();
        if !is_argument {
            if self.constants.len() < NAMES {
                let known = self.constants.entry(name).or_insert_with(|| constant.clone());
                if *known != constant {
                    *known = None;
                }
                self.bound.insert(name);
            } else {
                self.is_cut = true;
            }
        }
        if is_text {
            return;
        }
        let chains = Chains { tokens, closes, names: self };
        let found = chains.follow(from);
        let is_whole = ends(found.end);
        let paths: Vec<String> = found
            .paths
            .into_iter()
            // A name without a known beginning says nothing new.
            .filter(|path| is_whole && !path.is_empty())
            .filter(|path| !path.starts_with("builtins.") || super::sinks::deed_of(path).is_some())
            .collect();
        for path in paths {
            self.bind(name, path);
        }
    }
}

fn level_after(level: usize, token: &Token<'_>) -> usize {
    if token.kind == Kind::Indent {
        level + 1
    } else {
        level.saturating_sub(usize::from(token.kind == Kind::Dedent))
    }
}

/// A dotted name, and what follows it.
fn dotted<'t, 's>(tokens: &'t [Token<'s>]) -> (String, &'t [Token<'s>]) {
    let mut path = String::new();
    let mut rest = tokens;
    while let [Token { kind: Kind::Name(name), .. }, after @ ..] = rest {
        if *name == "import" {
            break;
        }
        path.push_str(name);
        rest = after;
        match rest {
            [Token { kind: Kind::Sign("."), .. }, after @ ..] if path.len() <= LONGEST => {
                path.push('.');
                rest = after;
            }
            _ => break,
        }
    }
    (path, rest)
}
