//! Which functions and classes of a source run when others do.
//!
//! Specification: the Python Language Reference, chapter 3.3 "Special method names", for what runs
//! without being named. The danger: code in a function that only looks as if nobody called it.

use std::collections::{HashMap, HashSet, VecDeque};

use super::scopes::{Scopes, Sort};
use super::tokens::{Kind, Token};

/// Methods that run when their class is called, or when it is derived from.
const ON_CALL: &[&str] = &[
    "__call__",
    "__del__",
    "__enter__",
    "__getattr__",
    "__init__",
    "__init_subclass__",
    "__new__",
    "__post_init__",
    "__set_name__",
];

/// Which scopes run when others do.
pub(super) struct Reach<'r, 's> {
    scopes: &'r Scopes<'s>,
    by_name: HashMap<&'s str, Vec<usize>>,
    /// What each scope mentions: a name, and whether as an attribute.
    mentions: HashMap<usize, HashSet<(&'s str, bool)>>,
    /// What lies in each scope.
    inside: HashMap<usize, Vec<usize>>,
}

impl<'r, 's> Reach<'r, 's> {
    pub(super) fn new(tokens: &[Token<'s>], scopes: &'r Scopes<'s>) -> Self {
        let mut by_name: HashMap<&str, Vec<usize>> = HashMap::new();
        let mut inside: HashMap<usize, Vec<usize>> = HashMap::new();
        for (index, scope) in scopes.all.iter().enumerate().skip(1) {
            by_name.entry(scope.name).or_default().push(index);
            inside.entry(scope.parent).or_default().push(index);
        }
        let mut mentions: HashMap<usize, HashSet<(&str, bool)>> = HashMap::new();
        let kind = |at: Option<usize>| at.and_then(|at| tokens.get(at)).map(|token| &token.kind);
        for (position, token) in tokens.iter().enumerate() {
            let Kind::Name(name) = token.kind else { continue };
            let before = kind(position.checked_sub(1));
            let is_attribute = before == Some(&Kind::Sign("."));
            let is_called = kind(position.checked_add(1)) == Some(&Kind::Sign("("));
            let is_header = matches!(before, Some(Kind::Name("def" | "class")));
            if is_header || is_attribute && !is_called || !by_name.contains_key(name) {
                continue;
            }
            let scope = scopes.of.get(position).copied().unwrap_or(0);
            mentions.entry(scope).or_default().insert((name, is_attribute));
        }
        Self { scopes, by_name, mentions, inside }
    }

    /// What runs when the scopes run for which `begins` holds.
    pub(super) fn from(&self, begins: impl Fn(usize) -> bool) -> Vec<bool> {
        let mut reached = vec![false; self.scopes.all.len()];
        let mut waiting: VecDeque<usize> = (0..reached.len()).filter(|at| begins(*at)).collect();
        let mut met: HashSet<(&str, bool)> = HashSet::new();
        while let Some(scope) = waiting.pop_front() {
            match reached.get_mut(scope) {
                Some(slot) if !*slot => *slot = true,
                _ => continue,
            }
            // The bodies of classes run with what they stand in.
            let inner = self.inside.get(&scope).into_iter().flatten();
            waiting.extend(inner.filter(|at| self.sort(**at) == Some(Sort::Class)));
            for mention in self.mentions.get(&scope).into_iter().flatten() {
                if met.insert(*mention) {
                    self.mentioned(*mention, &mut waiting);
                }
            }
        }
        reached
    }

    fn sort(&self, scope: usize) -> Option<Sort> {
        self.scopes.all.get(scope).map(|scope| scope.sort)
    }

    fn mentioned(&self, (name, is_attribute): (&str, bool), waiting: &mut VecDeque<usize>) {
        for scope in self.by_name.get(name).into_iter().flatten() {
            let is_method = self
                .scopes
                .all
                .get(*scope)
                .is_some_and(|found| self.sort(found.parent) == Some(Sort::Class));
            match self.sort(*scope) {
                // A bare name is no method, and an attribute no function of the module.
                Some(Sort::Function) if is_method == is_attribute => waiting.push_back(*scope),
                Some(Sort::Class) => {
                    let methods = self.inside.get(scope).into_iter().flatten();
                    waiting.extend(methods.filter(|at| {
                        let method = self.scopes.all.get(**at);
                        method.is_some_and(|method| ON_CALL.contains(&method.name))
                    }));
                }
                Some(_) | None => {}
            }
        }
    }
}
