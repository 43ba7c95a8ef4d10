//! Goes through the expressions of a tag as Jinja groups them, follows constants, and says which
//! names are reached by strings.
//!
//! It understands what it must and steps over the rest: what Jinja would refuse is harmless.

mod binding;

use std::collections::HashMap;

use super::effort;
use super::folding::{Built, UNKNOWN, Value, filtered, indexed, joined, reckoned, sliced};
use super::lexer::{Kind, Token};
use super::names::{is_internal, mentions_internal};
use super::tags::Sort;

/// Levels of nesting that are followed. Python's own limit stops Jinja at about as many.
const DEEPEST: usize = 80;

/// The longest name with attributes that is followed.
const LONGEST_PATH: usize = 128;
/// Filters that take the name of an attribute.
const BY_NAME: &[&str] = &["groupby", "map", "rejectattr", "selectattr", "sum"];
/// How much is copied and put together over a whole template.
const FUEL: usize = 1 << 20;

/// Variables whose values are constant, by name; attributes of namespaces as `name.attribute`.
pub(super) struct Known {
    values: HashMap<String, Value>,
    fuel: usize,
}

impl Known {
    pub(super) fn new() -> Self {
        Self { values: HashMap::new(), fuel: FUEL }
    }

    fn has(&self, name: &str) -> bool {
        self.values.contains_key(name)
    }

    fn get(&mut self, name: &str) -> Value {
        let Some(value) = self.values.get(name) else { return UNKNOWN };
        match self.fuel.checked_sub(value.weight()) {
            Some(left) => {
                self.fuel = left;
                value.clone()
            }
            None => Value::Unknown(Built::Surely),
        }
    }

    /// Binds a name. What it was bound to before it may still be: a branch or a loop decides.
    fn add(&mut self, name: &str, value: Value) {
        let value = match self.values.get(name) {
            Some(before) if *before != value => before.or(&value),
            Some(_) | None => value,
        };
        self.values.insert(name.to_owned(), value);
    }
}

/// What an expression does: where, what sort, which name.
pub(super) type Deed = (usize, Sort, String);

pub(super) struct Walker<'t, 'k> {
    tokens: &'k [Token<'t>],
    at: usize,
    depth: usize,
    known: &'k mut Known,
    pub(super) deeds: Vec<Deed>,
    /// What the last `namespace` has.
    attributes: Vec<(String, Value)>,
    /// How many rounds the last `range` makes.
    pub(super) rounds: Option<u64>,
}

impl<'t, 'k> Walker<'t, 'k> {
    pub(super) fn new(tokens: &'k [Token<'t>], known: &'k mut Known) -> Self {
        Self {
            tokens,
            at: 0,
            depth: 0,
            known,
            deeds: Vec::new(),
            attributes: Vec::new(),
            rounds: None,
        }
    }

    /// Goes through a whole tag.
    pub(super) fn walk(&mut self, keyword: &str) {
        self.bind(keyword);
        while self.at < self.tokens.len() {
            let before = self.at;
            self.expression(0);
            // What begins no expression is stepped over.
            self.at = self.at.max(before + 1);
        }
    }

    fn peek(&self) -> Option<&'k Kind<'t>> {
        self.tokens.get(self.at).map(|token| &token.kind)
    }

    fn place(&self) -> usize {
        self.tokens.get(self.at).or(self.tokens.last()).map_or(0, |token| token.at)
    }

    fn name(&mut self) -> Option<&'t str> {
        match self.peek() {
            Some(Kind::Name(name)) => {
                self.at += 1;
                Some(name)
            }
            _ => None,
        }
    }

    fn is_sign(&self, sign: &str) -> bool {
        matches!(self.peek(), Some(Kind::Sign(found)) if *found == sign)
    }

    fn takes(&mut self, sign: &str) -> bool {
        let found = self.is_sign(sign);
        self.at += usize::from(found);
        found
    }

    fn takes_name(&mut self, name: &str) -> bool {
        let found = matches!(self.peek(), Some(Kind::Name(found)) if *found == name);
        self.at += usize::from(found);
        found
    }

    fn tell(&mut self, sort: Sort, what: &str) {
        let at = self.place();
        self.deeds.push((at, sort, what.to_owned()));
    }

    /// Looks at a string that the template put together.
    fn made(&mut self, value: Value) -> Value {
        if let Value::Text(text) = &value {
            let Some(left) = self.known.fuel.checked_sub(value.weight()) else {
                self.tell(Sort::TooDeep, "");
                return Value::Unknown(Built::Surely);
            };
            self.known.fuel = left;
            if let Some(name) = mentions_internal(text) {
                self.tell(Sort::BuiltWalk, name);
            } else if is_internal(text) {
                self.tell(Sort::BuiltWalk, text);
            }
        }
        value
    }

    /// An expression whose operators bind at least so strongly.
    fn expression(&mut self, binds: u8) -> Value {
        if self.depth >= DEEPEST {
            self.tell(Sort::TooDeep, "");
            self.at += 1;
            return UNKNOWN;
        }
        self.depth += 1;
        let mut value = self.operand();
        while let Some((sign, strength)) = self.operator().filter(|(_, found)| *found >= binds) {
            self.at += 1;
            if sign == "if" {
                self.expression(1);
                let other = if self.takes_name("else") { self.expression(0) } else { UNKNOWN };
                value = value.or(&other);
                continue;
            }
            if sign == "not" {
                self.takes_name("in");
            }
            let other = self.expression(strength + u8::from(sign != "**"));
            if effort::is_huge(&value, sign, &other) {
                self.tell(Sort::Effort, sign);
            }
            value = match sign {
                "~" => self.made(joined(&value, &other)),
                "+" | "-" | "*" | "/" | "//" | "%" | "**" => {
                    self.made(reckoned(&value, sign, &other))
                }
                "or" | "and" => value.or(&other),
                _ => UNKNOWN,
            };
        }
        self.depth -= 1;
        value
    }

    /// The operator that comes next, and how strongly it binds.
    fn operator(&self) -> Option<(&'t str, u8)> {
        let (Kind::Name(sign) | Kind::Sign(sign)) = self.peek()? else { return None };
        let strength = match *sign {
            "if" => 0,
            "or" => 1,
            "and" => 2,
            "==" | "!=" | "<" | ">" | "<=" | ">=" | "in" | "not" => 4,
            "+" | "-" => 5,
            "~" => 6,
            "*" | "/" | "//" | "%" => 7,
            "**" => 8,
            _ => return None,
        };
        Some((sign, strength))
    }

    /// A value with what is in front of it and behind it.
    fn operand(&mut self) -> Value {
        let mut is_negative = false;
        while self.takes_name("not") || self.is_sign("-") || self.is_sign("+") {
            if self.takes("-") {
                is_negative = !is_negative;
            } else {
                self.takes("+");
            }
        }
        let (value, path) = self.primary();
        let value = self.behind(value, path);
        if let (Value::Number(number), true) = (&value, is_negative) {
            return number.checked_neg().map_or(UNKNOWN, Value::Number);
        }
        value
    }

    /// A value, and the name by which it is known.
    fn primary(&mut self) -> (Value, String) {
        let value = match self.peek() {
            Some(Kind::Name(name)) => {
                self.at += 1;
                if self.takes("(") {
                    return (self.called(name), String::new());
                }
                let value = self.known.get(name);
                return (value, (*name).to_owned());
            }
            Some(Kind::Text { .. }) => self.texts(),
            Some(Kind::Number(number)) => {
                self.at += 1;
                number.and_then(|n| i64::try_from(n).ok()).map_or(UNKNOWN, Value::Number)
            }
            Some(Kind::Sign("(")) => {
                self.at += 1;
                let mut inside = self.arguments(")");
                match inside.pop() {
                    Some((_, only)) if inside.is_empty() => only,
                    Some(last) => {
                        inside.push(last);
                        Value::list(inside.into_iter().map(|(_, value)| value).collect())
                    }
                    None => UNKNOWN,
                }
            }
            Some(Kind::Sign("[")) => {
                self.at += 1;
                Value::list(self.arguments("]").into_iter().map(|(_, value)| value).collect())
            }
            Some(Kind::Sign("{")) => {
                self.at += 1;
                let inside = self.arguments("}");
                let values = inside.iter().map(|(_, value)| value);
                values.fold(UNKNOWN, |all, value| all.or(value))
            }
            Some(Kind::Sign(_)) | None => UNKNOWN,
        };
        (value, String::new())
    }

    /// Strings that stand side by side are one.
    fn texts(&mut self) -> Value {
        let mut text = String::new();
        let mut count = 0;
        while let Some(Kind::Text { decoded, .. }) = self.peek() {
            self.at += 1;
            count += 1;
            text.push_str(decoded);
        }
        let value = Value::text(text);
        if count > 1 { self.made(value) } else { value }
    }

    /// A call of a global function; its bracket is open.
    fn called(&mut self, name: &str) -> Value {
        let arguments = self.arguments(")");
        if name == "dict" {
            // Joined, a dictionary is its keys.
            let keys = arguments.into_iter().filter_map(|(key, _)| key.map(str::to_owned));
            return Value::list(keys.map(Value::Text).collect());
        }
        if name == "namespace" {
            let held = arguments.iter().fold(UNKNOWN, |all, (_, value)| all.or(value));
            let named = |(key, value): (Option<&str>, Value)| Some((key?.to_owned(), value));
            self.attributes = arguments.into_iter().filter_map(named).collect();
            return held;
        }
        if name == "range" {
            let values: Vec<Value> = arguments.into_iter().map(|(_, value)| value).collect();
            self.rounds = effort::rounds(&values);
            if self.rounds.is_some_and(effort::is_endless) {
                self.tell(Sort::Effort, "range");
            }
            return UNKNOWN;
        }
        // A macro gives what it puts together.
        Value::Unknown(Built::Perhaps)
    }

    /// Values up to a closing bracket, with the names that keywords give them.
    fn arguments(&mut self, end: &str) -> Vec<(Option<&'t str>, Value)> {
        let mut found = Vec::new();
        while self.at < self.tokens.len() && !self.takes(end) {
            let before = self.at;
            let mut key = None;
            if let (Some(Kind::Name(name)), Some(Kind::Sign("="))) =
                (self.peek(), self.tokens.get(self.at + 1).map(|token| &token.kind))
            {
                key = Some(*name);
                self.at += 2;
            }
            let value = self.expression(0);
            if self.at > before {
                found.push((key, value));
            } else {
                self.at += 1;
            }
        }
        found
    }

    /// Attributes, subscripts, calls, filters and tests behind a value.
    fn behind(&mut self, mut value: Value, mut path: String) -> Value {
        loop {
            if self.takes(".") {
                let Some(name) = self.name() else { continue };
                if self.takes("(") {
                    value = self.applied(&value, name);
                    path.clear();
                } else {
                    let length = path.len() + name.len();
                    path = if path.is_empty() || length > LONGEST_PATH {
                        String::new()
                    } else {
                        format!("{path}.{name}")
                    };
                    let held = value.one_of();
                    value = if self.known.has(&path) { self.known.get(&path) } else { held };
                }
            } else if self.takes("[") {
                value = self.subscript(&value);
                path.clear();
            } else if self.takes("(") {
                self.arguments(")");
                value = Value::Unknown(Built::Perhaps);
                path.clear();
            } else if self.takes("|") {
                let Some(name) = self.name() else { continue };
                value = if self.takes("(") {
                    self.applied(&value, name)
                } else {
                    self.made(filtered(&value, name, &[]))
                };
                path.clear();
            } else if self.takes_name("is") {
                self.test();
                value = UNKNOWN;
                path.clear();
            } else {
                return value;
            }
        }
    }

    /// A filter or a method with arguments; its bracket is open.
    fn applied(&mut self, value: &Value, name: &str) -> Value {
        let found = self.arguments(")");
        // `map("attr", name)` applies the filter to each.
        let applies =
            matches!(found.first(), Some((None, Value::Text(filter))) if filter == "attr");
        for (key, argument) in &found {
            let is_text = matches!(argument, Value::Text(_));
            let by_place = name == "attr" || applies || is_text && BY_NAME.contains(&name);
            let is_name = key.map_or(by_place, |key| key == "attribute");
            if is_name {
                self.reached(argument, Sort::ComputedFilter);
            }
        }
        let arguments: Vec<Value> = found.into_iter().map(|(_, value)| value).collect();
        if effort::pads_hugely(name, &arguments) {
            self.tell(Sort::Effort, name);
        }
        let result = self.made(filtered(value, name, &arguments));
        match result {
            // It may be one of what it was given.
            Value::Unknown(Built::No) => arguments.iter().fold(UNKNOWN, |all, one| all.or(one)),
            Value::Text(_) | Value::Number(_) | Value::List(_) | Value::Unknown(_) => result,
        }
    }

    /// `value[...]`; its bracket is open.
    fn subscript(&mut self, value: &Value) -> Value {
        let mut bounds: Vec<Option<Value>> = vec![None];
        while self.at < self.tokens.len() && !self.takes("]") {
            let before = self.at;
            if self.takes(":") {
                bounds.push(None);
                continue;
            }
            let bound = self.expression(0);
            if self.at == before {
                self.at += 1;
            } else if let Some(last) = bounds.last_mut() {
                *last = Some(bound);
            }
        }
        match &*bounds {
            [Some(index)] => {
                self.reached(index, Sort::ComputedSubscript);
                indexed(value, index)
            }
            [None] => UNKNOWN,
            bounds => self.made(sliced(value, bounds)),
        }
    }

    /// Looks at a value that names an attribute; `sort` is told when it is not known.
    fn reached(&mut self, name: &Value, sort: Sort) {
        match name {
            Value::Text(name) => {
                if let Some(name) = name.split('.').find(|name| is_internal(name)) {
                    let name = name.to_owned();
                    self.tell(Sort::Walk, &name);
                }
            }
            Value::Unknown(Built::No | Built::Chosen) if sort == Sort::ComputedSubscript => {}
            Value::Unknown(Built::Perhaps) if sort == Sort::ComputedSubscript => {
                self.tell(Sort::PieceSubscript, "");
            }
            Value::Unknown(_) => self.tell(sort, ""),
            Value::Number(_) | Value::List(_) => {}
        }
    }

    /// `is not name(arguments)`; `is` is taken.
    fn test(&mut self) {
        self.takes_name("not");
        self.name();
        if self.takes("(") {
            self.arguments(")");
        } else if matches!(self.peek(), Some(Kind::Text { .. } | Kind::Number(_))) {
            self.at += 1;
        }
    }
}
