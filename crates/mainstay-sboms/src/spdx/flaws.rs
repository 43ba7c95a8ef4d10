//! Vulnerabilities in words, for what a standard has no place for. SPDX 2.3 has none at all but for
//! the addresses of advisories, so each becomes an annotation of what it affects. Of SPDX 3.0.1 the
//! security profile takes most, and `rest` tells the others: nothing is lost in silence.

use std::borrow::Cow;

use super::v3::has_class;
use crate::cyclonedx::words::{justification_word, response_word, state_word, status_word};
use crate::{
    Affected, AnalysisState, Annotation, Component, End, Party, PartyKind, Rating, Reference,
    ReferenceKind, Sbom, Text, Versions, Vulnerability, VulnerabilitySource, properties,
};

/// The document with its vulnerabilities told in annotations, and the addresses of their advisories
/// among those of the components.
pub(super) fn told<'s, 'a>(sbom: &'s Sbom<'a>) -> Cow<'s, Sbom<'a>> {
    if sbom.vulnerabilities.is_empty() {
        return Cow::Borrowed(sbom);
    }
    let mut told = sbom.clone();
    told.annotations.extend(sbom.vulnerabilities.iter().map(|one| annotation(one, sbom)));
    for one in &sbom.vulnerabilities {
        for affected in &one.affects {
            let End::Component(id) = affected.target else { continue };
            let Some(component) = told.components.get_mut(id.position()) else { continue };
            for url in &one.advisories {
                let is_new = component.references.iter().all(|known| known.url != *url);
                if is_new && component.references.len() < MOST_REFERENCES {
                    component.references.push(Reference {
                        kind: ReferenceKind::Advisories,
                        url: url.clone(),
                        comment: Some(comment(one).into()),
                        hashes: Vec::new(),
                    });
                }
            }
        }
    }
    Cow::Owned(told)
}

/// A component has at most so many addresses with those of advisories; the annotations have all.
const MOST_REFERENCES: usize = 200;

/// Of what an advisory is, and what is said of it here.
fn comment(one: &Vulnerability<'_>) -> String {
    let state = one.analysis.as_ref().and_then(|analysis| analysis.state).map(state_word);
    match state {
        Some(state) => format!("{}: {state}", one.id),
        None => one.id.to_string(),
    }
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
        text: sentence(one, sbom).into(),
    }
}

/// Everything that the vulnerability says, in one line.
pub(super) fn sentence(one: &Vulnerability<'_>, sbom: &Sbom<'_>) -> String {
    let mut said = Said(format!("vulnerability {}", one.id));
    said.source("", one.source.as_ref());
    for (alias, source) in &one.aliases {
        said.0.push_str(", also ");
        said.0.push_str(alias);
        said.source("", source.as_ref());
    }
    said.text("", one.description.as_deref());
    said.text("", one.detail.as_deref());
    for rating in &one.ratings {
        said.rating(rating);
    }
    for number in &one.cwes {
        said.text("weakness", Some(&format!("CWE-{number}")));
    }
    said.text("to do", one.recommendation.as_deref());
    said.text("until then", one.workaround.as_deref());
    said.text("created", one.created.as_deref());
    said.text("published", one.published.as_deref());
    said.text("updated", one.updated.as_deref());
    said.text("rejected", one.rejected.as_deref());
    if let Some(analysis) = &one.analysis {
        said.text("analysis", analysis.state.map(state_word));
        said.text("because", analysis.justification.map(justification_word));
        for response in &analysis.responses {
            said.text("response", Some(response_word(*response)));
        }
        said.text("", analysis.detail.as_deref());
        said.text("first said", analysis.first_issued.as_deref());
        said.text("last said", analysis.last_updated.as_deref());
    }
    for affected in &one.affects {
        said.affected(affected, sbom);
    }
    for address in &one.advisories {
        said.text("", Some(address));
    }
    for property in &one.properties {
        said.text(&property.name, Some(&property.value));
    }
    said.0
}

/// A line that grows.
struct Said(String);

impl Said {
    fn text(&mut self, name: &str, value: Option<&str>) {
        let Some(value) = value else { return };
        self.0.push_str("; ");
        if !name.is_empty() {
            self.0.push_str(name);
            self.0.push_str(": ");
        }
        self.0.push_str(value);
    }

    fn rating(&mut self, rating: &Rating<'_>) {
        self.text("severity", rating.severity.as_deref());
        self.text("score", rating.score.as_deref());
        self.text("method", rating.method.as_deref());
        self.text("vector", rating.vector.as_deref());
        self.text("why", rating.justification.as_deref());
        self.source("rated by", rating.source.as_ref());
    }

    fn source(&mut self, name: &str, source: Option<&VulnerabilitySource<'_>>) {
        let Some(source) = source else { return };
        let parts = [source.name.as_deref(), source.url.as_deref()];
        let parts: Vec<&str> = parts.into_iter().flatten().collect();
        if name.is_empty() {
            self.0.push_str(" (");
            self.0.push_str(&parts.join(", "));
            self.0.push(')');
        } else {
            self.text(name, Some(&parts.join(", ")));
        }
    }

    /// Which versions of what are affected, and which not.
    fn affected(&mut self, affected: &Affected<'_>, sbom: &Sbom<'_>) {
        let name = match affected.target {
            End::Component(id) => sbom.component(id).map_or_else(String::new, Component::label),
            End::External(id) => sbom.external(id).unwrap_or("").to_owned(),
            End::Document | End::Nothing | End::NoAssertion => String::new(),
        };
        if affected.versions.is_empty() {
            self.text("affects", Some(&name));
        }
        for one in &affected.versions {
            let versions = match &one.versions {
                Versions::One(version) => version,
                Versions::Range(range) => range,
            };
            self.text(status_word(one.status), Some(&format!("{name} {versions}")));
        }
    }
}

/// Properties that a statement of SPDX 3 has a field for.
const PLACED: [&str; 6] = [
    properties::VEX_AUTHOR,
    properties::VEX_NOTES,
    properties::VEX_EVIDENCE,
    properties::VEX_EXPIRES,
    properties::VEX_JUSTIFICATION,
    properties::VEX_WITHDRAWN,
];

/// What the security profile of SPDX 3 has no place for; `None` when it takes all. `shown` is the
/// vulnerability whose facts stand in the element of this one, where that is another.
pub(super) fn rest(
    one: &Vulnerability<'_>,
    shown: Option<&Vulnerability<'_>>,
    sbom: &Sbom<'_>,
) -> Option<String> {
    let mut said = Said(format!("vulnerability {}", one.id));
    let begun = said.0.len();
    if let Some(shown) = shown {
        said.beyond(one, shown);
    }
    for rating in one.ratings.iter().filter(|rating| !has_class(rating) || rating.source.is_some())
    {
        said.rating(rating);
    }
    for number in &one.cwes {
        said.text("weakness", Some(&format!("CWE-{number}")));
    }
    said.text("created", one.created.as_deref());
    let state = one.analysis.as_ref().and_then(|analysis| analysis.state);
    if state != Some(AnalysisState::Exploitable) {
        said.text("to do", one.recommendation.as_deref());
        said.text("until then", one.workaround.as_deref());
    }
    for response in one.analysis.iter().flat_map(|analysis| &analysis.responses) {
        said.text("response", Some(response_word(*response)));
    }
    if state.is_none() {
        for affected in one.affects.iter().filter(|affected| !affected.versions.is_empty()) {
            said.affected(affected, sbom);
        }
    }
    let is_placed = |name: &str| state.is_some() && PLACED.contains(&name);
    for property in one.properties.iter().filter(|one| !is_placed(&one.name)) {
        said.text(&property.name, Some(&property.value));
    }
    (said.0.len() > begun).then_some(said.0)
}

impl Said {
    /// What a vulnerability says of itself beyond what another of the same name says. Of a list, no
    /// more is compared than a few: a document may repeat long ones many times.
    fn beyond(&mut self, one: &Vulnerability<'_>, shown: &Vulnerability<'_>) {
        for (own, there) in [(&one.description, &shown.description), (&one.detail, &shown.detail)] {
            self.text("", own.as_deref().filter(|_| own != there));
        }
        let is_alias = |alias: &&Text<'_>| {
            **alias != shown.id
                && shown.aliases.iter().take(MOST_COMPARED).all(|(known, _)| known != *alias)
        };
        let aliases = one.aliases.iter().take(MOST_COMPARED).map(|(alias, _)| alias);
        for alias in aliases.filter(is_alias) {
            self.text("also", Some(alias));
        }
        let is_new =
            |url: &&Text<'_>| !shown.advisories.iter().take(MOST_COMPARED).any(|one| one == *url);
        for url in one.advisories.iter().take(MOST_COMPARED).filter(is_new) {
            self.text("", Some(url));
        }
        for (name, list) in [("names", one.aliases.len()), ("addresses", one.advisories.len())] {
            if let Some(more) = list.checked_sub(MOST_COMPARED).filter(|more| *more > 0) {
                self.text("not compared", Some(&format!("{more} more {name}")));
            }
        }
        for (name, own, there) in [
            ("published", &one.published, &shown.published),
            ("updated", &one.updated, &shown.updated),
            ("rejected", &one.rejected, &shown.rejected),
        ] {
            self.text(name, own.as_deref().filter(|_| own != there));
        }
    }
}

/// No more of a list than this is compared.
const MOST_COMPARED: usize = 100;

#[cfg(test)]
mod tests {
    use crate::cyclonedx::read_json;

    #[test]
    fn everything_that_a_vulnerability_says_is_in_the_sentence() {
        let text = r#"{"bomFormat": "CycloneDX", "specVersion": "1.6",
            "components": [{"type": "library", "bom-ref": "s", "name": "left"}],
            "vulnerabilities": [{"id": "CVE-1", "source": {"name": "NVD", "url": "https://nvd.example"}, "cwes": [79],
            "published": "2026-01-01T00:00:00Z", "ratings": [{"score": 9.8, "severity": "critical",
            "method": "CVSSv31", "vector": "CVSS:3.1/AV:N"}], "analysis": {"state": "not_affected",
            "response": ["will_not_fix"], "justification": "code_not_present"},
            "affects": [{"ref": "s", "versions": [{"version": "1.0", "status": "unaffected"}]}]}]}"#;
        let sbom = read_json(text).unwrap();
        assert_eq!(
            super::told(&sbom).annotations[0].text,
            "vulnerability CVE-1 (NVD, https://nvd.example); severity: critical; score: 9.8; method: CVSSv31; \
             vector: CVSS:3.1/AV:N; weakness: CWE-79; published: 2026-01-01T00:00:00Z; \
             analysis: not_affected; because: code_not_present; response: will_not_fix; \
             unaffected: left 1.0"
        );
    }
}
