//! The skops format: a zip with `schema.json`, a tree of nodes that say how to build an object.
//!
//! Specification: `skops/io/_audit.py`, `_general.py`, `_numpy.py`, `_sklearn.py`. A node has
//! `__class__`, `__module__` and `__loader__`. Dangers: types and functions that are none of a
//! model; an `OperatorFuncNode` that calls (CVE-2025-54412); a `MethodNode` that reaches for the
//! insides of an object or lies about it (CVE-2025-54413); a generator of random numbers by a
//! name that is none; loaders that nobody knows. Arrays are members of their own. A file that is
//! no zip but a pickle (CVE-2025-54886) is told as one by the front door.

mod known;

use mainstay_reading::{Danger, DangerCode};

use crate::examination::Examination;
use crate::formats::keras::json_tree::{self, NodeId, Tree};
use crate::named_path::{Reach, reach};
use crate::part::Part;
use crate::wrappings::members::{Flavour, Members};
use known::Verdict;

pub(crate) const FLAVOUR: Flavour = Flavour { id: "skops", is_of, read };

const SCHEMA: &str = "schema.json";
/// The most characters of a name that are shown.
const SHOWN: usize = 200;

fn is_of(members: &dyn Members) -> bool {
    members.paths().iter().any(|path| &**path == SCHEMA)
}

fn read(part: &Part<'_>, members: &dyn Members, examination: &mut Examination<'_>) {
    let Some(schema) = members.content(SCHEMA, examination) else { return };
    let decoded = json_tree::decoded(&schema);
    let part = part.inside(SCHEMA, decoded.as_deref().unwrap_or(&schema));
    let tree = Tree::read(part.bytes);
    if tree.get(0, "__loader__").is_none() && tree.get(0, "_skops_version").is_none() {
        // A schema of something else.
        return;
    }
    if let Some((at, why)) = tree.broken {
        let message = format!("the tree of the model is no JSON, {why}: it is cut off or damaged");
        examination.danger(Danger::new(DangerCode::Malformed, part.at(at as u64), message));
    }
    if tree.is_cut {
        let reason = "the tree of the model has more nodes than are looked at";
        examination.gap(part.whole(), reason, "save the model in smaller parts");
    }
    if let Some(version) = tree.text(0, "_skops_version") {
        examination.describe(|description| description.fact("_skops_version", version));
    }
    let mut judge = Judge { tree: &tree, part: &part, examination };
    (0..tree.len()).filter(|id| tree.is_object(*id)).for_each(|id| judge.node(id));
}

struct Judge<'a, 'e, 'b> {
    tree: &'a Tree<'a>,
    part: &'a Part<'a>,
    examination: &'e mut Examination<'b>,
}

impl Judge<'_, '_, '_> {
    fn node(&mut self, id: NodeId) {
        let tree = self.tree;
        let Some(loader) = tree.text(id, "__loader__") else { return };
        let module = tree.text(id, "__module__").unwrap_or_default();
        let class = tree.text(id, "__class__").unwrap_or_default();
        let content = tree.get(id, "content");
        if let Some(file) = tree.text(id, "file")
            && reach(file) != Reach::Beside
        {
            let message = format!(
                "the tree takes an array from {}, a path that leads {}",
                bounded(file),
                reach(file).phrase()
            );
            self.danger(id, DangerCode::TouchesFiles, message, Some(bounded(file)), None);
        }
        match loader {
            "OperatorFuncNode" => return self.operator(id, module, class),
            "MethodNode" => self.method(id, module, class, content),
            "RandomGeneratorNode" => self.generator(id, content),
            "FunctionNode" => {
                // The first versions keep the function beside the node.
                let old = content.filter(|content| tree.is_object(*content));
                let function = old.and_then(|old| tree.text(old, "function"));
                if let Some(function) = function {
                    let path = old.and_then(|old| tree.text(old, "module_path"));
                    self.refer(id, path.unwrap_or_default(), function);
                }
            }
            "PartialNode" if (module, class) == ("functools", "partial") => return,
            _ if known::is_loader(loader) => {}
            _ => {
                let message = format!(
                    "the tree has a node with the loader {}, which skops does not have",
                    bounded(loader)
                );
                self.danger(id, DangerCode::UnknownCall, message, None, None);
            }
        }
        self.refer(id, module, class);
    }

    fn refer(&mut self, id: NodeId, module: &str, class: &str) {
        let path = bounded(&format!("{module}.{class}"));
        let (code, message) = match known::verdict(module, class) {
            Verdict::Ordinary => return,
            Verdict::Hostile => (
                DangerCode::RunsCode,
                format!("loading reaches for {path}, which is no part of a model and can run code"),
            ),
            Verdict::Files => (
                DangerCode::TouchesFiles,
                format!("loading reaches for {path}, which reads or writes files"),
            ),
            Verdict::Hidden => (
                DangerCode::HidesCall,
                format!("loading reaches for {path}, a name of the insides of a library"),
            ),
            Verdict::Unknown => (
                DangerCode::UnknownCall,
                format!("loading builds {path}, of which nobody knows whether it is harmless"),
            ),
        };
        self.danger(id, code, message, Some(path), None);
    }

    /// A getter of items or attributes is a value; everything else of `operator` is a call.
    fn operator(&mut self, id: NodeId, module: &str, class: &str) {
        let is_getter = matches!(class, "attrgetter" | "itemgetter");
        let reaches_inside = self.texts_below(id).any(|text| text.contains("__"));
        if module == "operator" && is_getter && !reaches_inside {
            return;
        }
        let path = bounded(&format!("{module}.{class}"));
        let message = format!(
            "the tree calls operator.{} with values of its own: that is a way to run code",
            bounded(class)
        );
        let advisory = Some("CVE-2025-54412");
        self.danger(id, DangerCode::RunsCode, message, Some(format!("{path}(...)")), advisory);
    }

    /// A method of an object that is built: its name must be plain, and its object what the node
    /// says.
    fn method(&mut self, id: NodeId, module: &str, class: &str, content: Option<NodeId>) {
        let tree = self.tree;
        let name = content.and_then(|content| tree.text(content, "func")).unwrap_or_default();
        let object = content.and_then(|content| tree.get(content, "obj"));
        let text = |key| object.and_then(|object| tree.text(object, key));
        let is_same = text("__module__").is_none_or(|found| found == module)
            && text("__class__").is_none_or(|found| found == class);
        let is_plain = !name.starts_with('_') && !name.contains('.');
        if is_same && is_plain {
            return;
        }
        let found = format!(
            "{}.{}",
            text("__module__").unwrap_or_default(),
            text("__class__").unwrap_or_default()
        );
        let message = if is_plain {
            format!(
                "a node says that it is of {}, and takes the method {} of {}",
                bounded(&format!("{module}.{class}")),
                bounded(name),
                bounded(&found)
            )
        } else {
            format!("loading reaches for {} of an object: the insides of Python", bounded(name))
        };
        let shown = bounded(&format!("{found}.{name}"));
        let advisory = Some("CVE-2025-54413");
        self.danger(id, DangerCode::HidesCall, message, Some(shown), advisory);
    }

    /// A generator of random numbers, whose class is looked up by a name among its values.
    fn generator(&mut self, id: NodeId, content: Option<NodeId>) {
        let tree = self.tree;
        let name = content
            .and_then(|content| tree.get(content, "bit_generator"))
            .and_then(|state| tree.get(state, "content"))
            .and_then(|state| tree.get(state, "bit_generator"))
            .and_then(|name| tree.text(name, "content"));
        let name = name.map(|name| name.trim_matches('"'));
        if name.is_some_and(known::is_bit_generator) {
            return;
        }
        let shown = bounded(&format!("numpy.random.{}", name.unwrap_or_default()));
        let message = "a generator of random numbers is built by a name that is no generator's";
        self.danger(id, DangerCode::HidesCall, message, Some(shown), None);
    }

    /// The texts in a node; a node comes before everything that it holds.
    fn texts_below(&self, id: NodeId) -> impl Iterator<Item = &str> {
        let tree = self.tree;
        let end = tree.node(id).map_or(0, |node| node.end);
        (id..tree.len())
            .take_while(move |below| tree.node(*below).is_some_and(|node| node.at < end))
            .filter(move |below| tree.node(*below).is_some_and(|node| node.key == "content"))
            .filter_map(move |below| tree.as_text(below))
    }

    fn danger(
        &mut self,
        id: NodeId,
        code: DangerCode,
        message: impl Into<String>,
        shown: Option<String>,
        advisory: Option<&'static str>,
    ) {
        let at = self.tree.node(id).map_or(0, |node| node.at);
        let mut danger = Danger::new(code, self.part.at(at as u64), message).known_as(advisory);
        danger.shown = shown.map(String::into_boxed_str);
        self.examination.danger(danger);
    }
}

fn bounded(text: &str) -> String {
    let short: String = text.chars().take(SHOWN).collect();
    if short.len() < text.len() { format!("{short}…") } else { short }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wrappings::members::of_texts::examined;

    fn node(loader: &str, module: &str, class: &str, more: &str) -> String {
        format!(
            r#"{{"__class__": "{class}", "__module__": "{module}", "__loader__": "{loader}", "__id__": 1{more}}}"#
        )
    }

    fn codes(tree: &str) -> Vec<(&'static str, Option<&'static str>)> {
        let found = examined(&FLAVOUR, &[(SCHEMA, tree)]);
        assert!(found.gaps.is_empty());
        found.dangers.iter().map(|danger| (danger.code.code(), danger.advisory)).collect()
    }

    #[test]
    fn an_ordinary_estimator_is_clean() {
        let array =
            node("NdArrayNode", "numpy", "ndarray", r#", "type": "numpy", "file": "1.npy""#);
        let number = node("NdArrayNode", "numpy", "float64", "");
        let attributes = format!(r#", "content": {{"coef_": {array}, "intercept_": {number}}}"#);
        let attributes = node("DictNode", "builtins", "dict", &attributes);
        let content = format!(r#", "content": {attributes}"#);
        let module = "sklearn.linear_model._logistic";
        assert_eq!(codes(&node("ObjectNode", module, "LogisticRegression", &content)), []);
    }

    #[test]
    fn a_function_of_another_module_runs_code() {
        for (module, class) in [("os", "system"), ("builtins", "eval"), ("subprocess", "Popen")] {
            let told = codes(&node("FunctionNode", module, class, ""));
            assert_eq!(told, [("model-runs-code", None)], "{module}");
        }
    }

    #[test]
    fn a_function_of_the_first_versions_is_judged() {
        let content = r#", "content": {"function": "system", "module_path": "os"}"#;
        let told = codes(&node("FunctionNode", "builtins", "function", content));
        assert!(told.contains(&("model-runs-code", None)));
    }

    #[test]
    fn a_function_of_arrays_is_ordinary() {
        assert_eq!(codes(&node("FunctionNode", "numpy", "log1p", "")), []);
        assert_eq!(
            codes(&node("FunctionNode", "numpy", "loadtxt", "")),
            [("model-touches-files", None)]
        );
    }

    #[test]
    fn an_operator_that_calls_runs_code() {
        let attrs = node("TupleNode", "builtins", "tuple", r#", "content": []"#);
        let attrs = format!(r#", "attrs": {attrs}"#);
        let expected = [("model-runs-code", Some("CVE-2025-54412"))];
        assert_eq!(codes(&node("OperatorFuncNode", "operator", "call", &attrs)), expected);
        assert_eq!(codes(&node("OperatorFuncNode", "sklearn", "itemgetter", &attrs)), expected);
        assert_eq!(codes(&node("OperatorFuncNode", "operator", "itemgetter", &attrs)), []);
    }

    #[test]
    fn a_method_of_the_insides_hides_a_call() {
        let object = node("ObjectNode", "sklearn.svm._classes", "SVC", "");
        let method = |module: &str, name: &str| {
            let content = format!(r#", "content": {{"func": "{name}", "obj": {object}}}"#);
            codes(&node("MethodNode", module, "SVC", &content))
        };
        let expected = [("model-hides-call", Some("CVE-2025-54413"))];
        assert_eq!(method("sklearn.svm._classes", "fit"), []);
        assert_eq!(method("sklearn.svm._classes", "__init__.__globals__"), expected);
        assert_eq!(method("sklearn.svm._other", "fit"), expected);
    }

    #[test]
    fn a_generator_of_another_name_hides_a_call() {
        let generator = |name: &str| {
            let name =
                node("JsonNode", "builtins", "str", &format!(r#", "content": "\"{name}\"""#));
            let state = format!(r#", "content": {{"bit_generator": {name}}}"#);
            let state = node("DictNode", "builtins", "dict", &state);
            let content = format!(r#", "content": {{"bit_generator": {state}}}"#);
            codes(&node("RandomGeneratorNode", "numpy.random._generator", "Generator", &content))
        };
        assert_eq!(generator("PCG64"), []);
        assert_eq!(generator("seed"), [("model-hides-call", None)]);
    }

    #[test]
    fn what_nobody_knows_is_unknown() {
        assert_eq!(codes(&node("ObjectNode", "mine", "Model", "")), [("model-unknown-call", None)]);
        assert_eq!(codes(&node("NewNode", "builtins", "dict", "")), [("model-unknown-call", None)]);
    }

    #[test]
    fn a_schema_of_something_else_is_left_alone() {
        assert_eq!(codes(r#"{"type": "object", "properties": {"__class__": {}}}"#), []);
    }
}
