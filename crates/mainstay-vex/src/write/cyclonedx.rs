//! CycloneDX 1.6 (ECMA-424): a document of vulnerabilities and what they affect.
//!
//! One vulnerability per statement, since a vulnerability has one analysis. Statements about
//! parts of a product make that product the one that the document describes.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{Publication, WriteError, content, date, newest, uuid_of};
use crate::cyclonedx::{EVIDENCE, EXPIRES, JUSTIFICATION, NOTES};
use crate::product::{PackagePattern, Subject, Whole};
use crate::statement::{Claim, Reason, Statement};

pub(super) fn document(
    statements: &[&Statement],
    publication: &Publication,
) -> Result<Value, WriteError> {
    let main = main(statements)?;
    let mut components: Vec<Value> = Vec::new();
    let mut known: BTreeSet<String> = BTreeSet::new();
    let mut vulnerabilities = Vec::new();
    for one in statements {
        let target = Target::of(one, main.as_ref());
        if !target.is_main && !target.is_linked && known.insert(target.reference.clone()) {
            components.push(target.component());
        }
        vulnerabilities.push(vulnerability(one, &target, publication));
    }
    let mut metadata = json!({
        "timestamp": date(newest(statements, publication)),
        "authors": [{"name": publication.author}],
    });
    if let (Some(main), Some(fields)) = (&main, metadata.as_object_mut()) {
        fields.insert("component".to_owned(), main.component());
    }
    let serial = uuid_of(&content(statements, publication));
    let serial = publication
        .id
        .clone()
        .filter(|id| id.starts_with("urn:uuid:"))
        .unwrap_or_else(|| format!("urn:uuid:{serial}"));
    let mut document = json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": serial,
        "version": 1,
        "metadata": metadata,
        "vulnerabilities": vulnerabilities,
    });
    if let (false, Some(fields)) = (components.is_empty(), document.as_object_mut()) {
        fields.insert("components".to_owned(), json!(components));
    }
    Ok(document)
}

/// What an `affects` leads to.
struct Target {
    reference: String,
    name: String,
    version: Option<String>,
    purl: Option<String>,
    range: Option<String>,
    is_main: bool,
    /// Whether it is of another SBOM, and so no component here.
    is_linked: bool,
}

/// The BOM-Link of a document. An SBOM that says no version is of version 1.
fn bom_link(serial: &str, edition: Option<u64>) -> String {
    let serial = serial.strip_prefix("urn:uuid:").unwrap_or(serial);
    format!("urn:cdx:{serial}/{}", edition.unwrap_or(1))
}

impl Target {
    fn of(one: &Statement, main: Option<&Self>) -> Self {
        let mut target = match &one.product.subject {
            Subject::Package(pattern) => Self::package(pattern),
            Subject::Part { whole, part } => match &**whole {
                Whole::Bom { serial, edition } => Self::linked(serial, *edition, part),
                Whole::Package(_) | Whole::Named { .. } | Whole::Other(_) => Self::package(part),
            },
            Subject::Whole(whole) => Self::whole(whole),
            Subject::Unmatchable(_) => Self::named(&one.product.written, None),
        };
        target.is_main = main.is_some_and(|main| main.reference == target.reference);
        target
    }

    fn package(pattern: &PackagePattern) -> Self {
        let purl = pattern.purl();
        let group = purl.namespace().map(|namespace| format!("{namespace}/")).unwrap_or_default();
        Self {
            reference: pattern.purl().to_string(),
            name: format!("{group}{}", purl.name()),
            version: purl.version().map(|version| version.to_string()),
            purl: Some(purl.to_string()),
            range: pattern.range().map(str::to_owned),
            is_main: false,
            is_linked: false,
        }
    }

    /// A component of another SBOM, by BOM-Link.
    fn linked(serial: &str, edition: Option<u64>, part: &PackagePattern) -> Self {
        let reference = format!("{}#{}", bom_link(serial, edition), part.purl());
        Self { reference, is_linked: true, ..Self::package(part) }
    }

    fn whole(whole: &Whole) -> Self {
        match whole {
            Whole::Package(pattern) => Self::package(pattern),
            Whole::Named { name, version } => Self::named(name, version.clone()),
            Whole::Other(name) => Self::named(name, None),
            Whole::Bom { serial, edition } => {
                let reference = bom_link(serial, *edition);
                Self { reference, is_linked: true, ..Self::named(serial, None) }
            }
        }
    }

    fn named(name: &str, version: Option<String>) -> Self {
        Self {
            reference: name.to_owned(),
            name: name.to_owned(),
            version,
            purl: None,
            range: None,
            is_main: false,
            is_linked: false,
        }
    }

    fn component(&self) -> Value {
        let mut fields = Map::new();
        let kind = if self.purl.is_some() { "library" } else { "application" };
        fields.insert("type".to_owned(), json!(kind));
        fields.insert("bom-ref".to_owned(), json!(self.reference));
        fields.insert("name".to_owned(), json!(self.name));
        if let Some(version) = &self.version {
            fields.insert("version".to_owned(), json!(version));
        }
        if let Some(purl) = &self.purl {
            fields.insert("purl".to_owned(), json!(purl));
        }
        Value::Object(fields)
    }
}

/// The software that the document describes. Statements about a package as such cannot stand
/// beside statements about a part of something: they would become such parts.
fn main(statements: &[&Statement]) -> Result<Option<Target>, WriteError> {
    let mut wholes: BTreeSet<String> = BTreeSet::new();
    let mut main = None;
    let mut has_packages = false;
    for one in statements {
        let whole = match &one.product.subject {
            Subject::Part { whole, .. } | Subject::Whole(whole) => whole,
            Subject::Package(_) | Subject::Unmatchable(_) => {
                has_packages = true;
                continue;
            }
        };
        if matches!(**whole, Whole::Bom { .. }) {
            continue;
        }
        wholes.insert(whole.label());
        main = Some(Target::whole(whole));
    }
    if wholes.len() > 1 || (has_packages && !wholes.is_empty()) {
        let mut about: Vec<String> = wholes.into_iter().collect();
        if has_packages {
            about.push("packages in themselves".to_owned());
        }
        return Err(WriteError::SeveralProducts(about.join(", ")));
    }
    Ok(main)
}

fn vulnerability(one: &Statement, target: &Target, publication: &Publication) -> Value {
    let mut fields = Map::new();
    let mut put = |key: &str, value: Value| fields.insert(key.to_owned(), value);
    put("id", json!(one.flaw.id));
    if !one.flaw.aliases.is_empty() {
        let source = |id: &str| id.split('-').next().unwrap_or(id).to_owned();
        let alias = |id: &String| json!({"id": id, "source": {"name": source(id)}});
        put("references", one.flaw.aliases.iter().map(alias).collect());
    }
    put("analysis", analysis(one, publication));
    if let Some(action) = one.claim.action() {
        put("recommendation", json!(action));
    }
    let is_url = |text: &&String| text.contains("://");
    let (urls, words): (Vec<&String>, Vec<&String>) = one.evidence.iter().partition(is_url);
    if !urls.is_empty() {
        put("advisories", urls.iter().map(|url| json!({"url": url})).collect());
    }
    let mut affects = json!({"ref": target.reference});
    if let (Some(range), Some(affects)) = (&target.range, affects.as_object_mut()) {
        let mut version = json!({"range": range});
        if let (Claim::NotAffected(_), Some(version)) = (&one.claim, version.as_object_mut()) {
            version.insert("status".to_owned(), json!("unaffected"));
        }
        affects.insert("versions".to_owned(), json!([version]));
    }
    put("affects", json!([affects]));
    let property = |name: &str, value: &str| json!({"name": name, "value": value});
    let mut properties: Vec<Value> = Vec::new();
    let justification = one.claim.reason().and_then(Reason::justification);
    properties.extend(justification.map(|word| property(JUSTIFICATION, word.word())));
    properties.extend(one.expires.map(|day| property(EXPIRES, &day.to_string())));
    properties.extend(words.into_iter().map(|text| property(EVIDENCE, text)));
    properties.extend(one.notes.as_deref().map(|text| property(NOTES, text)));
    if !properties.is_empty() {
        put("properties", json!(properties));
    }
    Value::Object(fields)
}

fn analysis(one: &Statement, publication: &Publication) -> Value {
    let state = match &one.claim {
        Claim::NotAffected(_) => "not_affected",
        Claim::Affected { .. } => "exploitable",
        Claim::Fixed => "resolved",
        Claim::UnderInvestigation => "in_triage",
    };
    let mut fields = Map::new();
    fields.insert("state".to_owned(), json!(state));
    if let Some(reason) = one.claim.reason() {
        if let Some(justification) = reason.justification() {
            fields.insert("justification".to_owned(), json!(justification.cyclonedx_word()));
        }
        if let Some(impact) = reason.impact() {
            fields.insert("detail".to_owned(), json!(impact));
        }
    }
    let issued = one.issued.or(one.updated).unwrap_or(publication.time);
    fields.insert("firstIssued".to_owned(), json!(date(issued)));
    if let Some(updated) = one.updated.filter(|updated| *updated > issued) {
        fields.insert("lastUpdated".to_owned(), json!(date(updated)));
    }
    Value::Object(fields)
}
