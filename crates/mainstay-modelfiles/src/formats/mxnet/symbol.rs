//! The graph of an `MXNet` model: JSON with a list of nodes, each of an operator.

use mainstay_reading::{Danger, DangerCode};
use memchr::memmem;
use serde_json::Value as Json;

use crate::findings::Findings;
use crate::front_door::SNIFFED;

/// The most bytes of JSON that are read.
const LONGEST: usize = 32 << 20;

/// Operators that are Python classes of the program, registered by the name in `op_type`, and
/// older ones that hold a pointer to Python functions.
const PYTHON: &[&str] = &["Custom", "_CustomFunction", "_NDArray", "_Native"];

/// Whether bytes begin as a graph: an object with nodes, of which the first ones are inputs and
/// have the operator `null`.
pub(super) fn is_symbol(bytes: &[u8]) -> bool {
    let start = bytes.get(..SNIFFED).unwrap_or(bytes).trim_ascii_start();
    start.starts_with(b"{")
        && memmem::find(start, b"\"nodes\"").is_some()
        && memmem::find_iter(start, b"\"op\"").any(|at| {
            let after = start.get(at + 4..).unwrap_or_default().trim_ascii_start();
            let value = after.strip_prefix(b":").map(<[u8]>::trim_ascii_start);
            value.is_some_and(|value| value.starts_with(b"\"null\""))
        })
}

/// Looks at every node, also of the graphs inside nodes.
pub(super) fn look_at(bytes: &[u8], findings: &mut Findings<'_, '_, '_>) {
    if bytes.len() > LONGEST {
        let reason = "the graph of the MXNet model is longer than what is read of JSON";
        findings.examination.gap(findings.part.whole(), reason, "ask its publisher why");
        return;
    }
    let json: Json = match serde_json::from_slice(bytes) {
        Ok(json) => json,
        Err(error) => {
            let message = format!("the graph of the MXNet model is broken JSON: {error}");
            findings.malformed(0, message);
            return;
        }
    };
    let mut open = vec![&json];
    while let Some(value) = open.pop() {
        match value {
            Json::Object(members) => {
                if let Some(operator) = members.get("op").and_then(Json::as_str) {
                    node(operator, value, findings);
                }
                open.extend(members.values());
            }
            Json::Array(items) => open.extend(items),
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
        }
    }
    if let Some(version) = json.pointer("/attrs/mxnet_version/1") {
        findings.examination.describe(|it| it.fact("mxnet_version", &version.to_string()));
    }
}

/// Judges a node by its operator.
fn node(operator: &str, node: &Json, findings: &mut Findings<'_, '_, '_>) {
    if !PYTHON.contains(&operator) {
        return;
    }
    let attributes = ["attrs", "attr", "param"].into_iter().find_map(|key| node.get(key));
    let kind = attributes.and_then(|it| it.get("op_type")).and_then(Json::as_str);
    let kind: String = kind.unwrap_or_default().chars().take(200).collect();
    let message = format!(
        "the operator {operator} calls the Python class of the program that is registered as \
         {kind:?}"
    );
    if findings.is_new(&message) {
        let place = findings.part.whole();
        let danger = Danger::new(DangerCode::RunsCode, place, message);
        findings.danger(danger.shown(format!("{operator}(op_type={kind:?})")));
    }
}
