//! Settings of a runtime in the metadata of a model (`metadata_props`).
//!
//! Specification: ONNX Runtime's `inference_session_utils` reads the entry `ort_config`, a JSON object whose
//! `session_options` are numbers of threads, an optimization level, an execution mode and whether a
//! profile is written, where the environment allows it. Other hosts of the runtime read more from
//! the metadata: the path of a library of custom operators, which is native code that runs as soon
//! as it is loaded.

use mainstay_reading::{Danger, DangerCode};
use mainstay_types::Severity;
use serde_json::Value;

use crate::description::shortened;
use crate::findings::Findings;
use crate::named_path::{Reach, reach};
use crate::protobuf::Message;

/// The entry that ONNX Runtime reads.
const CONFIG: &str = "ort_config";
/// The longest text that is read as settings.
const LONGEST: usize = 1 << 20;
/// Session options that choose how the model is computed, and nothing else.
const HARMLESS: [&str; 4] =
    ["execution_mode", "graph_optimization_level", "inter_op_num_threads", "intra_op_num_threads"];
/// Words in the names of settings that take a library.
const LIBRARY_KEYS: [&str; 6] =
    ["custom_op", "customop", "op_library", "oplib", "shared_lib", "library_path"];
/// Endings of libraries.
const LIBRARIES: [&str; 4] = [".so", ".dll", ".dylib", ".pyd"];

/// Looks at one entry.
pub(super) fn look_at(entry: Message<'_>, findings: &mut Findings<'_, '_, '_>) {
    let Some((key, value)) = entry.last(1).zip(entry.last(2)) else { return };
    let (key, text) = (key.text(), value.text());
    let is_config = key.eq_ignore_ascii_case(CONFIG);
    if !is_config && !names_library(&key, &text) && !text.trim_start().starts_with('{') {
        return;
    }
    if value.bytes.len() > LONGEST {
        let reason = format!("a setting of more than {LONGEST} bytes was not read");
        let place = findings.at(entry.at);
        findings.examination.gap(place, reason, "read the metadata of the model by hand");
        return;
    }
    let parsed = serde_json::from_str(&text).unwrap_or_else(|_| Value::from(&*text));
    let mut settings = Settings { at: entry.at, is_config, findings };
    settings.walk(&key, parsed);
}

struct Settings<'f, 'p, 'e, 'b> {
    at: u64,
    is_config: bool,
    findings: &'f mut Findings<'p, 'e, 'b>,
}

impl Settings<'_, '_, '_, '_> {
    /// Goes through settings: a name and a value each. What is nested is bounded by the parser.
    fn walk(&mut self, key: &str, value: Value) {
        let mut open = vec![(key.to_owned(), value)];
        while let Some((key, value)) = open.pop() {
            match value {
                Value::Object(fields) => open.extend(fields),
                Value::Array(items) => {
                    open.extend(items.into_iter().map(|item| (key.clone(), item)));
                }
                Value::String(text) => self.text(&key, &text),
                Value::Bool(_) | Value::Number(_) => self.plain(&key, &value),
                Value::Null => {}
            }
        }
    }

    fn text(&mut self, key: &str, text: &str) {
        if names_library(key, text) {
            let message = format!(
                "the metadata of the model names a library of native code (`{}`), which runs as \
                 soon as a host of the runtime loads it for the model; the path leads {}",
                shortened(text),
                reach(text).phrase()
            );
            let is_near = matches!(reach(text), Reach::Beside) && !self.is_config;
            let grade = if is_near { Severity::Medium } else { Severity::Critical };
            self.tell(DangerCode::RunsCode, grade, &message, key, text);
        } else if self.is_config && !HARMLESS.contains(&key) {
            self.unknown(key, text);
        }
    }

    fn plain(&mut self, key: &str, value: &Value) {
        let is_on = !matches!(value.as_i64(), Some(0)) && !matches!(value, Value::Bool(false));
        if !self.is_config || HARMLESS.contains(&key) || !is_on {
            return;
        }
        if key == "enable_profiling" {
            let message = "the metadata of the model lets the runtime write a file with a profile \
                           whenever the model is run";
            self.tell(DangerCode::TouchesFiles, Severity::Medium, message, key, &value.to_string());
        } else {
            self.unknown(key, &value.to_string());
        }
    }

    fn unknown(&mut self, key: &str, value: &str) {
        let message = "the metadata of the model gives the runtime a setting of which nobody knows \
                       whether it is harmless";
        self.tell(DangerCode::UnknownCall, Severity::Medium, message, key, value);
    }

    fn tell(&mut self, code: DangerCode, grade: Severity, message: &str, key: &str, value: &str) {
        let shown = shortened(&format!("{key} = {value}"));
        if self.findings.is_new(&shown) {
            let danger = Danger::new(code, self.findings.at(self.at), message);
            self.findings.danger(danger.graded(grade).shown(shown));
        }
    }
}

/// Whether a setting takes a library: by its name, or by the ending of its value.
fn names_library(key: &str, text: &str) -> bool {
    let (key, text) = (key.to_ascii_lowercase(), text.trim().to_ascii_lowercase());
    let is_path = !text.is_empty() && text.len() <= 4096 && !text.contains(char::is_whitespace);
    let ends = LIBRARIES.iter().any(|ending| text.ends_with(ending)) || text.contains(".so.");
    let is_asked = LIBRARY_KEYS.iter().any(|word| key.contains(word));
    is_path && (ends || (is_asked && text.contains(['/', '\\', '.'])))
}
