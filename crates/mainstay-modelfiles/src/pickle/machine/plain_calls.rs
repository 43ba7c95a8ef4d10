//! Calls that are harmless with plain arguments, and what gives the others away.

use mainstay_reading::DangerCode;

use super::Machine;
use super::calls::Outcome;
use crate::pickle::giveaways;
use crate::pickle::literal::Literal;
use crate::pickle::names;
use crate::pickle::policy::{self, Rule, Sort, Standing};
use crate::pickle::render;
use crate::pickle::value::Value;

/// Functions of which `map` may be made beside the types of plain data.
const MAPPED: [&str; 8] = [
    "builtins.max",
    "builtins.min",
    "builtins.abs",
    "builtins.chr",
    "builtins.len",
    "builtins.ord",
    "builtins.round",
    "builtins.callable",
];
/// How the names of enums end.
const ENUMS: [&str; 22] = [
    "Type",
    "Types",
    "Strategy",
    "Mode",
    "Kind",
    "Option",
    "Options",
    "Enum",
    "Status",
    "Level",
    "Method",
    "State",
    "Policy",
    "Format",
    "Backend",
    "Activation",
    "Precision",
    "Scheme",
    "Algorithm",
    "Names",
    "Direction",
    "Side",
];
/// What dill calls types that are in no module under that name.
const NAMED_BY_DILL: [(&str, &str, &str); 20] = [
    ("PartialType", "functools", "partial"),
    ("ItemGetterType", "operator", "itemgetter"),
    ("AttrGetterType", "operator", "attrgetter"),
    ("ListType", "builtins", "list"),
    ("DictType", "builtins", "dict"),
    ("DictionaryType", "builtins", "dict"),
    ("TupleType", "builtins", "tuple"),
    ("StringType", "builtins", "str"),
    ("StrType", "builtins", "str"),
    ("UnicodeType", "builtins", "str"),
    ("IntType", "builtins", "int"),
    ("LongType", "builtins", "int"),
    ("FloatType", "builtins", "float"),
    ("ComplexType", "builtins", "complex"),
    ("BooleanType", "builtins", "bool"),
    ("BoolType", "builtins", "bool"),
    ("ObjectType", "builtins", "object"),
    ("SliceType", "builtins", "slice"),
    ("SetType", "builtins", "set"),
    ("BytesType", "builtins", "bytes"),
];

impl Machine<'_, '_> {
    /// `iter` of a container. With two arguments it calls the first.
    pub(super) fn judge_iterator(
        &mut self,
        items: &[Value],
        is_whole: bool,
        made: Outcome,
    ) -> Outcome {
        match items {
            [
                Value::Literal(_)
                | Value::Tuple(_)
                | Value::List(_)
                | Value::Dict(_)
                | Value::Set(_)
                | Value::Encoded(_)
                | Value::Kept(_),
            ] if is_whole => made,
            [Value::Made(number)] if is_whole => match self.shared.globals.standing(*number) {
                Standing::Constructor | Standing::Checked(Rule::Iterator | Rule::Factory) => made,
                Standing::Checked(_)
                | Standing::Library
                | Standing::Sink(_)
                | Standing::Hidden(_)
                | Standing::Unknown => Outcome::Unknown,
            },
            _ => Outcome::Hides,
        }
    }

    /// `map` and `filter` of a type of plain data.
    pub(super) fn judge_mapping(&mut self, items: &[Value], made: Outcome) -> Outcome {
        match items.first().copied() {
            Some(Value::Global(function))
                if self.shared.globals.standing(function) == Standing::Constructor
                    || MAPPED.contains(&self.shared.globals.path(function)) =>
            {
                made
            }
            Some(first) if self.is_none(first) => made,
            _ => Outcome::Hides,
        }
    }

    /// Iterators that call a function later on: a plain type, or none.
    pub(super) fn judge_lazy(&self, items: &[Value], is_whole: bool, made: Outcome) -> Outcome {
        // Each item could be the function, so none may be one that hides a call.
        let is_plain = |value: &Value| match *value {
            Value::Global(function) => {
                self.shared.globals.standing(function) == Standing::Constructor
                    || MAPPED.contains(&self.shared.globals.path(function))
            }
            Value::Made(_) => !self.is_function(*value),
            Value::Literal(_)
            | Value::Kept(_)
            | Value::Encoded(_)
            | Value::Dtype(_)
            | Value::Tuple(_)
            | Value::List(_)
            | Value::Dict(_)
            | Value::Set(_) => true,
            Value::Result(_)
            | Value::Reached(_)
            | Value::Persistent
            | Value::Buffer
            | Value::Lost => false,
        };
        if is_whole && items.iter().all(is_plain) { made } else { Outcome::Hides }
    }

    /// A union of types: `int | str` up to Python 3.13.
    pub(super) fn judge_union(
        &mut self,
        number: u32,
        arguments: Value,
        items: &[Value],
    ) -> Outcome {
        let [Value::Global(function), types @ Value::Tuple(_)] = *items else {
            return Outcome::Hides;
        };
        let is_or = matches!(self.shared.globals.path(function), "operator.or_" | "_operator.or_");
        let content = self.items(types).filter(|content| !content.has_more);
        let is_of_types =
            content.is_some_and(|content| content.items.iter().all(|item| self.is_allowed(*item)));
        if is_or && is_of_types { self.reached(number, arguments) } else { Outcome::Hides }
    }

    /// The name of a time zone is the path of a file below a folder of zones.
    pub(super) fn judge_zone(
        &mut self,
        items: &[Value],
        arguments: Value,
        number: u32,
        at: usize,
    ) -> Outcome {
        // A name that is computed could be that of any file.
        let is_odd = |value: &Value| {
            let Value::Literal(at) = *value else { return true };
            match self.literal(at) {
                Some(Literal::Text(text)) => !is_zone(&text),
                Some(Literal::Bytes(bytes)) => !is_zone(&String::from_utf8_lossy(bytes)),
                _ => false,
            }
        };
        if items.iter().any(is_odd) && self.shared.findings.has_room(DangerCode::TouchesFiles) {
            let path = self.shared.globals.path(number);
            let message = format!(
                "loading calls {path}, which reads the file that it is told, and that is none of \
                 a time zone"
            );
            let shown = render::call(self, Value::Global(number), arguments);
            self.shared.findings.note(at, DangerCode::TouchesFiles, message, Some(shown));
        }
        Outcome::Harmless(Value::Made(number))
    }

    /// dill names a type of Python by a word. Those of code and functions make some.
    pub(super) fn judge_type_name(&mut self, items: &[Value], at: usize) -> Outcome {
        let name = items.first().and_then(|item| self.text(*item)).unwrap_or_default();
        let named = NAMED_BY_DILL.iter().find(|(dills, ..)| *dills == name);
        if let Some((_, module, name)) = named {
            return Outcome::Harmless(self.import(module, name, at));
        }
        let module = if name.ends_with("Type") { "types" } else { "builtins" };
        match policy::standing(module, &name) {
            Standing::Constructor => Outcome::Harmless(self.import(module, &name, at)),
            Standing::Checked(_)
            | Standing::Library
            | Standing::Sink(_)
            | Standing::Hidden(_)
            | Standing::Unknown => Outcome::Hides,
        }
    }

    /// Whether a class is called as an enum is: with one value, by which it finds a member.
    pub(super) fn is_enum(&self, number: u32, arguments: Value) -> bool {
        let last =
            self.shared.globals.get(number).and_then(|global| global.name.rsplit('.').next());
        let Some([value]) = self.items(arguments).map(|content| content.items) else {
            return false;
        };
        let is_word = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b' ');
        last.is_some_and(|last| ENUMS.iter().any(|end| last.ends_with(end)))
            && self.text(*value).is_some_and(|text| text.len() <= 40 && text.bytes().all(is_word))
    }

    /// What the name of something unknown, or what it is given, tells of it.
    pub(super) fn giveaway(&self, number: u32, arguments: Value) -> Option<Sort> {
        let global = self.shared.globals.get(number)?;
        match global.standing {
            Standing::Sink(_) | Standing::Hidden(_) => return None,
            Standing::Constructor
            | Standing::Checked(_)
            | Standing::Library
            | Standing::Unknown => {}
        }
        let is_class = self.is_class(number) && {
            let last = global.name.rsplit('.').next().unwrap_or_default();
            names::is_class_name(last)
        };
        let complains = ["Error", "Exception", "Warning"];
        if is_class && complains.iter().any(|end| global.name.ends_with(end)) {
            return None;
        }
        let by_name = if is_class { None } else { giveaways::of_name(&global.name) };
        by_name.or_else(|| self.text_giveaway(arguments, is_class))
    }

    /// What the first texts of arguments tell.
    fn text_giveaway(&self, arguments: Value, is_class: bool) -> Option<Sort> {
        const MOST: usize = 200;
        let mut open = vec![(arguments, 0)];
        let mut seen = 0;
        while let Some((value, depth)) = open.pop() {
            seen += 1;
            if seen > MOST {
                return None;
            }
            if let Value::Literal(at) = value {
                let literal = self.literal(at);
                let text = literal.as_ref().and_then(Literal::as_text).unwrap_or_default();
                let found = giveaways::of_text(text, is_class);
                if found.is_some() {
                    return found;
                }
            } else if depth < 3
                && let Some(content) = self.items(value)
            {
                open.extend(content.items.iter().rev().map(|item| (*item, depth + 1)));
            }
        }
        None
    }

    /// Arguments by name go to `__new__` of a class; no pickler writes a path or a program there.
    pub(super) fn check_keywords(&mut self, class: Value, keywords: Value, at: usize) {
        let Value::Global(number) = class else { return };
        let is_known = matches!(
            self.shared.globals.standing(number),
            Standing::Constructor | Standing::Checked(_)
        );
        if is_known {
            return;
        }
        let Some(sort) = self.text_giveaway(keywords, true) else { return };
        let shown =
            format!("{}(**{})", self.shared.globals.path(number), render::value(self, keywords));
        let before = self.shared.globals.count_call(number);
        if let Some(global) = self.shared.globals.get(number) {
            self.shared.findings.note_call(at, global, before, Some(sort), shown);
        }
    }
}

/// Whether a text could be the name of a time zone, or the path of its file.
fn is_zone(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/_+-. :,()<>".contains(&byte);
    let is_below = text
        .find("zoneinfo/")
        .or_else(|| text.find("zoneinfo\\"))
        .is_some_and(|at| text.len() > at + "zoneinfo/".len());
    let is_local = matches!(text, "/etc/localtime" | "/usr/local/etc/localtime");
    let is_rooted = text.starts_with(['/', '~']) || text.contains(":\\") || text.contains(":/");
    !text.contains("..") && (is_local || is_below || (!is_rooted && text.bytes().all(is_plain)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_is_no_other_file() {
        for zone in ["Europe/Berlin", "Etc/GMT+1", "LMT", "", "/usr/share/zoneinfo/UTC"] {
            assert!(is_zone(zone), "{zone}");
        }
        for other in ["/etc/hostname", "../../x", "/usr/share/zoneinfo/../../x", "C:\\x"] {
            assert!(!is_zone(other), "{other}");
        }
    }
}
