//! Vulnerabilities in words. SPDX 2.3 has no place for them, and of SPDX 3.0.1 the security profile
//! is not written, so each becomes an annotation of what it affects: nothing is lost in silence.

use std::borrow::Cow;

use crate::cyclonedx::words::{justification_word, response_word, state_word, status_word};
use crate::{
    Affected, Annotation, Component, End, Party, PartyKind, Sbom, Versions, Vulnerability,
    VulnerabilitySource,
};

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
        text: sentence(one, sbom).into(),
    }
}

/// Everything that the vulnerability says, in one line.
fn sentence(one: &Vulnerability<'_>, sbom: &Sbom<'_>) -> String {
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
        said.text("severity", rating.severity.as_deref());
        said.text("score", rating.score.as_deref());
        said.text("method", rating.method.as_deref());
        said.text("vector", rating.vector.as_deref());
        said.text("why", rating.justification.as_deref());
        said.source("rated by", rating.source.as_ref());
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
