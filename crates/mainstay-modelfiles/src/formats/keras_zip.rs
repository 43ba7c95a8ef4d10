//! The `.keras` archive: a zip with `config.json`, `metadata.json` and `model.weights.h5`.
//!
//! Specification: `keras/src/saving/saving_lib.py`. The front door enters every member, so weights
//! are judged as HDF5; here the configuration is judged by its place, whatever it looks like, and
//! a missing one is told. Member paths that leave the archive are the zip reader's.

use mainstay_reading::{Danger, DangerCode};
use mainstay_types::Severity;

use crate::examination::Examination;
use crate::formats::keras::json_tree::Tree;
use crate::formats::keras::{self, Kept};
use crate::part::Part;
use crate::wrappings::members::{Flavour, Members};

pub(crate) const FLAVOUR: Flavour = Flavour { id: "keras", is_of, read };

const CONFIG: &str = "config.json";
const METADATA: &str = "metadata.json";

fn is_of(members: &dyn Members) -> bool {
    let has = |wanted: &str| members.paths().iter().any(|path| &**path == wanted);
    let has_weights =
        has("model.weights.h5") || has("model.weights.npz") || has("model.weights.json");
    has_weights || (has(CONFIG) && has(METADATA))
}

fn read(part: &Part<'_>, members: &dyn Members, examination: &mut Examination<'_>) {
    if let Some(metadata) = members.content(METADATA, examination) {
        let tree = Tree::read(&metadata);
        for key in ["keras_version", "date_saved"] {
            if let Some(value) = tree.text(0, key) {
                examination.describe(|description| description.fact(key, value));
            }
        }
    }
    if !members.paths().iter().any(|path| &**path == CONFIG) {
        let message = "the archive has weights of Keras and no config.json: it is not whole, and \
                       Keras does not load it";
        let danger = Danger::new(DangerCode::OddContainer, part.whole(), message);
        examination.danger(danger.graded(Severity::Medium));
        return;
    }
    if let Some(config) = members.content(CONFIG, examination) {
        keras::judge(&part.inside(CONFIG, &config), Kept::Json, examination);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wrappings::members::of_texts::examined;

    const METADATA_TEXT: &str =
        r#"{"keras_version": "3.9.0", "date_saved": "2025-01-01@00:00:00"}"#;

    fn config(module: &str, class: &str) -> String {
        format!(r#"{{"module": "{module}", "class_name": "{class}", "config": {{}}}}"#)
    }

    #[test]
    fn an_ordinary_archive_is_clean_and_tells_its_version() {
        let config = config("keras", "Sequential");
        let members =
            [(METADATA, METADATA_TEXT), (CONFIG, &*config), ("model.weights.h5", "weights")];
        let found = examined(&FLAVOUR, &members);
        assert!(found.dangers.is_empty() && found.gaps.is_empty(), "{found:?}");
        assert_eq!(found.description.facts[0].value, "3.9.0");
    }

    #[test]
    fn the_configuration_is_judged_at_its_place() {
        let config = config("os", "system");
        let found = examined(&FLAVOUR, &[(METADATA, METADATA_TEXT), (CONFIG, &*config)]);
        let danger = &found.dangers[0];
        assert_eq!(danger.code, DangerCode::RunsCode);
        assert_eq!(danger.place.member.as_deref(), Some(CONFIG));
    }

    #[test]
    fn an_archive_without_a_configuration_is_odd() {
        let found = examined(&FLAVOUR, &[("model.weights.h5", "weights")]);
        assert_eq!(found.dangers[0].code, DangerCode::OddContainer);
    }
}
