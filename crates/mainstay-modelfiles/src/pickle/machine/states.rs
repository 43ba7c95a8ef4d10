//! States that a class does more with than keep them.

use mainstay_reading::DangerCode;

use super::Machine;
use crate::pickle::names;
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

impl Machine<'_, '_> {
    /// Classes whose `__setstate__` runs a part of their state.
    pub(super) fn check_state(&mut self, number: u32, object: Value, state: Value, at: usize) {
        let path = self.shared.globals.path(number);
        if matches!(path, "lightgbm.basic.Booster" | "lightgbm.Booster") {
            return self.check_parameters(state, at);
        }
        if !path.starts_with("scipy.stats.") {
            return;
        }
        let Some(content) = self.items(state) else {
            return self.tell_unknown_state(object, at);
        };
        let has_more = content.has_more;
        let pairs: Vec<(Value, Value)> = content
            .items
            .chunks_exact(2)
            .filter_map(|pair| Some((*pair.first()?, *pair.last()?)))
            .collect();
        let shapes = pairs.iter().find(|(key, _)| self.text(*key).as_deref() == Some("shapes"));
        if let Some(text) = shapes.and_then(|(_, value)| self.text(*value))
            && !text.chars().all(|each| each.is_alphanumeric() || "_, ".contains(each))
        {
            let message = "loading hands scipy.stats a text as names of arguments, of which it \
                           makes a function, and the text is none";
            self.shared.findings.note(at, DangerCode::RunsCode, message, Some(text));
        }
        for (key, value) in pairs {
            if self.text(key).as_deref() != Some("_parse_arg_template") {
                continue;
            }
            let template = self.text(value);
            if !template.as_deref().is_some_and(is_argument_template) {
                let message = "loading runs the text that this distribution of scipy.stats has as \
                               its template of arguments, and it is not scipy's";
                let shown = format!("exec({})", render::value(self, value));
                self.shared.findings.note(at, DangerCode::RunsCode, message, Some(shown));
            }
            return;
        }
        if has_more {
            self.tell_unknown_state(object, at);
        }
    }

    /// Parameters of `LightGBM` that name files.
    fn check_parameters(&mut self, state: Value, at: usize) {
        let Some(parameters) = self.field(state, "params") else { return };
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
        let name = self.field(state, "filename").and_then(|name| self.text(name));
        let is_elsewhere =
            |name: &String| name.contains(['/', '\\']) || name.as_bytes().get(1) == Some(&b':');
        if let Some(name) = name.filter(is_elsewhere) {
            let message =
                "loading takes an array from a file that is not in the folder of this one";
            self.shared.findings.note(at, DangerCode::TouchesFiles, message, Some(name));
        }
    }

    /// What a dict has under a name.
    fn field(&self, dict: Value, name: &str) -> Option<Value> {
        let Value::Dict(_) = dict else { return None };
        let pairs = self.items(dict)?.items.chunks_exact(2);
        let mut found = pairs.filter_map(|pair| {
            let key = self.text(*pair.first()?)?;
            (key == name).then(|| pair.last().copied()).flatten()
        });
        found.next_back()
    }

    fn tell_unknown_state(&mut self, object: Value, at: usize) {
        let name = render::value(self, object);
        let message = "loading runs a part of the state of this object, and the state is not known";
        self.shared.findings.note(at, DangerCode::UnknownCall, message, Some(name));
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
