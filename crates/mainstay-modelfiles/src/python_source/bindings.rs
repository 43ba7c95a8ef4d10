//! Names that a source binds otherwise than by a plain assignment: loops, parameters, patterns,
//! `as`, lists of targets, operators that assign, `del`.
//!
//! Specification: the Python Language Reference, chapter 4.2.1 "Binding of names". The danger: a
//! constant that is put in front of a reader, while the name stands for something else as it is
//! used.

use std::collections::HashSet;

use super::tokens::{Kind, Token};

/// The most targets of one statement that are kept.
const TARGETS: usize = 64;

/// The names that are bound otherwise, and those that are unbound.
#[derive(Debug, Default)]
pub(super) struct Bindings<'s> {
    pub(super) elsewhere: HashSet<&'s str>,
    pub(super) deleted: HashSet<&'s str>,
}

impl<'s> Bindings<'s> {
    pub(super) fn of(tokens: &[Token<'s>]) -> Self {
        let mut finder = Finder::default();
        for (position, token) in tokens.iter().enumerate() {
            let kind =
                |at: Option<usize>| at.and_then(|at| tokens.get(at)).map(|token| &token.kind);
            match token.kind {
                Kind::Newline | Kind::Indent | Kind::Dedent => finder.end(),
                Kind::Sign(sign) => finder.sign(sign),
                Kind::Name("in") if finder.of == "for" => finder.of = "",
                Kind::Name(word @ ("for" | "def" | "lambda" | "del" | "case")) => finder.of = word,
                Kind::Name(name) => {
                    let beside = (kind(position.checked_sub(1)), kind(position.checked_add(1)));
                    finder.name(name, beside);
                }
                Kind::Text(_) | Kind::Format | Kind::Number(_) => {}
            }
        }
        finder.found
    }
}

/// How many brackets are open behind a sign.
pub(super) fn depth_after(depth: usize, sign: &str) -> usize {
    match sign {
        "(" | "[" | "{" => depth + 1,
        ")" | "]" | "}" => depth.saturating_sub(1),
        _ => depth,
    }
}

#[derive(Default)]
struct Finder<'s> {
    found: Bindings<'s>,
    /// The word that binds what follows.
    of: &'s str,
    depth: usize,
    /// What may be a list of targets: `a, b = ...`.
    targets: Vec<&'s str>,
    is_list: bool,
}

impl<'s> Finder<'s> {
    /// A statement is over.
    fn end(&mut self) {
        (self.of, self.depth, self.is_list) = ("", 0, false);
        self.targets.clear();
    }

    fn sign(&mut self, sign: &str) {
        self.depth = depth_after(self.depth, sign);
        match sign {
            ";" => self.end(),
            ":" if matches!(self.of, "lambda" | "case") => self.of = "",
            ":" if self.of == "def" && self.depth == 0 => self.of = "",
            "," if self.depth <= 1 => self.is_list = true,
            "=" if self.depth == 0 => {
                let targets = std::mem::take(&mut self.targets);
                if std::mem::take(&mut self.is_list) {
                    self.found.elsewhere.extend(targets);
                }
            }
            _ => {}
        }
    }

    fn name(&mut self, name: &'s str, (before, next): (Option<&Kind<'s>>, Option<&Kind<'s>>)) {
        if before == Some(&Kind::Sign(".")) {
            return;
        }
        let is_parameter = match self.of {
            "def" | "lambda" => {
                matches!(before, Some(Kind::Sign("(" | "," | "*" | "**") | Kind::Name("lambda")))
            }
            _ => false,
        };
        // `name += ...`
        let is_changed = matches!(next, Some(Kind::Sign(sign))
            if sign.len() > 1 && sign.ends_with('=')
                && !matches!(*sign, "==" | "!=" | "<=" | ">=" | ":="));
        if self.of == "del" {
            self.found.deleted.insert(name);
            self.found.elsewhere.insert(name);
        } else if is_parameter
            || is_changed
            || matches!(self.of, "for" | "case")
            || before == Some(&Kind::Name("as"))
        {
            self.found.elsewhere.insert(name);
        } else if self.targets.len() < TARGETS {
            self.targets.push(name);
        } else {
            // Nobody assigns to so many: rather too many names are unknown.
            self.found.elsewhere.insert(name);
        }
    }
}
