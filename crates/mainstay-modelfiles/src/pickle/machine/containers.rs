//! Instructions that make and fill containers.
//!
//! Filling something that was imported, or reached inside of a library, changes what other code
//! uses. Filling an instance calls its own `append`, `extend`, `add` or `__setitem__`; an instance
//! may have been given a function under such a name (the state of an object becomes its
//! attributes), and `__setstate__` likewise.

use mainstay_reading::DangerCode;

use super::Machine;
use crate::pickle::costs::Cost;
use crate::pickle::fault::Fault;
use crate::pickle::literal::Literal;
use crate::pickle::names;
use crate::pickle::opcode as op;
use crate::pickle::policy::Standing;
use crate::pickle::render;
use crate::pickle::value::Value;

/// Attributes that an unpickler calls.
const HOOKS: [&str; 2] = ["__setstate__", "__new__"];
/// Attributes that it calls to fill an object.
const ADDERS: [&str; 3] = ["append", "extend", "add"];

/// Special names under which objects keep a function or a type, and nobody calls it.
const REMEMBERED: [&str; 4] = ["__orig_class__", "__wrapped__", "__origin__", "__func__"];

/// Whether a literal is the name of an attribute that an unpickler calls.
pub(super) fn is_hook(literal: Option<&Literal<'_>>) -> bool {
    match literal {
        Some(Literal::Text(text)) => HOOKS.contains(&&**text),
        Some(Literal::Bytes(bytes)) => HOOKS.iter().any(|hook| hook.as_bytes() == *bytes),
        Some(
            Literal::None
            | Literal::Bool(_)
            | Literal::Int(_)
            | Literal::Long(_)
            | Literal::Float(_),
        )
        | None => false,
    }
}

impl Machine<'_, '_> {
    /// Runs an instruction that makes or fills a container. Whether it is one.
    #[inline]
    pub(super) fn contain(&mut self, instruction: u8) -> Result<bool, Fault> {
        match instruction {
            op::EMPTY_DICT => self.push_new(&[], Value::Dict)?,
            op::EMPTY_LIST => self.push_new(&[], Value::List)?,
            op::EMPTY_TUPLE => self.push_new(&[], Value::Tuple)?,
            op::EMPTY_SET => self.push_new(&[], Value::Set)?,
            op::TUPLE1 => self.gather_last(1)?,
            op::TUPLE2 => self.gather_last(2)?,
            op::TUPLE3 => self.gather_last(3)?,
            op::TUPLE => self.gather_marked(Value::Tuple)?,
            op::LIST => self.gather_marked(Value::List)?,
            op::DICT => self.gather_marked(Value::Dict)?,
            op::FROZENSET => self.gather_marked(Value::Set)?,
            op::SETITEMS | op::APPENDS | op::ADDITEMS => {
                let start = self.pop_mark()?;
                self.fill(start, instruction)?;
            }
            op::APPEND => self.fill_last(1, instruction)?,
            op::SETITEM => self.fill_last(2, instruction)?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    #[inline]
    fn push_new(&mut self, items: &[Value], make: fn(u32) -> Value) -> Result<(), Fault> {
        let number = self.recent.keep(items);
        self.push(make(number))
    }

    fn gather_last(&mut self, count: usize) -> Result<(), Fault> {
        let start = self.stack.len().checked_sub(count).filter(|start| *start >= self.fence());
        self.gather(start.ok_or(Fault::EmptyStack)?, Value::Tuple)
    }

    fn gather_marked(&mut self, make: fn(u32) -> Value) -> Result<(), Fault> {
        let start = self.pop_mark()?;
        self.gather(start, make)
    }

    fn gather(&mut self, start: usize, make: fn(u32) -> Value) -> Result<(), Fault> {
        self.see_shadows(start);
        let items = self.stack.get(start..).ok_or(Fault::EmptyStack)?;
        let number = self.recent.keep(items);
        self.stack.truncate(start);
        self.push(make(number))
    }

    fn fill_last(&mut self, count: usize, instruction: u8) -> Result<(), Fault> {
        let start = self.stack.len().checked_sub(count).filter(|start| *start > self.fence());
        self.fill(start.ok_or(Fault::EmptyStack)?, instruction)
    }

    /// Puts what lies from `start` on into what lies below it.
    #[inline]
    fn fill(&mut self, start: usize, instruction: u8) -> Result<(), Fault> {
        if start <= self.fence() {
            return Err(Fault::EmptyStack);
        }
        self.see_shadows(start);
        let items = self.stack.get(start..).ok_or(Fault::EmptyStack)?;
        let is_pairs = matches!(instruction, op::SETITEM | op::SETITEMS);
        if is_pairs && items.len() % 2 != 0 {
            return Err(Fault::WrongType("a key has no value"));
        }
        let target = self.stack.get(start - 1).copied().ok_or(Fault::EmptyStack)?;
        match target {
            Value::List(number) | Value::Dict(number) | Value::Set(number) => {
                self.recent.add(number, items);
            }
            Value::Made(number) if is_pairs && self.shared.globals.cost(number) == Cost::Tensor => {
                self.tell_tensor_as_dict(start);
            }
            Value::Global(_) | Value::Reached(_) if !items.is_empty() => {
                self.change(target, instruction, start);
            }
            Value::Made(_) | Value::Kept(_) | Value::Result(_)
                if !is_pairs && self.shadows.of_adding =>
            {
                self.tell_shadow("append");
            }
            Value::Literal(_)
            | Value::Tuple(_)
            | Value::Global(_)
            | Value::Made(_)
            | Value::Kept(_)
            | Value::Encoded(_)
            | Value::Dtype(_)
            | Value::Result(_)
            | Value::Reached(_)
            | Value::Persistent
            | Value::Buffer
            | Value::Lost => {}
        }
        self.stack.truncate(start);
        Ok(())
    }

    /// Tells that an import is filled.
    fn change(&mut self, target: Value, instruction: u8, start: usize) {
        if !self.shared.findings.has_room(DangerCode::ChangesLibrary) {
            return;
        }
        let name = render::value(self, target);
        let items: Vec<Value> = self.stack.iter().skip(start).take(2).copied().collect();
        let shown = match (instruction, &*items) {
            (op::SETITEM | op::SETITEMS, [key, value]) => {
                format!("{name}[{}] = {}", render::value(self, *key), render::value(self, *value))
            }
            (_, [item, ..]) => format!("{name}.append({})", render::value(self, *item)),
            _ => name.clone(),
        };
        let message = format!("loading changes {name}, which other code uses");
        let at = self.source.at().saturating_sub(1);
        self.shared.findings.note(at, DangerCode::ChangesLibrary, message, Some(shown));
    }

    /// Looks for functions that stand behind the name of an attribute that unpicklers call.
    #[inline]
    fn see_shadows(&mut self, start: usize) {
        let items = self.stack.get(start..).unwrap_or_default();
        let has_callable = |pair: &[Value]| pair.get(1).is_some_and(|value| value.may_be_called());
        if items.windows(2).any(has_callable) {
            let pairs: Vec<[Value; 2]> =
                items.windows(2).filter_map(|pair| pair.first_chunk().copied()).collect();
            for [key, value] in pairs.into_iter().filter(|pair| has_callable(pair)) {
                self.see_shadow(key, value);
            }
        }
    }

    fn see_shadow(&mut self, key: Value, value: Value) {
        if !self.is_function(value) {
            return;
        }
        if let Value::Literal(at) = key {
            let literal = self.literal(at);
            let name = literal.as_ref().and_then(Literal::as_text).unwrap_or_default();
            let is_special = name.starts_with("__") && name.ends_with("__");
            if is_hook(literal.as_ref()) || (is_special && !REMEMBERED.contains(&name)) {
                self.tell_shadow("a special name");
            }
            self.shadows.of_adding |= ADDERS.contains(&name);
        } else if matches!(key, Value::Made(number) if self.makes_text(number)) {
            self.tell_shadow("a computed name");
        }
    }

    /// Whether calling it would run something of which the call does not tell.
    pub(super) fn is_function(&self, value: Value) -> bool {
        if let Some(number) = self.class_of(value) {
            let path = self.shared.globals.path(number);
            return matches!(path, "functools.partial" | "_functools.partial")
                || path.starts_with("operator.")
                || path.starts_with("_operator.");
        }
        value.may_be_called()
    }

    /// Whether instances of it can be the name of an attribute.
    fn makes_text(&self, number: u32) -> bool {
        let path = self.shared.globals.path(number);
        matches!(path, "builtins.str" | "numpy.str_" | "numpy.core.multiarray.scalar")
    }

    /// Tells that an object is given a function that the unpickler will call.
    pub(super) fn tell_shadow(&mut self, name: &str) {
        if !self.has_told_shadow {
            self.has_told_shadow = true;
            let message = format!(
                "loading puts a function under {name} of an object, so that the next instruction \
                 calls it unseen"
            );
            let at = self.source.at().saturating_sub(1);
            self.shared.findings.note_known(
                at,
                DangerCode::HidesCall,
                &message,
                None,
                "GHSA-mhc9-48gj-9gp3",
            );
        }
    }

    /// A function of a library that was imported and may not be called.
    pub(super) fn see_function(&mut self, number: u32) {
        let globals = &self.shared.globals;
        let is_class = globals.get(number).is_some_and(|global| names::is_class_name(&global.name));
        if globals.standing(number) == Standing::Library && !is_class {
            self.shadows.has_function = true;
        }
    }
}
