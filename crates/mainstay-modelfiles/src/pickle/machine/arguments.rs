//! Functions that are harmless with the right arguments: a rule each.

use super::Machine;
use super::calls::{Manner, Outcome};
use crate::pickle::giveaways;
use crate::pickle::literal::Literal;
use crate::pickle::names;
use crate::pickle::policy::{self, Rule, Standing};
use crate::pickle::value::{Offset, Value};

/// Encodings of text that change none of its letters.
const PLAIN_ENCODINGS: [&str; 9] =
    ["latin1", "latin-1", "latin_1", "iso-8859-1", "iso8859-1", "utf-8", "utf8", "ascii", "utf-16"];
/// Those that make a byte of each letter.
const LATIN: [&str; 5] = ["latin1", "latin-1", "latin_1", "iso-8859-1", "iso8859-1"];
/// Methods that would do harm when somebody calls what `methodcaller` gives, and whose names do not
/// give them away.
const HARMFUL_METHODS: [&str; 6] = ["chmod", "chown", "kill", "locate", "query", "resolve_name"];

impl Machine<'_, '_> {
    /// Judges a call by its rule.
    pub(super) fn judge(
        &mut self,
        rule: Rule,
        number: u32,
        arguments: Value,
        at: usize,
    ) -> Outcome {
        let Some(content) = self.items(arguments) else { return Outcome::Unknown };
        let items = content.items.to_vec();
        let is_whole = !content.has_more;
        let made = Outcome::Harmless(Value::Made(number));
        match rule {
            Rule::Attribute => self.judge_attribute(number, arguments, &items, at),
            Rule::Encode => self.judge_encoding(&items, made),
            Rule::Reconstruct => self.judge_reconstruction(&items, arguments, at),
            Rule::ArrayClass => self.judge_array_class(&items, arguments, at),
            Rule::MaskedClass => self.judge_masked_class(&items, arguments, at),
            Rule::NewObject | Rule::NewObjectEx | Rule::FirstClass => {
                self.judge_first_class(&items, arguments, at)
            }
            Rule::Partial => self.judge_partial(&items, arguments, at, made),
            Rule::Names => self.judge_names(number, &items, is_whole, made),
            Rule::Method => self.judge_method(&items, made),
            Rule::Item => self.judge_item(number, arguments, &items),
            Rule::TypeOf => self.judge_type(number, arguments, &items, is_whole),
            Rule::Factory => match items.first() {
                None => made,
                Some(first) if self.is_allowed(*first) || self.is_none(*first) => made,
                Some(_) => Outcome::Unknown,
            },
            Rule::NumpyRandom if items.iter().all(|item| self.is_for_random(*item)) => made,
            Rule::Ufunc => self.judge_ufunc(&items, at),
            Rule::CallsFirst => self.judge_inner_call(number, &items, at),
            Rule::Nested => self.judge_nested(&items, made),
            Rule::Literals
                if is_whole && items.iter().all(|item| matches!(item, Value::Literal(_))) =>
            {
                made
            }
            Rule::NumpyRandom | Rule::Literals => Outcome::Unknown,
            Rule::Dtype => self.make_dtype(&items),
            Rule::TypeName => self.judge_type_name(&items, at),
            Rule::Enum => match &*items {
                [Value::Literal(_)] if is_whole => made,
                _ => Outcome::Unknown,
            },
            Rule::Iterator => self.judge_iterator(&items, is_whole, made),
            Rule::Mapping => self.judge_mapping(&items, made),
            Rule::Lazy => self.judge_lazy(&items, is_whole, made),
            Rule::Union => self.judge_union(number, arguments, &items),
            Rule::Scalar => self.judge_scalar(&items, made),
            Rule::Zone => self.judge_zone(&items, arguments, number, at),
            Rule::ArrayWrapper | Rule::OtherFile => made,
        }
    }

    fn judge_attribute(
        &mut self,
        number: u32,
        arguments: Value,
        items: &[Value],
        at: usize,
    ) -> Outcome {
        let [base, name, ..] = items else { return Outcome::Unknown };
        let Some(name) = self.text(*name) else { return Outcome::Hides };
        if let Value::Global(class) = *base
            && self.shared.globals.standing(class) == Standing::Checked(Rule::Enum)
            && names::is_plain(&name)
        {
            return self.reached(number, arguments);
        }
        if let Value::Global(class) = *base
            && let Some(listed) = self.listed_attribute(class, &name, at)
        {
            return Outcome::Harmless(listed);
        }
        // A private method of an instance is at most called by its own library.
        let is_of_instance =
            matches!(base, Value::Made(_) | Value::Kept(_)) && !name.starts_with("__");
        if !names::is_identifier(&name) || (name.starts_with('_') && !is_of_instance) {
            return Outcome::Hides;
        }
        let is_harmless = match *base {
            Value::Global(base) => match self.shared.globals.standing(base) {
                Standing::Constructor => true,
                Standing::Library => self.is_class(base),
                Standing::Unknown if self.is_class(base) => return Outcome::Unknown,
                Standing::Checked(_)
                | Standing::Sink(_)
                | Standing::Hidden(_)
                | Standing::Unknown => false,
            },
            Value::Result(_) | Value::Lost | Value::Persistent | Value::Buffer => {
                return Outcome::Unknown;
            }
            Value::Reached(_) => false,
            Value::Made(_)
            | Value::Kept(_)
            | Value::Encoded(_)
            | Value::Dtype(_)
            | Value::Literal(_)
            | Value::Tuple(_)
            | Value::List(_)
            | Value::Dict(_)
            | Value::Set(_) => true,
        };
        if is_harmless { self.reached(number, arguments) } else { Outcome::Hides }
    }

    /// An attribute of a class that is in the lists itself, as if it were imported.
    fn listed_attribute(&mut self, class: u32, name: &str, at: usize) -> Option<Value> {
        let class = self.shared.globals.get(class)?;
        let (module, path) = (class.module.clone(), format!("{}.{name}", class.name));
        match policy::standing(&module, &path) {
            Standing::Constructor | Standing::Checked(_) | Standing::Sink(_) => {
                Some(self.import(&module, &path, at))
            }
            Standing::Library if name.starts_with('_') => Some(self.import(&module, &path, at)),
            Standing::Library | Standing::Hidden(_) | Standing::Unknown => None,
        }
    }

    fn judge_encoding(&self, items: &[Value], made: Outcome) -> Outcome {
        let is_text = items.first().is_some_and(|item| self.text(*item).is_some());
        match items.get(1).map(|item| self.text(*item)) {
            None if is_text => made,
            Some(Some(encoding)) if is_text => {
                let encoding = encoding.to_ascii_lowercase();
                let first = items.first().copied();
                if let Some(Value::Literal(at)) = first
                    && LATIN.contains(&&*encoding)
                {
                    Outcome::Harmless(Value::Encoded(at))
                } else if PLAIN_ENCODINGS.contains(&&*encoding) {
                    made
                } else {
                    Outcome::Hides
                }
            }
            _ => Outcome::Unknown,
        }
    }

    /// `_reconstructor(class, base, state)` calls `__new__` and `__init__` of the base.
    fn judge_reconstruction(&mut self, items: &[Value], arguments: Value, at: usize) -> Outcome {
        let base_is_plain = match items.get(1) {
            Some(Value::Global(base)) => {
                self.shared.globals.standing(*base) == Standing::Constructor
            }
            _ => false,
        };
        if base_is_plain { self.judge_first_class(items, arguments, at) } else { Outcome::Unknown }
    }

    /// Makes an instance of the class that stands first.
    pub(super) fn judge_first_class(
        &mut self,
        items: &[Value],
        arguments: Value,
        at: usize,
    ) -> Outcome {
        let Some(Value::Global(class)) = items.first().copied() else { return Outcome::Unknown };
        match self.shared.globals.standing(class) {
            Standing::Checked(Rule::Dtype) => self.make_dtype(items.get(1..).unwrap_or_default()),
            Standing::Constructor
            | Standing::Library
            | Standing::Checked(
                Rule::ArrayWrapper
                | Rule::OtherFile
                | Rule::Factory
                | Rule::Partial
                | Rule::Enum
                | Rule::Zone
                | Rule::Scalar,
            ) => Outcome::Harmless(Value::Made(class)),
            Standing::Checked(_) | Standing::Sink(_) | Standing::Hidden(_) | Standing::Unknown => {
                Outcome::Harmless(self.tell_making(class, arguments, at))
            }
        }
    }

    fn judge_partial(
        &mut self,
        items: &[Value],
        arguments: Value,
        at: usize,
        made: Outcome,
    ) -> Outcome {
        match items.first().copied() {
            Some(Value::Global(function)) => match self.shared.globals.standing(function) {
                Standing::Constructor | Standing::Library | Standing::Checked(_) => made,
                Standing::Sink(_) | Standing::Hidden(_) | Standing::Unknown => {
                    Outcome::Harmless(self.tell_call(function, arguments, at))
                }
            },
            // A method of an instance was judged where it was reached.
            Some(Value::Made(_) | Value::Kept(_) | Value::Reached(_)) => made,
            _ => Outcome::Unknown,
        }
    }

    /// The names of `attrgetter` are attributes, and may lead through modules.
    fn judge_names(&self, number: u32, items: &[Value], is_whole: bool, made: Outcome) -> Outcome {
        let are_attributes = self.shared.globals.path(number).ends_with(".attrgetter");
        let hides = |step: &str| {
            step.starts_with("__") || (are_attributes && names::is_powerful_module(step))
        };
        let reaches =
            |item: &Value| self.text(*item).is_some_and(|text| text.split('.').any(hides));
        if items.iter().any(reaches) {
            Outcome::Hides
        } else if is_whole && items.iter().all(|item| !item.may_be_called()) {
            made
        } else {
            Outcome::Unknown
        }
    }

    fn judge_method(&self, items: &[Value], made: Outcome) -> Outcome {
        match items.first().and_then(|item| self.text(*item)) {
            Some(name)
                if names::is_plain(&name)
                    && giveaways::of_method(&name).is_none()
                    && !HARMFUL_METHODS.contains(&&*name) =>
            {
                made
            }
            _ => Outcome::Hides,
        }
    }

    /// `getitem` of a generic type.
    fn judge_item(&mut self, number: u32, arguments: Value, items: &[Value]) -> Outcome {
        match items.first() {
            Some(Value::Global(first)) if self.is_allowed(Value::Global(*first)) => {
                self.reached(number, arguments)
            }
            _ => Outcome::Hides,
        }
    }

    /// With one argument `type` gives its class, with three it makes one.
    fn judge_type(
        &mut self,
        number: u32,
        arguments: Value,
        items: &[Value],
        is_whole: bool,
    ) -> Outcome {
        let is_one = is_whole && items.len() == 1;
        if is_one { self.reached(number, arguments) } else { Outcome::Hides }
    }

    /// `_ufunc_reconstruct(module, name)` imports one from the other.
    fn judge_ufunc(&mut self, items: &[Value], at: usize) -> Outcome {
        let [module, name] = items else { return Outcome::Hides };
        match (self.text(*module), self.text(*name)) {
            (Some(module), Some(name)) => Outcome::Harmless(self.import(&module, &name, at)),
            _ => Outcome::Hides,
        }
    }

    /// A function that calls its first argument with a tuple, and gives the result a state:
    /// torch's have the class of the result between the two.
    fn judge_inner_call(&mut self, number: u32, items: &[Value], at: usize) -> Outcome {
        let is_of_torch = self.shared.globals.path(number).starts_with("torch.");
        let place = if is_of_torch { 2 } else { 1 };
        let (Some(function), Some(arguments @ Value::Tuple(_))) =
            (items.first().copied(), items.get(place).copied())
        else {
            return Outcome::Unknown;
        };
        let is_inner =
            |number| self.shared.globals.standing(number) == Standing::Checked(Rule::CallsFirst);
        match function {
            Value::Global(number) if is_inner(number) => Outcome::Unknown,
            Value::Global(_) => {
                let Ok(value) = self.call(function, arguments, Manner::Called, at) else {
                    return Outcome::Unknown;
                };
                for state in items.iter().skip(place + 1) {
                    if !self.is_none(*state) {
                        self.give_state(value, *state, at);
                    }
                }
                Outcome::Harmless(value)
            }
            Value::Literal(_)
            | Value::Made(_)
            | Value::Kept(_)
            | Value::Encoded(_)
            | Value::Dtype(_)
            | Value::Result(_)
            | Value::Reached(_)
            | Value::Tuple(_)
            | Value::List(_)
            | Value::Dict(_)
            | Value::Set(_)
            | Value::Persistent
            | Value::Buffer
            | Value::Lost => Outcome::Hides,
        }
    }

    pub(super) fn reached(&mut self, number: u32, arguments: Value) -> Outcome {
        let kept = self.recent.keep(&[Value::Global(number), arguments]);
        Outcome::Harmless(Value::Reached(kept))
    }

    pub(super) fn is_class(&self, number: u32) -> bool {
        let global = self.shared.globals.get(number);
        let last = global.and_then(|global| global.name.rsplit('.').next());
        last.is_some_and(names::is_class_name)
    }

    pub(super) fn is_none(&self, value: Value) -> bool {
        matches!(value, Value::Literal(at) if self.literal(at) == Some(Literal::None))
    }

    /// An import that may be called later on.
    pub(super) fn is_allowed(&self, value: Value) -> bool {
        if let Value::Global(number) = value {
            return matches!(
                self.shared.globals.standing(number),
                Standing::Constructor | Standing::Library | Standing::Checked(_)
            );
        }
        matches!(value, Value::Made(_) | Value::Kept(_) | Value::Reached(_))
    }

    fn is_for_random(&self, value: Value) -> bool {
        if let Value::Global(number) = value {
            let path = self.shared.globals.path(number);
            return path.starts_with("numpy.random.") && self.is_allowed(value);
        }
        matches!(
            value,
            Value::Literal(_)
                | Value::Made(_)
                | Value::Kept(_)
                | Value::Encoded(_)
                | Value::Reached(_)
        )
    }

    /// Whether arguments are plain data in which nothing could be the path of a file.
    pub(super) fn is_data_without_text(&self, arguments: Value) -> bool {
        const MOST: usize = 1_000;
        let mut open = vec![arguments];
        let mut seen = 0;
        while let Some(value) = open.pop() {
            seen += 1;
            let is_data = match value {
                Value::Literal(at) => self.is_no_text(at),
                Value::Tuple(_) | Value::List(_) | Value::Dict(_) | Value::Set(_) => {
                    match self.items(value) {
                        Some(content) if !content.has_more => {
                            open.extend_from_slice(content.items);
                            true
                        }
                        _ => false,
                    }
                }
                Value::Global(_) => self.is_allowed(value),
                Value::Made(_) => !self.is_function(value),
                Value::Kept(_) | Value::Encoded(_) | Value::Dtype(_) => true,
                Value::Result(_)
                | Value::Reached(_)
                | Value::Persistent
                | Value::Buffer
                | Value::Lost => false,
            };
            if !is_data || seen > MOST {
                return false;
            }
        }
        true
    }

    fn is_no_text(&self, at: Offset) -> bool {
        match self.literal(at) {
            Some(Literal::Text(text)) => text.is_empty(),
            Some(_) => true,
            None => false,
        }
    }
}
