//! A document in XML, brought into the shape of JSON.
//!
//! The two syntaxes say the same with few differences (the schemas `bom-1.x.xsd` and
//! `bom-1.x.schema.json`): attributes are fields; a list is an element with an element per entry;
//! a text beside attributes is a field too. The tables here are those differences, so the meaning is
//! written once, for both.

use std::collections::HashMap;

use mainstay_reading::xml::{self, Element};
use mainstay_reading::{ReadError, ReadErrorKind};

use super::NAMESPACE;
use super::reader::Reader;
use super::value::{Fields, Value};
use crate::model::keep::Keep;
use crate::{Encoding, Sbom, Text};

/// Elements that are lists.
const LISTS: [&str; 44] = [
    "advisories",
    "affects",
    "annotations",
    "authors",
    "components",
    "compositions",
    "cwes",
    "datasets",
    "dependencies",
    "endpoints",
    "environmentalConsiderations",
    "ethicalConsiderations",
    "externalReferences",
    "fairnessAssessments",
    "hashes",
    "inputs",
    "licenses",
    "lifecycles",
    "outputs",
    "performanceMetrics",
    "performanceTradeoffs",
    "properties",
    "ratings",
    "references",
    "responses",
    "services",
    "tags",
    "technicalLimitations",
    "useCases",
    "users",
    "versions",
    "vulnerabilities",
    "assemblies",
    "subjects",
    "occurrences",
    "ancestors",
    "descendants",
    "variants",
    "commits",
    "patches",
    "methods",
    "notes",
    "aliases",
    "energyConsumptions",
];

/// Elements that repeat without an element around them, and are lists in JSON.
const REPEATED: [&str; 2] = ["contact", "data"];

/// Reads a document.
pub(crate) fn read(bytes: &[u8], keep: Keep) -> Result<Sbom<'static>, ReadError> {
    let root = xml::parse(bytes, "bom")?;
    let version =
        root.attributes.iter().find_map(|(_, value)| value.strip_prefix(NAMESPACE)).ok_or_else(
            || {
                let message = "the document is in no namespace of CycloneDX";
                ReadError::at(ReadErrorKind::Shape, root.line, message)
            },
        )?;
    let mut reader = Reader::new("", Encoding::Xml, keep);
    let singles = [
        ("bomFormat", Some("CycloneDX")),
        ("specVersion", Some(version)),
        ("serialNumber", root.attribute("serialNumber")),
        ("version", root.attribute("version")),
    ];
    for (key, value) in singles {
        if let Some(value) = value {
            reader.single(key, text(value))?;
        }
    }
    for child in &root.children {
        if Reader::is_listed(&child.name) {
            for entry in &child.children {
                match value(entry, child) {
                    Value::Object(fields) => reader.listed(&child.name, fields),
                    Value::Null | Value::Bool(_) | Value::Text(_) | Value::List(_) => {
                        reader.malformed(&child.name.clone(), Some(entry.line));
                    }
                }
            }
        } else {
            reader.single(&child.name, value(child, &root))?;
        }
    }
    reader.finish()
}

fn text(text: &str) -> Value<'static> {
    Value::Text(Text::Owned(text.to_owned()))
}

/// The value of an element. It calls itself no deeper than the parser lets elements nest.
fn value(element: &Element, parent: &Element) -> Value<'static> {
    if (&*parent.name, &*element.name) == ("dependencies", "dependency") {
        return Value::Object(dependency(element));
    }
    if refers(element, parent) {
        return text(element.attribute("ref").unwrap_or_else(|| element.text()));
    }
    if is_list(element, parent) {
        return Value::List(element.children.iter().map(|child| value(child, element)).collect());
    }
    let attributes: Vec<_> = element
        .attributes
        .iter()
        .filter(|(key, _)| !key.starts_with("xmlns"))
        .map(|(key, value)| (Text::Owned(json_name(key).to_owned()), text(value.trim())))
        .collect();
    if element.children.is_empty() && attributes.is_empty() && !is_object(element) {
        return wrapped(element, parent, text(element.text()));
    }
    let mut fields = Fields { entries: attributes, line: Some(element.line) };
    if element.children.is_empty() && !element.text().is_empty() {
        fields.entries.push((Text::Borrowed(content_name(element)), text(element.text())));
    }
    let mut places: HashMap<String, usize> = HashMap::new();
    for (at, (key, _)) in fields.entries.iter().enumerate() {
        places.insert(key.to_string(), at);
    }
    for child in &element.children {
        add(&mut fields, &mut places, json_name(&child.name), value(child, element));
    }
    wrapped(element, parent, Value::Object(fields))
}

/// Adds a field. One that is there already becomes a list; a list that is there already goes on,
/// so that nothing nests deeper than the document does. `places` tells where each field is: an
/// element may have many children of as many names.
fn add(
    fields: &mut Fields<'static>,
    places: &mut HashMap<String, usize>,
    name: &str,
    value: Value<'static>,
) {
    let known = places.get(name).and_then(|at| fields.entries.get_mut(*at));
    match known {
        None => {
            let value = if REPEATED.contains(&name) { Value::List(vec![value]) } else { value };
            places.insert(name.to_owned(), fields.entries.len());
            fields.entries.push((Text::Owned(name.to_owned()), value));
        }
        Some((_, Value::List(list))) => match value {
            Value::List(more) => list.extend(more),
            one @ (Value::Null | Value::Bool(_) | Value::Text(_) | Value::Object(_)) => {
                list.push(one);
            }
        },
        Some((_, known)) => {
            let first = std::mem::replace(known, Value::Null);
            *known = Value::List(vec![first, value]);
        }
    }
}

/// A node of the graph, which names others in elements of its own kind.
fn dependency(element: &Element) -> Fields<'static> {
    let references = |name: &str| {
        let named = element.all(name).filter_map(|child| child.attribute("ref"));
        Value::List(named.map(text).collect())
    };
    let mut entries = vec![
        (Text::Borrowed("dependsOn"), references("dependency")),
        (Text::Borrowed("provides"), references("provides")),
    ];
    if let Some(reference) = element.attribute("ref") {
        entries.push((Text::Borrowed("ref"), text(reference)));
    }
    Fields { entries, line: Some(element.line) }
}

/// Whether an element is only a reference: an entry of `assemblies`, of `subjects`, and of the lists
/// of a composition.
fn refers(element: &Element, parent: &Element) -> bool {
    let is_bare = element.children.is_empty();
    match &*parent.name {
        "assemblies" | "subjects" => is_bare,
        "vulnerabilities" => is_bare && element.attribute("ref").is_some(),
        _ => false,
    }
}

fn is_list(element: &Element, parent: &Element) -> bool {
    match (&*parent.name, &*element.name) {
        // Before 1.5 a list of tools; then an object of two lists.
        ("metadata", "tools") => element.children.iter().all(|child| &*child.name == "tool"),
        // In the evidence, texts, elsewhere one text; a service's data are a list of their own.
        ("evidence", "copyright") | ("service", "data") => true,
        (_, name) => LISTS.contains(&name),
    }
}

/// Entries of `licenses` are wrapped in JSON; entries of `expression` may be bare texts in XML.
fn wrapped(element: &Element, parent: &Element, value: Value<'static>) -> Value<'static> {
    match (&*parent.name, &*element.name, value) {
        ("licenses", "license" | "expression", Value::Text(text)) => {
            let key = if &*element.name == "expression" { "expression" } else { "name" };
            let entries = vec![(Text::Borrowed(key), Value::Text(text))];
            Value::Object(Fields { entries, line: Some(element.line) })
        }
        (_, _, value) => value,
    }
}

/// Elements that are objects even when they hold nothing.
fn is_object(element: &Element) -> bool {
    matches!(&*element.name, "component" | "metadata" | "evidence" | "pedigree" | "license")
}

/// The name in JSON of what an element has between its tags, beside attributes.
fn content_name(element: &Element) -> &'static str {
    match &*element.name {
        "property" => "value",
        "expression" => "expression",
        _ => "content",
    }
}

/// The name in JSON of an element or an attribute.
fn json_name(name: &str) -> &str {
    match name {
        "responses" => "response",
        "content-type" => "contentType",
        name => name,
    }
}
