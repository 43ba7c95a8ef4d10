//! Functions and classes that settings name and a library calls: `_target_` of Hydra (and of `NeMo`,
//! CVE-2025-23304), the objects of jsonpickle.

use mainstay_reading::{Danger, DangerCode};

use super::events::Step;
use crate::examination::Examination;
use crate::part::Part;
use crate::python_source::{Callable, callable};

/// The advisory that published the technique.
const CALLED_BY_NAME: &str = "CVE-2025-23304";

/// Whether a text at this path names something that is called.
pub(super) fn is_target(path: &[Step<'_>], key: &str) -> bool {
    let own = |steps: &[Step<'_>], wanted: &str| matches!(steps.last(), Some(Step::Key(key)) if key == wanted);
    match path {
        // The first element of a reduce is what is called.
        [before @ .., Step::Index(0)] if own(before, "__reduce__") => true,
        _ => {
            matches!(key, "_target_" | "__reduce__" | "py/function" | "py/type" | "py/object")
                && own(path, key)
        }
    }
}

/// Judges what is called.
pub(super) fn judge(
    path: &[Step<'_>],
    text: &str,
    part: &Part<'_>,
    at: usize,
    examination: &mut Examination<'_>,
) {
    let is_hydra = matches!(path.last(), Some(Step::Key(key)) if key == "_target_");
    let who =
        if is_hydra { "who builds the model by its settings" } else { "who decodes the file" };
    let shown: String = text.chars().take(200).collect();
    let (code, message) = match callable(text) {
        Callable::Ordinary => return,
        Callable::Sink(deed) => {
            (deed.code(), format!("{who} calls `{shown}`, which {}", deed.does()))
        }
        Callable::Unknown => {
            (DangerCode::UnknownCall, format!("{who} calls `{shown}`, which nobody knows"))
        }
    };
    let advisory = (is_hydra && code != DangerCode::UnknownCall).then_some(CALLED_BY_NAME);
    let danger = Danger::new(code, part.at(at as u64), message).known_as(advisory);
    examination.danger(danger.shown(format!("{shown}(...)")));
}
