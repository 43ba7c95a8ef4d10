//! States that a class does more with than keep them.

use mainstay_reading::DangerCode;

use super::Machine;
use super::calls::Outcome;
use crate::pickle::formula;
use crate::pickle::literal::Literal;
use crate::pickle::names;
use crate::pickle::policy::Standing;
use crate::pickle::render;
use crate::pickle::value::Value;

/// Parameters of `LightGBM` whose value is the path of a file.
const FILE_PARAMETERS: [&str; 14] = [
    "data",
    "train",
    "train_data",
    "valid",
    "test",
    "input_model",
    "model_input",
    "model_file",
    "output_model",
    "output_result",
    "forcedsplits_filename",
    "forcedbins_filename",
    "machine_list_filename",
    "convert_model",
];

/// So many attributes no object has; a state may be given again and again.
const MOST_PAIRS: usize = 256;

impl Machine<'_, '_> {
    /// Classes whose `__setstate__` runs a part of their state.
    pub(super) fn check_state(&mut self, number: u32, object: Value, state: Value, at: usize) {
        self.check_indices(object, number, state, at);
        let path = self.shared.globals.path(number);
        if matches!(path, "lightgbm.basic.Booster" | "lightgbm.Booster") {
            return self.check_parameters(object, state, at);
        }
        let use_of = Use::of(path);
        if use_of == Use::Plain && self.shared.globals.standing(number) == Standing::Constructor {
            return;
        }
        let pairs = self.state_pairs(state);
        for [key, value] in &pairs.list {
            let Value::Literal(place) = *key else { continue };
            let key = self.literal(place);
            match (key.as_ref().and_then(Literal::as_text), use_of) {
                // Subclasses of `rv_generic` are in other libraries too.
                (Some("_parse_arg_template"), _) => self.check_template(*value, at),
                (Some("shapes"), Use::Distribution) => self.check_shapes(*value, at),
                // Of two the last counts, and both have to be plain.
                (Some("formula"), Use::Data | Use::Formula) => {
                    self.check_formula(*value, use_of, at);
                }
                (Some("frame"), Use::Data) => self.check_frame(object, *value, at),
                (Some("__cuda_dependent_attributes__"), Use::Skorch) => {
                    self.check_loaded(object, *value, at);
                }
                _ => {}
            }
        }
        match use_of {
            Use::Pickle => self.check_loaded(object, state, at),
            Use::Distribution | Use::Data | Use::Skorch if !pairs.is_whole => {
                self.tell_unknown_state(object, at);
            }
            Use::Distribution | Use::Data | Use::Skorch | Use::Formula | Use::Plain => {}
        }
    }

    /// The same for what a call gave. One that nobody knows was told; its state may tell more.
    pub(super) fn check_state_of(&mut self, object: Value, state: Value, at: usize) {
        let class = if let Some(number) = self.class_of(object) {
            Some(Value::Global(number))
        } else if let Value::Result(kept) = object {
            self.recent.content(kept).and_then(|call| call.items.first().copied())
        } else {
            None
        };
        if let Some(Value::Global(number)) = class {
            self.check_state(number, object, state, at);
        }
    }

    /// `rv_generic` of scipy.stats gives its template of arguments to `exec`.
    fn check_template(&mut self, value: Value, at: usize) {
        let template = self.text(value);
        if !template.as_deref().is_some_and(is_argument_template) {
            let message = "loading runs the text that this distribution of scipy.stats has as \
                           its template of arguments, and it is not scipy's";
            let shown = format!("exec({})", render::value(self, value));
            self.shared.findings.note(at, DangerCode::RunsCode, message, Some(shown));
        }
    }

    fn check_shapes(&mut self, value: Value, at: usize) {
        let is_names =
            |text: &str| text.chars().all(|each| each.is_alphanumeric() || "_, ".contains(each));
        if let Some(text) = self.text(value).filter(|text| !is_names(text)) {
            let message = "loading hands scipy.stats a text as names of arguments, of which it \
                           makes a function, and the text is none";
            self.shared.findings.note(at, DangerCode::RunsCode, message, Some(text));
        }
    }

    /// `ModelData` of statsmodels evaluates its formula again, by patsy or formulaic.
    fn check_formula(&mut self, value: Value, use_of: Use, at: usize) {
        match self.text(value) {
            Some(text) if formula::is_plain(&text) => {}
            Some(text) => {
                let message = "loading evaluates the formula of this model as Python, and it does \
                               more than name columns and compute with them";
                self.shared.findings.note(at, DangerCode::RunsCode, message, Some(text));
            }
            None if use_of == Use::Data && !self.is_none(value) => {
                let message = "loading evaluates the formula of this model, and it is not known";
                let shown = render::value(self, value);
                self.shared.findings.note(at, DangerCode::UnknownCall, message, Some(shown));
            }
            None => {}
        }
    }

    /// Names of a formula are looked up in its data first: a function there is called.
    fn check_frame(&mut self, object: Value, frame: Value, at: usize) {
        let pairs = self.state_pairs(frame);
        if let Some([_, function]) = pairs.list.iter().find(|[_, value]| self.is_function(*value)) {
            let message = "the data of this model holds a function, which loading calls if the \
                           formula of the model names it";
            let shown = render::value(self, *function);
            self.shared.findings.note(at, DangerCode::HidesCall, message, Some(shown));
        }
        let is_table = self.class_of(frame).is_some_and(|class| {
            let path = self.shared.globals.path(class);
            path.starts_with("pandas.") || path.starts_with("numpy.")
        });
        if !is_table && !pairs.is_whole && self.shadows.has_function {
            self.tell_unknown_state(object, at);
        }
    }

    /// Bytes that `__setstate__` loads as a model of their own.
    fn check_loaded(&mut self, object: Value, bytes: Value, at: usize) {
        let made = Outcome::Harmless(object);
        let is_given_over = matches!(bytes, Value::Literal(_) | Value::Encoded(_))
            && self.judge_nested(&[bytes], made) == made;
        if !is_given_over && !self.is_none(bytes) {
            self.tell_unknown_state(object, at);
        }
    }

    /// Parameters of `LightGBM` that name files.
    fn check_parameters(&mut self, object: Value, state: Value, at: usize) {
        let parameters = self.field(state, "params");
        let is_whole = |value| self.state_pairs(value).is_whole;
        if !is_whole(state) || !parameters.is_none_or(is_whole) {
            self.tell_unknown_state(object, at);
        }
        let Some(parameters) = parameters else { return };
        let named = FILE_PARAMETERS.iter().find_map(|name| {
            let text = self.text(self.field(parameters, name)?)?;
            text.contains(['/', '\\']).then(|| format!("params[{name:?}] = {text:?}"))
        });
        if named.is_some() {
            let message = "the parameters of this model name a file, which LightGBM reads or writes \
                           when it goes on with the model";
            self.shared.findings.note(at, DangerCode::TouchesFiles, message, named);
        }
    }

    /// joblib's old stand-in for an array names a file in the same folder.
    pub(super) fn check_file_beside(&mut self, state: Value, at: usize) {
        self.tell_gap(at, "arrays of this pickle lie in other files beside it");
        let name = self.field(state, "filename").and_then(|name| self.text(name));
        let is_elsewhere =
            |name: &String| name.contains(['/', '\\']) || name.as_bytes().get(1) == Some(&b':');
        if let Some(name) = name.filter(is_elsewhere) {
            let message =
                "loading takes an array from a file that is not in the folder of this one";
            self.shared.findings.note(at, DangerCode::TouchesFiles, message, Some(name));
        }
    }

    /// What a state has under a name: what is there last counts.
    pub(super) fn field(&self, state: Value, name: &str) -> Option<Value> {
        let pairs = self.state_pairs(state).list;
        let found = pairs.iter().rev().find(|[key, _]| self.text(*key).as_deref() == Some(name));
        found.map(|[_, value]| *value)
    }

    /// The pairs of a state in any shape that gives an object attributes: a dict, anything that
    /// `dict.update` takes as pairs, or a tuple of a dict of attributes and one of slots.
    fn state_pairs(&self, state: Value) -> Pairs {
        let mut pairs = Pairs { list: Vec::new(), is_whole: true };
        let Some(content) = self.items(state) else {
            pairs.is_whole = matches!(state, Value::Literal(_) | Value::Encoded(_));
            return pairs;
        };
        pairs.is_whole &= !content.has_more;
        if matches!(state, Value::Dict(_)) {
            pairs.add_dict(content.items);
            return pairs.checked();
        }
        for item in content.items {
            if pairs.list.len() > MOST_PAIRS {
                pairs.is_whole = false;
                break;
            }
            let Some(inner) = self.items(*item) else {
                pairs.is_whole &= matches!(item, Value::Literal(_) | Value::Encoded(_));
                continue;
            };
            match (*item, inner.items) {
                (Value::Dict(_), items) => {
                    pairs.is_whole &= !inner.has_more;
                    // As a pair a dict gives its two keys.
                    if let [first, _, second, _] = items {
                        pairs.list.extend([[*first, *second], [*second, *first]]);
                    }
                    pairs.add_dict(items);
                }
                (Value::Set(_), [first, second]) => {
                    pairs.list.extend([[*first, *second], [*second, *first]]);
                }
                (_, [first, second]) => pairs.list.push([*first, *second]),
                _ => {}
            }
        }
        pairs.checked()
    }

    fn tell_unknown_state(&mut self, object: Value, at: usize) {
        let name = render::value(self, object);
        let message = "loading runs a part of the state of this object, and the state is not known";
        self.shared.findings.note(at, DangerCode::UnknownCall, message, Some(name));
    }
}

/// What a state gives an object.
struct Pairs {
    list: Vec<[Value; 2]>,
    /// Whether there is nothing else.
    is_whole: bool,
}

impl Pairs {
    fn add_dict(&mut self, items: &[Value]) {
        self.list.extend(items.chunks_exact(2).filter_map(|pair| pair.first_chunk().copied()));
    }

    /// What a call gave could be a text, and so any key.
    fn checked(mut self) -> Self {
        let is_known = |[key, _]: &[Value; 2]| !key.may_be_called() && *key != Value::Lost;
        self.is_whole &= self.list.iter().all(is_known);
        self
    }
}

/// What a class does with its state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Use {
    /// It runs its template of arguments.
    Distribution,
    /// It evaluates its formula.
    Data,
    /// It has a formula that is evaluated with the model.
    Formula,
    /// It loads a part of it by torch.
    Skorch,
    /// It loads it as a pickle.
    Pickle,
    /// It keeps it.
    Plain,
}

impl Use {
    fn of(path: &str) -> Self {
        const FORMULAS: [&str; 4] = ["statsmodels.", "patsy.", "formulaic.", "linearmodels."];
        let is_of_distributions = ["scipy.stats.", "statsmodels.distributions."]
            .into_iter()
            .chain(["statsmodels.sandbox.distributions."])
            .any(|start| path.starts_with(start));
        if is_of_distributions || path.ends_with("_gen") {
            Self::Distribution
        } else if path.starts_with("statsmodels.base.data.") {
            Self::Data
        } else if FORMULAS.iter().any(|start| path.starts_with(start)) {
            Self::Formula
        } else if path.starts_with("skorch.") {
            Self::Skorch
        } else if path.to_ascii_lowercase().ends_with("picklewrapper") {
            Self::Pickle
        } else {
            Self::Plain
        }
    }
}

/// Whether a text is the template that `rv_generic` of scipy.stats writes: three functions that
/// hand their arguments on. It is run by `exec`.
fn is_argument_template(text: &str) -> bool {
    const WORDS: [&str; 8] = [
        "def",
        "return",
        "self",
        "_parse_args",
        "_parse_args_rvs",
        "_parse_args_stats",
        "size",
        "moments",
    ];
    let mut rest = text.trim();
    let mut count = 0;
    while let Some(body) = rest.strip_prefix("def _parse_args") {
        count += 1;
        let end = body.find("\ndef ").map_or(body.len(), |end| end + 1);
        let (function, next) = body.split_at_checked(end).unwrap_or((body, ""));
        let mut lines = function.trim().lines().map(str::trim);
        let (Some(head), Some(line), None) = (lines.next(), lines.next(), lines.next()) else {
            return false;
        };
        let line = line.strip_prefix("return ").unwrap_or("!");
        let line = line.strip_prefix("self._argcheck_rvs").unwrap_or(line);
        let is_word = |word: &str| {
            word.is_empty()
                || word.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
                || (names::is_identifier(word) && word.len() <= 40)
        };
        let between = |each: char| " (),=:'".contains(each);
        let has_call = |text: &str| {
            text.char_indices().any(|(index, each)| {
                each == '('
                    && text.get(..index).is_some_and(|before| {
                        before.trim_end().ends_with(|last: char| {
                            last.is_alphanumeric() || last == '_' || last == ')'
                        })
                    })
            })
        };
        let head_is_plain = head.split_once('(').is_some_and(|(name, arguments)| {
            WORDS.contains(&&*format!("_parse_args{name}"))
                && arguments.ends_with("):")
                && !has_call(arguments)
        });
        if !head_is_plain
            || has_call(line)
            || !head.split(between).chain(line.split(between)).all(is_word)
        {
            return false;
        }
        rest = next.trim_start();
    }
    rest.is_empty() && count > 0
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEMPLATE: &str = "\ndef _parse_args(self, a, loc=0, scale=1):\n    return (a, ), loc, scale\n\n\
        def _parse_args_rvs(self, a, loc=0, scale=1, size=None):\n    return self._argcheck_rvs(a, loc, scale, size=size)\n\n\
        def _parse_args_stats(self, a, loc=0, scale=1, moments='mv'):\n    return (a, ), loc, scale, moments\n";

    #[test]
    fn scipys_own_template_is_known() {
        assert!(is_argument_template(TEMPLATE));
    }

    #[test]
    fn any_other_text_is_no_template() {
        assert!(!is_argument_template("print('inert')"));
        assert!(!is_argument_template(&format!("{TEMPLATE}\nprint('inert')")));
        assert!(!is_argument_template(&TEMPLATE.replace("loc=0", "loc=print('inert')")));
        assert!(!is_argument_template(&TEMPLATE.replace("(a, ), loc, scale\n", "print (a)\n")));
        assert!(!is_argument_template(&TEMPLATE.replace("self._argcheck_rvs", "self.x")));
    }
}
