//! The walk through a configuration, and the classes and functions that it names.

use std::collections::HashSet;

use mainstay_reading::{Danger, DangerCode, Place};

use super::json_tree::{NodeId, Tree, Value};
use super::known::{self, Origin, Sink};
use super::{Kept, marshalled};
use crate::examination::Examination;
use crate::part::Part;

/// The most characters of a call that are shown.
const SHOWN: usize = 300;

/// What is looked at, and who is told.
pub(super) struct Judge<'a, 'e, 'b> {
    pub(super) tree: &'a Tree<'a>,
    part: &'a Part<'a>,
    pub(super) kept: Kept,
    examination: &'e mut Examination<'b>,
    /// Names of others that were told already.
    told: HashSet<String>,
    /// Texts of code that were told with the layer that holds them.
    codes: HashSet<NodeId>,
}

/// A class or a function by name.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reference<'n> {
    /// The object that names it.
    at: NodeId,
    module: Option<&'n str>,
    name: &'n str,
    /// The name under which it may be registered.
    registered: Option<&'n str>,
    is_function: bool,
}

impl<'a, 'e, 'b> Judge<'a, 'e, 'b> {
    pub(super) fn new(
        tree: &'a Tree<'a>,
        part: &'a Part<'a>,
        kept: Kept,
        examination: &'e mut Examination<'b>,
    ) -> Self {
        Self { tree, part, kept, examination, told: HashSet::new(), codes: HashSet::new() }
    }

    /// Looks at every object and every text. A node comes after the one that holds it, so the
    /// order of the nodes is a walk.
    pub(super) fn walk(&mut self) {
        let tree = self.tree;
        for id in 0..tree.len() {
            match tree.node(id).map(|node| &node.value) {
                Some(Value::Object) => self.object(id),
                Some(Value::Text(text))
                    if marshalled::is_code(text) && !self.codes.contains(&id) =>
                {
                    self.carried(id, text);
                }
                _ => {}
            }
        }
    }

    fn object(&mut self, id: NodeId) {
        self.repeated(id);
        let tree = self.tree;
        // Old JSON settings call it `name` in one version, but never without `class_name`.
        let Some(class) = tree.text(id, "class_name") else { return };
        let module = tree.text(id, "module");
        let registered = tree.text(id, "registered_name");
        match class {
            "__lambda__" => self.lambda_code(id),
            "function" => {
                let Some(name) = tree.text(id, "config").or(registered) else { return };
                let reference = Reference { at: id, module, name, registered, is_function: true };
                self.refer(reference);
            }
            "__typespec__" => {
                let Some(name) = tree.text(id, "spec_name") else { return };
                let reference = Reference { at: id, module, name, registered, is_function: false };
                self.refer(reference);
            }
            _ if is_value(class) => {}
            _ => {
                let reference =
                    Reference { at: id, module, name: class, registered, is_function: false };
                if !self.layer(id, class) {
                    self.refer(reference);
                }
            }
        }
    }

    /// A key that is there twice: Python takes the last, others the first.
    fn repeated(&mut self, id: NodeId) {
        for key in ["class_name", "module", "config", "registered_name", "function"] {
            let count = self.tree.children(id).filter(|(_, node)| node.key == key).count();
            if count > 1 {
                let message = format!(
                    "the key \"{key}\" is there {count} times in one object of the Keras \
                     configuration: one tool sees another model than the next"
                );
                self.danger(id, DangerCode::OddContainer, message, None, None);
            }
        }
    }

    /// Judges a class or a function by its module and name.
    fn refer(&mut self, reference: Reference<'_>) {
        // `keras` with `utils.get_file` is the same as `keras.utils` with `get_file`.
        let (module, name) = match reference.name.rsplit_once('.') {
            Some((before, name)) => {
                let module = reference
                    .module
                    .map_or_else(|| before.to_owned(), |module| format!("{module}.{before}"));
                (Some(module), name)
            }
            None => (reference.module.map(str::to_owned), reference.name),
        };
        let Some(module) = module.filter(|module| !module.is_empty()) else {
            return self.by_name_alone(reference);
        };
        match known::origin_of(&module) {
            Origin::Hostile => self.runs_code(reference, &module, name),
            _ if known::is_hostile_module(name) => self.runs_code(reference, &module, name),
            Origin::Building if known::is_keras_name(name) => {}
            Origin::Building | Origin::Keras | Origin::ByKeras => {
                self.of_keras(reference, &module, name);
            }
            Origin::TensorFlow | Origin::Arrays => self.of_arrays(reference, &module, name),
            Origin::Unknown if module == "builtins" => self.of_builtins(reference, name),
            Origin::Unknown => self.foreign(reference, &module, name),
        }
    }

    /// Keras 1 and 2, and custom objects of Keras 3: the name is looked up among what the loader
    /// knows.
    fn by_name_alone(&mut self, reference: Reference<'_>) {
        let name = reference.registered.unwrap_or(reference.name);
        if known::is_keras_name(reference.name) || known::is_registered_by_keras(name) {
            return;
        }
        match known::sink_of(reference.name) {
            Some(sink) => self.sink(reference, reference.name, sink),
            None => self.custom(reference, name),
        }
    }

    fn of_keras(&mut self, reference: Reference<'_>, module: &str, name: &str) {
        let path = format!("{module}.{name}");
        if let Some(sink) = known::sink_of(name) {
            return self.sink(reference, &path, sink);
        }
        let is_class = name.starts_with(|first: char| first.is_ascii_uppercase());
        match known::origin_of(module) {
            Origin::Building | Origin::ByKeras if is_class => {}
            Origin::Keras if !is_class => {
                let message = format!(
                    "loading calls the function {path} of Keras, which does not belong to any \
                     model: such functions were used to get around the safe mode"
                );
                let shown = self.call(reference, &path);
                let severity = DangerCode::TouchesFiles.severity();
                let danger =
                    Danger::new(DangerCode::UnknownCall, self.place(reference.at), message);
                self.examination.danger(danger.graded(severity).shown(shown));
            }
            Origin::Building
            | Origin::ByKeras
            | Origin::Keras
            | Origin::TensorFlow
            | Origin::Arrays
            | Origin::Hostile
            | Origin::Unknown => self.custom(reference, &path),
        }
    }

    fn of_arrays(&mut self, reference: Reference<'_>, module: &str, name: &str) {
        let path = format!("{module}.{name}");
        match known::reaches_beyond_arrays(name) {
            Some(DangerCode::RunsCode) => self.runs_code(reference, module, name),
            Some(code) => {
                let message = format!(
                    "loading or running the model calls {path}, which reads or writes files"
                );
                let shown = self.call(reference, &path);
                self.danger(reference.at, code, message, Some(shown), Some("CVE-2025-1550"));
            }
            None if is_type_spec(name) => {}
            None => self.custom(reference, &path),
        }
    }

    fn of_builtins(&mut self, reference: Reference<'_>, name: &str) {
        if known::is_hostile_builtin(name) {
            self.runs_code(reference, "builtins", name);
        } else if !known::is_keras_name(name) {
            self.custom(reference, name);
        }
    }

    fn foreign(&mut self, reference: Reference<'_>, module: &str, name: &str) {
        self.custom(reference, &format!("{module}.{name}"));
    }

    fn runs_code(&mut self, reference: Reference<'_>, module: &str, name: &str) {
        let message = format!(
            "loading imports {module} and calls its {name}: it is no part of Keras, and a way to \
             run code"
        );
        let shown = self.call(reference, &format!("{module}.{name}"));
        self.danger(
            reference.at,
            DangerCode::RunsCode,
            message,
            Some(shown),
            Some("CVE-2025-1550"),
        );
    }

    fn sink(&mut self, reference: Reference<'_>, path: &str, sink: &Sink) {
        let message = format!("the model uses {path} of Keras: it {}", sink.does);
        let shown = self.call(reference, path);
        self.danger(reference.at, sink.code, message, Some(shown), sink.advisory);
    }

    /// Something that is not in Keras, and that whoever loads the model has to supply.
    fn custom(&mut self, reference: Reference<'_>, path: &str) {
        let what = if reference.is_function { "function" } else { "class" };
        self.custom_object(reference.at, what, path);
    }

    pub(super) fn custom_object(&mut self, at: NodeId, what: &str, path: &str) {
        if !self.told.insert(path.to_owned()) {
            return;
        }
        let message = format!(
            "loading needs the {what} {}, which is not part of Keras: what it does is not in the \
             file",
            bounded(path, 100)
        );
        self.danger(at, DangerCode::UnknownCall, message, None, None);
    }

    /// A function as compiled code.
    fn lambda_code(&mut self, id: NodeId) {
        let tree = self.tree;
        let code = tree
            .get(id, "config")
            .and_then(|config| tree.get(config, "code").or_else(|| tree.get(config, "value")));
        self.lambda(id, code);
    }

    pub(super) fn lambda(&mut self, at: NodeId, code: Option<NodeId>) {
        self.codes.extend(code);
        let shown = code.and_then(|code| self.tree.as_text(code)).map(marshalled::shown);
        let shown = format!("Lambda({})", shown.unwrap_or_default());
        let (message, advisory) = match self.kept {
            Kept::Json | Kept::Yaml => (
                "a Lambda layer carries compiled Python code, which is run when the model is \
                 loaded or used",
                "CVE-2024-3660",
            ),
            Kept::Hdf5 => (
                "a Lambda layer carries compiled Python code, which is run when the model is \
                 loaded: HDF5 files are loaded without the safe mode",
                "CVE-2025-9905",
            ),
        };
        let shown = bounded(&shown, SHOWN);
        self.danger(at, DangerCode::RunsCode, message, Some(shown), Some(advisory));
    }

    /// Code in a place where no Lambda layer is.
    fn carried(&mut self, id: NodeId, text: &str) {
        let message = "compiled Python code or a pickle lies in the Keras configuration as text";
        let shown = marshalled::shown(text);
        self.danger(id, DangerCode::CarriesCode, message, Some(bounded(&shown, SHOWN)), None);
    }

    /// A reference as a call with its configuration.
    fn call(&self, reference: Reference<'_>, path: &str) -> String {
        let tree = self.tree;
        let config = tree.get(reference.at, "config").filter(|config| tree.is_object(*config));
        let config = config.and_then(|config| tree.node(config));
        let text = config.and_then(|config| self.part.bytes.get(config.at..config.end));
        let text = text.map(|text| text.get(..SHOWN).unwrap_or(text)).unwrap_or_default();
        let text = String::from_utf8_lossy(text);
        let inner = if text.is_empty() { String::new() } else { format!("**{text}") };
        bounded(&format!("{path}({inner})"), SHOWN)
    }

    pub(super) fn danger(
        &mut self,
        at: NodeId,
        code: DangerCode,
        message: impl Into<String>,
        shown: Option<String>,
        advisory: Option<&'static str>,
    ) {
        let mut danger = Danger::new(code, self.place(at), message).known_as(advisory);
        danger.shown = shown.map(String::into_boxed_str);
        self.examination.danger(danger);
    }

    fn place(&self, at: NodeId) -> Place {
        if self.kept == Kept::Yaml {
            return self.part.whole();
        }
        let at = self.tree.node(at).map_or(0, |node| node.at);
        self.part.at(at as u64)
    }
}

/// Class names that stand for plain values.
fn is_value(class: &str) -> bool {
    matches!(
        class,
        "__keras_tensor__"
            | "__tensor__"
            | "__numpy__"
            | "__bytes__"
            | "__ellipsis__"
            | "__slice__"
            | "__tuple__"
            | "TensorShape"
            | "TypeSpec"
            | "CompositeTensor"
            | "KerasTensor"
            | "__keras_history__"
    )
}

fn is_type_spec(name: &str) -> bool {
    name.ends_with("Spec") || matches!(name, "TensorShape" | "DType" | "as_dtype" | "float32")
}

/// A text of bounded length on one line.
pub(super) fn bounded(text: &str, most: usize) -> String {
    let mut out: String =
        text.chars().take(most).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.chars().nth(most).is_some() {
        out.push('…');
    }
    out
}
