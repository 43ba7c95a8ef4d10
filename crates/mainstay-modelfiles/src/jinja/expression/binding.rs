//! What a tag binds to names: `set`, `for`, `with`, and the parameters of `macro` and `call`.
//!
//! Specification: "Template Designer Documentation" of Jinja 2, "Assignments", "For", "With
//! Statement", "Macros", "Call". The danger: a piece of a name that reaches its place by one of
//! them. A name that is bound to several values stands for any of them.

use super::super::folding::{Built, Value};
use super::super::lexer::Kind;
use super::Walker;

impl Walker<'_, '_> {
    /// Goes over what a tag binds; `keyword` is its first word.
    pub(super) fn bind(&mut self, keyword: &str) {
        self.at = usize::from(!keyword.is_empty());
        match keyword {
            "set" => self.set(),
            "for" => self.for_each(),
            "with" => self.with(),
            "macro" | "call" => self.parameters(),
            _ => {}
        }
    }

    /// `set name = value`, `set name.attribute = value`, `set a, b = value, value`, and `set name`
    /// in front of a block.
    fn set(&mut self) {
        let Some((targets, is_nested)) = self.targets() else { return };
        if !self.takes("=") {
            // A block puts text and values together.
            for target in targets {
                self.known.add(&target, Value::Unknown(Built::Perhaps));
            }
            return;
        }
        let mut values = vec![self.expression(0)];
        while self.takes(",") {
            values.push(self.expression(0));
        }
        if let [target] = &*targets {
            for (attribute, value) in std::mem::take(&mut self.attributes) {
                self.known.add(&format!("{target}.{attribute}"), value);
            }
            let value = match values.pop() {
                Some(only) if values.is_empty() => only,
                last => Value::list(values.into_iter().chain(last).collect()),
            };
            self.known.add(target, value);
            return;
        }
        if let [Value::List(elements)] = &mut *values {
            values = std::mem::take(elements);
        }
        let fits = values.len() == targets.len() && !is_nested;
        for (position, target) in targets.iter().enumerate() {
            let value = values.get(position).filter(|_| fits).cloned();
            self.known.add(target, value.unwrap_or(Value::Unknown(Built::Perhaps)));
        }
    }

    /// The names in front of `=`, with their attributes, and whether they are nested.
    fn targets(&mut self) -> Option<(Vec<String>, bool)> {
        let mut targets: Vec<String> = Vec::new();
        let mut brackets = 0;
        while let Some(kind) = self.peek() {
            match kind {
                Kind::Name(name) => {
                    self.at += 1;
                    let mut target = (*name).to_owned();
                    if self.takes(".") {
                        target = format!("{target}.{}", self.name()?);
                    }
                    targets.push(target);
                }
                Kind::Sign("(" | "[") => {
                    brackets += 1;
                    self.at += 1;
                }
                Kind::Sign("," | ")" | "]") => self.at += 1,
                Kind::Sign(_) | Kind::Text { .. } | Kind::Number(_) => break,
            }
        }
        Some((targets, brackets > 1))
    }

    /// `for name, name in value`.
    fn for_each(&mut self) {
        let mut names = Vec::new();
        while let Some(token) = self.tokens.get(self.at) {
            self.at += 1;
            match token.kind {
                Kind::Name("in") => break,
                Kind::Name(name) => names.push(name),
                Kind::Text { .. } | Kind::Number(_) | Kind::Sign(_) => {}
            }
        }
        let value = match self.expression(0) {
            // One constant after the other: put together they are a name.
            Value::List(_) => Value::Unknown(Built::Perhaps),
            value @ (Value::Text(_) | Value::Number(_) | Value::Unknown(_)) => value.one_of(),
        };
        for name in names {
            self.known.add(name, value.clone());
        }
    }

    /// `with name = value, name = value`.
    fn with(&mut self) {
        while let Some(name) = self.name() {
            if self.takes("=") {
                let value = self.expression(0);
                self.known.add(name, value);
            }
            self.takes(",");
        }
    }

    /// `macro name(a, b = value)`, `call(a) name(...)`: who calls gives the values.
    fn parameters(&mut self) {
        self.name();
        if !self.takes("(") {
            return;
        }
        while let Some(name) = self.name() {
            self.known.add(name, Value::Unknown(Built::Chosen));
            if self.takes("=") {
                self.expression(0);
            }
            self.takes(",");
        }
        self.takes(")");
    }
}
