//! Instructions that import names, make objects and give them their state.

use mainstay_reading::DangerCode;

use super::calls::Manner;
use super::{Machine, Trust};
use crate::pickle::fault::Fault;
use crate::pickle::names;
use crate::pickle::opcode as op;
use crate::pickle::policy::{Rule, Standing};
use crate::pickle::render;
use crate::pickle::value::Value;

impl Machine<'_, '_> {
    /// Runs an instruction that imports, calls or builds.
    pub(super) fn make(&mut self, at: usize, instruction: u8) -> Result<(), Fault> {
        match instruction {
            op::GLOBAL => {
                let global = self.named_in_lines(at)?;
                self.push(global)
            }
            op::STACK_GLOBAL => {
                let (name, module) = (self.pop()?, self.pop()?);
                let global = self.named_on_stack(module, name, at)?;
                self.push(global)
            }
            op::INST => {
                let class = self.named_in_lines(at)?;
                let start = self.pop_mark()?;
                self.instantiate(class, start, start, at)
            }
            op::OBJ => {
                let start = self.pop_mark()?;
                let class = self.stack.get(start).copied().ok_or(Fault::EmptyStack)?;
                self.instantiate(class, start, start + 1, at)
            }
            op::REDUCE => {
                let (arguments, function) = (self.pop()?, self.pop()?);
                let value = self.call(function, arguments, Manner::Called, at)?;
                self.push(value)
            }
            op::NEWOBJ => {
                let (arguments, class) = (self.pop()?, self.pop()?);
                let value = self.call(class, arguments, Manner::Made, at)?;
                self.push(value)
            }
            op::NEWOBJ_EX => {
                let (keywords, arguments, class) = (self.pop()?, self.pop()?, self.pop()?);
                self.check_keywords(class, keywords, at);
                let value = self.call(class, arguments, Manner::Made, at)?;
                self.push(value)
            }
            op::BUILD => {
                let (state, object) = (self.pop()?, self.top()?);
                self.build(object, state, at)
            }
            op::EXT1 => {
                let [code] = self.source.array::<1>()?;
                self.extension(u32::from(code), at)
            }
            op::EXT2 => {
                let code = u16::from_le_bytes(self.source.array()?);
                self.extension(u32::from(code), at)
            }
            op::EXT4 => {
                let code = u32::from_le_bytes(self.source.array()?);
                self.extension(code, at)
            }
            _ => Err(Fault::NoInstruction(instruction)),
        }
    }

    /// The module and the name of GLOBAL and INST stand on two lines.
    fn named_in_lines(&mut self, at: usize) -> Result<Value, Fault> {
        let module = names::without_return(self.source.line()?);
        let name = names::without_return(self.source.line()?);
        let is_plausible = names::is_plausible_path(module) && names::is_plausible_path(name);
        if self.reading.trust == Trust::Supposed && !is_plausible {
            return Err(Fault::BadOperand("a name"));
        }
        let text = |line| std::str::from_utf8(line).map_err(|_| Fault::BadOperand("a name"));
        Ok(self.import(text(module)?, text(name)?, at))
    }

    /// The module and the name of `STACK_GLOBAL` are values.
    fn named_on_stack(&mut self, module: Value, name: Value, at: usize) -> Result<Value, Fault> {
        if let (Some(module), Some(name)) = (self.text(module), self.text(name)) {
            return Ok(self.import(&module, &name, at));
        }
        let may_be_text = |value| match value {
            Value::Literal(_) => self.text(value).is_some(),
            Value::Result(_) | Value::Reached(_) | Value::Lost => true,
            // The type has to be `str` itself.
            Value::Made(class) => self.shared.globals.path(class) == "builtins.str",
            Value::Global(_)
            | Value::Kept(_)
            | Value::Encoded(_)
            | Value::Dtype(_)
            | Value::Tuple(_)
            | Value::List(_)
            | Value::Dict(_)
            | Value::Set(_)
            | Value::Persistent
            | Value::Buffer => false,
        };
        if !may_be_text(module) || !may_be_text(name) {
            return Err(Fault::WrongType("what should be the name of an import is no text"));
        }
        let number = self.recent.keep(&[module, name]);
        if module == Value::Lost || name == Value::Lost {
            return Ok(Value::Lost);
        }
        let (module, name) = (render::value(self, module), render::value(self, name));
        let message = "loading imports something whose name is computed only then";
        let shown = Some(format!("getattr(import_module({module}), {name})"));
        self.shared.findings.note(at, DangerCode::HidesCall, message, shown);
        Ok(Value::Reached(number))
    }

    /// Imports a name.
    pub(super) fn import(&mut self, module: &str, name: &str, at: usize) -> Value {
        let Some((number, is_new)) = self.shared.globals.number(module, name, at) else {
            return Value::Lost;
        };
        self.see_function(number);
        if let Some(trace) = self.shared.trace.as_mut().filter(|_| is_new) {
            trace.push((at, format!("from {module} import {name}")));
        }
        Value::Global(number)
    }

    /// A registered extension: a number that stands for a name (PEP 307).
    fn extension(&mut self, code: u32, at: usize) -> Result<(), Fault> {
        if self.reading.trust == Trust::Supposed {
            // Some byte of something else. If it is not, what follows tells.
            return self.push(Value::Lost);
        }
        let global = self.import("copyreg", &format!("extension {code}"), at);
        self.push(global)
    }

    /// Makes an instance as INST and OBJ do: `__new__` alone of a class without arguments, and a
    /// call of everything else.
    fn instantiate(
        &mut self,
        class: Value,
        start: usize,
        first: usize,
        at: usize,
    ) -> Result<(), Fault> {
        let arguments = self.stack.get(first..).ok_or(Fault::EmptyStack)?;
        let is_class = matches!(class, Value::Global(number) if self.is_class(number));
        let is_bare = is_class && arguments.is_empty();
        let manner = if is_bare { Manner::Made } else { Manner::Called };
        let number = self.recent.keep(arguments);
        self.stack.truncate(start);
        let value = self.call(class, Value::Tuple(number), manner, at)?;
        self.push(value)
    }

    /// BUILD. joblib does more with the stand-ins of its arrays.
    fn build(&mut self, object: Value, state: Value, at: usize) -> Result<(), Fault> {
        self.give_state(object, state, at);
        if let Some(class) = self.class_of(object)
            && self.is_of(class, Rule::ArrayWrapper)
        {
            return self.wrapped_array(object, state, at);
        }
        Ok(())
    }

    fn is_of(&self, number: u32, rule: Rule) -> bool {
        self.shared.globals.standing(number) == Standing::Checked(rule)
    }

    /// Gives an object its state: `__setstate__`, or attributes.
    pub(super) fn give_state(&mut self, object: Value, state: Value, at: usize) {
        match object {
            Value::Global(_) | Value::Reached(_)
                if self.shared.findings.has_room(DangerCode::ChangesLibrary) =>
            {
                let name = render::value(self, object);
                let shown = format!("{name}.__setstate__({})", render::value(self, state));
                let message = format!("loading changes {name}, which other code uses");
                self.shared.findings.note(at, DangerCode::ChangesLibrary, message, Some(shown));
            }
            Value::Made(_) | Value::Kept(_) => {
                let Some(number) = self.class_of(object) else { return };
                if self.shadows.names_hook && self.shadows.has_function {
                    self.tell_shadow("__setstate__");
                }
                if self.is_of(number, Rule::OtherFile) {
                    self.check_file_beside(state, at);
                }
                if !self.is_of(number, Rule::ArrayWrapper) {
                    self.fill_array(object, state);
                    self.check_state(number, object, state, at);
                }
            }
            Value::Result(_) => self.check_state_of(object, state, at),
            Value::Dtype(number) => self.set_dtype(number, state),
            Value::Literal(_)
            | Value::Encoded(_)
            | Value::Global(_)
            | Value::Reached(_)
            | Value::Tuple(_)
            | Value::List(_)
            | Value::Dict(_)
            | Value::Set(_)
            | Value::Persistent
            | Value::Buffer
            | Value::Lost => {}
        }
    }
}
