//! Calls: of what, with what, and whether that is harmless.

use mainstay_reading::DangerCode;

use super::{Machine, Trust};
use crate::pickle::costs::Cost;
use crate::pickle::fault::Fault;
use crate::pickle::literal::Literal;
use crate::pickle::names;
use crate::pickle::policy::{Sort, Standing};
use crate::pickle::render;
use crate::pickle::value::Value;

/// How an instruction calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Manner {
    /// As a function.
    Called,
    /// As a class, by `__new__` alone.
    Made,
}

/// What a call comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It is harmless and gives this.
    Harmless(Value),
    /// Nobody knows.
    Unknown,
    /// It reaches for what it should not.
    Hides,
}

impl Machine<'_, '_> {
    /// Judges a call and gives its value.
    pub(super) fn call(
        &mut self,
        function: Value,
        arguments: Value,
        manner: Manner,
        at: usize,
    ) -> Result<Value, Fault> {
        self.trace_call(function, arguments, at);
        match function {
            Value::Global(number) => Ok(self.call_global(number, arguments, manner, at)),
            _ if self.reading.trust == Trust::Supposed && self.is_no_list(arguments) => {
                Err(Fault::WrongType("the arguments of a call are no list"))
            }
            Value::Made(_) | Value::Kept(_) | Value::Result(_) | Value::Reached(_) => {
                let message = "loading calls something that is made only then, so that its name \
                               does not show";
                self.tell_hidden(message, function, arguments, at);
                Ok(Value::Reached(self.recent.keep(&[function, arguments])))
            }
            Value::Persistent | Value::Buffer => {
                if self.shared.findings.has_room(DangerCode::UnknownCall) {
                    let shown = render::call(self, function, arguments);
                    let message = "loading calls something that its loader puts in";
                    self.shared.findings.note(at, DangerCode::UnknownCall, message, Some(shown));
                }
                Ok(Value::Result(self.recent.keep(&[function, arguments])))
            }
            Value::Lost => {
                let reason = "the pickle calls something for which there was no room";
                self.tell_gap(at, reason);
                Ok(Value::Lost)
            }
            Value::Literal(_)
            | Value::Encoded(_)
            | Value::Dtype(_)
            | Value::Tuple(_)
            | Value::List(_)
            | Value::Dict(_)
            | Value::Set(_) => Err(Fault::WrongType("what is called is no function")),
        }
    }

    /// Whether no unpickler could call anything with it: what looks like a call is none.
    fn is_no_list(&self, arguments: Value) -> bool {
        let Value::Literal(at) = arguments else { return false };
        !matches!(self.literal(at), Some(Literal::Text(_) | Literal::Bytes(_)))
    }

    fn call_global(&mut self, number: u32, arguments: Value, manner: Manner, at: usize) -> Value {
        if self.shared.globals.cost(number) != Cost::Little
            && let Some(value) = self.weigh(number, arguments, at)
        {
            return value;
        }
        if manner == Manner::Called {
            self.check_made(number, arguments, at);
        }
        let outcome = match self.shared.globals.standing(number) {
            Standing::Constructor => return self.instance(number, arguments),
            Standing::Checked(rule) => self.judge(rule, number, arguments, at),
            Standing::Library if manner == Manner::Made => Outcome::Harmless(Value::Made(number)),
            Standing::Library => self.judge_class(number, arguments),
            Standing::Sink(_) | Standing::Hidden(_) | Standing::Unknown => Outcome::Unknown,
        };
        match outcome {
            Outcome::Harmless(Value::Made(class)) => self.instance(class, arguments),
            Outcome::Harmless(value) => value,
            Outcome::Unknown if manner == Manner::Made => self.tell_making(number, arguments, at),
            Outcome::Unknown => self.tell_call(number, arguments, at),
            Outcome::Hides => {
                let path = self.shared.globals.path(number);
                let message = format!("loading calls {path} to reach the inside of something");
                self.tell_hidden(&message, Value::Global(number), arguments, at);
                self.shared.globals.count_call(number);
                Value::Reached(self.recent.keep(&[Value::Global(number), arguments]))
            }
        }
    }

    /// A class of a library may be called with plain data. A text could be the path of a file.
    fn judge_class(&self, number: u32, arguments: Value) -> Outcome {
        let globals = &self.shared.globals;
        let is_class = globals
            .get(number)
            .is_some_and(|global| global.name.rsplit('.').next().is_some_and(names::is_class_name));
        if is_class && (self.is_data_without_text(arguments) || self.is_enum(number, arguments)) {
            Outcome::Harmless(Value::Made(number))
        } else {
            Outcome::Unknown
        }
    }

    /// Tells a call of something that is not known to be harmless.
    pub(super) fn tell_call(&mut self, number: u32, arguments: Value, at: usize) -> Value {
        let giveaway = self.giveaway(number, arguments);
        self.tell(number, arguments, giveaway, at)
    }

    /// Tells that an instance of a class is made of which nobody knows whether it is harmless. Its
    /// arguments are its content and open nothing.
    pub(super) fn tell_making(&mut self, number: u32, arguments: Value, at: usize) -> Value {
        self.tell(number, arguments, None, at)
    }

    fn tell(&mut self, number: u32, arguments: Value, giveaway: Option<Sort>, at: usize) -> Value {
        let before = self.shared.globals.count_call(number);
        let shown = if before < 16 {
            render::call(self, Value::Global(number), arguments)
        } else {
            String::new()
        };
        let Some(global) = self.shared.globals.get(number) else { return Value::Lost };
        self.shared.findings.note_call(at, global, before, giveaway, shown);
        let reaches = match global.standing {
            Standing::Sink(sink) => sink.sort != Sort::Scanner,
            Standing::Hidden(_) => true,
            Standing::Constructor
            | Standing::Checked(_)
            | Standing::Library
            | Standing::Unknown => false,
        };
        let kept = self.recent.keep(&[Value::Global(number), arguments]);
        if reaches { Value::Reached(kept) } else { Value::Result(kept) }
    }

    fn tell_hidden(&mut self, message: &str, function: Value, arguments: Value, at: usize) {
        if !self.shared.findings.has_room(DangerCode::HidesCall) {
            return;
        }
        let shown = render::call(self, function, arguments);
        self.shared.findings.note(at, DangerCode::HidesCall, message, Some(shown));
    }

    /// Notes what could not be decided. The first few say enough.
    pub(in crate::pickle) fn tell_gap(&mut self, at: usize, reason: &'static str) {
        if self.shared.gaps.len() < 100 {
            self.shared.gaps.push((at, reason));
        }
    }

    fn trace_call(&mut self, function: Value, arguments: Value, at: usize) {
        const LINES: usize = 10_001;
        if self.shared.trace.as_ref().is_some_and(|trace| trace.len() < LINES) {
            let line = render::call(self, function, arguments);
            if let Some(trace) = &mut self.shared.trace {
                trace.push((at, line));
            }
        }
    }
}
