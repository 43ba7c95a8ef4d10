//! The licence of a model, as a header, a card or metadata state it, and whether it is open.
//!
//! Specification: SPDX identifiers and expressions (SPDX 3.0.1, Annex B), and the ids that hubs of
//! models give to licences that SPDX does not list ("Licenses" in the documentation of the hub).
//! A licence is no danger: who asks for a description is told which ones restrict use. Open means
//! what the Open Source Definition says: for every purpose, by everybody.

use mainstay_types::{Licence, LicenceMeaning, LicenceNode};

use crate::examination::Examination;

const NOT_OPEN: &str = include_str!("licence/known.txt");

/// Notes a licence that a header, a card or metadata state, as it is written there.
pub(crate) fn stated(text: &str, examination: &mut Examination<'_>) {
    examination.describe(|description| {
        description.licence(text);
        if let Some(note) = note(text) {
            description.fact("licence", &note);
        }
    });
}

/// What is to be known of a stated licence.
pub(crate) fn note(text: &str) -> Option<String> {
    let text = text.trim();
    let shown: String = text.chars().take(100).collect();
    if let Some(reason) = why_not_open(text) {
        return Some(format!("{shown}: not an open licence ({reason})"));
    }
    // An expression may have one that is not open among others.
    let licence = Licence::stated(text)?;
    match licence.meaning() {
        LicenceMeaning::Expression(nodes) => nodes.iter().find_map(|node| match node {
            LicenceNode::Term(term) => {
                let reason = why_not_open(&term.id)?;
                Some(format!("{}: not an open licence ({reason})", term.id))
            }
            LicenceNode::And | LicenceNode::Or => None,
        }),
        LicenceMeaning::NoLicence => Some(format!("{shown}: no licence at all")),
        LicenceMeaning::Unread(_) => None,
    }
    .or_else(|| {
        let is_other = ["other", "unknown", "proprietary", "custom"];
        let names_none = is_other.iter().any(|other| text.eq_ignore_ascii_case(other));
        names_none.then(|| format!("{shown}: a licence of its own, which must be read"))
    })
}

/// Why a licence is not open, if it is known not to be.
fn why_not_open(id: &str) -> Option<&'static str> {
    let folded = id.trim().to_ascii_lowercase().replace([' ', '_'], "-");
    let folded = folded.trim_start_matches("licenseref-");
    if folded.is_empty() {
        return None;
    }
    let lines = NOT_OPEN.lines().filter(|line| !line.starts_with('#'));
    let mut known = lines.filter_map(|line| line.split_once('|'));
    known.find_map(|(id, reason)| {
        let is_it = match id.trim().split_once('*') {
            Some((begins, ends)) => folded.starts_with(begins) && folded.ends_with(ends),
            None => folded == id.trim(),
        };
        is_it.then(|| reason.trim())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_licence_of_a_model_that_restricts_use_is_not_open() {
        let note = |text: &str| note(text).unwrap();
        assert!(note("llama3.1").starts_with("llama3.1: not an open licence (restricts use"));
        assert!(note("Gemma").contains("restricts use"));
        assert!(note("CC-BY-NC-4.0").contains("commercial"));
        assert!(note("MIT AND CC-BY-NC-SA-4.0").starts_with("CC-BY-NC-SA-4.0: not"));
        assert!(note("other").contains("must be read"));
    }

    #[test]
    fn an_open_licence_needs_no_note() {
        for text in ["apache-2.0", "MIT", "bsd-3-clause", "cc-by-4.0", "MIT OR Apache-2.0", ""] {
            assert_eq!(note(text), None, "{text}");
        }
    }
}
