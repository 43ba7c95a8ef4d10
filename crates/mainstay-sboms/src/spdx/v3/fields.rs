//! Taking the fields of an element, whichever of their forms JSON-LD allows.
//!
//! A value that stands alone is a list of one, and an object may stand where its name is due.

use crate::Text;
use crate::cyclonedx::value::{Fields, Value};

/// A text, or the first of a list.
pub(super) fn text<'t>(fields: &mut Fields<'t>, name: &str) -> Option<Text<'t>> {
    texts(fields, name).into_iter().next()
}

/// All texts of a field.
pub(super) fn texts<'t>(fields: &mut Fields<'t>, name: &str) -> Vec<Text<'t>> {
    values(fields, name)
        .into_iter()
        .filter_map(|value| match value {
            Value::Text(text) => Some(text),
            Value::Bool(true) => Some(Text::Borrowed("true")),
            Value::Bool(false) => Some(Text::Borrowed("false")),
            Value::Null | Value::List(_) | Value::Object(_) => None,
        })
        .collect()
}

/// All objects of a field.
pub(super) fn objects<'t>(fields: &mut Fields<'t>, name: &str) -> Vec<Fields<'t>> {
    values(fields, name)
        .into_iter()
        .filter_map(|value| match value {
            Value::Object(fields) => Some(fields),
            Value::Null | Value::Bool(_) | Value::Text(_) | Value::List(_) => None,
        })
        .collect()
}

/// Gives an element back the name that was taken from it.
pub(super) fn name_it<'t>(fields: &mut Fields<'t>, id: Text<'t>) {
    fields.entries.retain(|(key, _)| key != "spdxId");
    fields.entries.push((Text::Borrowed("spdxId"), Value::Text(id)));
}

/// The values of a field.
pub(super) fn values<'t>(fields: &mut Fields<'t>, name: &str) -> Vec<Value<'t>> {
    match fields.take(name) {
        None => Vec::new(),
        Some(Value::List(values)) => values,
        Some(value @ (Value::Null | Value::Bool(_) | Value::Text(_) | Value::Object(_))) => {
            vec![value]
        }
    }
}

/// The key and the value of each entry of a dictionary.
pub(super) fn dictionary<'t>(fields: &mut Fields<'t>, name: &str) -> Vec<(Text<'t>, Text<'t>)> {
    objects(fields, name)
        .into_iter()
        .filter_map(|mut entry| {
            let key = text(&mut entry, "key")?;
            Some((key, text(&mut entry, "value").unwrap_or_default()))
        })
        .collect()
}

/// The short name of a class or an individual: `software_Package` of
/// `https://spdx.org/rdf/3.0.1/terms/Software/Package`.
pub(super) fn short(name: Text<'_>) -> Text<'_> {
    let Some(at) = name.find("/terms/").filter(|_| name.contains("spdx.org/rdf/")) else {
        return name;
    };
    let rest = name.get(at + "/terms/".len()..).unwrap_or("");
    match rest.split_once('/') {
        Some(("Core", class)) => Text::Owned(class.to_owned()),
        Some((profile, class)) => Text::Owned(format!("{}_{class}", profile.to_lowercase())),
        None => Text::Owned(rest.to_owned()),
    }
}

/// The last part of an enumerated value, which may be written as an IRI.
pub(super) fn word(name: Text<'_>) -> Text<'_> {
    match name.rfind('/') {
        Some(slash) => Text::Owned(name.get(slash + 1..).unwrap_or("").to_owned()),
        None => name,
    }
}

/// A word that the standard does not have, to be kept. It may be kept often, and no word is long.
pub(super) fn own_word<'t>(written: &Text<'t>) -> Text<'t> {
    const LONGEST: usize = 100;
    if matches!(written, Text::Owned(word) if word.len() > LONGEST) {
        return written.chars().take(LONGEST).collect();
    }
    written.clone()
}
