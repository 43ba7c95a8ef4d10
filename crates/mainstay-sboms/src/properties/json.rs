//! Facts of several parts as values of properties: small JSON objects.

use serde_json::{Map, Value, json};

use crate::cyclonedx::words;
use crate::{
    Acknowledgement, Hash, HashAlgorithm, Licence, LicenceText, Metric, ModelCard, Party,
    PartyKind, Property, Reference, Swid, Text, Tool,
};

/// An object without what says nothing, as text.
fn text(value: Value) -> String {
    without_nothing(value).to_string()
}

fn without_nothing(mut value: Value) -> Value {
    if let Some(fields) = value.as_object_mut() {
        fields.retain(|_, value| {
            !value.is_null() && value != "" && value.as_array().is_none_or(|list| !list.is_empty())
        });
    }
    value
}

fn parsed(text: &str) -> Option<Map<String, Value>> {
    match serde_json::from_str(text) {
        Ok(Value::Object(fields)) => Some(fields),
        Ok(_) | Err(_) => None,
    }
}

fn said(fields: &Map<String, Value>, name: &str) -> Option<Text<'static>> {
    fields.get(name)?.as_str().map(|text| Text::Owned(text.to_owned()))
}

fn list(fields: &Map<String, Value>, name: &str) -> Vec<Text<'static>> {
    let values = fields.get(name).and_then(Value::as_array).into_iter().flatten();
    values.filter_map(|one| Some(Text::Owned(one.as_str()?.to_owned()))).collect()
}

fn objects<'v>(
    fields: &'v Map<String, Value>,
    name: &str,
) -> impl Iterator<Item = &'v Map<String, Value>> {
    fields.get(name).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object)
}

const PARTIES: [(PartyKind, &str); 5] = [
    (PartyKind::Unknown, "unknown"),
    (PartyKind::Person, "person"),
    (PartyKind::Organisation, "organisation"),
    (PartyKind::Tool, "tool"),
    (PartyKind::NoAssertion, "nobody-says"),
];

pub(super) fn party(party: &Party<'_>) -> String {
    party_value(party).to_string()
}

fn party_value(party: &Party<'_>) -> Value {
    let kind = PARTIES.iter().find(|(kind, _)| *kind == party.kind).map(|(_, word)| *word);
    // A contact is a person, and has none of its own.
    let contacts = party
        .contacts
        .iter()
        .map(|one| party_value(&Party { contacts: Vec::new(), ..one.clone() }));
    without_nothing(json!({
        "kind": kind,
        "name": party.name,
        "emails": party.emails,
        "urls": party.urls,
        "phone": party.phone,
        "contacts": contacts.collect::<Vec<_>>(),
    }))
}

pub(super) fn read_party(text: &str) -> Option<Party<'static>> {
    let fields = parsed(text)?;
    let mut party = party_of(&fields);
    party.contacts = objects(&fields, "contacts").map(party_of).collect();
    Some(party)
}

fn party_of(fields: &Map<String, Value>) -> Party<'static> {
    let word = said(fields, "kind").unwrap_or_default();
    let kind = PARTIES.iter().find(|(_, known)| *known == word).map(|(kind, _)| *kind);
    Party {
        kind: kind.unwrap_or_default(),
        name: said(fields, "name").unwrap_or_default(),
        emails: list(fields, "emails"),
        urls: list(fields, "urls"),
        phone: said(fields, "phone"),
        contacts: Vec::new(),
    }
}

fn hashes(hashes: &[Hash<'_>]) -> Vec<Value> {
    let hash = |one: &Hash<'_>| json!({"alg": one.algorithm.spdx_name(), "content": one.value});
    hashes.iter().map(hash).collect()
}

fn read_hashes(fields: &Map<String, Value>) -> Vec<Hash<'static>> {
    let hashes = objects(fields, "hashes").filter_map(|one| {
        let algorithm = HashAlgorithm::from_name(said(one, "alg")?);
        Some(Hash { algorithm, value: said(one, "content")? })
    });
    hashes.collect()
}

pub(super) fn reference(one: &Reference<'_>) -> String {
    let kind = if let crate::ReferenceKind::Other(word) = &one.kind {
        word
    } else {
        words::reference_word(&one.kind).unwrap_or("other")
    };
    text(json!({
        "type": kind,
        "url": one.url,
        "comment": one.comment,
        "hashes": hashes(&one.hashes),
    }))
}

pub(super) fn read_reference(text: &str) -> Option<Reference<'static>> {
    let fields = parsed(text)?;
    Some(Reference {
        kind: words::reference(said(&fields, "type")?),
        url: said(&fields, "url")?,
        comment: said(&fields, "comment"),
        hashes: read_hashes(&fields),
    })
}

pub(super) fn swid(swid: &Swid<'_>) -> String {
    text(json!({
        "tagId": swid.tag_id,
        "name": swid.name,
        "version": swid.version,
        "tagVersion": swid.tag_version,
        "patch": swid.is_patch,
        "url": swid.url,
    }))
}

pub(super) fn read_swid(text: &str) -> Option<Swid<'static>> {
    let fields = parsed(text)?;
    Some(Swid {
        tag_id: said(&fields, "tagId")?,
        name: said(&fields, "name"),
        version: said(&fields, "version"),
        tag_version: fields.get("tagVersion").and_then(Value::as_u64),
        is_patch: fields.get("patch").and_then(Value::as_bool),
        url: said(&fields, "url"),
    })
}

const WHOSE: [(Acknowledgement, &str); 4] = [
    (Acknowledgement::Unstated, "unstated"),
    (Acknowledgement::Declared, "declared"),
    (Acknowledgement::Concluded, "concluded"),
    (Acknowledgement::FoundInFiles, "found-in-files"),
];

/// A licence, with whose word it is.
pub(crate) fn licence(licence: &Licence<'_>) -> String {
    let whose = WHOSE.iter().find(|(known, _)| *known == licence.acknowledgement);
    let (expression, name) = match &licence.text {
        LicenceText::Expression(text) => (Some(&**text), None),
        LicenceText::Name(text) => (None, Some(&**text)),
        LicenceText::NoAssertion => (Some("NOASSERTION"), None),
        LicenceText::None => (Some("NONE"), None),
    };
    text(json!({
        "by": whose.map(|(_, word)| *word),
        "expression": expression,
        "name": name,
        "url": licence.url,
        "text": licence.full_text,
    }))
}

pub(super) fn read_licence(text: &str) -> Option<Licence<'static>> {
    let fields = parsed(text)?;
    let word = said(&fields, "by").unwrap_or_default();
    let whose = WHOSE.iter().find(|(_, known)| *known == word).map(|(whose, _)| *whose);
    let meaning = match (said(&fields, "expression"), said(&fields, "name")) {
        (Some(text), _) if text == "NONE" => LicenceText::None,
        (Some(text), _) if text == "NOASSERTION" => LicenceText::NoAssertion,
        (Some(text), _) => LicenceText::Expression(text),
        (None, Some(name)) => LicenceText::Name(name),
        (None, None) => return None,
    };
    Some(Licence {
        text: meaning,
        acknowledgement: whose.unwrap_or(Acknowledgement::Unstated),
        url: said(&fields, "url"),
        full_text: said(&fields, "text"),
    })
}

/// A tool with all that is known of it.
pub(super) fn tool(tool: &Tool<'_>) -> String {
    text(json!({
        "vendor": tool.vendor,
        "name": tool.name,
        "version": tool.version,
        "hashes": hashes(&tool.hashes),
    }))
}

pub(super) fn read_tool(text: &str) -> Option<Tool<'static>> {
    let fields = parsed(text)?;
    Some(Tool {
        vendor: said(&fields, "vendor"),
        name: said(&fields, "name")?,
        version: said(&fields, "version"),
        hashes: read_hashes(&fields),
    })
}

/// A model card; `datasets` are the names of the components that are its data sets.
pub(super) fn model_card(card: &ModelCard<'_>, datasets: &[String]) -> String {
    let metrics = card.metrics.iter().map(|one| {
        without_nothing(json!({"name": one.name, "value": one.value, "slice": one.slice}))
    });
    let facts = card.facts.iter().map(|one| json!({"name": one.name, "value": one.value}));
    text(json!({
        "approach": card.approach,
        "tasks": card.tasks,
        "architectureFamily": card.architecture_family,
        "architectures": card.architectures,
        "datasets": card.datasets,
        "datasetComponents": datasets,
        "inputs": card.inputs,
        "outputs": card.outputs,
        "metrics": metrics.collect::<Vec<_>>(),
        "useCases": card.use_cases,
        "limitations": card.limitations,
        "facts": facts.collect::<Vec<_>>(),
    }))
}

/// The card, and the names of the components that are its data sets.
pub(super) fn read_model_card(text: &str) -> Option<(ModelCard<'static>, Vec<Text<'static>>)> {
    let fields = parsed(text)?;
    let metrics = objects(&fields, "metrics").map(|one| Metric {
        name: said(one, "name").unwrap_or_default(),
        value: said(one, "value").unwrap_or_default(),
        slice: said(one, "slice"),
    });
    let facts = objects(&fields, "facts").map(|one| Property {
        name: said(one, "name").unwrap_or_default(),
        value: said(one, "value").unwrap_or_default(),
    });
    let card = ModelCard {
        approach: said(&fields, "approach"),
        tasks: list(&fields, "tasks"),
        architecture_family: said(&fields, "architectureFamily"),
        architectures: list(&fields, "architectures"),
        datasets: list(&fields, "datasets"),
        dataset_components: Vec::new(),
        inputs: list(&fields, "inputs"),
        outputs: list(&fields, "outputs"),
        metrics: metrics.collect(),
        use_cases: list(&fields, "useCases"),
        limitations: list(&fields, "limitations"),
        facts: facts.collect(),
    };
    Some((card, list(&fields, "datasetComponents")))
}
