//! A model as a document of SPDX 3.0.1 in JSON-LD.
//!
//! Standard: SPDX specification 3.0.1, profiles Core, Software, Security, Simple Licensing and AI. What the
//! standard has no place for, and what the document does not know, stands in annotations. The same
//! model gives the same text.

mod artifact;
mod relationship;
mod security;

use std::collections::{BTreeSet, HashMap};

use serde_json::{Value, json};

use crate::properties::document::beside_spdx_3;
use crate::properties::remark;
use crate::spdx::expressions::Expressions;
use crate::spdx::held::is_iri;
use crate::spdx::names::Names;
use crate::spdx::statement::Claims;
use crate::spdx::{identity, statement};
use crate::{Annotation, ComponentKind, End, Party, PartyKind, Sbom};
pub(crate) use security::has_class;

/// Writes a document.
pub(crate) fn write(sbom: &Sbom<'_>) -> Result<String, serde_json::Error> {
    let content = serde_json::to_string(&Writing::new(sbom, "").document())?;
    let namespace = identity::of(sbom, &content);
    let document = Writing::new(sbom, &namespace).document();
    let mut text = serde_json::to_string_pretty(&document)?;
    text.push('\n');
    Ok(text)
}

/// The individual of the standard for what nobody says.
const NO_ASSERTION_ELEMENT: &str = "https://spdx.org/rdf/3.0.1/terms/Core/NoAssertionElement";

/// The individual of the standard for what is not there.
const NONE_ELEMENT: &str = "https://spdx.org/rdf/3.0.1/terms/Core/NoneElement";

/// Elements have a creation info; all of them this one.
const MADE: &str = "_:creationinfo";

/// A document while it is written.
struct Writing<'s, 't> {
    sbom: &'s Sbom<'t>,
    names: Names,
    namespace: String,
    expressions: Expressions,
    claims: Claims,
    elements: Vec<Value>,
    /// Parties that have an element, with its name.
    parties: HashMap<String, String>,
    /// Expressions that have an element, in the order in which they were met.
    licences: Vec<String>,
    /// Their positions.
    licence_at: HashMap<String, usize>,
    relationships: usize,
    /// The creation infos of remarks, by who made them and when.
    creations: HashMap<(Option<String>, Option<String>), String>,
}

impl<'s, 't> Writing<'s, 't> {
    fn new(sbom: &'s Sbom<'t>, namespace: &str) -> Self {
        Self {
            sbom,
            names: Names::of(sbom),
            namespace: namespace.to_owned(),
            expressions: Expressions::of(sbom),
            claims: Claims::of(sbom),
            elements: Vec::new(),
            parties: HashMap::new(),
            licences: Vec::new(),
            licence_at: HashMap::new(),
            relationships: 0,
            creations: HashMap::new(),
        }
    }

    fn document(mut self) -> Value {
        self.made();
        let imports = self.imports();
        for (id, component) in self.sbom.with_ids() {
            self.artifact(id, component);
        }
        self.all_relationships();
        self.security();
        self.remarks();
        self.licence_elements();
        self.collections(&imports);
        json!({
            "@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld",
            "@graph": self.elements,
        })
    }

    /// The address of an element.
    fn iri(&self, name: &str) -> String {
        format!("{}#{name}", self.namespace)
    }

    fn push(&mut self, class: &str, name: &str, mut fields: Value) -> String {
        let iri = self.iri(name);
        if let Some(fields) = fields.as_object_mut() {
            fields.retain(|_, value| !is_nothing(value));
            fields.insert("type".to_owned(), class.into());
            fields.insert("spdxId".to_owned(), iri.clone().into());
            fields.insert("creationInfo".to_owned(), MADE.into());
        }
        self.elements.push(fields);
        iri
    }

    /// Who made the document, when and with what. There must be somebody.
    fn made(&mut self) {
        let document = &self.sbom.document;
        let mut by: Vec<String> =
            document.authors.iter().filter_map(|author| self.party(author)).collect();
        let tools = document.tools.iter().map(|tool| match &tool.version {
            Some(version) => format!("{}-{version}", tool.name),
            None => tool.name.to_string(),
        });
        let tools: Vec<String> = tools.collect();
        if by.is_empty() {
            let name = tools.last().map_or("mainstay", |tool| tool).to_owned();
            by.extend(self.party(&Party::named(PartyKind::Tool, name)));
        }
        let using: Vec<String> = tools
            .iter()
            .enumerate()
            .map(|(at, tool)| self.push("Tool", &format!("Tool-{at}"), json!({"name": tool})))
            .collect();
        let mut made = json!({
            "type": "CreationInfo",
            "@id": MADE,
            "specVersion": "3.0.1",
            "created": identity::created(self.sbom)
                .unwrap_or_else(|| crate::spdx::v2::NO_TIME.to_owned()),
            "createdBy": by,
        });
        if let Some(fields) = made.as_object_mut().filter(|_| !using.is_empty()) {
            fields.insert("createdUsing".to_owned(), using.into());
        }
        self.elements.insert(0, made);
    }

    /// The element of a party, made when it is first met. `None` when nobody says who.
    fn party(&mut self, party: &Party<'t>) -> Option<String> {
        let class = match party.kind {
            PartyKind::NoAssertion => return None,
            PartyKind::Person => "Person",
            PartyKind::Organisation => "Organization",
            PartyKind::Tool => "SoftwareAgent",
            PartyKind::Unknown => "Agent",
        };
        // Everything that a party is, as a key.
        let key = format!("{party:?}");
        if let Some(iri) = self.parties.get(&key) {
            return Some(iri.clone());
        }
        let mails = party.emails.iter().map(|mail| ("email", mail));
        let urls = party.urls.iter().map(|url| ("urlScheme", url));
        let identifiers: Vec<Value> = mails
            .chain(urls)
            .map(|(kind, value)| {
                json!({
                    "type": "ExternalIdentifier",
                    "externalIdentifierType": kind,
                    "identifier": value,
                })
            })
            .collect();
        let name = format!("Agent-{}", self.parties.len());
        let fields = json!({"name": party.name, "externalIdentifier": identifiers});
        let iri = self.push(class, &name, fields);
        self.parties.insert(key, iri.clone());
        Some(iri)
    }

    /// Elements of other documents that have an address, as the document must list them.
    fn imports(&self) -> Vec<Value> {
        let external = self.sbom.external.iter().filter(|name| is_iri(name));
        external.map(|name| json!({"type": "ExternalMap", "externalSpdxId": name})).collect()
    }

    fn remarks(&mut self) {
        let beside = beside_spdx_3(self.sbom).into_iter();
        let beside = beside.map(|(name, value)| remark::of(&name, &value));
        let told: Vec<String> = statement::of(self.sbom).into_iter().chain(beside).collect();
        let document = self.iri("document");
        for text in told {
            self.remark(&document, "other", &text);
        }
        for annotation in &self.sbom.annotations {
            let is_review =
                annotation.kind.as_deref().is_some_and(|kind| kind.eq_ignore_ascii_case("review"));
            for subject in &annotation.subjects {
                let subject = match subject {
                    End::Component(id) => self.iri(self.names.get(*id)),
                    End::Document | End::External(_) | End::Nothing | End::NoAssertion => {
                        document.clone()
                    }
                };
                let kind = if is_review { "review" } else { "other" };
                let made = self.signed(annotation);
                self.remark_by(&made, &subject, kind, &annotation.text);
            }
        }
    }

    fn remark(&mut self, subject: &str, kind: &str, text: &str) {
        self.remark_by(MADE, subject, kind, text);
    }

    fn remark_by(&mut self, made: &str, subject: &str, kind: &str, text: &str) {
        let name = format!("Annotation-{}", self.elements.len());
        let fields = json!({"annotationType": kind, "subject": subject, "statement": text});
        self.push("Annotation", &name, fields);
        if let Some(fields) = self.elements.last_mut().and_then(Value::as_object_mut) {
            fields.insert("creationInfo".to_owned(), made.into());
        }
    }

    /// The creation info of a remark: who made it, and when. One for each pair of these.
    fn signed(&mut self, annotation: &Annotation<'t>) -> String {
        let by = annotation.annotator.as_ref().and_then(|party| self.party(party));
        let created = annotation.timestamp.as_deref().and_then(identity::moment);
        if by.is_none() && created.is_none() {
            return MADE.to_owned();
        }
        let key = (by.clone(), created.clone());
        if let Some(known) = self.creations.get(&key) {
            return known.clone();
        }
        let name = format!("{MADE}-{}", self.creations.len());
        let own = self.elements.first();
        let of_document = |field: &str| own.and_then(|own| own.get(field)).cloned();
        let made = json!({
            "type": "CreationInfo",
            "@id": name,
            "specVersion": "3.0.1",
            "created": created.map(Value::from).or_else(|| of_document("created")),
            "createdBy": by.map(|by| json!([by])).or_else(|| of_document("createdBy")),
        });
        self.elements.push(made);
        self.creations.insert(key, name.clone());
        name
    }

    /// The expressions that were met, and the licences that they spell out.
    fn licence_elements(&mut self) {
        let spelt_out = std::mem::take(&mut self.expressions.spelt_out);
        for (id, licence) in &spelt_out {
            let fields = json!({
                "name": licence.name,
                "simplelicensing_licenseText": licence.text,
                "comment": licence.comment,
            });
            self.push("simplelicensing_SimpleLicensingText", id, fields);
        }
        for (at, expression) in std::mem::take(&mut self.licences).into_iter().enumerate() {
            let words = expression.split([' ', '(', ')', '+']);
            let used: BTreeSet<&str> = words.filter(|word| spelt_out.contains_key(*word)).collect();
            let used = used.into_iter();
            let entries: Vec<Value> = used
                .map(|id| json!({"type": "DictionaryEntry", "key": id, "value": self.iri(id)}))
                .collect();
            let fields = json!({
                "simplelicensing_licenseExpression": expression,
                "simplelicensing_customIdToUri": entries,
            });
            self.push("simplelicensing_LicenseExpression", &format!("Licence-{at}"), fields);
        }
    }

    /// The document and the SBOM in it.
    fn collections(&mut self, imports: &[Value]) {
        let described = self.sbom.described.iter();
        let mut roots: Vec<String> = described.map(|id| self.iri(self.names.get(*id))).collect();
        // A collection has a root. Where nobody says what the document is about, no package may be
        // made into that: it would count as the software itself, and not be looked up.
        if roots.is_empty() {
            roots.push(NO_ASSERTION_ELEMENT.to_owned());
        }
        let has_model = self.sbom.components.iter().any(|one| one.kind == ComponentKind::Model);
        let mut profiles = vec!["core", "software", "simpleLicensing"];
        if has_model {
            profiles.push("ai");
        }
        if !self.sbom.vulnerabilities.is_empty() {
            profiles.push("security");
        }
        let types: Vec<&str> =
            self.sbom.document.lifecycles.iter().filter_map(|word| stage(word)).collect();
        let elements: Vec<Value> =
            self.elements.iter().filter_map(|one| one.get("spdxId").cloned()).collect();
        let bom = self.push(
            "software_Sbom",
            "sbom",
            json!({
                "profileConformance": profiles,
                "rootElement": roots,
                "element": elements,
                "software_sbomType": types,
            }),
        );
        let name = identity::name(self.sbom);
        self.push(
            "SpdxDocument",
            "document",
            json!({
                "name": name,
                "comment": self.sbom.document.comment,
                "profileConformance": profiles,
                "rootElement": [bom],
                "import": imports,
            }),
        );
    }
}

/// Whether a field has nothing to say, and so is left out.
fn is_nothing(value: &Value) -> bool {
    value.is_null() || value == "" || value.as_array().is_some_and(Vec::is_empty)
}

/// The stage at which a document was made, in SPDX's words; CycloneDX's are translated.
pub(crate) fn stage(word: &str) -> Option<&'static str> {
    Some(match word {
        "analyzed" | "post-build" => "analyzed",
        "build" => "build",
        "deployed" | "operations" => "deployed",
        "design" => "design",
        "runtime" | "discovery" => "runtime",
        "source" | "pre-build" => "source",
        _ => return None,
    })
}
