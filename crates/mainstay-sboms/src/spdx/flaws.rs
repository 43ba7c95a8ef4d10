//! Vulnerabilities in words. SPDX 2.3 has no place for them, and of SPDX 3.0.1 the security profile
//! is not written, so each becomes an annotation of what it affects: nothing is lost in silence.

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::cyclonedx::words::{justification_word, state_word};
use crate::{Affected, Annotation, End, Party, PartyKind, Sbom, Vulnerability};

/// The document with its vulnerabilities told in annotations too.
pub(super) fn told<'s, 'a>(sbom: &'s Sbom<'a>) -> Cow<'s, Sbom<'a>> {
    if sbom.vulnerabilities.is_empty() {
        return Cow::Borrowed(sbom);
    }
    let mut told = sbom.clone();
    told.annotations.extend(sbom.vulnerabilities.iter().map(|one| annotation(one, sbom)));
    Cow::Owned(told)
}

fn annotation<'a>(one: &Vulnerability<'a>, sbom: &Sbom<'a>) -> Annotation<'a> {
    let is_here = |end: &End| matches!(end, End::Component(id) if sbom.component(*id).is_some());
    let mut subjects: Vec<End> =
        one.affects.iter().map(|affected: &Affected<'_>| affected.target).filter(is_here).collect();
    if subjects.is_empty() {
        subjects.push(End::Document);
    }
    Annotation {
        subjects,
        annotator: Some(Party::named(PartyKind::Tool, "mainstay")),
        timestamp: None,
        kind: None,
        text: sentence(one).into(),
    }
}

/// Everything that the vulnerability says, in one line. Writing to a text cannot fail.
fn sentence(one: &Vulnerability<'_>) -> String {
    let mut text = format!("vulnerability {}", one.id);
    for (alias, _) in &one.aliases {
        let _ = write!(text, ", also {alias}");
    }
    for said in [&one.description, &one.detail].into_iter().flatten() {
        let _ = write!(text, "; {said}");
    }
    for rating in &one.ratings {
        for (name, value) in [("severity", &rating.severity), ("score", &rating.score)] {
            if let Some(value) = value {
                let _ = write!(text, "; {name} {value}");
            }
        }
    }
    for (name, said) in [("to do", &one.recommendation), ("until then", &one.workaround)] {
        if let Some(said) = said {
            let _ = write!(text, "; {name}: {said}");
        }
    }
    if let Some(analysis) = &one.analysis {
        if let Some(state) = analysis.state {
            let _ = write!(text, "; analysis: {}", state_word(state));
        }
        if let Some(why) = analysis.justification {
            let _ = write!(text, "; because: {}", justification_word(why));
        }
        if let Some(detail) = &analysis.detail {
            let _ = write!(text, "; {detail}");
        }
    }
    for address in &one.advisories {
        let _ = write!(text, "; {address}");
    }
    for property in &one.properties {
        let _ = write!(text, "; {}: {}", property.name, property.value);
    }
    text
}
