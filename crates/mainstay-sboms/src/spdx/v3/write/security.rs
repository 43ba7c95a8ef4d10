//! Vulnerabilities and the statements on them, as the profile Security has them.
//!
//! Standard: SPDX specification 3.0.1, profile Security: a VEX relationship leads from a
//! vulnerability to products; the part that was looked at is its `assessedElement`. "Not affected"
//! has a justification or an impact statement, "affected" an action statement. What is listed and of
//! which nobody says anything is associated with the vulnerability, and no more: that is a fact
//! without a judgement. What has no place stands in an annotation of what is affected.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::Writing;
use crate::spdx::flaws;
use crate::spdx::held::is_iri;
use crate::spdx::identity::moment;
use crate::spdx::v3::security::JUSTIFICATIONS;
use crate::{
    Affected, AffectedStatus, Analysis, AnalysisState, End, Justification, Party, PartyKind,
    Rating, Versions, Vulnerability, properties,
};

/// A score, and everything that it is about.
struct Score {
    class: &'static str,
    fields: Value,
    to: Vec<String>,
}

impl<'t> Writing<'_, 't> {
    /// Writes every vulnerability. Those of one id and source are one element.
    pub(super) fn security(&mut self) {
        let sbom = self.sbom;
        let mut known: HashMap<String, (String, usize)> = HashMap::new();
        let mut scores: Vec<Score> = Vec::new();
        let mut score_at: HashMap<String, usize> = HashMap::new();
        let mut budget = MOST_REPEATED;
        for (at, one) in sbom.vulnerabilities.iter().enumerate() {
            let key = match &*one.id {
                "" => format!("{at}"),
                id => format!("{id} {:?}", one.source),
            };
            let (iri, first) = if let Some(known) = known.get(&key) {
                known.clone()
            } else {
                let made = (self.flaw(at, one), at);
                known.insert(key, made.clone());
                made
            };
            let targets: Vec<String> =
                one.affects.iter().filter_map(|affected| self.end(affected.target)).collect();
            for rating in &one.ratings {
                let Some((class, fields)) = score(rating, &iri) else { continue };
                let next = scores.len();
                let place = *score_at.entry(format!("{class}{fields}")).or_insert(next);
                if place == next {
                    scores.push(Score { class, fields, to: Vec::new() });
                }
                if let Some(score) = scores.get_mut(place) {
                    score.to.extend(targets.iter().cloned());
                }
            }
            let others = sbom.vulnerabilities.get(first).filter(|_| first != at);
            let unsaid = self.said(one, &iri, &mut budget);
            let rest = match unsaid {
                Some(why) => Some(format!("{}; {why}", flaws::sentence(one, sbom))),
                None => flaws::rest(one, others, sbom),
            };
            if let Some(rest) = rest {
                self.rest_of(one, &rest);
            }
        }
        for mut score in scores {
            score.to.sort_unstable();
            score.to.dedup();
            // A score is of products. Where nothing is affected, `said` tells all in words.
            if score.to.is_empty() {
                continue;
            }
            if let Some(fields) = score.fields.as_object_mut() {
                fields.insert("to".to_owned(), score.to.into());
            }
            self.assessment(score.class, score.fields);
        }
    }

    fn flaw(&mut self, at: usize, one: &Vulnerability<'t>) -> String {
        let ids = std::iter::once((&one.id, &one.source))
            .chain(one.aliases.iter().map(|(id, source)| (id, source)))
            .filter(|(id, _)| !id.is_empty());
        let ids: Vec<Value> = ids
            .map(|(id, source)| {
                let kind = if id.starts_with("CVE-") { "cve" } else { "securityOther" };
                let name = source.as_ref().and_then(|source| source.name.as_deref());
                let url = source.as_ref().and_then(|source| source.url.as_deref());
                let mut fields = json!({
                    "type": "ExternalIdentifier",
                    "externalIdentifierType": kind,
                    "identifier": id,
                });
                if let Some(fields) = fields.as_object_mut() {
                    fields.extend(name.map(|name| ("issuingAuthority".to_owned(), json!(name))));
                    let url = url.filter(|url| is_iri(url));
                    fields.extend(url.map(|url| ("identifierLocator".to_owned(), json!([url]))));
                }
                fields
            })
            .collect();
        let refs: Vec<Value> = one
            .advisories
            .iter()
            .filter(|url| is_iri(url))
            .map(|url| {
                json!({
                    "type": "ExternalRef",
                    "externalRefType": "securityAdvisory",
                    "locator": [url],
                })
            })
            .collect();
        let time = |text: &Option<crate::Text<'_>>| text.as_deref().and_then(moment);
        let fields = json!({
            "name": one.id,
            "summary": one.description,
            "description": one.detail,
            "externalIdentifier": ids,
            "externalRef": refs,
            "security_publishedTime": time(&one.published),
            "security_modifiedTime": time(&one.updated),
            "security_withdrawnTime": time(&one.rejected),
        });
        self.push("security_Vulnerability", &format!("Vulnerability-{at}"), fields)
    }

    /// Writes what is said of each thing that a vulnerability may affect. Gives back why not all of
    /// it is a statement here.
    fn said(
        &mut self,
        one: &Vulnerability<'t>,
        flaw: &str,
        budget: &mut usize,
    ) -> Option<&'static str> {
        let mut unsaid = one.affects.is_empty().then_some("it names nothing that is affected");
        let length = words_in(one);
        for affected in &one.affects {
            let Some(target) = self.end(affected.target) else {
                unsaid = Some("what it affects has no address");
                continue;
            };
            let left = budget.checked_sub(length);
            let said = match left {
                Some(_) => self.status(one, affected),
                None => Err("its words are too many to be said of each thing"),
            };
            let (class, kind, mut fields) = match said {
                Ok(Some(said)) => said,
                Ok(None) => {
                    self.associate(&target, flaw);
                    continue;
                }
                Err(why) => {
                    self.associate(&target, flaw);
                    unsaid = Some(why);
                    continue;
                }
            };
            *budget = left.unwrap_or_default();
            let product = affected.product.or_else(|| self.main());
            let product = product.and_then(|end| self.end(end));
            let part = product.as_ref().filter(|product| **product != target);
            let part = part.map(|_| target.clone());
            if let Some(map) = fields.as_object_mut() {
                map.insert("from".to_owned(), flaw.into());
                map.insert("relationshipType".to_owned(), kind.into());
                map.insert("to".to_owned(), json!([product.unwrap_or(target)]));
                map.insert("security_assessedElement".to_owned(), json!(part));
            }
            self.assessment(class, fields);
        }
        unsaid
    }

    /// That an element has a vulnerability, and no more.
    fn associate(&mut self, target: &str, flaw: &str) {
        self.edge(target, "hasAssociatedVulnerability", None, None, &[flaw.to_owned()]);
    }

    /// The class, the type and the fields of what is said. `None` where nothing is.
    fn status(
        &mut self,
        one: &Vulnerability<'t>,
        affected: &Affected<'t>,
    ) -> Result<Option<(&'static str, &'static str, Value)>, &'static str> {
        let Some(analysis) = &one.analysis else { return Ok(None) };
        let Some(state) = analysis.state else { return Ok(None) };
        let property = |name: &str| one.properties.iter().find(|one| one.name == name);
        let version = own_version(self.sbom.components.as_slice(), affected)?;
        let author = property(properties::VEX_AUTHOR).map(|one| one.value.clone());
        let author = author.map(|name| Party::named(PartyKind::Unknown, name));
        let supplier = author.and_then(|party| self.party(&party));
        let mut fields = json!({
            "suppliedBy": supplier,
            "security_publishedTime": analysis.first_issued.as_deref().and_then(moment),
            "security_modifiedTime": analysis.last_updated.as_deref().and_then(moment),
            "security_statusNotes": status_notes(one),
            "security_withdrawnTime": property(properties::VEX_WITHDRAWN)
                .and_then(|one| moment(&one.value)),
        });
        let mut put = |name: &str, value: Value| {
            if let Some(fields) = fields.as_object_mut() {
                fields.insert(name.to_owned(), value);
            }
        };
        let state = match (version, state) {
            (Some(AffectedStatus::Unknown), _) => AnalysisState::InTriage,
            (
                Some(AffectedStatus::Unaffected),
                AnalysisState::Exploitable | AnalysisState::InTriage,
            ) => return Err("its state and the status of its version disagree"),
            (Some(AffectedStatus::Affected | AffectedStatus::Unaffected) | None, _) => state,
        };
        let (class, kind) = match state {
            AnalysisState::Exploitable => {
                put("security_actionStatement", json!(action(one, analysis)));
                ("Affected", "affects")
            }
            AnalysisState::InTriage => ("UnderInvestigation", "underInvestigationFor"),
            AnalysisState::Resolved | AnalysisState::ResolvedWithPedigree => ("Fixed", "fixedIn"),
            AnalysisState::NotAffected | AnalysisState::FalsePositive => {
                let own = property(properties::VEX_JUSTIFICATION).map(|one| &*one.value);
                let word = justification(own, analysis.justification);
                let detail = analysis.detail.as_deref().filter(|text| !text.trim().is_empty());
                let is_false = state == AnalysisState::FalsePositive;
                let detail = detail.or(is_false.then_some("a false positive"));
                if word.is_none() && detail.is_none() {
                    return Err("\"not affected\" has no reason");
                }
                put("security_justificationType", json!(word));
                put("security_impactStatement", json!(detail));
                ("NotAffected", "doesNotAffect")
            }
        };
        let class = CLASSES.iter().find(|(word, _)| *word == class).map_or("", |(_, name)| name);
        Ok(Some((class, kind, fields)))
    }

    fn assessment(&mut self, class: &str, fields: Value) {
        let name = format!("Relationship-{}", self.relationships);
        self.relationships += 1;
        self.push(class, &name, fields);
    }

    /// What the document describes, when it is one thing.
    fn main(&self) -> Option<End> {
        match self.sbom.described.as_slice() {
            [one] => Some(End::Component(*one)),
            _ => None,
        }
    }

    fn rest_of(&mut self, one: &Vulnerability<'t>, rest: &str) {
        let mut subjects: Vec<String> =
            one.affects.iter().filter_map(|affected| self.end(affected.target)).collect();
        subjects.dedup();
        match subjects.first() {
            Some(subject) => self.remark(&subject.clone(), "other", rest),
            None => self.remark(&self.iri("document"), "other", rest),
        }
    }
}

/// A statement has its words in each relationship. All of them together are at most so long, so
/// that a document does not become much longer than what it is made of.
const MOST_REPEATED: usize = 32 << 20;

/// How long the words of a statement are.
fn words_in(one: &Vulnerability<'_>) -> usize {
    let detail = one.analysis.as_ref().and_then(|analysis| analysis.detail.as_deref());
    let texts = [detail, one.recommendation.as_deref(), one.workaround.as_deref()];
    let texts = texts.into_iter().flatten().map(str::len);
    texts.chain(one.properties.iter().map(|one| one.value.len())).sum()
}

/// The classes of statements.
const CLASSES: [(&str, &str); 4] = [
    ("Affected", "security_VexAffectedVulnAssessmentRelationship"),
    ("NotAffected", "security_VexNotAffectedVulnAssessmentRelationship"),
    ("Fixed", "security_VexFixedVulnAssessmentRelationship"),
    ("UnderInvestigation", "security_VexUnderInvestigationVulnAssessmentRelationship"),
];

/// What is said of the version of a component. `None` when no version is spoken of.
fn own_version(
    components: &[crate::Component<'_>],
    affected: &Affected<'_>,
) -> Result<Option<AffectedStatus>, &'static str> {
    let own = match affected.target {
        End::Component(id) => components.get(id.position()).and_then(|one| one.version.as_deref()),
        End::Document | End::External(_) | End::Nothing | End::NoAssertion => None,
    };
    match affected.versions.as_slice() {
        [] => Ok(None),
        [one] => match &one.versions {
            Versions::One(version) if Some(&**version) == own => Ok(Some(one.status)),
            Versions::One(_) | Versions::Range(_) => Err("it is about other versions than its own"),
        },
        _ => Err("it is about several versions"),
    }
}

fn justification(own: Option<&str>, said: Option<Justification>) -> Option<&'static str> {
    let by_word = own.and_then(|own| JUSTIFICATIONS.iter().find(|row| row.1 == own));
    if let Some(row) = by_word {
        return Some(row.0);
    }
    Some(match said? {
        Justification::CodeNotPresent => "vulnerableCodeNotPresent",
        Justification::CodeNotReachable
        | Justification::RequiresConfiguration
        | Justification::RequiresDependency => "vulnerableCodeNotInExecutePath",
        Justification::RequiresEnvironment => "vulnerableCodeCannotBeControlledByAdversary",
        Justification::ProtectedByCompiler
        | Justification::ProtectedAtRuntime
        | Justification::ProtectedAtPerimeter
        | Justification::ProtectedByMitigatingControl => "inlineMitigationsAlreadyExist",
    })
}

/// "Affected" must say what to do.
fn action(one: &Vulnerability<'_>, analysis: &Analysis<'_>) -> String {
    let texts = [&one.recommendation, &one.workaround, &analysis.detail];
    let texts: Vec<&str> = texts
        .into_iter()
        .filter_map(|text| text.as_deref().map(str::trim))
        .filter(|text| !text.is_empty())
        .collect();
    if texts.is_empty() { NO_ACTION.to_owned() } else { texts.join("; ") }
}

/// What stands where the author of a statement says nothing of what to do.
pub(crate) const NO_ACTION: &str = "No action is stated.";

/// Notes, evidence and the last day: lines, as in `OpenVEX`.
fn status_notes(one: &Vulnerability<'_>) -> Option<String> {
    let line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let of = |name: &'static str| one.properties.iter().filter(move |one| one.name == name);
    let notes = of(properties::VEX_NOTES).map(|one| one.value.to_string());
    let evidence =
        of(properties::VEX_EVIDENCE).map(|one| format!("Evidence: {}", line(&one.value)));
    let expires = of(properties::VEX_EXPIRES).map(|one| format!("Expires: {}", line(&one.value)));
    let lines: Vec<String> = notes.chain(evidence).chain(expires).collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}

/// A score that has a class of its own: by CVSS, with the vector.
fn score(rating: &Rating<'_>, flaw: &str) -> Option<(&'static str, Value)> {
    let (class, is_second) = score_class(rating)?;
    let number: f64 = rating.score.as_deref()?.trim().parse().ok()?;
    let mut fields = json!({
        "from": flaw,
        "relationshipType": "hasAssessmentFor",
        "security_score": number,
        "security_vectorString": rating.vector,
    });
    if let (false, Some(fields)) = (is_second, fields.as_object_mut()) {
        fields.insert("security_severity".to_owned(), severity(rating, number)?.into());
    }
    Some((class, fields))
}

fn score_class(rating: &Rating<'_>) -> Option<(&'static str, bool)> {
    let vector = rating.vector.as_deref()?;
    if vector.starts_with("CVSS:4") {
        Some(("security_CvssV4VulnAssessmentRelationship", false))
    } else if vector.starts_with("CVSS:3") {
        Some(("security_CvssV3VulnAssessmentRelationship", false))
    } else if rating.method.as_deref() == Some("CVSSv2") || vector.starts_with("AV:") {
        Some(("security_CvssV2VulnAssessmentRelationship", true))
    } else {
        None
    }
}

/// Whether a score has a place in the profile.
pub(crate) fn has_class(rating: &Rating<'_>) -> bool {
    score(rating, "").is_some()
}

/// The word of the standard; where there is none, the one that CVSS gives the number.
fn severity(rating: &Rating<'_>, number: f64) -> Option<&'static str> {
    const WORDS: [&str; 5] = ["critical", "high", "medium", "low", "none"];
    let said = rating.severity.as_deref();
    if let Some(word) = WORDS.into_iter().find(|word| said == Some(*word)) {
        return Some(word);
    }
    match number {
        9.0..=10.0 => Some("critical"),
        7.0..9.0 => Some("high"),
        4.0..7.0 => Some("medium"),
        0.0..=0.0 => Some("none"),
        0.0..4.0 => Some("low"),
        _ => None,
    }
}
