//! One component as a package, a file or a model.

use serde_json::{Map, Value, json};

use super::Writing;
use crate::properties::component::beside_spdx;
use crate::properties::remark;
use crate::spdx::held::{EXTERNAL_REFS, OTHER_PURPOSES_3, Place, full_name, iri, is_checksum};
use crate::spdx::identity::moment;
use crate::spdx::words::{NO_ASSERTION, NONE};
use crate::{
    Acknowledgement, Component, ComponentId, ComponentKind, Identifier, ModelCard, ReferenceKind,
};

impl<'t> Writing<'_, 't> {
    /// Writes a component, its licences and its remarks.
    pub(super) fn artifact(&mut self, id: ComponentId, component: &Component<'t>) {
        let name = self.names.get(id).to_owned();
        let details = component.details();
        let supplier = details.supplier.as_ref().and_then(|party| self.party(party));
        let origin = details.originator.iter().chain(&details.manufacturer).chain(&details.authors);
        let origin: Vec<String> = origin.filter_map(|party| self.party(party)).collect();
        let mut fields = json!({
            "name": full_name(component),
            "suppliedBy": supplier,
            "originatedBy": origin,
            "summary": details.summary,
            "description": details.description,
            "comment": details.comment,
            "software_copyrightText": details.copyright,
            "software_attributionText": details.attributions,
            "software_primaryPurpose": purpose(component),
            "verifiedUsing": proofs(component),
            "externalIdentifier": identifiers(component),
            "externalRef": references(component),
            "releaseTime": details.released.as_deref().and_then(moment),
            "builtTime": details.built.as_deref().and_then(moment),
            "validUntilTime": details.valid_until.as_deref().and_then(moment),
        });
        let is_file = component.kind == ComponentKind::File;
        let class = if is_file {
            "software_File"
        } else if component.kind == ComponentKind::Model {
            "ai_AIPackage"
        } else {
            "software_Package"
        };
        let own = if is_file { file(component) } else { package(component) };
        if let Some(fields) = fields.as_object_mut() {
            fields.extend(own);
        }
        if let (ComponentKind::Model, Some(card), Some(map)) =
            (component.kind, &details.model_card, fields.as_object_mut())
        {
            model_card(map, card);
        }
        let iri = self.push(class, &name, fields);
        self.licences_of(&iri, component);
        for property in &details.properties {
            self.remark(&iri, "other", &remark::of(&property.name, &property.value));
        }
        for told in self.claims.remarks.remove(&id).into_iter().flatten() {
            self.remark(&iri, "other", &told);
        }
        let beside =
            beside_spdx(component, Place::in_3(component), |id| self.iri(self.names.get(id)));
        for (name, value) in beside {
            self.remark(&iri, "other", &remark::of(&name, &value));
        }
    }

    fn licences_of(&mut self, iri: &str, component: &Component<'_>) {
        let kinds: [(&str, &[Acknowledgement]); 2] = [
            ("hasConcludedLicense", &[Acknowledgement::Concluded]),
            ("hasDeclaredLicense", &[Acknowledgement::Declared, Acknowledgement::Unstated]),
        ];
        for (kind, by) in kinds {
            let expression = self.expressions.stated(component, by);
            let to = match &*expression {
                NO_ASSERTION => continue,
                NONE => "expandedlicensing_NoneLicense".to_owned(),
                _ => self.licence(&expression),
            };
            self.edge(iri, kind, None, None, &[to]);
        }
    }

    /// The address of an expression's element.
    fn licence(&mut self, expression: &str) -> String {
        let next = self.licences.len();
        let at = *self.licence_at.entry(expression.to_owned()).or_insert(next);
        if at == next {
            self.licences.push(expression.to_owned());
        }
        self.iri(&format!("Licence-{at}"))
    }
}

/// The fields that only a file has.
fn file(component: &Component<'_>) -> Vec<(String, Value)> {
    vec![("contentType".to_owned(), json!(component.details().media_type))]
}

/// The fields that only packages have.
fn package(component: &Component<'_>) -> Vec<(String, Value)> {
    [
        ("software_packageVersion", json!(component.version)),
        ("software_packageUrl", json!(component.purl().map(ToString::to_string))),
        ("software_downloadLocation", json!(iri(component, &ReferenceKind::Distribution))),
        ("software_homePage", json!(iri(component, &ReferenceKind::Website))),
        ("software_sourceInfo", json!(component.details().source_info)),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .to_vec()
}

fn purpose(component: &Component<'_>) -> Option<&'static str> {
    let written = component.details().kind_as_written.as_deref();
    if component.kind == ComponentKind::Other
        && let Some(word) = OTHER_PURPOSES_3.into_iter().find(|word| Some(*word) == written)
    {
        return Some(word);
    }
    Some(match component.kind {
        ComponentKind::Application => "application",
        ComponentKind::Framework => "framework",
        ComponentKind::Library => "library",
        ComponentKind::Container => "container",
        ComponentKind::Platform => "platform",
        ComponentKind::OperatingSystem => "operatingSystem",
        ComponentKind::Device => "device",
        ComponentKind::DeviceDriver => "deviceDriver",
        ComponentKind::Firmware => "firmware",
        ComponentKind::File => return None,
        ComponentKind::Model => "model",
        ComponentKind::Data => "data",
        ComponentKind::Source => "source",
        ComponentKind::Archive => "archive",
        ComponentKind::Installer => "install",
        ComponentKind::Snippet
        | ComponentKind::CryptographicAsset
        | ComponentKind::Service
        | ComponentKind::Other => "other",
    })
}

fn proofs(component: &Component<'_>) -> Vec<Value> {
    let hashes = component.hashes.iter().filter(|hash| is_checksum(hash)).map(|hash| {
        json!({
            "type": "Hash",
            "algorithm": hash.algorithm.spdx_name().to_lowercase().replace("sha3-", "sha3_").replace('-', ""),
            "hashValue": hash.value.to_lowercase(),
        })
    });
    let code = component.details().verification_code.iter().map(|code| {
        json!({
            "type": "PackageVerificationCode",
            "algorithm": "sha1",
            "hashValue": code,
        })
    });
    hashes.chain(code).collect()
}

fn identifiers(component: &Component<'_>) -> Vec<Value> {
    let all = component.identifiers.iter().filter_map(|identifier| {
        let (kind, value) = match identifier {
            Identifier::Purl(purl) => ("packageUrl", purl.to_string()),
            Identifier::Cpe(cpe) if cpe.starts_with("cpe:2.3:") => ("cpe23", cpe.to_string()),
            Identifier::Cpe(cpe) => ("cpe22", cpe.to_string()),
            Identifier::Swid(swid) => ("swid", swid.tag_id.to_string()),
            Identifier::Swhid(id) => ("swhid", id.to_string()),
            Identifier::Gitoid(id) => ("gitoid", id.to_string()),
            Identifier::BadPurl(..) | Identifier::Other(_) => return None,
        };
        Some(json!({
            "type": "ExternalIdentifier",
            "externalIdentifierType": kind,
            "identifier": value,
        }))
    });
    all.collect()
}

fn references(component: &Component<'_>) -> Vec<Value> {
    // A file has no fields for these two.
    let is_package = Place::in_3(component) == Place::Package3;
    let field = |kind: &ReferenceKind<'_>| iri(component, kind).filter(|_| is_package);
    let (download, home) = (field(&ReferenceKind::Distribution), field(&ReferenceKind::Website));
    let others = component.references.iter().filter(|one| {
        let url = &*one.url;
        (one.kind != ReferenceKind::Distribution || Some(url) != download)
            && (one.kind != ReferenceKind::Website || Some(url) != home)
    });
    others
        .map(|one| {
            let mut fields = Map::new();
            fields.insert("type".to_owned(), "ExternalRef".into());
            fields.insert("externalRefType".to_owned(), reference_type(&one.kind).into());
            fields.insert("locator".to_owned(), json!([one.url]));
            if let Some(comment) = &one.comment {
                fields.insert("comment".to_owned(), json!(comment));
            }
            Value::Object(fields)
        })
        .collect()
}

fn reference_type<'c>(kind: &'c ReferenceKind<'_>) -> &'c str {
    match kind {
        ReferenceKind::Other(word) if EXTERNAL_REFS.contains(&&**word) => word,
        ReferenceKind::Vcs => "vcs",
        ReferenceKind::Distribution => "altDownloadLocation",
        ReferenceKind::SourceDistribution => "sourceArtifact",
        ReferenceKind::Website => "altWebPage",
        ReferenceKind::IssueTracker => "issueTracker",
        ReferenceKind::Advisories => "securityAdvisory",
        ReferenceKind::Documentation => "documentation",
        ReferenceKind::Licence => "license",
        ReferenceKind::ReleaseNotes => "releaseNotes",
        ReferenceKind::ExploitabilityStatement => "vulnerabilityExploitabilityAssessment",
        ReferenceKind::SecurityContact => "securityOther",
        ReferenceKind::Bom | ReferenceKind::Other(_) => "other",
    }
}

fn model_card(fields: &mut Map<String, Value>, card: &ModelCard<'_>) {
    let metrics = card.metrics.iter().map(|one| entry(&one.name, &one.value));
    let metrics: Vec<Value> = metrics.collect();
    let prefix = "ai_hyperparameter.";
    let parameters = card
        .facts
        .iter()
        .filter_map(|fact| Some(entry(fact.name.strip_prefix(prefix)?, &fact.value)));
    let parameters: Vec<Value> = parameters.collect();
    let limitation = card.limitations.join("\n");
    for (name, value) in [
        ("ai_domain", json!(card.tasks)),
        ("ai_typeOfModel", json!(card.architectures)),
        ("ai_metric", json!(metrics)),
        ("ai_hyperparameter", json!(parameters)),
        ("ai_limitation", json!(limitation)),
    ] {
        fields.insert(name.to_owned(), value);
    }
}

fn entry(key: &str, value: &str) -> Value {
    json!({"type": "DictionaryEntry", "key": key, "value": value})
}
