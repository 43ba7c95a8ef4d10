//! CycloneDX and SPDX 3: the vulnerabilities of an SBOM, or of a document that holds nothing else.
//!
//! Standard: ECMA-424, "Vulnerabilities" with `analysis` and `affects`; BOM-Link
//! (`urn:cdx:serial/version#reference`). The document itself is read by `mainstay-sboms`.
//!
//! | `analysis.state` | here |
//! | --- | --- |
//! | `exploitable` | affected |
//! | `resolved`, `resolved_with_pedigree` | fixed |
//! | `in_triage` | under investigation |
//! | `not_affected` | not affected, with `justification` or `detail` as the reason |
//! | `false_positive` | not affected: the state itself is the reason |
//!
//! Where `affects` lists versions, each is a statement of its own: `unknown` is under
//! investigation whatever the analysis, and `unaffected` is not affected.
//!
//! What an SBOM says about a component holds in the software that the SBOM describes. Where it
//! describes none, the statement is about the component as such.
//!
//! SPDX specification 3.0.1, profile Security, comes in the same model; there a statement may name
//! another product than the described one, and its own author.

use std::collections::HashMap;
use std::sync::Arc;

use mainstay_reading::{ReadError, decode};
use mainstay_sboms::properties::{VEX_AUTHOR, VEX_UNSAID, VEX_WITHDRAWN};
use mainstay_sboms::{
    Affected, AffectedStatus, Analysis, AnalysisState, Component, End, Identifier, PartyKind, Sbom,
    Versions, Vulnerability, cyclonedx, spdx,
};
use mainstay_types::Purl;
use mainstay_versions::VersRange;

use crate::document::{Document, Drafting};
use crate::justification::Justification;
use crate::notes;
use crate::openvex::NO_REASON;
use crate::product::{PackagePattern, Product, Subject, Whole, read_purl, with_version};
use crate::statement::{Claim, Flaw, Reason, SaidBy, Statement, VexFormat};

pub(crate) use mainstay_sboms::properties::{
    VEX_EVIDENCE as EVIDENCE, VEX_EXPIRES as EXPIRES, VEX_JUSTIFICATION as JUSTIFICATION,
    VEX_NOTES as NOTES,
};

/// Reads a document.
pub(crate) fn read(bytes: &[u8]) -> Result<Document, ReadError> {
    let text = decode(bytes)?;
    if text.trim_start().starts_with('<') {
        of_sbom(&cyclonedx::read_xml(bytes)?)
    } else {
        of_sbom(&cyclonedx::read_json(&text)?)
    }
}

/// Reads a document of SPDX 3: the profile Security.
pub(crate) fn read_spdx(text: &str) -> Result<Document, ReadError> {
    of_sbom(&spdx::read_v3(text)?)
}

/// The statements that an SBOM makes.
pub fn of_sbom(sbom: &Sbom<'_>) -> Result<Document, ReadError> {
    let document = &sbom.document;
    let parties = document.supplier.iter().chain(&document.manufacturer).chain(&document.authors);
    // The program that wrote the document says nothing of its own.
    let parties = parties.filter(|party| party.kind != PartyKind::Tool);
    let mut names = parties.map(|party| &*party.name).filter(|name| !name.is_empty());
    let mut drafting = Drafting::new(SaidBy {
        author: names.next().map(str::to_owned),
        document: document.identity.as_deref().unwrap_or_default().to_owned(),
        version: document.edition.map(|edition| edition.to_string()),
        format: if document.spec.standard() == "SPDX" {
            VexFormat::Spdx
        } else {
            VexFormat::CycloneDx
        },
    });
    let created = drafting.moment(None, "the document", document.created.as_deref());
    let whole = sbom.described.first().and_then(|id| sbom.components.get(id.position()));
    let whole = whole.map(|component| (component, Arc::new(whole_of(component))));
    // A report of a scanner lists vulnerabilities and says nothing about them: one word for all.
    let (listed, stated): (Vec<_>, Vec<_>) =
        sbom.vulnerabilities.iter().partition(|one| is_bare(one));
    match listed.as_slice() {
        [] => {}
        [one] => drafting.remark(one.line, &*one.id, NO_ANALYSIS),
        [one, ..] => {
            let why =
                format!("they are listed, {} the first, and there is no analysis of them", one.id);
            drafting.remark(one.line, format!("{} vulnerabilities", listed.len()), why);
        }
    }
    for vulnerability in stated {
        one(&mut drafting, sbom, whole.as_ref(), vulnerability, created)?;
    }
    Ok(drafting.finish())
}

/// Why a vulnerability that is only listed says nothing.
const NO_ANALYSIS: &str = "it is listed, and there is no analysis of it";

/// Whether a vulnerability is only listed: no state, no status of a version but "affected", and no
/// word that there was more.
fn is_bare(raw: &Vulnerability<'_>) -> bool {
    let mut versions = raw.affects.iter().flat_map(|affected| &affected.versions);
    !raw.id.is_empty()
        && !raw.affects.is_empty()
        && raw.properties.iter().all(|one| one.name != VEX_UNSAID)
        && raw.analysis.as_ref().is_none_or(|analysis| analysis.state.is_none())
        && versions.all(|version| version.status == AffectedStatus::Affected)
}

type Main<'s, 'a> = (&'s Component<'a>, Arc<Whole>);

fn one(
    drafting: &mut Drafting,
    sbom: &Sbom<'_>,
    main: Option<&Main<'_, '_>>,
    raw: &Vulnerability<'_>,
    created: Option<jiff::Timestamp>,
) -> Result<(), ReadError> {
    if raw.id.is_empty() {
        drafting.remark(raw.line, "a vulnerability", "it has no id");
        return Ok(());
    }
    let aliases = raw.aliases.iter().map(|(id, _)| id.to_string()).collect();
    let flaw = Arc::new(Flaw { id: raw.id.to_string(), aliases });
    let property = |name: &str| raw.properties.iter().find(|one| one.name == name);
    if let Some(withdrawn) = property(VEX_WITHDRAWN) {
        let why = format!("it was withdrawn on {}", withdrawn.value);
        drafting.remark(raw.line, &flaw.id, why);
        return Ok(());
    }
    if let Some(unsaid) = property(VEX_UNSAID) {
        let why = format!("the document could not hold what was said: {}", unsaid.value);
        drafting.remark(raw.line, &flaw.id, why);
        return Ok(());
    }
    let notes = property(NOTES).map(|one| notes::read(&one.value)).unwrap_or_default();
    let last_day =
        property(EXPIRES).map(|one| one.value.parse().map_err(|_| one.value.to_string()));
    let last_day = last_day.or(notes.unreadable.map(Err)).or(notes.expires.map(Ok));
    let expires = match last_day.transpose() {
        Ok(day) => day,
        Err(text) => {
            let why = format!("its last day \"{text}\" is no date, so nobody can say if it holds");
            drafting.remark(raw.line, &flaw.id, why);
            return Ok(());
        }
    };
    let said_by = author_of(drafting, property(VEX_AUTHOR).map(|one| one.value.as_ref()));
    let analysis = raw.analysis.as_ref();
    let word = property(JUSTIFICATION).map(|one| one.value.as_ref());
    let issued = analysis.and_then(|analysis| analysis.first_issued.as_deref());
    let updated = analysis.and_then(|analysis| analysis.last_updated.as_deref());
    // A date that cannot be read is none: the document's does not stand in for it.
    let has_own_date = issued.is_some() || updated.is_some();
    let issued = drafting.moment(raw.line, &flaw.id, issued);
    let updated = drafting.moment(raw.line, &flaw.id, updated);
    let of_properties = raw.properties.iter().filter(|one| one.name == EVIDENCE);
    let of_properties = of_properties.map(|one| one.value.to_string());
    let evidence: Vec<String> =
        of_advisories(sbom, raw).chain(of_properties).chain(notes.evidence).collect();
    let evidence: Arc<[String]> = evidence.into();
    if raw.affects.is_empty() {
        drafting.remark(raw.line, &flaw.id, "it names nothing that it affects");
    }
    let notes: Option<Arc<str>> = notes.text.map(Into::into);
    // A text may be long, and what it is about may be a lot.
    let mut claims: HashMap<Option<AffectedStatus>, Result<Claim, &'static str>> = HashMap::new();
    for affected in &raw.affects {
        let other = affected.product.and_then(|end| whole_at(sbom, end));
        for (product, status) in products(sbom, main, other.as_ref(), affected) {
            let said = claims.entry(status).or_insert_with(|| claim(raw, analysis, word, status));
            let claim = match said {
                Ok(claim) => claim.clone(),
                Err(why) => {
                    let about = format!("{} in {}", flaw.id, product.written);
                    drafting.remark(raw.line, about, *why);
                    continue;
                }
            };
            drafting.add(Statement {
                said_by: Arc::clone(&said_by),
                flaw: Arc::clone(&flaw),
                product,
                claim,
                evidence: Arc::clone(&evidence),
                notes: notes.clone(),
                issued: if has_own_date { issued } else { created },
                updated,
                expires,
                line: raw.line,
            })?;
        }
    }
    Ok(())
}

/// What is said of a version, by the analysis and by the version's own status.
fn claim(
    raw: &Vulnerability<'_>,
    analysis: Option<&Analysis<'_>>,
    word: Option<&str>,
    status: Option<AffectedStatus>,
) -> Result<Claim, &'static str> {
    let state = analysis.and_then(|analysis| analysis.state);
    match (status, state) {
        (Some(AffectedStatus::Unknown), _) => return Ok(Claim::UnderInvestigation),
        (Some(AffectedStatus::Unaffected), Some(AnalysisState::NotAffected))
        | (Some(AffectedStatus::Affected) | None, _) => {}
        (Some(AffectedStatus::Unaffected), _) => {
            let words = "the document lists the version as unaffected";
            return Ok(Claim::NotAffected(Reason::Impact(words.into())));
        }
    }
    let detail = analysis.and_then(|analysis| analysis.detail.as_deref()).map(str::trim);
    let detail: Option<Arc<str>> = detail.filter(|text| !text.is_empty()).map(Into::into);
    match state {
        None => Err(NO_ANALYSIS),
        Some(AnalysisState::Resolved | AnalysisState::ResolvedWithPedigree) => Ok(Claim::Fixed),
        Some(AnalysisState::InTriage) => Ok(Claim::UnderInvestigation),
        Some(AnalysisState::Exploitable) => {
            Ok(Claim::Affected { action: action(raw, detail.as_deref()) })
        }
        Some(AnalysisState::FalsePositive) => {
            let words = detail.unwrap_or_else(|| "a false positive".into());
            Ok(Claim::NotAffected(Reason::Impact(words)))
        }
        Some(AnalysisState::NotAffected) => {
            let own = analysis.and_then(|analysis| analysis.justification).map(justification);
            let kept = word.and_then(Justification::from_word);
            Reason::of(kept.or(own), detail).map(Claim::NotAffected).ok_or(NO_REASON)
        }
    }
}

/// What the document asks to do.
fn action(raw: &Vulnerability<'_>, detail: Option<&str>) -> Option<Arc<str>> {
    let texts = [raw.recommendation.as_deref(), raw.workaround.as_deref(), detail];
    let texts: Vec<&str> =
        texts.into_iter().flatten().map(str::trim).filter(|text| !text.is_empty()).collect();
    (!texts.is_empty()).then(|| texts.join("; ").into())
}

fn justification(own: mainstay_sboms::Justification) -> Justification {
    use mainstay_sboms::Justification as Own;
    match own {
        Own::CodeNotPresent => Justification::VulnerableCodeNotPresent,
        Own::CodeNotReachable => Justification::VulnerableCodeNotInExecutePath,
        Own::RequiresConfiguration => Justification::RequiresConfiguration,
        Own::RequiresDependency => Justification::RequiresDependency,
        Own::RequiresEnvironment => Justification::RequiresEnvironment,
        Own::ProtectedByCompiler => Justification::ProtectedByCompiler,
        Own::ProtectedAtRuntime => Justification::ProtectedAtRuntime,
        Own::ProtectedAtPerimeter => Justification::ProtectedAtPerimeter,
        Own::ProtectedByMitigatingControl => Justification::ProtectedByMitigatingControl,
    }
}

/// The document's own word, or that of somebody whom it names for one statement.
fn author_of(drafting: &Drafting, author: Option<&str>) -> Arc<SaidBy> {
    match author {
        Some(author) if drafting.said_by.author.as_deref() != Some(author) => {
            let author = Some(author.to_owned());
            Arc::new(SaidBy { author, ..(*drafting.said_by).clone() })
        }
        Some(_) | None => Arc::clone(&drafting.said_by),
    }
}

/// The addresses of a vulnerability. In SPDX they are of the vulnerability, and no evidence.
fn of_advisories<'r>(
    sbom: &Sbom<'_>,
    raw: &'r Vulnerability<'_>,
) -> impl Iterator<Item = String> + 'r {
    let is_spdx = sbom.document.spec.standard() == "SPDX";
    raw.advisories.iter().filter(move |_| !is_spdx).map(ToString::to_string)
}

/// A product beside the one that the document describes.
fn whole_at(sbom: &Sbom<'_>, end: End) -> Option<Arc<Whole>> {
    match end {
        End::Component(id) => sbom.component(id).map(|one| Arc::new(whole_of(one))),
        End::External(id) => sbom.external(id).map(|text| {
            Arc::new(match read_purl(text) {
                Ok(purl) => Whole::Package(PackagePattern::new(purl)),
                Err(_) => Whole::Other(text.to_owned()),
            })
        }),
        End::Document | End::Nothing | End::NoAssertion => None,
    }
}

/// What `affects` names: one product, or one for each listed version. `other` is the product of
/// which it is a part, where that is not what the document describes.
fn products(
    sbom: &Sbom<'_>,
    main: Option<&Main<'_, '_>>,
    other: Option<&Arc<Whole>>,
    affected: &Affected<'_>,
) -> Vec<(Product, Option<AffectedStatus>)> {
    let (written, subject) = target(sbom, main, affected.target);
    let (written, subject) = match other {
        Some(whole) => (format!("{written} in {}", whole.label()), part_of(whole, subject)),
        None => (written, subject),
    };
    if affected.versions.is_empty() {
        return vec![(Product { written: written.into(), subject }, None)];
    }
    let each = affected.versions.iter().map(|version| {
        let (text, subject) = match &version.versions {
            Versions::One(text) => (text, in_version(&subject, text)),
            Versions::Range(text) => (text, in_range(&subject, text)),
        };
        let written = format!("{written} {text}").into();
        (Product { written, subject }, Some(version.status))
    });
    each.collect()
}

/// The same as a part of another product.
fn part_of(whole: &Arc<Whole>, subject: Subject) -> Subject {
    match subject {
        Subject::Package(part) | Subject::Part { part, .. } => {
            Subject::Part { whole: Arc::clone(whole), part }
        }
        Subject::Whole(_) => {
            Subject::Unmatchable("a part of a product has no package URL to be known by".into())
        }
        Subject::Unmatchable(why) => Subject::Unmatchable(why),
    }
}

fn target(sbom: &Sbom<'_>, main: Option<&Main<'_, '_>>, end: End) -> (String, Subject) {
    let unmatchable = |written: String, why: &str| (written, Subject::Unmatchable(why.into()));
    match end {
        End::Component(id) => {
            let Some(component) = sbom.components.get(id.position()) else {
                return unmatchable("a component".to_owned(), "the document does not have it");
            };
            let written = label(component);
            let pattern = pattern(component);
            match (main, pattern) {
                (Some((own, whole)), pattern) if std::ptr::eq(*own, component) => {
                    let subject = pattern
                        .map_or_else(|_| Subject::Whole(Arc::clone(whole)), Subject::Package);
                    (written, subject)
                }
                (Some((_, whole)), Ok(part)) => {
                    (written, Subject::Part { whole: Arc::clone(whole), part })
                }
                (None, Ok(pattern)) => (written, Subject::Package(pattern)),
                (_, Err(why)) => (written, Subject::Unmatchable(why)),
            }
        }
        End::External(id) => match sbom.external.get(id.position()) {
            Some(text) => external(text),
            None => unmatchable("an element".to_owned(), "the document does not have it"),
        },
        End::Document => match main {
            Some((own, whole)) => (label(own), Subject::Whole(Arc::clone(whole))),
            None => unmatchable("the document".to_owned(), "it describes no software"),
        },
        End::Nothing | End::NoAssertion => {
            unmatchable("nothing".to_owned(), "the document does not say what is affected")
        }
    }
}

/// An element that is not in the document: of another SBOM by BOM-Link, or a package URL.
fn external(text: &str) -> (String, Subject) {
    let written = text.to_owned();
    let Some(link) = text.strip_prefix("urn:cdx:") else {
        let subject = match read_purl(text) {
            Ok(purl) => Subject::Package(PackagePattern::new(purl)),
            Err(_) => Subject::Unmatchable("the document does not have such a component".into()),
        };
        return (written, subject);
    };
    let (bom, reference) = match link.split_once('#') {
        Some((bom, reference)) => (bom, Some(reference)),
        None => (link, None),
    };
    let (serial, edition) = bom.split_once('/').unwrap_or((bom, ""));
    let edition = edition.parse().ok();
    let whole = Arc::new(Whole::Bom { serial: format!("urn:uuid:{serial}"), edition });
    let subject = match reference.map(|text| read_purl(text).or_else(|_| decoded(text))) {
        None => Subject::Whole(whole),
        Some(Ok(purl)) => Subject::Part { whole, part: PackagePattern::new(purl) },
        Some(Err(_)) => Subject::Unmatchable(
            "it names a component of another SBOM by a reference that is no package URL".into(),
        ),
    };
    (written, subject)
}

/// A package URL whose own encoding is encoded once more, as in a fragment.
fn decoded(text: &str) -> Result<Purl, mainstay_types::PurlError> {
    Purl::parse(&text.replace("%3A", ":").replace("%2F", "/").replace("%40", "@"))
}

fn whole_of(component: &Component<'_>) -> Whole {
    match pattern(component) {
        Ok(pattern) => Whole::Package(pattern),
        Err(_) => Whole::Named {
            name: name(component),
            version: component.version.as_deref().map(str::to_owned),
        },
    }
}

fn pattern(component: &Component<'_>) -> Result<PackagePattern, Arc<str>> {
    if let Some(purl) = component.identifiers.iter().find_map(Identifier::as_purl) {
        return Ok(PackagePattern::new(purl.clone()));
    }
    let broken = component.identifiers.iter().find_map(|one| match one {
        Identifier::BadPurl(_, error) => Some(error),
        Identifier::Purl(_)
        | Identifier::Cpe(_)
        | Identifier::Swid(_)
        | Identifier::Swhid(_)
        | Identifier::Gitoid(_)
        | Identifier::Other(_) => None,
    });
    let has_cpe = component.identifiers.iter().any(|one| matches!(one, Identifier::Cpe(_)));
    Err(match (broken, has_cpe) {
        (Some(error), _) => format!("its package URL cannot be read: {error}").into(),
        (None, true) => "the component has a CPE and no package URL".into(),
        (None, false) => "the component has no package URL".into(),
    })
}

fn name(component: &Component<'_>) -> String {
    match component.group.as_deref().filter(|group| !group.is_empty()) {
        Some(group) => format!("{group}/{}", component.name),
        None => component.name.to_string(),
    }
}

fn label(component: &Component<'_>) -> String {
    let version = component.version.as_deref().map(|version| format!(" {version}"));
    name(component) + &version.unwrap_or_default()
}

/// The subject in one version.
fn in_version(subject: &Subject, version: &str) -> Subject {
    each_pattern(subject, Some(version), |purl| with_version(purl, version))
}

/// The subject in a range of versions.
fn in_range(subject: &Subject, text: &str) -> Subject {
    each_pattern(subject, None, |purl| {
        let range = VersRange::parse(text)
            .map_err(|error| Arc::from(format!("its range cannot be decided: {error}")))?;
        Ok(PackagePattern::within(purl.clone(), range, text))
    })
}

/// The subject with its package in other versions. Of software that only has a name, a range
/// cannot be decided.
fn each_pattern(
    subject: &Subject,
    version: Option<&str>,
    change: impl Fn(&Purl) -> Result<PackagePattern, Arc<str>>,
) -> Subject {
    let changed = match subject {
        Subject::Package(pattern) => change(pattern.purl()).map(Subject::Package),
        Subject::Part { whole, part } => {
            change(part.purl()).map(|part| Subject::Part { whole: Arc::clone(whole), part })
        }
        Subject::Whole(whole) => match (&**whole, version) {
            (Whole::Named { name, .. }, Some(version)) => {
                let (name, version) = (name.clone(), Some(version.to_owned()));
                Ok(Subject::Whole(Arc::new(Whole::Named { name, version })))
            }
            _ => Err("no order is known for the versions of software without a package URL".into()),
        },
        Subject::Unmatchable(why) => Err(Arc::clone(why)),
    };
    changed.unwrap_or_else(Subject::Unmatchable)
}

#[cfg(test)]
mod tests;
